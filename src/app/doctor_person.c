/* The doctor with a person: one code is approved, what it brought is tried out, another one is
 * denied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/app/device_keep.h"
#include "src/app/doctor_gather.h"
#include "src/app/id_token.h"
#include "src/app/provider_sign.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/token/jose.h"

enum { DENIAL_MS = 120 * 1000 };

/* --- asking the person ----------------------------------------------------------------------- */

/* Polls until the person has decided, the code has run out, or the time is over. */
static void decide(struct doctor_gather *g, struct device_flow *flow, enum doctor_probe_id id,
		   const char *what, int64_t most_ms)
{
	char *doing = x_asprintf("%s %s at %s; seconds to the next look:", what,
				 flow->codes.user_code, flow->codes.verification_uri);
	int64_t ends = clock_boot(app_clock(g->call->app)) + most_ms;

	call_note(g->call, "%s the code %s at %s", what, flow->codes.user_code,
		  flow->codes.verification_uri_complete ? flow->codes.verification_uri_complete
							: flow->codes.verification_uri);
	while (flow->end == FLOW_RUNS && clock_boot(app_clock(g->call->app)) < ends)
		if (!doctor_flow_due(g, flow, doing) || !doctor_flow_send(g, flow, id))
			break;
	free(doing);
}

/* --- what the tokens are good for ------------------------------------------------------------ */

/* A form with a token for one of the endpoints; `as` NULL: without client authentication. */
static void token_send(struct doctor_gather *g, enum doctor_probe_id id,
		       enum oauth_endpoint endpoint, const struct oauth_provider *as,
		       const char *name, const struct secret *token)
{
	struct oauth_request r = { .url = NULL };
	int64_t now = device_now(g->call).wall;
	bool well = oauth_request_init(&r, &g->use->oauth, endpoint, NULL) == ERR_OK;

	if (!well)
		g->facts.probes[id].why_not = "the provider has no such endpoint";
	if (well && endpoint == OAUTH_TOKEN)
		oauth_request_add(&r, "grant_type", "refresh_token");
	if (well)
		oauth_request_add_secret(&r, name, token);
	if (well && as)
		well = oauth_request_authenticate(&r, as, &provider_signer, now, NULL) == ERR_OK;
	if (well) {
		oauth_request_done(&r);
		r.http.timeout_ms = DOCTOR_PROBE_MS;
		doctor_send(g, id, &r.http, &r.secrets);
	}
	oauth_request_release(&r);
}

static void userinfo_get(struct doctor_gather *g)
{
	const struct secret *token = &g->facts.tokens.access_token;
	const char *url = g->use->oauth.endpoints[OAUTH_USERINFO];
	struct oauth_secrets known = { .values = NULL };
	char *bearer;

	if (!url) {
		g->facts.probes[PROBE_USERINFO].why_not = "the provider has no userinfo endpoint";
		return;
	}
	bearer = x_asprintf("Authorization: Bearer %s", secret_reveal(token));
	oauth_secrets_add(&known, secret_reveal(token), token->len);
	doctor_send(g, PROBE_USERINFO,
		    &(struct http_request){
			    .url = url,
			    .headers = (const char *const[]){ "Accept: application/json", bearer,
							      NULL },
			    .ca_file = g->use->oauth.ca_file,
			    .timeout_ms = DOCTOR_PROBE_MS,
			    .no_redirects = true,
		    },
		    &known);
	secret_wipe(bearer, strlen(bearer));
	free(bearer);
	oauth_secrets_release(&known);
}

static void id_token_look(struct doctor_gather *g)
{
	struct doctor_token *t = &g->facts.id_token;
	const struct secret *token = &g->facts.tokens.id_token;
	struct json *record = NULL;
	char why[200] = "";

	if (!token->len)
		return;
	t->looked = t->is_jwt = true;
	t->valid = id_token_check(&record, g->call, g->use, token, &g->facts.tokens.access_token,
				  why, sizeof(why)) == ID_TOKEN_VALID;
	snprintf(t->text, sizeof(t->text), "%s", why);
	t->subject = id_token_claim(token, "sub");
	json_free(record);
}

/* RFC 9068 §2.2. */
static void access_token_look(struct doctor_gather *g)
{
	static const char *const claims[] = {
		"iss", "exp", "aud", "sub", "client_id", "iat", "jti"
	};
	const struct secret *token = &g->facts.tokens.access_token;
	struct doctor_token *out = &g->facts.access_token;
	struct jose t;
	char *type;

	jose_read(&t, secret_reveal(token), token->len);
	out->looked = true;
	out->is_jwt = t.kind == JOSE_JWS && jose_sound(&t) && t.is_claims;
	type = out->is_jwt ? jose_header_text(&t.parts[0], "typ") : NULL;
	out->valid = type && (strcasecmp(type, "at+jwt") == 0 ||
			      strcasecmp(type, "application/at+jwt") == 0);
	if (!out->valid)
		snprintf(out->text, sizeof(out->text), "typ is %s", type ? type : "not there");
	for (size_t i = 0; out->valid && i < sizeof(claims) / sizeof(claims[0]); i++) {
		if (jose_claim(&t, claims[i]))
			continue;
		snprintf(out->text, sizeof(out->text), "%s is missing", claims[i]);
		out->valid = false;
	}
	free(type);
	jose_release(&t);
}

static void refresh(struct doctor_gather *g)
{
	g->facts.probes[PROBE_REFRESH].why_not = "there is no refresh token";
	if (g->facts.tokens.refresh_token.len)
		token_send(g, PROBE_REFRESH, OAUTH_TOKEN, &g->use->oauth, "refresh_token",
			   &g->facts.tokens.refresh_token);
}

/* The refresh token that came in the place of the first; empty: none did. */
static void newest_take(const struct doctor_gather *g, struct secret *out)
{
	const struct doctor_probe *p = &g->facts.probes[PROBE_REFRESH];
	const char *next = p->sent ? json_get_text(p->json, "refresh_token") : NULL;

	if (next && strcmp(next, secret_reveal(&g->facts.tokens.refresh_token)) != 0)
		secret_set(out, next, strlen(next));
}

static void revoke(struct doctor_gather *g)
{
	const struct oauth_provider *p = &g->use->oauth;
	const struct secret *token = &g->facts.tokens.access_token;

	token_send(g, PROBE_REVOKE, OAUTH_REVOCATION, p, "token", token);
	token_send(g, PROBE_REVOKE_UNKNOWN, OAUTH_REVOCATION, p, "token", &g->facts.made_up);
	if (g->facts.probes[PROBE_REVOKE].sent)
		token_send(g, PROBE_INTROSPECT_AFTER, OAUTH_INTROSPECTION, p, "token", token);
}

/* A good provider ends the whole grant when it sees a refresh token, or a device code, the
 * second time: so what wants a grant that lives comes before. */
static void tokens_try(struct doctor_gather *g)
{
	const struct oauth_provider *p = &g->use->oauth;
	const struct secret *token = &g->facts.tokens.access_token;

	id_token_look(g);
	access_token_look(g);
	userinfo_get(g);
	token_send(g, PROBE_INTROSPECT, OAUTH_INTROSPECTION, p, "token", token);
	token_send(g, PROBE_INTROSPECT_NOBODY, OAUTH_INTROSPECTION, NULL, "token", token);
	refresh(g);
	revoke(g);
}

/* What may end the grant; the device code goes first, since its second use matters most. */
static void grant_end(struct doctor_gather *g, const struct secret *code,
		      const struct secret *verifier)
{
	const struct oauth_provider *p = &g->use->oauth;
	struct secret newest = SECRET_INIT;

	newest_take(g, &newest);
	doctor_poll_once(g, PROBE_ONCE, p, code, verifier);
	if (newest.len)
		token_send(g, PROBE_REFRESH_OLD, OAUTH_TOKEN, p, "refresh_token",
			   &g->facts.tokens.refresh_token);
	if (!newest.len)
		secret_copy(&newest, &g->facts.tokens.refresh_token);
	if (newest.len)
		token_send(g, PROBE_REVOKE_REST, OAUTH_REVOCATION, p, "token", &newest);
	secret_release(&newest);
}

static void tokens_take(struct doctor_gather *g)
{
	static const struct oauth_secrets none = { .values = NULL };
	struct oauth_answer a = { .json = NULL };

	if (!g->facts.probes[PROBE_SUCCESS].sent ||
	    g->facts.probes[PROBE_SUCCESS].answer.kind != OAUTH_SUCCESS)
		return;
	doctor_answer_again(g, PROBE_SUCCESS, &none, &a);
	oauth_tokens_read(&g->facts.tokens, &a, g->use->oauth.preset, g->use->oauth.scope);
	g->facts.has_tokens = a.kind == OAUTH_SUCCESS;
	if (!g->facts.has_tokens) {
		snprintf(g->facts.tokens_fault, sizeof(g->facts.tokens_fault), "%.150s",
			 a.explanation ? a.explanation : "");
		oauth_tokens_release(&g->facts.tokens);
	}
	oauth_answer_release(&a);
}

void doctor_person(struct doctor_gather *g, struct device_flow *flow, struct device_flow *second)
{
	struct secret code = SECRET_INIT, verifier = SECRET_INIT;

	g->facts.interactive_done = true;
	if (!flow->has_codes || flow->end != FLOW_RUNS) {
		g->facts.probes[PROBE_SUCCESS].why_not = "there is no flow to approve";
		return;
	}
	secret_copy(&code, &flow->codes.device_code);
	secret_copy(&verifier, &flow->code_verifier);
	decide(g, flow, PROBE_SUCCESS, "approve", INT64_MAX / 2);
	tokens_take(g);
	if (g->facts.has_tokens)
		tokens_try(g);
	if (second->has_codes && second->end == FLOW_RUNS) {
		g->facts.denied_asked = true;
		decide(g, second, PROBE_DENIED, "now deny", DENIAL_MS);
	}
	if (g->facts.has_tokens)
		grant_end(g, &code, &verifier);
	secret_release(&code);
	secret_release(&verifier);
}
