/* Secrets in rows, sealed under the ring key's own key for it. */
#include "data/sealed.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

enum { CONTEXT_MAX = 128 };

void sealed_release(struct sealed *s)
{
	free(s->data);
	*s = (struct sealed){ .data = NULL };
}

void sealed_put(struct sealed *s, const void *data, size_t len)
{
	uint8_t *copy = x_malloc(len + 1);

	if (len)
		memcpy(copy, data, len);
	free(s->data);
	*s = (struct sealed){ .data = copy, .len = len };
}

void sealed_copy(struct sealed *to, const struct sealed *from)
{
	if (from->data)
		sealed_put(to, from->data, from->len);
	else
		sealed_release(to);
}

/* Store, table, column and row, the associated data. The NULs end the texts: none holds one. */
static size_t context_of(char out[CONTEXT_MAX], const struct store *s, const char *table,
			 const char *column, const char *id)
{
	int room = CONTEXT_MAX - STORE_ID_SIZE, len;

	memcpy(out, s->id, STORE_ID_SIZE);
	len = snprintf(out + STORE_ID_SIZE, (size_t)room, "%s%c%s%c%s", table, 0, column, 0, id);
	assert(len < room);
	return STORE_ID_SIZE + (size_t)len;
}

enum errc store_seal(struct store *s, struct sealed *out, int64_t ring, const char *table,
		     const char *column, const char *id, const struct secret *plain, struct err *e)
{
	uint8_t key[KEY256_SIZE];
	char context[CONTEXT_MAX];
	size_t len = context_of(context, s, table, column, id);

	sealed_release(out);
	if (plain->len == 0)
		return ERR_OK;
	if (plain->len > SEALED_MAX)
		return err_set(e, ERR_USAGE, "a secret of more than %d bytes is not kept",
			       SEALED_MAX);
	if (!ring_derive(s, ring, RING_ENCRYPT, key))
		return ring_unknown(s, ring, e);
	out->len = plain->len + SEAL_OVERHEAD;
	out->data = x_malloc(out->len);
	seal(out->data, key, secret_reveal(plain), plain->len, context, len);
	secret_wipe(key, sizeof key);
	return ERR_OK;
}

static enum errc does_not_open(const char *table, const char *column, const char *id, struct err *e)
{
	err_set(e, ERR_STORE,
		"what %s keeps in %s.%s does not open: it was altered, or moved there", id, table,
		column);
	return err_hint(e, "look with authrack store check");
}

enum errc store_unseal(struct store *s, struct secret *plain, const struct sealed *sealed,
		       int64_t ring, const char *table, const char *column, const char *id,
		       struct err *e)
{
	uint8_t key[KEY256_SIZE];
	char context[CONTEXT_MAX];
	size_t len = context_of(context, s, table, column, id);
	bool opens;

	secret_release(plain);
	if (!sealed->data)
		return ERR_OK;
	if (sealed->len <= SEAL_OVERHEAD || sealed->len > SEALED_MAX + SEAL_OVERHEAD)
		return does_not_open(table, column, id, e);
	if (!ring_derive(s, ring, RING_ENCRYPT, key))
		return ring_unknown(s, ring, e);
	secret_init(plain, sealed->len - SEAL_OVERHEAD);
	opens = unseal(plain->data, key, sealed->data, sealed->len, context, len);
	secret_wipe(key, sizeof key);
	if (!opens) {
		secret_release(plain);
		return does_not_open(table, column, id, e);
	}
	plain->len = plain->size;
	plain->data[plain->len] = '\0';
	return ERR_OK;
}

enum errc sealed_renew(struct store *s, struct sealed *sealed, int64_t from, int64_t to,
		       const char *table, const char *column, const char *id, struct err *e)
{
	struct secret plain = SECRET_INIT;
	enum errc rc;

	if (from == to)
		return ERR_OK;
	rc = store_unseal(s, &plain, sealed, from, table, column, id, e);
	if (!rc)
		rc = store_seal(s, sealed, to, table, column, id, &plain, e);
	secret_release(&plain);
	return rc;
}

bool sealed_same(struct store *s, const struct sealed *a, int64_t ring_a, const struct sealed *b,
		 int64_t ring_b, const char *table, const char *column, const char *id)
{
	struct secret one = SECRET_INIT, two = SECRET_INIT;
	bool same = store_unseal(s, &one, a, ring_a, table, column, id, NULL) == ERR_OK &&
		    store_unseal(s, &two, b, ring_b, table, column, id, NULL) == ERR_OK &&
		    secret_equal(&one, &two);

	secret_release(&one);
	secret_release(&two);
	return same;
}
