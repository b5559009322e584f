/* One MAC context for all keys that are tried on one signature. */
#include "src/token/finding_hmac.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "src/base/alloc.h"

struct hmac_trial {
	const struct jose *token;
	const struct jose_part *part;
	const struct algorithm *algorithm;
	EVP_MAC_CTX *mac;
	bool begun;  /* the digest is set */
	size_t left; /* bytes that may still be hashed */
};

struct hmac_trial *hmac_trial_new(const struct jose *t, const struct jose_part *p,
				  const struct algorithm *a, size_t most)
{
	struct hmac_trial *h;
	EVP_MAC *mac;

	if (t->kind != JOSE_JWS || !a || a->family != FAMILY_HMAC || !t->signed_payload ||
	    !p->protected_header.present || p->value.size != a->signature_bytes)
		return NULL;
	h = x_calloc(1, sizeof(*h));
	mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	*h = (struct hmac_trial){ t, p, a, EVP_MAC_CTX_new(mac), .left = most };
	EVP_MAC_free(mac);
	return h;
}

void hmac_trial_free(struct hmac_trial *h)
{
	if (!h)
		return;
	EVP_MAC_CTX_free(h->mac);
	free(h);
}

/* The key, and the first time the digest, which stays. */
static bool hmac_begin(struct hmac_trial *h, const void *key, size_t len)
{
	char digest[16];
	OSSL_PARAM params[2];

	if (!h->mac)
		return false;
	if (h->begun)
		return EVP_MAC_init(h->mac, key, len, NULL) == 1;
	snprintf(digest, sizeof(digest), "%s", h->algorithm->digest);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
	params[1] = OSSL_PARAM_construct_end();
	h->begun = EVP_MAC_init(h->mac, key, len, params) == 1;
	return h->begun;
}

static bool hmac_make(struct hmac_trial *h, const void *key, size_t len,
		      unsigned char out[EVP_MAX_MD_SIZE], size_t *size)
{
	const struct jose_segment *header = &h->part->protected_header;
	const struct jose *t = h->token;

	return hmac_begin(h, key, len) &&
	       EVP_MAC_update(h->mac, (const unsigned char *)t->text + header->offset,
			      header->len) == 1 &&
	       EVP_MAC_update(h->mac, (const unsigned char *)".", 1) == 1 &&
	       EVP_MAC_update(h->mac, t->signed_payload, t->signed_size) == 1 &&
	       EVP_MAC_final(h->mac, out, size, EVP_MAX_MD_SIZE) == 1;
}

bool hmac_trial_fits(struct hmac_trial *h, const void *key, size_t len)
{
	unsigned char made[EVP_MAX_MD_SIZE];
	size_t size = 0;
	size_t cost = h->part->protected_header.len + h->token->signed_size + len;
	bool fits;

	if (cost > h->left)
		return false;
	h->left -= cost;
	/* An empty key is one of zeros to HMAC. */
	fits = hmac_make(h, len ? key : "", len ? len : 1, made, &size) &&
	       size == h->part->value.size && CRYPTO_memcmp(made, h->part->value.data, size) == 0;
	ERR_clear_error();
	OPENSSL_cleanse(made, sizeof(made));
	return fits;
}
