/* Any operation of the table as a form with its answer as a page: what needs no more than that. */
#ifndef UI_OP_FORM_H
#define UI_OP_FORM_H

#include "ui/form_dialog.h"
#include "ui/screen.h"

/* How an operation is offered. Ends up in form, dialog and result. */
struct op_form {
	const char *op;
	const char *title;		 /* "Verify a secret" */
	const char *submit;		 /* "Verify" */
	const char *text;		 /* above the fields; NULL: the operation's detail */
	const struct form_place *places; /* NULL: all that belong into a form */
	const char *about;		 /* argument that names what it is about; NULL: "key" */
	const char *file;		 /* OP_TEXT: name of the file to offer ("keys.csv"); NULL */
	const char *type;		 /* what must be typed first ("restore"); NULL */
	bool type_name;			 /* the object's name must be typed first */
	bool danger;
	/* What the answer means, for the page's first line; NULL: records only. */
	const char *(*answer)(const struct work_result *r, enum style *style);
	void (*done)(struct view *v, const struct work_result *r); /* instead of the page */
};

extern const struct form_place op_form_no_places[]; /* for those that only ask */

/* Opens the form; `id`, when not NULL, is what it is about. */
struct form_dialog *op_form_open(struct view *v, const struct op_form *f, const char *id);
/* The same about an object with a name for people, which stands in the title. */
struct form_dialog *op_form_open_named(struct view *v, const struct op_form *f, const char *id,
				       const char *name);

#endif
