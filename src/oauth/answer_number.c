/* Numbers of answers, whatever providers make of them. */
#include "src/oauth/answer_parts.h"

#include <ctype.h>
#include <string.h>

#include "src/base/clock.h"

enum { EXPONENT_LARGE = 400, INTERVAL_DEFAULT = 5, INTERVAL_MILLIS = 1000 };

static void digit_take(struct oauth_number *n, int digit, bool whole)
{
	if (!whole)
		n->fraction |= digit != 0;
	else if (n->value < OAUTH_NUMBER_LARGE)
		n->value = n->value * 10 + digit;
	if (n->value > OAUTH_NUMBER_LARGE)
		n->value = OAUTH_NUMBER_LARGE;
}

/* Cut to ±EXPONENT_LARGE: beyond that every number is as large or as small. */
static int exponent_read(const char *at, const char *end)
{
	bool negative = at < end && *at == '-';
	int exponent = 0;

	for (at += at < end && !isdigit((unsigned char)*at); at < end; at++)
		if (exponent < EXPONENT_LARGE)
			exponent = exponent * 10 + (*at - '0');
	if (exponent > EXPONENT_LARGE)
		exponent = EXPONENT_LARGE;
	return negative ? -exponent : exponent;
}

struct oauth_number oauth_number_read(const char *lexeme, size_t len)
{
	struct oauth_number n = { .state = NUMBER_GIVEN };
	const char *end = lexeme + len, *at = lexeme, *e = at, *point;
	long places, place = 0;

	while (e < end && *e != 'e' && *e != 'E')
		e++;
	point = memchr(lexeme, '.', (size_t)(e - lexeme));
	at += len && *at == '-';
	places = (point ? point : e) - at + (e < end ? exponent_read(e + 1, end) : 0);
	for (const char *digit = at; digit < e; digit++)
		if (*digit != '.')
			digit_take(&n, *digit - '0', place++ < places);
	for (; place < places && n.value; place++)
		digit_take(&n, 0, true);
	if (at > lexeme)
		n.value = -n.value;
	return n;
}

struct oauth_number oauth_number_get(const struct json *object, const char *name)
{
	const struct json *v = json_get(object, name);
	const char *text = json_as_text(v);
	struct oauth_number n = { .state = v ? NUMBER_NULL : NUMBER_MISSING };
	struct buf lexeme = BUF_INIT(64);
	size_t end;

	if (!v || json_type_of(v) == JSON_NULL_TYPE)
		return n;
	n.state = NUMBER_OTHER;
	if (text && json_number_scan(text, strlen(text), &end) && !text[end]) {
		n = oauth_number_read(text, end);
		n.text = true;
	} else if (!text) {
		json_number_text(&lexeme, v);
		if (lexeme.len)
			n = oauth_number_read(buf_text(&lexeme), lexeme.len);
	}
	buf_release(&lexeme);
	return n;
}

int64_t oauth_interval_ms(struct oauth_number n, int64_t expires_in, const char **why)
{
	int64_t ms = n.value * SECOND_MS + (n.fraction ? SECOND_MS : 0);

	*why = NULL;
	if (n.state == NUMBER_MISSING)
		return INTERVAL_DEFAULT * SECOND_MS;
	if (n.state != NUMBER_GIVEN) {
		*why = "`interval` is no number: 5 seconds are used (RFC 8628 §3.2)";
	} else if (n.value < 1) {
		*why = "`interval` is below one second: 5 seconds are used";
	} else if (n.value >= INTERVAL_MILLIS || (expires_in && n.value >= expires_in)) {
		ms = n.value;
		*why = "`interval` is read as milliseconds: RFC 8628 §3.2 has seconds";
		if (ms >= SECOND_MS && (!expires_in || ms < expires_in * SECOND_MS))
			return ms;
		*why = "`interval` makes no sense, neither as seconds nor as milliseconds: 5 "
		       "seconds are "
		       "used";
	} else {
		if (n.text)
			*why = "`interval` is a string: RFC 8628 §3.2 has a number";
		return ms;
	}
	return INTERVAL_DEFAULT * SECOND_MS;
}
