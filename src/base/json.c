/* JSON values over jansson: building, reading, and strict parsing. Writing is json_write.c's. */
#include "src/base/json.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"

enum { DEPTH_MAX = 64, TEXT_MAX = 1024 * 1024 };

/* A number with a lexeme of its own is a string behind this byte. No text from outside begins with
 * it: it is not UTF-8, so json_text() would have repaired and json_parse() refused it. */
enum { NUMBER_MARK = 0xFF };

/* Values may be claims of a token: what is freed is wiped first. */
static void free_wiped(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* Before main(): jansson must free with the function that fits the one it allocated with. */
__attribute__((constructor)) static void wipe_what_is_freed(void)
{
	json_set_alloc_funcs(malloc, free_wiped);
}

/* A struct json is a json_t under a name of our own. */
static struct json *wrap(json_t *v)
{
	return (struct json *)v;
}

static json_t *open_value(struct json *v)
{
	return (json_t *)v;
}

/* jansson reads through pointers to non-const and leaves the value as it is. */
static json_t *peek_value(const struct json *v)
{
	return (json_t *)(uintptr_t)v;
}

/* A new value, or the end: jansson returns NULL only for want of memory here. */
static struct json *made(json_t *v)
{
	if (!v)
		alloc_exhausted();
	return wrap(v);
}

struct json *json_object_new(void)
{
	return made(json_object());
}

struct json *json_array_new(void)
{
	return made(json_array());
}

/* Heap copy of text in which U+FFFD stands for each invalid byte. */
static char *utf8_repaired(const char *text)
{
	size_t len = strlen(text);
	struct buf out = BUF_INIT(3 * len);

	for (size_t at = 0; at < len;) {
		int32_t code;
		size_t taken = utf8_decode(&code, text + at, len - at);

		if (code < 0)
			buf_add_text(&out, "\xEF\xBF\xBD");
		else
			buf_add(&out, text + at, taken);
		at += taken;
	}
	return buf_take(&out);
}

/* The text itself where it is valid; *repaired, which the caller frees, where it was not. */
static const char *utf8_sure(const char *text, char **repaired)
{
	*repaired = utf8_valid(text, strlen(text)) ? NULL : utf8_repaired(text);
	return *repaired ? *repaired : text;
}

struct json *json_text(const char *text)
{
	struct json *v;
	char *repaired;

	if (!text)
		return json_null_new();
	v = made(json_string_nocheck(utf8_sure(text, &repaired)));
	free(repaired);
	return v;
}

struct json *json_int(int64_t value)
{
	return made(json_integer(value));
}

/* Text of a number made with a lexeme; NULL for any other value. */
static const char *lexeme_of(const struct json *v)
{
	const char *text = json_string_value(peek_value(v));

	return text && (unsigned char)text[0] == NUMBER_MARK ? text + 1 : NULL;
}

/* An integer that is written as its value is one; "-0" and what is beyond int64_t is not. */
static bool plain_integer(const char *lexeme, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoll(lexeme, &end, 10);
	return !errno && !*end && (*value || lexeme[0] != '-');
}

struct json *json_number_new(const char *lexeme, size_t len)
{
	struct buf text = BUF_INIT(SIZE_MAX);
	int64_t value;
	size_t end;
	json_t *v;

	if (!json_number_scan(lexeme, len, &end) || end != len)
		return NULL;
	buf_add_char(&text, (char)NUMBER_MARK);
	buf_add(&text, lexeme, len);
	if (plain_integer(text.data + 1, &value))
		v = json_integer(value);
	else
		v = json_stringn_nocheck(text.data, text.len);
	explicit_bzero(text.data, text.len);
	buf_release(&text);
	return made(v);
}

struct json *json_bool(bool value)
{
	return made(json_boolean(value));
}

struct json *json_null_new(void)
{
	return made(json_null());
}

/* Who was lent a value may keep it: what is counted is no part of it. */
struct json *json_keep(const struct json *v)
{
	return wrap(json_incref(open_value((struct json *)(uintptr_t)v)));
}

void json_free(struct json *v)
{
	json_decref(open_value(v));
}

void json_set(struct json *object, const char *name, struct json *value)
{
	char *repaired;
	const char *sure = utf8_sure(name, &repaired);

	if (json_object_set_new_nocheck(open_value(object), sure, open_value(value)) < 0)
		alloc_exhausted();
	free(repaired);
}

void json_set_from(struct json *to, const struct json *from, const char *name)
{
	json_t *value = json_object_get(peek_value(from), name);

	json_set(to, name, value ? wrap(json_incref(value)) : json_null_new());
}

void json_set_text(struct json *object, const char *name, const char *value)
{
	json_set(object, name, json_text(value));
}

void json_set_int(struct json *object, const char *name, int64_t value)
{
	json_set(object, name, json_int(value));
}

void json_set_bool(struct json *object, const char *name, bool value)
{
	json_set(object, name, json_bool(value));
}

void json_set_time(struct json *object, const char *name, int64_t at)
{
	char text[DATETIME_SIZE];

	if (at == TIME_NONE) {
		json_set(object, name, json_null_new());
		return;
	}
	datetime_rfc3339(text, at);
	json_set_text(object, name, text);
}

void json_add(struct json *array, struct json *value)
{
	if (json_array_append_new(open_value(array), open_value(value)) < 0)
		alloc_exhausted();
}

void json_remove(struct json *object, const char *name)
{
	json_object_del(open_value(object), name);
}

const struct json *json_get(const struct json *object, const char *name)
{
	return wrap(json_object_get(peek_value(object), name));
}

const char *json_get_text(const struct json *object, const char *name)
{
	return json_as_text(json_get(object, name));
}

int64_t json_get_int(const struct json *object, const char *name, int64_t fallback)
{
	const json_t *v = peek_value(json_get(object, name));

	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool json_get_bool(const struct json *object, const char *name)
{
	return json_as_bool(json_get(object, name));
}

const char *json_as_text(const struct json *value)
{
	return lexeme_of(value) ? NULL : json_string_value(peek_value(value));
}

int64_t json_as_int(const struct json *value)
{
	return json_integer_value(peek_value(value));
}

bool json_as_bool(const struct json *value)
{
	return json_is_true(peek_value(value));
}

size_t json_count(const struct json *array_or_object)
{
	const json_t *v = peek_value(array_or_object);

	return json_is_array(v) ? json_array_size(v) : json_object_size(v);
}

const struct json *json_at(const struct json *array, size_t index)
{
	return wrap(json_array_get(peek_value(array), index));
}

enum json_type json_type_of(const struct json *v)
{
	if (!v)
		return JSON_NULL_TYPE;
	switch (json_typeof(peek_value(v))) {
	case JSON_OBJECT:
		return JSON_OBJECT_TYPE;
	case JSON_ARRAY:
		return JSON_ARRAY_TYPE;
	case JSON_STRING:
		return lexeme_of(v) ? JSON_REAL_TYPE : JSON_TEXT_TYPE;
	case JSON_INTEGER:
		return JSON_INT_TYPE;
	case JSON_REAL:
		return JSON_REAL_TYPE;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_BOOL_TYPE;
	case JSON_NULL:
		break;
	}
	return JSON_NULL_TYPE;
}

void json_number_text(struct buf *out, const struct json *v)
{
	const json_t *number = peek_value(v);
	const char *lexeme = lexeme_of(v);
	char text[32];
	size_t len;

	if (lexeme) {
		buf_add_text(out, lexeme);
	} else if (json_is_number(number)) {
		len = json_dumpb(number, text, sizeof(text),
				 JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
		buf_add(out, text, len < sizeof(text) ? len : 0);
	}
}

const void *json_first(const struct json *object)
{
	return json_object_iter(peek_value(object));
}

const void *json_next(const struct json *object, const void *it)
{
	return json_object_iter_next(peek_value(object), (void *)(uintptr_t)it);
}

const char *json_name(const void *it)
{
	return json_object_iter_key((void *)(uintptr_t)it);
}

const struct json *json_value(const void *it)
{
	return wrap(json_object_iter_value((void *)(uintptr_t)it));
}

/* jansson's own limit is 2048 levels; ours is judged before it recurses into them. */
static bool depth_allowed(const char *text, size_t len)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < len && depth <= DEPTH_MAX; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!quoted && (text[i] == '}' || text[i] == ']'))
			depth--;
	}
	return depth <= DEPTH_MAX;
}

enum errc json_parse(struct json **out, const char *text, size_t len, struct err *e)
{
	const char *nul;
	json_error_t why;
	json_t *v;

	*out = NULL;
	if (len > TEXT_MAX)
		return err_set(e, ERR_USAGE, "JSON is longer than %d bytes", TEXT_MAX);
	nul = len ? memchr(text, '\0', len) : NULL;
	if (nul) /* jansson takes one behind a number for the end */
		return err_set(e, ERR_USAGE, "invalid JSON: a NUL byte at offset %zu",
			       (size_t)(nul - text));
	if (!depth_allowed(text, len))
		return err_set(e, ERR_USAGE, "JSON is nested deeper than %d levels", DEPTH_MAX);
	v = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!v)
		return err_set(e, ERR_USAGE, "invalid JSON in line %d, column %d: %s", why.line,
			       why.column, why.text);
	*out = wrap(v);
	return ERR_OK;
}
