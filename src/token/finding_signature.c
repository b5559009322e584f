/* Findings about the bytes of a signature, that need no key: what can't be one of its algorithm. */
#include "src/token/finding_rules.h"

#include <string.h>

#include "src/token/finding_seen.h"

/* An ASN.1 SEQUENCE of two INTEGERs over all of it, as OpenSSL and Java write ECDSA signatures. */
static bool is_der(const unsigned char *s, size_t size)
{
	size_t at = 2, len;

	if (size < 8 || s[0] != 0x30)
		return false;
	len = s[1];
	if (s[1] == 0x81) {
		len = s[2];
		at = 3;
	}
	if (at + len != size)
		return false;
	for (int i = 0; i < 2; i++) {
		if (at + 2 > size || s[at] != 0x02 || s[at + 1] >= 0x80)
			return false;
		at += 2 + (size_t)s[at + 1];
	}
	return at == size;
}

static bool is_ecdsa(const struct seen_part *p)
{
	return p->algorithm && p->algorithm->family == FAMILY_ECDSA;
}

const struct finding_rule finding_sig_empty = {
	.id = "sig-empty",
	.severity = SEVERITY_CRITICAL,
	.summary = "an empty signature, and \"alg\" is not none",
	.remedy = "refuse it, and see that your API does",
	.source = "RFC 8725 3.3",
};

enum { RSA_LEAST = 62, RSA_MOST = 2048 };

/* Can the signature belong to the algorithm? RSA's is as long as the key's modulus: without the key
 * only what no modulus allows is told. */
static bool length_fits(const struct algorithm *a, size_t size)
{
	switch (a->family) {
	case FAMILY_RSA_PKCS1:
	case FAMILY_RSA_PSS:
		return size >= RSA_LEAST && size <= RSA_MOST;
	case FAMILY_EDDSA:
		return a->signature_bytes ? size == a->signature_bytes : size == 64 || size == 114;
	case FAMILY_HMAC:
	case FAMILY_ECDSA:
		return size == a->signature_bytes;
	case FAMILY_NONE:
	case FAMILY_RSA_OAEP:
	case FAMILY_RSA1_5:
	case FAMILY_ECDH_ES:
	case FAMILY_AES_KW:
	case FAMILY_AES_GCM_KW:
	case FAMILY_DIRECT:
	case FAMILY_PBES2:
	case FAMILY_CBC_HMAC:
	case FAMILY_GCM:
		break;
	}
	return true;
}

static void look_length(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct jose_segment *s = &p->part->value;

		if (!p->algorithm || !s->size || length_fits(p->algorithm, s->size))
			continue;
		if (is_ecdsa(p) && is_der(s->data, s->size))
			continue;
		if (p->algorithm->signature_bytes)
			finding_add(out, rule, "%sthe signature has %zu bytes, %s makes %zu",
				    p->words, s->size, p->algorithm->name,
				    p->algorithm->signature_bytes);
		else
			finding_add(out, rule, "%sa signature of %zu bytes can't be one of %s",
				    p->words, s->size, p->algorithm->name);
	}
}

const struct finding_rule finding_sig_length = {
	.id = "sig-length",
	.severity = SEVERITY_ERROR,
	.summary = "the signature's length can't belong to \"alg\"",
	.remedy = "copy the whole token; see that the issuer names the algorithm it uses",
	.source = "RFC 7518 3.3, 3.4",
	.about = ABOUT_JWS,
	.look = look_length,
};

/* Orders of the curves: SEC 2 §2.4.1, FIPS 186-4 D.1.2. */
static const struct {
	const char *curve;
	size_t size;
	unsigned char order[66];
} orders[] = {
	{ "P-256", 32, { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
			 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
			 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51 } },
	{ "secp256k1", 32, { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
			     0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xBA, 0xAE, 0xDC, 0xE6, 0xAF, 0x48,
			     0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36, 0x41, 0x41 } },
	{ "P-384", 48, { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
			 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
			 0xC7, 0x63, 0x4D, 0x81, 0xF4, 0x37, 0x2D, 0xDF, 0x58, 0x1A, 0x0D, 0xB2,
			 0x48, 0xB0, 0xA7, 0x7A, 0xEC, 0xEC, 0x19, 0x6A, 0xCC, 0xC5, 0x29, 0x73 } },
	{ "P-521", 66, { 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
			 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
			 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
			 0xFA, 0x51, 0x86, 0x87, 0x83, 0xBF, 0x2F, 0x96, 0x6B, 0x7F, 0xCC,
			 0x01, 0x48, 0xF7, 0x09, 0xA5, 0xD0, 0x3B, 0xB5, 0xC9, 0xB8, 0x89,
			 0x9C, 0x47, 0xAE, 0xBB, 0x6F, 0xB7, 0x1E, 0x91, 0x38, 0x64, 0x09 } },
};

static bool all_zero(const unsigned char *bytes, size_t size)
{
	unsigned char any = 0;

	for (size_t i = 0; i < size; i++)
		any |= bytes[i];
	return !any;
}

/* What is wrong with the half of an ECDSA signature; NULL: nothing. */
static const char *half_fault(const char *curve, const unsigned char *half, size_t size)
{
	if (all_zero(half, size))
		return "is 0";
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (strcmp(orders[i].curve, curve) == 0 &&
		    memcmp(half, orders[i].order, orders[i].size) >= 0)
			return "is not below the curve's order";
	return NULL;
}

static void look_zero(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct jose_segment *s = &p->part->value;
		size_t half = s->size / 2;

		if (!is_ecdsa(p) || s->size != p->algorithm->signature_bytes)
			continue;
		for (int k = 0; k < 2; k++) {
			const char *why = half_fault(p->algorithm->curve, s->data + (k ? half : 0),
						     half);

			if (why)
				finding_add(out, rule,
					    "%s%c of the signature %s: no signer makes that",
					    p->words, k ? 's' : 'r', why);
		}
	}
}

const struct finding_rule finding_sig_zero = {
	.id = "sig-zero",
	.severity = SEVERITY_CRITICAL,
	.summary = "r or s of an ECDSA signature is 0 or not below the order",
	.remedy = "see that your API refuses it: Java 15 to 18 took it for any message",
	.source = "CVE-2022-21449",
	.about = ABOUT_JWS,
	.look = look_zero,
};

static void look_der(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	for (size_t i = 0; i < in->seen->count; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const struct jose_segment *s = &p->part->value;

		if (is_ecdsa(p) && s->size != p->algorithm->signature_bytes &&
		    is_der(s->data, s->size))
			finding_add(
				out, rule,
				"%sthe signature is in ASN.1 (%zu bytes); %s has r and s in %zu",
				p->words, s->size, p->algorithm->name,
				p->algorithm->signature_bytes);
	}
}

const struct finding_rule finding_ecdsa_der = {
	.id = "ecdsa-der",
	.severity = SEVERITY_ERROR,
	.summary = "an ES signature in ASN.1 instead of r and s one behind the other",
	.remedy = "the issuer must convert what its library gives (IEEE P1363 form)",
	.source = "RFC 7518 3.4",
	.about = ABOUT_JWS,
	.look = look_der,
};

/* base64url characters of so many bytes. */
static size_t characters(size_t bytes)
{
	return (bytes * 4 + 2) / 3;
}

/* Lengths of RSA signatures in use are whole 128 bits; another one was cut. The bytes of the next
 * common modulus; 0: can't be told. */
static size_t rsa_meant(size_t size)
{
	static const size_t common[] = { 128, 256, 384, 512, 1024 };

	if (size % 16 == 0)
		return 0;
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (size < common[i])
			return common[i];
	return 0;
}

static size_t signature_meant(const struct algorithm *a, const struct inspection *in, size_t size)
{
	if (a->family == FAMILY_RSA_PKCS1 || a->family == FAMILY_RSA_PSS) {
		if (in->keys && in->keys->count == 1 && in->keys->keys[0].type == JOSE_RSA)
			return (in->keys->keys[0].bits + 7) / 8;
		return rsa_meant(size);
	}
	return a->signature_bytes;
}

/* The tag is as long as the content encryption says (RFC 7518 §5). */
static size_t tag_meant(const struct seen_part *p)
{
	const struct seen_value *enc = &p->header[HEADER_ENC];
	struct buf room = BUF_INIT(JOSE_MAX);
	const struct algorithm *a;
	struct seen_text name;

	if (!enc->value)
		return 0;
	name = seen_text(enc->in, enc->value, &room);
	a = name.at ? algorithm_find(name.at, name.len) : NULL;
	buf_release(&room);
	if (!a || a->purpose != ALGORITHM_ENCRYPTS)
		return 0;
	return a->family == FAMILY_CBC_HMAC ? a->key_bits / 16 : 16;
}

static void look_truncated(const struct inspection *in, const struct finding_rule *rule,
			   struct findings *out)
{
	const struct jose *t = in->token;
	const struct seen_part *p = &in->seen->parts[0];
	const struct jose_segment *last = t->kind == JOSE_JWS ? &t->first.value : &t->tag;
	size_t meant = 0;

	if (t->form != JOSE_COMPACT || !in->seen->count || !last->present || !last->size)
		return;
	if (t->kind == JOSE_JWE)
		meant = tag_meant(p);
	else if (p->algorithm && !(is_ecdsa(p) && is_der(last->data, last->size)))
		meant = signature_meant(p->algorithm, in, last->size);
	if (meant > last->size && last->len < characters(meant))
		finding_add(out, rule,
			    "looks cut off by %zu characters: the last segment has %zu, %s %zu",
			    characters(meant) - last->len, last->len,
			    t->kind == JOSE_JWS ? p->algorithm->name : "its tag takes",
			    characters(meant));
}

const struct finding_rule finding_truncated = {
	.id = "truncated",
	.severity = SEVERITY_ERROR,
	.summary = "the last segment is too short for \"alg\": the token looks cut off",
	.remedy = "copy it again, to its last character",
	.source = "RFC 7518 3, 5",
	.look = look_truncated,
};
