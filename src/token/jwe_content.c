/* Authenticated decryption of a JWE's content: AES-CBC with HMAC, and AES-GCM (RFC 7518 5). */
#include "src/token/jwe_parts.h"

#include <limits.h>
#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/params.h>

enum { GCM_IV = 12, GCM_TAG = 16, CBC_IV = 16, CBC_BLOCK = 16, MAC_MOST = 64 };

size_t jwe_key_bytes(const struct algorithm *enc)
{
	return enc->key_bits / 8;
}

EVP_CIPHER *jwe_cipher(size_t bits, const char *mode)
{
	char name[32];

	snprintf(name, sizeof(name), "AES-%zu-%s", bits, mode);
	return EVP_CIPHER_fetch(NULL, name, NULL);
}

static bool gcm_update(EVP_CIPHER_CTX *c, const struct jwe_sealed *s, unsigned char *out)
{
	int n = 0;

	for (size_t i = 0; i < 3; i++)
		if (s->aad[i].len &&
		    EVP_DecryptUpdate(c, NULL, &n, s->aad[i].data, (int)s->aad[i].len) != 1)
			return false;
	return !s->ciphertext.len ||
	       EVP_DecryptUpdate(c, out, &n, s->ciphertext.data, (int)s->ciphertext.len) == 1;
}

bool jwe_gcm_open(const struct secret *key, const struct jwe_sealed *s, unsigned char *out)
{
	EVP_CIPHER *cipher = jwe_cipher(key->len * 8, "GCM");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	unsigned char tag[GCM_TAG];
	unsigned char end[CBC_BLOCK];
	int n = 0;
	bool well = false;

	if (!cipher || !c || s->iv.len != GCM_IV || s->tag.len != GCM_TAG)
		goto out;
	memcpy(tag, s->tag.data, GCM_TAG);
	well = EVP_DecryptInit_ex2(c, cipher, key->data, s->iv.data, NULL) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, tag) == 1 &&
	       gcm_update(c, s, out) && EVP_DecryptFinal_ex(c, end, &n) == 1;
out:
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	return well;
}

/* GCM decrypts before its tag is looked at: nothing of it is handed out unless that fits. */
static bool gcm_content(const struct secret *cek, const struct jwe_sealed *s, struct secret *plain)
{
	secret_release(plain);
	secret_init(plain, s->ciphertext.len);
	if (!jwe_gcm_open(cek, s, plain->data)) {
		secret_release(plain);
		return false;
	}
	plain->len = s->ciphertext.len;
	plain->data[plain->len] = '\0';
	return true;
}

static bool mac_update(EVP_MAC_CTX *c, const struct jwe_sealed *s)
{
	unsigned char bits[8];
	uint64_t total = 0;

	for (size_t i = 0; i < 3; i++) {
		total += s->aad[i].len;
		if (s->aad[i].len && EVP_MAC_update(c, s->aad[i].data, s->aad[i].len) != 1)
			return false;
	}
	for (size_t i = 0; i < sizeof(bits); i++)
		bits[i] = (unsigned char)((total * 8) >> (56 - 8 * i));
	return EVP_MAC_update(c, s->iv.data, s->iv.len) == 1 &&
	       EVP_MAC_update(c, s->ciphertext.data, s->ciphertext.len) == 1 &&
	       EVP_MAC_update(c, bits, sizeof(bits)) == 1;
}

/* HMAC over associated data, IV, ciphertext and the former's length in bits (RFC 7518 5.2.2.1). */
static bool cbc_mac(const struct algorithm *enc, const struct secret *cek,
		    const struct jwe_sealed *s, unsigned char mac[MAC_MOST])
{
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *c = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	char digest[16];
	size_t n = 0;
	bool well;

	snprintf(digest, sizeof(digest), "%s", enc->digest);
	const OSSL_PARAM parameters[] = { OSSL_PARAM_utf8_string("digest", digest, 0),
					  OSSL_PARAM_END };
	well = c && EVP_MAC_init(c, cek->data, cek->len / 2, parameters) == 1 && mac_update(c, s) &&
	       EVP_MAC_final(c, mac, &n, MAC_MOST) == 1 && n == cek->len;
	EVP_MAC_CTX_free(c);
	EVP_MAC_free(hmac);
	return well;
}

static bool cbc_decrypt(const struct secret *cek, const struct jwe_sealed *s, struct secret *plain)
{
	size_t half = cek->len / 2;
	EVP_CIPHER *cipher = jwe_cipher(half * 8, "CBC");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	int last = 0;
	bool well;

	secret_release(plain);
	secret_init(plain, s->ciphertext.len + CBC_BLOCK);
	well = cipher && c &&
	       EVP_DecryptInit_ex2(c, cipher, cek->data + half, s->iv.data, NULL) == 1 &&
	       EVP_DecryptUpdate(c, plain->data, &n, s->ciphertext.data, (int)s->ciphertext.len) ==
		       1 &&
	       EVP_DecryptFinal_ex(c, plain->data + n, &last) == 1;
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	if (!well) {
		secret_release(plain);
		return false;
	}
	plain->len = (size_t)n + (size_t)last;
	plain->data[plain->len] = '\0';
	return true;
}

static bool cbc_content(const struct algorithm *enc, const struct secret *cek,
			const struct jwe_sealed *s, struct secret *plain)
{
	unsigned char mac[MAC_MOST];
	bool fits = s->iv.len == CBC_IV && s->tag.len == cek->len / 2 && s->ciphertext.len &&
		    s->ciphertext.len % CBC_BLOCK == 0 && cbc_mac(enc, cek, s, mac) &&
		    CRYPTO_memcmp(mac, s->tag.data, s->tag.len) == 0;

	OPENSSL_cleanse(mac, sizeof(mac));
	return fits && cbc_decrypt(cek, s, plain);
}

bool jwe_content_open(const struct algorithm *enc, const struct secret *cek,
		      const struct jwe_sealed *s, struct secret *plain)
{
	if (cek->len != jwe_key_bytes(enc) || s->ciphertext.len > JOSE_MAX)
		return false;
	return enc->family == FAMILY_GCM ? gcm_content(cek, s, plain)
					 : cbc_content(enc, cek, s, plain);
}
