-- One number that grows with every change of what an agent reads again and again: the subscribers of a router in one
-- epoch, and the admissions. Who finds the number he read before need not read the rows. Kept by triggers, so that no
-- writer can forget it, in the transaction of the change; an `OR IGNORE` or `OR REPLACE` of the writer is carried over
-- into a trigger's statements (https://sqlite.org/lang_createtrigger.html), so none of these may ever conflict.
CREATE TABLE revisions (
  what TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  router TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (what, epoch, router)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER subscribers_inserted AFTER INSERT ON subscribers BEGIN
  INSERT INTO revisions (what, epoch, router, revision) SELECT 'subscribers', NEW.epoch, NEW.router, 0
    WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE what = 'subscribers' AND epoch = NEW.epoch AND router = NEW.router);
  UPDATE revisions SET revision = revision + 1 WHERE what = 'subscribers' AND epoch = NEW.epoch AND router = NEW.router;
END;
CREATE TRIGGER subscribers_updated AFTER UPDATE ON subscribers BEGIN
  INSERT INTO revisions (what, epoch, router, revision) SELECT 'subscribers', NEW.epoch, NEW.router, 0
    WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE what = 'subscribers' AND epoch = NEW.epoch AND router = NEW.router);
  UPDATE revisions SET revision = revision + 1 WHERE what = 'subscribers' AND epoch = NEW.epoch AND router = NEW.router;
  UPDATE revisions SET revision = revision + 1 WHERE what = 'subscribers' AND epoch = OLD.epoch AND router = OLD.router;
END;
CREATE TRIGGER subscribers_deleted AFTER DELETE ON subscribers BEGIN
  UPDATE revisions SET revision = revision + 1 WHERE what = 'subscribers' AND epoch = OLD.epoch AND router = OLD.router;
END;
INSERT INTO revisions (what, epoch, router, revision)
  SELECT 'subscribers', epoch, router, count(*) FROM subscribers GROUP BY epoch, router;

INSERT INTO revisions (what, epoch, router, revision) VALUES ('admissions', 0, '', 0);
CREATE TRIGGER admissions_inserted AFTER INSERT ON admissions BEGIN
  UPDATE revisions SET revision = revision + 1 WHERE what = 'admissions' AND epoch = 0 AND router = '';
END;
CREATE TRIGGER admissions_updated AFTER UPDATE ON admissions BEGIN
  UPDATE revisions SET revision = revision + 1 WHERE what = 'admissions' AND epoch = 0 AND router = '';
END;
CREATE TRIGGER admissions_deleted AFTER DELETE ON admissions BEGIN
  UPDATE revisions SET revision = revision + 1 WHERE what = 'admissions' AND epoch = 0 AND router = '';
END;

-- What a change of the portal, or a reissue, did for each subscriber who had a page when it began on his router. URLs are
-- kept masked: this is a report, and no row is made of it.
CREATE TABLE reissues (
  operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  router TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  from_url TEXT,
  to_url TEXT,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (operation, router, subscriber)
) STRICT, WITHOUT ROWID;
