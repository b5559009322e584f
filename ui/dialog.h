/* Dialogs: what stands over a screen until it is answered. They stack; only the top one gets input. */
#ifndef UI_DIALOG_H
#define UI_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/console.h"
#include "ui/frame.h"
#include "ui/input.h"
#include "ui/screen.h"

struct dialog;

enum {
	DIALOG_PAGE = 1 << 0,	    /* takes the whole body and the context line, no box */
	DIALOG_STILL = 1 << 1,	    /* nothing beneath is redrawn while it is open (secret box) */
	DIALOG_TYPE_AHEAD = 1 << 2, /* keys that came with the one that opened it go in (palette) */
};

struct dialog_type {
	const char *name; /* title of its help: "Rotate" */
	unsigned flags;
	/* Keys for footer and help. What `input` leaves runs the action of that key with the view beneath;
	 * `run` is NULL where `input` takes it. A click on a footer label comes as the key. Ends with a NULL label; may be NULL. */
	const struct action *actions;
	/* Draws into `body`: for a page lines 2 to last but two and the context line above (body.y is 1),
	 * otherwise the same area, in which it places its own box (see dialog_box). */
	void (*draw)(struct dialog *d, const struct area *body);
	/* False: not taken; Esc then closes the dialog, F1 (and ? outside fields) opens help. */
	bool (*input)(struct dialog *d, const struct input *in);
	void (*free)(struct dialog *d); /* releases what the type holds, and the dialog itself */
};

/* First member of every dialog. */
struct dialog {
	const struct dialog_type *type;
	struct console *console; /* set by dialog_push */
	struct dialog *below;
	uint64_t batch; /* of the input that opened it */
};

void dialog_push(struct console *c,
		 struct dialog *d);  /* takes it; keys typed ahead are swallowed */
void dialog_close(struct dialog *d); /* takes it off the stack, wherever it is, and frees it */
struct dialog *dialog_top(const struct console *c); /* NULL: none */

/* A centred box of at most 76×20 with title, inside the body; returns its inner area (one column of
 * padding at each side) and wipes what is beneath. */
struct area dialog_box(const struct area *body, int width, int height, const char *title,
		       enum style style);
/* A line across the box, joined to its sides: y in the inner area's coordinates. */
void dialog_rule(const struct area *inner, int y);

#endif
