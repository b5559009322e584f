/* Memory that is there, or the end of the program (after the terminal is restored). */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* Like their namesakes; never return NULL. x_calloc and x_reallocarray check the product. */
void *x_malloc(size_t size);
void *x_calloc(size_t count, size_t size);
void *x_reallocarray(void *p, size_t count, size_t size);
char *x_strdup(const char *s); /* NULL gives NULL */
char *x_strndup(const char *s, size_t len);
char *x_asprintf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* Called once before the abort on exhaustion (the console restores the terminal there). */
void alloc_on_exhausted(void (*restore)(void));
/* The end: for those whose own allocator, or a library's, came back with nothing. */
void alloc_exhausted(void) __attribute__((noreturn));

#endif
