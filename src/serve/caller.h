/* The tokens by which callers of the service show that they may ask it. */
#ifndef SERVE_CALLER_H
#define SERVE_CALLER_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"

struct callers;

/* Reads a file of tokens, one a line; lines that are empty or begin with # are none. There may be several, so
 * that a token can be changed without a gap. A token is printable ASCII, without blanks, and long enough for
 * 128 random bits in the letters that it is made of. Errors as of secret_read_file(), and ERR_USAGE that names
 * the line; nothing of a token is ever told. */
enum errc callers_open(struct callers **out, const char *path, struct err *e);
void callers_free(struct callers *c); /* NULL is well; wipes */
/* Reads the file again: from then on its tokens hold for all threads. What was there stays on an error. */
enum errc callers_reload(struct callers *c, struct err *e);
/* Is it one of them? Takes the same time whichever it is, and how much of it is right. From any thread. */
bool callers_allow(struct callers *c, const char *token, size_t len);

#endif
