/* A report into a new file; see report_form.h. */
#include "ui/report_form.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/file.h"
#include "ui/op_form.h"

enum { REPORT_MAX = 8 << 20, FORMAT_WIDTH = 12, PATH_WIDTH = 46 };

static const struct arg file_arg = {
	.name = "report file",
	.type = ARG_FILE,
	.label = "To file",
	.help = "a new file, readable by you only",
};

const char *report_form_format(struct form_dialog *d)
{
	return form_value(d->form, ((const struct report_kind *)d->kind)->format.name);
}

bool report_form_submit(struct form_dialog *d)
{
	const struct report_kind *kind = (const struct report_kind *)d->kind;
	const char *path = form_value(d->form, file_arg.name);
	struct buf out = BUF_INIT(REPORT_MAX);

	if (!*path) {
		err_set(&form_item(d->form, file_arg.name)->error, ERR_USAGE, "a path is needed");
		return false;
	}
	kind->write(d->view, &out, report_form_format(d));
	if (!file_write_new(path, buf_text(&out), out.len, &d->error)) {
		console_say(d->base.console, STYLE_GOOD, "report written to %s%s", path,
			    kind->said);
		dialog_close(&d->base);
	}
	buf_release(&out);
	return false;
}

void report_form_open(struct view *v, const struct report_kind *kind, const char *name,
		      const char *object)
{
	struct form *f = form_new(op_find(kind->op), op_form_no_places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(&kind->form, f);
	char *path = path_join(getenv("HOME") ? getenv("HOME") : ".", kind->file);

	d->view = v;
	f->submit = "Write";
	if (name)
		form_fix(f, name, object);
	form_extra(f, &kind->format,
		   &(struct form_place){ .arg = kind->format.name, .width = FORMAT_WIDTH });
	form_extra(f, &file_arg, &(struct form_place){ .arg = file_arg.name, .width = PATH_WIDTH });
	form_start(f, kind->format.name, kind->format.fallback);
	form_start(f, file_arg.name, path);
	free(path);
	snprintf(d->title, sizeof(d->title), "%s", kind->title);
	form_dialog_head(d, STYLE_NORMAL, "", "%s", kind->about);
	form_dialog_gap(d);
	form_dialog_open(v->console, d);
}
