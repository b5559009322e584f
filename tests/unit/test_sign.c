/* Tokens made here: they say what they are signed with, and hold. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/secret.h"
#include "src/token/jose.h"
#include "src/token/jws.h"
#include "src/token/sign.h"
#include "tests/lib/jose_samples.h"

static struct key_set set;
static struct secret token;
static struct err err;

static int set_open(void **state)
{
	(void)state;
	key_set_init(&set);
	return 0;
}

static int set_close(void **state)
{
	(void)state;
	key_set_release(&set);
	secret_release(&token);
	return 0;
}

static struct jose_key *key(const char *text)
{
	key_set_release(&set);
	assert_well(key_set_add_jwk(&set, text, strlen(text), "k.json", &err), &err);
	return &set.keys[0];
}

static enum errc sign(const char *k, const char *algorithm, const char *header, const char *payload)
{
	return sign_compact(key(k), algorithm, header, payload, strlen(payload), false, &token,
			    &err);
}

/* The signature fits what stands before it, under the algorithm that the header names. */
static void assert_holds(const char *algorithm)
{
	const char *text = secret_reveal(&token);
	struct span input = { text, (size_t)(strrchr(text, '.') - text) };
	struct jose t;
	char *alg;

	jose_read(&t, text, token.len);
	assert_int_equal(t.fault_count, 0);
	assert_int_equal(t.count, 1);
	alg = jose_header_text(&t.parts[0], "alg");
	assert_string_equal(alg, algorithm);
	assert_true(jws_check(&set.keys[0], algorithm_find(alg, strlen(alg)), &input, 1,
			      t.parts[0].value.data, t.parts[0].value.size));
	free(alg);
	jose_release(&t);
}

static void test_every_algorithm_signs_and_verifies(void **state)
{
	static const struct {
		const char *key, *algorithm;
	} pairs[] = {
		{ "{" OCT(SECRET64) "}", "HS256" },
		{ "{" OCT(SECRET64) "}", "HS384" },
		{ "{" OCT(SECRET64) "}", "HS512" },
		{ "{" RSA2048_PRIVATE "}", "RS256" },
		{ "{" RSA2048_PRIVATE "}", "RS384" },
		{ "{" RSA2048_PRIVATE "}", "RS512" },
		{ "{" RSA2048_PRIVATE "}", "PS256" },
		{ "{" RSA2048_PRIVATE "}", "PS384" },
		{ "{" RSA2048_PRIVATE "}", "PS512" },
		{ "{" P256_PRIVATE "}", "ES256" },
		{ "{" P384_PRIVATE "}", "ES384" },
		{ "{" P521_PRIVATE "}", "ES512" },
		{ "{" SECP256K1_PRIVATE "}", "ES256K" },
		{ "{" ED25519_PRIVATE "}", "EdDSA" },
		{ "{" ED25519_PRIVATE "}", "Ed25519" },
		{ "{" ED448_PRIVATE "}", "Ed448" },
		{ "{" RSA2048_PUBLIC WITH("d", RSA_D) "}", "RS256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_well(sign(pairs[i].key, pairs[i].algorithm, NULL, "{\"sub\":\"a\"}"), &err);
		assert_holds(pairs[i].algorithm);
	}
}

static void test_the_usual_algorithm_of_a_key(void **state)
{
	static const struct {
		const char *key, *algorithm;
	} pairs[] = {
		{ "{" OCT(SECRET64) "}", "HS256" },
		{ "{" RSA2048_PRIVATE "}", "RS256" },
		{ "{" RSA2048_PRIVATE WITH("alg", "PS512") "}", "PS512" },
		{ "{" P256_PRIVATE "}", "ES256" },
		{ "{" P384_PRIVATE "}", "ES384" },
		{ "{" P521_PRIVATE "}", "ES512" },
		{ "{" SECP256K1_PRIVATE "}", "ES256K" },
		{ "{" ED448_PRIVATE "}", "EdDSA" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_well(sign(pairs[i].key, NULL, NULL, ""), &err);
		assert_holds(pairs[i].algorithm);
	}
}

/* The header of the token, decoded. */
static void assert_header(const char *text)
{
	struct jose t;

	jose_read(&t, secret_reveal(&token), token.len);
	assert_int_equal(t.parts[0].protected_header.size, strlen(text));
	assert_memory_equal(t.parts[0].protected_header.data, text, strlen(text));
	jose_release(&t);
}

static void test_the_header_as_it_stands_behind_alg(void **state)
{
	(void)state;
	assert_well(sign("{" OCT(SECRET32) "}", NULL, NULL, "x"), &err);
	assert_header("{\"alg\":\"HS256\"}");
	assert_well(sign("{" OCT(SECRET32) "}", NULL, " {} ", "x"), &err);
	assert_header("{\"alg\":\"HS256\"}");
	assert_well(sign("{" OCT(SECRET32) "}", NULL, "{ \"typ\":\"JWT\", \"n\":1.10}", "x"), &err);
	assert_header("{\"alg\":\"HS256\", \"typ\":\"JWT\", \"n\":1.10}");
}

/* EdDSA takes no random number (RFC 8032 §5.1.6). */
static void test_a_signature_is_the_same_each_time(void **state)
{
	struct secret again = SECRET_INIT;

	(void)state;
	assert_well(sign("{" ED25519_PRIVATE "}", NULL, "{\"typ\":\"JWT\"}", "{\"a\":1}"), &err);
	secret_copy(&again, &token);
	assert_well(sign("{" ED25519_PRIVATE "}", NULL, "{\"typ\":\"JWT\"}", "{\"a\":1}"), &err);
	assert_true(secret_equal(&again, &token));
	secret_release(&again);
}

static void test_headers_that_are_refused(void **state)
{
	static const struct {
		const char *header, *words;
	} bad[] = {
		{ "", "no JSON" },
		{ "{\"a\":}", "no JSON" },
		{ "[]", "no JSON object" },
		{ "{\"alg\":\"none\"}", "\"alg\" already" },
		{ "{\"\\u0061lg\":\"none\"}", "\"alg\" already" },
		{ "{\"a\":1,\"a\":2}", "twice" },
		{ "{\"b64\":false,\"crit\":[\"b64\"]}", "\"b64\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(sign("{" OCT(SECRET32) "}", NULL, bad[i].header, "x"), ERR_USAGE,
			       &err, bad[i].words);
	assert_int_equal(token.len, 0);
}

static void test_keys_that_may_not_sign(void **state)
{
	(void)state;
	assert_refused(sign("{" P256_PUBLIC "}", NULL, NULL, "x"), ERR_USAGE, &err,
		       "the key is public");
	assert_refused(sign("{" P256_PRIVATE "}", "HS256", NULL, "x"), ERR_USAGE, &err,
		       "needs a secret");
	assert_refused(sign("{" P256_PRIVATE "}", "none", NULL, "x"), ERR_USAGE, &err, "none");
	assert_refused(sign("{" P256_PRIVATE "}", "es256", NULL, "x"), ERR_USAGE, &err,
		       "no algorithm that is known");
	assert_refused(sign("{" P256_PRIVATE WITH("use", "enc") "}", NULL, NULL, "x"), ERR_USAGE,
		       &err, "use is");
	assert_refused(sign("{" X25519_PRIVATE "}", NULL, NULL, "x"), ERR_USAGE, &err, "X25519");
	assert_refused(sign("{" OCT("AQAB") "}", NULL, NULL, "x"), ERR_USAGE, &err, "24 bits");
	assert_well(sign_compact(&set.keys[0], NULL, NULL, "x", 1, true, &token, &err), &err);
	assert_holds("HS256");
}

static void test_a_payload_too_long(void **state)
{
	char *large = calloc(1, JOSE_MAX);

	(void)state;
	assert_refused(sign_compact(key("{" OCT(SECRET32) "}"), NULL, NULL, large, JOSE_MAX, false,
				    &token, &err),
		       ERR_USAGE, &err, "longer than");
	free(large);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_open, set_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_algorithm_signs_and_verifies),
		TEST(test_the_usual_algorithm_of_a_key),
		TEST(test_the_header_as_it_stands_behind_alg),
		TEST(test_a_signature_is_the_same_each_time),
		TEST(test_headers_that_are_refused),
		TEST(test_keys_that_may_not_sign),
		TEST(test_a_payload_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
