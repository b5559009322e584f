/* A form made from an operation's arguments: one line each, with what the value means beside it and
 * what is wrong with it below. It holds values and draws them; ui/form_keys.c gives it keys, and
 * the dialogs around it run the operation. */
#ifndef UI_FORM_H
#define UI_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/app/op.h"
#include "ui/edit.h"

/* Where and how an argument stands in a form. A table of these ends with a NULL name. */
struct form_place {
	const char *arg;
	bool beside;	   /* on the line of the one before */
	bool sentence;	   /* a label longer than the others, which don't make room for it */
	int width;	   /* of the field, 0: 20 */
	const char *empty; /* what leaving it empty means: "any address" */
	const char *hint;  /* shown at the right until there is a meaning to show */
};

struct form_item {
	const struct arg *arg;
	struct form_place place;
	struct edit field;
	char *initial;	   /* the value it began with */
	char meaning[160]; /* "= 2026-06-16 15:07 CEST (in 90d)" */
	char warning[200]; /* a remark that refuses nothing; goes with the next change */
	bool local;	   /* only for the form, never sent */
	bool grave;	   /* the warning is shown as a danger */
	struct err error;  /* code 0: none */
	char **seen;	   /* values used elsewhere, for completion */
	size_t seen_count;
	int x, y, width; /* where the frame shows it, y -1: nowhere (for the mouse) */
};

struct form_fixed {
	const char *name;
	char *value;
};

struct form {
	const struct op *op;
	struct form_item *items;
	size_t count;
	size_t focus; /* an item; count: Cancel; count + 1: the button that submits */
	struct form_fixed *fixed;
	size_t fixed_count;
	const char *fixed_secret_name; /* of a secret that is sent but not shown; NULL: none */
	struct secret fixed_secret;
	bool changes_only;		   /* values as they began are not sent (edit) */
	bool labels_left;		   /* in dialogs; right-aligned on a page */
	int label_width;		   /* columns */
	const char *submit;		   /* "Create" */
	const char *blocked;		   /* why the button can't be pressed now; NULL: it can */
	int64_t now;			   /* ms; for what a time means */
	int scroll;			   /* first line drawn */
	int cancel_x, submit_x, buttons_y; /* in the frame; buttons_y -1: nowhere */
	/* Called when the focus leaves a field, checked before; may be NULL. */
	void (*left)(void *arg, struct form_item *item);
	void *left_arg;
	char *command; /* the equal command line; NULL: to be made anew */
};

enum form_event {
	FORM_IGNORED, /* not the form's: the dialog's */
	FORM_TAKEN,
	FORM_CHANGED, /* taken, and a value is another */
	FORM_SUBMIT,
	FORM_CANCEL,
	FORM_COPY
};

/* `places` NULL: every argument but those of the command line, in the table's order. */
struct form *form_new(const struct op *op, const struct form_place *places, int64_t now);
void form_free(struct form *f); /* wipes secrets; NULL is well */

/* A field of the dialog's own at the end; `arg` and the place's texts must outlive the form. */
void form_extra(struct form *f, const struct arg *arg, const struct form_place *place);
struct form_item *form_item(struct form *f, const char *name); /* NULL */
const char *form_value(struct form *f, const char *name);      /* "" when empty or not there */
/* A value that is sent but not shown (which key, the expected version). Repeated ones add up. */
void form_fix(struct form *f, const char *name, const char *value);
void form_refix(struct form *f, const char *name,
		const char *value); /* in place of the one before */
/* The same with a secret (copied): there is one at most. */
void form_fix_secret(struct form *f, const char *name, const char *text, size_t len);
/* The value a field begins with. */
void form_start(struct form *f, const char *name, const char *value);
/* Offers a value that is in use elsewhere; twice the same is taken once. */
void form_suggest(struct form *f, const char *name, const char *value);
void form_warn(struct form *f, const char *name, const char *text);

/* Something was typed that leaving would lose. */
bool form_dirty(const struct form *f);
/* After the text of an item changed: its meaning is anew, what was wrong goes. */
void form_changed(struct form *f, struct form_item *item);
/* On leaving a field: checks it, sets its error. True when it is well. */
bool form_check_item(struct form *f, struct form_item *item);
/* Checks all; the focus goes to the first that is wrong. */
bool form_check(struct form *f);
/* The arguments as they stand. Secrets are copied. Caller frees *out. */
enum errc form_args(struct form *f, struct op_args **out, struct err *e);
/* The equal command line; what is wrong is left out. Lent until a value changes: each drawing asks,
 * and with many keys it is long. */
const char *form_command(struct form *f);
/* Completes the word at the cursor with the first value seen; false: there is none. */
bool form_complete(struct form *f, struct form_item *item);

/* Splits the values of a repeated argument at blanks; double quotes keep them together. Calls
 * `each`
 * with every value until it returns false. */
bool form_split(const char *text, bool (*each)(void *arg, const char *value, size_t len),
		void *arg);

/* A key, paste or click. Enter in a field goes to the next one and never submits. */
enum form_event form_input(struct form *f, const struct input *in);

/* Draws the lines into the area, scrolled so that the focus is visible. Returns the lines used. */
int form_draw(struct form *f, const struct area *a);
/* Lines that form_draw would use with no limit. */
int form_height(const struct form *f);
/* "6 more below" of a form drawn into `height` lines; empty: all of it is seen. */
void form_more(const struct form *f, int height, char out[40]);
/* [ Cancel ]   [ Create ]  1 warning: Name */
void form_draw_buttons(struct form *f, const struct area *a, int y);
/* ` authrack key create … \` over at most `lines` lines. Returns those used. */
int form_draw_command(struct form *f, const struct area *a, int x, int y, int lines);

const char *form_label(const struct arg *arg, char *out, size_t size);

#endif
