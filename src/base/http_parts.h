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

/* --- TLS by OpenSSL, which knows more of it than libcurl tells --------------------------------------- */

/* Has what comes in a handshake of this SSL_CTX noted in *to, whether it ends well or not: the server's
 * certificate, and its wish for one; *to has to last as long as the handshake. */
void http_tls_watch(void *ssl_ctx, struct http_response *to);
/* Notes version and certificate of an SSL connection that stands. */
void http_tls_note(struct http_response *a, const void *ssl);
void http_certificate_copy(struct http_certificate *to, const struct http_certificate *from);
void http_certificate_release(struct http_certificate *c);

/* --- what went wrong ------------------------------------------------------------------------------- */

/* Why we ended a transfer ourselves. */
enum http_verdict {
	GOES_ON,
	BODY_TOO_LONG,
	HEADER_TOO_LONG,
	STALLED,
	UNCONNECTED,
	/* Not ours, but what is behind a broken connection: what the server said is lost at times. */
	CERTIFICATE_MISSING,
	CERTIFICATE_REFUSED
};

struct http_failure {
	long code;
	const char *what, *hint;
};

const struct http_failure *http_failure_of_verdict(enum http_verdict v);
/* By libcurl's code, its text, and how the peer's certificate failed (X509_V_ERR_…). `broken` is what
 * stands for a connection that broke without another reason; GOES_ON none. */
const struct http_failure *http_failure_find(long code, const char *text, long verified,
					     enum http_verdict broken);

#endif
