/* Lists whose operation gives all rows and searches none: the filter is applied to what came. */
#include <ctype.h>
#include <string.h>

#include "ui/form.h"
#include "ui/list_state.h"

/* Is the word in the text, whatever the case of its ASCII letters? */
static bool text_has(const char *text, const char *word, size_t len)
{
	for (; text && *text; text++) {
		size_t n = 0;

		while (n < len &&
		       tolower((unsigned char)text[n]) == tolower((unsigned char)word[n]))
			n++;
		if (n == len)
			return true;
	}
	return false;
}

struct row_word {
	const struct json *row;
};

static bool row_has(void *arg, const char *word, size_t len)
{
	const struct json *row = ((struct row_word *)arg)->row;

	for (const void *it = json_first(row); it; it = json_next(row, it))
		if (text_has(json_as_text(json_value(it)), word, len))
			return true;
	return false;
}

static bool row_fits(const struct json *row, const char *filter)
{
	return form_split(filter, row_has, &(struct row_word){ row });
}

struct json *list_whole_rows(const struct list *l, const struct json *rows)
{
	struct json *fitting = json_array_new();

	for (size_t i = 0; i < json_count(rows); i++)
		if (row_fits(json_at(rows, i), l->filter.text))
			json_add(fitting, json_keep(json_at(rows, i)));
	return fitting;
}

void list_whole_match(struct list *l, bool backwards)
{
	for (size_t i = 1; i <= (backwards ? l->cursor : l->count - 1 - l->cursor); i++) {
		size_t at = backwards ? l->cursor - i : l->cursor + i;

		if (row_fits(l->rows[at], l->last_filter)) {
			l->cursor = at;
			console_redraw(l->view->console);
			return;
		}
	}
	console_say(l->view->console, STYLE_NORMAL, "no further match of \"%s\"", l->last_filter);
}
