/* A device flow, its provider and three clocks, all made up: answers come from a script, time passes only while
 * the flow waits or is answered. Every request is kept with its time. */
#ifndef TESTS_FLOW_WORLD_H
#define TESTS_FLOW_WORLD_H

#include "src/oauth/device_flow.h"

enum { WORLD_ANSWERS_MAX = 64, WORLD_SENT_MAX = 1024, WORLD_STEPS_MAX = 100000 };

struct flow_world_answer {
	long status; /* 0: it is lost */
	char *body, *header_name, *header_value;
};

struct flow_world_sent {
	struct flow_time at;
	int64_t gap, gap_awake; /* since the last answer, by the boot and the monotonic clock */
	int64_t granted;	/* what flow_next() gave it */
	int64_t timeout;	/* of the request */
	bool fresh;
	char *url, *body;
};

struct flow_world {
	struct oauth_provider provider;
	struct device_flow flow;
	struct flow_time now;
	int64_t latency;				     /* of each answer */
	int wall_percent;				     /* how fast the wall clock runs; 100 */
	struct flow_world_answer answers[WORLD_ANSWERS_MAX]; /* the last one comes again */
	size_t answer_count, answer_next;
	enum oauth_kind kinds[WORLD_ANSWERS_MAX]; /* as flow_answer() left them */
	struct flow_world_sent sent[WORLD_SENT_MAX];
	size_t count;
	int64_t began, happens_at; /* by the boot clock */
	void (*happens)(struct flow_world *w);
	struct flow_time answered;
};

void flow_world_init(struct flow_world *w, const char *preset);
void flow_world_release(struct flow_world *w);
/* A new flow in a new world; likewise with a --timeout. */
void flow_world_again(struct flow_world *w, const char *preset);
void flow_world_again_for(struct flow_world *w, const char *preset, int64_t timeout_ms);

/* The script: codes with these seconds, an answer, one from here on, none at all, a header of the last one. */
void flow_world_codes(struct flow_world *w, int expires_in, int interval);
void flow_world_then(struct flow_world *w, long status, const char *body);
void flow_world_always(struct flow_world *w, long status, const char *body);
void flow_world_then_lost(struct flow_world *w);
void flow_world_header(struct flow_world *w, const char *name, const char *value);
/* Once, so long after the beginning. */
void flow_world_at(struct flow_world *w, int64_t after_ms, void (*happens)(struct flow_world *w));

/* Drives the flow to its end; or until so many answers came. Fails the test where it never ends. */
enum flow_end flow_world_run(struct flow_world *w);
void flow_world_steps(struct flow_world *w, size_t answers);

#endif
