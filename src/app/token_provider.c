/* What token operations take from the store. */
#include "src/app/token_provider.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/audit_note.h"
#include "src/app/grant_tokens.h"
#include "src/app/provider_use.h"
#include "src/app/session.h"
#include "src/app/token_fetch.h"
#include "src/base/alloc.h"

const char *const token_grant_choices[] = { "access", "id", "refresh", NULL };

bool token_provider_meant(const struct op_args *a)
{
	static const char *const sources[] = {
		"secret-file", "pem", "jwk", "jwks", "issuer", "secret", "key",
	};

	if (op_has(a, "provider"))
		return true;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (op_has(a, sources[i]))
			return false;
	return op_has(a, "grant");
}

/* --- the provider -------------------------------------------------------------------------------- */

static enum errc grant_find(struct grant *g, const struct op_call *c, struct store *s,
			    struct err *e)
{
	const char *id = op_text(c->args, "grant");
	enum errc rc = grant_get(s, id, g, e);

	if (rc == ERR_NOT_FOUND) {
		err_set(e, rc, "no grant \"%s\"", id);
		return err_hint(e, "grant list shows them");
	}
	if (!rc && g->altered) {
		err_set(e, ERR_STORE, "grant %s was altered outside authrack", g->id);
		return err_hint(e, "run store check");
	}
	return rc;
}

static enum errc provider_load(struct provider_use *u, const struct op_call *c, struct err *e)
{
	const char *name = op_text(c->args, "provider");
	struct store *s;
	struct grant g;
	enum errc rc = app_need_store(c, &s, e);

	grant_init(&g);
	if (!rc && !name)
		rc = grant_find(&g, c, s, e);
	if (!rc)
		rc = provider_use_saved(u, c, s, name ? name : g.provider_id, e);
	grant_release(&g);
	return rc;
}

enum errc token_provider_keys(struct key_set *set, const struct op_call *c, char **issuer,
			      struct err *e)
{
	struct provider_use u;
	enum errc rc;

	*issuer = NULL;
	provider_use_init(&u);
	rc = provider_load(&u, c, e);
	if (!rc)
		rc = provider_use_complete(&u, c, 1U << OAUTH_JWKS, e);
	if (!rc)
		rc = token_fetch_keys(set, c, u.oauth.endpoints[OAUTH_JWKS], u.oauth.ca_file, e);
	if (!rc && *u.oauth.issuer)
		*issuer = x_strdup(u.oauth.issuer);
	provider_use_release(&u);
	return rc;
}

enum errc token_provider_own_key(struct key_set *set, const struct op_call *c, struct err *e)
{
	struct provider_use u;
	enum errc rc;

	provider_use_init(&u);
	rc = provider_load(&u, c, e);
	if (!rc && !u.oauth.client_key.len) {
		err_set(e, ERR_CONFLICT, "provider \"%s\" has no private key of the client",
			u.row.name);
		rc = err_hint(e, "give the key with --pem or --jwk");
	}
	if (!rc)
		rc = key_set_add_any(set, secret_reveal(&u.oauth.client_key),
				     u.oauth.client_key.len, "the client's key", e);
	provider_use_release(&u);
	return rc;
}

/* --- a grant's tokens ---------------------------------------------------------------------------- */

static enum errc note_showing(const struct op_call *c, struct store *s, const struct grant *g,
			      struct err *e)
{
	struct json *detail = grant_detail(g);
	uint8_t mac[MAC_SIZE];
	enum errc rc = store_begin(s, e);

	json_set_bool(detail, "shown", true);
	if (!rc)
		rc = grant_object_mac(s, g, mac, e);
	if (!rc)
		rc = grant_note(c, s, g, NULL, mac, detail, e);
	if (!rc)
		rc = audit_commit(c, s, e);
	audit_rollback(c, s);
	json_free(detail);
	return rc;
}

static enum errc pick(struct secret *text, const struct op_call *c, const struct grant *g,
		      struct err *e)
{
	const char *which = op_text(c->args, "which");
	struct oauth_tokens tokens = { .expires_ms = -1 };
	struct secret *token = &tokens.access_token;

	if (!which)
		return ERR_OK;
	grant_tokens_unpack(&tokens, text);
	if (strcmp(which, "id") == 0)
		token = &tokens.id_token;
	else if (strcmp(which, "refresh") == 0)
		token = &tokens.refresh_token;
	secret_move(text, token);
	oauth_tokens_release(&tokens);
	if (text->len)
		return ERR_OK;
	return err_set(e, ERR_CONFLICT, "grant %s has no %s token", g->id, which);
}

enum errc token_grant_text(struct secret *text, const struct op_call *c, struct err *e)
{
	struct store *s;
	struct grant g;
	enum errc rc;

	if (op_has(c->args, "file"))
		return err_set(e, ERR_USAGE,
			       "a file and --grant are given: say which token one way "
			       "only");
	if (app_read_only(c->app)) {
		err_set(e, ERR_PERMISSION,
			"looking at a grant's tokens is written to the audit, and "
			"the store is open read-only");
		return err_hint(e, "run it without --read-only");
	}
	grant_init(&g);
	rc = app_need_store(c, &s, e);
	if (!rc)
		rc = grant_find(&g, c, s, e);
	if (!rc)
		rc = grant_tokens(s, &g, text, e);
	if (!rc)
		rc = note_showing(c, s, &g, e);
	if (!rc)
		rc = pick(text, c, &g, e);
	grant_release(&g);
	return rc;
}
