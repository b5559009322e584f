/* The Doctor screen as whole screens: failures first, passes folded, seen under expected with the difference
 * pointed at; and what is re-run stays in its place. */
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "tests/screens/goldens.h"
#include "ui/doctor.h"
#include "ui/record.h"

static struct doctor_state *doctor(struct console_run *c)
{
	return doctor_state(console_view(c->console, "doctor"));
}

static void open_doctor(struct console_run *c, struct op_run *r, const char *name, int width,
			int height, bool utf8)
{
	struct json *report;
	struct doctor_state *s;

	console_run_start(c, r, width, height, utf8);
	console_run_keys(c, "6");
	if (!name)
		return;
	report = console_run_json("doctor", name);
	s = doctor(c);
	s->provider = x_strdup(record_text(report, "provider", "?"));
	s->made_at = console_now(c->console);
	s->took_ms = 3200;
	doctor_take(s, json_get(report, "checks"), "");
	console_redraw(c->console);
	json_free(report);
}

static void open_golden(struct console_run *c, struct op_run *r, const struct golden *g)
{
	open_doctor(c, r, g->world, g->width, g->height, !g->ascii);
}

static const struct golden goldens[] = {
	{ "doctor-empty-80x24", NULL, 80, 24, false, "" },
	{ "doctor-80x24", "report", 80, 24, false, "" },
	{ "doctor-120x40", "report", 120, 40, false, "" },
	{ "doctor-200x50", "report", 200, 50, false, "j" },
	{ "doctor-ascii-80x24", "report", 80, 24, true, "" },
	{ "doctor-unfolded-80x24", "report", 80, 24, false, "jjjjjj<Enter>" },
	{ "doctor-check-80x24", "report", 80, 24, false, "<Enter>" },
	{ "doctor-help-80x24", "report", 80, 24, false, "?" },
	{ "doctor-run-80x24", "report", 80, 24, false, "A" },
	{ "doctor-interactive-80x24", "report", 80, 24, false, "I" },
	{ "doctor-export-80x24", "report", 80, 24, false, "e<Tab><C-u>report.md" },
	{ "doctor-hostile-80x24", "hostile", 80, 24, false, "" },
	{ "doctor-hostile-long-80x24", "hostile", 80, 24, false, "j" },
	{ "doctor-hostile-wide-120x40", "hostile", 120, 40, false, "jj" },
	{ .name = NULL },
};

/* --- the difference ------------------------------------------------------------------------ */
static void a_difference_is_pointed_at_where_there_is_one(void **state)
{
	(void)state;
	assert_int_equal(doctor_difference("https://a", "http://a"), 4);
	assert_int_equal(doctor_difference("https://a", "https://a/"), 9);
	assert_int_equal(doctor_difference("https://a", "https://a"), -1);
	assert_int_equal(doctor_difference("400 with a code", "200 with a code"), -1);
	assert_int_equal(doctor_difference("", ""), -1);
	assert_int_equal(doctor_difference("abc東", "abc京"), -1);
	assert_int_equal(doctor_difference("abcd東", "abcd京"), 4);
}

/* --- re-running ---------------------------------------------------------------------------- */
static void a_check_that_passes_now_changes_its_place_only(void **state)
{
	static const char again[] =
		"[{\"id\":\"disc-issuer\",\"verdict\":\"pass\",\"seen\":\"https://x\"}]";
	struct console_run c;
	struct json *checks;
	struct err e = ERR_INIT;

	open_doctor(&c, *state, "report", 80, 24, true);
	assert_int_equal(doctor_total(doctor(&c), RANK_FAIL), 2);
	assert_well(json_parse(&checks, again, strlen(again), &e), &e);
	doctor_take(doctor(&c), checks, "disc-issuer");
	json_free(checks);
	assert_int_equal(doctor_total(doctor(&c), RANK_FAIL), 1);
	assert_int_equal(doctor_total(doctor(&c), RANK_PASS), 5);
	assert_int_equal(json_count(doctor(&c)->checks), 12);
	console_redraw(c.console);
	console_run_shows(&c, "5 passed");
	console_run_end(&c);
}

static void the_cursor_is_bound_to_its_check(void **state)
{
	struct console_run c;

	open_doctor(&c, *state, "report", 80, 24, true);
	console_run_keys(&c, "jjs");
	assert_string_equal(record_text(doctor_check_now(doctor(&c)), "id", ""), "tls-chain");
	console_run_keys(&c, "jjj<Enter>");
	console_run_keys(&c, "f");
	console_run_lacks(&c, "tok-json");
	console_run_end(&c);
}

static void what_has_no_report_says_why_not(void **state)
{
	struct console_run c;

	open_doctor(&c, *state, NULL, 80, 24, true);
	console_run_keys(&c, "A");
	console_run_shows(&c, "choose a provider first");
	console_run_keys(&c, "r");
	console_run_shows(&c, "choose a provider first");
	console_run_keys(&c, "e");
	console_run_shows(&c, "there is no report yet");
	console_run_keys(&c, "p");
	console_run_shows(&c, "there is no provider yet");
	console_run_end(&c);
}

static void the_report_is_written_to_a_new_file(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char *path = x_asprintf("%s/doctor-report.md", r->folder), *text;

	open_doctor(&c, r, "report", 80, 24, true);
	console_run_keys(&c, "e<C-s>");
	console_run_shows(&c, "report written to");
	text = file_get(path);
	assert_non_null(strstr(text, "# keycloak"));
	assert_non_null(strstr(text, "2 failed, 3 warned"));
	console_run_keys(&c, "e<C-s>");
	console_run_shows(&c, "doctor-report.md"); /* never over a file that is there */
	assert_non_null(dialog_top(c.console));
	console_run_end(&c);
	free(text);
	free(path);
}

static void every_size_is_survived(void **state)
{
	static const char *const sizes[] = { "<size:80x24>", "<size:40x10>",  "<size:1x1>",
					     "<size:20x7>",  "<size:300x5>",  "<size:19x50>",
					     "<size:81x16>", "<size:200x50>", "<size:120x17>" };
	static const char *const names[] = { "report", "hostile" };
	static const char *const keys[] = { "", "j", "j", "<Enter>", "A", "G<Enter>" };

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		struct console_run c;

		open_doctor(&c, *state, names[n], 80, 24, n % 2 == 0);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			console_run_keys(&c, keys[k]);
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
				console_run_keys(&c, sizes[i]);
			while (dialog_top(c.console))
				console_run_keys(&c, "<Esc>");
		}
		console_run_end(&c);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, golden_setup, op_run_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_difference_is_pointed_at_where_there_is_one),
		TEST(a_check_that_passes_now_changes_its_place_only),
		TEST(the_cursor_is_bound_to_its_check),
		TEST(what_has_no_report_says_why_not),
		TEST(the_report_is_written_to_a_new_file),
		TEST(every_size_is_survived),
	};

	return golden_group("doctor screen", tests, sizeof(tests) / sizeof(tests[0]), goldens,
			    open_golden);
}
