/* The gate: what its threads share, and one answer after another. */
#include "src/app/gate.h"

#include <stdlib.h>
#include <string.h>

#include "data/key.h"
#include "src/app/gate_internal.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

enum { THREAD_WAIT = 50, WRITER_WAIT = 1500 }; /* ms */

/* --- connections ----------------------------------------------------------------------------------- */

enum errc gate_connect(struct gate *g, struct store **out, bool reads, struct err *e)
{
	struct store_options o = g->options;
	struct store *s = NULL;
	enum errc rc;

	o.read_only |= reads;
	o.wait_ms = reads ? THREAD_WAIT : WRITER_WAIT;
	rc = store_open(&s, &o, e);
	if (!rc && memcmp(store_id(s), g->store_id, STORE_ID_SIZE) != 0) {
		store_close(s);
		s = NULL;
		rc = err_set(e, ERR_STORE, "another store is where the service's was");
		err_hint(e, "put it back, or start the service again");
	}
	if (s && !reads)
		store_on_step(s, gate_stepped, g);
	*out = s;
	return rc;
}

/* The first one: it may ask for a passphrase, and wait. */
static enum errc connect_first(struct gate *g, struct store **out, struct err *e)
{
	enum errc rc = store_open(out, &g->options, e);

	if (!rc) {
		const char *notice = store_notice(*out);

		memcpy(g->store_id, store_id(*out), STORE_ID_SIZE);
		snprintf(g->notice, sizeof g->notice, "%s", notice ? notice : "");
	}
	g->options.passphrase = NULL;
	g->options.hasty = true;
	return rc;
}

static void gate_free(struct gate *g)
{
	store_close(g->writer);
	meter_free(g->meter);
	limiter_free(g->limiter);
	pthread_mutex_destroy(&g->opening);
	pthread_mutex_destroy(&g->writing);
	pthread_mutex_destroy(&g->health);
	pthread_mutex_destroy(&g->stepping);
	free(g);
}

enum errc gate_open(struct gate **out, struct app *a, struct err *e)
{
	struct gate *g = x_calloc(1, sizeof *g);
	struct store *first = NULL;
	enum errc rc;

	g->clock = app_clock(a);
	g->options = *app_store_options(a);
	g->options.verb = "serve";
	g->options.wait_ms = WRITER_WAIT;
	g->written_at = TIME_NONE;
	pthread_mutex_init(&g->opening, NULL);
	pthread_mutex_init(&g->writing, NULL);
	pthread_mutex_init(&g->health, NULL);
	pthread_mutex_init(&g->stepping, NULL);
	g->limiter = limiter_new();
	if (!g->options.read_only)
		g->meter = meter_new();
	rc = connect_first(g, &first, e);
	if (!rc)
		rc = limiter_load(g->limiter, first, clock_boot_ns(g->clock),
				  clock_wall(g->clock) * 1000, e);
	g->writer = g->options.read_only ? NULL : first;
	if (g->writer)
		store_on_step(first, gate_stepped, g);
	else
		store_close(first);
	if (rc) {
		gate_free(g);
		g = NULL;
	}
	*out = g;
	return rc;
}

const char *gate_notice(const struct gate *g)
{
	return g->notice;
}

enum errc gate_close(struct gate *g, struct err *e)
{
	enum errc rc = gate_write_all(g, e);

	gate_free(g);
	return rc;
}

enum errc gate_thread_open(struct gate_thread **out, struct gate *g, struct err *e)
{
	struct gate_thread *t = x_calloc(1, sizeof *t);
	enum errc rc;

	t->gate = g;
	pthread_mutex_init(&t->mutex, NULL);
	verify_result_init(&t->result);
	t->memo = memo_new();
	pthread_mutex_lock(&g->opening);
	rc = gate_connect(g, &t->store, true, e);
	t->next = g->threads;
	g->threads = t;
	pthread_mutex_unlock(&g->opening);
	if (rc) {
		gate_thread_close(t);
		t = NULL;
	}
	*out = t;
	return rc;
}

void gate_thread_close(struct gate_thread *t)
{
	struct gate_thread **at;

	if (!t)
		return;
	pthread_mutex_lock(&t->gate->opening);
	for (at = &t->gate->threads; *at != t; at = &(*at)->next)
		;
	*at = t->next;
	pthread_mutex_unlock(&t->gate->opening);
	verify_result_release(&t->result);
	memo_free(t->memo);
	store_close(t->store);
	pthread_mutex_destroy(&t->mutex);
	free(t);
}

/* --- answering --------------------------------------------------------------------------------------- */

/* Was it this key alone? A row that was altered, or a page that can't be read, must not keep others out. */
static bool is_alive(struct gate_thread *t)
{
	const struct verify_result *r = &t->result;

	if (r->known && (r->key.altered || r->version.altered))
		return true;
	t->doubtful = true;
	store_snapshot_end(t->store);
	return store_snapshot_renew(t->store, NULL) == ERR_OK;
}

static void row_failed(struct gate *g, const struct err *why)
{
	pthread_mutex_lock(&g->health);
	snprintf(g->row, sizeof g->row, "%s", why->message);
	g->row_at = clock_monotonic(g->clock);
	pthread_mutex_unlock(&g->health);
}

/* Whatever the reason: nobody is let in. */
static enum errc refused(const struct err *why, struct err *e)
{
	if (e) {
		*e = *why;
		e->code = ERR_STORE;
	}
	return ERR_STORE;
}

static enum errc failed(struct gate_thread *t, bool down, const struct err *why, struct err *e)
{
	if (down)
		gate_thread_down(t, why);
	else
		row_failed(t->gate, why);
	return refused(why, e);
}

/* When the version that followed this one was made. */
static enum errc find_successor(struct gate_thread *t, int64_t *made, struct err *e)
{
	const struct key_version *mine = &t->result.version;
	struct key_version *all = NULL;
	size_t count = 0;
	enum errc rc = versions_of(t->store, mine->key, &all, &count, e);

	for (size_t i = 0; i < count && all[i].number > mine->number; i++)
		if (all[i].state != VERSION_PENDING)
			*made = all[i].created_at;
	free(all);
	return rc;
}

/* Reads and checks the rows, and remembers them for as long as nobody changes the store. */
static enum errc read_rows(struct gate_thread *t, const struct verify_request *q,
			   const struct memo_proof *proof, int64_t *successor, struct err *e)
{
	const struct verify_result *r = &t->result;
	enum errc rc = key_verify(t->store, q, &t->result, e);

	if (rc || !r->known)
		return rc;
	if (r->version.number != r->key.version)
		rc = find_successor(t, successor, e);
	if (!rc && gate_remembers(t))
		memo_keep(t->memo, proof, r, *successor);
	return rc;
}

/* In the snapshot of the thread. */
static enum errc decide(struct gate_thread *t, struct verify_request *q, struct gate_answer *a,
			struct err *e)
{
	int64_t successor = TIME_NONE;
	struct memo_entry *entry;
	struct memo_proof proof;
	enum errc rc = ERR_OK;

	memo_prove(t->memo, q->secret, q->len, &proof);
	entry = gate_remembers(t) ? memo_find(t->memo, &proof) : NULL;
	if (entry) {
		verify_decide(q, &entry->result);
		successor = entry->deprecated_at;
		a->result = &entry->result;
	} else {
		rc = read_rows(t, q, &proof, &successor, e);
		a->result = &t->result;
	}
	a->deprecated_at = a->result->retiring ? successor : TIME_NONE;
	return rc;
}

/* Under the thread's mutex. */
static enum errc look_up(struct gate_thread *t, struct verify_request *q, struct gate_answer *a,
			 struct err *e)
{
	struct err why = ERR_INIT;
	enum errc rc;

	if (!t->store)
		return refused(&t->why, e);
	if (t->stale) {
		t->stale = false;
		store_snapshot_end(t->store);
	}
	rc = store_snapshot_renew(t->store, &why);
	if (rc)
		return failed(t, true, &why, e);
	q->at = store_now(t->store);
	rc = decide(t, q, a, &why);
	if (rc)
		return failed(t, !is_alive(t), &why, e);
	/* Where others' changes can't be seen nothing is kept open. */
	if (!store_snapshot_current(t->store))
		store_snapshot_end(t->store);
	return ERR_OK;
}

/* Limits come last: only a call that would be let in uses anything up. */
static void charge(struct gate *g, struct gate_answer *a)
{
	const struct key *k = &a->result->key;

	if (a->code != VERIFY_VALID)
		return;
	limiter_take(g->limiter, k->row, k->limits, clock_boot_ns(g->clock), &a->limits);
	if (!a->limits.allowed)
		a->code = VERIFY_RATE_LIMITED;
}

static void count(struct gate *g, const struct gate_answer *a, const struct verify_request *q)
{
	struct meter_call call = { .code = a->code, .at = q->at, .address = q->address };

	if (!g->meter)
		return;
	if (a->result->known) {
		call.key = a->result->key.row;
		call.version = a->result->version.number;
	}
	meter_count(g->meter, &call);
}

enum errc gate_check(struct gate_thread *t, const struct verify_request *q, struct gate_answer *a,
		     struct err *e)
{
	struct verify_request request = *q;
	enum errc rc;

	a->code = VERIFY_NOT_FOUND;
	a->deprecated_at = TIME_NONE;
	a->limits.count = 0;
	a->result = &t->result;
	t->result.code = VERIFY_NOT_FOUND;
	pthread_mutex_lock(&t->mutex);
	rc = look_up(t, &request, a, e);
	pthread_mutex_unlock(&t->mutex);
	if (rc)
		return rc;
	a->code = a->result->code;
	charge(t->gate, a);
	count(t->gate, a, &request);
	return ERR_OK;
}
