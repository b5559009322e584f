/* What is checked of an SD-JWT beyond its signature: every disclosure has its digest in it, and who
 * presents it holds the key that it was made out to (RFC 9901 §7). */
#include "src/token/verdict_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/token/jws.h"

static const char *disclosure_fault(enum disclosure_state s)
{
	switch (s) {
	case DISCLOSURE_GOOD:
		return NULL;
	case DISCLOSURE_UNREFERENCED:
		return "its digest is nowhere in the token";
	case DISCLOSURE_REPEATED:
		return "its digest is there more than once";
	case DISCLOSURE_MALFORMED:
		return "it is malformed";
	case DISCLOSURE_CLASH:
		return "there is a claim of that name already";
	case DISCLOSURE_DECISIVE:
		return "such a claim must not be kept back";
	}
	return "it is malformed";
}

static void disclosures_check(struct deciding *d, const struct sd_jwt *s)
{
	const char *fault = NULL;
	char number[24];
	size_t i = 0;

	while (i < s->count && !(fault = disclosure_fault(s->list[i].state)))
		i++;
	snprintf(number, sizeof(number), "%zu", fault ? i + 1 : s->count);
	if (!s->digest_name)
		check_add(d, "disclosures", CHECK_FAILED, "\"_sd_alg\" names what is not known");
	else if (s->more)
		check_add(d, "disclosures", CHECK_FAILED, "there are more than are looked at");
	else if (fault)
		check_add(d, "disclosures", CHECK_FAILED, "disclosure ", number, ": ", fault);
	else if (s->repeated)
		check_add(d, "disclosures", CHECK_FAILED, "a digest is there more than once");
	else
		check_add(d, "disclosures", CHECK_PASSED, number, ", each with its digest");
}

/* The key that the token was made out to: `cnf` is among the claims, which the issuer signed. */
static bool holder_key(const struct deciding *d, struct key_set *keys)
{
	const struct lossless *l = &d->t->claims;
	const struct lossless_value *jwk = lossless_find(l, jose_claim(d->t, "cnf"), "jwk");
	struct err e = ERR_INIT;

	return jwk &&
	       key_set_add_jwk(keys, l->text + jwk->begin, jwk->end - jwk->begin, "cnf", &e) ==
		       ERR_OK &&
	       keys->count == 1 && !keys->faults;
}

/* Is it a sound JWT of its type, over what stands before it? */
static const char *binding_fault(const struct sd_jwt *s, const struct jose *binding)
{
	char *type = binding->count ? jose_header_text(&binding->parts[0], "typ") : NULL;
	bool typed = type && strcasecmp(type, "kb+jwt") == 0;

	free(type);
	if (!jose_sound(binding) || binding->kind != JOSE_JWS || binding->form != JOSE_COMPACT ||
	    binding->unencoded || !binding->is_claims || binding->claims.duplicates)
		return "it is malformed";
	if (!typed)
		return "its typ is not kb+jwt";
	if (jose_header(&binding->parts[0], "crit", NULL, NULL))
		return "its header has \"crit\"";
	if (!s->binding_hash_fits)
		return "its sd_hash is not that of the token";
	return NULL;
}

/* What it has to say: when, to whom, and in answer to what (RFC 9901 4.3). */
static const char *binding_untyped(const struct jose *binding)
{
	static const struct {
		const char *name, *fault;
		enum lossless_type type;
	} claims[] = {
		{ "iat", "its \"iat\" is missing, or no number", LOSSLESS_NUMBER },
		{ "aud", "its \"aud\" is missing, or no string", LOSSLESS_STRING },
		{ "nonce", "its \"nonce\" is missing, or no string", LOSSLESS_STRING },
	};

	for (size_t i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
		const struct lossless_value *v = jose_claim(binding, claims[i].name);

		if (!v || v->type != claims[i].type)
			return claims[i].fault;
	}
	return NULL;
}

/* It is a JWT like others in all else (RFC 9901 7.3), and not made later than now. */
static const char *binding_time_fault(const struct deciding *d, const struct jose *binding)
{
	static const struct {
		const char *name, *fault;
		bool until; /* it is good before this time, else from it on */
	} times[] = {
		{ "iat", "its \"iat\" is in the future", false },
		{ "nbf", "it is not valid yet", false },
		{ "exp", "it has expired", true },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		const struct lossless_value *v = jose_claim(binding, times[i].name);
		int64_t at;

		if (!v)
			continue;
		if (v->type != LOSSLESS_NUMBER || !lossless_seconds(&binding->claims, v, &at))
			return "one of its times is none that there can be";
		if (time_passed(d, at, times[i].until) != times[i].until)
			continue;
		return times[i].fault;
	}
	return NULL;
}

static bool binding_signed(const struct deciding *d, const struct jose *binding,
			   struct jose_key *key)
{
	const struct jose_segment *s = &binding->parts[0].value;
	char *name = jose_header_text(&binding->parts[0], "alg");
	const struct algorithm *a = name ? algorithm_find(name, strlen(name)) : NULL;
	const struct span message = { binding->text,
				      binding->payload.offset + binding->payload.len };

	free(name);
	return a && a->purpose == ALGORITHM_SIGNS && key->type != JOSE_OCT &&
	       jose_key_allows(key, a, KEY_OP_VERIFY, d->x->allow_weak_key, NULL, 0) &&
	       jws_check(key, a, &message, 1, s->data, s->size);
}

static void binding_check(struct deciding *d, const struct sd_jwt *s)
{
	struct key_set keys;
	struct jose binding;
	const char *fault;

	key_set_init(&keys);
	jose_read(&binding, d->t->text + s->binding_offset, s->binding_len);
	fault = binding_fault(s, &binding);
	if (!fault)
		fault = binding_untyped(&binding);
	if (!fault)
		fault = binding_time_fault(d, &binding);
	if (fault)
		check_add(d, "key_binding", CHECK_FAILED, "the key binding JWT: ", fault);
	else if (!holder_key(d, &keys))
		check_add(d, "key_binding", CHECK_FAILED,
			  "the claims have no \"cnf\" with a key to check it by");
	else if (!binding_signed(d, &binding, &keys.keys[0]))
		check_add(d, "key_binding", CHECK_FAILED,
			  "the key binding JWT is not by the key in \"cnf\"");
	else
		check_add(d, "key_binding", CHECK_PASSED,
			  "by the key in \"cnf\"; its nonce and aud are not looked at");
	jose_release(&binding);
	key_set_release(&keys);
}

void disclosed_check(struct deciding *d)
{
	disclosures_check(d, &d->disclosed);
	if (d->disclosed.key_binding)
		binding_check(d, &d->disclosed);
	else
		check_add(d, "key_binding", CHECK_NOT_MADE, "the token has none");
}
