/* All keys in row order, each with its versions, in one pass over both tables; inside data/
 * only. */
#ifndef DATA_OBJECT_SCAN_H
#define DATA_OBJECT_SCAN_H

#include "data/store_internal.h"

struct object_scan {
	/* The current object. */
	struct key key;		      /* row 0: versions whose key is gone */
	struct key_version *versions; /* as versions_of() gives them */
	size_t count;
	/* Inside. */
	struct store *s;
	struct stmt *key_rows, *version_rows;
	bool key_more, version_more; /* a row is at hand that belongs to no object yet */
	size_t size;
};

/* Inside a snapshot or write transaction. What it reads must not be changed while it runs. */
enum errc object_scan_start(struct object_scan *o, struct store *s, struct err *e);
/* *more false at the end. The object is lent until the next call. */
enum errc object_scan_next(struct object_scan *o, bool *more, struct err *e);
void object_scan_end(struct object_scan *o); /* frees; well after a failed start */

#endif
