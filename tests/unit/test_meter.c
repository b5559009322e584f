/* The meter: what many threads count is in the store once and whole, whatever happens to the writing. */
#include "tests/lib/store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "data/usage.h"
#include "src/app/meter.h"

enum { THREADS = 4, CALLS = 30000, KEYS = 700, BATCH = 500 };

static void count_one(struct meter *m, int64_t key, enum verify_code code, int64_t at,
		      const char *from)
{
	struct address address;
	struct err e = ERR_INIT;

	if (from)
		assert_well(address_parse(&address, from, &e), &e);
	meter_count(m, &(struct meter_call){ key, key ? 1 : 0, code, at, from ? &address : NULL });
}

static void write_all(struct meter *m, struct store_fixture *f)
{
	struct err e = ERR_INIT;

	assert_well(meter_write(m, f->s, &e), &e);
	assert_int_equal(meter_waiting(m), 0);
}

static struct usage_last last_of(struct store_fixture *f, int64_t key)
{
	struct usage_last u;
	struct err e = ERR_INIT;

	assert_well(usage_last(f->s, key, 1, &u, &e), &e);
	return u;
}

/* --- counts --------------------------------------------------------------- */

static void calls_are_counted_by_key_version_hour_and_code(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();

	count_one(m, 1, VERIFY_VALID, TEST_NOW, NULL);
	count_one(m, 1, VERIFY_VALID, TEST_NOW + 1, NULL);
	count_one(m, 1, VERIFY_VALID, TEST_NOW + HOUR_MS, NULL);
	count_one(m, 1, VERIFY_RATE_LIMITED, TEST_NOW, NULL);
	count_one(m, 0, VERIFY_NOT_FOUND, TEST_NOW, "10.0.0.1");
	count_one(m, 0, VERIFY_MALFORMED, TEST_NOW, NULL);
	meter_count(m, &(struct meter_call){ 1, 2, VERIFY_VALID, TEST_NOW, NULL });
	assert_int_equal(meter_waiting(m), 6);
	write_all(m, f);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_by_hour"), 6);
	assert_int_equal(fixture_number(f, "SELECT count AS n FROM usage_by_hour WHERE key = 1 AND "
					   "version = 1 AND code = 'VALID' ORDER BY hour LIMIT 1"),
			 2);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_day"), 7);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM usage_by_day WHERE key = 0 "
					   "AND version = 0"),
			 2);
	assert_int_equal(fixture_number(f, "SELECT count(*) AS n FROM key_use WHERE key = 0"), 0);
	fixture_assert_sound(f);
	meter_free(m);
}

static void nothing_counted_writes_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct err e = ERR_INIT;

	f->options.read_only = true;
	fixture_reopen(f);
	assert_well(meter_write(m, f->s, &e), &e);
	count_one(m, 1, VERIFY_VALID, TEST_NOW, NULL);
	assert_int_equal(meter_write(m, f->s, &e), ERR_PERMISSION);
	assert_int_equal(meter_waiting(m), 1);
	meter_free(m);
	meter_free(NULL);
}

/* --- addresses ------------------------------------------------------------ */

static void addresses_of_one_second_are_all_kept(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct usage_last u;

	count_one(m, 1, VERIFY_VALID, TEST_NOW + 2, "10.0.0.3");
	count_one(m, 1, VERIFY_VALID, TEST_NOW, "10.0.0.1");
	count_one(m, 1, VERIFY_VALID, TEST_NOW + 1, "2001:0db8:0::2");
	count_one(m, 1, VERIFY_VALID, TEST_NOW + 1, "10.0.0.1");
	count_one(m, 1, VERIFY_ADDRESS_DENIED, TEST_NOW + 3, "10.0.0.4");
	write_all(m, f);
	u = last_of(f, 1);
	assert_int_equal(u.address_count, 3);
	assert_string_equal(u.addresses[0].address, "10.0.0.3");
	assert_int_equal(u.addresses[0].at, TEST_NOW + 2);
	assert_string_equal(u.addresses[1].address, "10.0.0.1");
	assert_int_equal(u.addresses[1].at, TEST_NOW + 1);
	assert_string_equal(u.addresses[2].address, "2001:db8::2");
	assert_int_equal(u.last_used, TEST_NOW + 2);
	meter_free(m);
}

static void latest_eight_addresses_win(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct usage_last u;
	char from[USAGE_ADDRESS_SIZE], address[USAGE_ADDRESS_SIZE] = "";
	struct err e = ERR_INIT;
	int64_t at = 0;

	for (int i = 0; i < 40; i++) {
		snprintf(from, sizeof(from), "10.0.0.%d", i * 7 % 40);
		count_one(m, 1, VERIFY_VALID, TEST_NOW + i * 7 % 40, from);
	}
	write_all(m, f);
	u = last_of(f, 1);
	assert_int_equal(u.address_count, 8);
	for (int i = 0; i < 8; i++) {
		snprintf(from, sizeof(from), "10.0.0.%d", 39 - i);
		assert_string_equal(u.addresses[i].address, from);
	}
	assert_well(usage_last_of_key(f->s, 1, &at, address, &e), &e);
	assert_int_equal(at, TEST_NOW + 39);
	assert_string_equal(address, "10.0.0.39");
	/* The last call came from nowhere that is known. */
	count_one(m, 1, VERIFY_VALID, TEST_NOW + 50, "10.0.0.50");
	count_one(m, 1, VERIFY_VALID, TEST_NOW + 51, NULL);
	write_all(m, f);
	assert_well(usage_last_of_key(f->s, 1, &at, address, &e), &e);
	assert_int_equal(at, TEST_NOW + 51);
	assert_string_equal(address, "");
	meter_free(m);
}

/* --- threads -------------------------------------------------------------- */

struct caller {
	struct meter *m;
	int number;
	atomic_int *running;
};

static void *call_a_lot(void *arg)
{
	struct caller *c = arg;
	struct address from = { { 0 } };

	from.bytes[15] = (uint8_t)(c->number + 1);
	for (int i = 0; i < CALLS; i++) {
		int64_t key = i % KEYS;
		enum verify_code code = !key	? VERIFY_NOT_FOUND
					: i % 3 ? VERIFY_VALID
						: VERIFY_RATE_LIMITED;

		meter_count(c->m, &(struct meter_call){ key, key ? 1 : 0, code,
							TEST_NOW + i % 2 * HOUR_MS, &from });
	}
	atomic_fetch_sub(c->running, 1);
	return NULL;
}

static void threads_start(pthread_t *threads, struct caller *callers, struct meter *m,
			  atomic_int *running)
{
	*running = THREADS;
	for (int i = 0; i < THREADS; i++) {
		callers[i] = (struct caller){ m, i, running };
		assert_int_equal(pthread_create(&threads[i], NULL, call_a_lot, &callers[i]), 0);
	}
}

/* Every call, once, and in its place. */
static void assert_all_there(struct store_fixture *f)
{
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_hour"),
			 THREADS * CALLS);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_day"),
			 THREADS * CALLS);
	for (int64_t key = 0; key < KEYS; key += 99) {
		char sql[120];
		int64_t expected = 0;

		for (int i = 0; i < CALLS; i++)
			expected += i % KEYS == key ? THREADS : 0;
		snprintf(sql, sizeof(sql),
			 "SELECT sum(count) AS n FROM usage_by_hour WHERE key = %d", (int)key);
		assert_int_equal(fixture_number(f, sql), expected);
		assert_int_equal(last_of(f, key).address_count, key ? THREADS : 0);
	}
}

static void threads_lose_nothing_while_it_is_written(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct caller callers[THREADS];
	pthread_t threads[THREADS];
	struct err e = ERR_INIT;
	atomic_int running;

	threads_start(threads, callers, m, &running);
	while (atomic_load(&running))
		assert_well(meter_write(m, f->s, &e), &e);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	write_all(m, f);
	assert_all_there(f);
	assert_int_equal(meter_lost(m), 0);
	meter_free(m);
}

/* --- failures ------------------------------------------------------------- */

/* A count that can't be raised: the row of key 600 fails, in the second transaction, after others. */
static void plant(struct store_fixture *f, const char *count)
{
	fixture_sqlf(f, "INSERT OR REPLACE INTO usage_by_hour VALUES (%lld, 600, 1, 'VALID', %s)",
		     (long long)(TEST_NOW / HOUR_MS), count);
}

static void failed_transaction_is_written_later_and_once(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct err e = ERR_INIT;
	int64_t waiting;

	plant(f, "9223372036854775807");
	for (int i = 1; i <= 1700; i++)
		count_one(m, i, VERIFY_VALID, TEST_NOW, "10.0.0.1");
	assert_int_equal(meter_write(m, f->s, &e), ERR_STORE);
	assert_non_null(strstr(e.message, "breaks a rule"));
	/* Its own batch waits, the others are written. */
	waiting = (int64_t)meter_waiting(m);
	assert_in_range(waiting, 1, BATCH);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_day"),
			 1700 - waiting);
	count_one(m, 600, VERIFY_VALID, TEST_NOW + 1, "10.0.0.2");
	assert_int_equal(meter_write(m, f->s, &e), ERR_STORE);
	plant(f, "0");
	write_all(m, f);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_day"), 1701);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_hour"), 1701);
	assert_int_equal(fixture_number(f, "SELECT count AS n FROM usage_by_hour WHERE key = 600"),
			 2);
	assert_int_equal(last_of(f, 600).address_count, 2);
	assert_int_equal(last_of(f, 601).address_count, 1);
	meter_free(m);
}

static void threads_lose_nothing_while_writing_fails(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct caller callers[THREADS];
	pthread_t threads[THREADS];
	struct err e = ERR_INIT;
	atomic_int running;

	plant(f, "9223372036854775807");
	threads_start(threads, callers, m, &running);
	while (atomic_load(&running))
		meter_write(m, f->s, &e);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(meter_write(m, f->s, &e), ERR_STORE);
	assert_true(meter_waiting(m) > 0);
	plant(f, "0");
	write_all(m, f);
	assert_all_there(f);
	meter_free(m);
}

static void store_that_others_hold_keeps_all_waiting(void **state)
{
	struct store_fixture *f = *state;
	struct meter *m = meter_new();
	struct store *other;
	struct err e = ERR_INIT;

	f->options.wait_ms = 0;
	fixture_reopen(f);
	assert_well(store_open(&other, &f->options, &e), &e);
	assert_well(store_begin(other, &e), &e);
	for (int i = 1; i <= 1200; i++)
		count_one(m, i, VERIFY_VALID, TEST_NOW, "10.0.0.1");
	assert_int_equal(meter_write(m, f->s, &e), ERR_STORE);
	assert_int_equal(meter_waiting(m), 1200);
	store_rollback(other);
	store_close(other);
	write_all(m, f);
	assert_int_equal(fixture_number(f, "SELECT sum(count) AS n FROM usage_by_day"), 1200);
	meter_free(m);
}

/* --- bounds --------------------------------------------------------------- */

static void memory_is_bounded_and_what_is_lost_is_told(void **state)
{
	struct meter *m = meter_new();
	size_t waiting;
	int64_t lost;

	(void)state;
	for (int i = 1; i <= 400000; i++)
		count_one(m, i, VERIFY_VALID, TEST_NOW, i % 2 ? "10.0.0.1" : NULL);
	waiting = meter_waiting(m);
	lost = meter_lost(m);
	assert_in_range(waiting, 200000, 300000);
	assert_int_equal((int64_t)waiting + lost, 400000);
	/* A row that is there takes the next hour's calls as well. */
	for (int i = 1; i <= 1000; i++)
		count_one(m, i, VERIFY_VALID, TEST_NOW + HOUR_MS, "10.0.0.2");
	assert_int_equal(meter_waiting(m), waiting);
	assert_int_equal(meter_lost(m), lost);
	meter_free(m);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(calls_are_counted_by_key_version_hour_and_code),
		TEST(nothing_counted_writes_nothing),
		TEST(addresses_of_one_second_are_all_kept),
		TEST(latest_eight_addresses_win),
		TEST(threads_lose_nothing_while_it_is_written),
		TEST(failed_transaction_is_written_later_and_once),
		TEST(threads_lose_nothing_while_writing_fails),
		TEST(store_that_others_hold_keeps_all_waiting),
		cmocka_unit_test(memory_is_bounded_and_what_is_lost_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
