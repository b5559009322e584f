/* Getting at a JWE's content key: one function a family of RFC 7518 4. */
#include "src/token/jwe_parts.h"

#include <string.h>

#include <openssl/rsa.h>

#include "src/base/base64.h"
#include "src/base/random.h"
#include "src/token/jwe.h"

enum { RSA_MOST = 2048, SALT_LEAST = 8, SALT_MOST = 1024, GCM_IV = 12, GCM_TAG = 16, WRAPPING = 8 };

enum errc jwe_header_bytes(const struct jose_part *p, const char *name, bool optional,
			   unsigned char *room, size_t size, struct span *out, struct err *e)
{
	const struct lossless *in = NULL;
	const struct lossless_value *v = jose_header(p, name, &in, NULL);
	size_t len = v ? v->end - v->begin : 0;
	size_t n = 0;

	*out = (struct span){ room, 0 };
	if (!v)
		return optional ? ERR_OK : err_set(e, ERR_USAGE, "the header has no \"%s\"", name);
	/* base64url needs no escapes: the lexeme within its quotes is the text. */
	if (v->type != LOSSLESS_STRING || v->escaped || base64_room(len - 2) > size ||
	    !base64url_decode(room, &n, in->text + v->begin + 1, len - 2))
		return err_set(e, ERR_USAGE, "header parameter \"%s\" is no base64url, or too long",
			       name);
	out->len = n;
	return ERR_OK;
}

/* --- RSA --------------------------------------------------------------------------------------- */

static bool rsa_decrypt(const struct jwe_try *x, int padding, unsigned char *out, size_t *n)
{
	const struct jose_segment *wrapped = &x->part->value;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(x->key->pkey, NULL);
	EVP_MD *md = x->alg->digest ? EVP_MD_fetch(NULL, x->alg->digest, NULL) : NULL;
	bool well = c && EVP_PKEY_decrypt_init(c) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(c, padding) == 1;

	if (well && padding == RSA_PKCS1_OAEP_PADDING)
		well = md && EVP_PKEY_CTX_set_rsa_oaep_md(c, md) == 1 &&
		       EVP_PKEY_CTX_set_rsa_mgf1_md(c, md) == 1;
	if (well)
		well = EVP_PKEY_decrypt(c, out, n, wrapped->data, wrapped->size) == 1;
	EVP_MD_free(md);
	EVP_PKEY_CTX_free(c);
	return well;
}

/* A ciphertext is as long as the modulus (RFC 8017 7.1.2, 7.2.2). */
static size_t rsa_bytes(const struct jwe_try *x)
{
	size_t n = (size_t)EVP_PKEY_get_size(x->key->pkey);

	return n == x->part->value.size && n <= RSA_MOST ? n : 0;
}

static enum errc unwrap_oaep(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	struct secret block = SECRET_INIT;
	size_t n = rsa_bytes(x);
	enum errc rc = ERR_NO;

	(void)e;
	if (!n)
		return ERR_NO;
	secret_init(&block, n);
	if (rsa_decrypt(x, RSA_PKCS1_OAEP_PADDING, block.data, &n) && n == jwe_key_bytes(x->enc)) {
		secret_set(cek, block.data, n);
		rc = ERR_OK;
	}
	secret_release(&block);
	return rc;
}

/* 00 02 PS 00 CEK with a CEK of just the length that is needed (RFC 8017 7.2.2), told without a branch on
 * the block's bytes: 0 when it is so. */
static unsigned pkcs1_fault(const unsigned char *block, size_t size, size_t len)
{
	unsigned fault = block[0] | (block[1] ^ 2u) | block[size - len - 1];

	for (size_t i = 2; i < size - len - 1; i++)
		fault |= (((unsigned)block[i] - 1) >> 8) & 1;
	return fault;
}

/* Whatever is wrong with it, a random key goes on in its place, which the content's tag then refuses
 * (RFC 7516 11.5, RFC 3218): no one learns which step failed. */
static enum errc unwrap_rsa1_5(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	size_t len = jwe_key_bytes(x->enc);
	size_t size = rsa_bytes(x);
	struct secret block = SECRET_INIT;
	unsigned fault;
	unsigned char mask;

	(void)e;
	secret_release(cek);
	secret_init(cek, len);
	random_private(cek->data, len);
	cek->len = len;
	if (size < len + 11)
		return ERR_OK;
	secret_init(&block, size);
	memset(block.data, 0, size);
	(void)rsa_decrypt(x, RSA_NO_PADDING, block.data, &size);
	fault = pkcs1_fault(block.data, size, len);
	mask = (unsigned char)((fault - 1) >> 8);
	for (size_t i = 0; i < len; i++)
		cek->data[i] = (unsigned char)((block.data[size - len + i] & mask) |
					       (cek->data[i] & (unsigned char)~mask));
	secret_release(&block);
	return ERR_OK;
}

/* --- AES ---------------------------------------------------------------------------------------- */

/* RFC 3394: the key is 8 bytes shorter than what it is wrapped in. */
static enum errc key_unwrap(const struct secret *kek, const struct jwe_try *x, struct secret *cek)
{
	const struct jose_segment *wrapped = &x->part->value;
	size_t len = jwe_key_bytes(x->enc);
	EVP_CIPHER *cipher = jwe_cipher(x->alg->key_bits, "WRAP");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	bool well = false;

	secret_release(cek);
	if (!cipher || !c || kek->len * 8 != x->alg->key_bits || wrapped->size != len + WRAPPING)
		goto out;
	secret_init(cek, wrapped->size);
	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	well = EVP_DecryptInit_ex2(c, cipher, kek->data, NULL, NULL) == 1 &&
	       EVP_DecryptUpdate(c, cek->data, &n, wrapped->data, (int)wrapped->size) == 1 &&
	       (size_t)n == len;
	cek->len = well ? len : 0;
out:
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	return well ? ERR_OK : ERR_NO;
}

static enum errc unwrap_kw(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	(void)e;
	return key_unwrap(&x->key->secret, x, cek);
}

static enum errc unwrap_gcm(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	const struct jose_segment *wrapped = &x->part->value;
	unsigned char iv[GCM_IV + 2];
	unsigned char tag[GCM_TAG + 2];
	struct jwe_sealed sealed = { .ciphertext = { wrapped->data, wrapped->size } };
	enum errc rc = jwe_header_bytes(x->part, "iv", false, iv, sizeof(iv), &sealed.iv, e);

	if (!rc)
		rc = jwe_header_bytes(x->part, "tag", false, tag, sizeof(tag), &sealed.tag, e);
	if (rc)
		return rc;
	if (x->key->secret.len * 8 != x->alg->key_bits || wrapped->size != jwe_key_bytes(x->enc))
		return ERR_NO;
	secret_release(cek);
	secret_init(cek, wrapped->size);
	if (!jwe_gcm_open(&x->key->secret, &sealed, cek->data))
		return ERR_NO;
	cek->len = wrapped->size;
	return ERR_OK;
}

/* --- without a key of its own --------------------------------------------------------------------- */

static enum errc key_is_direct(const struct jwe_try *x, struct err *e)
{
	if (x->part->value.size == 0)
		return ERR_OK;
	return err_set(e, ERR_USAGE, "%s has no encrypted key, but this token has one",
		       x->alg->name);
}

static enum errc unwrap_direct(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	if (key_is_direct(x, e))
		return ERR_USAGE;
	secret_copy(cek, &x->key->secret);
	return cek->len == jwe_key_bytes(x->enc) ? ERR_OK : ERR_NO;
}

static enum errc unwrap_ecdh(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	struct secret kek = SECRET_INIT;
	enum errc rc;

	if (!x->alg->key_bits)
		return key_is_direct(x, e) ? ERR_USAGE : jwe_agree(x, cek, e);
	rc = jwe_agree(x, &kek, e);
	if (!rc)
		rc = key_unwrap(&kek, x, cek);
	secret_release(&kek);
	return rc;
}

/* --- passwords --------------------------------------------------------------------------------------- */

enum errc jwe_rounds(const struct jose_part *p, const struct algorithm *alg, int64_t *rounds,
		     struct err *e)
{
	const struct lossless *in = NULL;
	const struct lossless_value *v = jose_header(p, "p2c", &in, NULL);

	*rounds = 0;
	if (alg->family != FAMILY_PBES2)
		return ERR_OK;
	if (!v || !lossless_integer(in, v, rounds))
		return err_set(e, ERR_USAGE, "header parameter \"p2c\" is missing, or no integer");
	if (*rounds >= JWE_ROUNDS_LEAST && *rounds <= JWE_ROUNDS_MOST)
		return ERR_OK;
	return err_set(e, ERR_USAGE,
		       "the password is to be hashed %lld times: %d to %d are allowed (\"p2c\")",
		       (long long)*rounds, JWE_ROUNDS_LEAST, JWE_ROUNDS_MOST);
}

/* The salt is the algorithm's name, a zero byte, and p2s (RFC 7518 4.8.1.1). */
static enum errc pbes2_salt(const struct jwe_try *x, unsigned char *salt, size_t size, size_t *n,
			    struct err *e)
{
	size_t lead = strlen(x->alg->name) + 1;
	struct span p2s;
	enum errc rc;

	memcpy(salt, x->alg->name, lead);
	rc = jwe_header_bytes(x->part, "p2s", false, salt + lead, size - lead, &p2s, e);
	if (!rc && p2s.len < SALT_LEAST)
		rc = err_set(e, ERR_USAGE, "the salt \"p2s\" has %zu bytes: at least %d are needed",
			     p2s.len, SALT_LEAST);
	*n = lead + p2s.len;
	return rc;
}

static enum errc unwrap_pbes2(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	unsigned char salt[SALT_MOST];
	size_t n = 0;
	int64_t rounds = 0;
	struct secret kek = SECRET_INIT;
	EVP_MD *md = NULL;
	enum errc rc = jwe_rounds(x->part, x->alg, &rounds, e);

	if (!rc)
		rc = pbes2_salt(x, salt, sizeof(salt), &n, e);
	if (rc)
		return rc;
	md = EVP_MD_fetch(NULL, x->alg->digest, NULL);
	secret_init(&kek, x->alg->key_bits / 8);
	rc = ERR_NO;
	if (md && PKCS5_PBKDF2_HMAC(secret_reveal(&x->key->secret), (int)x->key->secret.len, salt,
				    (int)n, (int)rounds, md, (int)kek.size, kek.data) == 1) {
		kek.len = kek.size;
		rc = key_unwrap(&kek, x, cek);
	}
	EVP_MD_free(md);
	secret_release(&kek);
	return rc;
}

enum errc jwe_unwrap(const struct jwe_try *x, struct secret *cek, struct err *e)
{
	static enum errc (*const unwrap[])(const struct jwe_try *, struct secret *,
					   struct err *) = {
		[FAMILY_RSA_OAEP] = unwrap_oaep,  [FAMILY_RSA1_5] = unwrap_rsa1_5,
		[FAMILY_ECDH_ES] = unwrap_ecdh,	  [FAMILY_AES_KW] = unwrap_kw,
		[FAMILY_AES_GCM_KW] = unwrap_gcm, [FAMILY_DIRECT] = unwrap_direct,
		[FAMILY_PBES2] = unwrap_pbes2,
	};

	return unwrap[x->alg->family](x, cek, e);
}
