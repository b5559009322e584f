-- The first schema: keys with their secrets, the audit chain, usage figures, the key ring.
-- Texts are '' and times NULL where not set; both cost a byte. MACs of rows are cut to 16 bytes.

CREATE TABLE store (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	store_id BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	release TEXT NOT NULL,
	master_kind TEXT NOT NULL,
	master_salt BLOB,
	master_fingerprint BLOB NOT NULL,
	-- In a backup that was made with the master key: that key, under a passphrase.
	copy_salt BLOB,
	copy_sealed BLOB
) STRICT;

CREATE TABLE ring (
	number INTEGER PRIMARY KEY,
	wrapped BLOB NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE apikey (
	row INTEGER PRIMARY KEY,
	id BLOB NOT NULL,
	name TEXT NOT NULL,
	owner TEXT NOT NULL,
	tier TEXT NOT NULL,
	note TEXT NOT NULL,
	scopes TEXT NOT NULL,
	limits TEXT NOT NULL,
	allow_from TEXT NOT NULL,
	meta TEXT NOT NULL,
	prefix TEXT NOT NULL,
	status INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER,
	not_before INTEGER,
	expires_at INTEGER,
	disabled_at INTEGER,
	revoked_at INTEGER,
	revoke_reason TEXT NOT NULL,
	revoke_text TEXT NOT NULL,
	revision INTEGER NOT NULL,
	version INTEGER NOT NULL,
	hint TEXT NOT NULL,
	retiring_until INTEGER,
	import_event INTEGER NOT NULL,
	ring INTEGER NOT NULL REFERENCES ring (number),
	mac BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX apikey_id ON apikey (id);
-- The order by name, and all that filters look at: a list of few among a million never leaves it.
CREATE INDEX apikey_name ON apikey (
	name, owner, id, tier, status, expires_at, not_before, retiring_until
);
CREATE INDEX apikey_owner ON apikey (owner);
CREATE INDEX apikey_expires ON apikey (expires_at, status);
CREATE INDEX apikey_status ON apikey (status, revoked_at) WHERE status <> 1;
CREATE INDEX apikey_retiring ON apikey (retiring_until, status) WHERE retiring_until IS NOT NULL;

-- lookup: our own secret id, filled with zeros to 16 bytes, or 16 bytes of a foreign secret's HMAC.
CREATE TABLE version (
	key INTEGER NOT NULL REFERENCES apikey (row),
	number INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	state INTEGER NOT NULL,
	lookup BLOB NOT NULL,
	secret_mac BLOB NOT NULL,
	secret_ring INTEGER NOT NULL,
	hint TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	valid_until INTEGER,
	pid INTEGER NOT NULL,
	pid_start INTEGER NOT NULL,
	ring INTEGER NOT NULL,
	mac BLOB NOT NULL,
	PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX version_lookup ON version (lookup);
CREATE INDEX version_pending ON version (state, pid, pid_start) WHERE state = 0;

-- Look-ups of purged secrets (never used again), and the row their key had (never used again).
CREATE TABLE tombstone (
	lookup BLOB PRIMARY KEY,
	key INTEGER NOT NULL,
	secret_ring INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tombstone_key ON tombstone (key);

CREATE TABLE audit (
	sequence INTEGER PRIMARY KEY,
	time INTEGER NOT NULL,
	actor TEXT NOT NULL,
	operation TEXT NOT NULL,
	object TEXT NOT NULL,
	name TEXT NOT NULL,
	object_revision INTEGER NOT NULL,
	object_mac BLOB NOT NULL,
	object_before BLOB NOT NULL,
	detail TEXT NOT NULL,
	boot_id TEXT NOT NULL,
	boot_time INTEGER NOT NULL,
	previous BLOB NOT NULL,
	hash BLOB NOT NULL,
	mac BLOB NOT NULL,
	ring INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_object ON audit (object);

-- Usage: grants nothing, carries no MAC, written forward only. Hours and days are counted since 1970.
CREATE TABLE key_use (
	key INTEGER PRIMARY KEY,
	last_used INTEGER NOT NULL,
	address TEXT NOT NULL
) STRICT;

CREATE INDEX key_use_last ON key_use (last_used);

CREATE TABLE version_use (
	key INTEGER NOT NULL,
	version INTEGER NOT NULL,
	first_used INTEGER NOT NULL,
	last_used INTEGER NOT NULL,
	PRIMARY KEY (key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE version_address (
	key INTEGER NOT NULL,
	version INTEGER NOT NULL,
	address TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (key, version, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_hour (
	key INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	version INTEGER NOT NULL,
	code TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (key, hour, version, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_hour_hour ON usage_hour (hour);

CREATE TABLE usage_day (
	key INTEGER NOT NULL,
	day INTEGER NOT NULL,
	version INTEGER NOT NULL,
	code TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (key, day, version, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_day_day ON usage_day (day);
