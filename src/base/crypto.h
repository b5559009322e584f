/* The few primitives authrack rests on, over OpenSSL EVP. */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

enum { SHA256_SIZE = 32, MAC_SIZE = 32, KEY256_SIZE = 32, SIGNATURE_SIZE = 64 };

/* A piece of a message, for the functions that take several. */
struct span {
	const void *data;
	size_t len;
};

void sha256(uint8_t out[SHA256_SIZE], const struct span *parts, size_t count);

/* Incremental SHA-256. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *h, const void *data, size_t len);
/* The state is ready for a new message afterwards. */
void sha256_end(struct sha256 *h, uint8_t out[SHA256_SIZE]);
void sha256_free(struct sha256 *h);

/* HMAC-SHA-256 with a key that is kept in an initialised context (0.3 µs a short message, against
 * 1.1 µs for one-shot HMAC). Not to be shared between threads. */
struct mac;
struct mac *mac_new(const uint8_t key[KEY256_SIZE]);
void mac_parts(struct mac *m, uint8_t out[MAC_SIZE], const struct span *parts, size_t count);
void mac_free(struct mac *m); /* wipes; NULL is well */

bool bytes_equal(const void *a, const void *b, size_t len); /* constant time */

/* HKDF-SHA-256 (RFC 5869) with an empty salt: one key a purpose. */
void hkdf(uint8_t out[KEY256_SIZE], const uint8_t key[KEY256_SIZE], const char *info);

/* AES-256-GCM: out = nonce (12, random) ‖ ciphertext ‖ tag (16). */
enum { SEAL_OVERHEAD = 28 };
void seal(uint8_t *out, const uint8_t key[KEY256_SIZE], const void *plain, size_t len,
	  const void *associated, size_t associated_len);
/* `out` has room for len - SEAL_OVERHEAD. False when it was not sealed under this key and data. */
bool unseal(uint8_t *out, const uint8_t key[KEY256_SIZE], const void *sealed, size_t len,
	    const void *associated, size_t associated_len);

/* scrypt (RFC 7914) with N = 2^17, r = 8, p = 1. ERR_STORE when memory is refused. */
enum errc scrypt_key(uint8_t out[KEY256_SIZE], const void *passphrase, size_t len,
		     const uint8_t salt[16], struct err *e);

/* Ed25519 (RFC 8032) from a 32-byte seed. */
void ed25519_public(uint8_t out[32], const uint8_t seed[32]);
void ed25519_sign(uint8_t out[SIGNATURE_SIZE], const uint8_t seed[32], const void *data,
		  size_t len);
bool ed25519_verify(const uint8_t public_key[32], const uint8_t signature[SIGNATURE_SIZE],
		    const void *data, size_t len);

#endif
