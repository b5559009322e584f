/* What keys do in the Keys screen: nothing dangerous by accident, nothing typed lost, secrets
 * gone when
 * they were shown. */
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"
#include "tests/screens/console_run.h"
#include "tests/screens/still_world.h"

static int setup(void **state)
{
	still_world();
	return op_run_setup(state);
}

static void open_with(struct console_run *c, struct op_run *r, const char *first,
		      const char *second)
{
	assert_run(r, "key.create", "name", first, NULL);
	if (second)
		assert_run(r, "key.create", "name", second, NULL);
	console_run_start(c, r, 80, 24, true);
}

/* What stands in the file PATH + SUFFIX; heap. */
static char *file_beside(const char *path, const char *suffix)
{
	char *name = x_asprintf("%s%s", path, suffix);
	char *text = file_get(name);

	free(name);
	return text;
}

static void assert_status(struct op_run *r, const char *key, const char *status)
{
	assert_run(r, "key.show", "key", key, NULL);
	assert_string_equal(op_run_text(r, 0, "status"), status);
}

static void revoking_wants_the_name_and_a_move_to_the_button(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "XX<Enter>"); /* the key again, and Enter: Cancel */
	console_run_lacks(&c, "cannot be undone");
	assert_status(r, "alpha", "active");
	console_run_keys(&c, "X<C-s>");
	console_run_shows(&c, "type it first");
	console_run_keys(&c, "<Tab><Tab><Tab>alph<C-s>");
	console_run_shows(&c, "type 1 more letter");
	console_run_keys(&c, "a<Enter>"); /* to Cancel, not through it */
	console_run_shows(&c, "[ Revoke ]");
	assert_status(r, "alpha", "active");
	console_run_keys(&c, "<Tab><Enter>");
	console_run_shows(&c, "revoked alpha");
	assert_status(r, "alpha", "revoked");
	console_run_end(&c);
}

static void several_are_revoked_by_typing_their_number(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", "bravo");
	console_run_keys(&c, "<Space><Space>X<Tab><Tab><Tab>alpha<C-s>");
	assert_status(r, "alpha", "active");
	console_run_keys(&c, "<BS><BS><BS><BS><BS>revoke 2<C-s>");
	console_run_shows(&c, "revoked 2 keys");
	assert_status(r, "alpha", "revoked");
	assert_status(r, "bravo", "revoked");
	console_run_end(&c);
}

/* Such a name can't be read from the title, nor typed. */
static void a_name_that_cant_be_typed_is_revoked_by_the_end_of_its_id(void **state)
{
	static const char *const names[] = {
		("bidi\xe2\x80\xae"
		 "nimda"),
		"a-name-that-is-longer-than-what-the-title-can-show-of-it",
		" spaces ",
	};
	struct op_run *r = *state;
	struct console_run c;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char id[40];

		assert_run(r, "key.create", "name", names[i], NULL);
		snprintf(id, sizeof(id), "%s", op_run_text(r, 0, "id"));
		console_run_start(&c, r, 80, 24, true);
		console_run_keys(&c, "sjjjjj<Enter>gX"); /* the newest first */
		console_run_shows(&c, "Type the end of its id");
		console_run_keys(&c, "<Tab><Tab><Tab>");
		console_run_keys(&c, id + strlen(id) - 6);
		console_run_keys(&c, "<C-s>");
		assert_status(r, id, "revoked");
		console_run_end(&c);
	}
}

static void a_secret_pasted_by_mistake_is_shown_nowhere(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char *paste;

	open_with(&c, r, "alpha", NULL);
	assert_run(r, "key.create", "name", "leaked", NULL);
	paste = x_asprintf("<paste:curl -H 'X-API-Key: %s'>", r->secret);
	console_run_keys(&c, "/");
	console_run_keys(&c, paste);
	console_run_shows(&c, "You pasted something");
	console_run_lacks(&c, "X-API-Key");
	console_run_keys(&c, "<Enter><Esc>c");
	console_run_keys(&c, paste);
	console_run_shows(&c, "a secret of a key: not taken");
	console_run_lacks(&c, "X-API-Key");
	free(paste);
	console_run_end(&c);
}

static void a_filter_of_any_length_filters(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char paste[800] = "<paste:";

	open_with(&c, r, "alpha", NULL);
	memset(paste + 7, 'z', sizeof(paste) - 9);
	paste[sizeof(paste) - 2] = '>';
	console_run_keys(&c, "/");
	console_run_keys(&c, paste);
	console_run_shows(&c, "0 of 1");
	console_run_shows(&c, "no key matches");
	console_run_end(&c);
}

/* What was cut read as another time: "11-2" with an ellipsis. */
static void exact_times_are_as_long_as_the_column(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	assert_run(r, "key.create", "name", "far", "expires", "400d", NULL);
	assert_run(r, "key.create", "name", "near", "expires", "60d", NULL);
	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "u");
	console_run_shows(&c, " 1   2027-07 ");
	console_run_shows(&c, " 1     08-15 ");
	console_run_end(&c);
}

static void the_command_of_an_export_names_its_file(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "e<Tab><C-u>/tmp/two words.csv");
	console_run_shows(&c, "authrack key export --format csv > '/tmp/two words.csv'");
	console_run_end(&c);
}

static void a_disable_can_be_undone(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "D<C-s>");
	console_run_shows(&c, "disabled alpha; ^U undoes it");
	assert_status(r, "alpha", "disabled");
	console_run_keys(&c, "<C-u>");
	assert_status(r, "alpha", "active");
	console_run_keys(&c, "<C-u>");
	console_run_shows(&c, "nothing was disabled");
	console_run_end(&c);
}

static void a_secret_is_shown_once_and_then_gone(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char secret[60];
	const char *at;

	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "calpha<C-s>");
	console_run_shows(&c, "shown this once");
	console_run_keys(&c, "<Esc>");
	console_run_shows(&c, "not copied, written or revealed yet");
	console_run_keys(&c, "<Enter>v");
	at = strstr(console_run_text(&c), "ak_");
	assert_non_null(at);
	snprintf(secret, sizeof(secret), "%.54s", at);
	assert_null(strchr(secret, ' '));
	console_run_keys(&c, "v");
	console_run_lacks(&c, secret);
	console_run_keys(&c, "v<Esc>"); /* revealed: closes without asking */
	console_run_lacks(&c, "shown this once");
	console_run_lacks(&c, secret);
	r->stdin_secret = secret;
	assert_run(r, "key.verify", NULL);
	console_run_end(&c);
}

static void a_secret_goes_out_by_osc_52_and_to_a_file(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char *path = op_run_file(r, "here", ""), *text;

	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "calpha<C-s>");
	paint_memory_sent(c.paint);
	console_run_keys(&c, "y");
	assert_non_null(strstr(paint_memory_sent(c.paint), "\033]52;"));
	console_run_shows(&c, "sent to your terminal");
	console_run_keys(&c, "w<C-u>");
	console_run_keys(&c, path);
	console_run_keys(&c, "<Enter>");
	console_run_shows(&c, "Write the secret to a file"); /* there is such a file: kept open */
	console_run_keys(&c, "2<Enter>");
	console_run_shows(&c, "readable by you only");
	text = file_beside(path, "2");
	assert_int_equal(strncmp(text, "ak_", 3), 0);
	free(text);
	free(path);
	console_run_keys(&c, "t");
	console_run_shows(&c, "VALID");
	console_run_end(&c);
}

static void a_rotation_that_lost_the_race_says_who_won(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "R");
	assert_run(r, "key.rotate", "key", "alpha", NULL);
	console_run_keys(&c, "<C-s>");
	console_run_shows(&c, "ops1 rotated it");
	console_run_shows(&c, "to v2");
	console_run_keys(&c, "<C-s>"); /* again: from v2 */
	console_run_shows(&c, "shown this once");
	assert_run(r, "key.show", "key", "alpha", NULL);
	assert_int_equal(op_run_int(r, 0, "version"), 3);
	console_run_end(&c);
}

static void an_edit_that_lost_the_race_can_be_sent_again(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "m<Tab>finance");
	assert_run(r, "key.edit", "key", "alpha", "tier", "gold", NULL);
	console_run_keys(&c, "<C-s>");
	console_run_shows(&c, "again changes it all the same");
	console_run_shows(&c, "finance");
	assert_run(r, "key.show", "key", "alpha", NULL);
	assert_string_equal(op_run_text(r, 0, "owner"), "");
	console_run_keys(&c, "<C-s>");
	console_run_shows(&c, "modified alpha");
	assert_run(r, "key.show", "key", "alpha", NULL);
	assert_string_equal(op_run_text(r, 0, "owner"), "finance");
	assert_string_equal(op_run_text(r, 0, "tier"), "gold");
	console_run_end(&c);
}

static void what_was_typed_survives_an_error_and_leaving_asks(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "c<C-s>");
	console_run_shows(&c, "Name is needed");
	console_run_keys(&c, "alpha<Tab>finance<Tab><Tab><Tab><Tab>90<C-s>");
	console_run_shows(&c, "to mend: Limits");
	console_run_shows(&c, "finance");
	console_run_keys(&c, "<Esc>");
	console_run_shows(&c, "Leave the form?");
	console_run_keys(&c, "<Enter>");
	console_run_shows(&c, "alpha");
	console_run_keys(&c, "<Esc><Tab><Enter>");
	console_run_lacks(&c, "alpha");
	console_run_end(&c);
}

static void a_duration_without_unit_is_asked_about(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "R<BS><BS><BS>90<Tab>");
	console_run_shows(&c, "90 what? 90d, 90h");
	console_run_end(&c);
}

static void marks_bind_what_a_capital_acts_on(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", "bravo");
	console_run_keys(&c, "<Space><Space>D");
	console_run_shows(&c, "Disable 2 keys");
	console_run_keys(&c, "<C-s>");
	assert_status(r, "alpha", "disabled");
	assert_status(r, "bravo", "disabled");
	console_run_end(&c);
}

static void several_rotations_go_into_one_file(void **state)
{
	struct op_run *r = *state;
	struct console_run c;
	char *path = op_run_file(r, "secrets", ""), *text;

	open_with(&c, r, "alpha", "bravo");
	console_run_keys(&c, "<Space><Space>R<Tab><Tab>");
	console_run_keys(&c, path);
	console_run_keys(&c, "2<C-s>");
	console_run_shows(&c, "rotated 2 keys");
	text = file_beside(path, "2");
	assert_non_null(strstr(text, ",alpha,ak_"));
	assert_non_null(strstr(text, ",bravo,ak_"));
	free(text);
	free(path);
	console_run_end(&c);
}

/* Whatever it got done: the secret of each new version is in the file. */
static void a_console_that_ends_under_a_rotation_loses_no_secret(void **state)
{
	static const char *const keys[] = { "alpha", "bravo" };
	struct op_run *r = *state;
	struct console_run c;
	char *path = op_run_file(r, "secrets", ""), *text;

	open_with(&c, r, keys[0], keys[1]);
	console_run_keys(&c, "<Space><Space>R<Tab><Tab>");
	console_run_keys(&c, path);
	console_run_keys(&c, "2");
	console_bytes(c.console, "\023", 1);
	console_run_end(&c);
	text = file_beside(path, "2");
	for (size_t i = 0; i < 2; i++) {
		assert_run(r, "key.show", "key", keys[i], NULL);
		if (op_run_int(r, 0, "version") > 1)
			assert_non_null(strstr(text, keys[i]));
	}
	free(text);
	free(path);
}

static void a_read_only_console_offers_no_change(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	assert_run(r, "key.create", "name", "alpha", NULL);
	r->options.read_only = true;
	console_run_start(&c, r, 80, 24, true);
	console_run_lacks(&c, "X revoke");
	console_run_lacks(&c, "c create");
	console_run_keys(&c, "XDRc");
	console_run_lacks(&c, "┌─");
	console_run_lacks(&c, "Keys › create");
	console_run_end(&c);
}

/* Nothing that a terminal would obey, whatever the fields hold. */
static void assert_frame_safe(struct console_run *c)
{
	const struct frame *f = paint_memory_frame(c->paint);

	for (int i = 0; i < f->width * f->height; i++)
		for (int n = 0; n < CELL_CHARS && f->cells[i].chars[n]; n++)
			assert_true(code_point_safe(f->cells[i].chars[n]));
}

static void hostile_text_never_reaches_the_terminal(void **state)
{
	static const char *const walk[] = { "<Enter>", "<Esc>", "R",	 "<Esc>", "X",
					    "<Esc>",   "m",	"<Esc>", "y",	  "<Esc>",
					    "7",       "1",	":evil", "<Esc>", "<Space>" };
	struct op_run *r = *state;
	struct console_run c;

	assert_run(r, "key.create", "name", "evil\u202egnp\u200b\u2066x", "owner", "a\u00adb\ufeff",
		   "tier", "\U000e0041", "note", "\u2028", "meta", "k=\u202e", NULL);
	console_run_start(&c, r, 80, 24, true);
	assert_frame_safe(&c);
	for (size_t i = 0; i < sizeof(walk) / sizeof(walk[0]); i++) {
		console_run_keys(&c, walk[i]);
		console_run_text(&c);
		assert_frame_safe(&c);
	}
	console_run_end(&c);
}

static void the_page_runs_its_actions_on_its_key(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", "bravo");
	console_run_keys(&c, "j<Enter>R");
	console_run_shows(&c, "Rotate bravo");
	console_run_keys(&c, "<Esc>F");
	console_run_shows(&c, "no older version is live");
	console_run_keys(&c, "D<C-s>");
	assert_status(r, "bravo", "disabled");
	assert_status(r, "alpha", "active");
	console_run_shows(&c, "Keys › bravo");
	console_run_end(&c);
}

static void a_paste_outside_a_field_runs_no_keys(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	open_with(&c, r, "alpha", NULL);
	console_run_keys(&c, "<paste:XDRq\n\n>");
	console_run_shows(&c, "You pasted something");
	console_run_keys(&c, "<Esc>");
	assert_status(r, "alpha", "active");
	console_run_end(&c);
}

static void the_guide_fills_the_form_in(void **state)
{
	struct op_run *r = *state;
	struct console_run c;

	console_run_start(&c, r, 80, 24, true);
	console_run_keys(&c, "9<Enter><Enter><Enter><Enter><Enter>");
	console_run_shows(&c, "Keys › create");
	console_run_shows(&c, "90d");
	console_run_end(&c);
}

#define behaviour(name) cmocka_unit_test_setup_teardown(name, setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		behaviour(revoking_wants_the_name_and_a_move_to_the_button),
		behaviour(several_are_revoked_by_typing_their_number),
		behaviour(a_name_that_cant_be_typed_is_revoked_by_the_end_of_its_id),
		behaviour(a_secret_pasted_by_mistake_is_shown_nowhere),
		behaviour(a_filter_of_any_length_filters),
		behaviour(exact_times_are_as_long_as_the_column),
		behaviour(the_command_of_an_export_names_its_file),
		behaviour(a_disable_can_be_undone),
		behaviour(a_secret_is_shown_once_and_then_gone),
		behaviour(a_secret_goes_out_by_osc_52_and_to_a_file),
		behaviour(a_rotation_that_lost_the_race_says_who_won),
		behaviour(an_edit_that_lost_the_race_can_be_sent_again),
		behaviour(what_was_typed_survives_an_error_and_leaving_asks),
		behaviour(a_duration_without_unit_is_asked_about),
		behaviour(marks_bind_what_a_capital_acts_on),
		behaviour(several_rotations_go_into_one_file),
		behaviour(a_console_that_ends_under_a_rotation_loses_no_secret),
		behaviour(a_read_only_console_offers_no_change),
		behaviour(hostile_text_never_reaches_the_terminal),
		behaviour(the_page_runs_its_actions_on_its_key),
		behaviour(a_paste_outside_a_field_runs_no_keys),
		behaviour(the_guide_fills_the_form_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
