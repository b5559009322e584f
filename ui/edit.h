/* One line of text being typed: filter, palette, form fields. */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/frame.h"
#include "ui/input.h"

struct edit {
	char *text;		/* UTF-8, NUL-terminated, never NULL after edit_init */
	size_t len, size, cursor;	/* bytes; the cursor stands between characters */
	size_t max;		/* bytes */
	int scroll;		/* columns cut off at the left when drawn last */
};

void edit_init(struct edit *e, size_t max);
void edit_release(struct edit *e);		/* wipes */
void edit_set(struct edit *e, const char *text);	/* cursor at the end */
/* Printable keys type, arrows, Home/End, ^A ^E, Backspace, Delete, ^U ^K ^W edit, a paste goes in with
 * line ends as spaces. False: not an editing key, nothing was done. */
bool edit_input(struct edit *e, const struct input *in);
/* Draws in `width` columns with the style of a field; puts the cursor there when `focused`. */
void edit_draw(struct edit *e, const struct area *a, int x, int y, int width, enum style style,
	       bool focused);

#endif
