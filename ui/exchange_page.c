/* An exchange with a provider: on one line of a trace, and as a page with headers, bodies and times. What
 * is shown was masked when the record was made. */
#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/exchange.h"
#include "ui/record.h"
#include "ui/scroll_page.h"

enum {
	INDENT = 3,
	WIDE = 64, /* columns from which a line names method and path */
	PATH_LEAST = 12,
	SUMMARY_MAX = 200,
};

/* --- a line -------------------------------------------------------------------------------- */
/* The path of a URL: what tells one request of a provider from another. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://"), *path = host ? strchr(host + 3, '/') : NULL;

	return path ? path : url;
}

/* "authorization_pending", or of a device response "expires_in 900": what the body says in a word. */
static void summary_of(const struct json *exchange, char out[SUMMARY_MAX])
{
	const char *body = json_get_text(exchange, "body");
	const char *failed = json_get_text(exchange, "error");
	struct json *answer = NULL;
	struct err e = ERR_INIT;

	out[0] = '\0';
	if (failed && *failed)
		snprintf(out, SUMMARY_MAX, "%s", failed);
	else if (body && !json_parse(&answer, body, strlen(body), &e) &&
		 json_get_text(answer, "error"))
		snprintf(out, SUMMARY_MAX, "%s", json_get_text(answer, "error"));
	else if (json_get_int(answer, "expires_in", 0) > 0)
		snprintf(out, SUMMARY_MAX, "expires_in %lld",
			 (long long)json_get_int(answer, "expires_in", 0));
	json_free(answer);
}

static void time_of(const struct json *exchange, char out[DATETIME_SIZE])
{
	char local[DATETIME_SIZE];
	int64_t at = record_time(exchange, "at");

	snprintf(out, DATETIME_SIZE, "--:--:--");
	if (at == TIME_NONE)
		return;
	datetime_local(local, at, true);
	if (strlen(local) >= 19)
		snprintf(out, DATETIME_SIZE, "%.8s", local + 11);
}

static void status_of(const struct json *exchange, char out[24])
{
	int64_t status = json_get_int(exchange, "status", 0);

	if (status)
		snprintf(out, 24, "%lld", (long long)status);
	else
		snprintf(out, 24, "---");
}

static void took_of(const struct json *exchange, char out[32])
{
	int64_t ms = json_get_int(json_get(exchange, "times"), "total", -1);

	out[0] = '\0';
	if (ms >= 0)
		snprintf(out, 32, "%lldms", (long long)ms);
}

void exchange_line(const struct area *a, int y, const struct json *exchange)
{
	char at[DATETIME_SIZE], status[24], took[32], summary[SUMMARY_MAX];
	int x = 1, path;

	time_of(exchange, at);
	status_of(exchange, status);
	took_of(exchange, took);
	summary_of(exchange, summary);
	x += area_text(a, x, y, -1, STYLE_NORMAL, at) + 1;
	path = a->width - x - 48;
	if (a->width >= WIDE) {
		x += area_text(a, x, y, 6, STYLE_NORMAL, record_text(exchange, "method", "GET")) +
		     1;
		x += area_text_middle(a, x, y, path > PATH_LEAST ? path : PATH_LEAST, STYLE_NORMAL,
				      path_of(record_text(exchange, "url", ""))) +
		     1;
	}
	x += area_text(a, x, y, -1, STYLE_NORMAL, status) + 1;
	if (a->width >= WIDE)
		x += area_text(a, x, y, -1, STYLE_SECONDARY, took) + 1;
	if (*summary)
		x += area_text(a, x, y, a->width < WIDE ? a->width - x - 7 : -1, STYLE_NORMAL,
			       summary) +
		     1;
	if (a->width < WIDE)
		area_text(a, x, y, -1, STYLE_SECONDARY, took);
}

/* --- the page ------------------------------------------------------------------------------ */
static int text_draw(const struct area *a, int y, enum style style, const char *text)
{
	return y + area_wrap(a, INDENT, y, a->width - INDENT - 2, style, text);
}

/* Headers are an array of "Name: value" texts, or of objects with name and value. */
static int headers_draw(const struct area *a, int y, const struct json *headers)
{
	for (size_t i = 0; i < json_count(headers); i++) {
		const struct json *header = json_at(headers, i);
		struct buf line = BUF_INIT(1 << 16);

		if (json_as_text(header))
			buf_add_text(&line, json_as_text(header));
		else
			buf_addf(&line, "%s: %s", record_text(header, "name", "?"),
				 record_text(header, "value", ""));
		y = text_draw(a, y, STYLE_NORMAL, buf_text(&line));
		buf_release(&line);
	}
	return y;
}

static int half_draw(const struct area *a, int y, const char *title, const struct json *headers,
		     const char *body)
{
	area_rule(a, y++, title, NULL);
	y = headers_draw(a, y, headers);
	if (body && *body)
		y = text_draw(a, y + 1, STYLE_NORMAL, body);
	return y + 1;
}

/* "dns 1  connect 3  tls 21  first byte 60  total 61 ms"; what it did not come to is left out. */
static int times_draw(const struct area *a, int y, const struct json *times)
{
	static const struct {
		const char *name, *label;
	} parts[] = {
		{ "dns", "name found" },	{ "connect", "connected" }, { "tls", "secured" },
		{ "first_byte", "first byte" }, { "total", "done" },
	};
	char text[200];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int64_t ms = json_get_int(times, parts[i].name, -1);

		if (ms >= 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %lld ms",
						len ? "   " : "", parts[i].label, (long long)ms);
	}
	return len ? text_draw(a, y, STYLE_NORMAL, text) : y;
}

int exchange_draw(const struct area *a, int y, const struct json *x)
{
	char status[24], text[64];

	status_of(x, status);
	y = text_draw(a, y, STYLE_NORMAL, record_text(x, "url", ""));
	y = text_draw(a, y, STYLE_DANGER, json_get_text(x, "error"));
	y = times_draw(a, y, json_get(x, "times")) + 1;
	y = half_draw(a, y, "sent", json_get(x, "request_headers"), json_get_text(x, "request"));
	snprintf(text, sizeof(text), "came back: %s", status);
	return half_draw(a, y, text, json_get(x, "headers"), json_get_text(x, "body"));
}

/* --- as a page ----------------------------------------------------------------------------- */
static void page_title(const struct json *x, const struct area *line)
{
	char at[DATETIME_SIZE];

	time_of(x, at);
	area_textf(line, 1, 0, -1, STYLE_TITLE, "Exchange   %s %s", at,
		   record_text(x, "method", "GET"));
}

static int page_body(const struct json *x, const struct area *a, int64_t now)
{
	(void)now;
	return exchange_draw(a, 0, x);
}

static const struct action page_actions[] = {
	SCROLL_PAGE_ACTION,
	{ PRESS_ESC, "back", "back to the login", .flags = ACTION_FOOTER },
	{ .label = NULL },
};

static const struct scroll_page_type page_type = {
	.dialog = { .name = "Exchange", SCROLL_PAGE, .actions = page_actions },
	.title = page_title,
	.body = page_body,
};

void exchange_page_open(struct console *c, const struct json *exchange)
{
	scroll_page_open(c, &page_type, exchange);
}
