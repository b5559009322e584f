/* The paste scanner: one pass over the view of the text, that asks at each word what may begin there. */
#include "src/token/paste.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"
#include "src/base/secret_format.h"
#include "src/token/paste_find.h"

/* --- characters ------------------------------------------------------------------------------- */

#define LETTER (IS_WORD | IS_URL64 | IS_STD64)
#define FIVE(c)                                                                     \
	[(c)] = LETTER, [(c) + 1] = LETTER, [(c) + 2] = LETTER, [(c) + 3] = LETTER, \
	[(c) + 4] = LETTER
#define LETTERS(c) \
	FIVE(c), FIVE((c) + 5), FIVE((c) + 10), FIVE((c) + 15), FIVE((c) + 20), [(c) + 25] = LETTER

const unsigned char paste_class[256] = {
	LETTERS('A'),
	LETTERS('a'),
	FIVE('0'),
	FIVE('5'),
	['_'] = IS_WORD | IS_URL64,
	['-'] = IS_URL64,
	['+'] = IS_STD64,
	['/'] = IS_STD64,
	[' '] = IS_SPACE,
	['\t'] = IS_SPACE,
	['\n'] = IS_SPACE | IS_LINE,
	['\r'] = IS_SPACE | IS_LINE,
	['"'] = IS_QUOTE,
	['\''] = IS_QUOTE,
	['`'] = IS_QUOTE,
};

size_t paste_run(struct finder *f, size_t at, unsigned set)
{
	size_t n = 0;

	while (is_class(f->view->text[at + n], set))
		n++;
	f->work += n;
	return n;
}

size_t paste_decode(unsigned char *out, const char *text, size_t len)
{
	struct base64_faults faults;

	return base64_decode(out, text, len, &faults);
}

/* --- items ------------------------------------------------------------------------------------ */

static unsigned flag_mends(uint8_t flags)
{
	return (flags & VIEW_GAP ? MEND_INVISIBLE : 0) | (flags & VIEW_PERCENT ? MEND_PERCENT : 0) |
	       (flags & VIEW_TWICE ? MEND_PERCENT_TWICE : 0) |
	       (flags & VIEW_ESCAPE ? MEND_JSON : 0);
}

/* What was mended within it; what stands around it is told by around(). */
static unsigned inner_mends(struct finder *f, const struct found *found)
{
	uint8_t flags = 0;

	for (size_t i = found->begin; i < found->end; i++)
		flags |= i == found->begin ? f->view->flags[i] & ~VIEW_GAP : f->view->flags[i];
	f->work += found->end - found->begin;
	return found->mends | flag_mends(flags);
}

/* What touches it: a byte order mark, quotes, punctuation. */
static unsigned touching_mends(const struct view *v, const struct found *found)
{
	unsigned before = found->begin ? v->flags[found->begin - 1] : 0;
	unsigned behind = v->flags[found->end];
	char next = v->text[found->end];
	unsigned mends = 0;

	if ((v->flags[found->begin] | before | behind) & VIEW_GAP)
		mends |= MEND_INVISIBLE;
	if ((before | behind) & VIEW_QUOTE)
		mends |= MEND_QUOTES;
	if (!found->where && next && strchr(",;\"'.", next) && !(behind & VIEW_QUOTE))
		mends |= MEND_TRAILING;
	return mends;
}

static void item_add(struct paste *p, struct finder *f, struct found *found)
{
	const struct view *v = f->view;
	struct paste_item *i;

	if (p->count == PASTE_ITEMS) {
		p->more = true;
		return;
	}
	if (p->count == p->size) {
		p->size = p->size ? 2 * p->size : 8;
		p->items = x_reallocarray(p->items, p->size, sizeof(*p->items));
	}
	paste_context(f, found);
	i = &p->items[p->count++];
	*i = (struct paste_item){
		.kind = found->kind,
		.where = found->where,
		.warning = found->warning,
		.offset = v->at[found->begin],
		.len = view_end(v, found->end - 1) - v->at[found->begin],
		.text = x_strndup(found->text, found->len),
		.text_len = found->len,
		.mends = inner_mends(f, found) | touching_mends(v, found),
		.foreign = found->foreign,
		.check = found->check,
	};
}

/* --- finding ---------------------------------------------------------------------------------- */

/* A secret of our own format, by its widths from the right. */
static bool find_own(struct finder *f, size_t at, size_t word, struct found *out)
{
	const size_t fixed = 1 + SECRET_ID_SIZE - 1 + 1 + SECRET_TAIL;
	const char *text = f->view->text + at;
	size_t prefix = word > fixed ? word - fixed : 0, skip;
	enum secret_shape shape = SECRET_FOREIGN;

	if (!prefix || text[prefix] != '_' || text[word - SECRET_TAIL - 1] != '_')
		return false;
	skip = prefix > PREFIX_SIZE - 1 ? prefix - (PREFIX_SIZE - 1) : 0;
	for (; skip < prefix; skip++) {
		shape = secret_parse(text + skip, word - skip, NULL);
		if (shape == SECRET_OWN || (shape == SECRET_MISTYPED && !skip))
			break;
	}
	if (skip == prefix)
		return false;
	*out = (struct found){ .kind = "authrack",
			       .begin = at + skip,
			       .end = at + word,
			       .text = text + skip,
			       .len = word - skip,
			       .check = shape == SECRET_OWN ? FOREIGN_GOOD : FOREIGN_WRONG };
	return true;
}

static bool find_foreign(struct finder *f, size_t at, struct found *out)
{
	const char *text = f->view->text + at;
	const struct foreign *foreign = NULL;
	enum foreign_check check = FOREIGN_UNCHECKED;
	size_t len;

	if (!foreign_begins_pasted((unsigned char)*text))
		return false;
	len = foreign_match_pasted(&foreign, &check, text, f->view->len - at);
	f->work += len;
	if (!len)
		return false;
	*out = (struct found){ .kind = foreign->id,
			       .begin = at,
			       .end = at + len,
			       .text = text,
			       .len = len,
			       .foreign = foreign,
			       .check = check };
	return true;
}

/* What begins with the word at `at`, told or not; returns where to go on. */
static size_t look_word(struct paste *p, struct finder *f, size_t at)
{
	size_t word = paste_run(f, at, IS_WORD), end = at + word;
	char before = at ? f->view->text[at - 1] : ' ';
	struct found found;

	if (before != '.' && before != '-' && paste_jose(f, at, &found, &end)) {
		item_add(p, f, &found);
		return end;
	}
	if (find_own(f, at, word, &found) || find_foreign(f, at, &found)) {
		item_add(p, f, &found);
		return found.end;
	}
	return end > at + word ? end : at + word;
}

static void look_all(struct paste *p, struct finder *f)
{
	const struct view *v = f->view;
	size_t at = 0;

	while (at < v->len && !p->more) {
		char c = v->text[at];

		f->work++;
		if (is_class(c, IS_WORD)) {
			at = look_word(p, f, at);
			continue;
		}
		at++;
		if (is_class(c, IS_LINE))
			f->line_begin = at;
	}
}

/* Of a text that is one token: what stands around it is no part of it. */
static void tell_around(struct paste *p, const char *text, size_t len)
{
	struct paste_item *i = p->items;
	size_t end;
	bool space = false;

	if (p->count != 1 || i->where)
		return;
	end = i->offset + i->len;
	for (size_t at = 0; at < i->offset; at++) {
		if (!is_class(text[at], IS_SPACE))
			return;
		space = true;
	}
	if (len > end && text[len - 1] == '\n')
		len -= len > end + 1 && text[len - 2] == '\r' ? 2 : 1;
	for (; end < len; end++) {
		if (!is_class(text[end], IS_SPACE) && !strchr(",;\"'.", text[end]))
			return;
		space |= is_class(text[end], IS_SPACE);
	}
	i->mends |= space ? MEND_SPACE : 0;
}

void paste_scan(struct paste *p, const char *text, size_t len)
{
	struct view view;
	struct finder f = { .view = &view };

	*p = (struct paste){ .items = NULL };
	if (len > PASTE_MAX)
		len = PASTE_MAX;
	view_make(&view, text, len, true);
	f.scratch = x_malloc(view.len + 1);
	look_all(p, &f);
	tell_around(p, text, len);
	p->work = f.work;
	secret_wipe(f.scratch, view.len);
	free(f.scratch);
	view_release(&view);
}

void paste_release(struct paste *p)
{
	for (size_t i = 0; i < p->count; i++) {
		secret_wipe(p->items[i].text, p->items[i].text_len);
		free(p->items[i].text);
	}
	free(p->items);
	*p = (struct paste){ .items = NULL };
}

/* --- words ------------------------------------------------------------------------------------ */

bool paste_is_jose(const struct paste_item *i)
{
	static const char *const kinds[] = { "jwt", "jws", "jwe", "sd-jwt" };

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		if (strcmp(i->kind, kinds[k]) == 0)
			return true;
	return false;
}

const char *paste_mend_text(unsigned bit)
{
	static const struct {
		unsigned bit;
		const char *text;
	} words[MEND_COUNT] = {
		{ MEND_INVISIBLE, "invisible characters taken out" },
		{ MEND_QUOTES, "typographic quotes taken off" },
		{ MEND_TRAILING, "punctuation behind it taken off" },
		{ MEND_LINES, "line breaks taken out" },
		{ MEND_ESCAPES, "literal \\n taken out" },
		{ MEND_PERCENT, "percent-encoding decoded" },
		{ MEND_PERCENT_TWICE, "percent-encoding decoded twice" },
		{ MEND_BASE64, "decoded from base64 once more" },
		{ MEND_COOKIES, "parts of a cookie joined" },
		{ MEND_SPACE, "white space around it taken off" },
		{ MEND_JSON, "backslash escapes decoded" },
	};

	for (size_t i = 0; i < MEND_COUNT; i++)
		if (words[i].bit == bit)
			return words[i].text;
	return "";
}
