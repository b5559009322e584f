/* audit.list and audit.export: the events of the chain, for people and for whoever recomputes it. */
#include <inttypes.h>
#include <string.h>

#include "data/audit.h"
#include "src/app/key_pick.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/datetime.h"
#include "src/base/encode.h"

enum { PAGE = 500, PAGE_BYTES = 64 * 1024 * 1024, HEX_SIZE = 2 * MAC_SIZE + 1 };

#define FILTER_ARGS                                                                            \
	{ .name = "search",                                                                    \
	  .letter = 's',                                                                       \
	  .type = ARG_TEXT,                                                                    \
	  .flags = ARG_COMMAND_LINE,                                                           \
	  .value = "WORDS",                                                                    \
	  .help = "events with these words in actor, operation, object, name or detail" },     \
		{ .name = "actor",                                                             \
		  .letter = 'a',                                                               \
		  .type = ARG_TEXT,                                                            \
		  .flags = ARG_COMMAND_LINE,                                                   \
		  .value = "USER",                                                             \
		  .help = "events of this user" },                                             \
		{ .name = "op",                                                                \
		  .letter = 'o',                                                               \
		  .type = ARG_TEXT,                                                            \
		  .flags = ARG_COMMAND_LINE,                                                   \
		  .value = "OPERATION",                                                        \
		  .help = "this operation; key.* is every one on keys" },                      \
		{ .name = "object",                                                            \
		  .type = ARG_TEXT,                                                            \
		  .flags = ARG_COMMAND_LINE,                                                   \
		  .value = "OBJECT",                                                           \
		  .help = "events of this object: the id or name of a key, store, import" },   \
		{ .name = "since",                                                             \
		  .type = ARG_TEXT,                                                            \
		  .flags = ARG_COMMAND_LINE,                                                   \
		  .value = "TIME",                                                             \
		  .help = "from this time on; 24h is since then" },                            \
	{                                                                                      \
		.name = "until", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, .value = "TIME", \
		.help = "before this time; 24h is until then"                                  \
	}

static const struct arg list_args[] = {
	FILTER_ARGS,
	LIMIT_ARG,
	{ .name = "after",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "SEQUENCE",
	  .help = "go on behind this event, in the same order" },
	{ .name = "oldest-first",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "the other way round" },
	{ .name = NULL },
};

static const struct op_column list_columns[] = {
	{ "sequence", "#", COLUMN_NUMBER, "from 1, without gaps" },
	{ "time", "TIME", COLUMN_TIME, "when" },
	{ "user", "ACTOR", COLUMN_TEXT, "login user, in short" },
	{ "operation", "OPERATION", COLUMN_TEXT, "what was done: key.rotate" },
	{ "object", "OBJECT", COLUMN_TEXT, "on what: a key's id, store, import" },
	{ "name", "NAME", COLUMN_TEXT, "the object's name at the time" },
	{ "actor", NULL, COLUMN_LIST,
	  "uid, login_uid and user from the kernel; under claimed what "
	  "the environment said: sudo_user client ssh_key" },
	{ "object_revision", NULL, COLUMN_NUMBER, "the object's revision after it; 0: none" },
	{ "detail", NULL, COLUMN_LIST, "more about it; never a secret" },
	{ "hash", NULL, COLUMN_TEXT, "of the event, in hexadecimal" },
	{ "previous", NULL, COLUMN_TEXT, "hash of the event before it" },
	{ .name = NULL },
};

/* --- the filter ------------------------------------------------------------------------------- */

/* RFC 3339, a day, or a duration back from now. */
static enum errc time_read(const struct op_call *c, const char *name, int64_t *at, struct err *e)
{
	const char *text = op_text(c->args, name);
	char day[DATETIME_SIZE];
	int64_t ago;

	*at = TIME_NONE;
	if (!text)
		return ERR_OK;
	if (!duration_parse(&ago, text, NULL)) {
		*at = app_now(c->app) - ago;
		return ERR_OK;
	}
	snprintf(day, sizeof(day), "%.10sT00:00:00Z", text);
	if (!datetime_parse(at, strlen(text) == 10 ? day : text, NULL))
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"--%s\" can't be \"%s\"", name, text);
	return err_hint(e, "24h, 7d, 2026-06-16 or 2026-06-16T14:00:00Z");
}

/* An object is an id; a key may be given by its name. */
static const char *object_read(const struct op_call *c, struct key *k)
{
	const char *text = op_text(c->args, "object");

	if (!text || key_pick(app_store(c->app), text, k, NULL))
		return text;
	return k->id;
}

static enum errc query_read(const struct op_call *c, struct audit_query *q, struct key *k,
			    struct err *e)
{
	enum errc rc;

	*q = (struct audit_query){
		.search = op_text(c->args, "search"),
		.actor = op_text(c->args, "actor"),
		.operation = op_text(c->args, "op"),
	};
	*k = (struct key){ .row = 0 };
	rc = time_read(c, "since", &q->since, e);
	if (!rc)
		rc = time_read(c, "until", &q->until, e);
	if (!rc)
		q->object = object_read(c, k);
	return rc;
}

/* --- pages: nothing of the store is held while a record is written out ------------------------ */

typedef enum errc event_use(const struct op_call *c, const struct audit_event *ev, struct err *e);

struct page {
	struct audit_event events[PAGE];
	size_t count;
};

static void page_release(struct page *p)
{
	for (size_t i = 0; i < p->count; i++)
		audit_event_release(&p->events[i]);
	p->count = 0;
}

static enum errc page_read(struct store *s, const struct audit_query *q, struct page *p,
			   struct err *e)
{
	struct audit_cursor *cursor = NULL;
	bool more = true;
	enum errc rc = audit_select(s, q, &cursor, e);

	p->count = 0;
	while (!rc && more && p->count < PAGE) {
		p->events[p->count] = (struct audit_event){ .sequence = 0 };
		rc = audit_next(cursor, &p->events[p->count], &more, e);
		if (!rc && more)
			p->count++;
	}
	audit_cursor_free(cursor);
	return rc;
}

static void query_advance(struct audit_query *q, const struct page *p)
{
	int64_t last = p->events[p->count - 1].sequence;

	if (q->oldest_first)
		q->after_sequence = last;
	else
		q->before_sequence = last;
}

/* All events of the query, at most `limit` (0: all). */
static enum errc events_use(const struct op_call *c, struct audit_query *q, uint64_t limit,
			    event_use *use, struct err *e)
{
	struct page *p = x_malloc(sizeof(*p));
	uint64_t left = limit ? limit : UINT64_MAX;
	bool more = true;
	enum errc rc = ERR_OK;

	while (!rc && more && left) {
		q->limit = left < PAGE ? (size_t)left : PAGE;
		rc = page_read(app_store(c->app), q, p, e);
		for (size_t i = 0; !rc && i < p->count; i++)
			rc = use(c, &p->events[i], e);
		more = p->count == q->limit;
		left -= p->count;
		if (!rc && more)
			query_advance(q, p);
		page_release(p);
	}
	free(p);
	return rc;
}

/* --- list ------------------------------------------------------------------------------------- */

/* The parsed text, or the text itself where it is no JSON. */
static struct json *parsed(const char *text)
{
	struct json *value = NULL;

	if (!text || json_parse(&value, text, strlen(text), NULL))
		return json_text(text);
	return value;
}

static void set_hex(struct json *row, const char *name, const uint8_t *bytes)
{
	char text[HEX_SIZE];

	hex_encode(text, bytes, SHA256_SIZE);
	json_set_text(row, name, text);
}

static enum errc event_list(const struct op_call *c, const struct audit_event *ev, struct err *e)
{
	struct json *row = json_object_new(), *actor = parsed(ev->actor);

	json_set_int(row, "sequence", ev->sequence);
	json_set_time(row, "time", ev->time);
	json_set_text(row, "user", json_get_text(actor, "user"));
	json_set(row, "actor", actor);
	json_set_text(row, "operation", ev->operation);
	json_set_text(row, "object", ev->object);
	json_set_text(row, "name", ev->name);
	json_set_int(row, "object_revision", ev->object_revision);
	json_set(row, "detail", parsed(ev->detail));
	set_hex(row, "hash", ev->hash);
	set_hex(row, "previous", ev->previous);
	return call_record_take(c, row, e);
}

static enum errc list_run(const struct op_call *c, struct err *e)
{
	int64_t after = op_integer(c->args, "after", 0);
	size_t limit;
	struct audit_query q;
	struct key k;
	enum errc rc = query_read(c, &q, &k, e);

	if (!rc)
		rc = op_limit(c->args, &limit, e);
	q.oldest_first = op_flag(c->args, "oldest-first");
	if (q.oldest_first)
		q.after_sequence = after;
	else
		q.before_sequence = after;
	if (!rc)
		rc = events_use(c, &q, limit, event_list, e);
	key_release(&k);
	return rc;
}

/* --- export ----------------------------------------------------------------------------------- */

static enum errc event_export(const struct op_call *c, const struct audit_event *ev, struct err *e)
{
	struct json *row = json_object_new();
	struct buf line = BUF_INIT(PAGE_BYTES);
	enum errc rc;

	json_set_int(row, "sequence", ev->sequence);
	json_set_time(row, "time", ev->time);
	json_set_text(row, "actor", ev->actor);
	json_set_text(row, "operation", ev->operation);
	json_set_text(row, "object", ev->object);
	json_set_text(row, "name", ev->name);
	json_set_int(row, "object_revision", ev->object_revision);
	set_hex(row, "object_mac", ev->object_mac);
	set_hex(row, "object_before", ev->object_before);
	json_set_text(row, "detail", ev->detail);
	json_set_text(row, "boot_id", ev->boot_id);
	json_set_int(row, "boot_time", ev->boot_time);
	set_hex(row, "previous", ev->previous);
	set_hex(row, "hash", ev->hash);
	set_hex(row, "mac", ev->mac);
	json_set_int(row, "ring", ev->ring);
	json_write(&line, row);
	buf_add_char(&line, '\n');
	rc = call_text(c, buf_text(&line), line.len, e);
	buf_release(&line);
	json_free(row);
	if (!rc && ev->sequence % PAGE == 0)
		rc = call_progress(c, "exporting", (uint64_t)ev->sequence, 0, e);
	return rc;
}

static enum errc export_run(const struct op_call *c, struct err *e)
{
	struct audit_query q;
	struct key k;
	enum errc rc = query_read(c, &q, &k, e);

	q.oldest_first = true;
	q.after_sequence = op_integer(c->args, "after", 0);
	if (!rc)
		rc = events_use(c, &q, 0, event_export, e);
	key_release(&k);
	return rc;
}

const struct op op_audit_list = {
	.id = "audit.list",
	.summary = "list audit events, newest first",
	.detail = "The actor's user comes from the kernel (login uid, else uid). What the "
		  "environment carries (sudo user, SSH client and key) stands under claimed.",
	.example = "authrack audit list --since 24h\n"
		   "authrack audit list --op 'key.*' --actor ops1 --limit 20\n",
	.args = list_args,
	.columns = list_columns,
	.flags = OP_LIST,
	.run = list_run,
};

static const struct arg export_args[] = {
	FILTER_ARGS,
	{ .name = "after",
	  .type = ARG_INTEGER,
	  .flags = ARG_COMMAND_LINE,
	  .value = "SEQUENCE",
	  .help = "events behind this one only" },
	{ .name = NULL },
};

const struct op op_audit_export = {
	.id = "audit.export",
	.summary = "export the audit chain as JSON Lines that anyone can verify",
	.detail =
		"Oldest first, one object a line, every field as text or number just as the hash "
		"covers it: sequence time actor operation object name object_revision object_mac "
		"object_before detail boot_id boot_time previous hash mac ring.\n\n"
		"hash is the SHA-256 of these fields as netstrings (LENGTH:BYTES,): the word "
		"\"authrack audit 1\", then sequence time actor operation object name "
		"object_revision object_mac object_before detail boot_id boot_time previous, "
		"numbers "
		"in decimal, bytes counted in UTF-8. previous is the hash of the event before (64 "
		"zeros for the first; so are object_mac and object_before where there is no "
		"object). mac can be checked with the store's key only: audit verify.",
	.example = "authrack audit export > audit.jsonl\n"
		   "authrack audit export --after 18000\n",
	.args = export_args,
	.flags = OP_TEXT | OP_ASYNC,
	.run = export_run,
};
