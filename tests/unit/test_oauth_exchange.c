/* The record of an exchange: what it has, and that no secret of either side is anywhere in it. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/http.h"
#include "src/oauth/exchange.h"

static struct json *json;
static struct oauth_secrets known;

static int release(void **state)
{
	(void)state;
	json_free(json);
	json = NULL;
	oauth_secrets_release(&known);
	return 0;
}

static void body_put(struct http_response *a, const char *text, size_t len)
{
	buf_init(&a->body, HTTP_BODY_MAX);
	buf_add(&a->body, text, len);
}

/* The record of an answer with this body, one header, to a form. */
static void record(const char *form, const char *header, const char *body, size_t len)
{
	static const char *const headers[] = { "Accept: application/json",
					       "Authorization: Basic Y2xpZW50OmJhc2ljLXNlY3JldA==",
					       NULL };
	struct secret sent = SECRET_INIT;
	struct http_header one = { .name = x_strdup("X-Debug"), .value = x_strdup(header) };
	struct http_request r = { .url = "https://as.example/token",
				  .headers = headers,
				  .body = &sent,
				  .content_type = "application/x-www-form-urlencoded" };
	struct http_response a = { .status = 400,
				   .headers = &one,
				   .header_count = 1,
				   .times = { 1499, 2500, -1, 90000, 90600 } };

	secret_set(&sent, form, strlen(form));
	body_put(&a, body, len);
	json_free(json);
	json = oauth_exchange(&r, &a, &known, TEST_NOW);
	secret_release(&sent);
	buf_release(&a.body);
	free(one.name);
	free(one.value);
}

static void assert_member(const char *name, const char *text)
{
	assert_string_equal(json_get_text(json, name), text);
}

static void assert_line(const char *array, size_t at, const char *text)
{
	assert_string_equal(json_as_text(json_at(json_get(json, array), at)), text);
}

static void test_what_it_has(void **state)
{
	const struct json *times;

	(void)state;
	record("grant_type=x&device_code=dc-0123456789&client_id=me", "a", "{\"error\":\"b\"}", 13);
	assert_member("at", "2026-06-16T13:06:52Z");
	assert_member("method", "POST");
	assert_member("url", "https://as.example/token");
	assert_int_equal(json_get_int(json, "status", 0), 400);
	assert_int_equal(json_type_of(json_get(json, "error")), JSON_NULL_TYPE);
	assert_line("request_headers", 0, "Accept: application/json");
	assert_line("request_headers", 1, "Authorization: Basic •••");
	assert_line("request_headers", 2, "Content-Type: application/x-www-form-urlencoded");
	assert_member("request", "grant_type=x&device_code=•••&client_id=me");
	assert_line("headers", 0, "X-Debug: a");
	assert_member("body", "{\"error\":\"b\"}");
	times = json_get(json, "times");
	assert_int_equal(json_get_int(times, "dns", 0), 1);
	assert_int_equal(json_get_int(times, "connect", 0), 3);
	assert_int_equal(json_type_of(json_get(times, "tls")), JSON_NULL_TYPE);
	assert_int_equal(json_get_int(times, "first_byte", 0), 90);
	assert_int_equal(json_get_int(times, "total", 0), 91);
}

static void test_an_answer_that_did_not_come(void **state)
{
	const struct http_request r = { .url = "https://as.example/?access_token=abc" };
	struct http_response a = { .code = ERR_REMOTE, .times = { -1, -1, -1, -1, -1 } };

	(void)state;
	oauth_secrets_add(&known, "hunter2hunter2", 14);
	err_set(&a.err, ERR_REMOTE, "\"hunter2hunter2.example\": does not resolve");
	json = oauth_exchange(&r, &a, &known, TEST_NOW);
	assert_member("method", "GET");
	assert_member("url", "https://as.example/?access_token=•••");
	assert_int_equal(json_type_of(json_get(json, "status")), JSON_NULL_TYPE);
	assert_member("error", "\"•••.example\": does not resolve");
	assert_int_equal(json_type_of(json_get(json, "request")), JSON_NULL_TYPE);
	assert_int_equal(json_count(json_get(json, "headers")), 0);
	assert_member("body", "");
}

/* What went out under a secret's name comes back in a header, an error text, a page, encoded anew. */
static void test_what_was_sent_is_hidden_in_what_is_echoed(void **state)
{
	static const char form[] =
		"client_id=me&client_secret=s3cr%2Ft+%22x%22&device_code=dc-0123";
	static const char body[] =
		"{\"error_description\":\"secret s3cr\\/t \\\"x\\\" of code dc-0123\"}";
	static const char page[] = "<p>s3cr/t &quot;x&quot; czNjci90ICJ4Ig== dc-0123</p>";

	(void)state;
	record(form, "s3cr/t \"x\"", body, sizeof(body) - 1);
	assert_member("request", "client_id=me&client_secret=•••&device_code=•••");
	assert_line("headers", 0, "X-Debug: •••");
	assert_member("body", "{\"error_description\":\"secret ••• of code dc-0123\"}");
	/* Too short to be known by its name alone: who sends it says what it is. */
	oauth_secrets_add(&known, "dc-0123", 7);
	record(form, "dc-0123", page, sizeof(page) - 1);
	assert_line("headers", 0, "X-Debug: •••");
	assert_member("body", "<p>••• ••• •••</p>");
}

static void test_what_came_is_hidden_elsewhere(void **state)
{
	static const char body[] = "{\"access_token\":\"opaque-0123456789\",\"token_type\":\"x\"}";

	(void)state;
	record("a=b", "token opaque-0123456789", body, sizeof(body) - 1);
	assert_line("headers", 0, "X-Debug: token •••");
	assert_member("body", "{\"access_token\":\"•••\",\"token_type\":\"x\"}");
}

/* A secret across the place where a body is cut leaves no part of itself. */
static void test_bodies_are_cut_behind_masks(void **state)
{
	enum { SHOWN = 16 * 1024, SIZE = 64 * 1024 };
	static const char secret[] = "hunter2hunter2hunter2hunter2hunter2hunter2";
	char *body = x_malloc(SIZE);
	const char *shown;

	(void)state;
	oauth_secrets_add(&known, secret, strlen(secret));
	for (size_t at = SHOWN - 60; at < SHOWN + 10; at++) {
		memset(body, '.', SIZE);
		memcpy(body + at, secret, sizeof(secret) - 1);
		record("a=b", "", body, SIZE);
		shown = json_get_text(json, "body");
		assert_null(strstr(shown, "hun"));
		assert_null(strstr(shown, "er2"));
		assert_true(strlen(shown) <= SHOWN + strlen("…"));
		assert_string_equal(shown + strlen(shown) - strlen("…"), "…");
	}
	free(body);
}

static void test_bytes_that_are_no_text(void **state)
{
	(void)state;
	record("a=b", "\x1b[2J", "a\0b\xff\x1b", 5);
	assert_member("body", "a\uFFFDb\uFFFD\x1b");
	assert_line("headers", 0, "X-Debug: \x1b[2J");
}

#define TEST(name) cmocka_unit_test_teardown(name, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_it_has),
		TEST(test_an_answer_that_did_not_come),
		TEST(test_what_was_sent_is_hidden_in_what_is_echoed),
		TEST(test_what_came_is_hidden_elsewhere),
		TEST(test_bodies_are_cut_behind_masks),
		TEST(test_bytes_that_are_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
