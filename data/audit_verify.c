/* Verifying the audit chain: every event's place, hash and MAC, and the end against a
 * checkpoint. */
#include "data/audit_walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data/store_internal.h"

/* The event that the next one has to follow. */
struct chain_end {
	int64_t sequence;
	uint8_t hash[SHA256_SIZE];
};

/* Only the first bad event is named: what follows it is mostly its consequence. True where this is the
 * first one, and its reason is wanted. */
static bool verdict_bad(struct audit_verdict *v, int64_t sequence)
{
	if (!v->whole)
		return false;
	v->whole = false;
	v->bad_sequence = sequence;
	return true;
}

static void event_bad(struct audit_verdict *v, int64_t sequence, const char *what)
{
	if (verdict_bad(v, sequence))
		snprintf(v->reason, sizeof v->reason, "event %" PRId64 " %s", sequence, what);
}

static void place_verify(const struct chain_end *end, const struct audit_event *ev,
			 struct audit_verdict *v)
{
	int64_t expected = end->sequence + 1;

	if (ev->sequence < expected)
		event_bad(v, ev->sequence, "stands before the first one");
	else if (ev->sequence == expected + 1)
		event_bad(v, expected, "is missing");
	else if (ev->sequence > expected && verdict_bad(v, expected))
		snprintf(v->reason, sizeof v->reason,
			 "events %" PRId64 " to %" PRId64 " are missing", expected,
			 ev->sequence - 1);
}

/* The hash is asked before the link: an edited event is its own fault, not its successor's. */
static void event_verify(struct store *s, const struct chain_end *end, const struct audit_event *ev,
			 struct audit_verdict *v)
{
	uint8_t hash[SHA256_SIZE], mac[MAC_SIZE];

	audit_hash(ev, hash);
	if (ev->altered || !bytes_equal(hash, ev->hash, sizeof hash))
		event_bad(v, ev->sequence, "was changed: its hash does not fit");
	else if (!audit_mac(s, ev, mac))
		event_bad(v, ev->sequence, "names a ring key that is missing");
	else if (!bytes_equal(mac, ev->mac, sizeof mac))
		event_bad(v, ev->sequence, "was not written by authrack: its MAC does not fit");
	else if (!bytes_equal(ev->previous, end->hash, sizeof end->hash))
		event_bad(v, ev->sequence, "does not follow the one before it");
}

static void checkpoint_verify(const struct audit_walk *w, const struct audit_event *ev,
			      struct audit_verdict *v)
{
	if (w->checkpoint_hash && ev->sequence == w->checkpoint_sequence &&
	    !bytes_equal(ev->hash, w->checkpoint_hash, SHA256_SIZE))
		event_bad(v, ev->sequence, "is not the one of the checkpoint");
}

static enum errc walk_progress(struct audit_walk *w, const struct audit_verdict *v, struct err *e)
{
	if (!w->progress || v->events % PROGRESS_STEP != 0 ||
	    w->progress(w->progress_arg, w->done + v->events, w->total))
		return ERR_OK;
	return err_set(e, ERR_CANCELLED, "cancelled");
}

static enum errc walk_events(struct store *s, struct audit_walk *w, struct stmt *st,
			     struct chain_end *end, struct audit_verdict *v, struct err *e)
{
	struct audit_event ev = { .sequence = 0 };
	bool row;
	enum errc rc;

	while (!(rc = stmt_step(st, &row, e)) && row) {
		audit_from_row(st, &ev);
		v->events++;
		place_verify(end, &ev, v);
		event_verify(s, end, &ev, v);
		checkpoint_verify(w, &ev, v);
		if (w->event)
			w->event(w->event_arg, &ev);
		end->sequence = ev.sequence;
		memcpy(end->hash, ev.hash, sizeof end->hash);
		rc = walk_progress(w, v, e);
		if (rc)
			break;
	}
	audit_event_release(&ev);
	return rc;
}

/* All rows, those that no listing shows too: a planted one may have any number. */
enum errc audit_walk(struct store *s, struct audit_walk *w, struct audit_verdict *v, struct err *e)
{
	struct chain_end end = { .sequence = 0 };
	struct stmt *st = db_prepare(s->db, "SELECT * FROM audit ORDER BY sequence");
	enum errc rc;

	*v = (struct audit_verdict){ .whole = true };
	rc = walk_events(s, w, st, &end, v, e);
	stmt_free(st);
	if (!rc && w->checkpoint_sequence > end.sequence && verdict_bad(v, end.sequence + 1))
		snprintf(v->reason, sizeof v->reason,
			 "the chain ends with event %" PRId64
			 ", the checkpoint knows event %" PRId64,
			 end.sequence, w->checkpoint_sequence);
	memcpy(v->head, end.hash, sizeof v->head);
	return rc;
}

enum errc audit_verify(struct store *s, int64_t checkpoint_sequence,
		       const uint8_t checkpoint_hash[SHA256_SIZE], store_progress *progress,
		       void *arg, struct audit_verdict *v, struct err *e)
{
	struct audit_walk w = {
		.checkpoint_sequence = checkpoint_sequence,
		.checkpoint_hash = checkpoint_hash,
		.progress = progress,
		.progress_arg = arg,
	};
	enum errc rc = store_snapshot(s, e);

	if (rc)
		return rc;
	w.total = (uint64_t)s->mark.sequence;
	rc = audit_walk(s, &w, v, e);
	store_snapshot_end(s);
	return rc;
}
