/* key.show: everything about one key but its secret. */
#include "src/app/key_columns.h"
#include "src/app/key_history.h"
#include "src/app/key_pick.h"
#include "src/app/key_recent.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/session.h"

#include "data/usage.h"

#include <string.h>

static const struct arg show_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "id or name" },
	{ .name = "history",
	  .letter = 'H',
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "add its audit events, newest first" },
	{ .name = "calls",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "HOURS",
	  .help = "add the calls of each of the last hours" },
	{ .name = NULL },
};

static const struct op_column show_columns[] = {
	{ "id", NULL, COLUMN_TEXT, "the key's id" },
	{ "name", NULL, COLUMN_TEXT, "its name" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "status", NULL, COLUMN_STATUS,
	  "active, disabled, revoked, expired, not_yet_valid or altered" },
	{ "version", NULL, COLUMN_NUMBER, "number of the current secret" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	{ "expires_at", NULL, COLUMN_TIME_OR_NEVER, "end of its life; null: never" },
	{ "last_used_at", NULL, COLUMN_TIME_OR_NEVER, "last use; null: never" },
	KEY_RULE_COLUMNS,
	{ "versions", NULL, COLUMN_LIST,
	  "its secrets, newest first: version secret_id hint state "
	  "created_at valid_until first_used_at last_used_at last_used_from calls_24h recent" },
	{ "usage", NULL, COLUMN_LIST,
	  "allowed_24h denied_24h denied_by_code addresses, over the last 24 hours; recent: "
	  "allowed addresses, and more where there may be more of these, since the hour before "
	  "this one began" },
	{ "history", NULL, COLUMN_LIST, "with --history: its audit events" },
	{ "calls", NULL, COLUMN_LIST, "with --calls: calls per hour, oldest first" },
	{ .name = NULL },
};

static enum errc add_versions(struct store *s, const struct key *k, int64_t now,
			      struct json *record, bool *altered, struct err *e)
{
	struct json *list = json_array_new(), *one;
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc r = versions_of(s, k->row, &versions, &count, e);

	for (size_t i = 0; !r && i < count; i++) {
		if (versions[i].state == VERSION_PENDING)
			continue;
		*altered = *altered || versions[i].altered;
		r = version_record(s, k, &versions[i], now, &one, e);
		if (!r)
			json_add(list, one);
	}
	json_set(record, "versions", list);
	free(versions);
	return r;
}

static enum errc add_usage(struct store *s, const struct key *k, int64_t now, struct json *record,
			   struct err *e)
{
	struct json *usage = json_object_new(), *denied = json_object_new();
	struct usage_code *codes = NULL;
	struct usage_recent recent;
	int64_t allowed = 0, refused = 0;
	size_t count = 0, addresses = 0;
	enum errc r = usage_codes(s, k->row, now - DAY_MS, now + 1, &codes, &count, e);

	for (size_t i = 0; !r && i < count; i++) {
		if (strcmp(codes[i].code, "VALID") == 0) {
			allowed += codes[i].count;
			continue;
		}
		refused += codes[i].count;
		json_set_int(denied, codes[i].code, codes[i].count);
	}
	if (!r)
		r = usage_addresses(s, k->row, now - DAY_MS, &addresses, e);
	usage_recent_init(s, &recent);
	if (!r)
		r = usage_recent_add(s, k->row, 0, &recent, e);
	json_set_int(usage, "allowed_24h", allowed);
	json_set_int(usage, "denied_24h", refused);
	json_set(usage, "denied_by_code", denied);
	json_set_int(usage, "addresses", (int64_t)addresses);
	json_set(usage, "recent", recent_json(&recent));
	json_set(record, "usage", usage);
	free(codes);
	return r;
}

static enum errc add_history(struct store *s, const struct key *k, struct json *record,
			     struct err *e)
{
	struct json *events = NULL;
	enum errc r = key_history(s, k, 0, &events, e);

	if (!r)
		json_set(record, "history", events);
	return r;
}

static enum errc show_key(const struct op_call *c, struct store *s, const struct key *k,
			  struct err *e)
{
	int64_t now = store_now(s), hours = op_integer(c->args, "calls", 0);
	struct json *record = key_record(k, now);
	bool altered = k->altered;
	enum errc r = key_record_usage(s, k, record, e);

	if (!r)
		r = add_versions(s, k, now, record, &altered, e);
	if (!r)
		r = add_usage(s, k, now, record, e);
	if (!r && op_flag(c->args, "history"))
		r = add_history(s, k, record, e);
	if (!r && hours)
		r = key_record_calls(s, k, now, hours, record, e);
	json_set_bool(record, "altered", altered);
	if (altered)
		json_set_text(record, "status", "altered");
	store_snapshot_end(s);
	if (!r)
		r = call_record(c, record, e);
	json_free(record);
	if (r || !altered)
		return r;
	err_set(e, ERR_STORE, "key %s \"%s\" was altered outside authrack", k->id, k->name);
	return err_hint(e, "run store check; all it can be is revoked");
}

static enum errc show_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct key k;
	enum errc r = store_snapshot(s, e);

	key_init(&k);
	if (!r)
		r = key_pick(s, op_text(c->args, "key"), &k, e);
	if (!r)
		r = show_key(c, s, &k, e);
	store_snapshot_end(s);
	key_release(&k);
	return r;
}

const struct op op_key_show = {
	.id = "key.show",
	.summary = "show a key, its versions and its use",
	.example = "authrack key show billing-sync\n",
	.args = show_args,
	.columns = show_columns,
	.run = show_run,
};
