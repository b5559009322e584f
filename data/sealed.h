/* Secrets in rows: AES-256-GCM under a ring key's own key for it, bound to the row they belong to, so
 * that a sealed text moved to another row does not open. */
#ifndef DATA_SEALED_H
#define DATA_SEALED_H

#include <stdbool.h>
#include <stdint.h>

#include "data/store.h"

enum { SEALED_MAX = 128 * 1024 };

/* What a row keeps: the sealed bytes as they stand in the column. */
struct sealed {
	uint8_t *data; /* heap; NULL: nothing is kept */
	size_t len;
};
void sealed_release(struct sealed *s);
void sealed_copy(struct sealed *to, const struct sealed *from);
void sealed_put(struct sealed *s, const void *data, size_t len); /* copies; replaces */

/* Seals `plain` (empty: nothing is kept) for the row `id` ("prv_…") and column of a table, under the ring
 * key `ring`. */
enum errc store_seal(struct store *s, struct sealed *out, int64_t ring, const char *table,
		     const char *column, const char *id, const struct secret *plain, struct err *e);
/* ERR_STORE names the row where it does not open. Nothing kept: `plain` is empty. */
enum errc store_unseal(struct store *s, struct secret *plain, const struct sealed *sealed,
		       int64_t ring, const char *table, const char *column, const char *id,
		       struct err *e);

/* What was sealed under the ring key `from` is sealed anew under `to`; nothing is done where they are one. */
enum errc sealed_renew(struct store *s, struct sealed *sealed, int64_t from, int64_t to,
		       const char *table, const char *column, const char *id, struct err *e);

/* Is the same in both, each under its ring key? False where one does not open. */
bool sealed_same(struct store *s, const struct sealed *a, int64_t ring_a, const struct sealed *b,
		 int64_t ring_b, const char *table, const char *column, const char *id);

#endif
