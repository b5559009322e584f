/* The audit chain: append, read, verify. */
#ifndef DATA_AUDIT_H
#define DATA_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "data/store.h"

struct audit_event {
	int64_t sequence;	 /* from 1, no gaps; set by audit_append */
	int64_t time;		 /* set by audit_append: store_now() */
	char *actor;		 /* canonical JSON of actor_json() */
	char *operation;	 /* "key.rotate" */
	char *object;		 /* "key_…", "store", "import" …; "" none */
	char *name;		 /* the object's name at the time, "" none; part of the chain */
	int64_t object_revision; /* 0 none */
	bool has_object_mac;	 /* read: object_mac is not all zeros */
	uint8_t object_mac[MAC_SIZE];	 /* after the change; zeros when removed by this event */
	uint8_t object_before[MAC_SIZE]; /* before it; zeros when made by this event */
	char *detail;			 /* canonical JSON, no secret ever */
	char boot_id[37];
	int64_t boot_time; /* CLOCK_BOOTTIME, for the clock rules */
	uint8_t previous[SHA256_SIZE], hash[SHA256_SIZE], mac[MAC_SIZE];
	int64_t ring;
	bool altered; /* read: a value is of a kind that is never written */
};

/* What store_check() reads in `detail`, besides what is there for people:
 * an import (object "import") says how many keys it made and the SHA-256, in hexadecimal, over their
 * object MACs in row order; an event that removes a key says its row and the import it came with. */
#define AUDIT_IMPORT_COUNT "count"
#define AUDIT_IMPORT_ROWS "rows_sha256"
#define AUDIT_REMOVED_ROW "row"
#define AUDIT_REMOVED_IMPORT "import_event"

void audit_event_release(struct audit_event *ev);

/* Appends inside a write transaction; fills sequence, time, boot, previous, hash, mac. Texts borrowed. */
enum errc audit_append(struct store *s, struct audit_event *ev, struct err *e);
enum errc audit_head(struct store *s, struct audit_event *ev, bool *any, struct err *e);
enum errc audit_get(struct store *s, int64_t sequence, struct audit_event *ev, struct err *e);

struct audit_query {
	const char *search; /* words in actor, operation, object, name, detail */
	const char *actor, *operation, *object; /* exact, or a prefix ending in '*' */
	int64_t since, until;			/* TIME_NONE: no bound */
	int64_t before_sequence;		/* newest first, below this one; 0: from the head */
	int64_t after_sequence; /* oldest first, above this one, when not 0 or `oldest_first` */
	bool oldest_first;
	size_t limit; /* 0: all */
};
struct audit_cursor;
enum errc audit_select(struct store *s, const struct audit_query *q, struct audit_cursor **out,
		       struct err *e);
enum errc audit_next(struct audit_cursor *c, struct audit_event *ev, bool *more, struct err *e);
void audit_cursor_free(struct audit_cursor *c);

/* SHA-256 over the event's canonical encoding; anyone can recompute it from an export. The encoding
 * is these texts as netstrings ("LENGTH:BYTES,"): "authrack audit 1", sequence, time (RFC 3339, as
 * datetime_rfc3339() writes it), actor, operation, object, name, object_revision, object_mac and
 * object_before (hexadecimal; zeros where there is none), detail, boot_id, boot_time, previous
 * (hexadecimal). Numbers are decimal; NULL texts count as empty. */
void audit_hash(const struct audit_event *ev, uint8_t out[SHA256_SIZE]);

struct audit_verdict {
	bool whole;
	uint64_t events;      /* looked at */
	int64_t bad_sequence; /* first bad one; 0: none */
	char reason[160]; /* "hash does not fit", "MAC does not fit", "event 17 is missing" … */
	uint8_t head[SHA256_SIZE];
};
/* Walks the whole chain. Given a checkpoint (sequence and hash), a cut-off tail is found too. */
enum errc audit_verify(struct store *s, int64_t checkpoint_sequence,
		       const uint8_t checkpoint_hash[SHA256_SIZE], store_progress *progress,
		       void *arg, struct audit_verdict *v, struct err *e);

#endif
