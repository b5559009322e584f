/* What the doctor needs to know of a provider, gathered request by request. */
#ifndef APP_DOCTOR_GATHER_H
#define APP_DOCTOR_GATHER_H

#include "src/app/provider_use.h"
#include "src/oauth/device_flow.h"
#include "src/oauth/doctor.h"

/* A request's time; endpoints there can be that do not answer at all. */
enum { DOCTOR_PROBE_MS = 12000, DOCTOR_SILENT_MAX = OAUTH_ENDPOINTS + 4 };

struct doctor_gather {
	const struct op_call *call;
	struct provider_use *use; /* borrowed; endpoints and metadata are filled in */
	struct doctor_facts facts;
	const char *other_client; /* a second, public client; NULL */
	bool interactive, wait_expiry;
	bool cancelled;
	size_t sent;
	char *silent[DOCTOR_SILENT_MAX]; /* addresses that let us wait in vain */
	size_t silent_count;
};

void doctor_gather_init(struct doctor_gather *g, const struct op_call *c, struct provider_use *u);
void doctor_gather_release(struct doctor_gather *g); /* wipes */
/* Sends what is to be sent and looks at what comes. A request that gets no answer is no error here;
 * ERR_CANCELLED where the person ends it. */
enum errc doctor_gather_run(struct doctor_gather *g, struct err *e);

/* --- parts ----------------------------------------------------------------------------------- */
/* Sends one request as a probe, unless a 429 or the person forbids it; true: an answer came.
 * `known` is masked in the evidence. */
bool doctor_send(struct doctor_gather *g, enum doctor_probe_id id, const struct http_request *r,
		 const struct oauth_secrets *known);
/* A GET of an address; NULL: it is not sent, for the reason given. */
bool doctor_get(struct doctor_gather *g, enum doctor_probe_id id, const char *url,
		const char *why_not);
/* Waits, while the person may end it. */
void doctor_wait(struct doctor_gather *g, const char *doing, int64_t ms);

/* doctor_keys.c: what the token engine says of a set of keys. */
void doctor_keys_look(struct doctor_keys *k, const struct json *metadata, const char *text,
		      size_t len);
/* doctor_flow.c: requests of a device flow as probes. */
/* The answer of a probe, read once more for who changes it; to be released. */
void doctor_answer_again(struct doctor_gather *g, enum doctor_probe_id id,
			 const struct oauth_secrets *known, struct oauth_answer *out);
/* Waits until the flow's next request is due; false: it has ended, or the person has ended it. */
bool doctor_flow_due(struct doctor_gather *g, struct device_flow *flow, const char *doing);
/* Sends it in the place of what the probe had before, and tells the flow; false: it was not
 * sent. */
bool doctor_flow_send(struct doctor_gather *g, struct device_flow *flow, enum doctor_probe_id id);

/* doctor_active.c: device and token endpoint, nobody approving. */
void doctor_active(struct doctor_gather *g);
/* One poll out of turn, in the name of `as`. */
void doctor_poll_once(struct doctor_gather *g, enum doctor_probe_id id,
		      const struct oauth_provider *as, const struct secret *code,
		      const struct secret *verifier);
/* doctor_person.c: the first flow is approved, the second one denied. */
void doctor_person(struct doctor_gather *g, struct device_flow *flow, struct device_flow *second);

#endif
