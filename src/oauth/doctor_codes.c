/* The doctor's rules about the codes that the device endpoint gives (RFC 8628 §3.2, §3.3):
 * their numbers, and what the person gets to see. */
#include "src/oauth/doctor_rules.h"

#include <ctype.h>
#include <string.h>

#include "src/base/http_parts.h"
#include "src/oauth/answer_parts.h"

enum { EXPIRY_LEAST = 60, EXPIRY_MOST = 3600, MILLISECONDS_FROM = 1000 };
enum { USER_CODE_MOST = 12, URI_MOST = 80 };

/* --- numbers --------------------------------------------------------------------------------- */

/* Strings count as the numbers in them: that they are strings dev-types tells. */
static void dev_units_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	struct oauth_number interval, expiry;

	if (!doctor_codes_given(f, r, &json))
		return;
	interval = oauth_number_get(json, "interval");
	expiry = oauth_number_get(json, "expires_in");
	if (interval.state != NUMBER_GIVEN)
		doctor_say(r, DOCTOR_PASS, "there is none");
	else if (interval.value >= MILLISECONDS_FROM ||
		 (expiry.state == NUMBER_GIVEN && expiry.value > 0 &&
		  interval.value >= expiry.value))
		doctor_say(r, DOCTOR_FAIL, "interval is %lld", (long long)interval.value);
	else
		doctor_say(r, DOCTOR_PASS, "interval is %lld", (long long)interval.value);
}

const struct doctor_rule doctor_dev_units = {
	.id = "dev-units",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "the interval is in seconds",
	.expected = "an interval in seconds, well below expires_in",
	.source = "RFC 8628 3.2",
	.remedy = "send seconds: these read as milliseconds, and a client that takes them at their "
		  "word never "
		  "polls",
	.look = dev_units_look,
};

static void dev_types_look(const struct doctor_facts *f, struct doctor_result *r)
{
	static const char *const names[] = { "expires_in", "interval" };
	const struct json *json;

	if (!doctor_codes_given(f, r, &json))
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = json_get_text(json, names[i]);

		if (text) {
			doctor_say(r, DOCTOR_WARN, "%s is the string \"%s\"", names[i], text);
			return;
		}
	}
	doctor_say(r, DOCTOR_PASS, "no strings");
}

const struct doctor_rule doctor_dev_types = {
	.id = "dev-types",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "numbers are sent as numbers",
	.expected = "expires_in and interval as JSON numbers",
	.source = "RFC 8628 3.2",
	.remedy = "send numbers: strict clients refuse strings",
	.look = dev_types_look,
};

static void dev_expiry_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	struct oauth_number n;

	if (!doctor_codes_given(f, r, &json))
		return;
	n = oauth_number_get(json, "expires_in");
	if (n.state != NUMBER_GIVEN)
		doctor_say(r, DOCTOR_SKIPPED, "there is none, of which dev-response tells");
	else
		doctor_say(r,
			   n.value < EXPIRY_LEAST || n.value > EXPIRY_MOST ? DOCTOR_WARN
									   : DOCTOR_PASS,
			   "%lld s", (long long)n.value);
}

const struct doctor_rule doctor_dev_expiry = {
	.id = "dev-expiry",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "the code lives long enough, and not too long",
	.expected = "expires_in from 60 to 3600 seconds",
	.source = "RFC 8628 3.2",
	.remedy =
		"five to fifteen minutes are usual: enough for a person, too short to guess codes",
	.look = dev_expiry_look,
};

static void dev_interval_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	struct oauth_number n;

	if (!doctor_codes_given(f, r, &json))
		return;
	n = oauth_number_get(json, "interval");
	if (n.state == NUMBER_MISSING)
		doctor_say(r, DOCTOR_PASS, "absent: 5 s");
	else if (n.state != NUMBER_GIVEN)
		doctor_say(r, DOCTOR_WARN, "it is no number");
	else
		doctor_say(r, n.value < 1 ? DOCTOR_WARN : DOCTOR_PASS, "%lld s",
			   (long long)n.value);
}

const struct doctor_rule doctor_dev_interval = {
	.id = "dev-interval",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "the interval is a positive number, or absent",
	.expected = "a positive number of seconds; absent: 5",
	.source = "RFC 8628 3.2",
	.remedy = "send 5, or leave it out",
	.look = dev_interval_look,
};

/* --- what the person sees -------------------------------------------------------------------- */

static void dev_usercode_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	bool lower = false, upper = false;
	size_t len = 0;

	if (!doctor_codes_given(f, r, &json))
		return;
	for (const char *c = f->codes.user_code; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("- ", *c)) {
			doctor_say(r, DOCTOR_WARN,
				   "it has other characters than letters, digits and -");
			return;
		}
		lower |= islower((unsigned char)*c) != 0;
		upper |= isupper((unsigned char)*c) != 0;
		len += isalnum((unsigned char)*c) != 0;
	}
	if (lower && upper)
		doctor_say(r, DOCTOR_WARN, "capital and small letters: easily mistyped");
	else if (len > USER_CODE_MOST)
		doctor_say(r, DOCTOR_WARN, "%zu characters are long to type", len);
	else
		doctor_say(r, DOCTOR_PASS, "%zu characters", len);
}

const struct doctor_rule doctor_dev_usercode = {
	.id = "dev-usercode",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "the user code can be read and typed",
	.expected = "a short code of letters of one case, or digits",
	.source = "RFC 8628 6.1",
	.remedy = "eight consonants (BCDFGHJKLMNPQRSTVWXZ) in two groups are the RFC's advice",
	.look = dev_usercode_look,
};

static void dev_uri_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	const char *uri = f->codes.verification_uri;
	struct http_url parts;

	if (!doctor_codes_given(f, r, &json))
		return;
	if (http_url_read(&parts, uri, NULL) != ERR_OK)
		doctor_say(r, DOCTOR_FAIL, "no web address: %s", uri);
	else if (doctor_in_clear(f, uri))
		doctor_say(r, DOCTOR_FAIL, "%s: %s",
			   parts.loopback ? "an address of the provider's own machine" : "in clear",
			   uri);
	else if (!json_get_text(json, "verification_uri"))
		doctor_say(r, DOCTOR_INFO, "it is called verification_url: %s", uri);
	else if (strlen(uri) > URI_MOST)
		doctor_say(r, DOCTOR_INFO, "%zu characters are long to type: %s", strlen(uri), uri);
	else
		doctor_say(r, DOCTOR_PASS, "%s", uri);
}

const struct doctor_rule doctor_dev_uri = {
	.id = "dev-uri",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "the verification address is https, and short",
	.expected = "verification_uri, a short https address",
	.source = "RFC 8628 3.2",
	.remedy = "set the provider's public address to https",
	.look = dev_uri_look,
};

static void dev_site_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	const char *from = f->provider->issuer[0] ? f->provider->issuer
						  : f->provider->endpoints[OAUTH_DEVICE];
	struct http_url page, home;

	if (!doctor_codes_given(f, r, &json))
		return;
	if (http_url_read(&page, f->codes.verification_uri, NULL) != ERR_OK ||
	    http_url_read(&home, from, NULL) != ERR_OK) {
		doctor_say(r, DOCTOR_SKIPPED, "the page has no web address");
		return;
	}
	if (strcmp(page.host, home.host) != 0)
		doctor_say(r, DOCTOR_INFO, "the page is at %s, the provider at %s", page.host,
			   home.host);
	else
		doctor_say(r, DOCTOR_PASS, "%s", page.host);
}

const struct doctor_rule doctor_dev_site = {
	.id = "dev-site",
	.severity = DOCTOR_SEVERITY_INFO,
	.phase = DOCTOR_ACTIVE,
	.summary = "the page is on the provider's own site",
	.expected = "a page that people recognise as the provider's",
	.source = NULL,
	.remedy = "tell people the address beforehand: a strange one teaches them to trust any",
	.look = dev_site_look,
};

static void dev_page_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = &f->probes[PROBE_PAGE];
	long status = p->response.status;

	if (p->sent && p->response.code) {
		r->evidence = PROBE_PAGE;
		doctor_say(r, DOCTOR_WARN, "%s", p->response.err.message);
	} else if (doctor_probe_of(f, r, PROBE_PAGE)) {
		doctor_say(r, status == 404 || status >= 500 ? DOCTOR_WARN : DOCTOR_PASS,
			   "status %ld", status);
	}
}

const struct doctor_rule doctor_dev_page = {
	.id = "dev-page",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "there is a page at the verification address",
	.expected = "a page that takes the code",
	.source = "RFC 8628 3.3",
	.remedy = "set the device page up (authentik: a device flow for the brand)",
	.look = dev_page_look,
};

static void dev_complete_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	const char *complete = f->codes.verification_uri_complete;
	struct http_url whole, plain;

	if (!doctor_codes_given(f, r, &json))
		return;
	if (!complete)
		doctor_say(r, DOCTOR_INFO, "there is none: people type the code");
	else if (http_url_read(&plain, f->codes.verification_uri, NULL) != ERR_OK)
		doctor_say(r, DOCTOR_SKIPPED,
			   "the plain one is no address, of which dev-uri tells");
	else if (http_url_read(&whole, complete, NULL) != ERR_OK ||
		 !http_same_origin(&whole, &plain))
		doctor_say(r, DOCTOR_WARN, "on another origin than the plain one: %s", complete);
	else if (!strstr(complete, f->codes.user_code))
		doctor_say(r, DOCTOR_INFO, "it does not carry the user code as it is shown");
	else
		doctor_say(r, DOCTOR_PASS, "same origin, carries the code");
}

const struct doctor_rule doctor_dev_complete = {
	.id = "dev-complete",
	.severity = DOCTOR_SEVERITY_INFO,
	.phase = DOCTOR_ACTIVE,
	.summary = "there is a complete address for QR codes",
	.expected = "verification_uri_complete on the same origin, with the code in it",
	.source = "RFC 8628 3.3.1",
	.remedy = "the QR code shows the plain address otherwise",
	.look = dev_complete_look,
};
