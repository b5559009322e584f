/* Memory or the end: the program aborts, after the terminal was restored. */
#include "tests/lib/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/alloc.h"

/* A sanitizer build would report the refused sizes instead of returning NULL for them. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:print_suppressions=0:log_path=/dev/null";
}

static void memory_of_no_size_is_still_memory(void **state)
{
	void *p = x_malloc(0), *q = x_calloc(0, 8);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	p = x_reallocarray(p, 0, 4);
	assert_non_null(p);
	free(p);
	free(q);
}

static void copies_are_independent_and_end_with_nul(void **state)
{
	char source[] = "abcdef";
	char *whole = x_strdup(source), *part = x_strndup(source, 3), *all = x_strndup(source, 99);

	(void)state;
	source[0] = 'X';
	assert_string_equal(whole, "abcdef");
	assert_string_equal(part, "abc");
	assert_string_equal(all, "abcdef");
	assert_null(x_strdup(NULL));
	free(whole);
	free(part);
	free(all);
}

static void asprintf_formats_to_the_heap(void **state)
{
	char *text = x_asprintf("%s-%d", "a", 7);

	(void)state;
	assert_string_equal(text, "a-7");
	free(text);
}

static int report_fd;

static void restore_and_tell(void)
{
	if (write(report_fd, "restored\n", 9) != 9)
		_exit(1);
}

static void ask_for_too_much(void)
{
	volatile size_t count = SIZE_MAX / 2;

	free(x_reallocarray(NULL, count, 16));
}

static void calloc_too_much(void)
{
	volatile size_t count = SIZE_MAX / 2;

	free(x_calloc(count, 16));
}

/* Runs in a child, whose standard error and restore callback go to the same pipe. */
static void run_exhausted(void (*exhaust)(void), char *said, size_t size, int *status)
{
	const struct rlimit none = { 0, 0 };
	int ends[2];
	pid_t child;
	ssize_t got;
	size_t len = 0;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		report_fd = ends[1];
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		alloc_on_exhausted(restore_and_tell);
		exhaust();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], said + len, size - 1 - len)) > 0)
		len += (size_t)got;
	said[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, status, 0), child);
}

static void check_exhausted(void (*exhaust)(void))
{
	char said[512];
	int status;

	run_exhausted(exhaust, said, sizeof(said), &status);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_string_equal(said, "restored\nauthrack: out of memory\n");
}

static void exhaustion_restores_the_terminal_then_aborts(void **state)
{
	(void)state;
	check_exhausted(alloc_exhausted);
}

static void a_product_that_overflows_is_exhaustion(void **state)
{
	(void)state;
	check_exhausted(ask_for_too_much);
	check_exhausted(calloc_too_much);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_of_no_size_is_still_memory),
		cmocka_unit_test(copies_are_independent_and_end_with_nul),
		cmocka_unit_test(asprintf_formats_to_the_heap),
		cmocka_unit_test(exhaustion_restores_the_terminal_then_aborts),
		cmocka_unit_test(a_product_that_overflows_is_exhaustion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
