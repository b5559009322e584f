/* Random bytes from OpenSSL's generators: the private one for secrets, the public one for the rest. */
#include "src/base/random.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "src/base/secret.h"

static __attribute__((noreturn)) void generator_failed(void)
{
	fputs("authrack: the random generator failed\n", stderr);
	abort();
}

void random_private(void *out, size_t len)
{
	if (len > INT_MAX || RAND_priv_bytes(out, (int)len) != 1)
		generator_failed();
}

void random_public(void *out, size_t len)
{
	if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
		generator_failed();
}

void random_text(char *out, size_t count, const char *alphabet)
{
	size_t letters = strlen(alphabet);
	/* Bytes from here on would make the first letters likelier than the others. */
	size_t limit = 256 - 256 % letters;
	uint8_t pool[64];
	size_t done = 0;

	while (done < count) {
		random_private(pool, sizeof(pool));
		for (size_t i = 0; i < sizeof(pool) && done < count; i++)
			if (pool[i] < limit)
				out[done++] = alphabet[pool[i] % letters];
	}
	secret_wipe(pool, sizeof(pool));
}
