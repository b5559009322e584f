/* What was used up of the limits: upserts in batches, and gone when its time has passed. */
#include "data/limit.h"

#include "data/db.h"
#include "data/store_internal.h"

static enum errc state_run(struct stmt *st, const struct limit_state *l, struct err *e)
{
	stmt_int(st, 1, l->key);
	stmt_int(st, 2, l->period_ms);
	stmt_int(st, 3, l->count);
	stmt_int(st, 4, l->burst);
	stmt_int(st, 5, l->arrival_us);
	return stmt_run(st, e);
}

/* A key that was purged while a service still counted for it leaves nothing behind. */
static const char state_write_sql[] =
	"INSERT INTO limit_state (key, period_ms, count, burst, arrival_us) SELECT $1, $2, $3, "
	"$4, $5 WHERE EXISTS (SELECT 1 FROM apikey WHERE row = $1) ON CONFLICT (key, period_ms, "
	"count, burst) DO UPDATE SET arrival_us = excluded.arrival_us";

enum errc limit_states_write(struct store *s, const struct limit_state *rows, size_t count,
			     struct err *e)
{
	enum errc rc = store_writing(s, e);

	for (size_t i = 0; i < count && !rc; i++)
		rc = state_run(db_stmt(s->db, state_write_sql), &rows[i], e);
	return rc;
}

static const char states_prune_sql[] =
	"DELETE FROM limit_state WHERE (key, period_ms, count, burst) IN (SELECT key, period_ms, "
	"count, burst FROM limit_state WHERE arrival_us <= $1 LIMIT 500)";

enum errc limit_states_prune(struct store *s, int64_t now_us, struct err *e)
{
	enum errc rc = store_writing(s, e);
	struct stmt *st;

	if (rc)
		return rc;
	st = db_stmt(s->db, states_prune_sql);
	stmt_int(st, 1, now_us);
	return stmt_run(st, e);
}

static struct limit_state state_of_row(struct stmt *st)
{
	return (struct limit_state){
		.key = stmt_get_int(st, "key"),
		.period_ms = stmt_get_int(st, "period_ms"),
		.count = stmt_get_int(st, "count"),
		.burst = stmt_get_int(st, "burst"),
		.arrival_us = stmt_get_int(st, "arrival_us"),
	};
}

enum errc limit_states_each(struct store *s, int64_t now_us,
			    void (*found)(void *arg, const struct limit_state *l), void *arg,
			    struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT * FROM limit_state WHERE arrival_us > $1");
	enum errc rc;
	bool row;

	stmt_int(st, 1, now_us);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		struct limit_state l = state_of_row(st);

		found(arg, &l);
	}
	stmt_done(st);
	return rc;
}

static const char state_bring_sql[] =
	"INSERT INTO limit_state AS l (key, period_ms, count, burst, arrival_us) VALUES ($1, $2, "
	"$3, $4, $5) ON CONFLICT (key, period_ms, count, burst) DO UPDATE SET arrival_us = "
	"excluded.arrival_us WHERE excluded.arrival_us > l.arrival_us";

enum errc limit_states_bring(struct store *to, struct store *from, int64_t key, struct err *e)
{
	struct stmt *st = db_stmt(from->db, "SELECT * FROM limit_state WHERE key = $1");
	enum errc rc;
	bool row;

	stmt_int(st, 1, key);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		struct limit_state l = state_of_row(st);

		rc = state_run(db_stmt(to->db, state_bring_sql), &l, e);
		if (rc)
			break;
	}
	stmt_done(st);
	return rc;
}
