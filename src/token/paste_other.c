/* Finders of what is no compact token: PEM blocks, user names with passwords, SAML, and what is told by
 * decoding base64. */
#include "src/token/paste_find.h"

#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"
#include "src/token/opaque_format.h"

enum {
	LABEL = 48,	    /* characters of a PEM label */
	PEM_LEAST = 8,	    /* of what it holds */
	OPAQUE_LEAST = 16,  /* of a token that tells nothing of itself */
	USER = 300,	    /* of a user name with password */
	NEAR = 256,	    /* characters before -u in which curl stands */
	ENCODED_LEAST = 24, /* characters of a base64 run */
	LINE_LEAST = 40,    /* of a line that goes on in the next */
	INFLATE_LEAST = 60, /* of deflated SAML */
	INFLATE_TRIES = 16,
	SIGNATURE_LEAST = 27,
};

static void found_set(struct found *out, struct finder *f, const char *kind, size_t begin,
		      size_t end)
{
	*out = (struct found){ .kind = kind,
			       .begin = begin,
			       .end = end,
			       .text = f->view->text + begin,
			       .len = end - begin };
}

/* --- PEM -------------------------------------------------------------------------------------- */

/* The letters between "-----BEGIN " and "-----"; 0: none of a label's length. */
static size_t label_length(const char *label)
{
	size_t n = 0;

	while (n < LABEL && ((label[n] >= 'A' && label[n] <= 'Z') || label[n] == ' ' ||
			     (label[n] >= '0' && label[n] <= '9')))
		n++;
	return n < LABEL && strncmp(label + n, "-----", 5) == 0 ? n : 0;
}

/* Behind the END line of that label; the text's end where it is cut off. */
static const char *pem_end(struct finder *f, const char *label, size_t n)
{
	const struct view *v = f->view;
	const char *body = label + n + 5, *last = v->text + v->len;
	const char *end = memmem(body, (size_t)(last - body), "-----", 5);

	f->work += (size_t)((end ? end : last) - body);
	if (!end)
		end = last;
	else if (strncmp(end, "-----END ", 9) == 0 && strncmp(end + 9, label, n + 5) == 0)
		end += 9 + n + 5;
	while (end > body && is_class(end[-1], IS_SPACE))
		end--;
	return end;
}

bool paste_pem(struct finder *f, size_t at, struct found *out)
{
	static const char begin[] = "-----BEGIN ";
	const struct view *v = f->view;
	const char *label = v->text + at + sizeof(begin) - 1, *end;
	size_t n;

	if (strncmp(v->text + at, begin, sizeof(begin) - 1) != 0)
		return false;
	n = label_length(label);
	if (!n)
		return false;
	end = pem_end(f, label, n);
	if (memchr(label, '\0', (size_t)(end - label)))
		return false;
	found_set(out, f, "pem", at, (size_t)(end - v->text));
	for (size_t i = at; i < out->end; i++)
		out->mends |= v->flags[i] & VIEW_NEWLINE ? MEND_ESCAPES : 0;
	return end - (label + n + 5) >= PEM_LEAST;
}

/* --- user names with passwords ---------------------------------------------------------------- */

static bool printable_pair(const unsigned char *text, size_t len)
{
	const unsigned char *colon = memchr(text, ':', len);

	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return colon && colon > text;
}

/* RFC 7617: base64 of user:password. */
bool paste_basic(struct finder *f, size_t at, size_t word, struct found *out)
{
	const char *text = f->view->text;
	unsigned char data[USER]; /* base64 is longer than what it holds */
	size_t begin = at + word, n, len;

	if (word != 5 || strncasecmp(text + at, "basic", 5) != 0 || text[begin] != ' ')
		return false;
	while (text[begin] == ' ')
		begin++;
	n = paste_run(f, begin, IS_STD64 | IS_URL64);
	while (n && n < USER && text[begin + n] == '=')
		n++;
	if (n < 4 || n >= USER)
		return false;
	len = paste_decode(data, text + begin, n);
	found_set(out, f, "basic", begin, begin + n);
	out->len = printable_pair(data, len) ? n : 0;
	secret_wipe(data, sizeof(data));
	return out->len;
}

/* Is there a word like curl before it in its line? */
static bool in_curl(struct finder *f, size_t at)
{
	const struct view *v = f->view;
	size_t from = at > NEAR ? at - NEAR : 0;

	f->work += at - from;
	return memmem(v->text + from, at - from, "curl", 4) ||
	       memmem(v->text + from, at - from, "http", 4);
}

bool paste_user(struct finder *f, size_t at, struct found *out)
{
	const char *text = f->view->text;
	size_t begin = at, end, colon = 0;
	char quote = '\0';

	if (strncmp(text + at, "-u", 2) == 0)
		begin += 2;
	else if (strncmp(text + at, "--user", 6) == 0 && is_one_of(text[at + 6], " ="))
		begin += 7;
	else
		return false;
	while (text[begin] == ' ')
		begin++;
	if (is_class(text[begin], IS_QUOTE))
		quote = text[begin++];
	for (end = begin; text[end] && end - begin < USER; end++) {
		if (quote ? text[end] == quote : is_class(text[end], IS_SPACE | IS_QUOTE))
			break;
		if (text[end] == ':' && !colon)
			colon = end;
	}
	f->work += end - at;
	if (colon <= begin || colon + 1 >= end || is_one_of(text[colon + 1], "$<{") ||
	    !in_curl(f, at))
		return false;
	found_set(out, f, "basic", begin, end);
	out->where = "command line, -u";
	return true;
}

bool paste_url_user(struct finder *f, size_t at, struct found *out)
{
	const char *text = f->view->text;
	size_t begin = at + 3, end, colon = 0;
	const struct foreign *vendor;
	enum foreign_check check;

	if (strncmp(text + at, "://", 3) != 0)
		return false;
	for (end = begin; text[end] && end - begin < USER && text[end] != '@'; end++) {
		if (is_class(text[end], IS_SPACE | IS_QUOTE) || is_one_of(text[end], "/?#<>{}$"))
			break;
		if (text[end] == ':' && !colon)
			colon = end;
	}
	f->work += end - at;
	if (text[end] != '@' || colon <= begin || colon + 1 >= end ||
	    foreign_match_pasted(&vendor, &check, text + colon + 1, end - colon - 1))
		return false; /* a vendor's token in a password's place says more */
	found_set(out, f, "basic", begin, end);
	out->where = "URL, user and password";
	out->warning = "a password in a URL stays in histories, logs and process lists";
	return true;
}

/* --- told by where they stand ------------------------------------------------------------------ */

/* Bytes of b64token (RFC 6750 §2.1) that look random: letters and digits, and enough of them; else 0. */
static size_t random_run(struct finder *f, size_t at)
{
	const char *text = f->view->text;
	size_t n = 0, digits = 0, letters = 0;

	for (; is_class(text[at + n], IS_URL64 | IS_STD64) || text[at + n] == '.' ||
	       text[at + n] == '~' || text[at + n] == '=';
	     n++) {
		digits += text[at + n] >= '0' && text[at + n] <= '9';
		letters += is_class(text[at + n], IS_WORD);
	}
	f->work += n;
	while (n && (text[at + n - 1] == '.' || text[at + n - 1] == '~'))
		n--;
	return n >= OPAQUE_LEAST && digits >= 1 && letters - digits >= 2 ? n : 0;
}

/* The parameter code of an address that somebody came back to. */
bool paste_code(struct finder *f, size_t at, size_t word, struct found *out)
{
	const char *text = f->view->text;
	size_t n;

	if (word != 4 || memcmp(text + at, "code=", 5) != 0 || !at ||
	    !is_one_of(text[at - 1], "?&#"))
		return false;
	n = text[at + 5] == 'e' && text[at + 6] == 'y' ? 0 : random_run(f, at + 5);
	found_set(out, f, "code", at + 5, at + 5 + n);
	return n;
}

/* A token that tells nothing of itself, where one is expected. */
bool paste_bearer(struct finder *f, size_t at, struct found *out)
{
	const struct view *v = f->view;
	size_t n;

	if (!at || !(is_class(v->text[at - 1], IS_SPACE | IS_QUOTE) || v->text[at - 1] == '=') ||
	    !paste_awaited(f, at))
		return false;
	n = random_run(f, at);
	found_set(out, f, "opaque", at, at + n);
	return n;
}

/* --- itsdangerous, compressed ----------------------------------------------------------------- */

/* A dot, zlib in base64url, a timestamp, a signature, dots between. */
bool paste_signed(struct finder *f, size_t at, struct found *out)
{
	const char *text = f->view->text;
	size_t n[3], end = at + 1;

	if (strncmp(text + at, ".eJ", 3) != 0)
		return false;
	for (int i = 0; i < 3; i++) {
		n[i] = paste_run(f, end, IS_URL64);
		end += n[i] + (i < 2);
		if (!n[i] || (i < 2 && text[end - 1] != '.'))
			return false;
	}
	if (n[0] < 8 || n[1] < 5 || n[1] > 8 || n[2] < SIGNATURE_LEAST)
		return false;
	found_set(out, f, "itsdangerous", at, end);
	return true;
}

/* --- SAML as it is ---------------------------------------------------------------------------- */

/* An element of the protocol, up to its end or that of the text. */
bool paste_xml(struct finder *f, size_t at, struct found *out)
{
	static const char *const roots[] = { "Response", "Assertion", "AuthnRequest",
					     "LogoutRequest", "LogoutResponse" };
	const struct view *v = f->view;
	const char *name = v->text + at + 1, *local, *end = NULL;
	size_t n, left = v->len - at;
	char close[LABEL + 4];

	n = strcspn(name, " \t\r\n>/<");
	f->work += n;
	if (!n || n >= LABEL)
		return false;
	local = memchr(name, ':', n);
	local = local ? local + 1 : name;
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots) && !end; i++)
		if (strncmp(local, roots[i], strlen(roots[i])) == 0 &&
		    local + strlen(roots[i]) == name + n)
			end = v->text + v->len;
	if (!end || !saml_read(NULL, (const unsigned char *)v->text + at, left))
		return false;
	n = (size_t)snprintf(close, sizeof(close), "</%.*s>", (int)n, name);
	f->work += left;
	left = strnlen(v->text + at, left);
	name = memmem(v->text + at, left, close, n);
	found_set(out, f, "saml", at, name ? (size_t)(name - v->text) + n : at + left);
	return true;
}

/* --- base64 ----------------------------------------------------------------------------------- */

/* Where a wrapped run goes on behind `at`; 0: it ends there. */
static size_t next_line(struct finder *f, size_t at)
{
	const struct view *v = f->view;
	size_t next = at, n;

	if (v->text[next] == '\r')
		next++;
	if (v->text[next] != '\n')
		return 0;
	for (next++; is_class(v->text[next], IS_SPACE) && next - at < LABEL; next++)
		if (v->text[next] == '\n')
			return 0;
	n = paste_run(f, next, IS_STD64);
	while (v->text[next + n] == '=')
		n++;
	return n && (next + n == v->len || is_class(v->text[next + n], IS_SPACE | IS_QUOTE)) ? next
											     : 0;
}

bool paste_base64(struct finder *f, size_t at, struct encoded *out)
{
	const struct view *v = f->view;
	size_t end = at, n, next, dashes;
	char before = at ? v->text[at - 1] : ' ';

	*out = (struct encoded){ .begin = at, .text = f->scratch };
	if (at < f->measured || is_class(before, IS_URL64 | IS_STD64) || before == '.')
		return false;
	dashes = paste_run(f, at, IS_URL64);
	n = paste_run(f, at, IS_STD64);
	n = dashes > n ? dashes : n;
	f->measured = at + n;
	if (n < ENCODED_LEAST)
		return false;
	next = at;
	do {
		if (next != at) {
			n = paste_run(f, next, IS_STD64);
			out->mends |= v->flags[end] & VIEW_NEWLINE ? MEND_ESCAPES : MEND_LINES;
		}
		memcpy(f->scratch + out->len, v->text + next, n);
		out->len += n;
		end = next + n;
		for (; end < next + n + 2 && v->text[end] == '='; end++)
			f->scratch[out->len++] = '=';
		next = n >= LINE_LEAST && dashes <= n ? next_line(f, end) : 0;
	} while (next);
	out->end = end;
	f->measured = end;
	out->data = x_malloc(base64_room(out->len) + 1);
	out->size = paste_decode(out->data, out->text, out->len);
	out->data[out->size] = '\0';
	f->work += out->len;
	return true;
}

void paste_base64_release(struct encoded *e)
{
	if (e->data)
		secret_wipe(e->data, e->size);
	free(e->data);
	e->data = NULL;
}

/* Deflated SAML of the redirect binding; only where its parameter says so. */
static bool is_deflated(struct finder *f, const struct encoded *e)
{
	const char *text = f->view->text;
	unsigned char *xml;
	size_t size;
	bool saml;

	if (e->begin < 12 || e->len < INFLATE_LEAST || f->inflated == INFLATE_TRIES ||
	    (strncmp(text + e->begin - 12, "SAMLRequest=", 12) != 0 &&
	     strncmp(text + e->begin - 12, "AMLResponse=", 12) != 0))
		return false;
	f->inflated++;
	xml = opaque_inflate(e->data, e->size, false, &size);
	saml = xml && saml_read(NULL, xml, size);
	if (xml)
		secret_wipe(xml, size);
	free(xml);
	return saml;
}

bool paste_opaque(struct finder *f, const struct encoded *e, struct found *out)
{
	const char *kind = opaque_kind(e->data, e->size);

	if (!kind && is_deflated(f, e))
		kind = "saml";
	if (!kind)
		return false;
	*out = (struct found){ .kind = kind,
			       .begin = e->begin,
			       .end = e->end,
			       .text = e->text,
			       .len = e->len,
			       .mends = e->mends };
	return true;
}
