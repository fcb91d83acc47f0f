-- A release of thousands of names is laid out here in slices, where nobody reads it, and let through by one statement.
CREATE TABLE release_drafts (
  operation TEXT NOT NULL,
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  subscribers TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (operation, router, name)
) STRICT, WITHOUT ROWID;
