/* What the threads of the service share. */
#ifndef SERVE_SERVICE_H
#define SERVE_SERVICE_H

#include <stdatomic.h>

#include "src/app/gate.h"
#include "src/serve/caller.h"
#include "src/serve/client.h"
#include "src/serve/log.h"
#include "src/serve/metrics.h"
#include "src/serve/penalty.h"

struct worker;

struct service {
	struct gate *gate;
	struct log log;
	bool explain;
	int64_t started_at; /* wall clock */
	struct worker **workers;
	struct metrics *metrics; /* one a worker */
	size_t worker_count;
	struct callers *callers; /* NULL: anybody may ask */
	struct proxies proxies;
	struct penalty *penalty;
	atomic_bool ending; /* each answer says that it is the connection's last */
};

#endif
