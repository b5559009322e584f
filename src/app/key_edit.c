/* key.edit: changes fields of keys; refused when somebody else was faster. */
#include "src/app/key_change.h"
#include "src/app/key_columns.h"
#include "src/app/key_fields.h"
#include "src/app/key_history.h"
#include "src/app/key_pick.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/rules.h"
#include "src/base/alloc.h"

#include <inttypes.h>
#include <string.h>

/* The filter's --owner, --tier and --scope would be taken for the new values. */
#define EDIT_FILTER_ARGS                                                           \
	{ .name = "search",                                                        \
	  .type = ARG_TEXT,                                                        \
	  .flags = ARG_COMMAND_LINE,                                               \
	  .value = "WORDS",                                                        \
	  .help = "keys with these words in name, owner, id or secret id" },       \
		{ .name = "status",                                                \
		  .type = ARG_CHOICE,                                              \
		  .flags = ARG_REPEATED | ARG_COMMAND_LINE,                        \
		  .choices = key_status_choices,                                   \
		  .value = "STATUS",                                               \
		  .help = "keys in this state" },                                  \
		{ .name = "where-owner",                                           \
		  .type = ARG_TEXT,                                                \
		  .flags = ARG_COMMAND_LINE,                                       \
		  .value = "TEXT",                                                 \
		  .help = "keys of this owner" },                                  \
		{ .name = "where-tier",                                            \
		  .type = ARG_TEXT,                                                \
		  .flags = ARG_COMMAND_LINE,                                       \
		  .value = "TEXT",                                                 \
		  .help = "keys of this tier" },                                   \
		{ .name = "where-scope",                                           \
		  .type = ARG_SCOPE,                                               \
		  .flags = ARG_COMMAND_LINE,                                       \
		  .value = "SCOPE",                                                \
		  .help = "keys that list exactly this scope" },                   \
		{ .name = "expiring",                                              \
		  .type = ARG_DURATION,                                            \
		  .flags = ARG_COMMAND_LINE,                                       \
		  .value = "DURATION",                                             \
		  .help = "keys that expire within this time" },                   \
	{                                                                          \
		.name = "unused", .type = ARG_DURATION, .flags = ARG_COMMAND_LINE, \
		.value = "DURATION", .help = "keys not used for this long"         \
	}

static const struct arg edit_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "ids or names" },
	{ .name = "name",
	  .letter = 'n',
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .help = "what it is for, 1 to 128 characters" },
	KEY_FIELD_ARGS(ARG_CLEARS),
	{ .name = "add-scope",
	  .type = ARG_SCOPE,
	  .flags = ARG_REPEATED | ARG_COMMAND_LINE,
	  .value = "SCOPE",
	  .help = "one scope more; the others stay" },
	{ .name = "remove-scope",
	  .type = ARG_SCOPE,
	  .flags = ARG_REPEATED | ARG_COMMAND_LINE,
	  .value = "SCOPE",
	  .help = "one scope less; the others stay" },
	{ .name = "expect-revision",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "N",
	  .help = "refuse unless the key is still at this revision" },
	EDIT_FILTER_ARGS,
	KEY_BULK_ARGS,
	{ .name = NULL },
};

static const struct op_column edit_columns[] = {
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "status", "STATUS", COLUMN_STATUS, "its state" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "version", NULL, COLUMN_NUMBER, "number of the current secret" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	{ "expires_at", "EXPIRES", COLUMN_TIME_OR_NEVER, "end of its life; null: never" },
	KEY_RULE_COLUMNS,
	{ "changed", "CHANGED", COLUMN_LIST, "names of the fields that changed" },
	{ "dry_run", NULL, COLUMN_FLAG, "true when nothing was done" },
	{ .name = NULL },
};

static const char *const fields[] = {
	/* options that change something */
	"name",	      "owner",	 "tier", "scope", "limit",     "allow-from",
	"not-before", "expires", "meta", "note",  "add-scope", "remove-scope",
};
static const char *const members[] = {
	/* of the record, that an edit can change */
	"name",	      "owner",	    "tier",	  "scopes", "limits",
	"allow_from", "not_before", "expires_at", "meta",   "note",
};
enum { MEMBERS = sizeof(members) / sizeof(members[0]), MEMBER_MAX = 64 * 1024 };

static bool member_differs(const struct json *a, const struct json *b, const char *name)
{
	struct buf x = BUF_INIT(MEMBER_MAX), y = BUF_INIT(MEMBER_MAX);
	bool differs;

	json_write_canonical(&x, json_get(a, name));
	json_write_canonical(&y, json_get(b, name));
	differs = strcmp(buf_text(&x), buf_text(&y)) != 0;
	buf_release(&x);
	buf_release(&y);
	return differs;
}

/* {"changed":[…],"before":{…},"after":{…}} of two records; false when they are the same. */
static bool tell_changes(struct json *detail, const struct json *before, const struct json *after)
{
	struct json *changed = json_array_new();
	struct json *old = json_object_new(), *new = json_object_new();
	size_t count;

	for (size_t i = 0; i < MEMBERS; i++) {
		if (!member_differs(before, after, members[i]))
			continue;
		json_add(changed, json_text(members[i]));
		json_set_from(old, before, members[i]);
		json_set_from(new, after, members[i]);
	}
	count = json_count(changed);
	json_set(detail, "changed", changed);
	json_set(detail, "before", old);
	json_set(detail, "after", new);
	return count > 0;
}

static enum errc refuse_stale(struct store *s, const struct key *k, int64_t expected, struct err *e)
{
	struct buf since = BUF_INIT(200);

	key_history_since(s, k, expected, &since);
	err_set(e, ERR_CONFLICT, "key %s \"%s\" is at revision %" PRId64 ", not %" PRId64, k->id,
		k->name, k->revision, expected);
	err_hint(e, "%s%slook at it again with key show, then repeat the edit", buf_text(&since),
		 since.len ? "; " : "");
	buf_release(&since);
	return ERR_CONFLICT;
}

static bool is_removed(const struct op_args *a, const char *scope)
{
	for (size_t i = 0; i < op_count(a, "remove-scope"); i++)
		if (strcmp(op_nth(a, "remove-scope", i), scope) == 0)
			return true;
	return false;
}

/* --add-scope and --remove-scope, on what the key has. */
static enum errc scopes_adjust(const struct op_args *a, struct key *k, struct err *e)
{
	size_t added = op_count(a, "add-scope"), count, used = 0;
	char **had, *scopes = NULL;
	const char **items;
	enum errc r;

	if (!added && !op_count(a, "remove-scope"))
		return ERR_OK;
	count = texts_split(&had, k->scopes);
	items = x_calloc(count + added + 1, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		if (!is_removed(a, had[i]))
			items[used++] = had[i];
	for (size_t i = 0; i < added; i++)
		items[used++] = op_nth(a, "add-scope", i);
	r = scopes_canonical(&scopes, (struct texts){ items, used }, e);
	if (!r)
		key_text_set(&k->scopes, scopes);
	free(scopes);
	free(items);
	free(had);
	return r;
}

static enum errc edit_step(const struct op_call *c, struct store *s, int64_t now,
			   struct key_change *ch, struct json *detail, bool *changed, struct err *e)
{
	int64_t expected = op_integer(c->args, "expect-revision", -1);
	struct json *before, *after;
	enum errc r;

	if (expected >= 0 && expected != ch->key.revision)
		return refuse_stale(s, &ch->key, expected, e);
	before = key_record(&ch->key, now);
	r = key_fields_apply(c->args, now, &ch->key, e);
	if (!r)
		r = scopes_adjust(c->args, &ch->key, e);
	after = key_record(&ch->key, now);
	*changed = tell_changes(detail, before, after);
	json_free(before);
	json_free(after);
	return r;
}

static struct json *edit_record(const struct key_change *ch, int64_t now, bool changed,
				const struct json *detail)
{
	struct json *record = key_record(&ch->key, now);

	(void)changed;
	json_set_from(record, detail, "changed");
	return record;
}

/* What makes sense for one key only. */
static enum errc check_single(const struct op_args *a, struct err *e)
{
	bool several = op_count(a, "key") > 1 || key_filter_given(a);

	if (several && op_has(a, "name"))
		return err_set(e, ERR_USAGE, "several keys would get the name \"%s\"",
			       op_text(a, "name"));
	if (several && op_has(a, "expect-revision"))
		return err_set(e, ERR_USAGE, "--expect-revision is of one key, several are meant");
	return ERR_OK;
}

static enum errc edit_run(const struct op_call *c, struct err *e)
{
	static const struct change_rule rule = {
		.states = KEY_STATES_ALL & ~(1U << KEY_STATE_REVOKED),
		.step = edit_step,
		.record = edit_record,
	};
	bool any = false;
	enum errc r = check_single(c->args, e);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		any = any || op_has(c->args, fields[i]);
	if (!r && !any) {
		err_set(e, ERR_USAGE, "nothing to change is given");
		r = err_hint(e, "such as --owner finance or --expires 90d");
	}
	return r ? r : change_run(c, &rule, e);
}

const struct op op_key_edit = {
	.id = "key.edit",
	.summary = "change fields of keys",
	.detail = "Sets (--scope, --limit, --allow-from, --meta) are replaced as a whole; the "
		  "empty text clears a field (--owner \"\", --scope \"\"), --expires never an "
		  "expiry. With --expect-revision an edit that is based on an older state is "
		  "refused and shows what changed meanwhile.",
	.example = "authrack key edit billing-sync --limit 200/min --expires 180d\n"
		   "authrack key edit billing-sync --add-scope invoices:read\n"
		   "authrack key edit --where-owner finance --tier gold --dry-run\n",
	.args = edit_args,
	.columns = edit_columns,
	.flags = OP_WRITES | OP_BULK,
	.run = edit_run,
};
