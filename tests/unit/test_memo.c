/* What a thread of the gate remembers: it saves reading, and never outlives a change. */
#include "src/app/memo.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/gate_internal.h"
#include "src/base/alloc.h"
#include "tests/lib/sink.h"

enum { ROUNDS = 60, MANY = 40000 };

/* --- the table by itself ------------------------------------------------------------------------------ */

static struct memo_proof prove(struct memo *m, const char *secret)
{
	struct memo_proof p;

	memo_prove(m, secret, strlen(secret), &p);
	return p;
}

static void keep(struct memo *m, const char *secret, int64_t row)
{
	struct memo_proof p = prove(m, secret);
	struct verify_result r;

	verify_result_init(&r);
	r.known = true;
	r.key.row = row;
	memo_keep(m, &p, &r, TIME_NONE);
	verify_result_release(&r);
}

static int64_t row_of(struct memo *m, const char *secret)
{
	struct memo_proof p = prove(m, secret);
	const struct memo_entry *entry = memo_find(m, &p);

	return entry ? entry->result.key.row : 0;
}

static void it_knows_what_it_was_told_until_it_forgets(void **state)
{
	struct memo *m = memo_new();

	(void)state;
	assert_int_equal(row_of(m, "one"), 0);
	keep(m, "one", 1);
	keep(m, "two", 2);
	assert_int_equal(row_of(m, "one"), 1);
	assert_int_equal(row_of(m, "two"), 2);
	assert_int_equal(row_of(m, "on"), 0);
	assert_int_equal(row_of(m, "onf"), 0);
	memo_forget(m);
	assert_int_equal(row_of(m, "one"), 0);
	keep(m, "one", 3);
	assert_int_equal(row_of(m, "one"), 3);
	assert_int_equal(row_of(m, "two"), 0);
	memo_free(m);
}

static void two_memos_prove_one_secret_differently(void **state)
{
	struct memo *a = memo_new(), *b = memo_new();
	struct memo_proof of_a = prove(a, "one"), of_b = prove(b, "one");

	(void)state;
	assert_memory_not_equal(of_a.mac, of_b.mac, sizeof of_a.mac);
	memo_free(a);
	memo_free(b);
}

/* More than there is room for: each answer is right or there is none. */
static void it_never_mixes_up_secrets(void **state)
{
	struct memo *m = memo_new();
	size_t kept = 0;
	char secret[32];

	(void)state;
	for (int i = 1; i <= MANY; i++) {
		snprintf(secret, sizeof secret, "secret-%d", i);
		keep(m, secret, i);
		assert_int_equal(row_of(m, secret), i);
	}
	for (int i = 1; i <= MANY; i++) {
		int64_t row;

		snprintf(secret, sizeof secret, "secret-%d", i);
		row = row_of(m, secret);
		assert_true(row == 0 || row == i);
		kept += row == i;
	}
	assert_in_range(kept, MANY / 4, 16384);
	memo_free(m);
}

/* --- in the gate ---------------------------------------------------------------------------------------- */

struct world {
	struct session s;
	struct gate *gate;
	struct gate_thread *thread;
	char secret[SINK_TEXT];
};

static int setup(void **state)
{
	struct world *w = x_calloc(1, sizeof *w);
	struct err e = ERR_INIT;

	session_start(&w->s);
	snprintf(w->secret, sizeof w->secret, "%s", session_create(&w->s, "k"));
	assert_well(gate_open(&w->gate, w->s.app, &e), &e);
	assert_well(gate_thread_open(&w->thread, w->gate, &e), &e);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	gate_thread_close(w->thread);
	gate_close(w->gate, NULL);
	session_end(&w->s);
	free(w);
	return 0;
}

static enum errc ask(struct world *w, struct gate_answer *a, struct err *e)
{
	const struct verify_request q = { .secret = w->secret, .len = strlen(w->secret) };

	return gate_check(w->thread, &q, a, e);
}

static void assert_code(struct world *w, enum verify_code code)
{
	struct gate_answer a;
	struct err e = ERR_INIT;

	assert_well(ask(w, &a, &e), &e);
	assert_int_equal(a.code, code);
}

static bool remembers(struct world *w)
{
	struct memo_proof p = prove(w->thread->memo, w->secret);

	return gate_remembers(w->thread) && memo_find(w->thread->memo, &p);
}

static void assert_remembered(struct world *w)
{
	assert_code(w, VERIFY_VALID);
	test_clock_advance(&w->s.clock, SECOND_MS);
	assert_code(w, VERIFY_VALID);
	assert_code(w, VERIFY_VALID);
	assert_true(remembers(w));
}

static void write_counts(struct world *w)
{
	struct err e = ERR_INIT;

	assert_well(gate_write(w->gate, &e), &e);
	assert_int_equal(meter_waiting(w->gate->meter), 0);
}

static void operate(struct world *w, const char *id)
{
	struct err e = ERR_INIT;

	assert_well(session_other(&w->s, &e, id, "key", "k", NULL), &e);
}

static void own_writes_end_nothing(void **state)
{
	struct world *w = *state;

	assert_remembered(w);
	for (int i = 0; i < ROUNDS; i++) {
		assert_code(w, VERIFY_VALID);
		write_counts(w);
		gate_tick(w->gate);
		assert_code(w, VERIFY_VALID);
		assert_true(remembers(w));
	}
}

/* Before, after and between the gate's own writes. */
static void each_change_of_others_ends_it(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < ROUNDS; i++) {
		assert_remembered(w);
		if (i % 2)
			write_counts(w);
		operate(w, "key.disable");
		if (i % 3)
			write_counts(w);
		assert_code(w, VERIFY_DISABLED);
		if (i % 5)
			gate_tick(w->gate);
		test_clock_advance(&w->s.clock, SECOND_MS);
		assert_code(w, VERIFY_DISABLED);
		assert_code(w, VERIFY_DISABLED);
		operate(w, "key.enable");
	}
}

static void a_row_that_is_edited_by_hand_ends_it(void **state)
{
	struct world *w = *state;
	struct gate_answer a;
	struct err e = ERR_INIT;
	sqlite3 *db = NULL;

	assert_remembered(w);
	assert_int_equal(sqlite3_open(w->s.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE apikey SET scopes = '*'", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	write_counts(w);
	assert_refused(ask(w, &a, &e), ERR_STORE, &e, "altered");
	assert_refused(ask(w, &a, &e), ERR_STORE, &e, "altered");
}

/* The rows are remembered, not the answer. */
static void time_and_limits_go_on(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;

	assert_well(session_other(&w->s, &e, "key.edit", "key", "k", "expires", "1h", "limit",
				  "3/day", NULL),
		    &e);
	assert_remembered(w);
	assert_code(w, VERIFY_RATE_LIMITED);
	assert_true(remembers(w));
	test_clock_advance(&w->s.clock, HOUR_MS);
	assert_code(w, VERIFY_EXPIRED);
	assert_true(remembers(w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_knows_what_it_was_told_until_it_forgets),
		cmocka_unit_test(two_memos_prove_one_secret_differently),
		cmocka_unit_test(it_never_mixes_up_secrets),
		cmocka_unit_test_setup_teardown(own_writes_end_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(each_change_of_others_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_row_that_is_edited_by_hand_ends_it, setup,
						teardown),
		cmocka_unit_test_setup_teardown(time_and_limits_go_on, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
