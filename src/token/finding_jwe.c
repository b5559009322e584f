/* Findings about encrypted tokens (RFC 7516, 7518 §4). */
#include "src/token/finding_rules.h"

#include "src/token/finding_seen.h"
#include "src/token/jwe.h"

static void look_rounds(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct seen_value *p2c = &p->header[HEADER_P2C];
		char shown[SHOWN_SIZE];
		int64_t rounds = 0;

		if (!p->algorithm || p->algorithm->family != FAMILY_PBES2 || !p2c->value)
			continue;
		if (!lossless_integer(p2c->in, p2c->value, &rounds))
			finding_add(out, rule, "%sp2c is no number of rounds: %s", p->words,
				    seen_show(shown, p2c->in, p2c->value));
		else if (rounds < JWE_ROUNDS_LEAST)
			finding_add(out, rule,
				    "%sp2c is %s: a password is found by trying; %d at least",
				    p->words, seen_show(shown, p2c->in, p2c->value),
				    JWE_ROUNDS_LEAST);
		else if (rounds > JWE_ROUNDS_MOST)
			finding_add(out, rule, "%sp2c is %s: it keeps a server busy; %d at most",
				    p->words, seen_show(shown, p2c->in, p2c->value),
				    JWE_ROUNDS_MOST);
	}
}

const struct finding_rule finding_pbes2_rounds = {
	.id = "pbes2-rounds",
	.severity = SEVERITY_ERROR,
	.summary = "\"p2c\" under 1,000 or over 1,200,000",
	.remedy = "let the sender use 310,000 rounds or so, and cap them in your API",
	.source = "RFC 7518 4.8.1.2",
	.about = ABOUT_JWE,
	.look = look_rounds,
};

/* The one key that could be meant, so that its curve can be asked for; NULL. */
static const struct jose_key *only_key(const struct inspection *in)
{
	if (in->key)
		return in->key;
	return in->keys && in->keys->count == 1 ? &in->keys->keys[0] : NULL;
}

static void look_epk(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct jose_key *k = only_key(in);
		char why[128];

		if (!p->header[HEADER_EPK].value)
			continue;
		if (k && k->type != JOSE_EC && k->type != JOSE_OKP)
			k = NULL;
		if (!jwe_epk_fits(p->part, k, why, sizeof(why)))
			finding_add(out, rule, "%s%s", p->words, why);
	}
}

const struct finding_rule finding_epk_invalid = {
	.id = "epk-invalid",
	.severity = SEVERITY_CRITICAL,
	.summary = "\"epk\" is not on its curve, or not on the key's",
	.remedy = "refuse it: such points draw your private key out bit by bit",
	.source = "RFC 8725 3.4",
	.about = ABOUT_JWE,
	.look = look_epk,
};

static void look_unsigned(const struct inspection *in, const struct finding_rule *rule,
			  struct findings *out)
{
	if (in->decrypted)
		finding_add(out, rule, "decrypted, but not signed: %s could have made it",
			    in->key && in->key->type == JOSE_OCT
				    ? "each who has the key"
				    : "anybody who has the public key");
}

const struct finding_rule finding_jwe_unsigned = {
	.id = "jwe-unsigned",
	.severity = SEVERITY_INFO,
	.summary = "decrypted with a public or shared key: no proof of who made it",
	.remedy = "let the sender sign first and encrypt the signed token",
	.source = "RFC 8725 3.3",
	.about = ABOUT_JWE,
	.look = look_unsigned,
};
