/* One line of text being edited: UTF-8, wide and combining characters, masks; see edit.h. */
#include "ui/edit.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/secret_format.h"
#include "src/base/alloc.h"
#include "src/base/text.h"

void edit_init(struct edit *e, size_t max)
{
	*e = (struct edit){ .max = max, .text = x_calloc(1, max + 1) };
}

void edit_init_hidden(struct edit *e, size_t max)
{
	*e = (struct edit){ .max = max, .hidden = true };
	secret_init(&e->store, max + 1);
	e->text = (char *)e->store.data;
	e->text[0] = '\0';
}

void edit_release(struct edit *e)
{
	if (e->text)
		secret_wipe(e->text, e->max);
	if (e->hidden)
		secret_release(&e->store);
	else
		free(e->text);
	*e = (struct edit){ .text = NULL };
}

void edit_set(struct edit *e, const char *text)
{
	secret_wipe(e->text, e->max);
	e->len = e->cursor = e->first = 0;
	edit_insert(e, text, strlen(text));
}

/* One character as it may stand in a field; 0 drops it. */
static size_t edit_clean(const struct edit *e, char out[4], int32_t code)
{
	if (code < 0)
		return utf8_encode(out, 0xfffd);
	if (code == '\n' && e->lines)
		return utf8_encode(out, code);
	if (code == '\t' || code == '\n')
		return utf8_encode(out, ' ');
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return 0;
	return utf8_encode(out, code);
}

static bool edit_insert_bytes(struct edit *e, const char *bytes, size_t n)
{
	if (e->len + n > e->max)
		return false;
	memmove(e->text + e->cursor + n, e->text + e->cursor, e->len - e->cursor + 1);
	memcpy(e->text + e->cursor, bytes, n);
	e->len += n;
	e->cursor += n;
	return true;
}

void edit_insert(struct edit *e, const char *text, size_t len)
{
	e->full = false;
	for (size_t at = 0; at < len && !e->full;) {
		int32_t code;
		size_t taken = utf8_decode(&code, text + at, len - at);
		bool crlf = code == '\r' && at + 1 < len && text[at + 1] == '\n';
		char out[4];
		size_t n = edit_clean(e, out, code == '\r' && !crlf ? '\n' : code);

		if (n && !edit_insert_bytes(e, out, n))
			e->full = true;
		at += taken;
	}
}

static int32_t edit_code(const struct edit *e, size_t at, size_t *taken)
{
	int32_t code;

	*taken = utf8_decode(&code, e->text + at, e->len - at);
	return code;
}

/* The start of the character before `at`, with the combining ones that sit on it. */
static size_t edit_before(const struct edit *e, size_t at)
{
	size_t taken;

	while (at > 0) {
		do
			at--;
		while (at > 0 && ((unsigned char)e->text[at] & 0xc0) == 0x80);
		if (code_point_width(edit_code(e, at, &taken)) != 0)
			break;
	}
	return at;
}

static size_t edit_after(const struct edit *e, size_t at)
{
	size_t taken;

	if (at >= e->len)
		return e->len;
	edit_code(e, at, &taken);
	at += taken;
	while (at < e->len && code_point_width(edit_code(e, at, &taken)) == 0)
		at += taken;
	return at;
}

static bool edit_is_space(const struct edit *e, size_t at)
{
	return e->text[at] == ' ';
}

static size_t edit_word_before(const struct edit *e, size_t at)
{
	while (at > 0 && edit_is_space(e, at - 1))
		at--;
	while (at > 0 && !edit_is_space(e, at - 1))
		at--;
	return at;
}

static size_t edit_word_after(const struct edit *e, size_t at)
{
	while (at < e->len && !edit_is_space(e, at))
		at++;
	while (at < e->len && edit_is_space(e, at))
		at++;
	return at;
}

static size_t edit_target(const struct edit *e, enum edit_motion motion)
{
	switch (motion) {
	case EDIT_LEFT:
		return edit_before(e, e->cursor);
	case EDIT_RIGHT:
		return edit_after(e, e->cursor);
	case EDIT_WORD_LEFT:
		return edit_word_before(e, e->cursor);
	case EDIT_WORD_RIGHT:
		return edit_word_after(e, e->cursor);
	case EDIT_HOME:
		return 0;
	case EDIT_END:
		return e->len;
	}
	return e->cursor;
}

void edit_move(struct edit *e, enum edit_motion motion)
{
	e->cursor = edit_target(e, motion);
}

void edit_erase(struct edit *e, enum edit_motion motion)
{
	size_t target = edit_target(e, motion);
	size_t from = target < e->cursor ? target : e->cursor;
	size_t to = target < e->cursor ? e->cursor : target;

	memmove(e->text + from, e->text + to, e->len - to + 1);
	e->len -= to - from;
	e->cursor = from;
	if (e->first > e->len)
		e->first = e->len;
	secret_wipe(e->text + e->len, e->max - e->len);
}

static size_t edit_width(const struct edit *e, size_t from, size_t to)
{
	size_t width = 0;

	if (!e->hidden)
		return text_width(e->text + from, to - from);
	for (size_t at = from; at < to; at = edit_after(e, at))
		width++;
	return width;
}

/* Scrolls by whole characters until the cursor is inside `width`, the cell behind the text
 * included. */
static void edit_scroll(struct edit *e, size_t width)
{
	if (e->cursor < e->first)
		e->first = e->cursor;
	while (e->first < e->cursor && edit_width(e, e->first, e->cursor) >= width)
		e->first = edit_after(e, e->first);
	while (e->first > 0) {
		size_t before = edit_before(e, e->first);

		if (edit_width(e, before, e->len) >= width)
			break;
		e->first = before;
	}
}

static void edit_draw_masked(const struct edit *e, const struct area *a, int width,
			     enum style style)
{
	size_t at = e->first;

	for (int x = 0; at < e->len && x < width; x++, at = edit_after(e, at))
		area_text(a, x, 0, 1, style, glyph(a->frame, GLYPH_MASK));
}

void edit_draw(struct edit *e, const struct area *a, int x, int y, int width, enum style style,
	       bool focused)
{
	struct area line = area_part(a, x, y, width, 1);

	if (width <= 0)
		return;
	edit_scroll(e, (size_t)width);
	area_fill(&line, a->frame->utf8 ? ' ' : '_', style);
	if (e->hidden)
		edit_draw_masked(e, &line, width, style);
	else
		area_text(&line, 0, 0, width, style, e->text + e->first);
	if (focused)
		area_cursor(&line, (int)edit_width(e, e->first, e->cursor), 0);
}

/* --- keys ---------------------------------------------------------------------------------- */
static const struct edit_key {
	int32_t key;
	bool erase;
	enum edit_motion motion;
} edit_keys[] = {
	{ PRESS_LEFT, false, EDIT_LEFT },	   { PRESS_RIGHT, false, EDIT_RIGHT },
	{ PRESS_HOME, false, EDIT_HOME },	   { PRESS_END, false, EDIT_END },
	{ PRESS_CTRL('A'), false, EDIT_HOME },	   { PRESS_CTRL('E'), false, EDIT_END },
	{ PRESS_CTRL('B'), false, EDIT_LEFT },	   { PRESS_CTRL('F'), false, EDIT_RIGHT },
	{ PRESS_BACKSPACE, true, EDIT_LEFT },	   { PRESS_DELETE, true, EDIT_RIGHT },
	{ PRESS_CTRL('U'), true, EDIT_HOME },	   { PRESS_CTRL('K'), true, EDIT_END },
	{ PRESS_CTRL('W'), true, EDIT_WORD_LEFT },
};

static bool edit_type(struct edit *e, int32_t code)
{
	char out[4];

	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code >= PRESS_NONE)
		return false;
	edit_insert(e, out, utf8_encode(out, code));
	return true;
}

bool paste_has_secret(const struct input *in)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *at = in->text;
	size_t len;

	if (in->type != INPUT_PASTE)
		return false;
	for (; *at; at += len) {
		at += strcspn(at, word);
		len = strspn(at, word);
		if (len && secret_parse(at, len, NULL) <= SECRET_MISTYPED)
			return true;
	}
	return false;
}

bool edit_input(struct edit *e, const struct input *in)
{
	if (!e->hidden && paste_has_secret(in))
		return false;
	if (in->type == INPUT_PASTE) {
		edit_insert(e, in->text, in->len);
		return true;
	}
	if (in->type != INPUT_KEY)
		return false;
	for (size_t i = 0; i < sizeof(edit_keys) / sizeof(edit_keys[0]); i++)
		if (edit_keys[i].key == in->key) {
			(edit_keys[i].erase ? edit_erase : edit_move)(e, edit_keys[i].motion);
			return true;
		}
	return edit_type(e, in->key);
}
