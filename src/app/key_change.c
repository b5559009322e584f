/* The common way of changes: pick, ask, one transaction with an event a key, records after it. */
#include "src/app/key_change.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/audit_note.h"
#include "src/app/key_pick.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

void change_init(struct key_change *ch)
{
	*ch = (struct key_change){ .versions = NULL };
	key_init(&ch->key);
}

static void versions_drop(struct key_change *ch)
{
	free(ch->versions);
	free(ch->loaded);
	ch->versions = ch->loaded = NULL;
	ch->count = 0;
}

void change_release(struct key_change *ch)
{
	key_release(&ch->key);
	versions_drop(ch);
}

static void mark_altered_versions(struct key_change *ch)
{
	ch->row_altered = ch->key.altered;
	for (size_t i = 0; i < ch->count; i++)
		if (ch->versions[i].altered)
			ch->key.altered = true;
}

enum errc change_load(struct store *s, const char *id, bool altered_ok, struct key_change *ch,
		      struct err *e)
{
	enum errc r = key_get(s, id, &ch->key, e);

	versions_drop(ch);
	if (!r)
		r = versions_of(s, ch->key.row, &ch->versions, &ch->count, e);
	if (r)
		return r;
	ch->loaded = x_calloc(ch->count + 1, sizeof(*ch->loaded));
	if (ch->count)
		memcpy(ch->loaded, ch->versions, ch->count * sizeof(*ch->loaded));
	mark_altered_versions(ch);
	if (!altered_ok)
		r = key_intact(&ch->key, e);
	if (!r)
		r = key_object_mac(s, &ch->key, ch->before, e);
	if (r && altered_ok && ch->key.altered) {
		/* Its ring key may be nonsense, too: the event then starts from nothing. */
		memset(ch->before, 0, MAC_SIZE);
		r = ERR_OK;
	}
	return r;
}

/* Of a version nothing else ever changes. */
static bool version_differs(const struct key_version *a, const struct key_version *b)
{
	return a->state != b->state || a->valid_until != b->valid_until || a->pid != b->pid;
}

enum errc change_write(const struct op_call *c, struct store *s, struct key_change *ch,
		       const struct json *detail, struct err *e)
{
	enum errc r = ERR_OK;

	for (size_t i = 0; !r && i < ch->count; i++)
		if (version_differs(&ch->versions[i], &ch->loaded[i]))
			r = version_update(s, &ch->versions[i], e);
	ch->key.updated_at = store_now(s);
	if (!r)
		r = key_update(s, &ch->key, e);
	return r ? r : audit_note_key(c, s, &ch->key, ch->before, detail, e);
}

/* A run over several keys. */
struct run {
	const struct op_call *call;
	const struct change_rule *rule;
	struct store *store;
	struct key_change change;
	struct json *records;
	bool dry;
	size_t changed;
};

static enum errc write_one(struct run *run, struct json *detail, struct err *e)
{
	enum errc r = ERR_OK;

	if (!run->rule->any_clock || app_accepts_clock(run->call->app))
		r = audit_clock(run->call, run->store, detail, e);
	run->changed++;
	return r ? r : change_write(run->call, run->store, &run->change, detail, e);
}

static enum errc run_one(struct run *run, const char *id, struct err *e)
{
	struct json *detail = json_object_new(), *record;
	int64_t now = store_now(run->store);
	bool changed = true;
	enum errc r = change_load(run->store, id, run->rule->altered_ok, &run->change, e);

	if (!r)
		r = run->rule->step(run->call, run->store, now, &run->change, detail, &changed, e);
	if (!r && changed && !run->dry)
		r = write_one(run, detail, e);
	if (!r) {
		record = run->rule->record(&run->change, now, changed, detail);
		if (run->dry)
			json_set_bool(record, "dry_run", true);
		json_add(run->records, record);
	}
	json_free(detail);
	return r;
}

static enum errc run_all(struct run *run, char (*ids)[KEY_ID_SIZE], size_t count, struct err *e)
{
	enum errc r = run->dry ? store_snapshot(run->store, e) : store_begin(run->store, e);

	for (size_t i = 0; !r && i < count; i++)
		r = run_one(run, ids[i], e);
	if (!r && run->changed)
		return audit_commit(run->call, run->store, e);
	audit_rollback(run->call, run->store);
	store_snapshot_end(run->store);
	return r;
}

enum errc change_keys(const struct op_call *c, const struct change_rule *rule,
		      char (*ids)[KEY_ID_SIZE], size_t count, struct err *e)
{
	struct run run = {
		.call = c,
		.rule = rule,
		.store = app_store(c->app),
		.records = json_array_new(),
		.dry = op_flag(c->args, "dry-run"),
	};
	enum errc r = ERR_OK;

	change_init(&run.change);
	if (rule->ask && !run.dry && count)
		r = rule->ask(c, run.store, ids, count, e);
	if (!r && count)
		r = run_all(&run, ids, count, e);
	for (size_t i = 0; !r && i < json_count(run.records); i++)
		r = call_record(c, json_at(run.records, i), e);
	change_release(&run.change);
	json_free(run.records);
	return r;
}

enum errc change_run(const struct op_call *c, const struct change_rule *rule, struct err *e)
{
	struct key_ids ids = { .ids = NULL };
	enum errc r = key_ids_pick(c, app_store(c->app), "key", rule->states, &ids, e);

	if (!r && !ids.count)
		call_note(c, "no key fits the filter; nothing was done");
	if (!r)
		r = change_keys(c, rule, ids.ids, ids.count, e);
	key_ids_release(&ids);
	return r;
}
