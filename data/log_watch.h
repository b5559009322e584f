/* Has anybody committed? The head of SQLite's wal-index (its format is documented with the write-ahead log)
 * changes with every commit of any process and lies in memory that SQLite has mapped, so looking costs no
 * system call. */
#ifndef DATA_LOG_WATCH_H
#define DATA_LOG_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "data/stamp.h"

struct sqlite3;

enum { LOG_HEAD_WORDS = 12 }; /* two copies of 48 bytes */

struct log_watch {
	const volatile uint64_t *head; /* NULL: can't be watched */
	uint64_t seen[LOG_HEAD_WORDS];
};

/* Remembers the log as it is. To be called before the read transaction that it is to speak for, and on a
 * connection that has read through a write-ahead log before. */
void log_watch_begin(struct log_watch *w, struct sqlite3 *db);
/* True: nobody has committed since. False: somebody may have, or it can't be told. */
bool log_watch_holds(const struct log_watch *w);
/* What was seen when it began; false where nothing could be. */
bool log_watch_stamp(const struct log_watch *w, struct stamp *out);

#endif
