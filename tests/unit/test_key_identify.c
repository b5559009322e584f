/* Identifying: whose a string is, whatever its state, and what a foreign one looks like. */
#include "tests/lib/op_run.h"

#include <stdio.h>
#include <string.h>

#include "src/base/secret_format.h"
#include "src/base/alloc.h"

static enum errc identify(struct op_run *r, const char *secret)
{
	r->stdin_secret = secret;
	return op_run(r, "key.identify", NULL);
}

/* Creates a key; gives its secret and secret id. */
static void create(struct op_run *r, const char *name, char secret[128], char *secret_id)
{
	struct secret_parts parts;

	assert_run(r, "key.create", "name", name, "owner", "ops", NULL);
	snprintf(secret, 128, "%s", r->secret);
	assert_int_equal(secret_parse(secret, strlen(secret), &parts), SECRET_OWN);
	if (secret_id)
		memcpy(secret_id, parts.secret_id, SECRET_ID_SIZE);
}

static void a_secret_names_its_key_and_version(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "billing", secret, NULL);
	assert_well(identify(r, secret), &r->e);
	assert_string_equal(op_run_text(r, 0, "kind"), "authrack");
	assert_string_equal(op_run_text(r, 0, "name"), "billing");
	assert_string_equal(op_run_text(r, 0, "owner"), "ops");
	assert_int_equal(op_run_int(r, 0, "version"), 1);
	assert_string_equal(op_run_text(r, 0, "version_state"), "current");
	assert_true(op_run_bool(r, 0, "live"));
	assert_string_equal(op_run_text(r, 0, "checksum"), "good");
}

static void blanks_and_line_ends_around_a_pasted_one_do_no_harm(void **state)
{
	struct op_run *r = *state;
	char secret[128], pasted[160];

	create(r, "billing", secret, NULL);
	snprintf(pasted, sizeof(pasted), " \t%s \r\n", secret);
	assert_well(identify(r, pasted), &r->e);
	assert_string_equal(op_run_text(r, 0, "name"), "billing");
}

static void a_public_secret_id_is_enough_with_or_without_prefix(void **state)
{
	struct op_run *r = *state;
	char secret[128], id[SECRET_ID_SIZE], longer[32];

	create(r, "billing", secret, id);
	assert_run(r, "key.identify", "secret-id", id, NULL);
	assert_string_equal(op_run_text(r, 0, "name"), "billing");
	snprintf(longer, sizeof(longer), "ak_%s", id);
	assert_run(r, "key.identify", "secret-id", longer, NULL);
	assert_string_equal(op_run_text(r, 0, "secret_id"), id);
}

static void a_key_is_named_whatever_its_state(void **state)
{
	struct op_run *r = *state;
	char secret[128], id[SECRET_ID_SIZE];

	create(r, "gone", secret, id);
	assert_run(r, "key.rotate", "key", "gone", "grace", "0", NULL);
	assert_well(identify(r, secret), &r->e);
	assert_string_equal(op_run_text(r, 0, "version_state"), "ended");
	assert_int_equal(op_run_int(r, 0, "current_version"), 2);
	assert_false(op_run_bool(r, 0, "live"));
	assert_run(r, "key.revoke", "key", "gone", NULL);
	assert_run(r, "key.identify", "secret-id", id, NULL);
	assert_string_equal(op_run_text(r, 0, "status"), "revoked");
	assert_non_null(op_run_text(r, 0, "revoked_at"));
}

static void an_imported_secret_is_named(void **state)
{
	static const char secret[] =
		"0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
	struct op_run *r = *state;
	char *text = x_asprintf("name,secret\nlegacy,%s\n", secret);
	char *path = op_run_file(r, "in.csv", text);

	assert_run(r, "key.import", "file", path, NULL);
	assert_well(identify(r, secret), &r->e);
	assert_string_equal(op_run_text(r, 0, "kind"), "imported");
	assert_string_equal(op_run_text(r, 0, "name"), "legacy");
	free(path);
	free(text);
}

static void a_foreign_string_is_named_by_its_shape(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "any", secret, NULL);
	assert_well(identify(r, "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"), &r->e);
	assert_string_equal(op_run_text(r, 0, "kind"), "github");
	assert_string_equal(op_run_text(r, 0, "checksum"), "good");
	assert_null(op_run_text(r, 0, "id"));
	assert_well(identify(r, "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"), &r->e);
	assert_string_equal(op_run_text(r, 0, "checksum"), "wrong");
	assert_well(identify(r, "AKIAIOSFODNN7EXAMPLE"), &r->e);
	assert_string_equal(op_run_text(r, 0, "checksum"), "none");
	assert_non_null(op_run_text(r, 0, "revoke_at"));
}

static void a_mistyped_secret_still_names_its_key_and_is_not_live(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "typo", secret, NULL);
	secret[strlen(secret) - 1] = secret[strlen(secret) - 1] == 'x' ? 'y' : 'x';
	assert_well(identify(r, secret), &r->e);
	assert_string_equal(op_run_text(r, 0, "checksum"), "wrong");
	assert_string_equal(op_run_text(r, 0, "name"), "typo");
	assert_false(op_run_bool(r, 0, "live"));
}

static void the_record_never_holds_the_secret(void **state)
{
	struct op_run *r = *state;
	struct buf row = BUF_INIT(65536);
	char secret[128];

	create(r, "billing", secret, NULL);
	assert_well(identify(r, secret), &r->e);
	json_write(&row, json_at(r->rows, 0));
	assert_null(strstr(buf_text(&row), secret + strlen(secret) - 20));
	buf_release(&row);
}

/* --- refused ---------------------------------------------------------------------------------- */

static void what_nobody_knows_is_not_found(void **state)
{
	struct op_run *r = *state;
	struct secret s = SECRET_INIT;
	struct secret_parts parts;
	char secret[128];

	create(r, "any", secret, NULL);
	assert_refused(identify(r, "just some words"), ERR_NOT_FOUND, &r->e, "no vendor's");
	assert_refused(identify(r, ""), ERR_NOT_FOUND, &r->e, NULL);
	secret_generate(&s, &parts, "ak");
	assert_refused(identify(r, secret_reveal(&s)), ERR_NOT_FOUND, &r->e, parts.secret_id);
	assert_null(strstr(r->e.message, secret_reveal(&s)));
	assert_run_refused(r, ERR_NOT_FOUND, "another store", "key.identify", "secret-id",
			   parts.secret_id, NULL);
	secret_release(&s);
}

static void what_is_no_secret_id_is_refused(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "any", secret, NULL);
	assert_run_refused(r, ERR_USAGE, "no public secret id", "key.identify", "secret-id",
			   "short", NULL);
	assert_run_refused(r, ERR_USAGE, "nothing to identify", "key.identify", NULL);
}

static void a_whole_secret_as_an_argument_is_refused_unrepeated(void **state)
{
	struct op_run *r = *state;
	char secret[128];

	create(r, "any", secret, NULL);
	assert_run_refused(r, ERR_USAGE, "standard input", "key.identify", "secret-id", secret,
			   NULL);
	assert_null(strstr(r->e.message, secret));
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, op_run_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_secret_names_its_key_and_version),
		WITH_STORE(blanks_and_line_ends_around_a_pasted_one_do_no_harm),
		WITH_STORE(a_public_secret_id_is_enough_with_or_without_prefix),
		WITH_STORE(a_key_is_named_whatever_its_state),
		WITH_STORE(an_imported_secret_is_named),
		WITH_STORE(a_foreign_string_is_named_by_its_shape),
		WITH_STORE(a_mistyped_secret_still_names_its_key_and_is_not_live),
		WITH_STORE(the_record_never_holds_the_secret),
		WITH_STORE(what_nobody_knows_is_not_found),
		WITH_STORE(what_is_no_secret_id_is_refused),
		WITH_STORE(a_whole_secret_as_an_argument_is_refused_unrepeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
