/* JSON values: a thin wrapper over jansson, the only file that knows it. Values are counted
 * references; "takes" below means the reference passes on. No name here is one of jansson's: its
 * shared library would call ours instead of its own. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct json; /* opaque */

struct json *json_object_new(void);
struct json *json_array_new(void);
struct json *json_text(const char *text); /* invalid UTF-8 bytes become U+FFFD; NULL gives null */
struct json *json_int(int64_t value);
/* A number that is written as it stands: digits, fraction and exponent as in `lexeme`, however many
 * there are. It reads as an integer where it is one that fits. NULL unless it is a number by RFC 8259
 * §6. */
struct json *json_number_new(const char *lexeme, size_t len);
struct json *json_bool(bool value);
struct json *json_null_new(void);
struct json *json_keep(const struct json *v); /* one reference more */
void json_free(struct json *v);		      /* drops one reference; NULL is well */

/* Members keep the order they were set in. */
void json_set(struct json *object, const char *name, struct json *value);     /* takes value */
void json_set_text(struct json *object, const char *name, const char *value); /* NULL: null */
void json_set_int(struct json *object, const char *name, int64_t value);
void json_set_bool(struct json *object, const char *name, bool value);
void json_set_time(struct json *object, const char *name,
		   int64_t at); /* RFC 3339; TIME_NONE: null */
/* Gives `to` the member of that name that `from` has, sharing the value; null without one. */
void json_set_from(struct json *to, const struct json *from, const char *name);
void json_add(struct json *array, struct json *value); /* takes value */
void json_remove(struct json *object, const char *name);

/* Borrowed reads; a missing member or another type gives the neutral value (NULL, fallback, 0). */
const struct json *json_get(const struct json *object, const char *name);
const char *json_get_text(const struct json *object, const char *name);
int64_t json_get_int(const struct json *object, const char *name, int64_t fallback);
bool json_get_bool(const struct json *object, const char *name);
const char *json_as_text(const struct json *value); /* NULL unless a string */
int64_t json_as_int(const struct json *value);	    /* 0 unless an integer */
bool json_as_bool(const struct json *value);
size_t json_count(const struct json *array_or_object);
const struct json *json_at(const struct json *array, size_t index);

enum json_type {
	JSON_OBJECT_TYPE,
	JSON_ARRAY_TYPE,
	JSON_TEXT_TYPE,
	JSON_INT_TYPE,
	JSON_REAL_TYPE,
	JSON_BOOL_TYPE,
	JSON_NULL_TYPE
};
enum json_type json_type_of(const struct json *v);

/* Appends the text of a number: its lexeme, or what stands for its value; '.' whatever the locale. */
void json_number_text(struct buf *out, const struct json *v);
/* Does `text` begin with a number by RFC 8259 §6? *end is the offset behind it, or else of the fault. */
bool json_number_scan(const char *text, size_t len, size_t *end);

/* Iterates members: for (it = json_first(o); it; it = json_next(o, it)). */
const void *json_first(const struct json *object);
const void *json_next(const struct json *object, const void *it);
const char *json_name(const void *it);
const struct json *json_value(const void *it);

/* One line, compact. Control characters, DEL, C1, U+2028/9, bidi and other format characters are
 * escaped as \uXXXX, so the text can go to a terminal. */
bool json_write(struct buf *out, const struct json *v);
/* Sorted names, compact: the canonical form that MACs and the audit chain cover. Not for a
 * terminal: it escapes only what RFC 8259 §7 wants, whatever the Unicode version. */
bool json_write_canonical(struct buf *out, const struct json *v);

/* Strict: no duplicate names, no NUL, no trailing bytes, depth ≤ 64, len ≤ 1 MiB unless said. */
enum errc json_parse(struct json **out, const char *text, size_t len, struct err *e);

#endif
