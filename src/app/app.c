/* The session: options, the store opened when an operation needs it, and running operations. */
#include "src/app/app.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "src/app/audit_note.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

struct app {
	struct app_options options; /* texts point to the two below */
	char *url, *master_file;
	struct store_options store_options;
	const struct clock *clock;
	struct store *store;
	bool for_check;	       /* how it was opened */
	pthread_mutex_t guard; /* of `store`, against app_interrupt() */
	struct actor actor;
	bool has_actor;
	char actor_text[192];
	char *store_name;
	char **mirror;
	size_t mirror_count;
};

struct app *app_new(const struct app_options *o)
{
	struct app *a = x_calloc(1, sizeof(*a));

	a->options = *o;
	a->options.store = a->url = x_strdup(o->store);
	a->options.master_file = a->master_file = x_strdup(o->master_file);
	a->clock = o->clock ? o->clock : &clock_system;
	a->store_options = (struct store_options){
		.url = a->url,
		.read_only = o->read_only,
		.accept_clock = o->accept_clock,
		.wait_ms = o->wait_ms ? o->wait_ms : 30 * SECOND_MS,
		.master_file = a->master_file,
		.passphrase = o->passphrase,
		.passphrase_arg = o->passphrase_arg,
		.clock = a->clock,
	};
	pthread_mutex_init(&a->guard, NULL);
	return a;
}

struct app *app_dup(const struct app *a)
{
	return app_new(&a->options);
}

static void store_drop(struct app *a)
{
	struct store *s = a->store;

	pthread_mutex_lock(&a->guard);
	a->store = NULL;
	pthread_mutex_unlock(&a->guard);
	store_close(s);
}

void app_free(struct app *a)
{
	if (!a)
		return;
	store_drop(a);
	app_mirror_drop(a);
	free(a->mirror);
	pthread_mutex_destroy(&a->guard);
	free(a->url);
	free(a->master_file);
	free(a->store_name);
	free(a);
}

void app_interrupt(struct app *a)
{
	pthread_mutex_lock(&a->guard);
	if (a->store)
		store_interrupt(a->store);
	pthread_mutex_unlock(&a->guard);
}

static enum errc store_get(struct app *a, const char *verb, unsigned flags, struct err *e)
{
	struct store_options o = a->store_options;
	struct store *s = NULL;
	enum errc r;

	o.verb = verb;
	o.create = (flags & OP_CREATES_STORE) && !o.read_only;
	o.for_check = flags & OP_FOR_CHECK;
	if (a->store && a->for_check == o.for_check) {
		store_verb(a->store, verb);
		return ERR_OK;
	}
	store_drop(a);
	r = store_open(&s, &o, e);
	if (r)
		return r;
	pthread_mutex_lock(&a->guard);
	a->store = s;
	a->for_check = o.for_check;
	pthread_mutex_unlock(&a->guard);
	return ERR_OK;
}

/* Tells that the first write made a store, and what must not get lost now. */
static void tell_made(struct app *a, const struct op_call *c)
{
	call_note(c,
		  "made the store %s and its master key: back up both, without the master key no "
		  "key verifies",
		  app_store_name(a));
}

static void tell_notice(struct app *a, const struct op_call *c)
{
	const char *notice = a->store ? store_notice(a->store) : NULL;

	if (notice)
		call_note(c, "%s", notice);
}

static enum errc check_allowed(const struct app *a, const struct op *op, struct err *e)
{
	if (!(op->flags & OP_WRITES) || !a->options.read_only)
		return ERR_OK;
	err_set(e, ERR_PERMISSION, "\"%s\" changes the store, which is open read-only", op->id);
	return err_hint(e, "run it without --read-only");
}

/* After a store error: can this connection go on (a key that was altered), or has the next operation
 * to open the store anew (a file that was moved)? */
static bool is_usable(const struct app *a)
{
	uint64_t version;

	return a->store && store_version(a->store, &version, NULL) == ERR_OK;
}

enum errc app_run(struct app *a, const struct op *op, const struct op_args *args,
		  const struct op_sink *sink, struct err *e)
{
	struct op_call call = { op, a, args, sink };
	bool there = (op->flags & OP_NO_STORE) || app_store_exists(a);
	enum errc r = op_args_check(args, e);

	if (!r)
		r = check_allowed(a, op, e);
	if (!r && !(op->flags & OP_NO_STORE))
		r = store_get(a, op->id, op->flags, e);
	if (r)
		return r;
	if (!there)
		tell_made(a, &call);
	tell_notice(a, &call);
	r = op->run(&call, e);
	if (a->store) {
		audit_rollback(&call, a->store);
		store_snapshot_end(a->store);
	}
	if ((op->flags & OP_FOR_CHECK) || (r == ERR_STORE && !is_usable(a)))
		store_drop(a);
	return r;
}

enum errc app_make_store(struct app *a, struct err *e)
{
	return store_get(a, "console", OP_CREATES_STORE, e);
}

struct store *app_store(struct app *a)
{
	return a->store;
}

enum errc app_need_store(const struct op_call *c, struct store **out, struct err *e)
{
	enum errc r = store_get(c->app, c->op->id, c->op->flags & ~(unsigned)OP_CREATES_STORE, e);

	*out = c->app->store;
	if (!r)
		tell_notice(c->app, c);
	return r;
}

const struct clock *app_clock(const struct app *a)
{
	return a->clock;
}

const struct store_options *app_store_options(struct app *a)
{
	return &a->store_options;
}

const struct actor *app_actor_record(struct app *a)
{
	if (!a->has_actor)
		actor_read(&a->actor);
	a->has_actor = true;
	return &a->actor;
}

bool app_accepts_clock(const struct app *a)
{
	return a->options.accept_clock;
}

enum errc app_serve(const struct op_call *c, struct err *e)
{
	if (c->app->options.serve)
		return c->app->options.serve(c, e);
	return err_set(e, ERR_USAGE, "the service is started from the command line only");
}

bool app_read_only(const struct app *a)
{
	return a->options.read_only;
}

bool app_store_exists(const struct app *a)
{
	return store_exists(a->options.store);
}

int64_t app_now(struct app *a)
{
	return a->store ? store_now(a->store) : clock_wall(a->clock);
}

const char *app_actor(struct app *a)
{
	const struct actor *who = app_actor_record(a);

	snprintf(a->actor_text, sizeof(a->actor_text), "%s%s%s", who->user,
		 *who->client ? " from " : "", who->client);
	return a->actor_text;
}

const char *app_store_name(struct app *a)
{
	const char *home = getenv("HOME");
	size_t len = home ? strlen(home) : 0;
	char *path = NULL;

	if (a->store_name)
		return a->store_name;
	if (store_path(&path, a->options.store, NULL))
		path = x_strdup(a->options.store ? a->options.store : "");
	if (len > 1 && strncmp(path, home, len) == 0 && path[len] == '/') {
		a->store_name = x_asprintf("~%s", path + len);
		free(path);
	} else {
		a->store_name = path;
	}
	return a->store_name;
}

enum errc app_change(struct app *a, uint64_t *version, struct err *e)
{
	enum errc r;

	*version = 0;
	if (!a->store && !app_store_exists(a))
		return ERR_OK;
	r = store_get(a, "console", 0, e);
	if (!r)
		r = store_version(a->store, version, e);
	if (r == ERR_STORE)
		store_drop(a);
	return r;
}

void app_mirror_add(struct app *a, const char *line)
{
	if (a->options.no_syslog)
		return;
	a->mirror = x_reallocarray(a->mirror, a->mirror_count + 1, sizeof(*a->mirror));
	a->mirror[a->mirror_count++] = x_strdup(line);
}

void app_mirror_drop(struct app *a)
{
	while (a->mirror_count)
		free(a->mirror[--a->mirror_count]);
}

void app_mirror_send(struct app *a)
{
	for (size_t i = 0; i < a->mirror_count; i++)
		syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", a->mirror[i]);
	app_mirror_drop(a);
}
