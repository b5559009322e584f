/* What stands around a found token: the header, member, parameter or cookie that it is the value of. Looks
 * back a bounded way, and only from what was found. */
#include "src/token/paste_find.h"

#include <string.h>
#include <strings.h>

enum { BACK = 4096, NAME = 48 };

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

/* Is the token in the value of a Cookie or Set-Cookie header, or of curl's -b? */
static bool in_cookie(struct finder *f, size_t at)
{
	const char *text = f->view->text;
	size_t from = at, least = at > BACK ? at - BACK : 0;

	while (from > least && text[from - 1] != '\n')
		from--;
	f->work += at - from;
	for (size_t i = from; i < at; i++) {
		if (strncasecmp(text + i, "cookie:", 7) == 0)
			return true;
		if (strncmp(text + i, " -b ", 4) == 0 || strncmp(text + i, "--cookie", 8) == 0)
			return true;
	}
	return false;
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

/* An & may stand in a URL, whose ? or # is further off, or in a form. */
static char url_part(struct finder *f, size_t at)
{
	const char *text = f->view->text;
	size_t least = at > BACK ? at - BACK : 0, from = at;

	while (from > least && !is_class(text[from - 1], IS_SPACE | IS_QUOTE)) {
		from--;
		if (text[from] == '?' || text[from] == '#')
			break;
	}
	f->work += at - from;
	return text[from] == '?' || text[from] == '#' ? text[from] : '&';
}

static const char *of_key(struct finder *f, struct key *k, const char **warning)
{
	const char *where = k->separator == ':' ? of_header(k) : NULL;

	if (where)
		return where;
	if (k->separator == '=' && !k->quoted && in_cookie(f, k->begin))
		return "cookie";
	if (k->before == '&')
		k->before = url_part(f, k->begin);
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
