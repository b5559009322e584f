/* The decision: is it sound, does the header keep the rules, does a key that may be used fit, and only
 * then what the claims say. Nothing that came with the token chooses a key but its kid, and no address
 * in it is ever used. */
#include "src/token/verdict.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/text.h"
#include "src/token/jws.h"
#include "src/token/verdict_checks.h"

/* What became of one signature. */
enum part_result {
	PART_HOLDS,
	PART_FAILS,
	PART_UNKNOWN /* no key is for it */
};

/* One signature while it is looked at. */
struct trial {
	const struct jose_part *part;
	const struct algorithm *algorithm;
	char *kid;	/* NULL: none */
	char which[40]; /* "signature 2: " where there are several */
	size_t candidates, checked;
	struct jose_key *fitted; /* NULL: none */
	char why[192];		 /* why the last key may not be used */
};

/* Put together without a format: there are a dozen of them in each decision. */
void check_add_texts(struct deciding *d, const char *name, enum check_result result,
		     const char *const *texts)
{
	struct token_check *c = &d->out->checks[d->out->count];
	char raw[4 * sizeof(c->detail)];
	size_t len = 0;

	d->failed = d->failed || result == CHECK_FAILED;
	if (d->out->count == CHECKS_MAX)
		return;
	for (; *texts; texts++) {
		size_t size = strnlen(*texts, sizeof(raw) - len);

		memcpy(raw + len, *texts, size);
		len += size;
	}
	d->out->count++;
	c->name = name;
	c->result = result;
	text_safe_put(c->detail, sizeof(c->detail), raw, len);
}

/* --- form --------------------------------------------------------------------------------------- */

static bool form_fails(struct deciding *d, const char *why)
{
	check_add(d, "format", CHECK_FAILED, why);
	return false;
}

/* Is it a signed token of the kind that is asked for, and well formed? */
static bool form_check(struct deciding *d)
{
	const struct jose *t = d->t;

	if (!jose_sound(t) && !(d->x->padded && jose_sound_padded(t)))
		return form_fails(d, t->fault_count ? t->faults[0].text : "it has no signature");
	if (t->kind == JOSE_JWE)
		return form_fails(d, "it is encrypted: decrypt it first");
	if (d->x->no_claims) {
		check_add(d, "format", CHECK_PASSED, "a JWS, its payload taken as it is");
		return true;
	}
	if (t->form != JOSE_COMPACT)
		return form_fails(d, "a JWT is never in JSON serialisation (RFC 7519 3)");
	if (t->unencoded)
		return form_fails(d, "a JWT never has an unencoded payload (RFC 7797 7)");
	if (!t->is_claims)
		return form_fails(d, "the payload is no JSON object, so it is no JWT");
	if (t->claims.duplicates)
		return form_fails(d, "the claims have a name twice");
	check_add(d, "format", CHECK_PASSED, t->sd_jwt ? "an SD-JWT" : "a JWT");
	return true;
}

/* --- header ----------------------------------------------------------------------------------------- */

static bool header_fails(struct deciding *d, const struct trial *r, const char *check,
			 const char *why)
{
	check_add(d, check, CHECK_FAILED, r->which, why);
	return false;
}

static bool types_check(struct deciding *d, const struct trial *r)
{
	const char *name, *fault = jose_header_fault(r->part, &name);

	if (fault)
		check_add(d, strcmp(name, "alg") == 0 ? "alg" : "format", CHECK_FAILED, r->which,
			  "\"", name, "\"", fault);
	return !fault;
}

static bool algorithm_wanted(const struct deciding *d, const char *name)
{
	for (const char *const *a = d->x->algorithms; a && *a; a++)
		if (strcmp(*a, name) == 0)
			return true;
	return !d->x->algorithms;
}

/* Why it can't be: it has to be known, a signature's, and on the list where there is one (RFC 7515
 * §4.1.1, RFC 8725 §3.1). NULL: it can. */
static const char *algorithm_fault(const struct deciding *d, const struct algorithm *a,
				   const char *name)
{
	if (strcasecmp(name, "none") == 0)
		return " is no signature";
	if (!a)
		return " is not known";
	if (a->purpose != ALGORITHM_SIGNS || a->family == FAMILY_NONE)
		return " signs nothing";
	if (!algorithm_wanted(d, name))
		return " is not among those allowed";
	return NULL;
}

static bool algorithm_check(struct deciding *d, struct trial *r)
{
	char *name = jose_header_text(r->part, "alg");
	const char *why;

	if (!name)
		return header_fails(d, r, "alg", "the header has no \"alg\"");
	r->algorithm = algorithm_find(name, strlen(name));
	why = algorithm_fault(d, r->algorithm, name);
	check_add(d, "alg", why ? CHECK_FAILED : CHECK_PASSED, r->which, name, why);
	free(name);
	return !why;
}

/* Every element is understood, which only b64 is, stands in the protected header, and is there once
 * (RFC 7515 §4.1.11, RFC 7797 §6). */
static const char *critical_fault(const struct jose_part *p, const struct lossless *l,
				  const struct lossless_value *list, bool *b64)
{
	const struct lossless_value *header = lossless_object(l), *v;

	if (list->type != LOSSLESS_ARRAY || !list->count)
		return "\"crit\" is no list, or empty";
	for (v = lossless_child(l, list); v; v = lossless_next(l, v)) {
		if (v->type != LOSSLESS_STRING)
			return "\"crit\" has what is no string";
		if (!lossless_equals(l, v, "b64", 3))
			return "\"crit\" names what is not understood here";
		if (*b64)
			return "\"crit\" names \"b64\" twice";
		if (l != &p->header[PLACE_PROTECTED] || !lossless_find(l, header, "b64"))
			return "\"crit\" names \"b64\", and the protected header has none";
		*b64 = true;
	}
	return NULL;
}

static bool critical_check(struct deciding *d, const struct trial *r)
{
	const struct jose_part *p = r->part;
	const struct lossless *l = NULL;
	enum jose_place place = PLACE_PROTECTED;
	const struct lossless_value *list = jose_header(p, "crit", &l, &place);
	const char *why = NULL;
	bool b64 = false;

	if (list && place != PLACE_PROTECTED)
		why = "\"crit\" is not in the protected header";
	else if (list)
		why = critical_fault(p, l, list, &b64);
	if (why)
		return header_fails(d, r, "crit", why);
	/* It is refused; what was meant is clear all the same, and the signature can be told of. */
	if (d->t->unencoded && !b64) {
		header_fails(d, r, "crit", "\"b64\" is false, and \"crit\" does not name it");
		return true;
	}
	check_add(d, "crit", list ? CHECK_PASSED : CHECK_NOT_MADE, r->which,
		  list ? "b64" : "the header has none");
	return true;
}

/* --- keys ----------------------------------------------------------------------------------------------- */

/* Is the key for the signature, as far as kid says? Where both have one they are equal. */
static bool key_is_candidate(const struct jose_key *k, const struct trial *r, bool named)
{
	if (!k->kid || !r->kid)
		return !named;
	return named && strcmp(k->kid, r->kid) == 0;
}

static bool key_fits(struct deciding *d, struct trial *r, struct jose_key *k)
{
	const struct jose *t = d->t;
	const struct jose_segment *header = &r->part->protected_header, *s = &r->part->value;
	const char *text = t->text + header->offset, *payload = t->signed_payload;
	struct span parts[] = { { text, header->len }, { ".", 1 }, { payload, t->signed_size } };
	size_t count = 3;

	/* In the compact form they stand one behind the other. */
	if (t->form == JOSE_COMPACT && !t->attached) {
		parts[0].len = (size_t)(payload - text) + t->signed_size;
		count = 1;
	}
	return jws_check(k, r->algorithm, parts, count, s->data, s->size);
}

/* Tries those that are named (or those that are not); the first that fits. */
static struct jose_key *keys_try(struct deciding *d, struct trial *r, bool named)
{
	for (size_t i = 0; i < d->keys->count; i++) {
		struct jose_key *k = &d->keys->keys[i];

		if (!key_is_candidate(k, r, named))
			continue;
		r->candidates++;
		if (!jose_key_allows(k, r->algorithm, KEY_OP_VERIFY, d->x->allow_weak_key, r->why,
				     sizeof(r->why)))
			continue;
		r->checked++;
		if (key_fits(d, r, k))
			return k;
	}
	return NULL;
}

static void fit_tell(struct deciding *d, const struct trial *r, const struct jose_key *k)
{
	const char *label = k->label ? k->label : "the key given";

	if (k->kid)
		check_add(d, "signature", CHECK_PASSED, r->which, r->algorithm->name, ", kid ",
			  k->kid, ", ", label);
	else
		check_add(d, "signature", CHECK_PASSED, r->which, r->algorithm->name, ", ", label);
}

static void misfit_tell(struct deciding *d, const struct trial *r)
{
	bool given = !d->t->detached || d->t->attached;
	const char *hint = given ? NULL : "; its payload is detached, and was not given";
	char count[24];

	snprintf(count, sizeof(count), "%zu", r->checked);
	if (r->checked == 1)
		check_add(d, "signature", CHECK_FAILED, r->which, "it does not fit the key", hint);
	else
		check_add(d, "signature", CHECK_FAILED, r->which, "it fits none of the ", count,
			  " keys", hint);
}

/* No key could be asked. With several signatures this one may be somebody else's: another has to hold. */
static enum part_result stranger_tell(struct deciding *d, const struct trial *r)
{
	bool several = d->t->count > 1;
	enum check_result result = several ? CHECK_NOT_MADE : CHECK_FAILED;

	if (r->candidates)
		check_add(d, "signature", result, r->which, r->why);
	else
		check_add(d, "signature", result, r->which, "no key has the kid \"",
			  r->kid ? r->kid : "", "\"");
	return r->candidates && !several ? PART_FAILS : PART_UNKNOWN;
}

static enum part_result keys_check(struct deciding *d, struct trial *r)
{
	struct jose_key *k = keys_try(d, r, true);

	if (!k)
		k = keys_try(d, r, false);
	r->fitted = k;
	if (k) {
		fit_tell(d, r, k);
		d->out->key = d->out->key ? d->out->key : k;
		return PART_HOLDS;
	}
	if (!r->checked)
		return stranger_tell(d, r);
	misfit_tell(d, r);
	return PART_FAILS;
}

/* --- signatures ----------------------------------------------------------------------------------------- */

/* A set that must not be relied on is not looked into (RFC 7517 §9, §4.5, §4; OIDC Discovery 3). */
static const char *set_fault(const struct key_set *s)
{
	if (s->faults & KEY_SET_MIXED)
		return "the key set has secret and public keys, or private ones, side by side";
	if (s->faults & KEY_SET_PUBLISHED)
		return "secret or private keys are to be had from that address: all can sign";
	if (s->faults & KEY_SET_SAME_KID)
		return "the key set has one kid for two keys of one use";
	if (s->faults & KEY_SET_DUPLICATES)
		return "the key set has a name twice";
	return NULL;
}

static enum part_result part_check(struct deciding *d, struct trial *r, size_t index)
{
	enum part_result result = PART_FAILS;

	*r = (struct trial){ .part = &d->t->parts[index] };
	if (d->t->count > 1)
		snprintf(r->which, sizeof(r->which), "signature %zu: ", index + 1);
	if (types_check(d, r) && algorithm_check(d, r) && critical_check(d, r)) {
		r->kid = jose_header_text(r->part, "kid");
		result = keys_check(d, r);
	} else {
		check_add(d, "signature", CHECK_NOT_MADE, r->which,
			  "not looked at: the header comes first");
	}
	free(r->kid);
	r->kid = NULL;
	return result;
}

/* Is there a key that made none of the signatures, and might have made this one under another kid? */
static bool could_be_ours(const struct deciding *d, const struct trial *trials,
			  const struct trial *r)
{
	for (size_t k = 0; k < d->keys->count; k++) {
		const struct jose_key *key = &d->keys->keys[k];
		size_t i = 0;

		while (i < d->t->count && trials[i].fitted != key)
			i++;
		if (i == d->t->count && jose_key_allows(key, r->algorithm, KEY_OP_VERIFY,
							d->x->allow_weak_key, NULL, 0))
			return true;
	}
	return false;
}

/* Several signatures may be by several people, whose keys need not all be known. But a name in a header
 * that was tampered with must not make a signature somebody else's. */
static bool strangers_check(struct deciding *d, const struct trial *trials,
			    const enum part_result *results)
{
	for (size_t i = 0; d->t->count > 1 && i < d->t->count; i++) {
		if (results[i] != PART_UNKNOWN || !could_be_ours(d, trials, &trials[i]))
			continue;
		check_add(d, "signature", CHECK_FAILED, trials[i].which,
			  "a key that fits no signature might be meant for it");
		return false;
	}
	return true;
}

/* Each signature for which there is a key has to hold, and at least one. */
static enum signature_state parts_check(struct deciding *d, struct trial *trials)
{
	enum part_result results[JOSE_PARTS];
	size_t holds = 0, fails = 0;

	for (size_t i = 0; i < d->t->count; i++) {
		results[i] = part_check(d, &trials[i], i);
		holds += results[i] == PART_HOLDS;
		fails += results[i] == PART_FAILS;
	}
	if (fails || (holds && !strangers_check(d, trials, results)))
		return SIGNATURE_INVALID;
	return holds ? SIGNATURE_VALID : SIGNATURE_UNCHECKED;
}

static enum signature_state signatures_check(struct deciding *d)
{
	const char *why = set_fault(d->keys);
	struct trial one, *trials = &one;
	enum signature_state state;

	if (why || !d->keys->count) {
		check_add(d, "signature", why ? CHECK_FAILED : CHECK_NOT_MADE,
			  why ? why : "no key was given");
		return SIGNATURE_UNCHECKED;
	}
	if (!d->t->signed_payload) {
		check_add(d, "signature", CHECK_FAILED,
			  "the payload is detached, and was not given");
		return SIGNATURE_UNCHECKED;
	}
	if (d->t->count > 1)
		trials = x_calloc(d->t->count, sizeof(*trials));
	state = parts_check(d, trials);
	if (trials != &one)
		free(trials);
	return state;
}

/* --- verdict ------------------------------------------------------------------------------------------------ */

static void expectations_check(struct deciding *d)
{
	if (d->out->signature != SIGNATURE_VALID) {
		claims_skip(d, "not looked at: the signature comes first");
		return;
	}
	if (d->t->sd_jwt)
		sd_jwt_read(&d->disclosed, d->t);
	if (d->x->no_claims)
		payload_check(d);
	else
		claims_check(d);
	if (d->t->sd_jwt)
		disclosed_check(d);
	sd_jwt_release(&d->disclosed);
}

static void findings_look(struct deciding *d)
{
	const struct inspection in = {
		.token = d->t,
		.keys = d->keys,
		.checked = d->out->signature != SIGNATURE_UNCHECKED,
		.signature_valid = d->out->signature == SIGNATURE_VALID,
		.key = d->out->key,
		.expected = d->x,
		.now_ms = d->x->now_ms,
		.leeway_ms = d->x->leeway_ms,
	};

	findings_collect(&in, &d->out->findings);
}

void token_verify(const struct jose *t, struct key_set *keys, const struct expectations *x,
		  struct verdict *out)
{
	struct deciding d = { .t = t, .keys = keys, .x = x, .out = out };

	out->valid = false;
	out->signature = SIGNATURE_UNCHECKED;
	out->key = NULL;
	out->count = 0;
	findings_init(&out->findings);
	if (form_check(&d))
		out->signature = signatures_check(&d);
	else
		check_add(&d, "signature", CHECK_NOT_MADE, "not looked at: the form comes first");
	if (out->signature != SIGNATURE_VALID)
		out->key = NULL;
	expectations_check(&d);
	findings_look(&d);
	out->valid = out->signature == SIGNATURE_VALID && !d.failed &&
		     findings_worst(&out->findings) < SEVERITY_ERROR;
}

const char *signature_name(enum signature_state s)
{
	switch (s) {
	case SIGNATURE_UNCHECKED:
		return "unchecked";
	case SIGNATURE_VALID:
		return "valid";
	case SIGNATURE_INVALID:
		return "invalid";
	}
	return "unchecked";
}

const char *check_name(enum check_result r)
{
	switch (r) {
	case CHECK_PASSED:
		return "passed";
	case CHECK_FAILED:
		return "failed";
	case CHECK_NOT_MADE:
		return "not_made";
	}
	return "not_made";
}
