/* Lines of which only a part fits: how far they are scrolled, and the keys that scroll them. */
#ifndef UI_SCROLL_H
#define UI_SCROLL_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/frame.h"
#include "ui/input.h"

/* What is drawn fills in lines and room each time; `at` is how many lines are off the top. */
struct scroll {
	int at, lines, room;
};

void scroll_by(struct scroll *s, int by);
/* Scrolls as little as shows the lines from `first` on, or as many of them as there is room for. */
void scroll_show(struct scroll *s, int first, int count);
/* Arrows, j k, PgUp PgDn, Space, g G, Home End. False: not a key that scrolls. */
bool scroll_key(struct scroll *s, int32_t key);
/* Of a list whose cursor is not the scroll: how far those keys move it in lines, `page` for PgUp and PgDn; beyond any
 * end for g and G. 0: not a key that moves. */
int scroll_step(int32_t key, int page);
/* The same as scroll_key(), and the wheel. */
bool scroll_input(struct scroll *s, const struct input *in);
/* "3 above, 5 below", "5 more below"; empty: nothing is out of sight. */
void scroll_more(const struct scroll *s, char out[40]);
/* "more: PgDn" at the lower right, where there is more. */
void scroll_draw_more(const struct scroll *s, const struct area *a);

#endif
