/* Beginning a device login: the form, taking up a kept one, and the QR code on a page of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/form_dialog.h"
#include "ui/logins.h"
#include "ui/qr_draw.h"
#include "ui/record.h"

/* --- the form ------------------------------------------------------------------------------ */
static const struct form_place start_places[] = {
	{ "provider", .width = 40, .hint = "Tab completes it" },
	{ "scope", .width = 40, .empty = "the provider's" },
	{ .arg = NULL },
};

/* The login goes on when the form is gone: it runs beside the form's operation, not in it. */
static bool start_submit(struct form_dialog *d)
{
	struct view *v = d->view;
	char *provider = x_strdup(form_value(d->form, "provider"));
	char *scope = x_strdup(form_value(d->form, "scope"));
	struct op_args *args;

	if (!form_args(d->form, &args, &d->error)) {
		dialog_close(&d->base);
		login_start(v, provider, scope, args);
	}
	free(provider);
	free(scope);
	return false;
}

/* What Tab completes: the providers that there are. */
static void start_facts(struct form_dialog *d)
{
	form_dialog_head(d, STYLE_NORMAL, "",
			 "Asks the provider for a code, shows it, and waits until a person has "
			 "approved it in a browser. The tokens are kept encrypted.");
	form_dialog_gap(d);
}

static const struct form_kind start_kind = {
	.name = "Device login",
	.facts = start_facts,
	.submit = start_submit,
};

static void names_done(void *arg, const struct work_result *r)
{
	struct form_dialog *d = arg;

	d->load = NULL;
	for (size_t i = 0; i < json_count(r->rows); i++)
		form_suggest(d->form, "provider", json_get_text(json_at(r->rows, i), "name"));
	if (json_count(r->rows) == 1 && !form_dirty(d->form))
		form_start(d->form, "provider", json_get_text(json_at(r->rows, 0), "name"));
	console_redraw(d->base.console);
}

static void names_load(struct form_dialog *d)
{
	const struct op *op = op_find("provider.list");

	if (!app_store_exists(console_app(d->base.console)))
		return;
	d->load = console_work(d->base.console, &(struct work_order){
							.op = op,
							.args = op_args_new(op),
							.lane = LANE_READ,
							.arg = d,
							.done = names_done,
						});
}

void logins_new_for(struct view *v, const char *provider, const char *scope)
{
	struct form *f = form_new(op_find("device.run"), start_places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(&start_kind, f);

	d->view = v;
	f->submit = "Start";
	form_fix(f, "save", "true");
	form_fix(f, "trace", "true");
	form_start(f, "provider", provider);
	form_start(f, "scope", scope);
	snprintf(d->title, sizeof(d->title), "Start a device login");
	form_dialog_open(v->console, d);
	names_load(d);
}

void logins_new(struct view *v)
{
	logins_new_for(v, NULL, NULL);
}

void logins_resume(struct view *v, const struct json *kept)
{
	const struct op *op = op_find("device.run");
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	if (op_args_add(args, "resume", "true", &e) ||
	    op_args_add(args, "flow", record_text(kept, "id", ""), &e) ||
	    op_args_add(args, "trace", "true", &e)) {
		op_args_free(args);
		console_error(v->console, &e);
		return;
	}
	login_start(v, record_text(kept, "provider", "?"), "", args);
}

/* --- the QR code as a page ----------------------------------------------------------------- */
struct qr_page {
	struct dialog base;
	struct qr qr;
	bool inverted;
};

/* The largest that fits. */
static bool page_look(const struct qr_page *p, const struct area *a, struct qr_look *look)
{
	static const struct qr_look looks[] = {
		{ .quiet = QR_QUIET, .large = true },
		{ .quiet = QR_QUIET },
		{ .quiet = QR_QUIET_SMALL },
	};

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (qr_fits(a, &p->qr, &looks[i])) {
			*look = looks[i];
			look->inverted = p->inverted;
			return true;
		}
	return false;
}

static void page_draw(struct dialog *base, const struct area *body)
{
	struct qr_page *p = (struct qr_page *)base;
	struct qr_look look;

	area_cursor(body, 0, 0);
	if (!page_look(p, body, &look)) {
		area_wrap(body, 1, 1, body->width - 2, STYLE_WARNING,
			  body->frame->utf8 ? "The QR code needs a larger terminal."
					    : "There is no QR code without UTF-8.");
		return;
	}
	qr_draw(body, (body->width - qr_columns(&p->qr, &look)) / 2,
		(body->height - qr_lines(&p->qr, &look)) / 2, &p->qr, &look);
}

static bool page_input(struct dialog *base, const struct input *in)
{
	struct qr_page *p = (struct qr_page *)base;

	console_redraw(base->console);
	if (in->type != INPUT_KEY)
		return true;
	if (in->key == 'z') {
		p->inverted = !p->inverted;
		return true;
	}
	if (in->key == 'q' || in->key == PRESS_ENTER) {
		dialog_close(base);
		return true;
	}
	return false;
}

static void page_free(struct dialog *base)
{
	struct qr_page *p = (struct qr_page *)base;

	qr_release(&p->qr);
	free(p);
}

static const struct action page_actions[] = {
	{ 'z', "invert", "dark and light the other way round, for light terminals",
	  .flags = ACTION_FOOTER },
	{ PRESS_ESC, "back", "back to the login", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct dialog_type page_type = {
	.name = "QR code",
	.flags = DIALOG_PAGE,
	.actions = page_actions,
	.draw = page_draw,
	.input = page_input,
	.free = page_free,
};

void logins_qr_page(struct view *v)
{
	const struct login *l = logins_state(v)->open;
	struct qr_page *p = x_calloc(1, sizeof(*p));

	p->base.type = &page_type;
	qr_make(&p->qr, record_text(l->code, "qr_uri", ""));
	dialog_push(v->console, &p->base);
}
