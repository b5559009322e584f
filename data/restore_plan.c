/* store restore, first half: walks the live store and the backup side by side and says what
 * differs. Nothing is changed here. */
#include "data/restore.h"

#include <stdlib.h>
#include <string.h>

#include "data/audit_walk.h"
#include "data/object_scan.h"
#include "src/base/alloc.h"
#include "src/base/json.h"

static struct restore_step *step_add(struct restore *r, int64_t row, enum restore_what what)
{
	if (r->count == r->size) {
		r->size = r->size ? 2 * r->size : 64;
		r->steps = x_reallocarray(r->steps, r->size, sizeof *r->steps);
	}
	r->steps[r->count] = (struct restore_step){ .row = row, .what = what };
	return &r->steps[r->count++];
}

/* --- what the chain says -------------------------------------------------- */

static void detail_text(char *out, size_t size, const struct json *detail, const char *name)
{
	const char *text = json_get_text(detail, name);

	snprintf(out, size, "%s", text ? text : "");
}

static const char restore_revocation_sql[] =
	"SELECT time, operation, detail FROM audit WHERE object = $1 AND sequence > $2 AND "
	"operation IN ('key.revoke', 'store.restore') ORDER BY sequence DESC LIMIT 1";

/* The newest of them decides: a restore with its losses accepted may have undone an earlier
 * one. */
enum errc restore_revocation(struct restore *r, const char *id, struct revocation *v, struct err *e)
{
	struct stmt *st = db_stmt(r->live->db, restore_revocation_sql);
	struct json *detail = NULL;
	bool row;
	enum errc rc;

	*v = (struct revocation){ .at = TIME_NONE };
	stmt_text(st, 1, id);
	stmt_int(st, 2, r->copy->mark.sequence);
	rc = stmt_step(st, &row, e);
	if (!rc && row) {
		size_t len;
		const char *text = stmt_get_text(st, "detail", &len);
		const char *operation = stmt_get_text(st, "operation", NULL);
		bool parsed = json_parse(&detail, text, len, NULL) == ERR_OK;
		const char *status = parsed ? json_get_text(detail, "status") : NULL;

		v->any = strcmp(operation, "key.revoke") == 0 ||
			 (status && strcmp(status, "revoked") == 0);
		v->at = stmt_get_int(st, "time");
		detail_text(v->reason, sizeof v->reason, detail, "reason");
		detail_text(v->text, sizeof v->text, detail, "text");
	}
	stmt_done(st);
	json_free(detail);
	return rc;
}

static const char restored_before_sql[] =
	"SELECT sequence FROM audit WHERE object = $1 AND sequence > $2 AND operation = "
	"'store.restore' LIMIT 1";

/* Was anything of this key taken away by an earlier restore? What is missing then was not
 * revoked. */
static enum errc restored_before(struct restore *r, const char *id, bool *was, struct err *e)
{
	struct stmt *st = db_stmt(r->live->db, restored_before_sql);
	enum errc rc;

	stmt_text(st, 1, id);
	stmt_int(st, 2, r->copy->mark.sequence);
	rc = stmt_step(st, was, e);
	stmt_done(st);
	return rc;
}

/* --- keys that are in both ------------------------------------------------ */

static bool scan_altered(const struct object_scan *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (o->versions[i].altered)
			return true;
	}
	return o->key.altered;
}

static const struct key_version *version_same(const struct object_scan *o,
					      const struct key_version *wanted)
{
	for (size_t i = 0; i < o->count; i++) {
		if (o->versions[i].number == wanted->number &&
		    strcmp(o->versions[i].secret_id, wanted->secret_id) == 0)
			return &o->versions[i];
	}
	return NULL;
}

static bool version_ended(const struct key_version *v, int64_t now)
{
	return v->state == VERSION_ENDED || (v->valid_until != TIME_NONE && v->valid_until <= now);
}

/* A version that was good in the backup and has been ended, or taken back, since. */
static bool ended_since(const struct restore *r, const struct object_scan *live,
			const struct object_scan *copy, bool restored)
{
	for (size_t i = 0; i < copy->count; i++) {
		const struct key_version *was = &copy->versions[i];
		const struct key_version *is = version_same(live, was);

		if (was->state != VERSION_LIVE || version_ended(was, r->now))
			continue;
		if (is ? version_ended(is, r->now) : !restored)
			return true;
	}
	return false;
}

/* What a key was before the restore, by the audit chain's word, not that of rows that anybody
 * may have written: what its last event left, else what the import made, which the backup still
 * has. */
static void before_set(struct restore *r, const struct audit_change *l,
		       const struct object_scan *copy, struct restore_step *step)
{
	if (l->any)
		memcpy(step->before, l->mac, MAC_SIZE);
	else if (!copy || !copy->key.import_event || copy->key.revision != 1 ||
		 !object_mac(r->copy, &copy->key, copy->versions, copy->count, step->before))
		memset(step->before, 0, MAC_SIZE);
}

/* Does the live row stand as its last audit event left it? Only then is its word taken. */
static enum errc live_trusted(struct restore *r, const struct object_scan *live,
			      const struct object_scan *copy, struct restore_step *step,
			      struct err *e)
{
	uint8_t is[MAC_SIZE];
	struct audit_change l;
	enum errc rc = audit_last_change(r->live, live->key.id, &l, e);

	if (rc)
		return rc;
	before_set(r, &l, copy, step);
	if (scan_altered(live) || !object_mac(r->live, &live->key, live->versions, live->count, is))
		return ERR_OK;
	step->trusted = l.any ? bytes_equal(l.mac, is, MAC_SIZE)
			      : live->key.import_event && live->key.revision == 1;
	if (step->trusted)
		memcpy(step->before, is, MAC_SIZE);
	return ERR_OK;
}

static enum errc change_decide(struct restore *r, const struct object_scan *live,
			       const struct object_scan *copy, struct restore_step *step,
			       struct err *e)
{
	struct revocation v = { .any = false };
	bool restored = false, ended;
	enum errc rc = ERR_OK;

	if (!step->trusted)
		rc = restore_revocation(r, copy->key.id, &v, e);
	if (!rc)
		rc = restored_before(r, copy->key.id, &restored, e);
	if (rc || copy->key.status == KEY_REVOKED)
		return rc;
	step->revoked = step->trusted ? live->key.status == KEY_REVOKED : v.any;
	ended = step->trusted && ended_since(r, live, copy, restored);
	if (r->accept_loss) {
		r->report->lost += step->revoked || ended;
		step->revoked = false;
		return ERR_OK;
	}
	step->keep_versions = ended || (step->revoked && step->trusted);
	r->report->revocations_kept += step->revoked || ended;
	return ERR_OK;
}

bool restore_same_key(struct restore *r, const struct key *live, const struct key *wanted)
{
	struct key probe = *wanted; /* lends its texts */
	uint8_t is[ROW_MAC_SIZE], would[ROW_MAC_SIZE];

	probe.row = live->row;
	probe.revision = live->revision;
	probe.updated_at = live->updated_at;
	probe.ring = live->ring;
	return key_mac(r->live, live, is) && key_mac(r->live, &probe, would) &&
	       bytes_equal(is, would, sizeof is);
}

static bool same_version(struct restore *r, const struct object_scan *live,
			 const struct key_version *is, const struct key_version *was)
{
	struct key_version probe = *was;
	uint8_t now[ROW_MAC_SIZE], then[ROW_MAC_SIZE];

	probe.ring = is->ring;
	return version_mac(r->live, is, live->key.id, now) &&
	       version_mac(r->live, &probe, live->key.id, then) &&
	       bytes_equal(now, then, sizeof now);
}

static size_t skip_pending(const struct object_scan *o, size_t i)
{
	while (i < o->count && o->versions[i].state == VERSION_PENDING)
		i++;
	return i;
}

static bool same_versions(struct restore *r, const struct object_scan *live,
			  const struct object_scan *copy)
{
	size_t i = skip_pending(live, 0), w = skip_pending(copy, 0);

	while (i < live->count && w < copy->count) {
		if (!same_version(r, live, &live->versions[i], &copy->versions[w]))
			return false;
		i = skip_pending(live, i + 1);
		w = skip_pending(copy, w + 1);
	}
	return i == live->count && w == copy->count;
}

/* --- keys that are in one of them ----------------------------------------- */

/* Made since. One that was revoked since stays, to go on saying so. */
static enum errc live_only(struct restore *r, const struct object_scan *live, struct err *e)
{
	struct restore_step *step, probe = { .row = live->key.row };
	enum errc rc;

	if (live->key.row == 0) {
		step_add(r, live->versions[0].key, RESTORE_ORPHAN);
		return ERR_OK;
	}
	if (live->key.status == KEY_PENDING)
		return ERR_OK;
	rc = live_trusted(r, live, NULL, &probe, e);
	if (rc)
		return rc;
	if (probe.trusted && live->key.status == KEY_REVOKED && !r->accept_loss) {
		r->report->revocations_kept++;
		return ERR_OK;
	}
	r->report->lost += live->key.status == KEY_REVOKED && probe.trusted;
	step = step_add(r, live->key.row, RESTORE_REMOVE);
	step->trusted = probe.trusted;
	memcpy(step->before, probe.before, sizeof step->before);
	return ERR_OK;
}

/* Gone since: purged, which only revoked keys are, or removed by a restore, or by hand. */
static enum errc copy_only(struct restore *r, const struct object_scan *copy, struct err *e)
{
	struct revocation v;
	struct restore_step *step;
	struct audit_change l;
	bool purged, revoked;
	enum errc rc;

	if (copy->key.row == 0 || copy->key.status == KEY_PENDING)
		return ERR_OK;
	rc = audit_last_change(r->live, copy->key.id, &l, e);
	if (!rc)
		rc = restore_revocation(r, copy->key.id, &v, e);
	if (rc)
		return rc;
	purged = l.any && strcmp(l.operation, "key.purge") == 0;
	revoked = v.any && copy->key.status != KEY_REVOKED;
	if (purged || revoked) {
		r->report->lost += r->accept_loss;
		r->report->revocations_kept += !r->accept_loss;
	}
	if (purged && !r->accept_loss)
		return ERR_OK;
	step = step_add(r, copy->key.row, RESTORE_BRING);
	before_set(r, &l, copy, step);
	step->revoked = revoked && !r->accept_loss;
	return ERR_OK;
}

/* --- side by side --------------------------------------------------------- */

static int64_t scan_row(const struct object_scan *o, bool more)
{
	if (!more)
		return INT64_MAX;
	return o->key.row ? o->key.row : o->versions[0].key;
}

static enum errc rows_compare(struct restore *r, const struct object_scan *live,
			      const struct object_scan *copy, struct err *e)
{
	struct restore_step step = { .row = live->key.row, .what = RESTORE_CHANGE };
	enum errc rc;

	if (copy->key.row == 0 || copy->key.status == KEY_PENDING)
		return live_only(r, live, e);
	r->report->keys++;
	if (live->key.row == 0) {
		step_add(r, live->versions[0].key, RESTORE_ORPHAN);
		return copy_only(r, copy, e);
	}
	rc = live_trusted(r, live, copy, &step, e);
	if (rc || (step.trusted && restore_same_key(r, &live->key, &copy->key) &&
		   same_versions(r, live, copy)))
		return rc;
	rc = change_decide(r, live, copy, &step, e);
	*step_add(r, live->key.row, RESTORE_CHANGE) = step;
	return rc;
}

static enum errc both_walk(struct restore *r, struct object_scan *live, struct object_scan *copy,
			   struct err *e)
{
	bool live_more, copy_more;
	enum errc rc = object_scan_next(live, &live_more, e);

	if (!rc)
		rc = object_scan_next(copy, &copy_more, e);
	while (!rc && (live_more || copy_more)) {
		int64_t is = scan_row(live, live_more), was = scan_row(copy, copy_more);

		if (is < was) {
			rc = live_only(r, live, e);
		} else if (was < is) {
			r->report->keys += copy->key.row != 0 && copy->key.status != KEY_PENDING;
			rc = copy_only(r, copy, e);
		} else {
			rc = rows_compare(r, live, copy, e);
		}
		if (!rc && is <= was)
			rc = object_scan_next(live, &live_more, e);
		if (!rc && was <= is)
			rc = object_scan_next(copy, &copy_more, e);
	}
	return rc;
}

enum errc restore_plan(struct restore *r, struct err *e)
{
	struct object_scan live, copy = { .s = NULL };
	enum errc rc = object_scan_start(&live, r->live, e);

	if (!rc)
		rc = object_scan_start(&copy, r->copy, e);
	if (!rc)
		rc = both_walk(r, &live, &copy, e);
	object_scan_end(&live);
	object_scan_end(&copy);
	return rc;
}
