/* Memory that is there, or the end of the program: nobody above has to ask whether it got any. */
#include "src/base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*restore_terminal)(void);

void alloc_on_exhausted(void (*restore)(void))
{
	restore_terminal = restore;
}

/* Nothing in here may allocate, so stdio stays out of it. */
void alloc_exhausted(void)
{
	static const char message[] = "authrack: out of memory\n";
	void (*restore)(void) = restore_terminal;

	restore_terminal = NULL;
	if (restore)
		restore();
	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(127);
	abort();
}

void *x_malloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		alloc_exhausted();
	return p;
}

void *x_calloc(size_t count, size_t size)
{
	void *p = count && size ? calloc(count, size) : calloc(1, 1);

	if (!p)
		alloc_exhausted();
	return p;
}

void *x_reallocarray(void *p, size_t count, size_t size)
{
	void *moved = count && size ? reallocarray(p, count, size) : realloc(p, 1);

	if (!moved)
		alloc_exhausted();
	return moved;
}

char *x_strdup(const char *s)
{
	return s ? x_strndup(s, strlen(s)) : NULL;
}

char *x_strndup(const char *s, size_t len)
{
	size_t used = strnlen(s, len);
	char *copy = x_malloc(used + 1);

	memcpy(copy, s, used);
	copy[used] = '\0';
	return copy;
}

char *x_asprintf(const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vasprintf(&text, format, ap);
	va_end(ap);
	if (len < 0)
		alloc_exhausted();
	return text;
}
