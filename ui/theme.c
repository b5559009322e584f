/* The themes as tables. Colours are chosen to be read on dark and on light backgrounds: with 16 or 8
 * only red and magenta text can be, so the rest become badges there. */
#include "ui/theme.h"

#include <string.h>

enum { RED = 1, GREEN = 2, YELLOW = 3, MAGENTA = 5, BLACK = 0, WHITE = 7 };

#define PLAIN             \
	{                 \
		-1, -1, 0 \
	}

static const struct look looks[THEME_COUNT][STYLE_COUNT] = {
	[THEME_256] = {
		[STYLE_NORMAL] = PLAIN,
		[STYLE_SECONDARY] = { 243, -1, 0 },
		[STYLE_GOOD] = { 28, -1, 0 },
		[STYLE_WARNING] = { 130, -1, 0 },
		[STYLE_DANGER] = { 196, -1, 0 },
		[STYLE_PROGRESS] = { 31, -1, 0 },
		[STYLE_TITLE] = { -1, -1, LOOK_BOLD },
		[STYLE_DANGER_TITLE] = { 196, -1, LOOK_BOLD },
		[STYLE_TAB_CURRENT] = { -1, -1, LOOK_BOLD | LOOK_REVERSE },
		[STYLE_FIELD] = { -1, -1, LOOK_UNDERLINE },
		[STYLE_FIELD_CURRENT] = { -1, -1, LOOK_UNDERLINE | LOOK_BOLD },
		[STYLE_SELECTED] = { -1, -1, LOOK_REVERSE },
		[STYLE_BADGE_WARNING] = { 16, 214, 0 },
		[STYLE_BADGE_GOOD] = { 16, 71, 0 },
		[STYLE_BADGE_DANGER] = { 231, 160, 0 },
		[STYLE_QR] = { 231, 16, 0 },
		[STYLE_HOSTILE] = { -1, -1, LOOK_REVERSE },
		[STYLE_PART_ONE] = { 97, -1, 0 },
		[STYLE_PART_TWO] = PLAIN,
		[STYLE_PART_THREE] = { 31, -1, 0 },
	},
	[THEME_16] = {
		[STYLE_NORMAL] = PLAIN,
		[STYLE_SECONDARY] = PLAIN,
		[STYLE_GOOD] = PLAIN,
		[STYLE_WARNING] = { BLACK, YELLOW, 0 },
		[STYLE_DANGER] = { RED, -1, 0 },
		[STYLE_PROGRESS] = { MAGENTA, -1, 0 },
		[STYLE_TITLE] = { -1, -1, LOOK_BOLD },
		[STYLE_DANGER_TITLE] = { RED, -1, LOOK_BOLD },
		[STYLE_TAB_CURRENT] = { -1, -1, LOOK_BOLD | LOOK_REVERSE },
		[STYLE_FIELD] = { -1, -1, LOOK_UNDERLINE },
		[STYLE_FIELD_CURRENT] = { -1, -1, LOOK_UNDERLINE | LOOK_BOLD },
		[STYLE_SELECTED] = { -1, -1, LOOK_REVERSE },
		[STYLE_BADGE_WARNING] = { BLACK, YELLOW, 0 },
		[STYLE_BADGE_GOOD] = { BLACK, GREEN, 0 },
		[STYLE_BADGE_DANGER] = { WHITE, RED, 0 },
		[STYLE_QR] = { WHITE, BLACK, 0 },
		[STYLE_HOSTILE] = { -1, -1, LOOK_REVERSE },
		[STYLE_PART_ONE] = { MAGENTA, -1, 0 },
		[STYLE_PART_TWO] = PLAIN,
		[STYLE_PART_THREE] = { MAGENTA, -1, 0 },
	},
	[THEME_MONO] = {
		[STYLE_NORMAL] = PLAIN,
		[STYLE_SECONDARY] = PLAIN,
		[STYLE_GOOD] = PLAIN,
		[STYLE_WARNING] = PLAIN,
		[STYLE_DANGER] = { -1, -1, LOOK_BOLD },
		[STYLE_PROGRESS] = PLAIN,
		[STYLE_TITLE] = { -1, -1, LOOK_BOLD },
		[STYLE_DANGER_TITLE] = { -1, -1, LOOK_BOLD | LOOK_REVERSE },
		[STYLE_TAB_CURRENT] = { -1, -1, LOOK_BOLD | LOOK_REVERSE },
		[STYLE_FIELD] = { -1, -1, LOOK_UNDERLINE },
		[STYLE_FIELD_CURRENT] = { -1, -1, LOOK_UNDERLINE | LOOK_BOLD },
		[STYLE_SELECTED] = { -1, -1, LOOK_REVERSE },
		[STYLE_BADGE_WARNING] = PLAIN,
		[STYLE_BADGE_GOOD] = PLAIN,
		[STYLE_BADGE_DANGER] = { -1, -1, LOOK_BOLD },
		[STYLE_QR] = PLAIN,
		[STYLE_HOSTILE] = { -1, -1, LOOK_REVERSE },
		[STYLE_PART_ONE] = { -1, -1, LOOK_BOLD },
		[STYLE_PART_TWO] = PLAIN,
		[STYLE_PART_THREE] = { -1, -1, LOOK_BOLD },
	},
};

static bool is(const char *name, const char *wanted)
{
	return name && !strcmp(name, wanted);
}

enum theme theme_pick(const char *name, int colors, bool no_color)
{
	if (no_color || colors < 8 || is(name, "mono"))
		return THEME_MONO;
	if (colors < 256 || is(name, "16") || is(name, "8"))
		return THEME_16;
	return THEME_256;
}

const struct look *theme_look(enum theme t, enum style s)
{
	return &looks[t][s];
}
