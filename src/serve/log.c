/* Lines on standard error, through the front end: as JSON where the command line says so. */
#include "src/serve/log.h"

#include <poll.h>
#include <stdarg.h>
#include <unistd.h>

#include "src/app/session.h"
#include "src/base/clock.h"

enum { LINE_SIZE = 1024, STATE_MS = 10 * SECOND_MS };

void log_init(struct log *l, const struct op_call *call)
{
	l->call = call;
	pthread_mutex_init(&l->lock, NULL);
}

void log_release(struct log *l)
{
	pthread_mutex_destroy(&l->lock);
}

/* A reader that has stopped must not stop those who write: signals and the store's upkeep would wait for it. */
static bool takes_line(void)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) != 0;
}

void log_line(struct log *l, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(line, sizeof(line), format, ap) < 0)
		line[0] = '\0';
	va_end(ap);
	pthread_mutex_lock(&l->lock);
	if (takes_line())
		call_note(l->call, "%s", line);
	pthread_mutex_unlock(&l->lock);
}

bool log_changed(struct log_state *s, bool now)
{
	int64_t time = ticks_ms();

	if (now == s->told || (s->at && time - s->at < STATE_MS))
		return false;
	s->told = now;
	s->at = time;
	return true;
}
