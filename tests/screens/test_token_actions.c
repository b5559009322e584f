/* What the Token screen's keys do: tokens and keys are real, and so is what is found, signed, decrypted
 * and written. */
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "tests/screens/still_world.h"
#include "tests/screens/tokens_run.h"
#include "ui/tokens.h"

#define SECRET "a secret of the tests: 48 bytes, and not in a list"

static struct console_run con;

static void start(void **state, const char *tokens)
{
	tokens_run_start(&con, *state, tokens, 80, 24, true);
}

static void keys(const char *keys)
{
	console_run_keys(&con, keys);
}

static void shows(const char *text)
{
	console_run_shows(&con, text);
}

static void lacks(const char *text)
{
	console_run_lacks(&con, text);
}

static const struct tokens_state *now(void)
{
	return tokens_state(console_view(con.console, "token"));
}

/* --- verifying ----------------------------------------------------------------------------- */
static void test_the_key_is_kept_for_the_next_token_but_no_secret(void **state)
{
	start(state, "two");
	keys("V<Tab><Tab><Tab>" TOKENS "public.json<C-s>");
	shows("✓ VALID");
	keys("<Right>");
	shows("? UNCHECKED");
	keys("V");
	shows(TOKENS "public.json");
	keys("<C-s>");
	shows("✓ VALID");
	keys("V" SECRET "<C-s>V");
	lacks("•");
}

static void test_what_is_asked_for_decides(void **state)
{
	start(state, "hs256");
	keys("V" SECRET "<C-s>");
	shows("✓ VALID   under ");
	keys("V" SECRET "<Tab><Tab><Tab><Tab><Tab><Tab><Tab><Tab><Tab>invoices<C-s>");
	shows("✗ NOT VALID   aud: ");
}

static void test_a_wrong_secret_is_no(void **state)
{
	start(state, "hs256");
	keys("V" SECRET "!<C-s>");
	shows("✗ NOT VALID");
	shows("claims, not to be trusted");
}

/* --- decrypting ---------------------------------------------------------------------------- */
static void test_words_that_were_encrypted_are_shown(void **state)
{
	start(state, "encrypted");
	shows("? ENCRYPTED");
	keys("D<Tab><Tab><Tab>" TOKENS "direct.json<C-s>");
	shows("only words");
}

static void test_a_token_within_becomes_another_one(void **state)
{
	start(state, "nested");
	keys("D<Tab><Tab><Tab>" TOKENS "direct.json<C-s>");
	shows("Token 2 of 2  JWT");
	shows("out of token 1");
	shows("\"alice\"");
}

static void test_a_key_that_does_not_fit_opens_nothing(void **state)
{
	start(state, "encrypted");
	keys("D" SECRET "<C-s>");
	lacks("only words");
	assert_int_equal(now()->count, 1);
}

static void test_a_signed_token_can_not_be_decrypted(void **state)
{
	start(state, "good");
	keys("D");
	shows("it is not encrypted");
}

/* --- signing ------------------------------------------------------------------------------- */
static void test_a_token_is_signed_out_of_edited_claims(void **state)
{
	start(state, "hs256");
	keys("S<Down><Down><End><BS><BS>-2\",<Tab>" SECRET "<C-s>");
	shows("Token 2 of 2  JWT");
	shows("signed; Y copies it");
	shows("\"alice-2\"");
	shows("1.1"); /* a number stands as it stood */
	keys("V" SECRET "<C-s>");
	shows("✓ VALID");
}

static void test_claims_of_our_own_are_offered_where_no_token_is(void **state)
{
	start(state, NULL);
	keys("S<Tab>" SECRET "<C-s>");
	shows("Token 1 of 1  JWT");
	shows("\"https://issuer.example\"");
}

static void test_signing_without_a_key_says_so_and_keeps_the_claims(void **state)
{
	start(state, "hs256");
	keys("S<C-s>");
	shows("there is no key to sign with");
	shows("\"sub\": \"alice\"");
	assert_int_equal(now()->count, 1);
}

static void test_broken_claims_are_told_while_they_are_typed(void **state)
{
	start(state, "hs256");
	keys("Sx");
	lacks("JSON, well formed");
	keys("<Esc>");
	shows("Leave the form?");
}

/* --- several ------------------------------------------------------------------------------- */
static void test_a_token_is_taken_from_the_list(void **state)
{
	start(state, "several");
	keys("lj<Enter>");
	shows("GitHub personal access token");
	shows("Token 2 of 3");
}

static void test_a_difference_is_seen_however_late_it_comes(void **state)
{
	start(state, "two");
	keys("=");
	shows("…33-444455556666\"");
	shows("…33-444455556667\"");
	keys("c");
	lacks("acme-mobile");
}

static void test_one_token_can_not_be_compared(void **state)
{
	start(state, "good");
	keys("=");
	shows("paste another token to compare with");
}

/* --- copying, writing, finding ------------------------------------------------------------- */
static void test_a_claim_is_copied_without_its_quotes(void **state)
{
	start(state, "hs256");
	keys("jy");
	shows("sub: 5 bytes sent to your terminal");
}

static void test_the_report_has_no_token_in_it(void **state)
{
	char *path, *report, *token = file_get(TOKENS "good.txt");

	start(state, "good");
	path = x_asprintf("%s/token-report.txt", con.r->folder);
	keys("e<C-s>");
	shows("report written to");
	report = file_get(path);
	assert_non_null(strstr(report, "acme-mobile"));
	assert_non_null(strstr(report, "scope-wide"));
	token[strcspn(token, "\n")] = '\0';
	assert_null(strstr(report, strrchr(token, '.') + 1));
	free(report);
	free(token);
	free(path);
}

static void test_what_is_nowhere_is_said_to_be(void **state)
{
	start(state, "good");
	keys("/zebra");
	shows("\"zebra\" is nowhere in this token");
}

static void test_a_paste_into_the_words_to_find_is_no_token(void **state)
{
	start(state, "good");
	keys("/<paste:jti>");
	shows("/jti");
	shows("Token 1 of 1");
	lacks("no token");
}

static void test_every_check_stands_on_a_page_and_has_no_value_to_copy(void **state)
{
	start(state, "good");
	keys("V<Tab><Tab><Tab>" TOKENS "public.json<C-s>c");
	shows("– require");
	lacks("copy value");
}

/* --- wiping -------------------------------------------------------------------------------- */
static void test_leaving_wipes_tokens_and_says_so(void **state)
{
	start(state, "several");
	keys("1");
	assert_int_equal(now()->count, 0);
	keys("2");
	shows("was wiped when you left");
	lacks("c0ffee00");
}

static void test_esc_wipes(void **state)
{
	start(state, "good");
	keys("<Esc>");
	shows("Paste a token.");
	assert_int_equal(now()->count, 0);
}

static void test_a_large_token_is_shown_from_its_first_claim_to_its_last(void **state)
{
	struct buf claims = BUF_INIT(1 << 20);
	char *encoded, *token;

	buf_add_text(&claims, "{\"first\":1");
	for (int i = 0; i < 200; i++)
		buf_addf(&claims, ",\"claim_%03d\":\"%0200d\"", i, i);
	buf_add_text(&claims, ",\"last\":1}");
	encoded = x_malloc(base64url_size(claims.len));
	base64url_encode(encoded, claims.data, claims.len);
	token = x_asprintf("eyJhbGciOiJIUzI1NiJ9.%s.%043d", encoded, 0);
	start(state, NULL);
	tokens_run_paste(&con, token);
	shows("202 ");
	shows("first");
	keys("G");
	shows("last");
	free(token);
	free(encoded);
	buf_release(&claims);
}

static int setup(void **state)
{
	still_world();
	return op_run_setup(state);
}

/* Of a test that failed as well: its workers must not outlive what they work on. */
static int teardown(void **state)
{
	console_run_end(&con);
	return op_run_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_key_is_kept_for_the_next_token_but_no_secret),
		TEST(test_what_is_asked_for_decides),
		TEST(test_a_wrong_secret_is_no),
		TEST(test_words_that_were_encrypted_are_shown),
		TEST(test_a_token_within_becomes_another_one),
		TEST(test_a_key_that_does_not_fit_opens_nothing),
		TEST(test_a_signed_token_can_not_be_decrypted),
		TEST(test_a_token_is_signed_out_of_edited_claims),
		TEST(test_claims_of_our_own_are_offered_where_no_token_is),
		TEST(test_signing_without_a_key_says_so_and_keeps_the_claims),
		TEST(test_broken_claims_are_told_while_they_are_typed),
		TEST(test_a_token_is_taken_from_the_list),
		TEST(test_a_difference_is_seen_however_late_it_comes),
		TEST(test_one_token_can_not_be_compared),
		TEST(test_a_claim_is_copied_without_its_quotes),
		TEST(test_the_report_has_no_token_in_it),
		TEST(test_what_is_nowhere_is_said_to_be),
		TEST(test_a_paste_into_the_words_to_find_is_no_token),
		TEST(test_every_check_stands_on_a_page_and_has_no_value_to_copy),
		TEST(test_leaving_wipes_tokens_and_says_so),
		TEST(test_esc_wipes),
		TEST(test_a_large_token_is_shown_from_its_first_claim_to_its_last),
	};

	return cmocka_run_group_tests_name("token actions", tests, NULL, NULL);
}
