/* Finds credentials in a stream of bytes, of any length and with lines of any length. */
#ifndef APP_SCAN_TEXT_H
#define APP_SCAN_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "src/token/foreign.h"
#include "src/base/err.h"

struct scan_hit {
	const char *text; /* lent until the callback returns */
	size_t len;
	size_t line, column;	       /* from 1; columns are bytes */
	const struct foreign *foreign; /* NULL: our format with a good checksum */
};

struct scan {
	enum errc (*found)(void *arg, const struct scan_hit *hit, struct err *e);
	/* Called with each block read; anything but 0 ends the scan. NULL is well. */
	enum errc (*tick)(void *arg, uint64_t bytes, struct err *e);
	void *arg;
};

/* Reads the descriptor to its end. ERR_PERMISSION when reading fails, else what a callback said. */
enum errc scan_fd(int fd, const struct scan *scan, struct err *e);

#endif
