-- What the agent last saw of the portal's domain at each resolver, and where notices lead.
CREATE TABLE portal_round (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
-- Hosts of which a person said that what vanished from DNS is really gone.
CREATE TABLE portal_confirmed (host TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
