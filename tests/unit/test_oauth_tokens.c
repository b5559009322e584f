/* What the token endpoint gives (RFC 6749 §5.1), and what is made of what it leaves out. */
#include "tests/lib/support.h"

#include <string.h>

#include "tests/lib/oauth_answers.h"

static struct oauth_answer answer;
static struct oauth_tokens tokens;

static int release(void **state)
{
	(void)state;
	oauth_tokens_release(&tokens);
	oauth_answer_release(&answer);
	return 0;
}

static void read_by(const char *preset, const char *json)
{
	release(NULL);
	answer_made_by(&answer, preset, 200, json);
	assert_int_equal(answer.kind, OAUTH_SUCCESS);
	oauth_tokens_read(&tokens, &answer, oauth_preset_find(preset), "openid email");
}

static void read_tokens(const char *json)
{
	read_by("", json);
}

static void assert_note(const char *text)
{
	if (text && !answer_notes(&answer, text))
		fail_msg("no note has \"%s\"", text);
	assert_int_equal(json_count(answer.notes), text != NULL);
}

static void all_that_rfc_6749_has(void **state)
{
	(void)state;
	read_tokens("{\"access_token\":\"at\",\"token_type\":\"bearer\",\"expires_in\":3600,"
		    "\"refresh_token\":\"rt\",\"id_token\":\"a.b.c\",\"scope\":\"openid\"}");
	assert_int_equal(answer.kind, OAUTH_SUCCESS);
	assert_string_equal(secret_reveal(&tokens.access_token), "at");
	assert_string_equal(secret_reveal(&tokens.refresh_token), "rt");
	assert_string_equal(secret_reveal(&tokens.id_token), "a.b.c");
	assert_string_equal(tokens.token_type, "bearer");
	assert_string_equal(tokens.scope, "openid");
	assert_true(tokens.scope_told);
	assert_int_equal(tokens.expires_ms, 3600000);
	assert_note(NULL);
}

static void what_has_to_be_there(void **state)
{
	static const struct {
		const char *json, *explanation;
	} cases[] = {
		{ "{}", "`access_token` is missing" },
		{ "{\"token_type\":\"Bearer\"}", "`access_token` is missing" },
		{ "{\"access_token\":\"\",\"token_type\":\"Bearer\"}", "`access_token` is empty" },
		{ "{\"access_token\":null,\"token_type\":\"Bearer\"}",
		  "`access_token` is no text" },
		{ "{\"access_token\":{},\"token_type\":\"Bearer\"}", "`access_token` is no text" },
		{ "{\"access_token\":\"t\"}", "`token_type` is missing" },
		{ "{\"access_token\":\"t\",\"token_type\":\"\"}", "`token_type` is empty" },
		{ "{\"access_token\":\"t\",\"token_type\":1}", "`token_type` is no text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_tokens(cases[i].json);
		assert_int_equal(answer.kind, OAUTH_MALFORMED);
		assert_string_equal(answer.error, "malformed_response");
		assert_non_null(strstr(answer.explanation, cases[i].explanation));
		assert_null(answer.json);
		assert_int_equal(tokens.access_token.len, 0);
	}
}

#define TOKEN "\"access_token\":\"t\",\"token_type\":\"Bearer\""

static void lifetimes(void **state)
{
	static const struct {
		const char *json;
		int64_t ms;
		const char *note;
	} cases[] = {
		{ "{" TOKEN "}", -1, NULL },
		{ "{" TOKEN ",\"expires_in\":\"3599\"}", 3599000, "is a string" },
		{ "{" TOKEN ",\"expires_in\":0}", -1, "not above zero" },
		{ "{" TOKEN ",\"expires_in\":-1}", -1, "not above zero" },
		{ "{" TOKEN ",\"expires_in\":null}", -1, "no number" },
		{ "{" TOKEN ",\"expires_in\":\"never\"}", -1, "no number" },
		{ "{" TOKEN ",\"expires_in\":99999999999999999999}", INT64_C(1000000000000), NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_tokens(cases[i].json);
		assert_int_equal(answer.kind, OAUTH_SUCCESS);
		assert_int_equal(tokens.expires_ms, cases[i].ms);
		assert_note(cases[i].note);
	}
}

static void scopes(void **state)
{
	static const struct {
		const char *preset, *json, *scope;
		bool told;
		const char *note;
	} cases[] = {
		{ "", "{" TOKEN "}", "openid email", false, NULL },
		{ "", "{" TOKEN ",\"scope\":\" a  b \"}", "a b", true, NULL },
		{ "", "{" TOKEN ",\"scope\":\"\"}", "", true, NULL },
		{ "", "{" TOKEN ",\"scope\":\"a,b\"}", "a,b", true, NULL },
		{ "github", "{" TOKEN ",\"scope\":\"repo,gist, user\"}", "repo gist user", true,
		  NULL },
		{ "", "{" TOKEN ",\"scope\":[\"a\",\"b\"]}", "a b", true, "is a list" },
		{ "", "{" TOKEN ",\"scope\":[]}", "", true, "is a list" },
		{ "", "{" TOKEN ",\"scope\":7}", "openid email", false, "no text" },
		{ "", "{" TOKEN ",\"scope\":null}", "openid email", false, "no text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_by(cases[i].preset, cases[i].json);
		assert_string_equal(tokens.scope, cases[i].scope);
		assert_int_equal(tokens.scope_told, cases[i].told);
		assert_note(cases[i].note);
	}
}

static void odd_members_are_told_and_left_out(void **state)
{
	(void)state;
	read_tokens("{" TOKEN ",\"refresh_token\":null}");
	assert_int_equal(answer.kind, OAUTH_SUCCESS);
	assert_int_equal(tokens.refresh_token.len, 0);
	assert_note("`refresh_token` is no token");
	read_tokens("{" TOKEN ",\"id_token\":\"\"}");
	assert_int_equal(tokens.id_token.len, 0);
	assert_note("`id_token` is no token");
	read_tokens("{\"access_token\":\"t\",\"token_type\":\"DPoP\\u001b\"}");
	assert_int_equal(answer.kind, OAUTH_SUCCESS);
	assert_note("\"DPoP<U+001B>\": it is no bearer token");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(all_that_rfc_6749_has, release),
		cmocka_unit_test_teardown(what_has_to_be_there, release),
		cmocka_unit_test_teardown(lifetimes, release),
		cmocka_unit_test_teardown(scopes, release),
		cmocka_unit_test_teardown(odd_members_are_told_and_left_out, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
