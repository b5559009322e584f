/* Decompression of a JWE's plaintext, with a cap and in memory that is wiped: zlib's window and state
 * hold the plaintext, too. */
#include "src/token/jwe_parts.h"

#include <stddef.h>

#include <zlib.h>

#include "src/token/jwe.h"

/* In front of each piece of zlib's memory: its size, for wiping. */
union piece {
	size_t size;
	max_align_t aligned;
};

static void *piece_get(void *unused, uInt count, uInt size)
{
	size_t all = sizeof(union piece) + (size_t)count * size;
	union piece *p = secret_memory_get(all);

	(void)unused;
	p->size = all;
	return p + 1;
}

static void piece_put(void *unused, void *memory)
{
	union piece *p = (union piece *)memory - 1;

	(void)unused;
	secret_memory_put(p, p->size);
}

enum errc jwe_inflate(const struct secret *deflated, struct secret *plain, struct err *e)
{
	z_stream z = { .zalloc = piece_get, .zfree = piece_put };
	int rc;
	size_t left;
	bool full;

	secret_release(plain);
	secret_init(plain, JWE_INFLATED_MOST);
	z.next_in = deflated->data;
	z.avail_in = (uInt)deflated->len;
	z.next_out = plain->data;
	z.avail_out = JWE_INFLATED_MOST;
	rc = inflateInit2(&z, -MAX_WBITS);
	if (rc == Z_OK) {
		rc = inflate(&z, Z_FINISH);
		inflateEnd(&z);
	}
	left = z.avail_in;
	full = z.avail_out == 0;
	plain->len = JWE_INFLATED_MOST - z.avail_out;
	plain->data[plain->len] = '\0';
	if (rc == Z_STREAM_END && left == 0)
		return ERR_OK;
	secret_release(plain);
	if (full && rc != Z_STREAM_END)
		return err_set(e, ERR_USAGE, "the compressed content comes to more than %d bytes",
			       JWE_INFLATED_MOST);
	return err_set(e, ERR_USAGE, "the content is no DEFLATE data, though \"zip\" says so");
}
