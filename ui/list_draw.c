/* Drawing the list: which columns fit, titles, rows with the day above where it changes, the filter. */
#include "src/base/text.h"
#include "ui/chart.h"
#include "ui/list_state.h"

enum { MARGIN = 2 }; /* mark, and a blank for the cursor */

/* --- columns ------------------------------------------------------------------------------------- */

static bool column_offered(const struct list_column *column, int width)
{
	return !column->from_width || width >= column->from_width;
}

static int columns_width(const struct list *l)
{
	int total = MARGIN - 1;

	for (int i = 0; l->type->columns[i].title; i++)
		total += l->column_width[i] ? l->column_width[i] + 1 : 0;
	return total;
}

/* The one that goes first when the list is narrow; -1 when all that is left must stay. */
static int column_to_drop(const struct list *l)
{
	int worst = -1;

	for (int i = 0; l->type->columns[i].title; i++) {
		const struct list_column *c = &l->type->columns[i];

		if (l->column_width[i] && c->drop &&
		    (worst < 0 || c->drop > l->type->columns[worst].drop))
			worst = i;
	}
	return worst;
}

static void columns_grow(struct list *l, int spare)
{
	for (int i = 0; l->type->columns[i].title && spare > 0; i++) {
		const struct list_column *c = &l->type->columns[i];
		int room = c->max_width ? c->max_width - l->column_width[i] : spare;

		if (!l->column_width[i] || !(c->flags & LIST_FLEX) || room <= 0)
			continue;
		room = room < spare ? room : spare;
		l->column_width[i] += room;
		spare -= room;
	}
}

static void columns_fit(struct list *l, int width)
{
	int x = MARGIN, drop;

	for (int i = 0; l->type->columns[i].title; i++)
		l->column_width[i] = column_offered(&l->type->columns[i], width)
					     ? l->type->columns[i].width
					     : 0;
	while (columns_width(l) > width && (drop = column_to_drop(l)) >= 0)
		l->column_width[drop] = 0;
	columns_grow(l, width - columns_width(l));
	for (int i = 0; l->type->columns[i].title; i++) {
		l->column_x[i] = x;
		x += l->column_width[i] ? l->column_width[i] + 1 : 0;
	}
}

static void draw_title(const struct list *l, const struct area *a, int i)
{
	const struct list_column *c = &l->type->columns[i];
	char text[64];
	bool sorted = c->sort && !strcmp(c->sort, l->sort);

	snprintf(text, sizeof(text), "%s%s%s", c->title, sorted ? " " : "",
		 !sorted ? "" : glyph(a->frame, l->descending ? GLYPH_DOWN : GLYPH_UP));
	if (c->flags & LIST_RIGHT)
		area_text_right(a, l->column_x[i], 0, l->column_width[i], STYLE_SECONDARY, text);
	else
		area_text(a, l->column_x[i], 0, l->column_width[i], STYLE_SECONDARY, text);
}

/* --- rows ------------------------------------------------------------------------------------------- */

static void select_row(const struct list *l, const struct area *a, int y)
{
	area_select(a, y, true);
	for (int i = 0; l->type->columns[i].title; i++) {
		struct area cell = area_part(a, l->column_x[i], y, l->column_width[i], 1);

		if (l->type->columns[i].flags & LIST_UNREVERSED && l->column_width[i])
			area_select(&cell, 0, false);
	}
}

static void draw_cell(struct list *l, const struct list_column *column, const struct json *row,
		      const struct area *cell)
{
	if (column->draw)
		column->draw(l->view, row, cell);
	else
		area_text(cell, 0, 0, -1, column->style, json_get_text(row, column->member));
}

static void draw_row(struct list *l, const struct area *a, int y, size_t index, bool focused)
{
	char id[LIST_ID];

	if (l->marked.count && list_is_marked(l, list_row_id(l, index, id)))
		area_text(a, 0, y, 1, STYLE_TITLE, "*");
	for (int i = 0; l->type->columns[i].title; i++) {
		struct area cell = area_part(a, l->column_x[i], y, l->column_width[i], 1);

		if (l->column_width[i])
			draw_cell(l, &l->type->columns[i], l->rows[index], &cell);
	}
	if (index != l->cursor)
		return;
	if (focused) {
		select_row(l, a, y);
		area_cursor(a, MARGIN - 1, y);
	} else {
		area_text(a, MARGIN - 1, y, 1, STYLE_TITLE, ">");
	}
}

/* The rule above a row, or NULL. */
static const char *row_group(struct list *l, size_t index, char out[64])
{
	if (!l->type->group)
		return NULL;
	if (!index && !l->at_start)
		return NULL;
	return l->type->group(l->view, index ? l->rows[index - 1] : NULL, l->rows[index], out);
}

/* Lines from `top` to the cursor row, rules counted. */
static int lines_to_cursor(struct list *l)
{
	char text[64];
	int lines = 0;

	for (size_t i = l->top; i <= l->cursor && i < l->count; i++)
		lines += row_group(l, i, text) ? 2 : 1;
	return lines;
}

static void scroll_to_cursor(struct list *l)
{
	if (l->cursor < l->top)
		l->top = l->cursor;
	if (l->cursor - l->top > (size_t)l->height)
		l->top = l->cursor - (size_t)l->height;
	while (l->top < l->cursor && lines_to_cursor(l) > l->height)
		l->top++;
	/* No empty lines at the end while there are rows above. */
	if (!l->type->group && l->count - l->top < (size_t)l->height)
		l->top = l->count > (size_t)l->height ? l->count - (size_t)l->height : 0;
}

static void note_line(struct list *l, int row)
{
	if (l->line_count < LIST_LINES)
		l->line_row[l->line_count++] = row;
}

static void draw_rows(struct list *l, const struct area *a, bool focused)
{
	char text[64];
	const char *group;
	int y = 0;

	l->line_count = 0;
	for (size_t i = l->top; i < l->count && y < a->height; i++) {
		group = row_group(l, i, text);
		if (group) {
			area_rule(a, y++, group, NULL);
			note_line(l, -1);
		}
		draw_row(l, a, y++, i, focused);
		note_line(l, (int)i);
	}
}

static void draw_nothing(struct list *l, const struct area *a)
{
	if (!l->loaded)
		return;
	if (l->trouble.code) {
		area_wrap(a, 3, 2, a->width - 6, STYLE_DANGER, l->trouble.message);
		area_wrap(a, 3, 5, a->width - 6, STYLE_NORMAL, l->trouble.hint);
	} else if (!l->filter.len && l->type->empty) {
		l->type->empty(l->view, a);
	} else if (l->filter.len && l->type->no_match) {
		l->type->no_match(l->view, l->filter.text, a);
	} else {
		area_textf(a, 3, 2, -1, STYLE_NORMAL, "no %s%s%s%s", l->type->noun,
			   l->filter.len ? " matches \"" : " here", l->filter.text,
			   l->filter.len ? "\"; Esc clears the filter" : "");
	}
}

void list_draw(struct list *l, const struct area *a, bool focused)
{
	struct area body = area_part(a, 0, 1, a->width, a->height - 1);

	l->height = body.height;
	if (!l->count) {
		l->line_count = 0;
		draw_nothing(l, a);
		return;
	}
	columns_fit(l, a->width);
	for (int i = 0; l->type->columns[i].title; i++) {
		if (l->column_width[i])
			draw_title(l, a, i);
	}
	scroll_to_cursor(l);
	draw_rows(l, &body, focused && !l->editing);
}

/* --- the filter's line ---------------------------------------------------------------------------------- */

static void count_text(const struct list *l, char *out, size_t size)
{
	char matches[NUMBER_SIZE], total[NUMBER_SIZE];

	number_grouped(matches, l->matches);
	number_grouped(total, l->total);
	if (l->matches < 0)
		snprintf(out, size, "%s", l->page || l->counting ? "looking…" : "");
	else if (l->total < 0)
		snprintf(out, size, "%s", matches);
	else
		snprintf(out, size, "%s of %s", matches, total);
}

void list_draw_filter(struct list *l, const struct area *line, bool focused)
{
	char count[80], right[200];
	int width, room;

	count_text(l, count, sizeof(count));
	if (l->trouble.code)
		snprintf(right, sizeof(right), "%.190s", l->trouble.message);
	else
		snprintf(right, sizeof(right), "%s %s filter  Esc %s", count,
			 glyph(line->frame, GLYPH_DOWN), l->editing ? "leaves" : "clears");
	width = (int)text_width(right, strlen(right));
	width = width < line->width - 20 ? width : line->width - 20;
	area_text(line, line->width - width - 1, 0, width,
		  l->trouble.code ? STYLE_DANGER : STYLE_NORMAL, right);
	room = line->width - width - 4;
	area_text(line, 1, 0, 1, STYLE_TITLE, "/");
	edit_draw(&l->filter, line, 2, 0, room, STYLE_FIELD, focused && l->editing);
}

void list_context(struct view *v, const struct area *line)
{
	const struct list *l = v->list;

	if (l->total >= 0)
		area_textf(line, 0, 0, -1, STYLE_NORMAL, "%lld %s", (long long)l->total,
			   l->total == 1 ? l->type->noun : l->type->plural);
}
