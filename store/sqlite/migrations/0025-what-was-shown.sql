-- A release of thousands of names is laid out here in slices, where nobody reads it, and let through by one statement.
CREATE TABLE release_drafts (
  operation TEXT NOT NULL,
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  subscribers TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (operation, router, name)
) STRICT, WITHOUT ROWID;
-- No page that shows a version from before this one binds anybody: it was shown by an earlier run of control, and perhaps of a
-- database that this one was a backup of.
ALTER TABLE state ADD COLUMN shown_since INTEGER NOT NULL DEFAULT 0;
