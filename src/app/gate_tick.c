/* The gate's upkeep: snapshots that nobody needs, a store that went away and came back, health. */
#include <string.h>

#include "src/app/gate_internal.h"

enum { RETRY_FIRST = 100, RETRY_LONGEST = SECOND_MS, ROW_SHOWN = MINUTE_MS }; /* ms */

/* --- down and up again --------------------------------------------------------------------------------- */

void gate_thread_down(struct gate_thread *t, const struct err *why)
{
	struct gate *g = t->gate;

	t->why = *why;
	store_close(t->store);
	t->store = NULL;
	gate_forget(t);
	pthread_mutex_lock(&g->health);
	g->down++;
	snprintf(g->unreadable, sizeof g->unreadable, "%s", why->message);
	pthread_mutex_unlock(&g->health);
}

/* The thread answers meanwhile, or refuses at once. */
static void thread_up(struct gate_thread *t, struct store *fresh)
{
	struct store *old;

	pthread_mutex_lock(&t->mutex);
	old = t->store;
	t->store = fresh;
	t->doubtful = false;
	gate_forget(t);
	pthread_mutex_unlock(&t->mutex);
	store_close(old);
	if (old)
		return;
	pthread_mutex_lock(&t->gate->health);
	t->gate->down--;
	pthread_mutex_unlock(&t->gate->health);
}

/* Still down: for another reason, perhaps. A connection that works is kept. */
static void stays_down(struct gate *g, const struct err *why)
{
	for (struct gate_thread *t = g->threads; t; t = t->next) {
		pthread_mutex_lock(&t->mutex);
		if (!t->store)
			t->why = *why;
		pthread_mutex_unlock(&t->mutex);
	}
	pthread_mutex_lock(&g->health);
	snprintf(g->unreadable, sizeof g->unreadable, "%s", why->message);
	pthread_mutex_unlock(&g->health);
}

static bool wants_opening(struct gate_thread *t)
{
	bool wants;

	pthread_mutex_lock(&t->mutex);
	wants = !t->store || t->doubtful;
	pthread_mutex_unlock(&t->mutex);
	return wants;
}

/* Opens what is down or in doubt, or everything: each connection is checked as at the first start. */
static enum errc threads_open(struct gate *g, bool all, struct err *e)
{
	enum errc rc = ERR_OK;

	for (struct gate_thread *t = g->threads; t && !rc; t = t->next) {
		struct store *fresh;

		if (!all && !wants_opening(t))
			continue;
		rc = gate_connect(g, &fresh, true, e);
		if (!rc)
			thread_up(t, fresh);
	}
	return rc;
}

static bool is_down(struct gate_thread *t)
{
	bool down;

	pthread_mutex_lock(&t->mutex);
	down = !t->store;
	pthread_mutex_unlock(&t->mutex);
	return down;
}

static struct gate_thread *first_down(struct gate *g)
{
	struct gate_thread *t = g->threads;

	while (t && !is_down(t))
		t = t->next;
	return t;
}

/* Where one is down all are closed: the connections of a process share what SQLite knows of a log, and one
 * that was parted from the store would hand that on to those that are opened. False: the writer is busy. */
static bool close_all(struct gate *g)
{
	struct gate_thread *down = first_down(g);

	if (!down)
		return true;
	if (pthread_mutex_trylock(&g->writing) != 0)
		return false;
	store_close(g->writer);
	g->writer = NULL;
	pthread_mutex_unlock(&g->writing);
	for (struct gate_thread *t = g->threads; t; t = t->next) {
		pthread_mutex_lock(&t->mutex);
		if (t->store)
			gate_thread_down(t, &down->why);
		pthread_mutex_unlock(&t->mutex);
	}
	return true;
}

static void recover(struct gate *g)
{
	struct err e = ERR_INIT;
	int64_t now = clock_monotonic(g->clock);
	bool all = g->anew;

	if (now < g->retry_at || !close_all(g))
		return;
	if (threads_open(g, all, &e) == ERR_OK) {
		g->retry_pause = g->retry_at = 0;
		if (all)
			g->anew = false;
		return;
	}
	stays_down(g, &e);
	g->retry_pause = g->retry_pause ? g->retry_pause * 2 : RETRY_FIRST;
	if (g->retry_pause > RETRY_LONGEST)
		g->retry_pause = RETRY_LONGEST;
	g->retry_at = now + g->retry_pause;
}

/* --- from time to time ----------------------------------------------------------------------------------- */

/* A snapshot that stays keeps the log from starting anew; so each ends, and the next request begins one
 * for 10 µs. One is begun here, too, which notices what became of the store. */
static void thread_look(struct gate_thread *t)
{
	struct err e = ERR_INIT;

	if (pthread_mutex_trylock(&t->mutex) != 0) {
		t->stale = true;
		return;
	}
	if (t->store) {
		store_snapshot_end(t->store);
		if (store_snapshot_renew(t->store, &e))
			gate_thread_down(t, &e);
		else
			store_snapshot_end(t->store);
	}
	pthread_mutex_unlock(&t->mutex);
}

void gate_tick(struct gate *g)
{
	pthread_mutex_lock(&g->opening);
	for (struct gate_thread *t = g->threads; t; t = t->next)
		thread_look(t);
	recover(g);
	pthread_mutex_unlock(&g->opening);
}

void gate_let_go(struct gate *g)
{
	pthread_mutex_lock(&g->opening);
	for (struct gate_thread *t = g->threads; t; t = t->next) {
		pthread_mutex_lock(&t->mutex);
		if (t->store)
			store_snapshot_end(t->store);
		pthread_mutex_unlock(&t->mutex);
	}
	pthread_mutex_unlock(&g->opening);
}

void gate_reload(struct gate *g)
{
	g->anew = true;
	g->writer_anew = true;
}

static const char *reason(const struct gate *g)
{
	if (g->down)
		return g->unreadable;
	if (!g->meter)
		return "the store was opened to read only";
	if (g->unwritable[0])
		return g->unwritable;
	return g->row[0] && clock_monotonic(g->clock) - g->row_at < ROW_SHOWN ? g->row : "";
}

void gate_health(struct gate *g, struct gate_health *out)
{
	pthread_mutex_lock(&g->health);
	*out = (struct gate_health){
		.readable = g->down == 0,
		.writable = g->meter && !g->unwritable[0],
		.written_at = g->written_at,
		.counts = g->meter,
		.limited_keys = g->limited_keys,
	};
	snprintf(out->reason, sizeof out->reason, "%s", reason(g));
	pthread_mutex_unlock(&g->health);
	if (!g->meter)
		return;
	out->waiting = meter_waiting(g->meter);
	out->lost = meter_lost(g->meter);
}
