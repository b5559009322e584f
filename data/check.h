/* What the files behind store_check() share; inside data/ only. */
#ifndef DATA_CHECK_H
#define DATA_CHECK_H

#include "data/object_scan.h"

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
/* Whether an event about a key, with the MAC of its object after it, is the key's removal. */
bool event_removes(const char *operation, const uint8_t mac[MAC_SIZE]);

#endif
