/* A disk that forgets: an SQLite VFS below which only what was synced is sure to be there after a
 * power cut; of everything else a random part is, sector by sector. */
#ifndef TESTS_CUT_VFS_H
#define TESTS_CUT_VFS_H

#include <stdbool.h>

struct cut_disk {
	const char *folder; /* files below it are on this disk; the others are as always */
	bool lies;	    /* a sync does nothing (as with synchronous=OFF) */
	/* Called before each write, truncation and sync: the power may go now. */
	void (*moment)(void *arg);
	void *arg;
};

/* Makes it SQLite's default; `disk` is lent until cut_vfs_remove(). One at a time. */
void cut_vfs_install(const struct cut_disk *disk);
void cut_vfs_remove(void);
/* Writes what a cut now would leave of every file into another folder; `seed` decides on the
 * rest. */
void cut_vfs_image(const char *folder, unsigned seed);

#endif
