/* store upgrade: the migrations that a store lacks, in one transaction. */
#include <stdlib.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

enum errc schema_check(struct db *d, int64_t *version, struct err *e)
{
	int64_t from = 0;
	enum errc rc = db_error(d, db_engine(d)->schema_version(db_conn(d), &from), "open", e);

	*version = from;
	if (rc)
		return rc;
	if (from == 0) {
		err_set(e, ERR_STORE, "\"%s\" is no store of authrack", db_path(d));
		return err_hint(e, "give the place of the store with --store");
	}
	if (from > schema_newest()) {
		err_set(e, ERR_STORE,
			"\"%s\" has schema %lld, which is newer than this release (%lld)",
			db_path(d), (long long)from, (long long)schema_newest());
		return err_hint(e, "use the release that wrote it, or a later one");
	}
	return ERR_OK;
}

/* The release that wrote the schema is told to older ones, which refuse the store. */
static enum errc release_record(struct db *d, struct err *e)
{
	struct stmt *st = db_stmt(d, "UPDATE store SET release = $1");

	stmt_text(st, 1, AUTHRACK_VERSION);
	return stmt_run(st, e);
}

enum errc schema_upgrade(struct db *d, int64_t *from, struct err *e)
{
	const struct engine *engine = db_engine(d);
	enum errc rc = db_error(d, engine->begin_write(db_conn(d)), "upgrade", e);

	if (!rc)
		rc = schema_check(d, from, e);
	if (!rc && *from < schema_newest()) {
		rc = schema_apply(d, *from, e);
		if (!rc)
			rc = release_record(d, e);
	}
	if (!rc)
		rc = db_error(d, engine->commit(db_conn(d)), "upgrade", e);
	engine->rollback(db_conn(d));
	return rc;
}

enum errc store_upgrade(const struct store_options *o, int64_t *from, int64_t *to, struct err *e)
{
	char *path = NULL, *lock_path = NULL;
	struct lock *lock = NULL;
	struct db *d = NULL;
	enum errc rc = store_path(&path, o->url, e);

	*from = *to = schema_newest();
	if (!rc && !store_exists(o->url)) {
		err_set(e, ERR_STORE, "there is no store at \"%s\"", path);
		rc = err_hint(e, "give its place with --store");
	}
	if (!rc)
		rc = owner_check(&path, false, e);
	if (rc)
		goto out;
	lock_path = x_asprintf("%s-lock", path);
	rc = lock_open(&lock, lock_path, true, e);
	if (!rc)
		rc = lock_take(lock, o->wait_ms, o->verb ? o->verb : "store.upgrade", e);
	if (!rc)
		rc = db_open(&d, &engine_sqlite, path, 0, e);
	if (!rc)
		rc = schema_upgrade(d, from, e);
	if (lock)
		lock_drop(lock);
out:
	db_close(d);
	lock_close(lock);
	free(lock_path);
	free(path);
	return rc;
}
