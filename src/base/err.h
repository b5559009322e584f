/* Errors: what failed, on what, and what to do about it.
 *
 * A function that can fail returns `enum errc` (0 is well) and fills its last parameter. The values
 * are the exit codes of the command line (see `authrack help exit-codes`), so a front end returns
 * what it was handed. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

enum errc {
	ERR_OK = 0,
	ERR_NO = 1, /* the answer is no: not a failure, carries no message */
	ERR_USAGE = 2,
	ERR_NOT_FOUND = 3,
	ERR_CONFLICT = 4, /* conflict, or refused in this state */
	ERR_STORE = 5,
	ERR_REMOTE = 6,
	ERR_PERMISSION = 7,
	ERR_CANCELLED = 130,
};

struct err {
	enum errc code;
	char message[512]; /* lower case, no full stop, subject quoted; terminal-safe */
	char hint[256];	   /* what to do; may be empty; terminal-safe */
};

#define ERR_INIT               \
	{                      \
		.code = ERR_OK \
	}

/* Sets code and message and clears the hint. Text from outside that goes in by %s is made
 * terminal-safe. Returns `code`, so that `return err_set(e, …)` is one line. `e` may be NULL. */
enum errc err_set(struct err *e, enum errc code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds the hint to an error that is set. Returns its code. `e` may be NULL (ERR_USAGE then). */
enum errc err_hint(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the message from errno: "FORMAT: strerror(errno)". Returns `code`. */
enum errc err_errno(struct err *e, enum errc code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The code's name in JSON: "usage", "not_found", "conflict", "store", "remote", "permission" … */
const char *err_name(enum errc code);

#endif
