/* The HTTP client over libcurl's multi interface, driven by the loop's descriptors and timers. Redirects
 * are followed here and not by libcurl, so that none leaves its origin. */
#include "src/base/http.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/http_parts.h"

enum { TIMEOUT_MS = 30000, STALL_MS = 10000, HEADERS_MAX = 500 };

struct http {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer; /* libcurl's; NULL: none */
	struct http_transfer *transfers;
	unsigned busy; /* calls of ours that are on the stack: freed when the last one returns */
	bool freed;
};

struct http_transfer {
	struct http *http;
	struct http_transfer *next;
	CURL *easy; /* NULL: it never came to one */
	struct curl_slist *headers;
	struct secret body, client_key; /* libcurl has pointers to them */
	char *url, *ca_file;
	char error[CURL_ERROR_SIZE]; /* in libcurl's words */
	struct http_url parts;
	bool no_redirects, resends; /* the method is one that a redirect leaves as it is */
	unsigned redirects;
	int64_t deadline_ms, stall_ms; /* of the monotonic clock; without a byte */
	int64_t active_ms;	       /* when the last byte came */
	int64_t timeout_ms;
	struct loop_timer *timer; /* stall, or a late answer */
	size_t header_bytes;
	enum http_verdict verdict;
	bool ending; /* done() is being called */
	struct http_response answer;
	void (*done)(void *arg, const struct http_response *a);
	void *arg;
};

/* A descriptor that is watched for libcurl. */
struct socket_watch {
	struct http *http;
	curl_socket_t fd;
};

static void transfer_end(struct http_transfer *t);
static void transfer_finished(struct http_transfer *t, CURLcode result);

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- libcurl on the loop -------------------------------------------------------------------------- */

static void global_start(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		alloc_exhausted();
}

static void http_enter(struct http *h)
{
	h->busy++;
}

static void http_leave(struct http *h)
{
	if (--h->busy || !h->freed)
		return;
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, NULL);
	loop_cancel(h->loop, h->timer);
	curl_multi_cleanup(h->multi);
	free(h);
}

/* Lets libcurl work, then deals with what has come to its end. */
static void http_drive(struct http *h, curl_socket_t fd, int events)
{
	struct http_transfer *t;
	CURLMsg *message;
	CURLcode result;
	int left;

	http_enter(h);
	curl_multi_socket_action(h->multi, fd, events, &left);
	while (!h->freed && (message = curl_multi_info_read(h->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		result = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		transfer_finished(t, result);
	}
	http_leave(h);
}

static void socket_ready(void *arg, short revents)
{
	const struct socket_watch *w = arg;
	int events = 0;

	if (revents & (POLLIN | POLLHUP))
		events |= CURL_CSELECT_IN;
	if (revents & POLLOUT)
		events |= CURL_CSELECT_OUT;
	if (revents & (POLLERR | POLLNVAL))
		events |= CURL_CSELECT_ERR;
	http_drive(w->http, w->fd, events);
}

static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	static const short events[] = {
		[CURL_POLL_NONE] = 0,	   [CURL_POLL_IN] = POLLIN,
		[CURL_POLL_OUT] = POLLOUT, [CURL_POLL_INOUT] = POLLIN | POLLOUT,
		[CURL_POLL_REMOVE] = 0,
	};
	struct socket_watch *w = socket_arg;
	struct http *h = arg;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		loop_watch(h->loop, fd, 0, NULL, NULL);
		free(w);
		curl_multi_assign(h->multi, fd, NULL);
		return 0;
	}
	if (!w) {
		w = x_malloc(sizeof(*w));
		*w = (struct socket_watch){ h, fd };
		curl_multi_assign(h->multi, fd, w);
	}
	loop_watch(h->loop, fd, events[what], socket_ready, w);
	return 0;
}

static void timer_fired(void *arg)
{
	struct http *h = arg;

	h->timer = NULL;
	http_drive(h, CURL_SOCKET_TIMEOUT, 0);
}

static int timer_changed(CURLM *multi, long timeout_ms, void *arg)
{
	struct http *h = arg;

	(void)multi;
	loop_cancel(h->loop, h->timer);
	h->timer = timeout_ms < 0 ? NULL : loop_after(h->loop, timeout_ms, timer_fired, h);
	return 0;
}

struct http *http_new(struct loop *l)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct http *h = x_calloc(1, sizeof(*h));

	pthread_once(&once, global_start);
	h->loop = l;
	h->multi = curl_multi_init();
	if (!h->multi)
		alloc_exhausted();
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, timer_changed);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	return h;
}

void http_free(struct http *h)
{
	struct http_transfer *next;

	if (!h || h->freed)
		return;
	http_enter(h);
	for (struct http_transfer *t = h->transfers; t; t = next) {
		next = t->next;
		http_cancel(t);
	}
	h->freed = true;
	http_leave(h);
}

/* --- what comes in -------------------------------------------------------------------------------- */

static size_t body_came(char *data, size_t one, size_t len, void *arg)
{
	struct http_transfer *t = arg;

	(void)one;
	t->active_ms = monotonic_ms();
	if (buf_add(&t->answer.body, data, len))
		return len;
	t->verdict = BODY_TOO_LONG;
	return 0;
}

static void headers_release(struct http_response *a)
{
	for (size_t i = 0; i < a->header_count; i++) {
		free(a->headers[i].name);
		free(a->headers[i].value);
	}
	free(a->headers);
	a->headers = NULL;
	a->header_count = 0;
}

static void header_add(struct http_response *a, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len), *end = line + len, *value;

	if (!colon || colon == line)
		return;
	for (value = colon + 1; value < end && (*value == ' ' || *value == '\t');)
		value++;
	while (end > value && strchr(" \t\r\n", end[-1]))
		end--;
	a->headers = x_reallocarray(a->headers, a->header_count + 1, sizeof(*a->headers));
	a->headers[a->header_count++] =
		(struct http_header){ .name = x_strndup(line, (size_t)(colon - line)),
				      .value = x_strndup(value, (size_t)(end - value)) };
}

/* While the connection is the transfer's: libcurl forgets it when that has ended. */
static void tls_take(struct http_transfer *t)
{
	const struct curl_tlssessioninfo *tls = NULL;

	if (*t->answer.tls_version ||
	    curl_easy_getinfo(t->easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || !tls)
		return;
	if (tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals)
		http_tls_note(&t->answer, tls->internals);
}

/* Each line of it; "HTTP/" begins the next answer, after a 1xx one. */
static size_t header_came(char *line, size_t one, size_t len, void *arg)
{
	struct http_transfer *t = arg;

	(void)one;
	t->active_ms = monotonic_ms();
	tls_take(t);
	t->header_bytes += len;
	if (t->header_bytes > HTTP_HEADER_MAX || t->answer.header_count >= HEADERS_MAX) {
		t->verdict = HEADER_TOO_LONG;
		return 0;
	}
	if (len > 5 && memcmp(line, "HTTP/", 5) == 0)
		headers_release(&t->answer);
	else
		header_add(&t->answer, line, len);
	return len;
}

/* --- starting ------------------------------------------------------------------------------------- */

static void body_set(struct http_transfer *t, const struct http_request *r)
{
	struct buf type = BUF_INIT(1024);

	if (!r->body)
		return;
	secret_copy(&t->body, r->body);
	curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body.len);
	curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, secret_reveal(&t->body));
	if (r->content_type) {
		buf_addf(&type, "Content-Type: %s", r->content_type);
		t->headers = curl_slist_append(t->headers, buf_text(&type));
	}
	/* Waiting for a 100 costs a second where the server gives none. */
	t->headers = curl_slist_append(t->headers, "Expect:");
	buf_release(&type);
}

static void method_set(struct http_transfer *t, const struct http_request *r)
{
	const char *method = r->method ? r->method : r->body ? "POST" : "GET";

	t->resends = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
	body_set(t, r);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(method, r->body ? "POST" : "GET") != 0)
		curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		t->headers = curl_slist_append(t->headers, r->headers[i]);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static CURLcode tls_made(CURL *easy, void *ssl_ctx, void *arg)
{
	struct http_transfer *t = arg;

	(void)easy;
	http_tls_watch(ssl_ctx, &t->answer);
	return CURLE_OK;
}

/* The empty passphrase is there so that OpenSSL does not ask for one on the terminal. */
static void client_certificate_set(struct http_transfer *t, const struct http_request *r)
{
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };
	CURL *c = t->easy;

	if (r->client_certificate) {
		blob.data = x_strdup(r->client_certificate);
		blob.len = strlen(r->client_certificate);
		curl_easy_setopt(c, CURLOPT_SSLCERT_BLOB, &blob);
		free(blob.data);
	}
	if (r->client_key) {
		secret_copy(&t->client_key, r->client_key);
		blob = (struct curl_blob){ .data = t->client_key.data,
					   .len = t->client_key.len,
					   .flags = CURL_BLOB_NOCOPY };
		curl_easy_setopt(c, CURLOPT_SSLKEY_BLOB, &blob);
	}
	curl_easy_setopt(c, CURLOPT_KEYPASSWD, "");
}

/* OpenSSL has the old versions at its lowest level of security only. */
static void tls_set(struct http_transfer *t, const struct http_request *r)
{
	CURL *c = t->easy;

	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION,
			 r->tls_max_11
				 ? (long)CURL_SSLVERSION_TLSv1_0 | (long)CURL_SSLVERSION_MAX_TLSv1_1
				 : (long)CURL_SSLVERSION_TLSv1_2);
	if (r->tls_max_11)
		curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
	curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, tls_made);
	curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, t);
	if (t->ca_file) {
		curl_easy_setopt(c, CURLOPT_CAINFO, t->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	client_certificate_set(t, r);
}

/* CURLOPT_QUICK_EXIT: else taking a transfer out waits for a resolver that hangs. */
static void easy_set(struct http_transfer *t, const struct http_request *r)
{
	CURL *c = t->easy;

	curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "authrack/" AUTHRACK_VERSION);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, body_came);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, header_came);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, r->fresh ? 1L : 0L);
	tls_set(t, r);
	method_set(t, r);
}

static void stall_check(void *arg);

/* Sends the request to t->url with what is left of its time. */
static void transfer_send(struct http_transfer *t)
{
	int64_t left = t->deadline_ms - monotonic_ms();

	buf_clear(&t->answer.body);
	headers_release(&t->answer);
	t->header_bytes = 0;
	curl_easy_setopt(t->easy, CURLOPT_URL, t->url);
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	/* A proxy is no way to this machine. */
	curl_easy_setopt(t->easy, CURLOPT_PROXY, t->parts.loopback ? "" : NULL);
	if (curl_multi_add_handle(t->http->multi, t->easy) != CURLM_OK)
		alloc_exhausted();
}

/* Tells what is known at once, but from the loop. */
static void answer_late(void *arg)
{
	struct http_transfer *t = arg;
	struct http *h = t->http;

	t->timer = NULL;
	http_enter(h);
	transfer_end(t);
	http_leave(h);
}

static bool header_lines_well(const struct http_request *r)
{
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		if (strpbrk(r->headers[i], "\r\n") || !strchr(r->headers[i], ':'))
			return false;
	return !r->content_type || !strpbrk(r->content_type, "\r\n");
}

static bool request_well(struct http_transfer *t, const struct http_request *r)
{
	struct http_response *a = &t->answer;

	if (http_url_split(&t->parts, r->url, &a->err) != ERR_OK)
		return false;
	if (header_lines_well(r))
		return true;
	err_set(&a->err, ERR_USAGE, "a header of the request is no \"Name: value\" in one line");
	return false;
}

struct http_transfer *http_start(struct http *h, const struct http_request *r,
				 void (*done)(void *arg, const struct http_response *a), void *arg)
{
	struct http_transfer *t = x_calloc(1, sizeof(*t));

	*t = (struct http_transfer){ .http = h,
				     .next = h->transfers,
				     .url = x_strdup(r->url),
				     .ca_file = x_strdup(r->ca_file),
				     .no_redirects = r->no_redirects,
				     .timeout_ms = r->timeout_ms ? r->timeout_ms : TIMEOUT_MS,
				     .stall_ms = r->stall_ms ? r->stall_ms : STALL_MS,
				     .done = done,
				     .arg = arg };
	h->transfers = t;
	t->active_ms = monotonic_ms();
	t->deadline_ms = t->active_ms + t->timeout_ms;
	buf_init(&t->answer.body, HTTP_BODY_MAX);
	t->answer.times = (struct http_times){ -1, -1, -1, -1, -1 };
	t->answer.certificate.not_after = TIME_NONE;
	if (!request_well(t, r)) {
		t->answer.code = t->answer.err.code;
		t->timer = loop_after(h->loop, 0, answer_late, t);
		return t;
	}
	t->easy = curl_easy_init();
	if (!t->easy)
		alloc_exhausted();
	easy_set(t, r);
	transfer_send(t);
	t->timer = loop_after(h->loop, t->stall_ms, stall_check, t);
	return t;
}

/* --- ending --------------------------------------------------------------------------------------- */

static void transfer_free(struct http_transfer *t)
{
	struct http_transfer **at = &t->http->transfers;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	loop_cancel(t->http->loop, t->timer);
	if (t->easy) {
		curl_multi_remove_handle(t->http->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	curl_slist_free_all(t->headers);
	secret_release(&t->body);
	secret_release(&t->client_key);
	http_response_release(&t->answer);
	free(t->url);
	free(t->ca_file);
	free(t);
}

void http_cancel(struct http_transfer *t)
{
	if (t && !t->ending)
		transfer_free(t);
}

/* Calls back with the answer as it is; the transfer is gone then. */
static void transfer_end(struct http_transfer *t)
{
	t->ending = true;
	t->answer.url = x_strdup(t->url);
	t->done(t->arg, &t->answer);
	transfer_free(t);
}

static void transfer_fail(struct http_transfer *t, const char *what, const char *hint)
{
	struct http_response *a = &t->answer;

	a->code = ERR_REMOTE;
	err_set(&a->err, ERR_REMOTE, "\"%s\": %s", t->parts.host, what);
	err_hint(&a->err, "%s", hint);
}

/* Is nothing coming any more? */
static void stall_check(void *arg)
{
	struct http_transfer *t = arg;
	struct http *h = t->http;
	int64_t left = t->active_ms + t->stall_ms - monotonic_ms();

	t->timer = NULL;
	if (left > 0) {
		t->timer = loop_after(h->loop, left, stall_check, t);
		return;
	}
	http_enter(h);
	t->verdict = STALLED;
	transfer_finished(t, CURLE_ABORTED_BY_CALLBACK);
	http_leave(h);
}

static void times_take(struct http_transfer *t)
{
	const struct {
		CURLINFO info;
		int64_t *to;
	} times[] = {
		{ CURLINFO_NAMELOOKUP_TIME_T, &t->answer.times.resolved },
		{ CURLINFO_CONNECT_TIME_T, &t->answer.times.connected },
		{ CURLINFO_APPCONNECT_TIME_T, &t->answer.times.secured },
		{ CURLINFO_STARTTRANSFER_TIME_T, &t->answer.times.first_byte },
		{ CURLINFO_TOTAL_TIME_T, &t->answer.times.total },
	};
	curl_off_t taken;

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (curl_easy_getinfo(t->easy, times[i].info, &taken) == CURLE_OK && taken > 0)
			*times[i].to = taken;
}

/* --- what went wrong ------------------------------------------------------------------------------ */

/* Which of the two time-outs, and how far it had come. */
static void timeout_tell(struct http_transfer *t)
{
	struct buf what = BUF_INIT(128);
	bool connected = t->answer.times.connected > 0;

	buf_addf(&what, "%s within %lld ms",
		 t->answer.status ? "the answer did not end"
		 : connected	  ? "connected, but no answer"
				  : "no connection",
		 (long long)t->timeout_ms);
	transfer_fail(t, buf_text(&what),
		      connected ? "the server is slow or hangs: try again"
				: "does a firewall drop it, or a proxy have to be used?");
	buf_release(&what);
}

/* Did a proxy say no to a tunnel? */
static bool proxy_tell(struct http_transfer *t)
{
	struct buf what = BUF_INIT(128);
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (status < 300)
		return false;
	buf_addf(&what, "the proxy does not connect there: status %ld", status);
	transfer_fail(t, buf_text(&what), "look at https_proxy and no_proxy in the environment");
	buf_release(&what);
	return true;
}

/* Did an answer come that can't be used, so that asking again would change nothing? */
static bool answer_is_unusable(const struct http_transfer *t, CURLcode result)
{
	if (t->verdict != GOES_ON)
		return t->verdict == BODY_TOO_LONG || t->verdict == HEADER_TOO_LONG;
	return result == CURLE_BAD_CONTENT_ENCODING || result == CURLE_OUT_OF_MEMORY ||
	       result == CURLE_WEIRD_SERVER_REPLY || result == CURLE_UNSUPPORTED_PROTOCOL;
}

/* In TLS 1.3 the client has sent its request when the server looks at its certificate; what the server says
 * then is lost where it resets the connection at once. */
static enum http_verdict broken_by(const struct http_transfer *t)
{
	if (!t->answer.certificate_wanted || t->answer.status)
		return GOES_ON;
	return t->client_key.len ? CERTIFICATE_REFUSED : CERTIFICATE_MISSING;
}

static void failure_tell(struct http_transfer *t, CURLcode result)
{
	const struct http_failure *f;
	long verified = 0, reason = 0;

	if (proxy_tell(t))
		return;
	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &reason);
	if (t->verdict == STALLED && t->answer.times.connected < 0) {
		f = http_failure_of_verdict(UNCONNECTED);
	} else if (result == CURLE_COULDNT_CONNECT && reason == ECONNREFUSED) {
		transfer_fail(t, "the connection was refused",
			      "is the server running, and is it this port?");
		return;
	} else if (t->verdict != GOES_ON) {
		f = http_failure_of_verdict(t->verdict);
	} else if (result == CURLE_OPERATION_TIMEDOUT) {
		timeout_tell(t);
		return;
	} else {
		curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
		f = http_failure_find(result, t->error, verified, broken_by(t));
	}
	transfer_fail(t, f->what, f->hint);
	t->answer.unusable = answer_is_unusable(t, result);
}

/* --- redirects ------------------------------------------------------------------------------------ */

/* Where the answer sends to (RFC 9110 §15.4); NULL: nowhere. To be freed by curl_free(). A request with
 * a body is sent again as it is, or not at all. */
static char *redirect_target(const struct http_transfer *t)
{
	const char *location = http_response_header(&t->answer, "Location");
	long status = t->answer.status;
	char *target = NULL;
	bool kept = status == 307 || status == 308;
	CURLU *url;

	if (t->no_redirects || !location ||
	    !(kept || (!t->resends && status >= 301 && status <= 303)))
		return NULL;
	url = curl_url();
	if (!url)
		alloc_exhausted();
	if (curl_url_set(url, CURLUPART_URL, t->url, 0) != CURLUE_OK ||
	    curl_url_set(url, CURLUPART_URL, location, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_URL, &target, 0) != CURLUE_OK)
		target = NULL;
	curl_url_cleanup(url);
	return target;
}

/* Sends the request on. False: it stays, with its answer or an error. */
static bool redirect_follow(struct http_transfer *t)
{
	char *target = redirect_target(t);
	struct buf what = BUF_INIT(512);
	struct http_url parts;
	struct err e = ERR_INIT;
	bool follows = false;

	if (!target)
		return false;
	if (http_url_split(&parts, target, &e) != ERR_OK) {
		buf_addf(&what, "it sends to an address that is not allowed: %.300s", e.message);
		transfer_fail(t, buf_text(&what), e.hint);
	} else if (!http_same_origin(&parts, &t->parts)) {
		buf_addf(&what, "it sends to another origin, \"%s\"", parts.host);
		transfer_fail(t, buf_text(&what),
			      "use that address yourself, if you trust it: it is not followed");
	} else if (++t->redirects > HTTP_REDIRECTS_MAX) {
		transfer_fail(t, "it sends round in a circle: over 5 redirects",
			      "look at the server's configuration");
	} else {
		follows = true;
		free(t->url);
		t->url = x_strdup(target);
		t->parts = parts;
		transfer_send(t);
	}
	t->answer.unusable = !follows;
	buf_release(&what);
	curl_free(target);
	return follows;
}

/* libcurl has ended, or was stopped by us. */
static void transfer_finished(struct http_transfer *t, CURLcode result)
{
	curl_multi_remove_handle(t->http->multi, t->easy);
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->answer.status);
	times_take(t);
	if (result != CURLE_OK || t->verdict != GOES_ON)
		failure_tell(t, result);
	else if (redirect_follow(t))
		return;
	transfer_end(t);
}

void http_response_release(struct http_response *a)
{
	headers_release(a);
	if (a->body.data)
		secret_wipe(a->body.data, a->body.size);
	buf_release(&a->body);
	http_certificate_release(&a->certificate);
	free(a->url);
	a->url = NULL;
}

const char *http_response_header(const struct http_response *a, const char *name)
{
	for (size_t i = 0; i < a->header_count; i++)
		if (strcasecmp(a->headers[i].name, name) == 0)
			return a->headers[i].value;
	return NULL;
}
