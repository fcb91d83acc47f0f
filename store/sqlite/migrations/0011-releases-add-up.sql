-- Each word of a person is a row of its own: another one under the same name adds to it, and takes nothing of it away.
-- `operation` is the release's; of those of before it is not known.
ALTER TABLE releases RENAME TO releases_before;
CREATE TABLE releases (
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  operation TEXT NOT NULL,
  subscribers TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (router, name, operation)
) STRICT, WITHOUT ROWID;
INSERT INTO releases (router, name, operation, subscribers, at)
  SELECT router, name, '', subscribers, at FROM releases_before;
DROP TABLE releases_before;
