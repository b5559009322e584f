/* Keys out of PEM (RFC 7468) and DER: PKCS#1, PKCS#8, SEC1, SubjectPublicKeyInfo, X.509. Encrypted ones
 * are refused: a passphrase is asked for by the tool that decrypts them. */
#include "src/token/key_parts.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"

enum { BLOCKS_MAX = 200 };

enum form { FORM_PUBLIC, FORM_PRIVATE };

/* Reads all of the bytes or nothing. */
struct decoder {
	const char *block; /* what PEM calls it */
	enum form form;
	EVP_PKEY *(*decode)(const unsigned char **at, long len);
};

static EVP_PKEY *spki_decode(const unsigned char **at, long len)
{
	return d2i_PUBKEY(NULL, at, len);
}

static EVP_PKEY *certificate_decode(const unsigned char **at, long len)
{
	X509 *certificate = d2i_X509(NULL, at, len);
	EVP_PKEY *pkey = certificate ? X509_get_pubkey(certificate) : NULL;

	X509_free(certificate);
	return pkey;
}

static EVP_PKEY *pkcs8_decode(const unsigned char **at, long len)
{
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, at, len);
	EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	return pkey;
}

static EVP_PKEY *rsa_private_decode(const unsigned char **at, long len)
{
	return d2i_PrivateKey(EVP_PKEY_RSA, NULL, at, len);
}

static EVP_PKEY *rsa_public_decode(const unsigned char **at, long len)
{
	return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, len);
}

static EVP_PKEY *ec_private_decode(const unsigned char **at, long len)
{
	return d2i_PrivateKey(EVP_PKEY_EC, NULL, at, len);
}

static const struct decoder decoders[] = {
	{ "PUBLIC KEY", FORM_PUBLIC, spki_decode },
	{ "CERTIFICATE", FORM_PUBLIC, certificate_decode },
	{ "PRIVATE KEY", FORM_PRIVATE, pkcs8_decode },
	{ "RSA PRIVATE KEY", FORM_PRIVATE, rsa_private_decode },
	{ "EC PRIVATE KEY", FORM_PRIVATE, ec_private_decode },
	{ "RSA PUBLIC KEY", FORM_PUBLIC, rsa_public_decode },
};

enum { DECODERS = sizeof(decoders) / sizeof(*decoders) };

static EVP_PKEY *decode(const struct decoder *d, const unsigned char *data, size_t len)
{
	const unsigned char *at = data;
	EVP_PKEY *pkey = NULL;

	pkey = d->decode(&at, (long)len);
	ERR_clear_error();
	if (at != data + len) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

/* --- what the key is ------------------------------------------------------------------------------ */

static void rsa_look(struct jose_key *k)
{
	struct rsa_numbers n = { { NULL } };
	size_t wanted = k->is_private ? RSA_PARTS : RSA_D;
	bool all = true;

	for (size_t i = 0; i < wanted; i++)
		all &= EVP_PKEY_get_bn_param(k->pkey, rsa_params[i], &n.part[i]) == 1;
	if (all)
		key_check_rsa(k, &n);
	else
		key_fault(k, KEY_FAULT_MEMBER, "a number of the RSA key is missing");
	rsa_numbers_release(&n);
	ERR_clear_error();
}

/* Curves given by their parameters can be forged ones: RFC 5480 §2.1.1 forbids them. */
static bool explicit_curve(const EVP_PKEY *pkey)
{
	int given = 0;

	return EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
				      &given) == 1 &&
	       given;
}

static void okp_look(struct jose_key *k, const struct curve *c)
{
	unsigned char raw[64];
	size_t len = sizeof(raw);

	if (EVP_PKEY_get_raw_public_key(k->pkey, raw, &len) != 1 || len != c->bytes ||
	    !edwards_point_good(c, raw))
		key_fault(k, KEY_FAULT_POINT, "the point is not on %s, or of small order", c->name);
}

static const struct curve *curve_look(const struct jose_key *k)
{
	char group[64];
	const char *type = EVP_PKEY_get0_type_name(k->pkey);

	if (EVP_PKEY_get_id(k->pkey) != EVP_PKEY_EC)
		return type ? curve_by_group(type) : NULL;
	if (explicit_curve(k->pkey) ||
	    EVP_PKEY_get_group_name(k->pkey, group, sizeof(group), NULL) != 1)
		return NULL;
	return curve_by_group(group);
}

/* False: of no type or curve of JOSE. */
static bool pkey_look(struct jose_key *k)
{
	const struct curve *c;

	if (EVP_PKEY_get_id(k->pkey) == EVP_PKEY_RSA ||
	    EVP_PKEY_get_id(k->pkey) == EVP_PKEY_RSA_PSS) {
		k->type = JOSE_RSA;
		rsa_look(k);
		return true;
	}
	c = curve_look(k);
	ERR_clear_error();
	if (!c)
		return false;
	k->type = c->type;
	k->curve = c->name;
	k->bits = c->bits;
	if (c->type == JOSE_EC)
		key_check_ec(k);
	else
		okp_look(k, c);
	return true;
}

/* Takes `pkey`. */
static enum errc pkey_add(struct key_set *s, EVP_PKEY *pkey, enum form form, const char *label,
			  struct err *e)
{
	struct jose_key *k = key_set_add(s, label);

	k->pkey = pkey;
	k->is_private = form == FORM_PRIVATE;
	if (pkey_look(k))
		return ERR_OK;
	key_set_drop(s);
	err_set(e, ERR_USAGE, "\"%s\" has a key of a type or curve that tokens do not use", label);
	return err_hint(e, "tokens use RSA, P-256, P-384, P-521, secp256k1, Ed25519, Ed448, X25519 "
			   "and X448, curves by name and not by parameters");
}

/* --- blocks of PEM -------------------------------------------------------------------------------- */

static enum errc encrypted(const char *label, struct err *e)
{
	err_set(e, ERR_USAGE, "the private key in \"%s\" is encrypted", label);
	return err_hint(e, "decrypt it first: openssl pkey -in FILE -out PLAIN");
}

/* Blocks that commonly stand beside a key and are none. */
static bool passed_over(const char *block)
{
	return strcmp(block, "EC PARAMETERS") == 0;
}

static const struct decoder *decoder_find(const char *block)
{
	if (strcmp(block, "X509 CERTIFICATE") == 0)
		block = "CERTIFICATE";
	for (size_t i = 0; i < DECODERS; i++)
		if (strcmp(decoders[i].block, block) == 0)
			return &decoders[i];
	return NULL;
}

static enum errc unknown_block(const char *block, const char *label, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" has a block \"%s\", which is no key for tokens", label,
		block);
	if (strcmp(block, "OPENSSH PRIVATE KEY") == 0)
		return err_hint(e, "turn it into PEM: ssh-keygen -p -m PEM -f COPY");
	return err_hint(e, "PUBLIC KEY, CERTIFICATE, PRIVATE KEY, and RSA and EC ones are read");
}

/* A block as PEM_read_bio_ex() gives it. */
struct block {
	char *name, *header;
	unsigned char *data;
	long len;
};

static void block_release(struct block *b)
{
	OPENSSL_free(b->name);
	OPENSSL_free(b->header);
	OPENSSL_clear_free(b->data, (size_t)b->len);
	*b = (struct block){ .name = NULL };
}

/* Has this certificate issued one that stands before it in the file? A chain holds the keys of
 * authorities behind the one that is meant: they sign no tokens. Keeps it for those that follow. */
static bool of_authority(STACK_OF(X509) * before, const struct block *b)
{
	const unsigned char *at = b->data;
	X509 *certificate = d2i_X509(NULL, &at, b->len);
	bool issuer = false;

	for (int i = 0; certificate && i < sk_X509_num(before); i++)
		issuer |= X509_check_issued(certificate, sk_X509_value(before, i)) == X509_V_OK;
	if (certificate && !sk_X509_push(before, certificate))
		alloc_exhausted();
	ERR_clear_error();
	return issuer;
}

static enum errc block_add(struct key_set *s, const struct block *b, STACK_OF(X509) * before,
			   const char *label, struct err *e)
{
	const struct decoder *d = decoder_find(b->name);
	EVP_PKEY *pkey;

	if (passed_over(b->name))
		return ERR_OK;
	if (strcmp(b->name, "ENCRYPTED PRIVATE KEY") == 0 || strstr(b->header, "ENCRYPTED"))
		return encrypted(label, e);
	if (!d)
		return unknown_block(b->name, label, e);
	if (d->decode == certificate_decode && of_authority(before, b))
		return ERR_OK;
	pkey = decode(d, b->data, (size_t)b->len);
	if (pkey)
		return pkey_add(s, pkey, d->form, label, e);
	err_set(e, ERR_USAGE, "the %s in \"%s\" can't be read", d->block, label);
	return err_hint(e, "it is damaged, of an unknown type, or its point is not on its curve");
}

/* The text of the block, for who tries whether a token was signed with it as a secret. */
static void text_keep(struct jose_key *k, const char *from, const char *end)
{
	const char *begin = memmem(from, (size_t)(end - from), "-----BEGIN ", 11);

	if (!begin || k->is_private)
		return;
	k->pem_len = (size_t)(end - begin);
	k->pem = x_strndup(begin, k->pem_len);
}

static enum errc no_block(size_t blocks, const char *label, struct err *e)
{
	unsigned long last = ERR_peek_last_error();

	ERR_clear_error();
	if (blocks && ERR_GET_REASON(last) == PEM_R_NO_START_LINE)
		return ERR_OK;
	if (ERR_GET_REASON(last) == PEM_R_NO_START_LINE)
		return err_set(e, ERR_USAGE, "\"%s\" has no block of PEM", label);
	err_set(e, ERR_USAGE, "block %zu of PEM in \"%s\" is damaged", blocks + 1, label);
	return err_hint(e, "it runs from -----BEGIN to -----END, with base64 between");
}

static enum errc blocks_read(struct key_set *s, BIO *bio, const char *text, size_t len,
			     const char *label, struct err *e)
{
	size_t from = 0, end, blocks = 0, before;
	STACK_OF(X509) *certificates = sk_X509_new_null();
	struct block b = { .name = NULL };
	enum errc rc = ERR_OK;

	if (!certificates)
		alloc_exhausted();
	while (rc == ERR_OK && blocks < BLOCKS_MAX &&
	       PEM_read_bio_ex(bio, &b.name, &b.header, &b.data, &b.len, PEM_FLAG_EAY_COMPATIBLE) ==
		       1) {
		end = len - (size_t)BIO_ctrl_pending(bio);
		before = s->count;
		rc = block_add(s, &b, certificates, label, e);
		if (s->count > before)
			text_keep(&s->keys[before], text + from, text + end);
		block_release(&b);
		from = end;
		blocks++;
	}
	sk_X509_pop_free(certificates, X509_free);
	if (rc == ERR_OK && blocks == BLOCKS_MAX)
		rc = err_set(e, ERR_USAGE, "\"%s\" has over %d blocks", label, BLOCKS_MAX);
	return rc == ERR_OK ? no_block(blocks, label, e) : rc;
}

enum errc key_set_add_pem(struct key_set *s, const char *text, size_t len, const char *label,
			  struct err *e)
{
	size_t before = s->count;
	enum errc rc;
	BIO *bio;

	if (len > KEY_TEXT_MAX)
		return err_set(e, ERR_USAGE, "\"%s\" is longer than %d bytes", label, KEY_TEXT_MAX);
	bio = BIO_new_mem_buf(text, (int)len);
	if (!bio)
		alloc_exhausted();
	rc = blocks_read(s, bio, text, len, label, e);
	if (rc == ERR_OK && s->count == before)
		rc = err_set(e, ERR_USAGE, "\"%s\" has no key", label);
	if (rc != ERR_OK)
		key_set_cut(s, before);
	BIO_free(bio);
	return rc;
}

/* EncryptedPrivateKeyInfo (RFC 5958 §3) has the shape of a signature with its algorithm. */
static bool der_encrypted(const unsigned char *data, size_t len)
{
	const unsigned char *at = data;
	X509_SIG *shape = d2i_X509_SIG(NULL, &at, (long)len);
	bool is = shape && at == data + len;

	X509_SIG_free(shape);
	ERR_clear_error();
	return is;
}

enum errc key_set_add_der(struct key_set *s, const void *data, size_t len, const char *label,
			  struct err *e)
{
	if (len > KEY_TEXT_MAX)
		return err_set(e, ERR_USAGE, "\"%s\" is longer than %d bytes", label, KEY_TEXT_MAX);
	for (size_t i = 0; i < DECODERS; i++) {
		EVP_PKEY *pkey = decode(&decoders[i], data, len);

		if (pkey)
			return pkey_add(s, pkey, decoders[i].form, label, e);
	}
	if (der_encrypted(data, len))
		return encrypted(label, e);
	err_set(e, ERR_USAGE, "\"%s\" is no key or certificate in DER", label);
	return err_hint(e, "PKCS #1, PKCS #8, SEC 1, SubjectPublicKeyInfo and X.509 are read");
}
