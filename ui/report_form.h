/* A report into a new file: a form that asks for format and path. */
#ifndef UI_REPORT_FORM_H
#define UI_REPORT_FORM_H

#include "src/base/buf.h"
#include "ui/form_dialog.h"

struct report_kind {
	struct form_kind form; /* REPORT_FORM; `changed` is the owner's */
	const char *op;	       /* what the equal command line is made of */
	struct arg format;     /* REPORT_FORMATS */
	const char *title, *about;
	const char *file; /* "doctor-report.md": offered in the person's home */
	const char *said; /* behind its path, once it is written */
	void (*write)(struct view *v, struct buf *out, const char *format);
};

bool report_form_submit(struct form_dialog *d);
#define REPORT_FORM .name = "Report", .submit = report_form_submit
#define REPORT_FORMATS(names, first)     \
	.format = {                      \
		.name = "report format", \
		.type = ARG_CHOICE,      \
		.choices = names,        \
		.fallback = first,       \
		.label = "Format",       \
		.help = "",              \
	}

const char *report_form_format(struct form_dialog *d);
/* Opens it; `object` is the operation's argument of that name. */
void report_form_open(struct view *v, const struct report_kind *kind, const char *name,
		      const char *object);

#endif
