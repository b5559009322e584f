/* The operation table as the command line needs it, and that help, completion and parsing show
 * all of it. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/completion.h"
#include "src/cli/help.h"
#include "src/cli/settings.h"
#include "src/cli/table.h"

/* Calls a check for each argument of each command. */
static void each_arg(void (*check)(const struct op *op, const struct arg *arg))
{
	const struct op *op;

	for (size_t i = 0; (op = command_at(i)); i++)
		for (const struct arg *a = op->args; a && a->name; a++)
			check(op, a);
}

static void check_named_once(const struct op *op, const struct arg *arg)
{
	for (const struct arg *a = op->args; a < arg; a++) {
		if (strcmp(a->name, arg->name) == 0)
			fail_msg("%s has \"%s\" twice", op->id, arg->name);
		if (arg->letter && a->letter == arg->letter)
			fail_msg("%s has -%c twice", op->id, arg->letter);
	}
}

static void an_option_has_its_name_and_letter_for_itself(void **state)
{
	(void)state;
	each_arg(check_named_once);
}

static void check_global_clash(const struct op *op, const struct arg *arg)
{
	for (const struct arg *g = global_options.args; g->name; g++) {
		bool same = strcmp(g->name, arg->name) == 0;

		if (arg->flags & ARG_POSITIONAL)
			continue;
		if (same && (g->type != arg->type || g->letter != arg->letter))
			fail_msg("%s: --%s is a global option of another kind", op->id, g->name);
		if (!same && g->letter && g->letter == arg->letter)
			fail_msg("%s: -%c is the global --%s", op->id, g->letter, g->name);
	}
}

static void no_option_hides_a_global_one(void **state)
{
	(void)state;
	each_arg(check_global_clash);
}

static void check_explained(const struct op *op, const struct arg *arg)
{
	size_t len = arg->help ? strlen(arg->help) : 0;

	if (!len || arg->help[len - 1] == '.')
		fail_msg("%s: the help of \"%s\" is empty or ends with a full stop", op->id,
			 arg->name);
	if (arg->type == ARG_CHOICE && !arg->choices)
		fail_msg("%s: \"%s\" has no choices", op->id, arg->name);
}

static void every_option_is_explained_in_one_line(void **state)
{
	(void)state;
	each_arg(check_explained);
}

static void check_in_help(const struct op *op, const struct arg *arg)
{
	struct buf help = BUF_INIT(HELP_MAX), option = BUF_INIT(256);

	help_command(&help, op);
	help_option(&option, arg);
	if (!strstr(buf_text(&help), buf_text(&option)))
		fail_msg("the help of %s lacks \"%s\"", op->id, buf_text(&option));
	buf_release(&help);
	buf_release(&option);
}

static void help_has_every_option_of_the_table(void **state)
{
	(void)state;
	each_arg(check_in_help);
}

static void help_of_the_program_has_every_noun_and_verb(void **state)
{
	struct buf help = BUF_INIT(HELP_MAX);
	const struct op *op;
	char noun[NOUN_SIZE];

	(void)state;
	help_program(&help);
	for (size_t i = 0; (op = command_at(i)); i++) {
		assert_non_null(strstr(buf_text(&help), command_noun(op, noun)));
		if (command_verb(op))
			assert_non_null(strstr(buf_text(&help), command_verb(op)));
	}
	buf_release(&help);
}

static void help_fits_eighty_columns(void **state)
{
	const struct op *op;

	(void)state;
	for (size_t i = 0; (op = command_at(i)); i++) {
		struct buf help = BUF_INIT(HELP_MAX);
		char *rest, *line;

		help_command(&help, op);
		rest = strstr(help.data, "\nexamples:");
		if (rest)
			*rest = '\0';
		rest = strstr(help.data, "\n\n");
		while ((line = strsep(&rest, "\n")))
			if (strlen(line) > 80)
				fail_msg("%s: \"%s\" is too wide", op->id, line);
		buf_release(&help);
	}
}

static void every_noun_has_a_summary(void **state)
{
	const struct op *op;
	char noun[NOUN_SIZE];

	(void)state;
	for (size_t i = 0; (op = command_at(i)); i++)
		if (command_verb(op) && !*command_noun_summary(command_noun(op, noun)))
			fail_msg("noun \"%s\" has no summary", noun);
}

static void a_list_has_columns_that_a_table_takes(void **state)
{
	const struct op *op;

	(void)state;
	for (size_t i = 0; (op = command_at(i)); i++) {
		size_t titled = 0;

		for (const struct op_column *c = op->columns; c && c->name; c++)
			titled += c->title != NULL;
		if (op->flags & OP_LIST && (!titled || titled > TABLE_COLUMNS))
			fail_msg("%s has %zu columns with a title", op->id, titled);
	}
}

static void commands_are_found_by_their_words(void **state)
{
	const struct op *op;
	char noun[NOUN_SIZE];

	(void)state;
	for (size_t i = 0; (op = command_at(i)); i++)
		assert_ptr_equal(op, command_find(command_noun(op, noun), command_verb(op)));
	assert_null(command_find("key", NULL));
	assert_null(command_find("key", "creat"));
	assert_null(command_find("ke", "create"));
}

static void check_in_script(void (*write)(struct buf *out), const char *format)
{
	struct buf script = BUF_INIT(HELP_MAX);
	const struct op *op;

	write(&script);
	for (size_t i = 0; (op = command_at(i)); i++) {
		for (const struct arg *a = op->args; a && a->name; a++) {
			char option[80];

			snprintf(option, sizeof(option), "%s%s", format, a->name);
			if (!(a->flags & ARG_POSITIONAL) && !strstr(buf_text(&script), option))
				fail_msg("\"%s\" of %s is not completed", option, op->id);
		}
	}
	assert_false(script.full);
	buf_release(&script);
}

static void completion_has_every_option(void **state)
{
	(void)state;
	check_in_script(completion_bash, "--");
	check_in_script(completion_zsh, "--");
	check_in_script(completion_fish, "-l ");
}

static void an_unknown_topic_is_refused(void **state)
{
	struct buf help = BUF_INIT(HELP_MAX);
	struct err e = ERR_INIT;

	(void)state;
	assert_refused(help_topic(&help, "nonsense", NULL, &e), ERR_USAGE, &e, "nonsense");
	assert_refused(help_topic(&help, "key", "lisr", &e), ERR_USAGE, &e, "key list");
	buf_release(&help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_has_its_name_and_letter_for_itself),
		cmocka_unit_test(no_option_hides_a_global_one),
		cmocka_unit_test(every_option_is_explained_in_one_line),
		cmocka_unit_test(help_has_every_option_of_the_table),
		cmocka_unit_test(help_of_the_program_has_every_noun_and_verb),
		cmocka_unit_test(help_fits_eighty_columns),
		cmocka_unit_test(every_noun_has_a_summary),
		cmocka_unit_test(a_list_has_columns_that_a_table_takes),
		cmocka_unit_test(commands_are_found_by_their_words),
		cmocka_unit_test(completion_has_every_option),
		cmocka_unit_test(an_unknown_topic_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
