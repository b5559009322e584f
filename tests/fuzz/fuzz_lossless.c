/* The reader of JSON beside jansson: what one accepts the other does, with the same values, but for
 * what jansson can't hold: NUL in a string, a name twice, numbers out of range. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/json.h"
#include "src/token/lossless.h"
#include "tests/fuzz/fuzz.h"

static void same_value(const struct lossless *l, const struct lossless_value *v,
		       const struct json *other);

/* What must hold of values, also of those before a fault. */
static void look_at(const struct lossless *l, const struct lossless_value *v, size_t index)
{
	struct buf text = BUF_INIT(l->len);
	int64_t number;

	must(v->begin <= v->end && v->end <= l->len);
	must(v->name_begin <= v->name_end && v->name_end <= v->begin);
	must(v->child == LOSSLESS_NONE || (v->child > index && v->child < l->count));
	must(v->next == LOSSLESS_NONE || (v->next > index && v->next < l->count));
	must(!v->duplicate || l->duplicates);
	must(lossless_string(l, v, &text) == (v->type == LOSSLESS_STRING));
	must(v->type != LOSSLESS_STRING || lossless_equals(l, v, buf_text(&text), text.len));
	buf_clear(&text);
	lossless_name(l, v, &text);
	if (v->name_end && strlen(buf_text(&text)) == text.len)
		must(lossless_named(l, v, buf_text(&text)));
	must(!text.full);
	if (lossless_integer(l, v, &number))
		must(v->type == LOSSLESS_NUMBER);
	if (lossless_seconds(l, v, &number))
		must(number <= INT64_C(1) << 53 && number >= -(INT64_C(1) << 53));
	must(!lossless_big(l, v) || v->type == LOSSLESS_NUMBER);
	buf_release(&text);
}

static double number_value(const struct lossless *l, const struct lossless_value *v)
{
	char *text = strndup(l->text + v->begin, v->end - v->begin);
	double value = strtod(text, NULL);

	free(text);
	return value;
}

static bool is_integer(const struct lossless *l, const struct lossless_value *v)
{
	for (uint32_t at = v->begin; at < v->end; at++)
		if (strchr(".eE", l->text[at]))
			return false;
	return true;
}

static bool has_nul(const struct lossless *l, const struct lossless_value *v)
{
	struct buf text = BUF_INIT(l->len);
	bool found;

	lossless_name(l, v, &text);
	lossless_string(l, v, &text);
	found = text.len && memchr(text.data, '\0', text.len);
	buf_release(&text);
	return found;
}

/* May jansson refuse it? */
static bool beyond_jansson(const struct lossless *l)
{
	int64_t number;

	for (size_t i = 0; i < l->count; i++) {
		const struct lossless_value *v = &l->values[i];

		if (v->duplicate || has_nul(l, v))
			return true;
		if (v->type != LOSSLESS_NUMBER)
			continue;
		if (is_integer(l, v) ? !lossless_integer(l, v, &number) : isinf(number_value(l, v)))
			return true;
	}
	return false;
}

static void same_children(const struct lossless *l, const struct lossless_value *v,
			  const struct json *other)
{
	const void *it = json_first(other);
	size_t index = 0;

	must(json_count(other) == v->count);
	for (v = lossless_child(l, v); v; v = lossless_next(l, v), index++) {
		if (v->name_end) {
			must(lossless_named(l, v, json_name(it)));
			same_value(l, v, json_value(it));
			it = json_next(other, it);
		} else {
			same_value(l, v, json_at(other, index));
		}
	}
}

static void same_number(const struct lossless *l, const struct lossless_value *v,
			const struct json *other)
{
	struct buf text = BUF_INIT(100);
	int64_t number;

	if (is_integer(l, v)) {
		must(json_type_of(other) == JSON_INT_TYPE);
		must(lossless_integer(l, v, &number) && number == json_as_int(other));
	} else {
		must(json_type_of(other) == JSON_REAL_TYPE);
		json_number_text(&text, other);
		must(strtod(buf_text(&text), NULL) == number_value(l, v));
	}
	buf_release(&text);
}

static void same_value(const struct lossless *l, const struct lossless_value *v,
		       const struct json *other)
{
	static const enum json_type types[] = {
		[LOSSLESS_OBJECT] = JSON_OBJECT_TYPE, [LOSSLESS_ARRAY] = JSON_ARRAY_TYPE,
		[LOSSLESS_STRING] = JSON_TEXT_TYPE,   [LOSSLESS_TRUE] = JSON_BOOL_TYPE,
		[LOSSLESS_FALSE] = JSON_BOOL_TYPE,    [LOSSLESS_NULL] = JSON_NULL_TYPE,
	};

	if (v->type == LOSSLESS_NUMBER) {
		same_number(l, v, other);
		return;
	}
	must(json_type_of(other) == types[v->type]);
	must(json_as_bool(other) == (v->type == LOSSLESS_TRUE));
	if (v->type == LOSSLESS_STRING)
		must(lossless_equals(l, v, json_as_text(other), strlen(json_as_text(other))));
	else if (v->type == LOSSLESS_OBJECT || v->type == LOSSLESS_ARRAY)
		same_children(l, v, other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lossless l;
	bool well = lossless_read(&l, (const char *)data, size);
	struct err e = ERR_INIT;
	struct json *other = NULL;

	must(well == !l.error && l.error_at <= size);
	for (size_t i = 0; i < l.count; i++)
		look_at(&l, &l.values[i], i);
	if (size && json_parse(&other, (const char *)data, size, &e) == ERR_OK) {
		must(well && !l.duplicates);
		same_value(&l, l.values, other);
	} else {
		must(!well || beyond_jansson(&l));
	}
	json_free(other);
	lossless_release(&l);
	return 0;
}
