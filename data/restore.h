/* What the files behind store_restore() share; inside data/ only. */
#ifndef DATA_RESTORE_H
#define DATA_RESTORE_H

#include "data/store_internal.h"

enum restore_what {
	RESTORE_CHANGE, /* in both, and different */
	RESTORE_REMOVE, /* made since the backup */
	RESTORE_BRING,	/* gone since the backup */
	RESTORE_ORPHAN, /* versions without a key: planted */
};

/* One row that is to be as in the backup, as far as what was revoked since allows. */
struct restore_step {
	int64_t row;
	enum restore_what what;
	bool trusted;		  /* the live row is what its last audit event left */
	bool revoked;		  /* revoked since: stays so */
	bool keep_versions;	  /* one ended since: they stay as they are now */
	uint8_t before[MAC_SIZE]; /* object MAC before the restore; zeros: none */
};

struct restore {
	struct store *live, *copy;
	bool accept_loss;
	int64_t now;
	struct restore_step *steps; /* in row order */
	size_t count, size;
	enum errc (*audit)(void *arg, struct audit_event *ev, struct err *e);
	void *arg;
	struct store_restore_report *report;
};

/* A revocation that the audit chain tells of. */
struct revocation {
	bool any;
	int64_t at;
	char reason[64], text[1025];
};

/* An object that was changed back, as its event has it. */
struct restore_change {
	const char *object, *name;
	int64_t revision;
	const uint8_t *before, *after; /* object MACs; `after` NULL: removed */
	struct json *detail;	       /* taken */
};
enum errc restore_event(struct restore *r, const struct restore_change *c, struct err *e);
/* The revision after the highest of those that the chain knows and what *revision has. */
enum errc restore_revision(struct restore *r, const char *object, int64_t *revision, struct err *e);
/* Providers and grants, all of it. */
enum errc restore_oauth(struct restore *r, struct err *e);

/* Fills the steps: what differs between both, and what has to stay. */
enum errc restore_plan(struct restore *r, struct err *e);
/* Would `wanted` in the place of the live key change anything but its revision and time? */
bool restore_same_key(struct restore *r, const struct key *live, const struct key *wanted);
/* Whether the chain says that a key was revoked since the backup, and how. */
enum errc restore_revocation(struct restore *r, const char *id, struct revocation *v,
			     struct err *e);

#endif
