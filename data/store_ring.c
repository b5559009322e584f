/* The key ring: random keys wrapped by the master key, one derived key a purpose, and row MACs. */
#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/random.h"

enum { WRAPPED_SIZE = KEY256_SIZE + SEAL_OVERHEAD, NUMBER_BYTES = 8 };

static const char *const purpose_names[RING_PURPOSES] = {
	[RING_SECRET] = "secret",   [RING_IMPORT] = "import", [RING_ROW] = "row",
	[RING_AUDIT] = "audit",	    [RING_ANCHOR] = "anchor", [RING_CHECKPOINT] = "checkpoint",
	[RING_ENCRYPT] = "encrypt",
};

static const uint8_t *key_bytes(const struct secret *key)
{
	return (const uint8_t *)secret_reveal(key);
}

/* A wrapped key fits only its store and its number. */
static void wrap_context(uint8_t out[STORE_ID_SIZE + NUMBER_BYTES], const uint8_t id[STORE_ID_SIZE],
			 int64_t number)
{
	memcpy(out, id, STORE_ID_SIZE);
	for (int i = 0; i < NUMBER_BYTES; i++)
		out[STORE_ID_SIZE + i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

void ring_wrap(uint8_t out[KEY256_SIZE + SEAL_OVERHEAD], const struct master *m,
	       const uint8_t id[STORE_ID_SIZE], int64_t number, const uint8_t key[KEY256_SIZE])
{
	uint8_t wrapping[KEY256_SIZE], context[STORE_ID_SIZE + NUMBER_BYTES];

	hkdf(wrapping, key_bytes(&m->key), "wrap");
	wrap_context(context, id, number);
	seal(out, wrapping, key, KEY256_SIZE, context, sizeof context);
	secret_wipe(wrapping, sizeof wrapping);
}

bool ring_unwrap(uint8_t key[KEY256_SIZE], const struct master *m, const uint8_t id[STORE_ID_SIZE],
		 int64_t number, const void *wrapped, size_t len)
{
	uint8_t wrapping[KEY256_SIZE], context[STORE_ID_SIZE + NUMBER_BYTES];
	bool fits;

	hkdf(wrapping, key_bytes(&m->key), "wrap");
	wrap_context(context, id, number);
	fits = len == WRAPPED_SIZE && unseal(key, wrapping, wrapped, len, context, sizeof context);
	secret_wipe(wrapping, sizeof wrapping);
	return fits;
}

static void ring_key_release(struct ring_key *k)
{
	for (size_t i = 0; i < RING_PURPOSES; i++)
		mac_free(k->macs[i]);
	secret_release(&k->key);
}

void ring_clear(struct store *s)
{
	for (size_t i = 0; i < s->ring_count; i++)
		ring_key_release(&s->ring[i]);
	free(s->ring);
	s->ring = NULL;
	s->ring_count = 0;
}

/* Keys come newest first, or, one added, to the front. */
static void ring_put(struct store *s, int64_t number, const uint8_t key[KEY256_SIZE], bool first)
{
	struct ring_key k = { .number = number };
	size_t at = first ? 0 : s->ring_count;

	secret_set(&k.key, key, KEY256_SIZE);
	s->ring = x_reallocarray(s->ring, s->ring_count + 1, sizeof *s->ring);
	memmove(s->ring + at + 1, s->ring + at, (s->ring_count - at) * sizeof *s->ring);
	s->ring[at] = k;
	s->ring_count++;
}

static enum errc no_ring_key(const struct store *s, struct err *e)
{
	err_set(e, ERR_STORE, "the store \"%s\" has no ring key", s->path);
	return err_hint(e, "its rows were removed: restore a backup");
}

enum errc ring_load(struct store *s, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT number, wrapped FROM ring ORDER BY number DESC");
	uint8_t key[KEY256_SIZE];
	bool row = true;
	enum errc rc;

	ring_clear(s);
	while (!(rc = stmt_step(st, &row, e)) && row) {
		int64_t number = stmt_get_int(st, "number");
		size_t len;
		const void *wrapped = stmt_get_blob(st, "wrapped", &len);

		if (!ring_unwrap(key, &s->master, s->id, number, wrapped, len)) {
			err_set(e, ERR_STORE,
				"ring key %lld of \"%s\" does not open under the master key",
				(long long)number, s->path);
			rc = err_hint(e, "the row was altered: restore a backup");
			break;
		}
		ring_put(s, number, key, false);
	}
	stmt_done(st);
	secret_wipe(key, sizeof key);
	if (!rc && s->ring_count == 0)
		rc = no_ring_key(s, e);
	return rc;
}

enum errc ring_refresh(struct store *s, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT master_fingerprint FROM store");
	uint8_t fingerprint[SHA256_SIZE];
	bool row, same = false;
	enum errc rc = stmt_step(st, &row, e);

	if (!rc && row)
		same = stmt_copy_blob(st, "master_fingerprint", fingerprint, sizeof fingerprint) &&
		       bytes_equal(fingerprint, s->master.fingerprint, sizeof fingerprint);
	stmt_done(st);
	if (!rc && !same) {
		err_set(e, ERR_STORE, "\"%s\" was put under another master key while it was open",
			s->path);
		return err_hint(e, "start this program again with that key (--master-key FILE)");
	}
	return rc ? rc : ring_load(s, e);
}

void ring_share(struct store *s, const struct store *from)
{
	ring_clear(s);
	for (size_t i = 0; i < from->ring_count; i++)
		ring_put(s, from->ring[i].number, key_bytes(&from->ring[i].key), false);
}

enum errc ring_add(struct store *s, struct err *e)
{
	int64_t number = s->ring_count ? s->ring[0].number + 1 : 1;
	uint8_t key[KEY256_SIZE], wrapped[WRAPPED_SIZE];
	struct stmt *st;
	enum errc rc;

	random_private(key, sizeof key);
	ring_wrap(wrapped, &s->master, s->id, number, key);
	st = db_stmt(s->db, "INSERT INTO ring (number, wrapped, created_at) VALUES ($1, $2, $3)");
	stmt_int(st, 1, number);
	stmt_blob(st, 2, wrapped, sizeof wrapped);
	stmt_int(st, 3, store_now(s));
	rc = stmt_run(st, e);
	if (!rc)
		ring_put(s, number, key, true);
	secret_wipe(key, sizeof key);
	return rc;
}

static struct ring_key *ring_find(struct store *s, int64_t number)
{
	for (size_t i = 0; i < s->ring_count; i++)
		if (s->ring[i].number == number)
			return &s->ring[i];
	return NULL;
}

bool ring_derive(struct store *s, int64_t number, enum ring_purpose purpose,
		 uint8_t out[KEY256_SIZE])
{
	struct ring_key *k = ring_find(s, number);

	if (k)
		hkdf(out, key_bytes(&k->key), purpose_names[purpose]);
	return k;
}

struct mac *ring_mac(struct store *s, int64_t number, enum ring_purpose purpose)
{
	struct ring_key *k = ring_find(s, number);
	uint8_t key[KEY256_SIZE];

	if (k && !k->macs[purpose]) {
		hkdf(key, key_bytes(&k->key), purpose_names[purpose]);
		k->macs[purpose] = mac_new(key);
		secret_wipe(key, sizeof key);
	}
	return k ? k->macs[purpose] : NULL;
}

bool row_mac(struct store *s, int64_t ring, const char *table, const struct field *fields,
	     const void *object, const char *extra, uint8_t out[ROW_MAC_SIZE])
{
	struct mac *m = ring_mac(s, ring, RING_ROW);
	uint8_t whole[MAC_SIZE];

	memset(out, 0, ROW_MAC_SIZE);
	if (!m)
		return false;
	buf_clear(&s->scratch);
	row_encode(&s->scratch, fields, object);
	/* Longer than anything that is ever written. */
	if (s->scratch.full)
		return false;
	/* The NULs end the texts: neither holds one. */
	mac_parts(m, whole,
		  (struct span[]){ { s->id, STORE_ID_SIZE },
				   { table, strlen(table) + 1 },
				   { extra ? extra : "", extra ? strlen(extra) + 1 : 1 },
				   { s->scratch.data, s->scratch.len } },
		  4);
	memcpy(out, whole, ROW_MAC_SIZE);
	return true;
}

bool row_mac_fits(struct store *s, struct stmt *st, int64_t ring, const char *table,
		  const struct field *fields, const void *object, const char *extra)
{
	uint8_t is[ROW_MAC_SIZE], wanted[ROW_MAC_SIZE];

	return stmt_copy_blob(st, "mac", is, sizeof is) &&
	       row_mac(s, ring, table, fields, object, extra, wanted) &&
	       bytes_equal(is, wanted, sizeof is);
}

int64_t store_ring(const struct store *s)
{
	return s->ring_count ? s->ring[0].number : 0;
}

size_t store_rings(const struct store *s, int64_t *numbers, size_t size)
{
	for (size_t i = 0; i < s->ring_count && i < size; i++)
		numbers[i] = s->ring[i].number;
	return s->ring_count < size ? s->ring_count : size;
}

enum errc ring_unknown(const struct store *s, int64_t ring, struct err *e)
{
	err_set(e, ERR_STORE, "the store \"%s\" has no ring key %lld", s->path, (long long)ring);
	return err_hint(e, "look with authrack store check");
}

enum errc store_secret_mac(struct store *s, uint8_t out[MAC_SIZE], int64_t ring,
			   const char *secret_id, const void *secret, size_t len, struct err *e)
{
	struct mac *m = ring_mac(s, ring, RING_SECRET);

	if (!m)
		return ring_unknown(s, ring, e);
	mac_parts(m, out, (struct span[]){ { secret_id, strlen(secret_id) + 1 }, { secret, len } },
		  2);
	return ERR_OK;
}

enum errc store_import_mac(struct store *s, uint8_t out[MAC_SIZE], int64_t ring,
			   const uint8_t digest[SHA256_SIZE], struct err *e)
{
	struct mac *m = ring_mac(s, ring, RING_IMPORT);

	if (!m)
		return ring_unknown(s, ring, e);
	mac_parts(m, out, (struct span[]){ { "import", 6 }, { digest, SHA256_SIZE } }, 2);
	return ERR_OK;
}

/* The checkpoint key has to outlive a rekey (public keys are kept elsewhere): the oldest ring key's. */
static enum errc checkpoint_seed(struct store *s, uint8_t seed[KEY256_SIZE], struct err *e)
{
	int64_t oldest = s->ring_count ? s->ring[s->ring_count - 1].number : 0;

	return ring_derive(s, oldest, RING_CHECKPOINT, seed) ? ERR_OK : ring_unknown(s, oldest, e);
}

enum errc store_sign_checkpoint(struct store *s, uint8_t signature[SIGNATURE_SIZE],
				const void *text, size_t len, struct err *e)
{
	uint8_t seed[KEY256_SIZE];
	enum errc rc = checkpoint_seed(s, seed, e);

	if (!rc)
		ed25519_sign(signature, seed, text, len);
	secret_wipe(seed, sizeof seed);
	return rc;
}

enum errc store_checkpoint_key(struct store *s, uint8_t public_key[32], struct err *e)
{
	uint8_t seed[KEY256_SIZE];
	enum errc rc = checkpoint_seed(s, seed, e);

	if (!rc)
		ed25519_public(public_key, seed);
	secret_wipe(seed, sizeof seed);
	return rc;
}
