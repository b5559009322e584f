/* Retry-After, in seconds or as a date (RFC 9110 §5.6.7, §10.2.3). */
#include "src/oauth/answer_parts.h"

#include <ctype.h>

#include "src/base/clock.h"

enum { SECONDS_LARGE = 366 * 24 * 3600 };

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
	if (!http_date_read(&at, text, now))
		return -1;
	if (!date || !http_date_read(&sent, date, now))
		sent = now;
	if (at < sent)
		return 0;
	return at - sent < SECONDS_LARGE * SECOND_MS ? at - sent : SECONDS_LARGE * SECOND_MS;
}
