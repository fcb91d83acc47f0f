-- How far each router is on its way from WispHub to us, or back.
CREATE TABLE adoptions (
  router TEXT PRIMARY KEY,
  step TEXT NOT NULL,
  operation TEXT NOT NULL,
  at INTEGER NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0,
  settled INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Rows of somebody else's as they were before we changed them: what a hand-back gives back.
CREATE TABLE taken_rows (
  router TEXT NOT NULL,
  menu TEXT NOT NULL,
  row TEXT NOT NULL,
  place INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (router, menu, row)
) STRICT, WITHOUT ROWID;

-- What the last pass saw of WispHub's on each router.
CREATE TABLE adoption_views (router TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Since when a row without a mark of ours is known; those of the first look have 0.
CREATE TABLE unmarked_rows (
  router TEXT NOT NULL,
  row TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (router, row)
) STRICT, WITHOUT ROWID;
CREATE TABLE unmarked_looks (router TEXT PRIMARY KEY, at INTEGER NOT NULL, logged_in INTEGER) STRICT, WITHOUT ROWID;
