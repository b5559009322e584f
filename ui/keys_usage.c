/* The usage of one key as a page: calls over a range of time, who still uses which of its versions, and
 * why calls were denied. Bound to the key's id, and moving on while the service counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "ui/key_facts.h"
#include "ui/key_view.h"
#include "ui/keys.h"
#include "ui/scroll.h"
#include "ui/usage_draw.h"

enum {
	CHART_LINES = 7,
	CHART_ROOMY = 15,
	ROOMY_FROM = 30,
	REASONS_MOST = 12,
	FROM_X = 55,
	AGO = 7,
};

struct key_usage {
	struct dialog base;
	struct view *view;
	struct usage usage;
	char name[160];
	struct scroll scroll;
};

const struct json *key_usage_record(const struct key_usage *p)
{
	return json_at(usage_rows(&p->usage, USAGE_KEY), 0);
}

const char *key_usage_id(const struct key_usage *p)
{
	return p->usage.key;
}

void key_usage_changed(struct key_usage *p)
{
	usage_reload(&p->usage);
}

/* --- who uses which version ---------------------------------------------------------------- */
static const struct json *version_of(const struct json *key, int64_t number)
{
	const struct json *versions = json_get(key, "versions");

	for (size_t i = 0; i < json_count(versions); i++)
		if (json_get_int(json_at(versions, i), "version", -1) == number)
			return json_at(versions, i);
	return NULL;
}

/* The columns of the longest address that any version was used from. */
static int address_width(const struct json *rows)
{
	int width = 0;

	for (size_t i = 0; i < json_count(rows); i++) {
		const struct json *addresses = json_get(json_at(rows, i), "addresses");

		for (size_t n = 0; n < json_count(addresses); n++) {
			int len = (int)strlen(json_as_text(json_at(addresses, n)));

			width = len > width ? len : width;
		}
	}
	return width;
}

/* Each address it was used from, the latest first, with when that was. */
static int addresses_draw(const struct key_usage *p, const struct area *a, int y,
			  const struct json *row)
{
	const struct json *addresses = json_get(row, "addresses"), *at = json_get(row, "seen_at");
	int room = a->width - FROM_X - AGO - 1;
	int width = address_width(usage_rows(&p->usage, USAGE_VERSIONS));

	width = width > room ? room : width;
	for (size_t i = 0; i < json_count(addresses); i++) {
		const char *seen = json_as_text(json_at(at, i));
		struct err e = ERR_INIT;
		int64_t when_at;
		char when[48] = "";

		if (seen && !datetime_parse(&when_at, seen, &e))
			console_when_fit(p->base.console, when, sizeof(when), when_at, AGO);
		area_text_middle(a, FROM_X, y + (int)i, width, STYLE_NORMAL,
				 json_as_text(json_at(addresses, i)));
		area_text_right(a, FROM_X + width, y + (int)i, AGO, STYLE_SECONDARY, when);
	}
	return json_count(addresses) ? (int)json_count(addresses) : 1;
}

static int version_draw(const struct key_usage *p, const struct area *a, int y,
			const struct json *row)
{
	const struct console *c = p->base.console;
	const struct json *key = key_usage_record(p);
	const struct json *version = version_of(key, json_get_int(row, "version", 0));
	const char *state = record_text(version, "state", "?");
	char hint[64], used[48];

	area_textf(a, 1, y, 3, STYLE_NORMAL, "%lld", (long long)json_get_int(row, "version", 0));
	area_text(a, 4, y, 8, strcmp(state, "grace") == 0 ? STYLE_PROGRESS : STYLE_NORMAL, state);
	if (version) {
		key_hint(key, version, a->frame->utf8, hint, sizeof(hint));
		area_text(a, 13, y, 10, STYLE_NORMAL, hint);
	}
	usage_count_draw(a, 24, y, 10, json_get_int(row, "allowed", 0));
	usage_count_draw(a, 35, y, 8, json_get_int(row, "denied", 0));
	console_when(c, used, sizeof(used), record_time(row, "last_used_at"));
	area_text_right(a, 44, y, 9, STYLE_NORMAL, used);
	return addresses_draw(p, a, y, row);
}

static int versions_draw(const struct key_usage *p, const struct area *a, int y)
{
	const struct json *rows = usage_rows(&p->usage, USAGE_VERSIONS);
	char title[80];

	snprintf(title, sizeof(title), "who uses which version, last %s",
		 usage_rows_range(&p->usage, USAGE_VERSIONS)->name);
	area_rule(a, y++, title, NULL);
	area_text(a, 1, y++, -1, STYLE_SECONDARY,
		  "V  STATE    KEY           ALLOWED   DENIED LAST USED  FROM");
	for (size_t i = 0; i < json_count(rows); i++)
		y += version_draw(p, a, y, json_at(rows, i));
	return y;
}

/* --- drawing ------------------------------------------------------------------------------- */
static int page_body(const struct key_usage *p, const struct area *a)
{
	const struct json *key = key_usage_record(p);
	int chart = a->height >= ROOMY_FROM ? CHART_ROOMY : CHART_LINES, y = 0, lines;

	lines = key ? facts_now(p->base.console, a, 1, 1, key) : 0;
	if (lines) {
		area_rule(a, 0, "now", NULL);
		y = 1 + lines;
	}
	usage_chart_draw(&p->usage, a, y, chart);
	y = versions_draw(p, a, y + chart);
	return y + usage_codes_draw(&p->usage, a, y, REASONS_MOST);
}

static void page_draw(struct dialog *base, const struct area *body)
{
	struct key_usage *p = (struct key_usage *)base;
	struct area part = area_part(body, 0, 1, body->width, body->height - 1);
	const struct json *key = key_usage_record(p);
	int x;

	x = 1 + area_text(body, 1, 0, -1, STYLE_SECONDARY, "Keys › ");
	x += area_text(body, x, 0, 34, STYLE_TITLE, key ? record_text(key, "name", "?") : p->name);
	x += area_text(body, x, 0, -1, STYLE_SECONDARY, " › usage") + 3;
	if (key) {
		struct key_badge badge = key_badge(key, console_now(base->console));

		area_textf(body, x, 0, -1, badge.style, "%s %s", glyph(body->frame, badge.glyph),
			   badge.word);
	}
	part.skip = p->scroll.at;
	p->scroll.room = part.height;
	p->scroll.lines = page_body(p, &part);
	part.skip = 0;
	scroll_draw_more(&p->scroll, &part);
	area_cursor(body, 1, 0);
}

static bool page_input(struct dialog *base, const struct input *in)
{
	struct key_usage *p = (struct key_usage *)base;

	console_redraw(base->console);
	if (in->type == INPUT_PASTE) {
		keys_identify_text(p->view, in->text, in->len);
		return true;
	}
	if (scroll_input(&p->scroll, in))
		return in->type == INPUT_KEY;
	if (in->type != INPUT_KEY)
		return false;
	if (in->key == 'q') {
		dialog_close(base);
		return true;
	}
	return usage_range_key(&p->usage, in->key);
}

static void page_free(struct dialog *base)
{
	struct key_usage *p = (struct key_usage *)base;

	keys_state(p->view)->figures = NULL;
	usage_release(&p->usage);
	free(p);
}

static const struct action page_actions[] = {
	{ PRESS_ESC, "back", "back", NULL, NULL, GROUP_MOVE, ACTION_FOOTER, .run = NULL },
	{ 't', "range", "choose the range of time…", NULL, NULL, GROUP_OTHER, ACTION_FOOTER,
	  .run = NULL },
	{ '+', "longer", "a longer range", NULL, NULL, GROUP_OTHER, ACTION_FOOTER, .run = NULL },
	{ '-', "shorter", "a shorter range", NULL, NULL, GROUP_OTHER, ACTION_FOOTER, .run = NULL },
	{ 'F', "finish", "finish the rotation…", NULL, "key.rotate", GROUP_CHANGE, ACTION_FOOTER,
	  .disabled = keys_why_no_finish, .run = keys_finish },
	{ 'K', "keep old", "keep old: cancel rotation…", NULL, "key.rotate", GROUP_CHANGE,
	  ACTION_FOOTER, .disabled = keys_why_no_keep, .run = keys_keep },
	{ '?', "help", "this help", NULL, NULL, GROUP_OTHER, ACTION_FOOTER, .run = NULL },
	{ .label = NULL },
};

static const struct dialog_type page_type = {
	.name = "Usage of a key",
	.flags = DIALOG_PAGE,
	.actions = page_actions,
	.draw = page_draw,
	.input = page_input,
	.free = page_free,
};

void keys_usage_open(struct view *v, const char *id, const char *name)
{
	struct key_usage *p;

	if (keys_state(v)->figures)
		return;
	p = x_calloc(1, sizeof(*p));
	p->base.type = &page_type;
	p->view = v;
	snprintf(p->name, sizeof(p->name), "%s", name);
	keys_state(v)->figures = p;
	dialog_push(v->console, &p->base);
	usage_start(&p->usage, v->console, id);
}

void keys_usage(struct view *v)
{
	char id[40];

	snprintf(id, sizeof(id), "%s", keys_target(v, 0));
	keys_usage_open(v, id, record_text(keys_target_row(v, 0), "name", "key"));
}
