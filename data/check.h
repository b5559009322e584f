/* What the files behind store_check() share; inside data/ only. */
#ifndef DATA_CHECK_H
#define DATA_CHECK_H

#include "data/audit_walk.h"
#include "data/object_scan.h"

enum { CHECK_LABEL_SIZE = 256 };

/* Objects that the audit chain knows. */
enum { CHECK_KEY, CHECK_PROVIDER, CHECK_GRANT, CHECK_KINDS };
struct check_kind {
	const char *from, *until; /* their ids: from "key_" to before "key`" */
	const char *noun, *whole; /* "key", "the key and its versions are" */
	const char *find_sql;
};
extern const struct check_kind check_kinds[CHECK_KINDS];

/* One of them as it stands, with a sound MAC. */
struct check_object {
	const struct check_kind *kind;
	const char *id;
	char label[CHECK_LABEL_SIZE];
	int64_t revision;
	const uint8_t *mac;
};

/* A key that was removed with an audit event, of those that an import made. */
struct check_removed {
	int64_t row, import_event;
	char object[KEY_ID_SIZE];
};

/* An import event, and what is found of the keys it made. */
struct check_import {
	int64_t event;
	int64_t said; /* keys, as the event says */
	char said_rows[2 * SHA256_SIZE + 1];
	int64_t seen;
	bool altered; /* one of its rows was: the sum can't fit */
	struct sha256 *rows;
};

struct check {
	struct store *s;
	void (*found)(void *arg, const struct store_finding *f);
	store_progress *progress;
	void *arg;
	uint64_t done, total, count;
	struct anchor anchor;
	struct check_removed *removed; /* in the order of their rows once collected */
	size_t removed_count, removed_size, removed_at;
	struct check_import *imports; /* in the order of their events */
	size_t import_count, import_size;
};

/* One finding. `object` names the row. */
void check_found(struct check *c, const char *check, const char *object, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A row that does not carry our MAC; `l`: its last change. */
void check_altered(struct check *c, const char *label, const struct audit_change *l, bool imported);
/* An object against its last change. */
enum errc check_against_chain(struct check *c, const struct check_object *o,
			      const struct audit_change *l, struct err *e);
/* Everything that the chain knows is there, or its last event removed it. */
enum errc check_missing(struct check *c, struct err *e);

/* Providers, grants and flows. */
enum errc check_oauth(struct check *c, struct err *e);

/* Keys and versions: MACs, audit events, invariants. */
enum errc check_objects(struct check *c, struct err *e);

/* Remembers imports and removed keys; called with each event of the chain. */
void check_event(void *check, const struct audit_event *ev);
/* Before the first key. */
void check_imports_begin(struct check *c);
/* A key that came with an import, with its object MAC at revision 1 (NULL: altered), in row
 * order. */
enum errc check_import_key(struct check *c, const struct key *k, const uint8_t *mac, struct err *e);
/* After the last key: are all there, and as they came? */
enum errc check_imports_end(struct check *c, struct err *e);
void check_imports_free(struct check *c);

/* The object MAC before the first change of an object, from its first event; false: none, or
 * unknown. */
enum errc check_first_mac(struct check *c, const char *object, uint8_t mac[MAC_SIZE], bool *any,
			  struct err *e);

#endif
