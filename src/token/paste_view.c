/* Undoing what copying did to a text, byte by byte: invisible characters, typographic quotes,
 * percent-encoding, backslash escapes. */
#include "src/token/paste_view.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"
#include "src/base/text.h"

enum { ESCAPES_MOST = 8, ENCODED_MOST = 3 }; /* backslashes in a row; layers of percent-encoding */

struct maker {
	struct view *v;
	const char *text;
	size_t len, at;
	uint8_t gap; /* VIEW_GAP when something was dropped since the last byte */
	bool unescape;
};

static void put(struct maker *m, char c, size_t width, unsigned flags)
{
	struct view *v = m->v;

	v->text[v->len] = c;
	v->at[v->len] = (uint32_t)m->at;
	v->width[v->len] = (uint8_t)width;
	v->flags[v->len] = (uint8_t)(flags | m->gap);
	m->gap = 0;
	v->len++;
	m->at += width;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of `digits` hex digits; -1 when they are none. */
static int hex_byte(const char *text, size_t len, size_t digits)
{
	int value = 0;

	if (len < digits)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0 || value > 0xff)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* %41, %2541, %252541: as long as what comes out is ASCII that can be read. */
static bool take_percent(struct maker *m)
{
	const char *text = m->text + m->at;
	size_t left = m->len - m->at, at = 1, layers = 1;
	int byte;

	while (layers < ENCODED_MOST && left >= at + 4 && memcmp(text + at, "25", 2) == 0 &&
	       hex_byte(text + at + 2, 2, 2) >= 0) {
		at += 2;
		layers++;
	}
	byte = hex_byte(text + at, left - at, 2);
	if (byte <= 0 || byte > 0x7e)
		return false;
	put(m, (char)byte, at + 2, layers > 1 ? VIEW_TWICE : VIEW_PERCENT);
	return true;
}

/* What a backslash and `c` stand for; 0 for nothing. */
static char escaped(char c)
{
	switch (c) {
	case '"':
	case '\'':
	case '/':
	case '\n':
		return c;
	case '\r':
	case 'n':
	case 'r':
		return '\n';
	case 't':
		return '\t';
	}
	return '\0';
}

static bool take_escape(struct maker *m)
{
	const char *text = m->text + m->at;
	size_t left = m->len - m->at, n = 1;
	int code;
	char c;

	while (n < left && n < ESCAPES_MOST && text[n] == '\\')
		n++;
	if (n == left)
		return false;
	c = escaped(text[n]);
	if (c) {
		bool line = c == '\n' && (text[n] == 'n' || text[n] == 'r');

		put(m, c, n + 1, line ? VIEW_NEWLINE : c == '\n' ? 0 : VIEW_ESCAPE);
		return true;
	}
	code = text[n] == 'u' ? hex_byte(text + n + 1, left - n - 1, 4) : -1;
	if (code < 0x20 || code > 0x7e)
		return false;
	put(m, (char)code, n + 5, VIEW_ESCAPE);
	return true;
}

static bool in_range(int32_t code, int32_t first, int32_t last)
{
	return code >= first && code <= last;
}

/* The ASCII that a character stands for: a space, a quote, a line end; -1: nothing, it is dropped; 0: it
 * stays. */
static int stands_for(int32_t code)
{
	if (code == 0xa0 || code == 0x202f || code == 0x3000 || in_range(code, 0x2000, 0x200a))
		return ' ';
	if (code == 0x2028 || code == 0x2029)
		return '\n';
	if (in_range(code, 0x2018, 0x201b))
		return '\'';
	if (code == 0xab || code == 0xbb || in_range(code, 0x201c, 0x201f))
		return '"';
	if (code == 0xfeff || code == 0xad || in_range(code, 0x200b, 0x200f) ||
	    in_range(code, 0x202a, 0x202e) || in_range(code, 0x2060, 0x2069))
		return -1;
	return 0;
}

static bool take_unicode(struct maker *m)
{
	int32_t code;
	size_t n = utf8_decode(&code, m->text + m->at, m->len - m->at);
	int c = code < 0 ? 0 : stands_for(code);

	if (!c)
		return false;
	if (c > 0) {
		put(m, (char)c, n, c == ' ' || c == '\n' ? VIEW_GAP : VIEW_QUOTE);
		return true;
	}
	m->at += n;
	m->gap = VIEW_GAP;
	return true;
}

static void take(struct maker *m)
{
	char c = m->text[m->at];

	if (c == '%' && take_percent(m))
		return;
	if (c == '\\' && m->unescape && take_escape(m))
		return;
	if ((unsigned char)c >= 0xc2 && take_unicode(m))
		return;
	put(m, c, 1, 0);
}

/* Bytes that stand for themselves, whatever is around them. */
static size_t plain_run(const struct maker *m)
{
	const char *text = m->text + m->at;
	size_t left = m->len - m->at, n = 0;

	while (n < left && text[n] != '%' && text[n] != '\\' && (unsigned char)text[n] < 0x80)
		n++;
	return n;
}

static void take_plain(struct maker *m, size_t n)
{
	struct view *v = m->v;

	memcpy(v->text + v->len, m->text + m->at, n);
	memset(v->width + v->len, 1, n);
	memset(v->flags + v->len, 0, n);
	for (size_t i = 0; i < n; i++)
		v->at[v->len + i] = (uint32_t)(m->at + i);
	v->flags[v->len] = m->gap;
	m->gap = 0;
	v->len += n;
	m->at += n;
}

void view_make(struct view *v, const char *text, size_t len, bool unescape)
{
	struct maker m = { .v = v, .text = text, .len = len, .unescape = unescape };

	v->text = x_malloc(len + 1);
	v->at = x_reallocarray(NULL, len + 1, sizeof(*v->at));
	v->width = x_malloc(len + 1);
	v->flags = x_malloc(len + 1);
	v->len = 0;
	while (m.at < len) {
		size_t n = plain_run(&m);

		if (n)
			take_plain(&m, n);
		else
			take(&m);
	}
	v->text[v->len] = '\0';
	v->at[v->len] = (uint32_t)len;
	v->width[v->len] = 0;
	v->flags[v->len] = m.gap;
}

void view_release(struct view *v)
{
	if (v->text)
		secret_wipe(v->text, v->len);
	free(v->text);
	free(v->at);
	free(v->width);
	free(v->flags);
	*v = (struct view){ .text = NULL };
}
