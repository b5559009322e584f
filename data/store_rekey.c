/* store rekey: the ring keys under another master key, and a fresh ring key. The new key file
 * is whole on the disk before the store needs it; the old one stays, so that a crash anywhere
 * leaves one that opens the store. */
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

static const char *const kind_names[] = {
	[MASTER_FILE] = "file",
	[MASTER_PASSPHRASE] = "passphrase",
};

static enum errc ring_rewrap(struct store *s, const struct master *m, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "UPDATE ring SET wrapped = $2 WHERE number = $1");
	uint8_t wrapped[KEY256_SIZE + SEAL_OVERHEAD];
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < s->ring_count && !rc; i++) {
		const struct ring_key *k = &s->ring[i];

		ring_wrap(wrapped, m, s->id, k->number, (const uint8_t *)secret_reveal(&k->key));
		stmt_int(st, 1, k->number);
		stmt_blob(st, 2, wrapped, sizeof wrapped);
		rc = stmt_run(st, e);
	}
	return rc;
}

static const char master_record_sql[] =
	"UPDATE store SET master_kind = $1, master_salt = $2, master_fingerprint = $3, "
	"copy_salt = NULL, copy_sealed = NULL";

/* A copy of the old master key that came with a backup opens nothing any more. */
static enum errc master_record(struct store *s, const struct master *m, struct err *e)
{
	struct stmt *st = db_stmt(s->db, master_record_sql);

	stmt_text(st, 1, kind_names[m->kind]);
	if (m->has_salt)
		stmt_blob(st, 2, m->salt, sizeof m->salt);
	stmt_blob(st, 3, m->fingerprint, sizeof m->fingerprint);
	return stmt_run(st, e);
}

static enum errc master_new(struct master *m, const char *file, const struct secret *passphrase,
			    struct err *e)
{
	enum errc rc;

	if (!file)
		return master_derive(m, passphrase, e);
	rc = master_make(m, file, e);
	if (rc == ERR_CONFLICT)
		err_hint(e, "name a file that is not there yet; one that an interrupted rekey left "
			    "can go");
	return rc;
}

/* The store row decides which key is in force: what could not be read is left alone. */
static bool master_in_force(struct store *s, const struct master *m)
{
	struct stmt *st = db_stmt(s->db, "SELECT master_fingerprint FROM store");
	uint8_t is[SHA256_SIZE];
	bool row = false, fits = true;

	if (stmt_step(st, &row, NULL) == ERR_OK && row &&
	    stmt_copy_blob(st, "master_fingerprint", is, sizeof is))
		fits = bytes_equal(is, m->fingerprint, sizeof is);
	stmt_done(st);
	return fits;
}

static void master_revert(struct store *s, bool unknown)
{
	if (s->master.kind == MASTER_FILE && !unknown)
		unlink(s->master.place);
	master_release(&s->master);
	s->master = *s->master_before;
	free(s->master_before);
	s->master_before = NULL;
}

void rekey_undo(struct store *s, bool unknown)
{
	if (!s->rekeyed)
		return;
	if (s->master_before && !master_in_force(s, &s->master))
		master_revert(s, unknown);
	if (ring_load(s, NULL) != ERR_OK)
		ring_clear(s);
	rekey_done(s);
}

void rekey_done(struct store *s)
{
	s->rekeyed = false;
	if (s->master_before)
		master_release(s->master_before);
	free(s->master_before);
	s->master_before = NULL;
}

static enum errc master_replace(struct store *s, const char *file, const struct secret *passphrase,
				struct err *e)
{
	struct master new = { .kind = file ? MASTER_FILE : MASTER_PASSPHRASE };
	enum errc rc = master_new(&new, file, passphrase, e);

	if (rc) {
		master_release(&new);
		return rc;
	}
	/* From here on a rollback takes the new file away again, see rekey_undo(). */
	s->master_before = x_malloc(sizeof *s->master_before);
	*s->master_before = s->master;
	s->master = new;
	rc = ring_rewrap(s, &s->master, e);
	return rc ? rc : master_record(s, &s->master, e);
}

enum errc store_rekey(struct store *s, const char *new_master_file, const struct secret *passphrase,
		      struct err *e)
{
	enum errc rc = store_writing(s, e);

	s->rekeyed = !rc;
	if (!rc && (new_master_file || passphrase))
		rc = master_replace(s, new_master_file, passphrase, e);
	return rc ? rc : ring_add(s, e);
}
