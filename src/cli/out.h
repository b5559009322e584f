/* Standard output with every write looked at: nothing counts as printed before it is. */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/secret.h"

struct out {
	int fd;
	struct buf pending;
	bool written; /* something has left the buffer */
	bool broken;  /* a write failed: no more is tried */
	bool unread;  /* it failed for want of a reader (`| head`) */
};

void out_init(struct out *o, int fd);
void out_release(struct out *o); /* what is pending is dropped */

/* Buffered; ERR_STORE when the output is closed or full. */
enum errc out_add(struct out *o, const char *data, size_t len, struct err *e);
enum errc out_flush(struct out *o, struct err *e);
/* Flushes, then writes the secret straight from its memory. */
enum errc out_secret(struct out *o, const struct secret *s, struct err *e);
/* Before an error is told: what was not yet printed is not printed any more, unless a part was. */
void out_drop(struct out *o);

#endif
