/* Transactions: the queue, what is looked at under the lock, committing, and the truth after a failed
 * commit. */
#include <assert.h>
#include <sys/statvfs.h>

#include "data/store_internal.h"

enum {
	LOG_FULL = 24,	 /* pages in the log that start a checkpoint: the rest stays in reserve */
	LOG_LONG = 1024, /* after an import: cut it */
	LAST_ROOM = 32 * 1024,	  /* bytes in the file that only urgent changes may use up */
	SPARE_ROOM = 1024 * 1024, /* bytes of the disk from which on what can wait waits */
};

static const struct engine *engine_of(const struct store *s)
{
	return db_engine(s->db);
}

enum errc store_writing(const struct store *s, struct err *e)
{
	if (s->tx == TX_AUDITED || s->tx == TX_UNAUDITED)
		return ERR_OK;
	return err_set(e, ERR_STORE, "a change of \"%s\" outside a transaction", s->path);
}

/* --- what has to hold under the lock ------------------------------------------------------------- */

static enum errc check_moved(struct store *s, struct err *e)
{
	bool moved = false;
	enum errc rc = db_error(s->db, engine_of(s)->has_moved(db_conn(s->db), &moved),
				"look at the file", e);

	if (rc || !moved)
		return rc;
	err_set(e, ERR_STORE, "\"%s\" or its log was moved, removed or replaced while it was open",
		s->path);
	return err_hint(e, "put it back, or start again on the store that is there now");
}

/* A planted trigger or a newer release shows as another schema cookie. */
static enum errc check_schema(struct store *s, struct err *e)
{
	int64_t version = 0, cookie = 0;
	enum errc rc = db_error(s->db, engine_of(s)->schema_version(db_conn(s->db), &version),
				"read the schema's version", e);

	if (!rc)
		rc = db_error(s->db, engine_of(s)->schema_cookie(db_conn(s->db), &cookie),
			      "read the schema's version", e);
	if (!rc && version != s->schema_version) {
		err_set(e, ERR_STORE, "\"%s\" was upgraded by another release while it was open",
			s->path);
		return err_hint(e, "start this program again");
	}
	if (rc || cookie == s->schema_cookie || s->for_check)
		return rc;
	rc = schema_require(s->db, e);
	if (!rc)
		s->schema_cookie = cookie;
	return rc;
}

/* An anchor under a ring key that was unknown until mark_load() is read again: with the writers' queue
 * held it is still that of this snapshot. */
static enum errc check_history(struct store *s, struct anchor *a, struct err *e)
{
	enum errc rc = mark_load(s, e);

	if (!rc && a->state == ANCHOR_FOREIGN && a->ring <= store_ring(s))
		anchor_read(s, a);
	return rc || s->for_check ? rc : anchor_compare(s, a, e);
}

static enum errc disk_full(const struct store *s, struct err *e)
{
	err_set(e, ERR_STORE, "the disk of \"%s\" is full", s->path);
	return err_hint(e, "make room, then try again; revoke and disable still work");
}

/* The last room of a full disk is kept for what can't wait. */
static enum errc check_room(struct store *s, struct err *e)
{
	static const char *const urgent[] = { "key.revoke", "key.disable" };
	const struct engine *engine = engine_of(s);

	for (size_t i = 0; i < sizeof urgent / sizeof *urgent; i++)
		if (strcmp(s->verb, urgent[i]) == 0)
			return ERR_OK;
	if (engine->room(db_conn(s->db)) < LAST_ROOM)
		engine->reserve(db_conn(s->db));
	if (engine->room(db_conn(s->db)) >= LAST_ROOM)
		return ERR_OK;
	return disk_full(s, e);
}

/* --- steps ----------------------------------------------------------------------------------------- */

void store_on_step(struct store *s, store_step *call, void *arg)
{
	s->stepped = call;
	s->step_arg = arg;
}

static bool stamp_now(struct store *s, struct stamp *out)
{
	return log_watch_stamp(engine_of(s)->watch(db_conn(s->db)), out);
}

/* With the write lock held: nobody commits until we do. */
static void step_begin(struct store *s)
{
	s->step_told = s->stepped && s->tx == TX_UNAUDITED && stamp_now(s, &s->step_from);
}

/* After `commits` of our own. The count of commits tells whether somebody else's came in between. */
static void step_tell(struct store *s, uint32_t commits)
{
	struct stamp now;

	if (!s->step_told)
		return;
	s->step_told = stamp_now(s, &now);
	/* A transaction that changed nothing leaves no trace. */
	if (!s->step_told || memcmp(now.words, s->step_from.words, sizeof now.words) == 0)
		return;
	s->step_told = now.changes - s->step_from.changes == commits;
	if (!s->step_told)
		return;
	s->stepped(s->step_arg, &s->step_from, &now);
	s->step_from = now;
}

/* --- write transactions ---------------------------------------------------------------------------- */

static enum errc begin_locked(struct store *s, enum transaction kind, struct err *e)
{
	struct anchor a;
	enum errc rc;

	anchor_read(s, &a);
	rc = db_error(s->db, engine_of(s)->begin_write(db_conn(s->db)), "begin a change", e);
	if (rc)
		return rc;
	s->tx = kind;
	s->before = s->mark;
	s->events = 0;
	s->next_row = 0;
	s->tombstones = -1;
	s->id_row = 0;
	rc = check_moved(s, e);
	if (!rc)
		rc = check_schema(s, e);
	if (!rc)
		rc = check_history(s, &a, e);
	s->before = s->mark;
	if (!rc)
		rc = pending_sweep(s, e);
	if (!rc)
		rc = check_room(s, e);
	if (rc)
		store_rollback(s);
	return rc;
}

static enum errc begin(struct store *s, enum transaction kind, struct err *e)
{
	enum errc rc;

	assert(s->tx == TX_NONE);
	if (s->read_only) {
		err_set(e, ERR_PERMISSION, "\"%s\" was opened to read only", s->path);
		return err_hint(e, "leave out --read-only");
	}
	rc = lock_take(s->lock, s->wait_ms, s->verb, e);
	if (rc)
		return rc;
	rc = begin_locked(s, kind, e);
	if (rc)
		lock_drop(s->lock);
	else
		step_begin(s);
	return rc;
}

enum errc store_begin(struct store *s, struct err *e)
{
	return begin(s, TX_AUDITED, e);
}

enum errc store_begin_unaudited(struct store *s, struct err *e)
{
	return begin(s, TX_UNAUDITED, e);
}

enum errc store_begin_spare(struct store *s, struct err *e)
{
	struct statvfs disk;

	if (statvfs(s->path, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < SPARE_ROOM)
		return disk_full(s, e);
	return begin(s, TX_UNAUDITED, e);
}

/* A commit that changes nothing takes the next place in the log. */
static bool commit_nothing(struct store *s)
{
	const struct engine *engine = engine_of(s);
	struct engine_conn *c = db_conn(s->db);
	bool done = engine->begin_write(c) == ENGINE_OK &&
		    engine->set_schema_version(c, s->schema_version) == ENGINE_OK &&
		    engine->commit(c) == ENGINE_OK;

	engine->rollback(c);
	return done;
}

/* That the log was checkpointed is known only in the memory of open connections; the next short
 * process would append to it. So it is started anew here, by a commit in its first place. Readers may
 * keep it as it is; nobody waits for them. Returns how often it committed. */
static uint32_t shorten_log(struct store *s, enum engine_checkpoint how)
{
	const struct engine *engine = engine_of(s);
	struct engine_conn *c = db_conn(s->db);
	bool committed;

	engine->busy_timeout(c, 0);
	committed = engine->checkpoint(c, how) == ENGINE_OK && how == ENGINE_PASSIVE &&
		    commit_nothing(s);
	engine->busy_timeout(c, s->wait_ms);
	return committed;
}

/* Keeps the log short and room in both files, so that a revocation works on a full disk. Returns how often
 * it committed. */
static uint32_t keep_room(struct store *s)
{
	int64_t pages = engine_of(s)->log_pages(db_conn(s->db));
	uint32_t commits = 0;

	if (pages >= LOG_FULL)
		commits = shorten_log(s, pages >= LOG_LONG ? ENGINE_TRUNCATE : ENGINE_PASSIVE);
	engine_of(s)->reserve(db_conn(s->db));
	return commits;
}

bool store_log_is_long(const struct store *s)
{
	return engine_of(s)->log_pages(db_conn(s->db)) >= LOG_FULL;
}

void store_log_write_back(struct store *s)
{
	engine_of(s)->checkpoint(db_conn(s->db), ENGINE_PASSIVE);
}

/* Is the last event of the transaction in the store? */
static bool is_committed(struct store *s)
{
	struct stmt *st = db_stmt(s->db, "SELECT hash FROM audit WHERE sequence = $1");
	uint8_t hash[SHA256_SIZE];
	bool row = false;

	stmt_int(st, 1, s->mark.sequence);
	row = stmt_step(st, &row, NULL) == ERR_OK && row &&
	      stmt_copy_blob(st, "hash", hash, sizeof hash) &&
	      bytes_equal(hash, s->mark.hash, sizeof hash);
	stmt_done(st);
	return row;
}

/* What has become of a commit that failed; the transaction is over. */
static enum errc commit_failed(struct store *s, enum engine_code code, struct err *e)
{
	bool came_back = false, settled = true;
	enum errc rc = db_error(s->db, code, "commit", e);

	engine_of(s)->rollback(db_conn(s->db));
	if (code == ENGINE_FULL)
		shorten_log(s, ENGINE_PASSIVE); /* for the next, smaller one */
	/* Frames of a commit that failed while it was synced can come back when the log is recovered; a
	 * commit in their place, which succeeds, makes sure that they don't. */
	if (code == ENGINE_IO && s->events > 0) {
		settled = commit_nothing(s);
		came_back = is_committed(s);
	}
	if (came_back) {
		rekey_done(s);
		return ERR_OK;
	}
	s->mark = s->before;
	rekey_undo(s, !settled);
	if (!settled) {
		rc = err_set(e, ERR_STORE,
			     "outcome unknown: the disk failed while \"%s\" was written", s->path);
		err_hint(e,
			 "mend the disk, then look with authrack audit list whether it was done");
	}
	return rc;
}

enum errc store_commit(struct store *s, struct err *e)
{
	enum engine_code code;
	enum errc rc = store_writing(s, e);

	if (!rc && s->tx == TX_AUDITED && s->events == 0)
		rc = err_set(e, ERR_STORE, "a change of \"%s\" without an audit event", s->path);
	if (rc) {
		store_rollback(s);
		return rc;
	}
	code = engine_of(s)->commit(db_conn(s->db));
	if (code == ENGINE_OK)
		rekey_done(s);
	else
		rc = commit_failed(s, code, e);
	if (!rc && s->events > 0)
		anchor_write(s, s->mark.sequence, s->mark.hash);
	if (!rc) {
		step_tell(s, 1);
		step_tell(s, keep_room(s));
	}
	s->tx = TX_NONE;
	lock_drop(s->lock);
	return rc;
}

void store_rollback(struct store *s)
{
	if (s->tx != TX_AUDITED && s->tx != TX_UNAUDITED)
		return;
	engine_of(s)->rollback(db_conn(s->db));
	rekey_undo(s, false);
	s->mark = s->before;
	s->tx = TX_NONE;
	lock_drop(s->lock);
}

/* --- reading -------------------------------------------------------------------------------------- */

enum errc store_snapshot(struct store *s, struct err *e)
{
	enum errc rc;

	assert(s->tx == TX_NONE);
	rc = db_error(s->db, engine_of(s)->begin_read(db_conn(s->db)), "begin to read", e);
	if (rc)
		return rc;
	s->tx = TX_READ;
	rc = mark_load(s, e);
	if (rc)
		store_snapshot_end(s);
	return rc;
}

void store_snapshot_end(struct store *s)
{
	if (s->tx != TX_READ)
		return;
	engine_of(s)->rollback(db_conn(s->db));
	s->tx = TX_NONE;
}

bool store_snapshot_current(const struct store *s)
{
	return s->tx == TX_READ && s->watch && log_watch_holds(s->watch);
}

bool store_snapshot_stamp(const struct store *s, struct stamp *out)
{
	return s->tx == TX_READ && s->watch && log_watch_stamp(s->watch, out);
}

enum errc store_snapshot_renew(struct store *s, struct err *e)
{
	enum errc rc;

	if (store_snapshot_current(s))
		return ERR_OK;
	store_snapshot_end(s);
	rc = check_moved(s, e);
	if (rc)
		return rc;
	/* Before the snapshot, so that a commit in between shows. */
	s->watch = engine_of(s)->watch(db_conn(s->db));
	rc = store_snapshot(s, e);
	if (!rc)
		rc = check_schema(s, e);
	if (rc)
		store_snapshot_end(s);
	return rc;
}

enum errc store_version(struct store *s, uint64_t *version, struct err *e)
{
	int64_t is = 0;
	enum errc rc = check_moved(s, e);

	if (!rc)
		rc = db_error(s->db, engine_of(s)->data_version(db_conn(s->db), &is),
			      "look for changes", e);
	if (!rc && (uint64_t)is != s->data_version && s->tx == TX_NONE)
		rc = mark_load(s, e);
	if (!rc)
		*version = s->data_version = (uint64_t)is;
	return rc;
}

void store_bulk(struct store *s, bool on)
{
	engine_of(s)->bulk(db_conn(s->db), on);
}

void store_interrupt(struct store *s)
{
	engine_of(s)->interrupt(db_conn(s->db));
	if (s->lock)
		lock_interrupt(s->lock);
}
