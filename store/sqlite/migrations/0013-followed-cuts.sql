-- A snapshot asks for everything, also for cuts that an earlier operation asked for and that are not made. Its part on such
-- a router stands for them: `beside` what it changed there, or `alone`. Of those the next snapshot makes an end.
ALTER TABLE parts ADD COLUMN follows TEXT NOT NULL DEFAULT 'nothing';
CREATE INDEX parts_following ON parts (operation) WHERE open = 1 AND follows = 'alone';
