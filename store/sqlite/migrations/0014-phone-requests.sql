-- What phones asked for lately, what became of it and why. What is alike in all but its time is one row, so that a phone that
-- asks on and on is a count; `what` is a hash of that. No phone need be there: a stranger is told by the MAC in its request.
CREATE TABLE phone_requests (
  mac TEXT NOT NULL,
  what TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('own', 'named', 'stranger')),
  at INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  method TEXT NOT NULL,
  file TEXT,
  status INTEGER NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT,
  why TEXT NOT NULL,
  detail TEXT,
  PRIMARY KEY (mac, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX phone_requests_of ON phone_requests (mac, at);
CREATE INDEX phone_requests_by_age ON phone_requests (at);
CREATE INDEX phone_requests_of_strangers ON phone_requests (at) WHERE origin = 'stranger';

-- Tokens that a newer one put an end to: they open nothing, and say why a phone that still has one is sent away.
CREATE TABLE ended_tokens (
  hash TEXT PRIMARY KEY,
  mac TEXT NOT NULL REFERENCES phones (mac) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('provisioning', 'enrolment')),
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_tokens_of_phone ON ended_tokens (mac);
CREATE INDEX ended_tokens_by_age ON ended_tokens (at);
