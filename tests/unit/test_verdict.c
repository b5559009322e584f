/* What makes a token valid, and every rule about its form and header that makes it none. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jws.h"
#include "tests/lib/token_text.h"
#include "tests/lib/verdict_cases.h"

/* --- the whole ---------------------------------------------------------------------------------------- */

static void a_good_token_is_valid_and_says_under_which_key(void **state)
{
	char *text = signed_token("{'alg':'HS256','typ':'JWT'}", "{'iss':'i','exp':1781615213}");
	struct verdict v;

	(void)state;
	decide(&v, text, &secret_key, &nothing);
	assert_true(v.valid);
	assert_int_equal(v.signature, SIGNATURE_VALID);
	assert_ptr_equal(v.key, &secret_key.keys[0]);
	assert_true(has_check(&v, "format", CHECK_PASSED, "JWT"));
	assert_true(has_check(&v, "alg", CHECK_PASSED, "HS256"));
	assert_true(has_check(&v, "crit", CHECK_NOT_MADE, ""));
	assert_true(has_check(&v, "signature", CHECK_PASSED, "HS256, secret"));
	assert_true(has_check(&v, "exp", CHECK_PASSED, "ends in"));
	assert_true(has_check(&v, "nbf", CHECK_NOT_MADE, "has none"));
	assert_true(has_check(&v, "iss", CHECK_NOT_MADE, "not asked for"));
	assert_true(has_check(&v, "aud", CHECK_NOT_MADE, "not asked for"));
	assert_true(has_check(&v, "sub", CHECK_NOT_MADE, "not asked for"));
	assert_true(has_check(&v, "typ", CHECK_NOT_MADE, "not asked for"));
	assert_true(has_check(&v, "require", CHECK_NOT_MADE, "not asked for"));
	findings_release(&v.findings);
	free(text);
}

static void without_a_key_nothing_is_valid(void **state)
{
	char *text = signed_token(HEADER, "{}");
	struct key_set none;
	struct verdict v;

	(void)state;
	key_set_init(&none);
	decide(&v, text, &none, &nothing);
	assert_false(v.valid);
	assert_int_equal(v.signature, SIGNATURE_UNCHECKED);
	assert_true(has_check(&v, "signature", CHECK_NOT_MADE, "no key"));
	assert_true(has_check(&v, "exp", CHECK_NOT_MADE, "the signature comes first"));
	assert_null(v.key);
	findings_release(&v.findings);
	free(text);
}

static void a_signature_that_does_not_fit_leaves_the_rest_unlooked_at(void **state)
{
	char *text = signed_token(HEADER, "{'iss':'a','exp':1}");
	struct verdict v;

	(void)state;
	text[strlen(text) - 5] = text[strlen(text) - 5] == 'A' ? 'B' : 'A';
	decide(&v, text, &secret_key, &nothing);
	assert_false(v.valid);
	assert_int_equal(v.signature, SIGNATURE_INVALID);
	assert_true(has_check(&v, "signature", CHECK_FAILED, "does not fit the key"));
	assert_true(has_check(&v, "exp", CHECK_NOT_MADE, "the signature comes first"));
	assert_true(has_check(&v, "iss", CHECK_NOT_MADE, "the signature comes first"));
	assert_null(v.key);
	findings_release(&v.findings);
	free(text);
}

static void an_error_among_the_findings_is_enough(void **state)
{
	char *text = signed_token(HEADER, "{'aud':'*'}");
	struct verdict v;

	(void)state;
	decide(&v, text, &secret_key, &nothing);
	assert_int_equal(v.signature, SIGNATURE_VALID);
	assert_true(has_finding(&v, "aud-odd"));
	assert_false(v.valid);
	findings_release(&v.findings);
	free(text);
}

/* --- form ---------------------------------------------------------------------------------------------- */

static void what_is_malformed_is_never_valid(void **state)
{
	char *good = signed_token(HEADER, "{'a':1}");
	char *cases[] = {
		x_asprintf(" %s", good),
		x_asprintf("%s ", good),
		x_asprintf("%s\n", good),
		x_asprintf("%s=", good),
		x_asprintf("%s.", good),
		x_asprintf(".%s", good),
		x_asprintf("%s.%s", good, good),
		x_asprintf("\"%s\"", good),
		x_asprintf("Bearer %s", good),
		x_strndup(good, strlen(good) - 1),
		x_strndup(good, strlen(good) - 43),
		x_strndup(good, strlen(good) - 44),
		x_strdup(""),
	};

	(void)state;
	assert_text_check(good, &secret_key, &nothing, "signature", CHECK_PASSED, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_text_check(cases[i], &secret_key, &nothing, "format", CHECK_FAILED, "");
		assert_text_check(cases[i], &secret_key, &taken_as_is, "format", CHECK_FAILED, "");
		free(cases[i]);
	}
	free(good);
}

static void claims_are_an_object_without_duplicates(void **state)
{
	static const char *const payloads[] = {
		"",
		"hello",
		"[]",
		"'text'",
		"1",
		"null",
		"{",
		"{}x",
		"{,}",
		"{'a':1,'a':1}",
		"{'a':{'b':1,'b':2}}",
		"{'a':01}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
		assert_check(HEADER, payloads[i], &nothing, "format", CHECK_FAILED, "");
		assert_check(HEADER, payloads[i], &taken_as_is, "format", CHECK_PASSED, "");
	}
	assert_check(HEADER, "{'a':'\xFF'}", &nothing, "format", CHECK_FAILED, "");
	assert_check("{'alg':'HS256','typ':'JWT'}", "hello", &nothing, "format", CHECK_FAILED, "");
}

static void a_header_without_duplicates_is_wanted(void **state)
{
	(void)state;
	assert_check("{'alg':'HS256','alg':'HS256'}", "{}", &nothing, "format", CHECK_FAILED,
		     "there twice");
	assert_check("{'alg':'HS256','x':{'y':1,'y':1}}", "{}", &taken_as_is, "format",
		     CHECK_FAILED, "there twice");
	assert_check("{'alg':'HS256','kid':1}", "{}", &nothing, "format", CHECK_FAILED, "\"kid\"");
	assert_check("{'alg':'HS256','typ':['JWT']}", "{}", &nothing, "format", CHECK_FAILED,
		     "\"typ\"");
	assert_check("{'alg':'HS256','cty':null}", "{}", &nothing, "format", CHECK_FAILED,
		     "\"cty\"");
}

static void what_is_encrypted_is_decrypted_first(void **state)
{
	(void)state;
	assert_text_check("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAAAAAAAAAAAAAA.YWJj."
			  "AAAAAAAAAAAAAAAAAAAAAA",
			  &secret_key, &nothing, "format", CHECK_FAILED, "decrypt it first");
}

static void padding_is_taken_only_when_asked_for(void **state)
{
	const struct expectations padded = { .now_ms = TEST_NOW, .padded = true };
	char *message, *signature, *text, *bad;

	(void)state;
	message = x_strdup("eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYWIifQ==");
	signature = signed_by(&secret_key.keys[0], "HS256", message);
	text = x_asprintf("%s.%s=", message, signature);
	assert_text_check(text, &secret_key, &padded, "signature", CHECK_PASSED, "");
	assert_text_check(text, &secret_key, &nothing, "format", CHECK_FAILED, "padded");
	assert_text_check(text, &secret_key, &taken_as_is, "format", CHECK_FAILED, "padded");
	/* Without its padding it is another message. */
	bad = x_asprintf("eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYWIifQ.%s", signature);
	assert_text_check(bad, &secret_key, &padded, "signature", CHECK_FAILED, "");
	free(bad);
	bad = x_asprintf("%s.%s", message, signature);
	assert_text_check(bad, &secret_key, &padded, "format", CHECK_FAILED, "padding");
	free(bad);
	bad = signed_token(HEADER, "{}");
	assert_text_check(bad, &secret_key, &padded, "signature", CHECK_PASSED, "");
	free(bad);
	free(text);
	free(signature);
	free(message);
}

/* --- alg ------------------------------------------------------------------------------------------------- */

static void an_algorithm_must_be_known_and_sign(void **state)
{
	static const struct {
		const char *header, *words;
	} cases[] = {
		{ "{}", "no \"alg\"" },
		{ "{'alg':1}", "\"alg\" is no string" },
		{ "{'alg':null}", "\"alg\" is no string" },
		{ "{'alg':['HS256']}", "\"alg\" is no string" },
		{ "{'alg':'none'}", "is no signature" },
		{ "{'alg':'None'}", "is no signature" },
		{ "{'alg':'nOnE'}", "is no signature" },
		{ "{'alg':''}", "is not known" },
		{ "{'alg':'hs256'}", "is not known" },
		{ "{'alg':'HS256 '}", "is not known" },
		{ "{'alg':'HS256\\u0000'}", "\"alg\" has a zero" },
		{ "{'alg':'HS1'}", "is not known" },
		{ "{'alg':'dir'}", "signs nothing" },
		{ "{'alg':'A128KW'}", "signs nothing" },
		{ "{'alg':'\\u001b[31m'}", "<U+001B>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_check(cases[i].header, "{}", &nothing, "alg", CHECK_FAILED, cases[i].words);
		assert_check(cases[i].header, "{}", &taken_as_is, "alg", CHECK_FAILED,
			     cases[i].words);
	}
	assert_check("{'alg':'\\u0048S256'}", "{}", &nothing, "alg", CHECK_PASSED, "HS256");
}

/* Else one would pass for a header without a kid, for which every key is tried. */
static void a_name_that_is_no_text_is_not_passed_over(void **state)
{
	static const char *const names[] = { "kid", "typ", "cty" };
	static const struct {
		const char *value, *words;
	} cases[] = {
		{ "'a\\u0000b'", "has a zero character" },
		{ "'\\u0000'", "has a zero character" },
		{ "7", "is no string" },
		{ "null", "is no string" },
		{ "['a']", "is no string" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
			char *header = x_asprintf("{'alg':'HS256','%s':%s}", names[i],
						  cases[k].value);

			assert_check(header, "{}", &nothing, "format", CHECK_FAILED,
				     cases[k].words);
			free(header);
		}
	}
	assert_check("{'alg':'HS256','typ':'\\u004aWT'}", "{}", &nothing, "format", CHECK_PASSED,
		     "");
}

static void none_is_refused_with_an_empty_signature_too(void **state)
{
	char *text = compact_text("{\"alg\":\"none\"}", "{}", "");

	(void)state;
	assert_text_check(text, &secret_key, &nothing, "alg", CHECK_FAILED, "is no signature");
	assert_text_check(text, &secret_key, &taken_as_is, "alg", CHECK_FAILED, "no signature");
	free(text);
}

static void an_algorithm_must_be_among_those_allowed(void **state)
{
	static const char *const hs256[] = { "HS384", "HS256", NULL },
				 *const rs256[] = { "RS256", NULL }, *const empty[] = { NULL };
	struct expectations x = { .now_ms = TEST_NOW, .algorithms = hs256 };

	(void)state;
	assert_check(HEADER, "{}", &x, "alg", CHECK_PASSED, "HS256");
	x.algorithms = rs256;
	assert_check(HEADER, "{}", &x, "alg", CHECK_FAILED, "not among those allowed");
	x.algorithms = empty;
	assert_check(HEADER, "{}", &x, "alg", CHECK_FAILED, "not among those allowed");
}

/* --- crit and b64 ------------------------------------------------------------------------------------------ */

static void critical_extensions_are_honoured(void **state)
{
	static const struct {
		const char *header, *words;
	} cases[] = {
		{ "{'alg':'HS256','crit':[]}", "empty" },
		{ "{'alg':'HS256','crit':'b64'}", "no list" },
		{ "{'alg':'HS256','crit':{}}", "no list" },
		{ "{'alg':'HS256','crit':null}", "no list" },
		{ "{'alg':'HS256','crit':[1],'1':1}", "no string" },
		{ "{'alg':'HS256','crit':['exp'],'exp':1}", "not understood" },
		{ "{'alg':'HS256','crit':['x'],'x':1}", "not understood" },
		{ "{'alg':'HS256','crit':['x']}", "not understood" },
		{ "{'alg':'HS256','crit':['alg']}", "not understood" },
		{ "{'alg':'HS256','crit':['']}", "not understood" },
		{ "{'alg':'HS256','b64':true,'crit':['b64','x'],'x':1}", "not understood" },
		{ "{'alg':'HS256','b64':true,'crit':['b64','b64']}", "twice" },
		{ "{'alg':'HS256','crit':['b64']}", "has none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_check(cases[i].header, "{}", &nothing, "crit", CHECK_FAILED, cases[i].words);
		assert_check(cases[i].header, "{}", &taken_as_is, "crit", CHECK_FAILED,
			     cases[i].words);
	}
	assert_check("{'alg':'HS256','b64':true,'crit':['b64']}", "{}", &nothing, "crit",
		     CHECK_PASSED, "b64");
}

/* A compact token with the payload as it stands. */
static char *unencoded(const char *header, const char *payload)
{
	char *h = quoted(header), *h64 = base64url_text(h);
	char *message = x_asprintf("%s.%s", h64, payload);
	char *signature = signed_by(&secret_key.keys[0], "HS256", message);
	char *out = x_asprintf("%s.%s", message, signature);

	free(h);
	free(h64);
	free(message);
	free(signature);
	return out;
}

static void an_unencoded_payload_wants_crit_and_is_no_jwt(void **state)
{
	char *good = unencoded("{'alg':'HS256','b64':false,'crit':['b64']}", "$02");
	char *uncrit = unencoded("{'alg':'HS256','b64':false}", "$02");
	char *jwt = unencoded("{'alg':'HS256','b64':false,'crit':['b64']}", "{}");
	char *odd = unencoded("{'alg':'HS256','b64':'false','crit':['b64']}", "e30");

	(void)state;
	assert_text_check(good, &secret_key, &taken_as_is, "signature", CHECK_PASSED, "");
	assert_text_check(good, &secret_key, &nothing, "format", CHECK_FAILED, "RFC 7797 7");
	assert_text_check(uncrit, &secret_key, &taken_as_is, "crit", CHECK_FAILED, "name it");
	assert_text_check(jwt, &secret_key, &nothing, "format", CHECK_FAILED, "RFC 7797 7");
	assert_text_check(odd, &secret_key, &taken_as_is, "format", CHECK_FAILED, "\"b64\"");
	free(good);
	free(uncrit);
	free(jwt);
	free(odd);
}

static void a_detached_payload_has_to_be_given(void **state)
{
	char *whole = signed_token(HEADER, "{'a':1}"), *dot = strchr(whole, '.') + 1;
	char *text = x_asprintf("%.*s%s", (int)(dot - whole), whole, strchr(dot, '.'));
	struct verdict v;
	struct jose t;

	(void)state;
	assert_text_check(text, &secret_key, &taken_as_is, "signature", CHECK_FAILED, "detached");
	jose_read(&t, text, strlen(text));
	jose_attach(&t, "{\"a\":1}", 7);
	token_verify(&t, &secret_key, &nothing, &v);
	assert_true(v.valid);
	findings_release(&v.findings);
	jose_release(&t);
	jose_read(&t, text, strlen(text));
	jose_attach(&t, "{\"a\":2}", 7);
	token_verify(&t, &secret_key, &nothing, &v);
	assert_false(v.valid);
	assert_int_equal(v.signature, SIGNATURE_INVALID);
	findings_release(&v.findings);
	jose_release(&t);
	jose_read(&t, whole, strlen(whole));
	jose_attach(&t, "{\"a\":1}", 7);
	token_verify(&t, &secret_key, &nothing, &v);
	assert_false(v.valid);
	findings_release(&v.findings);
	jose_release(&t);
	free(text);
	free(whole);
}

/* --- JSON serialisation ---------------------------------------------------------------------------------------- */

/* The three parts of a compact token. */
struct parts {
	char *header, *payload, *signature;
};

static struct parts parts_of(const char *header, const char *payload)
{
	char *text = signed_token(header, payload), *first = strchr(text, '.'),
	     *last = strrchr(text, '.');
	struct parts p = { x_strndup(text, (size_t)(first - text)),
			   x_strndup(first + 1, (size_t)(last - first - 1)), x_strdup(last + 1) };

	free(text);
	return p;
}

static void parts_free(struct parts *p)
{
	free(p->header);
	free(p->payload);
	free(p->signature);
}

static void a_jwt_is_never_in_json(void **state)
{
	struct parts p = parts_of(HEADER, "{}");
	char *flat = x_asprintf("{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"%s\"}",
				p.header, p.payload, p.signature);

	(void)state;
	assert_text_check(flat, &secret_key, &nothing, "format", CHECK_FAILED, "RFC 7519");
	assert_text_check(flat, &secret_key, &taken_as_is, "signature", CHECK_PASSED, "");
	free(flat);
	parts_free(&p);
}

/* Protecting content only (RFC 7520 §4.7): the signature is over an empty header. */
static void an_unprotected_algorithm_passes_and_is_told(void **state)
{
	char *signature = signed_by(&secret_key.keys[0], "HS256", ".e30");
	char *text = x_asprintf("{\"header\":{\"alg\":\"HS256\"},\"payload\":\"e30\","
				"\"signature\":\"%s\"}",
				signature);
	char *crit = x_asprintf("{\"header\":{\"alg\":\"HS256\",\"b64\":true,\"crit\":[\"b64\"]},"
				"\"payload\":\"e30\",\"signature\":\"%s\"}",
				signature);
	struct verdict v;

	(void)state;
	decide(&v, text, &secret_key, &taken_as_is);
	assert_true(v.valid);
	assert_true(has_finding(&v, "header-unprotected"));
	findings_release(&v.findings);
	assert_text_check(text, &secret_key, &nothing, "format", CHECK_FAILED, "");
	assert_text_check(crit, &secret_key, &taken_as_is, "crit", CHECK_FAILED, "not in the prot");
	free(crit);
	free(text);
	free(signature);
}

/* Two signatures, of the secret and of whatever `second` is. */
static char *general(const char *second_header, const char *second_signature)
{
	struct parts p = parts_of(HEADER, "{}");
	char *h = quoted(second_header), *h64 = base64url_text(h);
	char *out = x_asprintf(
		"{\"payload\":\"%s\",\"signatures\":[{\"protected\":\"%s\","
		"\"signature\":\"%s\"},{\"protected\":\"%s\",\"signature\":\"%s\"}]}",
		p.payload, p.header, p.signature, h64, second_signature);

	parts_free(&p);
	free(h);
	free(h64);
	return out;
}

static const char other_jwk[] =
	"{\"kty\":\"oct\",\"kid\":\"b\",\"alg\":\"HS384\","
	"\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4\"}";

static void of_several_signatures_each_with_a_key_must_hold(void **state)
{
	static const char stranger[] = "{'alg':'ES256','kid':'z'}";
	char *zeros = base64url_text("0123456789abcdef0123456789abcdef"
				     "0123456789abcdef0123456789abcdef");
	char *forged = base64url_text("0123456789abcdef0123456789abcdef0123456789abcdef");
	struct key_set two;
	struct err e = ERR_INIT;
	struct secret s = SECRET_INIT;
	char *text;

	(void)state;
	key_set_init(&two);
	secret_set(&s, key_text, strlen(key_text));
	key_set_add_secret(&two, &s, "secret");
	secret_release(&s);
	assert_well(key_set_add_jwk(&two, other_jwk, sizeof(other_jwk) - 1, "b", &e), &e);

	/* One of somebody else's is told, and no fault. */
	text = general(stranger, zeros);
	assert_text_check(text, &secret_key, &taken_as_is, "signature", CHECK_PASSED,
			  "signature 1: HS256");
	assert_text_check(text, &secret_key, &taken_as_is, "signature", CHECK_NOT_MADE,
			  "signature 2: ");
	free(text);
	/* One of ours is. */
	text = general("{'alg':'HS384','kid':'b'}", forged);
	assert_text_check(text, &two, &taken_as_is, "signature", CHECK_FAILED,
			  "signature 2: it fits none");
	free(text);
	/* Nor does another kid make it somebody else's. */
	text = general("{'alg':'HS384','kid':'c'}", forged);
	assert_text_check(text, &two, &taken_as_is, "signature", CHECK_FAILED, "signature 2: ");
	free(text);
	/* What breaks the rules is no signature of anybody. */
	text = general("{'alg':'none'}", "");
	assert_text_check(text, &two, &taken_as_is, "alg", CHECK_FAILED, "signature 2: none");
	free(text);
	text = general("{'alg':'ES256','crit':['x'],'x':1}", zeros);
	assert_text_check(text, &two, &taken_as_is, "crit", CHECK_FAILED, "signature 2: ");
	free(text);
	free(forged);
	free(zeros);
	key_set_release(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_token_is_valid_and_says_under_which_key),
		cmocka_unit_test(without_a_key_nothing_is_valid),
		cmocka_unit_test(a_signature_that_does_not_fit_leaves_the_rest_unlooked_at),
		cmocka_unit_test(an_error_among_the_findings_is_enough),
		cmocka_unit_test(what_is_malformed_is_never_valid),
		cmocka_unit_test(claims_are_an_object_without_duplicates),
		cmocka_unit_test(a_header_without_duplicates_is_wanted),
		cmocka_unit_test(what_is_encrypted_is_decrypted_first),
		cmocka_unit_test(padding_is_taken_only_when_asked_for),
		cmocka_unit_test(an_algorithm_must_be_known_and_sign),
		cmocka_unit_test(a_name_that_is_no_text_is_not_passed_over),
		cmocka_unit_test(none_is_refused_with_an_empty_signature_too),
		cmocka_unit_test(an_algorithm_must_be_among_those_allowed),
		cmocka_unit_test(critical_extensions_are_honoured),
		cmocka_unit_test(an_unencoded_payload_wants_crit_and_is_no_jwt),
		cmocka_unit_test(a_detached_payload_has_to_be_given),
		cmocka_unit_test(a_jwt_is_never_in_json),
		cmocka_unit_test(an_unprotected_algorithm_passes_and_is_told),
		cmocka_unit_test(of_several_signatures_each_with_a_key_must_hold),
	};

	return cmocka_run_group_tests(tests, verdict_keys_make, verdict_keys_free);
}
