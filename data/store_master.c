/* The master key: where it is, reading it, making it once. It is not in the store. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/file.h"
#include "src/base/random.h"

enum { FILE_TEXT = 2 * KEY256_SIZE + 1 }; /* hex digits and a line end */

static void fingerprint(struct master *m)
{
	uint8_t key[KEY256_SIZE];

	hkdf(key, (const uint8_t *)secret_reveal(&m->key), "fingerprint");
	sha256(m->fingerprint, &(struct span){ key, sizeof key }, 1);
	secret_wipe(key, sizeof key);
}

/* Room for a key in place of the one that may be there. */
static unsigned char *key_room(struct master *m)
{
	secret_release(&m->key);
	secret_init(&m->key, KEY256_SIZE);
	m->key.len = KEY256_SIZE;
	m->key.data[KEY256_SIZE] = '\0';
	return m->key.data;
}

void master_release(struct master *m)
{
	free(m->place);
	free(m->folder);
	secret_release(&m->key);
	*m = (struct master){ .kind = MASTER_FILE };
}

char *master_path(const struct store_options *o)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char *path;

	if (o->master_file)
		return x_strdup(o->master_file);
	if (credentials && *credentials) {
		path = path_join(credentials, "authrack-master-key");
		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return path_config_home("master.key");
}

bool master_is_descriptor(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/dev/stdin", "/proc/self/fd/" };

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

/* A descriptor has no folder where an anchor could live, and systemd's can't be written. */
static void set_place(struct master *m, const char *at)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	size_t len = credentials ? strlen(credentials) : 0;
	char *path = x_strdup(at);
	bool borrowed = master_is_descriptor(path) ||
			(len && strncmp(path, credentials, len) == 0 && path[len] == '/');

	free(m->place);
	free(m->folder);
	m->kind = MASTER_FILE;
	m->place = path;
	m->folder = borrowed ? NULL : path_parent(path);
}

void master_use(struct master *m, const struct secret *key, enum master_kind kind,
		const char *place)
{
	secret_copy(&m->key, key);
	m->kind = kind;
	free(m->place);
	free(m->folder);
	m->place = x_strdup(place ? place : "a passphrase");
	m->folder = NULL;
	if (kind == MASTER_FILE)
		set_place(m, m->place);
	fingerprint(m);
}

enum errc master_read(struct master *m, const char *path, struct err *e)
{
	struct secret text = SECRET_INIT;
	enum errc rc;

	if (access(path, F_OK) != 0 && errno == ENOENT) {
		err_set(e, ERR_NOT_FOUND, "there is no master key at \"%s\"", path);
		return err_hint(e, "give its place with --master-key FILE");
	}
	rc = secret_read_file(&text, path, (size_t)4 * FILE_TEXT, e);
	/* The store can't be had without it, whoever named the file. */
	if (rc == ERR_USAGE) {
		rc = ERR_STORE;
		if (e)
			e->code = rc;
	}
	if (rc)
		goto out;
	secret_chomp(&text);
	if (text.len != FILE_TEXT - 1 ||
	    !hex_decode(key_room(m), secret_reveal(&text), KEY256_SIZE)) {
		err_set(e, ERR_STORE, "\"%s\" is no master key", path);
		rc = err_hint(e, "it has to be 64 hexadecimal digits; put the saved copy back");
		goto out;
	}
	set_place(m, path);
	fingerprint(m);
out:
	secret_release(&text);
	return rc;
}

static enum errc cannot_make(const char *path, struct err *e)
{
	return err_errno(e, errno == EEXIST ? ERR_CONFLICT : ERR_STORE,
			 "can't make the master key \"%s\"", path);
}

/* A file that has no name before it is whole: whoever is killed leaves no key behind. False where
 * the file system, or a missing /proc, does not let it. */
static bool write_nameless(const char *folder, const char *path, const struct secret *text,
			   enum errc *rc, struct err *e)
{
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	bool done = true;
	char file[32];

	if (fd < 0)
		return false;
	snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
	if (!fd_write_all(fd, secret_reveal(text), text->len) || fsync(fd) != 0)
		*rc = err_errno(e, ERR_STORE, "can't write the master key \"%s\"", path);
	else if (linkat(AT_FDCWD, file, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		*rc = ERR_OK;
	else if (errno == ENOENT)
		done = false;
	else
		*rc = cannot_make(path, e);
	close(fd);
	return done;
}

/* Under a temporary name first, so that the final name never holds half a key. */
static enum errc write_named(const char *path, const struct secret *text, struct err *e)
{
	char *temporary = x_asprintf("%s.%ld.tmp", path, (long)getpid());
	enum errc rc;

	unlink(temporary);
	rc = file_write_new(temporary, secret_reveal(text), text->len, e);
	if (!rc && link(temporary, path) != 0)
		rc = cannot_make(path, e);
	unlink(temporary);
	free(temporary);
	return rc;
}

/* link(2) refuses to replace one that is there. */
static enum errc write_linked(const char *path, const struct secret *text, struct err *e)
{
	char *folder = path_parent(path);
	enum errc rc = ERR_OK;

	if (!write_nameless(folder, path, text, &rc, e))
		rc = write_named(path, text, e);
	if (!rc && !folder_sync(folder))
		rc = err_errno(e, ERR_STORE, "can't write the folder \"%s\"", folder);
	free(folder);
	return rc;
}

enum errc master_make(struct master *m, const char *path, struct err *e)
{
	struct secret text = SECRET_INIT;
	char *folder = path_parent(path);
	enum errc rc = folder_make(folder, 0700, e);

	if (rc)
		goto out;
	random_private(key_room(m), KEY256_SIZE);
	secret_init(&text, FILE_TEXT + 1);
	hex_encode((char *)text.data, secret_reveal(&m->key), KEY256_SIZE);
	text.data[FILE_TEXT - 1] = '\n';
	text.len = FILE_TEXT;
	rc = write_linked(path, &text, e);
	if (rc)
		goto out;
	set_place(m, path);
	fingerprint(m);
out:
	secret_release(&text);
	free(folder);
	return rc;
}

enum errc master_derive(struct master *m, const struct secret *passphrase, struct err *e)
{
	enum errc rc;

	if (!m->has_salt)
		random_public(m->salt, sizeof m->salt);
	m->has_salt = true;
	rc = scrypt_key(key_room(m), secret_reveal(passphrase), passphrase->len, m->salt, e);
	if (rc)
		return rc;
	free(m->place);
	free(m->folder);
	m->kind = MASTER_PASSPHRASE;
	m->place = x_strdup("a passphrase");
	m->folder = NULL;
	fingerprint(m);
	return ERR_OK;
}
