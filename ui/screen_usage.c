/* The Usage screen: what the service let through and refused, which keys call most, and why calls were
 * denied. */
#include <stdio.h>
#include <string.h>

#include "ui/chart.h"
#include "ui/keys.h"
#include "ui/record.h"
#include "ui/usage.h"
#include "ui/usage_draw.h"

enum {
	BESIDE_FROM = 120, /* columns from which denials stand beside the keys */
	REASONS_LEAST = 46,
	REASONS_MOST = 90,
	REASONS_LINES = 6, /* with their rule, below the keys */
	KEYS_LEAST = 6,
};

struct usage_state {
	struct usage usage;
	struct usage ever; /* the longest range, asked for while nothing is in the chosen one */
};

static struct usage_state *usage_state(struct view *v)
{
	return v->state;
}

struct usage *usage_of(struct view *v)
{
	return &usage_state(v)->usage;
}

/* --- columns ------------------------------------------------------------------------------- */
static void allowed_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	usage_count_draw(cell, 0, 0, cell->width, json_get_int(row, "allowed", 0));
}

static void denied_cell(struct view *v, const struct json *row, const struct area *cell)
{
	(void)v;
	usage_count_draw(cell, 0, 0, cell->width, json_get_int(row, "denied", 0));
}

static void used_cell(struct view *v, const struct json *row, const struct area *cell)
{
	char when[48];

	console_when_fit(v->console, when, sizeof(when), record_time(row, "last_used_at"),
			 cell->width);
	area_text_right(cell, 0, 0, -1, STYLE_NORMAL, when);
}

static int64_t row_calls(const struct json *row)
{
	return json_get_int(row, "allowed", 0) + json_get_int(row, "denied", 0);
}

/* Against the key that calls most. */
static void share_cell(struct view *v, const struct json *row, const struct area *cell)
{
	bar_draw(cell, 0, 0, cell->width, row_calls(row), row_calls(list_at(v->list, 0)),
		 STYLE_NORMAL);
}

static const struct list_column usage_columns[] = {
	{ .title = "KEY", .width = 16, .max_width = 24, .flags = LIST_FLEX, .member = "name" },
	{ .title = "OWNER", .width = 9, .drop = 2, .member = "owner" },
	{ .title = "ALLOWED", .width = 11, .flags = LIST_RIGHT, .draw = allowed_cell },
	{ .title = "DENIED", .width = 9, .flags = LIST_RIGHT, .draw = denied_cell },
	{ .title = "USED", .width = 5, .flags = LIST_RIGHT, .draw = used_cell },
	{ .title = "CALLS",
	  .width = 10,
	  .max_width = 60,
	  .drop = 1,
	  .flags = LIST_FLEX | LIST_UNREVERSED,
	  .draw = share_cell },
	{ .title = NULL },
};

static const struct list_sort usage_sorts[] = {
	{ "calls", "most called first", false },
	{ .label = NULL },
};

static void usage_page(struct view *v, struct op_args *args, const struct list_query *q)
{
	struct err e = ERR_INIT;

	(void)q;
	op_args_add(args, "by", "key", &e);
	op_args_add(args, "since", usage_ranges[usage_state(v)->usage.range].since, &e);
}

/* --- nothing there ------------------------------------------------------------------------- */
static bool nothing_in_range(struct view *v)
{
	const struct json *rows = usage_rows(&usage_state(v)->usage, USAGE_TIMES);

	return rows ? !json_count(rows) : !app_store_exists(console_app(v->console));
}

static int way_draw(const struct area *a, int y, const char *key, const char *text)
{
	area_text(a, 5, y, -1, STYLE_TITLE, key);
	return y + area_wrap(a, 8, y, a->width - 10, STYLE_NORMAL, text);
}

static void nothing_draw(struct view *v, const struct area *a)
{
	const struct usage *u = &usage_state(v)->usage;
	bool ever = json_count(usage_rows(&usage_state(v)->ever, USAGE_TIMES)) > 0;
	int y = 4;

	if (ever)
		area_textf(a, 3, 2, -1, STYLE_TITLE, "No calls in the last %s.",
			   usage_rows_range(u, USAGE_TIMES)->name);
	else
		area_text(a, 3, 2, -1, STYLE_TITLE, "No calls counted yet.");
	y += 1 +
	     area_wrap(a, 3, y, a->width - 6, STYLE_NORMAL,
		       "The service answers whether a key is good, and counts what it answers: by "
		       "key and version, hour and reason, and from where a key was used last. Run "
		       "it beside your API:");
	area_text(a, 8, y, -1, STYLE_NORMAL, "authrack serve --listen 127.0.0.1:8420");
	y += 2;
	if (ever)
		y = way_draw(a, y, "t", "look further back");
	way_draw(a, y, "1", "the keys; o there tells who uses one");
}

/* --- drawing ------------------------------------------------------------------------------- */
static int chart_height(const struct area *a)
{
	return a->height < 24 ? 7 : a->height < 34 ? 9 : a->height * 2 / 5;
}

static void keys_draw(struct view *v, const struct area *a)
{
	struct area list = area_part(a, 0, 1, a->width, a->height - 1);
	char count[NUMBER_SIZE];
	int64_t known = list_count(v->list);

	number_grouped(count, known);
	area_rule(a, 0, "most called keys", known >= 0 ? count : NULL);
	view_draw_list(v, &list);
}

static void beside_draw(struct view *v, const struct area *a)
{
	int width = a->width * 2 / 5;
	struct area keys, reasons;

	width = width < REASONS_LEAST ? REASONS_LEAST : width > REASONS_MOST ? REASONS_MOST : width;
	keys = area_part(a, 0, 0, a->width - width - 2, a->height);
	reasons = area_part(a, a->width - width, 0, width, a->height);
	keys_draw(v, &keys);
	for (int y = 1; y < a->height; y++)
		area_text(a, keys.width + 1, y, 1, STYLE_SECONDARY, glyph(a->frame, GLYPH_VLINE));
	usage_codes_draw(&usage_state(v)->usage, &reasons, 0, a->height);
}

static void below_draw(struct view *v, const struct area *a)
{
	const struct usage *u = &usage_state(v)->usage;
	int lines = usage_codes_height(u), most = a->height - KEYS_LEAST;
	struct area keys;

	most = a->height < 2 * REASONS_LINES + 2 && most > REASONS_LINES ? REASONS_LINES : most;
	lines = lines > most ? most : lines;
	keys = area_part(a, 0, 0, a->width, a->height - lines);
	keys_draw(v, &keys);
	usage_codes_draw(u, a, a->height - lines, lines);
}

static void usage_draw(struct view *v, const struct area *a)
{
	int height = chart_height(a);
	struct area rest = area_part(a, 0, height, a->width, a->height - height);

	if (nothing_in_range(v)) {
		nothing_draw(v, a);
		return;
	}
	usage_chart_draw(&usage_state(v)->usage, a, 0, height);
	if (a->width >= BESIDE_FROM)
		beside_draw(v, &rest);
	else
		below_draw(v, &rest);
}

static void usage_context(struct view *v, const struct area *line)
{
	const struct usage *u = &usage_state(v)->usage;
	int64_t count = list_count(v->list);
	char number[NUMBER_SIZE];

	if (!usage_rows(u, USAGE_TIMES))
		return;
	number_grouped(number, count);
	if (nothing_in_range(v) || count < 0)
		area_textf(line, 0, 0, -1, STYLE_NORMAL, "last %s", usage_ranges[u->range].name);
	else
		area_textf(line, 0, 0, -1, STYLE_NORMAL, "%s key%s%s called in the last %s", number,
			   count == 1 ? "" : "s", count < LIST_WHOLE_MAX ? "" : " or more",
			   usage_ranges[u->range].name);
}

/* --- actions ------------------------------------------------------------------------------- */
static void usage_open_key(struct view *v)
{
	char id[40];

	snprintf(id, sizeof(id), "%s", record_text(list_row(v->list), "id", ""));
	keys_open_elsewhere(v->console, id, false);
}

static void usage_open_figures(struct view *v)
{
	char id[40];

	snprintf(id, sizeof(id), "%s", record_text(list_row(v->list), "id", ""));
	keys_open_elsewhere(v->console, id, true);
}

static void usage_range(struct view *v)
{
	usage_range_menu(&usage_state(v)->usage);
}

static void usage_longer(struct view *v)
{
	usage_range_step(&usage_state(v)->usage, 1);
}

static void usage_shorter(struct view *v)
{
	usage_range_step(&usage_state(v)->usage, -1);
}

static const char *usage_why_no_export(struct view *v)
{
	return !usage_rows(&usage_state(v)->usage, USAGE_TIMES) || nothing_in_range(v)
		       ? "no calls are shown"
		       : NULL;
}

/* --- coming and going ---------------------------------------------------------------------- */
static void usage_ranged(void *arg)
{
	struct view *v = arg;
	const char *id = list_id(v->list);

	list_select(v->list, id ? id : ""); /* what is on its way is for the old one */
}

/* Were there calls before? Only who sees none wants to know. */
static void usage_came(void *arg, enum usage_part part)
{
	struct view *v = arg;
	struct usage_state *s = usage_state(v);

	if (part != USAGE_TIMES || !nothing_in_range(v) || usage_started(&s->ever))
		return;
	s->ever.range = USAGE_RANGES - 1;
	s->ever.times_only = true;
	usage_start(&s->ever, v->console, "");
}

static void usage_open_view(struct view *v)
{
	struct usage_state *s = usage_state(v);

	s->usage.ranged = usage_ranged;
	s->usage.came = usage_came;
	s->usage.arg = v;
	usage_start(&s->usage, v->console, "");
}

static void usage_changed(struct view *v)
{
	struct usage_state *s = usage_state(v);

	usage_reload(&s->usage);
	if (nothing_in_range(v) && usage_started(&s->ever))
		usage_reload(&s->ever);
}

static void usage_close(struct view *v)
{
	usage_release(&usage_state(v)->usage);
	usage_release(&usage_state(v)->ever);
}

static const struct action usage_actions[] = {
	{ PRESS_ENTER, "open key", "open the key", "Open the key", "key.show", GROUP_MOVE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW, .run = usage_open_key },
	{ 'o', "usage", "who uses the key, by version", "Usage of the key", "key.usage", GROUP_MOVE,
	  ACTION_FOOTER | ACTION_NEEDS_ROW, .run = usage_open_figures },
	{ 't', "range", "choose the range of time…", "Change the range of time…", NULL, GROUP_OTHER,
	  ACTION_FOOTER, .run = usage_range },
	{ '+', "longer", "a longer range", NULL, NULL, GROUP_OTHER, ACTION_FOOTER,
	  .run = usage_longer },
	{ '-', "shorter", "a shorter range", NULL, NULL, GROUP_OTHER, ACTION_FOOTER,
	  .run = usage_shorter },
	{ 'e', "export", "export CSV, JSON Lines…", "Export the usage figures…", "key.usage",
	  GROUP_OTHER, ACTION_FOOTER, .disabled = usage_why_no_export, .run = usage_export_open },
	{ .label = NULL },
};

static const struct list_type usage_list = {
	.columns = usage_columns,
	.sorts = usage_sorts,
	.noun = "key",
	.plural = "keys",
	.op = "key.usage",
	.whole = true,
	.slow = true,
	.page = usage_page,
};

const struct screen screen_usage = {
	.id = "usage",
	.title = "Usage",
	.digit = '8',
	.help = "calls allowed and denied, top keys, denials by reason",
	.state_size = sizeof(struct usage_state),
	.actions = usage_actions,
	.list = &usage_list,
	.open = usage_open_view,
	.close = usage_close,
	.context = usage_context,
	.draw = usage_draw,
	.changed = usage_changed,
};
