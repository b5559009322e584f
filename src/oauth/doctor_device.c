/* The doctor's rules about the device endpoint (RFC 8628 §3.1, §3.2). */
#include "src/oauth/doctor_rules.h"

#include <ctype.h>
#include <string.h>

#include "src/base/http_parts.h"

enum { ENTROPY_BITS = 128, UUID_SIZE = 36, EXPIRY_LEAST = 60, EXPIRY_MOST = 3600 };
enum { MILLISECONDS_FROM = 1000, USER_CODE_MOST = 12, URI_MOST = 80 };

/* The answer that brought a device code, with the object of it in *json; NULL: skipped. */
static const struct doctor_probe *given(const struct doctor_facts *f, struct doctor_result *r,
					const struct json **json)
{
	enum doctor_probe_id id = f->probes[PROBE_DEVICE_PLAIN].sent ? PROBE_DEVICE_PLAIN
								     : PROBE_DEVICE;
	const struct doctor_probe *p = doctor_probe_of(f, r, id);

	if (!p)
		return NULL;
	*json = p->json;
	if (f->has_codes && p->json)
		return p;
	doctor_say(r, DOCTOR_SKIPPED, "no device code was given");
	return NULL;
}

static bool is_number(const struct json *v)
{
	return v && (json_type_of(v) == JSON_INT_TYPE || json_type_of(v) == JSON_REAL_TYPE);
}

/* --- the answer as a whole -------------------------------------------------------------------- */

static bool refused(const struct doctor_probe *p)
{
	return p->answer.kind != OAUTH_SUCCESS && p->answer.kind != OAUTH_MALFORMED;
}

static void dev_response_look(const struct doctor_facts *f, struct doctor_result *r)
{
	static const char *const texts[] = { "device_code", "user_code" };
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (refused(p)) {
		doctor_say(r, DOCTOR_SKIPPED, "refused: %s", doctor_answered(p));
		return;
	}
	if (p->response.status != 200) {
		doctor_say(r, DOCTOR_FAIL, "status %ld", p->response.status);
		return;
	}
	if (!p->json) {
		doctor_say(r, DOCTOR_FAIL, "no JSON object: %s", p->json_fault);
		return;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!json_get_text(p->json, texts[i])) {
			doctor_say(r, DOCTOR_FAIL, "%s is missing, or no text", texts[i]);
			return;
		}
	if (!json_get_text(p->json, "verification_uri") &&
	    !json_get_text(p->json, "verification_url"))
		doctor_say(r, DOCTOR_FAIL, "verification_uri is missing, or no text");
	else if (!json_get(p->json, "expires_in"))
		doctor_say(r, DOCTOR_FAIL, "expires_in is missing");
	else if (!doctor_is_json(&p->response))
		doctor_say(r, DOCTOR_FAIL, "Content-Type is \"%s\"",
			   http_response_header(&p->response, "Content-Type"));
	else
		doctor_say(r, DOCTOR_PASS, "200, all that is required");
}

const struct doctor_rule doctor_dev_response = {
	.id = "dev-response",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "the device endpoint answers with all that is required",
	.expected =
		"200 as application/json with device_code, user_code, verification_uri, expires_in",
	.source = "RFC 8628 3.2",
	.remedy = "is it the device endpoint? then the provider has to be mended",
	.look = dev_response_look,
};

static void dev_cache_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	const struct doctor_probe *p = given(f, r, &json);
	const char *control;

	if (!p)
		return;
	control = http_response_header(&p->response, "Cache-Control");
	if (doctor_no_store(&p->response))
		doctor_say(r, DOCTOR_PASS, "%s", control);
	else
		doctor_say(r, DOCTOR_WARN, "Cache-Control is %s%s%s", control ? "\"" : "missing",
			   control ? control : "", control ? "\"" : "");
}

const struct doctor_rule doctor_dev_cache = {
	.id = "dev-cache",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "the device code is not kept on its way",
	.expected = "Cache-Control: no-store",
	.source = "RFC 6749 5.1",
	.remedy = "let the endpoint send it, and the proxies before it leave it alone",
	.look = dev_cache_look,
};

/* --- device_code -------------------------------------------------------------------------------- */

/* Hundredths of a bit that a character of the text carries at most, by the alphabet it seems to be of. */
static unsigned bits_of(const char *text)
{
	/* log2 of 2, 10, 16, 26, 36, 52, 62 and 64, times 100 */
	static const struct {
		unsigned letters, bits;
	} sizes[] = { { 64, 600 }, { 62, 595 }, { 52, 570 }, { 36, 517 },
		      { 26, 470 }, { 16, 400 }, { 10, 332 }, { 0, 100 } };
	bool lower = false, upper = false, digit = false, other = false, hex = true;
	unsigned letters;
	size_t i = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		lower |= c >= 'a' && c <= 'z';
		upper |= c >= 'A' && c <= 'Z';
		digit |= c >= '0' && c <= '9';
		other |= c == '-' || c == '_';
		hex &= isxdigit(c) || c == '-';
	}
	letters = lower * 26U + upper * 26U + digit * 10U + other * 2U;
	if (hex && !(lower && upper) && letters > 16)
		letters = 16;
	while (sizes[i].letters > letters)
		i++;
	return sizes[i].bits;
}

static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < UUID_SIZE; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return !text[UUID_SIZE];
}

static void dev_entropy_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	const char *code;
	size_t bits;

	if (!given(f, r, &json))
		return;
	code = secret_reveal(&f->codes.device_code);
	if (f->has_again && secret_equal(&f->codes.device_code, &f->again.device_code)) {
		doctor_say(r, DOCTOR_FAIL, "two requests gave the same device code");
		return;
	}
	if (is_uuid(code)) {
		doctor_say(r, DOCTOR_INFO, "a UUID: 122 random bits at most");
		return;
	}
	bits = f->codes.device_code.len * bits_of(code) / 100;
	doctor_say(r, bits < ENTROPY_BITS ? DOCTOR_WARN : DOCTOR_PASS,
		   "%zu characters, %zu bits at most%s", f->codes.device_code.len, bits,
		   f->has_again ? ", another one each time" : "");
}

const struct doctor_rule doctor_dev_entropy = {
	.id = "dev-entropy",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "the device code can't be guessed",
	.expected = "128 bits or more by length and alphabet, another one each time",
	.source = "RFC 8628 5.2",
	.remedy = "make device codes of 128 random bits or more",
	.look = dev_entropy_look,
};

/* --- the own client ------------------------------------------------------------------------------ */

static bool names_pkce(const struct doctor_probe *p)
{
	return p->answer.description && strstr(p->answer.description, "code_challenge");
}

static bool is_about_scope(const struct doctor_probe *p)
{
	return strcmp(p->answer.error, "invalid_scope") == 0;
}

static const struct {
	const char *error, *remedy;
} refusals[] = {
	{ "invalid_client",
	  "the provider does not know this client, or wants another secret or "
	  "authentication: compare client id and --auth-method with its settings" },
	{ "unauthorized_client", "the client is known, and the device grant is not switched on for "
				 "it: switch it on there" },
	{ "unsupported_grant_type", "switch the device grant on at the provider" },
	{ "invalid_request", "look at what the provider says is missing" },
};

static void dev_own_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS || p->answer.kind == OAUTH_MALFORMED ||
	    is_about_scope(p) || names_pkce(p)) {
		doctor_say(r, DOCTOR_PASS, "accepted");
		return;
	}
	if (p->answer.kind == OAUTH_RETRY) {
		doctor_say(r, DOCTOR_SKIPPED, "the provider did not decide: %s",
			   doctor_answered(p));
		return;
	}
	doctor_say(r, DOCTOR_FAIL, "%s%s%s", doctor_answered(p), p->answer.description ? ": " : "",
		   p->answer.description ? p->answer.description : "");
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(refusals[i].error, p->answer.error) == 0)
			doctor_advise(r, "%s", refusals[i].remedy);
	if (p->answer.explanation)
		doctor_advise(r, "%s", p->answer.explanation);
}

const struct doctor_rule doctor_dev_own = {
	.id = "dev-own",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "the provider takes the configured client",
	.expected = "a device code for this client",
	.source = "RFC 6749 5.2",
	.remedy = "compare client id, secret and authentication with the provider's settings",
	.look = dev_own_look,
};

static void dev_pkce_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (names_pkce(p))
		doctor_say(r, DOCTOR_FAIL, "refused even with S256: %s", p->answer.description);
	else if (f->pkce_wanted)
		doctor_say(r, DOCTOR_INFO,
			   "wanted, though the metadata does not say so; S256 was sent");
	else
		doctor_say(r, DOCTOR_PASS, f->provider->pkce ? "S256 was sent" : "not wanted");
}

const struct doctor_rule doctor_dev_pkce = {
	.id = "dev-pkce",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "where the provider wants PKCE, its S256 is taken",
	.expected = "a device code, with code_challenge and S256 where the provider wants them",
	.source = "RFC 7636",
	.remedy = "allow S256 for this client at the provider",
	.look = dev_pkce_look,
};

static void dev_scope_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (is_about_scope(p))
		doctor_say(r, DOCTOR_FAIL, "%s%s%s for \"%s\"", doctor_answered(p),
			   p->answer.description ? ": " : "",
			   p->answer.description ? p->answer.description : "", f->provider->scope);
	else if (!f->provider->scope[0])
		doctor_say(r, DOCTOR_PASS, "none is configured");
	else if (refused(p))
		doctor_say(r, DOCTOR_SKIPPED, "refused for another reason");
	else
		doctor_say(r, DOCTOR_PASS, "%s", f->provider->scope);
}

const struct doctor_rule doctor_dev_scope = {
	.id = "dev-scope",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "the configured scopes are accepted",
	.expected = "a device code for these scopes",
	.source = "RFC 6749 3.3",
	.remedy = "allow the scopes for this client there, or ask for less (authrack provider edit "
		  "--scope)",
	.look = dev_scope_look,
};

/* --- numbers ------------------------------------------------------------------------------------- */

static void dev_units_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json, *interval, *expiry;

	if (!given(f, r, &json))
		return;
	interval = json_get(json, "interval");
	expiry = json_get(json, "expires_in");
	if (!is_number(interval))
		return;
	if (json_as_int(interval) >= MILLISECONDS_FROM ||
	    (is_number(expiry) && json_as_int(expiry) > 0 &&
	     json_as_int(interval) >= json_as_int(expiry)))
		doctor_say(r, DOCTOR_FAIL, "interval is %lld", (long long)json_as_int(interval));
}

const struct doctor_rule doctor_dev_units = {
	.id = "dev-units",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "the interval is in seconds",
	.expected = "an interval in seconds, well below expires_in",
	.source = "RFC 8628 3.2",
	.remedy = "send seconds: these read as milliseconds, and a client that takes them at their "
		  "word "
		  "never polls",
	.look = dev_units_look,
};

static void dev_types_look(const struct doctor_facts *f, struct doctor_result *r)
{
	static const char *const names[] = { "expires_in", "interval" };
	const struct json *json;

	if (!given(f, r, &json))
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = json_get_text(json, names[i]);

		if (text) {
			doctor_say(r, DOCTOR_WARN, "%s is the string \"%s\"", names[i], text);
			return;
		}
	}
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
	const struct json *json, *expiry;
	long long seconds;

	if (!given(f, r, &json))
		return;
	expiry = json_get(json, "expires_in");
	seconds = json_as_int(expiry);
	if (!expiry)
		doctor_say(r, DOCTOR_WARN, "it is missing");
	else if (!is_number(expiry))
		doctor_say(r, DOCTOR_WARN, "it is no number");
	else if (seconds < EXPIRY_LEAST || seconds > EXPIRY_MOST)
		doctor_say(r, DOCTOR_WARN, "%lld s", seconds);
	else
		doctor_say(r, DOCTOR_PASS, "%lld s", seconds);
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
	.silenced = "dev-types",
	.look = dev_expiry_look,
};

static void dev_interval_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json, *interval;

	if (!given(f, r, &json))
		return;
	interval = json_get(json, "interval");
	if (!interval)
		doctor_say(r, DOCTOR_PASS, "absent: 5 s");
	else if (!is_number(interval))
		doctor_say(r, DOCTOR_WARN, "it is no number");
	else if (json_as_int(interval) < 1)
		doctor_say(r, DOCTOR_WARN, "it is %lld", (long long)json_as_int(interval));
	else
		doctor_say(r, DOCTOR_PASS, "%lld s", (long long)json_as_int(interval));
}

const struct doctor_rule doctor_dev_interval = {
	.id = "dev-interval",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "the interval is a positive number, or absent",
	.expected = "a positive number of seconds; absent: 5",
	.source = "RFC 8628 3.2",
	.remedy = "send 5, or leave it out",
	.silenced = "dev-types dev-units",
	.look = dev_interval_look,
};

/* --- what the person sees -------------------------------------------------------------------------- */

static void dev_usercode_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *json;
	bool lower = false, upper = false;
	size_t len = 0;

	if (!given(f, r, &json))
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

	if (!given(f, r, &json))
		return;
	if (http_url_read(&parts, uri, NULL) != ERR_OK)
		doctor_say(r, DOCTOR_FAIL, "no web address: %s", uri);
	else if (!parts.secure && !parts.loopback)
		doctor_say(r, DOCTOR_FAIL, "in clear: %s", uri);
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

	if (!given(f, r, &json) || !from)
		return;
	if (http_url_read(&page, f->codes.verification_uri, NULL) != ERR_OK ||
	    http_url_read(&home, from, NULL) != ERR_OK)
		return;
	if (strcmp(page.host, home.host) != 0)
		doctor_say(r, DOCTOR_INFO, "the page is at %s, the provider at %s", page.host,
			   home.host);
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
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_PAGE);

	if (!p) {
		if (f->probes[PROBE_PAGE].sent)
			doctor_say(r, DOCTOR_WARN, "%s",
				   f->probes[PROBE_PAGE].response.err.message);
		return;
	}
	doctor_say(r,
		   p->response.status == 404 || p->response.status >= 500 ? DOCTOR_WARN
									  : DOCTOR_PASS,
		   "status %ld", p->response.status);
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

	if (!given(f, r, &json))
		return;
	if (!complete) {
		doctor_say(r, DOCTOR_INFO, "there is none: people type the code");
		return;
	}
	if (http_url_read(&whole, complete, NULL) != ERR_OK ||
	    http_url_read(&plain, f->codes.verification_uri, NULL) != ERR_OK ||
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

/* --- what has to be refused ------------------------------------------------------------------------- */

static void dev_rate_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (f->rate_limited)
		doctor_say(r, DOCTOR_INFO, "429: the rest is skipped");
}

const struct doctor_rule doctor_dev_rate = {
	.id = "dev-rate",
	.severity = DOCTOR_SEVERITY_INFO,
	.phase = DOCTOR_ACTIVE,
	.summary = "the provider did not limit the doctor's requests",
	.expected = "no 429 within a dozen requests",
	.source = NULL,
	.remedy = "run the doctor again later",
	.look = dev_rate_look,
};

static void dev_client_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE_STRANGER);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS)
		doctor_say(r, DOCTOR_FAIL, "a made-up client got a device code");
	else if (doctor_error_is(p, "invalid_client") || doctor_error_is(p, "unauthorized_client"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else
		doctor_say(r, DOCTOR_WARN, "refused with %s", doctor_answered(p));
}

const struct doctor_rule doctor_dev_client = {
	.id = "dev-client",
	.severity = DOCTOR_SEVERITY_ERROR,
	.phase = DOCTOR_ACTIVE,
	.summary = "an unknown client is refused",
	.expected = "invalid_client or unauthorized_client",
	.source = "RFC 8628 3.2",
	.remedy = "let the device endpoint look the client up before it gives codes away",
	.look = dev_client_look,
};

static void dev_noclient_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE_NOBODY);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS)
		doctor_say(r, DOCTOR_WARN, "a device code without a client_id");
	else if (doctor_error_is(p, "invalid_request") || doctor_error_is(p, "invalid_client"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else
		doctor_say(r, DOCTOR_WARN, "refused with %s", doctor_answered(p));
}

const struct doctor_rule doctor_dev_noclient = {
	.id = "dev-noclient",
	.severity = DOCTOR_SEVERITY_WARNING,
	.phase = DOCTOR_ACTIVE,
	.summary = "a request without client_id is refused",
	.expected = "invalid_request or invalid_client",
	.source = "RFC 6749 5.2",
	.remedy = "let the device endpoint want a client_id",
	.look = dev_noclient_look,
};

static void dev_get_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, PROBE_DEVICE_GET);

	if (!p)
		return;
	if (json_get(p->json, "device_code"))
		doctor_say(r, DOCTOR_INFO, "a GET gives a device code, too");
	else
		doctor_say(r, DOCTOR_PASS, "status %ld", p->response.status);
}

const struct doctor_rule doctor_dev_get = {
	.id = "dev-get",
	.severity = DOCTOR_SEVERITY_INFO,
	.phase = DOCTOR_ACTIVE,
	.summary = "a GET gives no device code",
	.expected = "a refusal: requests are POSTs",
	.source = "RFC 8628 3.1",
	.remedy = "take POST only: what stands in a URL ends up in logs",
	.look = dev_get_look,
};
