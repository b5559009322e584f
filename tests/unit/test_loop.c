/* The event loop: descriptors, signals, timers and posts, and what callbacks may do to it. */
#include "tests/lib/support.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/loop.h"

/* What happened, one letter each. */
struct record {
	struct loop *loop;
	char seen[64];
	size_t len;
	int ends[2];
	struct loop_timer *timer;
};

static void note(struct record *r, char c)
{
	if (r->len < sizeof(r->seen) - 1)
		r->seen[r->len++] = c;
}

static int set_up(void **state)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r || pipe(r->ends) < 0)
		return -1;
	r->loop = loop_new();
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	struct record *r = *state;

	loop_free(r->loop);
	close(r->ends[0]);
	close(r->ends[1]);
	free(r);
	return 0;
}

static void note_a(void *arg)
{
	note(arg, 'a');
}

static void note_b(void *arg)
{
	note(arg, 'b');
}

static void stop(void *arg)
{
	struct record *r = arg;

	note(r, '.');
	loop_stop(r->loop);
}

static void read_byte(void *arg, short revents)
{
	struct record *r = arg;
	char c;

	if (revents & POLLIN && read(r->ends[0], &c, 1) == 1)
		note(r, c);
}

static void put(struct record *r, char c)
{
	assert_int_equal(write(r->ends[1], &c, 1), 1);
}

static void a_watched_descriptor_calls_back_when_ready(void **state)
{
	struct record *r = *state;

	loop_watch(r->loop, r->ends[0], POLLIN, read_byte, r);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "");
	put(r, 'x');
	put(r, 'y');
	loop_step(r->loop, -1);
	loop_step(r->loop, -1);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "xy");
}

static void a_descriptor_that_is_watched_no_more_is_silent(void **state)
{
	struct record *r = *state;

	loop_watch(r->loop, r->ends[0], POLLIN, read_byte, r);
	put(r, 'x');
	loop_watch(r->loop, r->ends[0], 0, NULL, NULL);
	loop_watch(r->loop, r->ends[0], 0, NULL, NULL);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "");
}

/* Both ends are ready; whichever comes first silences the other. */
static void silence_the_other(void *arg, short revents)
{
	struct record *r = arg;

	(void)revents;
	note(r, 'o');
	loop_watch(r->loop, r->ends[0], 0, NULL, NULL);
	loop_watch(r->loop, r->ends[1], 0, NULL, NULL);
}

static void a_callback_may_silence_a_descriptor_of_the_same_round(void **state)
{
	struct record *r = *state;

	put(r, 'x');
	loop_watch(r->loop, r->ends[0], POLLIN, silence_the_other, r);
	loop_watch(r->loop, r->ends[1], POLLOUT, silence_the_other, r);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "o");
}

static void watch_anew(void *arg, short revents)
{
	struct record *r = arg;

	(void)revents;
	note(r, 'n');
	loop_watch(r->loop, r->ends[1], 0, NULL, NULL);
	loop_watch(r->loop, r->ends[1], POLLOUT, watch_anew, r);
	for (int fd = 900; fd < 950; fd++)
		loop_watch(r->loop, fd, POLLIN, watch_anew, r);
	for (int fd = 900; fd < 950; fd++)
		loop_watch(r->loop, fd, 0, NULL, NULL);
}

static void a_descriptor_watched_anew_waits_for_the_next_round(void **state)
{
	struct record *r = *state;

	loop_watch(r->loop, r->ends[1], POLLOUT, watch_anew, r);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "n");
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "nn");
}

static void timers_fire_once_in_the_order_of_their_time(void **state)
{
	struct record *r = *state;

	loop_after(r->loop, 10, stop, r);
	loop_after(r->loop, 5, note_b, r);
	loop_after(r->loop, 0, note_a, r);
	loop_after(r->loop, 5, note_a, r);
	loop_run(r->loop);
	assert_string_equal(r->seen, "aba.");
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "aba.");
}

static void a_timer_never_fires_early(void **state)
{
	struct record *r = *state;
	struct timespec before, after;

	clock_gettime(CLOCK_MONOTONIC, &before);
	loop_after(r->loop, 20, stop, r);
	loop_run(r->loop);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >=
		    20000000);
}

static void a_cancelled_timer_is_silent(void **state)
{
	struct record *r = *state;
	struct loop_timer *t = loop_after(r->loop, 0, note_a, r);

	loop_after(r->loop, 0, note_b, r);
	loop_cancel(r->loop, t);
	loop_cancel(r->loop, NULL);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "b");
}

static void a_timer_in_the_middle_can_be_cancelled_once(void **state)
{
	struct record *r = *state;
	struct loop_timer *t;

	loop_after(r->loop, 0, note_a, r);
	t = loop_after(r->loop, 1, note_b, r);
	loop_after(r->loop, 2, stop, r);
	loop_cancel(r->loop, t);
	loop_run(r->loop);
	assert_string_equal(r->seen, "a.");
}

static void a_step_waits_no_longer_than_asked_or_the_next_timer(void **state)
{
	struct record *r = *state;

	loop_after(r->loop, 3600000, note_a, r);
	loop_step(r->loop, 1);
	assert_string_equal(r->seen, "");
	loop_after(r->loop, 1, note_b, r);
	while (!r->len)
		loop_step(r->loop, 3600000);
	assert_string_equal(r->seen, "b");
}

static void cancel_the_other(void *arg)
{
	struct record *r = arg;

	note(r, 'c');
	loop_cancel(r->loop, r->timer);
}

static void a_timer_may_cancel_another_that_is_due(void **state)
{
	struct record *r = *state;

	loop_after(r->loop, 0, cancel_the_other, r);
	r->timer = loop_after(r->loop, 0, note_a, r);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "c");
}

static void arm_again(void *arg)
{
	struct record *r = arg;

	note(r, 'r');
	loop_after(r->loop, 0, arm_again, r);
}

static void a_timer_that_arms_itself_leaves_room_for_others(void **state)
{
	struct record *r = *state;

	loop_watch(r->loop, r->ends[0], POLLIN, read_byte, r);
	loop_after(r->loop, 0, arm_again, r);
	put(r, 'x');
	loop_step(r->loop, 0);
	loop_step(r->loop, 0);
	assert_string_equal(r->seen, "xrr");
}

static void note_signal(void *arg, int signal_number)
{
	note(arg, signal_number == SIGUSR1 ? '1' : signal_number == SIGUSR2 ? '2' : '?');
}

static void signals_arrive_in_the_loop_only(void **state)
{
	struct record *r = *state;

	loop_signal(r->loop, SIGUSR1, note_signal, r);
	loop_signal(r->loop, SIGUSR2, note_signal, r);
	raise(SIGUSR1);
	assert_string_equal(r->seen, "");
	loop_step(r->loop, -1);
	assert_string_equal(r->seen, "1");
	raise(SIGUSR2);
	loop_step(r->loop, -1);
	assert_string_equal(r->seen, "12");
}

static void the_signal_mask_is_put_back(void **state)
{
	struct loop *l = loop_new();
	sigset_t before, during, after;

	(void)state;
	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	loop_signal(l, SIGUSR1, note_signal, NULL);
	loop_signal(l, SIGUSR2, note_signal, NULL);
	pthread_sigmask(SIG_SETMASK, NULL, &during);
	loop_free(l);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	assert_true(sigismember(&during, SIGUSR1));
	assert_false(sigismember(&after, SIGUSR1));
	assert_true(sigismember(&after, SIGUSR2));
	sigemptyset(&before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void post_again(void *arg)
{
	struct record *r = arg;

	note(r, 'p');
	loop_post(r->loop, note_b, r);
}

static void posts_run_in_order_and_may_post(void **state)
{
	struct record *r = *state;

	loop_post(r->loop, post_again, r);
	loop_post(r->loop, note_a, r);
	assert_string_equal(r->seen, "");
	loop_step(r->loop, -1);
	assert_string_equal(r->seen, "pa");
	loop_step(r->loop, -1);
	assert_string_equal(r->seen, "pab");
}

enum { POSTERS = 4, POSTS = 500 };

static int posted;

static void count_post(void *arg)
{
	struct record *r = arg;

	if (++posted == POSTERS * POSTS)
		loop_stop(r->loop);
}

static void *post_many(void *arg)
{
	struct record *r = arg;

	for (int i = 0; i < POSTS; i++)
		loop_post(r->loop, count_post, r);
	return NULL;
}

static void posts_of_other_threads_all_arrive(void **state)
{
	struct record *r = *state;
	pthread_t threads[POSTERS];

	posted = 0;
	for (int i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, post_many, r), 0);
	loop_run(r->loop);
	for (int i = 0; i < POSTERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(posted, POSTERS * POSTS);
}

static void a_loop_can_go_with_work_left(void **state)
{
	struct record *r = *state;
	struct loop *l = loop_new();

	loop_after(l, 1000000, note_a, r);
	loop_after(l, 0, note_a, r);
	loop_post(l, note_a, r);
	loop_free(l);
	loop_free(NULL);
	assert_string_equal(r->seen, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void *stop_from_here(void *loop)
{
	loop_post_stop(loop);
	return NULL;
}

static void another_thread_can_stop_it(void **state)
{
	struct loop *l = loop_new();
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, stop_from_here, l), 0);
	loop_run(l);
	assert_int_equal(pthread_join(thread, NULL), 0);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_watched_descriptor_calls_back_when_ready),
		TEST(a_descriptor_that_is_watched_no_more_is_silent),
		TEST(a_callback_may_silence_a_descriptor_of_the_same_round),
		TEST(a_descriptor_watched_anew_waits_for_the_next_round),
		TEST(timers_fire_once_in_the_order_of_their_time),
		TEST(a_timer_never_fires_early),
		TEST(a_cancelled_timer_is_silent),
		TEST(a_timer_in_the_middle_can_be_cancelled_once),
		TEST(a_step_waits_no_longer_than_asked_or_the_next_timer),
		TEST(a_timer_may_cancel_another_that_is_due),
		TEST(a_timer_that_arms_itself_leaves_room_for_others),
		TEST(signals_arrive_in_the_loop_only),
		TEST(the_signal_mask_is_put_back),
		TEST(posts_run_in_order_and_may_post),
		TEST(posts_of_other_threads_all_arrive),
		TEST(a_loop_can_go_with_work_left),
		cmocka_unit_test(another_thread_can_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
