/* Which keys an action of the Keys screen is about, and the forms and texts made for them. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "ui/chart.h"
#include "ui/key_view.h"
#include "ui/keys.h"

enum { HEAD_LIST = 4 };

/* The key that an open page is about; NULL: the list's cursor and marks say it. */
static const char *bound_id(const struct keys_state *s)
{
	return s->page ? key_page_id(s->page) : s->figures ? key_usage_id(s->figures) : NULL;
}

static const struct json *bound_record(const struct keys_state *s)
{
	return s->page ? key_page_record(s->page) : key_usage_record(s->figures);
}

size_t keys_targets(struct view *v)
{
	return bound_id(keys_state(v)) ? 1 : list_targets(v->list);
}

const char *keys_target(struct view *v, size_t n)
{
	const char *id = bound_id(keys_state(v));

	if (id)
		return n ? NULL : id;
	return list_target(v->list, n);
}

const struct json *keys_target_row(struct view *v, size_t n)
{
	if (bound_id(keys_state(v)))
		return bound_record(keys_state(v));
	return list_target_row(v->list, n);
}

const struct json *keys_record(struct view *v)
{
	const struct json *row;

	if (bound_id(keys_state(v)))
		return bound_record(keys_state(v));
	row = list_row(v->list);
	if (v->detail && row &&
	    strcmp(record_text(v->detail, "id", ""), record_text(row, "id", "-")) == 0)
		return v->detail;
	return row;
}

struct form *keys_form(struct view *v, const char *op, const struct form_place *places)
{
	struct form *f = form_new(op_find(op), places, console_now(v->console));
	size_t count = keys_targets(v);
	char expect[24];

	for (size_t i = 0; i < count; i++)
		form_fix(f, "key", keys_target(v, i));
	snprintf(expect, sizeof(expect), "%zu", count);
	if (count > 1)
		form_fix(f, "expect", expect);
	return f;
}

void keys_subject(struct view *v, char *out, size_t size)
{
	size_t count = keys_targets(v);

	if (count > 1)
		snprintf(out, size, "%zu keys", count);
	else
		snprintf(out, size, "%s", record_text(keys_target_row(v, 0), "name", "key"));
}

const char *keys_altered(struct view *v)
{
	return keys_targets(v) == 1 && key_is(keys_target_row(v, 0), "altered")
		       ? "it was altered outside authrack: it can only be revoked"
		       : NULL;
}

static void head_now(struct form_dialog *d, const struct json *row)
{
	const struct json *recent = json_get(json_get(row, "usage"), "recent");
	char text[160];

	if (record_time(row, "last_used_at") == TIME_NONE) {
		form_dialog_head(d, STYLE_NORMAL, "used now", "never used");
		return;
	}
	if (!recent)
		return;
	key_recent_text(recent, json_get_text(row, "last_used_from"), text, sizeof(text));
	form_dialog_head(d, STYLE_NORMAL, "used now", "%s", text);
}

static void head_day(struct form_dialog *d, const struct json *row)
{
	const struct json *usage = json_get(row, "usage");
	char ok[NUMBER_SIZE], denied[NUMBER_SIZE], used[DATETIME_SIZE] = "";
	int64_t last = record_time(row, "last_used_at");

	if (last != TIME_NONE)
		datetime_relative(used, last, console_now(d->view->console), true);
	if (usage) {
		number_grouped(ok, json_get_int(usage, "allowed_24h", 0));
		number_grouped(denied, json_get_int(usage, "denied_24h", 0));
		form_dialog_head(d, STYLE_NORMAL, "24 h", "%s ok   %s denied%s%s", ok, denied,
				 used[0] ? "   last used " : "", used);
	} else if (used[0]) {
		form_dialog_head(d, STYLE_NORMAL, "last used", "%s from %s", used,
				 record_text(row, "last_used_from", "an unknown address"));
	}
}

void keys_head_used(struct form_dialog *d)
{
	if (!d->row) {
		keys_head_list(d);
		return;
	}
	head_now(d, d->row);
	head_day(d, d->row);
}

/* Calls, let through or not, of the hour that runs and of the one before; -1 where they are not known. */
static int64_t calls_lately(const struct json *row)
{
	const struct json *calls = json_get(row, "calls");
	size_t hours = json_count(calls);

	if (!hours)
		return -1;
	return json_as_int(json_at(calls, hours - 1)) +
	       (hours > 1 ? json_as_int(json_at(calls, hours - 2)) : 0);
}

/* The sum over all that are meant; nothing where one of them is not at hand. */
static void head_sum(struct form_dialog *d)
{
	struct view *v = d->view;
	size_t count = keys_targets(v), used = 0;
	int64_t hour = console_now(v->console) / HOUR_MS * HOUR_MS, sum = 0;
	char number[NUMBER_SIZE], since[DATETIME_SIZE];

	for (size_t i = 0; i < count; i++) {
		int64_t calls = calls_lately(keys_target_row(v, i));

		if (calls < 0)
			return;
		sum += calls;
		used += calls > 0;
	}
	number_grouped(number, sum);
	datetime_local(since, hour - HOUR_MS, false);
	form_dialog_head(d, STYLE_NORMAL, "used now", "%zu of them in use: %s calls since %.5s",
			 used, number, since + DATE_WIDTH);
}

void keys_head_list(struct form_dialog *d)
{
	struct view *v = d->view;
	size_t count = keys_targets(v);
	int64_t now = console_now(v->console);

	for (size_t i = 0; i < count && i < HEAD_LIST; i++) {
		const struct json *row = keys_target_row(v, i);
		char used[DATETIME_SIZE] = "never";

		if (record_time(row, "last_used_at") != TIME_NONE)
			datetime_relative(used, record_time(row, "last_used_at"), now, true);
		form_dialog_head(d, STYLE_NORMAL, i ? " " : "keys", "%s   %s   owner %s   used %s",
				 record_text(row, "name", keys_target(v, i)),
				 row ? key_badge(row, now).word : "",
				 record_text(row, "owner", "-"), used);
	}
	if (count > HEAD_LIST)
		form_dialog_head(d, STYLE_SECONDARY, " ", "and %zu more", count - HEAD_LIST);
	head_sum(d);
	if (list_marked_hidden(v->list))
		form_dialog_head(d, STYLE_WARNING, " ", "%zu of them hidden by the filter",
				 list_marked_hidden(v->list));
}

struct op_args *keys_show_args(const char *id)
{
	struct op_args *args = op_args_new(op_find("key.show"));
	struct err e = ERR_INIT;

	op_args_add(args, "key", id, &e);
	op_args_add(args, "history", "true", &e);
	op_args_add(args, "calls", "24", &e);
	return args;
}

void keys_dialog_load(struct form_dialog *d, const char *id)
{
	form_dialog_load(d, op_find("key.show"), keys_show_args(id));
}

void keys_dialog(struct view *v, struct form_dialog *d)
{
	d->view = v;
	if (keys_targets(v) == 1)
		d->row = json_keep(keys_record(v));
	form_dialog_open(v->console, d);
	if (keys_targets(v) == 1)
		keys_dialog_load(d, keys_target(v, 0));
}

void keys_changed(struct view *v, const char *id)
{
	list_reload(v->list);
	if (id && !keys_state(v)->page)
		list_select(v->list, id);
	keys_count_again(v);
}
