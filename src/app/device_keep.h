/* A device flow in the store while its code lives: so that it can be taken up again when the process or
 * the connection is gone, and so that two processes never poll one code. */
#ifndef APP_DEVICE_KEEP_H
#define APP_DEVICE_KEEP_H

#include "data/flow.h"
#include "src/app/provider_use.h"
#include "src/oauth/device_flow.h"

struct device_keep {
	const struct op_call *call;
	struct store *store; /* NULL: nothing is kept, and all of this does nothing */
	struct flow row;
	bool kept;
};

void device_keep_init(struct device_keep *k, const struct op_call *c);
void device_keep_release(struct device_keep *k);

struct flow_time device_now(const struct op_call *c);

/* The codes have come: from here on it can be resumed. What fails is told and harms nothing. */
void device_keep_begin(struct device_keep *k, const struct provider_use *u,
		       const struct device_flow *f, bool save);
/* Before each poll and after its answer. ERR_CONFLICT: somebody forgot it, or took it. */
enum errc device_keep_update(struct device_keep *k, const struct device_flow *f, struct err *e);
/* It has ended. */
void device_keep_end(struct device_keep *k);
/* It has not, but is polled no more by this process. */
void device_keep_leave(struct device_keep *k);

/* Takes a flow of this id, or where that is NULL the newest of the provider (NULL: of any) that no process
 * polls. ERR_CONFLICT: there is none, or its process runs. */
enum errc device_keep_take(struct device_keep *k, const char *id, const char *provider,
			   struct err *e);
/* Restores it; the provider is loaded. Gone for good where its code has run out: ERR_NO. */
enum errc device_keep_restore(struct device_keep *k, const struct provider_use *u,
			      struct device_flow *f, struct err *e);

#endif
