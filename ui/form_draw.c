/* How a form looks: labels, fields, what values mean, what is wrong, buttons, the equal command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/form.h"
#include "ui/scroll.h"

enum { FIELD_WIDTH = 20, HINT_LEAST = 8, PAGE_LABELS = 12, BOX_LABELS = 9, COMMAND_LOOK = 2000 };

static size_t form_row_end(const struct form *f, size_t first)
{
	size_t end = first + 1;

	while (end < f->count && f->items[end].place.beside)
		end++;
	return end;
}

static bool item_has_note(const struct form_item *item)
{
	return item->error.code || item->warning[0] || item->field.full;
}

/* The values seen that begin like the word at the cursor, as one line; "" when there is none. */
static void item_suggestions(const struct form_item *item, char *out, size_t size)
{
	size_t start = item->field.len;
	size_t len = 0;

	out[0] = '\0';
	if (item->arg->flags & ARG_REPEATED)
		while (start > 0 && item->field.text[start - 1] != ' ')
			start--;
	else
		start = 0;
	for (size_t i = 0; i < item->seen_count && len + 40 < size; i++)
		if (strncmp(item->seen[i], item->field.text + start, item->field.len - start) ==
			    0 &&
		    item->seen[i][item->field.len - start])
			len += (size_t)snprintf(out + len, size - len, "%s%.30s", len ? "  " : "",
						item->seen[i]);
	if (len && item->field.len > start)
		snprintf(out + len, size - len, "  (Tab takes the first)");
}

static bool row_has_note(const struct form *f, size_t first, size_t end)
{
	char line[256];

	for (size_t i = first; i < end; i++) {
		if (item_has_note(&f->items[i]))
			return true;
		item_suggestions(&f->items[i], line, sizeof(line));
		if (i == f->focus && line[0])
			return true;
	}
	return false;
}

static int row_height(const struct form *f, size_t first, size_t end)
{
	return row_has_note(f, first, end) ? 2 : 1;
}

int form_height(const struct form *f)
{
	int height = 0;

	for (size_t i = 0, end; i < f->count; i = end) {
		end = form_row_end(f, i);
		height += row_height(f, i, end);
	}
	return height;
}

static int form_value_x(const struct form *f)
{
	int least = f->labels_left ? BOX_LABELS : PAGE_LABELS;
	int labels = f->label_width > least ? f->label_width : least;

	return labels + (f->labels_left ? 3 : 2);
}

static void item_draw_error(const struct form_item *item, const struct area *a, int x, int y)
{
	const char *hint = item->error.hint;

	area_textf(a, x, y, -1, STYLE_DANGER, "%s %s%s%s", glyph(a->frame, GLYPH_FAIL),
		   item->error.message, hint[0] ? ": " : "", hint);
}

static void item_draw_note(const struct form_item *item, const struct area *a, int x, int y,
			   bool focused)
{
	char line[256];

	if (item->error.code) {
		item_draw_error(item, a, x, y);
	} else if (item->warning[0]) {
		area_textf(a, x, y, -1, item->grave ? STYLE_DANGER : STYLE_WARNING, "%s %s",
			   glyph(a->frame, GLYPH_WARN), item->warning);
	} else if (item->field.full) {
		area_textf(a, x, y, -1, STYLE_WARNING, "%s longer than fits: the end was cut",
			   glyph(a->frame, GLYPH_WARN));
	} else if (focused) {
		item_suggestions(item, line, sizeof(line));
		area_text(a, x, y, -1, STYLE_SECONDARY, line);
	}
}

static void item_choices(const struct form_item *item, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (const char *const *c = item->arg->choices; c && *c && len + 1 < size; c++)
		if (strcmp(*c, item->field.text) != 0)
			len += (size_t)snprintf(out + len, size - len, "%s%s", len ? " " : "", *c);
}

static void item_draw_hint(const struct form_item *item, const struct area *a, int x, int y)
{
	char choices[160];
	const char *hint = item->meaning[0] ? item->meaning : item->place.hint;

	if (item->arg->type == ARG_CHOICE && !item->meaning[0]) {
		item_choices(item, choices, sizeof(choices));
		hint = choices;
	}
	if (hint && a->width - x >= HINT_LEAST)
		area_text(a, x, y, a->width - x, STYLE_SECONDARY, hint);
}

static void item_draw_choice(const struct form_item *item, const struct area *a, int x, int y,
			     bool focused)
{
	enum style style = focused ? STYLE_FIELD_CURRENT : STYLE_FIELD;
	struct area cell = area_part(a, x, y, item->width, 1);
	int used;

	area_fill(&cell, ' ', style);
	used = area_text(&cell, 0, 0, item->width - 1, style, item->field.text);
	area_text(&cell, used, 0, 1, style, glyph(a->frame, GLYPH_DOWN));
	if (focused)
		area_cursor(&cell, 0, 0);
}

static void item_draw_flag(const struct form_item *item, const struct area *a, int x, int y,
			   bool focused)
{
	area_text(a, x, y, 3, focused ? STYLE_FIELD_CURRENT : STYLE_NORMAL,
		  item->field.len ? "[x]" : "[ ]");
	area_text(a, x + 4, y, -1, STYLE_SECONDARY,
		  item->place.hint ? item->place.hint : item->arg->help);
	if (focused)
		area_cursor(a, x + 1, y);
}

/* What leaving it empty means, on the line of a field. */
static void item_draw_empty(const struct form_item *item, const struct area *a, int x, int y)
{
	struct area cell = area_part(a, x, y, item->width, 1);

	area_fill(&cell, a->frame->utf8 ? ' ' : '_', STYLE_FIELD);
	area_text(&cell, 0, 0, -1, STYLE_SECONDARY, item->place.empty);
}

static void item_draw_value(struct form_item *item, const struct area *a, int x, int y,
			    bool focused)
{
	if (item->arg->type == ARG_FLAG) {
		item_draw_flag(item, a, x, y, focused);
		return;
	}
	if (item->arg->type == ARG_CHOICE)
		item_draw_choice(item, a, x, y, focused);
	else if (!item->field.len && !focused && item->place.empty)
		item_draw_empty(item, a, x, y);
	else
		edit_draw(&item->field, a, x, y, item->width,
			  focused ? STYLE_FIELD_CURRENT : STYLE_FIELD, focused);
	item_draw_hint(item, a, x + item->width + 1, y);
}

/* A field grows with what stands in it, as far as the line goes. */
static int item_width(const struct form_item *item, int room, bool last)
{
	int width = item->place.width ? item->place.width : FIELD_WIDTH;
	int text = (int)text_width(item->field.text, item->field.len) + 1;

	if (last && text > width && item->arg->type != ARG_SECRET)
		width = text;
	return width < room ? width : room;
}

static void row_draw(struct form *f, const struct area *a, size_t first, size_t end, int y)
{
	int x = form_value_x(f);
	bool notes = row_has_note(f, first, end);

	for (size_t i = first; i < end; i++) {
		struct form_item *item = &f->items[i];
		char name[32];
		const char *label = form_label(item->arg, name, sizeof(name));

		if (item->place.sentence) {
			x = area_text(a, 0, y, -1, STYLE_NORMAL, label) + 1;
		} else if (i > first) {
			x += f->items[i - 1].width + 1;
			x += area_text(a, x, y, -1, STYLE_NORMAL, label) + 2;
		} else if (f->labels_left) {
			area_text(a, 0, y, -1, STYLE_NORMAL, label);
		} else {
			area_text_right(a, 0, y, x - 2, STYLE_NORMAL, label);
		}
		item->width = item_width(item, a->width - x - 1, i + 1 == end);
		item->x = a->x + x;
		item->y = a->y + y;
		item_draw_value(item, a, x, y, i == f->focus);
		if (notes && (item_has_note(item) || i == f->focus))
			item_draw_note(item, a, form_value_x(f), y + 1, i == f->focus);
	}
}

/* Keeps the line of the focus, and the note below it, inside the area. */
static void form_scroll(struct form *f, int height)
{
	int y = 0;

	for (size_t i = 0, end; i < f->count; i = end) {
		int lines;

		end = form_row_end(f, i);
		lines = row_height(f, i, end);
		if (f->focus >= i && f->focus < end) {
			if (y < f->scroll)
				f->scroll = y;
			if (y + lines > f->scroll + height)
				f->scroll = y + lines - height;
		}
		y += lines;
	}
	if (f->scroll > y - height)
		f->scroll = y > height ? y - height : 0;
}

void form_more(const struct form *f, int height, char out[40])
{
	scroll_more(&(struct scroll){ .at = f->scroll, .lines = form_height(f), .room = height },
		    out);
}

int form_draw(struct form *f, const struct area *a)
{
	int y;

	form_scroll(f, a->height);
	y = -f->scroll;
	for (size_t i = 0, end; i < f->count; i = end) {
		end = form_row_end(f, i);
		for (size_t n = i; n < end; n++)
			f->items[n].y = -1;
		if (y >= 0 && y < a->height)
			row_draw(f, a, i, end, y);
		y += row_height(f, i, end);
	}
	return y < a->height ? y : a->height;
}

/* --- buttons and the command --------------------------------------------------------------- */
static int button_draw(const struct area *a, int x, int y, const char *label, bool focused,
		       bool blocked)
{
	int used = area_textf(a, x, y, -1, focused ? STYLE_SELECTED : STYLE_NORMAL,
			      blocked ? "( %s )" : "[ %s ]", label);

	if (focused)
		area_cursor(a, x + 2, y);
	return used;
}

static void form_count_notes(const struct form *f, char *out, size_t size)
{
	size_t errors = 0, warnings = 0;
	const char *label = "";
	char name[32];

	out[0] = '\0';
	for (size_t i = f->count; i-- > 0;) {
		const struct form_item *item = &f->items[i];

		errors += item->error.code != ERR_OK;
		warnings += !item->error.code && item->warning[0];
	}
	for (size_t i = f->count; i-- > 0;)
		if (f->items[i].error.code || (!errors && f->items[i].warning[0]))
			label = form_label(f->items[i].arg, name, sizeof(name));
	if (errors)
		snprintf(out, size, "%zu to mend: %s", errors, label);
	else if (warnings)
		snprintf(out, size, "%zu warning%s: %s", warnings, warnings > 1 ? "s" : "", label);
}

void form_draw_buttons(struct form *f, const struct area *a, int y)
{
	int x = f->labels_left ? a->width / 4 : form_value_x(f);
	char notes[96];

	f->buttons_y = a->y + y;
	f->cancel_x = a->x + x;
	x += button_draw(a, x, y, "Cancel", f->focus == f->count, false) + 3;
	f->submit_x = a->x + x;
	x += button_draw(a, x, y, f->submit, f->focus == f->count + 1, f->blocked != NULL) + 2;
	form_count_notes(f, notes, sizeof(notes));
	area_text(a, x, y, -1, STYLE_SECONDARY, f->blocked ? f->blocked : notes);
}

/* Bytes of the command's next line, looked for in its first COMMAND_LOOK: breaks before an option where it can. */
static size_t command_line(const char *text, int width)
{
	size_t fits = 0, blank = 0, at = 0, len = strnlen(text, COMMAND_LOOK);

	if (!text[len] && (int)text_width(text, len) <= width)
		return len;
	while (text[at] && (int)text_width(text, at) <= width - 2) {
		if (text[at] == ' ' && text[at + 1] == '-' && text[at + 2] == '-')
			fits = at;
		if (text[at] == ' ')
			blank = at;
		at++;
	}
	return fits ? fits : blank ? blank : at - (at > 0);
}

int form_draw_command(struct form *f, const struct area *a, int x, int y, int lines)
{
	const char *rest = form_command(f);
	int used = 0;

	while (*rest && used < lines) {
		int indent = used ? 2 : 0;
		size_t n = command_line(rest, a->width - x - indent);
		const char *more = !rest[n]	      ? ""
				   : used + 1 < lines ? " \\"
						      : glyph(a->frame, GLYPH_ELLIPSIS);

		area_textf(a, x + indent, y + used, -1, STYLE_NORMAL, "%.*s%s", (int)n, rest, more);
		rest += n;
		rest += *rest == ' ';
		used++;
	}
	return used;
}
