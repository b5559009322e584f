/* What the files of data/ share about an open store; nobody outside data/ includes this. */
#ifndef DATA_STORE_INTERNAL_H
#define DATA_STORE_INTERNAL_H

#include <pthread.h>
#include <sys/types.h>

#include "data/audit.h"
#include "data/db.h"
#include "data/key.h"
#include "data/log_watch.h"
#include "data/row.h"
#include "data/store.h"
#include "src/base/buf.h"

/* --- master key and ring ---------------------------------------------------------------------- */
enum ring_purpose {
	RING_SECRET,
	RING_IMPORT,
	RING_ROW,
	RING_AUDIT,
	RING_ANCHOR,
	RING_CHECKPOINT,
	RING_ENCRYPT,
	RING_PURPOSES
};

struct ring_key {
	int64_t number;
	struct secret key;		 /* KEY256_SIZE bytes */
	struct mac *macs[RING_PURPOSES]; /* made when first used */
};

enum master_kind { MASTER_FILE, MASTER_PASSPHRASE };

struct master {
	enum master_kind kind;
	char *place;	   /* "the file …", for messages; heap */
	char *folder;	   /* of the master key file, where the anchor lives; NULL: none */
	struct secret key; /* KEY256_SIZE bytes */
	uint8_t salt[16];  /* of the passphrase */
	bool has_salt;
	uint8_t fingerprint[SHA256_SIZE];
};
void master_release(struct master *m);
/* Where the key of `o` is to be found or made: --master-key, systemd's credential, the default. */
char *master_path(const struct store_options *o);
/* Is it a descriptor of this process? It can be read only once, and has no folder. */
bool master_is_descriptor(const char *path);
/* Reads the file at `path`; ERR_NOT_FOUND where there is none. */
enum errc master_read(struct master *m, const char *path, struct err *e);
/* One that is known already, from `place` (NULL: a passphrase). */
void master_use(struct master *m, const struct secret *key, enum master_kind kind,
		const char *place);
/* A new key in a new 0600 file, by temporary file, fsync and link; one that is there is not touched
 * (ERR_CONFLICT). */
enum errc master_make(struct master *m, const char *path, struct err *e);
/* The key that a passphrase and m->salt give; made a new salt where m->has_salt is false. */
enum errc master_derive(struct master *m, const struct secret *passphrase, struct err *e);

/* Puts the master key of `s` into a backup of it, under a passphrase. */
enum errc master_copy_write(struct store *s, struct db *backup, const struct secret *passphrase,
			    struct err *e);
/* Sets s->master from such a copy in the store, asking for its passphrase; ERR_NOT_FOUND (no message)
 * where there is none, or nobody to ask. */
enum errc master_copy_read(struct store *s, const struct store_options *o, struct err *e);

void ring_wrap(uint8_t out[KEY256_SIZE + SEAL_OVERHEAD], const struct master *m,
	       const uint8_t id[STORE_ID_SIZE], int64_t number, const uint8_t key[KEY256_SIZE]);
bool ring_unwrap(uint8_t key[KEY256_SIZE], const struct master *m, const uint8_t id[STORE_ID_SIZE],
		 int64_t number, const void *wrapped, size_t len);
/* Reads and unwraps the table `ring`; replaces what was there. */
enum errc ring_load(struct store *s, struct err *e);
/* When another process has added a ring key: reads the ring again. ERR_STORE where that was done under
 * another master key. */
enum errc ring_refresh(struct store *s, struct err *e);
/* Gives `s` the ring keys of another connection. */
void ring_share(struct store *s, const struct store *from);
/* Inserts a fresh ring key (in a write transaction) and makes it the current one. */
enum errc ring_add(struct store *s, struct err *e);
void ring_clear(struct store *s);
/* NULL for a number that the store does not have. */
struct mac *ring_mac(struct store *s, int64_t number, enum ring_purpose purpose);
/* The raw key of a purpose, for sealing and signing; false for an unknown number. */
bool ring_derive(struct store *s, int64_t number, enum ring_purpose purpose,
		 uint8_t out[KEY256_SIZE]);
/* The 16-byte MAC of a row: store id, table, fields (see row.h); with `extra` (the key's id under a
 * version) before the fields. False for an unknown ring number, and for contents that are longer than
 * any that are written. */
bool row_mac(struct store *s, int64_t ring, const char *table, const struct field *fields,
	     const void *object, const char *extra, uint8_t out[ROW_MAC_SIZE]);

/* Does the current row of a statement carry that MAC in its column `mac`? */
bool row_mac_fits(struct store *s, struct stmt *st, int64_t ring, const char *table,
		  const struct field *fields, const void *object, const char *extra);
/* Says that there is no such ring key. */
enum errc ring_unknown(const struct store *s, int64_t ring, struct err *e);

/* After store_rekey(): its transaction was rolled back (and is not in the store), or is committed. Where
 * the outcome is unknown, the log may still bring the new master key into force: its file stays. */
void rekey_undo(struct store *s, bool unknown);
void rekey_done(struct store *s);

/* --- place ------------------------------------------------------------------------------------- */
/* Refuses links and network file systems (ERR_STORE), other owners, files that others can reach and
 * folders that others can change (ERR_PERMISSION). `path` is resolved in place: the folder's real path
 * and the file's name. */
enum errc owner_check(char **path, bool create, struct err *e);

/* --- the writers' queue ------------------------------------------------------------------------- */
struct lock;
enum errc lock_open(struct lock **out, const char *path, bool create, struct err *e);
void lock_close(struct lock *l); /* NULL is well */
/* Waits its turn for at most wait_ms; `verb` is told to who waits for us. */
enum errc lock_take(struct lock *l, int64_t wait_ms, const char *verb, struct err *e);
void lock_drop(struct lock *l);
void lock_interrupt(struct lock *l); /* ends a wait with ERR_CANCELLED; from any thread */

/* --- anchor --------------------------------------------------------------------------------------- */
enum anchor_state { ANCHOR_NONE, ANCHOR_TORN, ANCHOR_FITS, ANCHOR_FOREIGN };
struct anchor {
	enum anchor_state state; /* as last read; FOREIGN: made under a ring key we do not have */
	int64_t sequence, ring;
	uint8_t hash[SHA256_SIZE];
};
char *anchor_path(const struct store *s); /* heap */
void anchor_read(struct store *s, struct anchor *a);
/* In place, without fsync; a failure is nobody's failure. */
void anchor_write(struct store *s, int64_t sequence, const uint8_t hash[SHA256_SIZE]);
/* ERR_STORE when the chain of this snapshot is older than the anchor, or another one. */
enum errc anchor_compare(struct store *s, const struct anchor *a, struct err *e);

/* --- the store -------------------------------------------------------------------------------------- */
enum transaction { TX_NONE, TX_READ, TX_AUDITED, TX_UNAUDITED };

struct mark { /* of the last audit event */
	bool any;
	int64_t sequence, time, boot_time;
	char boot_id[37];
	uint8_t hash[SHA256_SIZE];
};

struct store {
	struct db *db;
	char *path; /* resolved */
	char *verb;
	bool read_only, for_check, accept_clock;
	bool copy; /* a backup: older than the anchor by nature */
	int64_t wait_ms;
	const struct clock *clock;
	struct lock *lock;
	uint8_t id[STORE_ID_SIZE];
	int64_t created_at;
	struct master master;
	bool rekeyed;		      /* in this transaction, see rekey_undo() */
	struct master *master_before; /* then: the one before; NULL: still the same */
	struct ring_key *ring;	      /* newest first */
	size_t ring_count;
	int64_t schema_cookie, schema_version;
	uint64_t data_version; /* as store_version() last saw it */
	struct anchor anchor;  /* as found at open, or written since */
	bool anchor_told;
	struct mark mark;
	struct mark before; /* of the transaction, for a rollback */
	enum transaction tx;
	const struct log_watch *watch; /* of the snapshot; NULL before the first */
	store_step *stepped;	       /* see store_on_step() */
	void *step_arg;
	struct stamp step_from;
	bool step_told;	    /* the steps of this transaction can be told */
	int64_t events;	    /* audit events in this transaction */
	int64_t next_row;   /* for key_insert in this transaction; 0: not looked up */
	int64_t tombstones; /* -1: not looked up in this transaction */
	int64_t id_row;	    /* row whose id is id_text: saves a look-up per version */
	char id_text[KEY_ID_SIZE];
	uint8_t key_mac[ROW_MAC_SIZE];	   /* of the key inserted last, and of the version */
	uint8_t version_mac[ROW_MAC_SIZE]; /* written last: see key_import_row() */
	struct buf scratch;		   /* encodings for MACs; holds no secret */
};

/* Schema version of this build. */
int64_t schema_newest(void);
/* Applies the migrations after `from`, inside a transaction. */
enum errc schema_apply(struct db *d, int64_t from, struct err *e);
/* The same in a transaction of its own, from the version the file has; refuses a newer one. */
enum errc schema_upgrade(struct db *d, int64_t *from, struct err *e);
/* Calls `found` for each object that is unknown, missing or different ("table \"x\" is unknown"). */
enum errc schema_compare(struct db *d, engine_report *found, void *arg, struct err *e);
/* Has it the very texts of the migrations? Then schema_compare() finds nothing. */
enum errc schema_written(struct db *d, bool *written, struct err *e);
/* Refuses (ERR_STORE) where schema_compare() finds anything, and names the first of it. */
enum errc schema_require(struct db *d, struct err *e);
/* Refuses what is no store, or of a newer schema; gives the schema's version. */
enum errc schema_check(struct db *d, int64_t *version, struct err *e);
/* Makes a copy of this store, open as `copy` (taken, also on failure), a store to read: its rows are
 * checked under the live store's ring keys, no anchor is read. `path` is for messages. ERR_CONFLICT
 * where it is another store's. */
enum errc store_open_copy(struct store **out, struct store *live, struct db *copy, const char *path,
			  struct err *e);
/* Reads the last event's time and place; part of every begin and snapshot. */
enum errc mark_load(struct store *s, struct err *e);

/* Rows as the statements of key_row.c, version_row.c and audit_chain.c have them. */
extern const struct field key_fields[], version_fields[], audit_fields[];
/* The current row of a statement that selects all columns of the table; MAC checked. */
void key_from_row(struct store *s, struct stmt *st, struct key *k);
/* The current row of a statement that selects all columns of `audit`; checked by who verifies. */
void audit_from_row(struct stmt *st, struct audit_event *ev);
/* `id`: of the key it belongs to, part of its MAC. */
void version_from_row(struct store *s, struct stmt *st, const char *id, struct key_version *v);
/* The row MAC that the key or version would be stored with. */
bool key_mac(struct store *s, const struct key *k, uint8_t out[ROW_MAC_SIZE]);
bool version_mac(struct store *s, const struct key_version *v, const char *id,
		 uint8_t out[ROW_MAC_SIZE]);
/* The MAC of an event over its `hash` under its `ring`; false for an unknown ring number. */
bool audit_mac(struct store *s, const struct audit_event *ev, uint8_t out[MAC_SIZE]);
/* key_object_mac() of a key whose versions are at hand, as versions_of() gives them; false for an
 * unknown ring number. */
bool object_mac(struct store *s, const struct key *k, const struct key_version *versions,
		size_t count, uint8_t out[MAC_SIZE]);
/* Of an object that is one row, from its row MAC. */
bool object_mac_row(struct store *s, int64_t ring, uint8_t row[ROW_MAC_SIZE],
		    uint8_t out[MAC_SIZE]);
/* The same for the key that was inserted last and its one version, from the MACs just made. */
bool object_mac_inserted(struct store *s, int64_t ring, uint8_t out[MAC_SIZE]);
/* Refuses what needs a write transaction when there is none. */
enum errc store_writing(const struct store *s, struct err *e);

#endif
