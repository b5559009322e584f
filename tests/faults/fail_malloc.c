/* Preloaded: the n-th allocation fails ($FAIL_AT), and with $FAIL_ON every one after it. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_long count;
static long fail_at = -1, fail_on;

__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("FAIL_AT");

	fail_on = getenv("FAIL_ON") != NULL;
	count = 0;
	fail_at = at ? strtol(at, NULL, 10) : -1;
}

static int fails(void)
{
	long now;

	if (fail_at < 0)
		return 0;
	now = atomic_fetch_add(&count, 1) + 1;
	return now == fail_at || (fail_on && now > fail_at);
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
