/* Parts of a key's detail; see key_facts.h. */
#include "ui/key_facts.h"

#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "ui/chart.h"
#include "ui/event_text.h"
#include "ui/key_view.h"
#include "ui/usage_draw.h"

enum { LABEL = 9, HALF = 50, HOURS = 24, TEXT_MAX = 1100 };

int facts_now(const struct console *c, const struct area *a, int x, int y, const struct json *key)
{
	char text[TEXT_MAX];
	int64_t now = console_now(c);

	key_now_text(c, key, text, sizeof(text) - 40);
	if (!text[0])
		return 0;
	if (key_in_grace(key, now))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "F finishes it now.");
	return area_wrap(a, x, y, -1, STYLE_NORMAL, text);
}

/* --- versions ------------------------------------------------------------------------------ */
static void version_line(const struct console *c, const struct area *a, int y,
			 const struct json *key, const struct json *version, bool wide)
{
	char hint[64], used[48], calls[NUMBER_SIZE], created[48];
	const char *state = record_text(version, "state", "?");
	enum style style = strcmp(state, "grace") == 0 ? STYLE_PROGRESS : STYLE_NORMAL;

	key_hint(key, version, a->frame->utf8, hint, sizeof(hint));
	console_when(c, used, sizeof(used), record_time(version, "last_used_at"));
	number_grouped(calls, json_get_int(version, "calls_24h", 0));
	area_textf(a, 1, y, 3, STYLE_NORMAL, "%lld",
		   (long long)json_get_int(version, "version", 0));
	area_text(a, 4, y, 8, style, state);
	area_text(a, 13, y, 11, STYLE_NORMAL, hint);
	if (wide) {
		console_when(c, created, sizeof(created), record_time(version, "created_at"));
		area_text_right(a, 25, y, 12, STYLE_NORMAL, created);
	}
	area_text_right(a, wide ? 38 : 25, y, 9, STYLE_NORMAL, used);
	area_text_right(a, wide ? 66 : 35, y, wide ? 12 : 9, STYLE_NORMAL, calls);
	if (wide)
		area_text_middle(a, 49, y, 16, STYLE_NORMAL,
				 json_get_text(version, "last_used_from"));
}

int facts_versions(const struct console *c, const struct area *a, int y, const struct json *key,
		   bool wide)
{
	const struct json *versions = json_get(key, "versions");

	area_text(a, 1, y, -1, STYLE_TITLE,
		  wide ? "V  STATE    KEY              CREATED LAST USED  FROM              CALLS "
			 "24 H"
		       : "V  STATE    KEY         LAST USED  CALLS 24 H");
	for (size_t i = 0; i < json_count(versions); i++)
		version_line(c, a, y + 1 + (int)i, key, json_at(versions, i), wide);
	return 1 + (int)json_count(versions);
}

/* --- rules --------------------------------------------------------------------------------- */
enum fact {
	FACT_SCOPES,
	FACT_LIMITS,
	FACT_FROM,
	FACT_USED,
	FACT_EXPIRES,
	FACT_CALLS,
	FACT_META,
	FACT_DENIED,
	FACT_OWNER,
	FACT_TIER,
	FACT_BEGINS,
	FACT_NOTE,
	FACT_COUNT
};

static const char *const fact_labels[FACT_COUNT] = {
	[FACT_SCOPES] = "scopes", [FACT_LIMITS] = "limits",   [FACT_FROM] = "from",
	[FACT_USED] = "used",	  [FACT_EXPIRES] = "expires", [FACT_CALLS] = "24 h",
	[FACT_META] = "meta",	  [FACT_DENIED] = "denied",   [FACT_OWNER] = "owner",
	[FACT_TIER] = "tier",	  [FACT_BEGINS] = "begins",   [FACT_NOTE] = "note",
};

static void used_text(const struct console *c, const struct json *key, char *out, size_t size)
{
	int64_t at = record_time(key, "last_used_at");
	char ago[DATETIME_SIZE];

	if (at == TIME_NONE) {
		snprintf(out, size, "never");
		return;
	}
	datetime_relative(ago, at, console_now(c), true);
	snprintf(out, size, "%s by %s", ago,
		 record_text(key, "last_used_from", "an unknown address"));
}

static void list_or(const struct json *key, const char *member, const char *empty, char *out,
		    size_t size)
{
	record_join(json_get(key, member), " ", out, size);
	if (!out[0])
		snprintf(out, size, "%s", empty);
}

static void end_or_never(const struct console *c, const struct json *key, const char *member,
			 const char *none, char *out, size_t size)
{
	int64_t at = record_time(key, member);

	if (at == TIME_NONE)
		snprintf(out, size, "%s", none);
	else
		console_when_full(c, out, size, at);
}

static void fact_text(const struct console *c, const struct json *key, enum fact fact, char *out,
		      size_t size)
{
	out[0] = '\0';
	switch (fact) {
	case FACT_SCOPES:
		list_or(key, "scopes", "none", out, size);
		break;
	case FACT_LIMITS:
		list_or(key, "limits", "none", out, size);
		break;
	case FACT_FROM:
		list_or(key, "allow_from", "any address", out, size);
		break;
	case FACT_USED:
		used_text(c, key, out, size);
		break;
	case FACT_EXPIRES:
		end_or_never(c, key, "expires_at", "never", out, size);
		break;
	case FACT_CALLS:
		facts_calls(key, out, size);
		break;
	case FACT_META:
		key_meta_text(json_get(key, "meta"), out, size);
		break;
	case FACT_DENIED:
		facts_denied(key, out, size);
		break;
	case FACT_OWNER:
		snprintf(out, size, "%s", record_text(key, "owner", ""));
		break;
	case FACT_TIER:
		snprintf(out, size, "%s", record_text(key, "tier", ""));
		break;
	case FACT_BEGINS:
		end_or_never(c, key, "not_before", "", out, size);
		break;
	case FACT_NOTE:
		snprintf(out, size, "%s", record_text(key, "note", ""));
		break;
	case FACT_COUNT:
		break;
	}
}

int facts_rules(const struct console *c, const struct area *a, int y, const struct json *key)
{
	int first = y;

	for (int f = 0; f < FACT_COUNT; f++) {
		char text[TEXT_MAX];

		fact_text(c, key, (enum fact)f, text, sizeof(text));
		if (!text[0])
			continue;
		area_text(a, 1, y, LABEL, STYLE_SECONDARY, fact_labels[f]);
		y += area_wrap(a, 1 + LABEL, y, -1, STYLE_NORMAL, text);
	}
	return y - first;
}

int facts_rules_wide(const struct console *c, const struct area *a, int y, const struct json *key)
{
	int half = a->width >= 2 * HALF ? a->width / 2 : HALF;
	int shown = 0;

	for (int f = 0; f < FACT_COUNT; f++) {
		char text[TEXT_MAX];
		int line = y + shown / 2;

		fact_text(c, key, (enum fact)f, text, sizeof(text));
		if (!text[0])
			continue;
		if (shown++ % 2 == 0) {
			area_text(a, 1, line, LABEL, STYLE_SECONDARY, fact_labels[f]);
			area_text(a, 1 + LABEL, line, half - LABEL - 2, STYLE_NORMAL, text);
		} else {
			area_text(a, half, line, LABEL, STYLE_SECONDARY, fact_labels[f]);
			area_text(a, half + LABEL - 1, line, -1, STYLE_NORMAL, text);
		}
	}
	return (shown + 1) / 2;
}

/* --- figures ------------------------------------------------------------------------------- */
void facts_calls(const struct json *key, char *out, size_t size)
{
	const struct json *usage = json_get(key, "usage");
	char ok[NUMBER_SIZE], denied[NUMBER_SIZE];

	out[0] = '\0';
	if (!usage)
		return;
	number_grouped(ok, json_get_int(usage, "allowed_24h", 0));
	number_grouped(denied, json_get_int(usage, "denied_24h", 0));
	snprintf(out, size, "%s ok  %s denied", ok, denied);
}

void facts_denied(const struct json *key, char *out, size_t size)
{
	const struct json *by = json_get(json_get(key, "usage"), "denied_by_code");
	size_t len = 0;

	out[0] = '\0';
	for (const void *it = json_first(by); it && len + 1 < size; it = json_next(by, it)) {
		char count[NUMBER_SIZE];

		number_grouped(count, json_as_int(json_value(it)));
		len += (size_t)snprintf(out + len, size - len, "%s%s %s", len ? "  " : "",
					json_name(it), count);
	}
}

static bool no_calls(const int64_t calls[HOURS])
{
	for (int i = 0; i < HOURS; i++)
		if (calls[i] > 0)
			return false;
	return true;
}

int facts_chart(const struct console *c, const struct area *a, int y, int height,
		const struct json *key)
{
	int64_t calls[HOURS], begin[HOURS], now = console_now(c);
	char texts[HOURS][USAGE_LABEL];
	const char *labels[HOURS];
	struct chart chart = { .values = calls, .count = HOURS, .height = height };

	key_calls(key, calls, HOURS);
	if (no_calls(calls)) {
		area_text(a, 1, y, -1, STYLE_SECONDARY, "no calls in the last 24 hours");
		return 1;
	}
	for (int i = 0; i < HOURS; i++)
		begin[i] = now - (HOURS - 1 - i) * HOUR_MS;
	chart.width = chart_width(a->width, HOURS, false);
	y += chart_draw(a, y, &chart);
	usage_hour_labels(c, &chart, begin, texts, labels);
	chart_labels(a, y, &chart, labels);
	return height + 1;
}

void facts_event(const struct console *c, const struct area *a, int y, const struct json *event)
{
	char when[48], detail[400], actor[80];
	const char *operation = record_text(event, "operation", "?");
	const char *dot = strchr(operation, '.');
	bool narrow = a->width < 60;

	console_when(c, when, sizeof(when), record_time(event, "time"));
	event_detail(event, detail, sizeof(detail));
	event_actor(event, actor, sizeof(actor));
	area_text(a, 1, y, 12, STYLE_SECONDARY, when);
	area_text(a, narrow ? 9 : 14, y, 9, STYLE_NORMAL, dot ? dot + 1 : operation);
	area_text(a, narrow ? 18 : 24, y, 11, STYLE_NORMAL, actor);
	area_text(a, narrow ? 26 : 36, y, -1, STYLE_NORMAL, detail);
}
