/* Counts what verification answered, in memory, and writes it to the store's usage figures in batches. */
#ifndef APP_METER_H
#define APP_METER_H

#include <stddef.h>
#include <stdint.h>

#include "src/app/verify.h"

struct meter;

struct meter *meter_new(void);
void meter_free(struct meter *m); /* what was not written is lost; NULL is well */

struct meter_call {
	int64_t key, version; /* row and number; both 0: the key is unknown */
	enum verify_code code;
	int64_t at;		       /* wall clock, as store_now() */
	const struct address *address; /* of the client; NULL: unknown */
};
/* Counts one answer. From any thread; never fails, never waits for the store. */
void meter_count(struct meter *m, const struct meter_call *call);

/* Writes what has gathered, in transactions of at most some hundred rows each (an administrator's change
 * gets in between), through `s`, which belongs to the calling thread. What could not be written stays and
 * is tried again with the next call; the first error is told. */
enum errc meter_write(struct meter *m, struct store *s, struct err *e);
/* Rows that wait to be written. */
size_t meter_waiting(struct meter *m);
/* Calls that are counted nowhere: there is room for some 260,000 rows, should the store not be writable for
 * long. */
int64_t meter_lost(struct meter *m);

#endif
