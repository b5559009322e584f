/* Verification: each code in its order, and nothing about state told to who has not the secret. */
#include <string.h>

#include "data/key.h"
#include "src/app/verify.h"
#include "src/base/encode.h"
#include "tests/lib/sink.h"

static enum errc verify(struct session *s, const char *secret, const char *name, const char *value)
{
	struct err e = ERR_INIT;

	return session_run(s, &e, "key.verify", "secret", secret, name, value, NULL);
}

static void assert_code(struct session *s, const char *code)
{
	assert_string_equal(session_text(s, "code"), code);
}

static void tells_whose_it_is(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.create", "name", "k", "owner", "finance", "tier",
				"gold", "scope", "orders:read", "meta", "env=prod", "expires", "1d",
				NULL),
		    &e);
	assert_string_equal(session_code(s, session_last_secret(s)), "VALID");
	assert_string_equal(session_text(s, "name"), "k");
	assert_string_equal(session_text(s, "owner"), "finance");
	assert_string_equal(session_text(s, "tier"), "gold");
	assert_int_equal(session_int(s, "version"), 1);
	assert_int_equal(session_time(s, "valid_until"), TEST_NOW + DAY_MS);
	assert_string_equal(json_get_text(json_get(session_record(s, 0), "meta"), "env"), "prod");
}

static void malformed_is_told_without_the_store(void **state)
{
	struct session *s = *state;
	char secret[SINK_TEXT], big[514];

	snprintf(secret, sizeof(secret), "%s", session_create(s, "k"));
	secret[strlen(secret) - 1] = secret[strlen(secret) - 1] == 'a' ? 'b' : 'a';
	assert_string_equal(session_code(s, secret), "MALFORMED");
	assert_null(session_text(s, "id"));
	assert_string_equal(session_code(s, ""), "MALFORMED");
	assert_string_equal(session_code(s, "caf\xc3\xa9"), "MALFORMED");
	assert_string_equal(session_code(s, "two\nlines"), "MALFORMED");
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_string_equal(session_code(s, big), "MALFORMED");
	big[512] = '\0';
	assert_string_equal(session_code(s, big), "NOT_FOUND");
}

static void a_known_id_with_another_secret_is_not_found(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");
	char other[SINK_TEXT], crc[7];
	struct err e = ERR_INIT;

	snprintf(other, sizeof(other), "%s", secret);
	/* Another body under the same id, with a checksum that fits. */
	other[strlen(secret) - 10] = other[strlen(secret) - 10] == 'A' ? 'B' : 'A';
	crc32_base62(crc, other, strlen(secret) - 6);
	memcpy(other + strlen(secret) - 6, crc, 6);
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_string_equal(session_code(s, other), "NOT_FOUND");
	assert_null(session_text(s, "name"));
	assert_string_equal(session_code(s, secret), "REVOKED");
}

static void scopes_are_granted_by_wildcard(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "k", "scope", "orders:*");
	struct err e = ERR_INIT;

	assert_int_equal(verify(s, secret, "scope", "orders:read"), ERR_OK);
	assert_int_equal(verify(s, secret, "scope", "invoices:read"), ERR_NO);
	assert_code(s, "INSUFFICIENT_SCOPE");
	assert_int_equal(session_run(s, &e, "key.verify", "secret", secret, "scope", "orders:read",
				     "scope", "other", NULL),
			 ERR_NO);
	assert_code(s, "INSUFFICIENT_SCOPE");
}

static void addresses_are_held_to_the_list(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "k", "allow-from", "10.20.0.0/16");

	assert_int_equal(verify(s, secret, "address", "10.20.4.18"), ERR_OK);
	assert_int_equal(verify(s, secret, "address", "::ffff:10.20.4.18"), ERR_OK);
	assert_int_equal(verify(s, secret, "address", "10.21.0.1"), ERR_NO);
	assert_code(s, "ADDRESS_DENIED");
	/* An unknown address with a list set is refused. */
	assert_string_equal(session_code(s, secret), "ADDRESS_DENIED");
}

static void times_bound_it_on_both_sides(void **state)
{
	struct session *s = *state;
	const char *secret;
	struct err e = ERR_INIT;

	assert_well(session_run(s, &e, "key.create", "name", "k", "not-before", "1h", "expires",
				"2h", NULL),
		    &e);
	secret = session_last_secret(s);
	assert_string_equal(session_code(s, secret), "NOT_YET_VALID");
	test_clock_advance(&s->clock, HOUR_MS);
	assert_string_equal(session_code(s, secret), "VALID");
	test_clock_advance(&s->clock, HOUR_MS - 1);
	assert_string_equal(session_code(s, secret), "VALID");
	test_clock_advance(&s->clock, 1);
	assert_string_equal(session_code(s, secret), "EXPIRED");
	assert_int_equal(verify(s, secret, "at", "2026-06-16T14:36:52Z"), ERR_OK);
	assert_int_equal(verify(s, secret, "at", "2026-06-16T13:36:52Z"), ERR_NO);
	assert_code(s, "NOT_YET_VALID");
}

static void a_clock_set_back_revives_nothing(void **state)
{
	struct session *s = *state;
	const char *secret = session_create_with(s, "k", "expires", "1h");

	test_clock_advance(&s->clock, HOUR_MS);
	session_create(s, "mark");
	test_clock_step(&s->clock, -30 * MINUTE_MS);
	assert_string_equal(session_code(s, secret), "EXPIRED");
}

static void the_codes_come_in_the_order_of_the_contract(void **state)
{
	struct session *s = *state;
	const char *old, *new;
	struct err e = ERR_INIT;

	/* One key to which everything applies; each obstacle that goes shows the next. */
	assert_well(session_run(s, &e, "key.create", "name", "k", "allow-from", "10.0.0.0/8",
				"expires", "1h", NULL),
		    &e);
	old = session_last_secret(s);
	assert_well(session_run(s, &e, "key.rotate", "key", "k", "grace", "0", NULL), &e);
	new = session_last_secret(s);
	assert_well(session_run(s, &e, "key.disable", "key", "k", NULL), &e);
	test_clock_advance(&s->clock, HOUR_MS);
	assert_string_equal(session_code(s, old), "RETIRED");
	assert_string_equal(session_code(s, new), "DISABLED");
	assert_well(session_run(s, &e, "key.enable", "key", "k", NULL), &e);
	assert_string_equal(session_code(s, new), "EXPIRED");
	assert_well(session_run(s, &e, "key.edit", "key", "k", "expires", "1h", NULL), &e);
	assert_int_equal(verify(s, new, "scope", "a"), ERR_NO);
	assert_code(s, "ADDRESS_DENIED");
	assert_int_equal(session_run(s, &e, "key.verify", "secret", new, "scope", "a", "address",
				     "10.0.0.1", NULL),
			 ERR_NO);
	assert_code(s, "INSUFFICIENT_SCOPE");
	assert_well(session_run(s, &e, "key.revoke", "key", "k", "yes", "", NULL), &e);
	assert_string_equal(session_code(s, old), "REVOKED");
	assert_string_equal(session_code(s, new), "REVOKED");
}

static void it_counts_as_no_use_and_changes_nothing(void **state)
{
	struct session *s = *state;
	const char *secret = session_create(s, "k");

	assert_string_equal(session_code(s, secret), "VALID");
	assert_int_equal(session_events(s), 1);
	session_show(s, "k");
	assert_null(session_text(s, "last_used_at"));
}

static void a_missing_store_is_not_made(void **state)
{
	struct session *s = *state;
	struct err e = ERR_INIT;

	assert_refused(session_run(s, &e, "key.verify", "secret", "x", NULL), ERR_STORE, &e, NULL);
	assert_false(app_store_exists(s->app));
}

static void one_result_serves_many_requests(void **state)
{
	struct session *s = *state;
	const char *good = session_create(s, "k");
	struct verify_request q = { .at = TIME_NONE };
	struct verify_result r;
	struct store *store = session_store(s);
	struct err e = ERR_INIT;

	verify_result_init(&r);
	for (int i = 0; i < 4; i++) {
		q.secret = i % 2 ? "unknown" : good;
		q.len = strlen(q.secret);
		assert_well(key_verify(store, &q, &r, &e), &e);
		assert_int_equal(r.code, i % 2 ? VERIFY_NOT_FOUND : VERIFY_VALID);
		assert_int_equal(r.known, !(i % 2));
	}
	verify_result_release(&r);
	store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_whose_it_is),
		TEST(malformed_is_told_without_the_store),
		TEST(a_known_id_with_another_secret_is_not_found),
		TEST(scopes_are_granted_by_wildcard),
		TEST(addresses_are_held_to_the_list),
		TEST(times_bound_it_on_both_sides),
		TEST(a_clock_set_back_revives_nothing),
		TEST(the_codes_come_in_the_order_of_the_contract),
		TEST(it_counts_as_no_use_and_changes_nothing),
		TEST(a_missing_store_is_not_made),
		TEST(one_result_serves_many_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
