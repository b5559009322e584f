/* What the files of the device flow share. */
#ifndef OAUTH_DEVICE_FLOW_PARTS_H
#define OAUTH_DEVICE_FLOW_PARTS_H

#include "src/oauth/device_flow.h"

enum { FLOW_REQUEST_MS = 30000 }; /* a request takes no longer */

static inline int64_t ms_least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t ms_most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Until the code or the patience runs out. */
int64_t flow_time_left(const struct device_flow *f, const struct flow_time *now);

/* The flow is over; the codes are forgotten. Takes the explanation (heap, may be NULL). */
void flow_end_with(struct device_flow *f, enum flow_end end, const char *error,
		   const char *description, char *explanation);
void flow_end_as_told(struct device_flow *f, enum flow_end end, const struct oauth_answer *a);
/* Words (heap) for a code, or a time, that ran out: there is more than one cause where a provider keeps quiet
 * about a denial, or nobody answers. `told` (may be NULL): what else would be said. */
char *flow_expiry_words(const struct device_flow *f, const char *what, const char *told);

#endif
