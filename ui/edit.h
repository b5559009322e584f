/* One line of text being typed: filter, palette, form fields, and secrets behind a mask. */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/secret.h"
#include "ui/frame.h"
#include "ui/input.h"

struct edit {
	char *text;	     /* UTF-8, NUL-terminated, never NULL after edit_init */
	size_t len, max;     /* bytes */
	size_t cursor;	     /* byte offset, between what moves as one */
	size_t first;	     /* byte offset of what was drawn at the left edge last */
	bool full;	     /* the last insertion was cut */
	bool hidden;	     /* drawn as a mask */
	bool lines;	     /* line ends of a paste are kept: a key as PEM */
	struct secret store; /* owns text when hidden */
};

enum edit_motion { EDIT_LEFT, EDIT_RIGHT, EDIT_WORD_LEFT, EDIT_WORD_RIGHT, EDIT_HOME, EDIT_END };

void edit_init(struct edit *e, size_t max);
void edit_init_hidden(struct edit *e, size_t max); /* text lives in the secure heap */
void edit_release(struct edit *e);		   /* wipes; idempotent */
void edit_set(struct edit *e, const char *text);   /* cursor at the end */
/* Inserts at the cursor: line ends and tabs become spaces, other control characters are dropped,
 * invalid bytes become U+FFFD. What does not fit is cut at a whole character and sets `full`. */
void edit_insert(struct edit *e, const char *text, size_t len);
void edit_move(struct edit *e, enum edit_motion motion);
void edit_erase(struct edit *e, enum edit_motion motion); /* what the motion passes over goes */
/* Printable keys type, arrows, Home/End, ^A ^E, Backspace, Delete, ^U ^K ^W edit, a paste goes
 * in with
 * line ends as spaces. False: not an editing key, nothing was done. */
bool edit_input(struct edit *e, const struct input *in);
/* A paste with a secret of our format in it: it belongs into no field that shows what it holds. */
bool paste_has_secret(const struct input *in);
/* Draws in `width` columns with the style of a field; puts the cursor there when `focused`. */
void edit_draw(struct edit *e, const struct area *a, int x, int y, int width, enum style style,
	       bool focused);

#endif
