/* Encrypts JWE, for tests of what decrypts: every algorithm, and every way to get it wrong. */
#ifndef TESTS_JWE_MAKE_H
#define TESTS_JWE_MAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/token/jose_key.h"

struct jwe_recipe {
	const char *alg, *enc;
	const struct jose_key *key; /* the recipient's */
	const char *plain;	    /* NULL: some words */
	const char *extra;	    /* members for the protected header: ",\"a\":1"; NULL */
	const char *apu, *apv;	    /* base64url; NULL: none */
	const char *epk;	    /* JSON in place of the real one; NULL */
	const char *agree_as;	    /* name for the key derivation; NULL: the right one */
	const char *aad;	    /* base64url; NULL: none */
	const char *encrypted_key;  /* base64url in place of the real one; NULL */
	bool deflate;		    /* compresses, and says so */
	bool deflate_silently;	    /* says nothing of it */
	int cek_longer;		    /* bytes by which the content key is too long */
	int iv_longer, tag_shorter; /* of the content */
	int wrap_iv_longer, wrap_tag_shorter;
	int salt;   /* bytes of p2s; 0: 16 */
	int rounds; /* p2c; 0: 1000 */
};

/* Five texts in base64url. */
struct jwe_pieces {
	char *header, *key, *iv, *ciphertext, *tag;
	char *header_json;
};

/* Fails the test where libcrypto can't. */
void jwe_encrypt(const struct jwe_recipe *recipe, struct jwe_pieces *out);
void jwe_pieces_release(struct jwe_pieces *p);
/* In compact serialisation; the caller frees. */
char *jwe_compact(const struct jwe_recipe *recipe);

/* Adds a new private key: "RSA" (2048 bits), a curve, or the number of bits of a secret. */
void key_generate(struct key_set *s, const char *what);

#endif
