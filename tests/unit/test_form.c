/* Forms: values and their checks, what is sent, what an empty field means, choices, completion. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/support.h"
#include "ui/form.h"

static struct form *form;

static void key(int32_t code)
{
	form_input(form, &(struct input){ .type = INPUT_KEY, .key = code });
}

static void type(const char *text)
{
	for (; *text; text++)
		key((unsigned char)*text);
}

static void focus(const char *name)
{
	form->focus = (size_t)(form_item(form, name) - form->items);
}

static int open_create(void **state)
{
	(void)state;
	form = form_new(op_find("key.create"), NULL, TEST_NOW);
	return 0;
}

static int open_edit(void **state)
{
	(void)state;
	form = form_new(op_find("key.edit"), NULL, TEST_NOW);
	form->changes_only = true;
	form_fix(form, "key", "alpha");
	form_start(form, "owner", "finance");
	form_start(form, "scope", "orders:read");
	return 0;
}

static int open_revoke(void **state)
{
	(void)state;
	form = form_new(op_find("key.revoke"), NULL, TEST_NOW);
	return 0;
}

static int close_form(void **state)
{
	(void)state;
	form_free(form);
	return 0;
}

static void assert_command(const char *expected)
{
	assert_string_equal(form_command(form), expected);
}

static void fields_become_the_command_line(void **state)
{
	(void)state;
	focus("name");
	type("alpha two");
	focus("scope");
	type("a:read b:write");
	focus("meta");
	type("env=prod \"k=two words\"");
	assert_command("authrack key create --name 'alpha two' --scope a:read --scope b:write "
		       "--meta env=prod --meta 'k=two words'");
}

static void a_wrong_value_is_told_on_leaving_the_field(void **state)
{
	(void)state;
	focus("expires");
	type("90");
	assert_int_equal(form_item(form, "expires")->error.code, ERR_OK);
	key(PRESS_TAB);
	assert_int_equal(form_item(form, "expires")->error.code, ERR_USAGE);
	focus("expires");
	type("d");
	assert_int_equal(form_item(form, "expires")->error.code, ERR_OK);
	assert_non_null(strstr(form_item(form, "expires")->meaning, "2026-09-14"));
}

static void a_check_goes_to_the_first_field_that_is_wrong(void **state)
{
	(void)state;
	focus("limit");
	type("nonsense");
	assert_false(form_check(form));
	assert_string_equal(form->items[form->focus].arg->name, "name");
	type("alpha");
	assert_false(form_check(form));
	assert_string_equal(form->items[form->focus].arg->name, "limit");
}

static void enter_in_a_field_never_submits(void **state)
{
	struct input enter = { .type = INPUT_KEY, .key = PRESS_ENTER };

	(void)state;
	for (size_t i = 0; i < form->count; i++)
		assert_int_equal(form_input(form, &enter), FORM_TAKEN);
	assert_int_equal(form_input(form, &enter), FORM_CANCEL);
}

static void a_blocked_button_is_passed_over_and_does_nothing(void **state)
{
	struct input submit = { .type = INPUT_KEY, .key = PRESS_CTRL('S') };

	(void)state;
	form->blocked = "not yet";
	form->focus = form->count;
	key(PRESS_TAB);
	assert_int_equal(form->focus, 0);
	assert_int_equal(form_input(form, &submit), FORM_TAKEN);
	form->blocked = NULL;
	assert_int_equal(form_input(form, &submit), FORM_SUBMIT);
}

static void tab_takes_the_first_value_seen(void **state)
{
	(void)state;
	form_suggest(form, "scope", "orders:read");
	form_suggest(form, "scope", "orders:write");
	focus("scope");
	type("x orders:w");
	key(PRESS_TAB);
	assert_string_equal(form_value(form, "scope"), "x orders:write");
	key(PRESS_TAB); /* nothing to complete: the next field */
	assert_string_not_equal(form->items[form->focus].arg->name, "scope");
}

static void only_what_changed_is_sent_by_an_edit(void **state)
{
	(void)state;
	assert_false(form_dirty(form));
	assert_command("authrack key edit alpha");
	focus("tier");
	type("gold");
	assert_true(form_dirty(form));
	assert_command("authrack key edit alpha --tier gold");
}

static void an_emptied_field_is_sent_as_empty(void **state)
{
	(void)state;
	focus("owner");
	key(PRESS_CTRL('U'));
	assert_command("authrack key edit alpha --owner ''");
}

static void an_emptied_expiry_is_said_to_be_never(void **state)
{
	(void)state;
	form_start(form, "expires", "2027-01-31T00:00:00Z");
	focus("expires");
	key(PRESS_CTRL('U'));
	assert_command("authrack key edit alpha --expires never");
}

static void choices_turn_with_arrows_and_letters(void **state)
{
	(void)state;
	focus("reason");
	assert_string_equal(form_value(form, "reason"), "other");
	key(PRESS_RIGHT);
	assert_string_equal(form_value(form, "reason"), "compromise");
	key(PRESS_LEFT);
	assert_string_equal(form_value(form, "reason"), "other");
	key('p');
	assert_string_equal(form_value(form, "reason"), "policy");
	type("zq");
	assert_string_equal(form_value(form, "reason"), "policy");
}

static void a_field_of_the_dialog_is_not_sent(void **state)
{
	static const struct arg typed = { .name = "typed", .type = ARG_TEXT, .help = "" };

	(void)state;
	form_extra(form, &typed, &(struct form_place){ .arg = "typed" });
	focus("typed");
	type("alpha");
	assert_command("authrack key revoke --reason other");
}

static void a_form_too_long_scrolls_to_its_focus(void **state)
{
	struct frame frame;
	struct area a;

	(void)state;
	frame_init(&frame, 80, 4, true);
	a = area_of(&frame);
	focus("note");
	form_draw(form, &a);
	assert_in_range(form_item(form, "note")->y, 0, 3);
	assert_int_equal(form_item(form, "name")->y, -1);
	focus("name");
	form_draw(form, &a);
	assert_int_equal(form_item(form, "name")->y, 0);
	frame_release(&frame);
}

#define on(open, test) cmocka_unit_test_setup_teardown(test, open, close_form)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on(open_create, fields_become_the_command_line),
		on(open_create, a_wrong_value_is_told_on_leaving_the_field),
		on(open_create, a_check_goes_to_the_first_field_that_is_wrong),
		on(open_create, enter_in_a_field_never_submits),
		on(open_create, a_blocked_button_is_passed_over_and_does_nothing),
		on(open_create, tab_takes_the_first_value_seen),
		on(open_create, a_form_too_long_scrolls_to_its_focus),
		on(open_edit, only_what_changed_is_sent_by_an_edit),
		on(open_edit, an_emptied_field_is_sent_as_empty),
		on(open_edit, an_emptied_expiry_is_said_to_be_never),
		on(open_revoke, choices_turn_with_arrows_and_letters),
		on(open_revoke, a_field_of_the_dialog_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
