/* Stopping keys: disable and enable, which can be undone, and revoke, which can not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/clock.h"
#include "src/base/text.h"
#include "ui/ask.h"
#include "ui/key_view.h"
#include "ui/keys.h"

enum { UNDO_MS = 10000 };

/* --- disable, enable ----------------------------------------------------------------------- */
static const struct form_place reason_place[] = {
	{ "reason", .width = 38, .hint = "(kept in audit)" },
	{ .arg = NULL },
};

static bool keys_disabled(struct view *v)
{
	return record_time(keys_target_row(v, 0), "disabled_at") != TIME_NONE ||
	       key_is(keys_target_row(v, 0), "disabled");
}

const char *keys_disable_label(struct view *v)
{
	return keys_disabled(v) ? "enable" : "disable";
}

const char *keys_why_no_disable(struct view *v)
{
	if (keys_altered(v))
		return keys_altered(v);
	return keys_targets(v) == 1 && key_is(keys_target_row(v, 0), "revoked")
		       ? "it is revoked, that is final"
		       : NULL;
}

void keys_undo_forget(struct view *v)
{
	struct keys_state *s = keys_state(v);

	loop_cancel(console_loop(v->console), s->undo_timer);
	s->undo_timer = NULL;
	json_free(s->undo);
	s->undo = NULL;
}

static void undo_over(void *arg)
{
	struct view *v = arg;

	keys_state(v)->undo_timer = NULL;
	keys_undo_forget(v);
	console_redraw(v->console);
}

static void undo_offer(struct view *v, const struct json *rows)
{
	struct keys_state *s = keys_state(v);

	keys_undo_forget(v);
	s->undo = json_keep(rows);
	s->undo_timer = loop_after(console_loop(v->console), UNDO_MS, undo_over, v);
}

static void disable_done(struct form_dialog *d, const struct work_result *r)
{
	struct view *v = d->view;
	size_t count = json_count(r->rows);
	bool disabled = strcmp(d->form->op->id, "key.disable") == 0;
	const struct json *row = json_at(r->rows, 0);
	char what[160];

	if (count == 1)
		snprintf(what, sizeof(what), "%s", record_text(row, "name", "key"));
	else
		snprintf(what, sizeof(what), "%zu keys", count);
	if (disabled) {
		undo_offer(v, r->rows);
		console_say(v->console, STYLE_WARNING, "disabled %s; ^U undoes it (10 s)", what);
	} else {
		console_say(v->console, STYLE_GOOD, "enabled %s", what);
	}
	keys_changed(v, count == 1 ? json_get_text(row, "id") : NULL);
}

static void disable_facts(struct form_dialog *d)
{
	form_dialog_head(
		d, STYLE_NORMAL, "", "%s",
		strcmp(d->form->op->id, "key.enable") == 0
			? "It works again with the next request. Deadlines ran on meanwhile."
			: "Every version is refused with the next request, until it is enabled "
			  "again. "
			  "Deadlines keep running.");
	form_dialog_gap(d);
	keys_head_used(d);
	form_dialog_gap(d);
}

static const struct form_kind disable_kind = {
	.name = "Disable or enable",
	.facts = disable_facts,
	.done = disable_done,
};

void keys_disable(struct view *v)
{
	bool enable = keys_disabled(v);
	struct form *f = keys_form(v, enable ? "key.enable" : "key.disable", reason_place);
	struct form_dialog *d = form_dialog_new(&disable_kind, f);
	char subject[120];

	f->submit = enable ? "Enable" : "Disable";
	keys_subject(v, subject, sizeof(subject));
	snprintf(d->title, sizeof(d->title), "%s %s", f->submit, subject);
	keys_dialog(v, d);
}

const char *keys_why_no_undo(struct view *v)
{
	return keys_state(v)->undo ? NULL : "nothing was disabled in the last 10 s";
}

static void undo_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;

	if (r->code)
		console_error(v->console, &r->err);
	else
		console_say(v->console, STYLE_GOOD, "enabled again");
	keys_changed(v, NULL);
}

void keys_undo(struct view *v)
{
	const struct op *op = op_find("key.enable");
	struct op_args *args = op_args_new(op);
	const struct json *rows = keys_state(v)->undo;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < json_count(rows); i++)
		if (!json_get_bool(json_at(rows, i), "already"))
			op_args_add(args, "key", record_text(json_at(rows, i), "id", ""), &e);
	keys_undo_forget(v);
	console_work(v->console, &(struct work_order){
					 .op = op,
					 .args = args,
					 .lane = LANE_WRITE,
					 .arg = v,
					 .done = undo_done,
				 });
}

/* --- revoke -------------------------------------------------------------------------------- */
enum { NAME_WIDEST = 32, ID_END = 6 };

struct revoke_state {
	struct arg typed; /* belongs to the form, is never sent */
	char wanted[160]; /* the name, or "revoke 12" */
	char label[256], blocked[80];
};

/* Can it be read in the title and typed from there? Not where it is long, or drawn as something else. */
static bool name_typable(const char *name)
{
	struct buf safe = BUF_INIT(1024);
	size_t len = strlen(name);
	bool same;

	text_safe(&safe, name, len);
	same = strcmp(buf_text(&safe), name) == 0;
	buf_release(&safe);
	return same && len && name[0] != ' ' && name[len - 1] != ' ' &&
	       text_width(name, len) <= NAME_WIDEST && text_width(name, len) >= utf8_length(name);
}

/* What must be typed before the button works. */
static void revoke_want(struct view *v, struct revoke_state *s)
{
	size_t count = keys_targets(v);
	const char *name = record_text(keys_target_row(v, 0), "name", "");
	const char *id = keys_target(v, 0);

	if (count > 1) {
		snprintf(s->wanted, sizeof(s->wanted), "revoke %zu", count);
		snprintf(s->label, sizeof(s->label), "Type \"%s\" to revoke them:", s->wanted);
	} else if (name_typable(name)) {
		snprintf(s->wanted, sizeof(s->wanted), "%s", name);
		snprintf(s->label, sizeof(s->label), "Type the name to revoke:");
	} else {
		snprintf(s->wanted, sizeof(s->wanted), "%s", id + strlen(id) - ID_END);
		snprintf(s->label, sizeof(s->label),
			 "Type the end of its id, \"%s\", to revoke:", s->wanted);
	}
	s->typed = (struct arg){ .name = "typed",
				 .type = ARG_TEXT,
				 .label = s->label,
				 .help = "what must be typed before the button works" };
}

static const struct form_place revoke_places[] = {
	{ "reason", .width = 11 },
	{ "text", .width = 50 },
	{ .arg = NULL },
};

static void revoke_changed(struct form_dialog *d)
{
	struct revoke_state *s = d->state;
	const char *typed = form_value(d->form, "typed");
	size_t wanted = utf8_length(s->wanted), so_far = utf8_length(typed);

	if (strcmp(typed, s->wanted) == 0) {
		d->form->blocked = NULL;
		return;
	}
	if (strncmp(s->wanted, typed, strlen(typed)) == 0 && so_far)
		snprintf(s->blocked, sizeof(s->blocked), "type %zu more letter%s", wanted - so_far,
			 wanted - so_far == 1 ? "" : "s");
	else
		snprintf(s->blocked, sizeof(s->blocked),
			 so_far ? "not what is to be typed" : "type it first");
	d->form->blocked = s->blocked;
}

static void revoke_done(struct form_dialog *d, const struct work_result *r)
{
	size_t count = json_count(r->rows);
	const struct json *row = json_at(r->rows, 0);

	if (count == 1)
		console_say(d->base.console, STYLE_WARNING, "revoked %s",
			    record_text(row, "name", "key"));
	else
		console_say(d->base.console, STYLE_WARNING, "revoked %zu keys", count);
	if (!keys_state(d->view)->page)
		list_unmark_all(d->view->list);
	keys_changed(d->view, NULL);
}

static void revoke_release(struct form_dialog *d)
{
	free(d->state);
}

static void revoke_facts(struct form_dialog *d)
{
	int64_t now = console_now(d->view->console);

	form_dialog_head(d, STYLE_NORMAL, "",
			 "Every version stops with the next request. There is "
			 "no way back; a new key gets a new secret.");
	if (d->row && key_in_grace(d->row, now))
		form_dialog_head(d, STYLE_WARNING, "", "It is in a rotation: both versions stop.");
	form_dialog_gap(d);
	if (d->row)
		form_dialog_head(
			d, STYLE_NORMAL, "key", "%s   %s   owner %s   tier %s",
			record_text(d->row,
				    name_typable(record_text(d->row, "name", "")) ? "name" : "id",
				    "?"),
			key_badge(d->row, now).word, record_text(d->row, "owner", "-"),
			record_text(d->row, "tier", "-"));
	keys_head_used(d);
	form_dialog_head(d, STYLE_SECONDARY, "less harsh", "%s",
			 "D disable (can be undone)   R rotate (callers can move)");
	form_dialog_gap(d);
}

static const struct form_kind revoke_kind = {
	.name = "Revoke",
	.danger = true,
	.facts = revoke_facts,
	.changed = revoke_changed,
	.done = revoke_done,
	.release = revoke_release,
};

void keys_revoke(struct view *v)
{
	struct form *f = keys_form(v, "key.revoke", revoke_places);
	struct form_dialog *d = form_dialog_new(&revoke_kind, f);
	struct revoke_state *s = x_calloc(1, sizeof(*s));
	char subject[120];

	d->state = s;
	f->submit = "Revoke";
	form_fix(f, "yes", "true");
	keys_subject(v, subject, sizeof(subject));
	revoke_want(v, s);
	form_extra(f, &s->typed,
		   &(struct form_place){ .arg = "typed", .sentence = true, .width = 28 });
	f->focus = f->count;
	snprintf(d->title, sizeof(d->title), "Revoke %s: cannot be undone", subject);
	keys_dialog(v, d);
}

const char *keys_why_no_revoke(struct view *v)
{
	return keys_targets(v) == 1 && key_is(keys_target_row(v, 0), "revoked")
		       ? "it is revoked already"
		       : NULL;
}
