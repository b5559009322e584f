/* The table for lists: aligned by display width, fitted to the terminal. */
#include "src/cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

enum { ROWS_WAITING = 256, NARROW = 12, NARROWEST = 6, GAP = 2, LINE_MAX_BYTES = 1 << 22 };

void table_init(struct table *t, const struct look *l, struct out *o,
		const struct op_column *columns)
{
	*t = (struct table){ .look = l, .out = o };
	for (; columns && columns->name && t->count < TABLE_COLUMNS; columns++)
		if (columns->title)
			t->columns[t->count++] = columns;
}

static bool is_right(const struct op_column *c)
{
	return c->type == COLUMN_NUMBER || c->type == COLUMN_TIME ||
	       c->type == COLUMN_TIME_OR_NEVER || c->type == COLUMN_DURATION;
}

/* Only text gives way when the terminal is narrow. */
static bool may_shrink(const struct op_column *c)
{
	return c->type == COLUMN_TEXT || c->type == COLUMN_LIST;
}

/* Ids keep both ends: they differ there. */
static bool cut_in_the_middle(const struct op_column *c)
{
	return strcmp(c->name, "id") == 0 || strcmp(c->name, "object") == 0;
}

static int total_width(const struct table *t)
{
	int total = t->indent;

	for (size_t i = 0; i < t->count; i++)
		total += t->widths[i] + (i ? GAP : 0);
	return total;
}

static void measure(struct table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		t->widths[i] = (int)strlen(t->columns[i]->title);
		for (size_t r = 0; r < t->rows; r++)
			if (t->cells[r * t->count + i].width > t->widths[i])
				t->widths[i] = t->cells[r * t->count + i].width;
	}
}

/* Takes columns off the widest text until the line fits or nothing is wider than `least`. */
static void fit(struct table *t, int least)
{
	while (t->look->width && total_width(t) > t->look->width) {
		size_t widest = t->count;

		for (size_t i = 0; i < t->count; i++)
			if (may_shrink(t->columns[i]) && t->widths[i] > least &&
			    (widest == t->count || t->widths[i] > t->widths[widest]))
				widest = i;
		if (widest == t->count)
			return;
		t->widths[widest]--;
	}
}

static void put_spaces(struct buf *line, int count)
{
	if (count > 0)
		buf_addf(line, "%*s", count, "");
}

/* One cell, padded but for the end of the line. */
static void put_cell(const struct table *t, struct buf *line, size_t column, const struct cell *c)
{
	const struct op_column *what = t->columns[column];
	bool cut = t->look->width && may_shrink(what) && c->width > t->widths[column];
	char *text = cut ? look_cut(t->look, c->text, t->widths[column], cut_in_the_middle(what))
			 : NULL;
	int padding = cut ? 0 : t->widths[column] - c->width;
	const char *tone = look_tone(t->look, c->tone);

	if (column)
		put_spaces(line, GAP);
	if (is_right(what) && (c->width || column + 1 < t->count))
		put_spaces(line, padding);
	buf_addf(line, "%s%s%s", tone, text ? text : c->text, *tone ? look_reset(t->look) : "");
	if (!is_right(what) && column + 1 < t->count)
		put_spaces(line, padding);
	free(text);
}

static enum errc print_cells(struct table *t, struct cell *cells, struct err *e)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	enum errc rc;

	put_spaces(&line, t->indent);
	for (size_t i = 0; i < t->count; i++)
		put_cell(t, &line, i, &cells[i]);
	buf_add_char(&line, '\n');
	rc = out_add(t->out, buf_text(&line), line.len, e);
	buf_release(&line);
	return rc;
}

static enum errc print_header(struct table *t, struct err *e)
{
	struct cell cells[TABLE_COLUMNS];
	enum errc rc;

	for (size_t i = 0; i < t->count; i++)
		cells[i] = (struct cell){ .text = x_strdup(t->columns[i]->title),
					  .width = (int)strlen(t->columns[i]->title) };
	rc = out_add(t->out, look_bold(t->look), strlen(look_bold(t->look)), e);
	if (!rc)
		rc = print_cells(t, cells, e);
	if (!rc)
		rc = out_add(t->out, look_reset(t->look), strlen(look_reset(t->look)), e);
	for (size_t i = 0; i < t->count; i++)
		cell_release(&cells[i]);
	return rc;
}

static void drop_cells(struct table *t)
{
	for (size_t i = 0; i < t->rows * t->count; i++)
		cell_release(&t->cells[i]);
	t->rows = 0;
}

/* A column that no record has says nothing: key list --count has another record than key list. */
static void drop_absent(struct table *t)
{
	size_t had = t->count, kept = 0;

	for (size_t i = 0; i < had; i++) {
		if (!t->seen[i])
			continue;
		t->columns[kept] = t->columns[i];
		for (size_t r = 0; r < t->rows; r++) {
			struct cell *from = &t->cells[r * had + i], *to = &t->cells[r * had + kept];

			if (from == to)
				continue;
			cell_release(to);
			*to = *from;
			*from = (struct cell){ .text = NULL };
		}
		kept++;
	}
	for (size_t r = 0; r < t->rows; r++) {
		for (size_t i = kept; i < had; i++)
			cell_release(&t->cells[r * had + i]);
		memmove(&t->cells[r * kept], &t->cells[r * had], kept * sizeof(*t->cells));
	}
	t->count = kept;
}

static enum errc start_flowing(struct table *t, struct err *e)
{
	enum errc rc;

	drop_absent(t);
	measure(t);
	fit(t, NARROW);
	fit(t, NARROWEST);
	t->flowing = true;
	rc = print_header(t, e);
	for (size_t r = 0; !rc && r < t->rows; r++)
		rc = print_cells(t, &t->cells[r * t->count], e);
	drop_cells(t);
	return rc;
}

enum errc table_row(struct table *t, const struct json *row, struct err *e)
{
	struct cell *cells;
	enum errc rc;

	if (!t->cells)
		t->cells = x_calloc(ROWS_WAITING * (t->count + 1), sizeof(*t->cells));
	cells = &t->cells[t->rows * t->count];
	for (size_t i = 0; i < t->count; i++) {
		cells[i] = cell_make(t->look, t->columns[i], row, false);
		t->seen[i] |= json_get(row, t->columns[i]->name) != NULL;
	}
	t->rows++;
	if (!t->flowing)
		return t->rows < ROWS_WAITING ? ERR_OK : start_flowing(t, e);
	rc = print_cells(t, cells, e);
	drop_cells(t);
	return rc;
}

enum errc table_end(struct table *t, struct err *e)
{
	return t->rows ? start_flowing(t, e) : ERR_OK;
}

void table_release(struct table *t)
{
	drop_cells(t);
	free(t->cells);
	t->cells = NULL;
}
