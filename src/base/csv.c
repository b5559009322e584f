/* CSV as RFC 4180 has it, read strictly: what is not well formed is refused with line and column. */
#include "src/base/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* Where the reader stands in the source, for columns in characters. */
struct place {
	size_t line;
	size_t column;
	size_t at; /* `column` is that of this byte */
};

void csv_init(struct csv *c, const char *data, size_t len)
{
	size_t mark = sizeof(byte_order_mark) - 1;

	*c = (struct csv){ .data = data, .len = len, .next_line = 1 };
	buf_init(&c->text, SIZE_MAX / 2);
	if (len >= mark && memcmp(data, byte_order_mark, mark) == 0)
		c->at = mark;
}

static void text_wipe(struct buf *text)
{
	if (text->data)
		secret_wipe(text->data, text->size);
}

void csv_release(struct csv *c)
{
	text_wipe(&c->text);
	buf_release(&c->text);
	free(c->offsets);
	free(c->columns);
	*c = (struct csv){ .data = NULL };
}

/* The fields may hold secrets, so memory that is outgrown is wiped before it goes back. */
static void text_add(struct buf *text, const char *data, size_t len)
{
	struct buf larger = BUF_INIT(text->max);

	if (text->size - text->len <= len) {
		larger.size = 2 * (text->size + len) + 256;
		larger.data = x_malloc(larger.size);
		buf_add(&larger, buf_text(text), text->len);
		text_wipe(text);
		buf_release(text);
		*text = larger;
	}
	buf_add(text, data, len);
}

/* Moves on to c->at, counting characters: continuation bytes (10xxxxxx) are none. */
static void place_advance(struct place *p, const struct csv *c)
{
	for (; p->at < c->at; p->at++) {
		p->column += (c->data[p->at] & 0xC0) != 0x80;
		if (c->data[p->at] == '\n') {
			p->line++;
			p->column = 1;
		}
	}
}

static enum errc refuse(const struct place *p, const char *what, struct err *e)
{
	return err_set(e, ERR_USAGE, "line %zu, column %zu: %s", p->line, p->column, what);
}

static void field_begin(struct csv *c, const struct place *p)
{
	if (c->count == c->size) {
		c->size = c->size ? 2 * c->size : 16;
		c->offsets = x_reallocarray(c->offsets, c->size, sizeof(*c->offsets));
		c->columns = x_reallocarray(c->columns, c->size, sizeof(*c->columns));
	}
	c->offsets[c->count] = c->text.len;
	c->columns[c->count++] = p->column;
}

static bool at_end(const struct csv *c)
{
	return c->at == c->len;
}

/* Bytes of the line end at c->at; 0 where there is none. */
static size_t line_end(const struct csv *c)
{
	if (at_end(c))
		return 0;
	if (c->data[c->at] == '\n')
		return 1;
	return c->len - c->at >= 2 && memcmp(c->data + c->at, "\r\n", 2) == 0 ? 2 : 0;
}

/* What ends a field that is not quoted, rightly or not. A table: an import runs over every byte. */
static const bool ends_field[256] = {
	[','] = true, ['\n'] = true, ['\r'] = true, ['"'] = true, ['\0'] = true,
};

static enum errc plain_field(struct csv *c, struct place *p, struct err *e)
{
	size_t start = c->at;

	while (!at_end(c) && !ends_field[(unsigned char)c->data[c->at]])
		c->at++;
	text_add(&c->text, c->data + start, c->at - start);
	if (at_end(c) || c->data[c->at] == ',' || line_end(c))
		return ERR_OK;
	place_advance(p, c);
	switch (c->data[c->at]) {
	case '"':
		return refuse(p, "a quote inside a field that is not quoted", e);
	case '\r':
		return refuse(p, "a carriage return without a line feed", e);
	}
	return refuse(p, "a NUL byte", e);
}

/* One stretch up to and with the next quote; false where none follows. */
static bool quoted_stretch(struct csv *c)
{
	const char *from = c->data + c->at;
	const char *quote = memchr(from, '"', c->len - c->at);

	if (!quote)
		return false;
	text_add(&c->text, from, (size_t)(quote - from));
	c->at += (size_t)(quote - from) + 1;
	return true;
}

static enum errc quoted_field(struct csv *c, struct place *p, struct err *e)
{
	size_t start = c->text.len;

	c->at++;
	for (;;) {
		if (!quoted_stretch(c))
			return refuse(p, "the quoted field that begins here has no end", e);
		if (at_end(c) || c->data[c->at] != '"')
			break;
		text_add(&c->text, "\"", 1);
		c->at++;
	}
	if (memchr(c->text.data + start, '\0', c->text.len - start))
		return refuse(p, "a NUL byte in the quoted field that begins here", e);
	if (at_end(c) || c->data[c->at] == ',' || line_end(c))
		return ERR_OK;
	place_advance(p, c);
	return refuse(p, "a quoted field goes on behind its closing quote", e);
}

static void skip_blank_lines(struct csv *c)
{
	for (size_t end = line_end(c); end; end = line_end(c)) {
		c->at += end;
		c->next_line++;
	}
}

enum errc csv_next(struct csv *c, bool *more, struct err *e)
{
	struct place p;
	enum errc rc;

	skip_blank_lines(c);
	*more = !at_end(c);
	if (!*more)
		return ERR_OK;
	p = (struct place){ .line = c->next_line, .column = 1, .at = c->at };
	c->line = c->next_line;
	c->count = 0;
	buf_clear(&c->text);
	for (;;) {
		place_advance(&p, c);
		field_begin(c, &p);
		if (!at_end(c) && c->data[c->at] == '"')
			rc = quoted_field(c, &p, e);
		else
			rc = plain_field(c, &p, e);
		if (rc)
			return rc;
		text_add(&c->text, "", 1);
		if (at_end(c) || c->data[c->at] != ',')
			break;
		c->at++;
	}
	c->at += line_end(c);
	place_advance(&p, c);
	c->next_line = p.line;
	return ERR_OK;
}

const char *csv_field(const struct csv *c, size_t index, size_t *len)
{
	size_t end = index + 1 < c->count ? c->offsets[index + 1] : c->text.len;

	if (len)
		*len = end - c->offsets[index] - 1;
	return c->text.data + c->offsets[index];
}

void csv_add_field(struct buf *out, const char *text, bool first)
{
	bool formula = *text && strchr("=+-@\t\r", *text);
	bool quoted = formula || text[strcspn(text, ",\"\r\n")];

	if (!first)
		buf_add_char(out, ',');
	if (!quoted) {
		buf_add_text(out, text);
		return;
	}
	buf_add_text(out, formula ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_add_char(out, '"');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '"');
}
