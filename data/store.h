/* The store: opening it safely, transactions, the ring keys behind it, and its upkeep.
 *
 * One `struct store` is one connection and belongs to one thread. Rows that grant something carry a
 * MAC that is made and checked here; who includes this never sees SQL or an engine. */
#ifndef DATA_STORE_H
#define DATA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/stamp.h"
#include "src/base/clock.h"
#include "src/base/crypto.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/secret.h"

struct store;

enum { STORE_ID_SIZE = 16 };

struct store_options {
	const char *url; /* "sqlite:PATH" or a path; NULL: $XDG_DATA_HOME/authrack/authrack.db */
	bool create;	 /* make it, and its master key, where there is none */
	bool read_only;	 /* opens no way to write */
	bool for_check; /* opens what is otherwise refused (altered schema, rolled back) to look at it */
	bool accept_clock;	 /* a step of the clock is accepted, and the mark may go down */
	int64_t wait_ms;	 /* for the writer's queue; 30,000 by contract */
	bool hasty;		 /* waits some 50 ms for who has the file alone, instead of 10 s */
	const char *verb;	 /* "key.rotate": told to who waits for us */
	const char *master_file; /* NULL: the default place, a systemd credential, a passphrase */
	enum errc (*passphrase)(void *arg, const char *prompt, struct secret *out, struct err *e);
	void *passphrase_arg;
	const struct clock *clock; /* NULL: clock_system */
};

/* Opens. ERR_STORE with what to do: no store there (how to make one), newer or altered schema, network
 * file system, rolled back (anchor), master key missing or another. ERR_PERMISSION: another owner, files or
 * a folder that others can change, a master key that others can read. */
enum errc store_open(struct store **out, const struct store_options *o, struct err *e);
void store_close(struct store *s); /* NULL is well */
/* What is told from now on to who waits for us. */
void store_verb(struct store *s, const char *verb);
/* The place a URL stands for, heap text; ERR_USAGE for a scheme this build does not know. */
enum errc store_path(char **out, const char *url, struct err *e);
bool store_exists(const char *url);
const uint8_t *store_id(const struct store *s);
/* What opening found that is no error but has to be told (an anchor that is missing or torn); once,
 * then NULL. */
const char *store_notice(struct store *s);

/* --- time ------------------------------------------------------------------------------------ */
/* Now: the later of the mark (the last audited change) and the wall clock. */
int64_t store_now(struct store *s);
/* ERR_CONFLICT when the clock stepped over five minutes (DESIGN §2, Clock): asked by lifecycle changes.
 * `step_ms` may be NULL; it is 0 when there was none. */
enum errc store_clock_check(struct store *s, int64_t *step_ms, struct err *e);

/* --- transactions ---------------------------------------------------------------------------- */
/* A write transaction: waits in the writers' queue, BEGIN IMMEDIATE, looks that the file is still the
 * one that was opened and its schema still ours. */
enum errc store_begin(struct store *s, struct err *e);
/* Commits. Without an audit event in the transaction only what store_begin_unaudited() began commits.
 * The anchor follows. On an I/O error the truth is looked up, or "outcome unknown" is said. */
enum errc store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s); /* well when there is none */
/* Around the transaction of an import: memory instead of a read and a write for each row. */
void store_bulk(struct store *s, bool on);
/* For rows that grant nothing: pending versions, sweeping them, usage figures. */
enum errc store_begin_unaudited(struct store *s, struct err *e);
/* As store_begin_unaudited(), for what can wait: refused before the disk is full to the last byte, so that what was
 * reserved in the files is left for changes. */
enum errc store_begin_spare(struct store *s, struct err *e);
/* A read transaction: one snapshot for several reads, and much faster look-ups. */
enum errc store_snapshot(struct store *s, struct err *e);
void store_snapshot_end(struct store *s);
/* For who reads all the time: leaves a snapshot open in which nothing is missing that was committed before
 * this call, by any process (some ten nanoseconds); else begins another, and looks that the file is still
 * the one that was opened and its schema still ours. */
enum errc store_snapshot_renew(struct store *s, struct err *e);
/* Nothing was committed since store_snapshot_renew() began it. False where that can't be told. */
bool store_snapshot_current(const struct store *s);
/* What the store holds in this snapshot; false where that can't be told. */
bool store_snapshot_stamp(const struct store *s, struct stamp *out);
/* From now on unaudited transactions of this connection tell what the store's stamp was before and is now,
 * where nobody else has committed in between: whoever keeps what grants something, read at `before`, may
 * keep it at `after`. Called by the thread that commits. */
typedef void store_step(void *arg, const struct stamp *before, const struct stamp *after);
void store_on_step(struct store *s, store_step *call, void *arg);
/* Did what this connection committed leave a log that is to be written back? Its readers have to end their
 * snapshots before that, and once more after it, for the log to start anew with the next commit. */
bool store_log_is_long(const struct store *s);
void store_log_write_back(struct store *s);
/* Changes when another connection has committed. Also notices a moved or replaced file: ERR_STORE. */
enum errc store_version(struct store *s, uint64_t *version, struct err *e);
/* Makes a running statement of this store end with ERR_CANCELLED; from any thread. */
void store_interrupt(struct store *s);

/* --- what the ring keys make ------------------------------------------------------------------ */
int64_t store_ring(const struct store *s); /* number of the current ring key, from 1 */
/* Numbers of all ring keys, newest first; returns how many (at most size). */
size_t store_rings(const struct store *s, int64_t *numbers, size_t size);
/* HMAC over secret id and whole secret, for our own format. */
enum errc store_secret_mac(struct store *s, uint8_t out[MAC_SIZE], int64_t ring,
			   const char *secret_id, const void *secret, size_t len, struct err *e);
/* HMAC(ring, "import" ‖ SHA-256(secret)): look-up value and MAC of a foreign secret. */
enum errc store_import_mac(struct store *s, uint8_t out[MAC_SIZE], int64_t ring,
			   const uint8_t digest[SHA256_SIZE], struct err *e);
/* Ed25519 over a checkpoint's text under the ring's checkpoint key. */
enum errc store_sign_checkpoint(struct store *s, uint8_t signature[SIGNATURE_SIZE],
				const void *text, size_t len, struct err *e);
enum errc store_checkpoint_key(struct store *s, uint8_t public_key[32], struct err *e);
/* Was it signed under this ring, by the current key or an older one? */
enum errc store_checkpoint_verify(struct store *s, const uint8_t signature[SIGNATURE_SIZE],
				  const void *text, size_t len, bool *good, struct err *e);

/* --- upkeep ----------------------------------------------------------------------------------- */
typedef bool store_progress(void *arg, uint64_t done, uint64_t total); /* false cancels */

/* Is this one of the files whose locks SQLite keeps? Whoever opens and closes such a file takes the
 * locks of the whole process away (fcntl(2)). */
bool store_has_file(const struct store *s, uint64_t device, uint64_t inode);

/* path, engine, schema version, store id, sizes, counts, master key's kind and place, ring, anchor. */
enum errc store_info(struct store *s, struct json **out, struct err *e);

struct store_finding {
	const char *
		check; /* "integrity" "foreign_key" "schema" "row_mac" "audit" "object" "invariant" … */
	const char *object; /* the row, by name: "key_01jq… billing-sync", "audit event 17" */
	const char *text;
};
/* Calls `found` for everything that is wrong; *count how often. Needs for_check where opening fails. */
enum errc store_check(struct store *s, void (*found)(void *arg, const struct store_finding *f),
		      store_progress *progress, void *arg, uint64_t *count, struct err *e);

/* Online copy to a new 0600 file. `passphrase` (or NULL) wraps the master key into it. */
enum errc store_backup(struct store *s, const char *path, const struct secret *passphrase,
		       store_progress *progress, void *arg, struct err *e);

struct audit_event;
struct store_restore_report {
	uint64_t keys, providers, grants; /* in the backup */
	uint64_t changed_back;		  /* rows that were replaced, brought back or removed */
	uint64_t
		revocations_kept; /* keys, versions, grants or providers ended since, which stay so */
	uint64_t lost;		  /* revocations given up with accept_loss */
};
/* Opens a backup of `s` to restore it: makes a private copy, brings its schema up to date and checks all
 * of it, which takes its time and no lock; so call it before store_begin(). The rows are checked under
 * the ring keys of `s`. store_close() ends it. ERR_STORE where the file is no sound store; ERR_CONFLICT
 * where it is another store's. */
enum errc store_backup_open(struct store **backup, struct store *s, const char *path,
			    store_progress *progress, void *arg, struct err *e);
/* Replaces the rows of the live store by a backup's, inside store_begin/commit together with the audit
 * events of it. Keys made since are removed (their secrets stay known), providers and grants too; every
 * revocation made since stays unless accept_loss, and so does a grant that was refreshed since: its older
 * refresh token may cost it, used twice. `audit` is called for each row that was changed back, with everything of
 * the event set but actor and operation, and appends it (audit_append). ERR_CONFLICT where the backup is
 * newer than the store, or of another history. */
enum errc store_restore(struct store *s, struct store *backup, bool accept_loss,
			enum errc (*audit)(void *arg, struct audit_event *ev, struct err *e),
			void *arg, struct store_restore_report *report, struct err *e);

/* Wraps the ring keys under another master key (a file made new, or a passphrase) and adds a fresh
 * ring key. Both NULL: same master key, fresh ring key only. Inside store_begin/commit. */
enum errc store_rekey(struct store *s, const char *new_master_file, const struct secret *passphrase,
		      struct err *e);
/* Applies pending migrations; *from and *to are the schema versions. */
enum errc store_upgrade(const struct store_options *o, int64_t *from, int64_t *to, struct err *e);

#endif
