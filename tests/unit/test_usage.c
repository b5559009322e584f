/* Usage figures: counted by hour and day, moved forward only, kept for their time and no
 * longer. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "data/usage.h"

enum { KEY = 1, OTHER = 2 };

static void add(struct store_fixture *f, struct usage_add row)
{
	struct err e = ERR_INIT;

	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(usage_write(f->s, &row, 1, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
}

static void use(struct store_fixture *f, int64_t version, int64_t at, const char *address)
{
	add(f, (struct usage_add){ KEY, version, at, "VALID", 1, address });
}

static struct usage_last last_of(struct store_fixture *f, int64_t version)
{
	struct err e = ERR_INIT;
	struct usage_last u;

	assert_well(usage_last(f->s, KEY, version, &u, &e), &e);
	return u;
}

/* --- last uses ------------------------------------------------------------ */

static void key_that_was_never_used_says_so(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_last u = last_of(f, 1);
	char address[USAGE_ADDRESS_SIZE];
	int64_t at;

	assert_int_equal(u.first_used, TIME_NONE);
	assert_int_equal(u.last_used, TIME_NONE);
	assert_int_equal(u.address_count, 0);
	assert_well(usage_last_of_key(f->s, KEY, &at, address, &e), &e);
	assert_int_equal(at, TIME_NONE);
	assert_string_equal(address, "");
}

static void last_use_moves_forward_only(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char address[USAGE_ADDRESS_SIZE];
	int64_t at;

	use(f, 1, TEST_NOW, "10.0.0.1");
	use(f, 1, TEST_NOW + 5000, "10.0.0.2");
	use(f, 1, TEST_NOW + 1000, "10.0.0.3");
	assert_int_equal(last_of(f, 1).first_used, TEST_NOW);
	assert_int_equal(last_of(f, 1).last_used, TEST_NOW + 5000);
	assert_well(usage_last_of_key(f->s, KEY, &at, address, &e), &e);
	assert_int_equal(at, TEST_NOW + 5000);
	assert_string_equal(address, "10.0.0.2");
}

static void last_use_of_a_key_is_that_of_any_version(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	char address[USAGE_ADDRESS_SIZE];
	int64_t at;

	use(f, 2, TEST_NOW, "2001:db8::1");
	use(f, 1, TEST_NOW + 5000, NULL);
	assert_int_equal(last_of(f, 2).last_used, TEST_NOW);
	assert_int_equal(last_of(f, 1).last_used, TEST_NOW + 5000);
	assert_well(usage_last_of_key(f->s, KEY, &at, address, &e), &e);
	assert_int_equal(at, TEST_NOW + 5000);
	assert_string_equal(address, "");
}

static void denied_call_is_no_use(void **state)
{
	struct store_fixture *f = *state;

	add(f, (struct usage_add){ KEY, 1, TEST_NOW, "RATE_LIMITED", 3, "10.0.0.1" });
	assert_int_equal(last_of(f, 1).last_used, TIME_NONE);
	assert_int_equal(last_of(f, 1).address_count, 0);
}

/* --- addresses ------------------------------------------------------------ */

static void latest_eight_addresses_stay(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_last u;
	char address[USAGE_ADDRESS_SIZE];
	size_t count;

	for (int i = 0; i < 12; i++) {
		snprintf(address, sizeof(address), "10.0.0.%d", i);
		use(f, 1, TEST_NOW + i * 1000, address);
	}
	use(f, 1, TEST_NOW + 20000, "10.0.0.5");
	u = last_of(f, 1);
	assert_int_equal(u.address_count, 8);
	assert_string_equal(u.addresses[0].address, "10.0.0.5");
	assert_int_equal(u.addresses[0].at, TEST_NOW + 20000);
	assert_string_equal(u.addresses[1].address, "10.0.0.11");
	assert_string_equal(u.addresses[7].address, "10.0.0.4");
	assert_well(usage_addresses(f->s, KEY, TEST_NOW, &count, &e), &e);
	assert_int_equal(count, 8);
	assert_well(usage_addresses(f->s, KEY, TEST_NOW + 11000, &count, &e), &e);
	assert_int_equal(count, 2);
}

static void addresses_are_counted_once_over_versions(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	size_t count;

	use(f, 1, TEST_NOW, "10.0.0.1");
	use(f, 2, TEST_NOW, "10.0.0.1");
	use(f, 2, TEST_NOW, "10.0.0.2");
	assert_well(usage_addresses(f->s, KEY, 0, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_well(usage_addresses(f->s, OTHER, 0, &count, &e), &e);
	assert_int_equal(count, 0);
}

/* --- counts --------------------------------------------------------------- */

static void calls_are_counted_by_hour_and_version(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_hour *hours;
	int64_t hour = TEST_NOW / HOUR_MS * HOUR_MS;
	size_t count;

	add(f, (struct usage_add){ KEY, 1, TEST_NOW, "VALID", 5, NULL });
	add(f, (struct usage_add){ KEY, 1, TEST_NOW + 1, "VALID", 2, NULL });
	add(f, (struct usage_add){ KEY, 2, TEST_NOW, "VALID", 1, NULL });
	add(f, (struct usage_add){ KEY, 2, TEST_NOW, "RATE_LIMITED", 4, NULL });
	add(f, (struct usage_add){ KEY, 1, TEST_NOW + HOUR_MS, "EXPIRED", 9, NULL });
	add(f, (struct usage_add){ OTHER, 1, TEST_NOW, "VALID", 100, NULL });
	assert_well(usage_hours(f->s, KEY, 0, hour, hour + DAY_MS, &hours, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_int_equal(hours[0].hour, hour);
	assert_int_equal(hours[0].allowed, 8);
	assert_int_equal(hours[0].denied, 4);
	assert_int_equal(hours[1].hour, hour + HOUR_MS);
	assert_int_equal(hours[1].allowed, 0);
	assert_int_equal(hours[1].denied, 9);
	free(hours);
	assert_well(usage_hours(f->s, KEY, 2, hour, hour + DAY_MS, &hours, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(hours[0].version, 2);
	assert_int_equal(hours[0].allowed, 1);
	free(hours);
}

static void bounds_are_from_and_before(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_hour *hours;
	int64_t hour = TEST_NOW / HOUR_MS * HOUR_MS;
	size_t count;

	add(f, (struct usage_add){ KEY, 1, hour - 1, "VALID", 1, NULL });
	add(f, (struct usage_add){ KEY, 1, hour, "VALID", 2, NULL });
	add(f, (struct usage_add){ KEY, 1, hour + HOUR_MS, "VALID", 4, NULL });
	assert_well(usage_hours(f->s, KEY, 0, hour, hour + HOUR_MS, &hours, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(hours[0].allowed, 2);
	free(hours);
	/* An hour that began before the first instant is not in it. */
	assert_well(usage_hours(f->s, KEY, 0, hour + 1, hour + 2 * HOUR_MS, &hours, &count, &e),
		    &e);
	assert_int_equal(count, 1);
	assert_int_equal(hours[0].allowed, 4);
	free(hours);
	assert_well(usage_hours(f->s, KEY, 0, hour + DAY_MS, hour + 2 * DAY_MS, &hours, &count, &e),
		    &e);
	assert_int_equal(count, 0);
	assert_null(hours);
}

static void codes_come_most_frequent_first(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_code *codes;
	size_t count;

	add(f, (struct usage_add){ KEY, 1, TEST_NOW, "RATE_LIMITED", 23, NULL });
	add(f, (struct usage_add){ KEY, 2, TEST_NOW, "VALID", 1000, NULL });
	add(f, (struct usage_add){ KEY, 1, TEST_NOW, "ADDRESS_DENIED", 24, NULL });
	assert_well(
		usage_codes(f->s, KEY, TEST_NOW - DAY_MS, TEST_NOW + DAY_MS, &codes, &count, &e),
		&e);
	assert_int_equal(count, 3);
	assert_string_equal(codes[0].code, "VALID");
	assert_int_equal(codes[0].count, 1000);
	assert_string_equal(codes[1].code, "ADDRESS_DENIED");
	assert_string_equal(codes[2].code, "RATE_LIMITED");
	free(codes);
}

/* Keys that are no more, and secrets that are none's, are in the totals but no top keys. */
static void totals_are_of_all_keys(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_hour *hours;
	struct usage_code *codes;
	struct usage_key *top;
	int64_t hour = TEST_NOW / HOUR_MS * HOUR_MS, day = TEST_NOW / DAY_MS * DAY_MS;
	size_t count;

	fixture_create(f, "alpha");
	fixture_create(f, "beta");
	add(f, (struct usage_add){ 1, 1, TEST_NOW, "VALID", 5, NULL });
	add(f, (struct usage_add){ 2, 1, TEST_NOW, "VALID", 1, NULL });
	add(f, (struct usage_add){ 2, 2, TEST_NOW, "RATE_LIMITED", 7, NULL });
	add(f, (struct usage_add){ 99, 1, TEST_NOW, "REVOKED", 50, NULL });
	add(f, (struct usage_add){ 0, 0, TEST_NOW, "NOT_FOUND", 60, NULL });
	add(f, (struct usage_add){ 1, 1, TEST_NOW - 3 * DAY_MS, "VALID", 70, NULL });
	assert_well(usage_all_hours(f->s, hour, hour + HOUR_MS, &hours, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(hours[0].hour, hour);
	assert_int_equal(hours[0].allowed, 6);
	assert_int_equal(hours[0].denied, 117);
	free(hours);
	assert_well(usage_all_days(f->s, day - 7 * DAY_MS, day + DAY_MS, &hours, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_int_equal(hours[0].hour, day - 3 * DAY_MS);
	assert_int_equal(hours[0].allowed, 70);
	free(hours);
	assert_well(usage_all_codes(f->s, hour, hour + 1, &codes, &count, &e), &e);
	assert_int_equal(count, 4);
	assert_string_equal(codes[0].code, "NOT_FOUND");
	assert_int_equal(codes[0].count, 60);
	free(codes);
	assert_well(usage_top_keys(f->s, hour, hour + 1, 20, &top, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_int_equal(top[0].key, 2);
	assert_int_equal(top[0].allowed, 1);
	assert_int_equal(top[0].denied, 7);
	assert_int_equal(top[1].key, 1);
	free(top);
	/* Further back it is the days that are added up. */
	assert_well(usage_top_keys(f->s, day - 7 * DAY_MS, hour + 1, 1, &top, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(top[0].key, 1);
	assert_int_equal(top[0].allowed, 75);
	free(top);
}

/* More hours and codes in one batch than are added up at once. */
static void totals_of_a_long_batch_are_whole(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_add rows[200];

	for (int i = 0; i < 200; i++)
		rows[i] = (struct usage_add){
			KEY, 1, TEST_NOW - i % 100 * HOUR_MS, i % 3 ? "VALID" : "EXPIRED", 1, NULL
		};
	assert_well(store_begin_unaudited(f->s, &e), &e);
	assert_well(usage_write(f->s, rows, 200, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_all_hour"), 200);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_all_hour"), 167);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_all_day"), 200);
}

/* Its look-ups stay, its figures go; what it had in the totals stays there. */
static void purged_key_leaves_totals_only(void **state)
{
	struct store_fixture *f = *state;
	const char *id = fixture_create(f, "alpha");

	use(f, 1, TEST_NOW, "10.0.0.1");
	use(f, 1, TEST_NOW + HOUR_MS, "10.0.0.1");
	add(f, (struct usage_add){ OTHER, 1, TEST_NOW, "VALID", 1, NULL });
	fixture_purge(f, id);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_by_hour"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_by_day"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM version_address"), 0);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_all_hour"), 3);
}

/* An address that comes with no count of its own is one more than the latest. */
static void further_addresses_are_no_calls(void **state)
{
	struct store_fixture *f = *state;
	struct usage_last u;

	use(f, 1, TEST_NOW, "10.0.0.1");
	add(f, (struct usage_add){ KEY, 1, TEST_NOW + 9, "VALID", 0, "10.0.0.2" });
	add(f, (struct usage_add){ KEY, 1, TEST_NOW - 9, "VALID", 0, "10.0.0.1" });
	u = last_of(f, 1);
	assert_int_equal(u.last_used, TEST_NOW);
	assert_int_equal(u.address_count, 2);
	assert_string_equal(u.addresses[0].address, "10.0.0.2");
	assert_int_equal(u.addresses[1].at, TEST_NOW);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_hour"), 1);
}

static void outside_a_transaction_nothing_is_written(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	const struct usage_add row = { KEY, 1, TEST_NOW, "VALID", 1, NULL };

	assert_refused(usage_write(f->s, &row, 1, &e), ERR_STORE, &e, "outside a transaction");
}

static void hours_go_after_a_month_and_days_after_400(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct usage_hour *figures;
	struct usage_code *codes;
	size_t count;

	add(f, (struct usage_add){ KEY, 1, TEST_NOW, "VALID", 5, NULL });
	test_clock_advance(&f->clock, 32 * DAY_MS);
	add(f, (struct usage_add){ KEY, 1, f->clock.wall, "VALID", 1, NULL });
	assert_well(usage_hours(f->s, KEY, 0, 0, INT64_MAX, &figures, &count, &e), &e);
	assert_int_equal(count, 1);
	free(figures);
	assert_well(usage_days(f->s, KEY, 0, 0, INT64_MAX, &figures, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_int_equal(figures[0].hour, TEST_NOW / DAY_MS * DAY_MS);
	assert_int_equal(figures[0].allowed, 5);
	free(figures);
	/* Codes of longer ago than hours are kept come from the days. */
	assert_well(usage_codes(f->s, KEY, 0, INT64_MAX, &codes, &count, &e), &e);
	assert_int_equal(codes[0].count, 6);
	free(codes);
	test_clock_advance(&f->clock, 401 * DAY_MS);
	add(f, (struct usage_add){ OTHER, 1, f->clock.wall, "VALID", 1, NULL });
	assert_well(usage_days(f->s, KEY, 0, 0, INT64_MAX, &figures, &count, &e), &e);
	assert_int_equal(count, 0);
	assert_int_equal(last_of(f, 1).last_used, TEST_NOW + 32 * DAY_MS);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_all_hour"), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_all_day"), 1);
}

static void figures_need_a_transaction_and_leave_the_chain_alone(void **state)
{
	struct store_fixture *f = *state;

	fixture_create(f, "alpha");
	use(f, 1, TEST_NOW, "10.0.0.1");
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM audit"), 1);
	fixture_assert_sound(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(key_that_was_never_used_says_so),
		TEST(last_use_moves_forward_only),
		TEST(last_use_of_a_key_is_that_of_any_version),
		TEST(denied_call_is_no_use),
		TEST(latest_eight_addresses_stay),
		TEST(addresses_are_counted_once_over_versions),
		TEST(calls_are_counted_by_hour_and_version),
		TEST(bounds_are_from_and_before),
		TEST(codes_come_most_frequent_first),
		TEST(totals_are_of_all_keys),
		TEST(totals_of_a_long_batch_are_whole),
		TEST(purged_key_leaves_totals_only),
		TEST(further_addresses_are_no_calls),
		TEST(outside_a_transaction_nothing_is_written),
		TEST(hours_go_after_a_month_and_days_after_400),
		TEST(figures_need_a_transaction_and_leave_the_chain_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
