/* Cases of the rules about metadata, transport and keys. */
#include "tests/lib/doctor_facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "tests/lib/support.h"

/* The metadata with these members, in both documents. */
#define METADATA(members)                                         \
	.changes = { { AS_BEFORE, PROBE_OIDC, "+{" members "}" }, \
		     { AS_BEFORE, PROBE_OAUTH, "+{" members "}" } }
#define NO_METADATA .changes = { { 404, PROBE_OIDC, "no" }, { 404, PROBE_OAUTH, "no" } }

/* --- providers that are set up otherwise ----------------------------------------------------- */

static void endpoints_forget(struct doctor_world *w)
{
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		free(w->provider.endpoints[n]);
		w->provider.endpoints[n] = NULL;
	}
}

static void make_public(struct doctor_world *w)
{
	w->provider.auth = OAUTH_AUTH_NONE;
}

static void make_post(struct doctor_world *w)
{
	w->provider.auth = OAUTH_AUTH_POST;
}

/* --- certificates, clocks, keys -------------------------------------------------------------- */

static void certificate_of_another_host(struct doctor_facts *f)
{
	struct http_response *r = &f->probes[PROBE_JWKS].response;

	r->code = ERR_REMOTE;
	r->tls_version[0] = '\0';
	snprintf(r->err.message, sizeof(r->err.message), "the certificate is for another host");
}

/* The handshake had ended well. */
static void broken_later(struct doctor_facts *f)
{
	certificate_of_another_host(f);
	snprintf(f->probes[PROBE_JWKS].response.tls_version, 8, "TLSv1.3");
}

static void clients_certificate_wanted(struct doctor_facts *f)
{
	certificate_of_another_host(f);
	f->probes[PROBE_JWKS].response.certificate_wanted = true;
}

static void ends_in(struct doctor_facts *f, int64_t days)
{
	f->probes[PROBE_PAGE].response.certificate.not_after = f->probes[PROBE_PAGE].ended_at +
							       days * DAY_MS;
}

static void ends_in_20_days(struct doctor_facts *f)
{
	ends_in(f, 20);
}

static void ends_in_21_days(struct doctor_facts *f)
{
	ends_in(f, 21);
}

static void old_tls_taken(struct doctor_facts *f)
{
	snprintf(f->probes[PROBE_TLS_OLD].response.tls_version, 8, "TLSv1.1");
}

static void without_tls(struct doctor_facts *f)
{
	for (unsigned i = 0; i < PROBES; i++)
		f->probes[i].response.tls_version[0] = '\0';
}

static void old_tls_only(struct doctor_facts *f)
{
	without_tls(f);
	old_tls_taken(f);
}

static void ahead_31_s(struct doctor_facts *f)
{
	f->clock_ahead_ms = 31 * SECOND_MS;
}

static void behind_31_s(struct doctor_facts *f)
{
	f->clock_ahead_ms = -31 * SECOND_MS;
}

static void ahead_30_s(struct doctor_facts *f)
{
	f->clock_ahead_ms = 30 * SECOND_MS;
}

static void clock_fast(struct doctor_facts *f)
{
	f->clock_drift = 0.02;
}

static void clock_nearly_even(struct doctor_facts *f)
{
	f->clock_drift = -0.005;
}

static void clock_unseen(struct doctor_facts *f)
{
	f->clock_seen = false;
}

static void keys_unread(struct doctor_facts *f)
{
	f->keys = (struct doctor_keys){ .fault = "it is no JWK set" };
}

static void keys_none(struct doctor_facts *f)
{
	f->keys = (struct doctor_keys){ .read = true, .count = 1 };
}

static void key_private(struct doctor_facts *f)
{
	f->keys.private_members = true;
}

static void key_secret(struct doctor_facts *f)
{
	f->keys.symmetric = true;
}

static void kid_twice(struct doctor_facts *f)
{
	f->keys.same_kid = true;
	snprintf(f->keys.kid, sizeof(f->keys.kid), "a");
}

static void kid_lacking(struct doctor_facts *f)
{
	f->keys.without_kid = 1;
}

static void only_key_without_kid(struct doctor_facts *f)
{
	f->keys.count = f->keys.without_kid = 1;
}

static void key_weak(struct doctor_facts *f)
{
	snprintf(f->keys.weak, sizeof(f->keys.weak), "RSA 1024: too small");
}

static void key_unknown(struct doctor_facts *f)
{
	f->keys.skipped = 1;
}

static void keys_unfit(struct doctor_facts *f)
{
	snprintf(f->keys.unfit, sizeof(f->keys.unfit), "no key fits");
}

/* --- the cases ------------------------------------------------------------------------------- */

const struct doctor_case doctor_cases_passive[] = {
	FAILS("disc-fetch",
	      .changes = { { AS_BEFORE, PROBE_OIDC, NULL, "Content-Type: text/plain" } },
	      .seen = "text/plain"),
	FAILS("disc-fetch", .changes = { { AS_BEFORE, PROBE_OIDC, NULL, "Content-Type:" } },
	      .seen = "\"\""),
	FAILS("disc-fetch", NO_METADATA, .prepare = endpoints_forget, .seen = "404"),
	FAILS("disc-fetch", .changes = { { 200, PROBE_OIDC, "[]" }, { 404, PROBE_OAUTH, "no" } },
	      .seen = "no JSON object"),
	FAILS("disc-fetch", .changes = { { NO_ANSWER, PROBE_OIDC }, { NO_ANSWER, PROBE_OAUTH } },
	      .seen = "reset"),
	TELLS("disc-fetch", NO_METADATA),
	PASSES("disc-fetch", .changes = { { AS_BEFORE, PROBE_OIDC, NULL,
					    "Content-Type: application/json; charset=utf-8" } }),
	PASSES("disc-fetch", .changes = { { 404, PROBE_OIDC, "no" } }),
	SKIPS("disc-fetch", .changes = { { 429, PROBE_OIDC, "no" }, { 429, PROBE_OAUTH, "no" } },
	      .prepare = endpoints_forget),
	SKIPS("disc-fetch", .issuer = "", .changes = { { UNSENT, PROBE_OIDC } }),

	FAILS("disc-issuer", METADATA("'issuer':'http://sso.example.com'"),
	      .seen = "http://sso.example.com"),
	FAILS("disc-issuer", METADATA("'issuer':'https://SSO.example.com'")),
	SKIPS("disc-issuer", METADATA("'issuer':'https://sso.example.com/'"), .seen = "disc-slash"),
	SKIPS("disc-issuer", METADATA("'issuer':null"), .seen = "disc-required"),
	SKIPS("disc-issuer", NO_METADATA),

	WARNS("disc-slash", METADATA("'issuer':'https://sso.example.com/'")),
	WARNS("disc-slash", .issuer = "https://sso.example.com/"),
	PASSES("disc-slash", METADATA("'issuer':'https://sso.example.com//'")),

	FAILS("disc-template", METADATA("'issuer':'https://sso.example.com/{tenantid}/v2.0'")),
	PASSES("disc-template", METADATA("'issuer':'https://sso.example.com/tenantid/v2.0'")),

	WARNS("disc-both",
	      .changes = { { AS_BEFORE, PROBE_OAUTH,
			     "+{'token_endpoint':'https://a.example/t'}" } },
	      .seen = "token_endpoint"),
	PASSES("disc-both",
	       .changes = { { AS_BEFORE, PROBE_OAUTH, "+{'userinfo_endpoint':'x'}" } }),
	SKIPS("disc-both", .changes = { { 404, PROBE_OAUTH, "no" } }),
	SKIPS("disc-both", .changes = { { 200, PROBE_OAUTH, "{'error':'no'}" } }),

	FAILS("disc-required", METADATA("'response_types_supported':null"), .seen = "is missing"),
	FAILS("disc-required", METADATA("'response_types_supported':'code'"), .seen = "wrong type"),
	FAILS("disc-required", METADATA("'jwks_uri':null")),
	PASSES("disc-required", .changes = { { 404, PROBE_OIDC, "no" },
					     { AS_BEFORE, PROBE_OAUTH, "+{'jwks_uri':null}" } }),

	FAILS("disc-device", METADATA("'device_authorization_endpoint':null"),
	      .prepare = endpoints_forget),
	TELLS("disc-device", METADATA("'device_authorization_endpoint':null"),
	      .seen = "/device/auth"),
	PASSES("disc-device", METADATA("'device_authorization_endpoint':'https://x.example/d'")),

	WARNS("disc-grant", METADATA("'grant_types_supported':['authorization_code']")),
	TELLS("disc-grant", METADATA("'grant_types_supported':null")),
	PASSES("disc-grant", METADATA("'grant_types_supported':['implicit','urn:ietf:params:oauth:"
				      "grant-type:device_code']")),

	FAILS("disc-auth", METADATA("'token_endpoint_auth_methods_supported':['private_key_jwt']")),
	TELLS("disc-auth", METADATA("'token_endpoint_auth_methods_supported':['private_key_jwt']"),
	      .prepare = make_public),
	TELLS("disc-auth", METADATA("'token_endpoint_auth_methods_supported':null"),
	      .prepare = make_post),
	PASSES("disc-auth", METADATA("'token_endpoint_auth_methods_supported':null")),

	WARNS("disc-url", METADATA("'revocation_endpoint':'https://sso.example.com/r#top'"),
	      .seen = "fragment"),
	WARNS("disc-url", METADATA("'revocation_endpoint':'/revoke'"), .seen = "absolute"),
	WARNS("disc-url", METADATA("'revocation_endpoint':'https://sso.example.com//r'"),
	      .seen = "//"),
	TELLS("disc-url", METADATA("'revocation_endpoint':'https://other.example.com/r'")),
	PASSES("disc-url", METADATA("'revocation_endpoint':'https://sso.example.com/r?to=//x'")),

	FAILS("tls-https", METADATA("'revocation_endpoint':'http://sso.example.com/r'"),
	      .seen = "revocation_endpoint"),
	FAILS("tls-https", METADATA("'revocation_endpoint':'http://127.0.0.1:8080/r'")),
	FAILS("tls-https", .issuer = "http://sso.example.com", .seen = "issuer"),
	PASSES("tls-https", METADATA("'revocation_endpoint':'http://127.0.0.1:8080/r'"),
	       .issuer = "http://127.0.0.1:8080"),

	FAILS("tls-chain", .adjust = certificate_of_another_host, .seen = "another host"),
	WARNS("tls-chain", .adjust = ends_in_20_days, .seen = "20 days"),
	PASSES("tls-chain", .adjust = ends_in_21_days, .seen = "21 days"),
	PASSES("tls-chain", .adjust = broken_later),
	PASSES("tls-chain", .adjust = clients_certificate_wanted),
	SKIPS("tls-chain", .adjust = without_tls),

	WARNS("tls-version", .adjust = old_tls_taken, .seen = "too"),
	WARNS("tls-version", .adjust = old_tls_only, .seen = "nothing newer"),
	PASSES("tls-version", .seen = "TLSv1.3, and 1.1 is refused"),
	SKIPS("tls-version", .adjust = without_tls),

	WARNS("clock", .adjust = ahead_31_s, .seen = "31 s ahead"),
	WARNS("clock", .adjust = behind_31_s, .seen = "31 s behind"),
	WARNS("clock", .adjust = clock_fast, .seen = "2.0 % faster"),
	PASSES("clock", .adjust = ahead_30_s),
	PASSES("clock", .adjust = clock_nearly_even),
	SKIPS("clock", .adjust = clock_unseen),

	FAILS("jwks-fetch", .changes = { { 404, PROBE_JWKS, "no" } }),
	FAILS("jwks-fetch", .changes = { { NO_ANSWER, PROBE_JWKS } }),
	FAILS("jwks-fetch", .adjust = keys_unread, .seen = "no JWK set"),
	FAILS("jwks-fetch", .adjust = keys_none, .seen = "none of them"),
	PASSES("jwks-fetch", .changes = { { AS_BEFORE, PROBE_JWKS, NULL,
					    "Content-Type: application/jwk-set+json" } }),
	SKIPS("jwks-fetch", .changes = { { UNSENT, PROBE_JWKS } }),
	SKIPS("jwks-fetch", .changes = { { 429, PROBE_JWKS, "no" } }),

	FAILS("jwks-private", .adjust = key_private),
	FAILS("jwks-private", .adjust = key_secret),
	PASSES("jwks-private", .adjust = key_weak),
	SKIPS("jwks-private", .adjust = keys_unread),

	WARNS("jwks-kid", .adjust = kid_twice),
	WARNS("jwks-kid", .adjust = kid_lacking),
	TELLS("jwks-kid", .adjust = only_key_without_kid),
	PASSES("jwks-kid", .adjust = key_private),

	FAILS("jwks-strength", .adjust = key_weak),
	PASSES("jwks-strength", .adjust = key_unknown, .seen = "unknown type"),

	WARNS("jwks-alg", METADATA("'id_token_signing_alg_values_supported':['RS256','none']")),
	WARNS("jwks-alg", METADATA("'id_token_signing_alg_values_supported':['ES256']")),
	WARNS("jwks-alg", .adjust = keys_unfit),
	PASSES("jwks-alg", METADATA("'id_token_signing_alg_values_supported':['ES256','RS256']")),
	PASSES("jwks-alg", METADATA("'id_token_signing_alg_values_supported':null")),
	{ .id = NULL },
};
