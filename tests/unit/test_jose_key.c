/* Which key may be used for what, and keys in words. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/token/jose_key.h"
#include "tests/lib/jose_samples.h"

static struct key_set set;
static struct err err;
static char why[192];

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

static struct jose_key *key(const char *text)
{
	key_set_release(&set);
	assert_well(key_set_add_jwk(&set, text, strlen(text), "k.json", &err), &err);
	assert_int_equal(set.count, 1);
	return &set.keys[0];
}

static bool allows(const char *text, const char *algorithm, unsigned op)
{
	const struct algorithm *a = algorithm_find(algorithm, strlen(algorithm));

	assert_non_null(a);
	why[0] = '\0';
	return jose_key_allows(key(text), a, op, false, why, sizeof(why));
}

/* The algorithms that a key verifies or decrypts with, one blank apart, in the table's order. */
static const char *all_of(const char *text, unsigned op)
{
	static char names[512];
	const struct jose_key *k = key(text);

	names[0] = '\0';
	for (const struct algorithm *a = algorithms; a->name; a++)
		if (jose_key_allows(k, a, op, false, NULL, 0))
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s ",
				 a->name);
	return names;
}

static void test_each_type_verifies_with_its_own(void **state)
{
	const unsigned op = KEY_OP_VERIFY;

	(void)state;
	assert_string_equal(all_of("{" OCT(SECRET32) "}", op), "HS256 ");
	assert_string_equal(all_of("{" OCT(SECRET64) "}", op), "HS256 HS384 HS512 ");
	assert_string_equal(all_of("{" RSA2048_PUBLIC "}", op),
			    "RS256 PS256 RS384 RS512 PS384 PS512 ");
	assert_string_equal(all_of("{" P256_PUBLIC "}", op), "ES256 ");
	assert_string_equal(all_of("{" P384_PUBLIC "}", op), "ES384 ");
	assert_string_equal(all_of("{" P521_PUBLIC "}", op), "ES512 ");
	assert_string_equal(all_of("{" SECP256K1_PUBLIC "}", op), "ES256K ");
	assert_string_equal(all_of("{" ED25519_PUBLIC "}", op), "EdDSA Ed25519 ");
	assert_string_equal(all_of("{" ED448_PUBLIC "}", op), "EdDSA Ed448 ");
	assert_string_equal(all_of("{" X25519_PUBLIC "}", op), "");
	assert_string_equal(all_of("{" X448_PUBLIC "}", op), "");
}

static void test_each_type_decrypts_with_its_own(void **state)
{
	const unsigned op = KEY_OP_DECRYPT;

	(void)state;
	assert_string_equal(all_of("{" OCT(SECRET32) "}", op),
			    "A256KW A256GCMKW dir PBES2-HS256+A128KW PBES2-HS384+A192KW "
			    "PBES2-HS512+A256KW A128CBC-HS256 A256GCM ");
	assert_string_equal(all_of("{" RSA2048_PRIVATE "}", op),
			    "RSA-OAEP RSA-OAEP-256 RSA-OAEP-384 RSA-OAEP-512 RSA1_5 ");
	assert_string_equal(all_of("{" P256_PRIVATE "}", op),
			    "ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW ");
	assert_string_equal(all_of("{" X25519_PRIVATE "}", op),
			    "ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW ");
	assert_string_equal(all_of("{" SECP256K1_PRIVATE "}", op), "");
	assert_string_equal(all_of("{" ED25519_PRIVATE "}", op), "");
	assert_string_equal(all_of("{" RSA2048_PUBLIC "}", op), "");
	assert_string_equal(all_of("{" P256_PUBLIC "}", op), "");
}

static void test_signing_takes_the_private_key(void **state)
{
	(void)state;
	assert_true(allows("{" P256_PRIVATE "}", "ES256", KEY_OP_SIGN));
	assert_true(allows("{" P256_PRIVATE "}", "ES256", KEY_OP_VERIFY));
	assert_true(allows("{" OCT(SECRET32) "}", "HS256", KEY_OP_SIGN));
	assert_false(allows("{" P256_PUBLIC "}", "ES256", KEY_OP_SIGN));
	assert_string_equal(why, "the key is public, signing takes the private one");
	assert_false(allows("{" RSA2048_PUBLIC "}", "RSA-OAEP", KEY_OP_UNWRAP));
	assert_string_equal(why, "the key is public, decrypting takes the private one");
}

static void test_a_public_key_is_no_secret(void **state)
{
	(void)state;
	assert_false(allows("{" RSA2048_PUBLIC "}", "HS256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is RSA, HS256 needs a secret");
	assert_false(allows("{" P256_PUBLIC "}", "HS256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is EC on P-256, HS256 needs a secret");
	assert_false(allows("{" ED25519_PUBLIC "}", "HS512", KEY_OP_VERIFY));
	assert_false(allows("{" OCT(SECRET64) "}", "RS256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is a secret, RS256 needs RSA");
	assert_false(allows("{" OCT(SECRET64) "}", "EdDSA", KEY_OP_VERIFY));
}

static void test_none_is_allowed_by_no_key(void **state)
{
	(void)state;
	assert_false(allows("{" OCT(SECRET32) "}", "none", KEY_OP_VERIFY));
	assert_string_equal(why, "\"none\" is no signature: no key allows it");
	assert_false(allows("{" OCT(SECRET32) WITH("alg", "none") "}", "none", KEY_OP_VERIFY));
	assert_false(allows("{" RSA2048_PRIVATE "}", "none", KEY_OP_SIGN));
}

static void test_each_curve_has_one_algorithm(void **state)
{
	(void)state;
	assert_false(allows("{" P384_PUBLIC "}", "ES256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is on P-384, ES256 needs P-256");
	assert_false(allows("{" SECP256K1_PUBLIC "}", "ES256", KEY_OP_VERIFY));
	assert_false(allows("{" P256_PUBLIC "}", "ES256K", KEY_OP_VERIFY));
	assert_false(allows("{" ED448_PUBLIC "}", "Ed25519", KEY_OP_VERIFY));
	assert_false(allows("{" X25519_PUBLIC "}", "EdDSA", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is on X25519, EdDSA needs another curve");
}

#define ALG(key, name) "{" key WITH("alg", name) "}"

static void test_the_keys_alg_must_be_the_algorithm(void **state)
{
	static const char *const others[] = { "RS384", "PS256",	 "RSA-OAEP", "HS256", "none",
					      "rs256", "RS256 ", "",	     "ES521" };

	(void)state;
	assert_true(allows(ALG(RSA2048_PUBLIC, "RS256"), "RS256", KEY_OP_VERIFY));
	assert_false(allows(ALG(RSA2048_PUBLIC, "RS256"), "RS512", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is for \"RS256\", not for RS512");
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct jose_key *k = key("{" RSA2048_PUBLIC "}");

		k->alg = strdup(others[i]);
		assert_false(jose_key_allows(k, algorithm_find("RS256", 5), KEY_OP_VERIFY, true,
					     why, sizeof(why)));
	}
}

static void test_a_key_for_encryption_never_signs(void **state)
{
	(void)state;
	assert_false(allows(ALG(OCT(SECRET32), "A256GCM"), "HS256", KEY_OP_VERIFY));
	assert_false(allows(ALG(OCT(SECRET32), "A256KW"), "HS256", KEY_OP_VERIFY));
	assert_false(allows(ALG(OCT(SECRET32), "dir"), "HS256", KEY_OP_VERIFY));
	assert_false(allows(ALG(P256_PUBLIC, "ES521"), "ES256", KEY_OP_VERIFY));
	assert_false(allows(ALG(P256_PUBLIC, "ES224"), "ES256", KEY_OP_VERIFY));
	assert_false(allows(ALG(P256_PUBLIC, "ECDH-ES"), "ES256", KEY_OP_VERIFY));
	assert_false(allows("{" OCT(SECRET32) "}", "A256KW", KEY_OP_VERIFY));
	assert_string_equal(why, "A256KW makes no signatures");
	assert_false(allows("{" OCT(SECRET32) "}", "HS256", KEY_OP_DECRYPT));
	assert_string_equal(why, "HS256 signs, it does not encrypt");
}

/* RFC 9864: two names for one algorithm, where the curve is the key's own. */
static void test_eddsa_and_its_newer_names_are_one(void **state)
{
	(void)state;
	assert_true(allows(ALG(ED25519_PUBLIC, "EdDSA"), "Ed25519", KEY_OP_VERIFY));
	assert_true(allows(ALG(ED25519_PUBLIC, "Ed25519"), "EdDSA", KEY_OP_VERIFY));
	assert_true(allows(ALG(ED448_PUBLIC, "EdDSA"), "Ed448", KEY_OP_VERIFY));
	assert_false(allows(ALG(ED25519_PUBLIC, "EdDSA"), "Ed448", KEY_OP_VERIFY));
	assert_false(allows(ALG(ED25519_PUBLIC, "Ed448"), "Ed25519", KEY_OP_VERIFY));
	assert_false(allows(ALG(ED448_PUBLIC, "Ed25519"), "Ed448", KEY_OP_VERIFY));
}

/* RFC 7520 §5.6: the key of direct encryption bears the name of what it encrypts with. */
static void test_direct_encryption(void **state)
{
	(void)state;
	assert_true(allows(ALG(OCT(SECRET32), "A256GCM"), "dir", KEY_OP_DECRYPT));
	assert_true(allows(ALG(OCT(SECRET32), "dir"), "A256GCM", KEY_OP_DECRYPT));
	assert_false(allows(ALG(OCT(SECRET32), "A128CBC-HS256"), "A256GCM", KEY_OP_DECRYPT));
	assert_false(allows(ALG(OCT(SECRET32), "A256KW"), "dir", KEY_OP_DECRYPT));
	assert_false(allows(ALG(OCT(SECRET32), "HS256"), "dir", KEY_OP_DECRYPT));
}

static void test_use(void **state)
{
	(void)state;
	assert_true(allows("{" P256_PUBLIC WITH("use", "sig") "}", "ES256", KEY_OP_VERIFY));
	assert_false(allows("{" P256_PUBLIC WITH("use", "enc") "}", "ES256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key's use is \"enc\", not \"sig\"");
	assert_false(allows("{" P256_PUBLIC WITH("use", "SIG") "}", "ES256", KEY_OP_VERIFY));
	assert_false(allows("{" P256_PUBLIC WITH("use", "") "}", "ES256", KEY_OP_VERIFY));
	assert_false(allows("{" P256_PRIVATE WITH("use", "sig") "}", "ECDH-ES", KEY_OP_DERIVE_KEY));
	assert_true(allows("{" P256_PRIVATE WITH("use", "enc") "}", "ECDH-ES", KEY_OP_DERIVE_KEY));
}

#define OPS(key, list) "{" key ",\"key_ops\":[" list "]}"

static void test_key_ops(void **state)
{
	(void)state;
	assert_true(allows(OPS(P256_PUBLIC, "\"verify\""), "ES256", KEY_OP_VERIFY));
	assert_false(allows(OPS(P256_PUBLIC, "\"sign\""), "ES256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key's key_ops do not have verify");
	assert_false(allows(OPS(P256_PUBLIC, ""), "ES256", KEY_OP_VERIFY));
	assert_false(allows(OPS(P256_PUBLIC, "\"Verify\""), "ES256", KEY_OP_VERIFY));
	assert_false(allows(OPS(P256_PUBLIC, "\"check\""), "ES256", KEY_OP_VERIFY));
	assert_false(allows(OPS(P256_PRIVATE, "\"verify\""), "ES256", KEY_OP_SIGN));
	assert_true(allows(OPS(OCT(SECRET32), "\"sign\",\"verify\""), "HS256", KEY_OP_SIGN));
	assert_true(allows(OPS(RSA2048_PRIVATE, "\"unwrapKey\""), "RSA-OAEP", KEY_OP_DECRYPT));
	assert_false(allows(OPS(RSA2048_PRIVATE, "\"wrapKey\""), "RSA-OAEP", KEY_OP_DECRYPT));
	assert_true(allows(OPS(P256_PRIVATE, "\"deriveBits\""), "ECDH-ES", KEY_OP_DECRYPT));
	assert_false(allows(OPS(OCT(SECRET32), "\"verify\""), "dir", KEY_OP_DECRYPT));
}

/* RFC 7518 §3.2: 31 bytes are too few for SHA-256. */
static void test_short_secrets(void **state)
{
	struct jose_key *k = key("{" OCT("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") "}");
	const struct algorithm *a = algorithm_find("HS256", 5);

	(void)state;
	assert_int_equal(k->bits, 248);
	assert_false(jose_key_allows(k, a, KEY_OP_VERIFY, false, why, sizeof(why)));
	assert_string_equal(why, "the secret has 248 bits, HS256 needs 256");
	assert_true(jose_key_allows(k, a, KEY_OP_VERIFY, true, why, sizeof(why)));
	assert_false(allows("{" OCT(SECRET32) "}", "HS384", KEY_OP_VERIFY));
	assert_false(allows("{" OCT(SECRET32) "}", "A128KW", KEY_OP_DECRYPT));
	assert_string_equal(why, "the secret has 256 bits, A128KW wants 128");
	assert_false(allows("{" OCT(SECRET64) "}", "A256GCM", KEY_OP_DECRYPT));
}

static void test_small_rsa(void **state)
{
	struct jose_key *k = key("{" RSA1024_PUBLIC "}");
	const struct algorithm *a = algorithm_find("PS256", 5);

	(void)state;
	assert_false(jose_key_allows(k, a, KEY_OP_VERIFY, false, why, sizeof(why)));
	assert_string_equal(why, "RSA with 1024 bits, 2048 are the least");
	assert_true(jose_key_allows(k, a, KEY_OP_VERIFY, true, why, sizeof(why)));
}

static void test_what_forbids_it_is_safe_to_show(void **state)
{
	char small[12];

	(void)state;
	assert_false(allows(ALG(P256_PUBLIC, "\\u001b[31m\\u202e"), "ES256", KEY_OP_VERIFY));
	assert_string_equal(why, "the key is for \"<U+001B>[31m<U+202E>\", not for ES256");
	assert_false(jose_key_allows(&set.keys[0], algorithm_find("ES256", 5), KEY_OP_VERIFY, false,
				     small, sizeof(small)));
	assert_int_equal(strlen(small), sizeof(small) - 1);
	assert_false(jose_key_allows(&set.keys[0], algorithm_find("ES256", 5), KEY_OP_VERIFY, false,
				     small, 0));
}

static void test_secrets_as_they_stand(void **state)
{
	struct secret secret = SECRET_INIT;

	(void)state;
	secret_set(&secret, "0123456789abcdef0123456789abcdef", 32);
	key_set_add_secret(&set, &secret, "secret file");
	assert_int_equal(set.keys[0].bits, 256);
	assert_false(set.keys[0].constrained);
	assert_true(jose_key_allows(&set.keys[0], algorithm_find("HS256", 5), KEY_OP_VERIFY, false,
				    NULL, 0));
	secret_set(&secret, "", 0);
	key_set_add_secret(&set, &secret, "empty");
	assert_int_equal(set.keys[1].faults, KEY_FAULT_MEMBER);
	assert_false(jose_key_allows(&set.keys[1], algorithm_find("HS256", 5), KEY_OP_VERIFY, true,
				     NULL, 0));
	secret_release(&secret);
}

/* Each is what an API may hold in place of a secret: whoever can read it could sign. */
static void test_a_key_of_a_pair_is_no_secret(void **state)
{
	static const char der[] = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
	static const struct {
		const char *text;
		bool is_public;
	} cases[] = {
		{ "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMl\n"
		  "rwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
		  true },
		{ "-----BEGIN PUBLIC KEY-----MCowBQYDK2VwAyEA11qYAYKxCrfVS-----END PUBLIC KEY-----",
		  true },
		{ "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", true },
		{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE", true },
		{ der, true },
		{ "{" ED25519_PUBLIC "}", true },
		{ " {\"keys\":[{" P256_PUBLIC "}]}", true },
		{ "{\"kty\":\"oct\",\"k\":\"AAAA\"} is an odd secret", false },
		{ "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", true },
		{ "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcH", false },
		{ "MEMwBQYDK2VxAzoAXzbHmx/gA0Wh3QxBMMNHjPKDYN+++fAoMLs6WkbXOnze3a3s\n"
		  "L6kJqIRnod6kjqTUAED4sOzLIFKA",
		  true },
		{ "0123456789abcdef0123456789abcdef", false },
	};
	const struct algorithm *a = algorithm_find("HS256", 5);
	struct secret secret = SECRET_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct jose_key *k;

		secret_set(&secret, cases[i].text, strlen(cases[i].text));
		key_set_add_secret(&set, &secret, "secret file");
		k = &set.keys[set.count - 1];
		assert_int_equal(k->faults, cases[i].is_public ? KEY_FAULT_PUBLIC : 0);
		assert_int_equal(jose_key_allows(k, a, KEY_OP_VERIFY, true, why, sizeof(why)),
				 !cases[i].is_public);
	}
	secret_release(&secret);
	/* The first of these texts, as "k" of a JWK. */
	assert_false(
		allows("{\"kty\":\"oct\",\"k\":\"LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JR\"}",
		       "HS256", KEY_OP_VERIFY));
	assert_non_null(strstr(why, "the secret is a key of a pair"));
}

static void test_der_is_no_secret(void **state)
{
	/* SubjectPublicKeyInfo of the Ed25519 key of RFC 8037 A.2. */
	static const unsigned char der[] = {
		0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21,
		0x00, 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b,
		0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda,
		0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
	};
	struct secret secret = SECRET_INIT;

	(void)state;
	secret_set(&secret, der, sizeof(der));
	key_set_add_secret(&set, &secret, "secret file");
	assert_int_equal(set.keys[0].faults, KEY_FAULT_PUBLIC);
	secret_set(&secret, der, sizeof(der) - 1);
	key_set_add_secret(&set, &secret, "secret file");
	assert_int_equal(set.keys[1].faults, 0);
	secret_release(&secret);
}

static const char *described(const char *text)
{
	static char line[160];

	jose_key_describe(key(text), line, sizeof(line));
	return line;
}

static void test_a_key_in_one_line(void **state)
{
	char small[6];

	(void)state;
	assert_string_equal(
		described("{" RSA2048_PUBLIC WITH("kid", "9aF2mQ7c") WITH("use", "sig") "}"),
		"RSA 2048, kid 9aF2mQ7c, use sig");
	assert_string_equal(described("{" P256_PRIVATE "}"), "P-256 private, from k.json");
	assert_string_equal(described("{" ED25519_PUBLIC WITH("alg", "EdDSA") "}"),
			    "Ed25519, alg EdDSA, from k.json");
	assert_string_equal(described("{" OCT(SECRET32) WITH("kid", "a\\u001b[2J") "}"),
			    "secret of 256 bits, kid a<U+001B>[2J");
	assert_string_equal(described("{\"kty\":\"EC\"}"), "EC, from k.json");
	jose_key_describe(&set.keys[0], small, sizeof(small));
	assert_string_equal(small, "EC, f");
}

static const char *thumbprint(const char *text)
{
	static char out[THUMBPRINT_SIZE];

	jose_key_thumbprint(key(text), out);
	return out;
}

/* The example of RFC 7638 §3.1, and of RFC 8037 appendix A.3. */
static void test_thumbprints_of_the_standards(void **state)
{
	(void)state;
	assert_string_equal(
		thumbprint(
			"{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM7"
			"8LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn"
			"64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368Q"
			"QMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFT"
			"WhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8a"
			"wapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}"),
		"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	assert_string_equal(thumbprint("{" OKP_PUBLIC(
				    "Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") "}"),
			    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

static void test_thumbprints_are_of_the_public_part(void **state)
{
	char public_one[THUMBPRINT_SIZE];

	(void)state;
	memcpy(public_one, thumbprint("{" P521_PUBLIC WITH("kid", "1") "}"), sizeof(public_one));
	assert_int_equal(strlen(public_one), THUMBPRINT_SIZE - 1);
	assert_string_equal(thumbprint("{" P521_PRIVATE "}"), public_one);
	assert_string_not_equal(thumbprint("{" P384_PUBLIC "}"), public_one);
	assert_string_equal(thumbprint("{" OCT(SECRET32) "}"), "");
	assert_string_equal(thumbprint("{\"kty\":\"EC\"}"), "");
}

/* Published keys (RFC 7517 appendix A, RFC 7520 §3), where the vectors lie beside the checkout. */
static void test_keys_of_the_standards(void **state)
{
	static const char *const names[] = {
		"3_1.ec_public_key.json",
		"3_2.ec_private_key.json",
		"3_3.rsa_public_key.json",
		"3_4.rsa_private_key.json",
		"3_5.symmetric_key_mac_computation.json",
		"3_6.symmetric_key_encryption.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[128];
		char *text;

		snprintf(path, sizeof(path), "../shared/vectors/cookbook/jwk/%s", names[i]);
		if (access(path, R_OK) != 0)
			SKIP_TEST("no vectors beside this checkout");
		text = file_get(path);
		assert_int_equal(key(text)->faults, 0);
		free(text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_open, set_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_type_verifies_with_its_own),
		TEST(test_each_type_decrypts_with_its_own),
		TEST(test_signing_takes_the_private_key),
		TEST(test_a_public_key_is_no_secret),
		TEST(test_none_is_allowed_by_no_key),
		TEST(test_each_curve_has_one_algorithm),
		TEST(test_the_keys_alg_must_be_the_algorithm),
		TEST(test_a_key_for_encryption_never_signs),
		TEST(test_eddsa_and_its_newer_names_are_one),
		TEST(test_direct_encryption),
		TEST(test_use),
		TEST(test_key_ops),
		TEST(test_short_secrets),
		TEST(test_small_rsa),
		TEST(test_what_forbids_it_is_safe_to_show),
		TEST(test_secrets_as_they_stand),
		TEST(test_a_key_of_a_pair_is_no_secret),
		TEST(test_der_is_no_secret),
		TEST(test_a_key_in_one_line),
		TEST(test_thumbprints_of_the_standards),
		TEST(test_thumbprints_are_of_the_public_part),
		TEST(test_keys_of_the_standards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
