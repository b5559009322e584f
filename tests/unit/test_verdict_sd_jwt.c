/* What makes an SD-JWT valid: disclosures, key binding, and the claims that come with them. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jws.h"
#include "tests/lib/token_text.h"
#include "tests/lib/verdict_cases.h"

/* --- SD-JWT -------------------------------------------------------------------------------------------------------- */

static void an_sd_jwt_is_as_good_as_its_disclosures(void **state)
{
	static const char *const bad[] = { "~WyJzIiwibiIsMV0~", "~x~", "~rubbish", "~~",
					   "~eyJhbGciOiJIUzI1NiJ9.e30.AAAA" };
	char *plain = signed_token(HEADER, "{'_sd':[]}");
	char *text = x_asprintf("%s~", plain);

	(void)state;
	assert_text_check(text, &secret_key, &nothing, "signature", CHECK_PASSED, "");
	free(text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct verdict v;

		text = x_asprintf("%s%s", plain, bad[i]);
		decide(&v, text, &secret_key, &nothing);
		if (v.valid)
			verdict_tell(&v, text);
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
	char *plain = signed_token(HEADER, claims), *sd_jwt = x_asprintf("%s~", plain);
	char *free_plain = signed_token(HEADER, "{}"), *unbound = x_asprintf("%s~", free_plain);
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
	char *plain = signed_token(HEADER, claims), *sd_jwt = x_asprintf("%s~", plain);

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
		plain = signed_token(HEADER, claims);
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
		cmocka_unit_test(an_sd_jwt_is_as_good_as_its_disclosures),
		cmocka_unit_test(a_key_binding_is_by_the_key_that_the_token_names),
		cmocka_unit_test(a_key_binding_says_when_and_to_whom),
		cmocka_unit_test(the_id_of_a_token_is_a_string),
		cmocka_unit_test(a_disclosed_claim_is_held_to_what_is_expected),
	};

	return cmocka_run_group_tests(tests, verdict_keys_make, verdict_keys_free);
}
