/* The full detail of one key, in place of the list: what is unfinished, versions, rules, calls,
 * history.
 * Bound to the key's id; the actions of the Keys screen are about this key while it is open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/key_facts.h"
#include "ui/key_view.h"
#include "ui/keys.h"
#include "ui/scroll.h"

enum { CHART_HEIGHT = 3, CHART_ROOMY = 8 };

struct key_page {
	struct dialog base;
	struct view *view;
	char id[40];
	struct json *record; /* of key.show; NULL: not there yet */
	struct work *work;
	struct err error;
	struct scroll scroll;
};

const struct json *key_page_record(const struct key_page *p)
{
	return p->record;
}

const char *key_page_id(const struct key_page *p)
{
	return p->id;
}

/* --- loading ------------------------------------------------------------------------------- */
static void page_loaded(void *arg, const struct work_result *r)
{
	struct key_page *p = arg;

	p->work = NULL;
	p->error = r->err;
	if (r->code == ERR_OK && json_count(r->rows)) {
		json_free(p->record);
		p->record = json_keep(json_at(r->rows, 0));
		p->error = (struct err)ERR_INIT;
	}
	console_redraw(p->base.console);
}

void key_page_changed(struct key_page *p)
{
	work_drop(p->work);
	p->work = console_work(p->view->console, &(struct work_order){
							 .op = op_find("key.show"),
							 .args = keys_show_args(p->id),
							 .lane = LANE_READ,
							 .arg = p,
							 .done = page_loaded,
						 });
}

/* --- drawing ------------------------------------------------------------------------------- */
static int history_draw(const struct key_page *p, const struct area *a, int y)
{
	const struct json *history = json_get(p->record, "history");
	char count[40];

	snprintf(count, sizeof(count), "%zu", json_count(history));
	area_rule(a, y++, "history", count);
	for (size_t i = 0; i < json_count(history); i++)
		facts_event(p->base.console, a, y++, json_at(history, i));
	return y;
}

static int page_body(const struct key_page *p, const struct area *a, int y)
{
	const struct console *c = p->base.console;
	char calls[80];
	int lines = facts_now(c, a, 1, y + 1, p->record);

	if (lines) {
		area_rule(a, y, "now", NULL);
		y += 1 + lines;
	}
	area_rule(a, y++, "versions", NULL);
	y += facts_versions(c, a, y, p->record, true);
	area_rule(a, y++, "rules", NULL);
	y += facts_rules_wide(c, a, y, p->record);
	if (json_count(json_get(p->record, "calls"))) {
		facts_calls(p->record, calls, sizeof(calls));
		area_rule(a, y++, "calls per hour, last 24 h", calls);
		y += facts_chart(c, a, y, a->height > 30 ? CHART_ROOMY : CHART_HEIGHT, p->record);
	}
	return history_draw(p, a, y);
}

static void page_draw(struct dialog *base, const struct area *body)
{
	struct key_page *p = (struct key_page *)base;
	struct area part = area_part(body, 0, 1, body->width, body->height - 1);
	int x;

	if (!p->record) {
		area_text(body, 1, 0, -1, STYLE_SECONDARY,
			  p->error.code ? p->error.message : "loading");
		return;
	}
	x = 1 + area_text(body, 1, 0, -1, STYLE_SECONDARY, "Keys › ");
	x += area_text(body, x, 0, 34, STYLE_TITLE, record_text(p->record, "name", "?")) + 3;
	area_textf(body, x, 0, -1, key_badge(p->record, console_now(base->console)).style, "%s %s",
		   glyph(body->frame, key_badge(p->record, console_now(base->console)).glyph),
		   key_badge(p->record, console_now(base->console)).word);
	if (body->width - x > 45)
		area_text_right(body, body->width - 32, 0, 31, STYLE_SECONDARY, p->id);
	p->scroll.room = part.height;
	p->scroll.lines = page_body(p, &part, -p->scroll.at) + p->scroll.at;
	scroll_draw_more(&p->scroll, &part);
	area_cursor(body, 1, 0);
}

/* --- keys ---------------------------------------------------------------------------------- */
static bool page_input(struct dialog *base, const struct input *in)
{
	struct key_page *p = (struct key_page *)base;

	if (in->type == INPUT_PASTE) {
		keys_identify_text(p->view, in->text, in->len);
		return true;
	}
	if (scroll_input(&p->scroll, in)) {
		console_redraw(base->console);
		return in->type == INPUT_KEY;
	}
	if (in->type != INPUT_KEY)
		return false;
	if (in->key == 'q') {
		dialog_close(base);
		return true;
	}
	return false;
}

static void page_free(struct dialog *base)
{
	struct key_page *p = (struct key_page *)base;

	keys_state(p->view)->page = NULL;
	work_drop(p->work);
	json_free(p->record);
	free(p);
}

static const struct action page_actions[] = {
	{ PRESS_ESC, "back", "back to the list", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .run = NULL },
	{ 'F', "finish", "finish the rotation…", NULL, "key.rotate", GROUP_CHANGE, ACTION_FOOTER,
	  .disabled = keys_why_no_finish, .run = keys_finish },
	{ 'K', "keep old", "keep old: cancel rotation…", NULL, "key.rotate", GROUP_CHANGE, 0,
	  .disabled = keys_why_no_keep, .run = keys_keep },
	{ 'm', "modify", "modify (edit)…", NULL, "key.edit", GROUP_CHANGE, ACTION_FOOTER,
	  .disabled = keys_why_no_modify, .run = keys_modify },
	{ 'R', "rotate", "rotate: a new secret…", NULL, "key.rotate", GROUP_CHANGE, ACTION_FOOTER,
	  .disabled = keys_why_no_rotate, .run = keys_rotate },
	{ 'D', "disable", "disable, or enable…", NULL, "key.disable", GROUP_CHANGE, ACTION_FOOTER,
	  .disabled = keys_why_no_disable, .label_now = keys_disable_label, .run = keys_disable },
	{ 'X', "revoke", "revoke, final…", NULL, "key.revoke", GROUP_CHANGE,
	  ACTION_FOOTER | ACTION_DANGER, .disabled = keys_why_no_revoke, .run = keys_revoke },
	{ PRESS_CTRL('U'), "undo", "undo a disable (10 s)", NULL, "key.enable", GROUP_CHANGE, 0,
	  .disabled = keys_why_no_undo, .run = keys_undo },
	{ 'p', "paste lines", "lines to paste: curl, nginx…", NULL, "key.snippet", GROUP_OTHER, 0,
	  .run = keys_snippet },
	{ 'y', "copy", "copy name, id, command", NULL, NULL, GROUP_OTHER, ACTION_FOOTER,
	  .run = keys_copy },
	{ '?', "help", "this help", NULL, NULL, GROUP_OTHER, ACTION_FOOTER, .run = NULL },
	{ 'o', "usage", "who uses it, and how much", NULL, "key.usage", GROUP_OTHER, ACTION_FOOTER,
	  .run = keys_usage },
	{ .label = NULL },
};

static const struct dialog_type page_type = {
	.name = "Key",
	.flags = DIALOG_PAGE,
	.actions = page_actions,
	.draw = page_draw,
	.input = page_input,
	.free = page_free,
};

static void page_open(struct view *v, const char *id)
{
	struct key_page *p = x_calloc(1, sizeof(*p));

	p->base.type = &page_type;
	p->view = v;
	snprintf(p->id, sizeof(p->id), "%s", id);
	if (v->detail && strcmp(record_text(v->detail, "id", ""), p->id) == 0)
		p->record = json_keep(v->detail);
	keys_state(v)->page = p;
	dialog_push(v->console, &p->base);
	key_page_changed(p);
}

void keys_open(struct view *v)
{
	const struct json *row = list_row(v->list);

	if (row && !keys_state(v)->page)
		page_open(v, record_text(row, "id", ""));
}

void keys_open_elsewhere(struct console *c, const char *id, bool usage)
{
	struct view *v;

	if (!console_go(c, "keys"))
		return;
	v = console_view(c, "keys");
	list_filter_set(v->list, "");
	list_select(v->list, id);
	page_open(v, id);
	if (usage)
		keys_usage_open(v, id, "");
}
