/* key.purge: removes keys that were revoked long ago; what tells their secrets apart stays. */
#include "data/audit.h"
#include "src/app/audit_note.h"
#include "src/app/key_change.h"
#include "src/app/key_pick.h"
#include "src/app/ops.h"
#include "src/app/session.h"

static const struct arg purge_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "only these of them: ids or names" },
	{ .name = "older-than",
	  .type = ARG_DURATION,
	  .flags = ARG_REQUIRED | ARG_BACK,
	  .value = "DURATION",
	  .help = "keys revoked longer ago than this" },
	YES_ARG,
	KEY_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column purge_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "id of a key that was removed" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "revoked_at", "REVOKED", COLUMN_TIME, "when it was revoked" },
	{ "revoke_reason", "REASON", COLUMN_TEXT, "why" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

static enum errc refuse_young(const struct key *k, struct err *e)
{
	if (k->status != KEY_REVOKED) {
		err_set(e, ERR_CONFLICT, "key %s \"%s\" is not revoked", k->id, k->name);
		return err_hint(e, "revoke it first");
	}
	err_set(e, ERR_CONFLICT, "key %s \"%s\" was revoked later than that", k->id, k->name);
	return err_hint(e, "wait, or give a shorter --older-than");
}

/* What the audit keeps of a key that goes. */
static struct json *purge_detail(const struct key *k)
{
	struct json *detail = json_object_new();

	json_set_time(detail, "revoked_at", k->revoked_at);
	json_set_text(detail, "reason", k->revoke_reason);
	json_set_text(detail, "owner", k->owner);
	json_set_int(detail, "version", k->version);
	json_set_int(detail, AUDIT_REMOVED_ROW, k->row);
	json_set_int(detail, AUDIT_REMOVED_IMPORT, k->import_event);
	return detail;
}

static enum errc purge_write(const struct op_call *c, struct store *s, const struct key_change *ch,
			     struct err *e)
{
	static const uint8_t gone[MAC_SIZE];
	struct json *detail = purge_detail(&ch->key);
	const struct audit_note note = {
		.object = ch->key.id,
		.name = ch->key.name,
		.revision = ch->key.revision + 1,
		.mac_before = ch->before,
		.mac_after = gone,
		.detail = detail,
	};
	enum errc r = audit_clock(c, s, detail, e);

	if (!r)
		r = key_purge(s, &ch->key, e);
	if (!r)
		r = audit_note(c, s, &note, NULL, e);
	json_free(detail);
	return r;
}

static struct json *purge_record(const struct key *k, bool dry)
{
	struct json *record = json_object_new();

	json_set_text(record, "id", k->id);
	json_set_text(record, "name", k->name);
	json_set_time(record, "revoked_at", k->revoked_at);
	json_set_text(record, "revoke_reason", k->revoke_reason);
	if (dry)
		json_set_bool(record, "dry_run", true);
	return record;
}

/* One transaction over all of them; the records come after it. */
static enum errc purge_all(const struct op_call *c, const struct key_ids *ids, int64_t age,
			   struct json *records, struct err *e)
{
	struct store *s = app_store(c->app);
	bool dry = op_flag(c->args, "dry-run");
	struct key_change ch;
	enum errc r = dry ? store_snapshot(s, e) : store_begin(s, e);

	change_init(&ch);
	for (size_t i = 0; !r && i < ids->count; i++) {
		r = change_load(s, ids->ids[i], false, &ch, e);
		if (!r && (ch.key.status != KEY_REVOKED || ch.key.revoked_at > store_now(s) - age))
			r = refuse_young(&ch.key, e);
		if (!r && !dry)
			r = purge_write(c, s, &ch, e);
		if (!r)
			json_add(records, purge_record(&ch.key, dry));
	}
	change_release(&ch);
	if (!r && !dry)
		return audit_commit(c, s, e);
	audit_rollback(c, s);
	store_snapshot_end(s);
	return r;
}

/* Named keys, or all that fit filter and age. */
static enum errc purge_pick(const struct op_call *c, int64_t age, struct key_ids *ids,
			    struct err *e)
{
	struct store *s = app_store(c->app);
	struct key_query q;
	enum errc r;

	if (op_has(c->args, "key"))
		return key_ids_pick(c, s, "key", 0, ids, e);
	r = key_search_check(c->args, e);
	if (r)
		return r;
	key_filter(c->args, store_now(s), &q);
	q.states = 1U << KEY_STATE_REVOKED;
	/* A key revoked exactly `age` ago goes. */
	q.revoked_before = store_now(s) - age + 1;
	r = key_ids_select(s, &q, ids, e);
	return r ? r : key_ids_expect(c, ids, e);
}

static enum errc purge_run(const struct op_call *c, struct err *e)
{
	int64_t age = op_duration(c->args, "older-than", 0);
	struct json *records = json_array_new();
	struct key_ids ids = { .ids = NULL };
	enum errc r = purge_pick(c, age, &ids, e);

	if (!r && !ids.count)
		call_note(c, "no key was revoked that long ago; nothing was done");
	if (!r && ids.count && !op_flag(c->args, "dry-run"))
		r = call_confirm(c, e, "remove %zu revoked key%s for good?", ids.count,
				 ids.count == 1 ? "" : "s");
	if (!r && ids.count)
		r = purge_all(c, &ids, age, records, e);
	for (size_t i = 0; !r && i < json_count(records); i++)
		r = call_record(c, json_at(records, i), e);
	json_free(records);
	key_ids_release(&ids);
	return r;
}

const struct op op_key_purge = {
	.id = "key.purge",
	.summary = "remove keys that were revoked long ago",
	.detail = "Their audit events stay, and so does what tells that a secret was once known: "
		  "it can't be imported again.",
	.example = "authrack key purge --older-than 365d --dry-run\n",
	.args = purge_args,
	.columns = purge_columns,
	.flags = OP_WRITES | OP_DANGEROUS | OP_BULK,
	.run = purge_run,
};
