/* Scanning: what is found where, what it says of it, and what is passed over. */
#include "tests/lib/op_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/app/scan_text.h"
#include "src/base/secret_format.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

#define AWS_ID "AKIAIOSFODNN7EXAMPLE"

/* A new key's secret, kept. */
static void create(struct op_run *r, const char *name, const char *prefix, char out[128])
{
	assert_run(r, "key.create", "name", name, "prefix", prefix, NULL);
	snprintf(out, 128, "%s", r->secret);
}

static enum errc scan_text_of(struct op_run *r, const char *text)
{
	char *path = op_run_file(r, "leak.txt", text);
	enum errc rc = op_run(r, "key.scan", "path", path, NULL);

	free(path);
	return rc;
}

static enum errc scan_format(struct op_run *r, const char *format, const char *secret)
{
	char *text = x_asprintf("%s%s%s", format, secret, "\" # end\n");
	enum errc rc = scan_text_of(r, text);

	free(text);
	return rc;
}

/* --- finding ---------------------------------------------------------------------------------- */

static void a_live_secret_is_found_with_place_and_key_and_the_answer_is_1(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "billing", "ak", secret);
	assert_int_equal(scan_format(r, "first line\n  token = \"", secret), ERR_NO);
	assert_int_equal(json_count(r->rows), 1);
	assert_int_equal(op_run_int(r, 0, "line"), 2);
	assert_int_equal(op_run_int(r, 0, "column"), 12);
	assert_string_equal(op_run_text(r, 0, "kind"), "authrack");
	assert_string_equal(op_run_text(r, 0, "name"), "billing");
	assert_string_equal(op_run_text(r, 0, "status"), "active");
	assert_int_equal(op_run_int(r, 0, "version"), 1);
	assert_true(op_run_bool(r, 0, "live"));
}

static void what_is_shown_never_holds_the_secret(void **state)
{
	struct op_run *r = *state;
	struct buf row = BUF_INIT(65536);
	char secret[128];

	create(r, "billing", "ak", secret);
	scan_format(r, "", secret);
	json_write(&row, json_at(r->rows, 0));
	assert_null(strstr(buf_text(&row), secret));
	assert_null(strstr(buf_text(&row), secret + strlen(secret) - 20));
	assert_non_null(strstr(op_run_text(r, 0, "masked"), "…"));
	buf_release(&row);
}

static void a_dead_secret_is_told_and_the_answer_is_0(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "old", "ak", secret);
	assert_run(r, "key.revoke", "key", "old", NULL);
	assert_int_equal(scan_format(r, "", secret), ERR_OK);
	assert_string_equal(op_run_text(r, 0, "status"), "revoked");
	assert_false(op_run_bool(r, 0, "live"));
}

static void a_secret_that_may_come_to_life_counts_as_live(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "paused", "ak", secret);
	assert_run(r, "key.disable", "key", "paused", NULL);
	assert_int_equal(scan_format(r, "", secret), ERR_NO);
	assert_string_equal(op_run_text(r, 0, "status"), "disabled");
}

static void a_retired_version_is_dead_and_one_in_grace_is_live(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "turning", "ak", secret);
	assert_run(r, "key.rotate", "key", "turning", "grace", "1h", NULL);
	assert_int_equal(scan_format(r, "", secret), ERR_NO);
	test_clock_advance(&r->clock, 2 * HOUR_MS);
	assert_int_equal(scan_format(r, "", secret), ERR_OK);
	assert_string_equal(op_run_text(r, 0, "status"), "retired");
}

static void a_secret_of_another_store_is_of_unknown_state(void **state)
{
	struct op_run *r = *state;
	struct secret s = SECRET_INIT;
	struct secret_parts parts;

	assert_run(r, "key.create", "name", "any", NULL);
	secret_generate(&s, &parts, "ak");
	assert_int_equal(scan_format(r, "", secret_reveal(&s)), ERR_OK);
	assert_string_equal(op_run_text(r, 0, "status"), "unknown");
	assert_string_equal(op_run_text(r, 0, "secret_id"), parts.secret_id);
	assert_null(op_run_text(r, 0, "id"));
	secret_release(&s);
}

static void prefixes_with_underscores_are_told_apart_by_the_checksum(void **state)
{
	static const char *const before[] = {
		"", "x=", "KEY_", "export my_", "_", "9", "https://h/?k=", "a_b_c_d_e_f_g_h_",
	};
	struct op_run *r = *state;
	char secret[128];

	create(r, "pre", "my_app_v2", secret);
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		assert_int_equal(scan_format(r, before[i], secret), ERR_NO);
		assert_int_equal(op_run_int(r, 0, "column"), (int)strlen(before[i]) + 1);
	}
}

static void several_on_one_line_are_each_found(void **state)
{
	struct op_run *r = *state;
	char a[128], b[128], *text;

	create(r, "a", "ak", a);
	create(r, "b", "ak", b);
	text = x_asprintf("%s%s,%s\n", a, b, AWS_ID);
	assert_int_equal(scan_text_of(r, text), ERR_NO);
	assert_int_equal(json_count(r->rows), 3);
	assert_string_equal(op_run_text(r, 0, "name"), "a");
	assert_string_equal(op_run_text(r, 1, "name"), "b");
	assert_string_equal(op_run_text(r, 2, "kind"), "aws");
	free(text);
}

static void other_vendors_credentials_say_where_to_revoke(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "any", NULL);
	assert_int_equal(scan_text_of(r, "aws_access_key_id=" AWS_ID "\n"), ERR_OK);
	assert_string_equal(op_run_text(r, 0, "kind"), "aws");
	assert_string_equal(op_run_text(r, 0, "masked"), "AKIA…");
	assert_non_null(strstr(op_run_text(r, 0, "revoke_at"), "IAM"));
	assert_string_equal(op_run_text(r, 0, "status"), "unknown");
}

static void an_imported_foreign_credential_is_known_by_name(void **state)
{
	static const char file[] = "name,secret\ngh,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\n";
	struct op_run *r = *state;
	char *path = op_run_file(r, "in.csv", file);

	assert_run(r, "key.import", "file", path, NULL);
	assert_int_equal(op_run(r, "key.scan", "path", path, NULL), ERR_NO);
	assert_string_equal(op_run_text(r, 0, "kind"), "github");
	assert_string_equal(op_run_text(r, 0, "name"), "gh");
	free(path);
}

/* --- what is no find -------------------------------------------------------------------------- */

static void a_wrong_checksum_is_no_find(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "any", "ak", secret);
	secret[20] = secret[20] == 'x' ? 'y' : 'x';
	assert_int_equal(scan_format(r, "", secret), ERR_OK);
	assert_int_equal(json_count(r->rows), 0);
	scan_text_of(r, "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18\n");
	assert_int_equal(json_count(r->rows), 0);
}

static void the_middle_of_a_word_is_no_find(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "any", NULL);
	scan_text_of(r, "X" AWS_ID "\n" AWS_ID "X\n_" AWS_ID "\n");
	assert_int_equal(json_count(r->rows), 0);
}

/* --- files and folders ------------------------------------------------------------------------ */

static void a_find_across_blocks_and_in_a_long_line_has_its_place(void **state)
{
	struct op_run *r = *state;
	struct buf text = BUF_INIT(4 * 1024 * 1024);
	char secret[128];
	size_t places[] = { 0, 200000, 253850, 262100, 262144, 524288 - 30 };

	create(r, "any", "ak", secret);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		buf_clear(&text);
		while (text.len < places[i])
			buf_add_char(&text, '.');
		buf_add_text(&text, secret);
		buf_add_text(&text, "\n");
		assert_int_equal(scan_text_of(r, buf_text(&text)), ERR_NO);
		assert_int_equal(json_count(r->rows), 1);
		assert_int_equal(op_run_int(r, 0, "column"), (int64_t)places[i] + 1);
		assert_int_equal(op_run_int(r, 0, "line"), 1);
	}
	buf_release(&text);
}

static void folders_are_walked_without_following_links(void **state)
{
	struct op_run *r = *state;
	char secret[128], *folder, *deep, *file, *link, *text;

	create(r, "any", "ak", secret);
	folder = path_join(r->folder, "tree");
	deep = path_join(folder, "a");
	file = path_join(deep, "leak");
	link = path_join(folder, "loop");
	assert_well(folder_make(deep, 0700, &r->e), &r->e);
	text = x_asprintf("%s\n", secret);
	file_put(file, text);
	assert_int_equal(symlink(folder, link), 0);
	assert_int_equal(op_run(r, "key.scan", "path", folder, NULL), ERR_NO);
	assert_int_equal(json_count(r->rows), 1);
	assert_string_equal(op_run_text(r, 0, "file"), file);
	assert_int_equal(op_run(r, "key.scan", "path", link, NULL), ERR_NO); /* named: followed */
	free(folder);
	free(deep);
	free(file);
	free(link);
	free(text);
}

static void a_large_binary_file_is_passed_over_and_named_unless_wanted(void **state)
{
	struct op_run *r = *state;
	char secret[128], *path;
	int fd;

	create(r, "any", "ak", secret);
	path = op_run_file(r, "core", secret);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(ftruncate(fd, 17 * 1024 * 1024), 0);
	close(fd);
	assert_run(r, "key.scan", "path", path, NULL);
	assert_non_null(strstr(buf_text(&r->notes), "passed over: binary"));
	assert_int_equal(op_run(r, "key.scan", "path", path, "binary", "", NULL), ERR_NO);
	free(path);
}

static void what_cannot_be_read_is_no_clean_answer(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "any", NULL);
	assert_run_refused(r, ERR_PERMISSION, "could not be", "key.scan", "path", "/etc/passwd/x",
			   NULL);
	assert_non_null(strstr(buf_text(&r->notes), "/etc/passwd/x"));
}

static void a_hostile_file_name_is_safe_in_notes(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "key.create", "name", "any", NULL);
	op_run(r, "key.scan", "path", "/etc/passwd/\033[31mred", NULL);
	assert_null(strchr(buf_text(&r->notes), '\033'));
}

/* --- the scanner by itself -------------------------------------------------------------------- */

static enum errc stop_at_once(void *arg, const struct scan_hit *hit, struct err *e)
{
	size_t *hits = arg;

	(void)hit;
	++*hits;
	return err_set(e, ERR_CANCELLED, "enough");
}

static void a_callback_ends_the_scan(void **state)
{
	size_t hits = 0;
	struct scan scan = { .found = stop_at_once, .arg = &hits };
	struct err e = ERR_INIT;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(fd_write_all(ends[1], AWS_ID " " AWS_ID "\n", 42));
	close(ends[1]);
	assert_int_equal(scan_fd(ends[0], &scan, &e), ERR_CANCELLED);
	assert_int_equal(hits, 1);
	close(ends[0]);
}

static void a_descriptor_that_cannot_be_read_is_an_error(void **state)
{
	struct scan scan = { .found = stop_at_once };
	struct err e = ERR_INIT;

	(void)state;
	assert_refused(scan_fd(-1, &scan, &e), ERR_PERMISSION, &e, "cannot read");
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, op_run_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_live_secret_is_found_with_place_and_key_and_the_answer_is_1),
		WITH_STORE(what_is_shown_never_holds_the_secret),
		WITH_STORE(a_dead_secret_is_told_and_the_answer_is_0),
		WITH_STORE(a_secret_that_may_come_to_life_counts_as_live),
		WITH_STORE(a_retired_version_is_dead_and_one_in_grace_is_live),
		WITH_STORE(a_secret_of_another_store_is_of_unknown_state),
		WITH_STORE(prefixes_with_underscores_are_told_apart_by_the_checksum),
		WITH_STORE(several_on_one_line_are_each_found),
		WITH_STORE(other_vendors_credentials_say_where_to_revoke),
		WITH_STORE(an_imported_foreign_credential_is_known_by_name),
		WITH_STORE(a_wrong_checksum_is_no_find),
		WITH_STORE(the_middle_of_a_word_is_no_find),
		WITH_STORE(a_find_across_blocks_and_in_a_long_line_has_its_place),
		WITH_STORE(folders_are_walked_without_following_links),
		WITH_STORE(a_large_binary_file_is_passed_over_and_named_unless_wanted),
		WITH_STORE(what_cannot_be_read_is_no_clean_answer),
		WITH_STORE(a_hostile_file_name_is_safe_in_notes),
		cmocka_unit_test(a_callback_ends_the_scan),
		cmocka_unit_test(a_descriptor_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
