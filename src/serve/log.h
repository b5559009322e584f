/* What an administrator reads: lines on standard error, from any thread. */
#ifndef SERVE_LOG_H
#define SERVE_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/app/op.h"

struct log {
	const struct op_call *call;
	pthread_mutex_t lock;
};

void log_init(struct log *l, const struct op_call *call);
void log_release(struct log *l);
/* Terminal-safe; no secret may be in it. */
void log_line(struct log *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Something that comes and goes, perhaps quickly: told when it changes, but not more often than every ten
 * seconds; then as it is. */
struct log_state {
	bool told;
	int64_t at; /* ticks_ms(); 0: never */
};
/* True where `now` differs from what was told last, and it is time to tell. */
bool log_changed(struct log_state *s, bool now);

#endif
