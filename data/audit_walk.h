/* One pass over the whole audit chain, for `audit verify` and `store check`; inside data/ only. */
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

#endif
