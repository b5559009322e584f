/* A dialog around a form; see form_dialog.h. */
#include "ui/form_dialog.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/ask.h"
#include "ui/chart.h"
#include "ui/secret_box.h"

enum {
	BOX_WIDTH = 76,
	HEAD_INDENT = 2,
	HEAD_VALUE = 14,
	COMMAND_LINES = 2,
	PAGE_COMMAND_LINES = 3
};

/* --- drawing ------------------------------------------------------------------------------- */
/* `a->height` 0 only counts the lines. */
static int head_draw(const struct form_dialog *d, const struct area *a)
{
	int y = 0;

	for (size_t i = 0; i < d->heads; i++) {
		const struct form_head *h = &d->head[i];

		if (!h->text[0] && !h->label[0]) {
			y++;
		} else if (!h->label[0]) {
			y += area_wrap(a, 0, y, -1, h->style, h->text);
		} else {
			if (y < a->height) {
				area_text(a, HEAD_INDENT, y, HEAD_VALUE - 3, STYLE_SECONDARY,
					  h->label);
				area_text(a, HEAD_VALUE, y, -1, h->style, h->text);
			}
			y++;
		}
	}
	return y;
}

static int error_draw(const struct form_dialog *d, const struct area *a, int y)
{
	char text[800];

	if (!d->error.code)
		return 0;
	snprintf(text, sizeof(text), "%s %s%s%s", glyph(a->frame, GLYPH_FAIL), d->error.message,
		 d->error.hint[0] ? "; " : "", d->error.hint);
	return area_wrap(a, 0, y, -1, STYLE_DANGER, text);
}

static void progress_draw(const struct form_dialog *d, const struct area *a, int y)
{
	char done[NUMBER_SIZE], total[NUMBER_SIZE];

	number_grouped(done, (int64_t)d->so_far);
	number_grouped(total, (int64_t)d->total);
	if (!d->total) {
		area_textf(a, 0, y, -1, STYLE_PROGRESS, "%s%s%s  Esc cancels",
			   d->doing[0] ? d->doing : "working", d->so_far ? " " : "",
			   d->so_far ? done : "");
		return;
	}
	area_textf(a, 0, y, -1, STYLE_PROGRESS, "%s %s of %s", d->doing, done, total);
	bar_draw(a, a->width - 38, y, 24, (int64_t)d->so_far, (int64_t)d->total, STYLE_PROGRESS);
	area_text(a, a->width - 12, y, -1, STYLE_NORMAL, "Esc cancels");
}

static void foot_draw(struct form_dialog *d, const struct area *a, int y)
{
	if (d->work)
		progress_draw(d, a, y);
	else
		form_draw_buttons(d->form, a, y);
}

static int command_lines(struct form_dialog *d, const struct area *a, int x, int most)
{
	struct area scratch = { .frame = a->frame, .width = a->width };

	return form_draw_command(d->form, &scratch, x, 0, most);
}

static void box_draw(struct form_dialog *d, const struct area *body)
{
	struct area measure = { .frame = body->frame, .width = BOX_WIDTH - 4 };
	int errors = error_draw(d, &measure, 0);
	int head = head_draw(d, &measure);
	int command = command_lines(d, &measure, 6, COMMAND_LINES);
	int form = form_height(d->form);
	int fixed = head + errors + command + 3;
	struct area in, part;
	int y;

	if (fixed + form + 2 > body->height)
		form = body->height - fixed - 2;
	in = dialog_box(body, BOX_WIDTH, fixed + form + 2, d->title,
			d->kind->danger ? STYLE_DANGER : STYLE_TITLE);
	y = head_draw(d, &in);
	part = area_part(&in, HEAD_INDENT, y, in.width - HEAD_INDENT, form);
	form_draw(d->form, &part);
	y += form;
	y += error_draw(d, &in, y);
	dialog_rule(&in, y++);
	area_text(&in, 0, y, -1, STYLE_SECONDARY, "same:");
	y += form_draw_command(d->form, &in, 6, y, COMMAND_LINES);
	dialog_rule(&in, y++);
	foot_draw(d, &in, y);
}

static void page_draw(struct form_dialog *d, const struct area *body)
{
	int head, y, tail = body->height - 1;
	int command = command_lines(d, body, 1, PAGE_COMMAND_LINES);
	int errors = error_draw(d, &(struct area){ .frame = body->frame, .width = body->width - 2 },
				0);
	int room;
	struct area part = area_part(body, 1, 2, body->width - 2, body->height - 2);

	area_text(body, 1, 0, 24, STYLE_TITLE, d->title);
	area_text(body, 25, 0, -1, STYLE_SECONDARY, d->context);
	head = head_draw(d, &part);
	room = tail - (d->tail[0] != '\0') - command - 1 - errors - 3 - 2 - head;
	part = area_part(body, 0, 2 + head, body->width, room < 1 ? 1 : room);
	y = 2 + head + form_draw(d->form, &part) + 1;
	part = area_part(body, 1, y, body->width - 2, errors);
	y += error_draw(d, &part, 0);
	foot_draw(d, body, y);
	y = tail - command - (d->tail[0] != '\0');
	area_rule(body, y++, "same as", NULL);
	form_draw_command(d->form, body, 1, y, PAGE_COMMAND_LINES);
	area_text(body, 1, tail, -1, STYLE_SECONDARY, d->tail);
}

static void form_dialog_draw(struct dialog *base, const struct area *body)
{
	struct form_dialog *d = (struct form_dialog *)base;

	d->form->now = console_now(base->console);
	if (d->kind->page)
		page_draw(d, body);
	else
		box_draw(d, body);
}

/* --- running ------------------------------------------------------------------------------- */
static void run_done(void *arg, const struct work_result *r)
{
	struct form_dialog *d = arg;
	struct console *c = d->base.console;

	d->work = NULL;
	console_redraw(c);
	if (r->code == ERR_CANCELLED) {
		console_say(c, STYLE_NORMAL, "cancelled: nothing was changed");
		return;
	}
	if (r->code && r->code != ERR_NO) {
		if (!d->kind->failed || !d->kind->failed(d, r))
			d->error = r->err;
		return;
	}
	if (d->kind->done)
		d->kind->done(d, r);
	if (d->error.code)
		return;
	if (d->secret_row)
		secret_box_open(c, d->secret_row, &d->secret);
	dialog_close(&d->base);
}

static void run_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct form_dialog *d = arg;

	snprintf(d->doing, sizeof(d->doing), "%s", what);
	d->so_far = done;
	d->total = total;
	console_redraw(d->base.console);
}

static bool run_reveal(void *arg, const struct json *row, struct secret *secret)
{
	struct form_dialog *d = arg;

	secret_move(&d->secret, secret);
	json_free(d->secret_row);
	d->secret_row = json_keep(row);
	return true;
}

static bool run_reveal_many(void *arg, const struct json *row, struct secret *secret)
{
	struct form_dialog *d = arg;

	return d->kind->reveal(d, row, secret);
}

/* The form already asked: what the operation would ask on a terminal is answered. */
static void run_confirm(void *arg, struct work *w, const char *question)
{
	(void)arg;
	(void)question;
	work_answer(w, true);
}

/* What asks the network must not hold up a page of rows, nor the revoking of a key. */
static enum work_lane form_lane(const struct op *op)
{
	if (op->flags & OP_REMOTE)
		return LANE_OWN;
	if (op->flags & OP_NO_STORE && op->flags & OP_ASYNC)
		return LANE_SLOW;
	return op->flags & (OP_WRITES | OP_ASYNC) ? LANE_WRITE : LANE_READ;
}

void form_dialog_run(struct form_dialog *d)
{
	struct op_args *args;

	d->error = (struct err)ERR_INIT;
	if (form_args(d->form, &args, &d->error))
		return;
	d->doing[0] = '\0';
	d->so_far = d->total = 0;
	d->work = console_work(d->base.console,
			       &(struct work_order){
				       .op = d->form->op,
				       .args = args,
				       .lane = form_lane(d->form->op),
				       .arg = d,
				       .done = run_done,
				       .progress = run_progress,
				       .reveal = d->kind->reveal ? run_reveal_many : run_reveal,
				       .reveal_there = d->kind->reveal != NULL,
				       .confirm = run_confirm,
			       });
}

static void form_dialog_submit(struct form_dialog *d)
{
	d->error = (struct err)ERR_INIT;
	if (form_check(d->form) && (!d->kind->submit || d->kind->submit(d)))
		form_dialog_run(d);
}

/* --- keys ---------------------------------------------------------------------------------- */
static void leave_answer(void *arg, bool yes)
{
	struct form_dialog *d = arg;

	if (yes)
		dialog_close(&d->base);
}

static void form_dialog_cancel(struct form_dialog *d)
{
	if (!form_dirty(d->form)) {
		dialog_close(&d->base);
		return;
	}
	ask_open(d->base.console, &(struct ask){
					  .title = "Leave the form?",
					  .text = "What you typed is lost. Nothing was changed.",
					  .yes = "Leave",
					  .no = "Stay",
					  .answer = leave_answer,
					  .arg = d,
				  });
}

static void form_dialog_copy(struct form_dialog *d)
{
	const char *command = form_command(d->form);

	if (console_copy(d->base.console, command, strlen(command)))
		console_say(d->base.console, STYLE_NORMAL,
			    "command sent to your terminal, nothing was run");
	else
		console_say(d->base.console, STYLE_WARNING,
			    "too long for your terminal's clipboard: select it with Shift-drag");
}

static void form_dialog_event(struct form_dialog *d, enum form_event event)
{
	console_redraw(d->base.console);
	switch (event) {
	case FORM_IGNORED:
		break;
	case FORM_CHANGED:
	case FORM_TAKEN: /* a field that was left says anew what it means */
		if (event == FORM_CHANGED)
			d->error = (struct err)ERR_INIT;
		if (d->kind->changed)
			d->kind->changed(d);
		break;
	case FORM_SUBMIT: /* it may be gone afterwards */
		form_dialog_submit(d);
		break;
	case FORM_CANCEL: /* likewise */
		form_dialog_cancel(d);
		break;
	case FORM_COPY:
		form_dialog_copy(d);
		break;
	}
}

static bool form_dialog_input(struct dialog *base, const struct input *in)
{
	struct form_dialog *d = (struct form_dialog *)base;
	enum form_event event;

	if (d->work) {
		if (in->type == INPUT_KEY && in->key == PRESS_ESC)
			work_cancel(d->work);
		return true;
	}
	event = form_input(d->form, in);
	form_dialog_event(d, event);
	return event != FORM_IGNORED;
}

static void form_dialog_left(void *arg, struct form_item *item)
{
	struct form_dialog *d = arg;

	if (d->kind->left)
		d->kind->left(d, item);
}

static void form_dialog_free(struct dialog *base)
{
	struct form_dialog *d = (struct form_dialog *)base;

	work_drop(d->work);
	work_drop(d->load);
	if (d->kind->release)
		d->kind->release(d);
	form_free(d->form);
	secret_release(&d->secret);
	json_free(d->secret_row);
	json_free(d->row);
	free(d);
}

static const struct action form_actions[] = {
	{ PRESS_TAB, "next", "next field; completes a word that was begun",
	  .flags = ACTION_FOOTER },
	{ PRESS_BACKTAB, "back", "field before", .flags = ACTION_FOOTER },
	{ PRESS_CTRL('S'), "submit", "do it, from any field", .flags = ACTION_FOOTER },
	{ PRESS_CTRL('Y'), "copy command", "copy the equal command line without running it",
	  .flags = ACTION_FOOTER },
	{ PRESS_ESC, "leave", "leave; asks when something typed would be lost",
	  .flags = ACTION_FOOTER },
	{ PRESS_F1, "help", "this help", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

/* One type for each kind would only differ in name and flags: the two that matter are here. */
static const struct dialog_type form_box_type = {
	.name = "Form",
	.actions = form_actions,
	.draw = form_dialog_draw,
	.input = form_dialog_input,
	.free = form_dialog_free,
};

static const struct dialog_type form_page_type = {
	.name = "Form",
	.flags = DIALOG_PAGE,
	.actions = form_actions,
	.draw = form_dialog_draw,
	.input = form_dialog_input,
	.free = form_dialog_free,
};

struct form_dialog *form_dialog_new(const struct form_kind *kind, struct form *form)
{
	struct form_dialog *d = x_calloc(1, sizeof(*d));

	*d = (struct form_dialog){
		.base = { .type = kind->page ? &form_page_type : &form_box_type },
		.kind = kind,
		.form = form,
	};
	form->labels_left = !kind->page;
	form->left = form_dialog_left;
	form->left_arg = d;
	if (kind->danger)
		form->focus = form->count;
	return d;
}

static void form_dialog_refresh(struct form_dialog *d)
{
	if (d->kind->facts) {
		d->heads = 0;
		d->kind->facts(d);
	}
	if (d->kind->changed)
		d->kind->changed(d);
}

void form_dialog_open(struct console *c, struct form_dialog *d)
{
	d->base.console = c;
	form_dialog_refresh(d);
	dialog_push(c, &d->base);
}

static void load_done(void *arg, const struct work_result *r)
{
	struct form_dialog *d = arg;

	d->load = NULL;
	if (r->code || !json_count(r->rows))
		return;
	json_free(d->row);
	d->row = json_keep(json_at(r->rows, 0));
	form_dialog_refresh(d);
	console_redraw(d->base.console);
}

void form_dialog_load(struct form_dialog *d, const struct op *op, struct op_args *args)
{
	work_drop(d->load);
	d->load = console_work(d->base.console, &(struct work_order){
							.op = op,
							.args = args,
							.lane = LANE_READ,
							.arg = d,
							.done = load_done,
						});
}

void form_dialog_head(struct form_dialog *d, enum style style, const char *label,
		      const char *format, ...)
{
	struct form_head *h;
	va_list ap;

	if (d->heads == FORM_HEADS)
		return;
	h = &d->head[d->heads++];
	h->style = style;
	snprintf(h->label, sizeof(h->label), "%s", label);
	va_start(ap, format);
	vsnprintf(h->text, sizeof(h->text), format, ap);
	va_end(ap);
}

void form_dialog_gap(struct form_dialog *d)
{
	form_dialog_head(d, STYLE_NORMAL, "", "%s", "");
}
