/* Base64 in both alphabets: strict decoding for what decides, lenient decoding that tells every
 * fault for what is shown (RFC 4648). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* What is wrong with base64url text by RFC 7515 §2, as bits. */
enum {
	BASE64_PADDING = 1 << 0,  /* '=' at the end */
	BASE64_SPACE = 1 << 1,	  /* white space */
	BASE64_ALPHABET = 1 << 2, /* '+' or '/' */
	BASE64_STRAY = 1 << 3,	  /* bits of the last character that belong to no byte */
	BASE64_LENGTH = 1 << 4,	  /* one character too many or too few */
	BASE64_FOREIGN = 1 << 5,  /* a byte of no alphabet: what stands before it is decoded */
};

struct base64_faults {
	unsigned faults; /* 0: strictly base64url without padding */
	size_t at;	 /* offset of the first fault */
};

/* RFC 4648 §5 without padding; with a NUL behind it. `out` needs base64url_size(len). */
size_t base64url_size(size_t len);
void base64url_encode(char *out, const void *data, size_t len);

/* RFC 4648 §4 with padding; with a NUL behind it. `out` needs base64_size(len). */
size_t base64_size(size_t len);
void base64_encode(char *out, const void *data, size_t len);

/* Bytes that `len` characters decode to, at most. */
size_t base64_room(size_t len);
/* Decodes base64url or base64 as far as it goes; returns the bytes written to `out` (base64_room(len)
 * of them at most) and tells what was wrong. `out` may be `text`. */
size_t base64_decode(unsigned char *out, const char *text, size_t len, struct base64_faults *f);
/* Decodes strict base64url: no padding, no white space, no stray bits (RFC 7515 §2, RFC 4648 §3.5).
 * False: nothing may be used. */
bool base64url_decode(unsigned char *out, size_t *size, const char *text, size_t len);

#endif
