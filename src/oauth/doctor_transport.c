/* The doctor's rules about TLS and clocks. */
#include "src/oauth/doctor_rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"

enum { DAYS_LEAST = 21, CLOCK_MOST_MS = 30 * 1000 };

static const double drift_most = 0.01;

/* --- tls-https ------------------------------------------------------------------------------- */

static void tls_https_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (doctor_in_clear(f, f->provider->issuer)) {
		doctor_say(r, DOCTOR_FAIL, "the issuer is %s", f->provider->issuer);
		return;
	}
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		const char *name = oauth_endpoint_member(n), *url = f->provider->endpoints[n];

		if (!doctor_in_clear(f, url))
			url = json_get_text(f->metadata, name);
		if (doctor_in_clear(f, url)) {
			doctor_say(r, DOCTOR_FAIL, "%s is %s", name, url);
			return;
		}
	}
	doctor_say(r, DOCTOR_PASS, "all over https, or on this machine");
}

const struct doctor_rule doctor_tls_https = {
	.id = "tls-https",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.summary = "issuer and endpoints are over https",
	.expected = "https everywhere (excepted a provider on this machine)",
	.source = "RFC 8628 3.1",
	.remedy = "serve them over https, and tell the provider its public address",
	.look = tls_https_look,
};

/* --- the connections that came about, or did not --------------------------------------------- */

/* A handshake that ended with the server's certificate, since that does not verify. The server
 * asks for ours only when we have taken its own. */
static bool is_refused(const struct http_response *a)
{
	return a->code && !a->tls_version[0] && a->certificate.subject && !a->certificate_wanted;
}

static bool ends_sooner(const struct http_response *a, const struct http_response *than)
{
	return a->certificate.not_after != TIME_NONE &&
	       (!than || than->certificate.not_after == TIME_NONE ||
		a->certificate.not_after < than->certificate.not_after);
}

/* Of all requests over TLS, each maybe to another host: one whose certificate was refused, else
 * that whose certificate ends first; NULL: nothing went over TLS. */
static const struct doctor_probe *worst(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *found = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		const struct doctor_probe *p = &f->probes[i];

		if (i == PROBE_TLS_OLD || !p->sent)
			continue;
		if (is_refused(&p->response)) {
			r->evidence = i;
			return p;
		}
		if (!p->response.tls_version[0] ||
		    (found && !ends_sooner(&p->response, &found->response)))
			continue;
		r->evidence = i;
		found = p;
	}
	return found;
}

static bool any_failed(const struct doctor_facts *f)
{
	for (unsigned i = 0; i < PROBES; i++)
		if (i != PROBE_TLS_OLD && f->probes[i].sent && f->probes[i].response.code)
			return true;
	return false;
}

static void days_tell(struct doctor_result *r, const struct http_certificate *c, int64_t now)
{
	int64_t left = (c->not_after - now) / DAY_MS;
	char day[DATETIME_SIZE];

	datetime_rfc3339(day, c->not_after);
	doctor_say(r, left < DAYS_LEAST ? DOCTOR_WARN : DOCTOR_PASS,
		   "verified, by %s; it ends in %" PRId64 " days (%.10s)",
		   c->issuer ? c->issuer : "?", left, day);
}

static void tls_chain_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = worst(f, r);

	if (!p) {
		doctor_say(r, DOCTOR_SKIPPED,
			   any_failed(f) ? "no connection came about" : "nothing went over TLS");
	} else if (is_refused(&p->response)) {
		doctor_say(r, DOCTOR_FAIL, "%s", p->response.err.message);
		doctor_advise(r, "%s", p->response.err.hint);
	} else if (p->response.certificate.not_after == TIME_NONE) {
		doctor_say(r, DOCTOR_PASS, "verified");
	} else {
		days_tell(r, &p->response.certificate, p->ended_at);
	}
}

const struct doctor_rule doctor_tls_chain = {
	.id = "tls-chain",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.summary = "certificate chain and host name verify",
	.expected =
		"a certificate for this host, from a trusted authority, for at least 21 days more",
	.source = "RFC 9325",
	.remedy =
		"renew the certificate; of a private authority give its certificate with --ca-file",
	.look = tls_chain_look,
};

/* The first answer over a TLS that is new enough; NULL: there is none. */
static const struct doctor_probe *secured(const struct doctor_facts *f, struct doctor_result *r)
{
	for (unsigned i = 0; i < PROBES; i++) {
		if (i == PROBE_TLS_OLD || !f->probes[i].sent ||
		    !f->probes[i].response.tls_version[0])
			continue;
		r->evidence = i;
		return &f->probes[i];
	}
	return NULL;
}

static void tls_version_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *old = &f->probes[PROBE_TLS_OLD], *p = secured(f, r);

	if (old->sent && old->response.tls_version[0]) {
		r->evidence = PROBE_TLS_OLD;
		doctor_say(r, DOCTOR_WARN, "the server takes %s%s", old->response.tls_version,
			   p ? ", too" : ", and nothing newer");
	} else if (p) {
		doctor_say(r, DOCTOR_PASS, "%s%s", p->response.tls_version,
			   old->sent ? ", and 1.1 is refused" : "");
	} else {
		doctor_say(r, DOCTOR_SKIPPED, "no connection over TLS came about");
	}
}

const struct doctor_rule doctor_tls_version = {
	.id = "tls-version",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "TLS 1.2 or later, and nothing older",
	.expected = "TLS 1.2 or 1.3; 1.0 and 1.1 refused",
	.source = "RFC 9325",
	.remedy = "switch TLS 1.0 and 1.1 off at the server or its proxy",
	.look = tls_version_look,
};

/* --- clock ------------------------------------------------------------------------------------ */

static void clock_look(const struct doctor_facts *f, struct doctor_result *r)
{
	int64_t ahead = f->clock_ahead_ms;

	if (f->clock_drift > drift_most || f->clock_drift < -drift_most) {
		doctor_say(r, DOCTOR_WARN,
			   "our wall clock runs %.1f %% %s than the time since boot",
			   (f->clock_drift < 0 ? -f->clock_drift : f->clock_drift) * 100,
			   f->clock_drift < 0 ? "slower" : "faster");
		doctor_advise(r, "look at this machine's time synchronisation (timedatectl)");
	} else if (!f->clock_seen) {
		doctor_say(r, DOCTOR_SKIPPED, "no answer had a Date");
	} else if (ahead > CLOCK_MOST_MS || ahead < -CLOCK_MOST_MS) {
		doctor_say(r, DOCTOR_WARN, "the provider's clock is %" PRId64 " s %s of ours",
			   (ahead < 0 ? -ahead : ahead) / SECOND_MS,
			   ahead < 0 ? "behind" : "ahead");
	} else {
		doctor_say(r, DOCTOR_PASS, "within %" PRId64 " s",
			   ((ahead < 0 ? -ahead : ahead) + SECOND_MS - 1) / SECOND_MS);
	}
}

const struct doctor_rule doctor_clock = {
	.id = "clock",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "the provider's clock and ours agree",
	.expected = "the Date of its answers within 30 s of our time",
	.source = NULL,
	.remedy = "set the wrong one: tokens are refused as expired or not yet valid",
	.look = clock_look,
};
