/* The doctor's rules about the token endpoint (RFC 8628 §3.4, §3.5, RFC 6749 §5.2). */
#include "src/oauth/doctor_rules.h"

#include <string.h>

#include "src/oauth/preset.h"

enum { STATUS_RATE = 429 };

/* --- polls ----------------------------------------------------------------------------------- */

static void tok_pending_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_POLL);
	const struct oauth_preset *preset = f->provider->preset;
	long status;

	if (!p)
		return;
	status = p->response.status;
	if (p->answer.kind == OAUTH_SLOW_DOWN)
		doctor_say(r, DOCTOR_SKIPPED, "slow_down, of which tok-exact tells");
	else if (p->answer.kind != OAUTH_PENDING)
		doctor_say(r, DOCTOR_FAIL, "%s", doctor_answered(p));
	else if (status == 400)
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else if (status == preset->pending_status)
		doctor_say(r, DOCTOR_INFO, "%s, as %s does it", doctor_answered(p), preset->title);
	else
		doctor_say(r, status == 200 ? DOCTOR_FAIL : DOCTOR_WARN, "%s", doctor_answered(p));
}

const struct doctor_rule doctor_tok_pending = {
	.id = "tok-pending",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "a poll before approval is told to wait",
	.expected = "400 authorization_pending",
	.source = "RFC 8628 3.5",
	.remedy =
		"answer errors with status 400: clients that look at the status first take another "
		"one for success, or for a failure for good",
	.look = tok_pending_look,
};

/* Answers that are errors by rights. */
static const enum doctor_probe_id errors[] = {
	PROBE_POLL,	    PROBE_TOKEN_UNKNOWN, PROBE_TOKEN_GRANT,
	PROBE_TOKEN_SECRET, PROBE_TOKEN_TWICE,	 PROBE_POLL_FAST,
};

/* Is it no error as it has to be? Then that is told. */
static bool error_is_odd(struct doctor_result *r, const struct doctor_probe *p)
{
	const struct http_response *a = &p->response;
	bool json = p->json && doctor_is_json(a);

	if (a->code)
		doctor_say(r, DOCTOR_FAIL, "no answer: %s", a->err.message);
	else if (!json && doctor_content_type(a)[0])
		doctor_say(r, DOCTOR_FAIL, "%ld as \"%s\"%s", a->status, doctor_content_type(a),
			   p->json ? "" : ", no JSON object");
	else if (!json)
		doctor_say(r, DOCTOR_FAIL, "%ld without a Content-Type%s", a->status,
			   p->json ? "" : ", no JSON object");
	return a->code || !json;
}

static void tok_json_look(const struct doctor_facts *f, struct doctor_result *r)
{
	enum doctor_probe_id kept = PROBES, any = PROBES;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const struct doctor_probe *p = &f->probes[errors[i]];

		if (!p->sent || p->response.status == STATUS_RATE)
			continue;
		any = r->evidence = errors[i];
		if (error_is_odd(r, p))
			return;
		if (!doctor_no_store(&p->response))
			kept = any;
	}
	r->evidence = kept < PROBES ? kept : any;
	if (any == PROBES)
		doctor_say(r, DOCTOR_SKIPPED, "no error was seen");
	else if (kept < PROBES)
		doctor_say(r, DOCTOR_WARN, "JSON, but without Cache-Control: no-store");
	else
		doctor_say(r, DOCTOR_PASS, "application/json, no-store");
}

const struct doctor_rule doctor_tok_json = {
	.id = "tok-json",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "errors of the token endpoint are JSON",
	.expected = "a JSON object as application/json, with Cache-Control: no-store",
	.source = "RFC 6749 5.2",
	.remedy = "let no error page of a proxy or framework stand for the endpoint's own answer",
	.look = tok_json_look,
};

static void tok_slow_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_POLL_FAST);

	if (!p)
		return;
	doctor_say(r, p->answer.kind == OAUTH_SLOW_DOWN ? DOCTOR_PASS : DOCTOR_INFO, "%s",
		   doctor_answered(p));
}

const struct doctor_rule doctor_tok_slow = {
	.id = "tok-slow",
	.severity = DOCTOR_SEVERITY_INFO,
	.phase = DOCTOR_ACTIVE,
	.summary = "a poll that comes too early is slowed down",
	.expected = "slow_down (keeping the interval is the client's duty, all the same)",
	.source = "RFC 8628 3.5",
	.remedy = NULL,
	.look = tok_slow_look,
};

static void tok_exact_look(const struct doctor_facts *f, struct doctor_result *r)
{
	static const enum doctor_probe_id polls[] = { PROBE_POLL, PROBE_POLL_SECOND,
						      PROBE_POLL_THIRD };

	for (size_t i = 0; i < sizeof(polls) / sizeof(polls[0]); i++) {
		const struct doctor_probe *p = doctor_probe_of(f, r, polls[i]);

		if (!p)
			return;
		if (p->answer.kind != OAUTH_SLOW_DOWN)
			continue;
		doctor_say(r, DOCTOR_WARN, "poll %zu at the interval got slow_down", i + 1);
		return;
	}
	doctor_say(r, DOCTOR_PASS, "three polls, none slowed down");
}

const struct doctor_rule doctor_tok_exact = {
	.id = "tok-exact",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "polls at the interval are well",
	.expected = "authorization_pending three times, no slow_down",
	.source = "RFC 8628 3.5",
	.remedy = "count the interval with some tolerance: networks are not even",
	.look = tok_exact_look,
};

static bool holds(const struct doctor_probe *p, const struct secret *s)
{
	return s->len && p->response.body.len &&
	       memmem(p->response.body.data, p->response.body.len, secret_reveal(s), s->len);
}

/* What of what was sent stands in the answer; NULL: nothing. */
static const char *repeated(const struct doctor_facts *f, const struct doctor_probe *p)
{
	if (holds(p, &f->made_up))
		return "the client secret";
	if (holds(p, &f->sent_code) || holds(p, &f->made_up_code) ||
	    (f->has_again && holds(p, &f->again.device_code)))
		return "the device code";
	return NULL;
}

static void tok_echo_look(const struct doctor_facts *f, struct doctor_result *r)
{
	bool any = false;

	for (unsigned i = PROBE_TOKEN_UNKNOWN; i <= PROBE_EXPIRED; i++) {
		const struct doctor_probe *p = &f->probes[i];

		if (!p->sent || p->response.code || p->answer.kind == OAUTH_SUCCESS)
			continue;
		any = true;
		if (!repeated(f, p))
			continue;
		r->evidence = i;
		doctor_say(r, DOCTOR_WARN, "%s: the error repeats %s", doctor_answered(p),
			   repeated(f, p));
		return;
	}
	if (any)
		doctor_say(r, DOCTOR_PASS, "neither codes nor secrets");
	else
		doctor_say(r, DOCTOR_SKIPPED, "no error was seen");
}

const struct doctor_rule doctor_tok_echo = {
	.id = "tok-echo",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "errors do not repeat codes or secrets",
	.expected = "error texts without what was sent",
	.source = "CWE-209",
	.remedy = "leave codes and secrets out of error texts: they end up in logs",
	.look = tok_echo_look,
};

static void tok_expired_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_EXPIRED);

	if (!p)
		return;
	doctor_say(r, p->answer.kind == OAUTH_PENDING ? DOCTOR_WARN : DOCTOR_PASS, "%s",
		   doctor_answered(p));
}

const struct doctor_rule doctor_tok_expired = {
	.id = "tok-expired",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "an expired code is no longer pending",
	.expected = "expired_token",
	.source = "RFC 8628 3.5",
	.remedy = "answer expired_token once the code has expired",
	.look = tok_expired_look,
};

/* --- what has to be refused ------------------------------------------------------------------ */

static void tok_unknown_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_TOKEN_UNKNOWN);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_EXPIRED || doctor_error_is(p, "invalid_grant"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else if (doctor_error_is(p, "invalid_client"))
		doctor_say(r, DOCTOR_SKIPPED, "the provider did not look at it: %s",
			   doctor_answered(p));
	else
		doctor_say(r,
			   doctor_is_vendor(f) && p->answer.kind == OAUTH_ERROR ? DOCTOR_INFO
										: DOCTOR_FAIL,
			   "%s", doctor_answered(p));
}

const struct doctor_rule doctor_tok_unknown = {
	.id = "tok-unknown",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "a made-up device code is refused",
	.expected = "invalid_grant or expired_token",
	.source = "RFC 6749 5.2",
	.remedy = "answer invalid_grant: a client that is told to wait polls for ever",
	.look = tok_unknown_look,
};

static void tok_bound_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_TOKEN_OTHER);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS || p->answer.kind == OAUTH_PENDING ||
	    p->answer.kind == OAUTH_SLOW_DOWN)
		doctor_say(r, DOCTOR_FAIL, "another client's poll got %s", doctor_answered(p));
	else if (doctor_error_is(p, "invalid_client") || doctor_error_is(p, "unauthorized_client"))
		doctor_say(r, DOCTOR_SKIPPED, "the second client itself is refused: %s",
			   doctor_answered(p));
	else
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
}

const struct doctor_rule doctor_tok_bound = {
	.id = "tok-bound",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.phase = DOCTOR_ACTIVE,
	.summary = "a device code is of use to its own client only",
	.expected = "invalid_grant for another client",
	.source = "RFC 8628 3.4",
	.remedy = "compare the client of the poll with that of the device code",
	.look = tok_bound_look,
};

static void tok_grant_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_TOKEN_GRANT);

	if (!p)
		return;
	if (doctor_error_is(p, "unsupported_grant_type"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else
		doctor_say(r, doctor_is_vendor(f) ? DOCTOR_INFO : DOCTOR_WARN, "%s",
			   doctor_answered(p));
}

const struct doctor_rule doctor_tok_grant = {
	.id = "tok-grant",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "an unknown grant is refused by its name",
	.expected = "unsupported_grant_type",
	.source = "RFC 6749 5.2",
	.remedy = "answer unsupported_grant_type: it tells people what to switch on",
	.look = tok_grant_look,
};

static bool has_secret(const struct doctor_facts *f)
{
	enum oauth_auth a = f->provider->auth;

	return a == OAUTH_AUTH_BASIC || a == OAUTH_AUTH_POST || a == OAUTH_AUTH_SECRET_JWT;
}

/* Does the refusal of a wrong secret say so as it has to? */
static void refusal_judge(const struct doctor_facts *f, struct doctor_result *r,
			  const struct doctor_probe *p)
{
	bool basic = f->provider->auth == OAUTH_AUTH_BASIC;

	if (basic && p->response.status != 401)
		doctor_say(r, DOCTOR_WARN, "%s: Basic wants 401", doctor_answered(p));
	else if (basic && !http_response_header(&p->response, "WWW-Authenticate"))
		doctor_say(r, DOCTOR_WARN, "%s without WWW-Authenticate", doctor_answered(p));
	else
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
}

/* Sure only with a device code that is good: of another one the provider may have looked at the
 * code first. */
static void tok_secret_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p;

	if (!has_secret(f)) {
		doctor_say(r, DOCTOR_SKIPPED, "this client has no secret");
		return;
	}
	p = doctor_decided(f, r, PROBE_TOKEN_SECRET);
	if (!p)
		return;
	if (p->answer.kind == OAUTH_PENDING || p->answer.kind == OAUTH_SLOW_DOWN ||
	    p->answer.kind == OAUTH_SUCCESS)
		doctor_say(r, DOCTOR_FAIL, "a made-up secret was not noticed: %s",
			   doctor_answered(p));
	else if (doctor_error_is(p, "invalid_client") || doctor_error_is(p, "unauthorized_client"))
		refusal_judge(f, r, p);
	else if (f->has_again)
		doctor_say(r, doctor_is_vendor(f) ? DOCTOR_INFO : DOCTOR_WARN, "refused with %s",
			   doctor_answered(p));
	else
		doctor_say(r, DOCTOR_SKIPPED, "no device code was there to try it with: %s",
			   doctor_answered(p));
}

const struct doctor_rule doctor_tok_secret = {
	.id = "tok-secret",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.phase = DOCTOR_ACTIVE,
	.summary = "a wrong client secret is refused",
	.expected = "401 invalid_client, with WWW-Authenticate where Basic was used",
	.source = "RFC 6749 5.2",
	.remedy = "make the client a confidential one at the provider: its secret protects nothing "
		  "now",
	.look = tok_secret_look,
};

static bool alike(const struct doctor_probe *a, const struct doctor_probe *b)
{
	return a->response.status == b->response.status &&
	       strcmp(a->answer.error, b->answer.error) == 0 &&
	       strcmp(a->answer.description ? a->answer.description : "",
		      b->answer.description ? b->answer.description : "") == 0;
}

static void tok_query_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *wrong, *none, *query;

	if (!has_secret(f)) {
		doctor_say(r, DOCTOR_SKIPPED, "this client has no secret");
		return;
	}
	wrong = doctor_decided(f, r, PROBE_TOKEN_SECRET);
	none = wrong ? doctor_decided(f, r, PROBE_TOKEN_NO_SECRET) : NULL;
	query = none ? doctor_decided(f, r, PROBE_TOKEN_QUERY) : NULL;
	if (!query)
		return;
	if (alike(wrong, none))
		doctor_say(r, DOCTOR_SKIPPED, "a wrong and a missing secret are answered alike");
	else if (alike(query, wrong))
		doctor_say(r, DOCTOR_WARN, "a secret in the query is read: %s",
			   doctor_answered(query));
	else if (alike(query, none))
		doctor_say(r, DOCTOR_PASS, "%s, as without one", doctor_answered(query));
	else
		doctor_say(r, DOCTOR_SKIPPED, "neither answered as a wrong secret nor as none: %s",
			   doctor_answered(query));
}

const struct doctor_rule doctor_tok_query = {
	.id = "tok-query",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "credentials in the query are not taken",
	.expected = "a refusal: credentials belong into the body or a header",
	.source = "RFC 6749 2.3.1",
	.remedy = "read parameters from the body only: addresses end up in logs",
	.look = tok_query_look,
};

static void tok_twice_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_TOKEN_TWICE);

	if (!p)
		return;
	if (doctor_error_is(p, "invalid_request"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else
		doctor_say(r, doctor_is_vendor(f) ? DOCTOR_INFO : DOCTOR_WARN, "%s",
			   doctor_answered(p));
}

const struct doctor_rule doctor_tok_twice = {
	.id = "tok-twice",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "a parameter sent twice is refused",
	.expected = "invalid_request",
	.source = "RFC 6749 3.2",
	.remedy = "refuse it: a proxy and the provider may each look at another one of both",
	.look = tok_twice_look,
};
