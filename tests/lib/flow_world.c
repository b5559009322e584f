/* A device flow under clocks that are moved by hand. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/lib/flow_world.h"
#include "tests/lib/oauth_answers.h"

void flow_world_init(struct flow_world *w, const char *preset)
{
	struct oauth_provider *p = &w->provider;

	*w = (struct flow_world){ .wall_percent = 100,
				  .now = { TEST_NOW, 5000000, 9000000 },
				  .happens_at = INT64_MAX };
	oauth_provider_init(p);
	p->preset = oauth_preset_find(preset);
	free(p->client_id);
	free(p->scope);
	p->client_id = x_strdup("client");
	p->scope = x_strdup("openid email");
	p->endpoints[OAUTH_DEVICE] = x_strdup("https://as.example/device");
	p->endpoints[OAUTH_TOKEN] = x_strdup("https://as.example/token");
	w->began = w->now.boot;
	w->answered = w->now;
	flow_init(&w->flow, p, NULL, 0, &w->now);
}

void flow_world_release(struct flow_world *w)
{
	flow_release(&w->flow);
	oauth_provider_release(&w->provider);
	for (size_t i = 0; i < w->answer_count; i++) {
		free(w->answers[i].body);
		free(w->answers[i].header_name);
		free(w->answers[i].header_value);
	}
	for (size_t i = 0; i < w->count; i++) {
		free(w->sent[i].url);
		free(w->sent[i].body);
	}
	w->answer_count = w->count = 0;
}

void flow_world_again(struct flow_world *w, const char *preset)
{
	flow_world_again_for(w, preset, 0);
}

void flow_world_again_for(struct flow_world *w, const char *preset, int64_t timeout_ms)
{
	flow_world_release(w);
	flow_world_init(w, preset);
	flow_release(&w->flow);
	flow_init(&w->flow, &w->provider, NULL, timeout_ms, &w->now);
}

/* --- the script --------------------------------------------------------------------------------------- */

void flow_world_then(struct flow_world *w, long status, const char *body)
{
	assert_true(w->answer_count < WORLD_ANSWERS_MAX);
	w->answers[w->answer_count++] = (struct flow_world_answer){ .status = status,
								    .body = x_strdup(body) };
}

void flow_world_always(struct flow_world *w, long status, const char *body)
{
	flow_world_then(w, status, body);
}

void flow_world_then_lost(struct flow_world *w)
{
	flow_world_then(w, 0, "");
}

void flow_world_codes(struct flow_world *w, int expires_in, int interval)
{
	char *body = x_asprintf("{\"device_code\":\"d3v1ce-c0de\",\"user_code\":\"WDJB-MJHT\","
				"\"verification_uri\":\"https://as.example/go\","
				"\"expires_in\":%d,\"interval\":%d}",
				expires_in, interval);

	flow_world_then(w, 200, body);
	free(body);
}

void flow_world_header(struct flow_world *w, const char *name, const char *value)
{
	struct flow_world_answer *a = &w->answers[w->answer_count - 1];

	a->header_name = x_strdup(name);
	a->header_value = x_strdup(value);
}

void flow_world_at(struct flow_world *w, int64_t after_ms, void (*happens)(struct flow_world *w))
{
	w->happens_at = w->began + after_ms;
	w->happens = happens;
}

/* --- running it --------------------------------------------------------------------------------------- */

static void pass(struct flow_world *w, int64_t ms)
{
	w->now.wall += ms * w->wall_percent / 100;
	w->now.monotonic += ms;
	w->now.boot += ms;
}

/* Time passes, with what happens meanwhile. */
static void wait_for(struct flow_world *w, int64_t ms)
{
	int64_t until = w->happens_at - w->now.boot;

	if (until < 0 || until >= ms) {
		pass(w, ms);
		return;
	}
	pass(w, until);
	w->happens_at = INT64_MAX;
	w->happens(w);
	pass(w, ms - until);
}

static void answer_give(struct flow_world *w, const struct flow_world_answer *script,
			const struct oauth_request *request)
{
	struct http_response r;
	struct oauth_answer a;

	if (script->status)
		http_made(&r, script->status, "application/json", script->body);
	else
		http_failed(&r, ERR_REMOTE, true, "\"as.example\": the connection broke");
	if (script->header_name)
		http_made_header(&r, script->header_name, script->header_value);
	oauth_answer_read(&a, &r, w->provider.preset, &request->secrets, w->now.wall);
	flow_answer(&w->flow, &a, &w->now);
	w->kinds[w->count - 1 < WORLD_ANSWERS_MAX ? w->count - 1 : WORLD_ANSWERS_MAX - 1] = a.kind;
	oauth_answer_release(&a);
	http_response_release(&r);
	w->answered = w->now;
}

static void request_send(struct flow_world *w, int64_t granted)
{
	const struct flow_world_answer *script;
	struct oauth_request request;
	struct flow_world_sent *sent;
	int64_t ms;

	if (flow_request(&w->flow, NULL, &w->now, &request, NULL) != ERR_OK) {
		oauth_request_release(&request);
		return;
	}
	assert_true(w->count < WORLD_SENT_MAX);
	sent = &w->sent[w->count++];
	*sent = (struct flow_world_sent){ .at = w->now,
					  .gap = w->now.boot - w->answered.boot,
					  .gap_awake = w->now.monotonic - w->answered.monotonic,
					  .granted = granted,
					  .timeout = request.http.timeout_ms,
					  .fresh = request.http.fresh,
					  .url = x_strdup(request.http.url),
					  .body = x_strdup(secret_reveal(request.http.body)) };
	assert_true(w->answer_count > 0);
	script = &w->answers[w->answer_next];
	if (w->answer_next + 1 < w->answer_count)
		w->answer_next++;
	assert_int_equal(flow_next(&w->flow, &w->now, &ms), FLOW_WAIT); /* one at a time */
	wait_for(w, w->latency);
	answer_give(w, script, &request);
	oauth_request_release(&request);
}

/* False: it has ended. */
static bool step(struct flow_world *w)
{
	bool codes = w->flow.has_codes;
	int64_t ms = -1;

	switch (flow_next(&w->flow, &w->now, &ms)) {
	case FLOW_ENDED:
		return false;
	case FLOW_WAIT:
		assert_true(ms > 0);
		wait_for(w, ms);
		return true;
	case FLOW_REQUEST:
		assert_false(codes);
		break;
	case FLOW_POLL:
		assert_true(codes);
		assert_true(w->now.boot < w->flow.deadline);
		break;
	}
	assert_true(ms > 0);
	request_send(w, ms);
	return true;
}

enum flow_end flow_world_run(struct flow_world *w)
{
	for (int i = 0; step(w); i++)
		if (i > WORLD_STEPS_MAX)
			fail_msg("the flow never ends");
	return w->flow.end;
}

void flow_world_steps(struct flow_world *w, size_t answers)
{
	for (int i = 0; w->count < answers && step(w); i++)
		if (i > WORLD_STEPS_MAX)
			fail_msg("the flow never ends");
}
