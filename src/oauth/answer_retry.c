/* Retry-After, in seconds or as a date (RFC 9110 §5.6.7, §10.2.3). */
#include "src/oauth/answer_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"

enum { SECONDS_LARGE = 366 * 24 * 3600 };

/* The number of a month in the words of HTTP; 0: none. */
static int month_read(const char *name)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++)
		if (strncasecmp(months + 3 * i, name, 3) == 0)
			return i + 1;
	return 0;
}

/* Two digits of a year are of the past 50 or the coming 50 years (RFC 9110 §5.6.7). */
static int year_whole(int year, int64_t now)
{
	char text[DATETIME_SIZE];
	int this_year;

	if (year > 99)
		return year;
	datetime_rfc3339(text, now);
	if (sscanf(text, "%4d", &this_year) != 1)
		return year;
	year += this_year / 100 * 100;
	return year > this_year + 50 ? year - 100 : year;
}

/* All three forms that a recipient has to know; the day of the week is not looked at. */
static bool date_read(int64_t *at, const char *text, int64_t now)
{
	int year, day, hour, minute, second, month;
	char name[4] = "", rfc3339[64];

	if (sscanf(text, "%*[A-Za-z], %2d%*1[ -]%3[A-Za-z]%*1[ -]%4d %2d:%2d:%2d GMT", &day, name,
		   &year, &hour, &minute, &second) != 6 &&
	    sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", name, &day, &hour, &minute,
		   &second, &year) != 6)
		return false;
	month = month_read(name);
	if (!month)
		return false;
	snprintf(rfc3339, sizeof(rfc3339), "%04d-%02d-%02dT%02d:%02d:%02dZ", year_whole(year, now),
		 month, day, hour, minute, second);
	return datetime_parse(at, rfc3339, NULL) == ERR_OK;
}

static int64_t seconds_read(const char *text)
{
	int64_t seconds = 0;

	for (; isdigit((unsigned char)*text); text++)
		if (seconds < SECONDS_LARGE)
			seconds = seconds * 10 + (*text - '0');
	if (*text)
		return -1;
	return (seconds < SECONDS_LARGE ? seconds : SECONDS_LARGE) * SECOND_MS;
}

int64_t answer_retry_after(const struct http_response *r, int64_t now)
{
	const char *text = http_response_header(r, "Retry-After");
	const char *date = http_response_header(r, "Date");
	int64_t at, sent;

	if (!text || !*text)
		return -1;
	if (isdigit((unsigned char)*text))
		return seconds_read(text);
	if (!date_read(&at, text, now))
		return -1;
	if (!date || !date_read(&sent, date, now))
		sent = now;
	if (at < sent)
		return 0;
	return at - sent < SECONDS_LARGE * SECOND_MS ? at - sent : SECONDS_LARGE * SECOND_MS;
}
