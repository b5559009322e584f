/* Header and claims out of the lossless reader. */
#include "src/app/token_members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/token_record.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/token/algorithm.h"
#include "src/token/explain.h"

enum { NAME_MEMBER_MAX = 1 << 20 };

/* Years 0001 to 9999: what RFC 3339 can write. */
#define TIME_FIRST (INT64_C(-62135596800) * SECOND_MS)
#define TIME_LAST (INT64_C(253402300800) * SECOND_MS - 1)

/* --- values ------------------------------------------------------------------------------------ */

struct json *token_lexeme_json(const struct lossless *l, const struct lossless_value *v)
{
	return token_bytes_json(l->text + v->begin, v->end - v->begin);
}

static struct json *string_json(const struct lossless *l, const struct lossless_value *v)
{
	struct buf text = BUF_INIT(v->end - v->begin + 1);
	struct json *json;

	lossless_string(l, v, &text);
	json = token_bytes_json(buf_text(&text), text.len);
	buf_release(&text);
	return json;
}

static struct json *number_json(const struct lossless *l, const struct lossless_value *v)
{
	return json_number_new(l->text + v->begin, v->end - v->begin);
}

static char *name_of(const struct lossless *l, const struct lossless_value *v)
{
	struct buf raw = BUF_INIT(NAME_MEMBER_MAX), name = BUF_INIT(3 * (size_t)NAME_MEMBER_MAX);

	lossless_name(l, v, &raw);
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.data[i])
			buf_add_char(&name, raw.data[i]);
		else
			buf_add_text(&name, "\xEF\xBF\xBD");
	}
	buf_add_text(&name, "");
	buf_release(&raw);
	return buf_take(&name);
}

static void members_set(struct json *object, const struct lossless *l,
			const struct lossless_value *v)
{
	for (v = lossless_child(l, v); v; v = lossless_next(l, v)) {
		char *name = name_of(l, v);

		json_set(object, name, token_value_json(l, v));
		free(name);
	}
}

/* LOSSLESS_DEPTH bounds the recursion. */
struct json *token_value_json(const struct lossless *l, const struct lossless_value *v)
{
	struct json *json;

	switch (v->type) {
	case LOSSLESS_OBJECT:
		json = json_object_new();
		members_set(json, l, v);
		return json;
	case LOSSLESS_ARRAY:
		json = json_array_new();
		for (v = lossless_child(l, v); v; v = lossless_next(l, v))
			json_add(json, token_value_json(l, v));
		return json;
	case LOSSLESS_STRING:
		return string_json(l, v);
	case LOSSLESS_NUMBER:
		return number_json(l, v);
	case LOSSLESS_TRUE:
	case LOSSLESS_FALSE:
		return json_bool(v->type == LOSSLESS_TRUE);
	case LOSSLESS_NULL:
		break;
	}
	return json_null_new();
}

int64_t token_time(const struct lossless *l, const struct lossless_value *v)
{
	int64_t ms;

	if (!v || !lossless_seconds(l, v, &ms) || ms < TIME_FIRST || ms > TIME_LAST)
		return TIME_NONE;
	return ms;
}

/* What could be read of an object, a malformed one's beginning included. */
static const struct lossless_value *root_of(const struct lossless *l)
{
	return l->count && l->values[0].type == LOSSLESS_OBJECT ? &l->values[0] : NULL;
}

struct json *token_header_json(const struct jose *t)
{
	struct json *header;

	if (!t->count)
		return json_null_new();
	header = json_object_new();
	/* What is protected is set last, and counts. */
	for (int place = PLACE_COUNT - 1; place >= 0; place--) {
		const struct lossless *l = &t->parts[0].header[place];

		if (t->parts[0].has[place] && root_of(l))
			members_set(header, l, root_of(l));
	}
	return header;
}

struct json *token_claims_json(const struct jose *t)
{
	const struct lossless_value *root = t->kind == JOSE_JWS ? root_of(&t->claims) : NULL;
	struct json *claims;

	if (!root)
		return json_null_new();
	claims = json_object_new();
	members_set(claims, &t->claims, root);
	return claims;
}

/* --- explained --------------------------------------------------------------------------------- */

static const char *type_name(enum lossless_type t)
{
	static const char *const names[] = {
		[LOSSLESS_OBJECT] = "object", [LOSSLESS_ARRAY] = "array",
		[LOSSLESS_STRING] = "string", [LOSSLESS_NUMBER] = "number",
		[LOSSLESS_TRUE] = "boolean",  [LOSSLESS_FALSE] = "boolean",
		[LOSSLESS_NULL] = "null",
	};

	return names[t];
}

/* What the value itself means, beside its name: an algorithm, a type. */
static const char *value_text(enum explain_part part, const char *name, const struct lossless *l,
			      const struct lossless_value *v)
{
	char *value = part == EXPLAIN_HEADER ? lossless_dup(l, v) : NULL;
	const struct algorithm *a = NULL;
	const char *text = NULL;

	if (!value)
		return NULL;
	if (strcmp(name, "alg") == 0 || strcmp(name, "enc") == 0)
		a = algorithm_find(value, strlen(value));
	else if (strcmp(name, "typ") == 0 || strcmp(name, "cty") == 0)
		text = explain_type(value);
	free(value);
	return a ? a->text : text;
}

static void fill_time(struct json *row, int64_t at, int64_t now)
{
	char relative[DATETIME_SIZE];

	json_set_time(row, "at", at);
	if (at != TIME_NONE)
		datetime_relative(relative, at, now, true);
	json_set_text(row, "relative", at != TIME_NONE ? relative : NULL);
}

static struct json *member_json(const struct lossless *l, const struct lossless_value *v,
				enum explain_part part, int64_t now)
{
	struct json *row = json_object_new();
	char *name = name_of(l, v);
	const struct explained *known = explain_name(part, name, strlen(name));
	const char *text = value_text(part, name, l, v);

	json_set_text(row, "part", part == EXPLAIN_HEADER ? "header" : "claims");
	json_set_text(row, "signature", NULL);
	json_set_text(row, "name", name);
	json_set(row, "value", token_lexeme_json(l, v));
	json_set_text(row, "type", type_name(v->type));
	json_set_int(row, "offset", v->begin);
	json_set_text(row, "text", text ? text : known ? known->text : NULL);
	json_set_text(row, "issuer", known ? known->issuer : NULL);
	json_set_text(row, "source", known ? known->source : NULL);
	fill_time(row, known && known->is_time ? token_time(l, v) : TIME_NONE, now);
	json_set_bool(row, "duplicate", v->duplicate);
	json_set_bool(row, "personal", known && known->is_personal);
	free(name);
	return row;
}

static void header_members(struct json *list, const struct jose *t, size_t part, int64_t now)
{
	for (int place = 0; place < PLACE_COUNT; place++) {
		const struct lossless *l = &t->parts[part].header[place];
		const struct lossless_value *v = NULL;

		if (t->parts[part].has[place] && root_of(l))
			v = lossless_child(l, root_of(l));
		for (; v; v = lossless_next(l, v)) {
			struct json *row = member_json(l, v, EXPLAIN_HEADER, now);

			json_set_int(row, "signature", (int64_t)part);
			json_add(list, row);
		}
	}
}

struct json *token_members_json(const struct jose *t, int64_t now)
{
	struct json *list = json_array_new();
	const struct lossless_value *v = t->kind == JOSE_JWS ? root_of(&t->claims) : NULL;

	for (size_t i = 0; i < t->count; i++)
		header_members(list, t, i, now);
	for (v = v ? lossless_child(&t->claims, v) : NULL; v; v = lossless_next(&t->claims, v))
		json_add(list, member_json(&t->claims, v, EXPLAIN_CLAIM, now));
	return list;
}
