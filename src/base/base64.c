/* Base64: one table for both alphabets, four characters at a time where they are as they should be. */
#include "src/base/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* What a byte is; a digit's value is in the lower six bits. 0: nothing that base64 has. */
enum { URL = 0x40, OLD = 0x80, SPACE = 1, PAD = 2, VALUE = 0x3F };

/* clang-format off: a row is a run of digits */
static const uint8_t classes[256] = {
	['A'] = URL,	  URL | 1,	    URL | 2,	      URL | 3,		URL | 4,
	URL | 5,	  URL | 6,	    URL | 7,	      URL | 8,		URL | 9,
	URL | 10,	  URL | 11,	    URL | 12,	      URL | 13,		URL | 14,
	URL | 15,	  URL | 16,	    URL | 17,	      URL | 18,		URL | 19,
	URL | 20,	  URL | 21,	    URL | 22,	      URL | 23,		URL | 24,
	URL | 25,	  ['a'] = URL | 26, URL | 27,	      URL | 28,		URL | 29,
	URL | 30,	  URL | 31,	    URL | 32,	      URL | 33,		URL | 34,
	URL | 35,	  URL | 36,	    URL | 37,	      URL | 38,		URL | 39,
	URL | 40,	  URL | 41,	    URL | 42,	      URL | 43,		URL | 44,
	URL | 45,	  URL | 46,	    URL | 47,	      URL | 48,		URL | 49,
	URL | 50,	  URL | 51,	    ['0'] = URL | 52, URL | 53,		URL | 54,
	URL | 55,	  URL | 56,	    URL | 57,	      URL | 58,		URL | 59,
	URL | 60,	  URL | 61,	    ['-'] = URL | 62, ['_'] = URL | 63, ['+'] = OLD | 62,
	['/'] = OLD | 63, [' '] = SPACE,    ['\t'] = SPACE,   ['\n'] = SPACE,	['\v'] = SPACE,
	['\f'] = SPACE,	  ['\r'] = SPACE,   ['='] = PAD,
};
/* clang-format on */

size_t base64url_size(size_t len)
{
	return len / 3 * 4 + (len % 3 ? len % 3 + 1 : 0) + 1;
}

void base64url_encode(char *out, const void *data, size_t len)
{
	const uint8_t *in = data;

	for (; len >= 3; len -= 3, in += 3) {
		uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];

		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & VALUE];
		*out++ = digits[bits >> 6 & VALUE];
		*out++ = digits[bits & VALUE];
	}
	if (len) {
		uint32_t bits = (uint32_t)in[0] << 8 | (len == 2 ? in[1] : 0);

		*out++ = digits[bits >> 10];
		*out++ = digits[bits >> 4 & VALUE];
		if (len == 2)
			*out++ = digits[bits << 2 & VALUE];
	}
	*out = '\0';
}

size_t base64_size(size_t len)
{
	return (len + 2) / 3 * 4 + 1;
}

void base64_encode(char *out, const void *data, size_t len)
{
	base64url_encode(out, data, len);
	for (; *out; out++)
		*out = *out == '-' ? '+' : *out == '_' ? '/' : *out;
	for (; len % 3; len++)
		*out++ = '=';
	*out = '\0';
}

size_t base64_room(size_t len)
{
	return len / 4 * 3 + len % 4 * 3 / 4;
}

static void add_fault(struct base64_faults *f, unsigned fault, size_t at)
{
	if (!f->faults || at < f->at)
		f->at = at;
	f->faults |= fault;
}

/* What four digits stand for; the first byte is the highest of 24 bits. */
static uint32_t quartet(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (uint32_t)(a & VALUE) << 18 | (uint32_t)(b & VALUE) << 12 |
	       (uint32_t)(c & VALUE) << 6 | (d & VALUE);
}

/* Four digits at a time, until there is something else among them. Returns the digits decoded. */
static size_t decode_run(unsigned char *out, const uint8_t *in, size_t len)
{
	size_t at = 0;

	for (; len - at >= 4; at += 4, out += 3) {
		uint8_t a = classes[in[at]], b = classes[in[at + 1]], c = classes[in[at + 2]],
			d = classes[in[at + 3]];
		uint32_t bits = quartet(a, b, c, d);

		if (!(a & b & c & d & URL))
			break;
		out[0] = (unsigned char)(bits >> 16);
		out[1] = (unsigned char)(bits >> 8);
		out[2] = (unsigned char)bits;
	}
	return at;
}

/* How far a lenient decoding has come. */
struct decoding {
	uint32_t bits;	     /* of the digits that do not make whole bytes yet */
	size_t digits, pads; /* seen so far */
	size_t last;	     /* offset of the last digit */
	size_t first_pad;
	unsigned char *out;
};

/* False: nothing behind this byte can be decoded. */
static bool take_byte(struct decoding *d, uint8_t class, size_t at, struct base64_faults *f)
{
	if (class == SPACE) {
		add_fault(f, BASE64_SPACE, at);
		return true;
	}
	if (class == PAD) {
		add_fault(f, BASE64_PADDING, at);
		if (!d->pads++)
			d->first_pad = at;
		return true;
	}
	if (!class || d->pads) {
		add_fault(f, BASE64_FOREIGN, at);
		return false;
	}
	if (class & OLD)
		add_fault(f, BASE64_ALPHABET, at);
	d->bits = d->bits << 6 | (class & VALUE);
	d->last = at;
	if (++d->digits % 4 == 0) {
		*d->out++ = (unsigned char)(d->bits >> 16);
		*d->out++ = (unsigned char)(d->bits >> 8);
		*d->out++ = (unsigned char)d->bits;
	}
	return true;
}

/* The last one or two bytes, which four digits do not fill. */
static void take_rest(struct decoding *d, struct base64_faults *f)
{
	size_t rest = d->digits % 4;

	if (rest == 2) {
		*d->out++ = (unsigned char)(d->bits >> 4);
		if (d->bits & 0xF)
			add_fault(f, BASE64_STRAY, d->last);
	} else if (rest == 3) {
		*d->out++ = (unsigned char)(d->bits >> 10);
		*d->out++ = (unsigned char)(d->bits >> 2);
		if (d->bits & 0x3)
			add_fault(f, BASE64_STRAY, d->last);
	} else if (rest == 1) {
		add_fault(f, BASE64_LENGTH, d->last);
	}
	if (d->pads && (d->pads > 2 || (d->digits + d->pads) % 4))
		add_fault(f, BASE64_LENGTH, d->first_pad);
}

size_t base64_decode(unsigned char *out, const char *text, size_t len, struct base64_faults *f)
{
	const uint8_t *in = (const uint8_t *)text;
	size_t run = decode_run(out, in, len);
	struct decoding d = { .digits = run, .out = out + run / 4 * 3 };

	*f = (struct base64_faults){ 0 };
	for (size_t at = run; at < len; at++)
		if (!take_byte(&d, classes[in[at]], at, f))
			break;
	take_rest(&d, f);
	return (size_t)(d.out - out);
}

/* The last two or three digits; what they have too many bits for must be zero. */
static bool decode_tail(unsigned char *out, const uint8_t *in, size_t rest)
{
	uint8_t a = classes[in[0]], b = classes[in[1]], c = rest == 3 ? classes[in[2]] : URL;
	uint32_t bits = quartet(a, b, c, 0);

	if (!(a & b & c & URL) || (rest == 2 ? bits & 0xFFFF : bits & 0xFF))
		return false;
	out[0] = (unsigned char)(bits >> 16);
	if (rest == 3)
		out[1] = (unsigned char)(bits >> 8);
	return true;
}

bool base64url_decode(unsigned char *out, size_t *size, const char *text, size_t len)
{
	const uint8_t *in = (const uint8_t *)text;
	size_t rest = len % 4, whole = len - rest;

	*size = 0;
	if (rest == 1 || decode_run(out, in, whole) != whole)
		return false;
	if (rest && !decode_tail(out + whole / 4 * 3, in + whole, rest))
		return false;
	*size = base64_room(len);
	return true;
}
