/* What data/ asks of the audit chain: one pass over all of it, for `audit verify` and `store check`, and
 * what an object's last event left. */
#ifndef DATA_AUDIT_WALK_H
#define DATA_AUDIT_WALK_H

#include "data/audit.h"

enum { PROGRESS_STEP = 1024 }; /* rows between two calls of a store_progress */

struct audit_walk {
	int64_t checkpoint_sequence; /* 0: none */
	const uint8_t *checkpoint_hash;
	void (*event)(void *arg, const struct audit_event *ev); /* each, bad ones too; NULL: none */
	void *event_arg;
	store_progress *progress; /* NULL: none */
	void *progress_arg;
	uint64_t done, total; /* what the progress starts at and ends at */
};

/* Fills the verdict; goes on behind the first bad event so that `event` sees all of them. */
enum errc audit_walk(struct store *s, struct audit_walk *w, struct audit_verdict *v, struct err *e);

/* The event that an object has to agree with: the last one that changed it. */
struct audit_change {
	bool any;
	int64_t sequence, revision;
	char operation[64];
	uint8_t mac[MAC_SIZE]; /* of the object after it; zeros: removed */
};
/* Events that left an object as it was are passed over. */
enum errc audit_last_change(struct store *s, const char *object, struct audit_change *c,
			    struct err *e);
/* Whether an event about an object, with its MAC after it, is the object's removal. */
bool audit_removes(const char *operation, const uint8_t mac[MAC_SIZE]);

#endif
