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
