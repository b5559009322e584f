/* Opening a backup to restore it: a private copy to read rows from, so that nobody can change it
 * meanwhile, and so that one of an older schema can be brought up to date. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

/* Beside the store, which is a safe folder. */
static char *copy_path(const struct store *live)
{
	return x_asprintf("%s.restore.%ld", live->path, (long)getpid());
}

/* The open file stays readable without its name, and a crash leaves nothing behind. */
static void copy_unlink(const char *path)
{
	char *journal = x_asprintf("%s-journal", path);

	unlink(journal);
	unlink(path);
	free(journal);
}

static enum errc copy_make(const char *path, struct err *e)
{
	int fd;

	copy_unlink(path); /* of an earlier process with this number */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, ERR_STORE, "can't make \"%s\"", path);
	close(fd);
	return ERR_OK;
}

/* Through the engine's backup, under the engine's own locks. */
static enum errc copy_read(const char *path, const char *copy, int64_t *version,
			   store_progress *progress, void *arg, struct err *e)
{
	struct db *source = NULL;
	enum errc rc = db_open(&source, &engine_sqlite, path, ENGINE_READ | ENGINE_PLAIN, e);

	if (!rc)
		rc = schema_check(source, version, e);
	if (!rc)
		rc = db_error(source, engine_sqlite.backup(db_conn(source), copy, progress, arg),
			      "can't copy the backup", e);
	db_close(source);
	return rc;
}

static enum errc copy_upgrade(const char *copy, struct err *e)
{
	struct db *d = NULL;
	int64_t from;
	enum errc rc = db_open(&d, &engine_sqlite, copy, ENGINE_PLAIN, e);

	if (!rc)
		rc = schema_upgrade(d, &from, e);
	db_close(d);
	return rc;
}

static enum errc copy_open(struct store **out, struct store *live, const char *copy,
			   const char *path, struct err *e)
{
	struct db *d = NULL;
	enum errc rc = db_open(&d, &engine_sqlite, copy, ENGINE_READ | ENGINE_PLAIN, e);

	return rc ? rc : store_open_copy(out, live, d, path, e);
}

/* --- sound? --------------------------------------------------------------- */

struct checking {
	store_progress *progress;
	void *arg;
	char object[200], text[200]; /* of the first finding */
};

static void finding_take(void *arg, const struct store_finding *f)
{
	struct checking *c = arg;

	if (c->text[0])
		return;
	snprintf(c->object, sizeof c->object, "%s", f->object);
	snprintf(c->text, sizeof c->text, "%s", f->text);
}

static bool checking_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct checking *c = arg;

	return !c->progress || c->progress(c->arg, done, total);
}

static enum errc copy_check(struct store *copy, store_progress *progress, void *arg, struct err *e)
{
	struct checking c = { .progress = progress, .arg = arg };
	uint64_t count = 0;
	enum errc rc = store_check(copy, finding_take, checking_progress, &c, &count, e);

	if (rc || count == 0)
		return rc;
	err_set(e, ERR_STORE, "the backup \"%s\" is not sound: %s: %s", copy->path, c.object,
		c.text);
	return err_hint(e, "use another backup, and find out who changed this one");
}

enum errc store_backup_open(struct store **backup, struct store *s, const char *path,
			    store_progress *progress, void *arg, struct err *e)
{
	char *real = realpath(path, NULL), *copy = copy_path(s);
	int64_t version = 0;
	enum errc rc = ERR_OK;

	*backup = NULL;
	if (!real) {
		rc = err_errno(e, ERR_STORE, "can't read the backup \"%s\"", path);
		goto out;
	}
	rc = copy_make(copy, e);
	if (!rc)
		rc = copy_read(real, copy, &version, progress, arg, e);
	if (!rc && version < schema_newest())
		rc = copy_upgrade(copy, e);
	if (!rc)
		rc = copy_open(backup, s, copy, path, e);
	copy_unlink(copy);
	if (!rc)
		rc = copy_check(*backup, progress, arg, e);
	if (rc) {
		store_close(*backup);
		*backup = NULL;
	}
out:
	free(real);
	free(copy);
	return rc;
}
