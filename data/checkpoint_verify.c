/* Whether a checkpoint was signed under this store's ring, by the newest key or an older one. */
#include "data/store_internal.h"
#include "src/base/alloc.h"

enum errc store_checkpoint_verify(struct store *s, const uint8_t signature[SIGNATURE_SIZE],
				  const void *text, size_t len, bool *good, struct err *e)
{
	uint8_t seed[KEY256_SIZE], public_key[KEY256_SIZE];
	enum errc rc = ERR_OK;

	*good = false;
	for (size_t i = 0; !rc && !*good && i < s->ring_count; i++) {
		if (!ring_derive(s, s->ring[i].number, RING_CHECKPOINT, seed)) {
			rc = err_set(e, ERR_STORE, "a ring key of the store is missing");
			break;
		}
		ed25519_public(public_key, seed);
		*good = ed25519_verify(public_key, signature, text, len);
	}
	secret_wipe(seed, sizeof seed);
	return rc;
}
