/* Values of records as text, by the type of their column. */
#include "src/cli/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"

enum { CELL_MAX = 1 << 20, DATE_LENGTH = 10 };

#define SOON_MS (14 * DAY_MS)

/* A status has a glyph and a word, never colour alone. */
static const struct status {
	const char *value, *word, *glyph, *ascii;
	enum tone tone;
} statuses[] = {
	{ "active", "active", "●", "A", TONE_NORMAL },
	{ "expiring", "expiring", "▲", "!", TONE_WARNING },
	{ "in_grace", "in grace", "◐", "~", TONE_WARNING },
	{ "disabled", "disabled", "○", "D", TONE_SECONDARY },
	{ "revoked", "revoked", "✗", "X", TONE_DANGER },
	{ "expired", "expired", "◌", "-", TONE_SECONDARY },
	{ "not_yet_valid", "not yet", "◷", ".", TONE_SECONDARY },
	{ "altered", "ALTERED", "!!", "!!", TONE_DANGER },
	{ "VALID", "VALID", "✓", "+", TONE_GOOD },
	{ "ok", "ok", "✓", "+", TONE_GOOD },
	{ "failed", "failed", "✗", "X", TONE_DANGER },
};

static const struct status *status_find(const char *value)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (strcmp(statuses[i].value, value) == 0)
			return &statuses[i];
	return NULL;
}

static int64_t time_of(const struct json *row, const char *name)
{
	const char *text = json_get_text(row, name);
	int64_t at = TIME_NONE;

	if (!text || datetime_parse(&at, text, NULL))
		return TIME_NONE;
	return at;
}

/* An active key can still want attention: that is what is shown. */
static const char *status_shown(const struct look *l, const struct json *row, const char *value)
{
	int64_t expires = time_of(row, "expires_at"), retiring = time_of(row, "retiring_until");

	if (strcmp(value, "active") != 0)
		return value;
	if (expires != TIME_NONE && expires - l->now <= SOON_MS)
		return "expiring";
	return retiring != TIME_NONE && retiring > l->now ? "in_grace" : value;
}

static void put_status(const struct look *l, struct buf *out, struct cell *c,
		       const struct json *row, const char *value)
{
	const struct status *s = status_find(status_shown(l, row, value));

	if (!s) {
		look_text(l, out, value);
		return;
	}
	c->tone = s->tone;
	buf_addf(out, "%s %s", l->ascii ? s->ascii : s->glyph, s->word);
}

static void put_exact(const struct look *l, struct buf *out, int64_t at)
{
	char text[DATETIME_SIZE];

	if (l->times == SHOW_UTC)
		datetime_rfc3339(text, at);
	else
		datetime_local(text, at, false);
	buf_add_text(out, text);
}

static void put_time(const struct look *l, struct buf *out, int64_t at, bool full)
{
	char text[DATETIME_SIZE];

	if (full || l->times != SHOW_RELATIVE)
		put_exact(l, out, at);
	if (!full && l->times != SHOW_RELATIVE)
		return;
	if (at <= l->now + SECOND_MS && at > l->now - SECOND_MS)
		snprintf(text, sizeof(text), "now");
	else
		datetime_relative(text, at, l->now, true);
	buf_addf(out, full ? " (%s)" : "%s", text);
}

static void put_scalar(const struct look *l, struct buf *out, const struct json *v)
{
	struct buf json = BUF_INIT(CELL_MAX);

	if (json_as_text(v)) {
		look_text(l, out, json_as_text(v));
		return;
	}
	json_write(&json, v);
	look_text(l, out, buf_text(&json));
	buf_release(&json);
}

static bool is_null(const struct json *v)
{
	return !v || json_type_of(v) == JSON_NULL_TYPE;
}

static bool is_empty(const struct json *v)
{
	const char *text = json_as_text(v);

	if (is_null(v))
		return true;
	if (json_type_of(v) == JSON_ARRAY_TYPE || json_type_of(v) == JSON_OBJECT_TYPE)
		return json_count(v) == 0;
	return text && !*text;
}

/* Elements and NAME=VALUE pairs, a blank between; a pair that says nothing is left out. */
static void put_list(const struct look *l, struct buf *out, const struct json *v)
{
	if (json_type_of(v) == JSON_OBJECT_TYPE) {
		for (const void *it = json_first(v); it; it = json_next(v, it)) {
			if (is_empty(json_value(it)))
				continue;
			buf_add_text(out, out->len ? " " : "");
			look_text(l, out, json_name(it));
			buf_add_char(out, '=');
			put_scalar(l, out, json_value(it));
		}
		return;
	}
	for (size_t i = 0; i < json_count(v); i++) {
		buf_add_text(out, i ? " " : "");
		put_scalar(l, out, json_at(v, i));
	}
}

static void put_duration(struct buf *out, int64_t seconds)
{
	char text[DATETIME_SIZE];

	duration_text(text, seconds * SECOND_MS);
	buf_add_text(out, text);
}

static void put_value(const struct look *l, struct buf *out, struct cell *cell,
		      const struct op_column *c, const struct json *row, bool full)
{
	const struct json *v = json_get(row, c->name);

	switch (c->type) {
	case COLUMN_STATUS:
		put_status(l, out, cell, row, json_as_text(v) ? json_as_text(v) : "");
		return;
	case COLUMN_TIME:
	case COLUMN_TIME_OR_NEVER:
		if (time_of(row, c->name) != TIME_NONE)
			put_time(l, out, time_of(row, c->name), full);
		else
			put_scalar(l, out, v);
		return;
	case COLUMN_DAY:
		buf_addf(out, "%.*s", DATE_LENGTH, json_as_text(v) ? json_as_text(v) : "");
		return;
	case COLUMN_DURATION:
		put_duration(out, json_get_int(row, c->name, 0));
		return;
	case COLUMN_FLAG:
		buf_add_text(out, json_get_bool(row, c->name) ? "yes" : "no");
		return;
	case COLUMN_LIST:
	case COLUMN_TEXT:
	case COLUMN_NUMBER:
		break;
	}
	if (json_type_of(v) == JSON_ARRAY_TYPE || json_type_of(v) == JSON_OBJECT_TYPE)
		put_list(l, out, v);
	else
		put_scalar(l, out, v);
}

struct cell cell_make(const struct look *l, const struct op_column *c, const struct json *row,
		      bool full)
{
	struct buf out = BUF_INIT(CELL_MAX);
	struct cell cell = { .tone = TONE_NORMAL };

	if (!is_null(json_get(row, c->name)))
		put_value(l, &out, &cell, c, row, full);
	else if (c->type == COLUMN_TIME_OR_NEVER)
		buf_add_text(&out, "never");
	buf_add_text(&out, "");
	cell.text = x_strdup(buf_text(&out));
	cell.width = (int)text_width(cell.text, strlen(cell.text));
	buf_release(&out);
	return cell;
}

void cell_release(struct cell *c)
{
	free(c->text);
	c->text = NULL;
}

bool cell_says_something(const struct op_column *c, const struct json *row)
{
	const struct json *v = json_get(row, c->name);

	if (is_null(v))
		return c->title && c->type == COLUMN_TIME_OR_NEVER;
	if (c->type == COLUMN_FLAG)
		return c->title || json_get_bool(row, c->name);
	return !is_empty(v);
}
