/* The reader: one pass over the text, a value a record, no copy of anything. What is asked of the
 * values later is lossless_value.c's. */
#include "src/token/lossless.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/json.h"
#include "src/base/random.h"
#include "src/base/text.h"
#include "src/token/lossless_text.h"

enum { FEW = 16 }; /* members of an object that are compared one with each other */

struct reader {
	struct lossless *l;
	const char *text;
	size_t at, len;
	unsigned depth;
	uint64_t seed; /* of the names' hashes; 0: not drawn yet */
};

/* Where the next value goes: below `parent`, behind `last`. */
struct place {
	uint32_t parent, last;
	uint32_t name_begin, name_end;
	bool name_escaped;
};

static bool read_value(struct reader *r, struct place *p);

/* --- bytes --------------------------------------------------------------------------------- */

/* What a byte within a string is; PLAIN ones need no second look. */
enum { PLAIN, CONTROL, QUOTE, BACKSLASH, MULTIBYTE };

__extension__ static const unsigned char string_bytes[256] = {
	[0 ... 0x1F] = CONTROL, ['"'] = QUOTE, ['\\'] = BACKSLASH, [0x80 ... 0xFF] = MULTIBYTE
};

static const bool is_space[256] = { [' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true };

static bool fail(struct reader *r, const char *why, size_t at)
{
	r->l->error = at < r->len ? why : "it ends too soon";
	r->l->error_at = at;
	r->at = at;
	return false;
}

static int skip_space(struct reader *r)
{
	while (r->at < r->len && is_space[(unsigned char)r->text[r->at]])
		r->at++;
	return r->at < r->len ? (unsigned char)r->text[r->at] : -1;
}

/* --- strings ------------------------------------------------------------------------------- */

/* Four hexadecimal digits at `at`; *at is behind them, or at the first byte that is none. */
static bool read_hex(struct reader *r, size_t *at, unsigned *code)
{
	*code = 0;
	for (size_t end = *at + 4; *at < end; ++*at) {
		int value = *at < r->len ? lossless_hex(r->text[*at]) : -1;

		if (value < 0)
			return fail(r, "\\u without four hexadecimal digits", *at);
		*code = *code << 4 | (unsigned)value;
	}
	return true;
}

/* \uXXXX at `at`, or two of them that are one character (RFC 8259 §7). */
static bool skip_unicode(struct reader *r, size_t *at)
{
	size_t begin = *at;
	unsigned code, low;

	*at += 2;
	if (!read_hex(r, at, &code))
		return false;
	if (code < 0xD800 || code > 0xDFFF)
		return true;
	if (code >= 0xDC00 || *at + 1 >= r->len || r->text[*at] != '\\' || r->text[*at + 1] != 'u')
		return fail(r, "half of a surrogate pair", begin);
	*at += 2;
	if (!read_hex(r, at, &low))
		return false;
	return (low >= 0xDC00 && low <= 0xDFFF) || fail(r, "half of a surrogate pair", begin);
}

static bool skip_escape(struct reader *r, size_t *at)
{
	if (*at + 1 >= r->len)
		return fail(r, NULL, r->len);
	if (r->text[*at + 1] == 'u')
		return skip_unicode(r, at);
	if (!lossless_escape(r->text[*at + 1]))
		return fail(r, "an escape that JSON does not have", *at);
	*at += 2;
	return true;
}

/* The string whose opening quote is at r->at; leaves r->at behind the closing one. */
static bool skip_string(struct reader *r, bool *escaped)
{
	size_t at = r->at + 1;
	int32_t code;

	*escaped = false;
	for (;;) {
		while (at < r->len && string_bytes[(unsigned char)r->text[at]] == PLAIN)
			at++;
		if (at >= r->len)
			return fail(r, NULL, r->len);
		switch (string_bytes[(unsigned char)r->text[at]]) {
		case QUOTE:
			r->at = at + 1;
			return true;
		case BACKSLASH:
			*escaped = true;
			if (!skip_escape(r, &at))
				return false;
			break;
		case MULTIBYTE:
			at += utf8_decode(&code, r->text + at, r->len - at);
			if (code < 0)
				return fail(r, "a byte that is not UTF-8", at - 1);
			break;
		default:
			return fail(r, "a control character in a string", at);
		}
	}
}

/* --- names that occur twice ---------------------------------------------------------------- */

/* Seeded, so that nobody can choose names that meet in one place of the table. */
static uint64_t name_hash(const struct lossless *l, const struct lossless_value *v, uint64_t seed)
{
	struct lossless_span s = lossless_name_span(l, v);
	uint64_t hash = seed;
	char piece[4];

	while (s.at < s.end) {
		size_t size = lossless_piece(&s, piece);

		for (size_t i = 0; i < size; i++) {
			__extension__ unsigned __int128 product =
				(unsigned __int128)(hash ^ (unsigned char)piece[i]) *
				(seed | UINT64_C(0x9E3779B97F4A7C15));

			hash = (uint64_t)product ^ (uint64_t)(product >> 64);
		}
	}
	return hash;
}

static void mark_duplicate(struct lossless *l, struct lossless_value *v)
{
	v->duplicate = true;
	l->duplicates = true;
}

static void compare_few(struct lossless *l, const struct lossless_value *object)
{
	for (uint32_t i = object->child; i != LOSSLESS_NONE; i = l->values[i].next) {
		uint32_t k = object->child;

		while (k != i && !lossless_same_name(l, &l->values[k], &l->values[i]))
			k = l->values[k].next;
		if (k != i)
			mark_duplicate(l, &l->values[i]);
	}
}

static void compare_many(struct reader *r, const struct lossless_value *object)
{
	struct lossless *l = r->l;
	size_t size = 2 * FEW, slot;
	uint32_t *table;

	if (!r->seed)
		random_public(&r->seed, sizeof(r->seed));
	while (size < 2 * (size_t)object->count)
		size *= 2;
	table = x_calloc(size, sizeof(*table)); /* indices; 0 is the root, which is no member */
	for (uint32_t i = object->child; i != LOSSLESS_NONE; i = l->values[i].next) {
		slot = name_hash(l, &l->values[i], r->seed) & (size - 1);
		while (table[slot] &&
		       !lossless_same_name(l, &l->values[table[slot]], &l->values[i]))
			slot = (slot + 1) & (size - 1);
		if (table[slot])
			mark_duplicate(l, &l->values[i]);
		else
			table[slot] = i;
	}
	free(table);
}

static void find_duplicates(struct reader *r, uint32_t object)
{
	if (r->l->values[object].count > FEW)
		compare_many(r, &r->l->values[object]);
	else
		compare_few(r->l, &r->l->values[object]);
}

/* --- values -------------------------------------------------------------------------------- */

static void make_room(struct lossless *l)
{
	struct lossless_value *moved = l->values == l->room ? NULL : l->values;

	moved = x_reallocarray(moved, 2 * l->size, sizeof(*moved));
	if (l->values == l->room)
		memcpy(moved, l->room, sizeof(l->room));
	l->values = moved;
	l->size *= 2;
}

/* A new value that begins at r->at and, for now, ends at `end`. */
static uint32_t add_value(struct reader *r, struct place *p, enum lossless_type type, size_t end)
{
	struct lossless *l = r->l;
	uint32_t index = (uint32_t)l->count;

	if (l->count == l->size)
		make_room(l);
	l->values[l->count++] = (struct lossless_value){
		.type = type,
		.name_escaped = p->name_escaped,
		.begin = (uint32_t)r->at,
		.end = (uint32_t)end,
		.name_begin = p->name_begin,
		.name_end = p->name_end,
		.child = LOSSLESS_NONE,
		.next = LOSSLESS_NONE,
	};
	if (p->last != LOSSLESS_NONE)
		l->values[p->last].next = index;
	else if (p->parent != LOSSLESS_NONE)
		l->values[p->parent].child = index;
	if (p->parent != LOSSLESS_NONE)
		l->values[p->parent].count++;
	p->last = index;
	return index;
}

static bool read_string(struct reader *r, struct place *p)
{
	size_t begin = r->at, end;
	uint32_t index;
	bool escaped;

	if (!skip_string(r, &escaped))
		return false;
	end = r->at;
	r->at = begin;
	index = add_value(r, p, LOSSLESS_STRING, end); /* which may move the values */
	r->l->values[index].escaped = escaped;
	r->at = end;
	return true;
}

static bool read_number(struct reader *r, struct place *p)
{
	size_t size;

	if (!json_number_scan(r->text + r->at, r->len - r->at, &size))
		return fail(r, "a number that JSON does not have", r->at + size);
	add_value(r, p, LOSSLESS_NUMBER, r->at + size);
	r->at += size;
	return true;
}

static bool read_word(struct reader *r, struct place *p, const char *word, enum lossless_type type)
{
	size_t size = strlen(word), at = 0;

	while (at < size && r->at + at < r->len && r->text[r->at + at] == word[at])
		at++;
	if (at < size)
		return fail(r, "a word that JSON does not have", r->at + at);
	add_value(r, p, type, r->at + size);
	r->at += size;
	return true;
}

/* The name of a member and its colon. */
static bool read_name(struct reader *r, struct place *p)
{
	if (skip_space(r) != '"')
		return fail(r, "a name in quotes is missing", r->at);
	p->name_begin = (uint32_t)r->at;
	if (!skip_string(r, &p->name_escaped))
		return false;
	p->name_end = (uint32_t)r->at;
	if (skip_space(r) != ':')
		return fail(r, "a colon is missing", r->at);
	r->at++;
	return true;
}

/* Members or elements up to the closing bracket. */
static bool read_children(struct reader *r, uint32_t parent, bool named, char closing)
{
	struct place p = { .parent = parent, .last = LOSSLESS_NONE };
	int c = skip_space(r);

	if (c == closing)
		return true;
	for (;;) {
		if ((named && !read_name(r, &p)) || !read_value(r, &p))
			return false;
		c = skip_space(r);
		if (c == closing)
			return true;
		if (c != ',')
			return fail(r,
				    named ? "a comma or } is missing" : "a comma or ] is missing",
				    r->at);
		r->at++;
	}
}

static bool read_container(struct reader *r, struct place *p, enum lossless_type type)
{
	bool named = type == LOSSLESS_OBJECT, well;
	uint32_t index;

	if (r->depth == LOSSLESS_DEPTH)
		return fail(r, "it is nested deeper than 64 levels", r->at);
	r->depth++;
	index = add_value(r, p, type, r->at);
	r->at++;
	well = read_children(r, index, named, named ? '}' : ']');
	r->depth--;
	if (named)
		find_duplicates(r, index);
	r->at += well;
	r->l->values[index].end = (uint32_t)r->at;
	return well;
}

static bool read_value(struct reader *r, struct place *p)
{
	int c = skip_space(r);

	switch (c) {
	case '{':
		return read_container(r, p, LOSSLESS_OBJECT);
	case '[':
		return read_container(r, p, LOSSLESS_ARRAY);
	case '"':
		return read_string(r, p);
	case 't':
		return read_word(r, p, "true", LOSSLESS_TRUE);
	case 'f':
		return read_word(r, p, "false", LOSSLESS_FALSE);
	case 'n':
		return read_word(r, p, "null", LOSSLESS_NULL);
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(r, p);
	return fail(r, "a value is missing", r->at);
}

static bool read_text(struct reader *r)
{
	struct place root = { .parent = LOSSLESS_NONE, .last = LOSSLESS_NONE };

	if (r->len >= UINT32_MAX) {
		r->l->error = "it is longer than 4 GiB";
		return false;
	}
	if (r->len >= 3 && !memcmp(r->text, "\xEF\xBB\xBF", 3))
		return fail(r, "a byte order mark stands before it", 0);
	if (skip_space(r) < 0) {
		r->l->error = "there is nothing";
		r->l->error_at = r->len;
		return false;
	}
	if (!read_value(r, &root))
		return false;
	return skip_space(r) < 0 || fail(r, "something stands behind the value", r->at);
}

bool lossless_read(struct lossless *l, const char *text, size_t len)
{
	struct reader r = { .l = l, .text = text, .len = len };

	l->text = text;
	l->len = len;
	l->values = l->room;
	l->count = 0;
	l->size = LOSSLESS_INLINE;
	l->error = NULL;
	l->error_at = 0;
	l->duplicates = false;
	return read_text(&r);
}

void lossless_release(struct lossless *l)
{
	if (l->values != l->room)
		free(l->values);
	l->values = l->room;
	l->count = 0;
	l->size = LOSSLESS_INLINE;
}
