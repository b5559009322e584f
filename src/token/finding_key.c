/* Findings about the keys that were given: whether they may be used for this token, and whether they are
 * worth anything. Only keys that this token could mean are looked at: the one that fitted, else those of
 * its kid, or all without one. */
#include "src/token/finding_rules.h"

#include <string.h>

#include "src/token/finding_seen.h"
#include "src/token/verdict.h"

enum { TOLD_MOST = 8, DESCRIBED = 128 };

static bool weak_allowed(const struct inspection *in)
{
	return in->expected && in->expected->allow_weak_key;
}

static bool is_candidate(const struct inspection *in, const struct seen_part *p,
			 const struct jose_key *k)
{
	const struct seen_value *kid = &p->header[HEADER_KID];

	if (in->key)
		return k == in->key;
	return !kid->value || !k->kid ||
	       lossless_equals(kid->in, kid->value, k->kid, strlen(k->kid));
}

/* The next key from *at on that one of the token's signatures or recipients could mean; NULL. */
static const struct jose_key *candidate_next(const struct inspection *in, size_t *at)
{
	while (*at < in->keys->count) {
		const struct jose_key *k = &in->keys->keys[(*at)++];

		for (size_t i = 0; i < in->seen->count; i++)
			if (is_candidate(in, &in->seen->parts[i], k))
				return k;
	}
	return NULL;
}

/* Tells one fault of keys, for each candidate that has it. */
static void fault_tell(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out, unsigned fault, enum severity severity,
		       const char *words)
{
	const struct jose_key *k;
	char what[DESCRIBED];
	size_t at = 0, told = 0;

	while ((k = candidate_next(in, &at)) && told < TOLD_MOST) {
		if (!(k->faults & fault))
			continue;
		jose_key_describe(k, what, sizeof(what));
		finding_add_as(out, rule, severity, "%s: %s", what, words);
		told++;
	}
}

/* --- worth nothing ------------------------------------------------------------------------------- */

static void look_short(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	const struct algorithm *a = in->seen->count ? in->seen->parts[0].algorithm : NULL;
	bool allowed = weak_allowed(in);
	const struct jose_key *k;
	size_t at = 0, told = 0;

	if (!a || a->family != FAMILY_HMAC)
		return;
	while ((k = candidate_next(in, &at)) && told < TOLD_MOST) {
		if (k->type != JOSE_OCT || k->secret.len >= a->signature_bytes)
			continue;
		finding_add_as(out, rule, allowed ? SEVERITY_WARNING : SEVERITY_ERROR,
			       "the secret has %zu bytes, %s needs %zu%s", k->secret.len, a->name,
			       a->signature_bytes, allowed ? "; taken as you asked" : "");
		told++;
	}
}

const struct finding_rule finding_short_secret = {
	.id = "short-secret",
	.severity = SEVERITY_ERROR,
	.summary = "the secret is shorter than the hash; a warning with --allow-weak-key",
	.remedy = "make one of 32 random bytes or more: openssl rand -base64 32",
	.source = "RFC 7518 3.2",
	.about = ABOUT_KEYS,
	.look = look_short,
};

static void look_small(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	bool allowed = weak_allowed(in);

	fault_tell(in, rule, out, KEY_FAULT_SMALL, allowed ? SEVERITY_WARNING : SEVERITY_ERROR,
		   allowed ? "under 2048 bits; taken as you asked" : "under 2048 bits");
}

const struct finding_rule finding_rsa_small = {
	.id = "rsa-small",
	.severity = SEVERITY_ERROR,
	.summary = "an RSA key under 2048 bits; a warning with --allow-weak-key",
	.remedy = "make a new key pair: RSA 2048 or more, or P-256, or Ed25519",
	.source = "RFC 7518 3.3",
	.about = ABOUT_KEYS,
	.look = look_small,
};

static void look_exponent(const struct inspection *in, const struct finding_rule *rule,
			  struct findings *out)
{
	fault_tell(in, rule, out, KEY_FAULT_EXPONENT, rule->severity,
		   "an exponent of 1 or an even one makes signatures that anybody can make");
}

const struct finding_rule finding_rsa_exponent = {
	.id = "rsa-exponent",
	.severity = SEVERITY_ERROR,
	.summary = "the RSA exponent is 1 or even",
	.remedy = "make a new key pair, and find out who made this one",
	.source = "RFC 8017 3.1",
	.about = ABOUT_KEYS,
	.look = look_exponent,
};

static void look_roca(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	fault_tell(in, rule, out, KEY_FAULT_ROCA, rule->severity,
		   "its modulus has the fingerprint of a broken generator (ROCA)");
}

const struct finding_rule finding_rsa_roca = {
	.id = "rsa-roca",
	.severity = SEVERITY_ERROR,
	.summary = "the modulus has the ROCA fingerprint: it can be factored",
	.remedy = "make a new key pair outside that card or module, and withdraw this one",
	.source = "CVE-2017-15361",
	.about = ABOUT_KEYS,
	.look = look_roca,
};

static void look_point(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	fault_tell(in, rule, out, KEY_FAULT_POINT, rule->severity,
		   "its point is not on its curve, or has the wrong length");
}

const struct finding_rule finding_point_invalid = {
	.id = "point-invalid",
	.severity = SEVERITY_ERROR,
	.summary = "an EC point off its curve, or of the wrong length",
	.remedy = "see that coordinates keep their leading zeros: each has a fixed length",
	.source = "RFC 8725 3.4",
	.about = ABOUT_KEYS,
	.look = look_point,
};

static void look_malformed(const struct inspection *in, const struct finding_rule *rule,
			   struct findings *out)
{
	const struct jose_key *k;
	size_t at = 0, told = 0;

	if (in->keys->faults & KEY_SET_DUPLICATES)
		finding_add(out, rule, "the key set has a name twice");
	while ((k = candidate_next(in, &at)) && told < TOLD_MOST) {
		if (!(k->faults & (KEY_FAULT_MEMBER | KEY_FAULT_PAIR | KEY_FAULT_PUBLIC)))
			continue;
		finding_add(out, rule, "the key can't be used: %s", k->fault);
		told++;
	}
}

const struct finding_rule finding_key_malformed = {
	.id = "key-malformed",
	.severity = SEVERITY_ERROR,
	.summary = "a key given lacks a member, has one twice or of the wrong form, or is no pair",
	.remedy = "export the key again",
	.source = "RFC 7517 4, RFC 7518 6",
	.about = ABOUT_KEYS,
	.look = look_malformed,
};

/* --- not for this token ------------------------------------------------------------------------------ */

static bool verifies(const struct inspection *in, const struct algorithm *a)
{
	return in->token->kind == JOSE_JWS && a && a->purpose == ALGORITHM_SIGNS &&
	       a->family != FAMILY_NONE && !in->signature_valid;
}

/* Why none of the keys of this signature may be used; the number of those that were refused. */
static size_t refused(const struct inspection *in, const struct seen_part *p, char *why,
		      size_t size)
{
	size_t count = 0;
	char other[DESCRIBED] = "";

	for (size_t i = 0; i < in->keys->count; i++) {
		const struct jose_key *k = &in->keys->keys[i];

		if (!is_candidate(in, p, k) || k->faults & KEY_FATAL)
			continue;
		if (jose_key_allows(k, p->algorithm, KEY_OP_VERIFY, true, count ? other : why,
				    count ? sizeof(other) : size))
			return 0;
		count++;
	}
	return count;
}

static void look_mismatch(const struct inspection *in, const struct finding_rule *rule,
			  struct findings *out)
{
	char why[DESCRIBED];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		size_t count = verifies(in, p->algorithm) ? refused(in, p, why, sizeof(why)) : 0;

		if (count == 1)
			finding_add(out, rule, "%s%s", p->words, why);
		else if (count)
			finding_add(out, rule,
				    "%snone of the %zu keys may be used; of the first: %s",
				    p->words, count, why);
	}
}

const struct finding_rule finding_key_mismatch = {
	.id = "key-mismatch",
	.severity = SEVERITY_ERROR,
	.summary = "\"kty crv use key_ops alg\" of the key forbid this use",
	.remedy = "give the key that the issuer signs with; the key decides the algorithm, not the "
		  "token",
	.source = "RFC 7517 4, RFC 8725 3.1",
	.about = ABOUT_KEYS,
	.look = look_mismatch,
};

static bool algorithm_listed(const struct inspection *in, const char *name)
{
	for (const char *const *a = in->expected->algorithms; *a; a++)
		if (strcmp(*a, name) == 0)
			return true;
	return false;
}

/* The keys' own `alg`, when all that could be meant name another one; NULL. */
static const char *alg_of_keys(const struct inspection *in, const struct seen_part *p)
{
	const char *named = NULL;

	for (size_t i = 0; in->keys && i < in->keys->count; i++) {
		const struct jose_key *k = &in->keys->keys[i];

		if (!is_candidate(in, p, k))
			continue;
		if (!k->alg || strcmp(k->alg, p->algorithm->name) == 0)
			return NULL;
		named = named ? named : k->alg;
	}
	return named;
}

static void look_allowed(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	for (size_t i = 0; in->expected && i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const char *named;

		if (!p->algorithm)
			continue;
		if (in->expected->algorithms && !algorithm_listed(in, p->algorithm->name))
			finding_add(out, rule, "%s%s is not among the algorithms you allow",
				    p->words, p->algorithm->name);
		named = verifies(in, p->algorithm) ? alg_of_keys(in, p) : NULL;
		if (named)
			finding_add(out, rule, "%s%s asked of a key for %s", p->words,
				    p->algorithm->name, named);
	}
}

const struct finding_rule finding_alg_not_allowed = {
	.id = "alg-not-allowed",
	.severity = SEVERITY_ERROR,
	.summary = "the algorithm is not on the list given by --alg, or not the key's",
	.remedy = "keep the list; find out who issued the token",
	.source = "RFC 8725 3.1",
	.look = look_allowed,
};

/* --- choosing and sets --------------------------------------------------------------------------------- */

static void look_kid_missing(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		size_t count = 0;

		if (p->header[HEADER_KID].value || in->token->kind != JOSE_JWS || !p->algorithm)
			continue;
		for (size_t k = 0; k < in->keys->count; k++)
			count += jose_key_allows(&in->keys->keys[k], p->algorithm, KEY_OP_VERIFY,
						 true, NULL, 0);
		if (count > 1)
			finding_add(out, rule, "%sno kid: %zu keys could be meant, each is tried",
				    p->words, count);
	}
}

const struct finding_rule finding_kid_missing = {
	.id = "kid-missing",
	.severity = SEVERITY_WARNING,
	.summary = "no \"kid\", and several keys could be meant",
	.remedy = "let the issuer name the key: it makes changing keys easy",
	.source = "RFC 7515 4.1.4",
	.about = ABOUT_KEYS,
	.look = look_kid_missing,
};

static void look_kid_duplicate(const struct inspection *in, const struct finding_rule *rule,
			       struct findings *out)
{
	if (in->keys->faults & KEY_SET_SAME_KID)
		finding_add(out, rule, "the key set has one kid for two keys of one use");
}

const struct finding_rule finding_kid_duplicate = {
	.id = "kid-duplicate",
	.severity = SEVERITY_ERROR,
	.summary = "one \"kid\" for two keys of one use",
	.remedy = "give each key an id of its own: its thumbprint (RFC 7638)",
	.source = "RFC 7517 4.5",
	.about = ABOUT_KEYS,
	.look = look_kid_duplicate,
};

static void look_mixed(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	if (in->keys->faults & KEY_SET_MIXED)
		finding_add(
			out, rule,
			"the key set has secret and public keys, or private ones, side by side");
	if (in->keys->faults & KEY_SET_PUBLISHED)
		finding_add(
			out, rule,
			"the address gives out secret or private keys: who fetches them can sign");
	fault_tell(in, rule, out, KEY_FAULT_MIXED, rule->severity,
		   "it has members of a secret and of a public key");
}

const struct finding_rule finding_jwks_mixed = {
	.id = "jwks-mixed",
	.severity = SEVERITY_ERROR,
	.summary = "secret and public keys, or private members, in one set",
	.remedy = "publish public keys alone; replace those whose private part stood there",
	.source = "RFC 7517 9",
	.about = ABOUT_KEYS,
	.look = look_mixed,
};
