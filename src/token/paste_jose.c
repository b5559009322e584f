/* Finding compact tokens: a header that decodes to the beginning of a JSON object, then the segments,
 * over line breaks and cookie chunks where what is joined decodes and a part of it does not. */
#include "src/token/paste_find.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"

enum {
	PEEK = 4, /* characters that tell whether a JSON object begins */
	NAME = 24,
	SIZES = 3,
	FULL_LINE = 16,	   /* a line of fewer characters is no part of a wrapped token by itself */
	COOKIE_NEAR = 512, /* bytes within which the next chunk of a cookie is looked for */
	INDENT = 64,
	TIMESTAMP_LEAST = 5,
	TIMESTAMP_MOST = 8,
	WASTE_MOST =
		4, /* times the text: what may be joined in vain, or much would be looked at often */
};

/* What the header says about the form of the rest. */
struct shape {
	bool read, named, object; /* has a JOSE name in it; ends as an object does */
	bool encrypted, known;
	size_t sizes[SIZES]; /* characters of the last segment, one of them; 0: none */
};

struct compact {
	struct finder *f;
	char *s; /* what was put together */
	size_t n, dots, begin, end;
	size_t segment; /* where the last one begins in s */
	size_t header;	/* characters of the first */
	size_t payload; /* where the second begins */
	size_t tildes, tilde_dots;
	size_t lines, width; /* joined ones; columns of the last */
	bool uniform;	     /* all but the last were of one width */
	unsigned mends;
	struct shape shape;
};

/* --- the header ------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t sizes[SIZES];
} last_segments[] = {
	/* RFC 7518 §3.1, RFC 8037, RFC 8812, RFC 9864: signatures */
	{ "HS256", { 43 } },
	{ "HS384", { 64 } },
	{ "HS512", { 86 } },
	{ "ES256", { 86 } },
	{ "ES256K", { 86 } },
	{ "ES384", { 128 } },
	{ "ES512", { 176 } },
	{ "EdDSA", { 86, 152 } },
	{ "Ed25519", { 86 } },
	{ "Ed448", { 152 } },
	{ "RS256", { 342, 512, 683 } },
	{ "RS384", { 342, 512, 683 } },
	{ "RS512", { 342, 512, 683 } },
	{ "PS256", { 342, 512, 683 } },
	{ "PS384", { 342, 512, 683 } },
	{ "PS512", { 342, 512, 683 } },
	/* RFC 7518 §5.1: tags */
	{ "A128GCM", { 22 } },
	{ "A192GCM", { 22 } },
	{ "A256GCM", { 22 } },
	{ "A128CBC-HS256", { 22 } },
	{ "A192CBC-HS384", { 32 } },
	{ "A256CBC-HS512", { 43 } },
};

/* The string behind "name": in JSON that need not be whole. */
static bool member(char out[NAME], const char *json, size_t len, const char *name)
{
	size_t quoted = strlen(name), n;
	const char *at = memmem(json, len, name, quoted), *end = json + len, *close;

	if (!at)
		return false;
	for (at += quoted; at < end && is_one_of(*at, " \t\r\n:"); at++)
		;
	if (at == end || *at++ != '"')
		return false;
	close = memchr(at, '"', (size_t)(end - at));
	n = close ? (size_t)(close - at) : 0;
	if (n >= NAME)
		n = 0;
	memcpy(out, at, n);
	out[n] = '\0';
	return close;
}

static void shape_sizes(struct shape *s, const char *name)
{
	for (size_t i = 0; i < sizeof(last_segments) / sizeof(*last_segments); i++)
		if (strcmp(last_segments[i].name, name) == 0) {
			memcpy(s->sizes, last_segments[i].sizes, sizeof(s->sizes));
			s->known = true;
		}
}

static void shape_read(struct compact *c)
{
	static const char *const names[] = { "\"alg\"", "\"enc\"", "\"kid\"", "\"typ\"",
					     "\"x5t\"" };
	size_t room = base64_room(c->header) + 1;
	unsigned char *json = x_malloc(room);
	size_t len = paste_decode(json, c->s, c->header);
	char name[NAME];

	c->f->work += c->header;
	c->shape.read = true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		c->shape.named |= memmem(json, len, names[i], strlen(names[i])) != NULL;
	c->shape.encrypted = member(name, (char *)json, len, "\"enc\"");
	if (c->shape.encrypted || member(name, (char *)json, len, "\"alg\""))
		shape_sizes(&c->shape, name);
	while (len && (json[len - 1] == '\n' || json[len - 1] == ' ' || json[len - 1] == '\r'))
		len--;
	c->shape.object = len && json[len - 1] == '}';
	secret_wipe(json, room);
	free(json);
}

/* Does base64 text begin as a JSON object does? */
static bool object_begins(const char *text, size_t len)
{
	unsigned char out[PEEK];
	size_t n = paste_decode(out, text, len < PEEK ? len : PEEK);

	return n >= 2 && out[0] == '{' && is_one_of(out[1], "\"} \t\r\n");
}

/* Does it end as one? Looks at the last characters only. */
static bool object_ends(const char *text, size_t len)
{
	unsigned char out[2 * PEEK];
	size_t from, n;

	while (len && text[len - 1] == '=')
		len--;
	from = len / PEEK * PEEK;
	from -= from >= PEEK ? PEEK : 0;
	n = paste_decode(out, text + from, len - from);
	while (n && (out[n - 1] == '\n' || out[n - 1] == ' '))
		n--;
	return n && out[n - 1] == '}';
}

/* --- segments --------------------------------------------------------------------------------- */

static size_t dots_wanted(const struct compact *c)
{
	return c->shape.encrypted ? 4 : 2;
}

static size_t dots_most(const struct compact *c)
{
	return c->shape.read && (c->shape.known || c->shape.object) ? dots_wanted(c) : 4;
}

static size_t last_length(const struct compact *c)
{
	size_t n = c->n - c->segment;

	while (n && c->s[c->segment + n - 1] == '=')
		n--;
	return n;
}

static bool length_fits(const struct compact *c, size_t length)
{
	for (size_t i = 0; i < SIZES; i++)
		if (c->shape.sizes[i] && c->shape.sizes[i] == length)
			return true;
	return false;
}

static size_t length_most(const struct compact *c)
{
	size_t most = 0;

	for (size_t i = 0; i < SIZES; i++)
		if (c->shape.sizes[i] > most)
			most = c->shape.sizes[i];
	return most;
}

static bool compact_complete(const struct compact *c)
{
	return !c->tildes && c->dots == dots_wanted(c) && length_fits(c, last_length(c));
}

static void add(struct compact *c, char byte)
{
	c->s[c->n++] = byte;
}

static bool add_dot(struct compact *c, char next)
{
	bool more = is_class(next, IS_URL64);

	if (c->tildes) {
		if (c->tilde_dots == 2 || !more)
			return false;
		c->tilde_dots++;
		add(c, '.');
		return true;
	}
	if (c->dots == dots_most(c) || (c->dots >= 2 && !more && !(next == '.' && c->dots < 3)))
		return false;
	if (!c->dots) {
		c->header = c->n;
		c->payload = c->n + 1;
		shape_read(c);
	}
	add(c, '.');
	c->segment = c->n;
	c->dots++;
	return true;
}

/* Characters of base64 from `at` on. What stands within a run ends with it: it is measured once. */
static size_t standard_run(struct finder *f, size_t at)
{
	if (at < f->standard_begin || at >= f->standard_end) {
		f->standard_begin = at;
		f->standard_end = at + paste_run(f, at, IS_STD64);
	}
	return f->standard_end - at;
}

/* + and / belong to it where a segment goes on behind them, or the last one is too short else. */
static size_t add_standard(struct compact *c, size_t at)
{
	const struct view *v = c->f->view;
	size_t n = standard_run(c->f, at);
	bool inner = c->dots < 2 && (v->text[at + n] == '.' || v->text[at + n] == '=');

	if (c->tildes || (!inner && !length_fits(c, last_length(c) + n)))
		return 0;
	memcpy(c->s + c->n, v->text + at, n);
	c->n += n;
	return n;
}

/* Padding, as AWS's load balancers sign it (RFC 7515 §2 forbids it). */
static size_t add_padding(struct compact *c, size_t at)
{
	const char *text = c->f->view->text + at;
	size_t n = text[1] == '=' ? 2 : 1;

	if (text[n] == '=' || is_class(text[n], IS_URL64))
		return 0;
	memcpy(c->s + c->n, "==", n);
	c->n += n;
	return n;
}

/* Takes characters of the token from `at` on; returns where they end. */
static size_t take_chunk(struct compact *c, size_t at)
{
	const struct view *v = c->f->view;
	size_t from = at, step = 1;

	for (; at < v->len && step; at += step) {
		char byte = v->text[at];

		step = 1;
		if (is_class(byte, IS_URL64)) {
			add(c, byte);
		} else if (byte == '.') {
			step = add_dot(c, v->text[at + 1]);
		} else if (byte == '~' && c->dots == 2) {
			c->tildes++;
			c->tilde_dots = 0;
			add(c, byte);
		} else if (byte == '=') {
			step = add_padding(c, at);
		} else if (byte == '+' || byte == '/') {
			step = add_standard(c, at);
		} else {
			step = 0;
		}
	}
	c->f->work += at - from;
	c->end = at;
	return at;
}

/* --- joining ---------------------------------------------------------------------------------- */

struct chunk {
	size_t begin, len, dots;
	size_t width; /* columns up to its end */
	bool whole;   /* it ends where a line or a quotation does */
	bool token;   /* it begins as a token of its own does */
	unsigned mend;
};

static size_t skip_blanks(const struct view *v, size_t at, const char *blanks)
{
	size_t n = 0;

	while (n < INDENT && is_one_of(v->text[at + n], blanks))
		n++;
	return at + n;
}

/* A line end of the view at `at`, literal or not: where the next line begins; 0: none. */
static size_t line_end(const struct view *v, size_t at, unsigned *mend)
{
	size_t next = at;

	if (v->text[next] == '\r' || (v->text[next] == '\n' && v->flags[next] & VIEW_NEWLINE))
		next++;
	if (v->text[next] == '\n')
		next++;
	if (next == at)
		return 0;
	*mend = v->flags[at] & VIEW_NEWLINE ? MEND_ESCAPES : MEND_LINES;
	return next;
}

/* Where the token may go on behind a break at `at`; 0: nowhere. */
static size_t behind_break(const struct compact *c, size_t at, unsigned *mend, size_t *line)
{
	const struct view *v = c->f->view;
	char quote = v->text[at] == '"' || v->text[at] == '\'' ? v->text[at] : '\0';
	size_t next = quote ? skip_blanks(v, at + 1, " \t+.,") : skip_blanks(v, at, " \t");

	if (!quote && next == at + 1 && v->flags[at] & VIEW_GAP) {
		*mend = MEND_INVISIBLE;
		*line = c->f->line_begin;
		return next;
	}
	*line = line_end(v, next, mend);
	if (!*line)
		return 0;
	next = skip_blanks(v, *line, " \t>|+");
	if (quote && v->text[next++] != quote)
		return 0;
	return next;
}

static bool chunk_look(struct compact *c, size_t at, struct chunk *out)
{
	const struct view *v = c->f->view;
	size_t line = 0, end;

	*out = (struct chunk){ .begin = behind_break(c, at, &out->mend, &line) };
	if (!out->begin)
		return false;
	out->begin = behind_break(c, at, &out->mend, &line);
	for (end = out->begin; end < v->len; end++) {
		out->dots += v->text[end] == '.';
		if (!is_class(v->text[end], IS_URL64) && !is_one_of(v->text[end], ".=+/~"))
			break;
	}
	c->f->work += end - at;
	out->len = end - out->begin;
	out->width = end - line;
	end = skip_blanks(v, end, " \t");
	out->whole = end >= v->len || is_one_of(v->text[end], "\r\n\"'`,;)]}<>&");
	out->token = object_begins(v->text + out->begin, out->len);
	return out->len;
}

/* May the last segment go on with this chunk? */
static bool last_goes_on(const struct compact *c, const struct chunk *next)
{
	size_t sum = last_length(c) + next->len;
	bool full = next->width == c->width;

	if (next->dots)
		return false;
	if (length_fits(c, sum))
		return true;
	if (c->shape.known && sum > length_most(c))
		return false;
	if (next->len >= FULL_LINE && (full || c->n == c->segment))
		return true;
	return c->lines && next->width < c->width;
}

static bool chunk_joins(const struct compact *c, const struct chunk *next)
{
	if (!next->whole || compact_complete(c))
		return false;
	if (next->token && c->s[c->n - 1] != '.')
		return false;
	if (c->tildes)
		return memchr(c->f->view->text + next->begin, '~', next->len) ||
		       next->width == c->width;
	if (c->dots < dots_wanted(c))
		return next->dots || next->len >= FULL_LINE || next->width == c->width;
	return last_goes_on(c, next);
}

/* The joined text stands only where it reads as one token. */
static bool joined_holds(const struct compact *c)
{
	bool full = c->dots == dots_wanted(c);

	if (!c->shape.read || !c->shape.object || !(full || c->uniform))
		return false;
	if (c->shape.encrypted || !full)
		return true;
	return !object_begins(c->s + c->payload, c->n - c->payload) ||
	       object_ends(c->s + c->payload, (size_t)((const char *)memchr(c->s + c->payload, '.',
									    c->n - c->payload) -
						       (c->s + c->payload)));
}

static void join_lines(struct compact *c)
{
	struct compact before = *c;
	struct chunk next;

	if (c->f->wasted / WASTE_MOST > c->f->view->len)
		return;
	c->uniform = true;
	while (chunk_look(c, c->end, &next) && chunk_joins(c, &next)) {
		c->uniform &= !c->lines || before.width == c->width;
		before.width = c->width;
		c->width = next.width;
		c->mends |= next.mend;
		c->lines++;
		if (take_chunk(c, next.begin) != next.begin + next.len)
			break;
	}
	if (c->lines && !joined_holds(c)) {
		c->f->wasted += c->end - before.end;
		*c = before;
	}
}

/* --- cookies ---------------------------------------------------------------------------------- */

/* "name.1=" when the token stands behind "name.0="; 0 characters: it does not. */
static size_t cookie_next(const struct compact *c, char out[NAME * 4], unsigned number)
{
	const char *text = c->f->view->text;
	size_t end = c->begin, from;

	if (!end || text[end - 1] != '=')
		return 0;
	for (end--, from = end; from && end - from < NAME * 3; from--)
		if (!is_class(text[from - 1], IS_URL64) && text[from - 1] != '.')
			break;
	if (end - from < 2 || (text[end - 1] != '0' && text[end - 1] != '1'))
		return 0;
	return (size_t)snprintf(out, NAME * 4, "%.*s%u=", (int)(end - 1 - from), text + from,
				number + (unsigned)(text[end - 1] - '0'));
}

static void join_cookies(struct compact *c)
{
	const struct view *v = c->f->view;
	char name[NAME * 4];

	for (unsigned number = 1; c->end < v->len && !compact_complete(c); number++) {
		size_t n = cookie_next(c, name, number), left = v->len - c->end;
		const char *at;

		if (!n)
			return;
		c->f->work += COOKIE_NEAR;
		at = memmem(v->text + c->end, left < COOKIE_NEAR ? left : COOKIE_NEAR, name, n);
		if (!at)
			return;
		take_chunk(c, (size_t)(at - v->text) + n);
		c->mends |= MEND_COOKIES;
	}
}

/* --- what it is ------------------------------------------------------------------------------- */

/* PAYLOAD.TIMESTAMP.SIGNATURE or PAYLOAD.SIGNATURE of itsdangerous: JSON, but no JOSE header. */
static bool is_itsdangerous(const struct compact *c)
{
	static const size_t signatures[] = { 27, 43, 64, 86 };
	size_t middle = c->dots == 2 ? c->segment - c->payload - 1 : 0;
	bool fits = false;

	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		fits |= signatures[i] == c->n - c->segment;
	if (!fits || c->shape.named || !c->shape.object || c->tildes)
		return false;
	return c->dots == 1 ||
	       (c->dots == 2 && middle >= TIMESTAMP_LEAST && middle <= TIMESTAMP_MOST);
}

static const char *compact_kind(const struct compact *c)
{
	bool claims = object_begins(c->s + c->payload, c->n - c->payload);

	if (is_itsdangerous(c))
		return "itsdangerous";
	if (c->shape.encrypted || c->dots == 4)
		return "jwe";
	if (c->tildes)
		return "sd-jwt";
	return c->dots < 2 || claims ? "jwt" : "jws";
}

/* Is it one, or the beginning of one? */
static bool is_token(const struct compact *c)
{
	if (c->shape.named)
		return true;
	if (!c->shape.object || c->dots == 0)
		return false;
	return c->dots >= 2 || is_itsdangerous(c) ||
	       (object_begins(c->s + c->payload, c->n - c->payload) &&
		object_ends(c->s + c->payload, c->n - c->payload));
}

bool paste_jose(struct finder *f, size_t at, struct found *out, size_t *end)
{
	struct compact c = { .f = f, .s = f->scratch, .begin = at };
	size_t first;

	*end = at;
	if (f->view->text[at] != 'e' || !object_begins(f->view->text + at, f->view->len - at))
		return false;
	first = take_chunk(&c, at);
	c.width = first - f->line_begin;
	join_lines(&c);
	join_cookies(&c);
	*end = c.end;
	if (!c.shape.read) {
		c.header = c.payload = c.n;
		shape_read(&c);
	}
	if (!is_token(&c)) {
		*end = first;
		return false;
	}
	*out = (struct found){ .kind = compact_kind(&c),
			       .begin = at,
			       .end = c.end,
			       .text = c.s,
			       .len = c.n,
			       .mends = c.mends };
	return true;
}
