/* A growing byte buffer with a mandatory maximum. Not for secrets: see secret.h. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* always NUL-terminated once something was added */
	size_t len;
	size_t size;
	size_t max;
	bool full; /* something did not fit: contents are what came before it */
};

#define BUF_INIT(maximum)        \
	{                        \
		.max = (maximum) \
	}

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b);				   /* keeps the memory */
bool buf_add(struct buf *b, const void *data, size_t len); /* false when full */
bool buf_add_text(struct buf *b, const char *text);
bool buf_add_char(struct buf *b, char c);
bool buf_add_number(struct buf *b,
		    int64_t value); /* decimal digits, without the cost of a format */
bool buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_vaddf(struct buf *b, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
const char *buf_text(const struct buf *b); /* "" when empty; owned by the buffer */
char *buf_take(struct buf *b);		   /* heap text, caller frees; buffer is empty after */

#endif
