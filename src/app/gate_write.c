/* What the gate keeps on the disk: counts, and how much of the limits is used up. */
#include <string.h>

#include "src/app/gate_internal.h"

enum { BATCHES = 64 }; /* in a round; each holds a part of all keys */

/* What a batch of keys has used up; what is whole again goes. */
static enum errc write_some_limits(struct gate *g, struct store *s, struct err *e)
{
	int64_t now = clock_boot_ns(g->clock), wall = clock_wall(g->clock) * 1000;
	enum errc rc = store_begin_spare(s, e);

	if (rc)
		return rc;
	rc = limiter_save(g->limiter, s, now, wall, e);
	if (rc)
		store_rollback(s);
	else
		rc = store_commit(s, e);
	limiter_saved(g->limiter, rc == ERR_OK);
	return rc;
}

/* All that changed, once around; keys that change meanwhile have time until the next round. */
static enum errc write_limits(struct gate *g, struct store *s, struct err *e)
{
	enum errc rc = write_some_limits(g, s, e);

	for (int more = BATCHES; !rc && more && limiter_waiting(g->limiter); more--)
		rc = write_some_limits(g, s, e);
	return rc;
}

static enum errc writer_open(struct gate *g, struct err *e)
{
	enum errc rc = ERR_OK;

	if (g->writer_anew) {
		g->writer_anew = false;
		store_close(g->writer);
		g->writer = NULL;
	}
	if (g->writer)
		return ERR_OK;
	pthread_mutex_lock(&g->opening);
	rc = gate_connect(g, &g->writer, false, e);
	pthread_mutex_unlock(&g->opening);
	return rc;
}

/* Can this connection go on (the disk is full), or is the store to be opened anew (it was moved)? */
static void writer_failed(struct gate *g)
{
	uint64_t version;

	if (!g->writer || store_version(g->writer, &version, NULL) == ERR_OK)
		return;
	store_close(g->writer);
	g->writer = NULL;
}

static void note(struct gate *g, size_t limited, const char *failure)
{
	pthread_mutex_lock(&g->health);
	snprintf(g->unwritable, sizeof g->unwritable, "%s", failure);
	g->limited_keys = limited;
	if (!*failure)
		g->written_at = clock_wall(g->clock);
	pthread_mutex_unlock(&g->health);
}

/* Readers that begin in the midst of the log keep it from starting anew: first they let go of what is
 * older than its end, then of what is not in the store's file yet. */
static void tidy(struct gate *g)
{
	gate_let_go(g);
	store_log_write_back(g->writer);
	gate_let_go(g);
}

/* Under `writing`. What was used up is written even where counts can't be. */
static enum errc write_both(struct gate *g, struct err *e)
{
	enum errc rc = writer_open(g, e), limits;

	if (rc)
		return rc;
	rc = meter_write(g->meter, g->writer, e);
	limits = write_limits(g, g->writer, rc ? NULL : e);
	if (!rc)
		rc = limits;
	if (rc)
		writer_failed(g);
	/* On a full disk others live on what is reserved in the log: it has to start anew for them, too. */
	if (g->writer && (rc || store_log_is_long(g->writer)))
		tidy(g);
	return rc;
}

enum errc gate_write_all(struct gate *g, struct err *e)
{
	size_t limited = limiter_sweep(g->limiter, clock_boot_ns(g->clock));
	struct err why = ERR_INIT;
	enum errc rc;

	if (!g->meter) {
		pthread_mutex_lock(&g->health);
		g->limited_keys = limited;
		pthread_mutex_unlock(&g->health);
		return ERR_OK;
	}
	pthread_mutex_lock(&g->writing);
	rc = write_both(g, &why);
	pthread_mutex_unlock(&g->writing);
	note(g, limited, rc ? why.message : "");
	if (rc && e)
		*e = why;
	return rc;
}

enum errc gate_write(struct gate *g, struct err *e)
{
	enum errc rc = gate_write_all(g, e);
	bool told = g->write_told;

	g->write_told = rc != ERR_OK;
	return told ? ERR_OK : rc;
}
