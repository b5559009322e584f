/* Keys and their versions: rows, and the queries over them. Business rules are src/app's. */
#ifndef DATA_KEY_H
#define DATA_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/store.h"
#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/base/secret_format.h"

enum { KEY_ID_SIZE = 31 };

enum key_status { KEY_PENDING, KEY_ACTIVE, KEY_DISABLED, KEY_REVOKED }; /* as stored */

struct key {
	int64_t row;	      /* rises with creation; 0 before key_insert */
	char id[KEY_ID_SIZE]; /* "key_" + ULID; key_insert makes one where it is empty */
	char *name, *owner, *tier, *note; /* heap, never NULL after key_init */
	char *scopes;			  /* sorted, one blank between; "" none */
	char *limits;			  /* "100/min 5000/day:200" (":N" is the burst) */
	char *allow_from;		  /* canonical CIDRs, one blank between */
	char *meta;			  /* canonical JSON object of texts */
	char prefix[PREFIX_SIZE];
	enum key_status status;
	int64_t created_at, updated_at;
	int64_t not_before, expires_at, disabled_at, revoked_at; /* TIME_NONE where not set */
	char *revoke_reason, *revoke_text;
	int64_t revision;	/* 1 when made, +1 with each audited change */
	int64_t version;	/* current one: the highest activated number */
	char hint[HINT_SIZE];	/* last four characters of the current secret; "" for a digest */
	int64_t retiring_until; /* latest valid_until of an older live version; TIME_NONE: none */
	int64_t import_event;	/* audit sequence of the import it came with; 0: none */
	int64_t ring;		/* ring key of its MAC */
	bool altered;		/* read only: the MAC does not hold */
};

enum version_state { VERSION_PENDING, VERSION_LIVE, VERSION_ENDED };
enum version_kind { VERSION_OWN, VERSION_FOREIGN }; /* our format; imported */

struct key_version {
	int64_t key; /* row of the key */
	int64_t number;
	enum version_kind kind;
	enum version_state state;
	char secret_id
		[SECRET_ID_SIZE]; /* own: public secret id; foreign: first 12 hex digits of the look-up */
	uint8_t lookup[MAC_SIZE];     /* foreign: store_import_mac(); unused for own */
	uint8_t secret_mac[MAC_SIZE]; /* own: store_secret_mac(); unused for foreign */
	int64_t secret_ring;	      /* ring key of the two above */
	char hint[HINT_SIZE];
	int64_t created_at, valid_until; /* TIME_NONE: no end of its own */
	int64_t ring;			 /* ring key of the row's MAC */
	/* While pending: who is writing it out, and the audit detail of the activation. */
	int64_t pid, pid_start; /* start time in clock ticks, /proc/PID/stat field 22 */
	bool altered;
};

void key_init(struct key *k); /* all texts "", times TIME_NONE, status KEY_ACTIVE */
void key_release(struct key *k);
void key_copy(struct key *to, const struct key *from); /* `to` initialised */

/* What holds at `now`, derived (DESIGN §2): the first of these that is true. */
enum key_state {
	KEY_STATE_REVOKED,
	KEY_STATE_DISABLED,
	KEY_STATE_EXPIRED,
	KEY_STATE_NOT_YET_VALID,
	KEY_STATE_ACTIVE
};
enum key_state key_state(const struct key *k, int64_t now);
const char *key_state_name(enum key_state s); /* "active", "not_yet_valid" … */

/* --- single rows (all check the MAC and set `altered`; deciding callers refuse altered rows) ---- */
/* By "key_…" id. ERR_NOT_FOUND. Pending keys are not found by any of these but key_get_row. */
enum errc key_get(struct store *s, const char *id, struct key *k, struct err *e);
enum errc key_get_row(struct store *s, int64_t row, struct key *k, struct err *e);
/* By exact name: up to `size` ids of keys so named, those not revoked first; *count all of them. */
enum errc key_named(struct store *s, const char *name, char (*ids)[KEY_ID_SIZE], size_t size,
		    size_t *live, size_t *count, struct err *e);
/* Inserts (inside store_begin*); sets row, id where empty, revision 1. */
enum errc key_insert(struct store *s, struct key *k, struct err *e);
/* For imports: inserts a key and its one version (whose `key` it sets), and gives the MAC that
 * key_object_mac() would. ERR_CONFLICT where the secret is known; the transaction is then to be rolled
 * back, but further rows can be tried. */
enum errc key_import_row(struct store *s, struct key *k, struct key_version *v,
			 uint8_t object[MAC_SIZE], struct err *e);
/* Writes every field with revision + 1, only where the stored revision is still k->revision:
 * else ERR_CONFLICT. */
enum errc key_update(struct store *s, struct key *k, struct err *e);
/* Activates a pending key and its version (the caller has set the status it is to have), or, where
 * k->status is KEY_PENDING, gives it up: both rows are deleted. The revision stays 1. */
enum errc key_activate(struct store *s, struct key *k, struct err *e);
/* Deletes key, versions, usage and what was used up of its limits; secret look-ups stay as tombstones. */
enum errc key_purge(struct store *s, const struct key *k, struct err *e);
/* The MAC over the key row and all its versions, for the audit event (DESIGN §3). */
enum errc key_object_mac(struct store *s, const struct key *k, uint8_t out[MAC_SIZE],
			 struct err *e);

/* --- versions ----------------------------------------------------------------------------------- */
/* ERR_CONFLICT where the secret was ever known (tombstones included). */
enum errc version_insert(struct store *s, struct key_version *v, struct err *e);
enum errc version_update(struct store *s, const struct key_version *v, struct err *e);
enum errc version_delete(struct store *s, const struct key_version *v, struct err *e);
/* All versions of a key, highest number first; *out is heap, caller frees. Pending ones included. */
enum errc versions_of(struct store *s, int64_t key, struct key_version **out, size_t *count,
		      struct err *e);
/* The verification path: one look-up that gives version and key. ERR_NOT_FOUND. */
enum errc version_by_secret_id(struct store *s, const char *secret_id, struct key_version *v,
			       struct key *k, struct err *e);
enum errc version_by_digest(struct store *s, const uint8_t digest[SHA256_SIZE],
			    struct key_version *v, struct key *k, struct err *e);
/* True where the secret is (or, purged, was) known. */
enum errc secret_known(struct store *s, const char *secret_id_or_null,
		       const uint8_t digest[SHA256_SIZE], bool *known, struct err *e);
/* Deletes pending versions, and pending keys, whose process is gone (pid and start time). Unaudited. */
enum errc pending_sweep(struct store *s, struct err *e);

/* --- lists ---------------------------------------------------------------------------------------- */
enum key_sort {
	KEY_SORT_NAME,
	KEY_SORT_OWNER,
	KEY_SORT_CREATED,
	KEY_SORT_EXPIRES,
	KEY_SORT_USED,
	KEY_SORT_ATTENTION
};

struct key_query {
	/* Words, each somewhere in name or owner or, of four characters and more, at an end of the id or at
	 * the start of a secret id; NULL: all. */
	const char *search;
	unsigned states;		     /* bits 1 << enum key_state; 0: all */
	bool in_grace;			     /* only with an older live version */
	const char *owner, *tier, *scope;    /* exact; NULL: any */
	int64_t expires_from, expires_until; /* TIME_NONE: no bound */
	int64_t unused_since; /* not used since then (never used counts from creation); TIME_NONE: any */
	int64_t revoked_before; /* TIME_NONE: any */
	enum key_sort sort;
	bool descending;
	const char *after; /* id of the row before the first one wanted, in this order */
	bool backwards;	   /* rows before `after` instead, nearest first */
	size_t limit;	   /* 0: all */
	int64_t now;
};

struct key_cursor;
enum errc key_select(struct store *s, const struct key_query *q, struct key_cursor **out,
		     struct err *e);
/* *more false at the end. Row MACs are checked here (`altered`). */
enum errc key_next(struct key_cursor *c, struct key *k, bool *more, struct err *e);
void key_cursor_free(struct key_cursor *c);
enum errc key_count(struct store *s, const struct key_query *q, uint64_t *count, struct err *e);
/* The figures above the list: all, expiring within `soon` ms, in grace, disabled, revoked. Indexed: cheap
 * at a million keys but for `all`. */
struct key_totals {
	uint64_t all, expiring, in_grace, disabled, revoked;
};
enum errc key_totals(struct store *s, int64_t now, int64_t soon, struct key_totals *t,
		     struct err *e);
/* Distinct values in use ("owner", "tier", "scope" sets as stored), for completion; at most `limit`. */
enum errc key_values(struct store *s, const char *field, const char *prefix, size_t limit,
		     struct json **array, struct err *e);

#endif
