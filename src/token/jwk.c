/* Keys out of JSON: JWK and JWK sets (RFC 7517, RFC 7518 §6, RFC 8037 §2, RFC 8812 §3). What a key
 * says twice, wrongly or not at all makes it unusable; it is never guessed. */
#include "src/token/key_parts.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"
#include "src/token/lossless.h"

/* One JWK that is being read. */
struct reader {
	const struct lossless *json;
	const struct lossless_value *object;
	struct jose_key *key;
	char unknown[160]; /* why it can't be read at all: of a type or curve that we don't know */
};

static const struct lossless_value *member(const struct reader *r, const char *name)
{
	return lossless_find(r->json, r->object, name);
}

/* Decodes what stands between the quotes. No text in base64url needs an escape, and what has none is
 * read where it stands: no copy of a secret is left behind. */
static bool octets_decode(const struct reader *r, const struct lossless_value *v,
			  struct octets *out)
{
	const char *text = r->json->text + v->begin + 1;
	size_t len = v->end - v->begin - 2;
	struct buf plain = BUF_INIT(KEY_TEXT_MAX);
	bool well;

	if (v->escaped && lossless_string(r->json, v, &plain)) {
		text = buf_text(&plain);
		len = plain.len;
	}
	out->size = base64_room(len) + 1;
	out->data = secret_memory_get(out->size);
	well = base64url_decode(out->data, &out->len, text, len);
	if (plain.data)
		secret_wipe(plain.data, plain.size);
	buf_release(&plain);
	return well;
}

/* A member in base64url. Without data: it is not there, or a fault. */
static void octets_read(struct reader *r, const char *name, struct octets *out)
{
	const struct lossless_value *v = member(r, name);

	*out = (struct octets){ .data = NULL };
	if (!v)
		return;
	if (v->type != LOSSLESS_STRING) {
		key_fault(r->key, KEY_FAULT_MEMBER, "\"%s\" is no string", name);
	} else if (!octets_decode(r, v, out)) {
		key_fault(r->key, KEY_FAULT_MEMBER, "\"%s\" is not base64url", name);
		octets_release(out);
	}
}

/* The same for one that has to be there. */
static bool octets_need(struct reader *r, const char *name, struct octets *out)
{
	octets_read(r, name, out);
	if (!out->data && !member(r, name))
		key_fault(r->key, KEY_FAULT_MEMBER, "\"%s\" is missing", name);
	return out->data;
}

/* A coordinate or raw key of the one length that it may have (RFC 7518 §6.2.1.2, RFC 8037 §2). */
static bool octets_exact(struct reader *r, const char *name, const struct curve *c, unsigned fault,
			 struct octets *out)
{
	if (!octets_need(r, name, out))
		return false;
	if (out->len == c->bytes)
		return true;
	key_fault(r->key, fault, "\"%s\" has %zu bytes, %s wants %zu", name, out->len, c->name,
		  c->bytes);
	octets_release(out);
	return false;
}

/* Base64urlUInt (RFC 7518 §2): the least number of bytes. NULL: not there, or a fault. */
static BIGNUM *number_read(struct reader *r, const char *name)
{
	struct octets bytes;
	BIGNUM *n = NULL;

	octets_read(r, name, &bytes);
	if (!bytes.data)
		return NULL;
	if (bytes.len == 0 || (bytes.len > 1 && bytes.data[0] == 0)) {
		key_fault(r->key, KEY_FAULT_MEMBER,
			  bytes.len ? "\"%s\" begins with a zero byte" : "\"%s\" is empty", name);
	} else {
		n = BN_bin2bn(bytes.data, (int)bytes.len, NULL);
		if (!n)
			alloc_exhausted();
	}
	octets_release(&bytes);
	return n;
}

/* Members of the other sort of key: who wrote it did not know what it is. */
static void mixed_check(struct reader *r, const char *const *names)
{
	for (; *names; names++)
		if (member(r, *names))
			key_fault(
				r->key, KEY_FAULT_MIXED,
				"\"%s\" does not belong to this type: secret and public key in one",
				*names);
}

static void oct_read(struct reader *r)
{
	static const char *const others[] = { "n", "e", "d", "p", "q", "x", "y", "crv", NULL };
	struct octets bytes;

	r->key->is_private = true;
	mixed_check(r, others);
	if (!octets_need(r, "k", &bytes))
		return;
	if (!bytes.len)
		key_fault(r->key, KEY_FAULT_MEMBER, "\"k\" is empty: anyone can sign");
	secret_set(&r->key->secret, bytes.data, bytes.len);
	key_check_secret(r->key);
	r->key->bits = (unsigned)bytes.len * 8;
	octets_release(&bytes);
}

/* RFC 7518 §6.3.2: one of the primes' numbers and all of them; more than two primes are not ours. */
static void rsa_private_check(struct reader *r, const struct rsa_numbers *n,
			      const char *const *names)
{
	bool any = false, all = true;

	for (size_t i = RSA_P; i < RSA_PARTS; i++) {
		any |= member(r, names[i]) != NULL;
		all &= n->part[i] != NULL;
	}
	if (any && !all)
		key_fault(r->key, KEY_FAULT_MEMBER, "of p, q, dp, dq and qi some are missing");
	if (any && !member(r, "d"))
		key_fault(r->key, KEY_FAULT_MEMBER, "\"d\" is missing");
	if (member(r, "oth"))
		key_fault(r->key, KEY_FAULT_MEMBER, "\"oth\": more than two primes");
	r->key->is_private = any || member(r, "d");
}

static void rsa_read(struct reader *r)
{
	static const char *const names[RSA_PARTS] = {
		[RSA_N] = "n", [RSA_E] = "e",	[RSA_D] = "d",	 [RSA_P] = "p",
		[RSA_Q] = "q", [RSA_DP] = "dp", [RSA_DQ] = "dq", [RSA_QI] = "qi",
	};
	static const char *const others[] = { "k", NULL };
	struct rsa_numbers n;

	mixed_check(r, others);
	for (size_t i = 0; i < RSA_PARTS; i++)
		n.part[i] = number_read(r, names[i]);
	for (size_t i = RSA_N; i <= RSA_E; i++)
		if (!member(r, names[i]))
			key_fault(r->key, KEY_FAULT_MEMBER, "\"%s\" is missing", names[i]);
	rsa_private_check(r, &n, names);
	if (n.part[RSA_N] && n.part[RSA_E])
		key_check_rsa(r->key, &n);
	if (!(r->key->faults & KEY_FATAL))
		key_build_rsa(r->key, &n);
	rsa_numbers_release(&n);
}

/* The curve that `crv` names; NULL: a fault, or unknown. */
static const struct curve *curve_read(struct reader *r)
{
	const struct lossless_value *v = member(r, "crv");
	char *name = v ? lossless_dup(r->json, v) : NULL;
	const struct curve *c = curve_find(name);

	if (!name) {
		key_fault(r->key, KEY_FAULT_MEMBER,
			  v ? "\"crv\" is no string" : "\"crv\" is missing");
	} else if (!c) {
		snprintf(r->unknown, sizeof(r->unknown), "\"crv\" is \"%s\"", name);
	} else if (c->type != r->key->type) {
		key_fault(r->key, KEY_FAULT_MEMBER, "%s does not belong to its \"kty\"", c->name);
		c = NULL;
	}
	free(name);
	if (c) {
		r->key->curve = c->name;
		r->key->bits = c->bits;
	}
	return c;
}

static void curve_key_read(struct reader *r)
{
	static const char *const others[] = { "k", NULL };
	const struct curve *c = curve_read(r);
	struct octets x = { .data = NULL }, y = { .data = NULL }, d = { .data = NULL };
	bool is_ec = r->key->type == JOSE_EC;

	r->key->is_private = member(r, "d");
	mixed_check(r, others);
	if (!c)
		return;
	octets_exact(r, "x", c, KEY_FAULT_POINT, &x);
	if (is_ec)
		octets_exact(r, "y", c, KEY_FAULT_POINT, &y);
	if (r->key->is_private)
		octets_exact(r, "d", c, KEY_FAULT_MEMBER, &d);
	if (r->key->faults & KEY_FATAL)
		goto out;
	if (is_ec)
		key_build_ec(r->key, c, &x, &y, &d);
	else
		key_build_okp(r->key, c, &x, &d);
out:
	octets_release(&x);
	octets_release(&y);
	octets_release(&d);
}

/* kid, alg, use: text, or not there. */
static char *name_read(struct reader *r, const char *name)
{
	const struct lossless_value *v = member(r, name);
	char *text = v ? lossless_dup(r->json, v) : NULL;

	if (v && !text)
		key_fault(r->key, KEY_FAULT_MEMBER, "\"%s\" is no string", name);
	return text;
}

static unsigned op_read(const struct lossless *json, const struct lossless_value *v)
{
	static const struct {
		const char *name;
		unsigned op;
	} ops[] = {
		{ "sign", KEY_OP_SIGN },
		{ "verify", KEY_OP_VERIFY },
		{ "encrypt", KEY_OP_ENCRYPT },
		{ "decrypt", KEY_OP_DECRYPT },
		{ "wrapKey", KEY_OP_WRAP },
		{ "unwrapKey", KEY_OP_UNWRAP },
		{ "deriveKey", KEY_OP_DERIVE_KEY },
		{ "deriveBits", KEY_OP_DERIVE_BITS },
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (lossless_equals(json, v, ops[i].name, strlen(ops[i].name)))
			return ops[i].op;
	return KEY_OP_OTHER;
}

/* RFC 7517 §4.3: an array of different strings. */
static void ops_read(struct reader *r)
{
	const struct lossless_value *list = member(r, "key_ops");

	if (!list)
		return;
	r->key->has_ops = true;
	if (list->type != LOSSLESS_ARRAY) {
		key_fault(r->key, KEY_FAULT_MEMBER, "\"key_ops\" is no array");
		return;
	}
	for (const struct lossless_value *v = lossless_child(r->json, list); v;
	     v = lossless_next(r->json, v)) {
		unsigned op = op_read(r->json, v);

		if (v->type != LOSSLESS_STRING)
			key_fault(r->key, KEY_FAULT_MEMBER, "\"key_ops\" holds what is no string");
		if (op != KEY_OP_OTHER && (r->key->ops & op))
			key_fault(r->key, KEY_FAULT_MEMBER, "\"key_ops\" names one twice");
		r->key->ops |= op;
	}
}

static void duplicates_check(struct reader *r)
{
	for (const struct lossless_value *v = lossless_child(r->json, r->object); v;
	     v = lossless_next(r->json, v)) {
		struct buf name = BUF_INIT(KEY_TEXT_MAX);

		if (!v->duplicate)
			continue;
		lossless_name(r->json, v, &name);
		key_fault(r->key, KEY_FAULT_MEMBER, "\"%s\" is there twice", buf_text(&name));
		buf_release(&name);
	}
}

struct kty {
	const char *name;
	enum jose_key_type type;
	void (*read)(struct reader *r);
};

static const struct kty *kty_read(struct reader *r)
{
	static const struct kty types[] = {
		{ "RSA", JOSE_RSA, rsa_read },
		{ "EC", JOSE_EC, curve_key_read },
		{ "OKP", JOSE_OKP, curve_key_read },
		{ "oct", JOSE_OCT, oct_read },
	};
	const struct lossless_value *v = member(r, "kty");
	char *name;

	for (size_t i = 0; v && i < sizeof(types) / sizeof(*types); i++)
		if (lossless_equals(r->json, v, types[i].name, strlen(types[i].name)))
			return &types[i];
	name = v ? lossless_dup(r->json, v) : NULL;
	if (name)
		snprintf(r->unknown, sizeof(r->unknown), "\"kty\" is \"%s\"", name);
	else
		snprintf(r->unknown, sizeof(r->unknown), "\"kty\" is %s",
			 v ? "no string" : "missing");
	free(name);
	return NULL;
}

/* False: of a kind that we don't know. */
static bool jwk_read(struct reader *r)
{
	const struct kty *kty = kty_read(r);

	if (!kty)
		return false;
	r->key->type = kty->type;
	r->key->constrained = true;
	duplicates_check(r);
	r->key->kid = name_read(r, "kid");
	r->key->alg = name_read(r, "alg");
	r->key->use = name_read(r, "use");
	ops_read(r);
	kty->read(r);
	return !r->unknown[0];
}

/* Adds the object's key, or takes it back when it can't be one; `unknown` says why then. */
static bool jwk_add(struct key_set *s, const struct lossless *json,
		    const struct lossless_value *object, const char *label, char unknown[160])
{
	struct reader r = { .json = json, .object = object, .key = key_set_add(s, label) };

	if (jwk_read(&r))
		return true;
	key_set_drop(s);
	memcpy(unknown, r.unknown, sizeof(r.unknown));
	return false;
}

static enum errc one_read(struct key_set *s, const struct lossless *json,
			  const struct lossless_value *object, const char *label, struct err *e)
{
	char unknown[160];

	if (jwk_add(s, json, object, label, unknown))
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%s\" is no key that can be used: %s", label, unknown);
	return err_hint(e, "kty is one of oct, RSA, EC and OKP; crv one of P-256, P-384, P-521, "
			   "secp256k1, Ed25519, Ed448, X25519 and X448");
}

/* RFC 7517 §5: keys that we don't know are passed over. */
static enum errc set_read(struct key_set *s, const struct lossless *json,
			  const struct lossless_value *list, const char *label, struct err *e)
{
	size_t first = s->count;
	char unknown[160];

	if (list->type != LOSSLESS_ARRAY)
		return err_set(e, ERR_USAGE, "\"%s\": \"keys\" is no array", label);
	if (list->count > KEY_SET_MAX)
		return err_set(e, ERR_USAGE, "\"%s\" has more than %d keys", label, KEY_SET_MAX);
	for (const struct lossless_value *v = lossless_child(json, list); v;
	     v = lossless_next(json, v)) {
		if (v->type != LOSSLESS_OBJECT)
			return err_set(e, ERR_USAGE, "\"%s\": what stands at byte %u is no key",
				       label, v->begin + 1);
		if (!jwk_add(s, json, v, label, unknown))
			s->skipped++;
	}
	key_set_check(s, first);
	return ERR_OK;
}

static bool named_twice(const struct lossless *json, const struct lossless_value *object,
			const char *name)
{
	for (const struct lossless_value *v = lossless_child(json, object); v;
	     v = lossless_next(json, v))
		if (v->duplicate && lossless_named(json, v, name))
			return true;
	return false;
}

static enum errc root_read(struct key_set *s, const struct lossless *json, const char *label,
			   struct err *e)
{
	const struct lossless_value *object = lossless_object(json);
	const struct lossless_value *keys = lossless_find(json, object, "keys");

	if (json->error) {
		err_set(e, ERR_USAGE, "\"%s\" is no JSON: %s at byte %zu", label, json->error,
			json->error_at + 1);
		return err_hint(e, "a JWK is one JSON object, a set of them one with \"keys\"");
	}
	if (!object) {
		err_set(e, ERR_USAGE, "\"%s\" is no JSON object", label);
		return err_hint(e, "a set of keys is an object with an array \"keys\"");
	}
	if (!keys)
		return one_read(s, json, object, label, e);
	/* One reader would take the key, another the set. */
	if (lossless_find(json, object, "kty") || named_twice(json, object, "keys"))
		return err_set(e, ERR_USAGE, "\"%s\" is a key and a set at once, or two sets",
			       label);
	return set_read(s, json, keys, label, e);
}

enum errc key_set_add_jwk(struct key_set *s, const char *text, size_t len, const char *label,
			  struct err *e)
{
	size_t before = s->count;
	struct lossless json;
	enum errc rc;

	if (len > KEY_TEXT_MAX)
		return err_set(e, ERR_USAGE, "\"%s\" is longer than %d bytes", label, KEY_TEXT_MAX);
	lossless_read(&json, text, len);
	rc = root_read(s, &json, label, e);
	if (rc == ERR_OK && json.duplicates)
		s->faults |= KEY_SET_DUPLICATES;
	else if (rc != ERR_OK)
		key_set_cut(s, before);
	lossless_release(&json);
	return rc;
}
