/* Requests to a provider: the form, client authentication, PKCE. */
#include "src/oauth/request.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/clock.h"
#include "src/base/crypto.h"
#include "src/base/json.h"
#include "src/base/random.h"

enum { BODY_ROOM = 1024, ASSERTION_SECONDS = 120, JTI_BYTES = 16, VERIFIER_BYTES = 32 };

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

enum errc oauth_request_init(struct oauth_request *r, const struct oauth_provider *p,
			     enum oauth_endpoint endpoint, struct err *e)
{
	*r = (struct oauth_request){ .endpoint = endpoint,
				     .url = x_strdup(p->endpoints[endpoint]) };
	secret_init(&r->body, BODY_ROOM);
	r->http.ca_file = p->ca_file;
	if (r->url)
		return ERR_OK;
	err_set(e, ERR_USAGE, "the %s of %s is not known", oauth_endpoint_member(endpoint),
		*p->name ? p->name : "the provider");
	return err_hint(e,
			"its metadata names none: give it by hand, or leave it where the provider "
			"has none");
}

void oauth_request_release(struct oauth_request *r)
{
	secret_release(&r->body);
	oauth_secrets_release(&r->secrets);
	if (r->authorization)
		secret_wipe(r->authorization, strlen(r->authorization));
	free(r->authorization);
	free(r->url);
	*r = (struct oauth_request){ .url = NULL };
}

/* --- the form ------------------------------------------------------------------------------------- */

static void secret_append(struct secret *s, const char *data, size_t len)
{
	struct secret larger;

	if (s->size - s->len < len) {
		secret_init(&larger, 2 * s->size + len);
		secret_add(&larger, secret_reveal(s), s->len);
		secret_move(s, &larger);
	}
	secret_add(s, data, len);
}

/* What a form leaves as it is (the URL standard's set for it); all else is percent-encoded but the blank. */
static bool form_keeps(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._*", c));
}

static void form_encode(struct secret *out, const char *text, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (form_keeps(c))
			secret_append(out, &text[i], 1);
		else if (c == ' ')
			secret_append(out, "+", 1);
		else
			secret_append(out, escape, sizeof(escape));
	}
}

static void member_add(struct oauth_request *r, const char *name, const char *value, size_t len)
{
	if (r->body.len)
		secret_append(&r->body, "&", 1);
	form_encode(&r->body, name, strlen(name));
	secret_append(&r->body, "=", 1);
	form_encode(&r->body, value, len);
}

void oauth_request_add(struct oauth_request *r, const char *name, const char *value)
{
	member_add(r, name, value, strlen(value));
}

void oauth_request_add_secret(struct oauth_request *r, const char *name, const struct secret *value)
{
	oauth_secrets_add(&r->secrets, secret_reveal(value), value->len);
	member_add(r, name, secret_reveal(value), value->len);
}

/* --- client authentication ------------------------------------------------------------------------ */

/* "Authorization: Basic …": id and secret are form-encoded before they are joined (RFC 6749 §2.3.1). */
static void basic_set(struct oauth_request *r, const struct oauth_provider *p)
{
	static const char name[] = "Authorization: Basic ";
	struct secret both;
	size_t size;

	secret_init(&both, BODY_ROOM);
	form_encode(&both, p->client_id, strlen(p->client_id));
	secret_append(&both, ":", 1);
	form_encode(&both, secret_reveal(&p->client_secret), p->client_secret.len);
	size = sizeof(name) + base64_size(both.len);
	r->authorization = x_malloc(size);
	memcpy(r->authorization, name, sizeof(name));
	base64_encode(r->authorization + sizeof(name) - 1, secret_reveal(&both), both.len);
	oauth_secrets_add(&r->secrets, r->authorization + sizeof(name) - 1,
			  strlen(r->authorization) - (sizeof(name) - 1));
	/* What is sent is what may be echoed. */
	oauth_secrets_add(&r->secrets, secret_reveal(&both), both.len);
	secret_release(&both);
}

/* The claims of RFC 7523 §3, OIDC Core §9. */
static char *assertion_claims(const struct oauth_provider *p, const char *audience, int64_t now)
{
	struct json *claims = json_object_new();
	struct buf text = BUF_INIT(64 * 1024);
	unsigned char random[JTI_BYTES];
	char jti[2 * JTI_BYTES];

	random_public(random, sizeof(random));
	base64url_encode(jti, random, sizeof(random));
	json_set_text(claims, "iss", p->client_id);
	json_set_text(claims, "sub", p->client_id);
	json_set_text(claims, "aud", audience);
	json_set_text(claims, "jti", jti);
	json_set_int(claims, "iat", now / SECOND_MS);
	json_set_int(claims, "exp", now / SECOND_MS + ASSERTION_SECONDS);
	json_write(&text, claims);
	json_free(claims);
	return buf_take(&text);
}

static enum errc assertion_add(struct oauth_request *r, const struct oauth_provider *p,
			       const struct oauth_signer *signer, int64_t now, struct err *e)
{
	struct secret assertion = SECRET_INIT;
	const char *token = p->endpoints[OAUTH_TOKEN] ? p->endpoints[OAUTH_TOKEN] : r->url;
	char *claims = assertion_claims(p, *p->issuer ? p->issuer : token, now);
	enum errc rc = signer->sign(signer->arg, p, claims, &assertion, e);

	free(claims);
	if (rc == ERR_OK) {
		oauth_request_add(r, "client_assertion_type", ASSERTION_TYPE);
		oauth_request_add_secret(r, "client_assertion", &assertion);
	}
	secret_release(&assertion);
	return rc;
}

static enum errc missing(const struct oauth_provider *p, const char *what, const char *option,
			 struct err *e)
{
	err_set(e, ERR_USAGE, "%s needs %s, and \"%s\" has none", oauth_auth_name(p->auth), what,
		*p->name ? p->name : p->client_id);
	return err_hint(e, "give it with %s, or another authentication method", option);
}

/* What each method cannot do without. */
static enum errc credentials_check(const struct oauth_provider *p, struct err *e)
{
	static const struct {
		bool secret, key, certificate;
	} wants[OAUTH_AUTHS] = {
		[OAUTH_AUTH_NONE] = { .secret = false },
		[OAUTH_AUTH_BASIC] = { .secret = true },
		[OAUTH_AUTH_POST] = { .secret = true },
		[OAUTH_AUTH_SECRET_JWT] = { .secret = true },
		[OAUTH_AUTH_KEY_JWT] = { .key = true },
		[OAUTH_AUTH_TLS] = { .key = true, .certificate = true },
	};

	if (!*p->client_id) {
		err_set(e, ERR_USAGE, "\"%s\" has no client id", p->name);
		return err_hint(e, "give the one that the provider registered, with --client-id");
	}
	if (wants[p->auth].secret && !p->client_secret.len)
		return missing(p, "a client secret", "--client-secret-file", e);
	if (wants[p->auth].key && !p->client_key.len)
		return missing(p, "a private key", "--client-key-file", e);
	if (wants[p->auth].certificate && !strstr(secret_reveal(&p->client_key), "-----BEGIN"))
		return missing(p, "a PEM private key", "--client-key-file", e);
	if (wants[p->auth].certificate && !*p->certificate)
		return missing(p, "a certificate", "--client-certificate-file", e);
	return ERR_OK;
}

/* RFC 8628 §3.4 wants it in polls though Basic has it already; elsewhere twice would be once too often. */
static bool wants_client_id(const struct oauth_request *r, const struct oauth_provider *p)
{
	return p->auth != OAUTH_AUTH_BASIC || r->endpoint == OAUTH_DEVICE ||
	       r->endpoint == OAUTH_TOKEN;
}

enum errc oauth_request_authenticate(struct oauth_request *r, const struct oauth_provider *p,
				     const struct oauth_signer *signer, int64_t now, struct err *e)
{
	enum errc rc = credentials_check(p, e);

	if (rc)
		return rc;
	if (wants_client_id(r, p))
		oauth_request_add(r, "client_id", p->client_id);
	switch (p->auth) {
	case OAUTH_AUTH_NONE:
	case OAUTH_AUTHS:
		break;
	case OAUTH_AUTH_BASIC:
		oauth_secrets_add(&r->secrets, secret_reveal(&p->client_secret),
				  p->client_secret.len);
		basic_set(r, p);
		break;
	case OAUTH_AUTH_POST:
		oauth_request_add_secret(r, "client_secret", &p->client_secret);
		break;
	case OAUTH_AUTH_SECRET_JWT:
	case OAUTH_AUTH_KEY_JWT:
		oauth_secrets_add(&r->secrets, secret_reveal(&p->client_secret),
				  p->client_secret.len);
		return assertion_add(r, p, signer, now, e);
	case OAUTH_AUTH_TLS:
		r->http.client_certificate = p->certificate;
		r->http.client_key = &p->client_key;
		break;
	}
	return ERR_OK;
}

const struct http_request *oauth_request_done(struct oauth_request *r)
{
	size_t count = 0;

	r->headers[count++] = "Accept: application/json";
	if (r->authorization)
		r->headers[count++] = r->authorization;
	r->headers[count] = NULL;
	r->http.method = "POST";
	r->http.url = r->url;
	r->http.headers = r->headers;
	r->http.body = &r->body;
	r->http.content_type = "application/x-www-form-urlencoded";
	return &r->http;
}

/* --- PKCE ----------------------------------------------------------------------------------------- */

void oauth_pkce_new(struct secret *verifier, char challenge[PKCE_SIZE])
{
	unsigned char random[VERIFIER_BYTES];
	uint8_t digest[SHA256_SIZE];
	char text[PKCE_SIZE];

	random_private(random, sizeof(random));
	base64url_encode(text, random, sizeof(random));
	secret_set(verifier, text, strlen(text));
	sha256(digest, &(struct span){ text, strlen(text) }, 1);
	base64url_encode(challenge, digest, sizeof(digest));
	secret_wipe(random, sizeof(random));
	secret_wipe(text, sizeof(text));
}
