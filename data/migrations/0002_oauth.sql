-- OAuth: providers, what was learnt of them, grants, and device flows under way. There are few of all of
-- these: nothing but names and ids is worth an index. Sealed columns are NULL where nothing is kept; each
-- row's ring key sealed them and made its MAC.

CREATE TABLE provider (
	row INTEGER PRIMARY KEY,
	id BLOB NOT NULL,
	name TEXT NOT NULL,
	preset TEXT NOT NULL,
	issuer TEXT NOT NULL,
	client_id TEXT NOT NULL,
	auth_method TEXT NOT NULL,
	scope TEXT NOT NULL,
	audience TEXT NOT NULL,
	ca_file TEXT NOT NULL,
	endpoints TEXT NOT NULL,
	certificate TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER,
	revision INTEGER NOT NULL,
	secret BLOB,
	client_key BLOB,
	ring INTEGER NOT NULL REFERENCES ring (number),
	mac BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX provider_id ON provider (id);
CREATE UNIQUE INDEX provider_name ON provider (name);

-- Metadata and the doctor's last report: they grant nothing, and can be had again.
CREATE TABLE provider_facts (
	provider INTEGER PRIMARY KEY REFERENCES provider (row),
	metadata TEXT NOT NULL,
	metadata_at INTEGER,
	metadata_until INTEGER,
	doctor TEXT NOT NULL,
	doctor_at INTEGER,
	ring INTEGER NOT NULL REFERENCES ring (number),
	mac BLOB NOT NULL
) STRICT;

-- pid and pid_start, of who is refreshing it, are under no MAC.
CREATE TABLE oauth_grant (
	row INTEGER PRIMARY KEY,
	id BLOB NOT NULL,
	subject TEXT NOT NULL,
	scope TEXT NOT NULL,
	token_type TEXT NOT NULL,
	state INTEGER NOT NULL,
	note TEXT NOT NULL,
	refreshable INTEGER NOT NULL,
	has_id_token INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	refreshed_at INTEGER,
	expires_at INTEGER,
	revision INTEGER NOT NULL,
	tokens BLOB,
	ring INTEGER NOT NULL REFERENCES ring (number),
	mac BLOB NOT NULL,
	provider INTEGER NOT NULL REFERENCES provider (row),
	pid INTEGER NOT NULL,
	pid_start INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX oauth_grant_id ON oauth_grant (id);

CREATE TABLE flow (
	row INTEGER PRIMARY KEY,
	id BLOB NOT NULL,
	kept TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	save INTEGER NOT NULL,
	pid INTEGER NOT NULL,
	pid_start INTEGER NOT NULL,
	secrets BLOB,
	ring INTEGER NOT NULL REFERENCES ring (number),
	mac BLOB NOT NULL,
	provider INTEGER NOT NULL REFERENCES provider (row)
) STRICT;

CREATE UNIQUE INDEX flow_id ON flow (id);
