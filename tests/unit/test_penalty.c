/* Wrong keys: how long their answers are held up, and that nobody else pays for it. */
#include "tests/lib/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "src/serve/penalty.h"

enum { NOW = 5000000 };

static int setup(void **state)
{
	*state = penalty_new();
	return 0;
}

static int teardown(void **state)
{
	penalty_free(*state);
	return 0;
}

static struct address address_of(const char *text)
{
	struct err e = ERR_INIT;
	struct address a;

	assert_well(address_parse(&a, text, &e), &e);
	return a;
}

static struct address numbered(uint32_t i)
{
	struct address a = address_of("11.0.0.0");

	for (int b = 0; b < 3; b++)
		a.bytes[15 - b] = (uint8_t)(i >> 8 * b);
	return a;
}

static int64_t wrong(struct penalty *p, const char *from, int64_t now)
{
	struct address a = address_of(from);

	return penalty_delay_ms(p, &a, PENALTY_FREE, now);
}

static void done(struct penalty *p, const char *from)
{
	struct address a = address_of(from);

	penalty_done(p, &a);
}

static void use_up(struct penalty *p, const char *from, int64_t now)
{
	for (int i = 0; i < PENALTY_FREE; i++)
		assert_int_equal(wrong(p, from, now), 0);
}

static void first_ten_in_a_minute_are_free(void **state)
{
	for (int i = 0; i < 10; i++)
		assert_int_equal(wrong(*state, "192.0.2.7", NOW + i * 6 * SECOND_MS), 0);
	assert_true(wrong(*state, "192.0.2.7", NOW + 59 * SECOND_MS) > 0);
	assert_int_equal(penalty_held(*state), 1);
}

static void ten_are_free_again_after_a_minute(void **state)
{
	use_up(*state, "192.0.2.7", NOW);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW + MINUTE_MS - 1), 1000);
	/* Not while one is held up. */
	assert_int_equal(wrong(*state, "192.0.2.7", NOW + MINUTE_MS + 500), 1499);
	done(*state, "192.0.2.7");
	done(*state, "192.0.2.7");
	use_up(*state, "192.0.2.7", NOW + 2 * MINUTE_MS);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW + 2 * MINUTE_MS), 1000);
}

static void answers_leave_one_a_second(void **state)
{
	use_up(*state, "192.0.2.7", NOW);
	for (int i = 1; i <= 5; i++)
		assert_int_equal(wrong(*state, "192.0.2.7", NOW), i * 1000);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW + 700), 5300);
	/* After a pause it waits its second, no more. */
	assert_int_equal(wrong(*state, "192.0.2.7", NOW + 20000), 1000);
}

static void no_answer_is_held_up_longer_than_ten_seconds(void **state)
{
	use_up(*state, "192.0.2.7", NOW);
	for (int i = 1; i <= PENALTY_HELD; i++)
		assert_int_equal(wrong(*state, "192.0.2.7", NOW), i < 10 ? i * 1000 : 10000);
	assert_int_equal(penalty_held(*state), PENALTY_HELD);
}

static void one_address_holds_so_many_and_no_more(void **state)
{
	use_up(*state, "192.0.2.7", NOW);
	for (int i = 0; i < PENALTY_HELD; i++)
		assert_true(wrong(*state, "192.0.2.7", NOW) > 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(wrong(*state, "192.0.2.7", NOW), PENALTY_REFUSE);
	assert_int_equal(penalty_held(*state), PENALTY_HELD);
	done(*state, "192.0.2.7");
	assert_true(wrong(*state, "192.0.2.7", NOW + 1000) > 0);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW + 1000), PENALTY_REFUSE);
}

static void others_do_not_pay_for_it(void **state)
{
	use_up(*state, "192.0.2.7", NOW);
	for (int i = 0; i < 100; i++)
		wrong(*state, "192.0.2.7", NOW);
	use_up(*state, "192.0.2.8", NOW);
	assert_int_equal(wrong(*state, "192.0.2.8", NOW), 1000);
}

static void network_of_ipv6_is_one_address(void **state)
{
	for (unsigned i = 0; i < PENALTY_FREE; i++) {
		char text[64];

		snprintf(text, sizeof text, "2001:db8:0:1:%x::%x", 7 * i, i);
		assert_int_equal(wrong(*state, text, NOW), 0);
	}
	assert_int_equal(wrong(*state, "2001:db8:0:1:ffff:ffff:ffff:ffff", NOW), 1000);
	assert_int_equal(wrong(*state, "2001:db8:0:2::", NOW), 0);
	done(*state, "2001:db8:0:1::1");
	assert_int_equal(penalty_held(*state), 0);
}

static void all_together_hold_so_many_and_no_more(void **state)
{
	struct address a;
	int held = 0;

	for (uint32_t i = 0; i < 64; i++) {
		a = numbered(i);
		for (int k = 0; k < PENALTY_FREE + PENALTY_HELD; k++)
			held += penalty_delay_ms(*state, &a, PENALTY_FREE, NOW) > 0;
	}
	assert_int_equal(held, PENALTY_HELD_ALL);
	assert_int_equal(penalty_held(*state), PENALTY_HELD_ALL);
	a = numbered(63);
	assert_int_equal(penalty_delay_ms(*state, &a, PENALTY_FREE, NOW), PENALTY_REFUSE);
	/* Whoever begins is still free, and what leaves makes room. */
	use_up(*state, "192.0.2.7", NOW);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW), PENALTY_REFUSE);
	a = numbered(0);
	penalty_done(*state, &a);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW), 1000);
}

static void done_without_an_answer_held_up_is_nothing(void **state)
{
	done(*state, "192.0.2.7");
	wrong(*state, "192.0.2.7", NOW);
	done(*state, "192.0.2.7");
	assert_int_equal(penalty_held(*state), 0);
}

/* Ten times as many as have room: those with answers held up stay, whatever comes. */
static void table_that_is_full_keeps_those_with_answers_held_up(void **state)
{
	use_up(*state, "192.0.2.7", NOW);
	assert_int_equal(wrong(*state, "192.0.2.7", NOW), 1000);
	for (uint32_t i = 0; i < 10 * PENALTY_ADDRESSES; i++) {
		struct address a = numbered(i);

		assert_int_equal(penalty_delay_ms(*state, &a, PENALTY_FREE, NOW + 1 + i / 1000), 0);
	}
	assert_int_equal(wrong(*state, "192.0.2.7", NOW), 2000);
	done(*state, "192.0.2.7");
	done(*state, "192.0.2.7");
	assert_int_equal(penalty_held(*state), 0);
}

/* However alike they are, a quarter of what has room is remembered as good as whole. */
static void alike_addresses_do_not_push_each_other_out(void **state)
{
	int known = 0;

	for (uint32_t i = 0; i < PENALTY_ADDRESSES / 4; i++) {
		struct address a = numbered(i);

		for (int k = 0; k < PENALTY_FREE; k++)
			assert_int_equal(penalty_delay_ms(*state, &a, PENALTY_FREE, NOW), 0);
	}
	for (uint32_t i = 0; i < PENALTY_ADDRESSES / 4; i++) {
		struct address a = numbered(i);

		known += penalty_delay_ms(*state, &a, PENALTY_FREE, NOW) > 0;
		penalty_done(*state, &a);
	}
	assert_true(known > PENALTY_ADDRESSES / 4 - 10);
}

/* Those whose minute is over make room before those that still count. */
static void table_lets_go_of_what_is_over_first(void **state)
{
	for (uint32_t i = 0; i < PENALTY_ADDRESSES; i++) {
		struct address a = numbered(i);

		penalty_delay_ms(*state, &a, PENALTY_FREE, NOW);
	}
	use_up(*state, "192.0.2.7", NOW + 30 * SECOND_MS);
	for (uint32_t i = 0; i < PENALTY_ADDRESSES / 8; i++) {
		struct address a = numbered(PENALTY_ADDRESSES + i);

		penalty_delay_ms(*state, &a, PENALTY_FREE, NOW + 61 * SECOND_MS);
	}
	assert_true(wrong(*state, "192.0.2.7", NOW + 62 * SECOND_MS) > 0);
}

enum { THREADS = 4, CALLS = 5000 };

struct guesser {
	struct penalty *p;
	atomic_int *free, *held;
	pthread_t thread;
};

static void *guesser_run(void *arg)
{
	struct guesser *g = arg;
	struct address a = address_of("192.0.2.7");

	for (int i = 0; i < CALLS; i++) {
		int64_t delay = penalty_delay_ms(g->p, &a, PENALTY_FREE, NOW);

		*g->free += delay == 0;
		*g->held += delay > 0;
	}
	return NULL;
}

static void threads_count_together(void **state)
{
	struct guesser g[THREADS];
	atomic_int free = 0, held = 0;

	for (int i = 0; i < THREADS; i++) {
		g[i] = (struct guesser){ *state, &free, &held, 0 };
		assert_int_equal(pthread_create(&g[i].thread, NULL, guesser_run, &g[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(g[i].thread, NULL);
	assert_int_equal(free, PENALTY_FREE);
	assert_int_equal(held, PENALTY_HELD);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(first_ten_in_a_minute_are_free),
		TEST(ten_are_free_again_after_a_minute),
		TEST(answers_leave_one_a_second),
		TEST(no_answer_is_held_up_longer_than_ten_seconds),
		TEST(one_address_holds_so_many_and_no_more),
		TEST(others_do_not_pay_for_it),
		TEST(network_of_ipv6_is_one_address),
		TEST(all_together_hold_so_many_and_no_more),
		TEST(done_without_an_answer_held_up_is_nothing),
		TEST(table_that_is_full_keeps_those_with_answers_held_up),
		TEST(alike_addresses_do_not_push_each_other_out),
		TEST(table_lets_go_of_what_is_over_first),
		TEST(threads_count_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
