/* grant.revoke and grant.remove: ending a grant at the provider, and forgetting it here. */
#include <string.h>

#include "data/audit.h"
#include "src/app/audit_note.h"
#include "src/app/grant_use.h"
#include "src/app/key_fields.h"
#include "src/app/ops.h"
#include "src/app/session.h"

enum { GRACE_MS = 1000 };

static const struct arg end_args[] = {
	GRANT_ARG,
	YES_ARG,
	{ .name = NULL },
};

static const struct op_column end_columns[] = {
	GRANT_COLUMNS,
	{ .name = NULL },
};

static const char *whose(const struct grant *g)
{
	return *g->subject ? g->subject : "somebody";
}

/* --- revocation (RFC 7009) ----------------------------------------------------------------------- */

/* One token. *unsupported: the provider does not revoke this kind (RFC 7009 §2.2.1). */
static enum errc revoke_token(struct grant_use *g, const struct secret *token, const char *kind,
			      bool *unsupported, struct err *e)
{
	struct oauth_request r = { .url = NULL };
	struct grant_answer a = { .cancelled = false };
	struct json *body = NULL;
	const char *error;
	enum errc rc = grant_use_request(g, &r, OAUTH_REVOCATION, e);

	if (!rc) {
		oauth_request_add_secret(&r, "token", token);
		oauth_request_add(&r, "token_type_hint", kind);
		rc = grant_use_send(g, &r, "revoking", GRACE_MS, &a, e);
	}
	if (!rc && a.response.status != 200 && a.response.status != 204) {
		json_parse(&body, buf_text(&a.response.body), a.response.body.len, NULL);
		error = json_get_text(body, "error");
		*unsupported = error && strcmp(error, "unsupported_token_type") == 0;
		if (!*unsupported)
			rc = grant_refused(g, &r, &a.response, "the revocation", e);
		json_free(body);
	}
	grant_answer_release(&a);
	oauth_request_release(&r);
	return rc;
}

/* The refresh token first: with it goes all that came of it (RFC 7009 §2.1). Then the access token, which
 * a provider may let live. */
static enum errc revoke_all(struct grant_use *g, bool *access_lives, struct err *e)
{
	bool unsupported = false;
	enum errc rc = ERR_OK;

	if (g->tokens.refresh_token.len) {
		rc = revoke_token(g, &g->tokens.refresh_token, "refresh_token", &unsupported, e);
		if (!rc && unsupported)
			rc = err_set(e, ERR_REMOTE, "\"%s\" does not revoke refresh tokens",
				     g->provider.oauth.name);
	}
	if (rc)
		return rc;
	rc = revoke_token(g, &g->tokens.access_token, "access_token", access_lives, e);
	if (!rc && *access_lives && !g->tokens.refresh_token.len)
		rc = err_set(e, ERR_REMOTE, "\"%s\" does not revoke access tokens",
			     g->provider.oauth.name);
	return rc;
}

static enum errc write_revoked(struct grant_use *g, bool access_lives, struct err *e)
{
	struct json *more = json_object_new();
	enum errc rc;

	g->row.state = GRANT_ENDED;
	key_text_set(&g->row.note,
		     access_lives ? "revoked; its access token lives until it expires" : "revoked");
	json_set_bool(more, "access_token_lives", access_lives);
	rc = grant_use_write(g, NULL, more, e);
	json_free(more);
	return rc;
}

static enum errc revoke(struct grant_use *g, struct err *e)
{
	bool access_lives = false;
	enum errc rc = call_confirm(g->call, e,
				    "revoke grant %s of %s at \"%s\"? Its tokens end "
				    "there",
				    g->row.id, whose(&g->row), g->provider.oauth.name);

	/* A refresh under way brings tokens that this would miss. */
	if (!rc)
		rc = grant_use_take(g, e);
	if (rc)
		return rc;
	rc = revoke_all(g, &access_lives, e);
	if (rc)
		grant_use_give_back(g);
	if (!rc)
		rc = write_revoked(g, access_lives, e);
	if (!rc && access_lives)
		call_note(g->call,
			  "the provider does not revoke access tokens: this one lives until "
			  "it expires");
	return rc ? rc : call_record_take(g->call, grant_record(&g->row), e);
}

static enum errc revoke_run(const struct op_call *c, struct err *e)
{
	struct grant_use g;
	enum errc rc;

	grant_use_init(&g, c);
	rc = grant_use_load(&g, e);
	if (!rc)
		rc = revoke(&g, e);
	grant_use_release(&g);
	return rc;
}

const struct op op_grant_revoke = {
	.id = "grant.revoke",
	.summary = "end a grant at the provider",
	.detail = "Token revocation (RFC 7009): first the refresh token, then the access token. "
		  "The grant stays listed as ended; grant remove forgets it.",
	.example = "authrack grant revoke grt_01jq8m2v5x0c9d3n6p8r4t7kfa --yes\n",
	.args = end_args,
	.columns = end_columns,
	.flags = OP_WRITES | OP_DANGEROUS | OP_ASYNC | OP_REMOTE,
	.run = revoke_run,
};

/* --- removing ------------------------------------------------------------------------------------ */

static enum errc remove_locked(struct grant_use *g, struct err *e)
{
	static const uint8_t gone[MAC_SIZE];
	struct json *detail = grant_detail(&g->row);
	uint8_t before[MAC_SIZE] = { 0 };
	const struct audit_note n = {
		.object = g->row.id,
		.name = g->row.provider_name,
		.revision = g->row.revision + 1,
		.mac_before = before,
		.mac_after = gone,
		.detail = detail,
	};
	enum errc rc = ERR_OK;

	json_set_int(detail, AUDIT_REMOVED_ROW, g->row.row);
	/* Of an altered one the event starts from nothing. */
	if (!g->row.altered)
		rc = grant_object_mac(g->store, &g->row, before, e);
	if (!rc)
		rc = grant_delete(g->store, &g->row, e);
	if (!rc)
		rc = audit_note(g->call, g->store, &n, NULL, e);
	json_free(detail);
	return rc;
}

static enum errc remove_run(const struct op_call *c, struct err *e)
{
	struct grant_use g;
	enum errc rc;

	grant_use_init(&g, c);
	rc = grant_use_row(&g, e);
	if (!rc)
		rc = call_confirm(c, e, "remove grant %s of %s? %s", g.row.id, whose(&g.row),
				  g.row.state == GRANT_ENDED
					  ? "It has ended"
					  : "At the provider it lives on: grant revoke ends it");
	if (!rc)
		rc = store_begin(g.store, e);
	if (!rc)
		rc = grant_use_row(&g, e);
	if (!rc)
		rc = remove_locked(&g, e);
	if (!rc)
		rc = audit_commit(c, g.store, e);
	audit_rollback(c, g.store);
	if (!rc)
		rc = call_record_take(c, grant_record(&g.row), e);
	grant_use_release(&g);
	return rc;
}

const struct op op_grant_remove = {
	.id = "grant.remove",
	.summary = "forget a grant and its tokens",
	.detail = "Nothing is sent to the provider: what is granted lives on there, and its tokens "
		  "are lost here. grant revoke ends it there.",
	.example = "authrack grant remove grt_01jq8m2v5x0c9d3n6p8r4t7kfa --yes\n",
	.args = end_args,
	.columns = end_columns,
	.flags = OP_WRITES | OP_DANGEROUS,
	.run = remove_run,
};
