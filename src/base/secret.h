/* A secret: lives in OpenSSL's secure heap, wiped when released, never printed by accident. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"

struct secret {
	unsigned char *data; /* NUL-terminated behind len; use secret_reveal() to read it as text */
	size_t len;
	size_t size;
};

#define SECRET_INIT          \
	{                    \
		.data = NULL \
	}

/* Once at start: secure heap, no core dumps, not dumpable. Works without the right to lock memory. */
void secret_process_init(void);

void secret_init(struct secret *s, size_t size); /* room for size bytes, len 0 */
void secret_release(struct secret *s);		 /* wipes; s may be empty; idempotent */
void secret_set(struct secret *s, const void *data, size_t len); /* s is replaced */
bool secret_add(struct secret *s, const void *data,
		size_t len);				  /* false: no room (size is fixed) */
void secret_move(struct secret *to, struct secret *from); /* `to` is released first */
void secret_copy(struct secret *to, const struct secret *from);
void secret_chomp(struct secret *s); /* one trailing line end goes: \n or \r\n */
bool secret_equal(const struct secret *a,
		  const struct secret *b); /* constant time for equal lengths */

/* The only way to the text. grep for it to find every place where a secret is shown or used. */
const char *secret_reveal(const struct secret *s);

/* Memory for what stands for a secret but is no text of one: the secure heap, as far as it goes; never
 * NULL. Given back with its size, and wiped then. */
void *secret_memory_get(size_t size);
void secret_memory_put(void *p, size_t size);

/* Overwrites memory in a way the compiler keeps. */
void secret_wipe(void *p, size_t len);

/* Reads all of fd up to max bytes. ERR_USAGE when longer. */
enum errc secret_read_fd(struct secret *s, int fd, size_t max, const char *what, struct err *e);
/* Reads a file that must be regular and of this user, or root, without access for others
 * (a /dev/fd/N path is taken as it is). ERR_PERMISSION names the mode. */
enum errc secret_read_file(struct secret *s, const char *path, size_t max, struct err *e);
/* All of standard input; where that is a terminal one line is asked for, without echo. A line end at the end is
 * cut off. */
enum errc secret_read_stdin(struct secret *s, size_t max, const char *prompt, struct err *e);
/* Asks on /dev/tty without echo. ERR_CANCELLED on Ctrl-C, ERR_USAGE where there is no terminal. */
enum errc secret_prompt(struct secret *s, const char *prompt, struct err *e);
/* The same for a paste of many lines and at most `max` bytes; Ctrl-D ends it. ERR_USAGE when longer. */
enum errc secret_prompt_lines(struct secret *s, const char *prompt, size_t max, struct err *e);

#endif
