/* Keeping device flows, and taking them up again. */
#include "src/app/device_keep.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/key_fields.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/process.h"

void device_keep_init(struct device_keep *k, const struct op_call *c)
{
	*k = (struct device_keep){ .call = c };
	flow_row_init(&k->row);
}

void device_keep_release(struct device_keep *k)
{
	flow_row_release(&k->row);
}

struct flow_time device_now(const struct op_call *c)
{
	const struct clock *clock = app_clock(c->app);

	return (struct flow_time){
		.wall = clock_wall(clock),
		.monotonic = clock_monotonic(clock),
		.boot = clock_boot(clock),
	};
}

/* What is kept of the flow as it is now. */
static void fill(struct device_keep *k, const struct device_flow *f, struct secret *secrets)
{
	const struct flow_time now = device_now(k->call);
	struct json *kept = flow_save(f, &now, clock_boot_id(app_clock(k->call->app)), secrets);
	struct buf text = BUF_INIT(FLOW_KEPT_MAX);

	json_write_canonical(&text, kept);
	key_text_set(&k->row.kept, buf_text(&text));
	k->row.expires_at = now.wall + f->deadline - now.boot;
	buf_release(&text);
	json_free(kept);
}

void device_keep_begin(struct device_keep *k, const struct provider_use *u,
		       const struct device_flow *f, bool save)
{
	struct secret secrets = SECRET_INIT;
	struct err why = ERR_INIT;
	enum errc rc;

	if (!k->store)
		return;
	fill(k, f, &secrets);
	k->row.provider = u->row.row;
	k->row.created_at = app_now(k->call->app);
	k->row.save = save;
	k->row.pid = getpid();
	k->row.pid_start = process_start(getpid());
	rc = store_begin_unaudited(k->store, &why);
	if (!rc)
		rc = flow_insert(k->store, &k->row, &secrets, &why);
	if (!rc)
		rc = store_commit(k->store, &why);
	store_rollback(k->store);
	secret_release(&secrets);
	k->kept = !rc;
	if (rc)
		call_note(k->call, "this flow can't be resumed: %s", why.message);
}

/* A store that fails does not end the flow: the person may be typing the code. */
enum errc device_keep_update(struct device_keep *k, const struct device_flow *f, struct err *e)
{
	struct secret secrets = SECRET_INIT;
	struct err why = ERR_INIT;
	enum errc rc;

	if (!k->kept)
		return ERR_OK;
	fill(k, f, &secrets);
	secret_release(&secrets);
	rc = store_begin_unaudited(k->store, &why);
	if (!rc)
		rc = flow_update(k->store, &k->row, &why);
	if (!rc)
		rc = store_commit(k->store, &why);
	store_rollback(k->store);
	if (rc == ERR_CONFLICT) {
		k->kept = false;
		if (e)
			*e = why;
		return rc;
	}
	if (rc)
		call_note(k->call, "what was kept of this flow is old: %s", why.message);
	return ERR_OK;
}

/* One change of the row; tried again where a Ctrl-C has ended the statement. */
static void change(struct device_keep *k, enum errc (*step)(struct device_keep *k))
{
	enum { TRIES = 3 };
	enum errc rc = ERR_CANCELLED;

	if (!k->kept)
		return;
	for (int i = 0; rc == ERR_CANCELLED && i < TRIES; i++) {
		rc = store_begin_unaudited(k->store, NULL);
		if (!rc)
			rc = step(k);
		if (!rc)
			rc = store_commit(k->store, NULL);
		store_rollback(k->store);
	}
	k->kept = false;
}

static enum errc forget(struct device_keep *k)
{
	return flow_delete(k->store, k->row.id, NULL);
}

static enum errc give_back(struct device_keep *k)
{
	return flow_give_back(k->store, &k->row, NULL);
}

void device_keep_end(struct device_keep *k)
{
	change(k, forget);
}

void device_keep_leave(struct device_keep *k)
{
	change(k, give_back);
}

/* --- taking up again ----------------------------------------------------------------------------- */

/* The newest that fits. */
struct search {
	const char *provider; /* name or id of the row's; NULL any */
	int64_t provider_row;
	char id[FLOW_ID_SIZE], busy[FLOW_ID_SIZE];
	int64_t pid; /* of `busy` */
};

static bool look(void *arg, const struct flow *f)
{
	struct search *s = arg;

	if (s->provider && f->provider != s->provider_row)
		return true;
	if (f->pid && process_alive(f->pid, f->pid_start)) {
		if (!*s->busy) {
			memcpy(s->busy, f->id, sizeof(s->busy));
			s->pid = f->pid;
		}
		return true;
	}
	memcpy(s->id, f->id, sizeof(s->id));
	return false;
}

static enum errc refuse(const struct search *s, struct err *e)
{
	if (*s->busy) {
		err_set(e, ERR_CONFLICT, "process %lld polls the device flow %s", (long long)s->pid,
			s->busy);
		return err_hint(e, "look there, or run a new one without --resume");
	}
	err_set(e, ERR_CONFLICT, "there is no device flow to resume%s%s%s",
		s->provider ? " of provider \"" : "", s->provider ? s->provider : "",
		s->provider ? "\"" : "");
	return err_hint(e, "run a new one without --resume; device list shows what is kept");
}

static enum errc find(struct device_keep *k, const char *provider, char id[FLOW_ID_SIZE],
		      struct err *e)
{
	struct search s = { .provider = provider };
	struct provider p;
	enum errc rc = ERR_OK;

	provider_init(&p);
	if (provider)
		rc = provider_get(k->store, provider, &p, e);
	s.provider_row = p.row;
	provider_release(&p);
	if (rc == ERR_NOT_FOUND) {
		err_set(e, rc, "no provider \"%s\"", provider);
		return err_hint(e, "provider list shows them");
	}
	if (!rc)
		rc = flow_each(k->store, look, &s, e);
	if (!rc && !*s.id)
		rc = refuse(&s, e);
	memcpy(id, s.id, FLOW_ID_SIZE);
	return rc;
}

static enum errc take(struct device_keep *k, const char *id, struct err *e)
{
	enum errc rc = flow_get(k->store, id, &k->row, e);

	if (rc == ERR_NOT_FOUND) {
		err_set(e, rc, "no device flow \"%s\"", id);
		return err_hint(e, "device list shows what is kept");
	}
	if (!rc && k->row.altered) {
		err_set(e, ERR_STORE, "device flow %s was altered outside authrack", id);
		return err_hint(e, "forget it: device forget %s", id);
	}
	if (!rc)
		rc = store_begin_unaudited(k->store, e);
	if (!rc)
		rc = flow_take(k->store, &k->row, getpid(), process_start(getpid()), e);
	if (!rc)
		rc = store_commit(k->store, e);
	store_rollback(k->store);
	k->kept = !rc;
	return rc;
}

enum errc device_keep_take(struct device_keep *k, const char *id, const char *provider,
			   struct err *e)
{
	char found[FLOW_ID_SIZE];
	enum errc rc = ERR_OK;

	if (!id)
		rc = find(k, provider, found, e);
	return rc ? rc : take(k, id ? id : found, e);
}

enum errc device_keep_restore(struct device_keep *k, const struct provider_use *u,
			      struct device_flow *f, struct err *e)
{
	const struct flow_time now = device_now(k->call);
	struct secret secrets = SECRET_INIT;
	struct json *kept = NULL;
	enum errc rc = json_parse(&kept, k->row.kept, strlen(k->row.kept), e);

	if (!rc)
		rc = flow_secrets(k->store, &k->row, &secrets, e);
	if (!rc)
		rc = flow_restore(f, &u->oauth, kept, &secrets, &now,
				  clock_boot_id(app_clock(k->call->app)), e);
	if (rc == ERR_CONFLICT) {
		device_keep_end(k);
		rc = f->has_codes ? ERR_NO : rc;
	}
	secret_release(&secrets);
	json_free(kept);
	return rc;
}
