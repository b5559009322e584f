/* The two files that SQLite keeps beside a database with a write-ahead log. */
#include "data/log_files.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

static bool look(const char *path, const char *suffix, struct stat *is)
{
	char name[PATH_MAX];
	int len = snprintf(name, sizeof name, "%s%s", path, suffix);

	return len > 0 && len < (int)sizeof name && stat(name, is) == 0;
}

bool log_files_moved(struct log_files *f, const char *path)
{
	static const char *const suffixes[LOG_FILES] = { "-wal", "-shm" };
	struct stat is[LOG_FILES];

	for (int i = 0; i < LOG_FILES; i++) {
		if (!look(path, suffixes[i], &is[i]))
			return true;
		if (!f->noted) {
			f->devices[i] = is[i].st_dev;
			f->inodes[i] = is[i].st_ino;
		}
		if (f->devices[i] != is[i].st_dev || f->inodes[i] != is[i].st_ino)
			return true;
	}
	f->noted = true;
	return false;
}
