/* The master key's copy in a backup, under a passphrase: how a store is opened again where the
 * key file was lost with the machine. */
#include <pthread.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/random.h"

enum { SALT_SIZE = 16, SEALED_SIZE = KEY256_SIZE + SEAL_OVERHEAD };

static const char label[] = "authrack master key copy";

/* A copy opens only in its own store. */
struct context {
	uint8_t id[STORE_ID_SIZE];
	char label[sizeof label];
};

static void context_of(struct context *c, const struct store *s)
{
	memcpy(c->id, s->id, sizeof c->id);
	memcpy(c->label, label, sizeof c->label);
}

enum errc master_copy_write(struct store *s, struct db *backup, const struct secret *passphrase,
			    struct err *e)
{
	uint8_t salt[SALT_SIZE], key[KEY256_SIZE], sealed[SEALED_SIZE];
	struct context c;
	struct stmt *st = db_stmt(backup, "UPDATE store SET copy_salt = $1, copy_sealed = $2");
	enum errc rc;

	random_public(salt, sizeof salt);
	rc = scrypt_key(key, secret_reveal(passphrase), passphrase->len, salt, e);
	if (!rc) {
		context_of(&c, s);
		seal(sealed, key, secret_reveal(&s->master.key), KEY256_SIZE, &c, sizeof c);
		stmt_blob(st, 1, salt, sizeof salt);
		stmt_blob(st, 2, sealed, sizeof sealed);
		rc = stmt_run(st, e);
	}
	secret_wipe(key, sizeof key);
	return rc;
}

/* The passphrase is asked for once a process; further connections take the key from here. */
static struct {
	pthread_mutex_t mutex;
	uint8_t sealed[SEALED_SIZE];
	struct secret key;
} kept = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static enum errc copy_open(struct store *s, const struct secret *passphrase,
			   const uint8_t salt[SALT_SIZE], const uint8_t sealed[SEALED_SIZE],
			   struct err *e)
{
	uint8_t key[KEY256_SIZE];
	struct context c;
	enum errc rc = scrypt_key(key, secret_reveal(passphrase), passphrase->len, salt, e);

	context_of(&c, s);
	secret_release(&kept.key);
	secret_init(&kept.key, KEY256_SIZE);
	if (!rc && !unseal(kept.key.data, key, sealed, SEALED_SIZE, &c, sizeof c)) {
		err_set(e, ERR_STORE, "the passphrase does not open the master key in \"%s\"",
			s->path);
		rc = err_hint(e, "try again with the one that the backup was made with");
	}
	secret_wipe(key, sizeof key);
	if (rc)
		secret_release(&kept.key);
	else
		kept.key.len = KEY256_SIZE;
	memcpy(kept.sealed, sealed, sizeof kept.sealed);
	return rc;
}

static enum errc copy_ask(struct store *s, const struct store_options *o,
			  const uint8_t salt[SALT_SIZE], const uint8_t sealed[SEALED_SIZE],
			  struct err *e)
{
	struct secret passphrase = SECRET_INIT;
	enum errc rc;

	if (kept.key.len && memcmp(kept.sealed, sealed, sizeof kept.sealed) == 0)
		return ERR_OK;
	rc = o->passphrase(o->passphrase_arg,
			   "Passphrase of the master key in this backup: ", &passphrase, e);
	if (!rc)
		rc = copy_open(s, &passphrase, salt, sealed, e);
	secret_release(&passphrase);
	return rc;
}

enum errc master_copy_read(struct store *s, const struct store_options *o, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT copy_salt, copy_sealed FROM store");
	uint8_t salt[SALT_SIZE], sealed[SEALED_SIZE];
	bool row, there = false;
	enum errc rc = stmt_step(st, &row, e);

	if (!rc && row)
		there = stmt_copy_blob(st, "copy_salt", salt, sizeof salt) &&
			stmt_copy_blob(st, "copy_sealed", sealed, sizeof sealed);
	stmt_done(st);
	if (rc || !there || !o->passphrase)
		return rc ? rc : ERR_NOT_FOUND;
	pthread_mutex_lock(&kept.mutex);
	rc = copy_ask(s, o, salt, sealed, e);
	if (!rc)
		master_use(&s->master, &kept.key, MASTER_PASSPHRASE, "the copy in the store");
	pthread_mutex_unlock(&kept.mutex);
	return rc;
}
