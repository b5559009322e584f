/* Laying out the events of device.run. */
#include "src/cli/device_text.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/json.h"
#include "src/base/qr.h"
#include "src/base/text.h"
#include "src/cli/page.h"

enum { NAME_WIDTH = 10, QR_INDENT = 2 };

static const char *glyph(const struct page *p, const char *utf8, const char *ascii)
{
	return p->look->ascii ? ascii : utf8;
}

static const char *text_of(const struct json *event, const char *name)
{
	const char *text = json_get_text(event, name);

	return text && *text ? text : NULL;
}

static void put_line(struct page *p, enum tone tone, const char *name, const char *text)
{
	if (!text)
		return;
	page_add(p, TONE_SECONDARY, name);
	page_to(p, NAME_WIDTH);
	page_wrap(p, tone, NAME_WIDTH, text);
	page_end_line(p);
}

static void put_notes(struct page *p, const struct json *event)
{
	const struct json *notes = json_get(event, "notes");

	for (size_t i = 0; i < json_count(notes); i++) {
		page_add(p, TONE_WARNING, "!");
		page_to(p, 2);
		page_wrap(p, TONE_NORMAL, 2, json_as_text(json_at(notes, i)));
		page_end_line(p);
	}
}

static void put_duration(char out[DATETIME_SIZE], int64_t seconds)
{
	duration_text(out, seconds * SECOND_MS);
}

/* --- the code ------------------------------------------------------------------------------------ */

/* Two rows of modules in one line of half blocks, in black on white whatever the terminal's colours are:
 * a light code on dark ground is not read by every reader. */
static void put_qr_line(struct page *p, const struct qr *q, int row)
{
	static const char *const halves[] = { " ", "▀", "▄", "█" };
	const char *term = getenv("TERM");
	bool many = term && strstr(term, "256color");

	buf_addf(&p->text, "%*s%s", QR_INDENT, "",
		 many ? "\033[38;5;16;48;5;231m" : "\033[30;107m");
	for (int x = -QR_QUIET; x < q->width + QR_QUIET; x++)
		buf_add_text(&p->text, halves[qr_dark(q, x, row) + 2 * qr_dark(q, x, row + 1)]);
	buf_addf(&p->text, "%s\n", look_reset(p->look));
}

static void put_qr(struct page *p, const char *uri)
{
	struct qr q;

	if (!uri || !p->look->color || p->look->ascii || !qr_make(&q, uri))
		return;
	for (int row = -QR_QUIET; row < q.width + QR_QUIET; row += 2)
		if (q.width + 2 * QR_QUIET + QR_INDENT <= page_width(p))
			put_qr_line(p, &q, row);
	qr_release(&q);
}

/* The characters of the code with room between, and once more as they are, to be copied. */
static void put_code(struct page *p, const char *code)
{
	struct buf safe = BUF_INIT(4096), wide = BUF_INIT(16384);

	look_text(p->look, &safe, code);
	for (size_t at = 0; at < safe.len;) {
		int32_t point;
		size_t len = utf8_decode(&point, buf_text(&safe) + at, safe.len - at);

		buf_addf(&wide, "%s%.*s", at ? " " : "", (int)len, buf_text(&safe) + at);
		at += len;
	}
	page_add(p, TONE_SECONDARY, "code");
	page_to(p, NAME_WIDTH);
	buf_add_text(&p->text, look_bold(p->look));
	page_add(p, TONE_NORMAL, buf_text(&wide));
	buf_add_text(&p->text, look_reset(p->look));
	page_add(p, TONE_NORMAL, "   (");
	page_add(p, TONE_NORMAL, code);
	page_add(p, TONE_NORMAL, ")");
	page_end_line(p);
	buf_release(&safe);
	buf_release(&wide);
}

/* "expires   in 9m 58s", of `expires_in`; the line goes on. */
static void put_expiry(struct page *p, const struct json *event)
{
	char text[DATETIME_SIZE];

	datetime_relative(text, json_get_int(event, "expires_in", 0) * SECOND_MS, 0, false);
	page_add(p, TONE_SECONDARY, "expires");
	page_to(p, NAME_WIDTH);
	page_add(p, TONE_NORMAL, text);
}

static void put_life(struct page *p, const struct json *event)
{
	char interval[DATETIME_SIZE];

	put_duration(interval, json_get_int(event, "interval", 0));
	put_expiry(p, event);
	page_addf(p, TONE_NORMAL, "; asked every %s", interval);
	page_end_line(p);
}

/* What matters most comes last, next to the QR code: with the line of the countdown these fill 24 rows. */
static void put_codes(struct page *p, const struct json *event)
{
	put_line(p, TONE_SECONDARY, "flow", text_of(event, "flow"));
	put_life(p, event);
	put_notes(p, event);
	put_line(p, TONE_NORMAL, "it says", text_of(event, "message"));
	if (text_of(event, "host"))
		put_line(p, TONE_DANGER, "beware",
			 "the address has a user name in it: it leads to this host");
	put_line(p, TONE_DANGER, "host", text_of(event, "host"));
	put_line(p, TONE_NORMAL, json_get_bool(event, "openable") ? "open" : "go to",
		 text_of(event, "verification_uri"));
	put_code(p, json_get_text(event, "user_code"));
	put_qr(p, text_of(event, "qr_uri"));
}

/* --- what happens then --------------------------------------------------------------------------- */

/* "14:07:31  ": local time of the event. */
static void put_time(struct page *p, const struct json *event)
{
	const char *at_text = json_get_text(event, "at");
	char local[DATETIME_SIZE] = "";
	int64_t at;

	if (at_text && datetime_parse(&at, at_text, NULL) == ERR_OK)
		datetime_local(local, at, true);
	page_addf(p, TONE_SECONDARY, "%.8s", strlen(local) > 18 ? local + 11 : local);
	page_to(p, NAME_WIDTH);
}

static void put_next(struct page *p, const struct json *event)
{
	char next[DATETIME_SIZE];

	put_duration(next, json_get_int(event, "next_in", 0));
	page_addf(p, TONE_SECONDARY, "; again in %s", next);
	page_end_line(p);
	put_notes(p, event);
}

/* A terminal has the countdown: lines would only push the code out of sight. */
static void put_pending(struct page *p, const struct json *event)
{
	if (p->look->width && !json_count(json_get(event, "notes")))
		return;
	put_time(p, event);
	page_add(p, TONE_NORMAL, "nobody has decided yet");
	put_next(p, event);
}

static void put_slow_down(struct page *p, const struct json *event)
{
	char interval[DATETIME_SIZE];

	put_duration(interval, json_get_int(event, "interval", 0));
	put_time(p, event);
	page_addf(p, TONE_WARNING, "slow down: asked every %s from here on", interval);
	put_next(p, event);
}

static void put_retry(struct page *p, const struct json *event)
{
	put_time(p, event);
	page_wrap(p, TONE_WARNING, NAME_WIDTH, json_get_text(event, "reason"));
	put_next(p, event);
}

static void put_exchange(struct page *p, const struct json *event)
{
	const struct json *x = json_get(event, "exchange");
	int64_t status = json_get_int(x, "status", 0);
	const struct json *total = json_get(json_get(x, "times"), "total");

	put_time(p, event);
	page_addf(p, TONE_PROGRESS, "%s ", json_get_text(x, "method"));
	page_wrap(p, TONE_NORMAL, NAME_WIDTH, json_get_text(x, "url"));
	if (status)
		page_addf(p, TONE_PROGRESS, " %lld", (long long)status);
	if (total && json_type_of(total) == JSON_INT_TYPE)
		page_addf(p, TONE_SECONDARY, " %lld ms", (long long)json_as_int(total));
	page_end_line(p);
	put_line(p, TONE_DANGER, "", text_of(x, "error"));
	put_line(p, TONE_SECONDARY, "      sent", text_of(x, "request"));
	put_line(p, TONE_SECONDARY, "      body", text_of(x, "body"));
}

/* --- its end ------------------------------------------------------------------------------------- */

static void put_id_token(struct page *p, const struct json *event)
{
	const struct json *token = json_get(event, "id_token"), *claims = json_get(token, "claims");
	const char *subject = json_get_text(claims, "sub");
	const char *signature = json_get_text(token, "signature");

	if (!token || json_type_of(token) != JSON_OBJECT_TYPE)
		return;
	page_add(p, TONE_SECONDARY, "ID token");
	page_to(p, NAME_WIDTH);
	if (json_get_bool(token, "valid"))
		page_addf(p, TONE_GOOD, "%s VALID", glyph(p, "✓", "+"));
	else if (signature && strcmp(signature, "unchecked") == 0)
		page_add(p, TONE_WARNING, "? UNCHECKED");
	else
		page_addf(p, TONE_DANGER, "%s NOT VALID", glyph(p, "✗", "X"));
	if (subject)
		page_addf(p, TONE_NORMAL, "  subject %s", subject);
	page_end_line(p);
}

/* What was asked for and not granted is what people wonder about later. */
static void put_scope(struct page *p, const struct json *event)
{
	const char *scope = json_get_text(event, "scope"), *asked = text_of(event, "scope_asked");

	put_line(p, TONE_NORMAL, "scope", scope && *scope ? scope : NULL);
	if (asked && (!scope || strcmp(scope, asked) != 0))
		put_line(p, TONE_WARNING, "asked for", asked);
}

static void put_success(struct page *p, const struct json *event)
{
	put_time(p, event);
	page_addf(p, TONE_GOOD, "%s approved", glyph(p, "✓", "+"));
	page_end_line(p);
	page_end_line(p);
	put_line(p, TONE_NORMAL, "token", text_of(event, "token_type"));
	put_scope(p, event);
	if (json_type_of(json_get(event, "expires_in")) == JSON_INT_TYPE) {
		put_expiry(p, event);
		page_end_line(p);
	}
	put_line(p, TONE_NORMAL, "refresh",
		 json_get_bool(event, "refreshable") ? "a refresh token came" : "no refresh token");
	put_id_token(p, event);
	put_line(p, TONE_NORMAL, "grant",
		 text_of(event, "grant") ? text_of(event, "grant") : "not saved");
	put_notes(p, event);
	put_line(p, TONE_NORMAL, "access", text_of(event, "access_token"));
	put_line(p, TONE_NORMAL, "refresh", text_of(event, "refresh_token"));
	put_line(p, TONE_NORMAL, "ID token", text_of(event, "id_token_raw"));
}

/* The message of the error follows on standard error where there is one: here stands what it does not
 * say. */
static void put_error(struct page *p, const struct json *event)
{
	put_time(p, event);
	page_addf(p, TONE_DANGER, "%s %s", glyph(p, "✗", "X"), json_get_text(event, "error"));
	page_end_line(p);
	put_line(p, TONE_NORMAL, "it says", text_of(event, "error_description"));
	put_line(p, TONE_NORMAL, "meaning", text_of(event, "explanation"));
}

static const struct {
	const char *event;
	void (*put)(struct page *p, const struct json *event);
} layouts[] = {
	{ "code", put_codes },	{ "pending", put_pending },   { "slow_down", put_slow_down },
	{ "retry", put_retry }, { "exchange", put_exchange }, { "success", put_success },
	{ "error", put_error },
};

static void put_quiet(struct page *p, const struct json *event)
{
	const char *code = text_of(event, "user_code"), *grant = text_of(event, "grant");

	if (code) {
		page_add(p, TONE_NORMAL, code);
		page_to(p, 0);
		page_add(p, TONE_NORMAL, json_get_text(event, "verification_uri"));
	}
	if (grant)
		page_add(p, TONE_NORMAL, grant);
	if (code || grant)
		page_end_line(p);
}

enum errc device_print(struct out *o, const struct look *l, const struct json *event, struct err *e)
{
	const char *name = json_get_text(event, "event");
	struct page p;
	enum errc rc;

	page_init(&p, l);
	if (l->quiet)
		put_quiet(&p, event);
	for (size_t i = 0; !l->quiet && i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (strcmp(layouts[i].event, name) == 0)
			layouts[i].put(&p, event);
	rc = out_add(o, buf_text(&p.text), p.text.len, e);
	page_release(&p);
	return rc;
}
