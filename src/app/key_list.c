/* key.list: the keys that fit a filter, in an order, by page. */
#include "src/app/key_columns.h"
#include "src/app/key_pick.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/session.h"

#include <string.h>

static const struct arg list_args[] = {
	KEY_FILTER_ARGS,
	{ .name = "sort",
	  .letter = 'S',
	  .type = ARG_TEXT,
	  .flags = ARG_COMMAND_LINE,
	  .fallback = "name",
	  .value = "FIELD[:desc]",
	  .help = "name, owner, created, expires, used or attention" },
	LIMIT_ARG,
	{ .name = "after",
	  .type = ARG_KEY,
	  .flags = ARG_COMMAND_LINE,
	  .value = "KEY",
	  .help = "go on behind this key, in the same order" },
	{ .name = "before",
	  .type = ARG_KEY,
	  .flags = ARG_COMMAND_LINE,
	  .value = "KEY",
	  .help = "the keys before this one, nearest first" },
	{ .name = "calls",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "HOURS",
	  .help = "add the calls of each of the last hours" },
	{ .name = "count",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "tell only how many there are" },
	{ .name = "check",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "end with 1 when something is listed (for cron)" },
	{ .name = NULL },
};

static const struct op_column list_columns[] = {
	{ "status", "STATUS", COLUMN_STATUS,
	  "active, disabled, revoked, expired, not_yet_valid or altered" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "owner", "OWNER", COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "id", "ID", COLUMN_TEXT, "the key's id" },
	{ "prefix", NULL, COLUMN_TEXT, "begin of its secrets" },
	{ "version", "V", COLUMN_NUMBER, "number of the current secret" },
	{ "expires_at", "EXPIRES", COLUMN_TIME_OR_NEVER, "end of its life; null: never" },
	{ "last_used_at", "USED", COLUMN_TIME_OR_NEVER, "last use; null: never" },
	KEY_RULE_COLUMNS,
	{ "calls", NULL, COLUMN_LIST, "with --calls: calls per hour, oldest first" },
	{ "count", "COUNT", COLUMN_NUMBER, "with --count, alone: how many keys there are" },
	{ .name = NULL },
};

static const struct sort_name {
	const char *name;
	enum key_sort sort;
} sorts[] = {
	{ "name", KEY_SORT_NAME },	     { "owner", KEY_SORT_OWNER },
	{ "created", KEY_SORT_CREATED },     { "created_at", KEY_SORT_CREATED },
	{ "expires", KEY_SORT_EXPIRES },     { "expires_at", KEY_SORT_EXPIRES },
	{ "used", KEY_SORT_USED },	     { "last_used_at", KEY_SORT_USED },
	{ "attention", KEY_SORT_ATTENTION },
};

static enum errc sort_parse(const char *text, struct key_query *q, struct err *e)
{
	size_t len = strcspn(text, ":");
	const char *order = text[len] ? text + len + 1 : "asc";

	q->descending = strcmp(order, "desc") == 0;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
		if (strlen(sorts[i].name) != len || memcmp(sorts[i].name, text, len) != 0)
			continue;
		q->sort = sorts[i].sort;
		if (q->descending || strcmp(order, "asc") == 0)
			return ERR_OK;
	}
	err_set(e, ERR_USAGE, "can't sort by \"%s\"", text);
	return err_hint(e, "name, owner, created, expires, used or attention; :desc turns it");
}

enum { PAGE = 500 };

/* A listing under way. */
struct listing {
	const struct op_call *call;
	struct store *store;
	struct key_query query;
	char from[KEY_ID_SIZE]; /* --after or --before; then the last key listed */
	struct json *page;	/* records that wait for the end of their snapshot; NULL */
	int64_t calls;		/* hours */
	size_t count, altered;
};

static enum errc page_parse(struct listing *l, struct err *e)
{
	const struct op_args *a = l->call->args;
	const char *after = op_text(a, "after"), *before = op_text(a, "before");
	struct key k;
	enum errc r;

	r = op_limit(a, &l->query.limit, e);
	if (r || (!after && !before))
		return r;
	if (after && before) {
		err_set(e, ERR_USAGE, "--after and --before are given");
		return err_hint(e, "a page has one begin: give one of them");
	}
	key_init(&k);
	r = key_pick(l->store, after ? after : before, &k, e);
	snprintf(l->from, sizeof(l->from), "%s", k.id);
	key_release(&k);
	l->query.after = l->from;
	l->query.backwards = before;
	return r;
}

/* The record of a key: printed at once, or kept for the end of the page. */
static enum errc list_one(struct listing *l, const struct key *k, struct err *e)
{
	struct json *record = key_record(k, l->query.now);
	enum errc r = key_record_usage(l->store, k, record, e);

	if (!r && l->calls)
		r = key_record_calls(l->store, k, l->query.now, l->calls, record, e);
	l->count++;
	l->altered += k->altered;
	if (!r && l->page)
		json_add(l->page, json_keep(record));
	else if (!r)
		r = call_record(l->call, record, e);
	json_free(record);
	return r;
}

/* One query under one snapshot; `from` is the last key of it then. */
static enum errc list_query(struct listing *l, struct err *e)
{
	struct key_cursor *cursor = NULL;
	bool more = true;
	struct key k;
	enum errc r = store_snapshot(l->store, e);

	key_init(&k);
	if (!r)
		r = key_select(l->store, &l->query, &cursor, e);
	while (!r && more) {
		r = key_next(cursor, &k, &more, e);
		if (!r && more)
			r = list_one(l, &k, e);
		if (!r && more)
			snprintf(l->from, sizeof(l->from), "%s", k.id);
	}
	key_cursor_free(cursor);
	store_snapshot_end(l->store);
	key_release(&k);
	return r;
}

static enum errc print_page(struct listing *l, struct err *e)
{
	enum errc r = ERR_OK;

	for (size_t i = 0; !r && i < json_count(l->page); i++)
		r = call_record(l->call, json_at(l->page, i), e);
	json_free(l->page);
	l->page = NULL;
	return r;
}

/* Page by page, each printed with no snapshot held: a reader that stops (`| less`) must not keep
 * the log from starting anew, whose room is what a revoke on a full disk lives on. */
static enum errc list_pages(struct listing *l, struct err *e)
{
	size_t wanted = l->query.limit, got, before;
	enum errc r;

	do {
		before = l->count;
		l->page = json_array_new();
		l->query.limit = wanted && wanted - before < PAGE ? wanted - before : PAGE;
		r = list_query(l, e);
		if (r)
			json_free(l->page);
		else
			r = print_page(l, e);
		got = l->count - before;
		l->query.after = l->from;
	} while (!r && got == PAGE && l->count != wanted);
	return r;
}

/* The other orders have no index to go on from: they are one query. */
static enum errc list_all(struct listing *l, struct err *e)
{
	bool pages = l->query.sort != KEY_SORT_USED && l->query.sort != KEY_SORT_ATTENTION;

	return pages || (l->query.limit && l->query.limit <= PAGE) ? list_pages(l, e)
								   : list_query(l, e);
}

static enum errc list_count(struct listing *l, struct err *e)
{
	struct json *record;
	uint64_t count;
	enum errc r = key_count(l->store, &l->query, &count, e);

	if (r)
		return r;
	record = json_object_new();
	json_set_int(record, "count", (int64_t)count);
	l->count = (size_t)count;
	return call_record_take(l->call, record, e);
}

static enum errc list_run(const struct op_call *c, struct err *e)
{
	struct listing l = { .call = c, .store = app_store(c->app) };
	enum errc r;

	key_filter(c->args, store_now(l.store), &l.query);
	l.calls = op_integer(c->args, "calls", 0);
	r = sort_parse(op_text(c->args, "sort"), &l.query, e);
	if (!r)
		r = page_parse(&l, e);
	if (!r)
		r = op_flag(c->args, "count") ? list_count(&l, e) : list_all(&l, e);
	if (!r && l.altered) {
		err_set(e, ERR_STORE, "%zu of the keys listed were altered outside authrack",
			l.altered);
		return err_hint(e, "run store check; they verify no more");
	}
	return !r && l.count && op_flag(c->args, "check") ? ERR_NO : r;
}

const struct op op_key_list = {
	.id = "key.list",
	.summary = "list keys, by filter, order and page",
	.detail = "A key whose row was changed outside authrack is listed as altered, and the "
		  "command then ends with 5.",
	.example = "authrack key list --owner finance --status active\n"
		   "authrack key list --expiring 14d --check\n"
		   "authrack key list --sort expires --limit 20\n",
	.args = list_args,
	.columns = list_columns,
	.flags = OP_LIST | OP_ANSWERS,
	.run = list_run,
};
