/* What makes a token valid, and every rule that makes it none: form, header, keys, claims. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jws.h"
#include "src/token/verdict.h"
#include "tests/lib/token_text.h"

#define HEADER "{'alg':'HS256'}"

static struct key_set secret_key; /* one secret of 64 bytes, without kid */
static const struct expectations nothing = { .now_ms = TEST_NOW };
static const struct expectations taken_as_is = { .now_ms = TEST_NOW, .no_claims = true };

static const char key_text[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static int keys_make(void **state)
{
	struct secret s = SECRET_INIT;

	(void)state;
	key_set_init(&secret_key);
	secret_set(&s, key_text, sizeof(key_text) - 1);
	key_set_add_secret(&secret_key, &s, "secret");
	secret_release(&s);
	return 0;
}

static int keys_free(void **state)
{
	(void)state;
	key_set_release(&secret_key);
	return 0;
}

/* --- making tokens ------------------------------------------------------------------------------- */

/* The base64url of a signature over `message`. */
static char *signed_by(struct jose_key *k, const char *alg, const char *message)
{
	const struct algorithm *a = algorithm_find(alg, strlen(alg));
	const struct span parts[] = { { message, strlen(message) } };
	struct buf raw = BUF_INIT(1024);
	struct err e = ERR_INIT;
	char *out;

	assert_well(jws_sign(k, a, parts, 1, &raw, &e), &e);
	out = x_malloc(base64url_size(raw.len));
	base64url_encode(out, raw.data, raw.len);
	buf_release(&raw);
	return out;
}

/* A compact token of texts with "'" for """, signed with the secret. */
static char *token(const char *header, const char *payload)
{
	char *h = quoted(header), *p = quoted(payload), *h64 = base64url_text(h);
	char *p64 = base64url_text(p), *message = x_asprintf("%s.%s", h64, p64);
	char *signature = signed_by(&secret_key.keys[0], "HS256", message);
	char *out = x_asprintf("%s.%s", message, signature);

	free(h);
	free(p);
	free(h64);
	free(p64);
	free(message);
	free(signature);
	return out;
}

/* --- looking at verdicts ---------------------------------------------------------------------------- */

static void decide(struct verdict *v, const char *text, struct key_set *keys,
		   const struct expectations *x)
{
	struct jose t;

	jose_read(&t, text, strlen(text));
	token_verify(&t, keys, x, v);
	jose_release(&t);
}

static bool has_check(const struct verdict *v, const char *name, enum check_result result,
		      const char *words)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->checks[i].name, name) == 0 && v->checks[i].result == result &&
		    strstr(v->checks[i].detail, words))
			return true;
	return false;
}

static bool has_finding(const struct verdict *v, const char *id)
{
	for (size_t i = 0; i < v->findings.count; i++)
		if (strcmp(v->findings.list[i].rule->id, id) == 0)
			return true;
	return false;
}

static void tell(const struct verdict *v, const char *what)
{
	print_message("%s: valid %d, signature %s\n", what, v->valid, signature_name(v->signature));
	for (size_t i = 0; i < v->count; i++)
		print_message("  %s %s: %s\n", v->checks[i].name, check_name(v->checks[i].result),
			      v->checks[i].detail);
	for (size_t i = 0; i < v->findings.count; i++)
		print_message("  finding %s: %s\n", v->findings.list[i].rule->id,
			      v->findings.list[i].text);
}

/* Decided, the text being a whole token: the check has this result, with these words. What fails
 * is never valid, and what does not is. */
static void assert_text_check(const char *text, struct key_set *keys, const struct expectations *x,
			      const char *name, enum check_result result, const char *words)
{
	struct verdict v;

	decide(&v, text, keys, x);
	if (!has_check(&v, name, result, words) || v.valid != (result != CHECK_FAILED)) {
		tell(&v, text);
		fail_msg("no %s %s with \"%s\"", name, check_name(result), words);
	}
	findings_release(&v.findings);
}

static void assert_check(const char *header, const char *claims, const struct expectations *x,
			 const char *name, enum check_result result, const char *words)
{
	char *text = token(header, claims);

	assert_text_check(text, &secret_key, x, name, result, words);
	free(text);
}

/* --- the whole ---------------------------------------------------------------------------------------- */

static void a_good_token_is_valid_and_says_under_which_key(void **state)
{
	char *text = token("{'alg':'HS256','typ':'JWT'}", "{'iss':'i','exp':1781615213}");
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
	char *text = token(HEADER, "{}");
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
	char *text = token(HEADER, "{'iss':'a','exp':1}");
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
	char *text = token(HEADER, "{'aud':'*'}");
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
	char *good = token(HEADER, "{'a':1}");
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
	bad = token(HEADER, "{}");
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
	char *whole = token(HEADER, "{'a':1}"), *dot = strchr(whole, '.') + 1;
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
	char *text = token(header, payload), *first = strchr(text, '.'), *last = strrchr(text, '.');
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
	secret_set(&s, key_text, sizeof(key_text) - 1);
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
		char *text = token(cases[i].header, "{}");
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
	char *text = token(HEADER, "{}");

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
	char *text = token("{'alg':'HS256','kid':'a'}", "{}");

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
	char *text = token("{'alg':'HS256','jwk':{'kty':'oct'," K64 "}}", "{}");
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
	char *text = token(HEADER, "{'a':1}");
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

/* --- SD-JWT -------------------------------------------------------------------------------------------------------- */

static void an_sd_jwt_is_as_good_as_its_disclosures(void **state)
{
	static const char *const bad[] = { "~WyJzIiwibiIsMV0~", "~x~", "~rubbish", "~~",
					   "~eyJhbGciOiJIUzI1NiJ9.e30.AAAA" };
	char *plain = token(HEADER, "{'_sd':[]}");
	char *text = x_asprintf("%s~", plain);

	(void)state;
	assert_text_check(text, &secret_key, &nothing, "signature", CHECK_PASSED, "");
	free(text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct verdict v;

		text = x_asprintf("%s%s", plain, bad[i]);
		decide(&v, text, &secret_key, &nothing);
		if (v.valid)
			tell(&v, text);
		assert_false(v.valid);
		findings_release(&v.findings);
		free(text);
	}
	free(plain);
}

/* A key of Ed25519, and its public half as JWK with "'" for """. */
static char *holder_make(struct jose_key *k)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);
	char x[64];

	*k = (struct jose_key){ .type = JOSE_OKP, .curve = "Ed25519", .is_private = true };
	k->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_int_equal(EVP_PKEY_get_raw_public_key(k->pkey, raw, &len), 1);
	base64url_encode(x, raw, len);
	return x_asprintf("{'kty':'OKP','crv':'Ed25519','x':'%s'}", x);
}

static void hash_text(char out[64], const char *over)
{
	unsigned char digest[32];

	sha256(digest, &(struct span){ over, strlen(over) }, 1);
	base64url_encode(out, digest, sizeof(digest));
}

/* A key binding JWT with these claims (\"'\" for \""\") and an sd_hash, behind the token, which ends in '~'. */
static char *bound_saying(const char *sd_jwt, struct jose_key *k, const char *type,
			  const char *over, const char *says)
{
	char hash[64], *header, *quotes, *claims, *message, *signature, *out;

	hash_text(hash, over);
	header = x_asprintf("{\"alg\":\"EdDSA\",\"typ\":\"%s\"}", type);
	quotes = quoted(says);
	claims = x_asprintf("{%s,\"sd_hash\":\"%s\"}", quotes, hash);
	message = compact_text(header, claims, "");
	message[strlen(message) - 1] = '\0';
	signature = signed_by(k, "EdDSA", message);
	out = x_asprintf("%s%s.%s", sd_jwt, message, signature);
	free(header);
	free(quotes);
	free(claims);
	free(message);
	free(signature);
	return out;
}

static char *bound(const char *sd_jwt, struct jose_key *k, const char *type, const char *over)
{
	return bound_saying(sd_jwt, k, type, over, "'iat':1,'aud':'v','nonce':'n'");
}

static void a_key_binding_is_by_the_key_that_the_token_names(void **state)
{
	struct jose_key holder, other;
	char *jwk = holder_make(&holder), *other_jwk_text = holder_make(&other);
	char *claims = x_asprintf("{'cnf':{'jwk':%s}}", jwk);
	char *plain = token(HEADER, claims), *sd_jwt = x_asprintf("%s~", plain);
	char *free_plain = token(HEADER, "{}"), *unbound = x_asprintf("%s~", free_plain);
	const struct {
		char *text;
		enum check_result result;
		const char *words;
	} cases[] = {
		{ bound(sd_jwt, &holder, "kb+jwt", sd_jwt), CHECK_PASSED, "by the key" },
		{ bound(sd_jwt, &other, "kb+jwt", sd_jwt), CHECK_FAILED, "not by the key" },
		{ bound(sd_jwt, &holder, "kb+jwt", plain), CHECK_FAILED, "sd_hash" },
		{ bound(sd_jwt, &holder, "JWT", sd_jwt), CHECK_FAILED, "typ" },
		{ bound(unbound, &holder, "kb+jwt", unbound), CHECK_FAILED, "no \"cnf\"" },
		{ x_asprintf("%srubbish", sd_jwt), CHECK_FAILED, "malformed" },
		{ x_asprintf("%s%s", sd_jwt, plain), CHECK_FAILED, "typ" },
		{ x_strdup(sd_jwt), CHECK_NOT_MADE, "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_text_check(cases[i].text, &secret_key, &nothing, "key_binding",
				  cases[i].result, cases[i].words);
		free(cases[i].text);
	}
	free(jwk);
	free(other_jwk_text);
	free(claims);
	free(plain);
	free(sd_jwt);
	free(free_plain);
	free(unbound);
	EVP_PKEY_free(holder.pkey);
	EVP_PKEY_free(other.pkey);
	key_context_free(holder.context);
	key_context_free(other.context);
}

/* RFC 9901 4.3 and 7.3: what it must say, and that it is a JWT like others. */
static void a_key_binding_says_when_and_to_whom(void **state)
{
	static const struct {
		const char *says, *words; /* NULL: it is good */
	} cases[] = {
		{ "'iat':1781615212,'aud':'v','nonce':'n'", NULL },
		{ "'iat':1781615212,'aud':'v','nonce':'n','nbf':1,'exp':1781615213", NULL },
		{ "'aud':'v','nonce':'n'", "\"iat\" is missing" },
		{ "'iat':'1','aud':'v','nonce':'n'", "\"iat\" is missing, or no number" },
		{ "'iat':1e99,'aud':'v','nonce':'n'", "none that there can be" },
		{ "'iat':1781615213,'aud':'v','nonce':'n'", "in the future" },
		{ "'iat':1,'nonce':'n'", "\"aud\" is missing" },
		{ "'iat':1,'aud':['v'],'nonce':'n'", "\"aud\" is missing, or no string" },
		{ "'iat':1,'aud':'v'", "\"nonce\" is missing" },
		{ "'iat':1,'aud':'v','nonce':1", "\"nonce\" is missing, or no string" },
		{ "'iat':1,'aud':'v','nonce':'n','exp':1781615212", "it has expired" },
		{ "'iat':1,'aud':'v','nonce':'n','exp':'x'", "none that there can be" },
		{ "'iat':1,'aud':'v','nonce':'n','nbf':1781615213", "not valid yet" },
	};
	struct jose_key holder;
	char *jwk = holder_make(&holder), *claims = x_asprintf("{'cnf':{'jwk':%s}}", jwk);
	char *plain = token(HEADER, claims), *sd_jwt = x_asprintf("%s~", plain);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *words = cases[i].words;
		char *text = bound_saying(sd_jwt, &holder, "kb+jwt", sd_jwt, cases[i].says);

		assert_text_check(text, &secret_key, &nothing, "key_binding",
				  words ? CHECK_FAILED : CHECK_PASSED, words ? words : "");
		free(text);
	}
	free(jwk);
	free(claims);
	free(plain);
	free(sd_jwt);
	key_context_free(holder.context);
	EVP_PKEY_free(holder.pkey);
}

static void the_id_of_a_token_is_a_string(void **state)
{
	(void)state;
	assert_check(HEADER, "{'jti':'7'}", &nothing, "format", CHECK_PASSED, "");
	assert_check(HEADER, "{'jti':7}", &nothing, "jti", CHECK_FAILED, "no string");
	assert_check(HEADER, "{'jti':null}", &nothing, "jti", CHECK_FAILED, "no string");
}

/* RFC 9901 7.1 step 6: expectations are about the payload as it is with what was disclosed. */
static void a_disclosed_claim_is_held_to_what_is_expected(void **state)
{
	static const char *const sub[] = { "sub", NULL };
	static const struct {
		const char *disclosure;
		bool inside; /* its digest is in a member's object, not in the payload's own */
		struct expectations x;
		const char *check, *words; /* of the check that fails; NULL: none */
	} cases[] = {
		{ "['s','sub','bob']", false, { .subject = "bob" }, "sub", NULL },
		{ "['s','sub','bob']", false, { .required = sub }, "require", NULL },
		{ "['s','sub','bob']", false, { .subject = "alice" }, "sub", "\"bob\" is not" },
		{ "['s','sub',7]", false, { .issuer = NULL }, "sub", "no string" },
		{ "['s','jti',7]", false, { .issuer = NULL }, "jti", "no string" },
		{ "['s','iat','x']", false, { .issuer = NULL }, "iat", "no number" },
		{ "['s','sub','bob']", true, { .subject = "bob" }, "sub", "none" },
		{ "['s','sub','bob']", true, { .required = sub }, "require", "missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct expectations x = cases[i].x;
		char *quotes = quoted(cases[i].disclosure), *disclosure = base64url_text(quotes);
		char hash[64], *claims, *plain, *text;

		hash_text(hash, disclosure);
		claims = x_asprintf(cases[i].inside ? "{'a':{'_sd':['%s']}}" : "{'_sd':['%s']}",
				    hash);
		plain = token(HEADER, claims);
		text = x_asprintf("%s~%s~", plain, disclosure);
		x.now_ms = TEST_NOW;
		assert_text_check(text, &secret_key, &x, cases[i].check,
				  cases[i].words ? CHECK_FAILED : CHECK_PASSED,
				  cases[i].words ? cases[i].words : "");
		free(text);
		free(plain);
		free(claims);
		free(disclosure);
		free(quotes);
	}
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
		cmocka_unit_test(an_sd_jwt_is_as_good_as_its_disclosures),
		cmocka_unit_test(a_key_binding_is_by_the_key_that_the_token_names),
		cmocka_unit_test(a_key_binding_says_when_and_to_whom),
		cmocka_unit_test(the_id_of_a_token_is_a_string),
		cmocka_unit_test(a_disclosed_claim_is_held_to_what_is_expected),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_free);
}
