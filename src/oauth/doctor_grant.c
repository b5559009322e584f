/* The doctor's rules about what a person's approval, or denial, brings. */
#include "src/oauth/doctor_rules.h"

#include <stdio.h>
#include <string.h>

#include "src/oauth/preset.h"

/* Is the word one of those in a blank-separated list? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

/* The poll that brought tokens; NULL: skipped. */
static const struct doctor_probe *success(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_SUCCESS);

	if (!p || f->has_tokens)
		return p;
	doctor_say(r, DOCTOR_SKIPPED, "no tokens came: %s", doctor_answered(p));
	return NULL;
}

static bool asked(const struct doctor_facts *f, struct doctor_result *r, const char *scope)
{
	if (has_word(f->provider->scope, scope))
		return true;
	doctor_say(r, DOCTOR_SKIPPED, "%s is not asked for", scope);
	return false;
}

/* --- the token answer ------------------------------------------------------------------------ */

/* Did the person deny, or not decide in time? */
static bool is_undecided(const struct doctor_probe *p)
{
	return p->answer.kind == OAUTH_DENIED || p->answer.kind == OAUTH_EXPIRED ||
	       p->answer.kind == OAUTH_PENDING || p->answer.kind == OAUTH_SLOW_DOWN;
}

static void ok_response_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_SUCCESS);

	if (!p)
		return;
	if (is_undecided(p))
		doctor_say(r, DOCTOR_SKIPPED, "it was not approved: %s", doctor_answered(p));
	else if (p->answer.kind == OAUTH_SUCCESS && !f->has_tokens)
		doctor_say(r, DOCTOR_FAIL, "of no use: %s", f->tokens_fault);
	else if (!f->has_tokens)
		doctor_say(r, DOCTOR_FAIL, "%s%s%s", doctor_answered(p),
			   p->answer.explanation ? ": " : "",
			   p->answer.explanation ? p->answer.explanation : "");
	else if (!doctor_no_store(&p->response))
		doctor_say(r, DOCTOR_WARN, "tokens without Cache-Control: no-store");
	else if (!json_get(p->json, "expires_in"))
		doctor_say(r, DOCTOR_WARN, "there is no expires_in");
	else
		doctor_say(r, DOCTOR_PASS, "%s, for %lld s", f->tokens.token_type,
			   (long long)(f->tokens.expires_ms / 1000));
}

const struct doctor_rule doctor_ok_response = {
	.id = "ok-response",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "the tokens come with all that is required",
	.expected = "access_token, token_type, expires_in, and Cache-Control: no-store",
	.source = "RFC 6749 5.1",
	.remedy = "let the token endpoint send them",
	.look = ok_response_look,
};

/* The words that were asked for and are not in the list, each behind a blank. */
static void lost_scope(const struct doctor_facts *f, const char *list, char *out, size_t size)
{
	out[0] = '\0';
	for (const char *at = f->provider->scope; *at;) {
		size_t len = strcspn(at, " ");
		char word[100];

		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		if (len && !has_word(list, word))
			snprintf(out + strlen(out), size - strlen(out), " %s", word);
		at += len + (at[len] == ' ');
	}
}

/* Where nothing is told, introspection may know better. */
static void scope_untold(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = &f->probes[PROBE_INTROSPECT];
	const char *scope = p->sent ? json_get_text(p->json, "scope") : NULL;
	char lost[200] = "";

	if (scope)
		lost_scope(f, scope, lost, sizeof(lost));
	if (!lost[0]) {
		doctor_say(r, DOCTOR_PASS, "not told: as asked for");
		return;
	}
	r->evidence = PROBE_INTROSPECT;
	doctor_say(r, DOCTOR_WARN, "not told, and introspection is without%s", lost);
}

static void ok_scope_look(const struct doctor_facts *f, struct doctor_result *r)
{
	char lost[200];

	if (!success(f, r))
		return;
	if (!f->tokens.scope_told) {
		scope_untold(f, r);
		return;
	}
	lost_scope(f, f->tokens.scope, lost, sizeof(lost));
	if (lost[0])
		doctor_say(r, DOCTOR_INFO, "told, without%s", lost);
	else
		doctor_say(r, DOCTOR_PASS, "%s", f->tokens.scope);
}

const struct doctor_rule doctor_ok_scope = {
	.id = "ok-scope",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "a scope that differs from the request is told",
	.expected = "scope in the answer where it is not what was asked for",
	.source = "RFC 6749 5.1",
	.remedy = "allow the scopes for this client, or do not ask for them",
	.look = ok_scope_look,
};

static void ok_once_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_ONCE);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS)
		doctor_say(r, DOCTOR_FAIL, "the same device code brought tokens twice");
	else
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
}

const struct doctor_rule doctor_ok_once = {
	.id = "ok-once",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "a device code can't be redeemed twice",
	.expected = "invalid_grant the second time",
	.source = "RFC 8628 3.4",
	.remedy = "delete the code with its redemption: whoever sees it later has the person's "
		  "access",
	.look = ok_once_look,
};

static void ok_denied_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p;

	if (!f->denied_asked) {
		doctor_say(r, DOCTOR_SKIPPED, "nobody was asked to deny");
		return;
	}
	p = doctor_decided(f, r, PROBE_DENIED);
	if (!p)
		return;
	if (p->answer.kind == OAUTH_DENIED)
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else if (p->answer.kind == OAUTH_PENDING || p->answer.kind == OAUTH_SLOW_DOWN)
		doctor_say(r, f->provider->preset->denial_is_silent ? DOCTOR_INFO : DOCTOR_FAIL,
			   "still %s two minutes after you were asked to deny", doctor_answered(p));
	else if (p->answer.kind == OAUTH_SUCCESS || p->answer.kind == OAUTH_EXPIRED)
		doctor_say(r, DOCTOR_SKIPPED, "it was not denied: %s", doctor_answered(p));
	else
		doctor_say(r, DOCTOR_FAIL, "%s", doctor_answered(p));
}

const struct doctor_rule doctor_ok_denied = {
	.id = "ok-denied",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "a denial reaches the client",
	.expected = "access_denied",
	.source = "RFC 8628 3.5",
	.remedy = "answer access_denied: else people wait for nothing until the code expires",
	.look = ok_denied_look,
};

/* --- what came with the access token --------------------------------------------------------- */

static void ok_idmissing_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!success(f, r) || !asked(f, r, "openid"))
		return;
	if (f->tokens.id_token.len)
		doctor_say(r, DOCTOR_PASS, "it came");
	else
		doctor_say(r, DOCTOR_FAIL, "no id_token");
}

const struct doctor_rule doctor_ok_idmissing = {
	.id = "ok-idmissing",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "openid brings an ID token",
	.expected = "id_token in the answer",
	.source = "OIDC Core 3.1.3.3",
	.remedy = "allow the scope openid for this client at the provider",
	.look = ok_idmissing_look,
};

static void ok_offline_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!success(f, r) || !asked(f, r, "offline_access"))
		return;
	if (f->tokens.refresh_token.len)
		doctor_say(r, DOCTOR_PASS, "it came");
	else
		doctor_say(r, DOCTOR_WARN, "no refresh_token");
}

const struct doctor_rule doctor_ok_offline = {
	.id = "ok-offline",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "offline_access brings a refresh token",
	.expected = "refresh_token in the answer",
	.source = "OIDC Core 11",
	.remedy = "allow the refresh grant for this client at the provider",
	.look = ok_offline_look,
};

static void ok_idtoken_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!success(f, r))
		return;
	if (!f->id_token.looked)
		doctor_say(r, DOCTOR_SKIPPED, "there is no ID token to look at");
	else
		doctor_say(r, f->id_token.valid ? DOCTOR_PASS : DOCTOR_FAIL, "%s",
			   f->id_token.text[0] ? f->id_token.text : "it verifies, its claims hold");
}

const struct doctor_rule doctor_ok_idtoken = {
	.id = "ok-idtoken",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "the ID token verifies",
	.expected =
		"a signature by a key of the provider; iss, aud, exp and iat as they have to be",
	.source = "OIDC Core 3.1.3.7",
	.remedy = "look at the ID token in the Token screen: it says which check failed",
	.look = ok_idtoken_look,
};

static void ok_at_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!success(f, r))
		return;
	if (!f->access_token.is_jwt)
		doctor_say(r, DOCTOR_SKIPPED, "the access token is opaque");
	else
		doctor_say(r, f->access_token.valid ? DOCTOR_PASS : DOCTOR_INFO, "%s",
			   f->access_token.text[0] ? f->access_token.text
						   : "it follows the profile");
}

const struct doctor_rule doctor_ok_at = {
	.id = "ok-at",
	.severity = DOCTOR_SEVERITY_INFO,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "a JWT access token follows the profile",
	.expected = "typ at+jwt with iss, exp, aud, sub, client_id, iat, jti",
	.source = "RFC 9068 2",
	.remedy = "nothing breaks without; APIs can't tell it from an ID token by its type",
	.look = ok_at_look,
};

/* --- what can be done with them -------------------------------------------------------------- */

static void refresh_rotation(const struct doctor_facts *f, struct doctor_result *r,
			     const struct doctor_probe *p)
{
	const char *next = json_get_text(p->json, "refresh_token");
	const struct doctor_probe *old = &f->probes[PROBE_REFRESH_OLD];
	bool rotated = next && strcmp(next, secret_reveal(&f->tokens.refresh_token)) != 0;

	if (!rotated && f->provider->auth == OAUTH_AUTH_NONE)
		doctor_say(r, doctor_is_vendor(f) ? DOCTOR_INFO : DOCTOR_WARN,
			   "a public client's refresh token is not rotated");
	else if (!rotated)
		doctor_say(r, DOCTOR_PASS, "works; the refresh token stays");
	else if (old->sent && old->answer.kind == OAUTH_SUCCESS)
		doctor_say(r,
			   f->provider->auth == OAUTH_AUTH_NONE && !doctor_is_vendor(f)
				   ? DOCTOR_WARN
				   : DOCTOR_INFO,
			   "rotated, and the old one still works, for a while at least");
	else
		doctor_say(r, DOCTOR_PASS, "rotated%s",
			   old->sent ? ", and the old one is refused" : "");
}

static void ok_refresh_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p;

	if (!success(f, r))
		return;
	if (!f->tokens.refresh_token.len) {
		doctor_say(r, DOCTOR_SKIPPED, "there is no refresh token");
		return;
	}
	p = doctor_decided(f, r, PROBE_REFRESH);
	if (p && p->answer.kind == OAUTH_SUCCESS)
		refresh_rotation(f, r, p);
	else if (p)
		doctor_say(r, DOCTOR_WARN, "%s", doctor_answered(p));
}

const struct doctor_rule doctor_ok_refresh = {
	.id = "ok-refresh",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "a refresh works, and a public client's token is rotated",
	.expected = "new tokens; of a public client a new refresh token, the old one refused",
	.source = "RFC 9700 4.14",
	.remedy = "switch refresh token rotation on for this client",
	.look = ok_refresh_look,
};

/* An answer of an endpoint that takes tokens; NULL: none, and where there should have been one,
 * `verdict`. */
static const struct doctor_probe *tried(const struct doctor_facts *f, struct doctor_result *r,
					enum doctor_probe_id id, enum doctor_verdict verdict)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, id);

	if (!p && f->probes[id].sent)
		doctor_say(r, verdict, "no answer: %s", f->probes[id].response.err.message);
	return p;
}

static void ok_userinfo_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p;
	const char *sub;

	if (!success(f, r) || !asked(f, r, "openid"))
		return;
	p = tried(f, r, PROBE_USERINFO, DOCTOR_FAIL);
	if (!p)
		return;
	sub = json_get_text(p->json, "sub");
	if (p->response.status != 200)
		doctor_say(r, DOCTOR_FAIL, "status %ld", p->response.status);
	else if (!p->json)
		doctor_say(r, DOCTOR_INFO, "no JSON object: a signed answer is not looked into");
	else if (!sub)
		doctor_say(r, DOCTOR_FAIL, "there is no sub");
	else if (f->id_token.subject && strcmp(sub, f->id_token.subject) != 0)
		doctor_say(r, DOCTOR_FAIL, "sub is \"%s\", the ID token's \"%s\"", sub,
			   f->id_token.subject);
	else
		doctor_say(r, DOCTOR_PASS, "the same sub");
}

const struct doctor_rule doctor_ok_userinfo = {
	.id = "ok-userinfo",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "userinfo is about the person of the ID token",
	.expected = "200, and sub as in the ID token",
	.source = "OIDC Core 5.3.2",
	.remedy = "clients must not use such userinfo: make both say the same subject",
	.look = ok_userinfo_look,
};

/* Many providers let only APIs ask, and not at all for tokens that can be read (RFC 7662 §2.2,
 * §4). */
static bool may_not_ask(const struct doctor_facts *f, const struct doctor_probe *p)
{
	return f->provider->auth == OAUTH_AUTH_NONE || f->access_token.is_jwt ||
	       p->response.status == 401 || p->response.status == 403;
}

static void ok_introspect_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p, *nobody = &f->probes[PROBE_INTROSPECT_NOBODY];

	if (!success(f, r))
		return;
	p = tried(f, r, PROBE_INTROSPECT, DOCTOR_WARN);
	if (!p)
		return;
	if (p->response.status != 200 || !json_get_bool(p->json, "active"))
		doctor_say(r, may_not_ask(f, p) ? DOCTOR_INFO : DOCTOR_WARN,
			   "status %ld, active is not true", p->response.status);
	else if (!nobody->sent || nobody->response.code)
		doctor_say(r, DOCTOR_PASS, "active");
	else
		doctor_say(r, nobody->response.status < 400 ? DOCTOR_WARN : DOCTOR_PASS,
			   "active; without authentication %ld", nobody->response.status);
}

const struct doctor_rule doctor_ok_introspect = {
	.id = "ok-introspect",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "introspection knows the token, and not everybody may ask",
	.expected = "active true; 401 (or another 4xx) without authentication",
	.source = "RFC 7662 2.1, 4",
	.remedy = "let the endpoint want authentication: it lets tokens be tried otherwise",
	.look = ok_introspect_look,
};

static void ok_revoke_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p, *after = &f->probes[PROBE_INTROSPECT_AFTER];
	const struct doctor_probe *unknown = &f->probes[PROBE_REVOKE_UNKNOWN];

	if (!success(f, r))
		return;
	p = tried(f, r, PROBE_REVOKE, DOCTOR_WARN);
	if (!p)
		return;
	if (json_get_text(p->json, "error") &&
	    strcmp(json_get_text(p->json, "error"), "unsupported_token_type") == 0)
		doctor_say(r, DOCTOR_INFO, "access tokens are not revoked here");
	else if (p->response.status != 200)
		doctor_say(r, DOCTOR_WARN, "status %ld", p->response.status);
	else if (after->sent && after->response.code == ERR_OK &&
		 json_get_bool(after->json, "active"))
		doctor_say(r, f->access_token.is_jwt ? DOCTOR_INFO : DOCTOR_WARN,
			   "200, and the token is still active");
	else if (unknown->sent && unknown->response.code == ERR_OK &&
		 unknown->response.status != 200)
		doctor_say(r, DOCTOR_WARN, "an unknown token got %ld", unknown->response.status);
	else
		doctor_say(r, DOCTOR_PASS, "200%s", after->sent ? ", inactive then" : "");
}

const struct doctor_rule doctor_ok_revoke = {
	.id = "ok-revoke",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_INTERACTIVE,
	.summary = "a revoked token ends",
	.expected = "200, the token inactive then; 200 for an unknown one as well",
	.source = "RFC 7009 2.2",
	.remedy = "let revocation end the token at once",
	.look = ok_revoke_look,
};
