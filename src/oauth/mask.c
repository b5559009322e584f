/* Finding secrets in text. The text is read as it stands and as every encoding in question would read
 * it, up to two of them within each other; what is found in one of these readings is hidden where it
 * stands in the text itself. */
#include "src/oauth/mask.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/oauth/mask_parts.h"

enum {
	VALUE_MIN = 4,	/* less would tell more by where it is missing than it hides */
	BASE64_MIN = 6, /* characters of it that are enough to know a value by */
	LEARN_MIN = 8,	/* shorter ones stand in other places by chance */
	LEARN_MAX = 64,
	DEPTH_MAX = 2,
	NAME_MAX_LEN = 40,
};

/* What is done about a text. */
struct masking {
	const struct oauth_secrets *known; /* hidden wherever it stands; NULL */
	struct oauth_secrets *learn;	   /* takes what is found by name; NULL */
	bool *hidden;			   /* by byte of the text; NULL */
};

static void hide(const struct masking *m, const struct reading *r, size_t from, size_t to)
{
	if (m->hidden && to > from)
		memset(m->hidden + r->at[from], true, r->at[to] - r->at[from]);
}

/* --- by value ------------------------------------------------------------------------------------- */

/* By length of what fits so far, how much of it fits still where the next byte does not (Knuth, Morris and
 * Pratt). */
static size_t *fallbacks_make(const char *value, size_t len)
{
	size_t *back = x_calloc(len + 1, sizeof(*back));

	for (size_t at = 1, fits = 0; at < len; at++) {
		while (fits && value[at] != value[fits])
			fits = back[fits];
		fits += value[at] == value[fits];
		back[at + 1] = fits;
	}
	return back;
}

/* Occurrences may overlap: each byte is looked at once all the same, however often it repeats itself. */
static void hide_value(const struct masking *m, const struct reading *r, const char *value,
		       size_t len)
{
	const char *first = memmem(r->text, r->len, value, len);
	size_t *back, fits = 0, done = 0;

	if (!first)
		return;
	back = fallbacks_make(value, len);
	for (size_t at = (size_t)(first - r->text); at < r->len; at++) {
		while (fits && r->text[at] != value[fits])
			fits = back[fits];
		fits += r->text[at] == value[fits];
		if (fits < len)
			continue;
		hide(m, r, at + 1 - len > done ? at + 1 - len : done, at + 1);
		done = at + 1;
		fits = back[fits];
	}
	free(back);
}

static bool is_base64(char c)
{
	return c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=",
			   c) != NULL;
}

/* The whole run that it stands in goes: at its ends are bits of the value, too. */
static void hide_run(const struct masking *m, const struct reading *r, const char *piece,
		     size_t len)
{
	const char *at = r->text, *end = r->text + r->len;

	while ((at = memmem(at, (size_t)(end - at), piece, len)) != NULL) {
		size_t from = (size_t)(at - r->text), to = from + len;

		while (from && r->text[from - 1] != '=' && is_base64(r->text[from - 1]))
			from--;
		while (to < r->len && is_base64(r->text[to]))
			to++;
		hide(m, r, from, to);
		at = r->text + to;
	}
}

/* In base64 a value looks in three ways, by how many bytes stand before it; the characters that have bits
 * of its neighbours are left out. */
static void hide_base64(const struct masking *m, const struct reading *r,
			const struct secret *value)
{
	size_t len = value->len + 2, size = base64_size(len);
	char *data = secret_memory_get(len), *text = secret_memory_get(size);

	memset(data, 0, len);
	for (size_t before = 0; before < 3; before++) {
		size_t first = (before * 8 + 5) / 6, last = (before + value->len) * 8 / 6;

		if (last < first + BASE64_MIN)
			continue;
		memcpy(data + before, secret_reveal(value), value->len);
		base64_encode(text, data, before + value->len);
		hide_run(m, r, text + first, last - first);
		base64url_encode(text, data, before + value->len);
		hide_run(m, r, text + first, last - first);
		data[before] = '\0';
	}
	secret_memory_put(data, len);
	secret_memory_put(text, size);
}

static void hide_known(const struct masking *m, const struct reading *r)
{
	for (size_t i = 0; m->known && i < m->known->count; i++) {
		const struct secret *value = &m->known->values[i];

		if (value->len < VALUE_MIN)
			continue;
		hide_value(m, r, secret_reveal(value), value->len);
		hide_base64(m, r, value);
	}
}

/* --- by name -------------------------------------------------------------------------------------- */

/* How surely a secret stands behind a name. */
enum name_kind {
	NAME_OTHER,
	NAME_SECRET, /* in any text: client_secret: … */
	NAME_MEMBER, /* as a member of JSON or of a form only: a word of everyday use */
	NAME_LINE    /* a header: all of the line but a scheme */
};

/* Without "_" and "-", in lower case. */
static const struct {
	const char *name;
	enum name_kind kind;
} names[] = {
	{ "accesstoken", NAME_SECRET },
	{ "actortoken", NAME_SECRET },
	{ "apikey", NAME_SECRET },
	{ "assertion", NAME_MEMBER },
	{ "authorization", NAME_LINE },
	{ "clientassertion", NAME_SECRET },
	{ "clientsecret", NAME_SECRET },
	{ "codeverifier", NAME_SECRET },
	{ "cookie", NAME_LINE },
	{ "devicecode", NAME_SECRET },
	{ "idtoken", NAME_SECRET },
	{ "idtokenhint", NAME_SECRET },
	{ "logouttoken", NAME_SECRET },
	{ "password", NAME_SECRET },
	{ "proxyauthorization", NAME_LINE },
	{ "refreshtoken", NAME_SECRET },
	{ "registrationaccesstoken", NAME_SECRET },
	{ "secret", NAME_MEMBER },
	{ "setcookie", NAME_LINE },
	{ "subjecttoken", NAME_SECRET },
	{ "token", NAME_MEMBER },
};

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static enum name_kind name_kind_of(const char *text, size_t len)
{
	char plain[NAME_MAX_LEN + 1];
	size_t used = 0;

	if (len > NAME_MAX_LEN)
		return NAME_OTHER;
	for (size_t i = 0; i < len; i++)
		if (text[i] != '_' && text[i] != '-')
			plain[used++] = (char)(text[i] | 0x20);
	plain[used] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].name, plain) == 0)
			return names[i].kind;
	return NAME_OTHER;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static size_t skip_blanks(const struct reading *r, size_t at)
{
	while (at < r->len && strchr(" \t\r\n", r->text[at]) && r->text[at])
		at++;
	return at;
}

/* A name with a value behind it. */
struct member {
	enum name_kind kind;
	bool quoted, form; /* as JSON or a form has it */
	size_t from, to;   /* the value; with its quotes or brackets */
};

/* Finds the value of the name at `from`; `n->to` is the name's end yet. */
static bool value_begin(struct member *n, const struct reading *r, size_t from)
{
	char before = from ? r->text[from - 1] : '\0';
	size_t at = n->to;

	n->quoted = is_quote(before) && at < r->len && r->text[at] == before;
	n->form = at < r->len && r->text[at] == '=' && (!before || strchr("&?#;", before));
	if (n->kind == NAME_MEMBER && !n->quoted && !n->form)
		return false;
	at = skip_blanks(r, n->quoted ? at + 1 : at);
	if (at >= r->len || (r->text[at] != ':' && r->text[at] != '='))
		return false;
	if (r->text[at] == '=' && at + 1 < r->len && r->text[at + 1] == '>')
		at++;
	n->from = skip_blanks(r, at + 1);
	return n->from < r->len;
}

static size_t quoted_end(const struct reading *r, size_t at)
{
	char quote = r->text[at++];

	for (; at < r->len && r->text[at] != quote; at++)
		if (r->text[at] == '\\')
			at++;
	return at < r->len ? at : r->len;
}

/* Behind the bracket that closes the one here, strings left aside. */
static size_t nested_end(const struct reading *r, size_t at)
{
	size_t depth = 0;

	for (; at < r->len; at++) {
		char c = r->text[at];

		if (c == '"')
			at = quoted_end(r, at);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return at + 1;
	}
	return r->len;
}

static size_t span_end(const struct reading *r, size_t at, const char *stops)
{
	while (at < r->len && !(r->text[at] && strchr(stops, r->text[at])))
		at++;
	return at;
}

/* "Basic", "Bearer" … stays. */
static size_t scheme_end(const struct reading *r, size_t at)
{
	size_t end = at;

	while (end < r->len && is_name_char(r->text[end]))
		end++;
	return end > at && end < r->len && r->text[end] == ' ' ? end + 1 : at;
}

static bool is_literal(const char *text, size_t len)
{
	return (len == 4 && (memcmp(text, "null", 4) == 0 || memcmp(text, "true", 4) == 0)) ||
	       (len == 5 && memcmp(text, "false", 5) == 0);
}

/* As it stands, and as it would be written elsewhere. */
static void value_learn(struct oauth_secrets *learn, const char *text, size_t len)
{
	struct reading value, decoded;

	oauth_secrets_add(learn, text, len);
	reading_init(&value, text, len);
	for (unsigned d = 0; d < READING_DECODERS; d++) {
		if (!reading_decode(&decoded, &value, d))
			continue;
		if (decoded.len >= LEARN_MIN)
			oauth_secrets_add(learn, decoded.text, decoded.len);
		reading_release(&decoded);
	}
	reading_release(&value);
}

/* What stands behind a name in running text is hidden, but may be any word: nothing is learnt of it. */
static void value_found(const struct masking *m, const struct reading *r, const struct member *n,
			size_t from, size_t to)
{
	hide(m, r, from, to);
	if (m->learn && n->kind == NAME_SECRET && (n->quoted || n->form) &&
	    to - from >= LEARN_MIN && m->learn->count < LEARN_MAX)
		value_learn(m->learn, r->text + from, to - from);
}

/* Hides the value and tells where it ends. */
static size_t value_take(const struct masking *m, const struct reading *r, const struct member *n)
{
	size_t at = n->from, from, end;

	if (is_quote(r->text[at])) {
		end = quoted_end(r, at++);
		from = n->kind == NAME_LINE ? scheme_end(r, at) : at;
		value_found(m, r, n, from < end ? from : at, end);
	} else if (r->text[at] == '{' || r->text[at] == '[') {
		end = nested_end(r, at);
		hide(m, r, at, end);
	} else if (n->kind == NAME_LINE) {
		from = scheme_end(r, at);
		end = span_end(r, from, "\r\n<\"'");
		value_found(m, r, n, from, end);
	} else {
		end = span_end(r, at, " \t\r\n&;,<>\"'`)]}");
		if (!is_literal(r->text + at, end - at))
			value_found(m, r, n, at, end);
	}
	return end;
}

/* Every word is a name that may be one of those. */
static void hide_named(const struct masking *m, const struct reading *r)
{
	for (size_t from = 0, to; from < r->len; from = to + 1) {
		struct member n;

		for (to = from; to < r->len && is_name_char(r->text[to]);)
			to++;
		n = (struct member){ .kind = name_kind_of(r->text + from, to - from), .to = to };
		if (n.kind != NAME_OTHER && value_begin(&n, r, from))
			to = value_take(m, r, &n);
	}
}

/* --- all readings --------------------------------------------------------------------------------- */

static void readings_search(const struct masking *m, const struct reading *r, unsigned depth)
{
	struct reading decoded;

	hide_named(m, r);
	hide_known(m, r);
	for (unsigned d = 0; depth < DEPTH_MAX && d < READING_DECODERS; d++) {
		if (!reading_decode(&decoded, r, d))
			continue;
		readings_search(m, &decoded, depth + 1);
		reading_release(&decoded);
	}
}

static void text_search(const struct masking *m, const char *text, size_t len)
{
	struct reading plain;

	reading_init(&plain, text, len);
	readings_search(m, &plain, 0);
	reading_release(&plain);
}

void oauth_mask_learn(struct oauth_secrets *known, const char *text, size_t len)
{
	const struct masking m = { .learn = known };

	text_search(&m, text, len);
}

void oauth_mask(struct buf *out, const char *text, size_t len, const struct oauth_secrets *known)
{
	struct masking m = { .known = known, .hidden = x_calloc(len + 1, sizeof(bool)) };

	text_search(&m, text, len);
	for (size_t from = 0, to; from < len; from = to) {
		for (to = from + 1; to < len && m.hidden[to] == m.hidden[from];)
			to++;
		if (m.hidden[from])
			buf_add_text(out, OAUTH_MASK);
		else
			buf_add(out, text + from, to - from);
	}
	free(m.hidden);
}
