/* A short code in letters that are read across a room: five by seven dots in half blocks, or in signs of
 * ASCII in the same cells. */
#ifndef UI_BIG_TEXT_H
#define UI_BIG_TEXT_H

#include <stdbool.h>

#include "ui/frame.h"

enum { BIG_TEXT_LINES = 4, BIG_TEXT_PITCH = 7 /* columns a letter, the gap behind it counted */ };

/* Is every character one that has a letter: A–Z, 0–9 or a dash? */
bool big_text_can(const char *text);
/* Draws it in rows of at most `width` columns, broken behind a dash or in equal parts, with a free line
 * between the rows. Returns the lines used; 0 where it can't be drawn or takes more than `lines`. */
int big_text_draw(const struct area *a, int x, int y, int width, int lines, enum style style,
		  const char *text);

#endif
