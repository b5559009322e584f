/* Worker threads: what arrives on the loop, what a cancelled or dropped piece of work may still do, who
 * decides about a secret. */
#include <pthread.h>
#include <string.h>

#include "tests/lib/support.h"
#include "ui/worker.h"

struct heard {
	struct loop *loop;
	struct app *app;
	struct workers *workers;
	int done, asked, revealed, progressed;
	pthread_t loop_thread;
	bool elsewhere;
	enum errc code;
	size_t rows;
	bool takes, says_yes;
	char secret[32];
	int heard, noted;     /* records and remarks that came on their way */
	bool in_order, early; /* … one by one, and before the work was done */
};

/* --- operations that need no store ------------------------------------------------------------- */

static enum errc give_three(const struct op_call *c, struct err *e)
{
	enum errc code = ERR_OK;

	for (int i = 0; i < 3 && !code; i++) {
		struct json *row = json_object_new();

		json_set_int(row, "n", i);
		code = c->sink->record(c->sink->arg, c->op, row, e);
		json_free(row);
	}
	return code;
}

/* Goes on until it is told to stop. */
static enum errc go_on(const struct op_call *c, struct err *e)
{
	while (c->sink->progress(c->sink->arg, "going", 1, 2))
		;
	return err_set(e, ERR_CANCELLED, "cancelled");
}

static enum errc reveal_one(const struct op_call *c, struct err *e)
{
	struct secret secret = SECRET_INIT;
	struct json *row = json_object_new();
	enum errc code;

	secret_set(&secret, "ak_x", 4);
	code = c->sink->reveal(c->sink->arg, c->op, row, &secret, e);
	secret_release(&secret);
	json_free(row);
	return code;
}

static enum errc ask_one(const struct op_call *c, struct err *e)
{
	return c->sink->confirm(c->sink->arg, "sure?", e);
}

/* Says something, then waits for a person for as long as one lets it. */
static enum errc wait_long(const struct op_call *c, struct err *e)
{
	struct json *row = json_object_new();
	enum errc code;

	json_set_int(row, "n", 0);
	c->sink->note(c->sink->arg, "open the page");
	code = c->sink->record(c->sink->arg, c->op, row, e);
	json_free(row);
	return code ? code : go_on(c, e);
}

/* What a person gave up is forgotten; what the front end leaves is not. */
static _Atomic bool left_behind;

static enum errc leave_or_forget(const struct op_call *c, struct err *e)
{
	enum errc code = go_on(c, e);

	left_behind = c->sink->leaves(c->sink->arg);
	return code;
}

static const struct arg no_args[] = { { .name = NULL } };
static const struct op three = {
	.id = "test.three", .args = no_args, .flags = OP_NO_STORE, .run = give_three
};
static const struct op endless = {
	.id = "test.endless", .args = no_args, .flags = OP_NO_STORE, .run = go_on
};
static const struct op reveals = {
	.id = "test.reveals", .args = no_args, .flags = OP_NO_STORE, .run = reveal_one
};
static const struct op asks = {
	.id = "test.asks", .args = no_args, .flags = OP_NO_STORE, .run = ask_one
};

static const struct op waits_long = {
	.id = "test.waits", .args = no_args, .flags = OP_NO_STORE | OP_WRITES, .run = wait_long
};
static const struct op can_be_left = {
	.id = "test.leaves", .args = no_args, .flags = OP_NO_STORE, .run = leave_or_forget
};

/* --- what the loop hears --------------------------------------------------------------------------- */

static void on_done(void *arg, const struct work_result *r)
{
	struct heard *h = arg;

	h->done++;
	h->code = r->code;
	h->rows = json_count(r->rows);
}

static void on_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct heard *h = arg;

	assert_string_equal(what, "going");
	assert_true(done == 1 && total == 2);
	h->progressed++;
}

static void on_record(void *arg, const struct json *row)
{
	struct heard *h = arg;

	h->in_order &= json_get_int(row, "n", -1) == h->heard;
	h->early = !h->done && pthread_equal(pthread_self(), h->loop_thread);
	h->heard++;
}

static void on_note(void *arg, const char *text)
{
	struct heard *h = arg;

	assert_string_equal(text, "open the page");
	h->noted++;
}

static bool on_reveal(void *arg, const struct json *row, struct secret *secret)
{
	struct heard *h = arg;

	(void)row;
	h->revealed++;
	snprintf(h->secret, sizeof(h->secret), "%s", secret_reveal(secret));
	return h->takes;
}

static void on_confirm(void *arg, struct work *w, const char *question)
{
	struct heard *h = arg;

	assert_string_equal(question, "sure?");
	h->asked++;
	work_answer(w, h->says_yes);
}

/* Looks at which thread it is. */
static bool on_reveal_there(void *arg, const struct json *row, struct secret *secret)
{
	struct heard *h = arg;

	(void)row;
	(void)secret;
	h->elsewhere = !pthread_equal(pthread_self(), h->loop_thread);
	h->revealed++;
	return true;
}

static int start(void **state)
{
	static struct heard heard;
	const struct app_options options = { .no_syslog = true };

	heard = (struct heard){ .loop = loop_new(),
				.app = app_new(&options),
				.loop_thread = pthread_self(),
				.in_order = true };
	left_behind = false;
	heard.workers = workers_new(heard.loop, heard.app);
	workers_slow_after(heard.workers, 0);
	*state = &heard;
	return 0;
}

static int end(void **state)
{
	struct heard *h = *state;

	workers_free(h->workers);
	loop_free(h->loop);
	app_free(h->app);
	return 0;
}

static struct work_order order(struct heard *h, const struct op *op)
{
	return (struct work_order){ .op = op, .args = op_args_new(op), .arg = h, .done = on_done };
}

static void settle(struct heard *h)
{
	while (!workers_idle(h->workers))
		loop_step(h->loop, 100);
}

/* --- tests ------------------------------------------------------------------------------------------ */

static void records_arrive_together(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &three);

	work_start(h->workers, &o);
	assert_int_equal(h->done, 0);
	settle(h);
	assert_int_equal(h->done, 1);
	assert_int_equal(h->code, ERR_OK);
	assert_int_equal(h->rows, 3);
}

static void every_lane_works(void **state)
{
	struct heard *h = *state;

	for (int lane = 0; lane < LANE_COUNT; lane++) {
		struct work_order o = order(h, &three);

		o.lane = (enum work_lane)lane;
		work_start(h->workers, &o);
	}
	settle(h);
	assert_int_equal(h->done, LANE_COUNT);
}

static void cancelled_work_ends_and_says_so(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &endless);
	struct work *work;

	o.progress = on_progress;
	work = work_start(h->workers, &o);
	while (!h->progressed)
		loop_step(h->loop, 100);
	work_cancel(work);
	settle(h);
	assert_int_equal(h->done, 1);
	assert_int_equal(h->code, ERR_CANCELLED);
}

static void work_cancelled_before_its_turn_never_runs(void **state)
{
	struct heard *h = *state;
	struct work_order first = order(h, &endless), second = order(h, &reveals);
	struct work *a = work_start(h->workers, &first), *b;

	second.reveal = on_reveal;
	b = work_start(h->workers, &second);
	work_cancel(b);
	work_cancel(a);
	settle(h);
	assert_int_equal(h->done, 2);
	assert_int_equal(h->revealed, 0);
	assert_int_equal(h->code, ERR_CANCELLED);
}

static void dropped_work_calls_nobody(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &endless);

	work_drop(work_start(h->workers, &o));
	work_drop(NULL);
	settle(h);
	assert_int_equal(h->done, 0);
}

static void a_taken_secret_lets_the_key_live(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &reveals);

	o.reveal = on_reveal;
	h->takes = true;
	work_start(h->workers, &o);
	settle(h);
	assert_string_equal(h->secret, "ak_x");
	assert_int_equal(h->code, ERR_OK);
	assert_int_equal(h->rows, 1);
}

static void a_secret_that_nobody_takes_leaves_no_key(void **state)
{
	struct heard *h = *state;
	struct work_order refuses = order(h, &reveals), deaf = order(h, &reveals);

	refuses.reveal = on_reveal;
	work_start(h->workers, &refuses);
	settle(h);
	assert_int_equal(h->code, ERR_CANCELLED);
	work_start(h->workers, &deaf);
	settle(h);
	assert_int_equal(h->code, ERR_CANCELLED);
	assert_int_equal(h->revealed, 1);
}

static void a_question_waits_for_its_answer(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &asks);

	o.confirm = on_confirm;
	h->says_yes = true;
	work_start(h->workers, &o);
	settle(h);
	assert_int_equal(h->asked, 1);
	assert_int_equal(h->code, ERR_OK);
	h->says_yes = false;
	o = order(h, &asks);
	o.confirm = on_confirm;
	work_start(h->workers, &o);
	settle(h);
	assert_int_equal(h->code, ERR_CANCELLED);
}

static void a_secret_can_be_taken_on_the_worker(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &reveals);

	o.reveal = on_reveal_there;
	o.reveal_there = true;
	work_start(h->workers, &o);
	settle(h);
	assert_int_equal(h->revealed, 1);
	assert_true(h->elsewhere);
}

static void handles_can_be_dropped_when_all_has_stopped(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &endless);
	struct work *work = work_start(h->workers, &o);

	workers_stop(h->workers);
	work_drop(work);
	assert_int_equal(h->done, 0);
}

static void freeing_ends_what_still_runs(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &endless), waits = order(h, &asks);

	work_start(h->workers, &o);
	waits.lane = LANE_WRITE;
	waits.confirm = on_confirm;
	work_start(h->workers, &waits);
	o = order(h, &waits_long);
	o.lane = LANE_OWN;
	work_start(h->workers, &o);
	/* The tear-down must come back. */
}

static void records_come_one_by_one_to_who_asks(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &three);

	o.record = on_record;
	work_start(h->workers, &o);
	settle(h);
	assert_int_equal(h->heard, 3);
	assert_true(h->in_order);
	assert_true(h->early);
	assert_int_equal(h->rows, 0);
}

/* Several orders that wait for people hold up neither each other nor any other lane. */
static void work_on_its_own_holds_up_nobody(void **state)
{
	enum { FLOWS = 4 };
	struct heard *h = *state, others[FLOWS];
	struct work *flows[FLOWS];

	for (int i = 0; i < FLOWS; i++) {
		struct work_order o = order(&others[i], &waits_long);

		others[i] = *h;
		o.lane = LANE_OWN;
		o.record = on_record;
		o.note = on_note;
		flows[i] = work_start(h->workers, &o);
	}
	for (int i = 0; i < FLOWS; i++)
		while (!others[i].heard)
			loop_step(h->loop, 100);
	for (int lane = 0; lane < LANE_OWN; lane++) {
		struct work_order o = order(h, &three);

		o.lane = (enum work_lane)lane;
		work_start(h->workers, &o);
	}
	while (h->done < LANE_OWN)
		loop_step(h->loop, 100);
	work_cancel(flows[2]);
	while (!others[2].done)
		loop_step(h->loop, 100);
	assert_int_equal(others[2].code, ERR_CANCELLED);
	assert_int_equal(others[0].done + others[1].done + others[3].done, 0);
	for (int i = 0; i < FLOWS; i++) {
		assert_int_equal(others[i].noted, 1);
		if (i != 2)
			work_cancel(flows[i]);
	}
	settle(h);
	assert_int_equal(others[0].done + others[1].done + others[3].done, 3);
}

static void dropped_work_on_its_own_calls_nobody(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &waits_long);

	o.lane = LANE_OWN;
	o.record = on_record;
	work_drop(work_start(h->workers, &o));
	settle(h);
	assert_int_equal(h->heard + h->done, 0);
}

/* A flow that a person gives up is gone; one that the console leaves can be taken up again. */
static void an_operation_learns_who_ended_it(void **state)
{
	struct heard *h = *state;
	struct work_order o = order(h, &can_be_left);
	struct work *work;

	o.lane = LANE_OWN;
	o.progress = on_progress;
	work = work_start(h->workers, &o);
	while (!h->progressed)
		loop_step(h->loop, 100);
	work_cancel(work);
	settle(h);
	assert_false(left_behind);
	o = order(h, &can_be_left);
	o.lane = LANE_OWN;
	o.progress = on_progress;
	h->progressed = 0;
	work_start(h->workers, &o);
	while (!h->progressed)
		loop_step(h->loop, 100);
	workers_stop(h->workers);
	assert_true(left_behind);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_arrive_together),
		TEST(every_lane_works),
		TEST(cancelled_work_ends_and_says_so),
		TEST(work_cancelled_before_its_turn_never_runs),
		TEST(dropped_work_calls_nobody),
		TEST(a_taken_secret_lets_the_key_live),
		TEST(a_secret_that_nobody_takes_leaves_no_key),
		TEST(a_question_waits_for_its_answer),
		TEST(a_secret_can_be_taken_on_the_worker),
		TEST(handles_can_be_dropped_when_all_has_stopped),
		TEST(freeing_ends_what_still_runs),
		TEST(records_come_one_by_one_to_who_asks),
		TEST(work_on_its_own_holds_up_nobody),
		TEST(dropped_work_on_its_own_calls_nobody),
		TEST(an_operation_learns_who_ended_it),
	};

	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
