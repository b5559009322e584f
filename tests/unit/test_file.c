/* Files: bounded reading, writing that is whole or not at all, folders and paths. */
#include "tests/lib/support.h"

#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

struct fixture {
	char *folder, *path;
};

static int set_up(void **state)
{
	struct fixture *f = x_calloc(1, sizeof(*f));

	f->folder = temp_folder();
	f->path = path_join(f->folder, "file");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	temp_folder_remove(f->folder);
	free(f->path);
	free(f);
	return 0;
}

static void a_file_is_read_whole(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT(100000);
	struct err e = ERR_INIT;
	char text[50001];

	memset(text, 'x', 50000);
	text[50000] = '\0';
	file_put(f->path, text);
	assert_well(file_read(&out, f->path, &e), &e);
	assert_int_equal(out.len, 50000);
	assert_string_equal(buf_text(&out), text);
	buf_release(&out);
}

static void a_file_longer_than_the_buffer_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT(4);
	struct err e = ERR_INIT;

	file_put(f->path, "1234");
	assert_well(file_read(&out, f->path, &e), &e);
	buf_clear(&out);
	file_put(f->path, "12345");
	assert_refused(file_read(&out, f->path, &e), ERR_USAGE, &e, "longer than 4 bytes");
	buf_release(&out);
}

static void what_can_not_be_read_is_named(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT(100);
	struct err e = ERR_INIT;

	assert_refused(file_read(&out, f->path, &e), ERR_USAGE, &e, "No such file");
	assert_refused(file_read(&out, f->folder, &e), ERR_USAGE, &e, "Is a directory");
	buf_release(&out);
}

static void standard_input_is_a_dash(void **state)
{
	struct buf out = BUF_INIT(100);
	struct err e = ERR_INIT;
	int ends[2], before = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(fd_write_all(ends[1], "typed", 5));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_well(file_read(&out, "-", &e), &e);
	assert_string_equal(buf_text(&out), "typed");
	if (before >= 0) {
		dup2(before, STDIN_FILENO);
		close(before);
	}
	buf_release(&out);
}

static void a_new_file_is_private_and_whole(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct stat st;
	char *text;

	umask(0);
	assert_well(file_write_new(f->path, "contents", 8, &e), &e);
	umask(022);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	text = file_get(f->path);
	assert_string_equal(text, "contents");
	free(text);
}

static void a_file_that_exists_is_never_overwritten(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char *link = path_join(f->folder, "link"), *text;

	file_put(f->path, "old");
	assert_int_equal(symlink(f->path, link), 0);
	assert_refused(file_write_new(f->path, "new", 3, &e), ERR_CONFLICT, &e, "File exists");
	assert_refused(file_write_new(link, "new", 3, &e), ERR_CONFLICT, &e, "File exists");
	assert_int_equal(unlink(f->path), 0);
	assert_refused(file_write_new(link, "new", 3, &e), ERR_CONFLICT, &e, "File exists");
	file_put(f->path, "old");
	text = file_get(f->path);
	assert_string_equal(text, "old");
	free(text);
	free(link);
}

/* A file size limit lets the file be made and its contents be refused. */
static void a_file_that_can_not_be_written_is_gone(void **state)
{
	const struct rlimit none = { 0, RLIM_INFINITY };
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct rlimit before;
	enum errc rc;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	rc = file_write_new(f->path, "x", 1, &e);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_refused(rc, ERR_STORE, &e, "File too large");
	assert_int_equal(access(f->path, F_OK), -1);
	assert_refused(file_write_new("/nonexistent/file", "x", 1, &e), ERR_USAGE, &e,
		       "cannot make");
}

static void writing_to_a_full_device_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	assert_false(fd_write_all(fileno(full), "x", 1));
	fclose(full);
}

static void folders_are_made_with_all_above_them(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char *deep = path_join(f->folder, "a/b//c/");
	struct stat st;

	assert_well(folder_make(deep, 0700, &e), &e);
	assert_int_equal(stat(deep, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_well(folder_make(deep, 0700, &e), &e);
	assert_well(folder_make("/", 0700, &e), &e);
	free(deep);
}

static void a_file_in_the_way_of_a_folder_is_named(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char *below = path_join(f->path, "sub");

	file_put(f->path, "");
	assert_refused(folder_make(f->path, 0700, &e), ERR_CONFLICT, &e, "File exists");
	assert_int_not_equal(folder_make(below, 0700, &e), ERR_OK);
	assert_non_null(strstr(e.message, f->path));
	free(below);
}

static void assert_path(char *path, const char *expected)
{
	assert_string_equal(path, expected);
	free(path);
}

static void homes_follow_the_xdg_specification(void **state)
{
	(void)state;
	setenv("HOME", "/home/ada", 1);
	unsetenv("XDG_DATA_HOME");
	assert_path(path_data_home("a.db"), "/home/ada/.local/share/authrack/a.db");
	setenv("XDG_DATA_HOME", "/data", 1);
	assert_path(path_data_home("a.db"), "/data/authrack/a.db");
	setenv("XDG_DATA_HOME", "relative", 1);
	assert_path(path_data_home("a.db"), "/home/ada/.local/share/authrack/a.db");
	setenv("XDG_CONFIG_HOME", "", 1);
	assert_path(path_config_home("config"), "/home/ada/.config/authrack/config");
	assert_path(path_config_home(""), "/home/ada/.config/authrack");
	setenv("XDG_CONFIG_HOME", "/etc/xdg/", 1);
	assert_path(path_config_home("config"), "/etc/xdg/authrack/config");
}

static void without_a_home_the_user_database_is_asked(void **state)
{
	struct passwd *me = getpwuid(geteuid());
	char *expected = path_join(me ? me->pw_dir : "/", ".config/authrack/config");

	(void)state;
	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	assert_path(path_config_home("config"), expected);
	setenv("HOME", "relative", 1);
	assert_path(path_config_home("config"), expected);
	free(expected);
}

static void paths_are_joined_with_one_slash(void **state)
{
	(void)state;
	assert_path(path_join("/a", "b"), "/a/b");
	assert_path(path_join("/a/", "b"), "/a/b");
	assert_path(path_join("/", "b"), "/b");
	assert_path(path_join("/a", NULL), "/a");
}

static void the_parent_of_a_path_is_where_it_lies(void **state)
{
	(void)state;
	assert_path(path_parent("/a/b"), "/a");
	assert_path(path_parent("/a/b//"), "/a");
	assert_path(path_parent("/a"), "/");
	assert_path(path_parent("/"), "/");
	assert_path(path_parent("a"), ".");
	assert_path(path_parent("a/b"), "a");
	assert_path(path_parent("a//b"), "a");
	assert_path(path_parent(""), ".");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_read_whole),
		TEST(a_file_longer_than_the_buffer_is_refused),
		TEST(what_can_not_be_read_is_named),
		TEST(standard_input_is_a_dash),
		TEST(a_new_file_is_private_and_whole),
		TEST(a_file_that_exists_is_never_overwritten),
		TEST(a_file_that_can_not_be_written_is_gone),
		TEST(writing_to_a_full_device_is_told),
		TEST(folders_are_made_with_all_above_them),
		TEST(a_file_in_the_way_of_a_folder_is_named),
		TEST(homes_follow_the_xdg_specification),
		TEST(without_a_home_the_user_database_is_asked),
		TEST(paths_are_joined_with_one_slash),
		TEST(the_parent_of_a_path_is_where_it_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
