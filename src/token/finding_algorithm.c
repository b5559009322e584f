/* Findings about `alg`: a token must not choose how it is checked (RFC 8725 §3.1). */
#include "src/token/finding_rules.h"

#include <strings.h>

#include "src/token/finding_seen.h"
#include "src/token/verdict.h"

static const struct lossless_value *alg_of(const struct seen_part *p)
{
	return p->header[HEADER_ALG].value;
}

static const char *alg_show(char out[SHOWN_SIZE], const struct seen_part *p)
{
	return seen_show(out, p->header[HEADER_ALG].in, alg_of(p));
}

static struct seen_text alg_text(const struct seen_part *p, struct buf *room)
{
	return seen_text(p->header[HEADER_ALG].in, alg_of(p), room);
}

static bool is_none(struct seen_text t)
{
	return t.at && t.len == 4 && strncasecmp(t.at, "none", 4) == 0;
}

static void look_none(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	struct buf room = BUF_INIT(JOSE_MAX);
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if ((!p->algorithm || p->algorithm->family == FAMILY_NONE) &&
		    is_none(alg_text(p, &room)))
			finding_add(out, rule,
				    "%salg is %s: nothing is signed, anybody can write this",
				    p->words, alg_show(shown, p));
	}
	buf_release(&room);
}

const struct finding_rule finding_alg_none = {
	.id = "alg-none",
	.severity = SEVERITY_CRITICAL,
	.summary = "\"alg\" is none, in any case",
	.remedy = "refuse it: pin the algorithms that your API takes",
	.source = "RFC 8725 3.1, RFC 7518 3.6",
	.look = look_none,
};

static void look_missing(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if (p->algorithm || !p->readable || seen_is_string(alg_of(p)))
			continue;
		if (alg_of(p))
			finding_add(out, rule, "%salg is no string: %s", p->words,
				    alg_show(shown, p));
		else
			finding_add(out, rule, "%sthe header has no alg", p->words);
	}
}

const struct finding_rule finding_alg_missing = {
	.id = "alg-missing",
	.severity = SEVERITY_ERROR,
	.summary = "no \"alg\" in the header, or it is not a string",
	.remedy = "the issuer must name the algorithm",
	.source = "RFC 7515 4.1.1",
	.look = look_missing,
};

/* The algorithm is known, but does it do what this kind of token needs? */
static bool purpose_fits(const struct inspection *in, const struct algorithm *a)
{
	return a->purpose ==
	       (in->token->kind == JOSE_JWS ? ALGORITHM_SIGNS : ALGORITHM_MANAGES_KEYS);
}

static void alg_unknown_tell(const struct seen_part *p, struct seen_text name,
			     const struct finding_rule *rule, struct findings *out)
{
	const struct algorithm *meant = algorithm_guess(name.at, name.len);
	char shown[SHOWN_SIZE];

	if (meant)
		finding_add(out, rule, "%salg is %s: names are case-sensitive, %s is meant",
			    p->words, alg_show(shown, p), meant->name);
	else
		finding_add(out, rule, "%salg is %s: no registered name that is known here",
			    p->words, alg_show(shown, p));
}

static void look_unknown(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	struct buf room = BUF_INIT(JOSE_MAX);

	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		struct seen_text name;

		if (p->algorithm) {
			if (!purpose_fits(in, p->algorithm))
				finding_add(out, rule, "%salg is %s, which does not %s", p->words,
					    p->algorithm->name,
					    in->token->kind == JOSE_JWS ? "sign" : "encrypt keys");
			continue;
		}
		name = alg_text(p, &room);
		if (name.at && !is_none(name))
			alg_unknown_tell(p, name, rule, out);
	}
	buf_release(&room);
}

const struct finding_rule finding_alg_unknown = {
	.id = "alg-unknown",
	.severity = SEVERITY_WARNING,
	.summary = "\"alg\" is not a registered name, or one of another purpose; names are "
		   "case-sensitive",
	.remedy = "the issuer must use a registered name, to the letter",
	.source = "RFC 7515 4.1.1",
	.look = look_unknown,
};

/* A public issuer's verifiers could sign as well as it does. */
static bool issuer_public(const struct inspection *in)
{
	const struct lossless_value *iss = seen_claim(in, CLAIM_ISS);
	struct buf room = BUF_INIT(JOSE_MAX);
	bool is;

	if (!seen_claims_meant(in) || !seen_is_string(iss))
		return false;
	is = seen_text_begins(seen_text(&in->token->claims, iss, &room), "https://");
	buf_release(&room);
	return is;
}

static void look_deprecated(const struct inspection *in, const struct finding_rule *rule,
			    struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if (!p->algorithm)
			continue;
		if (p->algorithm->deprecated)
			finding_add(out, rule, "%s%s is not to be used any more", p->words,
				    p->algorithm->name);
		else if (p->algorithm->family == FAMILY_HMAC && issuer_public(in))
			finding_add(
				out, rule,
				"%s%s from a public issuer: every API that can check it can also "
				"make it",
				p->words, p->algorithm->name);
	}
}

const struct finding_rule finding_alg_deprecated = {
	.id = "alg-deprecated",
	.severity = SEVERITY_WARNING,
	.summary = "RSA1_5; or a shared secret (HS*) although \"iss\" is an https address",
	.remedy = "let the issuer sign with its own key pair: EdDSA, ES256 or RS256",
	.source = "RFC 8725 3.2",
	.look = look_deprecated,
};

static void look_eddsa(const struct inspection *in, const struct finding_rule *rule,
		       struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];

		if (p->algorithm && p->algorithm->family == FAMILY_EDDSA && !p->algorithm->curve)
			finding_add(out, rule, "%sEdDSA leaves the curve open: Ed25519 or Ed448",
				    p->words);
	}
}

const struct finding_rule finding_alg_eddsa = {
	.id = "alg-eddsa",
	.severity = SEVERITY_INFO,
	.summary = "\"EdDSA\" names two algorithms; \"Ed25519\" or \"Ed448\" are meant",
	.remedy = "name the curve once all who check it know the newer names",
	.source = "RFC 9864",
	.look = look_eddsa,
};
