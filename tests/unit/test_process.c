/* Telling a process from another that got its number. */
#include "src/base/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/support.h"

static void a_running_process_has_a_start_time(void **state)
{
	(void)state;
	assert_true(process_start(getpid()) > 0);
	assert_true(process_alive(getpid(), process_start(getpid())));
}

static void another_start_time_is_another_process(void **state)
{
	(void)state;
	assert_false(process_alive(getpid(), process_start(getpid()) + 1));
}

static void without_a_start_time_the_number_counts(void **state)
{
	(void)state;
	assert_true(process_alive(getpid(), 0));
}

static void a_process_that_ended_is_gone(void **state)
{
	pid_t child = fork();
	int64_t start;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		pause();
		_exit(0);
	}
	start = process_start(child);
	assert_true(process_alive(child, start));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(process_alive(child, start));
	assert_false(process_alive(child, 0));
	assert_int_equal(process_start(child), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_running_process_has_a_start_time),
		cmocka_unit_test(another_start_time_is_another_process),
		cmocka_unit_test(without_a_start_time_the_number_counts),
		cmocka_unit_test(a_process_that_ended_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
