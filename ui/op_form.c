/* Any operation as a form and a page; see op_form.h. */
#include "ui/op_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "ui/chart.h"
#include "ui/result.h"

struct op_form_state {
	const struct op_form *spec;
	struct arg typed;
	char *type; /* what must be typed first; NULL: nothing */
	char label[40], blocked[60];
};

const struct form_place op_form_no_places[] = { { .arg = NULL } };

static const struct arg file_arg = {
	.name = "file to write",
	.type = ARG_FILE,
	.label = "To file",
	.help = "a new file, readable by you only",
};

static void op_form_changed(struct form_dialog *d)
{
	struct op_form_state *s = d->state;

	if (!s->type)
		return;
	if (s->spec->type_name)
		snprintf(s->blocked, sizeof(s->blocked), "type its name first");
	else
		snprintf(s->blocked, sizeof(s->blocked), "type \"%s\" first", s->type);
	d->form->blocked = strcmp(form_value(d->form, "typed"), s->type) ? s->blocked : NULL;
}

static void op_form_write(struct form_dialog *d, const struct work_result *r)
{
	const char *path = form_value(d->form, file_arg.name);
	size_t len = r->text ? strlen(r->text) : 0;
	char size[NUMBER_SIZE];

	if (file_write_new(path, r->text, len, &d->error))
		return;
	number_grouped(size, (int64_t)len);
	console_say(d->base.console, STYLE_GOOD, "wrote %s bytes to %s", size, path);
}

static void op_form_done(struct form_dialog *d, const struct work_result *r)
{
	struct op_form_state *s = d->state;
	enum style style = STYLE_NORMAL;
	const char *answer = s->spec->answer ? s->spec->answer(r, &style) : NULL;

	if (s->spec->file) {
		op_form_write(d, r);
		return;
	}
	if (s->spec->done)
		s->spec->done(d->view, r);
	else
		result_open(d->base.console, s->spec->title, style, answer, r);
}

static bool op_form_submit(struct form_dialog *d)
{
	struct op_form_state *s = d->state;
	struct form_item *file = form_item(d->form, file_arg.name);

	if (!s->spec->file || !file || file->field.len)
		return true;
	err_set(&file->error, ERR_USAGE, "a path is needed");
	return false;
}

static void op_form_release(struct form_dialog *d)
{
	struct op_form_state *s = d->state;

	free(s->type);
	free(s);
}

static const struct form_kind op_kind = {
	.name = "Form",
	.changed = op_form_changed,
	.submit = op_form_submit,
	.done = op_form_done,
	.release = op_form_release,
};

static const struct form_kind op_danger_kind = {
	.name = "Form",
	.danger = true,
	.changed = op_form_changed,
	.submit = op_form_submit,
	.done = op_form_done,
	.release = op_form_release,
};

static void op_form_extras(struct form_dialog *d, struct op_form_state *s)
{
	if (s->spec->file) {
		char *home = getenv("HOME") ? path_join(getenv("HOME"), s->spec->file)
					    : x_strdup(s->spec->file);

		form_extra(d->form, &file_arg,
			   &(struct form_place){ .arg = file_arg.name, .width = 46 });
		form_start(d->form, file_arg.name, home);
		free(home);
	}
	if (s->type) {
		if (s->spec->type_name)
			snprintf(s->label, sizeof(s->label), "Type the name");
		else
			snprintf(s->label, sizeof(s->label), "Type \"%s\"", s->type);
		s->typed = (struct arg){
			.name = "typed", .type = ARG_TEXT, .label = s->label, .help = ""
		};
		form_extra(d->form, &s->typed, &(struct form_place){ .arg = "typed", .width = 20 });
	}
}

struct form_dialog *op_form_open(struct view *v, const struct op_form *spec, const char *id)
{
	return op_form_open_named(v, spec, id, NULL);
}

struct form_dialog *op_form_open_named(struct view *v, const struct op_form *spec, const char *id,
				       const char *name)
{
	const struct op *op = op_find(spec->op);
	struct form *f = form_new(op, spec->places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(spec->danger ? &op_danger_kind : &op_kind, f);
	struct op_form_state *s = x_calloc(1, sizeof(*s));

	s->spec = spec;
	s->type = x_strdup(spec->type_name ? name : spec->type);
	d->view = v;
	d->state = s;
	f->submit = spec->submit;
	if (id)
		form_fix(f, spec->about ? spec->about : "key", id);
	if (op->flags & OP_DANGEROUS)
		form_fix(f, "yes", "true");
	op_form_extras(d, s);
	if (spec->danger)
		f->focus = f->count;
	snprintf(d->title, sizeof(d->title), "%s%s%.100s", spec->title, name ? ": " : "",
		 name ? name : "");
	form_dialog_head(d, STYLE_NORMAL, "", "%s",
			 spec->text   ? spec->text
			 : op->detail ? op->detail
				      : op->summary);
	form_dialog_gap(d);
	form_dialog_open(v->console, d);
	return d;
}
