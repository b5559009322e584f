/* The doctor's device flows: the same requests in the same rhythm as device run, each kept as a
 * probe. */
#include "src/app/device_keep.h"
#include "src/app/doctor_gather.h"
#include "src/app/provider_sign.h"

static void probe_reset(struct doctor_gather *g, enum doctor_probe_id id)
{
	struct doctor_probe *p = &g->facts.probes[id];

	if (p->sent) {
		http_response_release(&p->response);
		oauth_answer_release(&p->answer);
	}
	json_free(p->json);
	json_free(p->exchange);
	*p = (struct doctor_probe){ .sent = false };
}

void doctor_answer_again(struct doctor_gather *g, enum doctor_probe_id id,
			 const struct oauth_secrets *known, struct oauth_answer *out)
{
	const struct doctor_probe *p = &g->facts.probes[id];

	oauth_answer_read(out, &p->response, g->use->oauth.preset, known, p->ended_at);
}

bool doctor_flow_due(struct doctor_gather *g, struct device_flow *flow, const char *doing)
{
	while (!g->cancelled) {
		const struct flow_time now = device_now(g->call);
		enum flow_step step;
		int64_t ms;

		step = flow_next(flow, &now, &ms);
		if (step != FLOW_WAIT)
			return step != FLOW_ENDED;
		doctor_wait(g, doing, ms);
	}
	return false;
}

bool doctor_flow_send(struct doctor_gather *g, struct device_flow *flow, enum doctor_probe_id id)
{
	struct flow_time now = device_now(g->call);
	struct oauth_request r = { .url = NULL };
	struct oauth_answer a = { .json = NULL };
	bool sent = false;

	if (g->facts.rate_limited)
		return false;
	probe_reset(g, id);
	if (flow_request(flow, &provider_signer, &now, &r, NULL) == ERR_OK) {
		doctor_send(g, id, &r.http, &r.secrets);
		sent = g->facts.probes[id].sent && !g->cancelled;
	} else {
		g->facts.probes[id].why_not =
			"the request could not be made: see the client's secret";
	}
	if (sent) {
		now = device_now(g->call);
		doctor_answer_again(g, id, &r.secrets, &a);
		flow_answer(flow, &a, &now);
		oauth_answer_release(&a);
	}
	oauth_request_release(&r);
	return sent;
}
