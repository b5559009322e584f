/* The doctor's frame: gathered facts, results, the report. */
#include "src/oauth/doctor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

const char *doctor_verdict_name(enum doctor_verdict v)
{
	static const char *const names[] = {
		[DOCTOR_PASS] = "pass", [DOCTOR_FAIL] = "fail",	      [DOCTOR_WARN] = "warn",
		[DOCTOR_INFO] = "info", [DOCTOR_SKIPPED] = "skipped",
	};

	return names[v];
}

const char *doctor_severity_name(enum doctor_severity s)
{
	static const char *const names[] = {
		[DOCTOR_SEVERITY_INFO] = "info",
		[DOCTOR_SEVERITY_WARNING] = "warning",
		[DOCTOR_SEVERITY_ERROR] = "error",
		[DOCTOR_SEVERITY_CRITICAL] = "critical",
	};

	return names[s];
}

/* --- facts ----------------------------------------------------------------------------------- */

void doctor_facts_init(struct doctor_facts *f, const struct oauth_provider *p)
{
	*f = (struct doctor_facts){ .provider = p };
}

static void probe_release(struct doctor_probe *p)
{
	if (p->sent) {
		http_response_release(&p->response);
		oauth_answer_release(&p->answer);
	}
	json_free(p->json);
	json_free(p->exchange);
}

void doctor_facts_release(struct doctor_facts *f)
{
	for (size_t i = 0; i < PROBES; i++)
		probe_release(&f->probes[i]);
	if (f->has_codes)
		device_codes_release(&f->codes);
	if (f->has_again)
		device_codes_release(&f->again);
	if (f->has_tokens)
		oauth_tokens_release(&f->tokens);
	secret_release(&f->sent_code);
	secret_release(&f->made_up_code);
	secret_release(&f->made_up);
	free(f->id_token.subject);
	free(f->access_token.subject);
	*f = (struct doctor_facts){ .provider = NULL };
}

/* --- results --------------------------------------------------------------------------------- */

void doctor_say(struct doctor_result *r, enum doctor_verdict verdict, const char *format, ...)
{
	va_list ap;

	r->verdict = verdict;
	va_start(ap, format);
	text_safe_format(r->seen, sizeof(r->seen), format, ap);
	va_end(ap);
}

void doctor_expect(struct doctor_result *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	text_safe_format(r->expected, sizeof(r->expected), format, ap);
	va_end(ap);
}

void doctor_advise(struct doctor_result *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	text_safe_format(r->remedy, sizeof(r->remedy), format, ap);
	va_end(ap);
}

const struct doctor_probe *doctor_probe_of(const struct doctor_facts *f, struct doctor_result *r,
					   enum doctor_probe_id id)
{
	const struct doctor_probe *p = &f->probes[id];

	if (p->sent)
		r->evidence = id;
	if (p->sent && p->response.code == ERR_OK)
		return p;
	if (p->sent)
		doctor_say(r, DOCTOR_SKIPPED, "no answer: %s", p->response.err.message);
	else if (p->why_not)
		doctor_say(r, DOCTOR_SKIPPED, "%s", p->why_not);
	else if (f->rate_limited)
		doctor_say(r, DOCTOR_SKIPPED, "the provider said 429: no more requests were sent");
	else
		doctor_say(r, DOCTOR_SKIPPED, "the request was not sent");
	return NULL;
}

/* --- the report ------------------------------------------------------------------------------ */

const struct doctor_rule *doctor_rule_find(const char *id)
{
	for (size_t i = 0; doctor_rules[i]; i++)
		if (strcmp(doctor_rules[i]->id, id) == 0)
			return doctor_rules[i];
	return NULL;
}

static void rule_run(const struct doctor_rule *rule, const struct doctor_facts *f,
		     struct doctor_result *r)
{
	*r = (struct doctor_result){ .verdict = DOCTOR_PASS, .evidence = PROBES };
	if (rule->phase == DOCTOR_ACTIVE && f->passive)
		doctor_say(r, DOCTOR_SKIPPED, "sends requests: not with --passive");
	else if (rule->phase == DOCTOR_INTERACTIVE && !f->interactive_done)
		doctor_say(r, DOCTOR_SKIPPED, "needs you to approve: --interactive runs it");
	else
		rule->look(f, r);
}

static size_t rule_index(const char *id, size_t len)
{
	size_t i = 0;

	while (doctor_rules[i] &&
	       (strncmp(doctor_rules[i]->id, id, len) != 0 || doctor_rules[i]->id[len]))
		i++;
	return i;
}

static bool is_complaint(const struct doctor_result *r)
{
	return r->verdict == DOCTOR_FAIL || r->verdict == DOCTOR_WARN || r->verdict == DOCTOR_INFO;
}

/* A more specific row that has something to say silences the general one. */
static void rule_silence(struct doctor_report *out, size_t at)
{
	const char *ids = doctor_rules[at]->silenced;

	if (!is_complaint(&out->results[at]))
		return;
	while (ids && *ids) {
		size_t len = strcspn(ids, " "), other = rule_index(ids, len);

		if (other < out->count && is_complaint(&out->results[other])) {
			doctor_say(&out->results[at], DOCTOR_SKIPPED, "%s says more",
				   doctor_rules[other]->id);
			return;
		}
		ids += len + (ids[len] == ' ');
	}
}

void doctor_report_make(struct doctor_report *out, const struct doctor_facts *f)
{
	*out = (struct doctor_report){ .count = 0 };
	while (doctor_rules[out->count])
		out->count++;
	out->results = x_calloc(out->count, sizeof(*out->results));
	for (size_t i = 0; i < out->count; i++)
		rule_run(doctor_rules[i], f, &out->results[i]);
	for (size_t i = 0; i < out->count; i++)
		rule_silence(out, i);
	for (size_t i = 0; i < out->count; i++)
		out->totals[out->results[i].verdict]++;
}

void doctor_report_release(struct doctor_report *r)
{
	free(r->results);
	*r = (struct doctor_report){ .count = 0 };
}
