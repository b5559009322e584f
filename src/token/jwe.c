/* Opening a JWE (RFC 7516 5.2): what its header asks for, which keys may be tried, and what is said
 * when none of them fits. The steps themselves are in jwe_key.c, jwe_ecdh.c, jwe_content.c and
 * jwe_inflate.c. */
#include "src/token/jwe.h"

#include <stdlib.h>
#include <string.h>

#include "src/token/jwe_parts.h"

/* Trials of one recipient with one key: enough for what people have, and no way to make a set of many
 * keys, or a token of many recipients, cost minutes. */
enum { TRIES_MOST = 200 };

struct opening {
	const struct jose *token;
	struct key_set *keys;
	bool allow_weak;
	size_t tries;
	int64_t rounds;	  /* of PBES2, over all trials */
	char why[192];	  /* what forbade the last key that was not tried */
	struct err first; /* first usage error: told when no key was tried */
	struct secret *plain;
	const struct jose_key *used;
};

/* --- what the header asks for -------------------------------------------------------------------- */

static enum errc header_algorithm(const struct jose_part *p, const char *name,
				  enum algorithm_purpose purpose, const struct algorithm **out,
				  struct err *e)
{
	char *text = jose_header_text(p, name);
	enum errc rc = ERR_USAGE;

	*out = text ? algorithm_find(text, strlen(text)) : NULL;
	if (!text)
		err_set(e, ERR_USAGE, "the header has no \"%s\", or one that is no text", name);
	else if (!*out || (*out)->purpose != purpose)
		err_set(e, ERR_USAGE, "\"%s\" is no \"%s\" of an encrypted token that is known",
			text, name);
	else
		rc = ERR_OK;
	free(text);
	return rc;
}

/* No extension is known here that `crit` could name (b64 is of signatures: RFC 7797 3). */
static enum errc header_critical(const struct jose_part *p, struct err *e)
{
	if (!jose_header(p, "crit", NULL, NULL))
		return ERR_OK;
	return err_set(e, ERR_USAGE,
		       "the header's \"crit\" names extensions that are not understood");
}

static enum errc header_typed(const struct jose_part *p, struct err *e)
{
	const char *name, *fault = jose_header_fault(p, &name);

	return fault ? err_set(e, ERR_USAGE, "the header's \"%s\"%s", name, fault) : ERR_OK;
}

/* RFC 7516 4.1.3: `zip` counts in the protected header only. */
static enum errc header_zip(const struct jose_part *p, bool *deflated, struct err *e)
{
	enum jose_place place = PLACE_PROTECTED;
	const struct lossless *in = NULL;
	const struct lossless_value *v = jose_header(p, "zip", &in, &place);

	*deflated = v != NULL;
	if (!v)
		return ERR_OK;
	if (place != PLACE_PROTECTED)
		return err_set(e, ERR_USAGE, "\"zip\" is not in the protected header");
	if (!lossless_equals(in, v, "DEF", 3))
		return err_set(e, ERR_USAGE,
			       "\"zip\" is not \"DEF\", the only compression there is");
	return ERR_OK;
}

/* --- keys ------------------------------------------------------------------------------------------ */

static bool has_kid(const struct key_set *s, const char *kid)
{
	for (size_t i = 0; kid && i < s->count; i++)
		if (s->keys[i].kid && strcmp(s->keys[i].kid, kid) == 0)
			return true;
	return false;
}

/* Under its kid, where one of the keys has that; else any key without a kid of its own. */
static bool kid_fits(const struct jose_key *k, const char *kid, bool known)
{
	if (!kid)
		return true;
	return known ? k->kid && strcmp(k->kid, kid) == 0 : !k->kid;
}

/* With dir the key is the content's own: it has to fit `enc` as well. */
static bool allowed(struct opening *o, const struct jwe_try *x)
{
	bool direct = x->alg->family == FAMILY_DIRECT;

	return jose_key_allows(x->key, x->alg, direct ? KEY_OP_DECRYPT : KEY_OP_UNWRAP,
			       o->allow_weak, o->why, sizeof(o->why)) &&
	       (!direct || jose_key_allows(x->key, x->enc, KEY_OP_DECRYPT, o->allow_weak, o->why,
					   sizeof(o->why)));
}

/* --- opening ------------------------------------------------------------------------------------------ */

static struct span segment_span(const struct jose_segment *s)
{
	return (struct span){ s->data, s->size };
}

/* The texts of protected header and `aad` as they stand in the token (RFC 7516 5.1 step 14). */
static struct jwe_sealed sealed_parts(const struct jose *t, const struct jose_part *p)
{
	const struct jose_segment *header = &p->protected_header;
	struct jwe_sealed s = { .iv = segment_span(&t->iv),
				.ciphertext = segment_span(&t->ciphertext),
				.tag = segment_span(&t->tag) };

	if (header->present)
		s.aad[0] = (struct span){ t->text + header->offset, header->len };
	if (t->aad.present) {
		s.aad[1] = (struct span){ ".", 1 };
		s.aad[2] = (struct span){ t->text + t->aad.offset, t->aad.len };
	}
	return s;
}

static enum errc open_content(struct opening *o, const struct jwe_try *x, const struct secret *cek,
			      bool deflated, struct err *e)
{
	struct jwe_sealed sealed = sealed_parts(o->token, x->part);
	struct secret inner = SECRET_INIT;
	enum errc rc = ERR_NO;

	if (!jwe_content_open(x->enc, cek, &sealed, &inner))
		goto out;
	rc = ERR_OK;
	if (deflated)
		rc = jwe_inflate(&inner, o->plain, e);
	else
		secret_move(o->plain, &inner);
out:
	secret_release(&inner);
	return rc;
}

/* PBES2 has to be worth its time only once: the limit is for all trials together. */
static enum errc spend_rounds(struct opening *o, const struct jwe_try *x, struct err *e)
{
	int64_t rounds = 0;
	enum errc rc = jwe_rounds(x->part, x->alg, &rounds, e);

	if (rc)
		return rc;
	o->rounds += rounds;
	if (o->rounds > JWE_ROUNDS_MOST && o->rounds > rounds)
		return err_set(e, ERR_USAGE,
			       "trying all passwords would take more than %d rounds of hashing",
			       JWE_ROUNDS_MOST);
	return ERR_OK;
}

static enum errc try_key(struct opening *o, const struct jwe_try *x, bool deflated, struct err *e)
{
	struct secret cek = SECRET_INIT;
	enum errc rc = spend_rounds(o, x, e);

	if (!rc)
		rc = jwe_unwrap(x, &cek, e);
	if (!rc)
		rc = open_content(o, x, &cek, deflated, e);
	secret_release(&cek);
	if (!rc)
		o->used = x->key;
	return rc;
}

/* Tries every key that may be. ERR_OK: one fitted; ERR_NO: none did; ERR_USAGE: what is told in `e`
 * kept it from being tried, or came out behind the tag. */
static enum errc try_keys(struct opening *o, struct jwe_try *x, bool deflated, struct err *e)
{
	char *kid = jose_header_text(x->part, "kid");
	bool known = has_kid(o->keys, kid);
	enum errc rc = ERR_NO;

	for (size_t i = 0; i < o->keys->count && rc; i++) {
		struct err fault = ERR_INIT;

		x->key = &o->keys->keys[i];
		if (!kid_fits(x->key, kid, known) || !allowed(o, x))
			continue;
		if (++o->tries > TRIES_MOST) {
			rc = err_set(e, ERR_USAGE, "more than %d keys would have to be tried",
				     TRIES_MOST);
			break;
		}
		rc = try_key(o, x, deflated, &fault);
		if (rc == ERR_USAGE)
			*e = fault;
	}
	free(kid);
	return rc;
}

static enum errc open_recipient(struct opening *o, const struct jose_part *p, struct err *e)
{
	struct jwe_try x = { .part = p };
	bool deflated = false;
	enum errc rc = header_typed(p, e);

	if (!rc)
		rc = header_critical(p, e);
	if (!rc)
		rc = header_algorithm(p, "alg", ALGORITHM_MANAGES_KEYS, &x.alg, e);
	if (!rc)
		rc = header_algorithm(p, "enc", ALGORITHM_ENCRYPTS, &x.enc, e);
	if (!rc)
		rc = header_zip(p, &deflated, e);
	return rc ? rc : try_keys(o, &x, deflated, e);
}

/* RFC 7516 7.2.1: one content, so one `enc` for all. */
static bool same_content(const struct jose *t)
{
	char *first = t->count ? jose_header_text(&t->parts[0], "enc") : NULL;
	bool same = true;

	for (size_t i = 1; i < t->count && same; i++) {
		char *enc = jose_header_text(&t->parts[i], "enc");

		same = first && enc && strcmp(first, enc) == 0;
		free(enc);
	}
	free(first);
	return same;
}

static enum errc check_token(const struct jose *t, const struct key_set *keys, struct err *e)
{
	if (!jose_sound(t))
		return err_set(e, ERR_USAGE, "the token is malformed: %s",
			       t->fault_count ? t->faults[0].text : "it can't be read");
	if (t->kind != JOSE_JWE)
		return err_set(e, ERR_USAGE, "it is not an encrypted token");
	if (!same_content(t))
		return err_set(e, ERR_USAGE, "the recipients' headers differ in \"enc\"");
	if (!keys->count)
		return err_set(e, ERR_USAGE, "there is no key to decrypt with");
	if (keys->faults & (KEY_SET_SAME_KID | KEY_SET_DUPLICATES))
		return err_set(e, ERR_USAGE, "the key set is ambiguous: %s",
			       keys->faults & KEY_SET_SAME_KID ? "two keys have one \"kid\""
							       : "a member stands in it twice");
	return ERR_OK;
}

/* One text for every way in which a key that was tried did not fit. */
static enum errc refuse(const struct opening *o, struct err *e)
{
	if (o->first.code && (!o->tries || o->token->count == 1)) {
		if (e)
			*e = o->first;
		return o->first.code;
	}
	if (o->tries) {
		err_set(e, ERR_NO, "the token can't be decrypted with the given key");
		err_hint(e, "it was made for another key, or changed on its way");
		return ERR_NO;
	}
	if (o->why[0])
		err_set(e, ERR_NO, "no given key may be used: %s", o->why);
	else
		err_set(e, ERR_NO, "no given key has the \"kid\" that the token names");
	return ERR_NO;
}

enum errc jwe_decrypt(const struct jose *t, struct key_set *keys, bool allow_weak,
		      struct secret *plain, const struct jose_key **used, struct err *e)
{
	struct opening o = { .token = t, .keys = keys, .allow_weak = allow_weak, .plain = plain };
	enum errc rc = check_token(t, keys, e);

	if (rc)
		return rc;
	rc = ERR_NO;
	for (size_t i = 0; i < t->count && rc; i++) {
		struct err fault = ERR_INIT;

		rc = open_recipient(&o, &t->parts[i], &fault);
		if (rc == ERR_USAGE && !o.first.code)
			o.first = fault;
	}
	if (!rc && used)
		*used = o.used;
	return rc ? refuse(&o, e) : ERR_OK;
}
