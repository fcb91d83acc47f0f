-- The last doctor of each router. `redirect` outlives a later doctor that made no self-test.
CREATE TABLE doctors (router TEXT PRIMARY KEY, report TEXT NOT NULL, redirect TEXT) STRICT, WITHOUT ROWID;
