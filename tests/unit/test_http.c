/* The HTTP client against a server that behaves badly: limits, redirects, certificates, cancelling. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/http.h"
#include "tests/lib/http_peer.h"

static struct http_peer peer;
static struct err err;
static struct http_response answer;

static int peer_open(void **state)
{
	(void)state;
	unsetenv("http_proxy");
	unsetenv("https_proxy");
	http_peer_start(&peer);
	return 0;
}

static int peer_close(void **state)
{
	(void)state;
	http_peer_stop(&peer);
	return 0;
}

static int answer_free(void **state)
{
	(void)state;
	http_response_release(&answer);
	return 0;
}

static enum errc fetch(unsigned port, const char *path, struct http_request r)
{
	char *url = http_peer_url(&peer, port, path);
	enum errc rc;

	r.url = url;
	http_response_release(&answer);
	rc = http_fetch(&answer, &r, NULL, NULL, &err);
	free(url);
	return rc;
}

#define PLAIN(path) fetch(peer.plain, path, (struct http_request){ .url = NULL })
#define SECURE(port) fetch(port, "/ok", (struct http_request){ .ca_file = peer.ca_file })

static void assert_body(const char *text)
{
	assert_string_equal(buf_text(&answer.body), text);
}

static void test_a_good_answer(void **state)
{
	(void)state;
	assert_well(PLAIN("/ok"), &err);
	assert_int_equal(answer.status, 200);
	assert_body("hello");
	assert_string_equal(http_response_header(&answer, "x-one"), "1");
	assert_string_equal(http_response_header(&answer, "X-BLANK"), "a b");
	assert_null(http_response_header(&answer, "X"));
	assert_non_null(strstr(answer.url, "/ok"));
	assert_true(answer.times.connected > 0);
	assert_true(answer.times.first_byte >= answer.times.connected);
	assert_true(answer.times.total >= answer.times.first_byte);
	assert_int_equal(answer.times.secured, -1);
}

static void test_an_answer_of_another_status_is_one(void **state)
{
	(void)state;
	assert_well(PLAIN("/missing"), &err);
	assert_int_equal(answer.status, 404);
	assert_body("no");
}

static void test_headers_of_the_last_answer_count(void **state)
{
	(void)state;
	assert_well(PLAIN("/early"), &err);
	assert_int_equal(answer.status, 200);
	assert_null(http_response_header(&answer, "X-Early"));
	assert_string_equal(http_response_header(&answer, "X-Late"), "1");
}

static void test_what_is_sent(void **state)
{
	static const char *const headers[] = { "Accept: application/json", NULL };
	struct secret body = SECRET_INIT;

	(void)state;
	secret_set(&body, "grant_type=a&b=%20", 18);
	assert_well(
		fetch(peer.plain, "/echo?q=1",
		      (struct http_request){ .headers = headers,
					     .body = &body,
					     .content_type = "application/x-www-form-urlencoded" }),
		&err);
	assert_non_null(strstr(buf_text(&answer.body), "POST /echo?q=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(buf_text(&answer.body), "Accept: application/json\r\n"));
	assert_non_null(strstr(buf_text(&answer.body),
			       "Content-Type: application/x-www-form-urlencoded\r\n"));
	assert_non_null(strstr(buf_text(&answer.body), "User-Agent: authrack/"));
	assert_null(strstr(buf_text(&answer.body), "Expect:"));
	assert_non_null(strstr(buf_text(&answer.body), "\n\ngrant_type=a&b=%20"));
	assert_well(fetch(peer.plain, "/echo", (struct http_request){ .method = "DELETE" }), &err);
	assert_memory_equal(buf_text(&answer.body), "DELETE /echo", 12);
	secret_release(&body);
}

static void test_headers_that_would_be_two(void **state)
{
	static const char *const two[] = { "A: b\r\nC: d", NULL };
	static const char *const none[] = { "A", NULL };

	(void)state;
	assert_refused(fetch(peer.plain, "/echo", (struct http_request){ .headers = two }),
		       ERR_USAGE, &err, "in one line");
	assert_refused(fetch(peer.plain, "/echo", (struct http_request){ .headers = none }),
		       ERR_USAGE, &err, "in one line");
	assert_refused(
		fetch(peer.plain, "/echo", (struct http_request){ .content_type = "a/b\nX: y" }),
		ERR_USAGE, &err, "in one line");
}

static void test_redirects_within_the_origin_are_followed(void **state)
{
	struct secret body = SECRET_INIT;

	(void)state;
	assert_well(PLAIN("/to-ok"), &err);
	assert_int_equal(answer.status, 200);
	assert_body("hello");
	assert_null(strstr(answer.url, "to-ok"));
	assert_well(PLAIN("/to-nothing"), &err);
	assert_int_equal(answer.status, 302);
	assert_well(fetch(peer.plain, "/to-ok", (struct http_request){ .no_redirects = true }),
		    &err);
	assert_int_equal(answer.status, 302);
	/* What is sent is sent again only where the server says so (307, 308). */
	secret_set(&body, "a=b", 3);
	assert_well(fetch(peer.plain, "/to-ok", (struct http_request){ .body = &body }), &err);
	assert_int_equal(answer.status, 302);
	assert_well(fetch(peer.plain, "/to-echo", (struct http_request){ .body = &body }), &err);
	assert_non_null(strstr(buf_text(&answer.body), "\n\na=b"));
	secret_release(&body);
}

static void test_redirects_elsewhere_are_refused(void **state)
{
	(void)state;
	assert_refused(PLAIN("/to-other"), ERR_REMOTE, &err, "another origin");
	assert_true(answer.unusable);
	assert_refused(PLAIN("/to-name"), ERR_REMOTE, &err, "another origin, \"localhost\"");
	assert_refused(PLAIN("/to-plain"), ERR_REMOTE, &err, "not encrypted");
	assert_refused(PLAIN("/to-file"), ERR_REMOTE, &err, "not allowed");
	assert_true(answer.unusable);
	assert_refused(PLAIN("/to-user"), ERR_REMOTE, &err, "not allowed");
	assert_refused(PLAIN("/to-itself"), ERR_REMOTE, &err, "over 5 redirects");
	assert_true(answer.unusable);
}

static void test_bodies_have_a_limit(void **state)
{
	(void)state;
	assert_well(PLAIN("/full"), &err);
	assert_int_equal(answer.body.len, HTTP_BODY_MAX);
	assert_refused(PLAIN("/large"), ERR_REMOTE, &err, "longer than 1 MiB");
	assert_true(answer.unusable);
}

static void test_what_is_unpacked_counts(void **state)
{
	(void)state;
	assert_well(PLAIN("/gzip"), &err);
	assert_body("hello");
	assert_refused(PLAIN("/bomb"), ERR_REMOTE, &err, "longer than 1 MiB");
	assert_true(answer.unusable);
	assert_refused(PLAIN("/broken-gzip"), ERR_REMOTE, &err, "compression");
	assert_true(answer.unusable);
}

static void test_headers_have_a_limit(void **state)
{
	(void)state;
	assert_refused(PLAIN("/endless-header"), ERR_REMOTE, &err, "header of the answer");
	assert_true(answer.unusable);
	assert_refused(PLAIN("/many-headers"), ERR_REMOTE, &err, "header of the answer");
	assert_true(answer.unusable);
	assert_refused(PLAIN("/endless-line"), ERR_REMOTE, &err, "header of the answer");
	assert_true(answer.unusable);
}

static void test_a_slow_answer_ends(void **state)
{
	(void)state;
	assert_refused(fetch(peer.plain, "/drip", (struct http_request){ .timeout_ms = 300 }),
		       ERR_REMOTE, &err, "within 300 ms");
	assert_refused(fetch(peer.plain, "/never", (struct http_request){ .timeout_ms = 300 }),
		       ERR_REMOTE, &err, "within 300 ms");
}

static void test_silence_ends(void **state)
{
	(void)state;
	assert_refused(fetch(peer.plain, "/silent", (struct http_request){ .stall_ms = 1000 }),
		       ERR_REMOTE, &err, "fell silent");
	assert_refused(fetch(peer.plain, "/never", (struct http_request){ .stall_ms = 200 }),
		       ERR_REMOTE, &err, NULL);
}

static void test_broken_exchanges(void **state)
{
	(void)state;
	assert_refused(PLAIN("/reset"), ERR_REMOTE, &err, "127.0.0.1");
	assert_false(answer.unusable);
	assert_refused(PLAIN("/close"), ERR_REMOTE, &err, "without an answer");
	assert_false(answer.unusable);
	assert_refused(PLAIN("/garbage"), ERR_REMOTE, &err, "no HTTP");
	assert_true(answer.unusable);
	assert_refused(PLAIN("/short"), ERR_REMOTE, &err, "ended too early");
	assert_false(answer.unusable);
}

static void test_nobody_is_there(void **state)
{
	const struct http_request gone = { .url = "http://127.0.0.1:1/" };
	const struct http_request unknown = { .url = "https://no-such-host.invalid/" };

	(void)state;
	assert_refused(http_fetch(&answer, &gone, NULL, NULL, &err), ERR_REMOTE, &err, "refused");
	http_response_release(&answer);
	assert_refused(http_fetch(&answer, &unknown, NULL, NULL, &err), ERR_REMOTE, &err,
		       "\"no-such-host.invalid\": the host name does not resolve");
}

static void test_certificates(void **state)
{
	(void)state;
	assert_well(SECURE(peer.good), &err);
	assert_true(answer.times.secured > 0);
	assert_refused(SECURE(peer.wrong), ERR_REMOTE, &err, "for another host");
	assert_refused(SECURE(peer.expired), ERR_REMOTE, &err, "has expired");
	assert_refused(SECURE(peer.selfsigned), ERR_REMOTE, &err, "self-signed");
	assert_refused(SECURE(peer.stranger), ERR_REMOTE, &err, "issuer is not known");
	assert_refused(fetch(peer.good, "/ok", (struct http_request){ .ca_file = NULL }),
		       ERR_REMOTE, &err, "not known here");
	assert_refused(fetch(peer.good, "/ok", (struct http_request){ .ca_file = "/nowhere" }),
		       ERR_REMOTE, &err, "CA file");
}

static void test_https_is_no_http(void **state)
{
	char *url = http_peer_url(&peer, peer.plain, "/ok");
	char *secure = NULL;
	struct http_request r = { .ca_file = peer.ca_file };

	(void)state;
	assert_true(asprintf(&secure, "https%s", url + 4) > 0);
	r.url = secure;
	assert_refused(http_fetch(&answer, &r, NULL, NULL, &err), ERR_REMOTE, &err, "no TLS");
	free(url);
	free(secure);
}

/* --- certificates and versions ------------------------------------------------------------------- */

static void assert_certificate(const char *subject, const char *issuer)
{
	assert_non_null(answer.certificate.subject);
	assert_string_equal(answer.certificate.subject, subject);
	assert_string_equal(answer.certificate.issuer, issuer);
}

static void test_what_is_told_of_tls(void **state)
{
	struct clock c = clock_system;
	int64_t days;

	(void)state;
	assert_well(SECURE(peer.good), &err);
	assert_string_equal(answer.tls_version, "TLSv1.3");
	assert_certificate("CN=good", "CN=ca");
	days = (answer.certificate.not_after - clock_wall(&c)) / DAY_MS;
	assert_true(days == 29 || days == 30);
	assert_well(PLAIN("/ok"), &err);
	assert_string_equal(answer.tls_version, "");
	assert_null(answer.certificate.subject);
	assert_true(answer.certificate.not_after == TIME_NONE);
}

static void test_a_certificate_that_does_not_verify_is_told(void **state)
{
	struct clock c = clock_system;

	(void)state;
	assert_refused(SECURE(peer.expired), ERR_REMOTE, &err, "has expired");
	assert_certificate("CN=expired", "CN=ca");
	assert_true(answer.certificate.not_after < clock_wall(&c));
	assert_refused(SECURE(peer.wrong), ERR_REMOTE, &err, "another host");
	assert_certificate("CN=wrong", "CN=ca");
	assert_refused(SECURE(peer.selfsigned), ERR_REMOTE, &err, "self-signed");
	assert_certificate("CN=localhost", "CN=localhost");
	assert_refused(SECURE(peer.stranger), ERR_REMOTE, &err, "issuer is not known");
	assert_certificate("CN=stranger", "CN=unknown");
}

static void test_old_versions_only_where_they_are_asked_for(void **state)
{
	const struct http_request old = { .ca_file = peer.ca_file, .tls_max_11 = true };

	(void)state;
	assert_refused(SECURE(peer.old), ERR_REMOTE, &err, "no TLS connection");
	assert_well(fetch(peer.old, "/ok", old), &err);
	assert_string_equal(answer.tls_version, "TLSv1.1");
	assert_certificate("CN=old", "CN=ca");
	assert_refused(fetch(peer.good, "/ok", old), ERR_REMOTE, &err, "no TLS connection");
}

/* A file of the server's folder as PEM text. */
static char *pem(const char *name)
{
	char *path = NULL, *text;

	assert_true(asprintf(&path, "%s/%s", peer.folder, name) > 0);
	text = file_get(path);
	free(path);
	return text;
}

static enum errc fetch_mutual(const char *certificate, const char *key)
{
	struct secret secret = SECRET_INIT;
	char *certificate_text = certificate ? pem(certificate) : NULL;
	char *key_text = key ? pem(key) : NULL;
	struct http_request r = { .ca_file = peer.ca_file, .client_certificate = certificate_text };
	enum errc rc;

	if (key) {
		secret_set(&secret, key_text, strlen(key_text));
		r.client_key = &secret;
	}
	rc = fetch(peer.mutual, "/who", r);
	secret_release(&secret);
	free(certificate_text);
	free(key_text);
	return rc;
}

static void test_mutual_tls(void **state)
{
	(void)state;
	assert_well(fetch_mutual("client.pem", "client.key"), &err);
	assert_body("client");
	assert_true(answer.certificate_wanted);
	assert_refused(fetch_mutual(NULL, NULL), ERR_REMOTE, &err, "a certificate of the client");
	assert_true(answer.certificate_wanted);
	assert_refused(fetch_mutual("nobody.pem", "nobody.key"), ERR_REMOTE, &err,
		       "the client's certificate");
	assert_well(SECURE(peer.good), &err);
	assert_false(answer.certificate_wanted);
}

/* Above all nobody is asked for a passphrase on the terminal. */
static void test_client_certificates_that_can_not_be_used(void **state)
{
	(void)state;
	assert_refused(fetch_mutual("client.pem", "nobody.key"), ERR_REMOTE, &err, "can't be used");
	assert_refused(fetch_mutual("client.pem", "locked.key"), ERR_REMOTE, &err, "can't be used");
	assert_refused(fetch_mutual("client.key", "client.key"), ERR_REMOTE, &err, "can't be used");
	assert_refused(fetch_mutual("client.pem", "ca.pem"), ERR_REMOTE, &err, "can't be used");
}

/* --- proxies ------------------------------------------------------------------------------------- */

static void proxies_unset(void)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "http_proxy",
					     "all_proxy",   "ALL_PROXY",   "no_proxy" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
}

/* How many have come by the proxy. */
static long tunnels(void)
{
	assert_well(PLAIN("/tunnels"), &err);
	return strtol(buf_text(&answer.body), NULL, 10);
}

static enum errc fetch_by_name(const char *url)
{
	const struct http_request r = { .url = url, .ca_file = peer.ca_file, .fresh = true };

	http_response_release(&answer);
	return http_fetch(&answer, &r, NULL, NULL, &err);
}

/* The name resolves nowhere: the proxy alone leads to it. */
static void test_proxies_of_the_environment(void **state)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
					     "ALL_PROXY" };
	char *proxy = http_peer_url(&peer, peer.plain, "");
	long before;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		proxies_unset();
		before = tunnels();
		setenv(names[i], proxy, 1);
		assert_well(fetch_by_name("https://proxied.example/ok"), &err);
		assert_body("hello");
		assert_certificate("CN=good", "CN=ca");
		assert_int_equal(tunnels(), before + 1);
	}
	assert_refused(fetch_by_name("https://no-such-host.invalid/"), ERR_REMOTE, &err,
		       "the proxy does not connect there: status 403");
	setenv("no_proxy", "proxied.example", 1);
	before = tunnels();
	assert_refused(fetch_by_name("https://proxied.example/ok"), ERR_REMOTE, &err,
		       "does not resolve");
	assert_int_equal(tunnels(), before);
	proxies_unset();
	free(proxy);
}

static void test_no_proxy_leads_to_this_machine(void **state)
{
	(void)state;
	proxies_unset();
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_refused(fetch_by_name("https://proxied.example/ok"), ERR_REMOTE, &err, "refused");
	assert_well(PLAIN("/ok"), &err);
	assert_well(SECURE(peer.good), &err);
	proxies_unset();
}

static void test_urls(void **state)
{
	static const struct {
		const char *url, *words;
	} bad[] = {
		{ "", "no absolute" },
		{ "example.com", "no absolute" },
		{ "//example.com/", "no absolute" },
		{ "ftp://example.com/", "no absolute" },
		{ "file:///etc/passwd", "no absolute" },
		{ "https:/example.com", "no absolute" },
		{ "http://example.com/", "not encrypted" },
		{ "http://127.0.0.1.example.com/", "not encrypted" },
		{ "http://127.1/", "not encrypted" },
		{ "http://localhost.example.com/", "not encrypted" },
		{ "http://[::2]/", "not encrypted" },
		{ "http://128.0.0.1/", "not encrypted" },
		{ "https://", "no host" },
		{ "https:///path", "no host" },
		{ "https://:443/", "no host" },
		{ "https://example.com:/", "no host" },
		{ "https://example.com:0/", "no host" },
		{ "https://example.com:65536/", "no host" },
		{ "https://example.com:4x/", "no host" },
		{ "https://[::1/", "no host" },
		{ "https://[1.2.3.4]/", "no host" },
		{ "https://ex%61mple.com/", "no host" },
		{ "https://user@example.com/", "user name or password" },
		{ "https://user:word@example.com/", "user name or password" },
		{ "http://127.0.0.1@example.com/", "user name or password" },
		{ "https://example.com\\@a/", "well-formed" },
		{ "https://example.com/ a", "well-formed" },
		{ "https://example.com/\r\nX: y", "well-formed" },
		{ "https://ex\u00e4mple.com/", "well-formed" },
	};
	static const char *const good[] = {
		"https://example.com",	     "HTTPS://EXAMPLE.COM/A?b=c#d",
		"https://example.com:8443",  "https://[2001:db8::1]/",
		"http://127.0.0.1:8080/",    "http://127.1.2.3/",
		"http://localhost/a@b",	     "http://[::1]:80?a",
		"https://a-b.c_d.example./",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(http_url_check(bad[i].url, &err), ERR_USAGE, &err, bad[i].words);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_well(http_url_check(good[i], &err), &err);
}

/* What stands before the @ may be a password. */
static void test_a_password_in_a_url_is_not_repeated(void **state)
{
	(void)state;
	assert_refused(http_url_check("https://me:hunter2@example.com/", &err), ERR_USAGE, &err,
		       NULL);
	assert_null(strstr(err.message, "hunter2"));
	assert_null(strstr(err.hint, "hunter2"));
}

/* --- on the loop ---------------------------------------------------------------------------------- */

struct seen {
	unsigned calls;
	enum errc code;
	long status;
	struct http *free_this;
	struct http_transfer *cancel_this, *own;
};

static void done(void *arg, const struct http_response *a)
{
	struct seen *s = arg;

	s->calls++;
	s->code = a->code;
	s->status = a->status;
	http_cancel(s->own);
	http_cancel(s->cancel_this);
	http_free(s->free_this);
}

struct world {
	struct loop *loop;
	struct http *http;
};

static struct http_transfer *start(struct world *w, const char *path, struct seen *s)
{
	char *url = http_peer_url(&peer, peer.plain, path);
	const struct http_request r = { .url = url };
	struct http_transfer *t = http_start(w->http, &r, done, s);

	free(url);
	return t;
}

static int world_open(void **state)
{
	static struct world w;

	w.loop = loop_new();
	w.http = http_new(w.loop);
	*state = &w;
	return 0;
}

static int world_close(void **state)
{
	struct world *w = *state;

	http_free(w->http);
	loop_free(w->loop);
	return 0;
}

static void until(struct world *w, const struct seen *s)
{
	while (!s->calls)
		loop_step(w->loop, 1000);
}

static void test_several_at_once(void **state)
{
	struct world *w = *state;
	struct seen seen[20] = { { .calls = 0 } };

	for (size_t i = 0; i < 20; i++) {
		start(w, i % 2 ? "/ok" : "/to-ok", &seen[i]);
		assert_int_equal(seen[i].calls, 0);
	}
	for (size_t i = 0; i < 20; i++)
		until(w, &seen[i]);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(seen[i].calls, 1);
		assert_int_equal(seen[i].status, 200);
	}
}

static void test_a_bad_address_is_told_from_the_loop(void **state)
{
	struct world *w = *state;
	const struct http_request r = { .url = "http://example.com/" };
	struct seen seen = { .calls = 0 }, never = { .calls = 0 };

	http_start(w->http, &r, done, &seen);
	http_cancel(http_start(w->http, &r, done, &never));
	assert_int_equal(seen.calls, 0);
	until(w, &seen);
	assert_int_equal(seen.code, ERR_USAGE);
	assert_int_equal(never.calls, 0);
}

static void test_cancelling_before_during_and_after(void **state)
{
	struct world *w = *state;
	struct seen at_once = { .calls = 0 }, later = { .calls = 0 }, other = { .calls = 0 };
	struct http_transfer *t = start(w, "/drip", &later);

	http_cancel(NULL);
	http_cancel(start(w, "/ok", &at_once));
	start(w, "/ok", &other);
	until(w, &other);
	http_cancel(t);
	other.calls = 0;
	start(w, "/ok", &other);
	until(w, &other);
	assert_int_equal(at_once.calls, 0);
	assert_int_equal(later.calls, 0);
}

static void test_cancelling_from_within_a_call(void **state)
{
	struct world *w = *state;
	struct seen other = { .calls = 0 }, seen = { .calls = 0 };

	seen.cancel_this = start(w, "/drip", &other);
	seen.own = start(w, "/ok", &seen);
	until(w, &seen);
	seen = (struct seen){ .calls = 0 };
	start(w, "/ok", &seen);
	until(w, &seen);
	assert_int_equal(other.calls, 0);
}

static void test_the_client_goes_from_within_a_call(void **state)
{
	struct world *w = *state;
	struct seen other = { .calls = 0 }, seen = { .free_this = w->http };

	start(w, "/drip", &other);
	start(w, "/never", &other);
	start(w, "/ok", &seen);
	w->http = NULL;
	until(w, &seen);
	loop_step(w->loop, 0);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(other.calls, 0);
}

static bool never_go_on(void *arg)
{
	unsigned *asked = arg;

	return ++*asked < 3;
}

static void test_a_fetch_is_cancelled_between_two_answers(void **state)
{
	char *url = http_peer_url(&peer, peer.plain, "/drip");
	const struct http_request r = { .url = url };
	unsigned asked = 0;

	(void)state;
	assert_refused(http_fetch(&answer, &r, never_go_on, &asked, &err), ERR_CANCELLED, &err,
		       "cancelled");
	assert_int_equal(asked, 3);
	free(url);
}

/* --- what is kept --------------------------------------------------------------------------------- */

/* The body of a cached GET: how often the server was asked. */
static int asked(const char *path)
{
	char *url = http_peer_url(&peer, peer.plain, path);
	struct buf body = BUF_INIT(64);
	int64_t age = -1;
	int count;

	assert_well(http_get_cached(&body, url, NULL, &age, NULL, NULL, &err), &err);
	assert_true(age >= 0);
	count = (int)strtol(buf_text(&body), NULL, 10);
	buf_release(&body);
	free(url);
	return count;
}

static void test_answers_are_kept_as_they_say(void **state)
{
	(void)state;
	assert_int_equal(asked("/kept"), 1);
	assert_int_equal(asked("/kept"), 1);
	assert_int_equal(asked("/kept-all"), 1);
	assert_int_equal(asked("/kept-all"), 1);
}

static void test_answers_are_not_kept_else(void **state)
{
	static const char *const paths[] = { "/unkept", "/no-store", "/aged", "/broken-age" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		assert_int_equal(asked(paths[i]), 1);
		assert_int_equal(asked(paths[i]), 2);
	}
}

static void test_only_200_is_an_answer(void **state)
{
	char *url = http_peer_url(&peer, peer.plain, "/gone");
	struct buf body = BUF_INIT(64);

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_refused(http_get_cached(&body, url, NULL, NULL, NULL, NULL, &err),
			       ERR_NOT_FOUND, &err, "status 410");
	assert_int_equal(body.len, 0);
	buf_release(&body);
	free(url);
}

static void test_the_oldest_goes(void **state)
{
	char path[32];

	(void)state;
	for (int i = 0; i < 33; i++) {
		snprintf(path, sizeof(path), "/kept-%d", i);
		assert_int_equal(asked(path), 1);
	}
	assert_int_equal(asked("/kept-32"), 1);
	assert_int_equal(asked("/kept-0"), 2);
}

#define TEST(name) cmocka_unit_test_teardown(name, answer_free)
#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_good_answer),
		TEST(test_an_answer_of_another_status_is_one),
		TEST(test_headers_of_the_last_answer_count),
		TEST(test_what_is_sent),
		TEST(test_headers_that_would_be_two),
		TEST(test_redirects_within_the_origin_are_followed),
		TEST(test_redirects_elsewhere_are_refused),
		TEST(test_bodies_have_a_limit),
		TEST(test_what_is_unpacked_counts),
		TEST(test_headers_have_a_limit),
		TEST(test_a_slow_answer_ends),
		TEST(test_silence_ends),
		TEST(test_broken_exchanges),
		TEST(test_nobody_is_there),
		TEST(test_certificates),
		TEST(test_https_is_no_http),
		TEST(test_what_is_told_of_tls),
		TEST(test_a_certificate_that_does_not_verify_is_told),
		TEST(test_old_versions_only_where_they_are_asked_for),
		TEST(test_mutual_tls),
		TEST(test_client_certificates_that_can_not_be_used),
		TEST(test_proxies_of_the_environment),
		TEST(test_no_proxy_leads_to_this_machine),
		TEST(test_urls),
		TEST(test_a_password_in_a_url_is_not_repeated),
		LOOP_TEST(test_several_at_once),
		LOOP_TEST(test_a_bad_address_is_told_from_the_loop),
		LOOP_TEST(test_cancelling_before_during_and_after),
		LOOP_TEST(test_cancelling_from_within_a_call),
		LOOP_TEST(test_the_client_goes_from_within_a_call),
		TEST(test_a_fetch_is_cancelled_between_two_answers),
		TEST(test_answers_are_kept_as_they_say),
		TEST(test_answers_are_not_kept_else),
		TEST(test_only_200_is_an_answer),
		TEST(test_the_oldest_goes),
	};

	return cmocka_run_group_tests(tests, peer_open, peer_close);
}
