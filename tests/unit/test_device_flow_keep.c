/* A device flow that is kept and taken up again: by another process, after sleep, after a restart. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/flow_world.h"

#define PENDING "{\"error\":\"authorization_pending\"}"
#define TOKENS "{\"access_token\":\"at\",\"token_type\":\"Bearer\"}"

static const char boot[] = "0d6f9a39-1a51-4b0e-8f0e-2d4e2c7b9a10";
static const char boot_other[] = "d3b07384-d113-4ec6-a7a4-9b0c3d2f5e11";

static struct flow_world w;
static struct json *kept;
static struct secret secrets;
static struct err err;

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
	json_free(kept);
	kept = NULL;
	secret_release(&secrets);
	return 0;
}

static void keep(void)
{
	json_free(kept);
	secret_release(&secrets);
	kept = flow_save(&w.flow, &w.now, boot, &secrets);
}

/* The process is gone; another one takes the flow up, through text, as the store has it. */
static enum errc take_up(const char *boot_id)
{
	struct buf text = BUF_INIT(100000);
	struct json *v;
	enum errc rc;

	assert_true(json_write(&text, kept));
	assert_well(json_parse(&v, buf_text(&text), text.len, &err), &err);
	flow_release(&w.flow);
	rc = flow_restore(&w.flow, &w.provider, v, &secrets, &w.now, boot_id, &err);
	json_free(v);
	buf_release(&text);
	return rc;
}

static void run_until_pending(int polls)
{
	flow_world_codes(&w, 900, 5);
	for (int i = 0; i < polls; i++)
		flow_world_then(&w, 400, PENDING);
	flow_world_steps(&w, (size_t)polls + 1);
}

static void pass(int64_t ms)
{
	w.now.wall += ms;
	w.now.monotonic += ms;
	w.now.boot += ms;
}

static void sleep_for(int64_t ms)
{
	w.now.wall += ms;
	w.now.boot += ms;
}

static void restart_after(int64_t ms)
{
	w.now.wall += ms;
	w.now.monotonic = w.now.boot = 30000;
}

static void no_secret_stands_beside_the_secrets(void **state)
{
	struct buf text = BUF_INIT(100000);

	(void)state;
	w.flow.pkce = true;
	run_until_pending(1);
	keep();
	json_write(&text, kept);
	assert_null(strstr(buf_text(&text), "d3v1ce"));
	assert_null(strstr(buf_text(&text), secret_reveal(&w.flow.code_verifier)));
	assert_non_null(strstr(secret_reveal(&secrets), "d3v1ce-c0de"));
	assert_non_null(strstr(secret_reveal(&secrets), secret_reveal(&w.flow.code_verifier)));
	buf_release(&text);
}

static void another_process_goes_on_where_the_first_was(void **state)
{
	(void)state;
	w.flow.pkce = true;
	flow_world_codes(&w, 900, 5);
	flow_world_then(&w, 400, "{\"error\":\"slow_down\"}");
	flow_world_then(&w, 200, TOKENS);
	flow_world_steps(&w, 2);
	keep();
	pass(2000);
	assert_well(take_up(boot), &err);
	assert_true(w.flow.resumed);
	assert_string_equal(w.flow.codes.user_code, "WDJB-MJHT");
	assert_string_equal(w.flow.codes.verification_uri, "https://as.example/go");
	assert_string_equal(w.flow.codes.qr_uri, "https://as.example/go");
	assert_true(w.flow.codes.openable);
	assert_string_equal(w.flow.scope, "openid email");
	assert_int_equal(w.flow.deadline, w.sent[0].at.boot + 900000);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[2].gap, 11000); /* slowed down, and from the last answer */
	assert_non_null(strstr(w.sent[2].body, "device_code=d3v1ce-c0de"));
	assert_non_null(strstr(w.sent[2].body, "code_verifier="));
}

static void backing_off_outlives_the_process(void **state)
{
	(void)state;
	flow_world_codes(&w, 900, 5);
	flow_world_then_lost(&w);
	flow_world_then(&w, 503, "");
	flow_world_header(&w, "Retry-After", "100");
	flow_world_then(&w, 200, TOKENS);
	flow_world_steps(&w, 2);
	keep();
	assert_well(take_up(boot), &err);
	flow_world_steps(&w, 3);
	assert_int_equal(w.sent[2].gap, 10500);
	keep();
	pass(50000);
	assert_well(take_up(boot), &err);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
	assert_int_equal(w.sent[3].gap, 100000);
}

static void after_sleep_the_boot_clock_counts(void **state)
{
	(void)state;
	run_until_pending(1);
	keep();
	sleep_for(600000);
	assert_well(take_up(boot), &err);
	assert_int_equal(w.flow.deadline, w.sent[0].at.boot + 900000);
	flow_world_then(&w, 200, TOKENS);
	flow_world_run(&w);
	assert_true(w.sent[2].gap_awake >= 5500);
	keep();
	assert_int_equal(w.flow.end, FLOW_SUCCESS);
}

static void a_code_that_ran_out_meanwhile(void **state)
{
	(void)state;
	run_until_pending(1);
	keep();
	sleep_for(HOUR_MS);
	assert_refused(take_up(boot), ERR_CONFLICT, &err, "has run out");
	restart_after(0);
	assert_refused(take_up(boot_other), ERR_CONFLICT, &err, "run it anew");
}

static void after_a_restart_the_wall_clock_decides(void **state)
{
	int64_t left;

	(void)state;
	run_until_pending(1);
	keep();
	left = w.flow.deadline - w.now.boot;
	restart_after(100000);
	assert_well(take_up(boot_other), &err);
	assert_int_equal(w.flow.deadline - w.now.boot, left - 100000);
	assert_int_equal(flow_due_ms(&w.flow, &w.now), 5500); /* who knows when the last one was */
	w.answered = w.now;
	flow_world_then(&w, 200, TOKENS);
	assert_int_equal(flow_world_run(&w), FLOW_SUCCESS);
}

/* No code lives longer for it. */
static void a_wall_clock_that_went_back_over_a_restart(void **state)
{
	int64_t left;

	(void)state;
	run_until_pending(1);
	keep();
	left = w.flow.deadline - w.now.boot;
	restart_after(-DAY_MS);
	assert_well(take_up(boot_other), &err);
	assert_int_equal(w.flow.deadline - w.now.boot, left);
	w.answered = w.now;
	assert_int_equal(flow_world_run(&w), FLOW_EXPIRED);
}

/* The boot id says the same machine, but its clocks say it can't be: a container moved, or an edited store. */
static void clocks_that_ran_backwards(void **state)
{
	(void)state;
	run_until_pending(1);
	keep();
	restart_after(100000);
	assert_well(take_up(boot), &err);
	assert_int_equal(flow_due_ms(&w.flow, &w.now), 5500);
	assert_true(w.flow.deadline - w.now.boot <= 800000);
}

static void a_poll_that_was_under_way(void **state)
{
	struct oauth_request request;
	int64_t ms;

	(void)state;
	run_until_pending(1);
	pass(5500);
	assert_int_equal(flow_next(&w.flow, &w.now, &ms), FLOW_POLL);
	assert_well(flow_request(&w.flow, NULL, &w.now, &request, &err), &err);
	oauth_request_release(&request);
	keep();
	pass(4000);
	assert_well(take_up(boot), &err);
	assert_int_equal(flow_due_ms(&w.flow, &w.now), 5500);
	assert_true(w.flow.lost);
	flow_world_then(&w, 400, "{\"error\":\"invalid_grant\"}");
	w.answer_next = w.answer_count - 1;
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_string_equal(w.flow.error, "invalid_grant");
	assert_non_null(strstr(w.flow.explanation, "redeemed already"));
}

/* Killed between the tokens' coming and their being saved, with what was kept before. */
static void a_code_that_was_redeemed_before_it_was_taken_up(void **state)
{
	(void)state;
	run_until_pending(1);
	keep();
	pass(10000);
	assert_well(take_up(boot), &err);
	flow_world_then(&w, 400, "{\"error\":\"invalid_grant\"}");
	w.answer_next = w.answer_count - 1;
	assert_int_equal(flow_world_run(&w), FLOW_FAILED);
	assert_non_null(strstr(w.flow.explanation, "redeemed already"));
	assert_non_null(strstr(w.flow.explanation, "revoke"));
}

static void what_can_not_be_read(void **state)
{
	static const char *const lost[] = { "user_code", "verification_uri" };

	(void)state;
	run_until_pending(1);
	for (size_t i = 0; i < 2; i++) {
		struct flow_world world = w;

		keep();
		json_remove(kept, lost[i]);
		flow_init(&world.flow, &w.provider, NULL, 0, &w.now);
		flow_release(&world.flow);
		assert_refused(
			flow_restore(&world.flow, &w.provider, kept, &secrets, &w.now, boot, &err),
			ERR_CONFLICT, &err, "can't be read");
		flow_release(&world.flow);
	}
	keep();
	secret_set(&secrets, "{}", 2);
	assert_refused(take_up(boot), ERR_CONFLICT, &err, "can't be read");
	secret_set(&secrets, "no JSON", 7);
	assert_refused(take_up(boot), ERR_CONFLICT, &err, "can't be read");
}

/* Whatever stands there, no poll comes too early and none after an hour. */
static void odd_numbers_are_bounded(void **state)
{
	static const char *const names[] = { "interval_ms",   "backoff_ms", "deadline",
					     "not_before_ms", "expires_ms", "polls" };
	static const int64_t values[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
	int64_t ms;

	(void)state;
	run_until_pending(1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
			struct device_flow f;

			keep();
			json_set_int(kept, names[i], values[j]);
			if (flow_restore(&f, &w.provider, kept, &secrets, &w.now, boot, &err) ==
			    ERR_OK) {
				assert_int_equal(flow_next(&f, &w.now, &ms), FLOW_WAIT);
				assert_true(flow_due_ms(&f, &w.now) >= 1500);
				assert_true(f.deadline <= w.now.boot + HOUR_MS);
			}
			flow_release(&f);
		}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		T(no_secret_stands_beside_the_secrets),
		T(another_process_goes_on_where_the_first_was),
		T(backing_off_outlives_the_process),
		T(after_sleep_the_boot_clock_counts),
		T(a_code_that_ran_out_meanwhile),
		T(after_a_restart_the_wall_clock_decides),
		T(a_wall_clock_that_went_back_over_a_restart),
		T(clocks_that_ran_backwards),
		T(a_poll_that_was_under_way),
		T(a_code_that_was_redeemed_before_it_was_taken_up),
		T(what_can_not_be_read),
		T(odd_numbers_are_bounded),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
