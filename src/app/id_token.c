/* Validating ID tokens with the token engine. */
#include "src/app/id_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/session.h"
#include "src/app/token_fetch.h"
#include "src/app/token_keys.h"
#include "src/app/token_members.h"
#include "src/app/token_record.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"

enum { WHY_SIZE = 512 };

/* How far the provider's clock may be off: the doctor's limit, and some for the way. */
#define LEEWAY_MS (60 * SECOND_MS)

struct check {
	const struct op_call *call;
	struct provider_use *use;
	struct jose token;
	struct key_set keys;
	struct verdict verdict;
	char keys_missing[WHY_SIZE]; /* why the provider's keys could not be had; "" */
};

static void add(struct verdict *v, const char *name, enum check_result result, const char *detail)
{
	struct token_check *check;

	if (v->count == CHECKS_MAX)
		return;
	check = &v->checks[v->count++];
	*check = (struct token_check){ .name = name, .result = result };
	snprintf(check->detail, sizeof(check->detail), "%s", detail);
	v->valid = v->valid && result != CHECK_FAILED;
}

/* In the place of what has been said about it before. */
static void refuse(struct verdict *v, const char *name, const char *detail)
{
	for (size_t i = 0; i < v->count; i++) {
		struct token_check *check = &v->checks[i];

		if (strcmp(check->name, name) != 0)
			continue;
		check->result = CHECK_FAILED;
		snprintf(check->detail, sizeof(check->detail), "%s", detail);
		v->valid = false;
		return;
	}
	add(v, name, CHECK_FAILED, detail);
}

/* A claim that is a string; heap, NULL. */
static char *claim_text(const struct jose *t, const char *name)
{
	const struct lossless_value *v = jose_claim(t, name);
	struct json *value = v ? token_value_json(&t->claims, v) : NULL;
	char *text = x_strdup(json_as_text(value));

	json_free(value);
	return text;
}

/* The provider's set; the client secret, too, for HS256 (OIDC Core §10.1). */
static void keys_load(struct check *w)
{
	struct provider_use *u = w->use;
	struct err e = ERR_INIT;
	enum errc rc = provider_use_complete(u, w->call, 1U << OAUTH_JWKS, &e);

	key_set_init(&w->keys);
	if (!rc)
		rc = token_fetch_keys(&w->keys, w->call, u->oauth.endpoints[OAUTH_JWKS],
				      u->oauth.ca_file, &e);
	if (rc)
		snprintf(w->keys_missing, sizeof(w->keys_missing), "%s", e.message);
	if (u->oauth.client_secret.len)
		key_set_add_secret(&w->keys, &u->oauth.client_secret, "the client secret");
}

static bool is_hmac(const struct jose *t)
{
	char *algorithm = jose_header_text(&t->parts[0], "alg");
	bool is = algorithm && strncmp(algorithm, "HS", 2) == 0;

	free(algorithm);
	return is;
}

static void decide(struct check *w)
{
	static const char *const required[] = { "iss", "sub", "aud", "exp", "iat", NULL };
	const struct oauth_provider *p = &w->use->oauth;
	const char *const audiences[] = { p->client_id, NULL };
	const struct expectations x = {
		.issuer = *p->issuer ? p->issuer : NULL,
		.audiences = audiences,
		.required = required,
		.leeway_ms = LEEWAY_MS,
		.now_ms = app_now(w->call->app),
		/* Vendors make client secrets as short as they like. */
		.allow_weak_key = is_hmac(&w->token),
	};

	token_verify(&w->token, &w->keys, &x, &w->verdict);
}

/* RFC 8725 §3.12: logout tokens, access tokens and others of the same issuer are none. An ID token names no type of
 * its own, so whatever does is something else. */
static void check_type(struct check *w)
{
	static const char end[] = "+jwt";
	char *type = jose_header_text(&w->token.parts[0], "typ"), detail[WHY_SIZE];
	size_t len = type ? strlen(type) : 0;

	if (len >= sizeof(end) && strcasecmp(type + len - (sizeof(end) - 1), end) == 0) {
		snprintf(detail, sizeof(detail), "\"%.64s\" is another kind than an ID token",
			 type);
		refuse(&w->verdict, "typ", detail);
	}
	free(type);
}

static bool audience_is(const struct jose *t, const char *client)
{
	const struct lossless_value *v = jose_claim(t, "aud");
	struct json *aud = v ? token_value_json(&t->claims, v) : NULL;
	const char *text = json_as_text(aud);
	bool is = text && strcmp(text, client) == 0;

	if (aud && json_type_of(aud) == JSON_ARRAY_TYPE)
		for (size_t i = 0; !is && i < json_count(aud); i++) {
			text = json_as_text(json_at(aud, i));
			is = text && strcmp(text, client) == 0;
		}
	json_free(aud);
	return is;
}

/* Where no key is at hand, what stands in it can be wrong all the same. */
static void check_unsigned(struct check *w)
{
	const struct oauth_provider *p = &w->use->oauth;
	char *issuer;

	if (w->verdict.signature != SIGNATURE_UNCHECKED || w->token.kind == JOSE_JWE)
		return;
	issuer = claim_text(&w->token, "iss");
	if (*p->issuer && (!issuer || strcmp(issuer, p->issuer) != 0))
		refuse(&w->verdict, "iss", "it is of another issuer");
	if (!audience_is(&w->token, p->client_id))
		refuse(&w->verdict, "aud", "it is for somebody else");
	free(issuer);
}

/* OIDC Core §3.1.3.7, rules 4 and 5. */
static void check_azp(struct check *w)
{
	char *azp = claim_text(&w->token, "azp");
	const char *client = w->use->oauth.client_id;

	if (!azp)
		add(&w->verdict, "azp", CHECK_NOT_MADE, "the token has none");
	else if (strcmp(azp, client) != 0)
		add(&w->verdict, "azp", CHECK_FAILED, "it was issued to another client");
	else
		add(&w->verdict, "azp", CHECK_PASSED, "this client");
	free(azp);
}

static const struct finding *finding_of(const struct findings *f, const char *id)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->list[i].rule->id, id) == 0)
			return &f->list[i];
	return NULL;
}

/* OIDC Core §3.1.3.8. */
static void check_at_hash(struct check *w, const struct secret *access_token)
{
	struct inspection in = {
		.token = &w->token,
		.now_ms = app_now(w->call->app),
		.access_token = secret_reveal(access_token),
	};
	const struct finding *wrong;
	struct findings findings;

	if (!jose_claim(&w->token, "at_hash")) {
		add(&w->verdict, "at_hash", CHECK_NOT_MADE, "the token has none");
		return;
	}
	findings_init(&findings);
	findings_collect(&in, &findings);
	wrong = finding_of(&findings, "oidc-hash");
	if (wrong)
		add(&w->verdict, "at_hash", CHECK_FAILED, wrong->text);
	else
		add(&w->verdict, "at_hash", CHECK_PASSED, "it is of the access token beside it");
	findings_release(&findings);
}

static void check_more(struct check *w, const struct secret *access_token)
{
	/* A device request has no nonce (RFC 8628 §3.1). */
	add(&w->verdict, "nonce", CHECK_NOT_MADE, "none was sent: the device flow has none");
	check_type(w);
	check_unsigned(w);
	check_azp(w);
	if (access_token && access_token->len)
		check_at_hash(w, access_token);
}

/* A key of the provider fitted, or one could have. */
static enum id_token_state state_of(const struct check *w)
{
	if (w->verdict.valid)
		return ID_TOKEN_VALID;
	if (w->token.kind == JOSE_JWE)
		return ID_TOKEN_UNCHECKED;
	if (*w->keys_missing && w->verdict.signature != SIGNATURE_VALID &&
	    findings_worst(&w->verdict.findings) < SEVERITY_ERROR) {
		for (size_t i = 0; i < w->verdict.count; i++)
			if (w->verdict.checks[i].result == CHECK_FAILED &&
			    strcmp(w->verdict.checks[i].name, "signature") != 0)
				return ID_TOKEN_INVALID;
		return ID_TOKEN_UNCHECKED;
	}
	return ID_TOKEN_INVALID;
}

static void tell_why(const struct check *w, enum id_token_state state, char *why, size_t size)
{
	const struct verdict *v = &w->verdict;

	if (state == ID_TOKEN_UNCHECKED && w->token.kind == JOSE_JWE) {
		snprintf(why, size, "it is encrypted to the client");
		return;
	}
	if (state == ID_TOKEN_UNCHECKED) {
		snprintf(why, size, "%s", w->keys_missing);
		return;
	}
	for (size_t i = 0; i < v->count; i++) {
		if (v->checks[i].result != CHECK_FAILED)
			continue;
		snprintf(why, size, "%s: %s", v->checks[i].name, v->checks[i].detail);
		return;
	}
	for (size_t i = 0; i < v->findings.count; i++) {
		if (v->findings.list[i].severity < SEVERITY_ERROR)
			continue;
		snprintf(why, size, "%s", v->findings.list[i].text);
		return;
	}
	snprintf(why, size, "no key of the provider fits it");
}

static struct json *record_make(const struct check *w)
{
	const struct token_facts facts = {
		.jose = &w->token,
		.findings = &w->verdict.findings,
		.now = app_now(w->call->app),
	};
	struct json *record = json_object_new(), *token = token_record_new(&facts);

	json_set_bool(record, "valid", w->verdict.valid);
	json_set_text(record, "signature", signature_name(w->verdict.signature));
	json_set(record, "key", token_key_json(w->verdict.key));
	json_set(record, "checks", token_checks_json(&w->verdict));
	json_set_from(record, token, "header");
	json_set_from(record, token, "claims");
	json_set_from(record, token, "findings");
	json_free(token);
	return record;
}

enum id_token_state id_token_check(struct json **record, const struct op_call *c,
				   struct provider_use *u, const struct secret *token,
				   const struct secret *access_token, char *why, size_t why_size)
{
	struct check *w = x_calloc(1, sizeof(*w));
	enum id_token_state state;

	w->call = c;
	w->use = u;
	if (why_size)
		why[0] = '\0';
	jose_read(&w->token, secret_reveal(token), token->len);
	keys_load(w);
	decide(w);
	check_more(w, access_token);
	state = state_of(w);
	if (state != ID_TOKEN_VALID && why_size)
		tell_why(w, state, why, why_size);
	*record = record_make(w);
	findings_release(&w->verdict.findings);
	key_set_release(&w->keys);
	jose_release(&w->token);
	free(w);
	return state;
}

char *id_token_claim(const struct secret *token, const char *name)
{
	struct jose *t = x_calloc(1, sizeof(*t));
	char *text;

	jose_read(t, secret_reveal(token), token->len);
	text = claim_text(t, name);
	jose_release(t);
	free(t);
	return text;
}
