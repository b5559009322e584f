/* What the threads of the service share. */
#ifndef SERVE_SERVICE_H
#define SERVE_SERVICE_H

#include <stdatomic.h>

#include "src/app/gate.h"
#include "src/serve/metrics.h"

struct service {
	struct gate *gate;
	bool explain;
	struct metrics metrics;
	atomic_bool ending; /* each answer says that it is the connection's last */
};

#endif
