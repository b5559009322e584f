/* When to ask (RFC 8628 §3.3–§3.5): every time-out, wait and end of the device flow. */
#include "src/oauth/device_flow_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

enum {
	LOOK_MS = 10000, /* the clocks are looked at this often, whatever is waited for */
	MARGIN_MS = 500	 /* at least, on top of an interval */
};

void flow_init(struct device_flow *f, const struct oauth_provider *p, const char *scope,
	       int64_t timeout_ms, const struct flow_time *now)
{
	*f = (struct device_flow){ .provider = p,
				   .scope = x_strdup(scope ? scope : p->scope),
				   .give_up = timeout_ms ? now->boot + timeout_ms : INT64_MAX,
				   .last = *now,
				   .pkce = p->pkce,
				   .tokens = { .expires_ms = -1 } };
}

static void codes_forget(struct device_flow *f)
{
	secret_release(&f->codes.device_code);
	secret_release(&f->code_verifier);
}

void flow_release(struct device_flow *f)
{
	codes_forget(f);
	device_codes_release(&f->codes);
	oauth_tokens_release(&f->tokens);
	free(f->scope);
	free(f->description);
	free(f->explanation);
	*f = (struct device_flow){ .end = FLOW_CANCELLED };
}

/* --- ending ------------------------------------------------------------------------------------------ */

void flow_end_with(struct device_flow *f, enum flow_end end, const char *error,
		   const char *description, char *explanation)
{
	f->end = end;
	snprintf(f->error, sizeof(f->error), "%s", error);
	free(f->description);
	free(f->explanation);
	f->description = x_strdup(description);
	f->explanation = explanation;
	codes_forget(f);
}

void flow_end_as_told(struct device_flow *f, enum flow_end end, const struct oauth_answer *a)
{
	flow_end_with(f, end, a->error, a->description, x_strdup(a->explanation));
}

char *flow_expiry_words(const struct device_flow *f, const char *what, const char *told)
{
	if (f->unanswered)
		return x_asprintf("%s ran out; the last %u polls got no answer", what,
				  f->unanswered);
	if (f->provider->preset->denial_is_silent)
		return x_asprintf("%s ran out, or the person said no: this provider never tells so",
				  what);
	return told ? x_strdup(told) : x_asprintf("%s ran out before anyone approved", what);
}

/* The code, or the time that the person was given, has run out. */
static void end_by_time(struct device_flow *f)
{
	if (!f->has_codes)
		flow_end_with(f, FLOW_FAILED, "timeout", NULL,
			      x_strdup("no code came within the time that was given"));
	else if (f->deadline <= f->give_up)
		flow_end_with(f, FLOW_EXPIRED, "expired_token", NULL,
			      flow_expiry_words(f, "the code", NULL));
	else
		flow_end_with(f, FLOW_TIMED_OUT, "timeout", NULL,
			      flow_expiry_words(f, "the time that was given", NULL));
}

void flow_cancel(struct device_flow *f)
{
	if (f->end == FLOW_RUNS)
		flow_end_with(f, FLOW_CANCELLED, "cancelled", NULL, NULL);
}

/* --- waiting ----------------------------------------------------------------------------------------- */

static int64_t spacing_ms(const struct device_flow *f)
{
	if (!f->has_codes)
		return f->backoff_ms;
	return f->interval_ms + ms_most(MARGIN_MS, f->interval_ms / 10) + f->backoff_ms;
}

/* The monotonic clock has to have passed, since a machine that slept has not waited; and the wall clock, for
 * it is by this one that others count. But for a wall clock that was set back: it is not waited for when it stands
 * before the last answer, nor for longer than twice the time. */
static int64_t spacing_left(const struct device_flow *f, const struct flow_time *now)
{
	int64_t spacing = spacing_ms(f), awake = ms_most(now->monotonic - f->last.monotonic, 0);
	int64_t wall = now->wall - f->last.wall;

	if (awake < spacing)
		return spacing - awake;
	if (wall < 0 || wall >= spacing)
		return 0;
	return ms_most(ms_least(spacing - wall, 2 * spacing - awake), 0);
}

int64_t flow_due_ms(const struct device_flow *f, const struct flow_time *now)
{
	if (f->in_flight || f->end != FLOW_RUNS)
		return 0;
	return ms_most(spacing_left(f, now), f->not_before_ms - now->boot);
}

int64_t flow_time_left(const struct device_flow *f, const struct flow_time *now)
{
	return (f->has_codes ? ms_least(f->deadline, f->give_up) : f->give_up) - now->boot;
}

enum flow_step flow_next(struct device_flow *f, const struct flow_time *now, int64_t *ms)
{
	int64_t left, due;

	*ms = 0;
	if (f->end != FLOW_RUNS)
		return FLOW_ENDED;
	*ms = LOOK_MS;
	if (f->in_flight)
		return FLOW_WAIT;
	left = flow_time_left(f, now);
	due = flow_due_ms(f, now);
	if (left <= 0) {
		*ms = 0;
		end_by_time(f);
		return FLOW_ENDED;
	}
	*ms = ms_least(due > 0 ? ms_least(due, LOOK_MS) : FLOW_REQUEST_MS, left);
	return due > 0 ? FLOW_WAIT : f->has_codes ? FLOW_POLL : FLOW_REQUEST;
}
