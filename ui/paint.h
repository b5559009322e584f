/* A back end that shows frames: the terminal by ncurses, or memory for tests. */
#ifndef UI_PAINT_H
#define UI_PAINT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "ui/console.h"
#include "ui/frame.h"

struct paint {
	bool utf8;
	int width, height;
	/* Sends what changed since the last frame. */
	void (*show)(struct paint *p, const struct frame *f);
	/* Overwrites everything that was ever shown with filler, on the terminal and in buffers. */
	void (*scrub)(struct paint *p);
	void (*resize)(struct paint *p); /* looks up width and height again */
	/* Gives the terminal back, stops the process, and after SIGCONT takes the terminal again. */
	void (*suspend)(struct paint *p);
	void (*mouse)(struct paint *p, bool on);
	void (*send)(struct paint *p, const char *bytes, size_t len); /* as they are */
	void (*free)(struct paint *p);				      /* restores the terminal */
};

/* ERR_USAGE where there is no terminal or TERM can't move the cursor. Signals must be blocked. */
enum errc paint_ncurses_new(struct paint **out, const struct console_options *o, struct err *e);
/* Gives the terminal back from a signal handler or an abort: only write(2) and tcsetattr(3). */
void paint_emergency(void);

struct paint *paint_memory_new(int width, int height, bool utf8);
void paint_memory_size(struct paint *p, int width, int height); /* for the next resize() */
/* The screen as text, one line a row without trailing blanks; a row with the selection begins with
 * ">", the text cursor is told below. With `styles` a list of what isn't STYLE_NORMAL follows. */
void paint_memory_text(const struct paint *p, struct buf *out, bool styles);
const struct frame *paint_memory_frame(const struct paint *p);
/* What went to send(), NUL-terminated; cleared by the call after. */
const char *paint_memory_sent(struct paint *p);

#endif
