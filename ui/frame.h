/* A frame of cells: what the screen should show. Screens and dialogs draw here; a back end paints it
 * (ui/paint_ncurses.c) or keeps it for a test (ui/paint_memory.c). */
#ifndef UI_FRAME_H
#define UI_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; the theme says how it looks (ui/theme.h). */
enum style {
	STYLE_NORMAL,
	STYLE_SECONDARY,
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_DANGER,
	STYLE_PROGRESS,
	STYLE_TITLE,	    /* bold */
	STYLE_DANGER_TITLE, /* red and bold; reverse without colours */
	STYLE_TAB_CURRENT,
	STYLE_FIELD,
	STYLE_FIELD_CURRENT,
	STYLE_SELECTED,
	STYLE_BADGE_WARNING,
	STYLE_BADGE_GOOD,
	STYLE_BADGE_DANGER,
	STYLE_QR,
	STYLE_HOSTILE,	/* escaped code points: reverse */
	STYLE_PART_ONE, /* parts of a token, side by side: none of them says good or bad */
	STYLE_PART_TWO,
	STYLE_PART_THREE,
	STYLE_COUNT
};

enum { CELL_CHARS = 5 }; /* a base character and up to four combining ones */

struct cell {
	int32_t chars[CELL_CHARS]; /* chars[0] 0: the right half of a wide character */
	uint8_t style;		   /* enum style */
	bool selected;		   /* reverse on top of the style */
};

struct frame {
	int width, height;
	struct cell *cells;	/* row by row */
	int cursor_x, cursor_y; /* -1: hidden */
	bool utf8;		/* false: only ASCII may be drawn (glyph fall-backs) */
};

/* A clipped part of a frame, with its own coordinates. Of these, `skip` lines are scrolled off its
 * top: what is drawn there is not seen, and line `skip` stands in the first of its `height` rows. */
struct area {
	struct frame *frame;
	int x, y, width, height;
	int skip;
};

void frame_init(struct frame *f, int width, int height, bool utf8);
void frame_resize(struct frame *f, int width, int height); /* wipes what is cut off */
void frame_clear(struct frame *f);
void frame_wipe(struct frame *f);    /* overwrites every cell: after a secret was drawn */
void frame_release(struct frame *f); /* wipes */

struct area area_of(struct frame *f);
struct area area_part(const struct area *a, int x, int y, int width, int height); /* clipped */
/* The frame's cells where line `y` of the area stands; NULL: out of sight. */
struct cell *area_row(const struct area *a, int y);

/* Draws terminal-safe text, cut at `width` columns with an ellipsis; hostile code points become
 * <U+202E> in STYLE_HOSTILE. Returns the columns used. `width` < 0: to the area's edge. */
int area_text(const struct area *a, int x, int y, int width, enum style style, const char *text);
/* The same, right-aligned in `width`; and with the middle cut out (ids, paths). */
int area_text_right(const struct area *a, int x, int y, int width, enum style style,
		    const char *text);
int area_text_middle(const struct area *a, int x, int y, int width, enum style style,
		     const char *text);
int area_textf(const struct area *a, int x, int y, int width, enum style style, const char *format,
	       ...) __attribute__((format(printf, 6, 7)));
/* Word-wrapped; returns the lines used; draws none below the area. */
int area_wrap(const struct area *a, int x, int y, int width, enum style style, const char *text);
void area_fill(const struct area *a, int32_t c, enum style style);
void area_rule(const struct area *a, int y, const char *title,
	       const char *right); /* ── title ─── right ── */
void area_box(const struct area *a, const char *title, enum style style);
void area_select(const struct area *a, int y, bool on); /* reverse over a whole row */
void area_cursor(const struct area *a, int x, int y);	/* where the hardware cursor sits */

/* A glyph by meaning, UTF-8 or ASCII as the frame can: "●" or "A". */
enum glyph {
	GLYPH_ACTIVE,
	GLYPH_EXPIRING,
	GLYPH_GRACE,
	GLYPH_DISABLED,
	GLYPH_REVOKED,
	GLYPH_EXPIRED,
	GLYPH_NOT_YET,
	GLYPH_PASS,
	GLYPH_FAIL,
	GLYPH_WARN,
	GLYPH_SKIP,
	GLYPH_CRITICAL,
	GLYPH_ELLIPSIS,
	GLYPH_HLINE,
	GLYPH_VLINE,
	GLYPH_UP,
	GLYPH_DOWN,
	GLYPH_ARROW_RIGHT,
	GLYPH_MASK,
	GLYPH_CORNER_TOP_LEFT,
	GLYPH_CORNER_TOP_RIGHT,
	GLYPH_CORNER_BOTTOM_LEFT,
	GLYPH_CORNER_BOTTOM_RIGHT,
	GLYPH_JOIN_LEFT,
	GLYPH_JOIN_RIGHT,
	GLYPH_COUNT
};
const char *glyph(const struct frame *f, enum glyph g);

#endif
