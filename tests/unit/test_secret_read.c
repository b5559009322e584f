/* Secrets from descriptors and files: bounded, and from private files only. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/base/secret.h"

struct fixture {
	char *folder, *path;
	struct secret secret;
};

static int set_up(void **state)
{
	struct fixture *f = x_calloc(1, sizeof(*f));

	f->folder = temp_folder();
	f->path = path_join(f->folder, "key");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	secret_release(&f->secret);
	temp_folder_remove(f->folder);
	free(f->path);
	free(f);
	return 0;
}

static enum errc read_pipe(struct secret *s, const char *text, size_t max, struct err *e)
{
	enum errc rc;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(fd_write_all(ends[1], text, strlen(text)));
	close(ends[1]);
	rc = secret_read_fd(s, ends[0], max, "standard input", e);
	close(ends[0]);
	return rc;
}

static void all_of_a_descriptor_is_read(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	assert_well(read_pipe(&f->secret, "abc\n", 100, &e), &e);
	assert_string_equal(secret_reveal(&f->secret), "abc\n");
}

static void an_empty_descriptor_gives_an_empty_secret(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	assert_well(read_pipe(&f->secret, "", 100, &e), &e);
	assert_int_equal(f->secret.len, 0);
}

static void exactly_the_maximum_is_read_and_one_more_refused(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	assert_well(read_pipe(&f->secret, "12345678", 8, &e), &e);
	assert_int_equal(f->secret.len, 8);
	assert_refused(read_pipe(&f->secret, "123456789", 8, &e), ERR_USAGE, &e,
		       "\"standard input\" is longer than 8 bytes");
	assert_null(f->secret.data);
}

static void a_long_secret_grows_while_it_is_read(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char text[9001];

	for (size_t i = 0; i < 9000; i++)
		text[i] = (char)('a' + i % 26);
	text[9000] = '\0';
	assert_well(read_pipe(&f->secret, text, 9000, &e), &e);
	assert_string_equal(secret_reveal(&f->secret), text);
}

static void a_descriptor_that_is_closed_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	assert_refused(secret_read_fd(&f->secret, 900, 8, "it", &e), ERR_USAGE, &e,
		       "Bad file descriptor");
	assert_null(f->secret.data);
}

static void a_private_file_is_read(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	file_put(f->path, "s3cret");
	assert_well(secret_read_file(&f->secret, f->path, 100, &e), &e);
	assert_string_equal(secret_reveal(&f->secret), "s3cret");
	chmod(f->path, 0400);
	assert_well(secret_read_file(&f->secret, f->path, 100, &e), &e);
}

static void a_file_that_others_may_use_is_refused_with_its_mode(void **state)
{
	static const mode_t modes[] = { 0604, 0602, 0601, 0620, 0610, 0644, 0666, 0777 };
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char mode[16];

	file_put(f->path, "s3cret");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		chmod(f->path, modes[i]);
		snprintf(mode, sizeof(mode), "(mode %04o)", (unsigned)modes[i]);
		assert_refused(secret_read_file(&f->secret, f->path, 100, &e), ERR_PERMISSION, &e,
			       mode);
		assert_string_equal(strstr(e.hint, "chmod 600 ") ? "chmod 600 " : e.hint,
				    "chmod 600 ");
		assert_null(f->secret.data);
	}
}

static void group_read_is_refused_but_for_root_and_its_group(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	if (geteuid() != 0)
		return; /* only root can give a file away */
	file_put(f->path, "credential");
	chmod(f->path, 0440);
	assert_well(secret_read_file(&f->secret, f->path, 100, &e), &e);
	assert_int_equal(chown(f->path, 0, 12345), 0);
	assert_refused(secret_read_file(&f->secret, f->path, 100, &e), ERR_PERMISSION, &e, "0440");
}

static void another_users_file_is_refused(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	if (geteuid() != 0)
		return; /* only root can give a file away */
	file_put(f->path, "theirs");
	assert_int_equal(chown(f->path, 12345, 0), 0);
	assert_refused(secret_read_file(&f->secret, f->path, 100, &e), ERR_PERMISSION, &e,
		       "(uid 12345)");
}

static void a_folder_or_device_is_no_secret_file(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	assert_refused(secret_read_file(&f->secret, f->folder, 100, &e), ERR_USAGE, &e,
		       "neither a file nor a pipe");
	assert_refused(secret_read_file(&f->secret, "/dev/null", 100, &e), ERR_USAGE, &e,
		       "neither a file nor a pipe");
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	assert_refused(secret_read_file(&f->secret, f->path, 100, &e), ERR_USAGE, &e,
		       "No such file");
}

static void a_descriptors_path_is_taken_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char path[32];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(fd_write_all(ends[1], "piped", 5));
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_well(secret_read_file(&f->secret, path, 100, &e), &e);
	assert_string_equal(secret_reveal(&f->secret), "piped");
	close(ends[0]);
}

static void a_path_that_only_looks_like_a_descriptor_is_refused(void **state)
{
	static const char *const paths[] = { "/dev/fd/", "/dev/fd/x", "/dev/fd/-1", "/dev/fd/9x",
					     "/dev/fd/99999999999999999999" };
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		assert_int_not_equal(secret_read_file(&f->secret, paths[i], 100, &e), ERR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_of_a_descriptor_is_read),
		TEST(an_empty_descriptor_gives_an_empty_secret),
		TEST(exactly_the_maximum_is_read_and_one_more_refused),
		TEST(a_long_secret_grows_while_it_is_read),
		TEST(a_descriptor_that_is_closed_is_an_error),
		TEST(a_private_file_is_read),
		TEST(a_file_that_others_may_use_is_refused_with_its_mode),
		TEST(group_read_is_refused_but_for_root_and_its_group),
		TEST(another_users_file_is_refused),
		TEST(a_folder_or_device_is_no_secret_file),
		TEST(a_file_that_is_not_there_is_named),
		TEST(a_descriptors_path_is_taken_as_it_is),
		TEST(a_path_that_only_looks_like_a_descriptor_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
