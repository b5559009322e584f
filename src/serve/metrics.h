/* What the service counts about itself, and as Prometheus reads it. Each thread counts for itself; who reads
 * adds up. */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "src/app/gate.h"
#include "src/base/buf.h"

enum { METRIC_ROUTES = 8, METRIC_STATUSES = 12, METRIC_BUCKETS = 12 };

typedef atomic_uint_least64_t metric;

struct metrics {
	metric verdicts[VERIFY_VALID + 1], ambiguous;
	metric callers_refused;
	metric requests[METRIC_ROUTES][METRIC_STATUSES];
	metric held, guesses_refused; /* answers to wrong keys that were held back, or not given */
	metric buckets[METRIC_BUCKETS], nanoseconds;
};

/* By the thread that owns them. */
void metric_add(metric *m, uint64_t more);
void metrics_request(struct metrics *m, size_t route, unsigned status);
void metrics_time(struct metrics *m, int64_t nanoseconds); /* of a verdict */

struct metrics_now {
	size_t connections, connections_held, threads;
	int64_t started_at; /* wall clock */
	struct gate_health health;
};
/* `path_of(i)`: the route's path. */
void metrics_write(struct buf *out, const struct metrics *of_threads, const struct metrics_now *now,
		   const char *(*path_of)(size_t route));

#endif
