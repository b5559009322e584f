/* grant.userinfo and grant.introspect: what the provider says about a person, and about a token. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/app/grant_use.h"
#include "src/app/id_token.h"
#include "src/app/oauth_fetch.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/datetime.h"

/* --- userinfo (OIDC Core §5.3) ------------------------------------------------------------------- */

static const struct arg userinfo_args[] = {
	GRANT_ARG,
	{ .name = NULL },
};

static const struct op_column userinfo_columns[] = {
	{ "grant", NULL, COLUMN_TEXT, "the grant's id" },
	{ "sub", NULL, COLUMN_TEXT, "the person" },
	{ "matches_id_token", NULL, COLUMN_FLAG,
	  "it is the person of the ID token; null: there is none" },
	{ "claims", NULL, COLUMN_LIST, "object: all that was answered" },
	{ .name = NULL },
};

/* "Authorization: Bearer …" as one text in secret memory. */
static void bearer_make(struct secret *out, const struct secret *token)
{
	static const char begin[] = "Authorization: Bearer ";

	secret_init(out, sizeof(begin) + token->len);
	secret_add(out, begin, sizeof(begin) - 1);
	secret_add(out, secret_reveal(token), token->len);
}

static enum errc userinfo_refused(const struct grant_use *g, const struct http_response *a,
				  struct err *e)
{
	const char *told = http_response_header(a, "WWW-Authenticate");
	struct oauth_secrets known = { .values = NULL };
	int64_t now = app_now(g->call->app);
	char *why;

	/* It may quote the token. */
	oauth_secrets_add(&known, secret_reveal(&g->tokens.access_token),
			  g->tokens.access_token.len);
	why = oauth_masked(told ? told : "", &known);
	oauth_secrets_release(&known);
	err_set(e, ERR_REMOTE, "userinfo of \"%s\" answers with status %ld%s%.200s",
		g->provider.oauth.name, a->status, *why ? ": " : "", why);
	free(why);
	if (g->row.expires_at != TIME_NONE && g->row.expires_at <= now)
		return err_hint(e, "the access token has expired: grant refresh %s", g->row.id);
	if (a->status == 401 || a->status == 403)
		return err_hint(e,
				"it does not take this access token: was openid among the scopes? "
				"Else refresh it");
	return err_hint(e, "provider doctor looks closer");
}

static bool is_jwt(const struct http_response *a)
{
	const char *type = http_response_header(a, "Content-Type");

	return type && strncasecmp(type, "application/jwt", 15) == 0;
}

/* The answer as an object that names a subject. */
static enum errc userinfo_read(struct json **out, const struct grant_use *g,
			       const struct http_response *a, struct err *e)
{
	enum errc rc = ERR_OK;

	if (a->status != 200)
		return userinfo_refused(g, a, e);
	if (is_jwt(a)) {
		err_set(e, ERR_REMOTE, "userinfo answers with a signed token, not with JSON");
		return err_hint(e, "register the client there without "
				   "userinfo_signed_response_alg");
	}
	if (json_parse(out, buf_text(&a->body), a->body.len, NULL) ||
	    json_type_of(*out) != JSON_OBJECT_TYPE)
		rc = err_set(e, ERR_REMOTE, "userinfo answers with no JSON object");
	else if (!json_get_text(*out, "sub"))
		rc = err_set(e, ERR_REMOTE, "userinfo names no subject (OIDC Core 5.3.2)");
	return rc;
}

/* OIDC Core §5.3.2: of another person nothing may be used. */
static enum errc userinfo_tell(const struct grant_use *g, const struct json *claims, struct err *e)
{
	char *subject = g->tokens.id_token.len ? id_token_claim(&g->tokens.id_token, "sub") : NULL;
	const char *sub = json_get_text(claims, "sub");
	bool same = subject && strcmp(subject, sub) == 0;
	struct json *row = json_object_new();
	enum errc rc;

	json_set_text(row, "grant", g->row.id);
	json_set_text(row, "sub", sub);
	json_set(row, "matches_id_token", subject ? json_bool(same) : json_null_new());
	json_set(row, "claims", json_keep(claims));
	if (subject && !same)
		call_note(g->call,
			  "this is another person than the ID token's: it must not be used "
			  "(OIDC Core 5.3.2)");
	rc = call_record_take(g->call, row, e);
	if (!rc && subject && !same)
		rc = ERR_NO;
	free(subject);
	return rc;
}

/* RFC 6750 §2.1: what a header can't take would be two headers. */
static enum errc bearer_check(const struct grant_use *g, struct err *e)
{
	const char *token = secret_reveal(&g->tokens.access_token);

	for (size_t i = 0; i < g->tokens.access_token.len; i++) {
		if (token[i] > ' ' && token[i] <= '~')
			continue;
		err_set(e, ERR_REMOTE,
			"the access token of grant %s has characters that no header takes",
			g->row.id);
		return err_hint(e, "the provider has to issue another (RFC 6750 2.1)");
	}
	return ERR_OK;
}

static enum errc userinfo_fetch(struct grant_use *g, struct http_response *a, struct err *e)
{
	const struct oauth_provider *p = &g->provider.oauth;
	struct oauth_fetch f = { .call = g->call, .doing = "asking for the person" };
	struct secret bearer = SECRET_INIT;
	struct oauth_secrets known = { .values = NULL };
	const char *headers[] = { NULL, "Accept: application/json", NULL };
	const struct http_request r = {
		.url = p->endpoints[OAUTH_USERINFO],
		.headers = headers,
		.ca_file = p->ca_file,
		.no_redirects = true,
	};
	enum errc rc;

	bearer_make(&bearer, &g->tokens.access_token);
	headers[0] = secret_reveal(&bearer);
	oauth_secrets_add(&known, secret_reveal(&g->tokens.access_token),
			  g->tokens.access_token.len);
	rc = oauth_fetch(&f, &r, &known, a, e);
	oauth_secrets_release(&known);
	secret_release(&bearer);
	return rc;
}

static enum errc userinfo_run(const struct op_call *c, struct err *e)
{
	struct http_response a = { .code = ERR_OK };
	struct json *claims = NULL;
	struct grant_use g;
	enum errc rc;

	grant_use_init(&g, c);
	rc = grant_use_load(&g, e);
	if (!rc)
		rc = provider_use_complete(&g.provider, c, 1U << OAUTH_USERINFO, e);
	if (!rc)
		rc = bearer_check(&g, e);
	if (!rc)
		rc = userinfo_fetch(&g, &a, e);
	if (!rc)
		rc = userinfo_read(&claims, &g, &a, e);
	if (!rc)
		rc = userinfo_tell(&g, claims, e);
	json_free(claims);
	http_response_release(&a);
	grant_use_release(&g);
	return rc;
}

const struct op op_grant_userinfo = {
	.id = "grant.userinfo",
	.summary = "ask the provider about the person of a grant",
	.detail = "Sends the access token to the userinfo endpoint. Ends with 1 when the answer is "
		  "about another person than the ID token.",
	.example = "authrack grant userinfo grt_01jq8m2v5x0c9d3n6p8r4t7kfa\n",
	.args = userinfo_args,
	.columns = userinfo_columns,
	.flags = OP_ASYNC | OP_REMOTE | OP_ANSWERS,
	.run = userinfo_run,
};

/* --- introspection (RFC 7662) -------------------------------------------------------------------- */

static const struct arg introspect_args[] = {
	GRANT_ARG,
	{ .name = "refresh-token",
	  .type = ARG_FLAG,
	  .help = "ask about the refresh token instead of the access token" },
	{ .name = NULL },
};

static const struct op_column introspect_columns[] = {
	{ "grant", NULL, COLUMN_TEXT, "the grant's id" },
	{ "token", NULL, COLUMN_TEXT, "access_token or refresh_token" },
	{ "active", NULL, COLUMN_FLAG, "the answer: the token is good there" },
	{ "claims", NULL, COLUMN_LIST, "object: all that was answered" },
	{ .name = NULL },
};

static enum errc introspect_tell(const struct grant_use *g, const struct http_response *a,
				 const char *token, struct err *e)
{
	struct json *claims = NULL, *row;
	const struct json *active;
	enum errc rc;

	if (json_parse(&claims, buf_text(&a->body), a->body.len, NULL))
		claims = NULL;
	active = json_get(claims, "active");
	if (!active || json_type_of(active) != JSON_BOOL_TYPE) {
		json_free(claims);
		return err_set(e, ERR_REMOTE,
			       "the introspection of \"%s\" does not say whether the "
			       "token is active (RFC 7662 2.2)",
			       g->provider.oauth.name);
	}
	row = json_object_new();
	json_set_text(row, "grant", g->row.id);
	json_set_text(row, "token", token);
	json_set_bool(row, "active", json_as_bool(active));
	rc = json_as_bool(active) ? ERR_OK : ERR_NO;
	json_set(row, "claims", claims);
	if (call_record_take(g->call, row, e))
		rc = e ? e->code : ERR_STORE;
	return rc;
}

static enum errc introspect(struct grant_use *g, struct err *e)
{
	bool refresh = op_flag(g->call->args, "refresh-token");
	const char *kind = refresh ? "refresh_token" : "access_token";
	const struct secret *token = refresh ? &g->tokens.refresh_token : &g->tokens.access_token;
	struct oauth_request r = { .url = NULL };
	struct grant_answer a = { .cancelled = false };
	enum errc rc;

	if (!token->len)
		return err_set(e, ERR_CONFLICT, "grant %s has no refresh token", g->row.id);
	rc = grant_use_request(g, &r, OAUTH_INTROSPECTION, e);
	if (!rc) {
		oauth_request_add_secret(&r, "token", token);
		oauth_request_add(&r, "token_type_hint", kind);
		rc = grant_use_send(g, &r, "asking about the token", 0, &a, e);
	}
	if (!rc && a.response.status != 200)
		rc = grant_refused(g, &r, &a.response, "the introspection", e);
	if (!rc)
		rc = introspect_tell(g, &a.response, kind, e);
	grant_answer_release(&a);
	oauth_request_release(&r);
	return rc;
}

static enum errc introspect_run(const struct op_call *c, struct err *e)
{
	struct grant_use g;
	enum errc rc;

	grant_use_init(&g, c);
	rc = grant_use_load(&g, e);
	if (!rc)
		rc = introspect(&g, e);
	grant_use_release(&g);
	return rc;
}

const struct op op_grant_introspect = {
	.id = "grant.introspect",
	.summary = "ask the provider whether a grant's token is good",
	.detail = "Token introspection (RFC 7662), authenticated as the client. Ends with 1 when "
		  "the token is not active. Many providers let confidential clients only ask.",
	.example = "authrack grant introspect grt_01jq8m2v5x0c9d3n6p8r4t7kfa\n"
		   "authrack grant introspect grt_01jq8m2v5x0c9d3n6p8r4t7kfa --refresh-token\n",
	.args = introspect_args,
	.columns = introspect_columns,
	.flags = OP_ASYNC | OP_REMOTE | OP_ANSWERS,
	.run = introspect_run,
};
