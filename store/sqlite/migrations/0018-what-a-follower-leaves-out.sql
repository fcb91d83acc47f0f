-- A snapshot's part that stands for what earlier operations asked for, except for what was instructed by name after the
-- snapshot was taken: a list of SUBSCRIBER/FACET.
ALTER TABLE parts ADD COLUMN overruled TEXT;
CREATE INDEX instructions_by_time ON instructions (at);
