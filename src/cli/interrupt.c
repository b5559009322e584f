/* SIGINT, and where a provider is asked also what ends a connection, is taken by a thread of its own: what it has to
 * call is no business of a handler. */
#include "src/cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <termios.h>
#include <unistd.h>

/* An operation that was told to stop gets this long; a second Ctrl-C ends it at once. Whatever is
 * cut off was not acknowledged, and the store withstands it. */
enum { GRACE_SECONDS = 2 };

static struct {
	struct app *app;
	pthread_t thread;
	bool running;
	atomic_bool interrupted, at_once;
	atomic_int leaving; /* the signal that ends it otherwise than for good; 0 */
	struct termios terminal;
	bool has_terminal;
} watch;

/* As it would have ended had nobody taken the signal. */
static void end_by_signal(void)
{
	int number = atomic_load(&watch.leaving);
	sigset_t only;

	if (!number)
		return;
	sigemptyset(&only);
	sigaddset(&only, number);
	pthread_sigmask(SIG_UNBLOCK, &only, NULL);
	raise(number);
}

static void end_process(void)
{
	if (watch.has_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &watch.terminal);
	end_by_signal();
	_exit(ERR_CANCELLED);
}

/* SIGUSR1 is interrupt_end(). */
static void *watch_run(void *arg)
{
	const struct timespec grace = { .tv_sec = GRACE_SECONDS };
	const sigset_t *signals = arg;
	int number = 0;

	while (sigwait(signals, &number) != 0)
		;
	if (number == SIGUSR1)
		return NULL;
	if (number != SIGINT)
		atomic_store(&watch.leaving, number);
	atomic_store(&watch.interrupted, true);
	if (atomic_load(&watch.at_once))
		end_process();
	app_interrupt(watch.app);
	if (sigtimedwait(signals, NULL, &grace) != SIGUSR1)
		end_process();
	return NULL;
}

/* One that is ignored (nohup) stays so. */
static void signal_take(sigset_t *signals, int number)
{
	struct sigaction now;

	if (sigaction(number, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		sigaddset(signals, number);
}

void interrupt_watch(struct app *app, bool remote)
{
	static sigset_t signals;

	watch.app = app;
	watch.has_terminal = tcgetattr(STDIN_FILENO, &watch.terminal) == 0;
	sigemptyset(&signals);
	signal_take(&signals, SIGINT);
	if (remote) {
		signal_take(&signals, SIGHUP);
		signal_take(&signals, SIGTERM);
	}
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	watch.running = pthread_create(&watch.thread, NULL, watch_run, &signals) == 0;
}

void interrupt_end(bool cancelled)
{
	if (!watch.running)
		return;
	pthread_kill(watch.thread, SIGUSR1);
	pthread_join(watch.thread, NULL);
	watch.running = false;
	if (cancelled)
		end_by_signal();
}

bool interrupt_leaves(void)
{
	return atomic_load(&watch.leaving);
}

bool interrupted(void)
{
	return atomic_load(&watch.interrupted);
}

void interrupt_at_once(bool yes)
{
	atomic_store(&watch.at_once, yes);
	if (yes && interrupted())
		end_process();
}
