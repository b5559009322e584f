/* The configuration file and what wins over it. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/cli/settings.h"

struct fixture {
	char *folder, *path;
	struct op_args *globals;
	struct settings settings;
	struct err e;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .folder = temp_folder() };
	f.path = path_join(f.folder, "config");
	f.globals = op_args_new(&global_options);
	unsetenv("AUTHRACK_STORE");
	unsetenv("NO_COLOR");
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	settings_release(&f->settings);
	op_args_free(f->globals);
	free(f->path);
	temp_folder_remove(f->folder);
	return 0;
}

static enum errc load(struct fixture *f, const char *text)
{
	file_put(f->path, text);
	if (!op_has(f->globals, "config"))
		assert_well(op_args_add(f->globals, "config", f->path, &f->e), &f->e);
	return settings_load(&f->settings, f->globals, &f->e);
}

static void every_name_is_taken(void **state)
{
	struct fixture *f = *state;

	assert_well(load(f, "# mine\n\n  store = /srv/a b.db \nmaster-key=/k\n"
			    "theme = 256\nmouse = off\ntime = utc"),
		    &f->e);
	assert_string_equal(f->settings.store, "/srv/a b.db");
	assert_string_equal(f->settings.master_key, "/k");
	assert_string_equal(f->settings.theme, "256");
	assert_true(f->settings.mouse_off);
	assert_int_equal(f->settings.times, SHOW_UTC);
}

static void an_unknown_name_is_named_with_its_line(void **state)
{
	struct fixture *f = *state;

	assert_refused(load(f, "mouse = on\nmuose = on\n"), ERR_USAGE, &f->e, "\"muose\"");
	assert_refused(load(f, "mouse = on\nmuose = on\n"), ERR_USAGE, &f->e, "line 2");
}

static void what_is_no_line_or_no_value_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_refused(load(f, "mouse\n"), ERR_USAGE, &f->e, "line 1");
	assert_refused(load(f, "mouse = maybe\n"), ERR_USAGE, &f->e, "\"maybe\"");
	assert_refused(load(f, "time = local\n"), ERR_USAGE, &f->e, "relative, exact, utc");
	assert_refused(load(f, "store =\n"), ERR_USAGE, &f->e, "no value");
}

static void hostile_text_in_the_file_is_told_harmlessly(void **state)
{
	struct fixture *f = *state;

	assert_refused(load(f, "\033]0;x\007 = 1\n"), ERR_USAGE, &f->e, "<U+001B>");
}

static void a_named_file_must_exist_and_the_usual_one_need_not(void **state)
{
	struct fixture *f = *state;

	setenv("XDG_CONFIG_HOME", f->folder, 1);
	assert_well(settings_load(&f->settings, f->globals, &f->e), &f->e);
	assert_well(op_args_add(f->globals, "config", "/nonexistent", &f->e), &f->e);
	assert_int_not_equal(settings_load(&f->settings, f->globals, &f->e), ERR_OK);
}

static void option_wins_over_environment_over_file(void **state)
{
	struct fixture *f = *state;

	setenv("AUTHRACK_STORE", "/from/environment", 1);
	assert_well(load(f, "store = /from/file\n"), &f->e);
	assert_string_equal(f->settings.store, "/from/environment");
	assert_well(op_args_add(f->globals, "store", "/from/option", &f->e), &f->e);
	assert_well(load(f, "store = /from/file\n"), &f->e);
	assert_string_equal(f->settings.store, "/from/option");
	unsetenv("AUTHRACK_STORE");
}

static void no_color_counts_when_it_is_not_empty(void **state)
{
	struct fixture *f = *state;

	setenv("NO_COLOR", "", 1);
	assert_well(load(f, ""), &f->e);
	assert_false(f->settings.no_color);
	setenv("NO_COLOR", "1", 1);
	assert_well(load(f, ""), &f->e);
	assert_true(f->settings.no_color);
	unsetenv("NO_COLOR");
}

#define POINT(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POINT(every_name_is_taken),
		POINT(an_unknown_name_is_named_with_its_line),
		POINT(what_is_no_line_or_no_value_is_refused),
		POINT(hostile_text_in_the_file_is_told_harmlessly),
		POINT(a_named_file_must_exist_and_the_usual_one_need_not),
		POINT(option_wins_over_environment_over_file),
		POINT(no_color_counts_when_it_is_not_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
