-- How much of its limits each key has used up (GCRA): grants nothing, carries no MAC. burst is 0 where the
-- limit gives none; arrival_us is when the budget is whole again, in microseconds since 1970.

CREATE TABLE limit_state (
	key INTEGER NOT NULL,
	period_ms INTEGER NOT NULL,
	count INTEGER NOT NULL,
	burst INTEGER NOT NULL,
	arrival_us INTEGER NOT NULL,
	PRIMARY KEY (key, period_ms, count, burst)
) STRICT, WITHOUT ROWID;

CREATE INDEX limit_state_arrival ON limit_state (arrival_us);

-- Usage, hour by hour: what a service writes each second, the keys in use, is side by side on few pages. By
-- key it was a page a key.
CREATE TABLE usage_by_hour (
	hour INTEGER NOT NULL,
	key INTEGER NOT NULL,
	version INTEGER NOT NULL,
	code TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (hour, key, version, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_by_day (
	day INTEGER NOT NULL,
	key INTEGER NOT NULL,
	version INTEGER NOT NULL,
	code TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (day, key, version, code)
) STRICT, WITHOUT ROWID;

-- All keys together, those that were purged since and unknown secrets included.
CREATE TABLE usage_all_hour (
	hour INTEGER NOT NULL,
	code TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (hour, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_all_day (
	day INTEGER NOT NULL,
	code TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (day, code)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_by_hour SELECT hour, key, version, code, count FROM usage_hour;
INSERT INTO usage_by_day SELECT day, key, version, code, count FROM usage_day;
INSERT INTO usage_all_hour SELECT hour, code, sum(count) FROM usage_hour GROUP BY hour, code;
INSERT INTO usage_all_day SELECT day, code, sum(count) FROM usage_day GROUP BY day, code;
DROP TABLE usage_hour;
DROP TABLE usage_day;
