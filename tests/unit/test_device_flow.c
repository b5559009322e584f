/* The device flow under a clock that is moved by hand: each request's time is looked at, and what the flow
 * says in the end. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/oauth/device_flow.h"
#include "tests/lib/flow_world.h"
#include "tests/lib/oauth_answers.h"

static struct flow_world w;

static int open_world(void **state)
{
	(void)state;
	flow_world_init(&w, "");
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	flow_world_release(&w);
	return 0;
}

#define PENDING "{\"error\":\"authorization_pending\"}"
#define TOKENS "{\"access_token\":\"at\",\"token_type\":\"Bearer\"}"

/* --- spacing ------------------------------------------------------------------------------------------ */

static void the_first_poll_waits_for_an_interval_and_a_margin(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.count, 4);
	for (size_t i = 1; i < w.count; i++)
		assert_int_equal(w.sent[i].gap, 5500);
	assert_string_equal(secret_reveal(&w.flow.tokens.access_token), "at");
	assert_string_equal(w.flow.tokens.scope, "openid email");
	assert_string_equal(w.flow.error, "");
}

/* However long an answer takes, the wait begins when it has come. */
static void spacing_is_counted_from_the_answer(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	w.latency = 9000;
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[2].gap, 5500);
	assert_int_equal(w.sent[2].at.boot - w.sent[1].at.boot, 14500);
}

static void a_tenth_is_the_margin_of_long_intervals(void **state)
{
	static const struct {
		int interval, gap;
	} cases[] = { { 1, 1500 }, { 4, 4500 }, { 5, 5500 }, { 6, 6600 }, { 30, 33000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flow_world_again(&w, "");
		flow_world_codes(&w, 900, cases[i].interval);
		flow_world_then(&w, 200, TOKENS);
		assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
		assert_int_equal(w.sent[1].gap, cases[i].gap);
	}
}

static void slow_down_adds_five_seconds_for_the_rest(void **state)
{
	static const int64_t gaps[] = { 5500, 11000, 11000, 16500, 22000, 22000 };

	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, "{\"error\":\"slow_down\"}");
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 429, "{\"error\":\"slow_down\",\"interval\":8}");  /* 10 + 5 is more */
	flow_world_then(&w, 400, "{\"error\":\"slow_down\",\"interval\":15}"); /* 15 + 5 is more */
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
		assert_int_equal(w.sent[i + 1].gap, gaps[i]);
	flow_world_again(&w, "");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, "{\"error\":\"slow_down\",\"interval\":60}");
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[2].gap, 66000);
}

static void lost_answers_double_the_wait_up_to_a_minute(void **state)
{
	static const int64_t gaps[] = { 5500, 10500, 20500, 40500, 60500, 60500, 5500, 10500 };

	(void)state;
	flow_world_codes(&w, 900, 5);
	for (int i = 0; i < 5; i++)
		flow_world_then_lost(&w);
	flow_world_then(&w, 400, PENDING);
	flow_world_then_lost(&w);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
		if (w.sent[i + 1].gap != gaps[i])
			fail_msg("gap %zu is %lld", i, (long long)w.sent[i + 1].gap);
}

static void busy_answers_back_off(void **state)
{
	static const int64_t gaps[] = { 5500, 10500, 20500, 40500, 5500 };

	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 503, "");
	flow_world_then(&w, 429, "");
	flow_world_then(&w, 502, "<html>");
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
		assert_int_equal(w.sent[i + 1].gap, gaps[i]);
}

static void retry_after_only_lengthens(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 429, "");
	flow_world_header(&w, "Retry-After", "1");
	flow_world_then(&w, 503, "");
	flow_world_header(&w, "Retry-After", "120");
	flow_world_then(&w, 400, PENDING);
	flow_world_header(&w, "Retry-After", "30");
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[2].gap, 10500);
	assert_int_equal(w.sent[3].gap, 120000);
	assert_int_equal(w.sent[4].gap, 30000);
	assert_int_equal(w.sent[5].gap, 5500);
}

static void retry_after_beyond_the_expiry_ends_the_flow(void **state)
{
	(void)state;
	flow_world_codes(&w, 300, 5);
	flow_world_then(&w, 503, "");
	flow_world_header(&w, "Retry-After", "295");
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 2);
	assert_string_equal(w.flow.error, "server_error");
	assert_non_null(strstr(w.flow.explanation, "no request for 295 s"));
	assert_true(w.now.boot - w.sent[0].at.boot < 10000);
	flow_world_again(&w, "");
	flow_world_codes(&w, 300, 5);
	flow_world_then(&w, 429, "{\"error\":\"slow_down\"}");
	flow_world_header(&w, "Retry-After", "Tue, 16 Jun 2099 13:07:52 GMT");
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_string_equal(w.flow.error, "rate_limited");
}

/* --- the end of the code ------------------------------------------------------------------------------ */

static void nothing_is_asked_after_expiry_nor_given_up_before(void **state)
{
	(void)state;
	flow_world_codes(&w, 60, 5);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_int_equal(w.now.boot - w.sent[0].at.boot, 60000);
	assert_true(w.sent[w.count - 1].at.boot < w.sent[0].at.boot + 60000);
	assert_true(w.sent[w.count - 1].at.boot > w.sent[0].at.boot + 60000 - 6000);
	assert_string_equal(w.flow.error, "expired_token");
	assert_non_null(strstr(w.flow.explanation, "before anyone approved"));
}

/* The provider counts from when it made the code, which is later than when it was asked. */
static void the_deadline_is_counted_from_before_the_request(void **state)
{
	(void)state;
	w.latency = 20000;
	flow_world_codes(&w, 60, 5);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	for (size_t i = 1; i < w.count; i++)
		assert_true(w.sent[i].at.boot < w.sent[0].at.boot + 60000);
}

static void a_request_takes_no_longer_than_what_is_left(void **state)
{
	(void)state;
	flow_world_codes(&w, 60, 5);
	flow_world_always(&w, 400, PENDING);
	flow_world_run(&w);
	assert_int_equal(w.sent[0].timeout, 30000);
	for (size_t i = 1; i < w.count; i++) {
		int64_t left = w.sent[0].at.boot + 60000 - w.sent[i].at.boot;

		assert_int_equal(w.sent[i].timeout, left < 30000 ? left : 30000);
		assert_int_equal(w.sent[i].granted, w.sent[i].timeout);
	}
}

static void no_answer_at_all_ends_with_the_code(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	for (int i = 0; i < WORLD_ANSWERS_MAX - 1; i++)
		flow_world_then_lost(&w);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_int_equal(w.now.boot - w.sent[0].at.boot, 900000);
	assert_non_null(strstr(w.flow.explanation, "polls got no answer"));
}

static void an_interval_longer_than_the_code_asks_never(void **state)
{
	(void)state;
	flow_world_codes(&w, 60, 59);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_int_equal(w.count, 1);
	assert_int_equal(w.now.boot - w.sent[0].at.boot, 60000);
}

static void the_persons_time_runs_out(void **state)
{
	(void)state;
	flow_world_again_for(&w, "", 20000);
	flow_world_codes(&w, 900, 5);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_TIMED_OUT);
	assert_int_equal(w.now.boot - w.sent[0].at.boot, 20000);
	assert_string_equal(w.flow.error, "timeout");
	flow_world_again_for(&w, "", 100000);
	flow_world_codes(&w, 60, 5);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
}

static void a_provider_that_says_expired_ends_it_early(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then_lost(&w);
	flow_world_then(&w, 400,
			"{\"error\":\"expired_token\",\"error_description\":\"too late\"}");
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_int_equal(w.count, 3);
	assert_string_equal(w.flow.description, "too late");
	assert_null(strstr(w.flow.explanation, "no answer"));
}

/* --- clocks ------------------------------------------------------------------------------------------- */

static void asleep(struct flow_world *world)
{
	world->now.wall += 600000;
	world->now.boot += 600000;
}

static void waking_up_gives_one_poll_and_no_burst(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_at(&w, 8000, asleep);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_int_equal(w.now.boot - w.sent[0].at.boot, 900000);
	for (size_t i = 1; i < w.count; i++) /* awake, however long the machine slept */
		assert_true(w.sent[i].gap_awake >= 5500);
	assert_true(w.count <= 1 + 300000 / 5500);
}

static void asleep_for_long(struct flow_world *world)
{
	world->now.wall += HOUR_MS;
	world->now.boot += HOUR_MS;
}

static void a_code_that_ran_out_in_sleep_is_not_asked_about(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_at(&w, 8000, asleep_for_long);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_int_equal(w.count, 2);
	assert_true(w.now.boot - w.sent[0].at.boot < HOUR_MS + 20000);
}

/* While a long Retry-After passes, the end is noticed some seconds after waking up. */
static void expiry_in_sleep_is_noticed_soon(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 503, "");
	flow_world_header(&w, "Retry-After", "800");
	flow_world_at(&w, 8000, asleep_for_long);
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
	assert_true(w.now.monotonic - w.sent[0].at.monotonic < 30000);
}

static void set_back(struct flow_world *world)
{
	world->now.wall -= DAY_MS;
}

static void set_back_a_little(struct flow_world *world)
{
	world->now.wall -= 2000;
}

static void set_ahead(struct flow_world *world)
{
	world->now.wall += DAY_MS;
}

static void a_wall_clock_that_is_set_neither_stalls_nor_hastens(void **state)
{
	static void (*const steps[])(struct flow_world *) = { set_back, set_back_a_little,
							      set_ahead };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		flow_world_again(&w, "");
		flow_world_codes(&w, 120, 5);
		flow_world_at(&w, 9000, steps[i]);
		flow_world_always(&w, 400, PENDING);
		assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
		assert_int_equal(w.now.boot - w.sent[0].at.boot, 120000);
		assert_true(w.count >= 1 + 120000 / 5600 - 2);
		for (size_t j = 1; j < w.count; j++) {
			assert_true(w.sent[j].gap >= 5500);
			assert_true(w.sent[j].gap <= 11000);
		}
	}
}

/* A wall clock at half the speed: others count by it, so it is waited for, up to twice the time. */
static void both_clocks_have_to_have_passed(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	w.wall_percent = 80;
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_true(w.sent[2].gap >= 5500 * 100 / 80);
	assert_true(w.sent[2].gap <= 11000);
	flow_world_again(&w, "");
	flow_world_codes(&w, 900, 5);
	w.wall_percent = 1;
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[1].gap, 11000);
}

/* --- what is sent ------------------------------------------------------------------------------------- */

static void assert_sent(size_t i, const char *text, bool there)
{
	if ((strstr(w.sent[i].body, text) != NULL) != there)
		fail_msg("request %zu: \"%s\" in \"%s\"?", i, text, w.sent[i].body);
}

static void both_requests_are_by_the_book(void **state)
{
	(void)state;
	free(w.provider.audience);
	w.provider.audience = strdup("https://api.example");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	flow_world_run(&w);
	assert_string_equal(w.sent[0].url, "https://as.example/device");
	assert_sent(0, "client_id=client", true);
	assert_sent(0, "scope=openid+email", true);
	assert_sent(0, "audience=https%3A%2F%2Fapi.example", true);
	assert_sent(0, "code_challenge", false);
	for (size_t i = 1; i < w.count; i++) {
		assert_string_equal(w.sent[i].url, "https://as.example/token");
		assert_true(w.sent[i].fresh);
		assert_sent(i, "client_id=client", true);
		assert_sent(i, "device_code=d3v1ce-c0de", true);
		assert_sent(i, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code",
			    true);
		assert_sent(i, "scope", false);
		assert_sent(i, "code_verifier", false);
	}
	assert_int_equal(w.flow.codes.device_code.len, 0); /* forgotten, once there are tokens */
}

static void another_scope_is_asked_for_by_name(void **state)
{
	(void)state;
	flow_world_again(&w, "twitch");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, "{\"status\":400,\"message\":\"invalid device code\"}");
	flow_world_then(&w, 200,
			"{\"access_token\":\"at\",\"token_type\":\"bearer\",\"scope\":[\"a\"]}");
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_sent(0, "scopes=openid+email", true);
	assert_sent(1, "scopes=openid+email", true);
	assert_string_equal(w.flow.tokens.scope, "a");
}

static void vendors_get_what_they_want(void **state)
{
	(void)state;
	flow_world_again(&w, "oracle");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 200, TOKENS);
	flow_world_run(&w);
	assert_sent(0, "response_type=device_code", true);
	flow_world_again(&w, "dex");
	w.provider.auth = OAUTH_AUTH_BASIC;
	secret_set(&w.provider.client_secret, "s3cr3t", 6);
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_sent(0, "client_secret=s3cr3t", true);
	assert_sent(1, "client_secret=s3cr3t", false);
}

static void pkce_goes_with_the_flow_where_it_is_known(void **state)
{
	(void)state;
	flow_world_release(&w);
	flow_world_init(&w, "");
	w.flow.pkce = true;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_sent(0, "code_challenge=", true);
	assert_sent(0, "code_challenge_method=S256", true);
	assert_sent(0, "code_verifier", false);
	assert_sent(1, "code_verifier=", true);
	assert_sent(2, "code_verifier=", true);
}

static void a_refusal_that_names_pkce_is_answered_with_it_once(void **state)
{
	static const char *const refusals[] = {
		"{\"error\":\"invalid_request\",\"error_description\":\"Missing parameter: "
		"code_challenge_method\"}",
		"{\"error\":\"invalid_request\",\"error_description\":\"policy requires PKCE to be "
		"used\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		flow_world_again(&w, "");
		flow_world_then(&w, 400, refusals[i]);
		flow_world_codes(&w, 900, 5);
		flow_world_then(&w, 200, TOKENS);
		assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
		assert_int_equal(w.kinds[0], OAUTH_RETRY);
		assert_sent(0, "code_challenge", false);
		assert_sent(1, "code_challenge_method=S256", true);
		assert_int_equal(w.sent[1].gap, 0);
	}
	flow_world_again(&w, "");
	flow_world_always(&w, 400, refusals[0]);
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 2);
	flow_world_again(&w, "");
	flow_world_always(&w, 400, "{\"error\":\"invalid_request\"}");
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 1);
}

static void a_request_that_can_not_be_made_ends_it(void **state)
{
	(void)state;
	free(w.provider.endpoints[OAUTH_DEVICE]);
	w.provider.endpoints[OAUTH_DEVICE] = NULL;
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 0);
	assert_string_equal(w.flow.error, "request");
	assert_non_null(strstr(w.flow.explanation, "device_authorization_endpoint"));
	flow_world_again(&w, "");
	w.provider.auth = OAUTH_AUTH_POST; /* without a secret */
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_string_equal(w.flow.error, "request");
}

/* --- the device endpoint ------------------------------------------------------------------------------ */

static void a_busy_device_endpoint_is_asked_three_times(void **state)
{
	static const char *const bodies[] = { "", "{\"error\":\"slow_down\"}" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		flow_world_again(&w, "");
		flow_world_always(&w, 429, bodies[i]);
		assert_int_equal(flow_world_run(&w), FLOW_FAILED);
		assert_int_equal(w.count, 3);
		assert_int_equal(w.sent[1].gap, 5000);
		assert_int_equal(w.sent[2].gap, 10000);
		assert_string_equal(w.flow.error, i ? "slow_down" : "rate_limited");
		assert_int_equal(w.kinds[0], OAUTH_RETRY);
	}
	flow_world_again(&w, "");
	flow_world_then(&w, 503, "");
	flow_world_header(&w, "Retry-After", "30");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[1].gap, 30000);
	assert_int_equal(w.sent[2].gap, 5500);
}

static void a_long_wait_for_a_code_is_told_instead(void **state)
{
	(void)state;
	flow_world_then(&w, 429, "");
	flow_world_header(&w, "Retry-After", "3600");
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 1);
	assert_string_equal(w.flow.error, "rate_limited");
	assert_non_null(strstr(w.flow.explanation, "come again in 3600 s"));
}

static void a_wait_for_a_code_ends_with_the_persons_time(void **state)
{
	(void)state;
	flow_world_again_for(&w, "", 7000);
	flow_world_always(&w, 503, "");
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_string_equal(w.flow.error, "timeout");
	assert_int_equal(w.now.boot - w.sent[0].at.boot, 7000);
}

static void what_else_the_device_endpoint_says_ends_it(void **state)
{
	static const struct {
		long status;
		const char *body, *error;
	} cases[] = {
		{ 401, "{\"error\":\"invalid_client\"}", "invalid_client" },
		{ 400, "{\"error\":\"invalid_scope\"}", "invalid_scope" },
		{ 400, PENDING, "authorization_pending" },
		{ 400, "{\"error\":\"access_denied\"}", "access_denied" },
		{ 200, "{}", "malformed_response" },
		{ 200, "{\"device_code\":\"d\"}", "malformed_response" },
		{ 200, TOKENS, "malformed_response" },
		{ 404, "<html>", "malformed_response" },
		{ 0, NULL, "network" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flow_world_again(&w, "");
		if (cases[i].body)
			flow_world_then(&w, cases[i].status, cases[i].body);
		else
			flow_world_then_lost(&w);
		assert_int_equal(flow_world_run(&w), FLOW_FAILED);
		assert_int_equal(w.count, 1);
		assert_string_equal(w.flow.error, cases[i].error);
	}
}

/* --- what polls bring --------------------------------------------------------------------------------- */

static void what_ends_a_flow(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum flow_end end;
		const char *error;
	} cases[] = {
		{ 400, "{\"error\":\"access_denied\"}", FLOW_DENIED, "access_denied" },
		{ 403, "{\"error\":\"access_denied\"}", FLOW_DENIED, "access_denied" },
		{ 400, "{\"error\":\"expired_token\"}", FLOW_EXPIRED, "expired_token" },
		{ 400, "{\"error\":\"invalid_grant\"}", FLOW_FAILED, "invalid_grant" },
		{ 401, "{\"error\":\"invalid_client\"}", FLOW_FAILED, "invalid_client" },
		{ 400, "{\"error\":\"moon_phase\"}", FLOW_FAILED, "moon_phase" },
		{ 500, "{\"error\":\"server_error\"}", FLOW_FAILED, "server_error" },
		{ 400, "{\"error\":{}}", FLOW_FAILED, "malformed_response" },
		{ 200, "{}", FLOW_FAILED, "malformed_response" },
		{ 200, "{\"access_token\":\"at\"}", FLOW_FAILED, "malformed_response" },
		{ 200, "{\"token_type\":\"Bearer\"}", FLOW_FAILED, "malformed_response" },
		{ 200, "<html>", FLOW_FAILED, "malformed_response" },
		{ 400, "{\"a\":1,\"a\":1}", FLOW_FAILED, "malformed_response" },
		{ 200,
		  "{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"error\":\"access_denied\"}",
		  FLOW_DENIED, "access_denied" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flow_world_again(&w, "");
		flow_world_codes(&w, 900, 5);
		flow_world_then(&w, cases[i].status, cases[i].body);
		assert_int_equal(flow_world_run(&w), cases[i].end);
		assert_int_equal(w.count, 2);
		assert_string_equal(w.flow.error, cases[i].error);
		assert_int_equal(w.flow.tokens.access_token.len, 0);
		assert_int_equal(w.flow.codes.device_code.len, 0);
	}
}

static void github_may_not_know_its_code_at_once(void **state)
{
	static const char unknown[] = "{\"error\":\"incorrect_device_code\"}";

	(void)state;
	flow_world_again(&w, "github");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 200, unknown);
	flow_world_then(&w, 200, unknown);
	flow_world_then(&w, 200, PENDING);
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.kinds[1], OAUTH_PENDING);
	assert_int_equal(w.sent[2].gap, 5500);
	flow_world_again(&w, "github"); /* but not later */
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 200, PENDING);
	flow_world_then(&w, 200, unknown);
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	flow_world_again(&w, "github"); /* nor for ever */
	flow_world_codes(&w, 900, 5);
	flow_world_always(&w, 200, unknown);
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 5);
	flow_world_again(&w, ""); /* nor elsewhere */
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, unknown);
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_int_equal(w.count, 2);
}

static void a_silent_denial_is_told_as_possible(void **state)
{
	static const char *const presets[] = { "dex", "hydra" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		flow_world_again(&w, presets[i]);
		w.provider.auth = OAUTH_AUTH_NONE;
		flow_world_codes(&w, 60, 5);
		flow_world_always(&w, 400, PENDING);
		assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
		assert_non_null(strstr(w.flow.explanation, "or the person said no"));
	}
}

static void entra_denies_in_its_own_words(void **state)
{
	(void)state;
	flow_world_again(&w, "entra");
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, "{\"error\":\"authorization_declined\"}");
	assert_int_equal(flow_world_run(&w), FLOW_DENIED);
}

static void invalid_grant_after_a_lost_answer_is_explained(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then_lost(&w);
	flow_world_then(&w, 400, "{\"error\":\"invalid_grant\"}");
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_non_null(strstr(w.flow.explanation, "redeemed already"));
}

/* --- giving up ---------------------------------------------------------------------------------------- */

static void give_up(struct flow_world *world)
{
	flow_cancel(&world->flow);
}

static void cancelling_ends_it_and_forgets_the_code(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_at(&w, 7000, give_up);
	flow_world_always(&w, 400, PENDING);
	assert_int_equal(flow_world_run(&w), FLOW_CANCELLED);
	assert_int_equal(w.count, 2);
	assert_string_equal(w.flow.error, "cancelled");
	assert_int_equal(w.flow.codes.device_code.len, 0);
}

/* The answer was on its way: tokens are there that would be good for nobody. */
static void a_success_that_raced_a_cancel_is_kept(void **state)
{
	(void)state;
	w.latency = 2000;
	flow_world_codes(&w, 900, 5);
	flow_world_at(&w, 8000, give_up); /* the poll goes out at 7.5 s */
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_string_equal(secret_reveal(&w.flow.tokens.access_token), "at");
	flow_cancel(&w.flow);
	assert_int_equal(w.flow.end, FLOW_SUCCESS);
	flow_world_again(&w, "");
	w.latency = 2000;
	flow_world_codes(&w, 900, 5);
	flow_world_at(&w, 8000, give_up);
	flow_world_then(&w, 400, "{\"error\":\"access_denied\"}");
	assert_int_equal(flow_world_run(&w), FLOW_CANCELLED);
	flow_world_again(&w, ""); /* codes that nobody wants any more */
	w.latency = 2000;
	flow_world_codes(&w, 900, 5);
	flow_world_at(&w, 1000, give_up);
	assert_int_equal(flow_world_run(&w), FLOW_CANCELLED);
	assert_false(w.flow.has_codes);
}

/* --- being told --------------------------------------------------------------------------------------- */

static void the_whole_wait_is_told_while_the_clocks_are_looked_at(void **state)
{
	struct flow_time now = w.now;
	int64_t ms;

	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 503, "");
	flow_world_header(&w, "Retry-After", "300");
	flow_world_steps(&w, 2);
	now = w.now;
	assert_int_equal(flow_due_ms(&w.flow, &now), 300000);
	assert_int_equal(flow_next(&w.flow, &now, &ms), FLOW_WAIT);
	assert_int_equal(ms, 10000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		T(the_first_poll_waits_for_an_interval_and_a_margin),
		T(spacing_is_counted_from_the_answer),
		T(a_tenth_is_the_margin_of_long_intervals),
		T(slow_down_adds_five_seconds_for_the_rest),
		T(lost_answers_double_the_wait_up_to_a_minute),
		T(busy_answers_back_off),
		T(retry_after_only_lengthens),
		T(retry_after_beyond_the_expiry_ends_the_flow),
		T(nothing_is_asked_after_expiry_nor_given_up_before),
		T(the_deadline_is_counted_from_before_the_request),
		T(a_request_takes_no_longer_than_what_is_left),
		T(no_answer_at_all_ends_with_the_code),
		T(an_interval_longer_than_the_code_asks_never),
		T(the_persons_time_runs_out),
		T(a_provider_that_says_expired_ends_it_early),
		T(waking_up_gives_one_poll_and_no_burst),
		T(a_code_that_ran_out_in_sleep_is_not_asked_about),
		T(expiry_in_sleep_is_noticed_soon),
		T(a_wall_clock_that_is_set_neither_stalls_nor_hastens),
		T(both_clocks_have_to_have_passed),
		T(both_requests_are_by_the_book),
		T(another_scope_is_asked_for_by_name),
		T(vendors_get_what_they_want),
		T(pkce_goes_with_the_flow_where_it_is_known),
		T(a_refusal_that_names_pkce_is_answered_with_it_once),
		T(a_request_that_can_not_be_made_ends_it),
		T(a_busy_device_endpoint_is_asked_three_times),
		T(a_long_wait_for_a_code_is_told_instead),
		T(a_wait_for_a_code_ends_with_the_persons_time),
		T(what_else_the_device_endpoint_says_ends_it),
		T(what_ends_a_flow),
		T(github_may_not_know_its_code_at_once),
		T(a_silent_denial_is_told_as_possible),
		T(entra_denies_in_its_own_words),
		T(invalid_grant_after_a_lost_answer_is_explained),
		T(cancelling_ends_it_and_forgets_the_code),
		T(a_success_that_raced_a_cancel_is_kept),
		T(the_whole_wait_is_told_while_the_clocks_are_looked_at),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
