/* Asking. The answer comes from /dev/tty, since standard input may carry a secret. */
#include "src/cli/ask.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/app/token_input.h"
#include "src/base/file.h"
#include "src/base/secret.h"
#include "src/cli/interrupt.h"

enum { SECRET_MAX = 64 * 1024, ANSWER_SIZE = 16, QUESTION_MAX = 4096 };

/* Reads a line and drops what does not fit. False at the end of input. */
static bool line_read(int fd, char answer[ANSWER_SIZE])
{
	size_t len = 0;
	char c;

	while (read(fd, &c, 1) == 1 && c != '\n')
		if (len < ANSWER_SIZE - 1)
			answer[len++] = c;
	answer[len] = '\0';
	return c == '\n';
}

static enum errc nobody_to_ask(const char *question, struct err *e)
{
	err_set(e, ERR_CONFLICT, "this wants a confirmation, and there is no terminal: %s",
		question);
	return err_hint(e, "give --yes");
}

enum errc ask_yes(const struct look *l, const char *question, struct err *e)
{
	int tty = isatty(STDERR_FILENO) ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
	struct buf text = BUF_INIT(QUESTION_MAX);
	char answer[ANSWER_SIZE] = "";

	if (tty < 0)
		return nobody_to_ask(question, e);
	look_text(l, &text, question);
	buf_add_text(&text, " [type yes]: ");
	tcflush(tty, TCIFLUSH);
	fd_write_all(tty, buf_text(&text), text.len);
	buf_release(&text);
	interrupt_at_once(true);
	if (!line_read(tty, answer))
		fd_write_all(tty, "\n", 1);
	interrupt_at_once(false);
	close(tty);
	if (strcmp(answer, "yes") == 0)
		return ERR_OK;
	return err_set(e, ERR_CANCELLED, "cancelled, nothing was changed");
}

enum errc ask_hidden(struct secret *s, const struct arg *arg, struct err *e)
{
	const char *name = arg->label ? arg->label : arg->name;
	char prompt[128];

	if (arg->flags & ARG_PASTE) {
		snprintf(prompt, sizeof(prompt), "%s, then Ctrl-D (nothing is shown): ", name);
		return secret_prompt_lines(s, prompt, PASTE_MAX, e);
	}
	snprintf(prompt, sizeof(prompt), "%s: ", name);
	return secret_prompt(s, prompt, e);
}

enum errc ask_secret(struct secret *s, const struct arg *arg, struct err *e)
{
	bool paste = arg->flags & ARG_PASTE;
	enum errc rc;

	if (isatty(STDIN_FILENO))
		return ask_hidden(s, arg, e);
	interrupt_at_once(true);
	rc = secret_read_fd(s, STDIN_FILENO, paste ? PASTE_MAX : SECRET_MAX, "standard input", e);
	interrupt_at_once(false);
	if (!rc && !paste)
		secret_chomp(s);
	return rc;
}

enum errc ask_passphrase(void *arg, const char *prompt, struct secret *out, struct err *e)
{
	(void)arg;
	return secret_prompt(out, prompt, e);
}
