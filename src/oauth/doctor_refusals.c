/* The doctor's rules about what the device endpoint has to refuse (RFC 8628 §3.1, §3.2). */
#include "src/oauth/doctor_rules.h"

static void dev_rate_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (f->rate_limited)
		doctor_say(r, DOCTOR_INFO, "429: the rest is skipped");
	else
		doctor_say(r, DOCTOR_PASS, "no 429");
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
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_DEVICE_STRANGER);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS)
		doctor_say(r, DOCTOR_FAIL, "a made-up client got a device code");
	else if (doctor_error_is(p, "invalid_client") || doctor_error_is(p, "unauthorized_client"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else
		doctor_say(r, doctor_is_vendor(f) ? DOCTOR_INFO : DOCTOR_WARN, "refused with %s",
			   doctor_answered(p));
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
	const struct doctor_probe *p = doctor_decided(f, r, PROBE_DEVICE_NOBODY);

	if (!p)
		return;
	if (p->answer.kind == OAUTH_SUCCESS)
		doctor_say(r, DOCTOR_WARN, "a device code without a client_id");
	else if (doctor_error_is(p, "invalid_request") || doctor_error_is(p, "invalid_client"))
		doctor_say(r, DOCTOR_PASS, "%s", doctor_answered(p));
	else
		doctor_say(r, doctor_is_vendor(f) ? DOCTOR_INFO : DOCTOR_WARN, "refused with %s",
			   doctor_answered(p));
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
