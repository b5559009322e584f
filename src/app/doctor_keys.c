/* What the token engine says of the keys that a provider publishes. */
#include <stdio.h>
#include <string.h>

#include "src/app/doctor_gather.h"
#include "src/base/text.h"
#include "src/token/algorithm.h"
#include "src/token/jose_key.h"

static bool signs(const struct jose_key *k)
{
	bool agreement = k->curve &&
			 (strcmp(k->curve, "X25519") == 0 || strcmp(k->curve, "X448") == 0);

	return k->type != JOSE_OCT && !agreement && (!k->use || strcmp(k->use, "sig") == 0);
}

/* What is wrong with private members only: that they are there at all is told by a check of its
 * own. */
enum { PRIVATE_FAULTS = KEY_FAULT_MIXED | KEY_FAULT_PAIR };

static void key_weakness(struct doctor_keys *out, const struct jose_key *k)
{
	char what[120];

	if (out->weak[0] || k->type == JOSE_OCT || !(k->faults & ~(unsigned)PRIVATE_FAULTS))
		return;
	jose_key_describe(k, what, sizeof(what));
	snprintf(out->weak, sizeof(out->weak), "%.110s: %.45s", what,
		 k->fault[0] ? k->fault : "too small");
}

/* One signs, the other one encrypts: nobody takes one for the other. */
static bool differ_in_use(const struct jose_key *a, const struct jose_key *b)
{
	return a->use && b->use && strcmp(a->use, b->use) != 0;
}

static void same_kid_find(struct doctor_keys *out, const struct key_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		for (size_t j = 0; j < i; j++) {
			const char *kid = set->keys[i].kid, *other = set->keys[j].kid;

			if (!kid || !other || strcmp(kid, other) != 0 ||
			    differ_in_use(&set->keys[i], &set->keys[j]))
				continue;
			out->same_kid = true;
			text_safe_put(out->kid, sizeof(out->kid), kid, strlen(kid));
			return;
		}
	}
}

static bool any_fits(const struct key_set *set, const char *name)
{
	const struct algorithm *a = algorithm_find(name, strlen(name));

	for (size_t i = 0; a && i < set->count; i++)
		if (jose_key_allows(&set->keys[i], a, KEY_OP_VERIFY, true, NULL, 0))
			return true;
	return false;
}

/* Large vendors advertise more algorithms than they have keys for; that none at all fits is a
 * fault. */
static void algorithms_look(struct doctor_keys *out, const struct key_set *set,
			    const struct json *metadata)
{
	const struct json *list = json_get(metadata, "id_token_signing_alg_values_supported");

	if (!list || json_type_of(list) != JSON_ARRAY_TYPE || !json_count(list) || !out->signing)
		return;
	for (size_t i = 0; i < json_count(list); i++) {
		const char *name = json_as_text(json_at(list, i));

		if (name && any_fits(set, name))
			return;
	}
	snprintf(out->unfit, sizeof(out->unfit), "no key fits any of the advertised algorithms");
}

void doctor_keys_look(struct doctor_keys *k, const struct json *metadata, const char *text,
		      size_t len)
{
	struct err e = ERR_INIT;
	struct key_set set;

	key_set_init(&set);
	if (key_set_add_jwk(&set, text, len, "jwks_uri", &e) != ERR_OK) {
		snprintf(k->fault, sizeof(k->fault), "%.150s", e.message);
		key_set_release(&set);
		return;
	}
	k->read = true;
	k->count = set.count;
	k->skipped = set.skipped;
	for (size_t i = 0; i < set.count; i++) {
		const struct jose_key *key = &set.keys[i];

		k->signing += signs(key);
		k->without_kid += !key->kid;
		k->symmetric = k->symmetric || key->type == JOSE_OCT;
		k->private_members = k->private_members ||
				     (key->type != JOSE_OCT && key->is_private);
		key_weakness(k, key);
	}
	same_kid_find(k, &set);
	algorithms_look(k, &set, metadata);
	key_set_release(&set);
}
