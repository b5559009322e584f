/* Are the write-ahead log and its index still those that were opened? Who removes one of them while it is in
 * use parts those who have it open from those who come later: neither sees what the other commits. */
#ifndef DATA_LOG_FILES_H
#define DATA_LOG_FILES_H

#include <stdbool.h>
#include <sys/types.h>

enum { LOG_FILES = 2 };

struct log_files { /* zeroed: not looked at yet */
	bool noted;
	dev_t devices[LOG_FILES];
	ino_t inodes[LOG_FILES];
};

/* Notes the files beside the database at `path` the first time, on a connection that has read through the log;
 * later, true where one of them is gone or another. */
bool log_files_moved(struct log_files *f, const char *path);

#endif
