/* Dates of HTTP headers (RFC 9110 §5.6.7). */
#include "src/base/http.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };

/* The number of a month in the words of HTTP; 0: none. */
static int month_read(const char *name)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++)
		if (strncasecmp(months + 3 * i, name, 3) == 0)
			return i + 1;
	return 0;
}

/* At most so many digits; NULL: not one. */
static const char *number_read(int *out, const char *text, int digits)
{
	const char *begin = text;

	for (*out = 0; isdigit((unsigned char)*text) && text - begin < digits; text++)
		*out = *out * 10 + (*text - '0');
	return text == begin ? NULL : text;
}

/* Reads a part of a date as its pattern has it: a letter of "ybdhms" for a field, "*" for the day of the week,
 * which is not looked at, "_" for blanks, all else as it is. NULL: something else stands there. */
static const char *field_read(int fields[FIELDS], char pattern, const char *text)
{
	static const char letters[FIELDS] = { 'y', 'b', 'd', 'h', 'm', 's' };
	const char *letter = memchr(letters, pattern, sizeof(letters));

	switch (pattern) {
	case '*':
		while (isalpha((unsigned char)*text))
			text++;
		return text;
	case '_':
		return *text == ' ' ? text + strspn(text, " ") : NULL;
	case 'b':
		fields[MONTH] = month_read(text);
		return fields[MONTH] ? text + 3 : NULL;
	default:
		if (letter)
			return number_read(&fields[letter - letters], text, pattern == 'y' ? 4 : 2);
		return *text == pattern ? text + 1 : NULL;
	}
}

static bool pattern_read(int fields[FIELDS], const char *pattern, const char *text)
{
	for (; *pattern && text; pattern++)
		text = field_read(fields, *pattern, text);
	return text && !*text;
}

/* Two digits of a year are of the past 50 or the coming 50 years (RFC 9110 §5.6.7). */
static int year_whole(int year, int64_t now)
{
	char text[DATETIME_SIZE];
	int this_year;

	if (year > 99)
		return year;
	datetime_rfc3339(text, now);
	number_read(&this_year, text, 4);
	year += this_year / 100 * 100;
	return year > this_year + 50 ? year - 100 : year;
}

bool http_date_read(int64_t *at, const char *text, int64_t now)
{
	static const char *const patterns[] = { "*,_d_b_y_h:m:s_GMT", "*,_d-b-y_h:m:s_GMT",
						"*_b_d_h:m:s_y" };
	char rfc3339[64];
	int f[FIELDS];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (!pattern_read(f, patterns[i], text))
			continue;
		snprintf(rfc3339, sizeof(rfc3339), "%04d-%02d-%02dT%02d:%02d:%02dZ",
			 year_whole(f[YEAR], now), f[MONTH], f[DAY], f[HOUR], f[MINUTE], f[SECOND]);
		return datetime_parse(at, rfc3339, NULL) == ERR_OK;
	}
	return false;
}

void http_date_write(char out[HTTP_DATE_SIZE], int64_t at)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(at / SECOND_MS);
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&seconds, &tm) && tm.tm_year + 1900 <= 9999)
		snprintf(out, HTTP_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT",
			 days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
			 tm.tm_hour, tm.tm_min, tm.tm_sec);
}
