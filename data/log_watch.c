/* The head of the wal-index: two copies of version, change counter, frames, salts and checksums. */
#include "data/log_watch.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

enum {
	REGION_SIZE = 32768, /* of shared memory, as SQLite maps it */
	COPY_WORDS = LOG_HEAD_WORDS / 2,
	AT_CHANGES = 8, /* bytes in a copy */
	AT_INITIALISED = 12,
};

/* Through SQLite's own mapping: who opened and closed the file beside it would drop its locks. */
static const volatile uint64_t *head_of(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	void volatile *region = NULL;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    !file || !file->pMethods || file->pMethods->iVersion < 2 || !file->pMethods->xShmMap ||
	    file->pMethods->xShmMap(file, 0, REGION_SIZE, 0, &region) != SQLITE_OK)
		return NULL;
	return region;
}

void log_watch_begin(struct log_watch *w, sqlite3 *db)
{
	uint8_t first[COPY_WORDS * sizeof(uint64_t)];

	w->head = head_of(db);
	if (!w->head)
		return;
	for (int i = 0; i < LOG_HEAD_WORDS; i++)
		w->seen[i] = w->head[i];
	/* Whoever reads from now on reads this state or a later one. */
	atomic_thread_fence(memory_order_seq_cst);
	memcpy(first, w->seen, sizeof first);
	/* While it is written the copies differ. */
	if (!first[AT_INITIALISED] || memcmp(w->seen, w->seen + COPY_WORDS, sizeof first) != 0)
		w->head = NULL;
}

bool log_watch_holds(const struct log_watch *w)
{
	uint64_t other = 0;

	if (!w->head)
		return false;
	/* What the caller was told before is older than what is read now. */
	atomic_thread_fence(memory_order_acquire);
	for (int i = 0; i < LOG_HEAD_WORDS; i++)
		other |= w->head[i] ^ w->seen[i];
	return other == 0;
}

bool log_watch_stamp(const struct log_watch *w, struct stamp *out)
{
	if (!w->head)
		return false;
	memcpy(out->words, w->seen, sizeof out->words);
	memcpy(&out->changes, (const char *)w->seen + AT_CHANGES, sizeof out->changes);
	return true;
}
