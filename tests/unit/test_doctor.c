/* The doctor's rules: every one has cases in which it complains and near misses in which it
 * does not; what is skipped, and why; what silences what. */
#include "tests/lib/support.h"

#include <string.h>

#include "tests/lib/doctor_facts.h"

static const struct doctor_case *const tables[] = { doctor_cases_passive, doctor_cases_device,
						    doctor_cases_token, doctor_cases_grant };

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static const struct doctor_case plain = { .id = "" };

static bool is_complaint(enum doctor_verdict v)
{
	return v == DOCTOR_FAIL || v == DOCTOR_WARN || v == DOCTOR_INFO;
}

static bool case_holds(const struct doctor_case *c, size_t number)
{
	struct doctor_world w;
	const struct doctor_result *r;
	bool holds;

	doctor_world_open(&w, c);
	r = doctor_world_result(&w, c->id);
	holds = r->verdict == c->verdict && is_complaint(r->verdict) == c->complains &&
		(!c->seen || strstr(r->seen, c->seen));
	if (!holds)
		print_error("case %zu, %s: %s, not %s: %s\n", number, c->id,
			    doctor_verdict_name(r->verdict), doctor_verdict_name(c->verdict),
			    r->seen);
	doctor_world_close(&w);
	return holds;
}

static void cases_run(void **state)
{
	const struct doctor_case *cases = *state;
	size_t wrong = 0;

	for (size_t i = 0; cases[i].id; i++)
		wrong += !case_holds(&cases[i], i);
	assert_int_equal(wrong, 0);
}

static bool case_there(const char *id, bool complains)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct doctor_case *c = tables[t]; c->id; c++)
			if (c->complains == complains && strcmp(c->id, id) == 0)
				return true;
	return false;
}

static void every_rule_has_a_case_that_complains_and_one_that_does_not(void **state)
{
	size_t lacking = 0;

	(void)state;
	for (size_t i = 0; doctor_rules[i]; i++)
		for (int complains = 0; complains < 2; complains++)
			if (!case_there(doctor_rules[i]->id, complains)) {
				print_error("%s: no case\n", doctor_rules[i]->id);
				lacking++;
			}
	assert_int_equal(lacking, 0);
}

/* An id of a rule that there is, of a list with blanks. */
static void assert_ids(const char *ids)
{
	while (ids && *ids) {
		size_t len = strcspn(ids, " ");
		char id[32];

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		if (!doctor_rule_find(id))
			fail_msg("\"%s\" is no rule", id);
		ids += len + (ids[len] == ' ');
	}
}

static void every_rule_is_complete_and_its_id_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; doctor_rules[i]; i++) {
		const struct doctor_rule *r = doctor_rules[i];

		assert_ptr_equal(doctor_rule_find(r->id), r);
		assert_int_equal(strspn(r->id, "abcdefghijklmnopqrstuvwxyz-"), strlen(r->id));
		assert_non_null(r->summary);
		assert_non_null(r->expected);
		assert_non_null(r->look);
		assert_true(r->source || r->severity <= DOCTOR_SEVERITY_WARNING);
		assert_true(r->remedy || strcmp(r->id, "tok-slow") == 0 ||
			    strcmp(r->id, "disc-slash") == 0);
		assert_ids(r->silenced);
	}
	assert_null(doctor_rule_find("unheard-of"));
}

static void a_sound_provider_passes_every_check(void **state)
{
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &plain);
	for (size_t i = 0; i < w.report.count; i++)
		if (w.report.results[i].verdict != DOCTOR_PASS || !w.report.results[i].seen[0])
			fail_msg("%s: %s: %s", doctor_rules[i]->id,
				 doctor_verdict_name(w.report.results[i].verdict),
				 w.report.results[i].seen);
	assert_int_equal(w.report.totals[DOCTOR_PASS], w.report.count);
	doctor_world_close(&w);
}

/* --- what is skipped ------------------------------------------------------------------------- */

static void nothing_gathered(struct doctor_world *w)
{
	for (unsigned i = 0; i < PROBES; i++)
		w->answers[i].status = UNSENT;
}

static void passively(struct doctor_facts *f)
{
	f->passive = true;
	f->interactive_done = false;
}

static void alone(struct doctor_facts *f)
{
	f->interactive_done = false;
}

static void limited(struct doctor_facts *f)
{
	f->rate_limited = true;
	f->keys.read = f->has_tokens = false;
}

static void keyless(struct doctor_facts *f)
{
	f->keys.read = f->clock_seen = false;
}

static void assert_phase_skipped(const struct doctor_world *w, enum doctor_phase phase,
				 const char *why)
{
	for (size_t i = 0; i < w->report.count; i++) {
		const struct doctor_result *r = &w->report.results[i];

		if (doctor_rules[i]->phase != phase)
			assert_true(r->verdict != DOCTOR_SKIPPED || !strstr(r->seen, why));
		else if (r->verdict != DOCTOR_SKIPPED || !strstr(r->seen, why))
			fail_msg("%s: %s: %s", doctor_rules[i]->id, doctor_verdict_name(r->verdict),
				 r->seen);
	}
}

static void what_sends_requests_is_skipped_when_passive(void **state)
{
	static const struct doctor_case c = { .id = "", .adjust = passively };
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &c);
	assert_phase_skipped(&w, DOCTOR_ACTIVE, "--passive");
	assert_phase_skipped(&w, DOCTOR_INTERACTIVE, "--interactive");
	doctor_world_close(&w);
}

static void what_wants_a_person_is_skipped_without_one(void **state)
{
	static const struct doctor_case c = { .id = "", .adjust = alone };
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &c);
	assert_phase_skipped(&w, DOCTOR_INTERACTIVE, "--interactive");
	assert_int_equal(doctor_world_result(&w, "tok-pending")->verdict, DOCTOR_PASS);
	doctor_world_close(&w);
}

/* Of nothing nothing is said, but for addresses in clear. */
static void what_was_not_sent_is_skipped(void **state)
{
	static const struct doctor_case c = { .id = "",
					      .prepare = nothing_gathered,
					      .adjust = keyless };
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &c);
	for (size_t i = 0; i < w.report.count; i++)
		if (w.report.results[i].verdict != DOCTOR_SKIPPED &&
		    strcmp(doctor_rules[i]->id, "tls-https") != 0 &&
		    strcmp(doctor_rules[i]->id, "dev-rate") != 0)
			fail_msg("%s: %s: %s", doctor_rules[i]->id,
				 doctor_verdict_name(w.report.results[i].verdict),
				 w.report.results[i].seen);
	doctor_world_close(&w);
}

static void behind_a_429_nothing_fails(void **state)
{
	static const struct doctor_case c = { .id = "",
					      .prepare = nothing_gathered,
					      .adjust = limited };
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &c);
	assert_int_equal(w.report.totals[DOCTOR_FAIL] + w.report.totals[DOCTOR_WARN], 0);
	assert_int_equal(w.report.totals[DOCTOR_INFO], 1);
	assert_int_equal(doctor_world_result(&w, "dev-rate")->verdict, DOCTOR_INFO);
	assert_non_null(strstr(doctor_world_result(&w, "tok-grant")->seen, "429"));
	doctor_world_close(&w);
}

static void every_answer_a_429_fails_nothing(void **state)
{
	struct doctor_world w;

	(void)state;
	for (unsigned i = 0; i < PROBES; i++) {
		const struct doctor_case c = { .id = "",
					       .changes = { { 429, i, "{'error':'slow_down'}" } } };

		doctor_world_open(&w, &c);
		if (w.report.totals[DOCTOR_FAIL] && i < PROBE_USERINFO)
			fail_msg("probe %u", i);
		doctor_world_close(&w);
	}
}

/* --- one fault, one check -------------------------------------------------------------------- */

static void one_answer_that_is_lost_is_told_once(void **state)
{
	struct doctor_world w;

	(void)state;
	for (unsigned i = PROBE_DEVICE; i <= PROBE_POLL_FAST; i++) {
		const struct doctor_case c = { .id = "", .changes = { { NO_ANSWER, i, NULL } } };
		const struct doctor_case page = { .id = "",
						  .changes = { { 500, i, "<h1>no</h1>" } } };

		if (i == PROBE_DEVICE_PLAIN)
			continue;
		doctor_world_open(&w, &c);
		if (w.report.totals[DOCTOR_FAIL] + w.report.totals[DOCTOR_WARN] > 1)
			fail_msg("probe %u lost", i);
		doctor_world_close(&w);
		doctor_world_open(&w, &page);
		if (w.report.totals[DOCTOR_FAIL] + w.report.totals[DOCTOR_WARN] > 1)
			fail_msg("probe %u with a page", i);
		doctor_world_close(&w);
	}
}

static void a_special_complaint_silences_the_general_one(void **state)
{
	static const struct doctor_case slash = {
		.id = "",
		.changes = { { AS_BEFORE, PROBE_OIDC, "+{'issuer':'https://sso.example.com/'}" } }
	};
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &slash);
	assert_int_equal(doctor_world_result(&w, "disc-issuer")->verdict, DOCTOR_SKIPPED);
	assert_string_equal(doctor_world_result(&w, "disc-issuer")->seen, "disc-slash says more");
	assert_int_equal(doctor_world_result(&w, "disc-slash")->verdict, DOCTOR_WARN);
	assert_non_null(strstr(doctor_world_result(&w, "disc-slash")->remedy,
			       "\"https://sso.example.com/\""));
	assert_int_equal(w.report.totals[DOCTOR_FAIL], 0);
	doctor_world_close(&w);
}

static void what_comes_from_outside_is_shown_safely_and_shortened(void **state)
{
	static const struct doctor_case hostile = {
		.id = "",
		.changes = { { 400, PROBE_POLL, "{'error':'\\u001b]0;x\\u0007\\u202e'}" },
			     { AS_BEFORE, PROBE_OIDC,
			       "+{'issuer':'https://\\u001b[2J.example'}" } },
	};
	struct doctor_world w;

	(void)state;
	doctor_world_open(&w, &hostile);
	for (size_t i = 0; i < w.report.count; i++)
		for (const char *c = w.report.results[i].seen; *c; c++)
			assert_true((unsigned char)*c >= ' ');
	assert_null(strstr(doctor_world_result(&w, "tok-pending")->seen, "\xE2\x80\xAE"));
	doctor_world_close(&w);
}

static void verdicts_and_severities_have_names(void **state)
{
	(void)state;
	assert_string_equal(doctor_verdict_name(DOCTOR_SKIPPED), "skipped");
	assert_string_equal(doctor_verdict_name(DOCTOR_INFO), "info");
	assert_string_equal(doctor_severity_name(DOCTOR_SEVERITY_CRITICAL), "critical");
	assert_string_equal(doctor_severity_name(DOCTOR_SEVERITY_INFO), "info");
}

#define CASES(what, table)                                                                  \
	{                                                                                   \
		.name = what " are found, and near misses are not", .test_func = cases_run, \
		.initial_state = (void *)(uintptr_t)(table)                                 \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASES("faults of metadata, transport and keys", doctor_cases_passive),
		CASES("faults of the device endpoint", doctor_cases_device),
		CASES("faults of the token endpoint", doctor_cases_token),
		CASES("faults of what a person's approval brings", doctor_cases_grant),
		cmocka_unit_test(every_rule_has_a_case_that_complains_and_one_that_does_not),
		cmocka_unit_test(every_rule_is_complete_and_its_id_its_own),
		cmocka_unit_test(a_sound_provider_passes_every_check),
		cmocka_unit_test(what_sends_requests_is_skipped_when_passive),
		cmocka_unit_test(what_wants_a_person_is_skipped_without_one),
		cmocka_unit_test(what_was_not_sent_is_skipped),
		cmocka_unit_test(behind_a_429_nothing_fails),
		cmocka_unit_test(every_answer_a_429_fails_nothing),
		cmocka_unit_test(one_answer_that_is_lost_is_told_once),
		cmocka_unit_test(a_special_complaint_silences_the_general_one),
		cmocka_unit_test(what_comes_from_outside_is_shown_safely_and_shortened),
		cmocka_unit_test(verdicts_and_severities_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
