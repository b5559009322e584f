/* Lists of keys: filters as a table of conditions, orders as segments that an index walks, and paging
 * by the place of the last row. Only row numbers come out of the search; rows are fetched one by one. */
#include "data/key.h"

#include <ctype.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/text.h"

enum {
	SQL_MAX = 16384,
	WORDS_MAX = 8,
	VALUES_MAX = 100,
	SEGMENTS = 3,
	ID_WORD = 4,
	WORD_SIZE = 64,
	OWNERS_FEW = 4,
	OWNERS_READ = 64,
	SOON_DAYS = 14,
	FEW = 2000,
};

/* --- parameters ------------------------------------------------------------------------------------ */

struct value {
	const char *text;
	size_t len;
	int64_t number;
	bool blob;
};

/* A word that is searched for, and what it stands for. */
struct word {
	char text[WORD_SIZE];			     /* folded */
	char from[WORD_SIZE], until[WORD_SIZE];	     /* look-ups of secret ids that start so */
	uint8_t first[ULID_BYTES], last[ULID_BYTES]; /* ids that start so */
	uint8_t bits[2][ULID_BYTES];		     /* of an id that ends so, and their mask */
	char owners[OWNERS_FEW][WORD_SIZE];	     /* those that have it */
};

/* A statement under construction, and the values it borrows. */
struct query {
	struct buf sql;
	struct value values[VALUES_MAX];
	int count;
	struct word words[WORDS_MAX];
	int word_count;
};

static int put_number(struct query *b, int64_t number)
{
	b->values[b->count] = (struct value){ .number = number };
	return ++b->count;
}

static int put_text(struct query *b, const char *text)
{
	b->values[b->count] = (struct value){ .text = text };
	return ++b->count;
}

static int put_blob(struct query *b, const void *data, size_t len)
{
	b->values[b->count] = (struct value){ .text = data, .len = len, .blob = true };
	return ++b->count;
}

static void bind_values(struct stmt *st, const struct query *b)
{
	for (int i = 0; i < b->count; i++) {
		const struct value *v = &b->values[i];

		if (v->blob)
			stmt_blob(st, i + 1, v->text, v->len);
		else if (v->text)
			stmt_text(st, i + 1, v->text);
		else
			stmt_int(st, i + 1, v->number);
	}
}

/* --- conditions ------------------------------------------------------------------------------------- */

#define MEMBER(name) offsetof(struct key_query, name)

/* One condition on one member; %d stands for its parameter. The signs and the empty text keep the
 * other indices out: walking the one over names ends with the page, sorting half of the rows does
 * not. */
static const struct condition {
	size_t member;
	enum { BY_TEXT, BY_TIME } kind;
	const char *sql;
} conditions[] = {
	{ MEMBER(owner), BY_TEXT, "(k.owner || '') = $%d" },
	{ MEMBER(tier), BY_TEXT, "k.tier = $%d" },
	{ MEMBER(scope), BY_TEXT, "instr(' ' || k.scopes || ' ', ' ' || $%d || ' ') > 0" },
	{ MEMBER(expires_from), BY_TIME, "+k.expires_at >= $%d" },
	{ MEMBER(expires_until), BY_TIME, "+k.expires_at < $%d" },
	{ MEMBER(unused_since), BY_TIME,
	  "coalesce((SELECT last_used FROM key_use WHERE key = k.row), k.created_at) < $%d" },
	{ MEMBER(revoked_before), BY_TIME,
	  "k.status = 3 AND k.status <> 1 AND k.revoked_at < $%d" },
};

/* What each derived state means; %1$d is the parameter of now. */
static const char *const state_conditions[] = {
	[KEY_STATE_REVOKED] = "k.status = 3",
	[KEY_STATE_DISABLED] = "k.status = 2",
	[KEY_STATE_EXPIRED] = "(k.status = 1 AND +k.expires_at <= $%1$d)",
	[KEY_STATE_NOT_YET_VALID] = "(k.status = 1 AND coalesce(k.expires_at > $%1$d, 1)"
				    " AND +k.not_before > $%1$d)",
	[KEY_STATE_ACTIVE] = "(k.status = 1 AND coalesce(k.expires_at > $%1$d, 1)"
			     " AND coalesce(k.not_before <= $%1$d, 1))",
};

enum { STATES = sizeof state_conditions / sizeof *state_conditions };

/* The formats are the literals of the tables above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_format(struct query *b, const char *format, int parameter)
{
	buf_addf(&b->sql, format, parameter);
}
#pragma GCC diagnostic pop

static void add_conditions(struct query *b, const struct key_query *q)
{
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		const struct condition *c = &conditions[i];
		const void *at = (const char *)q + c->member;
		const char *text;
		int64_t time;
		int parameter;

		if (c->kind == BY_TEXT) {
			memcpy(&text, at, sizeof text);
			if (!text)
				continue;
			parameter = put_text(b, text);
		} else {
			memcpy(&time, at, sizeof time);
			if (time == TIME_NONE)
				continue;
			parameter = put_number(b, time);
		}
		buf_add_text(&b->sql, " AND ");
		add_format(b, c->sql, parameter);
	}
}

static void add_states(struct query *b, const struct key_query *q)
{
	int now = put_number(b, q->now);
	bool first = true;

	if (q->in_grace)
		buf_addf(&b->sql, " AND +k.retiring_until > $%d AND k.status = 1", now);
	for (int i = 0; i < STATES; i++) {
		if (!(q->states & 1u << i))
			continue;
		buf_add_text(&b->sql, first ? " AND (" : " OR ");
		add_format(b, state_conditions[i], now);
		first = false;
	}
	if (!first)
		buf_add_text(&b->sql, ")");
}

/* --- words -------------------------------------------------------------------------------------------- */

static bool is_crockford(const char *text)
{
	return strlen(text) >= ID_WORD && text[strspn(text, CROCKFORD_ALPHABET)] == '\0';
}

/* The range of look-ups that start with the end of the word ("ak_7f3m…": behind the line); false
 * when no secret id starts so. */
static bool secret_range(struct store *s, struct word *w)
{
	const char *line = strrchr(w->text, '_'), *start = line ? line + 1 : w->text;
	struct stmt *st = db_stmt(s->db, "SELECT 1 AS there FROM version"
					 " WHERE lookup >= $1 AND lookup < $2 LIMIT 1");
	size_t len = strlen(start);
	bool there = false;

	if (!is_crockford(start) || len >= SECRET_ID_SIZE)
		return false;
	memcpy(w->from, start, len + 1);
	memcpy(w->until, start, len + 1);
	w->until[len - 1]++;
	stmt_blob(st, 1, w->from, len);
	stmt_blob(st, 2, w->until, len);
	if (stmt_step(st, &there, NULL) != ERR_OK)
		there = false;
	stmt_done(st);
	return there;
}

/* Owners are few as a rule: then those that have the word are looked up once, and of the million rows
 * only the name is searched, which takes two thirds of the time. -1 where they are many. */
static int owners_having(struct store *s, struct word *w)
{
	struct stmt *st = db_stmt(
		s->db, "WITH RECURSIVE owners (owner) AS (SELECT min(owner) FROM apikey UNION ALL"
		       " SELECT (SELECT min(k.owner) FROM apikey AS k WHERE k.owner > owners.owner)"
		       " FROM owners WHERE owners.owner IS NOT NULL)"
		       " SELECT owner FROM owners WHERE owner IS NOT NULL LIMIT $1");
	int seen = 0, count = 0;
	enum errc rc;
	bool row;

	stmt_int(st, 1, OWNERS_READ);
	while (!(rc = stmt_step(st, &row, NULL)) && row && count >= 0) {
		size_t len;
		const char *owner = stmt_get_text(st, "owner", &len);

		if (text_contains(owner, len, w->text, strlen(w->text))) {
			if (count == OWNERS_FEW || len >= WORD_SIZE)
				break;
			memcpy(w->owners[count++], owner, len + 1);
		}
		seen++;
	}
	if (rc || row || seen == OWNERS_READ)
		count = -1;
	stmt_done(st);
	return count;
}

/* The bits of a text of digits, filled with these to the length of an id; false when it has none. */
static bool id_bits(uint8_t out[ULID_BYTES], const char *digits, const char *fill, bool at_end)
{
	char text[ULID_TEXT + 1];
	size_t len = strlen(digits);

	if (len > ULID_TEXT)
		return false;
	memcpy(text, fill, sizeof text);
	for (size_t i = 0, start = at_end ? ULID_TEXT - len : 0; i < len; i++)
		text[start + i] = digits[i];
	return ulid_parse(out, text);
}

static const char no_bits[] = "00000000000000000000000000",
		  all_bits[] = "7zzzzzzzzzzzzzzzzzzzzzzzzz";

/* Ids that start so, with their "key_" or without: a range, where there is one in it. */
static enum errc id_range(struct store *s, struct word *w, bool *there)
{
	struct stmt *st = db_stmt(
		s->db, "SELECT 1 AS there FROM apikey WHERE id BETWEEN $1 AND $2 LIMIT 1");
	size_t lead = strncmp(w->text, "key_", ID_WORD) == 0 ? ID_WORD : 0;
	enum errc rc;

	*there = false;
	if (strlen(w->text) < ID_WORD || !id_bits(w->first, w->text + lead, no_bits, false) ||
	    !id_bits(w->last, w->text + lead, all_bits, false))
		return ERR_OK;
	stmt_blob(st, 1, w->first, sizeof w->first);
	stmt_blob(st, 2, w->last, sizeof w->last);
	rc = stmt_step(st, there, NULL);
	stmt_done(st);
	return rc;
}

/* The end of an id is what people read out to each other. */
static bool id_end(struct word *w)
{
	char ones[ULID_TEXT + 1];
	size_t len = strlen(w->text);

	if (len < ID_WORD || len > ULID_TEXT)
		return false;
	memset(ones, 'z', len);
	ones[len] = '\0';
	if (len == ULID_TEXT)
		ones[0] = '7';
	return id_bits(w->bits[0], w->text, no_bits, true) &&
	       id_bits(w->bits[1], ones, no_bits, true);
}

static void add_texts(struct store *s, struct query *b, struct word *w)
{
	int owners = owners_having(s, w);

	if (id_end(w))
		buf_addf(&b->sql, "id_or_text_has($%d, k.id, ",
			 put_blob(b, w->bits, sizeof w->bits));
	else
		buf_add_text(&b->sql, "text_has(");
	buf_addf(&b->sql, "$%d, k.name%s)", put_text(b, w->text), owners < 0 ? ", k.owner" : "");
	for (int i = 0; i < owners; i++)
		buf_addf(&b->sql, " OR k.owner = $%d", put_text(b, w->owners[i]));
}

static void add_word(struct store *s, struct query *b, struct word *w)
{
	bool starts;

	buf_add_text(&b->sql, " AND (");
	add_texts(s, b, w);
	if (id_range(s, w, &starts) == ERR_OK && starts) {
		int first = put_blob(b, w->first, sizeof w->first);

		buf_addf(&b->sql, " OR +k.id BETWEEN $%d AND $%d", first,
			 put_blob(b, w->last, sizeof w->last));
	}
	if (secret_range(s, w)) {
		int from = put_blob(b, w->from, strlen(w->from));

		buf_addf(&b->sql,
			 " OR k.row IN (SELECT key FROM version WHERE lookup >= $%d"
			 " AND lookup < $%d)",
			 from, put_blob(b, w->until, strlen(w->until)));
	}
	buf_add_text(&b->sql, ")");
}

static void add_words(struct store *s, struct query *b, const char *search)
{
	const char *at = search ? search : "";

	while (b->word_count < WORDS_MAX) {
		struct word *w = &b->words[b->word_count];
		size_t len;

		at += strspn(at, " \t");
		len = strcspn(at, " \t");
		if (!len)
			return;
		snprintf(w->text, sizeof w->text, "%.*s", (int)len, at);
		for (char *c = w->text; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		b->word_count++;
		add_word(s, b, w);
		at += len;
	}
}

static void add_filters(struct store *s, struct query *b, const struct key_query *q)
{
	add_conditions(b, q);
	add_words(s, b, q->search);
	add_states(b, q);
	buf_add_text(&b->sql, " AND k.status <> 0");
}

/* Orders other than by name walk an index that filters can't be answered from. Where few rows fit,
 * those are looked for in the index over names first, and the walk only looks into that set; where
 * many do, the walk soon has its page. */
static enum errc fits_few(struct store *s, const struct key_query *q, bool *few, struct err *e)
{
	struct query b = { .count = 0 };
	struct stmt *st;
	int64_t count = 0;
	enum errc rc;

	buf_init(&b.sql, SQL_MAX);
	buf_add_text(&b.sql,
		     "SELECT count(*) AS count FROM (SELECT k.row FROM apikey AS k WHERE 1");
	add_filters(s, &b, q);
	buf_addf(&b.sql, " LIMIT %d) AS fitting", FEW);
	st = db_prepare(s->db, buf_text(&b.sql));
	bind_values(st, &b);
	rc = stmt_one_int(st, "count", &count, e);
	stmt_free(st);
	buf_release(&b.sql);
	*few = count < FEW;
	return rc;
}

/* --- orders -------------------------------------------------------------------------------------------- */

/* A run of rows in one order. An order is one or several of them, first to last. */
struct segment {
	const char *from;    /* NULL: apikey AS k */
	const char *where;   /* %1$d: now, %2$d: soon */
	const char *columns; /* walked in this order; also what the place of a row is */
};

#define BY_NAME "k.name, k.owner, k.id"
#define EXPIRING "k.status = 1 AND k.expires_at > $%1$d AND k.expires_at <= $%2$d"
#define IN_GRACE "k.status = 1 AND k.retiring_until > $%1$d"
/* Rows that are in neither; NULL is no. */
#define NOT_EXPIRING "NOT coalesce(" EXPIRING ", 0)"

static const struct segment orders[][SEGMENTS] = {
	[KEY_SORT_NAME] = { { .where = "1", .columns = BY_NAME } },
	[KEY_SORT_OWNER] = { { .where = "1", .columns = "k.owner, k.row" } },
	[KEY_SORT_CREATED] = { { .where = "1", .columns = "k.row" } },
	/* Never comes last. */
	[KEY_SORT_EXPIRES] = {
		{ .where = "k.expires_at IS NOT NULL", .columns = "k.expires_at, k.status, k.row" },
		{ .where = "k.expires_at IS NULL", .columns = "k.status, k.row" },
	},
	/* Never used comes before long ago. */
	[KEY_SORT_USED] = {
		{ .where = "NOT EXISTS (SELECT 1 FROM key_use WHERE key = k.row)", .columns = "k.row" },
		{ .from = "key_use AS u CROSS JOIN apikey AS k ON k.row = u.key", .where = "1",
		  .columns = "u.last_used, u.key" },
	},
	/* What expires soon, then what has an older live version, then the rest by name. */
	[KEY_SORT_ATTENTION] = {
		{ .where = EXPIRING, .columns = "k.expires_at, k.status, k.row" },
		{ .where = IN_GRACE " AND " NOT_EXPIRING, .columns = "k.retiring_until, k.status, k.row" },
		{ .where = "NOT coalesce(" IN_GRACE ", 0) AND " NOT_EXPIRING, .columns = BY_NAME },
	},
};

static const char *segment_from(const struct segment *g)
{
	return g->from ? g->from : "apikey AS k";
}

static int segment_count(enum key_sort sort)
{
	int count = 1;

	while (count < SEGMENTS && orders[sort][count].columns)
		count++;
	return count;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* Both times are always parameters 1 and 2 of the statement. */
static void add_segment_where(struct query *b, const struct segment *g, int64_t now)
{
	int first = put_number(b, now), second = put_number(b, now + SOON_DAYS * DAY_MS);

	buf_addf(&b->sql, g->where, first, second);
}
#pragma GCC diagnostic pop

/* "a, b" with the direction behind each. */
static void add_order(struct query *b, const char *columns, bool down)
{
	for (const char *at = columns;; at++) {
		size_t len = strcspn(at, ",");

		buf_add(&b->sql, at, len);
		buf_add_text(&b->sql, down ? " DESC" : "");
		at += len;
		if (!*at)
			return;
		buf_add_char(&b->sql, ',');
	}
}

/* --- the cursor ------------------------------------------------------------------------------------------ */

struct key_cursor {
	struct store *s;
	struct key_query q;
	char *search, *owner, *tier, *scope; /* copies that q points to */
	bool down, few;
	int segment, step, left; /* the current one, +1 or -1, how many are left with it */
	int64_t after;		 /* row that the current segment starts behind; 0: at its end */
	size_t given;
	struct query b;
	struct stmt *st;
};

static void segment_end(struct key_cursor *c)
{
	stmt_free(c->st);
	c->st = NULL;
	buf_release(&c->b.sql);
}

static void segment_start(struct key_cursor *c)
{
	const struct segment *g = &orders[c->q.sort][c->segment];
	struct query *b = &c->b;

	*b = (struct query){ .count = 0 };
	buf_init(&b->sql, SQL_MAX);
	buf_addf(&b->sql, "SELECT k.row AS row FROM %s WHERE ", segment_from(g));
	add_segment_where(b, g, c->q.now);
	if (c->after)
		buf_addf(&b->sql, " AND (%s) %c (SELECT %s FROM %s WHERE k.row = $%d)", g->columns,
			 c->down ? '<' : '>', g->columns, segment_from(g), put_number(b, c->after));
	if (c->few)
		buf_add_text(&b->sql, " AND k.row IN (SELECT k.row FROM apikey AS k WHERE 1");
	add_filters(c->s, b, &c->q);
	if (c->few)
		buf_add_text(&b->sql, ")");
	buf_add_text(&b->sql, " ORDER BY ");
	add_order(b, g->columns, c->down);
	c->st = db_prepare(c->s->db, buf_text(&b->sql));
	bind_values(c->st, b);
	c->after = 0;
}

/* Is the row in the segment? */
static enum errc in_segment(struct key_cursor *c, const struct segment *g, bool *is, struct err *e)
{
	struct query b = { .count = 0 };
	struct stmt *st;
	enum errc rc;

	buf_init(&b.sql, SQL_MAX);
	buf_addf(&b.sql, "SELECT k.row AS row FROM %s WHERE ", segment_from(g));
	add_segment_where(&b, g, c->q.now);
	buf_addf(&b.sql, " AND k.row = $%d", put_number(&b, c->after));
	st = db_prepare(c->s->db, buf_text(&b.sql));
	bind_values(st, &b);
	rc = stmt_step(st, is, e);
	stmt_free(st);
	buf_release(&b.sql);
	return rc;
}

/* Finds the row to start behind, and skips to its segment. */
static enum errc find_place(struct key_cursor *c, const char *id, struct err *e)
{
	uint8_t bytes[ULID_BYTES] = { 0 };
	struct stmt *st = db_stmt(c->s->db, "SELECT row FROM apikey WHERE id = $1");
	bool is = false;
	enum errc rc;

	if (strncmp(id, "key_", 4) == 0)
		ulid_parse(bytes, id + 4);
	stmt_blob(st, 1, bytes, sizeof bytes);
	rc = stmt_one_int(st, "row", &c->after, e);
	if (!rc && !c->after) {
		err_set(e, ERR_NOT_FOUND, "there is no key \"%s\" to go on behind", id);
		rc = err_hint(e, "start at the beginning of the list");
	}
	while (!rc && c->left > 0) {
		rc = in_segment(c, &orders[c->q.sort][c->segment], &is, e);
		if (is || rc)
			break;
		c->segment += c->step;
		c->left--;
	}
	return rc;
}

enum errc key_select(struct store *s, const struct key_query *q, struct key_cursor **out,
		     struct err *e)
{
	struct key_cursor *c = x_calloc(1, sizeof *c);
	enum errc rc = ERR_OK;

	c->s = s;
	c->q = *q;
	c->q.search = c->search = x_strdup(q->search);
	c->q.owner = c->owner = x_strdup(q->owner);
	c->q.tier = c->tier = x_strdup(q->tier);
	c->q.scope = c->scope = x_strdup(q->scope);
	c->down = q->descending != q->backwards;
	c->left = segment_count(q->sort);
	c->segment = c->down ? c->left - 1 : 0;
	c->step = c->down ? -1 : 1;
	if (q->after)
		rc = find_place(c, q->after, e);
	if (!rc && q->sort != KEY_SORT_NAME)
		rc = fits_few(s, q, &c->few, e);
	if (rc) {
		key_cursor_free(c);
		c = NULL;
	}
	*out = c;
	return rc;
}

enum errc key_next(struct key_cursor *c, struct key *k, bool *more, struct err *e)
{
	bool row = false;
	enum errc rc = ERR_OK;

	*more = false;
	if (c->q.limit && c->given == c->q.limit)
		return ERR_OK;
	while (c->left > 0 && !rc && !row) {
		if (!c->st)
			segment_start(c);
		rc = stmt_step(c->st, &row, e);
		if (rc || row)
			break;
		segment_end(c);
		c->segment += c->step;
		c->left--;
	}
	if (rc || !row)
		return rc;
	c->given++;
	*more = true;
	return key_get_row(c->s, stmt_get_int(c->st, "row"), k, e);
}

void key_cursor_free(struct key_cursor *c)
{
	if (!c)
		return;
	segment_end(c);
	free(c->search);
	free(c->owner);
	free(c->tier);
	free(c->scope);
	free(c);
}

/* --- figures --------------------------------------------------------------------------------------------- */

static bool is_all(const struct key_query *q)
{
	return !q->owner && !q->tier && !q->scope && !q->states && !q->in_grace &&
	       q->expires_from == TIME_NONE && q->expires_until == TIME_NONE &&
	       q->unused_since == TIME_NONE && q->revoked_before == TIME_NONE &&
	       (!q->search || !q->search[strspn(q->search, " \t")]);
}

enum errc key_count(struct store *s, const struct key_query *q, uint64_t *count, struct err *e)
{
	struct query b = { .count = 0 };
	struct key_totals totals;
	struct stmt *st;
	int64_t value = 0;
	enum errc rc;

	/* Counting whole pages of an index takes a fortieth of looking at each row. */
	if (is_all(q)) {
		rc = key_totals(s, q->now, 0, &totals, e);
		*count = totals.all;
		return rc;
	}
	buf_init(&b.sql, SQL_MAX);
	buf_add_text(&b.sql, "SELECT count(*) AS count FROM apikey AS k WHERE 1");
	add_filters(s, &b, q);
	st = db_prepare(s->db, buf_text(&b.sql));
	bind_values(st, &b);
	rc = stmt_one_int(st, "count", &value, e);
	stmt_free(st);
	buf_release(&b.sql);
	*count = (uint64_t)value;
	return rc;
}

enum errc key_totals(struct store *s, int64_t now, int64_t soon, struct key_totals *t,
		     struct err *e)
{
	struct stmt *st = db_stmt(
		s->db,
		"SELECT (SELECT count(*) FROM apikey) AS every,"
		/* "<> 1" is what the index over the few is made with. */
		" (SELECT count(*) FROM apikey WHERE status <> 1 AND status = 0) AS pending,"
		" (SELECT count(*) FROM apikey WHERE expires_at > $1 AND expires_at <= $2 AND "
		"status = 1)"
		" AS expiring,"
		" (SELECT count(*) FROM apikey WHERE retiring_until > $1 AND status = 1) AS "
		"in_grace,"
		" (SELECT count(*) FROM apikey WHERE status <> 1 AND status = 2) AS disabled,"
		" (SELECT count(*) FROM apikey WHERE status <> 1 AND status = 3) AS revoked");
	bool row;
	enum errc rc;

	*t = (struct key_totals){ .all = 0 };
	stmt_int(st, 1, now);
	stmt_int(st, 2, now + soon);
	rc = stmt_step(st, &row, e);
	if (!rc && row) {
		t->all = (uint64_t)stmt_get_int(st, "every");
		t->all -= (uint64_t)stmt_get_int(st, "pending");
		t->expiring = (uint64_t)stmt_get_int(st, "expiring");
		t->in_grace = (uint64_t)stmt_get_int(st, "in_grace");
		t->disabled = (uint64_t)stmt_get_int(st, "disabled");
		t->revoked = (uint64_t)stmt_get_int(st, "revoked");
	}
	stmt_done(st);
	return rc;
}

/* Owners have an index; of the others, what the newest keys have is enough to complete a word. */
static const struct {
	const char *field, *sql;
} value_lists[] = {
	{ "owner",
	  "SELECT DISTINCT owner AS value FROM apikey"
	  " WHERE owner <> '' AND substr(owner, 1, length($1)) = $1 ORDER BY owner LIMIT $2" },
	{ "tier", "SELECT DISTINCT tier AS value FROM"
		  " (SELECT tier FROM apikey ORDER BY row DESC LIMIT 20000) AS newest"
		  " WHERE tier <> '' AND substr(tier, 1, length($1)) = $1 ORDER BY tier LIMIT $2" },
	{ "scope",
	  "SELECT DISTINCT scopes AS value FROM"
	  " (SELECT scopes FROM apikey ORDER BY row DESC LIMIT 20000) AS newest"
	  " WHERE scopes <> '' AND substr(scopes, 1, length($1)) = $1 ORDER BY scopes LIMIT $2" },
};

enum errc key_values(struct store *s, const char *field, const char *prefix, size_t limit,
		     struct json **array, struct err *e)
{
	const char *sql = NULL;
	struct stmt *st;
	bool row;
	enum errc rc;

	for (size_t i = 0; i < sizeof value_lists / sizeof *value_lists; i++)
		if (strcmp(value_lists[i].field, field) == 0)
			sql = value_lists[i].sql;
	if (!sql)
		return err_set(e, ERR_USAGE, "there is no list of values for \"%s\"", field);
	*array = json_array_new();
	st = db_stmt(s->db, sql);
	stmt_text(st, 1, prefix ? prefix : "");
	stmt_int(st, 2, (int64_t)limit);
	while (!(rc = stmt_step(st, &row, e)) && row)
		json_add(*array, json_text(stmt_get_text(st, "value", NULL)));
	if (rc) {
		json_free(*array);
		*array = NULL;
	}
	return rc;
}
