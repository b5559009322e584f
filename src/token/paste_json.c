/* Finding JSON objects that are tokens or keys: JWS and JWE in JSON serialisation, JWK, JWK Set. A reader
 * that keeps nothing but which members of an object it has seen. */
#include "src/token/paste_find.h"

#include <string.h>

#include "src/base/alloc.h"

/* Members that tell what an object is, as bits. */
enum {
	HAS_PAYLOAD = 1 << 0,
	HAS_SIGNATURE = 1 << 1,
	HAS_SIGNATURES = 1 << 2,
	HAS_PROTECTED = 1 << 3,
	HAS_CIPHERTEXT = 1 << 4,
	HAS_RECIPIENTS = 1 << 5,
	HAS_TAG = 1 << 6,
	HAS_KTY = 1 << 7,
	HAS_KEYS = 1 << 8,
	HAS_MATERIAL = 1 << 9,	/* k n x of a key */
	HAS_KEY_CHILD = 1 << 10 /* an object with kty within */
};

static const struct {
	const char *name;
	unsigned bit;
} names[] = {
	{ "payload", HAS_PAYLOAD },
	{ "signature", HAS_SIGNATURE },
	{ "signatures", HAS_SIGNATURES },
	{ "protected", HAS_PROTECTED },
	{ "ciphertext", HAS_CIPHERTEXT },
	{ "recipients", HAS_RECIPIENTS },
	{ "encrypted_key", HAS_RECIPIENTS },
	{ "tag", HAS_TAG },
	{ "kty", HAS_KTY },
	{ "keys", HAS_KEYS },
	{ "k", HAS_MATERIAL },
	{ "n", HAS_MATERIAL },
	{ "x", HAS_MATERIAL },
	{ "d", HAS_MATERIAL },
	{ "pub", HAS_MATERIAL },
};

enum expect { EXPECT_VALUE, EXPECT_NAME, EXPECT_COLON, EXPECT_NEXT };

struct level {
	uint32_t begin;
	uint16_t has;
	char close;
};

struct reader {
	struct finder *f;
	struct level *levels;
	size_t depth, size;
	enum expect expect;
	bool first; /* nothing stands in this object or array yet */
	size_t brace; /* the first { in the last string: where to go on when this is no JSON; 0 none */
	struct paste_span *found;
	size_t count, room;
};

static const char *kind_of(unsigned has)
{
	bool jws = has & HAS_PAYLOAD && has & (HAS_SIGNATURE | HAS_SIGNATURES);
	bool detached = has & HAS_PROTECTED && has & HAS_SIGNATURE && !(has & HAS_CIPHERTEXT);

	if (has & HAS_CIPHERTEXT && has & (HAS_PROTECTED | HAS_RECIPIENTS | HAS_TAG))
		return "jwe";
	if (jws || has & HAS_SIGNATURES || detached)
		return "jws";
	if ((has & HAS_KTY && has & HAS_MATERIAL) || (has & HAS_KEYS && has & HAS_KEY_CHILD))
		return "jwk";
	return NULL;
}

static void span_add(struct reader *r, const struct level *l, size_t end, const char *kind)
{
	while (r->count && r->found[r->count - 1].begin >= l->begin)
		r->count--; /* what stands within it is part of it */
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 16;
		r->found = x_reallocarray(r->found, r->room, sizeof(*r->found));
	}
	r->found[r->count++] = (struct paste_span){ .begin = l->begin, .end = end, .kind = kind };
}

static void level_open(struct reader *r, size_t at, char close)
{
	if (r->depth == r->size) {
		r->size = r->size ? 2 * r->size : 64;
		r->levels = x_reallocarray(r->levels, r->size, sizeof(*r->levels));
	}
	r->levels[r->depth++] = (struct level){ .begin = (uint32_t)at, .close = close };
	r->expect = close == '}' ? EXPECT_NAME : EXPECT_VALUE;
	r->first = true;
}

static void level_close(struct reader *r, size_t at)
{
	struct level *l = &r->levels[--r->depth];
	const char *kind = l->close == '}' ? kind_of(l->has) : NULL;
	unsigned key = l->has & (HAS_KTY | HAS_KEY_CHILD) ? HAS_KEY_CHILD : 0;

	if (kind)
		span_add(r, l, at + 1, kind);
	if (r->depth)
		r->levels[r->depth - 1].has |= (uint16_t)(l->close == ']' || kind ? key : 0);
	r->expect = EXPECT_NEXT;
	r->first = false;
}

/* A string that begins at `at`: where it ends, behind its quote; 0 when it does not. */
static size_t string_end(struct reader *r, size_t at)
{
	const struct view *v = r->f->view;

	r->brace = 0;
	for (size_t i = at + 1; i < v->len; i++) {
		if (v->text[i] == '"')
			return i + 1;
		if (v->text[i] == '\\' && v->text[i + 1])
			i++;
		else if (v->text[i] == '{' && !r->brace)
			r->brace = i;
		else if (v->text[i] == '\n' || !v->text[i])
			break;
	}
	return 0;
}

static void name_seen(struct reader *r, const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == len && memcmp(names[i].name, text, len) == 0)
			r->levels[r->depth - 1].has |= (uint16_t)names[i].bit;
}

/* A string, number or word as name or value; returns the byte behind it, 0 when it is none. */
static size_t scalar(struct reader *r, size_t at)
{
	const struct view *v = r->f->view;
	size_t end = at;

	if (v->text[at] == '"') {
		end = string_end(r, at);
		if (end && r->expect == EXPECT_NAME)
			name_seen(r, v->text + at + 1, end - at - 2);
	} else if (r->expect == EXPECT_VALUE) {
		while (is_class(v->text[end], IS_WORD | IS_URL64 | IS_STD64) || v->text[end] == '.')
			end++;
	}
	if (end <= at)
		return 0;
	r->expect = r->expect == EXPECT_NAME ? EXPECT_COLON : EXPECT_NEXT;
	r->first = false;
	return end;
}

/* Reads what stands at `at`; returns the byte behind it, 0 when JSON can't go on so. */
static size_t step(struct reader *r, size_t at)
{
	char c = r->f->view->text[at];
	char close = r->levels[r->depth - 1].close;

	if (is_class(c, IS_SPACE))
		return at + 1;
	if (c == close && (r->expect == EXPECT_NEXT || r->first)) {
		level_close(r, at);
		return at + 1;
	}
	switch (r->expect) {
	case EXPECT_COLON:
		r->expect = EXPECT_VALUE;
		return c == ':' ? at + 1 : 0;
	case EXPECT_NEXT:
		r->expect = close == '}' ? EXPECT_NAME : EXPECT_VALUE;
		return c == ',' ? at + 1 : 0;
	case EXPECT_NAME:
		return c == '"' ? scalar(r, at) : 0;
	case EXPECT_VALUE:
		if (c == '{' || c == '[') {
			level_open(r, at, c == '{' ? '}' : ']');
			return at + 1;
		}
		return scalar(r, at);
	}
	return 0;
}

/* The text ended at `at`, or in the line of it, within objects: the outermost that is told already is a
 * cut-off one. */
static void tell_cut(struct reader *r, size_t at)
{
	const char *text = r->f->view->text;
	size_t end = at + strcspn(text + at, "\r\n");

	while (end && is_class(text[end - 1], IS_SPACE))
		end--;
	for (size_t i = 0; i < r->depth; i++) {
		const char *kind = kind_of(r->levels[i].has);

		if (kind) {
			span_add(r, &r->levels[i], end, kind);
			return;
		}
	}
}

/* Reads the object at `at`; returns where to look for the next. Whatever object stands open where reading
 * fails would fail there as well if it were begun with, so nothing is read twice. */
static size_t read_object(struct reader *r, size_t at)
{
	const struct view *v = r->f->view;
	size_t from = at, next;

	r->depth = 0;
	r->brace = 0;
	level_open(r, at, '}');
	for (at++; r->depth && at < v->len; at = next) {
		next = step(r, at);
		if (!next)
			break;
	}
	r->f->work += at - from;
	if (!r->depth)
		return at;
	if (at >= v->len || (v->text[at] == '"' && !memchr(v->text + at + 1, '"', v->len - at - 1)))
		tell_cut(r, at);
	return r->brace > from ? r->brace : at > from ? at : from + 1;
}

struct paste_span *paste_json(struct finder *f, size_t *count)
{
	struct reader r = { .f = f };
	const struct view *v = f->view;
	size_t at = 0;

	while (at < v->len) {
		const char *brace = memchr(v->text + at, '{', v->len - at);

		if (!brace)
			break;
		at = read_object(&r, (size_t)(brace - v->text));
	}
	free(r.levels);
	*count = r.count;
	return r.found;
}
