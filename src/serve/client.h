/* Whose address a request is from: the peer's own, or the one that a trusted proxy tells. */
#ifndef SERVE_CLIENT_H
#define SERVE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/cidr.h"
#include "src/base/err.h"

struct proxies { /* all zeros: none is trusted */
	struct cidr *ranges;
	size_t count;
	bool local; /* peers on a Unix socket */
};

/* From address ranges, and the word "unix". ERR_USAGE names the one that is neither. */
enum errc proxies_parse(struct proxies *out, const char *const *texts, size_t count, struct err *e);
void proxies_release(struct proxies *p);

enum client_source {
	CLIENT_UNKNOWN, /* `out` is all zeros */
	CLIENT_OWN,	/* the peer's */
	CLIENT_TOLD,	/* by a trusted proxy */
};

/* `peer` NULL: on a Unix socket. `forwarded` is the request's X-Forwarded-For, several of them joined by
 * commas in their order; NULL: none. It is looked at where the peer is trusted, from the right: each trusted
 * hop is taken at its word on the one before it. So it is the rightmost hop that is not trusted; where all are,
 * the leftmost; unknown where a hop is no address, or there is no header. */
enum client_source client_address(const struct proxies *p, const struct address *peer,
				  const char *forwarded, struct address *out);

#endif
