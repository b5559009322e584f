/* The doctor's requests: the passive ones, and how each of all of them is sent. */
#include "src/app/doctor_gather.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "src/app/device_keep.h"
#include "src/app/oauth_fetch.h"
#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/oauth/metadata.h"
#include "src/oauth/preset.h"

enum { SLICE_MS = 100, SILENT_MS = 5000, STATUS_RATE = 429 };

void doctor_gather_init(struct doctor_gather *g, const struct op_call *c, struct provider_use *u)
{
	*g = (struct doctor_gather){ .call = c, .use = u };
	doctor_facts_init(&g->facts, &u->oauth);
}

void doctor_gather_release(struct doctor_gather *g)
{
	doctor_facts_release(&g->facts);
	while (g->silent_count)
		free(g->silent[--g->silent_count]);
}

/* --- one request ----------------------------------------------------------------------------- */

static void probe_read(struct doctor_gather *g, struct doctor_probe *p,
		       const struct oauth_secrets *known)
{
	static const struct oauth_secrets none = { .values = NULL };
	struct err fault = ERR_INIT;
	const struct buf *body = &p->response.body;
	const char *near;

	oauth_answer_read(&p->answer, &p->response, g->use->oauth.preset, known ? known : &none,
			  p->ended_at);
	if (json_parse(&p->json, buf_text(body), body->len, &fault) == ERR_OK &&
	    json_type_of(p->json) == JSON_OBJECT_TYPE)
		return;
	/* What jansson says ends with the text near the fault, which may be half a token. */
	near = strstr(fault.message, " near ");
	snprintf(p->json_fault, sizeof(p->json_fault), "%.*s",
		 near ? (int)(near - fault.message) : (int)sizeof(p->json_fault) - 1,
		 fault.code ? fault.message : "it is another JSON value");
	json_free(p->json);
	p->json = NULL;
}

/* The first Date tells how far apart the clocks are: it was written while the request was under
 * way. */
static void clock_read(struct doctor_gather *g, const struct doctor_probe *p)
{
	const char *date = http_response_header(&p->response, "Date");
	int64_t at;

	if (g->facts.clock_seen || !date || !http_date_read(&at, date, p->ended_at))
		return;
	g->facts.clock_seen = true;
	if (at + SECOND_MS <= p->started_at)
		g->facts.clock_ahead_ms = at + SECOND_MS - p->started_at;
	else if (at > p->ended_at)
		g->facts.clock_ahead_ms = at - p->ended_at;
}

/* Auth0 says slow_down with this status to who polls: that limits nobody else. */
static bool is_limit(const struct doctor_probe *p, enum doctor_probe_id id)
{
	bool poll = (id >= PROBE_POLL && id <= PROBE_POLL_FAST) || id == PROBE_TOKEN_SECRET ||
		    id == PROBE_TOKEN_OTHER || id == PROBE_SUCCESS || id == PROBE_DENIED;

	return p->response.status == STATUS_RATE && !(poll && p->answer.kind == OAUTH_SLOW_DOWN);
}

/* --- endpoints that hang: waited for once ---------------------------------------------------- */

static size_t address_len(const char *url)
{
	return strcspn(url, "?#");
}

static bool is_silent(const struct doctor_gather *g, const char *url)
{
	size_t len = address_len(url);

	for (size_t i = 0; i < g->silent_count; i++)
		if (strlen(g->silent[i]) == len && strncmp(g->silent[i], url, len) == 0)
			return true;
	return false;
}

static void silence_note(struct doctor_gather *g, const char *url, int64_t took_ms)
{
	if (took_ms >= SILENT_MS && g->silent_count < DOCTOR_SILENT_MAX)
		g->silent[g->silent_count++] = x_strndup(url, address_len(url));
}

bool doctor_send(struct doctor_gather *g, enum doctor_probe_id id, const struct http_request *r,
		 const struct oauth_secrets *known)
{
	static const struct oauth_secrets none = { .values = NULL };
	struct doctor_probe *p = &g->facts.probes[id];
	struct oauth_fetch f = { .call = g->call, .doing = "examining", .number = g->sent + 1 };

	if (g->cancelled || g->facts.rate_limited || p->sent)
		return false;
	if (is_silent(g, r->url)) {
		p->why_not = "the endpoint had let an earlier request wait in vain";
		return false;
	}
	g->sent++;
	p->started_at = clock_wall(app_clock(g->call->app));
	oauth_fetch(&f, r, known, &p->response, NULL);
	p->ended_at = clock_wall(app_clock(g->call->app));
	p->sent = true;
	g->cancelled = f.cancelled;
	probe_read(g, p, known);
	p->exchange = oauth_exchange(r, &p->response, known ? known : &none, p->started_at);
	if (p->response.code) {
		silence_note(g, r->url, p->ended_at - p->started_at);
		return false;
	}
	clock_read(g, p);
	g->facts.rate_limited = is_limit(p, id);
	return true;
}

bool doctor_get(struct doctor_gather *g, enum doctor_probe_id id, const char *url,
		const char *why_not)
{
	static const char *const headers[] = { "Accept: application/json, text/html;q=0.5", NULL };
	const struct http_request r = {
		.url = url,
		.headers = headers,
		.ca_file = g->use->oauth.ca_file,
		.timeout_ms = DOCTOR_PROBE_MS,
		.no_redirects = id == PROBE_PAGE,
		.tls_max_11 = id == PROBE_TLS_OLD,
	};
	struct err e = ERR_INIT;

	if (!url) {
		g->facts.probes[id].why_not = why_not;
		return false;
	}
	if (http_url_check(url, &e) != ERR_OK) {
		g->facts.probes[id].why_not = "it is no address that may be asked: https is wanted";
		return false;
	}
	return doctor_send(g, id, &r, NULL);
}

void doctor_wait(struct doctor_gather *g, const char *doing, int64_t ms)
{
	int64_t ends = clock_monotonic(app_clock(g->call->app)) + ms, left = ms;

	while (left > 0 && !g->cancelled) {
		int64_t slice = left < SLICE_MS ? left : SLICE_MS;
		const struct timespec t = { .tv_nsec = slice * 1000000 };

		if (call_progress(g->call, doing, (uint64_t)((left + SECOND_MS - 1) / SECOND_MS), 0,
				  NULL) != ERR_OK)
			g->cancelled = true;
		else
			nanosleep(&t, NULL);
		left = ends - clock_monotonic(app_clock(g->call->app));
	}
}

/* --- passive --------------------------------------------------------------------------------- */

/* A document counts for what follows even where its issuer is another one: that is told, and
 * must not hide the rest. */
static void metadata_take(struct doctor_gather *g, enum doctor_probe_id id)
{
	const struct doctor_probe *p = &g->facts.probes[id];

	if (!p->sent || p->response.code || p->response.status != 200 || !p->json)
		return;
	if (!g->facts.metadata)
		g->facts.metadata = p->json;
	oauth_metadata_apply(&g->use->oauth, p->json);
}

static void metadata_ask(struct doctor_gather *g)
{
	static const char no_issuer[] = "the provider has explicit endpoints and no issuer";
	const char *issuer = g->use->oauth.issuer;
	char *oidc = *issuer ? oauth_metadata_url(issuer, true) : NULL;
	char *oauth = *issuer ? oauth_metadata_url(issuer, false) : NULL;

	doctor_get(g, PROBE_OIDC, oidc, no_issuer);
	doctor_get(g, PROBE_OAUTH, oauth, no_issuer);
	metadata_take(g, PROBE_OIDC);
	metadata_take(g, PROBE_OAUTH);
	oauth_preset_apply(&g->use->oauth);
	free(oidc);
	free(oauth);
}

/* An address over TLS to try an old version with; NULL: there is none. */
static const char *tls_address(const struct doctor_gather *g)
{
	const struct oauth_provider *o = &g->use->oauth;

	if (strncasecmp(o->issuer, "https:", 6) == 0)
		return o->issuer;
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++)
		if (o->endpoints[n] && strncasecmp(o->endpoints[n], "https:", 6) == 0)
			return o->endpoints[n];
	return NULL;
}

static void passive(struct doctor_gather *g)
{
	const struct doctor_probe *keys = &g->facts.probes[PROBE_JWKS];

	metadata_ask(g);
	if (doctor_get(g, PROBE_JWKS, g->use->oauth.endpoints[OAUTH_JWKS], "no jwks_uri is known"))
		doctor_keys_look(&g->facts.keys, g->facts.metadata, buf_text(&keys->response.body),
				 keys->response.body.len);
	doctor_get(g, PROBE_TLS_OLD, tls_address(g), "nothing goes over TLS");
}

/* Wall against boot clock, which does not rest while the machine sleeps, over the whole
 * examination; steps by hand would count, too. */
static void drift_read(struct doctor_gather *g, const struct flow_time *from)
{
	enum { SPAN_LEAST_MS = 2000 };
	const struct flow_time to = device_now(g->call);
	double wall = (double)(to.wall - from->wall);
	double boot = (double)(to.boot - from->boot);

	if (boot >= SPAN_LEAST_MS)
		g->facts.clock_drift = wall / boot - 1;
}

enum errc doctor_gather_run(struct doctor_gather *g, struct err *e)
{
	const struct flow_time from = device_now(g->call);

	passive(g);
	if (!g->facts.passive)
		doctor_active(g);
	drift_read(g, &from);
	return g->cancelled ? err_set(e, ERR_CANCELLED, "cancelled") : ERR_OK;
}
