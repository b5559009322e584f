/* The Device screen: device logins (RFC 8628), any number at once. A login goes on when its screen is left,
 * and one that the console left can be taken up again while its code lives. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "ui/ask.h"
#include "ui/exchange.h"
#include "ui/grants.h"
#include "ui/id_map.h"
#include "ui/logins.h"
#include "ui/op_form.h"
#include "ui/record.h"

enum { TICK_MS = 1000, LIST_PAGE = 10 };

/* --- what is in focus ---------------------------------------------------------------------- */
/* The login that is shown, or the list's. */
static struct login *login_now(struct view *v)
{
	struct logins_state *s = logins_state(v);

	return s->open ? s->open : logins_row_login(v, logins_row_now(v));
}

static const struct json *kept_now(struct view *v)
{
	return logins_state(v)->open ? NULL : logins_row_kept(v, logins_row_now(v));
}

/* --- why not ------------------------------------------------------------------------------- */
static const char *why_no_code(struct view *v)
{
	const struct login *l = login_now(v);

	if (kept_now(v))
		return NULL;
	return l && l->running && login_user_code(l) ? NULL : "no login waits with a code here";
}

static const char *why_no_url(struct view *v)
{
	const struct login *l = login_now(v);

	if (!l || !l->running || !l->code)
		return "no login waits with a code here";
	return json_get_bool(l->code, "openable") ? NULL
						  : "it is no web address that can be opened";
}

static const char *why_no_qr(struct view *v)
{
	const struct login *l = logins_state(v)->open;

	if (!l || !l->running || !l->code)
		return "no login waits with a code here";
	if (!console_utf8(v->console))
		return "a QR code needs UTF-8";
	if (!l->qr.width)
		return "there is no address that a QR code can show";
	return NULL;
}

static const char *why_no_cancel(struct view *v)
{
	const struct login *l = login_now(v);

	if (!l || !l->running)
		return "no login is under way here";
	return l->cancelling ? "it is being cancelled" : NULL;
}

static const char *why_no_open(struct view *v)
{
	if (logins_state(v)->open)
		return logins_state(v)->in_trace ? NULL : "Tab goes to the trace first";
	return logins_rows(v) ? NULL : "there is no login here";
}

static const char *why_no_leave(struct view *v)
{
	return logins_state(v)->open ? NULL : "this is the list";
}

static const char *why_no_trace(struct view *v)
{
	const struct login *l = logins_state(v)->open;

	if (!l)
		return "open a login first";
	return json_count(l->trace) ? NULL : "nothing was sent yet";
}

static const char *why_no_grant(struct view *v)
{
	const struct login *l = login_now(v);

	return l && login_grant(l) ? NULL : "no grant was saved here";
}

static const char *why_no_dismiss(struct view *v)
{
	const struct login *l = login_now(v);

	if (!l)
		return "there is no login of this console here";
	return l->running ? "it is still under way: C cancels" : NULL;
}

static const char *why_no_forget(struct view *v)
{
	const struct json *kept = kept_now(v);

	if (!kept)
		return "it is no login that was left";
	return strcmp(record_text(kept, "state", ""), "running") == 0
		       ? "another process is polling for it"
		       : NULL;
}

/* --- actions ------------------------------------------------------------------------------- */
static void login_open(struct view *v, struct login *l)
{
	struct logins_state *s = logins_state(v);

	s->open = l;
	s->in_trace = false;
	s->trace_at = json_count(l->trace) ? json_count(l->trace) - 1 : 0;
	s->scroll = (struct scroll){ .at = 0 };
}

static void device_open(struct view *v)
{
	struct logins_state *s = logins_state(v);
	const struct json *kept = kept_now(v);

	if (s->open) {
		exchange_page_open(v->console, json_at(s->open->trace, s->trace_at));
	} else if (login_now(v)) {
		login_open(v, login_now(v));
	} else if (strcmp(record_text(kept, "state", ""), "resumable") != 0) {
		console_say(v->console, STYLE_NORMAL, "it can't be taken up: %s",
			    why_no_forget(v) ? why_no_forget(v) : "altered outside authrack");
	} else if (console_read_only(v->console)) {
		console_say(v->console, STYLE_NORMAL, "the store is open for reading only");
	} else {
		logins_resume(v, kept);
	}
	console_redraw(v->console);
}

static const char *device_open_label(struct view *v)
{
	if (logins_state(v)->open)
		return "exchange";
	return kept_now(v) ? "go on with it" : "open";
}

static void device_leave(struct view *v)
{
	struct logins_state *s = logins_state(v);

	if (s->in_trace)
		s->in_trace = false;
	else
		s->open = NULL;
	console_redraw(v->console);
}

static const char *device_leave_label(struct view *v)
{
	const struct logins_state *s = logins_state(v);

	if (s->in_trace)
		return "out of the trace";
	return s->open && s->open->running ? "leave, it goes on" : "back";
}

static void device_trace(struct view *v)
{
	logins_state(v)->in_trace = !logins_state(v)->in_trace;
	console_redraw(v->console);
}

static void copy(struct view *v, const char *what, const char *text)
{
	if (console_copy(v->console, text, strlen(text)))
		console_say(v->console, STYLE_NORMAL, "%s sent to your terminal", what);
	else
		console_say(v->console, STYLE_WARNING, "too long for your terminal's clipboard");
}

static void device_copy_code(struct view *v)
{
	const struct json *kept = kept_now(v);

	copy(v, "the code was",
	     kept ? record_text(kept, "user_code", "") : login_user_code(login_now(v)));
}

static void device_copy_url(struct view *v)
{
	copy(v, "the address was", record_text(login_now(v)->code, "verification_uri", ""));
}

/* It may have ended, or gone, by the time of the answer. */
static void cancel_answer(void *arg, bool yes)
{
	struct view *v = arg;
	struct login *l = logins_state(v)->logins;

	while (l && l != logins_state(v)->asked)
		l = l->next;
	if (!yes || !l || !l->running)
		return;
	l->cancelling = true;
	work_cancel(l->work);
	console_redraw(v->console);
}

static void device_cancel(struct view *v)
{
	logins_state(v)->asked = login_now(v);
	ask_open(v->console,
		 &(struct ask){
			 .title = "Cancel the device login?",
			 .text = "The code is forgotten here and nothing polls for it any more. If "
				 "somebody approves it just now, the tokens that come are saved or "
				 "reported, not dropped.",
			 .yes = "Cancel it",
			 .no = "Go on",
			 .answer = cancel_answer,
			 .arg = v,
		 });
}

static void device_dismiss(struct view *v)
{
	logins_forget(v, login_now(v));
}

static void forget_done(struct view *v, const struct work_result *r)
{
	(void)r;
	console_say(v->console, STYLE_NORMAL, "forgotten");
	logins_load_kept(v);
}

static const struct op_form forget_form = {
	.op = "device.forget",
	.title = "Forget a device login",
	.submit = "Forget",
	.text = "Its code is removed from the store: nobody can take it up again. What was "
		"approved in "
		"the meantime is lost.",
	.about = "flow",
	.places = op_form_no_places,
	.danger = true,
	.done = forget_done,
};

static void device_forget(struct view *v)
{
	op_form_open(v, &forget_form, record_text(kept_now(v), "id", ""));
}

static void device_inspect(struct view *v)
{
	grant_inspect(v->console, login_grant(login_now(v)), login_now(v)->provider);
}

static void device_userinfo(struct view *v)
{
	grant_userinfo_of(v, login_grant(login_now(v)));
}

static void device_grant(struct view *v)
{
	char id[ID_SIZE];

	snprintf(id, sizeof(id), "%s", login_grant(login_now(v)));
	if (!console_go(v->console, "grants"))
		return;
	list_filter_set(console_view(v->console, "grants")->list, "");
	list_select(console_view(v->console, "grants")->list, id);
}

/* --- the screen ---------------------------------------------------------------------------- */
static void device_tick(void *arg)
{
	struct view *v = arg;

	logins_state(v)->tick = NULL;
	console_redraw(v->console);
}

static bool device_busy(const struct view *v)
{
	const struct logins_state *s = v->state;

	for (const struct login *l = s->logins; l; l = l->next)
		if (l->running)
			return true;
	return false;
}

/* A countdown is drawn anew each second, as long as it is seen. */
static void device_draw(struct view *v, const struct area *a)
{
	struct logins_state *s = logins_state(v);

	if (s->open)
		login_draw(v, s->open, a);
	else
		logins_list_draw(v, a);
	if (!s->tick && (device_busy(v) || json_count(s->kept)))
		s->tick = loop_after(console_loop(v->console), TICK_MS, device_tick, v);
}

static bool list_key(struct view *v, int32_t key)
{
	int by = scroll_step(key, LIST_PAGE);

	if (by)
		logins_move(v, by);
	return by;
}

/* Keys that move in the trace while it has the focus, and scroll the result otherwise. */
static bool login_key(struct view *v, struct login *l, int32_t key)
{
	struct logins_state *s = logins_state(v);
	struct scroll trace = { .at = (int)s->trace_at,
				.lines = (int)json_count(l->trace),
				.room = 1 };

	if (!s->in_trace)
		return !l->running && scroll_key(&s->scroll, key);
	if (!scroll_key(&trace, key))
		return false;
	s->trace_at = (size_t)trace.at;
	return true;
}

static bool device_mouse(struct view *v, const struct input *in)
{
	struct logins_state *s = logins_state(v);

	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN)
		return s->open ? login_key(v, s->open,
					   in->mouse == MOUSE_WHEEL_UP ? PRESS_UP : PRESS_DOWN)
			       : list_key(v, in->mouse == MOUSE_WHEEL_UP ? PRESS_UP : PRESS_DOWN);
	if (in->mouse == MOUSE_CLICK && !s->open && in->y >= s->list_y)
		logins_move(v, in->y - s->list_y - (int)logins_row_now(v));
	return true;
}

static bool device_input(struct view *v, const struct input *in)
{
	struct login *open = logins_state(v)->open;

	console_redraw(v->console);
	if (in->type == INPUT_MOUSE)
		return device_mouse(v, in);
	if (in->type != INPUT_KEY)
		return false;
	return open ? login_key(v, open, in->key) : list_key(v, in->key);
}

static void device_start(struct view *v)
{
	logins_load_kept(v);
}

static void device_close(struct view *v)
{
	struct logins_state *s = logins_state(v);

	work_drop(s->loading);
	loop_cancel(console_loop(v->console), s->tick);
	while (s->logins)
		logins_forget(v, s->logins);
	json_free(s->kept);
}

static const struct action device_actions[] = {
	{ PRESS_ENTER, "open", "open login or exchange", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = why_no_open, .label_now = device_open_label, .run = device_open },
	{ 'y', "copy code", "copy the user code", "Copy the user code", NULL, GROUP_OTHER,
	  ACTION_FOOTER, .disabled = why_no_code, .run = device_copy_code },
	{ 'Y', "copy URL", "copy the address", "Copy the address to open", NULL, GROUP_OTHER,
	  ACTION_FOOTER, .disabled = why_no_url, .run = device_copy_url },
	{ PRESS_ESC, "back", "back; it goes on", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = why_no_leave, .label_now = device_leave_label, .run = device_leave },
	{ 'z', "larger QR", "QR code large, inverted", "Larger QR code", NULL, GROUP_OTHER,
	  ACTION_FOOTER, .disabled = why_no_qr, .run = logins_qr_page },
	{ PRESS_TAB, "trace", "login, trace", NULL, NULL, GROUP_MOVE, ACTION_FOOTER,
	  .disabled = why_no_trace, .run = device_trace },
	{ 'i', "inspect tokens", "look at tokens (audited)", "Inspect the tokens of the login",
	  "grant.show", GROUP_OTHER, ACTION_FOOTER, .disabled = why_no_grant,
	  .run = device_inspect },
	{ 'o', "userinfo", "ask who it was", "Userinfo of the login", "grant.userinfo", GROUP_OTHER,
	  ACTION_FOOTER, .disabled = why_no_grant, .run = device_userinfo },
	{ 't', "grant", "open the saved grant", "Open the saved grant", NULL, GROUP_MOVE,
	  ACTION_FOOTER, .disabled = why_no_grant, .run = device_grant },
	{ 'c', "start…", "start a device login…", "Start a device login…", "device.run",
	  GROUP_CHANGE, ACTION_FOOTER | ACTION_WRITES, .run = logins_new },
	{ 'd', "dismiss", "ended one off the list", NULL, NULL, GROUP_OTHER, ACTION_FOOTER,
	  .disabled = why_no_dismiss, .run = device_dismiss },
	{ 'C', "cancel", "cancel the login…", "Cancel the device login…", "device.run",
	  GROUP_CHANGE, ACTION_FOOTER | ACTION_DANGER, .disabled = why_no_cancel,
	  .run = device_cancel },
	{ 'D', "forget", "forget a kept one…", "Forget a device login…", "device.forget",
	  GROUP_CHANGE, ACTION_FOOTER | ACTION_DANGER, .disabled = why_no_forget,
	  .run = device_forget },
	{ .label = NULL },
};

const struct screen screen_device = {
	.id = "device",
	.title = "Device",
	.digit = '4',
	.help = "device logins: code, QR, countdown, trace and result",
	.legend = "Login  ◐ waiting  ✓ approved  ✗ failed  – cancelled  ◷ can go on",
	.state_size = sizeof(struct logins_state),
	.actions = device_actions,
	.open = device_start,
	.close = device_close,
	.context = logins_context,
	.draw = device_draw,
	.input = device_input,
	.changed = logins_load_kept,
	.busy = device_busy,
};
