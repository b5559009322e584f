/* Secrets from descriptors and files: read straight into the secure heap, never through stdio. */
#include "src/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 1024 };

/* Doubles the room of `s`, up to `limit` bytes. */
static void secret_grow(struct secret *s, size_t limit)
{
	struct secret larger;

	secret_init(&larger, s->size > limit / 2 ? limit : 2 * s->size);
	secret_add(&larger, s->data, s->len);
	secret_move(s, &larger);
}

/* Reads until the end, or until one byte more than `max` is there. */
static bool read_up_to(struct secret *s, int fd, size_t max)
{
	ssize_t got;

	secret_init(s, max < FIRST_ROOM ? max + 1 : FIRST_ROOM);
	while (s->len <= max) {
		if (s->len == s->size)
			secret_grow(s, max + 1);
		got = read(fd, s->data + s->len, s->size - s->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		s->len += (size_t)got;
		s->data[s->len] = '\0';
	}
	return true;
}

enum errc secret_read_fd(struct secret *s, int fd, size_t max, const char *what, struct err *e)
{
	secret_release(s);
	if (!read_up_to(s, fd, max)) {
		secret_release(s);
		return err_errno(e, ERR_USAGE, "cannot read \"%s\"", what);
	}
	if (s->len > max) {
		secret_release(s);
		return err_set(e, ERR_USAGE, "\"%s\" is longer than %zu bytes", what, max);
	}
	return ERR_OK;
}

/* The N of /dev/fd/N, or -1. */
static int path_descriptor(const char *path)
{
	static const char folder[] = "/dev/fd/";
	const char *digits = path + sizeof(folder) - 1;
	char *end;
	long fd;

	if (strncmp(path, folder, sizeof(folder) - 1) != 0 || *digits < '0' || *digits > '9')
		return -1;
	fd = strtol(digits, &end, 10);
	return *end == '\0' && fd <= 65535 ? (int)fd : -1;
}

/* Group root may read what is root's: systemd hands out credentials that way (0440 with an ACL). */
static bool others_may_access(const struct stat *st)
{
	mode_t forbidden = st->st_uid == 0 && st->st_gid == 0 ? 0037 : 0077;

	return st->st_mode & forbidden;
}

static enum errc check_private(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(e, ERR_USAGE, "cannot look at \"%s\"", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return err_set(e, ERR_USAGE, "\"%s\" is neither a file nor a pipe", path);
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		err_set(e, ERR_PERMISSION, "\"%s\" belongs to another user (uid %u)", path,
			(unsigned)st.st_uid);
		err_hint(e, "a secret file must be yours or root's");
		return ERR_PERMISSION;
	}
	if (others_may_access(&st)) {
		err_set(e, ERR_PERMISSION, "\"%s\" is open to others (mode %04o)", path,
			(unsigned)st.st_mode & 07777);
		err_hint(e, "chmod 600 %s", path);
		return ERR_PERMISSION;
	}
	return ERR_OK;
}

enum errc secret_read_file(struct secret *s, const char *path, size_t max, struct err *e)
{
	int fd = path_descriptor(path);
	enum errc rc;

	if (fd >= 0)
		return secret_read_fd(s, fd, max, path, e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(e, errno == EACCES ? ERR_PERMISSION : ERR_USAGE,
				 "cannot open \"%s\"", path);
	rc = check_private(fd, path, e);
	if (!rc)
		rc = secret_read_fd(s, fd, max, path, e);
	close(fd);
	return rc;
}
