/* Who may open a store: its owner alone, in a folder that nobody else can change, on a local disk. A
 * folder that others can only look into is well: it is made 0700, but the files keep their 0600 anywhere. */
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

/* File systems whose locks and shared memory other machines don't see (statfs(2)). */
static const struct {
	unsigned long magic;
	const char *name;
} network[] = {
	{ NFS_SUPER_MAGIC, "NFS" }, { SMB_SUPER_MAGIC, "SMB" },	  { 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB2" },	    { CODA_SUPER_MAGIC, "Coda" }, { AFS_SUPER_MAGIC, "AFS" },
	{ 0x6b414653, "AFS" },	    { V9FS_MAGIC, "9P" },	  { 0x00c36400, "Ceph" },
	{ 0x01161970, "GFS2" },	    { 0x7461636f, "OCFS2" },	  { 0x0bd00bd0, "Lustre" },
	{ 0x47504653, "GPFS" },	    { 0x65735546, "FUSE" },
};

/* What can't be looked at: the caller's rights, or the disk's fault? */
static enum errc cannot_look(const char *path, struct err *e)
{
	enum errc rc = errno == EACCES || errno == EPERM ? ERR_PERMISSION : ERR_STORE;

	err_errno(e, rc, "can't look at \"%s\"", path);
	err_hint(e, "run it as the owner of that folder, or give another place with --store");
	return rc;
}

static enum errc network_check(const char *folder, struct err *e)
{
	struct statfs fs;

	if (statfs(folder, &fs) != 0)
		return cannot_look(folder, e);
	for (size_t i = 0; i < sizeof network / sizeof *network; i++) {
		if ((unsigned long)fs.f_type != network[i].magic)
			continue;
		err_set(e, ERR_STORE,
			"\"%s\" is on a network file system (%s), where locks don't hold", folder,
			network[i].name);
		return err_hint(e, "put the store on a local disk");
	}
	return ERR_OK;
}

static const char *user_name(uid_t uid, char *out, size_t size)
{
	struct passwd entry, *found = NULL;
	char text[1024];

	if (getpwuid_r(uid, &entry, text, sizeof text, &found) == 0 && found)
		snprintf(out, size, "%s", found->pw_name);
	else
		snprintf(out, size, "#%lu", (unsigned long)uid);
	return out;
}

static enum errc other_owner(const char *path, uid_t owner, struct err *e)
{
	char name[64];

	err_set(e, ERR_PERMISSION, "\"%s\" belongs to %s", path,
		user_name(owner, name, sizeof name));
	return err_hint(e,
			*name == '#' ? "run it as its owner: sudo -u '%s' authrack …"
				     : "run it as its owner: sudo -u %s authrack …",
			name);
}

/* The files: ours, regular, closed to others. One that is not there is well. */
static enum errc file_check(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? ERR_OK : cannot_look(path, e);
	if (S_ISLNK(st.st_mode)) {
		err_set(e, ERR_STORE, "\"%s\" is a symbolic link", path);
		return err_hint(e, "give the place of the store itself");
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_STORE, "\"%s\" is no regular file", path);
		return err_hint(e, "give the place of the store itself");
	}
	if (st.st_uid != geteuid())
		return other_owner(path, st.st_uid, e);
	/* By each name it would have a log of its own, and both together would ruin it. */
	if (st.st_nlink > 1) {
		err_set(e, ERR_STORE, "\"%s\" has %lu names (hard links)", path,
			(unsigned long)st.st_nlink);
		return err_hint(e, "look for the others with find -samefile, remove them, and copy "
				   "with authrack store backup");
	}
	if (st.st_mode & 077) {
		err_set(e, ERR_PERMISSION, "\"%s\" has mode %03o: others can reach it", path,
			(unsigned)st.st_mode & 07777);
		return err_hint(e, "look who could have changed it, then chmod 600 \"%s\"", path);
	}
	return ERR_OK;
}

/* A folder that others can write lets them put another file in the store's place; a sticky one of
 * root's does not. */
static enum errc folder_check(const char *path, bool own, struct err *e)
{
	struct stat st;
	bool sticky;

	if (lstat(path, &st) != 0)
		return cannot_look(path, e);
	sticky = (st.st_mode & S_ISVTX) && st.st_uid == 0;
	if (own && st.st_uid != geteuid() && !sticky)
		return other_owner(path, st.st_uid, e);
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		char name[64];

		err_set(e, ERR_PERMISSION,
			"the folder \"%s\" above the store belongs to %s, who could replace it",
			path, user_name(st.st_uid, name, sizeof name));
		return err_hint(e, "put the store below folders of yours or of root");
	}
	if ((st.st_mode & 022) && !sticky) {
		err_set(e, ERR_PERMISSION,
			"the folder \"%s\" has mode %03o: others can write in it", path,
			(unsigned)st.st_mode & 07777);
		return err_hint(e, own ? "chmod 700 \"%s\"" : "chmod go-w \"%s\"", path);
	}
	return ERR_OK;
}

/* Every component as given: a link on the way must be ours or root's. */
static enum errc links_check(const char *folder, struct err *e)
{
	char *part = x_strdup(folder);
	enum errc rc = ERR_OK;

	for (char *end = part; !rc && *end;) {
		struct stat st;
		char kept;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		kept = *end;
		*end = '\0';
		if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode) && st.st_uid != 0 &&
		    st.st_uid != geteuid()) {
			err_set(e, ERR_PERMISSION, "\"%s\" is somebody else's symbolic link", part);
			rc = err_hint(e, "give the place that it leads to, if you trust it");
		}
		*end = kept;
	}
	free(part);
	return rc;
}

static enum errc parents_check(const char *folder, struct err *e)
{
	char *at = x_strdup(folder);
	enum errc rc = folder_check(at, true, e);

	while (!rc && strcmp(at, "/") != 0) {
		char *slash = strrchr(at, '/');

		slash[slash == at] = '\0';
		rc = folder_check(at, false, e);
	}
	free(at);
	return rc;
}

static enum errc files_check(const char *path, struct err *e)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", "-journal" };
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < sizeof ends / sizeof *ends && !rc; i++) {
		char *file = x_asprintf("%s%s", path, ends[i]);

		rc = file_check(file, e);
		free(file);
	}
	return rc;
}

static enum errc folder_itself(const char *folder, bool create, struct err *e)
{
	struct stat st;

	if (lstat(folder, &st) != 0 && errno == ENOENT && create)
		return folder_make(folder, 0700, e);
	if (lstat(folder, &st) != 0)
		return cannot_look(folder, e);
	if (S_ISLNK(st.st_mode)) {
		err_set(e, ERR_STORE, "the folder \"%s\" is a symbolic link", folder);
		return err_hint(e, "give the place of the store itself");
	}
	if (S_ISDIR(st.st_mode))
		return ERR_OK;
	err_set(e, ERR_STORE, "\"%s\" is no folder", folder);
	return err_hint(e, "give the place of the store with --store");
}

enum errc owner_check(char **path, bool create, struct err *e)
{
	char *folder = path_parent(*path), *real = NULL, *file;
	const char *slash = strrchr(*path, '/');
	enum errc rc = folder_itself(folder, create, e);

	if (!rc)
		rc = links_check(folder, e);
	if (rc)
		goto out;
	real = realpath(folder, NULL);
	if (!real) {
		rc = cannot_look(folder, e);
		goto out;
	}
	file = path_join(real, slash ? slash + 1 : *path);
	free(*path);
	*path = file;
	/* The files first: who may not open the store is told so before its folder is found wanting. */
	rc = files_check(*path, e);
	if (!rc)
		rc = parents_check(real, e);
	if (!rc)
		rc = network_check(real, e);
out:
	free(real);
	free(folder);
	return rc;
}

bool store_has_file(const struct store *s, uint64_t device, uint64_t inode)
{
	static const char *const ends[] = { "", "-shm" };
	bool has = false;

	for (size_t i = 0; i < sizeof ends / sizeof *ends && !has; i++) {
		char *file = x_asprintf("%s%s", s->path, ends[i]);
		struct stat st;

		has = lstat(file, &st) == 0 && st.st_dev == device && st.st_ino == inode;
		free(file);
	}
	return has;
}
