/* The sink of the command line: what comes out for people, programs and --quiet, how a secret leaves,
 * and what a failing output does. */
#include "tests/lib/support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/cli/printer.h"

static const struct op_column columns[] = {
	{ "id", "ID", COLUMN_TEXT, "" },
	{ "name", "NAME", COLUMN_TEXT, "" },
	{ .name = NULL },
};
static const struct op one = { .id = "test.one", .columns = columns };
static const struct op many = { .id = "test.many", .columns = columns, .flags = OP_LIST };

struct fixture {
	struct settings settings;
	struct printer printer;
	struct json *row;
	struct secret secret;
	struct err e;
	int pipe[2];
	char text[4096];
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .row = json_object_new() };
	json_set_text(f.row, "id", "key_1");
	json_set_text(f.row, "name", "a\033b");
	secret_set(&f.secret, "ak_0123", 7);
	assert_int_equal(pipe(f.pipe), 0);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	printer_release(&f->printer);
	json_free(f->row);
	secret_release(&f->secret);
	close(f->pipe[0]);
	close(f->pipe[1]);
	return 0;
}

static const struct op_sink *begin(struct fixture *f, const struct op *op)
{
	printer_init(&f->printer, &f->settings, op);
	f->printer.out.fd = f->pipe[1];
	return &f->printer.sink;
}

/* What has arrived at the other end so far. */
static const char *arrived(struct fixture *f)
{
	ssize_t len;

	fcntl(f->pipe[0], F_SETFL, O_NONBLOCK);
	len = read(f->pipe[0], f->text, sizeof(f->text) - 1);
	f->text[len > 0 ? len : 0] = '\0';
	return f->text;
}

static void a_record_for_people_is_lines(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink = begin(f, &one);

	assert_well(sink->record(sink->arg, &one, f->row, &f->e), &f->e);
	assert_well(sink->record(sink->arg, &one, f->row, &f->e), &f->e);
	assert_string_equal(arrived(f), "");
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_string_equal(arrived(f), "id:     key_1\nname:   a<U+001B>b\n\n"
					"id:     key_1\nname:   a<U+001B>b\n");
}

static void records_of_a_list_are_a_table(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink = begin(f, &many);

	assert_well(sink->record(sink->arg, &many, f->row, &f->e), &f->e);
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_string_equal(arrived(f), "ID     NAME\nkey_1  a<U+001B>b\n");
}

static void json_is_one_line_a_record(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink;

	f->settings.json = true;
	sink = begin(f, &many);
	assert_well(sink->record(sink->arg, &many, f->row, &f->e), &f->e);
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_string_equal(arrived(f), "{\"id\":\"key_1\",\"name\":\"a\\u001bb\"}\n");
}

/* Half of an answer is none: a program would read it, or fail on it. */
static void json_that_is_too_long_is_refused(void **state)
{
	enum { SIZE = 1 << 26 };
	struct fixture *f = *state;
	const struct op_sink *sink;
	char *text = x_malloc(SIZE + 1);

	memset(text, 'x', SIZE);
	text[SIZE] = '\0';
	json_set_text(f->row, "name", text);
	free(text);
	f->settings.json = true;
	sink = begin(f, &one);
	assert_refused(sink->record(sink->arg, &one, f->row, &f->e), ERR_USAGE, &f->e,
		       "longer than 64 MiB");
	assert_string_equal(arrived(f), "");
}

static void quiet_is_the_id(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink;

	f->settings.quiet = true;
	sink = begin(f, &one);
	assert_well(sink->record(sink->arg, &one, f->row, &f->e), &f->e);
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_string_equal(arrived(f), "key_1\n");
}

static void a_secret_is_out_when_reveal_returns(void **state)
{
	static const struct {
		bool json, quiet;
		const char *text;
	} forms[] = {
		{ false, false, "id:     key_1\nname:   a<U+001B>b\nsecret: ak_0123\n" },
		{ true, false,
		  "{\"id\":\"key_1\",\"name\":\"a\\u001bb\",\"secret\":\"ak_0123\"}\n" },
		{ false, true, "ak_0123\n" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct op_sink *sink;

		f->settings.json = forms[i].json;
		f->settings.quiet = forms[i].quiet;
		sink = begin(f, &one);
		assert_well(sink->reveal(sink->arg, &one, f->row, &f->secret, &f->e), &f->e);
		assert_string_equal(arrived(f), forms[i].text);
		printer_release(&f->printer);
	}
}

static void a_record_without_members_keeps_its_braces(void **state)
{
	struct fixture *f = *state;
	struct json *empty = json_object_new();
	const struct op_sink *sink;

	f->settings.json = true;
	sink = begin(f, &one);
	assert_well(sink->reveal(sink->arg, &one, empty, &f->secret, &f->e), &f->e);
	assert_string_equal(arrived(f), "{\"secret\":\"ak_0123\"}\n");
	json_free(empty);
}

static void a_reveal_into_a_full_or_closed_output_fails(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink = begin(f, &one);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	f->printer.out.fd = full;
	assert_refused(sink->reveal(sink->arg, &one, f->row, &f->secret, &f->e), ERR_STORE, &f->e,
		       "No space left");
	close(full);
	printer_release(&f->printer);
	sink = begin(f, &one);
	f->printer.out.fd = -1;
	assert_refused(sink->reveal(sink->arg, &one, f->row, &f->secret, &f->e), ERR_STORE, &f->e,
		       "standard output");
	assert_refused(sink->record(sink->arg, &one, f->row, &f->e)
			       ? f->e.code
			       : printer_finish(&f->printer, true, &f->e),
		       ERR_STORE, &f->e, "standard output");
}

static void nobody_is_asked_with_yes(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink;

	f->settings.yes = true;
	sink = begin(f, &one);
	assert_well(sink->confirm(sink->arg, "really?", &f->e), &f->e);
}

static void what_was_not_printed_can_be_dropped(void **state)
{
	struct fixture *f = *state;
	const struct op_sink *sink = begin(f, &one);

	assert_well(sink->text(sink->arg, "half", 4, &f->e), &f->e);
	out_drop(&f->printer.out);
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_string_equal(arrived(f), "");
	assert_well(sink->text(sink->arg, "one", 3, &f->e), &f->e);
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_well(sink->text(sink->arg, "two", 3, &f->e), &f->e);
	out_drop(&f->printer.out);
	assert_well(printer_finish(&f->printer, true, &f->e), &f->e);
	assert_string_equal(arrived(f), "onetwo");
}

#define POINT(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POINT(a_record_for_people_is_lines),
		POINT(records_of_a_list_are_a_table),
		POINT(json_is_one_line_a_record),
		POINT(json_that_is_too_long_is_refused),
		POINT(quiet_is_the_id),
		POINT(a_secret_is_out_when_reveal_returns),
		POINT(a_record_without_members_keeps_its_braces),
		POINT(a_reveal_into_a_full_or_closed_output_fails),
		POINT(nobody_is_asked_with_yes),
		POINT(what_was_not_printed_can_be_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
