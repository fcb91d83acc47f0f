-- A phone's user and password for HTTP stand beside its tokens and go by their rule: the earlier ones are good until the new
-- ones are used. `hash` is then the SHA-256 of what digests are made of (HA1), and `token` that itself, sealed; the password
-- is nowhere. SQLite changes no CHECK in place, so both tables are written anew.
CREATE TABLE phone_tokens_anew (
  hash TEXT PRIMARY KEY,
  mac TEXT NOT NULL REFERENCES phones (mac) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('provisioning', 'enrolment', 'credentials')),
  token BLOB,
  expires_at INTEGER,
  used_at INTEGER,
  enrolment INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO phone_tokens_anew (hash, mac, kind, token, expires_at, used_at, enrolment)
  SELECT hash, mac, kind, token, expires_at, used_at, enrolment FROM phone_tokens;
DROP TABLE phone_tokens;
ALTER TABLE phone_tokens_anew RENAME TO phone_tokens;
CREATE INDEX tokens_of_phone ON phone_tokens (mac, enrolment);

CREATE TABLE ended_tokens_anew (
  hash TEXT PRIMARY KEY,
  mac TEXT NOT NULL REFERENCES phones (mac) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('provisioning', 'enrolment', 'credentials')),
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO ended_tokens_anew (hash, mac, kind, at) SELECT hash, mac, kind, at FROM ended_tokens;
DROP TABLE ended_tokens;
ALTER TABLE ended_tokens_anew RENAME TO ended_tokens;
CREATE INDEX ended_tokens_of_phone ON ended_tokens (mac);
CREATE INDEX ended_tokens_by_age ON ended_tokens (at);
