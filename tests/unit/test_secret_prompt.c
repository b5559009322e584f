/* The hidden question, asked on a real pseudo-terminal. */
#include "tests/lib/support.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/secret.h"

enum { PATIENCE_MS = 20000 };

/* A child that asks once and reports "RC:SECRET" on a pipe. */
struct session {
	int terminal, report;
	pid_t child;
	char shown[4096];
};

static void ask_and_report(int report)
{
	struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;
	enum errc rc = secret_prompt(&s, "Passphrase: ", &e);
	char text[512];

	snprintf(text, sizeof(text), "%d:%s", (int)rc, secret_reveal(&s));
	_exit(!fd_write_all(report, text, strlen(text)));
}

/* The question asked by a job of its own, as a shell would start it. A stopped job goes on; the
 * report tells whether its stop left the terminal without echo. */
static void ask_in_a_job(int report)
{
	pid_t job = fork();
	struct termios now;
	int status;

	if (job == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		ask_and_report(report);
	}
	while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
		if (tcgetattr(STDIN_FILENO, &now) < 0 || !(now.c_lflag & ECHO))
			fd_write_all(report, "mute:", 5);
		kill(job, SIGCONT);
	}
	_exit(0);
}

/* Reads until `until` was seen, or the other side is gone. */
static void read_until(int fd, char *text, size_t size, const char *until)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = strlen(text);

	while (!until || !strstr(text, until)) {
		ssize_t got;

		if (poll(&p, 1, PATIENCE_MS) != 1)
			fail_msg("waited in vain for \"%s\" after \"%s\"", until ? until : "",
				 text);
		got = read(fd, text + len, size - 1 - len);
		if (got <= 0)
			return;
		len += (size_t)got;
		text[len] = '\0';
	}
}

static void session_begin(struct session *s, void (*ask)(int report))
{
	int ends[2];

	memset(s, 0, sizeof(*s));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	s->child = forkpty(&s->terminal, NULL, NULL, NULL);
	assert_true(s->child >= 0);
	if (s->child == 0)
		ask(ends[1]);
	close(ends[1]);
	s->report = ends[0];
	read_until(s->terminal, s->shown, sizeof(s->shown), "Passphrase: ");
}

static void session_type(struct session *s, const char *keys)
{
	assert_true(fd_write_all(s->terminal, keys, strlen(keys)));
}

/* Waits for the child's report and its end; returns its wait status. */
static int session_end(struct session *s, char *report, size_t size)
{
	int status;

	report[0] = '\0';
	read_until(s->report, report, size, NULL);
	read_until(s->terminal, s->shown, sizeof(s->shown), "\n");
	close(s->report);
	close(s->terminal);
	assert_int_equal(waitpid(s->child, &status, 0), s->child);
	return status;
}

static void assert_answer(const char *keys, const char *expected)
{
	struct session s;
	char report[512];

	session_begin(&s, ask_and_report);
	session_type(&s, keys);
	session_end(&s, report, sizeof(report));
	assert_string_equal(report, expected);
	assert_string_equal(s.shown, "Passphrase: \r\n");
}

static void what_is_typed_is_returned_and_never_echoed(void **state)
{
	(void)state;
	assert_answer("hunter2\r", "0:hunter2");
	assert_answer("k\xc3\xa4se\n", "0:k\xc3\xa4se");
}

static void the_line_can_be_edited(void **state)
{
	(void)state;
	assert_answer("abx\x7f"
		      "c\r",
		      "0:abc");
	assert_answer("ab\xc3\xa4\x08"
		      "c\r",
		      "0:abc");
	assert_answer("wrong\x15right\r", "0:right");
	assert_answer("\x7f\x7f"
		      "a\r",
		      "0:a");
}

static void ctrl_c_cancels(void **state)
{
	(void)state;
	assert_answer("half\x03", "130:");
}

static void ctrl_d_ends_a_line_or_cancels_an_empty_one(void **state)
{
	(void)state;
	assert_answer("all\x04", "0:all");
	assert_answer("\x04", "130:");
}

static void escape_sequences_do_not_become_part_of_the_secret(void **state)
{
	(void)state;
	assert_answer("a\x1b[Ab\r", "0:ab");
	assert_answer("a\x1b[1;5Cb\x1bOPc\r", "0:abc");
	assert_answer("\x1b[200~pasted\x1b[201~\r", "0:pasted");
	assert_answer("a\x1b\r", "0:a");
	assert_answer("a\x1b[\r", "0:a");
}

static void other_control_characters_are_left_out(void **state)
{
	(void)state;
	assert_answer("a\x01\x1a\tb\r", "0:ab");
}

static void a_signal_restores_the_terminal_before_it_acts(void **state)
{
	struct session s;
	struct termios now;
	char report[64];
	int status;

	(void)state;
	session_begin(&s, ask_and_report);
	assert_int_equal(tcgetattr(s.terminal, &now), 0);
	assert_int_equal(now.c_lflag & ECHO, 0);
	session_type(&s, "half");
	kill(s.child, SIGTERM);
	report[0] = '\0';
	read_until(s.report, report, sizeof(report), NULL);
	read_until(s.terminal, s.shown, sizeof(s.shown), "\n");
	assert_int_equal(waitpid(s.child, &status, 0), s.child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_string_equal(report, "");
	if (tcgetattr(s.terminal, &now) == 0)
		assert_int_not_equal(now.c_lflag & ECHO, 0);
	close(s.report);
	close(s.terminal);
}

static void a_stop_waits_until_the_echo_is_back(void **state)
{
	struct session s;
	char report[64];

	(void)state;
	session_begin(&s, ask_in_a_job);
	kill(-tcgetpgrp(s.terminal), SIGTSTP);
	session_type(&s, "typed\r");
	session_end(&s, report, sizeof(report));
	assert_string_equal(report, "0:typed");
	assert_string_equal(s.shown, "Passphrase: \r\n");
}

static void without_a_terminal_it_is_a_usage_error(void **state)
{
	int status;
	pid_t child;

	(void)state;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct secret s = SECRET_INIT;
		struct err e = ERR_INIT;

		setsid();
		_exit((int)secret_prompt(&s, "? ", &e));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_typed_is_returned_and_never_echoed),
		cmocka_unit_test(the_line_can_be_edited),
		cmocka_unit_test(ctrl_c_cancels),
		cmocka_unit_test(ctrl_d_ends_a_line_or_cancels_an_empty_one),
		cmocka_unit_test(escape_sequences_do_not_become_part_of_the_secret),
		cmocka_unit_test(other_control_characters_are_left_out),
		cmocka_unit_test(a_signal_restores_the_terminal_before_it_acts),
		cmocka_unit_test(a_stop_waits_until_the_echo_is_back),
		cmocka_unit_test(without_a_terminal_it_is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
