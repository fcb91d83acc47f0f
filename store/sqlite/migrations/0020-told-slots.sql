-- Whom a phone's files give each of its slots (line key, account, handset): who was told one keeps it. `former` may still be
-- there on the phone and is to go, until a whole fetch of a file of this revision or a later one; `*`: nobody knows who.
-- Outlives its phone, which may be put again and remembers too.
CREATE TABLE told_slots (
  mac TEXT NOT NULL,
  slot INTEGER NOT NULL CHECK (slot >= 1),
  extension TEXT,
  former TEXT,
  -- That of the phone at which it was last told otherwise.
  revision INTEGER NOT NULL,
  PRIMARY KEY (mac, slot)
) STRICT, WITHOUT ROWID;

-- Until now lines had the slots of their places, and a file cleared all others. Whether a phone that fetched has taken the
-- last one nobody knows: each of its slots is said once more.
INSERT INTO told_slots (mac, slot, extension, former, revision)
  WITH RECURSIVE slots (slot) AS (SELECT 1 UNION ALL SELECT slot + 1 FROM slots WHERE slot < 16)
  SELECT p.mac, slot, l.extension, CASE WHEN l.extension IS NULL THEN '*' END, p.served_revision
  FROM phones p JOIN slots LEFT JOIN lines l ON l.mac = p.mac AND l.position = slot - 1
  WHERE p.last_fetch IS NOT NULL;
