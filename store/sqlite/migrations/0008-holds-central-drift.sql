-- What letting a held operation through would write: apart from the plan, for it is large and seldom changes.
CREATE TABLE held_plans (router TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- Releases by name of what is no operation: rows of ours that belong to nobody in the store.
CREATE TABLE releases (
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (router, name)
) STRICT, WITHOUT ROWID;
-- When something of the central platform was last accepted, and what the operator was told of its silence.
CREATE TABLE central (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  contact_at INTEGER NOT NULL,
  told TEXT NOT NULL
) STRICT;
-- Rows that somebody else changed under us, and that were put right again.
CREATE TABLE drift (
  router TEXT NOT NULL,
  kind TEXT NOT NULL,
  found INTEGER NOT NULL,
  repaired INTEGER NOT NULL,
  PRIMARY KEY (router, kind)
) STRICT, WITHOUT ROWID;
-- A configuration that a running daemon refused to take over; gone with the next one that it takes.
CREATE TABLE refused_reloads (
  daemon TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
