/* Client assertions, by the token engine. */
#include "src/app/provider_sign.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/json_edit.h"
#include "src/base/buf.h"
#include "src/token/jose_key.h"
#include "src/token/sign.h"

enum { HEADER_MAX = 4096 };

static struct jose_key *key_of(struct key_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->keys[i].is_private || set->keys[i].type == JOSE_OCT)
			return &set->keys[i];
	return NULL;
}

static enum errc keys_load(struct key_set *set, const struct oauth_provider *p, struct err *e)
{
	if (p->auth == OAUTH_AUTH_KEY_JWT)
		return key_set_add_any(set, secret_reveal(&p->client_key), p->client_key.len,
				       "client key", e);
	key_set_add_secret(set, &p->client_secret, "client secret");
	return ERR_OK;
}

/* How long the secret is was the provider's decision. */
static enum errc sign(void *arg, const struct oauth_provider *p, const char *claims,
		      struct secret *out, struct err *e)
{
	const char *algorithm = p->auth == OAUTH_AUTH_SECRET_JWT ? "HS256" : NULL;
	struct json_edits header = { .count = 0 };
	struct buf text = BUF_INIT(HEADER_MAX);
	struct key_set set;
	struct jose_key *k;
	enum errc rc;

	(void)arg;
	key_set_init(&set);
	rc = keys_load(&set, p, e);
	k = key_of(&set);
	if (!rc && !k) {
		err_set(e, ERR_USAGE, "the client key is no private key");
		err_hint(e, "give it anew: provider edit --client-key-file");
		rc = ERR_USAGE;
	}
	if (!rc) {
		json_edit_text(&header, "typ", "JWT");
		if (k->kid)
			json_edit_text(&header, "kid", k->kid);
		json_edit(&text, "", 0, &header);
		rc = sign_compact(k, algorithm, buf_text(&text), claims, strlen(claims),
				  !k->is_private, out, e);
	}
	json_edits_release(&header);
	buf_release(&text);
	key_set_release(&set);
	return rc;
}

const struct oauth_signer provider_signer = { .sign = sign };
