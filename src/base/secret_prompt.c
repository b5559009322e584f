/* The hidden question on the terminal. The line is edited here, byte by byte, because the terminal's
 * own line discipline would end the process on Ctrl-C with the echo still off. */
#include "src/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/file.h"

enum { PROMPT_MAX = 4096, PIECE = 4096 };

enum key {
	KEY_CTRL_C = 3,
	KEY_CTRL_D = 4,
	KEY_BACKSPACE = 8,
	KEY_CTRL_U = 21,
	KEY_ESC = 27,
	KEY_DELETE = 127
};

enum escape { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_SEQUENCE };

enum line { LINE_GOES_ON, LINE_DONE, LINE_CANCELLED };

struct prompt {
	int tty;
	int signals; /* signalfd: readable when the process shall end */
	struct termios before;
	sigset_t mask_before;
	enum escape escape;
	bool lines; /* many lines: a line end is part of the answer, Ctrl-D its end */
};

/* Escape sequences (arrow keys, a bracketed paste's brackets) must not become part of the secret:
 * ESC [ … final byte, ESC O x, ESC x (ECMA-48 §5.4). True when the byte was swallowed. */
static bool escape_swallows(struct prompt *p, unsigned char c)
{
	switch (p->escape) {
	case ESCAPE_NONE:
		if (c == KEY_ESC)
			p->escape = ESCAPE_BEGUN;
		return c == KEY_ESC;
	case ESCAPE_BEGUN:
		if (c < 0x20)
			break;
		p->escape = c == '[' || c == 'O' ? ESCAPE_SEQUENCE : ESCAPE_NONE;
		return true;
	case ESCAPE_SEQUENCE:
		if (c < 0x20)
			break;
		if (c >= 0x40 && c != KEY_DELETE)
			p->escape = ESCAPE_NONE;
		return true;
	}
	p->escape = ESCAPE_NONE;
	return false;
}

/* Takes back one character, all bytes of it. */
static void erase_character(struct secret *s)
{
	while (s->len && (s->data[s->len - 1] & 0xC0) == 0x80)
		s->data[--s->len] = '\0';
	if (s->len)
		s->data[--s->len] = '\0';
}

static enum line line_take(struct prompt *p, struct secret *s, unsigned char c)
{
	if (escape_swallows(p, c))
		return LINE_GOES_ON;
	switch (c) {
	case '\r':
	case '\n':
		if (!p->lines)
			return LINE_DONE;
		secret_add(s, "\n", 1);
		return LINE_GOES_ON;
	case '\t':
		if (p->lines)
			secret_add(s, "\t", 1);
		return LINE_GOES_ON;
	case KEY_CTRL_C:
		return LINE_CANCELLED;
	case KEY_CTRL_D:
		return s->len ? LINE_DONE : LINE_CANCELLED;
	case KEY_BACKSPACE:
	case KEY_DELETE:
		erase_character(s);
		return LINE_GOES_ON;
	case KEY_CTRL_U:
		secret_wipe(s->data, s->len);
		s->len = 0;
		return LINE_GOES_ON;
	}
	if (c >= 0x20)
		secret_add(s, &c, 1);
	return LINE_GOES_ON;
}

/* The signals stay pending: they act after the terminal is as it was. */
static bool wait_for_key(struct prompt *p)
{
	struct pollfd fds[] = { { .fd = p->tty, .events = POLLIN },
				{ .fd = p->signals, .events = POLLIN } };

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents && fds[0].revents & POLLIN;
}

static enum line line_read(struct prompt *p, struct secret *s)
{
	enum line state = LINE_GOES_ON;
	unsigned char piece[PIECE];

	while (state == LINE_GOES_ON) {
		/* What follows a single line belongs to whoever asks next. */
		ssize_t got = wait_for_key(p) ? read(p->tty, piece, p->lines ? PIECE : 1) : 0;

		if (got <= 0)
			state = LINE_CANCELLED;
		for (ssize_t i = 0; i < got && state == LINE_GOES_ON; i++)
			state = line_take(p, s, piece[i]);
	}
	secret_wipe(piece, sizeof(piece));
	return state;
}

/* What ends the process waits in a signalfd; a stop waits until the echo is back. */
static void signals_hold(struct prompt *p)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGQUIT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	p->signals = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
	sigaddset(&held, SIGTSTP);
	pthread_sigmask(SIG_BLOCK, &held, &p->mask_before);
}

static bool echo_off(const struct prompt *p)
{
	struct termios hidden = p->before;

	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	hidden.c_cc[VMIN] = 1;
	hidden.c_cc[VTIME] = 0;
	return tcsetattr(p->tty, TCSAFLUSH, &hidden) == 0;
}

static void prompt_end(struct prompt *p)
{
	tcsetattr(p->tty, TCSAFLUSH, &p->before);
	fd_write_all(p->tty, "\n", 1);
	close(p->tty);
	close(p->signals);
	pthread_sigmask(SIG_SETMASK, &p->mask_before, NULL);
}

static enum errc prompt_begin(struct prompt *p, const char *prompt, struct err *e)
{
	p->tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (p->tty < 0 || tcgetattr(p->tty, &p->before) < 0) {
		if (p->tty >= 0)
			close(p->tty);
		err_set(e, ERR_USAGE, "there is no terminal to ask on (%.*s)",
			(int)strcspn(prompt, ":"), prompt);
		return err_hint(e, "run it on a terminal, or see its help for another way in");
	}
	signals_hold(p);
	if (echo_off(p))
		return ERR_OK;
	prompt_end(p);
	return err_set(e, ERR_USAGE, "the terminal does not stop echoing");
}

static enum errc ask(struct prompt *p, struct secret *s, const char *prompt, size_t max,
		     struct err *e)
{
	enum errc rc = prompt_begin(p, prompt, e);
	enum line state;

	if (rc)
		return rc;
	secret_release(s);
	secret_init(s, max + 1);
	fd_write_all(p->tty, prompt, strlen(prompt));
	state = line_read(p, s);
	prompt_end(p);
	if (state == LINE_DONE && s->len <= max)
		return ERR_OK;
	secret_release(s);
	if (state != LINE_DONE)
		return err_set(e, ERR_CANCELLED, "cancelled");
	return err_set(e, ERR_USAGE, "that is longer than %zu bytes", max);
}

enum errc secret_prompt(struct secret *s, const char *prompt, struct err *e)
{
	struct prompt p = { .escape = ESCAPE_NONE };

	return ask(&p, s, prompt, PROMPT_MAX, e);
}

enum errc secret_read_stdin(struct secret *s, size_t max, const char *prompt, struct err *e)
{
	enum errc rc;

	if (isatty(STDIN_FILENO))
		return secret_prompt(s, prompt, e);
	rc = secret_read_fd(s, STDIN_FILENO, max, "standard input", e);
	if (!rc)
		secret_chomp(s);
	return rc;
}

enum errc secret_prompt_lines(struct secret *s, const char *prompt, size_t max, struct err *e)
{
	struct prompt p = { .escape = ESCAPE_NONE, .lines = true };

	return ask(&p, s, prompt, max, e);
}
