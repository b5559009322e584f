/* What keys, pastes and the mouse do around a screen: dialogs first, then the screen, its list, its
 * actions, and what every screen has. */
#include "ui/shell.h"

#include <ctype.h>

#include "ui/edit.h"

/* --- actions every screen has ------------------------------------------------------------------ */

static void run_help(struct view *v)
{
	help_open(v->console);
}

static void run_palette(struct view *v)
{
	palette_open(v->console);
}

static void run_reload(struct view *v)
{
	passphrase_again(v->console);
	view_changed(v->console);
	console_say(v->console, STYLE_NORMAL, "loaded again");
}

static void run_times(struct view *v)
{
	static const char *const said[] = {
		[TIMES_RELATIVE] = "times are relative",
		[TIMES_EXACT] = "times are exact, local",
		[TIMES_UTC] = "times are exact, UTC",
	};
	struct console *c = v->console;

	c->times = (enum time_mode)((c->times + 1) % 3);
	console_say(c, STYLE_NORMAL, "%s", said[c->times]);
}

static void run_mouse(struct view *v)
{
	struct console *c = v->console;

	c->mouse = !c->mouse;
	c->paint->mouse(c->paint, c->mouse);
	console_say(c, STYLE_NORMAL, "%s",
		    c->mouse ? "mouse on: Shift-drag selects text"
			     : "mouse off: the terminal selects text");
}

static void run_pane(struct view *v)
{
	v->detail_focused = !v->detail_focused && v->console->detail_area.width;
	console_redraw(v->console);
}

/* Only where it was done: an action knows no other screen's state. */
static void run_again(struct view *v)
{
	struct console *c = v->console;

	if (c->last_action && c->last_view == v)
		action_run(v, c->last_action);
	else
		console_say(c, STYLE_NORMAL,
			    "nothing was done on this screen that could be repeated");
}

static void run_quit(struct view *v)
{
	console_quit(v->console);
}

/* Movement, filter and marks are the list's own keys: they stand here for help and documentation. */
const struct action shell_actions[] = {
	{ .key = PRESS_UP,
	  .keys = "↑↓ j k",
	  .label = "row",
	  .help = "row",
	  .group = GROUP_MOVE,
	  .flags = ACTION_LIST },
	{ .key = PRESS_PAGE_DOWN,
	  .keys = "PgUp PgDn",
	  .label = "page",
	  .help = "page",
	  .group = GROUP_MOVE,
	  .flags = ACTION_LIST },
	{ .key = 'g',
	  .keys = "g G",
	  .label = "ends",
	  .help = "first, last",
	  .group = GROUP_MOVE,
	  .flags = ACTION_LIST },
	{ .key = PRESS_TAB,
	  .label = "pane",
	  .help = "list, detail",
	  .group = GROUP_MOVE,
	  .flags = ACTION_LIST,
	  .run = run_pane },
	{ .key = '1', .keys = "1-9", .label = "screen", .help = "screen", .group = GROUP_MOVE },
	{ .key = ' ',
	  .label = "mark",
	  .help = "mark",
	  .group = GROUP_FIND,
	  .flags = ACTION_LIST | ACTION_MARKS },
	{ .key = 'a',
	  .label = "all",
	  .help = "mark all, or none",
	  .group = GROUP_FIND,
	  .flags = ACTION_LIST | ACTION_MARKS },
	{ .key = PRESS_ESC,
	  .label = "unmark",
	  .help = "back, unmark, unfilter",
	  .group = GROUP_MOVE,
	  .flags = ACTION_LIST | ACTION_MARKS },
	{ .key = '/',
	  .label = "filter",
	  .help = "filter as you type",
	  .title = "Filter",
	  .group = GROUP_FIND,
	  .flags = ACTION_LIST | ACTION_FOOTER },
	{ .key = 'n',
	  .keys = "n N",
	  .label = "next",
	  .help = "next, previous match",
	  .group = GROUP_FIND,
	  .flags = ACTION_LIST },
	{ .key = 's',
	  .label = "sort",
	  .help = "sort",
	  .title = "Sort…",
	  .group = GROUP_FIND,
	  .flags = ACTION_LIST,
	  .run = sort_menu_open },
	{ .key = 'u',
	  .label = "times",
	  .help = "times: ago, exact, UTC",
	  .title = "Times relative, exact, UTC",
	  .group = GROUP_OTHER,
	  .run = run_times },
	{ .key = 'r',
	  .label = "reload",
	  .help = "reload",
	  .title = "Reload",
	  .group = GROUP_OTHER,
	  .run = run_reload },
	{ .key = '.',
	  .label = "again",
	  .help = "repeat the last action",
	  .group = GROUP_OTHER,
	  .run = run_again },
	{ .key = ':',
	  .label = "actions",
	  .help = "every action by name",
	  .group = GROUP_OTHER,
	  .run = run_palette },
	{ .key = 'M',
	  .label = "mouse",
	  .help = "mouse on or off",
	  .title = "Mouse on or off",
	  .group = GROUP_OTHER,
	  .run = run_mouse },
	{ .key = '?',
	  .label = "help",
	  .help = "this help",
	  .title = "Help",
	  .group = GROUP_OTHER,
	  .run = run_help },
	{ .key = 'q',
	  .label = "quit",
	  .help = "quit",
	  .title = "Quit",
	  .group = GROUP_OTHER,
	  .run = run_quit },
	{ .label = NULL },
};

/* --- keys ------------------------------------------------------------------------------------------ */

/* A habit that misses: the letter is bound with Shift, or without. */
static void say_unbound(struct console *c, const struct view *v, int32_t key)
{
	char name[16];
	const struct action *a;

	if (key < 'A' || key > 'z')
		return;
	a = action_by_key(v->screen->actions,
			  islower((int)key) ? toupper((int)key) : tolower((int)key));
	if (a && islower((int)key) && action_offered(c, a))
		console_say(c, STYLE_NORMAL, "%c %s is a capital", a->key, a->label);
	else if (a && action_offered(c, a))
		console_say(c, STYLE_NORMAL, "%c %s is lower case", a->key, a->label);
	else if (isalpha((int)key))
		console_say(c, STYLE_NORMAL, "%s does nothing here; ? lists the keys",
			    press_name(key, name));
}

static bool go_to_digit(struct console *c, int32_t key)
{
	if (key < '1' || key > '9')
		return false;
	for (size_t i = 0; i < c->view_count; i++) {
		if (c->screens[i]->digit == key) {
			view_enter(c, i);
			return true;
		}
	}
	console_say(c, STYLE_NORMAL, "there is no screen %c here", (char)key);
	return true;
}

/* Keys that scroll the detail pane while it has the focus. */
static bool pane_key(struct view *v, int32_t key)
{
	int page = v->console->detail_area.height > 2 ? v->console->detail_area.height - 2 : 1;
	int step = key == PRESS_DOWN || key == 'j' ? 1
		   : key == PRESS_UP || key == 'k' ? -1
		   : key == PRESS_PAGE_DOWN	   ? page
		   : key == PRESS_PAGE_UP	   ? -page
						   : 0;

	if (key == PRESS_ESC) {
		v->detail_focused = false;
		return true;
	}
	v->detail_scroll += step;
	if (v->detail_scroll > v->detail_most)
		v->detail_scroll = v->detail_most;
	if (v->detail_scroll < 0)
		v->detail_scroll = 0;
	return step != 0;
}

static void cancel_work(struct console *c)
{
	struct work *work = workers_current(c->workers, LANE_WRITE);

	if (work && *c->progress) {
		work_cancel(work);
		console_say(c, STYLE_NORMAL, "cancelled");
	}
}

static bool screen_key(struct console *c, struct view *v, const struct input *in)
{
	const struct action *a;

	if (v->detail_focused && pane_key(v, in->key))
		return true;
	if (v->screen->input && v->screen->input(v, in))
		return true;
	if (v->list && list_input(v->list, in))
		return true;
	a = action_by_key(v->screen->actions, in->key);
	if (a) {
		action_run(v, a);
		return true;
	}
	a = action_by_key(shell_actions, in->key == PRESS_F1 ? '?' : in->key);
	if (a && (v->list || !(a->flags & ACTION_LIST)) && a->run) {
		action_run(v, a);
		return true;
	}
	return go_to_digit(c, in->key);
}

static void shell_key(struct console *c, const struct input *in)
{
	struct view *v = view_now(c);

	if (in->key == PRESS_CTRL('c'))
		console_quit(c);
	else if (!screen_key(c, v, in)) {
		if (in->key == PRESS_ESC)
			cancel_work(c);
		else
			say_unbound(c, v, in->key);
	}
}

/* --- the mouse --------------------------------------------------------------------------------------- */

static int32_t button_at(const struct button *buttons, size_t count, int x)
{
	for (size_t i = 0; i < count; i++) {
		if (x >= buttons[i].x && x < buttons[i].x + buttons[i].width)
			return buttons[i].key;
	}
	return PRESS_NONE;
}

static bool inside(const struct area *a, const struct input *in)
{
	return in->x >= a->x && in->x < a->x + a->width && in->y >= a->y &&
	       in->y < a->y + a->height;
}

/* Clicks on tabs and footer become the keys they name. */
static bool shell_button(struct console *c, const struct input *in)
{
	int32_t key = PRESS_NONE;

	if (in->mouse != MOUSE_CLICK)
		return false;
	if (in->y == 0 && !c->top)
		key = button_at(c->tabs, c->tab_count, in->x);
	else if (in->y == c->frame.height - 1)
		key = button_at(c->footer, c->footer_count, in->x);
	if (key == PRESS_NONE)
		return false;
	shell_input(c, &(struct input){ .type = INPUT_KEY, .key = key });
	return true;
}

static void shell_mouse(struct console *c, const struct input *in)
{
	struct view *v = view_now(c);
	struct input local = *in;

	if (shell_button(c, in))
		return;
	if (c->top) {
		c->top->type->input(c->top, in);
	} else if (v->list && inside(&c->list_area, in)) {
		local.x -= c->list_area.x;
		local.y -= c->list_area.y;
		v->detail_focused = false;
		list_input(v->list, &local);
	} else if (v->list && inside(&c->detail_area, in) && in->mouse != MOUSE_RELEASE) {
		pane_key(v, in->mouse == MOUSE_WHEEL_DOWN ? PRESS_DOWN
			    : in->mouse == MOUSE_WHEEL_UP ? PRESS_UP
							  : PRESS_NONE);
	} else if (!v->list && v->screen->input) {
		v->screen->input(v, in);
	}
}

/* --- all input ------------------------------------------------------------------------------------------- */

static void dialog_key(struct console *c, const struct input *in)
{
	const struct action *a;

	if (c->top->type->input(c->top, in) || in->type != INPUT_KEY)
		return;
	a = action_by_key(c->top->type->actions, in->key);
	if (a && a->run)
		action_run(view_now(c), a);
	else if (in->key == PRESS_ESC)
		dialog_close(c->top);
	else if (in->key == PRESS_F1 || in->key == '?')
		help_open(c);
}

static void shell_paste(struct console *c, const struct input *in)
{
	struct view *v = view_now(c);

	if (v->list && list_filter_editing(v->list) && !paste_has_secret(in))
		list_input(v->list, in);
	else if (v->screen->paste)
		v->screen->paste(v, in->text, in->len, in->cut);
	else
		console_say(c, STYLE_NORMAL, "a paste is no command here: nothing was done");
}

/* A dialog is never answered by what was typed before it could be seen. */
static bool typed_ahead(const struct console *c, const struct input *in)
{
	return in->type == INPUT_KEY && c->top && c->top->batch == c->batch &&
	       !(c->top->type->flags & DIALOG_TYPE_AHEAD);
}

void shell_input(void *console, const struct input *in)
{
	struct console *c = console;

	c->dirty = true;
	if (typed_ahead(c, in))
		return;
	if (in->type == INPUT_KEY) {
		if (console_now(c) >= c->message_until)
			*c->message = '\0';
		c->quit_asked &= in->key == 'q' || in->key == PRESS_CTRL('c');
	}
	if (in->type == INPUT_KEY && in->key == PRESS_CTRL('l'))
		console_scrub(c);
	else if (in->type == INPUT_KEY && in->key == PRESS_CTRL('z'))
		console_suspend(c);
	else if (in->type == INPUT_MOUSE)
		shell_mouse(c, in);
	else if (c->top)
		dialog_key(c, in);
	else if (in->type == INPUT_PASTE)
		shell_paste(c, in);
	else
		shell_key(c, in);
}
