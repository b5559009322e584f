/* The doctor's rules about the device endpoint (RFC 8628 §3.1, §3.2): what it answers, and to
 * whom. */
#include "src/oauth/doctor_rules.h"

#include <ctype.h>
#include <string.h>

#include "src/oauth/answer_parts.h"

enum { ENTROPY_BITS = 128, UUID_SIZE = 36, STATUS_RATE = 429 };

/* Which of the own client's requests for a code counts. */
static enum doctor_probe_id device_asked(const struct doctor_facts *f)
{
	return f->probes[PROBE_DEVICE_PLAIN].sent ? PROBE_DEVICE_PLAIN : PROBE_DEVICE;
}

const struct doctor_probe *doctor_codes_given(const struct doctor_facts *f, struct doctor_result *r,
					      const struct json **json)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, device_asked(f));

	if (!p)
		return NULL;
	*json = p->json;
	if (f->has_codes && p->json)
		return p;
	doctor_say(r, DOCTOR_SKIPPED, "no device code was given");
	return NULL;
}

/* --- the answer as a whole -------------------------------------------------------------------- */

static bool has_text(const struct json *json, const char *name)
{
	const char *text = json_get_text(json, name);

	return text && *text;
}

/* What a sound answer has to have, and this one lacks; NULL: nothing. */
static const char *lacking(const struct json *json)
{
	if (!has_text(json, "device_code"))
		return "device_code";
	if (!has_text(json, "user_code"))
		return "user_code";
	if (!has_text(json, "verification_uri") && !has_text(json, "verification_url"))
		return "verification_uri";
	return oauth_number_get(json, "expires_in").state == NUMBER_GIVEN ? NULL : "expires_in";
}

static void dev_response_judge(const struct doctor_facts *f, struct doctor_result *r,
			       const struct doctor_probe *p)
{
	const char *missing = lacking(p->json);

	if (p->response.status != 200)
		doctor_say(r, DOCTOR_FAIL, "status %ld%s", p->response.status,
			   p->json ? "" : ", no JSON object");
	else if (!p->json)
		doctor_say(r, DOCTOR_FAIL, "no JSON object: %s", p->json_fault);
	else if (missing)
		doctor_say(r, DOCTOR_FAIL, "%s is missing, or of the wrong type", missing);
	else if (!f->has_codes)
		doctor_say(r, DOCTOR_FAIL, "of no use: %s", f->codes_fault);
	else if (!doctor_is_json(&p->response))
		doctor_say(r, DOCTOR_FAIL, "Content-Type is \"%s\"",
			   doctor_content_type(&p->response));
	else
		doctor_say(r, DOCTOR_PASS, "200, all that is required");
}

/* Refusals are the business of dev-own, dev-pkce and dev-scope. */
static bool is_refusal(const struct doctor_probe *p)
{
	return p->answer.kind != OAUTH_SUCCESS && p->answer.kind != OAUTH_MALFORMED &&
	       p->answer.kind != OAUTH_RETRY;
}

static void dev_response_look(const struct doctor_facts *f, struct doctor_result *r)
{
	enum doctor_probe_id id = device_asked(f);
	const struct doctor_probe *p = &f->probes[id];

	if (p->sent && p->response.code) {
		r->evidence = id;
		doctor_say(r, DOCTOR_FAIL, "no answer: %s", p->response.err.message);
		return;
	}
	p = doctor_probe_of(f, r, id);
	if (!p)
		return;
	if (is_refusal(p) || p->response.status == STATUS_RATE)
		doctor_say(r, DOCTOR_SKIPPED, "refused: %s", doctor_answered(p));
	else
		dev_response_judge(f, r, p);
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
	const struct doctor_probe *p = doctor_codes_given(f, r, &json);
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

/* --- device_code ----------------------------------------------------------------------------- */

/* Hundredths of a bit that a character of the text carries at most, by the alphabet it seems to
 * be of. */
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

	if (!doctor_codes_given(f, r, &json))
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

/* --- the own client -------------------------------------------------------------------------- */

static bool names_pkce(const struct doctor_probe *p)
{
	return p->answer.description && strstr(p->answer.description, "code_challenge");
}

static bool is_about_scope(const struct doctor_probe *p)
{
	return doctor_error_is(p, "invalid_scope");
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

static void refusal_tell(struct doctor_result *r, const struct doctor_probe *p)
{
	doctor_say(r, DOCTOR_FAIL, "%s%s%s", doctor_answered(p), p->answer.description ? ": " : "",
		   p->answer.description ? p->answer.description : "");
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (doctor_error_is(p, refusals[i].error))
			doctor_advise(r, "%s", refusals[i].remedy);
	if (p->answer.explanation)
		doctor_advise(r, "%s", p->answer.explanation);
}

static void dev_own_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS || is_about_scope(p) || names_pkce(p))
		doctor_say(r, DOCTOR_PASS, "accepted");
	else if (p->answer.kind == OAUTH_MALFORMED)
		doctor_say(r, DOCTOR_SKIPPED, "no answer to judge by, of which dev-response tells");
	else
		refusal_tell(r, p);
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
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (names_pkce(p))
		doctor_say(r, DOCTOR_FAIL, "refused even with S256: %s", p->answer.description);
	else if (p->answer.kind != OAUTH_SUCCESS && !is_about_scope(p))
		doctor_say(r, DOCTOR_SKIPPED, "refused for another reason");
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
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_DEVICE);

	if (!p)
		return;
	if (is_about_scope(p))
		doctor_say(r, DOCTOR_FAIL, "%s%s%s for \"%s\"", doctor_answered(p),
			   p->answer.description ? ": " : "",
			   p->answer.description ? p->answer.description : "", f->provider->scope);
	else if (!f->provider->scope[0])
		doctor_say(r, DOCTOR_PASS, "none is configured");
	else if (p->answer.kind != OAUTH_SUCCESS)
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
