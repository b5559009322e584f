/* Provider metadata: where it stands, whether it is the issuer's, and what of it is used. */
#include "src/oauth/metadata.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/http_parts.h"

char *oauth_metadata_url(const char *issuer, bool oidc)
{
	const char *scheme = strstr(issuer, "://");
	size_t whole = strlen(issuer), to_host = scheme ? (size_t)(scheme - issuer) + 3 : 0;
	size_t to_path = to_host + strcspn(issuer + to_host, "/");

	while (whole > to_path && issuer[whole - 1] == '/')
		whole--;
	if (oidc)
		return x_asprintf("%.*s/.well-known/openid-configuration", (int)whole, issuer);
	return x_asprintf("%.*s/.well-known/oauth-authorization-server%.*s", (int)to_path, issuer,
			  (int)(whole - to_path), issuer + to_path);
}

enum errc oauth_issuer_check(const char *issuer, struct err *e)
{
	enum errc rc = http_url_check(issuer, e);

	if (rc)
		return rc;
	if (!strpbrk(issuer, "?#") && !strstr(issuer, "/.well-known/"))
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%.200s\" is no issuer, but an address below one", issuer);
	return err_hint(e, "leave out /.well-known, a query and a fragment; a set of keys has an "
			   "option of its own");
}

/* Does the longer one only have a slash more at its end? */
static bool slash_more(const char *longer, const char *shorter)
{
	size_t len = strlen(shorter);

	return strncmp(longer, shorter, len) == 0 && strcmp(longer + len, "/") == 0;
}

static enum errc issuer_compare(const char *issuer, const char *found, struct err *e)
{
	if (found && strcmp(found, issuer) == 0)
		return ERR_OK;
	if (!found) {
		err_set(e, ERR_REMOTE, "the metadata of \"%.200s\" names no issuer", issuer);
		return err_hint(e, "is it the metadata of an OAuth provider? RFC 8414 2 wants it");
	}
	err_set(e, ERR_REMOTE, "the metadata of \"%.180s\" is of issuer \"%.180s\"", issuer, found);
	if (slash_more(found, issuer))
		return err_hint(e, "it differs by the slash at its end: give it with one");
	if (slash_more(issuer, found))
		return err_hint(e, "it differs by the slash at its end: give it without");
	if (strchr(found, '{'))
		return err_hint(e, "it is a template for many: give the issuer of your tenant");
	return err_hint(e, "give the issuer as it calls itself (RFC 8414 3.3)");
}

enum errc oauth_metadata_read(struct json **out, const char *issuer, const char *text, size_t len,
			      struct err *e)
{
	struct json *metadata = NULL;
	struct err fault = ERR_INIT;
	enum errc rc = json_parse(&metadata, text, len, &fault);

	*out = NULL;
	if (rc || json_type_of(metadata) != JSON_OBJECT_TYPE) {
		json_free(metadata);
		err_set(e, ERR_REMOTE, "the metadata of \"%.200s\" is no JSON object", issuer);
		return err_hint(e, "look at the address: an issuer answers with its metadata");
	}
	rc = issuer_compare(issuer, json_get_text(metadata, "issuer"), e);
	if (rc)
		json_free(metadata);
	else
		*out = metadata;
	return rc;
}

bool oauth_metadata_lists(const struct json *metadata, const char *member, const char *value)
{
	const struct json *list = json_get(metadata, member);

	if (!list || json_type_of(list) != JSON_ARRAY_TYPE)
		return false;
	for (size_t i = 0; i < json_count(list); i++) {
		const char *text = json_as_text(json_at(list, i));

		if (text && strcmp(text, value) == 0)
			return true;
	}
	return false;
}

/* RFC 8705 §5: a client that shows a certificate goes to the alias, where there is one. */
static const char *endpoint_find(const struct oauth_provider *p, const struct json *metadata,
				 const char *member)
{
	const struct json *aliases = json_get(metadata, "mtls_endpoint_aliases");
	const char *url = NULL;

	if (p->auth == OAUTH_AUTH_TLS && aliases && json_type_of(aliases) == JSON_OBJECT_TYPE)
		url = json_get_text(aliases, member);
	return url ? url : json_get_text(metadata, member);
}

/* Metadata from elsewhere must not have us talk to this machine's own services. */
static bool may_lead_to(const struct oauth_provider *p, const char *url)
{
	struct http_url from, to;

	if (http_url_split(&to, url, NULL) != ERR_OK)
		return false;
	return !to.loopback || !*p->issuer ||
	       (http_url_split(&from, p->issuer, NULL) == ERR_OK && from.loopback);
}

void oauth_metadata_apply(struct oauth_provider *p, const struct json *metadata)
{
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		const char *url = endpoint_find(p, metadata, oauth_endpoint_member(n));

		if (!p->endpoints[n] && url && may_lead_to(p, url))
			p->endpoints[n] = x_strdup(url);
	}
	if (oauth_metadata_lists(metadata, "code_challenge_methods_supported", "S256"))
		p->pkce = true;
}
