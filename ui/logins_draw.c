/* One device login: while a person is waited for, what to open, enter and scan, and how long there is;
 * afterwards what came of it; always the trace of what was said with the provider. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/big_text.h"
#include "ui/chart.h"
#include "ui/exchange.h"
#include "ui/logins.h"
#include "ui/qr_draw.h"
#include "ui/record.h"

enum {
	MARGIN = 3,
	STEP_X = 9,	    /* behind "1 open" */
	BIG_WIDTH_MIN = 33, /* five letters */
	LEFT_MOST = 100,    /* the QR code stays near what it belongs to */
	URL_LINES = 3,
	TRACE_LEAST = 3, /* rule and two lines */
	BAR_WIDTH = 23,
	LABEL_X = 14,
	NOTES_SHOWN = 2,
	SCOPE_FROM = 60,
};

void login_clock(char out[24], int64_t ms)
{
	int64_t seconds = (ms + SECOND_MS - 1) / SECOND_MS;

	snprintf(out, 24, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
}

/* --- the context line ---------------------------------------------------------------------- */
static const char *state_text(const struct login *l, enum style *style)
{
	*style = STYLE_NORMAL;
	if (login_succeeded(l))
		*style = STYLE_GOOD;
	else if (!l->running)
		*style = STYLE_DANGER;
	else if (l->code)
		*style = STYLE_PROGRESS;
	if (l->cancelling && l->running)
		return "being cancelled";
	if (l->running)
		return l->code ? "waiting for approval in a browser" : "asking for a code";
	if (login_succeeded(l))
		return "approved";
	return l->ended == ERR_CANCELLED ? "cancelled" : "ended without tokens";
}

void logins_context(struct view *v, const struct area *line)
{
	const struct logins_state *s = logins_state(v);
	const struct login *l = s->open;
	enum style style;
	const char *state;
	int x;

	if (!l) {
		size_t running = 0;

		for (const struct login *one = s->logins; one; one = one->next)
			running += one->running;
		area_textf(line, 0, 0, -1, STYLE_NORMAL, "%zu device login%s under way", running,
			   running == 1 ? "" : "s");
		return;
	}
	state = state_text(l, &style);
	x = area_text(line, 0, 0, line->width / 3, STYLE_TITLE, l->provider) + 2;
	if (line->width >= SCOPE_FROM && *l->scope)
		x += area_textf(line, x, 0, line->width / 3, STYLE_NORMAL, "scope %s", l->scope) +
		     2;
	area_text(line, x, 0, -1, style, state);
}

/* --- waiting ------------------------------------------------------------------------------- */
/* The plain code too: for copying, speech and braille. */
static int code_draw(const struct login *l, const struct area *a, int y)
{
	const char *code = login_user_code(l);

	area_text(a, 1, y, -1, STYLE_TITLE, "2 enter");
	return y + area_wrap(a, STEP_X, y, a->width - STEP_X - 1, STYLE_TITLE, code ? code : "?");
}

static int told_draw(const struct area *a, int y, enum style style, const char *text)
{
	return y + area_wrap(a, STEP_X, y, a->width - STEP_X - 1, style, text);
}

static int url_draw(const struct login *l, const struct area *a, int y)
{
	const char *uri = record_text(l->code, "verification_uri", "?");
	const char *host = json_get_text(l->code, "host");
	struct area part = area_part(a, STEP_X, y, a->width - STEP_X - 1, URL_LINES);
	int lines = area_wrap(&part, 0, 0, -1, STYLE_NORMAL, uri);

	area_text(a, 1, y, -1, STYLE_TITLE, "1 open");
	if (lines > URL_LINES) {
		lines = URL_LINES;
		area_text(&part, part.width - 8, URL_LINES - 1, 8, STYLE_WARNING, " …Y copy");
	}
	y += lines;
	if (host) {
		y = told_draw(
			a, y, STYLE_DANGER,
			"a user name in it makes it look like another place: the real host is");
		y = told_draw(a, y, STYLE_DANGER, host);
	} else if (!json_get_bool(l->code, "openable")) {
		y = told_draw(a, y, STYLE_WARNING,
			      "is no web address that can be opened: shown as text");
	}
	return y;
}

/* Why there is no QR code to scan; "" while one is drawn. */
static const char *no_qr_text(const struct login *l, const struct area *a, bool drawn)
{
	if (drawn)
		return a->frame->utf8 ? "or scan the code →" : "";
	if (!a->frame->utf8)
		return "no QR code without UTF-8";
	if (!l->qr.width)
		return json_get_text(l->code, "qr_uri") ? "the address is too long for a QR code"
							: "no QR code: no address to trust";
	return "z shows the QR code";
}

static int countdown_draw(const struct login *l, const struct area *a, int y)
{
	int64_t whole = l->life, left = login_left_ms(l);
	char clock[24];
	int x, bar = a->width - 20;
	enum style style = left < MINUTE_MS ? STYLE_WARNING : STYLE_NORMAL;

	if (left < 0 || whole <= 0)
		return y;
	login_clock(clock, left);
	x = 1 + area_textf(a, 1, y, -1, style, "%s left", clock) + 2;
	bar = bar > BAR_WIDTH ? BAR_WIDTH : bar;
	bar_draw(a, x, y, bar, left, whole, style);
	area_textf(a, x + bar + 1, y, -1, STYLE_NORMAL, "%d%%", (int)(left * 100 / whole));
	return y + 1;
}

static int poll_draw(const struct login *l, const struct area *a, int y)
{
	int64_t wait = l->next_poll == TIME_NONE ? -1
						 : l->next_poll - console_boot(l->view->console);
	char clock[24];

	if (wait > 0)
		snprintf(clock, sizeof(clock), "in %lld s",
			 (long long)((wait + SECOND_MS - 1) / SECOND_MS));
	else
		snprintf(clock, sizeof(clock), "now");
	area_textf(a, 1, y++, -1, STYLE_NORMAL, "next poll %-8s interval %lld s", clock,
		   (long long)l->interval);
	if (l->said[0])
		y += area_wrap(a, 1, y, a->width - 2, STYLE_WARNING, l->said);
	return y;
}

static int notes_draw(const struct login *l, const struct area *a, int y)
{
	size_t count = json_count(l->notes);

	for (size_t i = 0; i < count && i < NOTES_SHOWN; i++) {
		area_text(a, 1, y, 1, STYLE_WARNING, glyph(a->frame, GLYPH_WARN));
		y += area_wrap(a, 3, y, a->width - 4, STYLE_NORMAL,
			       json_as_text(json_at(l->notes, i)));
	}
	return y;
}

/* What is beside the QR code, or has the whole width. */
static int steps_draw(const struct login *l, const struct area *a, bool scan)
{
	const char *code = login_user_code(l), *qr = no_qr_text(l, a, scan);
	int small = a->height < 18 ? 0 : 1, y = small, big;

	big = code ? big_text_draw(a, MARGIN, y, a->width - MARGIN, a->height - 9, STYLE_TITLE,
				   code)
		   : 0;
	y += big ? big + small : 0;
	y = url_draw(l, a, y);
	y = code_draw(l, a, y);
	if (*qr)
		area_text(a, STEP_X, y++, -1, STYLE_SECONDARY, qr);
	y += small && !big;
	y = countdown_draw(l, a, y);
	y = poll_draw(l, a, y);
	return notes_draw(l, a, y);
}

static int asking_draw(const struct login *l, const struct area *a)
{
	area_textf(a, 1, 1, -1, STYLE_PROGRESS, "asking %s for a code…", l->provider);
	if (l->said[0])
		return 2 + area_wrap(a, 1, 2, a->width - 2, STYLE_WARNING, l->said);
	return 2;
}

/* --- what came of it ----------------------------------------------------------------------- */
static int fact_draw(const struct area *a, int y, enum style style, const char *label,
		     const char *text)
{
	if (!text || !*text)
		return y;
	area_text(a, 1, y, LABEL_X - 2, STYLE_SECONDARY, label);
	return y + area_wrap(a, LABEL_X, y, a->width - LABEL_X - 1, style, text);
}

static int scope_draw(const struct login *l, const struct area *a, int y)
{
	const char *got = record_text(l->result, "scope", "none told");
	const char *asked = json_get_text(l->result, "scope_asked");
	bool same = !asked || !*asked || strcmp(asked, got) == 0;

	y = fact_draw(a, y, same ? STYLE_NORMAL : STYLE_WARNING, "scope", got);
	if (!same)
		y = fact_draw(a, y, STYLE_NORMAL, "asked for", asked);
	return y;
}

static int check_draw(const struct area *a, int y, const struct json *check)
{
	const char *result = record_text(check, "result", "?");
	bool passed = strcmp(result, "passed") == 0, failed = strcmp(result, "failed") == 0;
	enum glyph g = passed ? GLYPH_PASS : failed ? GLYPH_FAIL : GLYPH_SKIP;

	area_text(a, MARGIN, y, 1,
		  failed   ? STYLE_DANGER
		  : passed ? STYLE_GOOD
			   : STYLE_NORMAL,
		  glyph(a->frame, g));
	area_text(a, MARGIN + 2, y, 11, STYLE_NORMAL, record_text(check, "name", "?"));
	return y + area_wrap(a, LABEL_X + 2, y, a->width - LABEL_X - 3,
			     failed ? STYLE_DANGER : STYLE_NORMAL,
			     record_text(check, "detail", result));
}

static int id_token_draw(const struct login *l, const struct area *a, int y)
{
	const struct json *token = json_get(l->result, "id_token");
	const struct json *checks = json_get(token, "checks");
	bool valid = json_get_bool(token, "valid");

	if (json_type_of(token) != JSON_OBJECT_TYPE)
		return fact_draw(a, y, STYLE_NORMAL, "ID token", "none came");
	y = fact_draw(a, y, valid ? STYLE_GOOD : STYLE_DANGER, "ID token",
		      valid ? "valid: signature and claims hold"
			    : "NOT VALID: do not trust what it says");
	y = fact_draw(a, y, STYLE_NORMAL, "subject",
		      json_get_text(json_get(token, "claims"), "sub"));
	for (size_t i = 0; i < json_count(checks); i++)
		y = check_draw(a, y, json_at(checks, i));
	return y;
}

static int success_draw(const struct login *l, const struct area *a)
{
	char when[96] = "", expires[128];
	int64_t at = record_time(l->result, "at");
	int64_t seconds = json_get_int(l->result, "expires_in", -1);
	int y = 1;

	if (seconds >= 0 && at != TIME_NONE)
		console_when_full(l->view->console, when, sizeof(when), at + seconds * SECOND_MS);
	snprintf(expires, sizeof(expires), "%s", *when ? when : "not told");
	area_textf(a, 1, y, -1, STYLE_GOOD, "%s approved", glyph(a->frame, GLYPH_PASS));
	y += 2;
	y = fact_draw(a, y, STYLE_NORMAL, "tokens",
		      record_text(l->result, "token_type", "of a type not told"));
	y = scope_draw(l, a, y);
	y = fact_draw(a, y, STYLE_NORMAL, "expires", expires);
	y = fact_draw(a, y, STYLE_NORMAL, "refresh",
		      json_get_bool(l->result, "refreshable") ? "a refresh token came"
							      : "no refresh token came");
	y = fact_draw(a, y, STYLE_GOOD, "saved", login_grant(l));
	y = id_token_draw(l, a, y);
	return notes_draw(l, a, y + 1);
}

static int failure_draw(const struct login *l, const struct area *a)
{
	const struct json *r = l->result;
	bool cancelled = l->ended == ERR_CANCELLED;
	int y = 1;

	area_textf(a, 1, y, -1, cancelled ? STYLE_NORMAL : STYLE_DANGER, "%s %s",
		   glyph(a->frame, cancelled ? GLYPH_SKIP : GLYPH_FAIL),
		   cancelled ? "cancelled: the code is forgotten"
		   : r	     ? record_text(r, "error", "failed")
			     : "the login did not come to an end");
	y += 2;
	y = fact_draw(a, y, STYLE_NORMAL, "means", json_get_text(r, "explanation"));
	y = fact_draw(a, y, STYLE_NORMAL, "it said", json_get_text(r, "error_description"));
	if (!cancelled && !r) {
		y = fact_draw(a, y, STYLE_NORMAL, "why", l->err.message);
		y = fact_draw(a, y, STYLE_NORMAL, "do", l->err.hint);
	}
	return notes_draw(l, a, y + 1);
}

/* --- the trace ----------------------------------------------------------------------------- */
static void trace_lines(struct login *l, const struct area *a, int beside, int beside_width)
{
	struct logins_state *s = logins_state(l->view);
	size_t count = json_count(l->trace), room = (size_t)a->height;
	size_t first = count > room ? count - room : 0;

	if (s->in_trace && s->trace_at < first)
		first = s->trace_at;
	for (int i = 0; i < a->height && first < count; i++, first++) {
		/* Lines beside the QR code are as wide as what is left of it. */
		struct area line = area_part(a, 0, i, i < beside ? beside_width : a->width, 1);

		exchange_line(&line, 0, json_at(l->trace, first));
		if (s->in_trace && first == s->trace_at) {
			area_select(&line, 0, true);
			area_cursor(&line, 0, 0);
		}
	}
}

/* From line y on: a rule over `width` columns, then the newest exchanges. */
static void trace_draw(struct login *l, const struct area *a, int y, int width, int beside)
{
	struct area lines = area_part(a, 0, y + 1, a->width, a->height - y - 1);
	struct area rule = area_part(a, 0, y, width, 1);
	char right[40];

	snprintf(right, sizeof(right), "%zu  Tab", json_count(l->trace));
	area_rule(&rule, 0, "trace", json_count(l->trace) ? right : NULL);
	if (json_count(l->trace))
		trace_lines(l, &lines, beside - y - 1, width);
	else
		area_text(&lines, 1, 0, width - 2, STYLE_SECONDARY, "nothing was sent yet");
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* --- the whole ----------------------------------------------------------------------------- */
static void waiting_draw(struct login *l, const struct area *a)
{
	const struct qr_look look = { .quiet = QR_QUIET_SMALL };
	int qr_width = qr_columns(&l->qr, &look), qr_height = qr_lines(&l->qr, &look);
	bool scan = qr_fits(a, &l->qr, &look) && a->width - qr_width - 2 >= BIG_WIDTH_MIN + MARGIN;
	int width = !scan ? a->width : least(a->width - qr_width - 2, LEFT_MOST);
	struct area left = area_part(a, 0, 0, width, a->height - TRACE_LEAST + 1);
	int y = l->code ? steps_draw(l, &left, scan) : asking_draw(l, &left);

	if (scan)
		qr_draw(a, width + 1, 0, &l->qr, &look);
	if (y > a->height - TRACE_LEAST + 1)
		y = a->height - TRACE_LEAST + 1;
	trace_draw(l, a, y, y < qr_height && scan ? width : a->width, scan ? qr_height : 0);
	if (!logins_state(l->view)->in_trace)
		area_cursor(a, 1, 0);
}

static void ended_draw(struct login *l, const struct area *a)
{
	struct logins_state *s = logins_state(l->view);
	int trace = a->height / 4 > TRACE_LEAST ? a->height / 4 : TRACE_LEAST;
	struct area body = area_part(a, 0, 0, a->width, a->height - trace);

	body.skip = s->scroll.at;
	s->scroll.room = body.height;
	s->scroll.lines = login_succeeded(l) ? success_draw(l, &body) : failure_draw(l, &body);
	body.skip = 0;
	scroll_draw_more(&s->scroll, &body);
	trace_draw(l, a, a->height - trace, a->width, 0);
	if (!s->in_trace)
		area_cursor(a, 1, 0);
}

void login_draw(struct view *v, struct login *l, const struct area *a)
{
	(void)v;
	if (l->running || (!l->result && !l->err.code))
		waiting_draw(l, a);
	else
		ended_draw(l, a);
}
