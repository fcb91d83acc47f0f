-- Phones lent by the provider (comodato) whose service here has ended: what the provider must hear of. Never pruned. The phone
-- and its lines may be gone by then, so what they were is written out.
CREATE TABLE comodato_returns (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  via TEXT NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('returned', 'phone-deleted', 'lines-removed', 'owner-changed')),
  phone TEXT NOT NULL,
  extensions TEXT NOT NULL,
  site TEXT,
  note TEXT,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  ticket TEXT
) STRICT;
CREATE INDEX comodato_returns_open ON comodato_returns (seq) WHERE acknowledged_at IS NULL;
CREATE INDEX comodato_returns_of_phone ON comodato_returns (mac, seq);

-- Extensions whose web key their user sets himself, at the provider's platform (DELEGAR): since when, and whether somebody saw
-- that he did. A web key itself is kept nowhere.
CREATE TABLE delegations (
  number TEXT PRIMARY KEY REFERENCES extensions (number) ON DELETE CASCADE,
  since INTEGER NOT NULL,
  confirmed_at INTEGER
) STRICT, WITHOUT ROWID;
