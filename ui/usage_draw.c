/* Usage figures as charts and bars. */
#include "ui/usage_draw.h"

#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/text.h"
#include "ui/record.h"

enum {
	CHART_FRAME = 2,   /* rule and times */
	DENIED_HEIGHT = 4, /* of a chart of its own … */
	DENIED_FROM = 14,  /* … from so many lines on */
	LABEL_GAP = 2,
	CODE_WIDTH = 18,
	COUNT_WIDTH = 10,
	WORDS_WIDTH = 30,
	BAR_LEAST = 8,
	BAR_MOST = 60,
};

/* --- figures as text ----------------------------------------------------------------------- */
void usage_count_draw(const struct area *cell, int x, int y, int width, int64_t n)
{
	char text[NUMBER_SIZE];

	number_grouped(text, n);
	if ((int)strlen(text) > width)
		number_short(text, n);
	area_text_right(cell, x, y, width, STYLE_NORMAL, text);
}

void usage_totals_text(char *out, size_t size, int64_t allowed, int64_t denied)
{
	char ok[NUMBER_SIZE], refused[NUMBER_SIZE];

	number_grouped(ok, allowed);
	number_grouped(refused, denied);
	snprintf(out, size, "%s ok  %s denied", ok, refused);
}

/* --- times below a chart ------------------------------------------------------------------- */
/* Values from one label to the next, so that labels of `width` stand apart. */
static size_t label_every(const struct chart *c, int width)
{
	size_t every = 1;

	while (every < c->count && (int)every * c->width < (width + LABEL_GAP) * (int)c->count)
		every *= 2;
	return every;
}

static void stamp(const struct console *c, int64_t at, char out[DATETIME_SIZE])
{
	if (console_times(c) == TIMES_UTC)
		datetime_rfc3339(out, at);
	else
		datetime_local(out, at, false);
}

void usage_hour_labels(const struct console *c, const struct chart *chart, const int64_t *begin,
		       char texts[][USAGE_LABEL], const char **labels)
{
	size_t every = label_every(chart, 2);
	char text[DATETIME_SIZE];

	for (size_t i = 0; i < chart->count; i++) {
		stamp(c, begin[i], text);
		snprintf(texts[i], USAGE_LABEL, "%.2s", text + 11);
		labels[i] = i % every ? NULL : texts[i];
	}
}

/* The day where it changes. */
static void day_labels(const struct console *c, const struct usage_series *s,
		       char texts[][USAGE_LABEL], const char **labels)
{
	char text[DATETIME_SIZE], before[DATETIME_SIZE] = "";

	for (size_t i = 0; i < s->count; i++) {
		stamp(c, s->begin[i], text);
		snprintf(texts[i], USAGE_LABEL, "%.5s", text + 5);
		labels[i] = i && strncmp(text, before, 10) != 0 ? texts[i] : NULL;
		memcpy(before, text, sizeof(before));
	}
}

/* Days are counted in UTC; a year's are told by month. */
static void date_labels(const struct usage_series *s, const struct chart *chart,
			char texts[][USAGE_LABEL], const char **labels)
{
	bool months = s->joined > 1;
	size_t every = label_every(chart, months ? 7 : 5);
	char text[DATETIME_SIZE];

	for (size_t i = 0; i < s->count; i++) {
		datetime_rfc3339(text, s->begin[i]);
		if (months)
			snprintf(texts[i], USAGE_LABEL, "%.7s", text);
		else
			snprintf(texts[i], USAGE_LABEL, "%.5s", text + 5);
		labels[i] = i % every ? NULL : texts[i];
	}
}

static void times_draw(const struct usage *u, const struct area *a, int y,
		       const struct usage_series *s, const struct chart *chart)
{
	const struct usage_range *range = usage_rows_range(u, USAGE_TIMES);
	const char *labels[USAGE_COLUMNS];
	char texts[USAGE_COLUMNS][USAGE_LABEL];

	if (range->unit == DAY_MS)
		date_labels(s, chart, texts, labels);
	else if (range->units > 24)
		day_labels(u->console, s, texts, labels);
	else
		usage_hour_labels(u->console, chart, s->begin, texts, labels);
	chart_labels(a, y, chart, labels);
}

/* --- the chart ----------------------------------------------------------------------------- */
static void chart_title(const struct usage *u, const struct area *a, int y,
			const struct usage_series *s)
{
	const struct usage_range *range = usage_rows_range(u, USAGE_TIMES);
	bool week = range->unit == DAY_MS && s->joined == 7;
	char title[80], totals[80], unit[24];

	if (week || s->joined == 1)
		snprintf(unit, sizeof(unit), "%s", week ? "week" : range->by);
	else
		snprintf(unit, sizeof(unit), "%zu %ss", s->joined, range->by);
	snprintf(title, sizeof(title), "calls per %s, last %s", unit, range->name);
	usage_totals_text(totals, sizeof(totals), s->allowed_total, s->denied_total);
	area_rule(a, y, title, usage_rows(u, USAGE_TIMES) ? totals : NULL);
}

/* What was denied has a scale of its own: a line of cells, or a chart where there is room. */
static void denied_draw(const struct area *a, int y, struct chart chart, const int64_t *denied,
			bool roomy)
{
	chart.values = denied;
	chart.height = DENIED_HEIGHT;
	chart.line = false;
	area_text_right(a, 0, y, CHART_AXIS - 1, STYLE_SECONDARY, "denied");
	if (roomy)
		chart_draw(a, y + 1, &chart);
	else
		chart_row(a, y, &chart);
}

void usage_chart_draw(const struct usage *u, const struct area *a, int y, int height)
{
	bool roomy = height >= DENIED_FROM;
	int below = roomy ? 1 + DENIED_HEIGHT : 1, last = y + height - 1;
	struct chart chart = { .line = usage_rows_range(u, USAGE_TIMES)->line };
	struct usage_series s;

	usage_series(u, console_now(u->console), (size_t)(a->width - CHART_AXIS), &s);
	chart_title(u, a, y, &s);
	if (!usage_rows(u, USAGE_TIMES)) {
		area_text(a, 1, y + 1, -1, STYLE_SECONDARY,
			  u->error.code ? u->error.message : "loading");
		return;
	}
	if (!s.allowed_total && !s.denied_total)
		area_textf(a, CHART_AXIS, y + 1, -1, STYLE_SECONDARY, "no calls in the last %s",
			   usage_rows_range(u, USAGE_TIMES)->name);
	chart.values = s.allowed;
	chart.count = s.count;
	chart.width = chart_width(a->width, s.count, chart.line);
	chart.height = height - CHART_FRAME - below;
	chart_draw(a, y + 1, &chart);
	denied_draw(a, last - below, chart, s.denied, roomy);
	times_draw(u, a, last, &s, &chart);
}

/* --- denials ------------------------------------------------------------------------------- */
static const struct {
	const char *code, *words;
} reasons[] = {
	{ "MALFORMED", "no key: cut, or mistyped" },
	{ "NOT_FOUND", "of no key in this store" },
	{ "REVOKED", "its key was revoked" },
	{ "RETIRED", "old version, grace is over" },
	{ "DISABLED", "its key is disabled" },
	{ "NOT_YET_VALID", "before its key begins" },
	{ "EXPIRED", "its key ran out" },
	{ "ADDRESS_DENIED", "its key bars the address" },
	{ "INSUFFICIENT_SCOPE", "its key lacks the scope" },
	{ "RATE_LIMITED", "over its key's limits" },
};

static const char *reason_words(const char *code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].code, code) == 0)
			return reasons[i].words;
	return "";
}

static bool is_denial(const struct json *row)
{
	return strcmp(record_text(row, "code", "VALID"), "VALID") != 0;
}

static bool words_behind(const struct area *a)
{
	return a->width >= 2 + CODE_WIDTH + BAR_LEAST + COUNT_WIDTH + WORDS_WIDTH;
}

static int64_t denied_most(const struct json *rows, size_t *count, int64_t *total)
{
	int64_t most = 0;

	*count = 0;
	*total = 0;
	for (size_t i = 0; i < json_count(rows); i++) {
		int64_t n = json_get_int(json_at(rows, i), "count", 0);

		if (!is_denial(json_at(rows, i)))
			continue;
		most = n > most ? n : most;
		*total += n;
		++*count;
	}
	return most;
}

/* Its words stand behind the bar, or below it where there are lines to spare. */
static int reason_draw(const struct area *a, int y, const struct json *row, int64_t most,
		       bool spaced)
{
	bool behind = words_behind(a);
	int bar = a->width - 4 - CODE_WIDTH - COUNT_WIDTH - (behind ? WORDS_WIDTH + 2 : 0);
	int64_t n = json_get_int(row, "count", 0);
	const char *code = record_text(row, "code", "?");

	bar = bar > BAR_MOST ? BAR_MOST : bar;
	area_text(a, 1, y, CODE_WIDTH, STYLE_NORMAL, code);
	bar_draw(a, 2 + CODE_WIDTH, y, bar, n, most, STYLE_NORMAL);
	usage_count_draw(a, 2 + CODE_WIDTH + bar, y, COUNT_WIDTH, n);
	if (behind)
		area_text(a, 4 + CODE_WIDTH + bar + COUNT_WIDTH, y, -1, STYLE_SECONDARY,
			  reason_words(code));
	else if (spaced)
		area_text(a, 2 + CODE_WIDTH, y + 1, -1, STYLE_SECONDARY, reason_words(code));
	return !behind && spaced ? 2 : 1;
}

int usage_codes_height(const struct usage *u)
{
	size_t count;
	int64_t total;

	denied_most(usage_rows(u, USAGE_CODES), &count, &total);
	return 1 + (int)(count ? count : 1);
}

int usage_codes_draw(const struct usage *u, const struct area *a, int y, int height)
{
	const struct json *rows = usage_rows(u, USAGE_CODES);
	int64_t total, most, left;
	size_t count, drawn = 0;
	char number[NUMBER_SIZE];
	int first = y;

	most = denied_most(rows, &count, &total);
	number_grouped(number, total);
	area_rule(a, y++, "denied by reason", count ? number : NULL);
	if (rows && !count)
		area_textf(a, 1, y++, -1, STYLE_SECONDARY, "none was denied in the last %s",
			   usage_rows_range(u, USAGE_CODES)->name);
	left = total;
	for (size_t i = 0; i < json_count(rows); i++) {
		const struct json *row = json_at(rows, i);

		if (!is_denial(row))
			continue;
		if (y - first >= height - 1 && count - drawn > 1) {
			number_grouped(number, left);
			area_textf(a, 1, y++, -1, STYLE_SECONDARY, "%zu more reasons: %s",
				   count - drawn, number);
			break;
		}
		y += reason_draw(a, y, row, most, 1 + 2 * (int)count <= height);
		left -= json_get_int(row, "count", 0);
		drawn++;
	}
	return y - first;
}
