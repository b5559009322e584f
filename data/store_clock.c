/* The clock mark: the time of the last audited change, and what it says about the wall clock. */
#include "data/store_internal.h"

#include "src/base/datetime.h"

enum { STEP_MINUTES = 5 };

#define YEAR_10000_MS (INT64_C(253402300800) * SECOND_MS)

/* A time that no clock shows was written by hand: what is computed with it must not overflow. */
static int64_t time_bounded(int64_t at)
{
	if (at < 0)
		return 0;
	return at < YEAR_10000_MS ? at : YEAR_10000_MS;
}

enum errc mark_load(struct store *s, struct err *e)
{
	struct stmt *st = db_stmt(s->db,
				  "SELECT sequence, time, boot_id, boot_time, ring, hash FROM audit"
				  " ORDER BY sequence DESC LIMIT 1");
	struct mark m = { .any = false };
	int64_t ring = 0;
	bool row;
	enum errc rc = stmt_step(st, &row, e);

	if (!rc && row) {
		ring = stmt_get_int(st, "ring");
		m.any = true;
		m.sequence = stmt_get_int(st, "sequence");
		m.time = time_bounded(stmt_get_int(st, "time"));
		snprintf(m.boot_id, sizeof m.boot_id, "%s", stmt_get_text(st, "boot_id", NULL));
		m.boot_time = time_bounded(stmt_get_int(st, "boot_time"));
		stmt_copy_blob(st, "hash", m.hash, sizeof m.hash);
	}
	stmt_done(st);
	/* None: it could not be read again after a rekey that failed. */
	if (!rc && (s->ring_count == 0 || ring > store_ring(s)))
		rc = ring_refresh(s, e);
	if (!rc)
		s->mark = m;
	return rc;
}

int64_t store_now(struct store *s)
{
	int64_t wall = clock_wall(s->clock);

	/* Accepting the clock as it is may take the mark down. */
	if (s->accept_clock || !s->mark.any || wall > s->mark.time)
		return wall;
	return s->mark.time;
}

/* Within a boot the wall clock has to go with the boot-time clock; across boots it may only rise. */
static int64_t clock_step(const struct store *s)
{
	int64_t wall = clock_wall(s->clock), step = wall - s->mark.time;

	if (!s->mark.any)
		return 0;
	/* Where the kernel tells no boot id, each process counts as a boot of its own. */
	if (s->mark.boot_id[0] && strcmp(s->mark.boot_id, clock_boot_id(s->clock)) == 0)
		step -= clock_boot(s->clock) - s->mark.boot_time;
	else if (step > 0)
		return 0;
	return step > STEP_MINUTES * MINUTE_MS || step < -STEP_MINUTES * MINUTE_MS ? step : 0;
}

enum errc store_clock_check(struct store *s, int64_t *step_ms, struct err *e)
{
	int64_t step = clock_step(s);
	char span[DATETIME_SIZE], mark[DATETIME_SIZE];

	if (step_ms)
		*step_ms = step;
	if (step == 0 || s->accept_clock)
		return ERR_OK;
	duration_text(span, (step < 0 ? -step : step) / SECOND_MS * SECOND_MS);
	datetime_rfc3339(mark, s->mark.time);
	err_set(e, ERR_CONFLICT, "the clock was set %s by %s since the last change of \"%s\" at %s",
		step < 0 ? "back" : "ahead", span, s->path, mark);
	return err_hint(e, "set the clock right, or accept it as it is with --accept-clock");
}
