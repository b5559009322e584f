/* Words for names: known ones are found, neighbours are not, the tables are in order. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/token/explain.h"

static const struct explained *claim(const char *name)
{
	return explain_name(EXPLAIN_CLAIM, name, strlen(name));
}

static void every_row_is_found_and_they_are_in_order(void **state)
{
	(void)state;
	for (int part = EXPLAIN_HEADER; part <= EXPLAIN_CLAIM; part++) {
		const struct explained *last = NULL, *e;

		for (size_t i = 0; (e = explain_at((enum explain_part)part, i)); i++) {
			if (last && strcmp(last->name, e->name) >= 0)
				fail_msg("\"%s\" must stand before \"%s\"", e->name, last->name);
			assert_ptr_equal(
				explain_name((enum explain_part)part, e->name, strlen(e->name)), e);
			assert_true(e->text && *e->text);
			last = e;
		}
		assert_non_null(last);
	}
}

static void registered_claims_have_their_source(void **state)
{
	(void)state;
	assert_string_equal(claim("exp")->source, "RFC 7519 4.1.4");
	assert_true(claim("exp")->is_time);
	assert_null(claim("exp")->issuer);
	assert_false(claim("iss")->is_time);
	assert_true(claim("birthdate")->is_personal);
	assert_string_equal(explain_name(EXPLAIN_HEADER, "x5t#S256", 8)->source, "RFC 7515 4.1.8");
}

static void issuers_own_claims_name_the_issuer(void **state)
{
	static const char *const cases[][2] = {
		{ "oid", "Microsoft Entra" },	   { "hd", "Google" },
		{ "realm_access", "Keycloak" },	   { "cid", "Okta" },
		{ "token_use", "Amazon Cognito" }, { "kubernetes.io", "Kubernetes" },
		{ "workflow", "GitHub Actions" },  { "gty", "Auth0" },
		{ "project_path", "GitLab CI" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(claim(cases[i][0])->issuer, cases[i][1]);
}

static void a_name_is_the_whole_name_to_the_byte(void **state)
{
	(void)state;
	assert_null(claim("ex"));
	assert_null(claim("expx"));
	assert_null(claim("EXP"));
	assert_null(claim(""));
	assert_null(explain_name(EXPLAIN_CLAIM, "exp\0", 4));
	assert_non_null(explain_name(EXPLAIN_CLAIM, "expires", 3));
	assert_null(explain_name(EXPLAIN_HEADER, "email", 5));
}

static void types_are_told_in_any_case_with_and_without_application(void **state)
{
	(void)state;
	assert_string_equal(explain_type("at+jwt"), "access token, RFC 9068");
	assert_string_equal(explain_type("Application/AT+JWT"), "access token, RFC 9068");
	assert_null(explain_type("at"));
	assert_null(explain_type(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_and_they_are_in_order),
		cmocka_unit_test(registered_claims_have_their_source),
		cmocka_unit_test(issuers_own_claims_name_the_issuer),
		cmocka_unit_test(a_name_is_the_whole_name_to_the_byte),
		cmocka_unit_test(types_are_told_in_any_case_with_and_without_application),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
