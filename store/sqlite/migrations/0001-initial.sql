-- The desired state is documents of one epoch. A snapshot builds the next epoch beside the living one, in short
-- transactions, and `state.epoch` switches to it as one row.
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  build TEXT,
  generation INTEGER,
  generation_hash TEXT,
  generation_taken_at INTEGER,
  generation_operation TEXT,
  held_generation INTEGER,
  held_hash TEXT,
  held_taken_at INTEGER,
  held_operation TEXT,
  held_stage TEXT
) STRICT;
INSERT INTO state (id, epoch) VALUES (1, 1);

CREATE TABLE subscribers (
  epoch INTEGER NOT NULL,
  id TEXT NOT NULL,
  router TEXT NOT NULL,
  revision INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  subscriber TEXT NOT NULL,
  wishes TEXT NOT NULL,
  cut INTEGER NOT NULL,
  notices INTEGER NOT NULL,
  PRIMARY KEY (epoch, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscribers_of_router ON subscribers (epoch, router, id);

-- `first` is family and network bytes, so that every prefix inside another one is a range.
CREATE TABLE addresses (
  epoch INTEGER NOT NULL,
  router TEXT NOT NULL,
  first BLOB NOT NULL,
  length INTEGER NOT NULL,
  subscriber TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (epoch, router, first, length, subscriber)
) STRICT, WITHOUT ROWID;

-- When each facet of a subscriber was last instructed by name; outlives the subscriber, for a snapshot taken before.
CREATE TABLE instructions (
  subscriber TEXT NOT NULL,
  facet TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (subscriber, facet)
) STRICT, WITHOUT ROWID;

CREATE TABLE stages (stage TEXT PRIMARY KEY, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE staged (
  stage TEXT NOT NULL,
  id TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  wishes TEXT NOT NULL,
  PRIMARY KEY (stage, id)
) STRICT, WITHOUT ROWID;

-- A departure counts from its epoch on, so that those of an unfinished build are not seen.
CREATE TABLE departures (
  router TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  operation TEXT NOT NULL,
  named INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (router, subscriber, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  subscriber TEXT,
  facet TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  result TEXT,
  history TEXT NOT NULL,
  names TEXT NOT NULL,
  expected_cuts INTEGER,
  seq INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  open INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operations_of_facet ON operations (subscriber, facet, seq) WHERE subscriber IS NOT NULL;
CREATE INDEX operations_by_state ON operations (state, kind, accepted_at);

CREATE TABLE parts (
  operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  router TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  evidence TEXT,
  result TEXT,
  released INTEGER NOT NULL DEFAULT 0,
  open INTEGER NOT NULL,
  PRIMARY KEY (operation, router)
) STRICT, WITHOUT ROWID;
CREATE INDEX parts_open ON parts (router, operation) WHERE open = 1;

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  router TEXT,
  operation TEXT,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency (
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  scope TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE observed (
  router TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  at TEXT NOT NULL,
  trace INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (router, subscriber)
) STRICT, WITHOUT ROWID;

CREATE TABLE routers (id TEXT PRIMARY KEY, status TEXT NOT NULL, plan TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE admissions (
  router TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  operation TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (router, subscriber, operation, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX admissions_by_time ON admissions (at);

CREATE TABLE claims (
  router TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  operation TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (router, subscriber)
) STRICT, WITHOUT ROWID;

CREATE TABLE portal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL,
  revision INTEGER NOT NULL,
  operation TEXT NOT NULL
) STRICT;
CREATE TABLE portal_addresses (
  address TEXT NOT NULL,
  host TEXT NOT NULL,
  use TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (address, host, use)
) STRICT, WITHOUT ROWID;
