/* What is asked of values: their neighbours, names, and texts with escapes decoded. */
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"
#include "src/token/lossless_text.h"

/* --- neighbours ---------------------------------------------------------------------------- */

static const struct lossless_value *value_at(const struct lossless *l, uint32_t index)
{
	return index == LOSSLESS_NONE ? NULL : &l->values[index];
}

const struct lossless_value *lossless_object(const struct lossless *l)
{
	return !l->error && l->count && l->values->type == LOSSLESS_OBJECT ? l->values : NULL;
}

const struct lossless_value *lossless_child(const struct lossless *l,
					    const struct lossless_value *v)
{
	return v ? value_at(l, v->child) : NULL;
}

const struct lossless_value *lossless_next(const struct lossless *l, const struct lossless_value *v)
{
	return v ? value_at(l, v->next) : NULL;
}

const struct lossless_value *lossless_find(const struct lossless *l,
					   const struct lossless_value *object, const char *name)
{
	const struct lossless_value *v;

	if (!object || object->type != LOSSLESS_OBJECT)
		return NULL;
	v = value_at(l, object->child);
	while (v && !lossless_named(l, v, name))
		v = value_at(l, v->next);
	return v;
}

/* --- texts --------------------------------------------------------------------------------- */

int lossless_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char lossless_escape(char c)
{
	static const char escapes[256] = {
		['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
		['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
	};

	return escapes[(unsigned char)c];
}

static int32_t hex_code(const char *digits)
{
	uint32_t code = 0;

	for (int i = 0; i < 4; i++)
		code = code << 4 | (uint32_t)lossless_hex(digits[i]);
	return (int32_t)(code & 0xFFFF);
}

size_t lossless_piece(struct lossless_span *s, char out[4])
{
	int32_t code;

	if (*s->at != '\\') {
		out[0] = *s->at++;
		return 1;
	}
	if (s->at[1] != 'u') {
		out[0] = lossless_escape(s->at[1]);
		s->at += 2;
		return 1;
	}
	code = hex_code(s->at + 2);
	s->at += 6;
	if (code >= 0xD800 && code <= 0xDBFF) {
		code = 0x10000 + ((code - 0xD800) << 10) + (hex_code(s->at + 2) - 0xDC00);
		s->at += 6;
	}
	return utf8_encode(out, code);
}

static struct lossless_span span(const struct lossless *l, uint32_t begin, uint32_t end)
{
	return (struct lossless_span){ l->text + begin + 1, l->text + end - 1 };
}

struct lossless_span lossless_name_span(const struct lossless *l, const struct lossless_value *v)
{
	return span(l, v->name_begin, v->name_end);
}

/* Is a string with escapes equal to text without? */
static bool decodes_to(struct lossless_span s, const char *text, size_t len)
{
	char piece[4];
	size_t size;

	while (s.at < s.end) {
		size = lossless_piece(&s, piece);
		if (size > len || memcmp(piece, text, size) != 0)
			return false;
		text += size;
		len -= size;
	}
	return !len;
}

static bool span_equals(struct lossless_span s, bool escaped, const char *text, size_t len)
{
	if (escaped)
		return decodes_to(s, text, len);
	return (size_t)(s.end - s.at) == len && !memcmp(s.at, text, len);
}

/* The bytes of a string one by one. */
struct bytes {
	struct lossless_span left;
	char piece[4];
	size_t used, size;
};

static int next_byte(struct bytes *b)
{
	if (b->used == b->size) {
		if (b->left.at >= b->left.end)
			return -1;
		b->size = lossless_piece(&b->left, b->piece);
		b->used = 0;
	}
	return (unsigned char)b->piece[b->used++];
}

/* Two strings with escapes: what is one piece in one may be several in the other. */
static bool decode_alike(struct lossless_span a, struct lossless_span b)
{
	struct bytes left = { .left = a }, right = { .left = b };
	int c;

	do {
		c = next_byte(&left);
		if (c != next_byte(&right))
			return false;
	} while (c >= 0);
	return true;
}

bool lossless_same_name(const struct lossless *l, const struct lossless_value *a,
			const struct lossless_value *b)
{
	struct lossless_span left = lossless_name_span(l, a), right = lossless_name_span(l, b);

	if (!a->name_escaped)
		return span_equals(right, b->name_escaped, left.at, (size_t)(left.end - left.at));
	if (!b->name_escaped)
		return decodes_to(left, right.at, (size_t)(right.end - right.at));
	return decode_alike(left, right);
}

bool lossless_named(const struct lossless *l, const struct lossless_value *v, const char *name)
{
	return v->name_end &&
	       span_equals(lossless_name_span(l, v), v->name_escaped, name, strlen(name));
}

bool lossless_equals(const struct lossless *l, const struct lossless_value *v, const char *text,
		     size_t len)
{
	return v && v->type == LOSSLESS_STRING &&
	       span_equals(span(l, v->begin, v->end), v->escaped, text, len);
}

static void add_span(struct lossless_span s, bool escaped, struct buf *out)
{
	char piece[4];

	if (!escaped)
		buf_add(out, s.at, (size_t)(s.end - s.at));
	while (escaped && s.at < s.end)
		buf_add(out, piece, lossless_piece(&s, piece));
}

bool lossless_string(const struct lossless *l, const struct lossless_value *v, struct buf *out)
{
	if (!v || v->type != LOSSLESS_STRING)
		return false;
	add_span(span(l, v->begin, v->end), v->escaped, out);
	return true;
}

char *lossless_dup(const struct lossless *l, const struct lossless_value *v)
{
	size_t len = 0;
	struct lossless_span s;
	char *text;

	if (!v || v->type != LOSSLESS_STRING)
		return NULL;
	s = span(l, v->begin, v->end);
	text = x_malloc((size_t)(s.end - s.at) + 4); /* a piece is never longer than its source */
	while (s.at < s.end)
		len += lossless_piece(&s, text + len);
	text[len] = '\0';
	if (!memchr(text, '\0', len))
		return text;
	free(text);
	return NULL;
}

void lossless_name(const struct lossless *l, const struct lossless_value *v, struct buf *out)
{
	if (v->name_end)
		add_span(lossless_name_span(l, v), v->name_escaped, out);
}
