/* JSON as it stands in the source: order, duplicates, the lexeme of every value and where it is.
 * Libraries change what they read (1.10 becomes 1.1000000000000001, one of two equal names is lost);
 * what is shown, found and decided about a token comes from here. RFC 8259, read as strictly as
 * RFC 7493 wants it: UTF-8 without a byte order mark, no lone surrogates, nothing behind the value. */
#ifndef TOKEN_LOSSLESS_H
#define TOKEN_LOSSLESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

enum lossless_type {
	LOSSLESS_OBJECT,
	LOSSLESS_ARRAY,
	LOSSLESS_STRING,
	LOSSLESS_NUMBER,
	LOSSLESS_TRUE,
	LOSSLESS_FALSE,
	LOSSLESS_NULL
};

enum { LOSSLESS_DEPTH = 64, LOSSLESS_INLINE = 48 };
#define LOSSLESS_NONE UINT32_MAX

/* One value. Offsets are bytes in the source; a string's include its quotes. */
struct lossless_value {
	enum lossless_type type;
	bool duplicate; /* an earlier member of this object has the same name, escapes decoded */
	bool escaped;	/* the string holds escapes: its text is not its lexeme */
	bool name_escaped;
	uint32_t begin, end;
	uint32_t name_begin, name_end; /* the member's name with its quotes; both 0: no member */
	uint32_t child, next; /* indices of first child and next sibling, or LOSSLESS_NONE */
	uint32_t count;	      /* children */
};

/* `values` may point into it: it stays where it was read. */
struct lossless {
	const char *text; /* borrowed; must outlive this */
	size_t len;
	struct lossless_value *values; /* [0] is the root */
	size_t count, size;
	const char *error; /* NULL: well formed; else why not, in words (static) */
	size_t error_at;   /* byte offset of it; what stands before can still be read */
	bool duplicates;   /* some object has one name twice */
	/* Most tokens need no heap. Last: it need not be cleared. */
	struct lossless_value room[LOSSLESS_INLINE];
};

/* Reads. Malformed text leaves what was read before the fault in `values` (count may be 0) with
 * `error` set. Always to be released. len ≤ 4 GiB - 1. Returns error == NULL. */
bool lossless_read(struct lossless *l, const char *text, size_t len);
void lossless_release(struct lossless *l);

/* The root when it is a well-formed object, else NULL. */
const struct lossless_value *lossless_object(const struct lossless *l);
const struct lossless_value *lossless_child(const struct lossless *l,
					    const struct lossless_value *v); /* NULL */
const struct lossless_value *lossless_next(const struct lossless *l,
					   const struct lossless_value *v); /* NULL */
/* The first member of that name (compared with escapes decoded); NULL, also when `object` is NULL or
 * no object. */
const struct lossless_value *lossless_find(const struct lossless *l,
					   const struct lossless_value *object, const char *name);

/* Is it a string equal to `text` of `len` bytes, escapes decoded? */
bool lossless_equals(const struct lossless *l, const struct lossless_value *v, const char *text,
		     size_t len);
/* Appends a string's text, escapes decoded (may hold NUL); false when it is no string. */
bool lossless_string(const struct lossless *l, const struct lossless_value *v, struct buf *out);
/* Heap copy of it, NUL-terminated; NULL unless a string without NUL in it. Caller frees. */
char *lossless_dup(const struct lossless *l, const struct lossless_value *v);
/* Appends the member's name, escapes decoded. */
void lossless_name(const struct lossless *l, const struct lossless_value *v, struct buf *out);
/* Does the member's name, escapes decoded, equal `name`? */
bool lossless_named(const struct lossless *l, const struct lossless_value *v, const char *name);

/* A number as milliseconds when it is read as seconds (NumericDate, RFC 7519 §2), rounded down;
 * false when it is no number or beyond ±2^53 ms. 1e3 and 1.5 are well. */
bool lossless_seconds(const struct lossless *l, const struct lossless_value *v, int64_t *ms);
/* An integer without fraction or exponent that fits; false else. */
bool lossless_integer(const struct lossless *l, const struct lossless_value *v, int64_t *out);
/* Would JavaScript change this number: an integer beyond 2^53, or one that a double can't hold? */
bool lossless_big(const struct lossless *l, const struct lossless_value *v);

#endif
