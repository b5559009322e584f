/* What makes a token valid: keys, times and names. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jws.h"
#include "tests/lib/token_text.h"
#include "tests/lib/verdict_cases.h"

/* --- keys -------------------------------------------------------------------------------------------------------- */

/* A set of JWKs, one add each (or one whole set). */
static void set_read(struct key_set *keys, const char *const *jwks)
{
	struct err e = ERR_INIT;

	key_set_init(keys);
	for (; *jwks; jwks++) {
		char *json = quoted(*jwks);

		assert_well(key_set_add_jwk(keys, json, strlen(json), "jwk", &e), &e);
		free(json);
	}
}

#define K64     \
	"'k':'" \
	"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg'"
#define OTHER_K "'k':'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4'"

static void the_key_is_chosen_by_kid(void **state)
{
	static const struct {
		const char *jwks[4];
		const char *header;
		enum check_result result;
		const char *words;
	} cases[] = {
		{ { "{'kty':'oct','kid':'a'," K64 "}" },
		  "{'alg':'HS256','kid':'a'}",
		  CHECK_PASSED,
		  "kid a" },
		{ { "{'kty':'oct','kid':'a'," K64 "}" }, HEADER, CHECK_PASSED, "kid a" },
		{ { "{'kty':'oct'," K64 "}" }, "{'alg':'HS256','kid':'a'}", CHECK_PASSED, "jwk" },
		{ { "{'kty':'oct','kid':'a'," K64 "}" },
		  "{'alg':'HS256','kid':'A'}",
		  CHECK_FAILED,
		  "no key has the kid \"A\"" },
		{ { "{'kty':'oct','kid':'b'," K64 "}", "{'kty':'oct','kid':'a'," OTHER_K "}" },
		  "{'alg':'HS256','kid':'a'}",
		  CHECK_FAILED,
		  "does not fit the key" },
		{ { "{'kty':'oct','kid':'b'," OTHER_K "}", "{'kty':'oct','kid':'a'," K64 "}" },
		  HEADER,
		  CHECK_PASSED,
		  "kid a" },
		{ { "{'kty':'oct','kid':'a'," OTHER_K "}", "{'kty':'oct'," K64 "}" },
		  "{'alg':'HS256','kid':'a'}",
		  CHECK_PASSED,
		  "jwk" },
		{ { "{'kty':'oct','kid':'b'," OTHER_K "}", "{'kty':'oct','kid':'c'," OTHER_K "}" },
		  HEADER,
		  CHECK_FAILED,
		  "fits none of the 2 keys" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = signed_token(cases[i].header, "{}");
		struct key_set keys;

		set_read(&keys, cases[i].jwks);
		assert_text_check(text, &keys, &nothing, "signature", cases[i].result,
				  cases[i].words);
		key_set_release(&keys);
		free(text);
	}
}

static void the_key_says_what_it_may_be_used_for(void **state)
{
	static const char *const keys_text[] = {
		"{'kty':'oct','alg':'HS512'," K64 "}",
		"{'kty':'oct','alg':'A256KW'," K64 "}",
		"{'kty':'oct','use':'enc'," K64 "}",
		"{'kty':'oct','key_ops':['sign']," K64 "}",
		"{'kty':'oct','key_ops':['encrypt']," K64 "}",
		"{'kty':'oct','key_ops':[]," K64 "}",
		"{'kty':'oct','k':'c2hvcnQ'}",
		"{'kty':'EC','crv':'P-256','x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',"
		"'y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'}",
	};
	char *text = signed_token(HEADER, "{}");

	(void)state;
	for (size_t i = 0; i < sizeof(keys_text) / sizeof(*keys_text); i++) {
		const char *const one[] = { keys_text[i], NULL };
		struct key_set keys;

		set_read(&keys, one);
		assert_text_check(text, &keys, &nothing, "signature", CHECK_FAILED, "");
		key_set_release(&keys);
	}
	free(text);
}

/* The attack that the key's deciding is for: a public key's text as the secret. */
static void a_public_key_never_verifies_an_hmac(void **state)
{
	static const char pem[] =
		"-----BEGIN PUBLIC KEY-----\n"
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
		"6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
		"-----END PUBLIC KEY-----\n";
	struct key_set forger, keys;
	struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;
	char *h64 = base64url_text("{\"alg\":\"HS256\"}"), *message = x_asprintf("%s.e30", h64);
	char *signature, *text;
	struct verdict v;

	(void)state;
	key_set_init(&forger);
	key_set_init(&keys);
	secret_set(&s, pem, sizeof(pem) - 1);
	key_set_add_secret(&forger, &s, "forger");
	secret_release(&s);
	assert_well(key_set_add_pem(&keys, pem, sizeof(pem) - 1, "api.pem", &e), &e);
	signature = signed_by(&forger.keys[0], "HS256", message);
	text = x_asprintf("%s.%s", message, signature);
	assert_text_check(text, &forger, &nothing, "signature", CHECK_FAILED, "a key of a pair");
	decide(&v, text, &keys, &nothing);
	assert_false(v.valid);
	assert_int_equal(v.signature, SIGNATURE_INVALID);
	assert_true(has_finding(&v, "alg-confusion"));
	findings_release(&v.findings);
	free(text);
	free(signature);
	free(message);
	free(h64);
	key_set_release(&forger);
	key_set_release(&keys);
}

static void a_set_that_is_no_good_is_not_looked_into(void **state)
{
	static const struct {
		const char *set, *words;
	} cases[] = {
		{ "{'keys':[{'kty':'oct','kid':'a'," K64 "},{'kty':'EC','crv':'P-256',"
		  "'x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',"
		  "'y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'}]}",
		  "side by side" },
		{ "{'keys':[{'kty':'oct','kid':'a'," K64 "},{'kty':'oct','kid':'a'," OTHER_K "}]}",
		  "one kid for two keys" },
	};
	char *text = signed_token("{'alg':'HS256','kid':'a'}", "{}");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *const one[] = { cases[i].set, NULL };
		struct key_set keys;

		set_read(&keys, one);
		assert_text_check(text, &keys, &nothing, "signature", CHECK_FAILED, cases[i].words);
		key_set_release(&keys);
	}
	free(text);
}

static void keys_within_the_token_are_never_used(void **state)
{
	struct key_set none;
	char *text = signed_token("{'alg':'HS256','jwk':{'kty':'oct'," K64 "}}", "{}");
	struct verdict v;
	struct key_set other;
	const char *const jwks[] = { "{'kty':'oct'," OTHER_K "}", NULL };

	(void)state;
	key_set_init(&none);
	decide(&v, text, &none, &nothing);
	assert_false(v.valid);
	assert_int_equal(v.signature, SIGNATURE_UNCHECKED);
	findings_release(&v.findings);
	set_read(&other, jwks);
	assert_text_check(text, &other, &nothing, "signature", CHECK_FAILED, "does not fit");
	key_set_release(&other);
	free(text);
}

static void a_weak_secret_passes_only_when_asked_for(void **state)
{
	const char *const jwks[] = { "{'kty':'oct','k':'c2hvcnQga2V5IHRvIHNob3c'}", NULL };
	const struct expectations weak = { .now_ms = TEST_NOW, .allow_weak_key = true };
	struct key_set keys;
	char *signature, *text;
	struct verdict v;

	(void)state;
	set_read(&keys, jwks);
	signature = signed_by(&keys.keys[0], "HS256", "eyJhbGciOiJIUzI1NiJ9.e30");
	text = x_asprintf("eyJhbGciOiJIUzI1NiJ9.e30.%s", signature);
	assert_text_check(text, &keys, &nothing, "signature", CHECK_FAILED, "");
	decide(&v, text, &keys, &weak);
	assert_int_equal(v.signature, SIGNATURE_VALID);
	assert_true(has_finding(&v, "short-secret"));
	assert_true(v.valid);
	findings_release(&v.findings);
	free(text);
	free(signature);
	key_set_release(&keys);
}

/* --- times --------------------------------------------------------------------------------------------------------- */

static void times_are_exact(void **state)
{
	static const struct {
		const char *claims;
		int64_t leeway;
		const char *check;
		enum check_result result;
		const char *words;
	} cases[] = {
		{ "{'exp':1781615213}", 0, "exp", CHECK_PASSED, "ends in" },
		{ "{'exp':1781615212}", 0, "exp", CHECK_FAILED, "expired" },
		{ "{'exp':1781355912}", 0, "exp", CHECK_FAILED, "expired 3d ago" },
		{ "{'exp':1781615212.001}", 0, "exp", CHECK_PASSED, "" },
		{ "{'exp':1781615211.999}", 0, "exp", CHECK_FAILED, "" },
		{ "{'exp':1.781615213e9}", 0, "exp", CHECK_PASSED, "" },
		{ "{'exp':1781615211}", 1000, "exp", CHECK_FAILED, "" },
		{ "{'exp':1781615211}", 1001, "exp", CHECK_PASSED, "leeway" },
		{ "{'exp':1781615211}", -5000, "exp", CHECK_FAILED, "" },
		{ "{'exp':1781615213}", -5000, "exp", CHECK_PASSED, "" },
		{ "{'exp':0}", 0, "exp", CHECK_FAILED, "" },
		{ "{'exp':-1}", 0, "exp", CHECK_FAILED, "" },
		{ "{'exp':'1781615213'}", 0, "exp", CHECK_FAILED, "no number" },
		{ "{'exp':null}", 0, "exp", CHECK_FAILED, "no number" },
		{ "{'exp':true}", 0, "exp", CHECK_FAILED, "no number" },
		{ "{'exp':[1781615213]}", 0, "exp", CHECK_FAILED, "no number" },
		{ "{'exp':1e300}", 0, "exp", CHECK_FAILED, "no time" },
		{ "{'exp':1e999}", 0, "exp", CHECK_FAILED, "no time" },
		{ "{'nbf':1781615212}", 0, "nbf", CHECK_PASSED, "began" },
		{ "{'nbf':1781615213}", 0, "nbf", CHECK_FAILED, "not valid yet" },
		{ "{'nbf':1781615213}", 999, "nbf", CHECK_FAILED, "" },
		{ "{'nbf':1781615213}", 1000, "nbf", CHECK_PASSED, "leeway" },
		{ "{'nbf':'0'}", 0, "nbf", CHECK_FAILED, "no number" },
		{ "{'nbf':1e300}", 0, "nbf", CHECK_FAILED, "no time" },
		{ "{'iat':1781615000}", 0, "iat", CHECK_PASSED, "issued" },
		{ "{'iat':1781615512}", 0, "iat", CHECK_PASSED, "issued in" },
		{ "{'iat':'x'}", 0, "iat", CHECK_FAILED, "no number" },
		{ "{'exp':1781615000}", INT64_MAX, "exp", CHECK_PASSED, "" },
		{ "{'nbf':1781615500}", INT64_MAX, "nbf", CHECK_PASSED, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct expectations x = { .now_ms = TEST_NOW, .leeway_ms = cases[i].leeway };

		assert_check(HEADER, cases[i].claims, &x, cases[i].check, cases[i].result,
			     cases[i].words);
	}
}

/* --- names --------------------------------------------------------------------------------------------------------- */

static void issuer_and_subject_are_compared_to_the_character(void **state)
{
	struct expectations x = { .now_ms = TEST_NOW, .issuer = "https://a.example" };

	(void)state;
	assert_check(HEADER, "{'iss':'https://a.example'}", &x, "iss", CHECK_PASSED, "");
	assert_check(HEADER, "{'iss':'https:\\/\\/a.example'}", &x, "iss", CHECK_PASSED, "");
	assert_check(HEADER, "{'iss':'https://a.example/'}", &x, "iss", CHECK_FAILED,
		     "\"https://a.example/\" is not \"https://a.example\"");
	assert_check(HEADER, "{'iss':'https://A.example'}", &x, "iss", CHECK_FAILED, "is not");
	assert_check(HEADER, "{'iss':'https://a.example\\u0000'}", &x, "iss", CHECK_FAILED, "");
	assert_check(HEADER, "{'iss':'\\u001b]0;x\\u0007'}", &x, "iss", CHECK_FAILED, "<U+001B>");
	assert_check(HEADER, "{}", &x, "iss", CHECK_FAILED, "the token has none");
	assert_check(HEADER, "{'iss':['https://a.example']}", &x, "iss", CHECK_FAILED, "no string");
	assert_check(HEADER, "{'iss':7}", &nothing, "iss", CHECK_FAILED, "no string");
	x = (struct expectations){ .now_ms = TEST_NOW, .subject = "s" };
	assert_check(HEADER, "{'sub':'s'}", &x, "sub", CHECK_PASSED, "");
	assert_check(HEADER, "{'sub':'S'}", &x, "sub", CHECK_FAILED, "\"S\" is not \"s\"");
	assert_check(HEADER, "{'sub':''}", &x, "sub", CHECK_FAILED, "");
	assert_check(HEADER, "{'sub':1}", &nothing, "sub", CHECK_FAILED, "no string");
	x.subject = "";
	assert_check(HEADER, "{'sub':''}", &x, "sub", CHECK_PASSED, "");
	assert_check(HEADER, "{'sub':'s'}", &x, "sub", CHECK_FAILED, "");
}

static void one_of_the_audiences_is_enough(void **state)
{
	static const char *const wanted[] = { "orders", "billing", NULL };
	const struct expectations x = { .now_ms = TEST_NOW, .audiences = wanted };
	static const struct {
		const char *claims;
		enum check_result result;
		const char *words;
	} cases[] = {
		{ "{'aud':'orders'}", CHECK_PASSED, "orders" },
		{ "{'aud':'billing'}", CHECK_PASSED, "billing" },
		{ "{'aud':['x','billing'],'azp':'x'}", CHECK_PASSED, "billing" },
		{ "{'aud':'Orders'}", CHECK_FAILED, "\"Orders\" is not \"orders\"" },
		{ "{'aud':'orders,billing'}", CHECK_FAILED, "is not" },
		{ "{'aud':['x','y']}", CHECK_FAILED, "not among them" },
		{ "{'aud':[]}", CHECK_FAILED, "not among them" },
		{ "{'aud':['orders',1]}", CHECK_FAILED, "neither a string" },
		{ "{'aud':[['orders']]}", CHECK_FAILED, "neither a string" },
		{ "{'aud':{'orders':1}}", CHECK_FAILED, "neither a string" },
		{ "{'aud':null}", CHECK_FAILED, "neither a string" },
		{ "{}", CHECK_FAILED, "the token has none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_check(HEADER, cases[i].claims, &x, "aud", cases[i].result, cases[i].words);
	assert_check(HEADER, "{'aud':7}", &nothing, "aud", CHECK_FAILED, "neither a string");
}

static void a_type_is_compared_without_case_and_prefix(void **state)
{
	static const char claims[] = "{'iss':'i','exp':1781615300,'aud':'a','sub':'s',"
				     "'client_id':'c','iat':1781615200,'jti':'j'}";
	static const struct {
		const char *header, *wanted;
		enum check_result result;
	} cases[] = {
		{ "{'alg':'HS256','typ':'at+jwt'}", "at+jwt", CHECK_PASSED },
		{ "{'alg':'HS256','typ':'AT+JWT'}", "at+jwt", CHECK_PASSED },
		{ "{'alg':'HS256','typ':'application/at+jwt'}", "at+jwt", CHECK_PASSED },
		{ "{'alg':'HS256','typ':'at+jwt'}", "application/at+jwt", CHECK_PASSED },
		{ "{'alg':'HS256','typ':'JWT'}", "at+jwt", CHECK_FAILED },
		{ "{'alg':'HS256','typ':'at+jw'}", "at+jwt", CHECK_FAILED },
		{ "{'alg':'HS256','typ':''}", "at+jwt", CHECK_FAILED },
		{ "{'alg':'HS256'}", "JWT", CHECK_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct expectations x = { .now_ms = TEST_NOW, .type = cases[i].wanted };

		assert_check(cases[i].header, claims, &x, "typ", cases[i].result, "");
		/* It is the header's: asked for without claims it holds as well. */
		x.no_claims = true;
		assert_check(cases[i].header, "hello", &x, "typ", cases[i].result, "");
	}
}

static void required_claims_are_there(void **state)
{
	static const char *const wanted[] = { "scope", "tenant", NULL };
	const struct expectations x = { .now_ms = TEST_NOW, .required = wanted };

	(void)state;
	assert_check(HEADER, "{'scope':'a','tenant':0}", &x, "require", CHECK_PASSED, "\"tenant\"");
	assert_check(HEADER, "{'scope':'a'}", &x, "require", CHECK_FAILED, "\"tenant\" is missing");
	assert_check(HEADER, "{'scope':'a','tenant':null}", &x, "require", CHECK_FAILED,
		     "\"tenant\"");
	assert_check(HEADER, "{'scope':'a','x':{'tenant':1}}", &x, "require", CHECK_FAILED, "");
}

static void an_access_token_follows_its_profile(void **state)
{
	static const char header[] = "{'alg':'HS256','typ':'at+jwt'}";
	static const char *const names[] = {
		"iss", "exp", "aud", "sub", "client_id", "iat", "jti"
	};
	static const char *const values[] = { "'i'", "1781615300", "'a'", "'s'",
					      "'c'", "1781615200", "'j'" };

	(void)state;
	for (size_t missing = 0; missing <= 7; missing++) {
		struct buf claims = BUF_INIT(1024);
		char *words = x_asprintf("\"%s\"", missing < 7 ? names[missing] : "");

		for (size_t i = 0; i < 7; i++)
			if (i != missing)
				buf_addf(&claims, "%s'%s':%s", claims.len ? "," : "{", names[i],
					 values[i]);
		buf_add_char(&claims, '}');
		assert_check(header, buf_text(&claims), &nothing, "profile",
			     missing < 7 ? CHECK_FAILED : CHECK_PASSED,
			     missing < 7 ? words : "at+jwt");
		free(words);
		buf_release(&claims);
	}
	assert_check(header,
		     "{'iss':'i','exp':1781615300,'aud':'a','sub':'s','client_id':7,"
		     "'iat':1781615200,'jti':'j'}",
		     &nothing, "profile", CHECK_FAILED, "\"client_id\" is no string");
}

static void what_can_not_be_looked_at_does_not_pass(void **state)
{
	static const char *const list[] = { "a", NULL };
	const struct expectations asked[] = {
		{ .now_ms = TEST_NOW, .no_claims = true, .issuer = "i" },
		{ .now_ms = TEST_NOW, .no_claims = true, .subject = "s" },
		{ .now_ms = TEST_NOW, .no_claims = true, .audiences = list },
		{ .now_ms = TEST_NOW, .no_claims = true, .required = list },
	};
	static const char *const names[] = { "iss", "sub", "aud", "require" };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_check(HEADER, "{'iss':'i','sub':'s','aud':'a','a':1}", &asked[i], names[i],
			     CHECK_FAILED, "asked for");
}

static void more_checks_than_there_is_room_for_are_not_lost(void **state)
{
	const char *wanted[101];
	const struct expectations x = { .now_ms = TEST_NOW, .required = wanted };
	char *text = signed_token(HEADER, "{'a':1}");
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < 99; i++)
		wanted[i] = "a";
	wanted[99] = "missing";
	wanted[100] = NULL;
	decide(&v, text, &secret_key, &x);
	assert_int_equal(v.count, CHECKS_MAX);
	assert_int_equal(v.signature, SIGNATURE_VALID);
	assert_false(v.valid);
	findings_release(&v.findings);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_is_chosen_by_kid),
		cmocka_unit_test(the_key_says_what_it_may_be_used_for),
		cmocka_unit_test(a_public_key_never_verifies_an_hmac),
		cmocka_unit_test(a_set_that_is_no_good_is_not_looked_into),
		cmocka_unit_test(keys_within_the_token_are_never_used),
		cmocka_unit_test(a_weak_secret_passes_only_when_asked_for),
		cmocka_unit_test(times_are_exact),
		cmocka_unit_test(issuer_and_subject_are_compared_to_the_character),
		cmocka_unit_test(one_of_the_audiences_is_enough),
		cmocka_unit_test(a_type_is_compared_without_case_and_prefix),
		cmocka_unit_test(required_claims_are_there),
		cmocka_unit_test(an_access_token_follows_its_profile),
		cmocka_unit_test(what_can_not_be_looked_at_does_not_pass),
		cmocka_unit_test(more_checks_than_there_is_room_for_are_not_lost),
	};

	return cmocka_run_group_tests(tests, verdict_keys_make, verdict_keys_free);
}
