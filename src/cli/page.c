/* Laying out text by columns. What is measured is always the safe form. */
#include "src/cli/page.h"

#include <limits.h>
#include <string.h>

#include "src/base/text.h"

enum { PAGE_MAX = 1 << 26, PIECE_MAX = 1 << 22, LEAST_ROOM = 12 };

void page_init(struct page *p, const struct look *l)
{
	*p = (struct page){ .look = l, .text = BUF_INIT(PAGE_MAX) };
}

void page_release(struct page *p)
{
	buf_release(&p->text);
}

int page_width(const struct page *p)
{
	return p->look->width ? p->look->width : INT_MAX;
}

/* Safe text as it stands. */
static void put(struct page *p, enum tone tone, const char *safe, size_t len)
{
	const char *code = look_tone(p->look, tone);

	if (!len)
		return;
	buf_add_text(&p->text, code);
	buf_add(&p->text, safe, len);
	buf_add_text(&p->text, *code ? look_reset(p->look) : "");
	p->column += (int)text_width(safe, len);
}

void page_add(struct page *p, enum tone tone, const char *text)
{
	struct buf safe = BUF_INIT(PIECE_MAX);

	look_text(p->look, &safe, text);
	put(p, tone, buf_text(&safe), safe.len);
	buf_release(&safe);
}

void page_addf(struct page *p, enum tone tone, const char *format, ...)
{
	struct buf text = BUF_INIT(PIECE_MAX);
	va_list ap;

	va_start(ap, format);
	buf_vaddf(&text, format, ap);
	va_end(ap);
	page_add(p, tone, buf_text(&text));
	buf_release(&text);
}

void page_to(struct page *p, int column)
{
	do {
		buf_add_char(&p->text, ' ');
		p->column++;
	} while (p->column < column);
}

void page_end_line(struct page *p)
{
	buf_add_char(&p->text, '\n');
	p->column = 0;
}

/* Bytes of the longest beginning of safe text that `room` columns hold; at least one character. */
static size_t bytes_within(const char *text, size_t len, int room)
{
	size_t at = 0;

	while (at < len) {
		int32_t code;
		size_t taken = utf8_decode(&code, text + at, len - at);

		room -= code_point_width(code);
		if (room < 0 && at)
			break;
		at += taken;
	}
	return at;
}

static void break_line(struct page *p, int indent)
{
	page_end_line(p);
	if (indent)
		page_to(p, indent);
}

static void put_word(struct page *p, enum tone tone, int indent, const char *word, size_t len)
{
	int width = page_width(p);

	while (len) {
		size_t fits = bytes_within(word, len, width - p->column);

		put(p, tone, word, fits);
		word += fits;
		len -= fits;
		if (len)
			break_line(p, indent);
	}
}

static void wrap_safe(struct page *p, enum tone tone, int indent, const char *text)
{
	int width = page_width(p);
	bool first = true;

	while (*(text += strspn(text, " "))) {
		size_t len = strcspn(text, " ");
		int columns = (int)text_width(text, len);

		if (!first && p->column + 1 + columns > width)
			break_line(p, indent);
		else if (!first)
			page_to(p, 0);
		put_word(p, tone, indent, text, len);
		text += len;
		first = false;
	}
}

void page_wrap(struct page *p, enum tone tone, int indent, const char *text)
{
	struct buf safe = BUF_INIT(PIECE_MAX);

	if (page_width(p) - indent < LEAST_ROOM)
		indent = 2;
	look_text(p->look, &safe, text);
	wrap_safe(p, tone, indent, buf_text(&safe));
	buf_release(&safe);
}

static void put_rule(struct page *p, int columns)
{
	while (columns-- > 0)
		put(p, TONE_SECONDARY, p->look->ascii ? "-" : "─", p->look->ascii ? 1 : 3);
}

/* What stands at the right end goes first where it is narrow. */
void page_heading(struct page *p, const char *title, const char *right)
{
	enum { RULE_MOST = 120, AROUND = 10 };
	int width = p->look->width < RULE_MOST ? p->look->width : RULE_MOST;
	int wide = (int)(text_width(title, strlen(title)) + text_width(right, strlen(right)));

	if (p->look->width && wide + AROUND > width)
		right = "";
	if (p->look->width) {
		put_rule(p, 2);
		page_to(p, 0);
	}
	buf_add_text(&p->text, look_bold(p->look));
	page_add(p, TONE_NORMAL, title);
	buf_add_text(&p->text, look_reset(p->look));
	if (*right || p->look->width)
		page_to(p, 0);
	if (p->look->width)
		put_rule(p, width - p->column - (*right ? (int)strlen(right) + 4 : 0));
	if (p->look->width && *right)
		page_to(p, 0);
	page_add(p, TONE_SECONDARY, right);
	if (p->look->width && *right) {
		page_to(p, 0);
		put_rule(p, 2);
	}
	page_end_line(p);
}
