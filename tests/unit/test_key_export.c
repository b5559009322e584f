/* Exporting: what stands in it, what never does, and that an import takes it back. */
#include "tests/lib/op_run.h"

#include <stdio.h>
#include <string.h>

#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/csv.h"

static size_t lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* The cell of a column in record `n` (0 is the first behind the header); heap. */
static char *cell(struct op_run *r, size_t n, const char *column)
{
	struct csv c;
	size_t index = SIZE_MAX;
	char *found = NULL;
	bool more;

	csv_init(&c, buf_text(&r->text), r->text.len);
	assert_well(csv_next(&c, &more, &r->e), &r->e);
	for (size_t i = 0; i < c.count; i++)
		if (!strcmp(csv_field(&c, i, NULL), column))
			index = i;
	for (size_t i = 0; i <= n; i++)
		assert_well(csv_next(&c, &more, &r->e), &r->e);
	assert_true(more && index < c.count);
	found = x_strdup(csv_field(&c, index, NULL));
	csv_release(&c);
	return found;
}

static void assert_cell(struct op_run *r, size_t n, const char *column, const char *expected)
{
	char *text = cell(r, n, column);

	assert_string_equal(text, expected);
	free(text);
}

static void create_full(struct op_run *r)
{
	assert_run(r, "key.create", "name", "full", "owner", "finance", "tier", "gold", "note",
		   "says \"hi\", twice", "prefix", "pay", "scope", "orders:read", "scope", "b",
		   "limit", "100/min", "allow-from", "10.0.0.0/8", "meta", "env=prod", "expires",
		   "2027-01-01T00:00:00Z", NULL);
}

static void csv_has_every_field_of_a_key(void **state)
{
	struct op_run *r = *state;

	create_full(r);
	assert_run(r, "key.export", NULL);
	assert_int_equal(lines(buf_text(&r->text)), 2);
	assert_cell(r, 0, "name", "full");
	assert_cell(r, 0, "owner", "finance");
	assert_cell(r, 0, "tier", "gold");
	assert_cell(r, 0, "note", "says \"hi\", twice");
	assert_cell(r, 0, "prefix", "pay");
	assert_cell(r, 0, "scopes", "b orders:read");
	assert_cell(r, 0, "limits", "100/min");
	assert_cell(r, 0, "allow_from", "10.0.0.0/8");
	assert_cell(r, 0, "meta", "{\"env\":\"prod\"}");
	assert_cell(r, 0, "not_before", "");
	assert_cell(r, 0, "expires_at", "2027-01-01T00:00:00Z");
	assert_cell(r, 0, "status", "active");
	assert_cell(r, 0, "version", "1");
}

static void no_secret_is_ever_in_it(void **state)
{
	static const char *const formats[] = { "csv", "jsonl" };
	struct op_run *r = *state;
	char secret[128];

	create_full(r);
	snprintf(secret, sizeof(secret), "%s", r->secret);
	for (size_t i = 0; i < 2; i++) {
		assert_run(r, "key.export", "format", formats[i], NULL);
		assert_null(strstr(buf_text(&r->text), secret));
		assert_null(strstr(buf_text(&r->text), secret + strlen(secret) - 12));
	}
}

static void a_cell_that_a_spreadsheet_would_run_is_kept_from_it(void **state)
{
	static const char *const names[] = { "=1+1", "+1", "-1", "@SUM(A1)" };
	struct op_run *r = *state;

	for (size_t i = 0; i < 4; i++) {
		assert_run(r, "key.create", "name", names[i], NULL);
		test_clock_advance(&r->clock, SECOND_MS);
	}
	assert_run(r, "key.export", NULL);
	for (size_t i = 0; i < 4; i++) {
		char *text = cell(r, i, "name");

		assert_int_equal(text[0], '\'');
		assert_string_equal(text + 1, names[i]);
		free(text);
	}
}

static void json_lines_are_the_records_of_a_list(void **state)
{
	struct op_run *r = *state;
	struct json *row = NULL;

	create_full(r);
	assert_run(r, "key.export", "format", "jsonl", NULL);
	assert_int_equal(lines(buf_text(&r->text)), 1);
	assert_well(json_parse(&row, buf_text(&r->text), r->text.len - 1, &r->e), &r->e);
	assert_string_equal(json_get_text(row, "name"), "full");
	assert_int_equal(json_count(json_get(row, "scopes")), 2);
	assert_null(json_get(row, "secret"));
	json_free(row);
}

static void an_import_takes_an_export_back(void **state)
{
	static const char hex[] =
		"0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
	struct op_run *r = *state;
	struct buf file = BUF_INIT(65536);
	char *path, *before, *header;

	create_full(r);
	assert_run(r, "key.export", "key", "full", NULL);
	before = cell(r, 0, "meta");
	header = strchr(buf_text(&r->text), '\n');
	buf_addf(&file, "%.*s,secret\n", (int)(header - buf_text(&r->text)), buf_text(&r->text));
	buf_addf(&file, "%.*s,%s\n", (int)strcspn(header + 1, "\n"), header + 1, hex);
	path = op_run_file(r, "again.csv", buf_text(&file));
	assert_run(r, "key.revoke", "key", "full", NULL);
	assert_run(r, "key.import", "file", path, NULL);
	assert_run(r, "key.export", "status", "active", NULL);
	assert_cell(r, 0, "meta", before);
	assert_cell(r, 0, "scopes", "b orders:read");
	assert_cell(r, 0, "note", "says \"hi\", twice");
	free(before);
	free(path);
	buf_release(&file);
}

static void a_filter_and_names_choose_what_is_exported(void **state)
{
	struct op_run *r = *state;

	create_full(r);
	assert_run(r, "key.create", "name", "other", "owner", "ops", NULL);
	assert_run(r, "key.export", "owner", "ops", NULL);
	assert_int_equal(lines(buf_text(&r->text)), 2);
	assert_cell(r, 0, "name", "other");
	assert_run(r, "key.export", "key", "full", NULL);
	assert_cell(r, 0, "name", "full");
	assert_run(r, "key.export", "owner", "nobody", NULL);
	assert_int_equal(lines(buf_text(&r->text)), 1);
}

static void an_unknown_name_is_refused(void **state)
{
	struct op_run *r = *state;

	create_full(r);
	assert_run_refused(r, ERR_NOT_FOUND, "nothere", "key.export", "key", "nothere", NULL);
	assert_run_refused(r, ERR_USAGE, NULL, "key.export", "key", "full", "owner", "x", NULL);
}

static void more_than_a_page_is_exported_whole_and_each_key_once(void **state)
{
	struct op_run *r = *state;
	struct buf file = BUF_INIT(1024 * 1024);
	char *path;

	buf_add_text(&file, "name,secret\n");
	for (int i = 0; i < 1203; i++)
		buf_addf(&file, "k%04d,%064x\n", i, 7919u * (unsigned)i + 1);
	path = op_run_file(r, "many.csv", buf_text(&file));
	assert_run(r, "key.import", "file", path, "allow-weak", "", NULL);
	assert_run(r, "key.export", NULL);
	assert_int_equal(lines(buf_text(&r->text)), 1204);
	assert_cell(r, 0, "name", "k0000");
	assert_cell(r, 499, "name", "k0499");
	assert_cell(r, 500, "name", "k0500");
	assert_cell(r, 1202, "name", "k1202");
	free(path);
	buf_release(&file);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, op_run_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(csv_has_every_field_of_a_key),
		WITH_STORE(no_secret_is_ever_in_it),
		WITH_STORE(a_cell_that_a_spreadsheet_would_run_is_kept_from_it),
		WITH_STORE(json_lines_are_the_records_of_a_list),
		WITH_STORE(an_import_takes_an_export_back),
		WITH_STORE(a_filter_and_names_choose_what_is_exported),
		WITH_STORE(an_unknown_name_is_refused),
		WITH_STORE(more_than_a_page_is_exported_whole_and_each_key_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
