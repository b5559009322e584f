/* An audit event's record as people read it; see event_text.h. */
#include "ui/event_text.h"

#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"

enum { VALUE_MAX = 400, DEPTH_MOST = 3 };

static void value_add(struct buf *out, const struct json *v, int depth);

/* Members that are durations, in seconds. */
static bool is_duration(const char *name)
{
	return strcmp(name, "grace") == 0 || strcmp(name, "older_than") == 0;
}

/* What was left empty when a key was made says nothing. */
static bool is_empty(const struct json *v)
{
	enum json_type type = json_type_of(v);
	const char *text = json_as_text(v);

	return !v || type == JSON_NULL_TYPE || (text && !text[0]) ||
	       ((type == JSON_ARRAY_TYPE || type == JSON_OBJECT_TYPE) && !json_count(v));
}

/* "expires_at": "expires". */
static void name_add(struct buf *out, const char *name)
{
	size_t len = strlen(name);

	if (len > 3 && strcmp(name + len - 3, "_at") == 0)
		len -= 3;
	if (out->len)
		buf_add_text(out, "  ");
	for (size_t i = 0; i < len; i++)
		buf_add_char(out, name[i] == '_' ? ' ' : name[i]);
	buf_add_char(out, ' ');
}

/* An edit: what was and what is, of each field that changed. */
static bool change_add(struct buf *out, const struct json *v)
{
	const struct json *before = json_get(v, "before"), *after = json_get(v, "after");

	if (!after)
		return false;
	for (const void *it = json_first(after); it; it = json_next(after, it)) {
		name_add(out, json_name(it));
		value_add(out, json_get(before, json_name(it)), 1);
		buf_add_text(out, " → ");
		value_add(out, json_value(it), 1);
	}
	return true;
}

static void member_add(struct buf *out, const char *name, const struct json *value, int depth)
{
	char duration[DATETIME_SIZE];

	if (is_empty(value) || strcmp(name, "secret_id") == 0)
		return;
	if (strcmp(name, "version") == 0) {
		buf_addf(out, "%sv%lld", out->len ? "  " : "", (long long)json_as_int(value));
		return;
	}
	name_add(out, name);
	if (is_duration(name)) {
		duration_text(duration, json_as_int(value) * SECOND_MS);
		buf_add_text(out, duration);
	} else {
		value_add(out, value, depth + 1);
	}
}

static void object_add(struct buf *out, const struct json *v, int depth)
{
	if (depth == 0 && change_add(out, v))
		return;
	if (depth == 0)
		member_add(out, "version", json_get(v, "version"), depth);
	for (const void *it = json_first(v); it; it = json_next(v, it))
		if (depth || strcmp(json_name(it), "version") != 0)
			member_add(out, json_name(it), json_value(it), depth);
}

/* An instant is cut to the minute: the whole stands in the event's detail. */
static void text_add(struct buf *out, const char *text)
{
	struct err e = ERR_INIT;
	char local[DATETIME_SIZE];
	int64_t at;

	if (strlen(text) > 18 && !datetime_parse(&at, text, &e)) {
		datetime_local(local, at, false);
		buf_addf(out, "%.16s", local);
		return;
	}
	buf_add_text(out, text[0] ? text : "none");
}

static void value_add(struct buf *out, const struct json *v, int depth)
{
	if (!v || depth > DEPTH_MOST)
		return;
	switch (json_type_of(v)) {
	case JSON_TEXT_TYPE:
		text_add(out, json_as_text(v));
		break;
	case JSON_INT_TYPE:
		buf_addf(out, "%lld", (long long)json_as_int(v));
		break;
	case JSON_BOOL_TYPE:
		buf_add_text(out, json_as_bool(v) ? "yes" : "no");
		break;
	case JSON_ARRAY_TYPE:
		for (size_t i = 0; i < json_count(v); i++) {
			buf_add_text(out, i ? " " : "");
			value_add(out, json_at(v, i), depth + 1);
		}
		if (!json_count(v))
			buf_add_text(out, "none");
		break;
	case JSON_OBJECT_TYPE:
		object_add(out, v, depth);
		break;
	case JSON_REAL_TYPE:
	case JSON_NULL_TYPE:
		buf_add_text(out, "none");
		break;
	}
}

void event_detail(const struct json *event, char *out, size_t size)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	const struct json *detail = json_get(event, "detail");

	if (json_type_of(detail) == JSON_OBJECT_TYPE)
		object_add(&b, detail, 0);
	snprintf(out, size, "%s", buf_text(&b));
	buf_release(&b);
}

void event_actor(const struct json *event, char *out, size_t size)
{
	const struct json *claimed = json_get(json_get(event, "actor"), "claimed");
	const char *user = json_get_text(event, "user");

	if (!user)
		user = json_get_text(json_get(event, "actor"), "user");
	snprintf(out, size, "%s%s", user ? user : "?",
		 json_get_text(claimed, "sudo_user") ? " sudo" : "");
}
