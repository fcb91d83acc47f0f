-- A release of the site asks by name on which routers it is held, ten thousand times in one write.
CREATE INDEX braked_by_name ON braked (name);
-- The versions of a row that a person may have been shown, as JSON, the oldest first: no other was given for it here.
ALTER TABLE braked ADD COLUMN given TEXT NOT NULL DEFAULT '[]';
UPDATE braked SET given = json_array(version);
