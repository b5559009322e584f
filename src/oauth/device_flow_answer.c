/* What answers do to the device flow (RFC 8628 §3.2, §3.5). */
#include "src/oauth/device_flow_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

enum {
	SLOW_DOWN_MS = 5000,	 /* RFC 8628 §3.5 */
	WAIT_MAX_MS = 60000,	 /* doubled waits grow no further */
	DEVICE_REQUESTS_MAX = 3, /* while the device endpoint is busy */
	DEVICE_WAIT_MS = 5000,
	DEVICE_WAIT_MAX_MS = 60000, /* nobody looks at an empty screen for longer */
	YOUNG_POLLS = 3		    /* GitHub does not know a code at once */
};

/* An error that does not end the flow is none for who watches it. */
static void goes_on_as(struct oauth_answer *a, enum oauth_kind kind, const char *explanation)
{
	a->kind = kind;
	free(a->explanation);
	a->explanation = x_strdup(explanation);
}

/* --- answers of the device endpoint ------------------------------------------------------------------ */

static void codes_take(struct device_flow *f, struct oauth_answer *a)
{
	oauth_device_codes(&f->codes, a);
	if (a->kind != OAUTH_SUCCESS) {
		flow_end_as_told(f, FLOW_FAILED, a);
		return;
	}
	f->has_codes = true;
	f->interval_ms = f->codes.interval_ms;
	f->backoff_ms = f->not_before_ms = 0;
	/* From before the request: the provider's own count began later, if anything. */
	f->deadline = f->sent.boot + f->codes.expires_ms;
}

/* Does the refusal say that RFC 7636 has to be used? */
static bool wants_pkce(const struct oauth_answer *a)
{
	const char *texts[] = { a->error, a->description };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i] &&
		    (strcasestr(texts[i], "code_challenge") || strcasestr(texts[i], "pkce")))
			return true;
	return false;
}

/* The device endpoint is busy: asked a few times more, as long as somebody would wait in front of it. */
static void device_busy(struct device_flow *f, struct oauth_answer *a)
{
	int64_t wait = ms_most((int64_t)DEVICE_WAIT_MS << (f->requests - 1), a->retry_after_ms);

	if (f->requests < DEVICE_REQUESTS_MAX && wait <= DEVICE_WAIT_MAX_MS) {
		f->backoff_ms = wait;
		a->kind = OAUTH_RETRY;
		return;
	}
	flow_end_as_told(f, FLOW_FAILED, a);
	if (a->retry_after_ms <= 0)
		return;
	free(f->explanation);
	f->explanation = x_asprintf("%s; it says to come again in %lld s",
				    a->explanation ? a->explanation : "the provider is busy",
				    (long long)(a->retry_after_ms / SECOND_MS));
}

static void device_answer(struct device_flow *f, struct oauth_answer *a)
{
	bool busy = a->kind == OAUTH_SLOW_DOWN ||
		    (a->kind == OAUTH_RETRY && strcmp(a->error, "network") != 0);

	if (a->kind == OAUTH_SUCCESS) {
		codes_take(f, a);
	} else if (busy) {
		device_busy(f, a);
	} else if (a->kind == OAUTH_ERROR && !f->pkce && wants_pkce(a)) {
		f->pkce = true;
		goes_on_as(a, OAUTH_RETRY,
			   "the provider wants PKCE (RFC 7636): asked again with it");
	} else {
		flow_end_as_told(f, FLOW_FAILED, a);
	}
}

/* --- answers of the token endpoint ------------------------------------------------------------------- */

static void tokens_take(struct device_flow *f, struct oauth_answer *a)
{
	oauth_tokens_read(&f->tokens, a, f->provider->preset, f->scope);
	if (a->kind == OAUTH_SUCCESS)
		flow_end_with(f, FLOW_SUCCESS, "", NULL, NULL);
	else if (f->end == FLOW_RUNS)
		flow_end_as_told(f, FLOW_FAILED, a);
}

/* Retry-After only lengthens; where the code does not live that long, waiting is for nothing. */
static void retry_after_take(struct device_flow *f, const struct oauth_answer *a,
			     const struct flow_time *now)
{
	if (a->retry_after_ms <= 0)
		return;
	f->not_before_ms = ms_most(f->not_before_ms, now->boot + a->retry_after_ms);
	if (f->not_before_ms >= f->deadline)
		flow_end_with(
			f, FLOW_FAILED, a->kind == OAUTH_RETRY ? a->error : "rate_limited",
			a->description,
			x_asprintf("the provider wants no request for %lld s, but the code ends in "
				   "%lld s",
				   (long long)(a->retry_after_ms / SECOND_MS),
				   (long long)(ms_most(f->deadline - now->boot, 0) / SECOND_MS)));
}

static void pending_take(struct device_flow *f, const struct oauth_answer *a,
			 const struct flow_time *now)
{
	if (a->kind == OAUTH_SLOW_DOWN)
		f->interval_ms = ms_most(f->interval_ms + SLOW_DOWN_MS, a->interval_ms);
	f->answered |= a->kind != OAUTH_ERROR;
	f->backoff_ms = 0;
	retry_after_take(f, a, now);
}

/* RFC 8628 §3.5: exponential backoff, here of interval and what is on top of it. */
static void retry_take(struct device_flow *f, const struct oauth_answer *a,
		       const struct flow_time *now)
{
	int64_t limit = ms_most(WAIT_MAX_MS, f->interval_ms);

	f->backoff_ms = ms_least(2 * (f->interval_ms + f->backoff_ms), limit) - f->interval_ms;
	f->lost |= a->lost;
	retry_after_take(f, a, now);
}

/* A code that is not known yet, where the provider is slow to know its own. */
static bool code_is_young(const struct device_flow *f, const struct oauth_answer *a)
{
	static const char error[] = "incorrect_device_code";

	return f->provider->preset->code_not_at_once && !f->answered && f->polls <= YOUNG_POLLS &&
	       (strcmp(a->error, error) == 0 || strcmp(a->vendor_error, error) == 0);
}

/* A code that is not good any more, although nobody here has seen tokens for it. */
static bool code_was_redeemed(const struct device_flow *f, const struct oauth_answer *a)
{
	return (f->resumed || f->lost) && strcmp(a->error, "invalid_grant") == 0;
}

static void error_take(struct device_flow *f, struct oauth_answer *a, const struct flow_time *now)
{
	static const char redeemed[] =
		"the code was redeemed already, most likely by a poll whose answer got lost: "
		"those tokens are gone; run the flow anew, and revoke the lost grant at the "
		"provider";

	if (code_is_young(f, a)) {
		pending_take(f, a, now);
		goes_on_as(a, OAUTH_PENDING, "the provider does not know its new code yet");
	} else if (code_was_redeemed(f, a)) {
		flow_end_with(f, FLOW_FAILED, a->error, a->description, x_strdup(redeemed));
	} else {
		flow_end_as_told(f, FLOW_FAILED, a);
	}
}

static void poll_answer(struct device_flow *f, struct oauth_answer *a, const struct flow_time *now)
{
	f->unanswered = a->kind == OAUTH_RETRY ? f->unanswered + 1 : 0;
	switch (a->kind) {
	case OAUTH_SUCCESS:
		tokens_take(f, a);
		break;
	case OAUTH_PENDING:
	case OAUTH_SLOW_DOWN:
		pending_take(f, a, now);
		break;
	case OAUTH_DENIED:
		flow_end_as_told(f, FLOW_DENIED, a);
		break;
	case OAUTH_EXPIRED:
		flow_end_with(f, FLOW_EXPIRED, a->error, a->description,
			      flow_expiry_words(f, "the code", a->explanation));
		break;
	case OAUTH_RETRY:
		retry_take(f, a, now);
		break;
	case OAUTH_ERROR:
		error_take(f, a, now);
		break;
	case OAUTH_MALFORMED:
		flow_end_as_told(f, FLOW_FAILED, a);
		break;
	}
}

void flow_answer(struct device_flow *f, struct oauth_answer *a, const struct flow_time *now)
{
	if (!f->in_flight)
		return;
	f->in_flight = false;
	f->last = *now;
	if (f->end == FLOW_CANCELLED && f->has_codes && a->kind == OAUTH_SUCCESS)
		tokens_take(f, a);
	else if (f->end != FLOW_RUNS)
		return;
	else if (f->has_codes)
		poll_answer(f, a, now);
	else
		device_answer(f, a);
}
