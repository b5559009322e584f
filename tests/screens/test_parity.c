/* Command line and console can do the same: every operation is an action of a screen, or stands
 * here with
 * the reason why it is none. */
#include <string.h>

#include "src/app/op.h"
#include "tests/lib/support.h"
#include "ui/screen.h"

static const struct {
	const char *op, *reason;
} elsewhere[] = {
	{ "key.list", "is the Keys screen itself" },
	{ "provider.list", "is the Providers screen itself" },
	{ "device.list", "is the Device screen itself" },
	{ "grant.list", "is the Grants screen itself" },
	{ "store.rekey", "asks for passphrases on the terminal that the console draws on" },
	{ "serve",
	  "runs until it is told to stop: a unit of the system's, or a terminal of its own" },
	{ "store.upgrade", "a store of another release is refused before there is a console" },
};

static const char *elsewhere_reason(const char *op)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i].op, op) == 0)
			return elsewhere[i].reason;
	return NULL;
}

static bool offered(const char *op)
{
	for (size_t s = 0; screens[s]; s++)
		for (const struct action *a = screens[s]->actions; a->label; a++)
			if (a->op && strcmp(a->op, op) == 0)
				return true;
	return false;
}

static void every_operation_is_in_the_console_or_says_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; op_table[i]; i++)
		if (!offered(op_table[i]->id) && !elsewhere_reason(op_table[i]->id))
			fail_msg("the console can't do %s", op_table[i]->id);
}

static void no_excuse_is_made_for_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (offered(elsewhere[i].op))
			fail_msg("%s is in the console after all", elsewhere[i].op);
}

static void every_action_names_an_operation_of_the_table(void **state)
{
	(void)state;
	for (size_t s = 0; screens[s]; s++)
		for (const struct action *a = screens[s]->actions; a->label; a++)
			if (a->op && !op_find(a->op))
				fail_msg("%s: no operation %s", screens[s]->id, a->op);
}

static void no_screen_has_two_actions_on_one_key(void **state)
{
	(void)state;
	for (size_t s = 0; screens[s]; s++)
		for (const struct action *a = screens[s]->actions; a->label; a++)
			for (const struct action *b = a + 1; b->label; b++)
				if (a->key && a->key == b->key)
					fail_msg("%s: %s and %s", screens[s]->id, a->label,
						 b->label);
}

/* What has no key must be found in the palette. */
static void an_action_without_a_key_has_a_title(void **state)
{
	(void)state;
	for (size_t s = 0; screens[s]; s++)
		for (const struct action *a = screens[s]->actions; a->label; a++)
			if (!a->key && !a->title)
				fail_msg("%s: nobody finds %s", screens[s]->id, a->label);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_in_the_console_or_says_why_not),
		cmocka_unit_test(no_excuse_is_made_for_what_is_there),
		cmocka_unit_test(every_action_names_an_operation_of_the_table),
		cmocka_unit_test(no_screen_has_two_actions_on_one_key),
		cmocka_unit_test(an_action_without_a_key_has_a_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
