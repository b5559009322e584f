/* Durations as text and back, and the distance of an instant from now. */
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"

/* Largest first. Weeks are read but not written: people think in days. */
static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {
	{ "w", 7 * DAY_MS }, { "d", DAY_MS },	 { "h", HOUR_MS },
	{ "m", MINUTE_MS },  { "s", SECOND_MS }, { "ms", 1 },
};

enum { UNIT_COUNT = sizeof(units) / sizeof(*units) };

#define DURATION_MAX (36525 * DAY_MS)

/* A number at *text, which moves on; stops growing beyond what any duration may have. */
static int64_t take_number(const char **text)
{
	int64_t value = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		if (value <= DURATION_MAX)
			value = value * 10 + (**text - '0');
	return value;
}

/* The unit at *text, which moves on; UNIT_COUNT where there is none. */
static size_t take_unit(const char **text)
{
	size_t len = strspn(*text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	size_t i = 0;

	while (i < UNIT_COUNT &&
	       (strlen(units[i].name) != len || strncmp(*text, units[i].name, len) != 0))
		i++;
	*text += len;
	return i;
}

static enum errc no_duration(const char *text, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" is not a duration", text);
	err_hint(e, "write it as 90d, 24h, 15m, 30s or 1d12h");
	return ERR_USAGE;
}

static enum errc no_unit(const char *text, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" has no unit", text);
	err_hint(e, "%s what? %sd, %sh", text, text, text);
	return ERR_USAGE;
}

static enum errc too_long(const char *text, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" is longer than 100 years", text);
	err_hint(e, "give a shorter one, or never");
	return ERR_USAGE;
}

enum errc duration_parse(int64_t *ms, const char *text, struct err *e)
{
	const char *rest = text;
	int64_t total = 0;
	size_t last = 0;

	if (strcmp(text, "0") == 0) {
		*ms = 0;
		return ERR_OK;
	}
	if (*text && !text[strspn(text, "0123456789")])
		return no_unit(text, e);
	do {
		const char *start = rest;
		int64_t number = take_number(&rest);
		size_t unit;

		if (rest == start)
			return no_duration(text, e);
		unit = take_unit(&rest);
		if (unit == UNIT_COUNT || unit < last)
			return no_duration(text, e);
		if (number > (DURATION_MAX - total) / units[unit].ms)
			return too_long(text, e);
		total += number * units[unit].ms;
		last = unit + 1;
	} while (*rest);
	*ms = total;
	return ERR_OK;
}

void duration_text(char out[DATETIME_SIZE], int64_t ms)
{
	const struct unit *unit = &units[1];

	while (ms % unit->ms)
		unit++;
	if (!ms)
		snprintf(out, DATETIME_SIZE, "0s");
	else
		snprintf(out, DATETIME_SIZE, "%lld%s", (long long)(ms / unit->ms), unit->name);
}

/* The largest of d h m s that fits at least once; seconds otherwise. */
static const struct unit *largest_unit(int64_t ms)
{
	const struct unit *unit = &units[1];

	while (unit->ms > SECOND_MS && ms < unit->ms)
		unit++;
	return unit;
}

/* Near things are told in two units: "2d 4h", "3h 12m"; from ten on, and seconds, in one. */
static void text_ahead(char out[DATETIME_SIZE], int64_t ms)
{
	const struct unit *unit = largest_unit(ms);
	long long count = ms / unit->ms;
	int rest = unit->ms > SECOND_MS ? (int)(ms % unit->ms / unit[1].ms) : 0;

	if (rest && count < 10)
		snprintf(out, DATETIME_SIZE, "in %d%s %d%s", (int)count, unit->name, rest,
			 unit[1].name);
	else
		snprintf(out, DATETIME_SIZE, "in %lld%s", count, unit->name);
}

void datetime_relative(char out[DATETIME_SIZE], int64_t at, int64_t now, bool suffix)
{
	const struct unit *unit;

	if (at > now) {
		text_ahead(out, at - now);
		return;
	}
	unit = largest_unit(now - at);
	snprintf(out, DATETIME_SIZE, "%lld%s%s", (long long)((now - at) / unit->ms), unit->name,
		 suffix ? " ago" : "");
}
