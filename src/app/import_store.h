/* The second half of an import: the checked rows go into the store in one transaction. */
#ifndef APP_IMPORT_STORE_H
#define APP_IMPORT_STORE_H

#include "src/app/import_rows.h"
#include "src/app/op.h"

struct import_result {
	int64_t event;			       /* sequence of the audit event */
	char rows_sha256[2 * SHA256_SIZE + 1]; /* over the object MACs in order */
};

/* Only looks whether a secret is known; what is goes to the rows' errors. */
enum errc import_look(const struct op_call *c, struct import_rows *rows, struct err *e);
/* Stores all rows and their audit event. Where a secret is known that goes to the rows' errors, the
 * call succeeds, and nothing is stored. While it runs another thread than the one that holds the lock
 * tells the progress, so that a stopped terminal holds up nobody. */
enum errc import_store(const struct op_call *c, struct import_rows *rows,
		       struct import_result *result, struct err *e);

#endif
