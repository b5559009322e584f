/* The doctor's rules about the provider's public keys; what is said of them comes from the token
 * engine (struct doctor_keys). */
#include "src/oauth/doctor_rules.h"

#include "src/oauth/metadata.h"

enum { STATUS_RATE = 429 };

/* Are there keys to look at? Else the result is skipped. */
static bool keys_read(const struct doctor_facts *f, struct doctor_result *r)
{
	if (f->probes[PROBE_JWKS].sent)
		r->evidence = PROBE_JWKS;
	if (f->keys.read)
		return true;
	doctor_say(r, DOCTOR_SKIPPED, "there are no keys to look at");
	return false;
}

static void jwks_fetch_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = &f->probes[PROBE_JWKS];

	if (!p->sent) {
		doctor_probe_of(f, r, PROBE_JWKS);
		return;
	}
	r->evidence = PROBE_JWKS;
	if (p->response.code)
		doctor_say(r, DOCTOR_FAIL, "%s", p->response.err.message);
	else if (p->response.status != 200)
		doctor_say(r, p->response.status == STATUS_RATE ? DOCTOR_SKIPPED : DOCTOR_FAIL,
			   "status %ld", p->response.status);
	else if (!f->keys.read)
		doctor_say(r, DOCTOR_FAIL, "%s", f->keys.fault);
	else if (!f->keys.signing)
		doctor_say(r, DOCTOR_FAIL, "%zu keys, none of them to sign with", f->keys.count);
	else
		doctor_say(r, DOCTOR_PASS, "%zu keys, %zu of them to sign with", f->keys.count,
			   f->keys.signing);
}

const struct doctor_rule doctor_jwks_fetch = {
	.id = "jwks-fetch",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "the keys can be fetched, and one of them signs",
	.expected = "200 and a JWK set with at least one signing key at jwks_uri",
	.source = "RFC 7517 5",
	.remedy = "publish the public half of each signing key there",
	.look = jwks_fetch_look,
};

static void jwks_private_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!keys_read(f, r))
		return;
	if (f->keys.private_members)
		doctor_say(r, DOCTOR_FAIL, "a private key is among them: anybody can sign tokens");
	else if (f->keys.symmetric)
		doctor_say(r, DOCTOR_FAIL,
			   "a secret key (oct) is among them: anybody can sign tokens");
	else
		doctor_say(r, DOCTOR_PASS, "public members only");
}

const struct doctor_rule doctor_jwks_private = {
	.id = "jwks-private",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.summary = "no private or secret key is published",
	.expected = "public keys only",
	.source = "RFC 7517 9.2",
	.remedy = "replace this key now, and every token and secret it protected",
	.look = jwks_private_look,
};

static void jwks_kid_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!keys_read(f, r))
		return;
	if (f->keys.same_kid)
		doctor_say(r, DOCTOR_WARN, "kid \"%s\" stands for more than one key", f->keys.kid);
	else if (f->keys.without_kid)
		doctor_say(r, f->keys.count > 1 ? DOCTOR_WARN : DOCTOR_INFO,
			   "%zu of %zu have no kid", f->keys.without_kid, f->keys.count);
	else
		doctor_say(r, DOCTOR_PASS, "each has its own");
}

const struct doctor_rule doctor_jwks_kid = {
	.id = "jwks-kid",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "each key has a kid of its own",
	.expected = "a unique kid with each key",
	.source = "RFC 7517 4.5",
	.remedy = "give each key its own kid: without one verifiers have to try",
	.look = jwks_kid_look,
};

static void jwks_strength_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!keys_read(f, r))
		return;
	if (f->keys.weak[0])
		doctor_say(r, DOCTOR_FAIL, "%s", f->keys.weak);
	else
		doctor_say(r, DOCTOR_PASS, "strong enough%s",
			   f->keys.skipped ? "; those of unknown type were not looked at" : "");
}

const struct doctor_rule doctor_jwks_strength = {
	.id = "jwks-strength",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "the keys are strong enough and well formed",
	.expected = "RSA of 2048 bits or more; points on a known curve",
	.source = "RFC 8725 3.5",
	.remedy = "replace the key by a stronger one",
	.look = jwks_strength_look,
};

static void jwks_alg_look(const struct doctor_facts *f, struct doctor_result *r)
{
	static const char member[] = "id_token_signing_alg_values_supported";

	if (!keys_read(f, r))
		return;
	if (oauth_metadata_lists(f->metadata, member, "none"))
		doctor_say(r, DOCTOR_WARN, "%s has \"none\"", member);
	else if (f->keys.unfit[0])
		doctor_say(r, DOCTOR_WARN, "%s", f->keys.unfit);
	else if (json_get(f->metadata, member) &&
		 !oauth_metadata_lists(f->metadata, member, "RS256"))
		doctor_say(r, DOCTOR_WARN,
			   "%s lacks RS256, which every OpenID provider has to know", member);
	else
		doctor_say(r, DOCTOR_PASS, "keys and algorithms fit");
}

const struct doctor_rule doctor_jwks_alg = {
	.id = "jwks-alg",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "the keys fit the algorithms that are advertised",
	.expected = "a key for each signing algorithm in use; RS256 among them; no none",
	.source = "OIDC Discovery 3",
	.remedy = "let the metadata list what the keys can do",
	.look = jwks_alg_look,
};
