/* The page that shows what an operation answered; see result.h. */
#include "ui/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/text.h"
#include "ui/chart.h"
#include "ui/dialog.h"
#include "ui/record.h"
#include "ui/scroll.h"

enum { CELL_MAX = 2048, COLUMN_MOST = 36, LABEL_WIDTH = 18, PAGE_TOP = 2, DATE_LENGTH = 10 };

struct result_page {
	struct dialog base;
	const struct op *op;
	struct json *rows, *notes;
	char *title, *answer, *text;
	enum style style;
	struct scroll scroll;
};

/* --- values as text ------------------------------------------------------------------------ */
static void list_text(const struct json *value, char *out, size_t size)
{
	struct buf b = BUF_INIT(CELL_MAX);

	if (json_type_of(value) == JSON_ARRAY_TYPE && json_as_text(json_at(value, 0)))
		record_join(value, "  ", out, size);
	else if (json_count(value) && json_write(&b, value))
		snprintf(out, size, "%s", buf_text(&b));
	buf_release(&b);
}

static void value_text(const struct console *c, const struct op_column *column,
		       const struct json *row, char out[CELL_MAX])
{
	const struct json *value = json_get(row, column->name);
	char number[NUMBER_SIZE];

	out[0] = '\0';
	switch (json_type_of(value)) {
	case JSON_TEXT_TYPE:
		if (column->type == COLUMN_TIME || column->type == COLUMN_TIME_OR_NEVER)
			console_when_full(c, out, CELL_MAX, record_time(row, column->name));
		else
			snprintf(out, CELL_MAX, "%.*s",
				 column->type == COLUMN_DAY ? DATE_LENGTH : CELL_MAX,
				 json_as_text(value));
		break;
	case JSON_INT_TYPE:
		number_grouped(number, json_as_int(value));
		snprintf(out, CELL_MAX, "%s", number);
		break;
	case JSON_BOOL_TYPE:
		snprintf(out, CELL_MAX, "%s", json_as_bool(value) ? "yes" : "no");
		break;
	case JSON_OBJECT_TYPE:
	case JSON_ARRAY_TYPE:
	case JSON_REAL_TYPE:
		list_text(value, out, CELL_MAX);
		break;
	case JSON_NULL_TYPE:
		break;
	}
}

/* --- one record ---------------------------------------------------------------------------- */
static int record_draw(const struct result_page *p, const struct area *a, const struct json *row,
		       int y)
{
	for (const struct op_column *col = p->op->columns; col && col->name; col++) {
		char text[CELL_MAX], label[40];

		value_text(p->base.console, col, row, text);
		if (!text[0])
			continue;
		snprintf(label, sizeof(label), "%s", col->name);
		for (char *s = label; *s; s++)
			if (*s == '_')
				*s = ' ';
		if (y >= 0 && y < a->height)
			area_text(a, 1, y, LABEL_WIDTH, STYLE_SECONDARY, label);
		y += area_wrap(a, LABEL_WIDTH + 2, y, -1, STYLE_NORMAL, text);
	}
	return y;
}

/* --- a table ------------------------------------------------------------------------------- */
static int column_width(const struct result_page *p, const struct op_column *col)
{
	int width = (int)strlen(col->title);

	for (size_t i = 0; i < json_count(p->rows); i++) {
		char text[CELL_MAX];
		int needed;

		value_text(p->base.console, col, json_at(p->rows, i), text);
		needed = (int)text_width(text, strlen(text));
		if (needed > width)
			width = needed;
	}
	return width < COLUMN_MOST ? width : COLUMN_MOST;
}

static void table_column(const struct result_page *p, const struct area *a,
			 const struct op_column *col, int x, int width, int y)
{
	bool right = col->type == COLUMN_NUMBER;
	struct area part = area_part(a, x, 0, width, a->height);

	if (y >= 0)
		(right ? area_text_right : area_text)(&part, 0, y, width, STYLE_TITLE, col->title);
	for (size_t i = 0; i < json_count(p->rows); i++) {
		int at = y + 1 + (int)i;
		char text[CELL_MAX];

		if (at < 0 || at >= a->height)
			continue;
		value_text(p->base.console, col, json_at(p->rows, i), text);
		(right ? area_text_right : area_text)(&part, 0, at, width, STYLE_NORMAL, text);
	}
}

static int table_draw(const struct result_page *p, const struct area *a, int y)
{
	int x = 1;

	for (const struct op_column *col = p->op->columns; col->name && x < a->width; col++) {
		int width;

		if (!col->title)
			continue;
		width = column_width(p, col);
		table_column(p, a, col, x, width, y);
		x += width + 2;
	}
	return y + 1 + (int)json_count(p->rows);
}

/* --- the page ------------------------------------------------------------------------------ */
static int body_draw(const struct result_page *p, const struct area *a, int y)
{
	if (p->answer)
		y += area_wrap(a, 1, y, -1, p->style, p->answer) + 1;
	if (p->text)
		y += area_wrap(a, 1, y, -1, STYLE_NORMAL, p->text);
	else if (json_count(p->rows) == 0 && !p->answer)
		area_text(a, 1, y++, -1, STYLE_NORMAL, "nothing found");
	else if (p->op->columns && (p->op->flags & OP_LIST || json_count(p->rows) > 1))
		y = table_draw(p, a, y);
	else if (json_count(p->rows))
		y = record_draw(p, a, json_at(p->rows, 0), y);
	for (size_t i = 0; i < json_count(p->notes); i++)
		y += area_wrap(a, 1, y + 1, -1, STYLE_SECONDARY,
			       json_as_text(json_at(p->notes, i)));
	return y;
}

static void page_draw(struct dialog *base, const struct area *body)
{
	struct result_page *p = (struct result_page *)base;
	struct area part = area_part(body, 0, PAGE_TOP, body->width, body->height - PAGE_TOP);

	area_text(body, 1, 0, -1, STYLE_TITLE, p->title);
	p->scroll.room = part.height;
	p->scroll.lines = body_draw(p, &part, -p->scroll.at) + p->scroll.at;
	scroll_draw_more(&p->scroll, &part);
	area_cursor(body, 1, 0);
}

static bool page_input(struct dialog *base, const struct input *in)
{
	struct result_page *p = (struct result_page *)base;

	if (scroll_input(&p->scroll, in)) {
		console_redraw(base->console);
		return true;
	}
	if (in->type != INPUT_KEY)
		return true;
	if (in->key == 'q' || in->key == PRESS_ENTER) {
		dialog_close(base);
		return true;
	}
	return in->key != PRESS_ESC && in->key != PRESS_F1 && in->key != '?' && in->key != 'u';
}

static void page_free(struct dialog *base)
{
	struct result_page *p = (struct result_page *)base;

	json_free(p->rows);
	json_free(p->notes);
	free(p->title);
	free(p->answer);
	free(p->text);
	free(p);
}

static const struct action page_actions[] = {
	{ PRESS_DOWN, "scroll", "next line; PgDn, Space: next page", .flags = ACTION_FOOTER },
	{ PRESS_ESC, "back", "back", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type page_type = {
	.name = "Result",
	.flags = DIALOG_PAGE,
	.actions = page_actions,
	.draw = page_draw,
	.input = page_input,
	.free = page_free,
};

void result_open(struct console *c, const char *title, enum style style, const char *answer,
		 const struct work_result *r)
{
	struct result_page *p = x_calloc(1, sizeof(*p));

	*p = (struct result_page){
		.base = { .type = &page_type },
		.op = r->op,
		.title = x_strdup(title),
		.answer = x_strdup(answer),
		.text = x_strdup(r->text),
		.style = style,
		.rows = json_keep(r->rows),
		.notes = json_keep(r->notes),
	};
	dialog_push(c, &p->base);
}
