/* The gate for one thread after another: the store's connections and what their threads share. */
#include "src/app/gate.h"

#include <stdlib.h>

#include "src/app/session.h"
#include "src/base/alloc.h"

struct gate {
	struct app *app;
	struct store *store;
};

struct gate_thread {
	struct gate *gate;
	struct store *store;
	struct verify_result result;
};

static enum errc connect_store(struct store **out, struct gate *g, bool read_only, struct err *e)
{
	struct store_options o = *app_store_options(g->app);

	o.verb = "serve";
	o.read_only |= read_only;
	return store_open(out, &o, e);
}

enum errc gate_open(struct gate **out, struct app *a, struct err *e)
{
	struct gate *g = x_calloc(1, sizeof *g);
	enum errc rc;

	g->app = a;
	rc = connect_store(&g->store, g, false, e);
	if (rc)
		free(g);
	else
		*out = g;
	return rc;
}

enum errc gate_close(struct gate *g, struct err *e)
{
	enum errc rc = gate_write(g, e);

	store_close(g->store);
	free(g);
	return rc;
}

enum errc gate_thread_open(struct gate_thread **out, struct gate *g, struct err *e)
{
	struct gate_thread *t = x_calloc(1, sizeof *t);
	enum errc rc;

	t->gate = g;
	verify_result_init(&t->result);
	rc = connect_store(&t->store, g, true, e);
	if (rc)
		gate_thread_close(t);
	else
		*out = t;
	return rc;
}

void gate_thread_close(struct gate_thread *t)
{
	if (!t)
		return;
	verify_result_release(&t->result);
	store_close(t->store);
	free(t);
}

enum errc gate_check(struct gate_thread *t, const struct gate_request *q, struct gate_answer *a,
		     struct err *e)
{
	const struct verify_request request = {
		.secret = q->secret,
		.len = q->len,
		.scopes = q->scopes,
		.scope_count = q->scope_count,
		.address = q->address,
		.at = TIME_NONE,
	};
	enum errc rc = key_verify(t->store, &request, &t->result, e);

	*a = (struct gate_answer){ .code = t->result.code, .result = &t->result };
	a->deprecated_at = TIME_NONE;
	return rc;
}

void gate_tick(struct gate *g)
{
	(void)g;
}

enum errc gate_write(struct gate *g, struct err *e)
{
	(void)g;
	(void)e;
	return ERR_OK;
}

void gate_reload(struct gate *g)
{
	(void)g;
}

void gate_health(struct gate *g, struct gate_health *out)
{
	(void)g;
	*out = (struct gate_health){ .readable = true, .writable = true };
}
