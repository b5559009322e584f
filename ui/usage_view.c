/* Usage figures of a range: its operations, and what they told as columns of time. */
#include "ui/usage_view.h"

#include <stdio.h>
#include <string.h>

#include "src/app/op.h"
#include "src/base/clock.h"
#include "ui/input.h"
#include "ui/keys.h"
#include "ui/menu.h"
#include "ui/record.h"

const struct usage_range usage_ranges[USAGE_RANGES] = {
	{ "24 hours", "23h", "hour", HOUR_MS, 24, { 1 }, false },
	{ "7 days", "167h", "hour", HOUR_MS, 168, { 1, 3, 6 }, false },
	{ "31 days", "30d", "day", DAY_MS, 31, { 1 }, false },
	{ "57 weeks", "398d", "day", DAY_MS, 399, { 3, 7 }, true },
};

/* --- loading ------------------------------------------------------------------------------- */
static void load_start(struct usage_load *l);

static void load_done(void *arg, const struct work_result *r)
{
	struct usage_load *l = arg;

	l->work = NULL;
	l->usage->error = r->err;
	if (r->code == ERR_OK || json_count(r->rows)) {
		json_free(l->rows);
		l->rows = json_keep(r->rows);
		l->range = l->usage->range;
	}
	console_redraw(l->usage->console);
	if (l->again)
		load_start(l);
	if (l->usage->came)
		l->usage->came(l->usage->arg, l->part);
}

static struct op_args *load_args(const struct usage_load *l, const struct op *op)
{
	const struct usage_range *range = &usage_ranges[l->usage->range];
	const char *by = l->part == USAGE_TIMES	  ? range->by
			 : l->part == USAGE_CODES ? "code"
						  : "version";
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	if (*l->usage->key)
		op_args_add(args, "key", l->usage->key, &e);
	op_args_add(args, "by", by, &e);
	op_args_add(args, "since", range->since, &e);
	return args;
}

static void load_start(struct usage_load *l)
{
	bool show = l->part == USAGE_KEY;
	const struct op *op = op_find(show ? "key.show" : "key.usage");

	l->again = false;
	l->work = console_work(
		l->usage->console,
		&(struct work_order){
			.op = op,
			.args = show ? keys_show_args(l->usage->key) : load_args(l, op),
			.lane = LANE_READ,
			.arg = l,
			.done = load_done,
		});
}

static size_t parts(const struct usage *u)
{
	return u->times_only ? USAGE_CODES : *u->key ? USAGE_PARTS : USAGE_VERSIONS;
}

void usage_reload(struct usage *u)
{
	for (size_t i = 0; i < parts(u); i++) {
		if (u->loads[i].work)
			u->loads[i].again = true;
		else
			load_start(&u->loads[i]);
	}
}

void usage_start(struct usage *u, struct console *c, const char *key)
{
	u->console = c;
	snprintf(u->key, sizeof(u->key), "%s", key);
	for (int i = 0; i < USAGE_PARTS; i++)
		u->loads[i] = (struct usage_load){ .usage = u, .part = (enum usage_part)i };
	usage_reload(u);
}

bool usage_started(const struct usage *u)
{
	return u->console != NULL;
}

void usage_release(struct usage *u)
{
	for (int i = 0; i < USAGE_PARTS; i++) {
		work_drop(u->loads[i].work);
		json_free(u->loads[i].rows);
	}
}

const struct json *usage_rows(const struct usage *u, enum usage_part part)
{
	return u->loads[part].rows;
}

const struct usage_range *usage_rows_range(const struct usage *u, enum usage_part part)
{
	return &usage_ranges[u->loads[part].rows ? u->loads[part].range : u->range];
}

/* --- the range ----------------------------------------------------------------------------- */
static void range_set(struct usage *u, size_t range)
{
	if (range == u->range)
		return;
	u->range = range;
	for (int i = 0; i < USAGE_PARTS; i++) {
		work_drop(u->loads[i].work);
		u->loads[i].work = NULL;
	}
	usage_reload(u);
	if (u->ranged)
		u->ranged(u->arg);
}

static void range_chosen(void *arg, size_t line)
{
	range_set(arg, line);
}

void usage_range_menu(struct usage *u)
{
	static const char *const by[USAGE_RANGES] = { "by hour", "by hour", "by day", "by week" };
	struct menu_line lines[USAGE_RANGES + 1] = { { .label = NULL } };

	for (size_t i = 0; i < USAGE_RANGES; i++)
		lines[i] = (struct menu_line){ usage_ranges[i].name, by[i] };
	menu_open(u->console, "The last", lines, u->range, range_chosen, u);
}

void usage_range_step(struct usage *u, int by)
{
	size_t to = u->range + (size_t)by;

	if (to < USAGE_RANGES)
		range_set(u, to);
	else
		console_say(u->console, STYLE_NORMAL, "%s is the %s range",
			    usage_ranges[u->range].name, by < 0 ? "shortest" : "longest");
}

bool usage_range_key(struct usage *u, int32_t key)
{
	if (key == 't')
		usage_range_menu(u);
	else if (key == '+' || key == '-')
		usage_range_step(u, key == '+' ? 1 : -1);
	else
		return false;
	return true;
}

/* --- columns of time ----------------------------------------------------------------------- */
static size_t joined_units(const struct usage_range *range, size_t room)
{
	size_t best = 0;

	while (range->joined[best + 1] && range->units / range->joined[best] > room)
		best++;
	return range->joined[best];
}

static void series_add(struct usage_series *s, size_t column, const struct json *row)
{
	int64_t allowed = json_get_int(row, "allowed", 0), denied = json_get_int(row, "denied", 0);

	s->allowed[column] += allowed;
	s->denied[column] += denied;
	s->allowed_total += allowed;
	s->denied_total += denied;
}

void usage_series(const struct usage *u, int64_t now, size_t room, struct usage_series *s)
{
	const struct usage_range *range = usage_rows_range(u, USAGE_TIMES);
	const struct json *rows = usage_rows(u, USAGE_TIMES);
	int64_t first = now / range->unit - (int64_t)range->units + 1;

	memset(s, 0, sizeof(*s));
	s->joined = joined_units(range, room);
	s->count = range->units / s->joined;
	for (size_t i = 0; i < s->count; i++)
		s->begin[i] = (first + (int64_t)(i * s->joined)) * range->unit;
	for (size_t i = 0; i < json_count(rows); i++) {
		const struct json *row = json_at(rows, i);
		int64_t unit = record_time(row, range->by) / range->unit - first;

		if (unit >= 0 && unit < (int64_t)range->units)
			series_add(s, (size_t)unit / s->joined, row);
	}
}
