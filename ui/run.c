/* The console on a terminal: signals, the descriptor of the terminal, Esc's delay, and an end that
 * always gives the terminal back. */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "ui/shell.h"

enum { ESC_DELAY_MS = 25, SECOND = 1000, ARENAS = 2, FILLER = 0xA5 };

/* --- reading ------------------------------------------------------------------------------------ */

static void console_end(struct console *c, int exit_code)
{
	c->running = false;
	c->exit_code = exit_code;
}

static void esc_due(void *arg)
{
	struct console *c = arg;

	c->esc_timer = NULL;
	c->batch++;
	input_flush(c->parser);
}

/* False at the end: hung up, or nothing there any more. */
static bool terminal_read(struct console *c)
{
	char bytes[16384];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0)
		return false;
	input_feed(c->parser, bytes, (size_t)n);
	secret_wipe(bytes, (size_t)n);
	return true;
}

static void terminal_ready(void *arg, short revents)
{
	struct console *c = arg;

	c->batch++;
	if (revents & (POLLHUP | POLLERR | POLLNVAL) || !terminal_read(c)) {
		console_end(c, 0);
		return;
	}
	loop_cancel(c->loop, c->esc_timer);
	c->esc_timer = NULL;
	if (input_waiting(c->parser))
		c->esc_timer = loop_after(c->loop, c->esc_delay, esc_due, c);
}

/* What was typed before a new dialog could be seen counts as typed with the key that opened it. */
static void swallow_typed_ahead(struct console *c)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	if (!c->top || c->top->batch != c->batch)
		return;
	while (poll(&fd, 1, 0) == 1 && fd.revents == POLLIN && terminal_read(c))
		;
}

/* --- signals -------------------------------------------------------------------------------------- */

static void signal_resize(void *arg, int number)
{
	(void)number;
	console_resize(arg);
}

static void signal_end(void *arg, int number)
{
	console_end(arg, number == SIGHUP ? 0 : 128 + number);
}

static void signal_suspend(void *arg, int number)
{
	(void)number;
	console_suspend(arg);
}

static void crash(int number)
{
	static const char said[] = "authrack: crashed; the store is whole, the terminal is yours "
				   "again\n";

	paint_emergency();
	if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0)
		_exit(128 + number);
	signal(number, SIG_DFL);
	raise(number);
}

/* On a stack of their own: one of the crashes is a full stack. */
static void crashes_catch(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	static char stack[16384];
	struct sigaction action = { .sa_handler = crash, .sa_flags = SA_ONSTACK | SA_RESETHAND };

	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
	alloc_on_exhausted(paint_emergency);
}

static void signals_watch(struct console *c)
{
	loop_signal(c->loop, SIGWINCH, signal_resize, c);
	loop_signal(c->loop, SIGTSTP, signal_suspend, c);
	loop_signal(c->loop, SIGHUP, signal_end, c);
	loop_signal(c->loop, SIGTERM, signal_end, c);
	loop_signal(c->loop, SIGINT, signal_end, c);
	loop_signal(c->loop, SIGQUIT, signal_end, c);
}

/* ncurses would take them; a worker or the time before the loop must not die of one. */
static void signals_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* --- running -------------------------------------------------------------------------------------- */

static int64_t esc_delay(void)
{
	const char *text = getenv("ESCDELAY");
	long delay = text ? strtol(text, NULL, 10) : ESC_DELAY_MS;

	return delay > 0 && delay <= 5 * SECOND ? delay : ESC_DELAY_MS;
}

static void minute_due(void *arg)
{
	struct console *c = arg;

	console_redraw(c);
	loop_after(c->loop, 60 * SECOND - console_now(c) % (60 * SECOND) + 20, minute_due, c);
}

static void console_loop_run(struct console *c)
{
	console_draw(c);
	while (c->running) {
		loop_step(c->loop, -1);
		if (!c->running)
			break;
		console_draw(c);
		swallow_typed_ahead(c);
		console_draw(c);
	}
}

/* The first start makes the store, so that the first screen can say what to do and what to back up. */
static enum errc store_make(const struct app_options *o, struct err *e)
{
	struct app *a = app_new(o);
	enum errc rc = ERR_OK;

	if (!app_read_only(a) && !app_store_exists(a))
		rc = app_make_store(a, e);
	app_free(a);
	return rc;
}

static int refuse(const struct err *e)
{
	fprintf(stderr, "authrack: %s\n", e->message);
	if (*e->hint)
		fprintf(stderr, "hint: %s\n", e->hint);
	return (int)e->code;
}

int console_run(const struct app_options *app, const struct console_options *o)
{
	struct paint *p = NULL;
	struct err e = ERR_INIT;
	struct console *c;
	int code;

	mallopt(M_PERTURB, FILLER);
	mallopt(M_ARENA_MAX, ARENAS);
	if (store_make(app, &e))
		return refuse(&e);
	signals_block();
	if (paint_ncurses_new(&p, o, &e))
		return refuse(&e);
	crashes_catch();
	c = console_new(p, app, o, screens);
	c->esc_delay = esc_delay();
	signals_watch(c);
	loop_watch(c->loop, STDIN_FILENO, POLLIN, terminal_ready, c);
	p->mouse(p, c->mouse);
	console_start(c);
	live_start(c);
	minute_due(c);
	console_loop_run(c);
	code = c->exit_code;
	console_free(c);
	p->free(p);
	return code;
}
