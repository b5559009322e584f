/* The device flow (RFC 8628) as a state machine: no network, no clock, no screen. Who drives it asks
 * what to do, does it, and hands in what came of it. */
#ifndef OAUTH_DEVICE_FLOW_H
#define OAUTH_DEVICE_FLOW_H

#include "src/oauth/answer.h"
#include "src/oauth/provider.h"
#include "src/oauth/request.h"

/* Now, on the three clocks that matter, in milliseconds: wall time; CLOCK_MONOTONIC, which rests while
 * the machine sleeps; CLOCK_BOOTTIME, which does not. */
struct flow_time {
	int64_t wall, monotonic, boot;
};

enum flow_step {
	FLOW_REQUEST, /* send the device request */
	FLOW_WAIT,    /* nothing to do for so long */
	FLOW_POLL,    /* send a poll, with at most so long for it */
	FLOW_ENDED
};

enum flow_end {
	FLOW_RUNS,
	FLOW_SUCCESS,
	FLOW_DENIED,
	FLOW_EXPIRED,
	FLOW_TIMED_OUT, /* --timeout passed while waiting for the person */
	FLOW_FAILED,	/* provider or network: flow.error says what */
	FLOW_CANCELLED
};

struct device_flow {
	const struct oauth_provider *provider; /* borrowed */
	char *scope;			       /* asked for */
	struct secret code_verifier;	       /* PKCE; empty: none */
	struct device_codes codes;	       /* once they came */
	bool has_codes;
	enum flow_end end;
	int64_t interval_ms;   /* of now: slow_down has raised it for the rest of the flow */
	int64_t backoff_ms;    /* on top, after lost answers and 5xx; 0 none */
	int64_t not_before_ms; /* Retry-After, on the boot clock; 0 none */
	int64_t deadline;      /* of the code, on the boot clock */
	int64_t give_up;       /* --timeout, on the boot clock; INT64_MAX none */
	struct flow_time sent; /* when the last request went out */
	struct flow_time last; /* when the last answer came */
	unsigned requests;     /* to the device endpoint */
	unsigned polls;
	unsigned unanswered; /* polls, in a row */
	bool in_flight, resumed;
	bool answered; /* a poll was told that it is pending: the provider knows the code */
	bool lost;     /* what became of a poll is not known: it may have redeemed the code */
	bool pkce; /* from the provider, or since a refusal named code_challenge: then asked once more */
	/* FLOW_FAILED …: the OAuth error, or one of ours: those of oauth_answer, "timeout", "cancelled",
	 * "request" (none could be made, flow_request() has said why). */
	char error[96];
	char *description;	    /* the provider's, masked; NULL */
	char *explanation;	    /* what it means and what to do; NULL */
	struct oauth_tokens tokens; /* FLOW_SUCCESS */
};

/* `scope` NULL: the provider's. `timeout_ms` 0: none. */
void flow_init(struct device_flow *f, const struct oauth_provider *p, const char *scope,
	       int64_t timeout_ms, const struct flow_time *now);
void flow_release(struct device_flow *f); /* wipes */

/* What to do now. *ms: FLOW_WAIT how long at most (a waker may come earlier and ask again; it is some
 * seconds at the most, so that a machine that slept notices the deadline: flow_due_ms() has the whole
 * wait); FLOW_REQUEST and FLOW_POLL how long the request may take. */
enum flow_step flow_next(struct device_flow *f, const struct flow_time *now, int64_t *ms);
/* How long until the next request, for who is told; 0: now, or one is under way. */
int64_t flow_due_ms(const struct device_flow *f, const struct flow_time *now);
/* The request that flow_next() asked for, complete, with its time and on a connection of its own (out->http);
 * release it in any case. Where none can be made the flow has ended. */
enum errc flow_request(struct device_flow *f, const struct oauth_signer *signer,
		       const struct flow_time *now, struct oauth_request *out, struct err *e);
/* What came of it. `a` stays the caller's, but is turned into what it means here: where the flow goes on,
 * OAUTH_SUCCESS (codes came), OAUTH_PENDING, OAUTH_SLOW_DOWN or OAUTH_RETRY; a success without what it has to
 * have is OAUTH_MALFORMED. Notes are added. */
void flow_answer(struct device_flow *f, struct oauth_answer *a, const struct flow_time *now);
/* The person gave up; the codes are forgotten. A success that has come stays one, and flow_answer() still takes
 * one that was on its way. */
void flow_cancel(struct device_flow *f);

/* To be kept in the store while the code lives, and taken up again: everything but secrets as JSON, the
 * secrets (device_code, code_verifier) as one JSON text. Keep it anew once a poll is sent and when its answer
 * has come: a poll that was under way is what tells a code that got redeemed. */
struct json *flow_save(const struct device_flow *f, const struct flow_time *now,
		       const char *boot_id, struct secret *secrets);
/* ERR_CONFLICT where the code has expired meanwhile, or what is kept can't be read. Over a restart of the
 * machine (another boot id) the wall clock decides. The flow has no --timeout then: set f->give_up.
 * Release it in any case. */
enum errc flow_restore(struct device_flow *f, const struct oauth_provider *p,
		       const struct json *kept, const struct secret *secrets,
		       const struct flow_time *now, const char *boot_id, struct err *e);

#endif
