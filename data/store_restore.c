/* store restore: makes the rows of the live store what they were in a backup, but for what was
 * revoked since. Rows that must go do so first: a secret may have to move back from another
 * key. */
#include "data/restore.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/limit.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"

enum { LOOKUP_SIZE = 16 }; /* of a secret, as the column has it */

/* A key with its versions, read one by one. */
struct object {
	struct key key;
	struct key_version *versions;
	size_t count;
};

static void object_release(struct object *o)
{
	key_release(&o->key);
	free(o->versions);
}

static enum errc object_read(struct object *o, struct store *s, int64_t row, struct err *e)
{
	enum errc rc;

	*o = (struct object){ .count = 0 };
	key_init(&o->key);
	rc = key_get_row(s, row, &o->key, e);
	return rc ? rc : versions_of(s, row, &o->versions, &o->count, e);
}

static const struct key_version *version_find(const struct object *o, const struct key_version *v)
{
	for (size_t i = 0; i < o->count; i++) {
		if (o->versions[i].number == v->number &&
		    strcmp(o->versions[i].secret_id, v->secret_id) == 0)
			return &o->versions[i];
	}
	return NULL;
}

/* --- audit ---------------------------------------------------------------- */

enum errc restore_event(struct restore *r, const struct restore_change *c, struct err *e)
{
	struct buf text = BUF_INIT(4096);
	struct audit_event ev = {
		.object = x_strdup(c->object),
		.name = x_strdup(c->name),
		.object_revision = c->revision,
		.has_object_mac = c->after,
	};
	enum errc rc;

	json_write_canonical(&text, c->detail);
	json_free(c->detail);
	ev.detail = buf_take(&text);
	memcpy(ev.object_before, c->before, MAC_SIZE);
	if (c->after)
		memcpy(ev.object_mac, c->after, MAC_SIZE);
	rc = r->audit(r->arg, &ev, e);
	r->report->changed_back++;
	free(ev.object);
	free(ev.name);
	free(ev.detail);
	return rc;
}

static enum errc event_write(struct restore *r, const struct restore_step *step,
			     const struct key *k, const uint8_t after[MAC_SIZE],
			     struct json *detail, struct err *e)
{
	return restore_event(r,
			     &(struct restore_change){ .object = k->id,
						       .name = k->name,
						       .revision = k->revision,
						       .before = step->before,
						       .after = after,
						       .detail = detail },
			     e);
}

static enum errc removal_write(struct restore *r, const struct restore_step *step,
			       const struct key *k, struct err *e)
{
	struct json *detail = json_object_new();

	json_set_text(detail, "restored", "removed");
	json_set_int(detail, AUDIT_REMOVED_ROW, k->row);
	json_set_int(detail, AUDIT_REMOVED_IMPORT, k->import_event);
	return event_write(r, step, k, NULL, detail, e);
}

static const char *const status_names[] = {
	[KEY_PENDING] = "pending",
	[KEY_ACTIVE] = "active",
	[KEY_DISABLED] = "disabled",
	[KEY_REVOKED] = "revoked",
};

static enum errc change_write(struct restore *r, const struct restore_step *step,
			      const struct key *k, struct err *e)
{
	struct json *detail = json_object_new();
	uint8_t after[MAC_SIZE];
	enum errc rc = key_object_mac(r->live, k, after, e);

	json_set_text(detail, "restored", step->what == RESTORE_BRING ? "brought back" : "changed");
	json_set_text(detail, "status", status_names[k->status]);
	if (step->keep_versions)
		json_set_text(detail, "versions", "kept");
	if (rc) {
		json_free(detail);
		return rc;
	}
	return event_write(r, step, k, after, detail, e);
}

/* --- what goes ------------------------------------------------------------ */

/* Runs a statement over one version of a key ($1, $2), or all of them. */
static enum errc version_run(struct stmt *st, int64_t key, const int64_t *number, struct err *e)
{
	stmt_int(st, 1, key);
	if (number)
		stmt_int(st, 2, *number);
	else
		stmt_null(st, 2);
	return stmt_run(st, e);
}

static const char version_bury_sql[] =
	"INSERT INTO tombstone (lookup, key, secret_ring) SELECT lookup, key, secret_ring "
	"FROM version WHERE key = $1 AND ($2 IS NULL OR number = $2) ON CONFLICT DO NOTHING";

static const char version_delete_sql[] =
	"DELETE FROM version WHERE key = $1 AND ($2 IS NULL OR number = $2)";

/* The secret stays known: it can never be imported or restored as another key's. NULL: all
 * versions. */
static enum errc version_bury(struct store *s, int64_t key, const int64_t *number, struct err *e)
{
	enum errc rc = version_run(db_stmt(s->db, version_bury_sql), key, number, e);

	s->tombstones = -1;
	if (rc)
		return rc;
	return version_run(db_stmt(s->db, version_delete_sql), key, number, e);
}

/* Versions that the backup does not have; those being written out belong to their process. */
static enum errc versions_bury(struct restore *r, const struct restore_step *step, struct err *e)
{
	struct object live, copy;
	enum errc rc = object_read(&live, r->live, step->row, e);

	copy = (struct object){ .count = 0 };
	if (!rc)
		rc = object_read(&copy, r->copy, step->row, e);
	for (size_t i = 0; i < live.count && !rc; i++) {
		const struct key_version *v = &live.versions[i];

		if (v->state != VERSION_PENDING && !version_find(&copy, v))
			rc = version_bury(r->live, v->key, &v->number, e);
	}
	object_release(&live);
	object_release(&copy);
	return rc;
}

static enum errc key_remove(struct restore *r, const struct restore_step *step, struct err *e)
{
	struct object live;
	enum errc rc = object_read(&live, r->live, step->row, e);

	live.key.revision++;
	if (!rc)
		rc = removal_write(r, step, &live.key, e);
	if (!rc)
		rc = version_bury(r->live, step->row, NULL, e);
	if (!rc)
		rc = key_purge(r->live, &live.key, e);
	object_release(&live);
	return rc;
}

static enum errc step_clear(struct restore *r, const struct restore_step *step, struct err *e)
{
	switch (step->what) {
	case RESTORE_ORPHAN:
		return version_bury(r->live, step->row, NULL, e);
	case RESTORE_REMOVE:
		return key_remove(r, step, e);
	case RESTORE_CHANGE:
		return step->keep_versions ? ERR_OK : versions_bury(r, step, e);
	case RESTORE_BRING:
		return ERR_OK;
	}
	return ERR_OK;
}

/* --- what comes ----------------------------------------------------------- */

static void text_set(char **slot, const char *text)
{
	char *copy = x_strdup(text);

	free(*slot);
	*slot = copy;
}

/* The revocation as the live row has it, or, where that can't be trusted, the audit chain. */
static enum errc revocation_keep(struct restore *r, const struct restore_step *step,
				 const struct key *live, struct key *target, struct err *e)
{
	struct revocation v;
	enum errc rc = ERR_OK;

	target->status = KEY_REVOKED;
	if (live && step->trusted) {
		target->revoked_at = live->revoked_at;
		text_set(&target->revoke_reason, live->revoke_reason);
		text_set(&target->revoke_text, live->revoke_text);
		return ERR_OK;
	}
	rc = restore_revocation(r, target->id, &v, e);
	target->revoked_at = v.at;
	text_set(&target->revoke_reason, v.reason[0] ? v.reason : "other");
	text_set(&target->revoke_text, v.text);
	return rc;
}

/* What the live key is to become, with the live row's number and revision. */
static enum errc target_make(struct restore *r, const struct restore_step *step,
			     const struct key *live, const struct key *copy, struct key *target,
			     struct err *e)
{
	key_copy(target, copy);
	target->altered = false;
	target->ring = store_ring(r->live);
	target->updated_at = r->now;
	if (live && step->keep_versions) {
		target->version = live->version;
		target->retiring_until = live->retiring_until;
		memcpy(target->hint, live->hint, sizeof target->hint);
	}
	return step->revoked ? revocation_keep(r, step, live, target, e) : ERR_OK;
}

static const char revision_base_sql[] =
	"SELECT max(object_revision) AS revision FROM audit WHERE object = $1";

static enum errc revision_known(struct restore *r, const char *object, int64_t live,
				int64_t *revision, struct err *e)
{
	struct stmt *st = db_stmt(r->live->db, revision_base_sql);
	int64_t known = 0;
	enum errc rc;

	stmt_text(st, 1, object);
	rc = stmt_one_int(st, "revision", &known, e);
	if (known < live)
		known = live;
	if (*revision < known)
		*revision = known;
	return rc;
}

enum errc restore_revision(struct restore *r, const char *object, int64_t *revision, struct err *e)
{
	enum errc rc = revision_known(r, object, 0, revision, e);

	++*revision;
	return rc;
}

/* Revisions only rise, even where the live row was put back to an older one. */
static enum errc revision_base(struct restore *r, const struct key *live, struct key *target,
			       struct err *e)
{
	return revision_known(r, target->id, live ? live->revision : 0, &target->revision, e);
}

static const char row_place_sql[] =
	"UPDATE apikey SET row = $2, id = $3, revision = $4 WHERE row = $1";

/* Puts the row where key_update() finds it: number, id and revision as they have to be before
 * it. */
static enum errc row_place(struct store *s, int64_t from, const struct key *target, struct err *e)
{
	struct stmt *st = db_stmt(s->db, row_place_sql);
	uint8_t id[ULID_BYTES] = { 0 };

	ulid_parse(id, target->id + strlen("key_"));
	stmt_int(st, 1, from);
	stmt_int(st, 2, target->row);
	stmt_blob(st, 3, id, sizeof id);
	stmt_int(st, 4, target->revision);
	s->id_row = 0;
	return stmt_run(st, e);
}

static enum errc tombstone_lift(struct store *s, const struct key_version *v, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "DELETE FROM tombstone WHERE lookup = $1");
	uint8_t lookup[LOOKUP_SIZE] = { 0 };

	if (v->kind == VERSION_OWN)
		memcpy(lookup, v->secret_id, strnlen(v->secret_id, SECRET_ID_SIZE - 1));
	else
		memcpy(lookup, v->lookup, sizeof lookup);
	stmt_blob(st, 1, lookup, sizeof lookup);
	s->tombstones = -1;
	return stmt_run(st, e);
}

/* The backup's versions; those of them that are there are brought up to date. */
static enum errc versions_put(struct restore *r, const struct restore_step *step,
			      const struct object *live, const struct object *copy, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = copy->count; i > 0 && !rc; i--) {
		struct key_version v = copy->versions[i - 1];

		v.key = step->row;
		v.ring = store_ring(r->live);
		v.altered = false;
		if (v.state == VERSION_PENDING)
			continue;
		if (live && version_find(live, &v)) {
			rc = version_update(r->live, &v, e);
			continue;
		}
		rc = tombstone_lift(r->live, &v, e);
		if (!rc)
			rc = version_insert(r->live, &v, e);
	}
	return rc;
}

static enum errc key_change(struct restore *r, const struct restore_step *step, struct err *e)
{
	struct object live, copy = { .count = 0 };
	struct key target;
	enum errc rc = object_read(&live, r->live, step->row, e);

	key_init(&target);
	if (!rc)
		rc = object_read(&copy, r->copy, step->row, e);
	if (!rc)
		rc = target_make(r, step, &live.key, &copy.key, &target, e);
	/* A revocation that was all there is to keep. */
	if (rc || (step->trusted && step->keep_versions && restore_same_key(r, &live.key, &target)))
		goto out;
	rc = revision_base(r, &live.key, &target, e);
	if (!rc)
		rc = row_place(r->live, step->row, &target, e);
	if (!rc)
		rc = key_update(r->live, &target, e);
	if (!rc && !step->keep_versions)
		rc = versions_put(r, step, &live, &copy, e);
	if (!rc)
		rc = change_write(r, step, &target, e);
out:
	object_release(&live);
	object_release(&copy);
	key_release(&target);
	return rc;
}

static enum errc key_bring(struct restore *r, const struct restore_step *step, struct err *e)
{
	struct object copy;
	struct key target;
	int64_t row;
	enum errc rc = object_read(&copy, r->copy, step->row, e);

	key_init(&target);
	if (!rc)
		rc = target_make(r, step, NULL, &copy.key, &target, e);
	if (!rc)
		rc = key_insert(r->live, &target, e);
	row = target.row;
	target.row = step->row;
	target.revision = copy.key.revision;
	if (!rc)
		rc = revision_base(r, NULL, &target, e);
	if (!rc)
		rc = row_place(r->live, row, &target, e);
	if (!rc)
		rc = key_update(r->live, &target, e);
	if (!rc)
		rc = versions_put(r, step, NULL, &copy, e);
	/* What was used up of limits stays as it is with every key that is there: a restore refills no
	 * budget. This one's went with it, so the backup's word is the newest there is. */
	if (!rc)
		rc = limit_states_bring(r->live, r->copy, step->row, e);
	if (!rc)
		rc = change_write(r, step, &target, e);
	object_release(&copy);
	key_release(&target);
	return rc;
}

static enum errc step_fill(struct restore *r, const struct restore_step *step, struct err *e)
{
	switch (step->what) {
	case RESTORE_CHANGE:
		return key_change(r, step, e);
	case RESTORE_BRING:
		return key_bring(r, step, e);
	case RESTORE_ORPHAN:
	case RESTORE_REMOVE:
		return ERR_OK;
	}
	return ERR_OK;
}

static const char tombstones_merge_sql[] =
	"INSERT INTO tombstone (lookup, key, secret_ring) SELECT $1, $2, $3 WHERE NOT EXISTS "
	"(SELECT 1 FROM version WHERE lookup = $1) ON CONFLICT DO NOTHING";

/* Secrets that were known at the time of the backup stay known. */
static enum errc tombstones_merge(struct restore *r, struct err *e)
{
	struct stmt *from = db_stmt(r->copy->db, "SELECT lookup, key, secret_ring FROM tombstone");
	bool row;
	enum errc rc;

	while (!(rc = stmt_step(from, &row, e)) && row) {
		struct stmt *to = db_stmt(r->live->db, tombstones_merge_sql);
		size_t len;
		const void *lookup = stmt_get_blob(from, "lookup", &len);

		stmt_blob(to, 1, lookup, len);
		stmt_int(to, 2, stmt_get_int(from, "key"));
		stmt_int(to, 3, stmt_get_int(from, "secret_ring"));
		rc = stmt_run(to, e);
		if (rc)
			break;
	}
	stmt_done(from);
	r->live->tombstones = -1;
	return rc;
}

/* --- all of it ------------------------------------------------------------ */

static const char history_fits_sql[] =
	"SELECT count(*) AS found FROM audit WHERE sequence = $1 AND hash = $2";

/* The backup's last event has to be in the live chain. */
static enum errc history_fits(struct restore *r, struct err *e)
{
	const struct mark *was = &r->copy->mark;
	const char *path = r->copy->path;
	struct stmt *st = db_stmt(r->live->db, history_fits_sql);
	int64_t found = 0;
	enum errc rc;

	if (!was->any)
		return ERR_OK;
	stmt_int(st, 1, was->sequence);
	stmt_blob(st, 2, was->hash, SHA256_SIZE);
	rc = stmt_one_int(st, "found", &found, e);
	if (rc || found)
		return rc;
	if (was->sequence > r->live->mark.sequence)
		err_set(e, ERR_CONFLICT,
			"the backup \"%s\" is newer than the store: it ends with change "
			"%" PRId64 ", the store with %" PRId64,
			path, was->sequence, r->live->mark.sequence);
	else
		err_set(e, ERR_CONFLICT,
			"the backup \"%s\" has another history: its change %" PRId64
			" is not the store's",
			path, was->sequence);
	return err_hint(e,
			"to go on from the backup, move the store away with its -wal and -shm, and "
			"put the backup there");
}

static enum errc restore_run(struct restore *r, struct err *e)
{
	enum errc rc = restore_plan(r, e);

	for (size_t i = 0; i < r->count && !rc; i++)
		rc = step_clear(r, &r->steps[i], e);
	for (size_t i = 0; i < r->count && !rc; i++)
		rc = step_fill(r, &r->steps[i], e);
	if (!rc)
		rc = restore_oauth(r, e);
	return rc ? rc : tombstones_merge(r, e);
}

enum errc store_restore(struct store *s, struct store *backup, bool accept_loss,
			enum errc (*audit)(void *arg, struct audit_event *ev, struct err *e),
			void *arg, struct store_restore_report *report, struct err *e)
{
	struct restore r = {
		.live = s,
		.copy = backup,
		.accept_loss = accept_loss,
		.now = store_now(s),
		.audit = audit,
		.arg = arg,
		.report = report,
	};
	enum errc rc = store_writing(s, e);

	*report = (struct store_restore_report){ .keys = 0 };
	if (!rc)
		rc = store_snapshot(backup, e);
	if (!rc)
		rc = history_fits(&r, e);
	if (!rc)
		rc = restore_run(&r, e);
	store_snapshot_end(backup);
	free(r.steps);
	return rc;
}
