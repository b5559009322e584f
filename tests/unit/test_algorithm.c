/* The table of algorithms: what each name means, and names that mean nothing. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <string.h>

#include "src/token/algorithm.h"

static const struct algorithm *find(const char *name)
{
	return algorithm_find(name, strlen(name));
}

static void test_every_row_is_found_by_its_name(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct algorithm *a = algorithms; a->name; a++, count++) {
		assert_ptr_equal(find(a->name), a);
		assert_ptr_equal(algorithm_guess(a->name, strlen(a->name)), a);
		assert_non_null(a->text);
		assert_non_null(a->source);
	}
	assert_int_equal(count, 42);
}

static void test_names_are_case_sensitive(void **state)
{
	static const char *const wrong[] = { "hs256", "Hs256", "NONE",	  "None", "nOnE",
					     "eddsa", "EDDSA", "ed25519", "DIR",  "rsa-oaep" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_null(find(wrong[i]));
		assert_non_null(algorithm_guess(wrong[i], strlen(wrong[i])));
	}
}

static void test_what_is_no_algorithm(void **state)
{
	static const char *const wrong[] = { "",	"H",	    "HS",      "HS25",	"HS2566",
					     " HS256",	"HS256 ",   "ES521",   "ES224", "RS1",
					     "HS256\n", "ECDH-ES+", "A512GCM", "nonex" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_null(find(wrong[i]));
		assert_null(algorithm_guess(wrong[i], strlen(wrong[i])));
	}
}

/* A name with a NUL in it is another name, and reading stops at neither. */
static void test_a_nul_ends_no_name(void **state)
{
	(void)state;
	assert_null(algorithm_find("HS256\0", 6));
	assert_null(algorithm_find("none\0HS256HS256HS256HS256HS256", 29));
	assert_null(algorithm_guess("none\0x", 6));
}

static void test_only_the_part_that_is_meant_is_read(void **state)
{
	(void)state;
	assert_string_equal(algorithm_find("HS256xyz", 5)->name, "HS256");
	assert_string_equal(algorithm_find("ECDH-ES+A128KW", 7)->name, "ECDH-ES");
}

/* Exact lengths of RFC 7518 §3.4, 8037 §3.1 and 8812 §3.2. */
static void test_signatures_have_their_lengths(void **state)
{
	(void)state;
	assert_int_equal(find("ES256")->signature_bytes, 64);
	assert_int_equal(find("ES384")->signature_bytes, 96);
	assert_int_equal(find("ES512")->signature_bytes, 132);
	assert_int_equal(find("ES256K")->signature_bytes, 64);
	assert_int_equal(find("Ed25519")->signature_bytes, 64);
	assert_int_equal(find("Ed448")->signature_bytes, 114);
	assert_int_equal(find("HS512")->signature_bytes, 64);
	assert_int_equal(find("RS256")->signature_bytes, 0);
}

static void test_curves_belong_to_one_algorithm(void **state)
{
	(void)state;
	assert_string_equal(find("ES256")->curve, "P-256");
	assert_string_equal(find("ES384")->curve, "P-384");
	assert_string_equal(find("ES512")->curve, "P-521");
	assert_string_equal(find("ES256K")->curve, "secp256k1");
	assert_null(find("EdDSA")->curve);
}

static void test_purposes(void **state)
{
	(void)state;
	assert_int_equal(find("none")->family, FAMILY_NONE);
	assert_int_equal(find("none")->purpose, ALGORITHM_SIGNS);
	assert_int_equal(find("dir")->purpose, ALGORITHM_MANAGES_KEYS);
	assert_int_equal(find("A256GCM")->purpose, ALGORITHM_ENCRYPTS);
	assert_int_equal(find("A256CBC-HS512")->key_bits, 512);
	assert_true(find("RSA1_5")->deprecated);
	assert_false(find("RSA-OAEP")->deprecated);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_found_by_its_name),
		cmocka_unit_test(test_names_are_case_sensitive),
		cmocka_unit_test(test_what_is_no_algorithm),
		cmocka_unit_test(test_a_nul_ends_no_name),
		cmocka_unit_test(test_only_the_part_that_is_meant_is_read),
		cmocka_unit_test(test_signatures_have_their_lengths),
		cmocka_unit_test(test_curves_belong_to_one_algorithm),
		cmocka_unit_test(test_purposes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
