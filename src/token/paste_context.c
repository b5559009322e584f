/* What stands around a found token: the header, member, parameter or cookie that it is the value of. Looks
 * back a bounded way, and only from what was found. */
#include "src/token/paste_find.h"

#include <string.h>
#include <strings.h>

enum { NAME = 48 };

static const char leaks[] = "a token in a URL stays in histories, logs and Referer headers";

static const struct {
	const char *name, *where;
} headers[] = {
	{ "authorization", "Authorization header" },
	{ "proxy-authorization", "Proxy-Authorization header" },
	{ "dpop", "DPoP header" },
	{ "x-amzn-oidc-data", "X-Amzn-Oidc-Data header" },
	{ "x-amzn-oidc-accesstoken", "X-Amzn-Oidc-Accesstoken header" },
	{ "cf-access-jwt-assertion", "Cf-Access-Jwt-Assertion header" },
	{ "x-goog-iap-jwt-assertion", "X-Goog-Iap-Jwt-Assertion header" },
	{ "x-forwarded-access-token", "X-Forwarded-Access-Token header" },
	{ "x-auth-request-access-token", "X-Auth-Request-Access-Token header" },
	{ "x-ms-token-aad-id-token", "X-Ms-Token-Aad-Id-Token header" },
	{ "x-vault-token", "X-Vault-Token header" },
	{ "x-api-key", "X-Api-Key header" },
	{ "private-token", "Private-Token header" },
};

/* Where the names of RFC 6749, OpenID Connect and RFC 8693 stand. */
static const struct {
	const char *name, *member, *query, *fragment, *form, *line;
} members[] = {
#define MEMBER(n)                                                                          \
	{                                                                                  \
		n, "JSON member " n, "URL query, " n, "URL fragment, " n, "form field " n, \
			n " in a line of settings"                                         \
	}
	MEMBER("access_token"),
	MEMBER("id_token"),
	MEMBER("refresh_token"),
	MEMBER("token"),
	MEMBER("jwt"),
	MEMBER("assertion"),
	MEMBER("client_assertion"),
	MEMBER("id_token_hint"),
	MEMBER("logout_token"),
	MEMBER("request"),
	MEMBER("response"),
	MEMBER("subject_token"),
	MEMBER("actor_token"),
	MEMBER("device_secret"),
	MEMBER("SAMLResponse"),
	MEMBER("SAMLRequest"),
	MEMBER("code"),
#undef MEMBER
};

/* A name before the token, and the bytes on both sides of it. */
struct key {
	char name[NAME];
	size_t begin;
	char before, separator;
	bool quoted;
};

static bool is_name(char c)
{
	return is_class(c, IS_URL64) || c == '.';
}

/* The word that ends before `at`; returns where it begins. */
static size_t word_before(const struct view *v, size_t at, char out[NAME])
{
	size_t from = at, n;

	while (from && at - from < NAME - 1 && is_name(v->text[from - 1]))
		from--;
	n = at - from;
	memcpy(out, v->text + from, n);
	out[n] = '\0';
	return from;
}

static size_t skip_back(const struct view *v, size_t at, unsigned set)
{
	size_t least = at > NAME ? at - NAME : 0;

	while (at > least && is_class(v->text[at - 1], set) && v->text[at - 1] != '\n')
		at--;
	return at;
}

static bool is_scheme(const char *word)
{
	static const char *const schemes[] = { "bearer", "dpop", "token", "jwt",
					       "basic",	 "gnap", "JWT" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strcasecmp(word, schemes[i]) == 0)
			return true;
	return false;
}

/* The name before a separator before `at`. */
static bool key_before(const struct view *v, size_t at, struct key *k)
{
	at = skip_back(v, at, IS_SPACE | IS_QUOTE);
	if (!at || (v->text[at - 1] != ':' && v->text[at - 1] != '='))
		return false;
	k->separator = v->text[at - 1];
	at = skip_back(v, at - 1, IS_SPACE);
	k->quoted = at && is_class(v->text[at - 1], IS_QUOTE);
	at = skip_back(v, at, IS_QUOTE);
	k->begin = word_before(v, at, k->name);
	k->before = k->begin ? v->text[k->begin - 1] : '\n';
	return *k->name;
}

/* Does the value of a cookie header, or of curl's -b, begin here? Returns the bytes that say so. */
static size_t cookie_begins(const char *text)
{
	size_t n = 0;

	if (strncasecmp(text, "cookie:", 7) == 0)
		return 7;
	if (strncmp(text, " -b", 3) == 0)
		n = 3;
	else if (strncmp(text, "--cookie", 8) == 0)
		n = 8;
	while (n && (is_class(text[n], IS_QUOTE) || text[n] == ' ' || text[n] == '='))
		n++;
	return n;
}

/* Follows the text up to `at`, from where it was left: what is found is asked about in order, so that all
 * is walked once. */
static void walk(struct finder *f, size_t at)
{
	const char *text = f->view->text;
	size_t step = 1;

	f->work += at > f->walked ? at - f->walked : 0;
	for (; f->walked < at; f->walked += step) {
		char c = text[f->walked];

		step = 1;
		if (is_class(c, IS_LINE | IS_QUOTE))
			f->cookie = false;
		if (is_class(c, IS_SPACE | IS_QUOTE))
			f->url = '\0';
		if (c == '?' || c == '#')
			f->url = c;
		if (c == 'c' || c == 'C' || c == ' ' || c == '-') {
			size_t n = cookie_begins(text + f->walked);

			f->cookie |= n > 0;
			step = n ? n : 1;
		}
	}
}

static const char *of_header(const struct key *k)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		if (strcasecmp(k->name, headers[i].name) == 0)
			return headers[i].where;
	return NULL;
}

/* In order of certainty: what stands before the name tells the rest. */
static const char *of_syntax(const struct key *k, const char *query, const char *fragment,
			     const char *member, const char *form, const char *line,
			     const char **warning)
{
	if (k->separator == '=' && (k->before == '?' || k->before == '&' || k->before == '#'))
		*warning = leaks;
	if (k->separator == '=' && k->before == '?')
		return query;
	if (k->separator == '=' && k->before == '#')
		return fragment;
	if (k->separator == '=' && k->before == '&')
		return form;
	if (k->quoted)
		return member;
	return line;
}

static const char *of_key(struct finder *f, struct key *k, const char **warning)
{
	const char *where = k->separator == ':' ? of_header(k) : NULL;

	if (where)
		return where;
	walk(f, k->begin);
	if (k->separator == '=' && !k->quoted && f->cookie)
		return "cookie";
	if (k->before == '&' && f->url) /* in a URL, whose ? or # is further off; else in a form */
		k->before = f->url;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (strcasecmp(k->name, members[i].name) == 0) {
			where = of_syntax(k, members[i].query, members[i].fragment,
					  members[i].member, members[i].form, members[i].line,
					  warning);
			break;
		}
	if (!where)
		where = of_syntax(k, "URL query", "URL fragment", "JSON member", "form field",
				  "line of settings", warning);
	if (k->before == '&')
		*warning = NULL;
	return where;
}

void paste_context(struct finder *f, struct found *found)
{
	const struct view *v = f->view;
	struct key k = { .begin = 0 };
	char word[NAME];
	size_t at = skip_back(v, found->begin, IS_SPACE | IS_QUOTE), begin;
	const char *warning = NULL, *where = NULL;
	bool scheme;

	begin = word_before(v, at, word);
	scheme = is_scheme(word) && at < found->begin;
	if (scheme)
		where = "authorization scheme";
	if (key_before(v, scheme ? begin : found->begin, &k))
		where = of_key(f, &k, &warning);
	if (!found->where)
		found->where = where;
	if (!found->warning)
		found->warning = warning;
}

bool paste_awaited(struct finder *f, size_t at)
{
	static const char *const names[] = { "access_token", "refresh_token", "accessToken",
					     "refreshToken", "id_token" };
	const struct view *v = f->view;
	struct key k = { .begin = 0 };
	char word[NAME];

	f->work++;
	if (v->text[at - 1] == ' ') {
		word_before(v, skip_back(v, at, IS_SPACE), word);
		return strcasecmp(word, "bearer") == 0 || strcasecmp(word, "dpop") == 0;
	}
	if (!key_before(v, at, &k))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(k.name, names[i]) == 0)
			return true;
	return false;
}
