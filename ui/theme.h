/* How the styles look on this terminal: normal is uncoloured, exceptions are coloured. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>

#include "ui/frame.h"

enum theme { THEME_256, THEME_16, THEME_MONO, THEME_COUNT };

enum { LOOK_BOLD = 1, LOOK_UNDERLINE = 2, LOOK_REVERSE = 4 };

struct look {
	short foreground, background; /* -1: the terminal's own */
	unsigned attributes;
};

/* A theme by name ("auto" "256" "16" "8" "mono"; NULL: auto) on a terminal of that many colours. */
enum theme theme_pick(const char *name, int colors, bool no_color);
const struct look *theme_look(enum theme t, enum style s);

#endif
