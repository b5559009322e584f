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

enum { SHORT_WORD = 16 }; /* characters that hold nothing in base64 */

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
	if (!found->where && is_one_of(next, ",;\"'.") && !(behind & VIEW_QUOTE))
		mends |= MEND_TRAILING;
	return mends;
}

/* Where what is being looked at stands in the paste: all of it, or what was in base64 there. */
struct outer {
	size_t offset, len;
	unsigned mends;
	const char *where, *warning;
};

struct scan {
	struct paste *paste;
	struct finder f;
	const struct outer *outer; /* NULL: the paste itself */
	struct paste_span *claims; /* offsets in the text, in order: taken by JSON objects */
	size_t claim_count, claim;
	bool found; /* anything */
};

static void item_add(struct scan *s, struct found *found)
{
	struct finder *f = &s->f;
	struct paste *p = s->paste;
	const struct view *v = f->view;
	struct paste_item *i;

	s->found = true;

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
	if (s->outer) {
		i->offset = s->outer->offset;
		i->len = s->outer->len;
		i->mends |= s->outer->mends;
		i->where = s->outer->where ? s->outer->where : i->where;
		i->warning = s->outer->warning;
	}
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

/* Within a run that is longer than any credential with a lead is none; that of each is looked at once. */
static bool in_long_run(struct finder *f, size_t at)
{
	enum { LONG = 300 };

	if (at < f->run_end)
		return f->run_end - at > LONG;
	f->run_end = at + paste_run(f, at, IS_URL64);
	return false;
}

static bool find_foreign(struct finder *f, size_t at, struct found *out)
{
	const char *text = f->view->text + at;
	const struct foreign *foreign = NULL;
	enum foreign_check check = FOREIGN_UNCHECKED;
	size_t len;

	if (!foreign_begins_pasted((unsigned char)*text) || in_long_run(f, at))
		return false;
	len = foreign_match_pasted(&foreign, &check, text, f->view->len - at);
	f->work += len ? len : SHORT_WORD;
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

static void scan_text(struct paste *p, const char *text, size_t len, const struct outer *outer,
		      bool *found);

/* What was in base64 once more: a token, a key, or a file of them. */
static bool look_within(struct scan *s, const struct encoded *e)
{
	struct found around = { .begin = e->begin, .end = e->end };
	struct outer outer = { .mends = MEND_BASE64 | e->mends };
	const struct view *v = s->f.view;
	bool found = false;

	if (s->outer || !e->size)
		return false;
	for (size_t i = 0; i < e->size; i++)
		if (e->data[i] > 0x7e ||
		    (e->data[i] < 0x20 && !is_class((char)e->data[i], IS_SPACE)))
			return false;
	paste_context(&s->f, &around);
	outer.offset = v->at[e->begin];
	outer.len = view_end(v, e->end - 1) - outer.offset;
	outer.where = around.where;
	outer.warning = around.warning;
	scan_text(s->paste, (const char *)e->data, e->size, &outer, &found);
	return found;
}

static bool look_base64(struct scan *s, size_t at, size_t *end)
{
	struct encoded e;
	struct found found;
	bool is;

	if (!paste_base64(&s->f, at, &e))
		return false;
	is = paste_opaque(&s->f, &e, &found);
	if (is)
		item_add(s, &found);
	else
		is = look_within(s, &e);
	*end = e.end;
	paste_base64_release(&e);
	return is;
}

/* What begins with the word at `at`, told or not; returns where to go on. */
static size_t look_word(struct scan *s, size_t at)
{
	struct finder *f = &s->f;
	size_t word = paste_run(f, at, IS_WORD), end = at + word, next;
	char before = at ? f->view->text[at - 1] : ' ', after;
	struct found found;
	bool longer;

	if (before != '.' && before != '-' && paste_jose(f, at, &found, &end)) {
		item_add(s, &found);
		return end;
	}
	if (end < at + word)
		end = at + word;
	if (find_own(f, at, word, &found) || find_foreign(f, at, &found) ||
	    paste_basic(f, at, word, &found) || paste_code(f, at, word, &found)) {
		item_add(s, &found);
		return found.end;
	}
	after = f->view->text[at + word];
	longer = is_class(after, IS_URL64 | IS_STD64) || word >= SHORT_WORD;
	if (longer && look_base64(s, at, &next))
		return next;
	if (!(longer || after == '.' || after == '~') || !paste_bearer(f, at, &found))
		return end;
	item_add(s, &found);
	return found.end;
}

/* What begins with another byte than that of a word. */
static size_t look_mark(struct scan *s, size_t at)
{
	struct finder *f = &s->f;
	struct found found;
	bool is = false;

	switch (f->view->text[at]) {
	case '-':
		is = paste_pem(f, at, &found) || paste_user(f, at, &found);
		break;
	case ':':
		is = paste_url_user(f, at, &found);
		break;
	case '.':
		is = paste_signed(f, at, &found);
		break;
	case '<':
		is = paste_xml(f, at, &found);
		break;
	case '\n':
	case '\r':
		f->line_begin = at + 1;
		break;
	}
	if (is)
		item_add(s, &found);
	return is ? found.end : at + 1;
}

/* Is the byte part of a JSON object that was told already? */
static bool claimed(struct scan *s, size_t at)
{
	size_t offset = s->f.view->at[at];

	while (s->claim < s->claim_count && s->claims[s->claim].end <= offset)
		s->claim++;
	return s->claim < s->claim_count && s->claims[s->claim].begin <= offset;
}

static void look_all(struct scan *s)
{
	const struct view *v = s->f.view;
	size_t at = 0;

	while (at < v->len && !s->paste->more) {
		s->f.work++;
		if (s->claim_count && claimed(s, at))
			at++;
		else if (is_class(v->text[at], IS_WORD))
			at = look_word(s, at);
		else
			at = look_mark(s, at);
	}
}

static int by_begin(const void *a, const void *b)
{
	const struct paste_span *x = a, *y = b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* JSON objects of the view become items; those within what is claimed already do not. */
static void look_json(struct scan *s)
{
	size_t count, kept = 0;
	struct paste_span *spans = paste_json(&s->f, &count);
	const struct view *v = s->f.view;

	for (size_t i = 0; i < count; i++) {
		size_t begin = spans[i].begin, end = spans[i].end;
		struct found found = { .kind = spans[i].kind,
				       .begin = begin,
				       .end = end,
				       .text = v->text + begin,
				       .len = end - begin };

		if (s->claim_count && claimed(s, begin))
			continue;
		item_add(s, &found);
		spans[kept].begin = v->at[begin];
		spans[kept++].end = view_end(v, end - 1);
	}
	if (kept) {
		s->claims = x_reallocarray(s->claims, s->claim_count + kept, sizeof(*spans));
		memcpy(s->claims + s->claim_count, spans, kept * sizeof(*spans));
		s->claim_count += kept;
		qsort(s->claims, s->claim_count, sizeof(*spans), by_begin);
	}
	s->claim = 0;
	free(spans);
}

static int by_offset(const void *a, const void *b)
{
	const struct paste_item *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static void look_view(struct scan *s, struct view *view, bool words)
{
	s->f.view = view;
	s->f.line_begin = s->f.measured = s->f.run_end = s->f.walked = 0;
	s->f.standard_begin = s->f.standard_end = 0;
	s->f.scratch = x_malloc(view->len + 1);
	look_json(s);
	s->f.walked = 0;
	if (words)
		look_all(s);
	secret_wipe(s->f.scratch, view->len);
	free(s->f.scratch);
	view_release(view);
}

/* JSON is read twice where there are backslashes: as it stands, and with the escapes of a string around it
 * undone. Everything else is looked for with them undone. */
static void scan_text(struct paste *p, const char *text, size_t len, const struct outer *outer,
		      bool *found)
{
	struct scan s = { .paste = p, .outer = outer };
	struct view view;

	if (memchr(text, '\\', len) && memchr(text, '{', len)) {
		view_make(&view, text, len, false);
		look_view(&s, &view, false);
	}
	view_make(&view, text, len, true);
	look_view(&s, &view, true);
	free(s.claims);
	p->work += s.f.work;
	*found = s.found;
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
		if (!is_class(text[end], IS_SPACE) && !is_one_of(text[end], ",;\"'."))
			return;
		space |= is_class(text[end], IS_SPACE);
	}
	i->mends |= space ? MEND_SPACE : 0;
}

void paste_scan(struct paste *p, const char *text, size_t len)
{
	bool found;

	*p = (struct paste){ .items = NULL };
	if (!len)
		return;
	if (len > PASTE_MAX)
		len = PASTE_MAX;
	scan_text(p, text, len, NULL, &found);
	if (p->count)
		qsort(p->items, p->count, sizeof(*p->items), by_offset);
	tell_around(p, text, len);
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
