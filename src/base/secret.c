/* Secrets: memory in OpenSSL's secure heap, wiped on release, and a process that leaves no core. */
#include "src/base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <openssl/crypto.h>

#include "src/base/alloc.h"

/* Both have to be powers of two. One console holds a handful of secrets at a time. */
enum { SECURE_HEAP_SIZE = 128 * 1024, SECURE_BLOCK_SIZE = 32 };

#if defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECKER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECKER 1
#endif
#endif

/* LeakSanitizer looks at the process with ptrace(2) at its end, which a process that is not
 * dumpable refuses: builds with it go without. */
static void forbid_dump(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifndef LEAK_CHECKER
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void secret_process_init(void)
{
	forbid_dump();
	/* Neither openssl.cnf nor the error strings are of use here; both cost start-up time. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
			    NULL);
	/* Says 2 where memory can't be locked; the heap works all the same. */
	CRYPTO_secure_malloc_init(SECURE_HEAP_SIZE, SECURE_BLOCK_SIZE);
}

/* What is too large for the secure heap (an import with a million secrets) is ordinary memory:
 * wiped as well, but not locked. */
void *secret_memory_get(size_t size)
{
	void *p = OPENSSL_secure_malloc(size);

	return p ? p : x_malloc(size);
}

void secret_memory_put(void *p, size_t size)
{
	if (CRYPTO_secure_allocated(p)) {
		OPENSSL_secure_clear_free(p, size);
		return;
	}
	OPENSSL_cleanse(p, size);
	free(p);
}

void secret_init(struct secret *s, size_t size)
{
	s->data = secret_memory_get(size + 1);
	s->data[0] = '\0';
	s->len = 0;
	s->size = size;
}

void secret_release(struct secret *s)
{
	if (s->data)
		secret_memory_put(s->data, s->size + 1);
	*s = (struct secret)SECRET_INIT;
}

void secret_set(struct secret *s, const void *data, size_t len)
{
	struct secret fresh;

	secret_init(&fresh, len);
	secret_add(&fresh, data, len);
	secret_move(s, &fresh);
}

bool secret_add(struct secret *s, const void *data, size_t len)
{
	if (len > s->size - s->len)
		return false;
	if (!len)
		return true;
	memcpy(s->data + s->len, data, len);
	s->len += len;
	s->data[s->len] = '\0';
	return true;
}

void secret_move(struct secret *to, struct secret *from)
{
	secret_release(to);
	*to = *from;
	*from = (struct secret)SECRET_INIT;
}

void secret_copy(struct secret *to, const struct secret *from)
{
	secret_set(to, from->data, from->len);
}

void secret_chomp(struct secret *s)
{
	if (s->len && s->data[s->len - 1] == '\n') {
		s->data[--s->len] = '\0';
		if (s->len && s->data[s->len - 1] == '\r')
			s->data[--s->len] = '\0';
	}
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && (!a->len || CRYPTO_memcmp(a->data, b->data, a->len) == 0);
}

const char *secret_reveal(const struct secret *s)
{
	return s->data ? (const char *)s->data : "";
}

void secret_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}
