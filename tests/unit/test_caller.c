/* Caller tokens: which files are taken, who is let in, and replacing them while they are asked for. */
#include "tests/lib/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/serve/caller.h"

#define ONE "0123456789abcdef0123456789abcdef"
#define TWO "QkFzZTY0IG9mIHNvbWUgYnl0"
#define THREE "fedcba9876543210fedcba9876543210"

struct place {
	char *folder, *path;
	struct callers *c;
};

static int setup(void **state)
{
	struct place *p = x_calloc(1, sizeof *p);

	p->folder = temp_folder();
	p->path = path_join(p->folder, "tokens");
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	callers_free(p->c);
	free(p->path);
	temp_folder_remove(p->folder);
	free(p);
	return 0;
}

static void open_well(struct place *p, const char *text)
{
	struct err e = ERR_INIT;

	callers_free(p->c);
	p->c = NULL;
	file_put(p->path, text);
	assert_well(callers_open(&p->c, p->path, &e), &e);
}

static bool allowed(struct place *p, const char *token)
{
	return callers_allow(p->c, token, strlen(token));
}

static void each_token_of_the_file_is_let_in(void **state)
{
	struct place *p = *state;

	open_well(p, "# the proxy, until June\n" ONE "\n\n# the proxy, from May\r\n" TWO "\r\n");
	assert_true(allowed(p, ONE));
	assert_true(allowed(p, TWO));
	open_well(p, ONE);
	assert_true(allowed(p, ONE));
}

static void nothing_else_is_let_in(void **state)
{
	struct place *p = *state;

	open_well(p, "# comment\n\n" ONE "\n" TWO "\r\n");
	assert_false(allowed(p, ""));
	assert_false(allowed(p, THREE));
	assert_false(allowed(p, ONE "0"));
	assert_false(allowed(p, ONE "\n"));
	assert_false(allowed(p, TWO "\r"));
	assert_false(allowed(p, " " ONE));
	assert_false(allowed(p, "# comment"));
	assert_false(allowed(p, "0123456789ABCDEF0123456789ABCDEF"));
	assert_false(callers_allow(p->c, ONE, strlen(ONE) - 1));
	assert_false(callers_allow(p->c, ONE TWO, strlen(ONE TWO)));
}

static void assert_file_refused(struct place *p, const char *text, const char *why)
{
	struct err e = ERR_INIT;

	file_put(p->path, text);
	assert_refused(callers_open(&p->c, p->path, &e), ERR_USAGE, &e, why);
	assert_null(p->c);
	/* Nothing of it is told. */
	assert_null(strstr(e.message, "abcdef"));
	assert_null(strstr(e.hint, "abcdef"));
}

static void wrong_files_are_refused_by_line(void **state)
{
	struct place *p = *state;
	char long_token[300], many[65 * (sizeof ONE + 1) + 1] = "";

	assert_file_refused(p, "", "holds no token");
	assert_file_refused(p, "\n\r\n# abcdef\n", "holds no token");
	assert_file_refused(p, ONE "\nabcdef\n", "line 2");
	assert_file_refused(p, "abcdef " ONE "\n", "line 1");
	assert_file_refused(p, ONE "\n" ONE "\t\n", "has blanks");
	assert_file_refused(p, ONE "\n\n" ONE "\xc3\xa4\n", "line 3");
	assert_file_refused(p, ONE "\x7f", "has blanks or characters outside ASCII");
	memset(long_token, 'x', sizeof long_token - 1);
	long_token[sizeof long_token - 1] = '\0';
	assert_file_refused(p, long_token, "longer than 256");
	for (int i = 0; i < 65; i++)
		snprintf(many + strlen(many), sizeof many - strlen(many), "%s\n", ONE);
	assert_file_refused(p, many, "line 65");
}

static void tokens_that_can_be_guessed_are_refused(void **state)
{
	struct place *p = *state;

	assert_file_refused(p, "12345678901234567890123456789012345678", "too short");
	assert_file_refused(p, "0123456789abcdef0123456789abcde", "too short");
	assert_file_refused(p, "0123456789ABCDEF0123456789ABCDE", "too short");
	assert_file_refused(p, "abcdefghijklmnopqrstuvwx", "too short");
	assert_file_refused(p, "ABCDEFGHIJKLMNOPQRSTUVWX", "too short");
	assert_file_refused(p, "QkFzZTY0IG9mIHNvbWUgY", "too short");
	open_well(p, "123456789012345678901234567890123456789");
	open_well(p, "0123456789ABCDEF0123456789ABCDEF");
	open_well(p, "abcdefghijklmnopqrstuvwxy");
	open_well(p, "QkFzZTY0IG9mIHNvbWUgYn");
}

static void file_that_others_can_read_is_refused(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	file_put(p->path, ONE "\n");
	assert_int_equal(chmod(p->path, 0644), 0);
	assert_refused(callers_open(&p->c, p->path, &e), ERR_PERMISSION, &e, "0644");
	unlink(p->path);
	assert_refused(callers_open(&p->c, p->path, &e), ERR_USAGE, &e, p->path);
	assert_refused(callers_open(&p->c, p->folder, &e), ERR_USAGE, &e, "neither a file");
}

static void file_that_never_ends_is_refused(void **state)
{
	struct place *p = *state;
	char *text = x_malloc(20000);

	memset(text, '\n', 19999);
	text[19999] = '\0';
	assert_file_refused(p, text, "longer than");
	free(text);
}

static void reload_replaces_the_tokens(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	open_well(p, ONE "\n" TWO "\n");
	file_put(p->path, TWO "\n" THREE "\n");
	assert_false(allowed(p, THREE));
	assert_well(callers_reload(p->c, &e), &e);
	assert_false(allowed(p, ONE));
	assert_true(allowed(p, TWO));
	assert_true(allowed(p, THREE));
}

static void reload_of_a_wrong_file_keeps_what_was_there(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	open_well(p, ONE "\n");
	file_put(p->path, THREE "\nabc\n");
	assert_refused(callers_reload(p->c, &e), ERR_USAGE, &e, "line 2");
	assert_true(allowed(p, ONE));
	assert_false(allowed(p, THREE));
	unlink(p->path);
	assert_refused(callers_reload(p->c, &e), ERR_USAGE, &e, p->path);
	assert_true(allowed(p, ONE));
}

struct asker {
	struct callers *c;
	atomic_bool stop;
	atomic_int refused, asked;
};

static void *asker_run(void *arg)
{
	struct asker *a = arg;

	while (!a->stop) {
		a->refused += !callers_allow(a->c, TWO, strlen(TWO));
		a->asked++;
	}
	return NULL;
}

/* The token that is in both files is let in all the time. */
static void reload_leaves_no_gap(void **state)
{
	struct place *p = *state;
	struct asker a = { .refused = 0 };
	struct err e = ERR_INIT;
	pthread_t thread;

	open_well(p, ONE "\n" TWO "\n");
	a.c = p->c;
	assert_int_equal(pthread_create(&thread, NULL, asker_run, &a), 0);
	for (int i = 0; i < 200 || a.asked < 1000; i++) {
		file_put(p->path, i % 2 ? ONE "\n" TWO "\n" : TWO "\n" THREE "\n");
		assert_well(callers_reload(p->c, &e), &e);
	}
	a.stop = true;
	pthread_join(thread, NULL);
	assert_int_equal(a.refused, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_token_of_the_file_is_let_in),
		TEST(nothing_else_is_let_in),
		TEST(wrong_files_are_refused_by_line),
		TEST(tokens_that_can_be_guessed_are_refused),
		TEST(file_that_others_can_read_is_refused),
		TEST(file_that_never_ends_is_refused),
		TEST(reload_replaces_the_tokens),
		TEST(reload_of_a_wrong_file_keeps_what_was_there),
		TEST(reload_leaves_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
