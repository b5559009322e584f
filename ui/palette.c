/* The palette: every action, screen and row by words, initials or letters in order. What can't be done
 * now stays in it with the reason. */
#include <ctype.h>

#include "src/base/alloc.h"
#include "src/base/text.h"
#include "ui/edit.h"
#include "ui/list_state.h"
#include "ui/shell.h"

enum { ENTRIES = 256, SHOWN = 64, LINES = 9, WIDTH = 76, TEXT = 128, ROWS = 4, SEARCH_MAX = 120 };

struct palette_entry {
	char title[TEXT];
	size_t screen;		     /* index into the table */
	const struct action *action; /* NULL: the screen itself, or a row */
	char row[LIST_ID];	     /* "" none */
	int score;		     /* 0: does not fit */
};

struct palette {
	struct dialog dialog;
	struct edit search;
	struct palette_entry entries[ENTRIES];
	size_t count, fixed; /* rows found by the store stand behind the fixed ones */
	size_t shown[SHOWN], shown_count, at, top;
	struct work *work;
	int y; /* of the first line, for the mouse */
};

/* --- entries ----------------------------------------------------------------------------------- */

static struct palette_entry *entry_add(struct palette *p, const char *title, size_t screen,
				       const struct action *a)
{
	struct palette_entry *entry = &p->entries[p->count];

	if (p->count == ENTRIES)
		return NULL;
	p->count++;
	*entry = (struct palette_entry){ .screen = screen, .action = a };
	snprintf(entry->title, sizeof(entry->title), "%s", title);
	return entry;
}

static void actions_add(struct palette *p, const struct action *table, size_t screen)
{
	for (const struct action *a = table; a && a->label; a++) {
		if (a->title && action_offered(p->dialog.console, a))
			entry_add(p, a->title, screen, a);
	}
}

/* The current screen's come first, so that of equals they win. */
static void entries_collect(struct palette *p)
{
	struct console *c = p->dialog.console;
	char title[TEXT];

	actions_add(p, view_now(c)->screen->actions, c->current);
	for (size_t i = 0; i < c->view_count; i++) {
		if (i != c->current)
			actions_add(p, c->screens[i]->actions, i);
	}
	for (size_t i = 0; i < c->view_count; i++) {
		snprintf(title, sizeof(title), "Go to %s", c->screens[i]->title);
		entry_add(p, title, i, NULL);
	}
	actions_add(p, shell_actions, c->current);
	p->fixed = p->count;
}

/* --- scores -------------------------------------------------------------------------------------- */

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static bool begins_with(const char *text, const char *with, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!text[i] || !same_letter(text[i], with[i]))
			return false;
	}
	return true;
}

static bool word_begins(const char *title, size_t at)
{
	return isalnum((unsigned char)title[at]) && (!at || !isalnum((unsigned char)title[at - 1]));
}

/* Every word typed is somewhere in the title: 3 at the start of words, 2 inside. 0: no. */
static int words_score(const char *title, const char *typed)
{
	int score = 3;

	for (const char *word = typed; *word;) {
		size_t len = strcspn(word, " ");
		int best = len ? 0 : 3;

		for (size_t at = 0; title[at] && len; at++) {
			if (begins_with(title + at, word, len))
				best = word_begins(title, at) ? 3 : best > 2 ? best : 2;
		}
		score = best < score ? best : score;
		word += len;
		word += strspn(word, " ");
	}
	return score;
}

static bool initials_fit(const char *title, const char *typed)
{
	for (size_t at = 0; title[at] && *typed; at++) {
		if (word_begins(title, at) && same_letter(title[at], *typed))
			typed++;
	}
	return !*typed;
}

static bool letters_fit(const char *title, const char *typed)
{
	for (; *title && *typed; title++)
		typed += same_letter(*title, *typed);
	return !*typed;
}

static int recent_score(const struct console *c, const struct action *a)
{
	for (int i = 0; a && i < RECENT; i++) {
		if (c->recent[i] == a)
			return RECENT - i;
	}
	return 0;
}

static int entry_score(const struct palette *p, const struct palette_entry *entry)
{
	const char *typed = p->search.text;
	int words;

	if (!p->search.len)
		return *entry->row ? 0 : 10 + recent_score(p->dialog.console, entry->action);
	words = words_score(entry->title, typed);
	if (words)
		return 100 + 10 * words;
	if (initials_fit(entry->title, typed))
		return 60;
	return letters_fit(entry->title, typed) ? 20 : 0;
}

static void entries_rank(struct palette *p)
{
	p->shown_count = 0;
	for (size_t i = 0; i < p->count; i++) {
		size_t at = p->shown_count;

		p->entries[i].score = entry_score(p, &p->entries[i]);
		if (!p->entries[i].score)
			continue;
		while (at && p->entries[p->shown[at - 1]].score < p->entries[i].score)
			at--;
		if (at == SHOWN)
			continue;
		if (p->shown_count == SHOWN)
			p->shown_count--;
		memmove(&p->shown[at + 1], &p->shown[at],
			(p->shown_count - at) * sizeof(*p->shown));
		p->shown[at] = i;
		p->shown_count++;
	}
	if (p->at >= p->shown_count)
		p->at = p->shown_count ? p->shown_count - 1 : 0;
}

/* --- rows by name, of the first screen --------------------------------------------------------------- */

static void rows_done(void *arg, const struct work_result *r)
{
	struct palette *p = arg;
	const struct list_type *type = p->dialog.console->screens[0]->list;

	p->work = NULL;
	p->count = p->fixed;
	for (size_t i = 0; i < json_count(r->rows) && i < ROWS; i++) {
		const struct json *row = json_at(r->rows, i);
		struct palette_entry *entry = entry_add(p, list_name_of(type, row), 0, NULL);

		if (entry)
			list_id_of(type, row, entry->row);
	}
	entries_rank(p);
	console_redraw(p->dialog.console);
}

static void rows_ask(struct palette *p)
{
	struct console *c = p->dialog.console;
	const struct screen *s = c->screens[0];
	struct list_query q = { .filter = p->search.text, .limit = ROWS };
	struct work_order o = { .lane = LANE_READ, .arg = p, .done = rows_done };
	struct err e = ERR_INIT;

	work_drop(p->work);
	p->work = NULL;
	p->count = p->fixed;
	if (p->search.len < 2 || !s->list || !c->runs[0].opened)
		return;
	q.sort = s->list->sorts[0].sort;
	o.op = op_find(s->list->op);
	o.args = list_args(s->list, &c->views[0], &q, &e);
	if (o.args)
		p->work = console_work(c, &o);
}

/* --- drawing -------------------------------------------------------------------------------------- */

/* The view whose state says whether the action can be done; NULL before its screen was opened. */
static struct view *entry_view(const struct palette *p, const struct palette_entry *entry)
{
	struct console *c = p->dialog.console;

	return c->runs[entry->screen].opened ? &c->views[entry->screen] : NULL;
}

static const char *entry_note(const struct palette *p, const struct palette_entry *entry,
			      char out[200])
{
	struct view *v = entry_view(p, entry);
	const char *reason = v && entry->action ? action_disabled(v, entry->action) : NULL;
	const struct json *row = v && v->list ? list_row(v->list) : NULL;

	*out = '\0';
	if (reason)
		snprintf(out, 200, "– %s", reason);
	else if (entry->action && entry->screen != p->dialog.console->current)
		snprintf(out, 200, "opens %s first",
			 p->dialog.console->screens[entry->screen]->title);
	else if (entry->action && entry->action->flags & ACTION_NEEDS_ROW && row)
		snprintf(out, 200, "%s", list_name_of(v->screen->list, row));
	return out;
}

static void draw_entry(const struct palette *p, const struct area *a, int y,
		       const struct palette_entry *entry)
{
	const struct screen *s = p->dialog.console->screens[entry->screen];
	char note[200], key[16];
	bool disabled;

	entry_note(p, entry, note);
	disabled = !strncmp(note, "–", strlen("–"));
	area_text(a, 1, y, 29, disabled ? STYLE_SECONDARY : STYLE_NORMAL, entry->title);
	area_text(a, 31, y, 9, STYLE_SECONDARY, s->title);
	if (entry->action)
		area_text(a, 41, y, 5, STYLE_NORMAL, press_name(entry->action->key, key));
	area_text(a, 47, y, -1, STYLE_SECONDARY, *entry->row ? entry->row : note);
}

static void draw_about(const struct palette *p, const struct area *a)
{
	const struct palette_entry *entry;
	const struct op *op;
	char noun[32];

	if (!p->shown_count) {
		area_text(a, 0, 0, -1, STYLE_NORMAL, "no action, screen or name has these letters");
		return;
	}
	entry = &p->entries[p->shown[p->at]];
	op = entry->action && entry->action->op ? op_find(entry->action->op) : NULL;
	if (op) {
		area_text(a, 0, 0, -1, STYLE_NORMAL, op->summary);
		area_textf(a, 0, 1, -1, STYLE_SECONDARY, "CLI: authrack %s %s",
			   op_noun(op, noun, sizeof(noun)), op_verb(op));
	} else {
		area_text(a, 0, 0, -1, STYLE_NORMAL,
			  entry->action ? entry->action->help
					: p->dialog.console->screens[entry->screen]->help);
	}
}

static void palette_draw(struct dialog *d, const struct area *body)
{
	struct palette *p = (struct palette *)d;
	struct area box = dialog_box(body, WIDTH, LINES + 7, "What do you want to do?",
				     STYLE_NORMAL);
	struct area lines = area_part(&box, 0, 2, box.width, box.height - 5);
	struct area about = area_part(&box, 0, box.height - 2, box.width, 2);

	area_text(&box, 0, 0, -1, STYLE_TITLE, ":");
	edit_draw(&p->search, &box, 2, 0, box.width - 2, STYLE_FIELD, true);
	dialog_rule(&box, 1);
	dialog_rule(&box, box.height - 3);
	if (p->at < p->top)
		p->top = p->at;
	if (lines.height > 0 && p->at >= p->top + (size_t)lines.height)
		p->top = p->at - (size_t)lines.height + 1;
	p->y = lines.y;
	for (size_t i = p->top; i < p->shown_count && i < p->top + (size_t)lines.height; i++)
		draw_entry(p, &lines, (int)(i - p->top), &p->entries[p->shown[i]]);
	if (p->shown_count)
		area_select(&lines, (int)(p->at - p->top), true);
	draw_about(p, &about);
}

/* --- input ------------------------------------------------------------------------------------------ */

static void palette_run(struct palette *p)
{
	struct console *c = p->dialog.console;
	struct palette_entry entry;

	if (!p->shown_count)
		return;
	entry = p->entries[p->shown[p->at]];
	dialog_close(&p->dialog);
	if (entry.screen != c->current)
		view_enter(c, entry.screen);
	if (*entry.row)
		list_select(view_now(c)->list, entry.row);
	else if (entry.action && entry.action->run)
		action_run(view_now(c), entry.action);
	else if (entry.action)
		shell_input(c, &(struct input){ .type = INPUT_KEY, .key = entry.action->key });
}

static bool palette_mouse(struct palette *p, const struct input *in)
{
	int line = in->y - p->y;

	if (in->mouse == MOUSE_CLICK && line >= 0 && p->top + (size_t)line < p->shown_count) {
		p->at = p->top + (size_t)line;
		palette_run(p);
	}
	return true;
}

static bool palette_input(struct dialog *d, const struct input *in)
{
	struct palette *p = (struct palette *)d;

	if (in->type == INPUT_MOUSE)
		return palette_mouse(p, in);
	if (in->type == INPUT_KEY && in->key == PRESS_ESC)
		return false;
	if (in->type == INPUT_KEY && in->key == PRESS_ENTER) {
		palette_run(p);
	} else if (in->type == INPUT_KEY && in->key == PRESS_DOWN) {
		p->at += p->at + 1 < p->shown_count;
	} else if (in->type == INPUT_KEY && in->key == PRESS_UP) {
		p->at -= p->at > 0;
	} else if (in->type == INPUT_KEY && in->key == PRESS_TAB && p->shown_count) {
		edit_set(&p->search, p->entries[p->shown[p->at]].title);
	} else if (edit_input(&p->search, in)) {
		p->at = 0;
		rows_ask(p);
		entries_rank(p);
	}
	return true;
}

static void palette_free(struct dialog *d)
{
	struct palette *p = (struct palette *)d;

	work_drop(p->work);
	edit_release(&p->search);
	free(p);
}

static const struct action palette_actions[] = {
	{ .key = PRESS_UP,
	  .keys = "↑↓",
	  .label = "choose",
	  .help = "line",
	  .flags = ACTION_FOOTER },
	{ .key = PRESS_ENTER, .label = "run", .help = "run the line", .flags = ACTION_FOOTER },
	{ .key = PRESS_TAB,
	  .label = "complete",
	  .help = "complete the text from the line",
	  .flags = ACTION_FOOTER },
	{ .key = PRESS_ESC, .label = "close", .help = "close", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type palette_type = {
	.name = "Palette",
	.flags = DIALOG_TYPE_AHEAD,
	.actions = palette_actions,
	.draw = palette_draw,
	.input = palette_input,
	.free = palette_free,
};

void palette_open(struct console *c)
{
	struct palette *p = x_calloc(1, sizeof(*p));

	p->dialog.type = &palette_type;
	p->dialog.console = c;
	edit_init(&p->search, SEARCH_MAX);
	entries_collect(p);
	entries_rank(p);
	dialog_push(c, &p->dialog);
}
