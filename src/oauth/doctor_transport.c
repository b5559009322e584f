/* The doctor's rules about TLS and clocks. */
#include "src/oauth/doctor_rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "src/base/http_parts.h"

enum { DAYS_LEAST = 21, CLOCK_MOST_MS = 30 * 1000 };

static const double drift_most = 0.01;

/* --- tls-https ------------------------------------------------------------------------------- */

static bool in_clear(const char *url)
{
	struct http_url parts;

	return url && *url && http_url_read(&parts, url, NULL) == ERR_OK && !parts.secure &&
	       !parts.loopback;
}

static void tls_https_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (in_clear(f->provider->issuer)) {
		doctor_say(r, DOCTOR_FAIL, "the issuer is %s", f->provider->issuer);
		return;
	}
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		const char *name = oauth_endpoint_member(n), *url = f->provider->endpoints[n];

		if (!in_clear(url))
			url = json_get_text(f->metadata, name);
		if (in_clear(url)) {
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
	.expected = "https everywhere (loopback excepted)",
	.source = "RFC 8628 3.1",
	.remedy = "serve them over https, and tell the provider its public address",
	.look = tls_https_look,
};

/* --- the connection that came about, or did not ----------------------------------------------- */

/* The first request that went over TLS; NULL: none did. */
static const struct doctor_probe *secured(const struct doctor_facts *f, struct doctor_result *r)
{
	for (unsigned i = 0; i < PROBES; i++) {
		const struct doctor_probe *p = &f->probes[i];

		if (i == PROBE_TLS_OLD || !p->sent ||
		    (!p->response.tls_version[0] && !p->response.certificate.subject))
			continue;
		r->evidence = i;
		return p;
	}
	return NULL;
}

static bool any_failed(const struct doctor_facts *f)
{
	for (unsigned i = 0; i < PROBES; i++)
		if (i != PROBE_TLS_OLD && f->probes[i].sent && f->probes[i].response.code)
			return true;
	return false;
}

static void tls_chain_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = secured(f, r);
	const struct http_certificate *c;
	char day[DATETIME_SIZE];
	int64_t left;

	if (!p) {
		doctor_say(r, DOCTOR_SKIPPED,
			   any_failed(f) ? "no connection came about" : "nothing went over TLS");
		return;
	}
	c = &p->response.certificate;
	if (p->response.code) {
		doctor_say(r, DOCTOR_FAIL, "%s", p->response.err.message);
		doctor_advise(r, "%s", p->response.err.hint);
		return;
	}
	if (!c->subject || c->not_after == TIME_NONE) {
		doctor_say(r, DOCTOR_PASS, "verified");
		return;
	}
	left = (c->not_after - p->ended_at) / DAY_MS;
	datetime_rfc3339(day, c->not_after);
	doctor_say(r, left < DAYS_LEAST ? DOCTOR_WARN : DOCTOR_PASS,
		   "verified, by %s; it ends in %" PRId64 " days (%.10s)",
		   c->issuer ? c->issuer : "?", left, day);
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

static void tls_version_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *old = &f->probes[PROBE_TLS_OLD], *p = secured(f, r);

	if (!p || p->response.code) {
		doctor_say(r, DOCTOR_SKIPPED, "no connection over TLS came about");
		return;
	}
	if (old->sent && old->response.code == ERR_OK) {
		r->evidence = PROBE_TLS_OLD;
		doctor_say(r, DOCTOR_WARN, "the server takes %s, too",
			   old->response.tls_version[0] ? old->response.tls_version : "TLS 1.1");
	} else {
		doctor_say(r, DOCTOR_PASS, "%s%s", p->response.tls_version,
			   old->sent ? ", and 1.1 is refused" : "");
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
		doctor_say(r, DOCTOR_WARN, "our wall clock runs %.1f %% %s than the monotonic one",
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
