/* A private copy of a backup to read rows from, so that nobody can change it meanwhile, and so that one
 * of an older schema can be brought up to date. */
#include "data/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/alloc.h"

/* Beside the store, which is a safe folder; the writers' queue lets one restore at a time use it. */
static char *copy_path(const struct store *live)
{
	return x_asprintf("%s.restore", live->path);
}

static void copy_remove(const struct store *live)
{
	char *path = copy_path(live), *journal = x_asprintf("%s-journal", path);

	unlink(journal);
	unlink(path);
	free(journal);
	free(path);
}

static enum errc copy_make(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, ERR_STORE, "can't make \"%s\"", path);
	close(fd);
	return ERR_OK;
}

/* Through the engine's backup, under the engine's own locks. */
static enum errc copy_read(const char *path, const char *copy, int64_t *version, struct err *e)
{
	struct db *source = NULL;
	enum errc rc = db_open(&source, &engine_sqlite, path, ENGINE_READ | ENGINE_PLAIN, e);

	if (!rc)
		rc = schema_check(source, version, e);
	if (!rc)
		rc = db_error(source, engine_sqlite.backup(db_conn(source), copy, NULL, NULL),
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

enum errc backup_open(struct store **out, struct store *live, const char *path, struct err *e)
{
	char *real = realpath(path, NULL), *copy = copy_path(live);
	int64_t version = 0;
	enum errc rc = ERR_OK;

	*out = NULL;
	copy_remove(live);
	if (!real) {
		rc = err_errno(e, ERR_STORE, "can't read the backup \"%s\"", path);
		goto out;
	}
	rc = copy_make(copy, e);
	if (!rc)
		rc = copy_read(real, copy, &version, e);
	if (!rc && version < schema_newest())
		rc = copy_upgrade(copy, e);
	if (!rc)
		rc = copy_open(out, live, copy, path, e);
	if (rc)
		copy_remove(live);
out:
	free(real);
	free(copy);
	return rc;
}

void backup_close(struct store *copy, struct store *live)
{
	if (!copy)
		return;
	store_close(copy);
	copy_remove(live);
}
