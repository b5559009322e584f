/* Answers of providers, good and bad: which of the kinds each is, and what is said about it. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/lib/oauth_answers.h"

static const char json_type[] = "application/json";

struct verdict_case {
	const char *name, *preset;
	long status;
	const char *type, *body;
	enum oauth_kind kind;
	const char *error;	 /* "" none */
	const char *explanation; /* a part of it; NULL: not looked at */
	const char *note;	 /* a part of one of them; NULL: there are none */
};

static void verdict_look(const struct verdict_case *c)
{
	struct oauth_answer a;
	struct http_response r;

	http_made(&r, c->status, c->type, c->body);
	oauth_answer_read(&a, &r, oauth_preset_find(c->preset), NULL, TEST_NOW);
	if (a.kind != c->kind || strcmp(a.error, c->error) != 0 ||
	    (c->explanation && (!a.explanation || !strstr(a.explanation, c->explanation))) ||
	    (c->note ? !answer_notes(&a, c->note) : json_count(a.notes) != 0) ||
	    (a.kind == OAUTH_SUCCESS) != (a.json != NULL)) {
		struct buf notes = BUF_INIT(4096);

		json_write(&notes, a.notes);
		print_error("%s: kind %u, error \"%s\", explanation \"%s\", notes %s\n", c->name,
			    (unsigned)a.kind, a.error, a.explanation ? a.explanation : "",
			    buf_text(&notes));
		buf_release(&notes);
		fail();
	}
	oauth_answer_release(&a);
	http_response_release(&r);
}

#define LOOK(cases)                                                   \
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) \
	verdict_look(&cases[i])

static void errors_are_told_apart_whatever_the_status(void **state)
{
	static const struct verdict_case cases[] = {
		{ "pending", "", 400, json_type, "{\"error\":\"authorization_pending\"}",
		  OAUTH_PENDING, "authorization_pending", NULL, NULL },
		{ "pending as 401", "", 401, json_type, "{\"error\":\"authorization_pending\"}",
		  OAUTH_PENDING, "authorization_pending", NULL, "status 401" },
		{ "pending as 403", "", 403, json_type, "{\"error\":\"authorization_pending\"}",
		  OAUTH_PENDING, "authorization_pending", NULL, "status 403" },
		{ "pending as 428", "google", 428, json_type,
		  "{\"error\":\"authorization_pending\"}", OAUTH_PENDING, "authorization_pending",
		  NULL, "status 428" },
		{ "200 with an error body", "github", 200, json_type,
		  "{\"error\":\"authorization_pending\"}", OAUTH_PENDING, "authorization_pending",
		  NULL, "status 200" },
		{ "slow_down as 429", "", 429, json_type, "{\"error\":\"slow_down\"}",
		  OAUTH_SLOW_DOWN, "slow_down", NULL, "status 429" },
		{ "an error with 503", "", 503, json_type, "{\"error\":\"access_denied\"}",
		  OAUTH_DENIED, "access_denied", "said no", "status 503" },
		{ "denied", "", 400, json_type, "{\"error\":\"access_denied\"}", OAUTH_DENIED,
		  "access_denied", "said no", NULL },
		{ "expired", "", 400, json_type, "{\"error\":\"expired_token\"}", OAUTH_EXPIRED,
		  "expired_token", "ran out", NULL },
		{ "wrong client", "", 401, json_type, "{\"error\":\"invalid_client\"}", OAUTH_ERROR,
		  "invalid_client", "does not know the client", NULL },
		{ "an unknown error", "", 400, json_type, "{\"error\":\"moon_phase\"}", OAUTH_ERROR,
		  "moon_phase", NULL, NULL },
		{ "another case is another error", "", 400, json_type,
		  "{\"error\":\"Authorization_Pending\"}", OAUTH_ERROR, "Authorization_Pending",
		  NULL, NULL },
		{ "an error next to a token", "", 200, json_type,
		  "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"error\":\"access_denied\"}",
		  OAUTH_DENIED, "access_denied", NULL, "token stands next to the error" },
	};

	(void)state;
	LOOK(cases);
}

static void errors_of_vendors_stand_for_registered_ones(void **state)
{
	static const struct verdict_case cases[] = {
		{ "Entra's denial", "entra", 400, json_type,
		  "{\"error\":\"authorization_declined\"}", OAUTH_DENIED, "access_denied", NULL,
		  NULL },
		{ "Entra's expiry", "entra", 400, json_type, "{\"error\":\"code_expired\"}",
		  OAUTH_EXPIRED, "expired_token", NULL, NULL },
		{ "GitHub's expiry", "github", 200, json_type, "{\"error\":\"token_expired\"}",
		  OAUTH_EXPIRED, "expired_token", NULL, "status 200" },
		{ "not another vendor's", "", 400, json_type,
		  "{\"error\":\"authorization_declined\"}", OAUTH_ERROR, "authorization_declined",
		  NULL, NULL },
		{ "Twitch's message", "twitch", 400, json_type,
		  "{\"status\":400,\"message\":\"invalid device code\"}", OAUTH_PENDING,
		  "authorization_pending", NULL, NULL },
		{ "Twitch's message, another", "twitch", 400, json_type,
		  "{\"status\":400,\"message\":\"missing scopes\"}", OAUTH_ERROR, "missing scopes",
		  NULL, NULL },
		{ "Twitch's message when it is down", "twitch", 503, json_type,
		  "{\"status\":503,\"message\":\"service unavailable\"}", OAUTH_RETRY,
		  "server_error", "503", NULL },
		{ "a message is no error elsewhere", "", 400, json_type,
		  "{\"message\":\"invalid device code\"}", OAUTH_MALFORMED, "malformed_response",
		  "without an `error`", NULL },
	};

	(void)state;
	LOOK(cases);
}

static void a_vendors_own_word_is_kept(void **state)
{
	struct oauth_answer a;

	(void)state;
	answer_made_by(&a, "entra", 400, "{\"error\":\"authorization_declined\"}");
	assert_string_equal(a.vendor_error, "authorization_declined");
	oauth_answer_release(&a);
	answer_made_by(&a, "entra", 400, "{\"error\":\"access_denied\"}");
	assert_string_equal(a.vendor_error, "");
	oauth_answer_release(&a);
}

static void an_error_that_is_no_text(void **state)
{
	static const struct verdict_case cases[] = {
		{ "object", "", 400, json_type, "{\"error\":{\"code\":400,\"message\":\"bad\"}}",
		  OAUTH_MALFORMED, "malformed_response", "`error` is an object", NULL },
		{ "object with 200", "", 200, json_type,
		  "{\"error\":{},\"access_token\":\"t\",\"token_type\":\"Bearer\"}",
		  OAUTH_MALFORMED, "malformed_response", "`error` is an object", NULL },
		{ "object with 503", "", 503, json_type, "{\"error\":{\"code\":503}}", OAUTH_RETRY,
		  "server_error", "503", NULL },
		{ "object with 429", "", 429, json_type, "{\"error\":{\"code\":429}}", OAUTH_RETRY,
		  "rate_limited", "429", NULL },
		{ "number", "", 400, json_type, "{\"error\":7}", OAUTH_MALFORMED,
		  "malformed_response", "`error` is no text", NULL },
		{ "truth", "", 400, json_type, "{\"error\":true}", OAUTH_MALFORMED,
		  "malformed_response", "`error` is no text", NULL },
		{ "list", "", 400, json_type, "{\"error\":[\"access_denied\"]}", OAUTH_MALFORMED,
		  "malformed_response", "`error` is no text", NULL },
		{ "null", "", 200, json_type, "{\"error\":null,\"access_token\":\"t\"}",
		  OAUTH_SUCCESS, "", NULL, "empty" },
		{ "empty", "", 200, json_type, "{\"error\":\"\",\"access_token\":\"t\"}",
		  OAUTH_SUCCESS, "", NULL, "empty" },
		{ "null, status 400", "", 400, json_type, "{\"error\":null}", OAUTH_MALFORMED,
		  "malformed_response", "without an `error`", "empty" },
	};
	struct oauth_answer a;

	(void)state;
	LOOK(cases);
	answer_made(&a, 400, cases[0].body);
	assert_string_equal(a.description, "bad");
	oauth_answer_release(&a);
}

static void answers_that_are_no_object(void **state)
{
	static const struct verdict_case cases[] = {
		{ "empty", "", 200, json_type, "", OAUTH_MALFORMED, "malformed_response",
		  "is empty (status 200)", NULL },
		{ "blank", "", 200, json_type, " \r\n", OAUTH_MALFORMED, "malformed_response",
		  "is empty", NULL },
		{ "no content", "", 204, NULL, "", OAUTH_MALFORMED, "malformed_response",
		  "status 204", NULL },
		{ "HTML with 200", "", 200, "text/html", "<!DOCTYPE html><title>Sign in</title>",
		  OAUTH_MALFORMED, "malformed_response", "page of HTML", NULL },
		{ "HTML with 404", "", 404, "text/html", "<html>Not here</html>", OAUTH_MALFORMED,
		  "malformed_response", "right address", NULL },
		{ "HTML with 502", "", 502, "text/html", "<title>Bad Gateway</title>", OAUTH_RETRY,
		  "server_error", "status 502", NULL },
		{ "a redirect", "", 302, "text/html", "<a href=x>x</a>", OAUTH_MALFORMED,
		  "malformed_response", "sends elsewhere", NULL },
		{ "half an object", "", 200, json_type, "{\"access_token\":\"abc", OAUTH_MALFORMED,
		  "malformed_response", "invalid JSON in line 1", NULL },
		{ "text behind it", "", 200, json_type, "{} {}", OAUTH_MALFORMED,
		  "malformed_response", "invalid JSON", NULL },
		{ "a comment", "", 200, json_type, "/* */{}", OAUTH_MALFORMED, "malformed_response",
		  "invalid JSON", NULL },
		{ "single quotes", "", 200, json_type, "{'a':1}", OAUTH_MALFORMED,
		  "malformed_response", "invalid JSON", NULL },
		{ "a list", "", 200, json_type, "[1]", OAUTH_MALFORMED, "malformed_response",
		  "no object", NULL },
		{ "a string", "", 200, json_type, "\"ok\"", OAUTH_MALFORMED, "malformed_response",
		  "no object", NULL },
		{ "no UTF-8", "", 200, json_type, "{\"a\":\"\xff\"}", OAUTH_MALFORMED,
		  "malformed_response", "invalid JSON", NULL },
		{ "a member twice", "", 200, json_type,
		  "{\"access_token\":\"a\",\"access_token\":\"b\"}", OAUTH_MALFORMED,
		  "malformed_response", "duplicate", NULL },
		{ "an error twice", "", 400, json_type,
		  "{\"error\":\"authorization_pending\",\"error\":\"access_denied\"}",
		  OAUTH_MALFORMED, "malformed_response", "duplicate", NULL },
		{ "a member twice, 503", "", 503, json_type, "{\"a\":1,\"a\":2}", OAUTH_RETRY,
		  "server_error", "503", NULL },
	};

	(void)state;
	LOOK(cases);
}

static void nesting_without_end_is_refused(void **state)
{
	struct oauth_answer a;
	char *text = x_calloc(1, 200001);

	(void)state;
	memset(text, '[', 200000);
	answer_made(&a, 200, text);
	assert_int_equal(a.kind, OAUTH_MALFORMED);
	assert_non_null(strstr(a.explanation, "nested"));
	oauth_answer_release(&a);
	free(text);
}

static void statuses_without_an_error(void **state)
{
	static const struct verdict_case cases[] = {
		{ "an object", "", 200, json_type, "{\"access_token\":\"t\"}", OAUTH_SUCCESS, "",
		  NULL, NULL },
		{ "created", "", 201, json_type, "{\"access_token\":\"t\"}", OAUTH_SUCCESS, "",
		  NULL, "status 201" },
		{ "a token with 400", "", 400, json_type, "{\"access_token\":\"t\"}",
		  OAUTH_MALFORMED, "malformed_response", "status 400 without an `error`", NULL },
		{ "too many", "", 429, json_type, "{}", OAUTH_RETRY, "rate_limited",
		  "fewer requests", NULL },
		{ "too many, empty", "", 429, NULL, "", OAUTH_RETRY, "rate_limited",
		  "fewer requests", NULL },
		{ "time-out", "", 408, NULL, "", OAUTH_RETRY, "server_error", "408", NULL },
		{ "broken", "", 500, json_type, "{\"message\":\"oops\"}", OAUTH_RETRY,
		  "server_error", "500", NULL },
		{ "down", "", 503, "text/plain", "down", OAUTH_RETRY, "server_error", "503", NULL },
	};

	(void)state;
	LOOK(cases);
}

static void content_types_are_looked_at_but_not_relied_on(void **state)
{
	static const char pending[] = "{\"error\":\"authorization_pending\"}";
	static const struct verdict_case cases[] = {
		{ "with parameters", "", 400, "Application/JSON; charset=utf-8", pending,
		  OAUTH_PENDING, "authorization_pending", NULL, NULL },
		{ "text/plain", "", 400, "text/plain", pending, OAUTH_PENDING,
		  "authorization_pending", NULL, "content type is \"text/plain\"" },
		{ "HTML", "", 400, "text/html; charset=utf-8", pending, OAUTH_PENDING,
		  "authorization_pending", NULL, "text/html" },
		{ "none", "", 400, NULL, pending, OAUTH_PENDING, "authorization_pending", NULL,
		  "no content type" },
		{ "hostile", "", 400, "x/\x1b[2J", pending, OAUTH_PENDING, "authorization_pending",
		  NULL, "<U+001B>" },
		{ "JSON, called a form", "", 400, "application/x-www-form-urlencoded", pending,
		  OAUTH_PENDING, "authorization_pending", NULL, "x-www-form-urlencoded" },
	};

	(void)state;
	LOOK(cases);
}

static void forms_are_read(void **state)
{
	static const char type[] = "application/x-www-form-urlencoded; charset=utf-8";
	static const struct verdict_case cases[] = {
		{ "pending", "github", 200, type,
		  "error=authorization_pending&error_description=not+yet%21", OAUTH_PENDING,
		  "authorization_pending", NULL, "is a form" },
		{ "a token", "github", 200, type,
		  "access_token=t&scope=repo%2Cgist&token_type=bearer", OAUTH_SUCCESS, "", NULL,
		  "is a form" },
		{ "a name twice", "github", 200, type, "access_token=a&access_token=b",
		  OAUTH_MALFORMED, "malformed_response", "name twice", NULL },
		{ "a NUL", "github", 200, type, "access_token=a%00b", OAUTH_MALFORMED,
		  "malformed_response", "can't be read", NULL },
		{ "no UTF-8", "github", 200, type, "access_token=%ff", OAUTH_MALFORMED,
		  "malformed_response", "can't be read", NULL },
		{ "no form", "github", 200, type, "hello", OAUTH_MALFORMED, "malformed_response",
		  "can't be read", NULL },
		{ "a form that says it is JSON", "github", 200, json_type, "access_token=t",
		  OAUTH_MALFORMED, "malformed_response", "invalid JSON", NULL },
	};
	struct http_response r;
	struct oauth_answer a;

	(void)state;
	LOOK(cases);
	http_made(&r, 200, type, "user_code=A%20B+C%&expires_in=900&zip=007&a=\n");
	oauth_answer_read(&a, &r, &oauth_preset_generic, NULL, TEST_NOW);
	assert_string_equal(json_get_text(a.json, "user_code"), "A B C%");
	assert_int_equal(json_get_int(a.json, "expires_in", 0), 900);
	assert_string_equal(json_get_text(a.json, "zip"), "007");
	assert_string_equal(json_get_text(a.json, "a"), "");
	oauth_answer_release(&a);
	http_response_release(&r);
}

/* --- no answer ---------------------------------------------------------------------------------------- */

static void failure_look(struct http_response *r, enum oauth_kind kind, const char *error,
			 bool lost)
{
	struct oauth_answer a;

	oauth_answer_read(&a, r, &oauth_preset_generic, NULL, TEST_NOW);
	assert_int_equal(a.kind, kind);
	assert_string_equal(a.error, error);
	assert_int_equal(a.lost, lost);
	assert_string_equal(a.explanation, "\"host\": it failed: try again");
	oauth_answer_release(&a);
	http_response_release(r);
}

static void what_the_network_does(void **state)
{
	static const char message[] = "\"host\": it failed";
	struct http_response r;

	(void)state;
	http_failed(&r, ERR_REMOTE, true, message);
	failure_look(&r, OAUTH_RETRY, "network", true);
	http_failed(&r, ERR_REMOTE, false, message);
	failure_look(&r, OAUTH_RETRY, "network", false);
	http_failed(&r, ERR_REMOTE, true, message); /* no TLS: nothing was sent */
	r.url = x_strdup("https://as.example/token");
	failure_look(&r, OAUTH_RETRY, "network", false);
	http_failed(&r, ERR_REMOTE, true, message);
	r.url = x_strdup("https://as.example/token");
	r.times.secured = 2;
	failure_look(&r, OAUTH_RETRY, "network", true);
	http_failed(&r, ERR_CANCELLED, true, message);
	failure_look(&r, OAUTH_RETRY, "network", true);
	http_failed(&r, ERR_USAGE, false, message);
	failure_look(&r, OAUTH_ERROR, "network", false);
	http_failed(&r, ERR_REMOTE, true, message); /* reset in the middle of it */
	r.status = 200;
	failure_look(&r, OAUTH_RETRY, "network", true);
	http_failed(&r, ERR_REMOTE, true, message); /* 10 MiB, an endless header, a gzip bomb */
	r.unusable = true;
	r.status = 200;
	failure_look(&r, OAUTH_MALFORMED, "malformed_response", false);
	http_failed(&r, ERR_REMOTE, true, message);
	r.unusable = true;
	r.status = 503;
	failure_look(&r, OAUTH_RETRY, "server_error", false);
}

/* --- secrets and hostile text -------------------------------------------------------------------------- */

static void echoed_secrets_are_masked(void **state)
{
	static const char body[] =
		"{\"error\":\"bad s3cr3t-of-client\",\"access_token\":\"t0ken-of-answer\","
		"\"error_description\":\"secret s3cr3t-of-client, code c0de/of+device, token "
		"t0ken-of-answer, encoded c0de%2Fof%2Bdevice\"}";
	struct oauth_secrets known = { .values = NULL };
	struct http_response r;
	struct oauth_answer a;

	(void)state;
	oauth_secrets_add(&known, "s3cr3t-of-client", 16);
	oauth_secrets_add(&known, "c0de/of+device", 14);
	http_made(&r, 400, json_type, body);
	oauth_answer_read(&a, &r, &oauth_preset_generic, &known, TEST_NOW);
	assert_null(strstr(a.error, "s3cr3t"));
	assert_null(strstr(a.description, "s3cr3t"));
	assert_null(strstr(a.description, "c0de"));
	assert_null(strstr(a.description, "t0ken"));
	assert_non_null(strstr(a.description, "secret "));
	oauth_answer_release(&a);
	http_response_release(&r);
	http_made(&r, 502, "text/html", "<title>no s3cr3t-of-client</title>");
	oauth_answer_read(&a, &r, &oauth_preset_generic, &known, TEST_NOW);
	assert_non_null(strstr(a.description, "no "));
	assert_null(strstr(a.description, "s3cr3t"));
	oauth_answer_release(&a);
	http_response_release(&r);
	oauth_secrets_release(&known);
}

/* What a parser says of a fault must not quote what stands near it. */
static void half_a_token_is_not_quoted(void **state)
{
	static const char *const bodies[] = {
		"{\"access_token\":\"t0ken-of-answer",
		"{\"access_token\":\"t0ken-of-answer\" \"token_type\":\"Bearer\"}",
		"t0ken-of-answer",
		"{\"access_token\":\"t0ken-of-answer\",\"t0ken-of-answer\":1,\"t0ken-of-answer\":"
		"2}",
		"{\"access_token\":\"t0ken-of-answer\\u0000\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct oauth_answer a;

		answer_made(&a, 200, bodies[i]);
		assert_int_equal(a.kind, OAUTH_MALFORMED);
		assert_null(strstr(a.explanation, "t0ken"));
		assert_null(a.description);
		oauth_answer_release(&a);
	}
}

static void long_look(int error_signs, int description_signs, struct oauth_answer *a)
{
	struct buf body = BUF_INIT(100000);

	buf_add_text(&body, "{\"error\":\"");
	for (int i = 0; i < error_signs; i++)
		buf_add_text(&body, "\xe2\x82\xac");
	buf_add_text(&body, "\",\"error_description\":\"x");
	for (int i = 0; i < description_signs; i++)
		buf_add_text(&body, "\xe2\x82\xac");
	buf_add_text(&body, "\"}");
	answer_made(a, 400, buf_text(&body));
	buf_release(&body);
}

static void long_texts_are_cut_between_characters(void **state)
{
	struct oauth_answer a;

	(void)state;
	long_look(100, 2000, &a);
	assert_int_equal(strlen(a.error), 93);
	assert_int_equal(strlen(a.description), 1999);
	assert_int_equal(a.kind, OAUTH_ERROR);
	oauth_answer_release(&a);
	long_look(100, 3000, &a);
	assert_int_equal(a.kind, OAUTH_ERROR);
	assert_null(a.description);
	assert_true(answer_notes(&a, "left out"));
	oauth_answer_release(&a);
	long_look(3000, 1, &a);
	assert_int_equal(a.kind, OAUTH_MALFORMED);
	assert_non_null(strstr(a.explanation, "`error` is longer than 8 KiB"));
	oauth_answer_release(&a);
}

static void words_come_from_the_members_that_vendors_have(void **state)
{
	static const char *const bodies[] = {
		"{\"error\":\"e\",\"error_description\":\"words\",\"message\":\"others\"}",
		"{\"error\":\"e\",\"message\":\"words\"}",
		"{\"errorCode\":\"E0000021\",\"errorSummary\":\"words\"}",
		"{\"type\":\"about:blank\",\"title\":\"words\"}",
		"{\"error\":\"e\",\"error_description\":[],\"detail\":\"words\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct oauth_answer a;

		answer_made(&a, 400, bodies[i]);
		assert_string_equal(a.description, "words");
		oauth_answer_release(&a);
	}
}

/* --- waiting ------------------------------------------------------------------------------------------ */

static int64_t retry_after(const char *value, const char *date)
{
	struct http_response r;
	struct oauth_answer a;
	int64_t ms;

	http_made(&r, 429, NULL, "");
	http_made_header(&r, "retry-after", value);
	if (date)
		http_made_header(&r, "Date", date);
	oauth_answer_read(&a, &r, &oauth_preset_generic, NULL, TEST_NOW);
	ms = a.retry_after_ms;
	oauth_answer_release(&a);
	http_response_release(&r);
	return ms;
}

static void retry_after_in_seconds(void **state)
{
	(void)state;
	assert_int_equal(retry_after("120", NULL), 120000);
	assert_int_equal(retry_after("0", NULL), 0);
	assert_int_equal(retry_after("99999999999999999999", NULL), INT64_C(31622400000));
	assert_int_equal(retry_after("1.5", NULL), -1);
	assert_int_equal(retry_after("-5", NULL), -1);
	assert_int_equal(retry_after("5 s", NULL), -1);
	assert_int_equal(retry_after("", NULL), -1);
	assert_int_equal(retry_after("soon", NULL), -1);
}

/* TEST_NOW is 2026-06-16T13:06:52Z. */
static void retry_after_as_a_date(void **state)
{
	(void)state;
	assert_int_equal(retry_after("Tue, 16 Jun 2026 13:07:52 GMT", NULL), 60000);
	assert_int_equal(retry_after("Tuesday, 16-Jun-26 13:07:52 GMT", NULL), 60000);
	assert_int_equal(retry_after("Tue Jun 16 13:07:52 2026", NULL), 60000);
	assert_int_equal(retry_after("Tue Jun  6 13:07:52 2026", NULL), 0);
	assert_int_equal(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", NULL), 0);
	assert_int_equal(retry_after("Sunday, 06-Nov-94 08:49:37 GMT", NULL), 0);
	assert_int_equal(retry_after("Tue, 16 Jun 9999 13:07:52 GMT", NULL), INT64_C(31622400000));
	assert_int_equal(retry_after("Tue, 16 Foo 2026 13:07:52 GMT", NULL), -1);
	assert_int_equal(retry_after("Tue, 16 Jun 2026 25:07:52 GMT", NULL), -1);
	assert_int_equal(retry_after("Tue, -1 Jun 2026 13:07:52 GMT", NULL), -1);
}

/* The provider's clock is an hour ahead: what counts is the distance of its two times. */
static void retry_after_is_counted_from_the_answers_own_date(void **state)
{
	(void)state;
	assert_int_equal(
		retry_after("Tue, 16 Jun 2026 14:07:22 GMT", "Tue, 16 Jun 2026 14:06:52 GMT"),
		30000);
	assert_int_equal(retry_after("Tue, 16 Jun 2026 13:07:22 GMT", "yesterday"), 30000);
}

static void slow_down_may_bring_an_interval(void **state)
{
	static const struct {
		const char *json;
		int64_t ms;
	} cases[] = {
		{ "{\"error\":\"slow_down\",\"interval\":10}", 10000 },
		{ "{\"error\":\"slow_down\",\"interval\":\"10\"}", 10000 },
		{ "{\"error\":\"slow_down\",\"interval\":7000}", 7000 },
		{ "{\"error\":\"slow_down\",\"interval\":0}", -1 },
		{ "{\"error\":\"slow_down\",\"interval\":null}", -1 },
		{ "{\"error\":\"slow_down\",\"interval\":\"soon\"}", -1 },
		{ "{\"error\":\"slow_down\"}", -1 },
		{ "{\"error\":\"authorization_pending\",\"interval\":10}", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oauth_answer a;

		answer_made(&a, 400, cases[i].json);
		assert_int_equal(a.interval_ms, cases[i].ms);
		oauth_answer_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_told_apart_whatever_the_status),
		cmocka_unit_test(errors_of_vendors_stand_for_registered_ones),
		cmocka_unit_test(a_vendors_own_word_is_kept),
		cmocka_unit_test(an_error_that_is_no_text),
		cmocka_unit_test(answers_that_are_no_object),
		cmocka_unit_test(nesting_without_end_is_refused),
		cmocka_unit_test(statuses_without_an_error),
		cmocka_unit_test(content_types_are_looked_at_but_not_relied_on),
		cmocka_unit_test(forms_are_read),
		cmocka_unit_test(what_the_network_does),
		cmocka_unit_test(echoed_secrets_are_masked),
		cmocka_unit_test(half_a_token_is_not_quoted),
		cmocka_unit_test(long_texts_are_cut_between_characters),
		cmocka_unit_test(words_come_from_the_members_that_vendors_have),
		cmocka_unit_test(retry_after_in_seconds),
		cmocka_unit_test(retry_after_as_a_date),
		cmocka_unit_test(retry_after_is_counted_from_the_answers_own_date),
		cmocka_unit_test(slow_down_may_bring_an_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
