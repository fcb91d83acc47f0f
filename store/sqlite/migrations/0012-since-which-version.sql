-- A release binds those who were shown. Each of whom the brake holds has the version at which he came to be held; a person is
-- shown `version`, the newest of them. One counter for the whole store: no version comes twice, though a row goes and comes
-- back. Those who are held already have been so from the first version on.
ALTER TABLE state ADD COLUMN braked_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE braked RENAME TO braked_before;
CREATE TABLE braked (
  router TEXT NOT NULL,
  name TEXT NOT NULL,
  subscribers TEXT NOT NULL,
  -- As JSON: the version of each of `subscribers`, in their order.
  joined TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (router, name)
) STRICT, WITHOUT ROWID;
INSERT INTO braked (router, name, subscribers, joined, version)
  SELECT router, name, subscribers, (SELECT json_group_array(1) FROM json_each(braked_before.subscribers)), 1
  FROM braked_before;
DROP TABLE braked_before;
