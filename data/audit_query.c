/* Lists of audit events: by actor, operation, object, time and words; newest or oldest first. */
#include "data/audit.h"

#include <ctype.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

enum { SQL_MAX = 4096, WORDS_MAX = 16, TERMS_MAX = 8 };

struct audit_cursor {
	struct stmt *st;
	char *texts[WORDS_MAX + TERMS_MAX]; /* what the statement borrows */
	size_t text_count;
	struct buf sql;
};

static const char *cursor_keep(struct audit_cursor *c, char *text)
{
	c->texts[c->text_count++] = text;
	return text;
}

/* Terms are collected before the statement exists; their values wait here. */
struct term {
	const char *text;
	int64_t number;
};

struct terms {
	struct term values[WORDS_MAX + TERMS_MAX];
	int count;
};

static void add_number(struct audit_cursor *c, struct terms *t, const char *condition,
		       int64_t value)
{
	t->values[t->count++] = (struct term){ .number = value };
	buf_addf(&c->sql, " AND %s $%d", condition, t->count);
}

/* Exact, or what begins so where it ends in '*'. */
static void add_text(struct audit_cursor *c, struct terms *t, const char *column, const char *value)
{
	size_t len = value ? strlen(value) : 0;
	bool prefix = len && value[len - 1] == '*';

	if (!value)
		return;
	t->values[t->count++].text = cursor_keep(c, x_strndup(value, prefix ? len - 1 : len));
	if (prefix)
		buf_addf(&c->sql, " AND substr(%s, 1, length($%d)) = $%d", column, t->count,
			 t->count);
	else
		buf_addf(&c->sql, " AND %s = $%d", column, t->count);
}

static char *folded(const char *text, size_t len)
{
	char *word = x_strndup(text, len);

	for (size_t i = 0; word[i]; i++)
		word[i] = (char)tolower((unsigned char)word[i]);
	return word;
}

static void add_words(struct audit_cursor *c, struct terms *t, const char *search)
{
	const char *at = search ? search : "";

	for (int words = 0; words < WORDS_MAX; words++) {
		size_t len;

		at += strspn(at, " \t");
		len = strcspn(at, " \t");
		if (!len)
			return;
		t->values[t->count++].text = cursor_keep(c, folded(at, len));
		buf_addf(&c->sql, " AND text_has($%d, actor, operation, object, name, detail)",
			 t->count);
		at += len;
	}
}

static bool goes_up(const struct audit_query *q)
{
	return q->oldest_first || q->after_sequence != 0;
}

static void build(struct audit_cursor *c, struct terms *t, const struct audit_query *q)
{
	buf_add_text(&c->sql, "SELECT * FROM audit WHERE 1");
	/* The actor is JSON: its user's name is what people ask for. */
	add_text(c, t, "json_extract(actor, '$.user')", q->actor);
	add_text(c, t, "operation", q->operation);
	add_text(c, t, "object", q->object);
	if (q->since != TIME_NONE)
		add_number(c, t, "time >=", q->since);
	if (q->until != TIME_NONE)
		add_number(c, t, "time <", q->until);
	if (q->before_sequence)
		add_number(c, t, "sequence <", q->before_sequence);
	if (q->after_sequence)
		add_number(c, t, "sequence >", q->after_sequence);
	add_words(c, t, q->search);
	buf_addf(&c->sql, " ORDER BY sequence%s", goes_up(q) ? "" : " DESC");
	if (q->limit)
		buf_addf(&c->sql, " LIMIT %zu", q->limit);
}

enum errc audit_select(struct store *s, const struct audit_query *q, struct audit_cursor **out,
		       struct err *e)
{
	struct audit_cursor *c = x_calloc(1, sizeof *c);
	struct terms t = { .count = 0 };

	(void)e;
	buf_init(&c->sql, SQL_MAX);
	build(c, &t, q);
	c->st = db_prepare(s->db, buf_text(&c->sql));
	for (int i = 0; i < t.count; i++) {
		if (t.values[i].text)
			stmt_text(c->st, i + 1, t.values[i].text);
		else
			stmt_int(c->st, i + 1, t.values[i].number);
	}
	*out = c;
	return ERR_OK;
}

enum errc audit_next(struct audit_cursor *c, struct audit_event *ev, bool *more, struct err *e)
{
	enum errc rc = stmt_step(c->st, more, e);

	if (!rc && *more)
		audit_from_row(c->st, ev);
	return rc;
}

void audit_cursor_free(struct audit_cursor *c)
{
	if (!c)
		return;
	stmt_free(c->st);
	for (size_t i = 0; i < c->text_count; i++)
		free(c->texts[i]);
	buf_release(&c->sql);
	free(c);
}
