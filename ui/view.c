/* The current screen: its list, and the detail pane that follows the cursor without ever holding it up:
 * the pane shows at once what the row has, and loads the rest when the cursor rests. */
#include "ui/shell.h"

#include "src/base/alloc.h"

enum {
	PANE_RIGHT_FROM = 120, /* columns from which the pane stands at the right */
	PANE_WIDTH = 46,
	PANE_HEIGHT = 7,
	PANE_HEIGHT_TALL = 13,
	TALL_FROM = 40,
	PANE_FROM = 17,
};

struct view *view_now(struct console *c)
{
	return &c->views[c->current];
}

/* --- detail ------------------------------------------------------------------------------------- */

static void detail_set(struct view *v, const struct json *record)
{
	json_free((struct json *)(uintptr_t)v->detail);
	v->detail = record ? json_keep(record) : NULL;
}

static void detail_load(struct view_run *run);

static void detail_done(void *arg, const struct work_result *r)
{
	struct view_run *run = arg;

	run->work = NULL;
	if (!r->code && json_count(r->rows))
		detail_set(run->view, json_at(r->rows, 0));
	console_redraw(run->console);
	if (run->again)
		detail_load(run);
}

static void detail_load(struct view_run *run)
{
	struct view *v = run->view;
	const struct json *row = list_row(v->list);
	struct work_order o = { .lane = LANE_READ, .arg = run, .done = detail_done };

	run->again = false;
	if (!row)
		return;
	o.args = v->screen->detail_load(v, row, &o.op);
	if (o.args)
		run->work = console_work(run->console, &o);
}

static void detail_due(void *arg)
{
	struct view_run *run = arg;

	run->timer = NULL;
	detail_load(run);
}

static void detail_drop(struct view_run *run)
{
	loop_cancel(run->console->loop, run->timer);
	run->timer = NULL;
	work_drop(run->work);
	run->work = NULL;
	run->again = false;
	detail_set(run->view, NULL);
	run->view->detail_scroll = 0;
}

/* Called before each drawing. */
static void detail_follow(struct view_run *run)
{
	struct view *v = run->view;
	const char *id = list_id(v->list);

	if (!strcmp(run->detail_id, id ? id : ""))
		return;
	detail_drop(run);
	snprintf(run->detail_id, sizeof(run->detail_id), "%s", id ? id : "");
	if (id && v->screen->detail_load)
		run->timer = loop_after(run->console->loop, run->console->detail_delay, detail_due,
					run);
}

static void detail_reload(struct view_run *run)
{
	if (!run->view->screen->detail_load || run->timer)
		return;
	if (run->work)
		run->again = true;
	else
		detail_load(run);
}

/* --- layout --------------------------------------------------------------------------------------- */

static void draw_separator(const struct area *body, int x)
{
	for (int y = 0; y < body->height; y++)
		area_text(body, x, y, 1, STYLE_SECONDARY, glyph(body->frame, GLYPH_VLINE));
}

/* Divides the body between list and pane; the pane's width is 0 where there is no room. */
static void split(struct console *c, const struct view *v, const struct area *body)
{
	int pane = PANE_WIDTH;

	c->list_area = *body;
	c->detail_area = area_part(body, 0, 0, 0, 0);
	if (!v->screen->detail || (!list_row(v->list) && !list_loading(v->list)))
		return;
	if (body->width >= PANE_RIGHT_FROM) {
		c->list_area = area_part(body, 0, 0, body->width - pane - 2, body->height);
		c->detail_area = area_part(body, body->width - pane, 0, pane, body->height);
		draw_separator(body, body->width - pane - 1);
	} else if (body->height >= PANE_FROM) {
		pane = c->frame.height >= TALL_FROM ? PANE_HEIGHT_TALL : PANE_HEIGHT;
		c->list_area = area_part(body, 0, 0, body->width, body->height - pane);
		c->detail_area = area_part(body, 0, body->height - pane, body->width, pane);
	}
}

static void draw_marked_line(struct view *v, size_t n, const struct area *pane, int y)
{
	const struct json *row = list_target_row(v->list, n);
	struct area line = area_part(pane, 3, y, pane->width - 3, 1);

	if (row && v->screen->list->marked)
		v->screen->list->marked(v, row, &line);
	else
		area_text(&line, 0, 0, -1, STYLE_NORMAL,
			  row ? list_name_of(v->screen->list, row) : list_target(v->list, n));
}

/* With marks the pane says what the next capital letter will act on. */
static void draw_marked(struct view *v, const struct area *pane)
{
	size_t count = list_marked(v->list), hidden = list_marked_hidden(v->list);
	char title[80];
	int room = pane->height - 3, y = 1;

	if (hidden)
		snprintf(title, sizeof(title), "%zu marked (%zu hidden by the filter)", count,
			 hidden);
	else
		snprintf(title, sizeof(title), "%zu marked", count);
	area_rule(pane, 0, title, NULL);
	for (size_t i = 0; i < count && y <= room; i++, y++) {
		if (y == room && count - i > 1) {
			area_textf(pane, 3, y, -1, STYLE_SECONDARY, "and %zu more", count - i);
			continue;
		}
		draw_marked_line(v, i, pane, y);
	}
	area_text(pane, 1, y + 1, -1, STYLE_SECONDARY,
		  "Capitals and e act on all of these; Enter and y stay on the cursor row.");
}

static void draw_detail(struct console *c, struct view *v, const struct json *row)
{
	struct area part = c->detail_area;
	int lines;

	part.skip = v->detail_scroll;
	lines = v->screen->detail(v, row, &part);
	v->detail_most = lines > part.height ? lines - part.height : 0;
	if (v->detail_focused && v->detail_scroll < v->detail_most)
		area_text_right(&c->detail_area, part.width - 14, part.height - 1, 13,
				STYLE_SECONDARY, "   more: PgDn");
}

static void draw_pane(struct console *c, struct view *v)
{
	const struct json *row = list_row(v->list);

	if (!c->detail_area.width || !row)
		return;
	if (list_marked(v->list)) {
		draw_marked(v, &c->detail_area);
		return;
	}
	draw_detail(c, v, row);
	if (v->detail_scroll > v->detail_most) { /* it became shorter, or the pane higher */
		v->detail_scroll = v->detail_most;
		area_fill(&c->detail_area, ' ', STYLE_NORMAL);
		draw_detail(c, v, row);
	}
}

void view_draw_list(struct view *v, const struct area *area)
{
	struct console *c = v->console;

	c->list_area = *area;
	c->detail_area = area_part(area, 0, 0, 0, 0);
	list_draw(v->list, area, !c->top);
}

void view_draw(struct console *c, const struct area *body, bool focused)
{
	struct view *v = view_now(c);

	if (v->screen->draw) {
		v->screen->draw(v, body);
		return;
	}
	if (!v->list)
		return;
	detail_follow(&c->runs[c->current]);
	split(c, v, body);
	list_draw(v->list, &c->list_area, focused && !v->detail_focused);
	draw_pane(c, v);
}

/* --- coming and going -------------------------------------------------------------------------------- */

void view_enter(struct console *c, size_t index)
{
	struct view_run *run = &c->runs[index];
	struct view *v = &c->views[index], *before = view_now(c);

	if (c->current != index && c->runs[c->current].opened && before->screen->leave)
		before->screen->leave(before);
	c->current = index;
	if (!run->opened) {
		run->opened = true;
		*run = (struct view_run){ .console = c, .view = v, .opened = true };
		*v = (struct view){ .screen = c->screens[index], .console = c };
		v->state = x_calloc(1, v->screen->state_size + 1);
		if (v->screen->list)
			v->list = list_new(v->screen->list, v);
		if (v->screen->open)
			v->screen->open(v);
		if (v->list)
			list_reload(v->list);
	} else if (run->stale) {
		view_changed(c);
	}
	run->stale = false;
	console_redraw(c);
}

void view_changed(struct console *c)
{
	struct view *v = view_now(c);

	for (size_t i = 0; i < c->view_count; i++)
		c->runs[i].stale = i != c->current;
	if (v->list) {
		list_reload(v->list);
		detail_reload(&c->runs[c->current]);
	}
	if (v->screen->changed)
		v->screen->changed(v);
}

void view_own_change(struct console *c)
{
	if (view_now(c)->list)
		detail_reload(&c->runs[c->current]);
}

void view_close_all(struct console *c)
{
	for (size_t i = 0; i < c->view_count; i++) {
		struct view *v = &c->views[i];

		if (!c->runs[i].opened)
			continue;
		detail_drop(&c->runs[i]);
		if (v->screen->close)
			v->screen->close(v);
		list_free(v->list);
		free(v->state);
	}
}

bool console_go(struct console *c, const char *screen)
{
	for (size_t i = 0; i < c->view_count; i++) {
		if (!strcmp(c->screens[i]->id, screen)) {
			view_enter(c, i);
			return true;
		}
	}
	return false;
}

struct view *console_view(struct console *c, const char *screen)
{
	if (!screen)
		return view_now(c);
	for (size_t i = 0; i < c->view_count; i++) {
		if (!strcmp(c->screens[i]->id, screen))
			return c->runs[i].opened ? &c->views[i] : NULL;
	}
	return NULL;
}
