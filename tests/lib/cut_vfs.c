/* A VFS over SQLite's own: it passes everything on, and keeps beside it what a power cut would
 * leave. */
#include "tests/lib/cut_vfs.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "tests/lib/support.h"

enum { FILES_MAX = 16, SECTOR = 512 };

struct change { /* since the last sync: a write, or a truncation (data NULL) */
	long long at;
	size_t len;
	unsigned char *data;
};

struct content {
	unsigned char *data;
	size_t len, room;
};

struct tracked {
	char *path;
	bool synced;	    /* its name is in the folder for sure */
	bool removed, gone; /* removed; and its name is out of the folder for sure */
	struct content durable;
	struct change *changes;
	size_t count;
};

struct cut_file {
	sqlite3_file base;
	sqlite3_file *real;
	struct tracked *of;
};

static const struct cut_disk *the_disk;
static sqlite3_vfs *real_vfs, cut_vfs;
static struct tracked files[FILES_MAX];
static size_t file_count;

/* --- contents -------------------------------------------------------------------------- */

static void content_size(struct content *c, size_t len)
{
	if (len > c->room) {
		c->room = len * 2;
		c->data = x_reallocarray(c->data, c->room, 1);
	}
	if (len > c->len)
		memset(c->data + c->len, 0, len - c->len);
	c->len = len;
}

static void content_put(struct content *c, const unsigned char *data, size_t at, size_t len)
{
	if (at + len > c->len)
		content_size(c, at + len);
	if (len)
		memcpy(c->data + at, data, len);
}

static unsigned random_next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* A change that nobody synced: all of it, nothing, or some sectors. */
static void change_maybe(struct content *c, const struct change *x, unsigned *seed)
{
	unsigned fate = random_next(seed) % 4;

	if (!x->data) {
		if (fate & 1)
			content_size(c, (size_t)x->at);
		return;
	}
	for (size_t from = 0; fate && from < x->len;) {
		size_t step = SECTOR - ((size_t)x->at + from) % SECTOR;

		if (step > x->len - from)
			step = x->len - from;
		if (fate == 1 || random_next(seed) % 2)
			content_put(c, x->data + from, (size_t)x->at + from, step);
		from += step;
	}
}

static void change_add(struct tracked *t, const void *data, size_t len, long long at)
{
	struct change *x;

	t->changes = x_reallocarray(t->changes, t->count + 1, sizeof(*t->changes));
	x = &t->changes[t->count++];
	*x = (struct change){ .at = at, .len = len };
	if (data) {
		x->data = x_malloc(len);
		memcpy(x->data, data, len);
	}
}

static void changes_forget(struct tracked *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->changes[i].data);
	t->count = 0;
}

/* SQLite syncs the folder together with the first sync of a file that it made. */
static void folder_synced(void)
{
	for (size_t i = 0; i < file_count; i++) {
		files[i].synced = !files[i].removed;
		files[i].gone = files[i].removed;
	}
}

static void make_durable(struct tracked *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct change *x = &t->changes[i];

		if (x->data)
			content_put(&t->durable, x->data, (size_t)x->at, x->len);
		else
			content_size(&t->durable, (size_t)x->at);
	}
	changes_forget(t);
	if (!t->synced)
		folder_synced();
}

void cut_vfs_image(const char *folder, unsigned seed)
{
	for (size_t i = 0; i < file_count; i++) {
		const struct tracked *t = &files[i];
		char *path = path_join(folder, strrchr(t->path, '/') + 1);
		struct content c = { NULL, 0, 0 };
		FILE *out;

		unlink(path);
		content_put(&c, t->durable.data ? t->durable.data : (const unsigned char *)"", 0,
			    t->durable.len);
		for (size_t n = 0; n < t->count; n++)
			change_maybe(&c, &t->changes[n], &seed);
		if (!t->gone && (t->synced || random_next(&seed) % 2) &&
		    (!t->removed || random_next(&seed) % 2)) {
			out = fopen(path, "wbe");
			assert_non_null(out);
			assert_true(!c.len || fwrite(c.data, 1, c.len, out) == c.len);
			assert_int_equal(fclose(out), 0);
			assert_int_equal(chmod(path, 0600), 0);
		}
		free(c.data);
		free(path);
	}
}

/* --- the VFS --------------------------------------------------------------------------- */

static struct cut_file *cut_of(sqlite3_file *f)
{
	return (struct cut_file *)f;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
	return cut_of(f)->real;
}

static void moment(void)
{
	if (the_disk->moment)
		the_disk->moment(the_disk->arg);
}

static int cut_close(sqlite3_file *f)
{
	int rc = real_of(f)->pMethods->xClose(real_of(f));

	free(cut_of(f)->real);
	return rc;
}

static int cut_read(sqlite3_file *f, void *data, int len, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), data, len, at);
}

static int cut_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 at)
{
	moment();
	change_add(cut_of(f)->of, data, (size_t)len, at);
	return real_of(f)->pMethods->xWrite(real_of(f), data, len, at);
}

static int cut_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	moment();
	change_add(cut_of(f)->of, NULL, 0, size);
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int cut_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	moment();
	if (!the_disk->lies)
		make_durable(cut_of(f)->of);
	return SQLITE_OK; /* the real disk need not wait */
}

static int cut_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int cut_lock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int cut_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int cut_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int cut_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int cut_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR;
}

/* No promise of the disk's: sectors may be torn, writes reordered. */
static int cut_characteristics(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static int cut_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}

static int cut_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void cut_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int cut_shm_unmap(sqlite3_file *f, int remove)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static sqlite3_io_methods methods = {
	.iVersion = 2, /* no xFetch: nothing is mapped */
	.xClose = cut_close,
	.xRead = cut_read,
	.xWrite = cut_write,
	.xTruncate = cut_truncate,
	.xSync = cut_sync,
	.xFileSize = cut_size,
	.xLock = cut_lock,
	.xUnlock = cut_unlock,
	.xCheckReservedLock = cut_reserved,
	.xFileControl = cut_control,
	.xSectorSize = cut_sector,
	.xDeviceCharacteristics = cut_characteristics,
	.xShmMap = cut_shm_map,
	.xShmLock = cut_shm_lock,
	.xShmBarrier = cut_shm_barrier,
	.xShmUnmap = cut_shm_unmap,
};

static struct tracked *track(const char *path)
{
	for (size_t i = 0; i < file_count; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	assert_true(file_count < FILES_MAX);
	files[file_count] = (struct tracked){ .path = x_strdup(path) };
	return &files[file_count++];
}

static void track_anew(struct tracked *t)
{
	changes_forget(t);
	content_size(&t->durable, 0);
	t->synced = t->removed = t->gone = false;
}

static bool is_on_disk(const char *path)
{
	size_t len = strlen(the_disk->folder);

	return path && strncmp(path, the_disk->folder, len) == 0 && path[len] == '/';
}

static int cut_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	int rc;

	(void)vfs;
	if (!is_on_disk(path))
		return real_vfs->xOpen(real_vfs, path, f, flags, out);
	memset(f, 0, sizeof(struct cut_file));
	cut_of(f)->real = x_calloc(1, (size_t)real_vfs->szOsFile);
	rc = real_vfs->xOpen(real_vfs, path, cut_of(f)->real, flags, out);
	if (rc != SQLITE_OK) {
		free(cut_of(f)->real);
		return rc;
	}
	cut_of(f)->of = track(path);
	if (cut_of(f)->of->removed)
		track_anew(cut_of(f)->of);
	f->pMethods = &methods;
	return SQLITE_OK;
}

static int cut_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	if (is_on_disk(path)) {
		struct tracked *t = track(path);

		moment();
		t->removed = true;
		t->gone = sync_folder && !the_disk->lies;
	}
	return real_vfs->xDelete(real_vfs, path, sync_folder);
}

void cut_vfs_install(const struct cut_disk *disk)
{
	the_disk = disk;
	real_vfs = sqlite3_vfs_find(NULL);
	cut_vfs = *real_vfs;
	cut_vfs.zName = "cut";
	cut_vfs.xOpen = cut_open;
	cut_vfs.xDelete = cut_delete;
	if (cut_vfs.szOsFile < (int)sizeof(struct cut_file))
		cut_vfs.szOsFile = (int)sizeof(struct cut_file);
	assert_int_equal(sqlite3_vfs_register(&cut_vfs, 1), SQLITE_OK);
}

void cut_vfs_remove(void)
{
	sqlite3_vfs_unregister(&cut_vfs);
	sqlite3_vfs_register(real_vfs, 1);
	for (size_t i = 0; i < file_count; i++) {
		changes_forget(&files[i]);
		free(files[i].changes);
		free(files[i].durable.data);
		free(files[i].path);
	}
	file_count = 0;
}
