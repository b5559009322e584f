/* What the readers of answers share. */
#ifndef OAUTH_ANSWER_PARTS_H
#define OAUTH_ANSWER_PARTS_H

#include "src/oauth/answer.h"

enum { OAUTH_NUMBER_LARGE = 1000000000 }; /* no number that matters here is larger: cut to it */

/* A number as providers send it: an integer, one with a fraction or an exponent, or a string of one. */
struct oauth_number {
	enum { NUMBER_MISSING, NUMBER_NULL, NUMBER_GIVEN, NUMBER_OTHER } state;
	bool text;     /* it came as a string */
	bool fraction; /* there is more behind the point than zeros */
	int64_t value; /* cut towards zero, and to ±OAUTH_NUMBER_LARGE */
};
struct oauth_number oauth_number_get(const struct json *object, const char *name);
/* The value of a number by RFC 8259 §6. */
struct oauth_number oauth_number_read(const char *lexeme, size_t len);

/* An interval in milliseconds: 5 s where it is none; `expires_in` in seconds, 0 unknown. *why (static
 * text): what was odd about it; NULL nothing. */
int64_t oauth_interval_ms(struct oauth_number n, int64_t expires_in, const char **why);

void answer_note(struct oauth_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Turns it to OAUTH_MALFORMED with this explanation; what it held of a success goes. */
void answer_malformed(struct oauth_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The object in a body; NULL: there is none, and *why (heap) says what is there instead. Tolerates what is no
 * JSON by its type, and forms. *title (heap): of an HTML page; NULL. */
struct json *answer_body(struct oauth_answer *a, const struct http_response *r, char **why,
			 char **title);

/* Retry-After (RFC 9110 §10.2.3) in milliseconds from now; -1: none that can be read. A date is taken
 * against the answer's own Date where it has one, so that clocks that differ do no harm. */
int64_t answer_retry_after(const struct http_response *r, int64_t now);

/* Finds out where the addresses lead: openable, host, qr_uri. Notes go to `notes` (may be NULL). */
void device_codes_look(struct device_codes *c, struct oauth_answer *notes);

#endif
