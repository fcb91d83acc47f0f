-- Which version of its files a phone was told last, of what content (a keyed hash): some phones take a higher version only.
-- Outlives its phone, which may be put again and remembers too.
CREATE TABLE told_versions (mac TEXT PRIMARY KEY, version INTEGER NOT NULL, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
