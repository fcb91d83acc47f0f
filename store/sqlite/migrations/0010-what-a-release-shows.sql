-- Whom the brake holds on a router, by the name that a release calls it: those whom a person is shown, and lets through.
-- As JSON lists: a release of the site copies one row a router, however many are held there.
CREATE TABLE braked (
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  subscribers TEXT NOT NULL,
  PRIMARY KEY (router, name)
) STRICT, WITHOUT ROWID;
-- What a person let through by name, and whom: NULL is all of it, where all of it was shown. Those of before were such.
DROP TABLE releases;
CREATE TABLE releases (
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  subscribers TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (router, name)
) STRICT, WITHOUT ROWID;
INSERT INTO releases (router, name, subscribers, at)
  SELECT router, operation, NULL, 0 FROM parts WHERE released = 1 AND open = 1;
-- A claim ends with its operation.
DELETE FROM claims WHERE NOT EXISTS (
  SELECT 1 FROM parts WHERE parts.operation = claims.operation AND parts.router = claims.router AND parts.open = 1);
-- A snapshot named the subscriber and left his cut-off out: nobody asked for this restore by name.
ALTER TABLE subscribers ADD COLUMN implied_restore TEXT;
