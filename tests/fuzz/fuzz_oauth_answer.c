/* Answers of device and token endpoints: the first line says how they come (status, content type, Retry-After, with
 * tabs between), the rest is the body. They are read, and given to a flow, whose next request must neither be too
 * early nor come after the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/oauth/device_flow.h"
#include "tests/fuzz/fuzz.h"

#define NOW INT64_C(1781615212000)

static const char known_secret[] = "s3cr3t-of-the-client";

static void header_add(struct http_response *r, const char *name, struct fuzz_input value)
{
	if (!value.len)
		return;
	r->headers = x_reallocarray(r->headers, r->header_count + 1, sizeof(*r->headers));
	r->headers[r->header_count++] = (struct http_header){ x_strdup(name),
							      x_strndup(value.text, value.len) };
}

static void response_make(struct http_response *r, struct fuzz_input in)
{
	struct fuzz_input line = fuzz_take(&in, '\n'), status = fuzz_take(&line, '\t');
	char number[4] = "";

	memcpy(number, status.text, status.len < 3 ? status.len : 3);
	*r = (struct http_response){ .status = strtol(number, NULL, 10) };
	buf_init(&r->body, HTTP_BODY_MAX);
	header_add(r, "Content-Type", fuzz_take(&line, '\t'));
	header_add(r, "Retry-After", fuzz_take(&line, '\t'));
	header_add(r, "Date", line);
	buf_add(&r->body, in.text, in.len);
}

static void answer_read(struct oauth_answer *a, const struct http_response *r,
			const struct oauth_preset *preset)
{
	struct oauth_secrets known = { .values = NULL };
	const char *texts[] = { a->error, a->vendor_error, NULL, NULL };
	const char *error;

	oauth_secrets_add(&known, known_secret, strlen(known_secret));
	oauth_answer_read(a, r, preset, &known, NOW);
	oauth_secrets_release(&known);
	texts[2] = a->description;
	texts[3] = a->explanation;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		must(!texts[i] || !strstr(texts[i], known_secret));
	must(a->kind <= OAUTH_MALFORMED && (a->kind == OAUTH_SUCCESS) == !*a->error);
	must((a->kind == OAUTH_SUCCESS) == (a->json != NULL));
	must(a->kind != OAUTH_MALFORMED || a->explanation);
	must(a->retry_after_ms >= -1 && a->interval_ms >= -1 && a->notes);
	error = a->json ? json_get_text(a->json, "error") : NULL;
	must(!error || !*error);
}

static void codes_look(struct oauth_answer *a)
{
	struct device_codes c;

	if (a->kind != OAUTH_SUCCESS)
		return;
	oauth_device_codes(&c, a);
	if (a->kind == OAUTH_SUCCESS) {
		must(c.device_code.len && *c.user_code && *c.verification_uri);
		must(c.interval_ms >= SECOND_MS && c.interval_ms <= HOUR_MS);
		must(c.expires_ms >= SECOND_MS && c.expires_ms <= HOUR_MS);
		must(!c.openable || !c.host);
		must(!c.qr_uri || c.openable || c.verification_uri_complete);
	}
	device_codes_release(&c);
}

static void tokens_look(struct oauth_answer *a, const struct oauth_preset *preset)
{
	struct oauth_tokens t;

	if (a->kind != OAUTH_SUCCESS)
		return;
	oauth_tokens_read(&t, a, preset, "openid");
	must((a->kind == OAUTH_SUCCESS) == (t.access_token.len && *t.token_type));
	must(t.expires_ms >= -1);
	oauth_tokens_release(&t);
}

static void time_pass(struct flow_time *now, int64_t ms)
{
	now->wall += ms;
	now->monotonic += ms;
	now->boot += ms;
}

/* The same answer comes from both endpoints, whatever is asked. */
static void flow_look(const struct oauth_provider *p, const struct http_response *r)
{
	struct flow_time now = { NOW, 1000, 1000 };
	struct oauth_request request;
	struct oauth_answer a;
	struct device_flow f;
	int64_t ms, sent = now.boot;

	flow_init(&f, p, NULL, 0, &now);
	for (int i = 0; i < 8; i++) {
		enum flow_step step = flow_next(&f, &now, &ms);

		if (step == FLOW_ENDED)
			break;
		must(ms > 0);
		if (step == FLOW_WAIT) {
			time_pass(&now, ms);
			continue;
		}
		must((step == FLOW_POLL) == f.has_codes);
		must(!f.has_codes || now.boot < f.deadline);
		must(!f.has_codes || now.boot - sent >= SECOND_MS + SECOND_MS / 2);
		must(flow_request(&f, NULL, &now, &request, NULL) == ERR_OK);
		oauth_answer_read(&a, r, p->preset, &request.secrets, now.wall);
		sent = now.boot;
		flow_answer(&f, &a, &now);
		must(f.end != FLOW_RUNS || a.kind == OAUTH_SUCCESS || a.kind == OAUTH_PENDING ||
		     a.kind == OAUTH_SLOW_DOWN || a.kind == OAUTH_RETRY);
		oauth_answer_release(&a);
		oauth_request_release(&request);
	}
	must((f.end == FLOW_SUCCESS) == (f.tokens.access_token.len != 0));
	must(f.end == FLOW_RUNS || f.end == FLOW_SUCCESS || *f.error);
	flow_release(&f);
}

static void provider_make(struct oauth_provider *p, const struct oauth_preset *preset)
{
	oauth_provider_init(p);
	free(p->client_id);
	p->client_id = x_strdup("client");
	p->preset = preset;
	p->endpoints[OAUTH_DEVICE] = x_strdup("https://as.example/device");
	p->endpoints[OAUTH_TOKEN] = x_strdup("https://as.example/token");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "", "github", "entra", "twitch" };
	struct fuzz_input in = { (const char *)data, size };
	struct http_response r;

	response_make(&r, in);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct oauth_preset *preset = oauth_preset_find(names[i]);
		struct oauth_provider p;
		struct oauth_answer a;

		answer_read(&a, &r, preset);
		codes_look(&a);
		oauth_answer_release(&a);
		answer_read(&a, &r, preset);
		tokens_look(&a, preset);
		oauth_answer_release(&a);
		provider_make(&p, preset);
		flow_look(&p, &r);
		oauth_provider_release(&p);
	}
	http_response_release(&r);
	return 0;
}
