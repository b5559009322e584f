/* Instants as a column or a line of detail shows them, in the time mode that `u` chose. */
#include <time.h>

#include "src/base/datetime.h"
#include "ui/console.h"

static struct tm broken_down(int64_t at, bool utc)
{
	time_t seconds = (time_t)(at / SECOND_MS);
	struct tm tm;

	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	return tm;
}

/* This year's by day and minute, others by date. */
static void exact(const struct console *c, char *out, size_t size, int64_t at, bool utc)
{
	struct tm then = broken_down(at, utc), now = broken_down(console_now(c), utc);

	if (!strftime(out, size, then.tm_year == now.tm_year ? "%m-%d %H:%M" : "%Y-%m-%d", &then))
		*out = '\0';
}

/* The longest part of "2026-03-18 14:07" that fits, for one that is cut says something else. */
static void exact_fit(const struct console *c, char *out, size_t size, int64_t at, int width)
{
	static const struct {
		int from, length;
	} parts[3][3] = {
		{ { 0, 10 }, { 0, 7 }, { 0, 4 } },   /* another year */
		{ { 5, 11 }, { 5, 5 }, { 5, 5 } },   /* another day */
		{ { 5, 11 }, { 11, 5 }, { 11, 5 } }, /* today */
	};
	bool utc = console_times(c) == TIMES_UTC;
	struct tm then = broken_down(at, utc), now = broken_down(console_now(c), utc);
	int near = then.tm_year != now.tm_year ? 0 : then.tm_yday != now.tm_yday ? 1 : 2;
	char whole[64];
	int i = 0;

	*out = '\0';
	if (strftime(whole, sizeof(whole), "%Y-%m-%d %H:%M", &then) != 16)
		return; /* a year of five digits */
	while (i < 2 && parts[near][i].length > width)
		i++;
	snprintf(out, size, "%.*s", parts[near][i].length, whole + parts[near][i].from);
}

void console_when_fit(const struct console *c, char *out, size_t size, int64_t at, int width)
{
	if (at == TIME_NONE || console_times(c) == TIMES_RELATIVE)
		console_when(c, out, size, at);
	else
		exact_fit(c, out, size, at, width);
}

void console_when(const struct console *c, char *out, size_t size, int64_t at)
{
	char text[DATETIME_SIZE];

	if (at == TIME_NONE) {
		snprintf(out, size, "never");
		return;
	}
	if (console_times(c) != TIMES_RELATIVE) {
		exact(c, out, size, at, console_times(c) == TIMES_UTC);
		return;
	}
	datetime_relative(text, at, console_now(c), false);
	snprintf(out, size, "%s", text);
}

void console_when_full(const struct console *c, char *out, size_t size, int64_t at)
{
	char text[DATETIME_SIZE], relative[DATETIME_SIZE];

	if (at == TIME_NONE) {
		snprintf(out, size, "never");
		return;
	}
	if (console_times(c) == TIMES_UTC)
		datetime_rfc3339(text, at);
	else
		datetime_local(text, at, false);
	datetime_relative(relative, at, console_now(c), true);
	snprintf(out, size, "%s (%s)", text, relative);
}
