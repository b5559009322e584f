/* Editing one line: characters that belong together, what may stand in a field, masks. */
#include <string.h>

#include "tests/lib/support.h"
#include "ui/edit.h"

static struct edit edit;
static struct frame frame;

static int setup(void **state)
{
	(void)state;
	edit_init(&edit, 64);
	frame_init(&frame, 20, 2, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	edit_release(&edit);
	frame_release(&frame);
	return 0;
}

static void key(int32_t code)
{
	edit_input(&edit, &(struct input){ .type = INPUT_KEY, .key = code });
}

static void type(const char *text)
{
	for (; *text; text++)
		key((unsigned char)*text);
}

static void keys_type_move_and_erase(void **state)
{
	(void)state;
	type("hello world");
	key(PRESS_CTRL('W'));
	assert_string_equal(edit.text, "hello ");
	key(PRESS_BACKSPACE);
	key(PRESS_HOME);
	key(PRESS_DELETE);
	type("J");
	assert_string_equal(edit.text, "Jello");
	key(PRESS_END);
	key(PRESS_LEFT);
	key(PRESS_CTRL('K'));
	assert_string_equal(edit.text, "Jell");
	key(PRESS_CTRL('U'));
	assert_string_equal(edit.text, "");
}

static void other_keys_are_not_taken(void **state)
{
	static const int32_t keys[] = { PRESS_ENTER, PRESS_TAB,	      PRESS_ESC,      PRESS_UP,
					PRESS_F1,    PRESS_CTRL('S'), PRESS_CTRL('Y') };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_false(
			edit_input(&edit, &(struct input){ .type = INPUT_KEY, .key = keys[i] }));
	assert_string_equal(edit.text, "");
}

static void a_combining_mark_goes_with_its_letter(void **state)
{
	(void)state;
	edit_set(&edit, "ae\u0301");
	key(PRESS_LEFT);
	assert_int_equal(edit.cursor, 1);
	key(PRESS_DELETE);
	assert_string_equal(edit.text, "a");
}

static void a_paste_comes_in_without_line_ends_and_controls(void **state)
{
	static const char pasted[] = "one\r\ntwo\nthree\tfour\033[31m\007\xff";

	(void)state;
	edit_input(&edit, &(struct input){
				  .type = INPUT_PASTE, .text = pasted, .len = sizeof(pasted) - 1 });
	assert_string_equal(edit.text, "one two three four[31m\uFFFD");
}

static void what_does_not_fit_is_cut_at_a_whole_character(void **state)
{
	(void)state;
	for (int i = 0; i < 63; i++)
		type("x");
	edit_insert(&edit, "é", strlen("é"));
	assert_true(edit.full);
	assert_int_equal(edit.len, 63);
}

static void the_cursor_stays_visible_in_a_long_line(void **state)
{
	struct area a = area_of(&frame);

	(void)state;
	edit_set(&edit, "東京東京東京東京東京");
	edit_draw(&edit, &a, 0, 0, 9, STYLE_FIELD_CURRENT, true);
	assert_in_range(frame.cursor_x, 0, 8);
	key(PRESS_HOME);
	edit_draw(&edit, &a, 0, 0, 9, STYLE_FIELD_CURRENT, true);
	assert_int_equal(frame.cursor_x, 0);
	assert_int_equal(frame.cells[0].chars[0], 0x6771);
}

static void a_hidden_line_shows_masks_only(void **state)
{
	struct area a = area_of(&frame);
	struct edit secret;

	(void)state;
	edit_init_hidden(&secret, 64);
	edit_set(&secret, "hunter2");
	edit_draw(&secret, &a, 0, 0, 12, STYLE_FIELD_CURRENT, true);
	for (int i = 0; i < 12; i++)
		assert_null(strchr("hunter2", frame.cells[i].chars[0]));
	assert_int_equal(frame.cursor_x, 7);
	edit_set(&secret, "x");
	assert_int_equal(secret.text[2], 0); /* nothing is left behind the end */
	edit_release(&secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_type_move_and_erase, setup, teardown),
		cmocka_unit_test_setup_teardown(other_keys_are_not_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(a_combining_mark_goes_with_its_letter, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_paste_comes_in_without_line_ends_and_controls,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_cut_at_a_whole_character,
						setup, teardown),
		cmocka_unit_test_setup_teardown(the_cursor_stays_visible_in_a_long_line, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_hidden_line_shows_masks_only, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
