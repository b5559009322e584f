/* What the files of the HTTP client share. */
#ifndef BASE_HTTP_PARTS_H
#define BASE_HTTP_PARTS_H

#include "src/base/http.h"

enum { HTTP_URL_MAX = 8192, HTTP_REDIRECTS_MAX = 5 };

struct http_url {
	bool secure;   /* https */
	bool loopback; /* the host is this machine, by a name or address that nobody else can give */
	char host[256]; /* lower case; an IPv6 address without its brackets */
	unsigned port;
};

/* Takes an absolute http(s) URL without user information apart. ERR_USAGE says what is wrong with it. */
enum errc http_url_read(struct http_url *out, const char *url, struct err *e);
/* The same for one that may be fetched; ERR_USAGE also where it is not encrypted. */
enum errc http_url_split(struct http_url *out, const char *url, struct err *e);
/* Scheme, host and port are the same (RFC 6454 §4). */
bool http_same_origin(const struct http_url *a, const struct http_url *b);

/* How long an answer may be kept by its Cache-Control and Age, in milliseconds; 0: not at all. At most an
 * hour (RFC 9111 §4.2, §5.2). */
int64_t http_fresh_ms(const struct http_response *a);

#endif
