/* The files of JSONTestSuite, read by both parsers: each as its name demands (y_ accepted, n_ refused,
 * i_ either), and both alike but for the files listed here. A difference between two parsers is an
 * attack. Skipped where the files are not beside the checkout. */
#include "tests/lib/support.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/json.h"
#include "src/token/lossless.h"

#define FOLDER "../shared/vectors/json"

/* What the reader accepts and json_parse() refuses: both may (RFC 8259 §4, §6, §9). */
static const struct {
	const char *file, *why;
} differences[] = {
	{ "i_number_huge_exp.json", "a double can't hold it" },
	{ "i_number_neg_int_huge_exp.json", "a double can't hold it" },
	{ "i_number_pos_double_huge_exp.json", "a double can't hold it" },
	{ "i_number_real_neg_overflow.json", "a double can't hold it" },
	{ "i_number_real_pos_overflow.json", "a double can't hold it" },
	{ "i_number_too_big_neg_int.json", "64 bits can't hold it" },
	{ "i_number_too_big_pos_int.json", "64 bits can't hold it" },
	{ "i_number_very_big_negative_int.json", "64 bits can't hold it" },
	{ "y_object_duplicated_key.json", "a name occurs twice" },
	{ "y_object_duplicated_key_and_value.json", "a name occurs twice" },
	{ "y_object_escaped_null_in_key.json", "NUL in a name" },
	{ "y_string_null_escape.json", "NUL in a string" },
};

static bool may_differ(const char *file)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++)
		if (!strcmp(differences[i].file, file))
			return true;
	return false;
}

/* How the two parsers took a file. */
struct answers {
	bool lossless, parsed, duplicates;
};

static struct answers ask(const char *file)
{
	struct buf text = BUF_INIT(16 * 1024 * 1024);
	char *path = path_join(FOLDER, file);
	struct err e = ERR_INIT;
	struct answers a;
	struct lossless l;
	struct json *v;

	assert_well(file_read(&text, path, &e), &e);
	a.lossless = lossless_read(&l, buf_text(&text), text.len);
	a.duplicates = l.duplicates;
	a.parsed = json_parse(&v, buf_text(&text), text.len, &e) == ERR_OK;
	assert_true(a.lossless == !l.error);
	for (size_t i = 0; i < l.count; i++)
		assert_true(l.values[i].begin <= l.values[i].end && l.values[i].end <= text.len);
	json_free(v);
	lossless_release(&l);
	buf_release(&text);
	free(path);
	return a;
}

static void every_file_is_taken_as_its_name_demands(void **state)
{
	DIR *folder = opendir(FOLDER);
	size_t accepted = 0, refused = 0;

	(void)state;
	if (!folder)
		SKIP_TEST("no " FOLDER " beside this checkout");
	for (const struct dirent *entry; (entry = readdir(folder));) {
		const char *file = entry->d_name;
		struct answers a;

		if (!strchr("yni", file[0]) || file[1] != '_')
			continue;
		a = ask(file);
		if (file[0] == 'y' ? !a.lossless : file[0] == 'n' && (a.lossless || a.parsed))
			fail_msg("%s: %s", file, a.lossless ? "accepted" : "refused");
		accepted += a.lossless;
		refused += !a.lossless;
	}
	closedir(folder);
	assert_true(accepted > 90 && refused > 180);
}

static void both_parsers_give_the_same_answer(void **state)
{
	DIR *folder = opendir(FOLDER);
	size_t different = 0;

	(void)state;
	if (!folder)
		SKIP_TEST("no " FOLDER " beside this checkout");
	for (const struct dirent *entry; (entry = readdir(folder));) {
		const char *file = entry->d_name;
		struct answers a;

		if (!strchr("yni", file[0]) || file[1] != '_')
			continue;
		a = ask(file);
		if (a.lossless == a.parsed)
			continue;
		if (a.parsed || !may_differ(file))
			fail_msg("%s: the parsers differ", file);
		different++;
	}
	closedir(folder);
	assert_int_equal(different, sizeof(differences) / sizeof(*differences));
}

static void only_a_name_that_occurs_twice_is_told_as_such(void **state)
{
	DIR *folder = opendir(FOLDER);

	(void)state;
	if (!folder)
		SKIP_TEST("no " FOLDER " beside this checkout");
	for (const struct dirent *entry; (entry = readdir(folder));) {
		const char *file = entry->d_name;

		if (!strncmp(file, "y_", 2))
			assert_int_equal(ask(file).duplicates,
					 !strncmp(file, "y_object_duplicated_key", 23));
	}
	closedir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_taken_as_its_name_demands),
		cmocka_unit_test(both_parsers_give_the_same_answer),
		cmocka_unit_test(only_a_name_that_occurs_twice_is_told_as_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
