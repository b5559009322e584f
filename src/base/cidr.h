/* Address ranges (RFC 4632, RFC 4291). */
#ifndef BASE_CIDR_H
#define BASE_CIDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct sockaddr;

struct address {
	uint8_t bytes[16]; /* v4 as v4-mapped v6 (RFC 4291 §2.5.5.2) */
};

struct cidr {
	struct address base;
	uint8_t bits; /* of 128 */
};

enum { CIDR_TEXT_SIZE = 52 };

enum errc address_parse(struct address *out, const char *text, struct err *e);
/* That of a socket; false where it has none (a Unix socket). */
bool address_of_socket(struct address *out, const struct sockaddr *a);
bool address_is_v4(const struct address *a);
/* 127.0.0.0/8 or ::1. */
bool address_is_loopback(const struct address *a);

/* "10.0.0.0/8", "2001:db8::/32", a bare address. Host bits set are refused, with the range meant. */
enum errc cidr_parse(struct cidr *out, const char *text, struct err *e);
/* Canonical; a single address has no length. */
void cidr_text(char out[CIDR_TEXT_SIZE], const struct cidr *c);
/* An IPv4 address is in IPv4 ranges only: ::/0 does not let it in. */
bool cidr_contains(const struct cidr *c, const struct address *a);

#endif
