/* Stores the rows of an import in one transaction with one audit event. */
#include "src/app/import_store.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "data/audit.h"
#include "src/app/audit_note.h"
#include "src/app/session.h"
#include "src/base/buf.h"
#include "src/base/encode.h"

enum { ROWS_A_LOOK = 1024, TICK_MS = 250, NOTES_MAX = 16 * 1024 };
static const char default_prefix[] = "ak";
static const char known_already[] = "secret: already known here, or was before a purge";

struct work {
	const struct op_call *call;
	struct import_rows *rows;
	struct import_result *result;
	struct err *e;
	enum errc rc;
	struct buf notes; /* remarks made while the lock is held, one a line */
	_Atomic uint64_t done;
	_Atomic bool cancelled;
};

static void row_key(const struct import_rows *r, const struct import_row *row, int64_t event,
		    struct key *k)
{
	char *texts = r->texts.data;
	const char *prefix = import_row_text(r, row, IMPORT_PREFIX);

	*k = (struct key){
		.name = texts + row->texts[IMPORT_NAME],
		.owner = texts + row->texts[IMPORT_OWNER],
		.tier = texts + row->texts[IMPORT_TIER],
		.note = texts + row->texts[IMPORT_NOTE],
		.scopes = texts + row->texts[IMPORT_SCOPES],
		.limits = texts + row->texts[IMPORT_LIMITS],
		.allow_from = texts + row->texts[IMPORT_ALLOW_FROM],
		.meta = texts + row->texts[IMPORT_META],
		.revoke_reason = texts,
		.revoke_text = texts,
		.status = KEY_ACTIVE,
		.created_at = r->now,
		.updated_at = r->now,
		.not_before = row->not_before,
		.expires_at = row->expires_at,
		.disabled_at = TIME_NONE,
		.revoked_at = TIME_NONE,
		.retiring_until = TIME_NONE,
		.version = 1,
		.import_event = event,
	};
	snprintf(k->prefix, sizeof(k->prefix), "%s", *prefix ? prefix : default_prefix);
	memcpy(k->hint, row->hint, sizeof(k->hint));
}

static void row_version(const struct import_rows *r, const struct import_row *row,
			struct key_version *v)
{
	*v = (struct key_version){
		.number = 1,
		.kind = (enum version_kind)row->kind,
		.state = VERSION_LIVE,
		.secret_ring = r->ring,
		.created_at = r->now,
		.valid_until = TIME_NONE,
	};
	memcpy(v->hint, row->hint, sizeof(v->hint));
	if (row->kind == VERSION_OWN) {
		memcpy(v->secret_id, row->secret_id, sizeof(v->secret_id));
		memcpy(v->secret_mac, row->mac, sizeof(v->secret_mac));
	} else {
		hex_encode(v->secret_id, row->mac, (SECRET_ID_SIZE - 1) / 2);
		memcpy(v->lookup, row->mac, sizeof(v->lookup));
	}
}

static const char *row_secret_id(const struct import_row *row)
{
	return row->kind == VERSION_OWN ? row->secret_id : NULL;
}

/* Under an older ring key a foreign secret has another look-up value, which no index compares. */
static enum errc row_known(struct work *w, const struct import_row *row, bool several_rings,
			   bool *known, struct err *e)
{
	*known = false;
	if (!several_rings)
		return ERR_OK;
	return secret_known(app_store(w->call->app), row_secret_id(row), row->digest, known, e);
}

static enum errc row_store(struct work *w, const struct import_row *row, int64_t event,
			   bool several_rings, struct sha256 *sum)
{
	struct store *s = app_store(w->call->app);
	struct err conflict = ERR_INIT;
	uint8_t object[MAC_SIZE];
	struct key_version v;
	struct key k;
	bool known;
	enum errc rc = row_known(w, row, several_rings, &known, w->e);

	if (rc)
		return rc;
	if (!known) {
		row_key(w->rows, row, event, &k);
		row_version(w->rows, row, &v);
		rc = key_import_row(s, &k, &v, object, &conflict);
		if (!rc)
			sha256_add(sum, object, sizeof(object));
		known = rc == ERR_CONFLICT;
	}
	if (known) {
		import_rows_error(w->rows, row->line, row->column, known_already);
		return ERR_OK;
	}
	if (rc && w->e)
		*w->e = conflict;
	return rc;
}

static enum errc rows_store(struct work *w, int64_t event)
{
	struct sha256 *sum = sha256_new();
	uint8_t digest[SHA256_SIZE];
	int64_t rings[2];
	bool several = store_rings(app_store(w->call->app), rings, 2) > 1;
	enum errc rc = ERR_OK;

	for (size_t i = 0; !rc && i < w->rows->count; i++) {
		rc = row_store(w, &w->rows->rows[i], event, several, sum);
		if (i % ROWS_A_LOOK)
			continue;
		atomic_store(&w->done, i);
		if (!rc && atomic_load(&w->cancelled))
			rc = err_set(w->e, ERR_CANCELLED, "the import was cancelled");
	}
	sha256_end(sum, digest);
	sha256_free(sum);
	hex_encode(w->result->rows_sha256, digest, sizeof(digest));
	return rc;
}

static enum errc event_append(struct work *w, struct json *detail, int64_t expected)
{
	struct import_rows *r = w->rows;
	int64_t sequence = 0;
	enum errc rc;

	json_set_int(detail, AUDIT_IMPORT_COUNT, (int64_t)r->count);
	json_set_text(detail, AUDIT_IMPORT_ROWS, w->result->rows_sha256);
	json_set_int(detail, "own_format", (int64_t)r->own);
	json_set_int(detail, "foreign", (int64_t)r->foreign);
	json_set_int(detail, "digests", (int64_t)r->digests);
	json_set_int(detail, "weak", (int64_t)r->weak);
	rc = audit_note(w->call, app_store(w->call->app),
			&(struct audit_note){ .object = "import", .detail = detail }, &sequence,
			w->e);
	w->result->event = sequence;
	if (!rc && sequence != expected)
		rc = err_set(w->e, ERR_STORE, "the audit chain moved under the import");
	return rc;
}

static enum errc next_event(struct store *s, int64_t *sequence, struct err *e)
{
	struct audit_event head = { .sequence = 0 };
	bool any = false;
	enum errc rc = audit_head(s, &head, &any, e);

	*sequence = any ? head.sequence + 1 : 1;
	if (!rc)
		audit_event_release(&head);
	return rc;
}

/* The whole transaction. */
static enum errc all_store(struct work *w)
{
	struct store *s = app_store(w->call->app);
	uint64_t errors = w->rows->error_count;
	struct json *detail = json_object_new();
	int64_t event = 0;
	enum errc rc;

	store_bulk(s, true);
	rc = store_begin(s, w->e);
	if (rc)
		goto out;
	rc = audit_clock(w->call, s, detail, w->e);
	if (!rc)
		rc = next_event(s, &event, w->e);
	if (!rc)
		rc = rows_store(w, event);
	if (!rc && errors == w->rows->error_count)
		rc = event_append(w, detail, event);
	if (!rc && errors == w->rows->error_count)
		rc = audit_commit(w->call, s, w->e);
	else
		audit_rollback(w->call, s);
out:
	store_bulk(s, false);
	json_free(detail);
	return rc;
}

static void *work_run(void *arg)
{
	struct work *w = arg;

	w->rc = all_store(w);
	return NULL;
}

/* --- the thread that may be stopped by a terminal, and the one that may not ------------------- */

static void note_keep(void *arg, const char *text)
{
	struct work *w = arg;

	buf_addf(&w->notes, "%s\n", text);
}

static struct timespec next_tick(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += TICK_MS * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_nsec -= 1000000000L;
		at.tv_sec++;
	}
	return at;
}

static void work_watch(struct work *w, const struct op_call *c, pthread_t thread)
{
	struct timespec at;

	do {
		if (call_progress(c, "storing", atomic_load(&w->done), w->rows->count, NULL)) {
			atomic_store(&w->cancelled, true);
			store_interrupt(app_store(c->app));
		}
		at = next_tick();
	} while (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &at));
}

static void notes_tell(const struct op_call *c, const struct buf *notes)
{
	const char *line = buf_text(notes), *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		call_note(c, "%.*s", (int)(end - line), line);
}

enum errc import_store(const struct op_call *c, struct import_rows *rows,
		       struct import_result *result, struct err *e)
{
	struct work w = { .rows = rows, .result = result, .e = e, .notes = BUF_INIT(NOTES_MAX) };
	struct op_sink quiet = { .arg = &w, .note = note_keep };
	struct op_call call = *c;
	sigset_t all, before;
	pthread_t thread;
	int failed;

	call.sink = &quiet;
	w.call = &call;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	failed = pthread_create(&thread, NULL, work_run, &w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		work_run(&w);
	else
		work_watch(&w, c, thread);
	notes_tell(c, &w.notes);
	buf_release(&w.notes);
	return w.rc;
}

enum errc import_look(const struct op_call *c, struct import_rows *rows, struct err *e)
{
	struct store *s = app_store(c->app);
	enum errc rc = store_snapshot(s, e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < rows->count; i++) {
		const struct import_row *row = &rows->rows[i];
		bool known = false;

		rc = secret_known(s, row_secret_id(row), row->digest, &known, e);
		if (known)
			import_rows_error(rows, row->line, row->column, known_already);
		if (!rc && i % ROWS_A_LOOK == 0)
			rc = call_progress(c, "looking up", i, rows->count, e);
	}
	store_snapshot_end(s);
	return rc;
}
