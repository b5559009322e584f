/* The doctor's active probes: what a provider has to answer or refuse, and what changes nothing
 * there. A made-up secret, never the real one, goes where it might be logged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/device_keep.h"
#include "src/app/doctor_gather.h"
#include "src/app/provider_sign.h"
#include "src/base/alloc.h"
#include "src/base/http_parts.h"

#define STRANGER "authrack-doctor-9f1c" /* a client that nobody has */
#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

enum { INTERVAL_MOST_MS = 15000, WAIT_MOST_MS = 30000, SLOWER_MS = 5000 };

static const char waiting[] = "keeping the polling interval; seconds left:";

/* --- requests of its own --------------------------------------------------------------------- */

/* Adds who asks, and sends it. */
static void request_send(struct doctor_gather *g, enum doctor_probe_id id, struct oauth_request *r,
			 const struct oauth_provider *as)
{
	int64_t now = device_now(g->call).wall;
	struct err e = ERR_INIT;

	if (oauth_request_authenticate(r, as, &provider_signer, now, &e) != ERR_OK) {
		g->facts.probes[id].why_not =
			"the request could not be made: see the client's secret";
		return;
	}
	oauth_request_done(r);
	r->http.fresh = true;
	r->http.timeout_ms = DOCTOR_PROBE_MS;
	doctor_send(g, id, &r->http, &r->secrets);
}

void doctor_poll_once(struct doctor_gather *g, enum doctor_probe_id id,
		      const struct oauth_provider *as, const struct secret *code,
		      const struct secret *verifier)
{
	struct oauth_request r = { .url = NULL };

	if (oauth_request_init(&r, as, OAUTH_TOKEN, NULL) == ERR_OK) {
		oauth_request_add(&r, "grant_type", DEVICE_GRANT);
		oauth_request_add_secret(&r, "device_code", code);
		if (verifier && verifier->len)
			oauth_request_add_secret(&r, "code_verifier", verifier);
		request_send(g, id, &r, as);
	} else {
		g->facts.probes[id].why_not = "no token endpoint is known";
	}
	oauth_request_release(&r);
}

/* --- the device endpoint --------------------------------------------------------------------- */

static bool codes_take(struct doctor_gather *g, enum doctor_probe_id id, struct device_codes *out)
{
	static const struct oauth_secrets none = { .values = NULL };
	struct oauth_answer a = { .json = NULL };
	bool well = false;

	if (!g->facts.probes[id].sent || g->facts.probes[id].answer.kind != OAUTH_SUCCESS)
		return false;
	doctor_answer_again(g, id, &none, &a);
	oauth_device_codes(out, &a);
	well = a.kind == OAUTH_SUCCESS;
	if (!well) {
		snprintf(g->facts.codes_fault, sizeof(g->facts.codes_fault), "%.150s",
			 a.explanation ? a.explanation : "");
		device_codes_release(out);
	}
	oauth_answer_release(&a);
	return well;
}

/* Asks for a code; once more with PKCE where the refusal wants it. */
static void code_ask(struct doctor_gather *g, struct device_flow *flow, enum doctor_probe_id id)
{
	if (!g->use->oauth.endpoints[OAUTH_DEVICE]) {
		g->facts.probes[id].why_not = "no device endpoint is known";
		return;
	}
	for (int i = 0; i < 2 && !flow->has_codes; i++) {
		if (!doctor_flow_due(g, flow, "waiting to ask for a code"))
			return;
		if (i)
			g->facts.pkce_wanted = flow->pkce && !g->use->oauth.pkce;
		doctor_flow_send(g, flow, id);
	}
}

static bool scope_refused(const struct doctor_gather *g)
{
	const struct doctor_probe *p = &g->facts.probes[PROBE_DEVICE];

	return p->sent && strcmp(p->answer.error, "invalid_scope") == 0 && g->use->oauth.scope[0];
}

static void device_start(struct doctor_gather *g, struct device_flow *flow)
{
	struct flow_time now = device_now(g->call);
	enum doctor_probe_id id = PROBE_DEVICE;

	flow_init(flow, &g->use->oauth, NULL, 0, &now);
	code_ask(g, flow, id);
	if (scope_refused(g)) {
		flow_release(flow);
		now = device_now(g->call);
		flow_init(flow, &g->use->oauth, "", 0, &now);
		id = PROBE_DEVICE_PLAIN;
		code_ask(g, flow, id);
	}
	g->facts.has_codes = codes_take(g, id, &g->facts.codes);
	if (g->facts.has_codes)
		secret_copy(&g->facts.sent_code, &g->facts.codes.device_code);
}

/* A request for a code by a made-up client, or by nobody; with a scope that is not what is
 * refused. */
static void device_probe(struct doctor_gather *g, enum doctor_probe_id id, bool named)
{
	struct oauth_provider as =
		g->use->oauth; /* shares what it points to, and is not released */
	struct oauth_request r = { .url = NULL };
	char client_id[] = STRANGER;

	as.client_id = client_id;
	as.auth = OAUTH_AUTH_NONE;
	if (oauth_request_init(&r, &as, OAUTH_DEVICE, NULL) == ERR_OK) {
		if (*as.scope && !scope_refused(g))
			oauth_request_add(&r, "scope", as.scope);
		if (named) {
			request_send(g, id, &r, &as);
		} else {
			oauth_request_done(&r);
			r.http.fresh = true;
			r.http.timeout_ms = DOCTOR_PROBE_MS;
			doctor_send(g, id, &r.http, &r.secrets);
		}
	} else {
		g->facts.probes[id].why_not = "no device endpoint is known";
	}
	oauth_request_release(&r);
}

static void device_get(struct doctor_gather *g)
{
	const char *endpoint = g->use->oauth.endpoints[OAUTH_DEVICE];
	char *url = endpoint ? x_asprintf("%s%cclient_id=" STRANGER, endpoint,
					  strchr(endpoint, '?') ? '&' : '?')
			     : NULL;

	doctor_get(g, PROBE_DEVICE_GET, url, "no device endpoint is known");
	free(url);
}

/* A provider elsewhere does not get to have this machine's own services asked. */
static bool is_page(const struct doctor_gather *g)
{
	const struct device_codes *c = &g->facts.codes;
	struct http_url page, home;

	return c->openable && http_url_read(&page, c->verification_uri, NULL) == ERR_OK &&
	       http_url_read(&home, g->use->oauth.endpoints[OAUTH_DEVICE], NULL) == ERR_OK &&
	       (!page.loopback || home.loopback);
}

static void page_get(struct doctor_gather *g)
{
	bool opens = g->facts.has_codes && is_page(g);

	doctor_get(g, PROBE_PAGE, opens ? g->facts.codes.verification_uri : NULL,
		   g->facts.has_codes ? "the verification address is none that can be opened"
				      : "no device code was given");
}

/* --- the token endpoint ---------------------------------------------------------------------- */

/* What is put together, with a made-up device code unless the code of nobody's flow is wanted. */
struct made_up {
	enum doctor_probe_id id;
	const char *grant;
	bool good_code, twice, in_query, wrong_secret, no_secret;
};

static const struct made_up made_ups[] = {
	{ .id = PROBE_TOKEN_UNKNOWN, .grant = DEVICE_GRANT },
	{ .id = PROBE_TOKEN_GRANT, .grant = "urn:authrack:doctor:no-such-grant" },
	{ .id = PROBE_TOKEN_TWICE, .grant = DEVICE_GRANT, .twice = true },
	{ .id = PROBE_TOKEN_SECRET,
	  .grant = DEVICE_GRANT,
	  .wrong_secret = true,
	  .good_code = true },
	{ .id = PROBE_TOKEN_NO_SECRET, .grant = DEVICE_GRANT, .no_secret = true },
	{ .id = PROBE_TOKEN_QUERY, .grant = DEVICE_GRANT, .no_secret = true, .in_query = true },
};

static bool has_secret(const struct oauth_provider *p)
{
	return p->auth == OAUTH_AUTH_BASIC || p->auth == OAUTH_AUTH_POST ||
	       p->auth == OAUTH_AUTH_SECRET_JWT;
}

static void secret_to_query(struct oauth_request *r, const struct secret *secret)
{
	char *url = x_asprintf("%s%cclient_secret=%s", r->url, strchr(r->url, '?') ? '&' : '?',
			       secret_reveal(secret));

	oauth_secrets_add(&r->secrets, secret_reveal(secret), secret->len);
	free(r->url);
	r->url = url;
}

static void token_form(struct doctor_gather *g, const struct made_up *m,
		       const struct device_flow *good, struct oauth_request *r)
{
	bool is_good = m->good_code && good->has_codes;

	oauth_request_add(r, "grant_type", m->grant);
	if (m->twice)
		oauth_request_add(r, "grant_type", m->grant);
	oauth_request_add_secret(r, "device_code",
				 is_good ? &good->codes.device_code : &g->facts.made_up_code);
	if (is_good && good->code_verifier.len)
		oauth_request_add_secret(r, "code_verifier", &good->code_verifier);
	if (m->in_query)
		secret_to_query(r, &g->facts.made_up);
}

static void token_probe(struct doctor_gather *g, const struct made_up *m,
			const struct device_flow *good)
{
	struct oauth_provider as =
		g->use->oauth; /* shares what it points to, and is not released */
	struct oauth_request r = { .url = NULL };

	if ((m->wrong_secret || m->no_secret) && !has_secret(&as)) {
		g->facts.probes[m->id].why_not = "this client has no secret";
		return;
	}
	if (m->wrong_secret)
		as.client_secret = g->facts.made_up;
	if (m->no_secret)
		as.auth = OAUTH_AUTH_NONE;
	if (oauth_request_init(&r, &as, OAUTH_TOKEN, NULL) != ERR_OK) {
		g->facts.probes[m->id].why_not = "no token endpoint is known";
	} else {
		token_form(g, m, good, &r);
		request_send(g, m->id, &r, &as);
	}
	oauth_request_release(&r);
}

static void token_probes(struct doctor_gather *g, const struct device_flow *good)
{
	char challenge[PKCE_SIZE];

	oauth_pkce_new(&g->facts.made_up_code, challenge);
	oauth_pkce_new(&g->facts.made_up, challenge);
	for (size_t i = 0; i < sizeof(made_ups) / sizeof(made_ups[0]); i++)
		token_probe(g, &made_ups[i], good);
}

/* --- polls ----------------------------------------------------------------------------------- */

static void polls(struct doctor_gather *g, struct device_flow *flow)
{
	static const enum doctor_probe_id ids[] = { PROBE_POLL, PROBE_POLL_SECOND,
						    PROBE_POLL_THIRD };
	size_t count = sizeof(ids) / sizeof(ids[0]);

	for (size_t i = 0; i < count; i++)
		g->facts.probes[ids[i]].why_not = flow->has_codes ? "the flow had ended before"
								  : "no device code was given";
	if (flow->has_codes && flow->interval_ms > INTERVAL_MOST_MS) {
		count = 1;
		g->facts.probes[PROBE_POLL_SECOND].why_not =
			g->facts.probes[PROBE_POLL_THIRD].why_not =
				"the interval is too long to be waited for three times";
	}
	for (size_t i = 0; i < count && flow->has_codes; i++) {
		const struct flow_time now = device_now(g->call);

		if (flow_due_ms(flow, &now) > WAIT_MOST_MS) {
			g->facts.probes[ids[i]].why_not =
				"the provider wants to be left alone for over half a minute";
			return;
		}
		if (!doctor_flow_due(g, flow, waiting) || !doctor_flow_send(g, flow, ids[i]))
			return;
	}
}

static void poll_early(struct doctor_gather *g, struct device_flow *flow)
{
	const struct doctor_probe *p = &g->facts.probes[PROBE_POLL_FAST];

	if (!flow->has_codes || flow->end != FLOW_RUNS) {
		g->facts.probes[PROBE_POLL_FAST].why_not = "there is no flow to poll";
		return;
	}
	doctor_poll_once(g, PROBE_POLL_FAST, &g->use->oauth, &flow->codes.device_code,
			 &flow->code_verifier);
	flow->last = device_now(g->call);
	if (p->sent && p->answer.kind == OAUTH_SLOW_DOWN)
		flow->interval_ms += SLOWER_MS;
}

static void poll_as_other(struct doctor_gather *g, const struct device_flow *flow)
{
	struct oauth_provider as = g->use->oauth;
	char *client = x_strdup(g->other_client);

	if (!client || !flow->has_codes) {
		g->facts.probes[PROBE_TOKEN_OTHER].why_not =
			client ? "no device code was given"
			       : "no second client is configured (--other-client)";
	} else {
		as.client_id = client;
		as.auth = OAUTH_AUTH_NONE;
		doctor_poll_once(g, PROBE_TOKEN_OTHER, &as, &flow->codes.device_code,
				 &flow->code_verifier);
	}
	free(client);
}

/* A second code, that nobody approves; with --interactive it is the one to deny. */
static void code_again(struct doctor_gather *g, struct device_flow *second)
{
	struct flow_time now = device_now(g->call);

	flow_init(second, &g->use->oauth, scope_refused(g) ? "" : NULL, 0, &now);
	second->pkce = second->pkce || g->facts.pkce_wanted;
	if (!g->facts.has_codes) {
		g->facts.probes[PROBE_DEVICE_AGAIN].why_not = "no device code was given";
		return;
	}
	code_ask(g, second, PROBE_DEVICE_AGAIN);
	g->facts.has_again = codes_take(g, PROBE_DEVICE_AGAIN, &g->facts.again);
}

static void poll_expired(struct doctor_gather *g, struct device_flow *second)
{
	g->facts.probes[PROBE_EXPIRED].why_not = "waits until the code has expired: "
						 "--wait-for-expiry does";
	if (!g->wait_expiry)
		return;
	g->facts.probes[PROBE_EXPIRED].why_not = "no device code was given";
	if (!second->has_codes)
		return;
	doctor_wait(g, "waiting for the code to expire; seconds left:",
		    second->deadline + SLOWER_MS - device_now(g->call).boot);
	if (!g->cancelled)
		doctor_poll_once(g, PROBE_EXPIRED, &g->use->oauth, &second->codes.device_code,
				 &second->code_verifier);
}

void doctor_active(struct doctor_gather *g)
{
	struct device_flow flow, second;

	device_start(g, &flow);
	code_again(g, &second);
	page_get(g);
	device_probe(g, PROBE_DEVICE_STRANGER, true);
	device_probe(g, PROBE_DEVICE_NOBODY, false);
	device_get(g);
	token_probes(g, &second);
	polls(g, &flow);
	poll_early(g, &flow);
	poll_as_other(g, &flow);
	if (g->interactive)
		doctor_person(g, &flow, &second);
	else
		poll_expired(g, &second);
	flow_release(&flow);
	flow_release(&second);
}
