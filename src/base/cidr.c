/* Address ranges. Everything is 128 bits wide; IPv4 lives in ::ffff:0:0/96. */
#include "src/base/cidr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { V4_BITS = 32, V4_OFFSET = 96, ALL_BITS = 128, ADDRESS_TEXT_MAX = 45 };

static const uint8_t v4_prefix[12] = { [10] = 0xFF, [11] = 0xFF };

bool address_is_v4(const struct address *a)
{
	return memcmp(a->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool address_is_loopback(const struct address *a)
{
	static const struct address v6 = { .bytes = { [15] = 1 } };

	if (address_is_v4(a))
		return a->bytes[sizeof(v4_prefix)] == IN_LOOPBACKNET;
	return memcmp(a->bytes, v6.bytes, sizeof(v6.bytes)) == 0;
}

bool address_of_socket(struct address *out, const struct sockaddr *a)
{
	const void *at = a;
	const struct sockaddr_in *v4 = at;
	const struct sockaddr_in6 *v6 = at;

	if (a->sa_family == AF_INET) {
		memcpy(out->bytes, v4_prefix, sizeof(v4_prefix));
		memcpy(out->bytes + sizeof(v4_prefix), &v4->sin_addr, sizeof(v4->sin_addr));
	} else if (a->sa_family == AF_INET6) {
		memcpy(out->bytes, &v6->sin6_addr, sizeof(out->bytes));
	}
	return a->sa_family == AF_INET || a->sa_family == AF_INET6;
}

static bool address_read(struct address *out, const char *text)
{
	memcpy(out->bytes, v4_prefix, sizeof(v4_prefix));
	return inet_pton(AF_INET, text, out->bytes + sizeof(v4_prefix)) == 1 ||
	       inet_pton(AF_INET6, text, out->bytes) == 1;
}

enum errc address_parse(struct address *out, const char *text, struct err *e)
{
	if (address_read(out, text))
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%s\" is not an address", text);
	err_hint(e, "an IPv4 or IPv6 address, as 192.0.2.7 or 2001:db8::7");
	return ERR_USAGE;
}

/* A decimal number without sign, blanks or leading zeros; -1 for anything else. */
static int bits_read(const char *text, int max)
{
	size_t len = strspn(text, "0123456789");
	int bits = 0;

	if (!len || len > 3 || text[len] || (len > 1 && text[0] == '0'))
		return -1;
	for (; *text; text++)
		bits = bits * 10 + (*text - '0');
	return bits <= max ? bits : -1;
}

static void clear_host_bits(struct address *a, unsigned bits)
{
	for (unsigned i = 0; i < sizeof(a->bytes); i++) {
		unsigned kept = bits <= 8 * i ? 0 : bits - 8 * i;

		if (kept < 8)
			a->bytes[i] &= (uint8_t)(0xFF00 >> kept);
	}
}

static bool range_read(struct cidr *out, const char *text)
{
	char address[ADDRESS_TEXT_MAX + 1];
	const char *slash = strchrnul(text, '/');
	size_t len = (size_t)(slash - text);
	int bits, max;

	if (len > ADDRESS_TEXT_MAX)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!address_read(&out->base, address))
		return false;
	/* ::ffff:a.b.c.d is written, and counted, as IPv6 */
	max = strchr(address, ':') ? ALL_BITS : V4_BITS;
	bits = *slash ? bits_read(slash + 1, max) : max;
	out->bits = (uint8_t)(bits + ALL_BITS - max);
	return bits >= 0;
}

enum errc cidr_parse(struct cidr *out, const char *text, struct err *e)
{
	char meant[CIDR_TEXT_SIZE];
	struct address given;

	if (!range_read(out, text)) {
		err_set(e, ERR_USAGE, "\"%s\" is not an address range", text);
		err_hint(e, "as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7");
		return ERR_USAGE;
	}
	given = out->base;
	clear_host_bits(&out->base, out->bits);
	if (memcmp(given.bytes, out->base.bytes, sizeof(given.bytes)) == 0)
		return ERR_OK;
	cidr_text(meant, out);
	err_set(e, ERR_USAGE, "\"%s\" has bits set behind its length", text);
	err_hint(e, "write %s, or the address alone", meant);
	return ERR_USAGE;
}

void cidr_text(char out[CIDR_TEXT_SIZE], const struct cidr *c)
{
	bool v4 = c->bits >= V4_OFFSET && address_is_v4(&c->base);
	char address[INET6_ADDRSTRLEN];

	if (v4)
		inet_ntop(AF_INET, c->base.bytes + sizeof(v4_prefix), address, sizeof(address));
	else
		inet_ntop(AF_INET6, c->base.bytes, address, sizeof(address));
	if (c->bits == ALL_BITS)
		snprintf(out, CIDR_TEXT_SIZE, "%s", address);
	else
		snprintf(out, CIDR_TEXT_SIZE, "%s/%d", address, c->bits - (v4 ? V4_OFFSET : 0));
}

/* A range that is wider than ::ffff:0:0/96 is about IPv6: ::/0 lets no IPv4 address in. */
bool cidr_contains(const struct cidr *c, const struct address *a)
{
	struct address masked = *a;

	if (c->bits < V4_OFFSET && address_is_v4(a))
		return false;
	clear_host_bits(&masked, c->bits);
	return memcmp(masked.bytes, c->base.bytes, sizeof(masked.bytes)) == 0;
}
