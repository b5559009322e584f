/* The Doctor screen: what is wrong with a provider, by which clause, and what to change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "ui/dialog.h"
#include "ui/doctor.h"
#include "ui/exchange.h"
#include "ui/form_dialog.h"
#include "ui/menu.h"
#include "ui/providers.h"
#include "ui/record.h"
#include "ui/scroll_page.h"

enum { MENU_MOST = 200, LIST_PAGE = 8 };

struct doctor_state *doctor_state(struct view *v)
{
	return v->state;
}

/* --- why not ------------------------------------------------------------------------------- */
static const char *why_not_running(struct view *v)
{
	return doctor_state(v)->work ? NULL : "nothing runs here";
}

static const char *why_no_run(struct view *v)
{
	if (!doctor_state(v)->provider)
		return "choose a provider first: p";
	return doctor_state(v)->work ? "a run is under way: c cancels it" : NULL;
}

static const char *why_no_check(struct view *v)
{
	if (!doctor_state(v)->count)
		return "there is no report yet";
	return doctor_check_now(doctor_state(v)) ? NULL : "no check is in focus";
}

static const char *why_no_rerun(struct view *v)
{
	return why_no_run(v) ? why_no_run(v) : why_no_check(v);
}

static const char *why_no_report(struct view *v)
{
	return doctor_state(v)->count ? NULL : "there is no report yet";
}

static const char *why_no_remedy(struct view *v)
{
	if (why_no_check(v))
		return why_no_check(v);
	return json_get_text(doctor_check_now(doctor_state(v)), "remedy")
		       ? NULL
		       : "there is nothing to change";
}

/* --- running ------------------------------------------------------------------------------- */
static void run_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct view *v = arg;
	struct doctor_state *s = doctor_state(v);

	snprintf(s->doing, sizeof(s->doing), "%s", what);
	s->done = done;
	s->total = total;
	console_redraw(v->console);
}

static void run_note(void *arg, const char *text)
{
	struct view *v = arg;

	snprintf(doctor_state(v)->note, sizeof(doctor_state(v)->note), "%s", text);
	console_redraw(v->console);
}

static void run_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;
	struct doctor_state *s = doctor_state(v);
	const struct json *row = json_at(r->rows, json_count(r->rows) - 1);
	const struct json *checks = json_get(row, "checks");

	s->work = NULL;
	console_redraw(v->console);
	if (!json_count(checks)) {
		if (r->code == ERR_CANCELLED)
			console_say(v->console, STYLE_NORMAL, "cancelled: the report is as it was");
		else if (r->code)
			console_error(v->console, &r->err);
		return;
	}
	s->made_at = console_now(v->console);
	s->took_ms = console_boot(v->console) - s->started_at;
	doctor_take(s, checks, s->only);
	if (!*s->only)
		s->at[0] = '\0';
	console_say(v->console, doctor_total(s, RANK_FAIL) ? STYLE_DANGER : STYLE_GOOD,
		    "%s: %zu failed, %zu warned", s->provider, doctor_total(s, RANK_FAIL),
		    doctor_total(s, RANK_WARN));
}

/* Takes `args`. */
static void run_start(struct view *v, struct op_args *args, const char *only)
{
	struct doctor_state *s = doctor_state(v);

	s->doing[0] = s->note[0] = '\0';
	s->done = s->total = 0;
	s->started_at = console_boot(v->console);
	snprintf(s->only, sizeof(s->only), "%s", only);
	console_own(v->console, "provider.doctor", NULL);
	s->work = console_work(v->console, &(struct work_order){
						   .op = op_find("provider.doctor"),
						   .args = args,
						   .lane = LANE_OWN,
						   .arg = v,
						   .done = run_done,
						   .progress = run_progress,
						   .note = run_note,
					   });
	console_redraw(v->console);
}

/* The form announces what is sent; the run goes on when it is gone. */
static bool run_submit(struct form_dialog *d)
{
	struct view *v = d->view;
	struct op_args *args;

	if (!form_args(d->form, &args, &d->error)) {
		dialog_close(&d->base);
		run_start(v, args, "");
	}
	return false;
}

static void run_facts(struct form_dialog *d)
{
	form_dialog_head(d, STYLE_NORMAL, "",
			 "Passive: metadata, keys and certificate are read. Otherwise some twenty "
			 "small requests go to the provider, too: a device code is asked for, and "
			 "what a sound server must refuse is sent, with made-up secrets.");
	form_dialog_gap(d);
}

static void interactive_facts(struct form_dialog *d)
{
	form_dialog_head(
		d, STYLE_NORMAL, "",
		"All checks, and those that need a person: you approve a device login in a "
		"browser, and deny another. What comes is used for checks, then revoked. The "
		"address and the code stand above the progress.");
	form_dialog_gap(d);
}

static const struct form_place run_places[] = {
	{ "passive", .width = 6, .hint = "look at metadata, keys and TLS only", .empty = "no" },
	{ "other-client", .width = 40, .empty = "none" },
	{ "wait-for-expiry", .width = 6, .hint = "see whether a code ends in time", .empty = "no" },
	{ .arg = NULL },
};

static const struct form_place interactive_places[] = {
	{ "other-client", .width = 40, .empty = "none" },
	{ .arg = NULL },
};

static const struct form_kind run_kind = {
	.name = "Examine",
	.facts = run_facts,
	.submit = run_submit,
};

static const struct form_kind interactive_kind = {
	.name = "Examine with a person",
	.facts = interactive_facts,
	.submit = run_submit,
};

static void run_form(struct view *v, const struct form_kind *kind, const struct form_place *places)
{
	const struct doctor_state *s = doctor_state(v);
	struct form *f = form_new(op_find("provider.doctor"), places, console_now(v->console));
	struct form_dialog *d = form_dialog_new(kind, f);

	d->view = v;
	f->submit = "Examine";
	form_fix(f, "provider", s->provider);
	if (kind == &interactive_kind)
		form_fix(f, "interactive", "true");
	snprintf(d->title, sizeof(d->title), "%s: %.100s", kind->name, s->provider);
	form_dialog_open(v->console, d);
}

static void doctor_run_all(struct view *v)
{
	run_form(v, &run_kind, run_places);
}

static void doctor_run_interactive(struct view *v)
{
	run_form(v, &interactive_kind, interactive_places);
}

static void doctor_rerun(struct view *v)
{
	const struct doctor_state *s = doctor_state(v);
	struct op_args *args = op_args_new(op_find("provider.doctor"));
	char id[DOCTOR_ID];
	struct err e = ERR_INIT;

	snprintf(id, sizeof(id), "%s", record_text(doctor_check_now(s), "id", ""));
	if (op_args_add(args, "provider", s->provider, &e) || op_args_add(args, "check", id, &e)) {
		op_args_free(args);
		console_error(v->console, &e);
		return;
	}
	run_start(v, args, id);
}

static void doctor_cancel(struct view *v)
{
	work_cancel(doctor_state(v)->work);
}

/* --- which provider ------------------------------------------------------------------------ */
static void provider_set(struct doctor_state *s, const char *name)
{
	if (s->provider && strcmp(s->provider, name) == 0)
		return;
	work_drop(s->work);
	s->work = NULL;
	doctor_forget(s);
	free(s->provider);
	s->provider = x_strdup(name);
}

static void chosen(void *arg, size_t line)
{
	struct view *v = arg;
	struct doctor_state *s = doctor_state(v);

	provider_set(s, record_text(json_at(s->names, line), "name", "?"));
	console_redraw(v->console);
}

static void names_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;
	struct doctor_state *s = doctor_state(v);
	struct menu_line lines[MENU_MOST + 1] = { { .label = NULL } };
	size_t count = json_count(r->rows);

	s->loading = NULL;
	json_free(s->names);
	s->names = json_keep(r->rows);
	for (size_t i = 0; i < count && i < MENU_MOST; i++)
		lines[i] = (struct menu_line){
			.label = record_text(json_at(s->names, i), "name", "?"),
			.right = json_get_text(json_at(s->names, i), "issuer"),
		};
	if (count)
		menu_open(v->console, "Which provider?", lines, 0, chosen, v);
	else
		console_say(v->console, STYLE_NORMAL,
			    "there is no provider yet: 3, then c adds one");
}

static void doctor_choose(struct view *v)
{
	const struct op *op = op_find("provider.list");

	work_drop(doctor_state(v)->loading);
	doctor_state(v)->loading = console_work(v->console, &(struct work_order){
								    .op = op,
								    .args = op_args_new(op),
								    .lane = LANE_READ,
								    .arg = v,
								    .done = names_done,
							    });
}

void doctor_open(struct console *c, const char *provider)
{
	struct view *v;

	if (!console_go(c, "doctor"))
		return;
	v = console_view(c, "doctor");
	provider_set(doctor_state(v), provider);
	if (!why_no_run(v))
		doctor_run_all(v);
}

/* --- a check as a page --------------------------------------------------------------------- */
static int page_body(const struct json *check, const struct area *a, int64_t now)
{
	const struct json *evidence = json_get(check, "evidence");
	int y = doctor_check_draw(check, a, 0);

	(void)now;
	if (json_type_of(evidence) != JSON_OBJECT_TYPE)
		return y;
	area_rule(a, ++y, "evidence", NULL);
	exchange_line(a, y + 1, evidence);
	return exchange_draw(a, y + 2, evidence);
}

static void page_title(const struct json *check, const struct area *line)
{
	area_textf(line, 1, 0, -1, STYLE_TITLE, "Doctor › %s   %s", record_text(check, "id", "?"),
		   record_text(check, "severity", ""));
}

static const struct action page_actions[] = {
	SCROLL_PAGE_ACTION,
	{ PRESS_ESC, "back", "back to the report", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct scroll_page_type page_type = {
	.dialog = { .name = "Check", SCROLL_PAGE, .actions = page_actions },
	.title = page_title,
	.body = page_body,
};

/* --- actions ------------------------------------------------------------------------------- */
/* A folded line is unfolded, a check shown as a page. */
static void doctor_enter(struct view *v)
{
	struct doctor_state *s = doctor_state(v);
	const struct doctor_row *row = &s->rows[doctor_row_now(s)];

	if (!row->check) {
		doctor_unfold(s, row->rank);
		console_redraw(v->console);
		return;
	}
	scroll_page_open(v->console, &page_type, row->check);
}

static const char *doctor_enter_label(struct view *v)
{
	return doctor_check_now(doctor_state(v)) ? "open" : "unfold";
}

static void doctor_fold(struct view *v)
{
	struct doctor_state *s = doctor_state(v);

	memset(s->unfolded, 0, sizeof(s->unfolded));
	doctor_rows(s);
	console_redraw(v->console);
}

static const char *why_no_fold(struct view *v)
{
	const struct doctor_state *s = doctor_state(v);

	return s->unfolded[RANK_PASS] || s->unfolded[RANK_SKIPPED] ? NULL : "nothing is unfolded";
}

static void doctor_sort(struct view *v)
{
	struct doctor_state *s = doctor_state(v);

	s->by_id = !s->by_id;
	doctor_rows(s);
	console_say(v->console, STYLE_NORMAL,
		    s->by_id ? "failed first, then by id" : "failed first, then as examined");
}

static void doctor_copy(struct view *v)
{
	const char *text = record_text(doctor_check_now(doctor_state(v)), "remedy", "");

	if (console_copy(v->console, text, strlen(text)))
		console_say(v->console, STYLE_NORMAL, "the remedy was sent to your terminal");
}

static bool doctor_key(struct view *v, int32_t key)
{
	struct doctor_state *s = doctor_state(v);
	int by = scroll_step(key, LIST_PAGE);

	if (s->in_pane && key != PRESS_ESC)
		return scroll_key(&s->pane, key);
	if (s->in_pane) {
		s->in_pane = false;
		return true;
	}
	if (by)
		doctor_move(s, by);
	return by;
}

static bool doctor_input(struct view *v, const struct input *in)
{
	struct doctor_state *s = doctor_state(v);

	console_redraw(v->console);
	if (in->type == INPUT_KEY)
		return doctor_key(v, in->key);
	if (in->type != INPUT_MOUSE)
		return false;
	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN)
		return doctor_key(v, in->mouse == MOUSE_WHEEL_UP ? PRESS_UP : PRESS_DOWN);
	if (in->mouse == MOUSE_CLICK && in->y - s->list_y >= 0 && in->y - s->list_y < (int)s->count)
		doctor_move(s, in->y - s->list_y - (int)doctor_row_now(s));
	return true;
}

static void doctor_pane(struct view *v)
{
	doctor_state(v)->in_pane = !doctor_state(v)->in_pane;
	console_redraw(v->console);
}

static bool doctor_busy(const struct view *v)
{
	return ((const struct doctor_state *)v->state)->work != NULL;
}

static void doctor_close(struct view *v)
{
	struct doctor_state *s = doctor_state(v);

	work_drop(s->work);
	work_drop(s->loading);
	doctor_forget(s);
	json_free(s->names);
	free(s->provider);
}

static const struct action doctor_actions[] = {
	{ PRESS_ENTER, "open", "open check, unfold line", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = why_no_report, .label_now = doctor_enter_label, .run = doctor_enter },
	{ 'r', "re-run", "run this check again", "Run the check again", "provider.doctor",
	  GROUP_OTHER, ACTION_FOOTER, .disabled = why_no_rerun, .run = doctor_rerun },
	{ 'A', "run all", "examine the provider…", "Examine the provider…", "provider.doctor",
	  GROUP_OTHER, ACTION_FOOTER, .disabled = why_no_run, .run = doctor_run_all },
	{ 'I', "interactive", "examine with a person…", "Examine the provider with a person…",
	  "provider.doctor", GROUP_OTHER, ACTION_FOOTER, .disabled = why_no_run,
	  .run = doctor_run_interactive },
	{ 'c', "cancel", "cancel the run", "Cancel the run", NULL, GROUP_OTHER, ACTION_FOOTER,
	  .disabled = why_not_running, .run = doctor_cancel },
	{ 'y', "copy", "copy what to do", "Copy the remedy", NULL, GROUP_OTHER, ACTION_FOOTER,
	  .disabled = why_no_remedy, .run = doctor_copy },
	{ 'e', "report", "write the report to a file…", "Write the doctor's report…", NULL,
	  GROUP_OTHER, ACTION_FOOTER, .disabled = why_no_report, .run = doctor_export },
	{ 'p', "provider", "choose a provider…", "Choose a provider…", NULL, GROUP_MOVE,
	  ACTION_FOOTER, .run = doctor_choose },
	{ 'f', "fold", "fold passed and skipped", NULL, NULL, GROUP_MOVE, 0,
	  .disabled = why_no_fold, .run = doctor_fold },
	{ 's', "sort", "by id, or as examined", "Sort the report", NULL, GROUP_FIND, 0,
	  .disabled = why_no_report, .run = doctor_sort },
	{ PRESS_TAB, "pane", "report, check", NULL, NULL, GROUP_MOVE, 0, .disabled = why_no_check,
	  .run = doctor_pane },
	{ .label = NULL },
};

const struct screen screen_doctor = {
	.id = "doctor",
	.title = "Doctor",
	.digit = '6',
	.help = "what is wrong with a provider, and what to change",
	.legend = "Check  ✗ failed  ! warning  i remark  ✓ passed  – skipped\n"
		  "       * wants a person who approves (I)",
	.state_size = sizeof(struct doctor_state),
	.actions = doctor_actions,
	.close = doctor_close,
	.context = doctor_context,
	.draw = doctor_draw,
	.input = doctor_input,
	.busy = doctor_busy,
};
