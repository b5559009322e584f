/* Several lines of text being typed or pasted: a token, claims. The text lives in secret memory. */
#ifndef UI_LINES_H
#define UI_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/frame.h"
#include "ui/input.h"

struct lines {
	char *text;	       /* NUL-terminated, line ends as \n; never NULL after lines_init */
	size_t len, size, max; /* bytes: used, room, most */
	size_t cursor;
	size_t goal;	   /* column that up and down keep to; SIZE_MAX: the cursor's */
	size_t first;	   /* visual line at the top */
	int width, height; /* as drawn last */
	bool full;	   /* the last insertion was cut */
};

void lines_init(struct lines *l, size_t max);
void lines_release(struct lines *l);			       /* wipes; idempotent */
void lines_set(struct lines *l, const char *text, size_t len); /* cursor at the beginning */
/* Inserts at the cursor: line ends become \n, other control characters but tabs are dropped. */
void lines_insert(struct lines *l, const char *text, size_t len);
/* Printable keys and Enter type; arrows, Home End PgUp PgDn move; Backspace Delete ^U ^K ^W erase; a
 * paste goes in. False: none of these. */
bool lines_input(struct lines *l, const struct input *in);
/* Lines of `width` columns, hard-wrapped, scrolled so that the cursor is seen. */
void lines_draw(struct lines *l, const struct area *a, enum style style, bool focused);
/* Line and column of a byte, from 1, as error messages tell them. */
void lines_place(const struct lines *l, size_t at, size_t *line, size_t *column);

#endif
