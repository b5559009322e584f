/* What stands around a screen: tabs, context line, message line and footer, and the dialogs over it. */
#include "ui/shell.h"

#include "src/base/datetime.h"
#include "src/base/text.h"

enum {
	LEAST_WIDTH = 80,
	LEAST_HEIGHT = 24,
	USABLE_WIDTH = 20,
	USABLE_HEIGHT = 7,
	CONTEXT_WIDE = 120
};

static int width_of(const char *text)
{
	return (int)text_width(text, strlen(text));
}

static bool view_busy(const struct console *c, size_t i)
{
	return c->screens[i]->busy && c->runs[i].opened && c->screens[i]->busy(&c->views[i]);
}

static void draw_tabs(struct console *c, const struct area *line)
{
	int x = 1;

	c->tab_count = 0;
	for (size_t i = 0; i < c->view_count && c->tab_count < BUTTONS; i++) {
		const struct screen *s = c->screens[i];
		bool current = i == c->current;
		int used;

		used = area_textf(line, x, 0, -1, current ? STYLE_TAB_CURRENT : STYLE_NORMAL,
				  "%c %s%s", s->digit, s->title,
				  view_busy(c, i) ? glyph(line->frame, GLYPH_MASK) : "");
		if (current) {
			area_text(line, x - 1, 0, 1, STYLE_TAB_CURRENT, " ");
			area_text(line, x + used, 0, 1, STYLE_TAB_CURRENT, " ");
		}
		c->tabs[c->tab_count++] = (struct button){ x, used, s->digit };
		x += used + 1;
	}
}

/* The store as its file's name, or in full where there is room. */
static const char *store_label(const struct console *c, bool full)
{
	const char *name = app_store_name(c->app), *slash = strrchr(name, '/');

	return full || !slash ? name : slash + 1;
}

/* "prod.db  ops1  14:07 CET" at the right; returns the columns used. */
static int draw_facts(struct console *c, const struct area *line)
{
	char when[DATETIME_SIZE], text[400], actor[100];
	bool wide = line->width >= CONTEXT_WIDE;

	datetime_local(when, console_now(c), false);
	snprintf(actor, sizeof(actor), "%s", app_actor(c->app));
	if (!wide)
		actor[strcspn(actor, " ")] = '\0';
	if (!wide && console_read_only(c) && strlen(when) > 16)
		when[16] = '\0'; /* the zone gives way */
	snprintf(text, sizeof(text), "%s%s  %s  %s", console_read_only(c) ? "read only  " : "",
		 store_label(c, wide), actor, strlen(when) > 11 ? when + 11 : when);
	return area_text_right(line, line->width / 2, 0, line->width - line->width / 2 - 1,
			       STYLE_SECONDARY, text);
}

static void draw_context(struct console *c, const struct area *line, bool focused)
{
	struct view *v = view_now(c);
	struct area left;
	int used;

	if (v->list && list_filter_shown(v->list)) {
		list_draw_filter(v->list, line, focused);
		return;
	}
	used = draw_facts(c, line);
	left = area_part(line, 1, 0, line->width - used - 3, 1);
	if (v->screen->context)
		v->screen->context(v, &left);
}

static void draw_message(struct console *c, const struct area *line)
{
	bool small = c->frame.width < LEAST_WIDTH || c->frame.height < LEAST_HEIGHT;

	if (c->suspend_asked)
		area_text(line, 1, 0, -1, STYLE_PROGRESS, "finishing the write…");
	else if (*c->progress)
		area_text(line, 1, 0, -1, STYLE_PROGRESS, c->progress);
	else if (*c->message)
		area_text(line, 1, 0, -1, c->message_style, c->message);
	else if (small)
		area_textf(line, 1, 0, -1, STYLE_WARNING, "80x24 is the least, this is %dx%d",
			   c->frame.width, c->frame.height);
}

/* --- footer ------------------------------------------------------------------------------------- */

struct footer_pen {
	struct console *console;
	const struct area *line;
	int x, limit;
};

static int footer_item_width(struct view *v, const struct action *a)
{
	char label[64], key[16];

	return width_of(a->keys ? a->keys : press_name(a->key, key)) + 1 +
	       width_of(action_label(v, a, label));
}

static void footer_item(struct footer_pen *p, struct view *v, const struct action *a)
{
	struct console *c = p->console;
	char label[64], key[16];
	int width = footer_item_width(v, a), x = p->x;

	if (x + width > p->limit || c->footer_count == BUTTONS)
		return;
	x += area_text(p->line, x, 0, -1, STYLE_TITLE, a->keys ? a->keys : press_name(a->key, key));
	area_text(p->line, x + 1, 0, -1, STYLE_NORMAL, action_label(v, a, label));
	c->footer[c->footer_count++] = (struct button){ p->x, width, a->key };
	p->x += width + 2;
}

/* With marks only what acts on them, and how to be rid of them. */
static bool footer_shows(struct view *v, const struct action *a)
{
	bool marks = v->list && list_marked(v->list);

	if (!(a->flags & (marks ? ACTION_BULK | ACTION_MARKS : ACTION_FOOTER)))
		return false;
	if (a->flags & ACTION_LIST && !v->list)
		return false;
	return !action_disabled(v, a);
}

static void footer_table(struct footer_pen *p, struct view *v, const struct action *table,
			 bool danger)
{
	for (const struct action *a = table; a && a->label; a++) {
		if (!(a->flags & ACTION_DANGER) == !danger && footer_shows(v, a))
			footer_item(p, v, a);
	}
}

static int danger_width(struct view *v)
{
	int width = 0;

	for (const struct action *a = v->screen->actions; a && a->label; a++) {
		if (a->flags & ACTION_DANGER && footer_shows(v, a))
			width += footer_item_width(v, a) + 2;
	}
	return width;
}

/* Danger and help keep their places at the end, whatever else has none. */
static void draw_screen_footer(struct footer_pen *p, struct view *v)
{
	const struct action *help = action_by_key(shell_actions, '?');
	const struct action *filter = action_by_key(shell_actions, '/');
	int limit = p->limit - footer_item_width(v, help) - 2;

	p->limit = limit - danger_width(v) - (v->list ? footer_item_width(v, filter) + 2 : 0);
	footer_table(p, v, v->screen->actions, false);
	p->limit = limit;
	footer_table(p, v, v->screen->actions, true);
	footer_table(p, v, shell_actions, false);
	p->limit = p->line->width;
	footer_item(p, v, help);
}

static void draw_footer(struct console *c, const struct area *line)
{
	struct footer_pen p = { c, line, 1, line->width };
	struct view *v = view_now(c);

	c->footer_count = 0;
	if (!c->top) {
		draw_screen_footer(&p, v);
		return;
	}
	for (const struct action *a = c->top->type->actions; a && a->label; a++) {
		if (a->flags & ACTION_FOOTER && !action_disabled(v, a))
			footer_item(&p, v, a);
	}
}

/* --- the whole -------------------------------------------------------------------------------------- */

/* What lies beneath a dialog keeps its text and loses its selection and cursor. */
static void recede(struct frame *f)
{
	for (int i = 0; i < f->width * f->height; i++)
		f->cells[i].selected = false;
	f->cursor_x = f->cursor_y = -1;
}

static bool is_page(const struct dialog *d)
{
	return d->type->flags & DIALOG_PAGE;
}

/* From the lowest that can be seen up. */
static void draw_dialogs(struct dialog *d, const struct area *body)
{
	if (!d)
		return;
	if (!is_page(d))
		draw_dialogs(d->below, body);
	recede(body->frame);
	d->type->draw(d, body);
}

static bool page_open(const struct console *c)
{
	for (const struct dialog *d = c->top; d; d = d->below) {
		if (is_page(d))
			return true;
	}
	return false;
}

void shell_draw(struct console *c)
{
	struct area all = area_of(&c->frame), body, line;
	int height = all.height, width = all.width;

	frame_clear(&c->frame);
	if (width < USABLE_WIDTH || height < USABLE_HEIGHT) {
		area_text(&all, 0, 0, -1, STYLE_NORMAL, "too small: 80x24");
		return;
	}
	line = area_part(&all, 0, 0, width, 1);
	draw_tabs(c, &line);
	if (!page_open(c)) {
		line = area_part(&all, 0, 1, width, 1);
		draw_context(c, &line, !c->top);
		body = area_part(&all, 0, 2, width, height - 4);
		view_draw(c, &body, !c->top);
	}
	body = area_part(&all, 0, 1, width, height - 3);
	draw_dialogs(c->top, &body);
	line = area_part(&all, 0, height - 2, width, 1);
	draw_message(c, &line);
	line = area_part(&all, 0, height - 1, width, 1);
	draw_footer(c, &line);
}
