-- What the agent last saw of the portal's domain at each resolver, and where notices lead.
CREATE TABLE portal_round (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
