/* How long what a thread remembers holds: until somebody changes the store. What the gate itself writes
 * (counts, limits) grants nothing, and it tells from which state of the store to which that led. */
#include <string.h>

#include "src/app/gate_internal.h"

enum { STEP_WAIT = 200 }; /* ms: a commit shows before its step is told, behind the disk */

static bool is_same(const struct stamp *a, const struct stamp *b)
{
	return memcmp(a->words, b->words, sizeof a->words) == 0;
}

void gate_stepped(void *arg, const struct stamp *before, const struct stamp *after)
{
	struct gate *g = arg;

	pthread_mutex_lock(&g->stepping);
	g->steps[g->step_count++ % GATE_STEPS] = (struct gate_step){ *before, *after };
	pthread_mutex_unlock(&g->stepping);
}

/* Goes on from a state by the steps that are known, in the order in which they were made. */
static void follow_steps(struct gate *g, struct stamp *at)
{
	size_t first;

	pthread_mutex_lock(&g->stepping);
	first = g->step_count > GATE_STEPS ? g->step_count - GATE_STEPS : 0;
	for (size_t i = first; i < g->step_count; i++)
		if (is_same(at, &g->steps[i % GATE_STEPS].before))
			*at = g->steps[i % GATE_STEPS].after;
	pthread_mutex_unlock(&g->stepping);
}

void gate_forget(struct gate_thread *t)
{
	memo_forget(t->memo);
	memset(&t->memo_at, 0, sizeof t->memo_at);
	t->memo_until = 0;
}

/* Nobody told of a step: it may come yet, or somebody else has changed the store. */
static bool waits_for_step(struct gate_thread *t)
{
	static const struct stamp nothing;
	int64_t now = clock_monotonic(t->gate->clock);

	if (is_same(&t->memo_at, &nothing))
		return false;
	if (!t->memo_until)
		t->memo_until = now + STEP_WAIT;
	return now < t->memo_until;
}

bool gate_remembers(struct gate_thread *t)
{
	struct stamp now;

	if (!store_snapshot_stamp(t->store, &now))
		return false;
	if (!is_same(&t->memo_at, &now))
		follow_steps(t->gate, &t->memo_at);
	if (is_same(&t->memo_at, &now)) {
		t->memo_until = 0;
		return true;
	}
	if (waits_for_step(t))
		return false;
	gate_forget(t);
	t->memo_at = now;
	return true;
}
