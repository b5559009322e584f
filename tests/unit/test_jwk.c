/* Keys out of JSON: every kind, every fault raised and not raised, and sets. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/token/jose_key.h"
#include "tests/lib/jose_samples.h"

static struct key_set set;
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
	return 0;
}

static enum errc add(const char *text)
{
	key_set_release(&set);
	return key_set_add_jwk(&set, text, strlen(text), "keys.json", &err);
}

static const struct jose_key *one(const char *text)
{
	assert_well(add(text), &err);
	assert_int_equal(set.count, 1);
	return &set.keys[0];
}

struct kind {
	const char *text;
	enum jose_key_type type;
	const char *curve;
	unsigned bits;
	bool is_private;
};

static const struct kind kinds[] = {
	{ "{" OCT(SECRET32) "}", JOSE_OCT, NULL, 256, true },
	{ "{" RSA2048_PUBLIC "}", JOSE_RSA, NULL, 2048, false },
	{ "{" RSA2048_PRIVATE "}", JOSE_RSA, NULL, 2048, true },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_D) "}", JOSE_RSA, NULL, 2048, true },
	{ "{" P256_PUBLIC "}", JOSE_EC, "P-256", 256, false },
	{ "{" P256_PRIVATE "}", JOSE_EC, "P-256", 256, true },
	{ "{" P384_PUBLIC "}", JOSE_EC, "P-384", 384, false },
	{ "{" P384_PRIVATE "}", JOSE_EC, "P-384", 384, true },
	{ "{" P521_PUBLIC "}", JOSE_EC, "P-521", 521, false },
	{ "{" P521_PRIVATE "}", JOSE_EC, "P-521", 521, true },
	{ "{" SECP256K1_PUBLIC "}", JOSE_EC, "secp256k1", 256, false },
	{ "{" SECP256K1_PRIVATE "}", JOSE_EC, "secp256k1", 256, true },
	{ "{" ED25519_PUBLIC "}", JOSE_OKP, "Ed25519", 255, false },
	{ "{" ED25519_PRIVATE "}", JOSE_OKP, "Ed25519", 255, true },
	{ "{" ED448_PUBLIC "}", JOSE_OKP, "Ed448", 448, false },
	{ "{" ED448_PRIVATE "}", JOSE_OKP, "Ed448", 448, true },
	{ "{" X25519_PUBLIC "}", JOSE_OKP, "X25519", 255, false },
	{ "{" X25519_PRIVATE "}", JOSE_OKP, "X25519", 255, true },
	{ "{" X448_PUBLIC "}", JOSE_OKP, "X448", 448, false },
	{ "{" X448_PRIVATE "}", JOSE_OKP, "X448", 448, true },
};

static void test_every_kind_of_key_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct jose_key *k = one(kinds[i].text);

		assert_int_equal(k->type, kinds[i].type);
		assert_int_equal(k->bits, kinds[i].bits);
		assert_int_equal(k->is_private, kinds[i].is_private);
		assert_int_equal(k->faults, 0);
		assert_true(k->constrained);
		assert_int_equal(k->type == JOSE_OCT, k->pkey == NULL);
		if (kinds[i].curve)
			assert_string_equal(k->curve, kinds[i].curve);
		assert_int_equal(set.faults, 0);
	}
}

struct bad {
	const char *text;
	unsigned fault;
	const char *words;
};

/* P-256 with the last bit of y changed, and with one byte less and more. */
#define Y_OFF "KzT71S2UEuUuokKqZUYBasYt9hBYlH1UQCkeEHpdPtU"
#define Y_SHORT "KzT71S2UEuUuokKqZUYBasYt9hBYlH1UQCkeEHpdPg"
#define Y_LONG "AAKzT71S2UEuUuokKqZUYBasYt9hBYlH1UQCkeEHpdPtQ"
#define ZERO32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ONES32 "__________________________________________8"
/* Points of small order on Ed25519: y is 1, -1, 0, and one of order 8. */
#define ORDER1 "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ORDER2 "7P_______________________________________38"
#define ORDER8 "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU"
/* y is 2, for which there is no x; and y of p + 1, another spelling of 1. */
#define OFF_EDWARDS "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define NOT_REDUCED "7v_______________________________________38"
#define ED448_ORDER1 "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct bad bad_keys[] = {
	/* Members missing, of the wrong type or encoding, or twice. */
	{ "{\"kty\":\"oct\"}", KEY_FAULT_MEMBER, "\"k\" is missing" },
	{ "{" OCT("") "}", KEY_FAULT_MEMBER, "\"k\" is empty" },
	{ "{" OCT("AQAB=") "}", KEY_FAULT_MEMBER, "\"k\" is not base64url" },
	{ "{" OCT("A+AB") "}", KEY_FAULT_MEMBER, "\"k\" is not base64url" },
	{ "{" OCT("AQ AB") "}", KEY_FAULT_MEMBER, "\"k\" is not base64url" },
	{ "{" OCT("AQABB") "}", KEY_FAULT_MEMBER, "\"k\" is not base64url" },
	{ "{" OCT("AR") "}", KEY_FAULT_MEMBER, "\"k\" is not base64url" },
	{ "{\"kty\":\"oct\",\"k\":7}", KEY_FAULT_MEMBER, "\"k\" is no string" },
	{ "{\"kty\":\"oct\",\"k\":null}", KEY_FAULT_MEMBER, "\"k\" is no string" },
	{ "{" OCT(SECRET32) WITH("k", SECRET64) "}", KEY_FAULT_MEMBER, "\"k\" is there twice" },
	{ "{" OCT(SECRET32) WITH("\\u006b", SECRET64) "}", KEY_FAULT_MEMBER,
	  "\"k\" is there twice" },
	{ "{" OCT(SECRET32) WITH("a", "1") WITH("a", "2") "}", KEY_FAULT_MEMBER,
	  "\"a\" is there twice" },
	{ "{" OCT(SECRET32) ",\"kid\":7}", KEY_FAULT_MEMBER, "\"kid\" is no string" },
	{ "{" OCT(SECRET32) ",\"alg\":[\"HS256\"]}", KEY_FAULT_MEMBER, "\"alg\" is no string" },
	{ "{" OCT(SECRET32) ",\"alg\":null}", KEY_FAULT_MEMBER, "\"alg\" is no string" },
	{ "{" OCT(SECRET32) WITH("alg", "HS256\\u0000") "}", KEY_FAULT_MEMBER,
	  "\"alg\" is no string" },
	{ "{" OCT(SECRET32) ",\"use\":true}", KEY_FAULT_MEMBER, "\"use\" is no string" },
	{ "{" OCT(SECRET32) ",\"key_ops\":\"verify\"}", KEY_FAULT_MEMBER, "is no array" },
	{ "{" OCT(SECRET32) ",\"key_ops\":[1]}", KEY_FAULT_MEMBER, "what is no string" },
	{ "{" OCT(SECRET32) ",\"key_ops\":[\"sign\",\"verify\",\"sign\"]}", KEY_FAULT_MEMBER,
	  "one twice" },
	{ "{\"kty\":\"RSA\",\"e\":\"AQAB\"}", KEY_FAULT_MEMBER, "\"n\" is missing" },
	{ "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\"}", KEY_FAULT_MEMBER, "\"e\" is missing" },
	{ "{" RSA_PUBLIC("AA" RSA_N, "AQAB") "}", KEY_FAULT_MEMBER, "begins with a zero byte" },
	{ "{" RSA_PUBLIC("", "AQAB") "}", KEY_FAULT_MEMBER, "\"n\" is empty" },
	{ "{" RSA_PUBLIC("AA", "AQAB") "}", KEY_FAULT_MEMBER, "even" },
	{ "{" RSA_PUBLIC(RSA_N, "AAEAAQ") "}", KEY_FAULT_MEMBER, "\"e\" begins with a zero byte" },
	{ "{" RSA2048_PUBLIC WITH("p", RSA_P) "}", KEY_FAULT_MEMBER, "some are missing" },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_D) WITH("p", RSA_P) "}", KEY_FAULT_MEMBER,
	  "some are missing" },
	{ "{" RSA2048_PRIVATE ",\"oth\":[]}", KEY_FAULT_MEMBER, "more than two primes" },
	{ "{\"kty\":\"EC\",\"x\":\"" P256_X "\",\"y\":\"" P256_Y "\"}", KEY_FAULT_MEMBER,
	  "\"crv\" is missing" },
	{ "{\"kty\":\"EC\",\"crv\":256}", KEY_FAULT_MEMBER, "\"crv\" is no string" },
	{ "{" EC_PUBLIC("Ed25519", P256_X, P256_Y) "}", KEY_FAULT_MEMBER, "does not belong" },
	{ "{" OKP_PUBLIC("P-256", P256_X) "}", KEY_FAULT_MEMBER, "does not belong" },
	{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\"}", KEY_FAULT_MEMBER,
	  "\"y\" is missing" },
	{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", KEY_FAULT_MEMBER, "\"x\" is missing" },
	{ "{" P256_PUBLIC WITH("d", "AQAB") "}", KEY_FAULT_MEMBER, "\"d\" has 3 bytes" },
	{ "{" P256_PUBLIC WITH("d", "AA" P256_D) "}", KEY_FAULT_MEMBER, "\"d\"" },
	{ "{" ED25519_PUBLIC WITH("d", ED448_D) "}", KEY_FAULT_MEMBER, "\"d\" has 57 bytes" },
	{ "{" P256_PUBLIC ",\"d\":1}", KEY_FAULT_MEMBER, "\"d\" is no string" },
	/* Points (RFC 7518 §6.2.1.2). */
	{ "{" EC_PUBLIC("P-256", P256_X, Y_OFF) "}", KEY_FAULT_POINT, "not on P-256" },
	{ "{" EC_PUBLIC("P-256", P256_X, Y_SHORT) "}", KEY_FAULT_POINT, "has 31 bytes" },
	{ "{" EC_PUBLIC("P-256", ZERO32, ZERO32) "}", KEY_FAULT_POINT, "not on P-256" },
	{ "{" EC_PUBLIC("P-256", ONES32, ONES32) "}", KEY_FAULT_POINT, "not on P-256" },
	{ "{" EC_PUBLIC("secp256k1", P256_X, P256_Y) "}", KEY_FAULT_POINT, "not on secp256k1" },
	{ "{" EC_PUBLIC("P-384", P256_X, P256_Y) "}", KEY_FAULT_POINT, "P-384 wants 48" },
	{ "{" OKP_PUBLIC("Ed25519", ED448_X) "}", KEY_FAULT_POINT, "Ed25519 wants 32" },
	{ "{" OKP_PUBLIC("Ed25519", ZERO32) "}", KEY_FAULT_POINT, "small order" },
	{ "{" OKP_PUBLIC("Ed25519", ORDER1) "}", KEY_FAULT_POINT, "small order" },
	{ "{" OKP_PUBLIC("Ed25519", ORDER2) "}", KEY_FAULT_POINT, "small order" },
	{ "{" OKP_PUBLIC("Ed25519", ORDER8) "}", KEY_FAULT_POINT, "small order" },
	{ "{" OKP_PUBLIC("Ed25519", OFF_EDWARDS) "}", KEY_FAULT_POINT, "not on Ed25519" },
	{ "{" OKP_PUBLIC("Ed25519", NOT_REDUCED) "}", KEY_FAULT_POINT, "not on Ed25519" },
	{ "{" OKP_PUBLIC("Ed448", ED448_ORDER1) "}", KEY_FAULT_POINT, "small order" },
	/* Private and public part. */
	{ "{" P256_PUBLIC WITH("d", SECP256K1_D) "}", KEY_FAULT_PAIR, "belong together" },
	{ "{" P256_PUBLIC WITH("d", ZERO32) "}", KEY_FAULT_PAIR, NULL },
	{ "{" P256_PUBLIC WITH("d", ONES32) "}", KEY_FAULT_PAIR, NULL },
	{ "{" ED25519_PUBLIC WITH("d", X25519_D) "}", KEY_FAULT_PAIR, "belong together" },
	{ "{" X25519_PUBLIC WITH("d", ED25519_D) "}", KEY_FAULT_PAIR, "belong together" },
	{ "{" X448_PUBLIC WITH("d", X448_X) "}", KEY_FAULT_PAIR, "belong together" },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_P) "}", KEY_FAULT_PAIR, "belong together" },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_D) WITH("p", RSA_Q) WITH("q", RSA_Q) WITH("dp", RSA_DP)
		  WITH("dq", RSA_DQ) WITH("qi", RSA_QI) "}",
	  KEY_FAULT_PAIR, "belong together" },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_D) WITH("p", RSA_P) WITH("q", RSA_Q) WITH("dp", RSA_DQ)
		  WITH("dq", RSA_DQ) WITH("qi", RSA_QI) "}",
	  KEY_FAULT_PAIR, "belong together" },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_D) WITH("p", RSA_P) WITH("q", RSA_Q) WITH("dp", RSA_DP)
		  WITH("dq", RSA_DQ) WITH("qi", RSA_DQ) "}",
	  KEY_FAULT_PAIR, "belong together" },
	{ "{" RSA2048_PUBLIC WITH("d", RSA_D) WITH("p", "Aw") WITH("q", "Aw") WITH("dp", "AQ")
		  WITH("dq", "AQ") WITH("qi", "AQ") "}",
	  KEY_FAULT_PAIR, "belong together" },
	/* RSA. */
	{ "{" RSA1024_PUBLIC "}", KEY_FAULT_SMALL, "1024 bits" },
	{ "{" RSA_PUBLIC(RSA_N, "AQ") "}", KEY_FAULT_EXPONENT, "is 1" },
	{ "{" RSA_PUBLIC(RSA_N, "AA") "}", KEY_FAULT_EXPONENT, "even" },
	{ "{" RSA_PUBLIC(RSA_N, "AQAA") "}", KEY_FAULT_EXPONENT, "even" },
	{ "{" RSA_PUBLIC(RSA_N, RSA_N) "}", KEY_FAULT_EXPONENT, "not below" },
	{ "{" RSA_PUBLIC(ROCA_N, "AQAB") "}", KEY_FAULT_ROCA, "ROCA" },
	/* Secret and public in one. */
	{ "{" OCT(SECRET32) WITH("n", RSA_N) "}", KEY_FAULT_MIXED, "does not belong" },
	{ "{" OCT(SECRET32) WITH("x", P256_X) "}", KEY_FAULT_MIXED, "does not belong" },
	{ "{" RSA2048_PUBLIC WITH("k", SECRET32) "}", KEY_FAULT_MIXED, "does not belong" },
	{ "{" P256_PUBLIC WITH("k", SECRET32) "}", KEY_FAULT_MIXED, "does not belong" },
	{ "{" ED25519_PUBLIC WITH("k", SECRET32) "}", KEY_FAULT_MIXED, "does not belong" },
};

static void test_every_fault_is_kept_with_the_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(*bad_keys); i++) {
		const struct bad *b = &bad_keys[i];
		const struct jose_key *k = one(b->text);

		if (!(k->faults & b->fault) || (b->words && !strstr(k->fault, b->words)))
			fail_msg("%s: faults %#x, \"%s\"", b->text, k->faults, k->fault);
	}
}

/* A key with a fatal fault can't be used by any way. */
static void test_a_fatal_fault_forbids_everything(void **state)
{
	char why[192];

	(void)state;
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(*bad_keys); i++) {
		const struct jose_key *k = one(bad_keys[i].text);

		if (!(bad_keys[i].fault & KEY_FATAL))
			continue;
		for (const struct algorithm *a = algorithms; a->name; a++) {
			assert_false(jose_key_allows(k, a, KEY_OP_VERIFY, true, NULL, 0));
			assert_false(jose_key_allows(k, a, KEY_OP_SIGN, true, NULL, 0));
			assert_false(jose_key_allows(k, a, KEY_OP_DECRYPT, true, why, sizeof(why)));
			assert_string_not_equal(why, "");
		}
	}
}

static void test_the_common_members(void **state)
{
	const struct jose_key *k = one("{" P256_PUBLIC WITH("kid", "a\\u0062") WITH(
		"alg", "ES256") WITH("use", "sig") ",\"key_ops\":[\"verify\",\"fly\"],\"x5t\":\"?"
						   "\",\"more\":{\"a\":1}}");

	(void)state;
	assert_int_equal(k->faults, 0);
	assert_string_equal(k->kid, "ab");
	assert_string_equal(k->alg, "ES256");
	assert_string_equal(k->use, "sig");
	assert_true(k->has_ops);
	assert_int_equal(k->ops, KEY_OP_VERIFY | KEY_OP_OTHER);
	assert_string_equal(k->label, "keys.json");
}

static void test_escapes_in_a_key_are_read(void **state)
{
	const struct jose_key *k = one("{\"\\u006bty\":\"o\\u0063t\",\"k\":\"c2Vj\\u0063mV0\"}");

	(void)state;
	assert_int_equal(k->faults, 0);
	assert_int_equal(k->secret.len, 6);
	assert_memory_equal(secret_reveal(&k->secret), "secret", 6);
}

static void test_a_single_key_that_is_unknown_is_an_error(void **state)
{
	(void)state;
	assert_refused(add("{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\"}"), ERR_USAGE, &err,
		       "\"kty\" is \"AKP\"");
	assert_refused(add("{\"kty\":\"rsa\"}"), ERR_USAGE, &err, "\"rsa\"");
	assert_refused(add("{\"k\":\"AQAB\"}"), ERR_USAGE, &err, "\"kty\" is missing");
	assert_refused(add("{\"kty\":5}"), ERR_USAGE, &err, "\"kty\" is no string");
	assert_refused(add("{" EC_PUBLIC("P-192", "AQAB", "AQAB") "}"), ERR_USAGE, &err,
		       "\"P-192\"");
	assert_refused(add("{\"kty\":\"\\u001b[2J\"}"), ERR_USAGE, &err, "<U+001B>");
	assert_int_equal(set.count, 0);
}

static void test_what_is_no_jwk(void **state)
{
	(void)state;
	assert_refused(add(""), ERR_USAGE, &err, "no JSON");
	assert_refused(add("{"), ERR_USAGE, &err, "no JSON");
	assert_refused(add("{\"kty\":\"oct\",\"k\":\"AQAB\"} x"), ERR_USAGE, &err, "no JSON");
	assert_refused(add("[]"), ERR_USAGE, &err, "no JSON object");
	assert_refused(add("\"kty\""), ERR_USAGE, &err, "no JSON object");
	assert_refused(add("{\"keys\":{}}"), ERR_USAGE, &err, "no array");
	assert_refused(add("{\"keys\":[1]}"), ERR_USAGE, &err, "is no key");
	assert_refused(add("{\"keys\":[],\"keys\":[]}"), ERR_USAGE, &err, "two sets");
	assert_refused(add("{" P256_PUBLIC ",\"keys\":[]}"), ERR_USAGE, &err, "at once");
}

static void test_a_set_that_is_refused_leaves_nothing(void **state)
{
	(void)state;
	assert_refused(add("{\"keys\":[{" P256_PUBLIC "},{" OCT(SECRET32) "},7]}"), ERR_USAGE, &err,
		       NULL);
	assert_int_equal(set.count, 0);
}

static void test_unknown_keys_of_a_set_are_passed_over(void **state)
{
	(void)state;
	assert_well(add("{\"keys\":[{\"kty\":\"AKP\"},{" P256_PUBLIC
			"},{},{" EC_PUBLIC("P-192", "AQAB", "AQAB") "}],\"more\":1}"),
		    &err);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.skipped, 3);
	assert_int_equal(set.faults, 0);
}

static void test_a_set_can_be_empty(void **state)
{
	(void)state;
	assert_well(add("{\"keys\":[]}"), &err);
	assert_int_equal(set.count, 0);
}

static unsigned set_faults(const char *text)
{
	assert_well(add(text), &err);
	return set.faults;
}

static void test_mixed_sets(void **state)
{
	(void)state;
	assert_int_equal(set_faults("{\"keys\":[{" P256_PUBLIC "},{" RSA2048_PUBLIC "}]}"), 0);
	assert_int_equal(set_faults("{\"keys\":[{" OCT(SECRET32) "},{" OCT(SECRET64) "}]}"), 0);
	assert_int_equal(set_faults("{\"keys\":[{" OCT(SECRET32) "},{" P256_PUBLIC "}]}"),
			 KEY_SET_MIXED);
	assert_int_equal(set_faults("{\"keys\":[{" P256_PRIVATE "},{" RSA2048_PUBLIC "}]}"),
			 KEY_SET_MIXED);
	assert_int_equal(set_faults("{\"keys\":[{" P256_PRIVATE "}]}"), KEY_SET_MIXED);
	assert_int_equal(set_faults("{" P256_PRIVATE "}"), 0);
}

/* What is one file is one set; several files are not. */
static void test_keys_of_several_files_do_not_mix(void **state)
{
	static const char secret[] = "{" OCT(SECRET32) WITH("kid", "1") "}";
	static const char public_key[] = "{\"keys\":[{" P256_PUBLIC WITH("kid", "1") "}]}";

	(void)state;
	assert_well(key_set_add_jwk(&set, secret, strlen(secret), "a", &err), &err);
	assert_well(key_set_add_jwk(&set, public_key, strlen(public_key), "b", &err), &err);
	assert_well(key_set_add_jwk(&set, public_key, strlen(public_key), "c", &err), &err);
	assert_int_equal(set.count, 3);
	assert_int_equal(set.faults, 0);
}

static void test_one_kid_for_two_keys(void **state)
{
	(void)state;
	assert_int_equal(set_faults("{\"keys\":[{" P256_PUBLIC WITH(
				 "kid", "1") "},{" P384_PUBLIC WITH("kid", "1") "}]}"),
			 KEY_SET_SAME_KID);
	assert_int_equal(set_faults("{\"keys\":[{" P256_PUBLIC WITH("kid", "1") WITH(
				 "use", "sig") "},{" P384_PUBLIC WITH("kid", "1") "}]}"),
			 KEY_SET_SAME_KID);
	/* Another use, another type, other names. */
	assert_int_equal(set_faults("{\"keys\":[{" P256_PUBLIC WITH("kid", "1")
					    WITH("use", "sig") "},{" P384_PUBLIC WITH("kid", "1")
						    WITH("use", "enc") "},{" RSA2048_PUBLIC WITH(
							    "kid", "1") "},{" P521_PUBLIC
									"},{" SECP256K1_PUBLIC WITH(
										"kid", "01") "}]}"),
			 0);
}

static void test_a_name_twice_is_told_of_the_set(void **state)
{
	(void)state;
	assert_int_equal(set_faults("{\"a\":1,\"keys\":[{" P256_PUBLIC "}],\"a\":2}"),
			 KEY_SET_DUPLICATES);
	assert_int_equal(set.keys[0].faults, 0);
	assert_int_equal(set_faults("{\"keys\":[{" P256_PUBLIC WITH("x", P256_X) "}]}"),
			 KEY_SET_DUPLICATES);
	assert_int_equal(set.keys[0].faults, KEY_FAULT_MEMBER);
}

static void test_a_set_has_a_limit(void **state)
{
	struct buf b = BUF_INIT(KEY_TEXT_MAX + 64);

	(void)state;
	buf_add_text(&b, "{\"keys\":[{}");
	for (int i = 0; i < KEY_SET_MAX; i++)
		buf_add_text(&b, ",{}");
	buf_add_text(&b, "]}");
	assert_refused(add(buf_text(&b)), ERR_USAGE, &err, "more than 1000 keys");
	while (b.len <= KEY_TEXT_MAX)
		buf_add_char(&b, ' ');
	assert_refused(add(buf_text(&b)), ERR_USAGE, &err, "longer than");
	buf_release(&b);
}

static void test_faults_are_safe_to_show(void **state)
{
	const struct jose_key *k = one("{" OCT(SECRET32) WITH("a\\u001b]0;", "1")
					       WITH("a\\u001b]0;", "2") "}");

	(void)state;
	assert_string_equal(k->fault, "\"a<U+001B>]0;\" is there twice");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_open, set_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_kind_of_key_is_read),
		TEST(test_every_fault_is_kept_with_the_key),
		TEST(test_a_fatal_fault_forbids_everything),
		TEST(test_the_common_members),
		TEST(test_escapes_in_a_key_are_read),
		TEST(test_a_single_key_that_is_unknown_is_an_error),
		TEST(test_what_is_no_jwk),
		TEST(test_a_set_that_is_refused_leaves_nothing),
		TEST(test_unknown_keys_of_a_set_are_passed_over),
		TEST(test_a_set_can_be_empty),
		TEST(test_mixed_sets),
		TEST(test_keys_of_several_files_do_not_mix),
		TEST(test_one_kid_for_two_keys),
		TEST(test_a_name_twice_is_told_of_the_set),
		TEST(test_a_set_has_a_limit),
		TEST(test_faults_are_safe_to_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
