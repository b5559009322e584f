/* What the doctor would have gathered of a provider that is sound. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/lib/doctor_facts.h"
#include "tests/lib/oauth_answers.h"
#include "tests/lib/token_text.h"

#define ISSUER "https://sso.example.com"
#define METADATA                                                                         \
	"{'issuer':'" ISSUER "','token_endpoint':'" ISSUER "/token','jwks_uri':'" ISSUER \
	"/jwks','device_authorization_endpoint':'" ISSUER                                \
	"/device/auth','response_types_supported':['code'],'subject_types_supported':"   \
	"['public'],'id_token_signing_alg_values_supported':['RS256'],"                  \
	"'grant_types_supported':['urn:ietf:params:oauth:grant-type:device_code'],"      \
	"'token_endpoint_auth_methods_supported':['none','client_secret_basic']}"
#define CODES(device, user)                                                              \
	"{'device_code':'" device "','user_code':'" user "','verification_uri':'" ISSUER \
	"/device','verification_uri_complete':'" ISSUER "/device?user_code=" user        \
	"','expires_in':600,'interval':5}"
#define ERROR(name) "{'error':'" name "'}"
#define TOKENS                                                                              \
	"{'access_token':'at-1','token_type':'Bearer','expires_in':300,'id_token':'a.b.c'," \
	"'refresh_token':'rt-1','scope':'openid profile offline_access'}"

/* By probe; a header is one more. */
static const struct doctor_change sound[PROBES] = {
	[PROBE_OIDC] = { 200, .body = METADATA },
	[PROBE_OAUTH] = { 200, .body = METADATA },
	[PROBE_JWKS] = { 200, .body = "{'keys':[]}" },
	[PROBE_TLS_OLD] = { NO_ANSWER },
	[PROBE_DEVICE] = { 200, .body = CODES("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eSAA",
					      "WDJB-MJHT") },
	[PROBE_DEVICE_PLAIN] = { UNSENT },
	[PROBE_DEVICE_AGAIN] = { 200, .body = CODES("wAzkoEqiMEg_DnyEysNkuNhszIySk9eSGmRhmhcxhAB",
						    "BCDF-GHJK") },
	[PROBE_PAGE] = { 200, .body = "<h1>Type your code</h1>" },
	[PROBE_DEVICE_STRANGER] = { 401, .body = ERROR("invalid_client") },
	[PROBE_DEVICE_NOBODY] = { 400, .body = ERROR("invalid_request") },
	[PROBE_DEVICE_GET] = { 405, .body = "no" },
	[PROBE_TOKEN_UNKNOWN] = { 400, .body = ERROR("invalid_grant") },
	[PROBE_TOKEN_GRANT] = { 400, .body = ERROR("unsupported_grant_type") },
	[PROBE_TOKEN_TWICE] = { 400, .body = ERROR("invalid_request") },
	[PROBE_TOKEN_SECRET] = { 401, .body = ERROR("invalid_client"),
				 .header = "WWW-Authenticate: Basic realm=\"sso\"" },
	[PROBE_TOKEN_NO_SECRET] = { 400, .body = ERROR("invalid_request") },
	[PROBE_TOKEN_QUERY] = { 400, .body = ERROR("invalid_request") },
	[PROBE_POLL] = { 400, .body = ERROR("authorization_pending") },
	[PROBE_POLL_SECOND] = { 400, .body = ERROR("authorization_pending") },
	[PROBE_POLL_THIRD] = { 400, .body = ERROR("authorization_pending") },
	[PROBE_POLL_FAST] = { 400, .body = ERROR("slow_down") },
	[PROBE_TOKEN_OTHER] = { 400, .body = ERROR("invalid_grant") },
	[PROBE_EXPIRED] = { 400, .body = ERROR("expired_token") },
	[PROBE_SUCCESS] = { 200, .body = TOKENS },
	[PROBE_USERINFO] = { 200, .body = "{'sub':'alice'}" },
	[PROBE_INTROSPECT] = { 200, .body = "{'active':true,'scope':'openid'}" },
	[PROBE_INTROSPECT_NOBODY] = { 401, .body = ERROR("invalid_client") },
	[PROBE_REFRESH] = { 200, .body = "{'access_token':'at-2','token_type':'Bearer',"
					 "'expires_in':300,'refresh_token':'rt-2'}" },
	[PROBE_REVOKE] = { 200, .body = "" },
	[PROBE_REVOKE_UNKNOWN] = { 200, .body = "" },
	[PROBE_INTROSPECT_AFTER] = { 200, .body = "{'active':false}" },
	[PROBE_DENIED] = { 400, .body = ERROR("access_denied") },
	[PROBE_ONCE] = { 400, .body = ERROR("invalid_grant") },
	[PROBE_REFRESH_OLD] = { 400, .body = ERROR("invalid_grant") },
	[PROBE_REVOKE_REST] = { 200, .body = "" },
};

/* --- answers --------------------------------------------------------------------------------- */

static struct json *json_of(const char *body)
{
	char *text = quoted(body);
	struct json *v = NULL;

	json_parse(&v, text, strlen(text), NULL);
	free(text);
	return v;
}

/* The members of `more` set in, or taken out of, the JSON of `body`. Heap. */
static char *merged(const char *body, const char *more)
{
	struct json *to = json_of(body), *from = json_of(more);
	struct buf out = BUF_INIT(8192);

	assert_non_null(to);
	assert_non_null(from);
	for (const void *it = json_first(from); it; it = json_next(from, it)) {
		json_remove(to, json_name(it));
		if (json_type_of(json_value(it)) != JSON_NULL_TYPE)
			json_set(to, json_name(it), json_keep(json_value(it)));
	}
	json_write(&out, to);
	json_free(to);
	json_free(from);
	return buf_take(&out);
}

static bool is_name(const struct http_header *h, const char *line)
{
	size_t len = strlen(h->name);

	return strncmp(h->name, line, len) == 0 && line[len] == ':';
}

/* Sets a header, or takes it away. */
static void header_change(struct http_response *r, const char *line)
{
	char *name = x_strndup(line, strcspn(line, ":"));
	const char *value = line + strlen(name) + 1;

	for (size_t i = 0; i < r->header_count; i++) {
		if (!is_name(&r->headers[i], line))
			continue;
		free(r->headers[i].name);
		free(r->headers[i].value);
		r->headers[i] = r->headers[--r->header_count];
		break;
	}
	if (*value)
		http_made_header(r, name, value + strspn(value, " "));
	free(name);
}

static void response_make(struct http_response *r, const struct doctor_change *a, const char *body)
{
	if (a->status == NO_ANSWER) {
		http_failed(r, ERR_REMOTE, true, "the connection was reset");
		r->certificate.not_after = TIME_NONE;
		return;
	}
	http_made(r, a->status, "application/json", body);
	http_made_header(r, "Cache-Control", "no-store");
	r->url = x_strdup(ISSUER "/x");
	snprintf(r->tls_version, sizeof(r->tls_version), "TLSv1.3");
	r->certificate.subject = x_strdup("CN=sso.example.com");
	r->certificate.issuer = x_strdup("CN=Example Authority");
	r->certificate.not_after = TEST_NOW + 90 * DAY_MS;
	if (a->header)
		header_change(r, a->header);
}

static void probe_make(struct doctor_world *w, enum doctor_probe_id id)
{
	const struct doctor_change *a = &w->answers[id];
	struct doctor_probe *p = &w->facts.probes[id];
	char *body;

	if (a->status == UNSENT)
		return;
	body = a->body && *a->body == '+' ? merged(sound[id].body, a->body + 1)
					  : quoted(a->body ? a->body : "");
	p->sent = true;
	p->started_at = TEST_NOW;
	p->ended_at = TEST_NOW + 100;
	response_make(&p->response, a, body);
	oauth_answer_read(&p->answer, &p->response, w->provider.preset, NULL, TEST_NOW);
	if (a->status != NO_ANSWER)
		p->json = json_of(body);
	if (p->json && json_type_of(p->json) != JSON_OBJECT_TYPE) {
		json_free(p->json);
		p->json = NULL;
	}
	if (!p->json)
		snprintf(p->json_fault, sizeof(p->json_fault), "it is none");
	free(body);
}

/* --- what follows from them ------------------------------------------------------------------ */

static bool codes_make(struct doctor_world *w, enum doctor_probe_id id, struct device_codes *out)
{
	const struct doctor_probe *p = &w->facts.probes[id];
	struct oauth_answer a;
	bool well = false;

	if (!p->sent || p->answer.kind != OAUTH_SUCCESS)
		return false;
	oauth_answer_read(&a, &p->response, w->provider.preset, NULL, TEST_NOW);
	oauth_device_codes(out, &a);
	well = a.kind == OAUTH_SUCCESS;
	if (!well)
		device_codes_release(out);
	if (!well && id != PROBE_DEVICE_AGAIN)
		snprintf(w->facts.codes_fault, sizeof(w->facts.codes_fault), "%s", a.explanation);
	oauth_answer_release(&a);
	return well;
}

static void tokens_make(struct doctor_world *w)
{
	const struct doctor_probe *p = &w->facts.probes[PROBE_SUCCESS];
	struct oauth_answer a;

	if (!p->sent || p->answer.kind != OAUTH_SUCCESS)
		return;
	oauth_answer_read(&a, &p->response, w->provider.preset, NULL, TEST_NOW);
	oauth_tokens_read(&w->facts.tokens, &a, w->provider.preset, w->provider.scope);
	w->facts.has_tokens = a.kind == OAUTH_SUCCESS;
	if (!w->facts.has_tokens) {
		snprintf(w->facts.tokens_fault, sizeof(w->facts.tokens_fault), "%s", a.explanation);
		oauth_tokens_release(&w->facts.tokens);
	}
	oauth_answer_release(&a);
}

static void facts_make(struct doctor_world *w)
{
	struct doctor_facts *f = &w->facts;
	const struct doctor_probe *p = &f->probes[PROBE_OIDC];

	f->metadata = p->json ? p->json : f->probes[PROBE_OAUTH].json;
	f->keys = (struct doctor_keys){ .read = true, .count = 2, .signing = 2 };
	f->has_codes = codes_make(
		w,
		w->answers[PROBE_DEVICE_PLAIN].status == UNSENT ? PROBE_DEVICE : PROBE_DEVICE_PLAIN,
		&f->codes);
	f->has_again = codes_make(w, PROBE_DEVICE_AGAIN, &f->again);
	if (f->has_codes)
		secret_copy(&f->sent_code, &f->codes.device_code);
	secret_set(&f->made_up, "made-up-secret", 14);
	secret_set(&f->made_up_code, "made-up-code", 12);
	tokens_make(w);
	f->clock_seen = f->interactive_done = f->denied_asked = true;
	f->id_token = (struct doctor_token){ .looked = true, .valid = true, .is_jwt = true };
	f->id_token.subject = x_strdup("alice");
	f->access_token = (struct doctor_token){ .looked = true, .valid = true, .is_jwt = true };
}

static void provider_make(struct doctor_world *w, const struct doctor_case *c)
{
	struct oauth_provider *p = &w->provider;

	oauth_provider_init(p);
	free(p->issuer);
	free(p->scope);
	p->issuer = x_strdup(c->issuer ? c->issuer : ISSUER);
	p->scope = x_strdup(c->scope ? c->scope : "openid profile offline_access");
	p->auth = OAUTH_AUTH_BASIC;
	p->pkce = true;
	if (c->preset)
		p->preset = oauth_preset_find(c->preset);
	assert_non_null(p->preset);
	p->endpoints[OAUTH_DEVICE] = x_strdup(ISSUER "/device/auth");
	p->endpoints[OAUTH_TOKEN] = x_strdup(ISSUER "/token");
}

static void answers_change(struct doctor_world *w, const struct doctor_case *c)
{
	memcpy(w->answers, sound, sizeof(sound));
	for (size_t i = 0; i < sizeof(c->changes) / sizeof(c->changes[0]); i++) {
		const struct doctor_change *from = &c->changes[i];
		struct doctor_change *to = &w->answers[from->probe];

		if (!from->status)
			continue;
		if (from->status != AS_BEFORE)
			to->status = from->status;
		if (from->body)
			to->body = from->body;
		if (from->header)
			to->header = from->header;
	}
}

void doctor_world_open(struct doctor_world *w, const struct doctor_case *c)
{
	*w = (struct doctor_world){ .report = { .count = 0 } };
	provider_make(w, c);
	doctor_facts_init(&w->facts, &w->provider);
	answers_change(w, c);
	if (c->prepare)
		c->prepare(w);
	for (unsigned i = 0; i < PROBES; i++)
		probe_make(w, i);
	facts_make(w);
	if (c->adjust)
		c->adjust(&w->facts);
	doctor_report_make(&w->report, &w->facts);
}

void doctor_world_close(struct doctor_world *w)
{
	doctor_report_release(&w->report);
	doctor_facts_release(&w->facts);
	oauth_provider_release(&w->provider);
}

const struct doctor_result *doctor_world_result(const struct doctor_world *w, const char *id)
{
	for (size_t i = 0; i < w->report.count; i++)
		if (strcmp(doctor_rules[i]->id, id) == 0)
			return &w->report.results[i];
	fail_msg("there is no rule \"%s\"", id);
	return NULL;
}
