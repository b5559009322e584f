/* Numbers by their decimal digits: no double comes between the token and what is decided. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/token/lossless.h"

enum { INTEGER_DIGITS = 16, DOUBLE_DIGITS = 17, DOUBLE_POINT = 400 };

#define INTEGER_MAX (INT64_C(1) << 53)
#define EXPONENT_MAX INT64_C(1000000000000)

/* 0.DIGITS × 10^point, without zeros at either end of the digits. */
struct decimal {
	bool negative;
	bool integer;		 /* neither fraction nor exponent */
	const char *begin, *end; /* the digits; a point may be among them */
	size_t count;		 /* digits; 0: the number is zero */
	int64_t point;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Beyond EXPONENT_MAX, which no count of digits makes good, it does not matter how far. */
static int64_t exponent_of(const char *at, const char *end)
{
	bool negative = *at == '-';
	int64_t value = 0;

	for (at += !is_digit(*at); at < end; at++)
		if (value < EXPONENT_MAX)
			value = 10 * value + (*at - '0');
	return negative ? -value : value;
}

static void strip_zeros(struct decimal *d)
{
	while (d->begin < d->end && !(*d->begin >= '1' && *d->begin <= '9'))
		d->point -= is_digit(*d->begin++);
	while (d->end > d->begin && !(d->end[-1] >= '1' && d->end[-1] <= '9'))
		d->end--;
	for (const char *at = d->begin; at < d->end; at++)
		d->count += is_digit(*at);
}

/* False when it is no number. */
static bool decimal_of(const struct lossless *l, const struct lossless_value *v, struct decimal *d)
{
	const char *at, *end;

	if (!v || v->type != LOSSLESS_NUMBER)
		return false;
	at = l->text + v->begin;
	end = l->text + v->end;
	*d = (struct decimal){ .negative = *at == '-', .integer = true };
	at += d->negative;
	for (d->begin = at; at < end && is_digit(*at); at++)
		d->point++;
	d->integer = at == end;
	while (at < end && (is_digit(*at) || *at == '.'))
		at++;
	d->end = at;
	if (at < end)
		d->point += exponent_of(at + 1, end);
	strip_zeros(d);
	return true;
}

/* The number cut down to an integer; *rest: something was cut off. False beyond `digits` digits, of
 * which a uint64_t holds 19. */
static bool decimal_floor(const struct decimal *d, int digits, uint64_t *value, bool *rest)
{
	int64_t i = 0;

	*value = 0;
	*rest = false;
	if (!d->count)
		return true;
	if (d->point > digits)
		return false;
	for (const char *at = d->begin; at < d->end; at++) {
		if (!is_digit(*at))
			continue;
		if (i++ < d->point)
			*value = 10 * *value + (uint64_t)(*at - '0');
		else
			*rest = true;
	}
	for (; i < d->point; i++)
		*value *= 10;
	return true;
}

bool lossless_seconds(const struct lossless *l, const struct lossless_value *v, int64_t *ms)
{
	struct decimal d;
	uint64_t value;
	bool rest;

	if (!decimal_of(l, v, &d))
		return false;
	d.point += 3;
	if (!decimal_floor(&d, INTEGER_DIGITS, &value, &rest))
		return false;
	value += d.negative && rest;
	if (value > INTEGER_MAX)
		return false;
	*ms = d.negative ? -(int64_t)value : (int64_t)value;
	return true;
}

bool lossless_integer(const struct lossless *l, const struct lossless_value *v, int64_t *out)
{
	struct decimal d;
	uint64_t value;
	bool rest;

	if (!decimal_of(l, v, &d) || !d.integer || !decimal_floor(&d, 19, &value, &rest) ||
	    value > (uint64_t)INT64_MAX + d.negative)
		return false;
	*out = (int64_t)(d.negative ? 0 - value : value);
	return true;
}

/* Does a double, written with as many digits, give the same digits? */
static bool double_holds(const struct decimal *d)
{
	char text[DOUBLE_DIGITS + 24], back[DOUBLE_DIGITS + 24];
	size_t len = 0, at = 0;
	double value;

	if (d->count > DOUBLE_DIGITS || d->point > DOUBLE_POINT || d->point < -DOUBLE_POINT)
		return false;
	for (const char *from = d->begin; from < d->end; from++)
		if (is_digit(*from))
			text[len++] = *from;
	/* Without a point: that is the locale's own. */
	snprintf(text + len, sizeof(text) - len, "e%d", (int)(d->point - (int64_t)d->count));
	value = strtod(text, NULL);
	if (isinf(value))
		return false;
	snprintf(back, sizeof(back), "%.*e", (int)d->count - 1, value);
	for (size_t i = 0; i < len; i++, at++) {
		while (!is_digit(back[at]))
			at++;
		if (back[at] != text[i])
			return false;
	}
	return strtol(back + at + 1, NULL, 10) == d->point - 1;
}

bool lossless_big(const struct lossless *l, const struct lossless_value *v)
{
	struct decimal d;
	uint64_t value;
	bool rest;

	if (!decimal_of(l, v, &d) || !d.count)
		return false;
	if (d.integer)
		return !decimal_floor(&d, INTEGER_DIGITS, &value, &rest) || value > INTEGER_MAX;
	return !double_holds(&d);
}
