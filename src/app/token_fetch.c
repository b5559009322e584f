/* Fetching keys through the one HTTP client. */
#include "src/app/token_fetch.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/http.h"
#include "src/oauth/metadata.h"

bool token_is_url(const char *text)
{
	return strncmp(text, "https:", 6) == 0 || strncmp(text, "http:", 5) == 0;
}

static bool go_on(void *arg)
{
	return call_progress(arg, "fetching keys", 0, 0, NULL) == ERR_OK;
}

/* The call is only read, whatever the callback's type says. */
static enum errc fetch(struct buf *body, const struct op_call *c, const char *url,
		       const char *ca_file, int64_t *age, struct err *e)
{
	struct op_call call = *c;
	enum errc rc = http_url_check(url, e);

	return rc ? rc : http_get_cached(body, url, ca_file, age, go_on, &call, e);
}

/* What a provider does not have is its failure, not an object of ours that is missing. */
static enum errc provider_failed(enum errc rc, struct err *e)
{
	if (rc != ERR_NOT_FOUND)
		return rc;
	if (e)
		e->code = ERR_REMOTE;
	return ERR_REMOTE;
}

/* "JWKS https://…/keys", and how old it is where it was not fetched just now. */
static char *label_of(const char *url, int64_t age)
{
	char old[DATETIME_SIZE];

	if (age < SECOND_MS)
		return x_asprintf("JWKS %s", url);
	datetime_relative(old, 0, age, false);
	return x_asprintf("JWKS %s, %s old", url, old);
}

enum errc token_fetch_keys(struct key_set *set, const struct op_call *c, const char *url,
			   const char *ca_file, struct err *e)
{
	struct buf body = BUF_INIT(HTTP_BODY_MAX);
	int64_t age = 0;
	char *label = NULL;
	enum errc rc = provider_failed(fetch(&body, c, url, ca_file, &age, e), e);

	if (rc)
		goto out;
	label = label_of(url, age);
	rc = key_set_add_jwk(set, buf_text(&body), body.len, label, e);
	if (rc && e) {
		e->code = rc = ERR_REMOTE;
		err_hint(e, "what is there is no set of keys: look at the address");
	}
out:
	free(label);
	buf_release(&body);
	return rc;
}

/* --- discovery --------------------------------------------------------------------------------- */

static enum errc metadata_get(struct buf *body, const struct op_call *c, const char *issuer,
			      struct err *e)
{
	const char *ca_file = op_text(c->args, "ca-file");
	struct err second = ERR_INIT;
	char *url = oauth_metadata_url(issuer, true);
	enum errc rc = fetch(body, c, url, ca_file, NULL, e);

	free(url);
	if (rc != ERR_NOT_FOUND)
		return rc;
	url = oauth_metadata_url(issuer, false);
	buf_clear(body);
	/* What went wrong at the usual place is what is told. */
	if (fetch(body, c, url, ca_file, NULL, &second) == ERR_OK)
		rc = ERR_OK;
	free(url);
	return provider_failed(rc, e);
}

static enum errc jwks_find(char **jwks, const char *issuer, const struct buf *body, struct err *e)
{
	struct json *metadata = NULL;
	enum errc rc = oauth_metadata_read(&metadata, issuer, buf_text(body), body->len, e);

	if (rc)
		return rc;
	*jwks = x_strdup(json_get_text(metadata, oauth_endpoint_member(OAUTH_JWKS)));
	json_free(metadata);
	if (*jwks)
		return ERR_OK;
	err_set(e, ERR_REMOTE, "the metadata of \"%.200s\" names no jwks_uri", issuer);
	return err_hint(e, "give its keys with --jwks");
}

enum errc token_fetch_issuer(struct key_set *set, const struct op_call *c, const char *issuer,
			     struct err *e)
{
	struct buf body = BUF_INIT(HTTP_BODY_MAX);
	char *jwks = NULL;
	enum errc rc = oauth_issuer_check(issuer, e);

	if (!rc)
		rc = metadata_get(&body, c, issuer, e);
	if (!rc)
		rc = jwks_find(&jwks, issuer, &body, e);
	if (!rc)
		rc = token_fetch_keys(set, c, jwks, op_text(c->args, "ca-file"), e);
	/* The address is the provider's, not the person's. */
	if (rc == ERR_USAGE && jwks && e)
		e->code = rc = ERR_REMOTE;
	free(jwks);
	buf_release(&body);
	return rc;
}
