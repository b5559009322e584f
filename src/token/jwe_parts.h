/* The steps of opening a JWE that jwe.c puts together. Nothing else includes this. */
#ifndef TOKEN_JWE_PARTS_H
#define TOKEN_JWE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "src/base/crypto.h"
#include "src/base/err.h"
#include "src/base/secret.h"
#include "src/token/algorithm.h"
#include "src/token/jose.h"
#include "src/token/jose_key.h"

/* One recipient's header tried with one key. */
struct jwe_try {
	const struct jose_part *part;
	struct jose_key *key;
	const struct algorithm *alg, *enc;
};

/* Bytes of the longest content key (A256CBC-HS512) and the longest agreed secret (P-521). */
enum { JWE_KEY_MOST = 64, JWE_AGREED_MOST = 66 };

/* Bytes of the content key. */
size_t jwe_key_bytes(const struct algorithm *enc);

/* Gets the content key. ERR_NO, without a message, when the key does not fit: which step told so is
 * nobody's business. ERR_USAGE when a header parameter is missing or malformed. */
enum errc jwe_unwrap(const struct jwe_try *x, struct secret *cek, struct err *e);
/* What ECDH-ES agrees on: the content key (ECDH-ES) or the one that wraps it (ECDH-ES+A…KW). Errors as
 * above. */
enum errc jwe_agree(const struct jwe_try *x, struct secret *agreed, struct err *e);
/* Concat KDF (NIST SP 800-56A 5.8.1 as RFC 7518 4.6.2 uses it) with SHA-256: `bits` of key out of the
 * agreed `z`. False: out of libcrypto. */
bool jwe_concat_kdf(const struct secret *z, const char *algorithm, const struct span *apu,
		    const struct span *apv, size_t bits, struct secret *out);
/* How often PBES2 would hash for this recipient; 0 for every other algorithm. ERR_USAGE where that is
 * not told, or beyond the limits. */
enum errc jwe_rounds(const struct jose_part *p, const struct algorithm *alg, int64_t *rounds,
		     struct err *e);

/* A header parameter in base64url, decoded into `room` (at most `size` bytes). ERR_USAGE when it is no
 * strict base64url, or longer; where it is missing, too, but with `optional`: empty then. */
enum errc jwe_header_bytes(const struct jose_part *p, const char *name, bool optional,
			   unsigned char *room, size_t size, struct span *out, struct err *e);

/* What the content key protects. */
struct jwe_sealed {
	struct span aad[3]; /* one behind the other */
	struct span iv, ciphertext, tag;
};

/* Authenticates and decrypts (RFC 7518 5). False: it was not made with this key, or a length is wrong.
 * The tag is compared before anything is decrypted. */
bool jwe_content_open(const struct algorithm *enc, const struct secret *cek,
		      const struct jwe_sealed *sealed, struct secret *plain);
/* Raw DEFLATE (RFC 1951). ERR_USAGE when it is none, has something behind it, or comes to more than
 * JWE_INFLATED_MOST bytes. */
enum errc jwe_inflate(const struct secret *deflated, struct secret *plain, struct err *e);

/* "AES-128-GCM" and its like; mode "GCM" "CBC" "WRAP". To be freed. */
EVP_CIPHER *jwe_cipher(size_t bits, const char *mode);
/* AES-GCM: false when the tag does not fit. `out` has room for the ciphertext. */
bool jwe_gcm_open(const struct secret *key, const struct jwe_sealed *sealed, unsigned char *out);

#endif
