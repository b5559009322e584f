/* The HTTP client: libcurl's multi interface on the event loop. TLS is verified, https only except
 * loopback, no redirect to another origin, everything has a limit, and any transfer can be cancelled
 * at any moment. */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/loop.h"
#include "src/base/secret.h"

enum { HTTP_BODY_MAX = 1024 * 1024, HTTP_HEADER_MAX = 64 * 1024 };

struct http;	      /* a client on one loop */
struct http_transfer; /* a request under way */

struct http_request {
	const char *method; /* NULL: GET */
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated; NULL none */
	const struct secret *body;  /* copied and wiped; NULL none */
	const char *content_type;
	const char *ca_file; /* trust anchors instead of the system's; NULL */
	/* Mutual TLS: PEM text of the client's certificate (and what leads from it to its authority),
	 * and its private key without a passphrase; NULL none. Copied. */
	const char *client_certificate;
	const struct secret *client_key;
	int64_t timeout_ms; /* in all; 0: 30 s */
	int64_t stall_ms;   /* without a byte; 0: 10 s */
	bool fresh;	    /* a new connection (CURLOPT_FRESH_CONNECT) */
	bool no_redirects;  /* else up to five within one origin */
	bool tls_max_11;    /* offers TLS 1.0 and 1.1 only: for a try that has to fail */
};

/* Times from the beginning of the request, in microseconds; -1: did not come to it. */
struct http_times {
	int64_t resolved, connected, secured, first_byte, total;
};

struct http_header {
	char *name; /* as it was sent */
	char *value;
};

/* The server's certificate, as it calls itself: not terminal-safe. */
struct http_certificate {
	char *subject, *issuer; /* RFC 2253; NULL: none was seen */
	int64_t not_after;	/* wall time in ms; TIME_NONE: not known */
};

struct http_response {
	/* ERR_OK: an answer came (of any status); else ERR_REMOTE, ERR_CANCELLED, or ERR_USAGE for a
	 * request that is never made. */
	enum errc code;
	struct err err; /* what failed and what to do; terminal-safe */
	bool unusable; /* ERR_REMOTE: an answer came and is not taken: too long, no HTTP, sent elsewhere */
	long status;
	struct http_header *headers;
	size_t header_count;
	struct buf body; /* decompressed, ≤ HTTP_BODY_MAX */
	char *url;	 /* where it came from in the end */
	struct http_times times;
	char tls_version[16]; /* "TLSv1.3"; "" without TLS, or where none came about */
	struct http_certificate certificate; /* also where it did not verify */
	bool certificate_wanted; /* the server asked for one of the client, in a new connection */
};

struct http *http_new(struct loop *l);
void http_free(struct http *h); /* cancels what is under way, no call comes any more */

/* Starts; `done` comes once, on the loop, and never from within this call; the response is freed after
 * it returned (take what you keep). */
struct http_transfer *http_start(struct http *h, const struct http_request *r,
				 void (*done)(void *arg, const struct http_response *a), void *arg);
/* Ends it at once; no call comes any more. NULL is well. */
void http_cancel(struct http_transfer *t);

/* Runs one request on a loop of its own and waits for it; `go_on` (may be NULL) is asked several times a
 * second, false cancels. To be released in any case. For operations, never for a screen. */
enum errc http_fetch(struct http_response *out, const struct http_request *r,
		     bool (*go_on)(void *arg), void *arg, struct err *e);
void http_response_release(struct http_response *a);
/* The first header of that name (any case); NULL. */
const char *http_response_header(const struct http_response *a, const char *name);

enum { HTTP_DATE_SIZE = 32 };
/* Writes a date (RFC 9110 §5.6.7), parts of a second cut; "" where the year has not four digits. */
void http_date_write(char out[HTTP_DATE_SIZE], int64_t at);
/* Reads a date (RFC 9110 §5.6.7): all three forms that a recipient has to know; the day of the week is not
 * looked at. `now` (wall time) tells the century of two digits. False: it is none. */
bool http_date_read(int64_t *at, const char *text, int64_t now);

/* A GET whose answer is kept in this process as long as Cache-Control lets it (at most an hour; RFC 9111
 * §4.2), whoever asks. *age_ms (may be NULL): how old the body is, 0 when just fetched. A status
 * of 4xx is ERR_NOT_FOUND (429 aside), any other than 200 ERR_REMOTE. Appends to `body`. */
enum errc http_get_cached(struct buf *body, const char *url, const char *ca_file, int64_t *age_ms,
			  bool (*go_on)(void *arg), void *arg, struct err *e);

/* Is it an absolute URL that may be fetched: https, or http to a loopback host; no user information?
 * ERR_USAGE says why not. */
enum errc http_url_check(const char *url, struct err *e);

#endif
