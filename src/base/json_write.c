/* JSON as text: one compact line that can go to a terminal, and the canonical form. */
#include "src/base/json.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

static void add_value(struct buf *out, const struct json *v, bool canonical);

/* \uXXXX, as a surrogate pair beyond the basic plane (RFC 8259 §7). */
static void add_escape(struct buf *out, int32_t code)
{
	unsigned c = (unsigned)code;

	if (c > 0xFFFF)
		buf_addf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
			 0xDC00 + ((c - 0x10000) & 0x3FF));
	else
		buf_addf(out, "\\u%04x", c);
}

/* The canonical form escapes only what RFC 8259 wants: it must not change with the Unicode table. */
static void add_character(struct buf *out, const char *text, size_t len, int32_t code,
			  bool canonical)
{
	static const char short_escapes[][3] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",	 ['\f'] = "\\f",
		['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
	};

	if (code >= 0 && code <= '\\' && short_escapes[code][0])
		buf_add(out, short_escapes[code], 2);
	else if (canonical ? code >= 0x20 : code_point_safe(code))
		buf_add(out, text, len);
	else
		add_escape(out, code);
}

/* Strings in a value are valid UTF-8: json_text() and json_parse() let nothing else in. */
static void add_string(struct buf *out, const char *text, bool canonical)
{
	size_t left = strlen(text);

	buf_add_char(out, '"');
	while (left) {
		int32_t code;
		size_t taken = utf8_decode(&code, text, left);

		add_character(out, text, taken, code, canonical);
		text += taken;
		left -= taken;
	}
	buf_add_char(out, '"');
}

static void add_array(struct buf *out, const struct json *array, bool canonical)
{
	size_t count = json_count(array);

	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		add_value(out, json_at(array, i), canonical);
	}
	buf_add_char(out, ']');
}

static int member_order(const void *a, const void *b)
{
	return strcmp(json_name(*(const void *const *)a), json_name(*(const void *const *)b));
}

static void add_object(struct buf *out, const struct json *object, bool canonical)
{
	size_t count = json_count(object), filled = 0;
	const void **members = x_calloc(count, sizeof(*members));

	for (const void *it = json_first(object); it; it = json_next(object, it))
		members[filled++] = it;
	if (canonical)
		qsort(members, count, sizeof(*members), member_order);
	buf_add_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		add_string(out, json_name(members[i]), canonical);
		buf_add_char(out, ':');
		add_value(out, json_value(members[i]), canonical);
	}
	buf_add_char(out, '}');
	free(members);
}

static void add_value(struct buf *out, const struct json *v, bool canonical)
{
	switch (json_type_of(v)) {
	case JSON_OBJECT_TYPE:
		add_object(out, v, canonical);
		break;
	case JSON_ARRAY_TYPE:
		add_array(out, v, canonical);
		break;
	case JSON_TEXT_TYPE:
		add_string(out, json_as_text(v), canonical);
		break;
	case JSON_INT_TYPE:
	case JSON_REAL_TYPE:
		json_number_text(out, v);
		break;
	case JSON_BOOL_TYPE:
		buf_add_text(out, json_as_bool(v) ? "true" : "false");
		break;
	case JSON_NULL_TYPE:
		buf_add_text(out, "null");
		break;
	}
}

bool json_write(struct buf *out, const struct json *v)
{
	add_value(out, v, false);
	return !out->full;
}

bool json_write_canonical(struct buf *out, const struct json *v)
{
	add_value(out, v, true);
	return !out->full;
}
