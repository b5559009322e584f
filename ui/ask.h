/* Small dialogs: a question with the focus on the harmless answer, and a line to type. */
#ifndef UI_ASK_H
#define UI_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/dialog.h"

/* A question. Texts are copied. */
struct ask {
	const char *title;
	const char *text;     /* wrapped; may have line ends */
	const char *yes, *no; /* buttons: "Leave", "Stay"; the focus is on `no` */
	bool danger;	      /* red box */
	/* Once, after the dialog is gone; false, too, when the console ends under it. May be
	 * NULL. */
	void (*answer)(void *arg, bool yes);
	void *arg;
};
void ask_open(struct console *c, const struct ask *a);

/* One line to type. */
struct prompt {
	const char *title;
	const char *text;   /* above the field */
	const char *label;  /* before it */
	const char *submit; /* "Write" */
	const char *start;  /* what it begins with; NULL */
	bool hidden;	    /* a secret: masked, in the secure heap */
	/* With what was typed; NULL when it was given up. Not called when the console ends under it. True closes the prompt; false keeps
	 * it open with
	 * `error` (512 bytes) below the field. */
	bool (*answer)(void *arg, const char *text, char *error);
	void *arg;
};
void prompt_open(struct console *c, const struct prompt *p);

#endif
