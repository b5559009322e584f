/* The decision tree: every way ends well, and each advice says why. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/app/guide.h"
#include "src/app/op.h"
#include "tests/lib/op_run.h"

/* --- the tree --------------------------------------------------------------------------------- */

static void outcome_check(const struct guide_outcome *o)
{
	const struct op *op = o->operation ? op_find(o->operation) : NULL;

	assert_non_null(o->leads_to);
	assert_non_null(o->options[0].credential);
	assert_non_null(o->options[1].credential);
	assert_true(strlen(o->why) > 80);
	assert_non_null(o->screen);
	if (o->operation)
		assert_non_null(op);
	for (size_t i = 0; o->preset && o->preset[i]; i += 2) {
		struct op_args *args = op_args_new(op);
		struct err e = ERR_INIT;

		assert_well(op_args_add(args, o->preset[i], o->preset[i + 1], &e), &e);
		op_args_free(args);
	}
}

static size_t question_check(const struct guide_question *q)
{
	size_t outcomes = 0;

	assert_int_equal(q->text[strlen(q->text) - 1], '?');
	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++) {
		const struct guide_answer *a = &q->answers[i];

		assert_ptr_equal(guide_answer(q, a->id), a);
		assert_true(strlen(a->text) <= 64);
		assert_non_null(a->brief);
		assert_true(a->next || a->outcome);
		if (a->outcome)
			outcome_check(a->outcome);
		outcomes += a->next ? question_check(a->next) : 1;
	}
	return outcomes;
}

static void every_way_ends_at_advice_with_reasons_and_a_way_on(void **state)
{
	(void)state;
	assert_int_equal(question_check(&guide_root), 11);
}

static void no_way_is_longer_than_four_questions(void **state)
{
	(void)state;
	assert_int_equal(guide_depth(&guide_root), GUIDE_DEPTH);
}

static void an_answer_is_taken_by_word_or_number_and_nothing_else(void **state)
{
	(void)state;
	assert_non_null(guide_answer(&guide_root, "yes"));
	assert_ptr_equal(guide_answer(&guide_root, "2"), guide_answer(&guide_root, "yes"));
	assert_null(guide_answer(&guide_root, "3"));
	assert_null(guide_answer(&guide_root, "0"));
	assert_null(guide_answer(&guide_root, "maybe"));
	assert_null(guide_answer(&guide_root, ""));
}

/* --- the operation ---------------------------------------------------------------------------- */

static void without_answers_it_asks_the_first_question(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "guide", NULL);
	assert_non_null(strstr(buf_text(&r->text), guide_root.text));
	assert_non_null(strstr(buf_text(&r->text), "[yes] Yes"));
	assert_string_equal(op_run_text(r, 0, "question"), guide_root.text);
	assert_null(op_run_text(r, 0, "leads_to"));
}

static void answers_lead_to_credential_reasons_and_command(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "guide", "answer", "no", "answer", "no", "answer", "servers", "answer",
		   "lookup", NULL);
	assert_non_null(strstr(op_run_text(r, 0, "leads_to"), "API key"));
	assert_string_equal(op_run_text(r, 0, "command"),
			    "authrack key create --name NAME --expires 90d");
	assert_null(op_run_text(r, 0, "question"));
	assert_non_null(strstr(buf_text(&r->text), "authrack key create"));
}

static void a_person_leads_to_oauth2_and_many_services_to_jwt(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "guide", "answer", "no", "answer", "yes", "answer", "device", NULL);
	assert_non_null(strstr(op_run_text(r, 0, "leads_to"), "OAuth2 device"));
	assert_run(r, "guide", "answer", "no", "answer", "no", "answer", "servers", "answer",
		   "alone", NULL);
	assert_non_null(strstr(op_run_text(r, 0, "leads_to"), "JWT"));
}

static void all_shows_the_whole_tree_within_the_width_of_a_terminal(void **state)
{
	struct op_run *r = *state;
	const char *line;

	assert_run(r, "guide", "all", "", NULL);
	for (line = buf_text(&r->text); *line; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 90);
	assert_non_null(strstr(buf_text(&r->text), "PKCE"));
	assert_non_null(strstr(buf_text(&r->text), "[partners]"));
}

static void a_wrong_answer_is_refused_with_the_right_ones(void **state)
{
	struct op_run *r = *state;

	assert_run_refused(r, ERR_USAGE, "no, yes", "guide", "answer", "perhaps", NULL);
	assert_run_refused(r, ERR_USAGE, "too many", "guide", "answer", "yes", "answer", "no",
			   NULL);
}

static void it_opens_no_store(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "guide", NULL);
	assert_false(app_store_exists(r->app));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_ends_at_advice_with_reasons_and_a_way_on),
		cmocka_unit_test(no_way_is_longer_than_four_questions),
		cmocka_unit_test(an_answer_is_taken_by_word_or_number_and_nothing_else),
		cmocka_unit_test_setup_teardown(without_answers_it_asks_the_first_question,
						op_run_setup, op_run_teardown),
		cmocka_unit_test_setup_teardown(answers_lead_to_credential_reasons_and_command,
						op_run_setup, op_run_teardown),
		cmocka_unit_test_setup_teardown(a_person_leads_to_oauth2_and_many_services_to_jwt,
						op_run_setup, op_run_teardown),
		cmocka_unit_test_setup_teardown(
			all_shows_the_whole_tree_within_the_width_of_a_terminal, op_run_setup,
			op_run_teardown),
		cmocka_unit_test_setup_teardown(a_wrong_answer_is_refused_with_the_right_ones,
						op_run_setup, op_run_teardown),
		cmocka_unit_test_setup_teardown(it_opens_no_store, op_run_setup, op_run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
