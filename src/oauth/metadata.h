/* Provider metadata: OpenID Connect Discovery and RFC 8414. */
#ifndef OAUTH_METADATA_H
#define OAUTH_METADATA_H

#include "src/base/json.h"
#include "src/oauth/provider.h"

/* Where the metadata of an issuer stands: OIDC appends the well-known path, RFC 8414 §3.1 inserts it
 * behind the host. Heap. */
char *oauth_metadata_url(const char *issuer, bool oidc);
/* Is it an issuer at all (RFC 8414 §2)? ERR_USAGE. */
enum errc oauth_issuer_check(const char *issuer, struct err *e);
/* Reads a document: strict JSON object, whose `issuer` is this one to the character (RFC 8414 §3.3).
 * ERR_REMOTE says what is wrong, and of a slash or template what to do. */
enum errc oauth_metadata_read(struct json **out, const char *issuer, const char *text, size_t len,
			      struct err *e);
/* Fills the endpoints that are not set yet, and p->pkce from code_challenge_methods_supported; endpoints
 * that are no https URL (http on loopback) are left out, and so are those on this machine where the issuer is
 * elsewhere. */
void oauth_metadata_apply(struct oauth_provider *p, const struct json *metadata);
bool oauth_metadata_lists(const struct json *metadata, const char *member, const char *value);

#endif
