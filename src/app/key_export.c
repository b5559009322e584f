/* key.export: keys as CSV or JSON Lines, in the columns that key.import takes; never a secret. */
#include <inttypes.h>
#include <string.h>

#include "src/app/key_pick.h"
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/csv.h"
#include "src/base/datetime.h"

enum { PAGE = 500, PAGE_BYTES = 64 * 1024 * 1024 };

static const char *const formats[] = { "csv", "jsonl", NULL };

static const struct arg export_args[] = {
	{ .name = "key",
	  .type = ARG_KEY,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "only these: ids or names" },
	{ .name = "format",
	  .letter = 'f',
	  .type = ARG_CHOICE,
	  .choices = formats,
	  .fallback = "csv",
	  .value = "FORMAT",
	  .help = "csv or jsonl" },
	KEY_FILTER_ARGS,
	{ .name = NULL },
};

/* --- CSV -------------------------------------------------------------------------------------- */

struct cell {
	enum { CELL_TEXT, CELL_CHARS, CELL_TIME, CELL_NUMBER, CELL_STATUS } type;
	const char *name;
	size_t offset; /* in struct key */
};

#define CELL(kind, column, member)                                                       \
	{                                                                                \
		.type = (kind), .name = (column), .offset = offsetof(struct key, member) \
	}

/* What an import takes comes first, then what is. */
static const struct cell cells[] = {
	CELL(CELL_TEXT, "name", name),
	CELL(CELL_TEXT, "owner", owner),
	CELL(CELL_TEXT, "tier", tier),
	CELL(CELL_TEXT, "note", note),
	CELL(CELL_CHARS, "prefix", prefix),
	CELL(CELL_TEXT, "scopes", scopes),
	CELL(CELL_TEXT, "limits", limits),
	CELL(CELL_TEXT, "allow_from", allow_from),
	CELL(CELL_TEXT, "meta", meta),
	CELL(CELL_TIME, "not_before", not_before),
	CELL(CELL_TIME, "expires_at", expires_at),
	CELL(CELL_CHARS, "id", id),
	CELL(CELL_STATUS, "status", status),
	CELL(CELL_NUMBER, "version", version),
	CELL(CELL_CHARS, "hint", hint),
	CELL(CELL_TIME, "created_at", created_at),
	CELL(CELL_TIME, "updated_at", updated_at),
	CELL(CELL_TIME, "disabled_at", disabled_at),
	CELL(CELL_TIME, "revoked_at", revoked_at),
	CELL(CELL_TEXT, "revoke_reason", revoke_reason),
	CELL(CELL_TEXT, "revoke_text", revoke_text),
	CELL(CELL_NUMBER, "revision", revision),
	CELL(CELL_TIME, "retiring_until", retiring_until),
};
enum { CELLS = sizeof(cells) / sizeof(*cells) };

static void add_header(struct buf *out)
{
	for (size_t i = 0; i < CELLS; i++)
		csv_add_field(out, cells[i].name, i == 0);
	buf_add_char(out, '\n');
}

static const char *cell_text(const struct cell *cell, const struct key *k, int64_t now,
			     char out[DATETIME_SIZE])
{
	const char *member = (const char *)k + cell->offset;
	int64_t number;

	switch (cell->type) {
	case CELL_TEXT:
		return *(char *const *)(const void *)member;
	case CELL_CHARS:
		return member;
	case CELL_STATUS:
		return key_status_text(k, now);
	case CELL_NUMBER:
	case CELL_TIME:
		break;
	}
	memcpy(&number, member, sizeof(number));
	out[0] = '\0';
	if (cell->type == CELL_NUMBER)
		snprintf(out, DATETIME_SIZE, "%" PRId64, number);
	else if (number != TIME_NONE)
		datetime_rfc3339(out, number);
	return out;
}

static void add_csv(struct buf *out, const struct key *k, int64_t now)
{
	char text[DATETIME_SIZE];

	for (size_t i = 0; i < CELLS; i++)
		csv_add_field(out, cell_text(&cells[i], k, now, text), i == 0);
	buf_add_char(out, '\n');
}

static void add_jsonl(struct buf *out, const struct key *k, int64_t now)
{
	struct json *row = key_record(k, now);

	json_write(out, row);
	buf_add_char(out, '\n');
	json_free(row);
}

/* --- pages: nothing of the store is held while a page is written out -------------------------- */

struct exporting {
	const struct op_call *call;
	struct store *store;
	struct buf out;
	void (*add)(struct buf *out, const struct key *k, int64_t now);
	int64_t now;
	uint64_t done;
};

static enum errc page_write(struct exporting *x, struct err *e)
{
	enum errc rc = call_text(x->call, buf_text(&x->out), x->out.len, e);

	buf_clear(&x->out);
	return rc ? rc : call_progress(x->call, "exporting", x->done, 0, e);
}

/* One page of the filter; *last gets the id of its last key. */
static enum errc page_read(struct exporting *x, const struct key_query *q, char last[KEY_ID_SIZE],
			   size_t *count, struct err *e)
{
	struct key_cursor *cursor = NULL;
	bool more = true;
	struct key k;
	enum errc rc = key_select(x->store, q, &cursor, e);

	*count = 0;
	key_init(&k);
	while (!rc && more) {
		rc = key_next(cursor, &k, &more, e);
		if (rc || !more)
			break;
		x->add(&x->out, &k, x->now);
		memcpy(last, k.id, KEY_ID_SIZE);
		++*count;
	}
	key_release(&k);
	key_cursor_free(cursor);
	x->done += *count;
	return rc;
}

static enum errc filter_export(struct exporting *x, struct err *e)
{
	struct key_query q;
	char last[KEY_ID_SIZE] = "";
	size_t count = 0;
	enum errc rc = ERR_OK;

	key_filter(x->call->args, x->now, &q);
	q.sort = KEY_SORT_CREATED;
	q.limit = PAGE;
	while (!rc) {
		rc = page_read(x, &q, last, &count, e);
		if (!rc)
			rc = page_write(x, e);
		if (count < PAGE)
			break;
		q.after = last;
	}
	return rc;
}

static enum errc ids_export(struct exporting *x, struct err *e)
{
	struct key_ids ids = { .count = 0 };
	enum errc rc = key_ids_pick(x->call, x->store, "key", KEY_STATES_ALL, &ids, e);

	for (size_t i = 0; !rc && i < ids.count; i++) {
		struct key k;

		key_init(&k);
		rc = key_get(x->store, ids.ids[i], &k, e);
		if (!rc)
			x->add(&x->out, &k, x->now);
		key_release(&k);
	}
	x->done = ids.count;
	key_ids_release(&ids);
	return rc ? rc : page_write(x, e);
}

static enum errc export_run(const struct op_call *c, struct err *e)
{
	bool csv = !strcmp(op_text(c->args, "format"), "csv");
	struct exporting x = {
		.call = c,
		.store = app_store(c->app),
		.out = BUF_INIT(PAGE_BYTES),
		.add = csv ? add_csv : add_jsonl,
		.now = app_now(c->app),
	};
	enum errc rc;

	if (csv)
		add_header(&x.out);
	rc = op_count(c->args, "key") ? ids_export(&x, e) : filter_export(&x, e);
	buf_release(&x.out);
	return rc;
}

const struct op op_key_export = {
	.id = "key.export",
	.summary = "export keys as CSV or JSON Lines, without secrets",
	.detail =
		"The columns that key import takes (but for secret), then what the key is now: "
		"id status version hint, the times, revision. An import passes those over.\n\n"
		"A cell that a spreadsheet would run (it begins with = + - @, a tab or a carriage "
		"return) gets an apostrophe before it, which an import takes off again.",
	.example = "authrack key export > keys.csv\n"
		   "authrack key export --owner finance --format jsonl\n",
	.args = export_args,
	.flags = OP_TEXT | OP_ASYNC,
	.run = export_run,
};
