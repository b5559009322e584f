/* Glyphs by meaning, in UTF-8 and in ASCII; both take one column. */
#include "ui/glyph.h"

#include "ui/frame.h"

struct glyph_pair {
	const char *utf8, *ascii;
};

static const struct glyph_pair glyphs[GLYPH_COUNT] = {
	[GLYPH_ACTIVE] = { "●", "A" },
	[GLYPH_EXPIRING] = { "▲", "!" },
	[GLYPH_GRACE] = { "◐", "~" },
	[GLYPH_DISABLED] = { "○", "D" },
	[GLYPH_REVOKED] = { "✗", "X" },
	[GLYPH_EXPIRED] = { "◌", "-" },
	[GLYPH_NOT_YET] = { "◷", "." },
	[GLYPH_PASS] = { "✓", "+" },
	[GLYPH_FAIL] = { "✗", "X" },
	[GLYPH_WARN] = { "!", "!" },
	[GLYPH_SKIP] = { "–", "-" },
	[GLYPH_CRITICAL] = { "!!", "!!" },
	[GLYPH_ELLIPSIS] = { "…", "." },
	[GLYPH_HLINE] = { "─", "-" },
	[GLYPH_VLINE] = { "│", "|" },
	[GLYPH_UP] = { "▲", "^" },
	[GLYPH_DOWN] = { "▼", "v" },
	[GLYPH_ARROW_RIGHT] = { "→", ">" },
	[GLYPH_MASK] = { "•", "*" },
	[GLYPH_CORNER_TOP_LEFT] = { "┌", "+" },
	[GLYPH_CORNER_TOP_RIGHT] = { "┐", "+" },
	[GLYPH_CORNER_BOTTOM_LEFT] = { "└", "+" },
	[GLYPH_CORNER_BOTTOM_RIGHT] = { "┘", "+" },
	[GLYPH_JOIN_LEFT] = { "├", "+" },
	[GLYPH_JOIN_RIGHT] = { "┤", "+" },
};

const char *glyph(const struct frame *f, enum glyph g)
{
	return f->utf8 ? glyphs[g].utf8 : glyphs[g].ascii;
}

struct fold {
	int32_t code;
	char ascii;
};

/* Sorted by code point. */
static const struct fold folds[] = {
	{ 0xA0, ' ' },	  { 0xB7, '.' },    { 0xD7, 'x' },   { 0x2013, '-' }, { 0x2014, '-' },
	{ 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201C, '"' }, { 0x201D, '"' }, { 0x2022, '*' },
	{ 0x2026, '.' },  { 0x2039, '<' },  { 0x203A, '>' }, { 0x2190, '<' }, { 0x2191, '^' },
	{ 0x2192, '>' },  { 0x2193, 'v' },  { 0x2264, '<' }, { 0x2265, '>' }, { 0x2500, '-' },
	{ 0x2502, '|' },  { 0x250C, '+' },  { 0x2510, '+' }, { 0x2514, '+' }, { 0x2518, '+' },
	{ 0x251C, '+' },  { 0x2524, '+' },  { 0x252C, '+' }, { 0x2534, '+' }, { 0x2580, '\'' },
	{ 0x2581, '_' },  { 0x2582, '.' },  { 0x2583, '.' }, { 0x2584, ':' }, { 0x2585, ':' },
	{ 0x2586, '|' },  { 0x2587, '|' },  { 0x2588, '#' }, { 0x2589, '#' }, { 0x258A, '#' },
	{ 0x258B, '#' },  { 0x258C, '=' },  { 0x258D, '=' }, { 0x258E, '-' }, { 0x258F, '-' },
	{ 0x2591, '.' },  { 0x25B2, '!' },  { 0x25BC, 'v' }, { 0x25BE, 'v' }, { 0x25CB, 'D' },
	{ 0x25CC, '-' },  { 0x25CF, 'A' },  { 0x25D0, '~' }, { 0x25F7, '.' }, { 0x2713, '+' },
	{ 0x2717, 'X' },
};

int32_t glyph_fold(int32_t code)
{
	size_t low = 0, high = sizeof(folds) / sizeof(*folds);

	if (code < 0x7F)
		return code;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (folds[middle].code == code)
			return folds[middle].ascii;
		if (folds[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return '?';
}
