/* The format of our secrets, PREFIX_SID_SECRETCRC: making one, and telling what a presented string
 * is by fixed widths from the right and the checksum, without a store. */
#ifndef BASE_SECRET_FORMAT_H
#define BASE_SECRET_FORMAT_H

#include <stddef.h>

#include "src/base/secret.h"

/* With their NUL. */
enum { SECRET_ID_SIZE = 13, PREFIX_SIZE = 17, HINT_SIZE = 5 };

enum {
	SECRET_BODY = 32, /* base62 characters: 190 bits */
	SECRET_CHECK = 6, /* base62 characters of CRC-32 over everything before them */
	SECRET_TAIL = SECRET_BODY + SECRET_CHECK,
	SECRET_LONGEST = (PREFIX_SIZE - 1) + 1 + (SECRET_ID_SIZE - 1) + 1 + SECRET_TAIL,
	SECRET_PRESENTED = 512, /* bytes of anything presented for verification, at most */
};

struct secret_parts {
	char prefix[PREFIX_SIZE];
	char secret_id[SECRET_ID_SIZE];
	char hint[HINT_SIZE];
};

/* A new secret with a fresh secret id. */
void secret_generate(struct secret *out, struct secret_parts *parts, const char *prefix);

enum secret_shape {
	SECRET_OWN,	      /* our format, checksum good */
	SECRET_MISTYPED,      /* our format, checksum wrong */
	SECRET_FOREIGN,	      /* printable ASCII of any other form */
	SECRET_UNPRESENTABLE, /* empty, over 512 bytes, or not printable ASCII */
};
/* `parts` is filled for SECRET_OWN and SECRET_MISTYPED (NULL is well). No allocation. */
enum secret_shape secret_parse(const char *text, size_t len, struct secret_parts *parts);

/* Is this a public secret id (12 Crockford base32 characters in lower case)? */
bool secret_id_valid(const char *text);
/* The last four characters; "" where the secret has fewer than 16. */
void secret_hint(char out[HINT_SIZE], const char *text, size_t len);

#endif
