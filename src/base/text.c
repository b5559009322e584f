/* Text from outside, made harmless: strict UTF-8, a table of what a terminal may be sent, widths. */
#include "src/base/text.h"

#include <stdio.h>
#include <string.h>

enum text_kind { TEXT_SAFE, TEXT_UNSAFE, TEXT_COMBINING, TEXT_WIDE };

#include "src/base/unicode_table.h"

enum {
	INVALID_BYTE = -1,
	MARKS_MAX = 4, /* combining marks that one character may carry */
	PIECE = 32,    /* added at once: no more is lost where a buffer ends */
};

/* Bytes of the sequence that `lead` begins, its smallest code point and its payload bits. */
static size_t sequence_length(unsigned char lead, int32_t *least, int32_t *code)
{
	if (lead >= 0xC2 && lead <= 0xDF) {
		*least = 0x80;
		*code = lead & 0x1F;
		return 2;
	}
	if ((lead & 0xF0) == 0xE0) {
		*least = 0x800;
		*code = lead & 0x0F;
		return 3;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		*least = 0x10000;
		*code = lead & 0x07;
		return 4;
	}
	return 0;
}

size_t utf8_decode(int32_t *code, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	int32_t least = 0, value = 0;
	size_t need;

	*code = bytes[0];
	if (bytes[0] < 0x80)
		return 1;
	*code = INVALID_BYTE;
	need = sequence_length(bytes[0], &least, &value);
	if (!need || need > len)
		return 1;
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 1;
		value = value << 6 | (bytes[i] & 0x3F);
	}
	if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
		return 1;
	*code = value;
	return need;
}

size_t utf8_encode(char out[4], int32_t code)
{
	uint32_t c = (uint32_t)code;

	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

bool utf8_valid(const char *text, size_t len)
{
	int32_t code;

	for (size_t at = 0; at < len;) {
		at += utf8_decode(&code, text + at, len - at);
		if (code == INVALID_BYTE)
			return false;
	}
	return true;
}

size_t utf8_length(const char *text)
{
	size_t left = strlen(text), count = 0;
	int32_t code;

	while (left) {
		size_t taken = utf8_decode(&code, text, left);

		text += taken;
		left -= taken;
		count++;
	}
	return count;
}

static bool is_plain(int32_t code)
{
	return code >= 0x20 && code < 0x7F;
}

/* Finds the last run that begins at or before `code`. */
static enum text_kind code_point_kind(int32_t code)
{
	size_t low = 0, high = sizeof(text_runs) / sizeof(*text_runs);
	uint32_t wanted = (uint32_t)code << 2 | 3;

	if (is_plain(code))
		return TEXT_SAFE;
	if (code < 0 || code > 0x10FFFF)
		return TEXT_UNSAFE;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (text_runs[middle] <= wanted)
			low = middle;
		else
			high = middle;
	}
	return (enum text_kind)(text_runs[low] & 3);
}

bool code_point_safe(int32_t code)
{
	return code_point_kind(code) != TEXT_UNSAFE;
}

/* Columns of <U+202E>, or of \n and \t, or of \xHH. */
static int escape_width(int32_t code)
{
	if (code == INVALID_BYTE)
		return 4;
	if (code == '\n' || code == '\t')
		return 2;
	return code > 0xFFFFF ? 10 : code > 0xFFFF ? 9 : 8;
}

int code_point_width(int32_t code)
{
	switch (code_point_kind(code)) {
	case TEXT_SAFE:
		return 1;
	case TEXT_UNSAFE:
		return escape_width(code);
	case TEXT_COMBINING:
		return 0;
	case TEXT_WIDE:
		return 2;
	}
	return 1;
}

static void add_escape(struct buf *out, int32_t code, unsigned char byte)
{
	if (code == INVALID_BYTE)
		buf_addf(out, "\\x%02X", byte);
	else if (code == '\n')
		buf_add(out, "\\n", 2);
	else if (code == '\t')
		buf_add(out, "\\t", 2);
	else
		buf_addf(out, "<U+%04X>", (unsigned)code);
}

/* What becomes of the next character of a text: as it is, escaped, or left out. */
enum showing { SHOW_PLAIN, SHOW_ESCAPED, SHOW_DROPPED };

/* `marks` counts the combining marks on the character before; -1 where none can carry one. */
static enum showing code_point_showing(int32_t code, int *marks)
{
	switch (code_point_kind(code)) {
	case TEXT_SAFE:
	case TEXT_WIDE:
		*marks = 0;
		return SHOW_PLAIN;
	case TEXT_UNSAFE:
		*marks = -1;
		return SHOW_ESCAPED;
	case TEXT_COMBINING:
		if (*marks < 0)
			return SHOW_ESCAPED;
		return ++*marks <= MARKS_MAX ? SHOW_PLAIN : SHOW_DROPPED;
	}
	return SHOW_ESCAPED;
}

/* Length of the run of printable ASCII at the start; most texts consist of it alone. */
static size_t plain_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_plain(text[n]))
		n++;
	return n;
}

void text_safe(struct buf *out, const char *text, size_t len)
{
	int marks = -1;

	for (size_t at = 0; text && at < len && !out->full;) {
		size_t left = len - at, taken;
		size_t plain = plain_length(text + at, left < PIECE ? left : PIECE);
		int32_t code;

		if (plain) {
			buf_add(out, text + at, plain);
			at += plain;
			marks = 0;
			continue;
		}
		taken = utf8_decode(&code, text + at, left);
		switch (code_point_showing(code, &marks)) {
		case SHOW_PLAIN:
			buf_add(out, text + at, taken);
			break;
		case SHOW_ESCAPED:
			add_escape(out, code, (unsigned char)text[at]);
			break;
		case SHOW_DROPPED:
			break;
		}
		at += taken;
	}
}

void text_safe_put(char *out, size_t size, const char *text, size_t len)
{
	struct buf safe = BUF_INIT(size - 1);

	if (len < size && plain_length(text, len) == len) {
		if (len)
			memcpy(out, text, len);
		out[len] = '\0';
		return;
	}
	text_safe(&safe, text, len);
	memcpy(out, buf_text(&safe), safe.len + 1);
	buf_release(&safe);
}

void text_safe_format(char *out, size_t size, const char *format, va_list ap)
{
	char raw[1024];

	if (vsnprintf(raw, sizeof(raw), format, ap) < 0)
		raw[0] = '\0';
	text_safe_put(out, size, raw, strlen(raw));
}

size_t text_width(const char *text, size_t len)
{
	size_t at = plain_length(text, len), width = at;
	int marks = at ? 0 : -1;

	while (at < len) {
		int32_t code;

		at += utf8_decode(&code, text + at, len - at);
		switch (code_point_showing(code, &marks)) {
		case SHOW_PLAIN:
			width += (size_t)code_point_width(code);
			break;
		case SHOW_ESCAPED:
			width += (size_t)escape_width(code);
			break;
		case SHOW_DROPPED:
			break;
		}
	}
	return width;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool matches(const char *text, const char *folded_needle, size_t len)
{
	size_t n = 0;

	while (n < len && fold(text[n]) == folded_needle[n])
		n++;
	return n == len;
}

/* Nearly every position fails at its first letter, so both cases of that are compared by hand. */
bool text_contains(const char *text, size_t len, const char *folded_needle, size_t needle_len)
{
	char lower, upper;

	if (!needle_len)
		return true;
	lower = folded_needle[0];
	upper = lower >= 'a' && lower <= 'z' ? (char)(lower & ~0x20) : lower;
	for (size_t at = 0; at + needle_len <= len; at++)
		if ((text[at] == lower || text[at] == upper) &&
		    matches(text + at, folded_needle, needle_len))
			return true;
	return false;
}
