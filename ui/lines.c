/* A field of several lines; see lines.h. */
#include "ui/lines.h"

#include <string.h>

#include "src/base/secret.h"
#include "src/base/text.h"

#define GOAL_NONE SIZE_MAX

enum { FIRST_SIZE = 1024, DRAWN_MAX = 2048, DEFAULT_WIDTH = 76 };

void lines_init(struct lines *l, size_t max)
{
	*l = (struct lines){ .max = max,
			     .size = FIRST_SIZE,
			     .width = DEFAULT_WIDTH,
			     .height = 1,
			     .goal = GOAL_NONE,
			     .text = secret_memory_get(FIRST_SIZE) };
	l->text[0] = '\0';
}

void lines_release(struct lines *l)
{
	if (l->text)
		secret_memory_put(l->text, l->size);
	*l = (struct lines){ .text = NULL };
}

/* Room for `more` bytes and the NUL; false: over the most. */
static bool lines_grow(struct lines *l, size_t more)
{
	size_t size = l->size;
	char *text;

	if (more > l->max - l->len)
		return false;
	while (size < l->len + more + 1)
		size *= 2;
	if (size == l->size)
		return true;
	text = secret_memory_get(size);
	memcpy(text, l->text, l->len + 1);
	secret_memory_put(l->text, l->size);
	l->text = text;
	l->size = size;
	return true;
}

/* --- editing ------------------------------------------------------------------------------- */
static bool insert_bytes(struct lines *l, const char *bytes, size_t n)
{
	if (!lines_grow(l, n))
		return false;
	memmove(l->text + l->cursor + n, l->text + l->cursor, l->len - l->cursor + 1);
	memcpy(l->text + l->cursor, bytes, n);
	l->len += n;
	l->cursor += n;
	return true;
}

static bool is_dropped(unsigned char c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
}

/* Whole runs at a time: a megabyte is pasted at once. */
void lines_insert(struct lines *l, const char *text, size_t len)
{
	size_t from = 0;

	l->full = false;
	for (size_t at = 0; at <= len && !l->full; at++) {
		bool end = at == len;

		if (!end && !is_dropped((unsigned char)text[at]))
			continue;
		if (at > from && !insert_bytes(l, text + from, at - from))
			l->full = true;
		if (!end && text[at] == '\r' && !(at + 1 < len && text[at + 1] == '\n'))
			insert_bytes(l, "\n", 1);
		from = at + 1;
	}
}

void lines_set(struct lines *l, const char *text, size_t len)
{
	secret_wipe(l->text, l->size);
	l->len = l->cursor = l->first = 0;
	l->goal = GOAL_NONE;
	lines_insert(l, text, len);
	l->cursor = 0;
}

static size_t before(const struct lines *l, size_t at)
{
	int32_t code;

	while (at > 0) {
		do
			at--;
		while (at > 0 && ((unsigned char)l->text[at] & 0xc0) == 0x80);
		utf8_decode(&code, l->text + at, l->len - at);
		if (l->text[at] == '\n' || code_point_width(code))
			break;
	}
	return at;
}

static size_t after(const struct lines *l, size_t at)
{
	int32_t code;

	if (at >= l->len)
		return l->len;
	at += utf8_decode(&code, l->text + at, l->len - at);
	while (at < l->len && l->text[at] != '\n') {
		size_t taken = utf8_decode(&code, l->text + at, l->len - at);

		if (code_point_width(code))
			break;
		at += taken;
	}
	return at;
}

static size_t line_begin(const struct lines *l, size_t at)
{
	while (at > 0 && l->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct lines *l, size_t at)
{
	while (at < l->len && l->text[at] != '\n')
		at++;
	return at;
}

static size_t word_before(const struct lines *l, size_t at)
{
	while (at > 0 && strchr(" \t\n", l->text[at - 1]))
		at--;
	while (at > 0 && !strchr(" \t\n", l->text[at - 1]))
		at--;
	return at;
}

static void erase_to(struct lines *l, size_t target)
{
	size_t from = target < l->cursor ? target : l->cursor;
	size_t to = target < l->cursor ? l->cursor : target;

	memmove(l->text + from, l->text + to, l->len - to + 1);
	secret_wipe(l->text + l->len - (to - from) + 1, to - from);
	l->len -= to - from;
	l->cursor = from;
}

/* --- visual lines -------------------------------------------------------------------------- */
/* Where the visual line that begins at `at` ends; *next is where the next one begins. */
static size_t visual_end(const struct lines *l, size_t at, size_t *next)
{
	size_t begin = at;
	int column = 0;

	while (at < l->len && l->text[at] != '\n') {
		int32_t code;
		size_t taken = utf8_decode(&code, l->text + at, l->len - at);

		column += code_point_width(code);
		if (column > l->width && at > begin) {
			*next = at;
			return at;
		}
		at += taken;
	}
	*next = at + (at < l->len);
	return at;
}

struct visual {
	size_t line, begin, column; /* number, first byte, columns before the cursor */
};

/* A cursor behind a full line stands on the next one. */
static struct visual visual_of(const struct lines *l, size_t cursor)
{
	struct visual v = { 0, 0, 0 };
	size_t next, end = visual_end(l, 0, &next);

	while (end < l->len && cursor >= next) {
		v.begin = next;
		v.line++;
		end = visual_end(l, v.begin, &next);
	}
	v.column = text_width(l->text + v.begin, cursor - v.begin);
	return v;
}

/* The byte at a column of the visual line that begins at `at`. */
static size_t visual_at(const struct lines *l, size_t at, size_t column)
{
	size_t next, end = visual_end(l, at, &next), begin = at;

	while (at < end && text_width(l->text + begin, at - begin) < column)
		at = after(l, at);
	return at < end ? at : end;
}

static void move_lines(struct lines *l, int by)
{
	struct visual v = visual_of(l, l->cursor);
	size_t wanted = by < 0 && v.line < (size_t)-by ? 0 : v.line + (size_t)by;
	size_t begin = 0;

	if (l->goal == GOAL_NONE)
		l->goal = v.column;
	for (size_t line = 0; line < wanted; line++) {
		size_t next, end = visual_end(l, begin, &next);

		if (end == l->len)
			break;
		begin = next;
	}
	l->cursor = visual_at(l, begin, l->goal);
}

/* A line as text of its own, wiped once it is in the cells. */
static void line_draw(const struct lines *l, const struct area *a, int y, size_t begin, size_t end,
		      enum style style)
{
	char drawn[DRAWN_MAX];
	size_t len = end - begin < DRAWN_MAX - 1 ? end - begin : DRAWN_MAX - 1;

	memcpy(drawn, l->text + begin, len);
	drawn[len] = '\0';
	area_text(a, 0, y, -1, style, drawn);
	secret_wipe(drawn, len);
}

void lines_draw(struct lines *l, const struct area *a, enum style style, bool focused)
{
	struct visual v;
	size_t begin = 0, line = 0;

	l->width = a->width > 1 ? a->width - 1 : 1; /* the cursor stands behind the last one */
	l->height = a->height;
	v = visual_of(l, l->cursor);
	if (v.line < l->first)
		l->first = v.line;
	if (v.line >= l->first + (size_t)a->height)
		l->first = v.line - (size_t)a->height + 1;
	area_fill(a, ' ', style);
	for (;;) {
		size_t next, end = visual_end(l, begin, &next);

		if (line >= l->first)
			line_draw(l, a, (int)(line - l->first), begin, end, style);
		if (end == l->len || line + 1 == l->first + (size_t)a->height)
			break;
		begin = next;
		line++;
	}
	if (focused)
		area_cursor(a, (int)v.column, (int)(v.line - l->first));
}

void lines_place(const struct lines *l, size_t at, size_t *line, size_t *column)
{
	size_t begin = line_begin(l, at < l->len ? at : l->len);

	*line = 1;
	for (size_t i = 0; i < begin; i++)
		*line += l->text[i] == '\n';
	*column = (at < l->len ? at : l->len) - begin + 1;
}

/* --- keys ---------------------------------------------------------------------------------- */
static bool lines_type(struct lines *l, int32_t key)
{
	char out[4];

	if (key == PRESS_ENTER)
		lines_insert(l, "\n", 1);
	else if (key < 0x20 || (key >= 0x7f && key < 0xa0) || key >= PRESS_NONE)
		return false;
	else
		lines_insert(l, out, utf8_encode(out, key));
	return true;
}

static bool lines_vertical(struct lines *l, int32_t key)
{
	int page = l->height > 1 ? l->height : 1;

	if (key == PRESS_UP || key == PRESS_DOWN)
		move_lines(l, key == PRESS_UP ? -1 : 1);
	else if (key == PRESS_PAGE_UP || key == PRESS_PAGE_DOWN)
		move_lines(l, key == PRESS_PAGE_UP ? -page : page);
	else
		return false;
	return true;
}

static const struct {
	int32_t key;
	size_t (*target)(const struct lines *l, size_t at);
	bool erase;
} lines_keys[] = {
	{ PRESS_LEFT, before, false },		{ PRESS_RIGHT, after, false },
	{ PRESS_HOME, line_begin, false },	{ PRESS_CTRL('A'), line_begin, false },
	{ PRESS_END, line_end, false },		{ PRESS_CTRL('E'), line_end, false },
	{ PRESS_BACKSPACE, before, true },	{ PRESS_DELETE, after, true },
	{ PRESS_CTRL('U'), line_begin, true },	{ PRESS_CTRL('K'), line_end, true },
	{ PRESS_CTRL('W'), word_before, true },
};

static bool lines_key(struct lines *l, int32_t key)
{
	for (size_t i = 0; i < sizeof(lines_keys) / sizeof(lines_keys[0]); i++)
		if (lines_keys[i].key == key) {
			size_t target = lines_keys[i].target(l, l->cursor);

			if (lines_keys[i].erase)
				erase_to(l, target);
			else
				l->cursor = target;
			return true;
		}
	return lines_type(l, key);
}

bool lines_input(struct lines *l, const struct input *in)
{
	if (in->type == INPUT_PASTE)
		lines_insert(l, in->text, in->len);
	else if (in->type != INPUT_KEY)
		return false;
	else if (lines_vertical(l, in->key))
		return true;
	else if (!lines_key(l, in->key))
		return false;
	l->goal = GOAL_NONE;
	return true;
}
