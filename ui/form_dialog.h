/* A form over a screen, or in its place, that runs an operation: checks first, keeps everything
 * typed on
 * an error, shows progress, and hands a new secret to the secret box. */
#ifndef UI_FORM_DIALOG_H
#define UI_FORM_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/secret.h"
#include "ui/dialog.h"
#include "ui/form.h"

/* A line above the fields: a label and a text, or a text alone that is wrapped. */
struct form_head {
	enum style style;
	char label[16];
	char text[240];
};

enum { FORM_HEADS = 14 };

struct form_dialog;

/* What differs between forms. All functions may be NULL. */
struct form_kind {
	const char *name; /* of its help: "Rotate" */
	bool danger;	  /* red; the focus begins on Cancel */
	bool page;	  /* in place of the screen */
	/* A value is another: what blocks the button, warnings, the button's word. */
	void (*changed)(struct form_dialog *d);
	/* Says again, above the fields, what `row` tells: on opening and when it was loaded. */
	void (*facts)(struct form_dialog *d);
	/* Takes one of several new secrets; without it one goes to the secret box. Called on the WORKER's
	 * thread, since it writes files: it may touch `state` and nothing else. */
	bool (*reveal)(struct form_dialog *d, const struct json *row, struct secret *secret);
	/* The focus left a field, its value was checked. */
	void (*left)(struct form_dialog *d, struct form_item *item);
	/* Instead of running the operation at once; false: it was taken care of, and the dialog may be closed. */
	bool (*submit)(struct form_dialog *d);
	/* It ended well; the dialog closes after this returned, unless it set d->error. */
	void (*done)(struct form_dialog *d, const struct work_result *r);
	/* It failed; true: handled. Otherwise the error is shown above the buttons. */
	bool (*failed)(struct form_dialog *d, const struct work_result *r);
	void (*release)(struct form_dialog *d);
};

struct form_dialog {
	struct dialog base;
	const struct form_kind *kind;
	struct form *form;
	char title[160];
	char context[160]; /* of a page: behind the title */
	struct form_head head[FORM_HEADS];
	size_t heads;
	char tail[160];	   /* of a page: the line above the footer */
	struct err error;  /* of the last run; code 0: none */
	struct view *view; /* the screen it was opened from */
	struct work *work; /* running; NULL: not */
	struct work *load; /* loads `row` */
	char doing[96];	   /* progress */
	uint64_t so_far, total;
	struct secret secret; /* revealed by the operation */
	struct json *secret_row;
	struct json *row; /* the record it is about; NULL: none */
	void *state;	  /* of the kind */
};

/* Takes `form`. The kind must outlive it. */
struct form_dialog *form_dialog_new(const struct form_kind *kind, struct form *form);
void form_dialog_open(struct console *c, struct form_dialog *d); /* takes it */
/* Adds a line to the head; label "" for a text over the whole width. */
void form_dialog_head(struct form_dialog *d, enum style style, const char *label,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));
void form_dialog_gap(struct form_dialog *d); /* an empty line in the head */
/* Loads `row`: the operation's first record; takes `args`. `facts` and `changed` follow. */
void form_dialog_load(struct form_dialog *d, const struct op *op, struct op_args *args);
/* Runs the operation with what the form holds. */
void form_dialog_run(struct form_dialog *d);

#endif
