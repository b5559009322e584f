/* Device logins as they go on: each is an operation on a thread of its own, whose records arrive here one
 * by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "ui/logins.h"
#include "ui/record.h"

enum { DEFAULT_INTERVAL = 5, NOTES_MAX = 20, SECONDS_MOST = 86400 };

struct logins_state *logins_state(struct view *v)
{
	return v->state;
}

static const char *login_event(const struct json *record)
{
	return record_text(record, "event", "");
}

bool login_succeeded(const struct login *l)
{
	return l->result && strcmp(login_event(l->result), "success") == 0;
}

const char *login_grant(const struct login *l)
{
	return login_succeeded(l) ? json_get_text(l->result, "grant") : NULL;
}

const char *login_user_code(const struct login *l)
{
	return json_get_text(l->code, "user_code");
}

int64_t login_left_ms(const struct login *l)
{
	int64_t left;

	if (l->deadline == TIME_NONE)
		return -1;
	left = l->deadline - console_boot(l->view->console);
	return left > 0 ? left : 0;
}

static bool noted(const struct login *l, const char *text)
{
	for (size_t i = 0; i < json_count(l->notes); i++)
		if (strcmp(json_as_text(json_at(l->notes, i)), text) == 0)
			return true;
	return false;
}

/* What each poll tells again is told once. */
static void login_note(struct login *l, const char *text)
{
	if (text && !noted(l, text) && json_count(l->notes) < NOTES_MAX)
		json_add(l->notes, json_text(text));
}

/* --- records ------------------------------------------------------------------------------- */
/* A number of seconds that a clock can show. */
static int64_t seconds_of(const struct json *record, const char *name, int64_t fallback)
{
	int64_t seconds = json_get_int(record, name, fallback);

	return seconds > SECONDS_MOST ? SECONDS_MOST : seconds < 0 ? fallback : seconds;
}

static void heard_next(struct login *l, const struct json *record)
{
	int64_t wait = seconds_of(record, "next_in", -1);

	l->interval = seconds_of(record, "interval", l->interval);
	l->next_poll = wait < 0 ? TIME_NONE : console_boot(l->view->console) + wait * SECOND_MS;
}

static void heard_code(struct login *l, const struct json *record)
{
	const char *qr = json_get_text(record, "qr_uri");

	json_free(l->code);
	l->code = json_keep(record);
	qr_release(&l->qr);
	if (qr)
		qr_make(&l->qr, qr);
	l->interval = seconds_of(record, "interval", DEFAULT_INTERVAL);
	l->life = seconds_of(record, "expires_in", 0) * SECOND_MS;
	l->deadline = console_boot(l->view->console) + l->life;
	l->next_poll = console_boot(l->view->console) + l->interval * SECOND_MS;
}

static void heard_pending(struct login *l, const struct json *record)
{
	l->polls++;
	l->said[0] = '\0';
	heard_next(l, record);
}

static void heard_slow_down(struct login *l, const struct json *record)
{
	l->polls++;
	heard_next(l, record);
	snprintf(l->said, sizeof(l->said), "the provider asked to slow down: every %lld s now",
		 (long long)l->interval);
}

static void heard_retry(struct login *l, const struct json *record)
{
	heard_next(l, record);
	snprintf(l->said, sizeof(l->said), "%s", record_text(record, "reason", "no answer"));
}

static void heard_exchange(struct login *l, const struct json *record)
{
	const struct json *exchange = json_get(record, "exchange");
	struct logins_state *s = logins_state(l->view);

	if (!exchange)
		return;
	json_add(l->trace, json_keep(exchange));
	if (json_count(l->trace) > LOGIN_TRACE_MAX) {
		struct json *shorter = json_array_new();

		for (size_t i = 1; i < json_count(l->trace); i++)
			json_add(shorter, json_keep(json_at(l->trace, i)));
		json_free(l->trace);
		l->trace = shorter;
		if (s->open == l && s->trace_at)
			s->trace_at--;
	} else if (s->open == l && !s->in_trace) {
		s->trace_at = json_count(l->trace) - 1;
	}
}

static void heard_result(struct login *l, const struct json *record)
{
	json_free(l->result);
	l->result = json_keep(record);
	if (login_grant(l))
		console_own(l->view->console, "grant.save", login_grant(l));
}

void login_heard(struct login *l, const struct json *record)
{
	static const struct {
		const char *event;
		void (*heard)(struct login *l, const struct json *record);
	} events[] = {
		{ "code", heard_code },		  { "pending", heard_pending },
		{ "slow_down", heard_slow_down }, { "retry", heard_retry },
		{ "exchange", heard_exchange },	  { "success", heard_result },
		{ "error", heard_result },
	};
	const struct json *notes = json_get(record, "notes");

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].event, login_event(record)) == 0)
			events[i].heard(l, record);
	for (size_t i = 0; i < json_count(notes); i++)
		login_note(l, json_as_text(json_at(notes, i)));
	console_redraw(l->view->console);
}

/* --- beginning and end --------------------------------------------------------------------- */
static void login_say_end(const struct login *l)
{
	struct console *c = l->view->console;

	if (login_succeeded(l))
		console_say(c, STYLE_GOOD, "%s: approved%s", l->provider,
			    login_grant(l) ? ", the grant is saved" : "");
	else if (l->ended == ERR_CANCELLED)
		console_say(c, STYLE_NORMAL, "%s: the login was cancelled", l->provider);
	else
		console_say(c, STYLE_DANGER, "%s: %s", l->provider,
			    l->result ? record_text(l->result, "error", "the login failed")
				      : l->err.message);
}

void login_ended(struct login *l, enum errc code, const struct err *e)
{
	l->work = NULL;
	l->running = false;
	l->ended = code;
	l->err = *e;
	l->next_poll = TIME_NONE;
	login_say_end(l);
	logins_load_kept(l->view);
	console_redraw(l->view->console);
}

static void run_record(void *arg, const struct json *record)
{
	login_heard(arg, record);
}

static void run_note(void *arg, const char *text)
{
	struct login *l = arg;

	login_note(l, text);
	console_redraw(l->view->console);
}

static void run_done(void *arg, const struct work_result *r)
{
	login_ended(arg, r->code, &r->err);
}

struct login *login_new(struct view *v, const char *provider, const char *scope)
{
	struct logins_state *s = logins_state(v);
	struct login *l = x_calloc(1, sizeof(*l));

	*l = (struct login){
		.view = v,
		.running = true,
		.next = s->logins,
		.provider = x_strdup(provider),
		.scope = x_strdup(scope),
		.started_at = console_now(v->console),
		.trace = json_array_new(),
		.notes = json_array_new(),
		.deadline = TIME_NONE,
		.next_poll = TIME_NONE,
		.interval = DEFAULT_INTERVAL,
	};
	s->logins = s->open = l;
	s->in_trace = false;
	s->trace_at = 0;
	s->scroll = (struct scroll){ .at = 0 };
	return l;
}

void login_start(struct view *v, const char *provider, const char *scope, struct op_args *args)
{
	struct login *l = login_new(v, provider, scope);

	l->work = console_work(v->console, &(struct work_order){
						   .op = op_find("device.run"),
						   .args = args,
						   .lane = LANE_OWN,
						   .arg = l,
						   .record = run_record,
						   .note = run_note,
						   .done = run_done,
					   });
	console_redraw(v->console);
}

void logins_forget(struct view *v, struct login *l)
{
	struct logins_state *s = logins_state(v);
	struct login **at = &s->logins;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (s->open == l)
		s->open = NULL;
	work_drop(l->work);
	json_free(l->code);
	json_free(l->result);
	json_free(l->trace);
	json_free(l->notes);
	qr_release(&l->qr);
	free(l->provider);
	free(l->scope);
	free(l);
	console_redraw(v->console);
}
