/* Scrolling; see scroll.h. */
#include "ui/scroll.h"

#include <stddef.h>
#include <stdio.h>

enum { WHEEL_LINES = 3, MORE_WIDTH = 13, BEYOND = 1 << 24 };

void scroll_by(struct scroll *s, int by)
{
	int most = s->lines > s->room ? s->lines - s->room : 0;

	s->at += by;
	if (s->at > most)
		s->at = most;
	if (s->at < 0)
		s->at = 0;
}

void scroll_show(struct scroll *s, int first, int count)
{
	if (first + count > s->at + s->room)
		s->at = first + count - s->room;
	if (first < s->at)
		s->at = first;
	scroll_by(s, 0);
}

static const struct {
	int32_t key;
	int lines, pages, ends;
} scroll_keys[] = {
	{ 'j', .lines = 1 },
	{ PRESS_DOWN, .lines = 1 },
	{ 'k', .lines = -1 },
	{ PRESS_UP, .lines = -1 },
	{ PRESS_PAGE_DOWN, .pages = 1 },
	{ ' ', .pages = 1 },
	{ PRESS_PAGE_UP, .pages = -1 },
	{ 'g', .ends = -1 },
	{ PRESS_HOME, .ends = -1 },
	{ 'G', .ends = 1 },
	{ PRESS_END, .ends = 1 },
};

int scroll_step(int32_t key, int page)
{
	for (size_t i = 0; i < sizeof(scroll_keys) / sizeof(scroll_keys[0]); i++)
		if (scroll_keys[i].key == key)
			return scroll_keys[i].lines + scroll_keys[i].pages * page +
			       scroll_keys[i].ends * BEYOND;
	return 0;
}

bool scroll_key(struct scroll *s, int32_t key)
{
	for (size_t i = 0; i < sizeof(scroll_keys) / sizeof(scroll_keys[0]); i++)
		if (scroll_keys[i].key == key) {
			scroll_by(s, scroll_keys[i].lines + scroll_keys[i].pages * s->room +
					     scroll_keys[i].ends * s->lines);
			return true;
		}
	return false;
}

bool scroll_input(struct scroll *s, const struct input *in)
{
	if (in->type == INPUT_KEY)
		return scroll_key(s, in->key);
	if (in->type != INPUT_MOUSE ||
	    (in->mouse != MOUSE_WHEEL_UP && in->mouse != MOUSE_WHEEL_DOWN))
		return false;
	scroll_by(s, in->mouse == MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
	return true;
}

void scroll_more(const struct scroll *s, char out[40])
{
	int above = s->at, below = s->lines - s->at - s->room;

	out[0] = '\0';
	if (above > 0 && below > 0)
		snprintf(out, 40, "%d above, %d below", above, below);
	else if (above > 0 || below > 0)
		snprintf(out, 40, "%d more %s", above > 0 ? above : below,
			 above > 0 ? "above" : "below");
}

void scroll_draw_more(const struct scroll *s, const struct area *a)
{
	if (s->lines - s->at > s->room)
		area_text_right(a, a->width - MORE_WIDTH - 1, a->height - 1, MORE_WIDTH,
				STYLE_SECONDARY, "   more: PgDn");
}
