/* A small box of lines to choose from: sort orders, what to copy. */
#ifndef UI_MENU_H
#define UI_MENU_H

#include "ui/console.h"

struct menu_line {
	const char *label; /* NULL ends the lines */
	const char *right; /* at the right, secondary; may be NULL */
};

/* Opens it with the cursor on line `at`. `choose` gets the line after the box closed; Esc chooses
 * nothing. Lines and title are copied. */
void menu_open(struct console *c, const char *title, const struct menu_line *lines, size_t at,
	       void (*choose)(void *arg, size_t line), void *arg);

#endif
