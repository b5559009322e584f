/* Files: read with a maximum, written so that a crash leaves the old or the new one. */
#include "src/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"

/* Whose fault an errno is: the caller's name, the caller's rights, or the disk's. */
static enum errc errno_code(void)
{
	switch (errno) {
	case EACCES:
	case EPERM:
		return ERR_PERMISSION;
	case EEXIST:
		return ERR_CONFLICT;
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOENT:
	case ENOTDIR:
		return ERR_USAGE;
	}
	return ERR_STORE;
}

static enum errc read_all(struct buf *out, int fd, const char *path, struct err *e)
{
	char chunk[16384];
	ssize_t got;

	do {
		got = read(fd, chunk, sizeof(chunk));
		if (got > 0 && !buf_add(out, chunk, (size_t)got))
			return err_set(e, ERR_USAGE, "\"%s\" is longer than %zu bytes", path,
				       out->max);
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return err_errno(e, errno_code(), "cannot read \"%s\"", path);
	return ERR_OK;
}

enum errc file_read(struct buf *out, const char *path, struct err *e)
{
	enum errc rc;
	int fd;

	if (strcmp(path, "-") == 0)
		return read_all(out, STDIN_FILENO, "standard input", e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(e, errno_code(), "cannot open \"%s\"", path);
	rc = read_all(out, fd, path, e);
	close(fd);
	return rc;
}

bool fd_write_all(int fd, const void *data, size_t len)
{
	const char *from = data;

	while (len) {
		ssize_t put = write(fd, from, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		from += put;
		len -= (size_t)put;
	}
	return true;
}

bool folder_sync(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;
	int reason = errno;

	if (fd >= 0)
		close(fd);
	errno = reason;
	return synced;
}

static bool sync_parent(const char *path)
{
	char *folder = path_parent(path);
	bool synced = folder_sync(folder);

	free(folder);
	return synced;
}

static bool write_synced(int fd, const void *data, size_t len)
{
	bool written = fd_write_all(fd, data, len) && fsync(fd) == 0;
	int reason = errno;

	if (close(fd) < 0 && written)
		return false;
	errno = reason;
	return written;
}

enum errc file_write_new(const char *path, const void *data, size_t len, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum errc rc;

	if (fd < 0) {
		rc = err_errno(e, errno_code(), "cannot make \"%s\"", path);
		if (rc == ERR_CONFLICT)
			err_hint(e, "give the name of a file that does not exist");
		return rc;
	}
	if (write_synced(fd, data, len) && sync_parent(path))
		return ERR_OK;
	rc = err_errno(e, errno_code(), "cannot write \"%s\"", path);
	unlink(path);
	sync_parent(path);
	return rc;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum errc folder_make(const char *path, mode_t mode, struct err *e)
{
	char *partial = x_strdup(path);
	char *slash = partial;
	enum errc rc = ERR_OK;

	do {
		int reason;

		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		reason = mkdir(partial, mode) < 0 ? errno : 0;
		if (!reason)
			sync_parent(partial);
		if (reason && !is_folder(partial)) {
			errno = reason;
			rc = err_errno(e, errno_code(), "cannot make the folder \"%s\"", partial);
			break;
		}
		if (slash)
			*slash = '/';
	} while (slash && slash[1]);
	free(partial);
	return rc;
}

/* $HOME, or what the user database says. Heap text. */
static char *home_folder(void)
{
	const char *home = getenv("HOME");
	struct passwd entry, *found = NULL;
	char strings[4096];

	if (home && *home == '/')
		return x_strdup(home);
	getpwuid_r(geteuid(), &entry, strings, sizeof(strings), &found);
	return x_strdup(found ? entry.pw_dir : "/");
}

/* A relative path in the variable is to be ignored (XDG Base Directory). */
static char *xdg_path(const char *variable, const char *below_home, const char *name)
{
	const char *set = getenv(variable);
	char *home = home_folder();
	char *folder = set && *set == '/' ? path_join(set, "authrack")
					  : x_asprintf("%s/%s/authrack", home, below_home);
	char *path = path_join(folder, name);

	free(folder);
	free(home);
	return path;
}

char *path_data_home(const char *name)
{
	return xdg_path("XDG_DATA_HOME", ".local/share", name);
}

char *path_config_home(const char *name)
{
	return xdg_path("XDG_CONFIG_HOME", ".config", name);
}

char *path_join(const char *folder, const char *name)
{
	size_t len = strlen(folder);
	const char *slash = len && folder[len - 1] == '/' ? "" : "/";

	if (!name || !*name)
		return x_strdup(folder);
	return x_asprintf("%s%s%s", folder, slash, name);
}

char *path_parent(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	if (!len)
		return x_strdup(".");
	while (len > 1 && path[len - 1] == '/')
		len--;
	return x_strndup(path, len);
}
