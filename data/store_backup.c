/* store backup: an online copy under a temporary name, checked, and given its name when it is
 * whole. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

static enum errc file_make(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0) {
		err_errno(e, ERR_STORE, "can't make the backup \"%s\"", path);
		return err_hint(e, "name a file in a folder that you can write to");
	}
	close(fd);
	return ERR_OK;
}

/* One snapshot for the whole copy: writers go on, and can't make it start over. */
static enum errc pages_copy(struct store *s, const char *path, store_progress *progress, void *arg,
			    struct mark *at, struct err *e)
{
	const struct engine *engine = db_engine(s->db);
	enum errc rc = store_snapshot(s, e);

	if (rc)
		return rc;
	*at = s->mark;
	rc = db_error(s->db, engine->backup(db_conn(s->db), path, progress, arg),
		      "can't copy into the backup", e);
	store_snapshot_end(s);
	return rc;
}

/* --- checked before it counts --------------------------------------------- */

struct complaint {
	bool any;
	char text[200];
};

static bool complaint_take(void *arg, const char *text)
{
	struct complaint *c = arg;

	c->any = true;
	snprintf(c->text, sizeof c->text, "%s", text);
	return false;
}

static const char copy_verify_sql[] =
	"SELECT count(*) AS found FROM audit WHERE sequence = $1 AND hash = $2";

static enum errc copy_verify(struct db *copy, const struct mark *at, struct err *e)
{
	const struct engine *engine = db_engine(copy);
	struct stmt *st = db_stmt(copy, copy_verify_sql);
	struct complaint complaint = { .any = false };
	int64_t found = 0;
	enum errc rc;

	rc = db_error(copy, engine->integrity(db_conn(copy), complaint_take, &complaint),
		      "can't check the backup", e);
	if (!rc && complaint.any)
		rc = err_set(e, ERR_STORE, "the backup is damaged: %s", complaint.text);
	if (rc || !at->any)
		return rc;
	stmt_int(st, 1, at->sequence);
	stmt_blob(st, 2, at->hash, SHA256_SIZE);
	rc = stmt_one_int(st, "found", &found, e);
	if (!rc && found != 1)
		rc = err_set(e, ERR_STORE, "the backup lacks change %" PRId64, at->sequence);
	return rc;
}

static enum errc copy_finish(struct store *s, const char *path, const struct secret *passphrase,
			     const struct mark *at, struct err *e)
{
	struct db *copy = NULL;
	enum errc rc = db_open(&copy, db_engine(s->db), path, ENGINE_PLAIN, e);

	if (!rc && passphrase)
		rc = master_copy_write(s, copy, passphrase, e);
	if (!rc)
		rc = copy_verify(copy, at, e);
	db_close(copy);
	return rc;
}

/* --- its name ------------------------------------------------------------- */

static bool file_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* link(2) replaces nothing that is there. */
static enum errc file_name(const char *temporary, const char *path, struct err *e)
{
	char *folder;
	enum errc rc = ERR_OK;

	if (!file_sync(temporary))
		return err_errno(e, ERR_STORE, "can't write the backup \"%s\"", path);
	if (link(temporary, path) != 0) {
		rc = err_errno(e, errno == EEXIST ? ERR_CONFLICT : ERR_STORE,
			       "can't make the backup \"%s\"", path);
		err_hint(e, rc == ERR_CONFLICT
				    ? "name a file that is not there yet"
				    : "name a file on a file system that has hard links");
		return rc;
	}
	folder = path_parent(path);
	if (!folder_sync(folder))
		rc = err_errno(e, ERR_STORE, "can't write the folder of the backup \"%s\"", path);
	free(folder);
	if (rc)
		unlink(path);
	return rc;
}

static void temporary_remove(const char *temporary)
{
	char *journal = x_asprintf("%s-journal", temporary);

	unlink(journal);
	unlink(temporary);
	free(journal);
}

/* Beside the file to be made, whose place has to be free; NULL with *rc set otherwise. The engine
 * follows no link anywhere in a path, so the folder's real one is taken. */
static char *temporary_name(const char *path, enum errc *rc, struct err *e)
{
	char *folder = path_parent(path), *real = realpath(folder, NULL), *temporary = NULL;
	const char *name = strrchr(path, '/');
	struct stat st;

	name = name ? name + 1 : path;
	if (!real) {
		*rc = err_errno(e, ERR_STORE, "can't make the backup \"%s\"", path);
		err_hint(e, "name a file in a folder that is there");
	} else if (lstat(path, &st) == 0) {
		*rc = err_set(e, ERR_CONFLICT, "\"%s\" is there already", path);
		err_hint(e, "name a file that is not there yet");
	} else {
		temporary = x_asprintf("%s/.%s.%ld.tmp", real, name, (long)getpid());
	}
	free(folder);
	free(real);
	return temporary;
}

enum errc store_backup(struct store *s, const char *path, const struct secret *passphrase,
		       store_progress *progress, void *arg, struct err *e)
{
	enum errc rc = ERR_OK;
	char *temporary = temporary_name(path, &rc, e);
	struct mark at;

	if (!temporary)
		return rc;
	rc = file_make(temporary, e);
	if (rc)
		goto out;
	rc = pages_copy(s, temporary, progress, arg, &at, e);
	if (!rc)
		rc = copy_finish(s, temporary, passphrase, &at, e);
	if (!rc)
		rc = file_name(temporary, path, e);
	temporary_remove(temporary);
out:
	free(temporary);
	return rc;
}
