/* Reading a text through an encoding: each decoder takes one unit of it at a time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/secret.h"
#include "src/base/text.h"
#include "src/oauth/mask_parts.h"

enum { UNIT_MAX = 4 };

/* Decodes what `in` begins with into `out`; returns the bytes made, and takes at least one. */
typedef size_t decode_unit(char out[UNIT_MAX], const char *in, size_t len, size_t *taken);

static size_t unit_plain(char *out, const char *in, size_t *taken)
{
	*out = *in;
	*taken = 1;
	return 1;
}

/* What 2 * `bytes` hexadecimal digits stand for; -1: there are none. */
static int32_t hex_value(const char *in, size_t bytes)
{
	char digits[5] = "";
	unsigned char value[2];

	memcpy(digits, in, 2 * bytes);
	if (!hex_decode(value, digits, bytes))
		return -1;
	return bytes == 1 ? value[0] : value[0] << 8 | value[1];
}

static size_t decode_percent(char out[UNIT_MAX], const char *in, size_t len, size_t *taken)
{
	int32_t byte = *in == '%' && len >= 3 ? hex_value(in + 1, 1) : -1;

	if (byte < 0 && *in != '+')
		return unit_plain(out, in, taken);
	*out = *in == '+' ? ' ' : (char)byte;
	*taken = *in == '+' ? 1 : 3;
	return 1;
}

static bool unicode_escape(int32_t *code, const char *in, size_t len)
{
	*code = len >= 6 && in[0] == '\\' && in[1] == 'u' ? hex_value(in + 2, 2) : -1;
	return *code >= 0;
}

/* RFC 8259 §7; any other character behind a backslash is itself. */
static size_t decode_json(char out[UNIT_MAX], const char *in, size_t len, size_t *taken)
{
	static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
	const char *letter;
	int32_t high, low;

	if (*in != '\\' || len < 2)
		return unit_plain(out, in, taken);
	if (unicode_escape(&high, in, len)) {
		*taken = 6;
		if (high >= 0xd800 && high < 0xdc00 && unicode_escape(&low, in + 6, len - 6) &&
		    low >= 0xdc00 && low < 0xe000) {
			high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
			*taken = 12;
		}
		return high >= 0xd800 && high < 0xe000 ? 0 : utf8_encode(out, high);
	}
	letter = in[1] ? strchr(letters, in[1]) : NULL;
	*out = letter ? controls[letter - letters] : in[1];
	*taken = 2;
	return 1;
}

/* &#39; and &#x27;; 0: it is none. `len` is that of what stands before the semicolon. */
static int32_t character_reference(const char *in, size_t len)
{
	bool hex = len > 1 && (in[1] == 'x' || in[1] == 'X');
	char digits[12];
	char *end;
	long code;

	if (len < 2 || in[0] != '#' || len >= sizeof(digits))
		return 0;
	memcpy(digits, in + 1 + hex, len - 1 - hex);
	digits[len - 1 - hex] = '\0';
	code = strtol(digits, &end, hex ? 16 : 10);
	return *end || code < 1 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)
		       ? 0
		       : (int32_t)code;
}

static size_t decode_html(char out[UNIT_MAX], const char *in, size_t len, size_t *taken)
{
	static const struct {
		const char *name;
		char is;
	} entities[] = { { "amp", '&' },   { "lt", '<' },   { "gt", '>' },    { "quot", '"' },
			 { "apos", '\'' }, { "plus", '+' }, { "equals", '=' } };
	const char *end = *in == '&' ? memchr(in, ';', len < 12 ? len : 12) : NULL;
	size_t name_len = end ? (size_t)(end - in) - 1 : 0;
	int32_t code;

	if (!end)
		return unit_plain(out, in, taken);
	*taken = name_len + 2;
	code = character_reference(in + 1, name_len);
	if (code)
		return utf8_encode(out, code);
	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
		if (strlen(entities[i].name) != name_len ||
		    memcmp(entities[i].name, in + 1, name_len) != 0)
			continue;
		*out = entities[i].is;
		return 1;
	}
	return unit_plain(out, in, taken);
}

/* ASCII in UTF-16 or UTF-32: its zero bytes are left out. */
static size_t decode_wide(char out[UNIT_MAX], const char *in, size_t len, size_t *taken)
{
	(void)len;
	return unit_plain(out, in, taken) && *in;
}

static const struct {
	const char *marks; /* without one of these there is nothing to decode */
	size_t count;
	decode_unit *decode;
} decoders[READING_DECODERS] = {
	{ "%+", 2, decode_percent },
	{ "\\", 1, decode_json },
	{ "&", 1, decode_html },
	{ "\0", 1, decode_wide },
};

/* --- readings ------------------------------------------------------------------------------------- */

static void reading_room(struct reading *r, size_t room)
{
	*r = (struct reading){ .text = x_malloc(room + 1),
			       .at = x_calloc(room + 1, sizeof(*r->at)),
			       .room = room };
}

void reading_init(struct reading *r, const char *text, size_t len)
{
	reading_room(r, len);
	memcpy(r->text, text, len);
	r->len = len;
	for (size_t i = 0; i <= len; i++)
		r->at[i] = i;
}

void reading_release(struct reading *r)
{
	secret_wipe(r->text, r->room);
	free(r->text);
	free(r->at);
}

static bool marks_stand_in(const struct reading *r, const char *marks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (memchr(r->text, marks[i], r->len))
			return true;
	return false;
}

/* No unit makes more bytes than it takes. */
bool reading_decode(struct reading *out, const struct reading *in, unsigned decoder)
{
	char unit[UNIT_MAX];
	size_t taken, made;

	if (!marks_stand_in(in, decoders[decoder].marks, decoders[decoder].count))
		return false;
	reading_room(out, in->len);
	for (size_t at = 0; at < in->len; at += taken) {
		made = decoders[decoder].decode(unit, in->text + at, in->len - at, &taken);
		for (size_t i = 0; i < made; i++) {
			out->at[out->len] = in->at[at];
			out->text[out->len++] = unit[i];
		}
	}
	out->at[out->len] = in->at[in->len];
	return true;
}
