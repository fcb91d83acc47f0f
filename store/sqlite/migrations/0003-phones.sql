-- Extensions, phones and the rotation of their keys. Every key and token is sealed to the provisioner, bound to its
-- table, row and column; what is compared stands beside it as a keyed hash (`mark`) or a SHA-256 (a token's `hash`).
CREATE TABLE extensions (
  number TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  -- Grows with what phones are served of it, which is less than the document.
  served_revision INTEGER NOT NULL,
  extension TEXT NOT NULL,
  key BLOB,
  key_mark TEXT,
  key_refused_by TEXT NOT NULL,
  key_changed_at INTEGER,
  CHECK ((key IS NULL) = (key_mark IS NULL) AND (key IS NULL) = (key_changed_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE phones (
  mac TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  served_revision INTEGER NOT NULL,
  phone TEXT NOT NULL,
  last_seen INTEGER,
  last_fetch INTEGER,
  address TEXT,
  user_agent TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE lines (
  mac TEXT NOT NULL REFERENCES phones (mac) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  extension TEXT NOT NULL REFERENCES extensions (number),
  PRIMARY KEY (mac, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX lines_of_extension ON lines (extension, mac);

-- `enrolment` orders the tokens of a phone: those of one enrol have the same.
CREATE TABLE phone_tokens (
  hash TEXT PRIMARY KEY,
  mac TEXT NOT NULL REFERENCES phones (mac) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('provisioning', 'enrolment')),
  token BLOB,
  expires_at INTEGER,
  used_at INTEGER,
  enrolment INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of_phone ON phone_tokens (mac, enrolment);

-- Fetches of the phone's lines only; of others last_seen is enough.
CREATE TABLE fetches (
  mac TEXT NOT NULL REFERENCES phones (mac) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT,
  PRIMARY KEY (mac, at, file, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX fetches_by_time ON fetches (at);

-- `registered` is what was seen when bindings were last told, which may be before `at`.
CREATE TABLE registrations (
  number TEXT PRIMARY KEY REFERENCES extensions (number) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  bindings TEXT,
  registered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Outlives its extension: the registrar counts on.
CREATE TABLE refusals (number TEXT NOT NULL, key_mark TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX refusals_by_time ON refusals (at);

-- Open validates and resyncs; `key` is the one given with the request.
CREATE TABLE work (
  operation TEXT PRIMARY KEY REFERENCES operations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('validate', 'resync')),
  target TEXT NOT NULL,
  key BLOB,
  accepted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX work_about ON work (kind, target);

CREATE TABLE rotations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  operation TEXT NOT NULL,
  reason TEXT NOT NULL,
  batch TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  cancel_asked INTEGER NOT NULL DEFAULT 0,
  "end" TEXT,
  ended_at INTEGER
) STRICT;
CREATE INDEX rotations_open ON rotations (seq) WHERE "end" IS NULL;

-- `old_key` is empty until the new key is served: before, the old one is the extension's own.
CREATE TABLE rotation_extensions (
  rotation TEXT NOT NULL REFERENCES rotations (id) ON DELETE CASCADE,
  number TEXT NOT NULL,
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  step TEXT NOT NULL,
  "end" TEXT,
  ended_at INTEGER,
  progress TEXT NOT NULL,
  evidence TEXT NOT NULL,
  is_new_served INTEGER NOT NULL DEFAULT 0,
  new_key BLOB,
  new_mark TEXT,
  new_refused_by TEXT NOT NULL,
  old_key BLOB,
  old_mark TEXT,
  old_refused_by TEXT,
  old_changed_at INTEGER,
  PRIMARY KEY (rotation, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_rotation ON rotation_extensions (number) WHERE "end" IS NULL;
CREATE INDEX old_keys ON rotation_extensions (number) WHERE old_key IS NOT NULL;

CREATE TABLE provisioner (id INTEGER PRIMARY KEY CHECK (id = 1), status TEXT NOT NULL) STRICT;
