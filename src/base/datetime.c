/* Instants as text and back: RFC 3339 with own calendar arithmetic (any year, no time zone data),
 * local time for people by localtime_r. */
#include "src/base/datetime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "src/base/clock.h"

struct civil {
	int64_t year;
	int month, day; /* from 1 */
	int hour, minute, second, ms;
};

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

/* Proleptic Gregorian calendar in eras of 400 years, each year from March: leap days come last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

static void civil_from_days(struct civil *c, int64_t days)
{
	int64_t z = days + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t doe = z - era * DAYS_PER_ERA;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t month = (5 * doy + 2) / 153;

	c->day = (int)(doy - (153 * month + 2) / 5 + 1);
	c->month = (int)(month < 10 ? month + 3 : month - 9);
	c->year = yoe + era * 400 + (c->month <= 2);
}

static void civil_from_instant(struct civil *c, int64_t at)
{
	int64_t ms = at % DAY_MS;

	if (ms < 0)
		ms += DAY_MS;
	civil_from_days(c, at / DAY_MS - (at % DAY_MS < 0));
	c->hour = (int)(ms / HOUR_MS);
	c->minute = (int)(ms / MINUTE_MS % 60);
	c->second = (int)(ms / SECOND_MS % 60);
	c->ms = (int)(ms % SECOND_MS);
}

void datetime_rfc3339(char out[DATETIME_SIZE], int64_t at)
{
	struct civil c;
	int len;

	civil_from_instant(&c, at);
	len = snprintf(out, DATETIME_SIZE, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year,
		       c.month, c.day, c.hour, c.minute, c.second);
	if (c.ms)
		snprintf(out + len, (size_t)(DATETIME_SIZE - len), ".%03dZ", c.ms);
	else
		snprintf(out + len, (size_t)(DATETIME_SIZE - len), "Z");
}

void datetime_local(char out[DATETIME_SIZE], int64_t at, bool seconds)
{
	time_t whole = (time_t)(at / SECOND_MS - (at % SECOND_MS < 0));
	struct tm tm;

	if (!localtime_r(&whole, &tm) ||
	    !strftime(out, DATETIME_SIZE, seconds ? "%Y-%m-%d %H:%M:%S %Z" : "%Y-%m-%d %H:%M %Z",
		      &tm))
		datetime_rfc3339(out, at);
}

/* Exactly `count` digits at *text, which moves on; -1 where there are fewer. */
static int take_digits(const char **text, int count)
{
	int value = 0;

	for (; count; count--, (*text)++) {
		if (**text < '0' || **text > '9')
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

static bool take_char(const char **text, const char *allowed)
{
	if (!**text || !strchr(allowed, **text))
		return false;
	(*text)++;
	return true;
}

static int days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool take_date(struct civil *c, const char **text)
{
	c->year = take_digits(text, 4);
	if (c->year < 0 || !take_char(text, "-"))
		return false;
	c->month = take_digits(text, 2);
	if (c->month < 1 || c->month > 12 || !take_char(text, "-"))
		return false;
	c->day = take_digits(text, 2);
	return c->day >= 1 && c->day <= days_in_month(c->year, c->month);
}

/* time-secfrac: any number of digits, of which three count. */
static bool take_fraction(struct civil *c, const char **text)
{
	int digits = 0;

	if (!take_char(text, "."))
		return true;
	for (; **text >= '0' && **text <= '9'; digits++, (*text)++)
		if (digits < 3)
			c->ms = c->ms * 10 + (**text - '0');
	for (int i = digits; i < 3; i++)
		c->ms *= 10;
	return digits > 0;
}

static bool take_time(struct civil *c, const char **text)
{
	c->hour = take_digits(text, 2);
	if (c->hour < 0 || c->hour > 23 || !take_char(text, ":"))
		return false;
	c->minute = take_digits(text, 2);
	if (c->minute < 0 || c->minute > 59 || !take_char(text, ":"))
		return false;
	c->second = take_digits(text, 2);
	return c->second >= 0 && c->second <= 60 && take_fraction(c, text);
}

/* time-offset in minutes east of UTC. */
static bool take_offset(int *minutes, const char **text)
{
	bool west = **text == '-';
	int hour, minute;

	*minutes = 0;
	if (take_char(text, "Zz"))
		return true;
	if (!take_char(text, "+-"))
		return false;
	hour = take_digits(text, 2);
	if (hour < 0 || hour > 23 || !take_char(text, ":"))
		return false;
	minute = take_digits(text, 2);
	if (minute < 0 || minute > 59)
		return false;
	*minutes = (west ? -1 : 1) * (hour * 60 + minute);
	return true;
}

/* A second 60 is well only where it can be: at the end of a day in UTC (RFC 3339 §5.7). */
static bool civil_to_instant(int64_t *at, struct civil *c, int offset)
{
	bool leap = c->second == 60;
	int64_t day;

	if (leap) {
		c->second = 59;
		c->ms = 999;
	}
	day = days_from_civil(c->year, c->month, c->day) * DAY_MS;
	*at = day + c->hour * HOUR_MS + (c->minute - offset) * MINUTE_MS + c->second * SECOND_MS +
	      c->ms;
	return !leap || (*at + 1) % DAY_MS == 0;
}

enum errc datetime_parse(int64_t *at, const char *text, struct err *e)
{
	struct civil c = { .ms = 0 };
	const char *rest = text;
	int offset;

	if (take_date(&c, &rest) && take_char(&rest, "Tt ") && take_time(&c, &rest) &&
	    take_offset(&offset, &rest) && !*rest && civil_to_instant(at, &c, offset))
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%s\" is not a time", text);
	err_hint(e, "write it as 2026-06-16T13:06:52Z or 2026-06-16T15:06:52+02:00");
	return ERR_USAGE;
}

enum errc instant_parse(int64_t *at, const char *text, int64_t now, bool never_ok, struct err *e)
{
	int64_t ahead;

	if (strcmp(text, "now") == 0) {
		*at = now;
		return ERR_OK;
	}
	if (never_ok && strcmp(text, "never") == 0) {
		*at = TIME_NONE;
		return ERR_OK;
	}
	if (strnlen(text, 5) == 5 && text[4] == '-')
		return datetime_parse(at, text, e);
	if (text[0] >= '0' && text[0] <= '9') {
		enum errc rc = duration_parse(&ahead, text, e);

		*at = now + (rc ? 0 : ahead);
		return rc;
	}
	err_set(e, ERR_USAGE, "\"%s\" is not a time", text);
	err_hint(e, "90d, 2026-06-16T13:06:52Z, now%s", never_ok ? ", never" : "");
	return ERR_USAGE;
}
