/* Keys out of PEM and DER: every form, several blocks, and what is refused. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "src/base/buf.h"
#include "src/token/jose_key.h"
#include "tests/lib/jose_samples.h"

static struct key_set set;
static struct err err;
static BIO *out; /* what a test writes its PEM or DER to */

static int set_open(void **state)
{
	(void)state;
	key_set_init(&set);
	out = BIO_new(BIO_s_mem());
	return 0;
}

static int set_close(void **state)
{
	(void)state;
	key_set_release(&set);
	BIO_free(out);
	return 0;
}

/* The key of a JWK; the caller frees. */
static EVP_PKEY *pkey(const char *text)
{
	struct key_set s;
	EVP_PKEY *k;

	key_set_init(&s);
	assert_well(key_set_add_jwk(&s, text, strlen(text), "sample", &err), &err);
	k = s.keys[0].pkey;
	assert_non_null(k);
	EVP_PKEY_up_ref(k);
	key_set_release(&s);
	return k;
}

static enum errc read_any(void)
{
	char *data;
	size_t len = (size_t)BIO_get_mem_data(out, &data);

	return key_set_add_any(&set, data, len, "api.pem", &err);
}

static struct jose_key *one(void)
{
	assert_well(read_any(), &err);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.keys[0].faults, 0);
	assert_false(set.keys[0].constrained);
	assert_string_equal(set.keys[0].label, "api.pem");
	return &set.keys[0];
}

static void again(void)
{
	key_set_release(&set);
	(void)BIO_reset(out);
}

/* A certificate of `subject` by `issuer`, signed by the issuer's key. */
static X509 *certificate(EVP_PKEY *subject_key, const char *subject, EVP_PKEY *issuer_key,
			 const char *issuer, const EVP_MD *digest)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -7200);
	X509_gmtime_adj(X509_getm_notAfter(x), -3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)subject, -1,
				   -1, 0);
	name = X509_get_issuer_name(x);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)issuer, -1, -1,
				   0);
	X509_set_pubkey(x, subject_key);
	assert_true(X509_sign(x, issuer_key, digest) > 0);
	return x;
}

static const char *const privates[] = {
	"{" RSA2048_PRIVATE "}", "{" P256_PRIVATE "}",	    "{" P384_PRIVATE "}",
	"{" P521_PRIVATE "}",	 "{" SECP256K1_PRIVATE "}", "{" ED25519_PRIVATE "}",
	"{" ED448_PRIVATE "}",	 "{" X25519_PRIVATE "}",    "{" X448_PRIVATE "}",
};

/* The key that was read is the one that was written. */
static void same_key(const struct jose_key *k, const EVP_PKEY *other, bool is_private)
{
	assert_int_equal(k->is_private, is_private);
	assert_int_equal(EVP_PKEY_eq(k->pkey, other), 1);
	assert_int_equal(k->pem != NULL, !is_private);
}

static void test_private_and_public_of_every_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(privates) / sizeof(*privates); i++) {
		EVP_PKEY *k = pkey(privates[i]);

		PEM_write_bio_PrivateKey(out, k, NULL, NULL, 0, NULL, NULL);
		same_key(one(), k, true);
		again();
		PEM_write_bio_PUBKEY(out, k);
		same_key(one(), k, false);
		again();
		EVP_PKEY_free(k);
	}
}

static void test_the_older_private_forms(void **state)
{
	static const char *const samples[] = { "{" RSA2048_PRIVATE "}", "{" P256_PRIVATE "}" };
	static const char *const begins[] = { "-----BEGIN RSA PRIVATE KEY-----",
					      "-----BEGIN EC PRIVATE KEY-----" };
	char *text;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		EVP_PKEY *k = pkey(samples[i]);

		PEM_write_bio_PrivateKey_traditional(out, k, NULL, NULL, 0, NULL, NULL);
		BIO_get_mem_data(out, &text);
		assert_memory_equal(text, begins[i], strlen(begins[i]));
		same_key(one(), k, true);
		again();
		EVP_PKEY_free(k);
	}
}

static void test_the_parameters_before_an_ec_key_are_passed_over(void **state)
{
	EVP_PKEY *k = pkey("{" P256_PRIVATE "}");

	(void)state;
	BIO_puts(out, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
		      "-----END EC PARAMETERS-----\n");
	PEM_write_bio_PrivateKey_traditional(out, k, NULL, NULL, 0, NULL, NULL);
	same_key(one(), k, true);
	EVP_PKEY_free(k);
}

static void pem_write(const char *name, unsigned char *der, int len)
{
	assert_true(len > 0);
	PEM_write_bio(out, name, "", der, len);
	OPENSSL_free(der);
}

static void test_an_rsa_public_key_of_pkcs1(void **state)
{
	EVP_PKEY *k = pkey("{" RSA2048_PRIVATE "}");
	unsigned char *der = NULL;
	int len = i2d_PublicKey(k, &der);

	(void)state;
	pem_write("RSA PUBLIC KEY", der, len);
	same_key(one(), k, false);
	EVP_PKEY_free(k);
}

/* One that has run out, too: the key in it is what is asked for. */
static void test_a_certificate_gives_its_key(void **state)
{
	EVP_PKEY *k = pkey("{" P256_PRIVATE "}");
	X509 *x = certificate(k, "api", k, "api", EVP_sha256());

	(void)state;
	PEM_write_bio_X509(out, x);
	same_key(one(), k, false);
	X509_free(x);
	EVP_PKEY_free(k);
}

static void der_one(unsigned char *der, int len, const EVP_PKEY *k, bool is_private)
{
	assert_true(len > 0);
	BIO_write(out, der, len);
	OPENSSL_free(der);
	assert_int_equal(one()->is_private, is_private);
	assert_int_equal(EVP_PKEY_eq(set.keys[0].pkey, k), 1);
	assert_null(set.keys[0].pem);
	again();
}

static void test_every_form_in_der(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(privates) / sizeof(*privates); i++) {
		EVP_PKEY *k = pkey(privates[i]);
		PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k);
		unsigned char *der = NULL;
		int len = i2d_PUBKEY(k, &der);

		der_one(der, len, k, false);
		der = NULL;
		len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
		der_one(der, len, k, true);
		PKCS8_PRIV_KEY_INFO_free(info);
		EVP_PKEY_free(k);
	}
}

static void test_the_older_forms_in_der(void **state)
{
	EVP_PKEY *rsa = pkey("{" RSA2048_PRIVATE "}"), *ec = pkey("{" P384_PRIVATE "}");
	X509 *x = certificate(rsa, "api", ec, "ca", EVP_sha384());
	unsigned char *der = NULL;
	int len = i2d_PrivateKey(rsa, &der);

	(void)state;
	der_one(der, len, rsa, true);
	der = NULL;
	len = i2d_PublicKey(rsa, &der);
	der_one(der, len, rsa, false);
	der = NULL;
	len = i2d_PrivateKey(ec, &der);
	der_one(der, len, ec, true);
	der = NULL;
	len = i2d_X509(x, &der);
	der_one(der, len, rsa, false);
	X509_free(x);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}

static void test_der_with_something_behind_it(void **state)
{
	EVP_PKEY *k = pkey("{" P256_PRIVATE "}");
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(k, &der);

	(void)state;
	BIO_write(out, der, len);
	BIO_write(out, "\0", 1);
	assert_refused(read_any(), ERR_USAGE, &err, "no key or certificate in DER");
	again();
	BIO_write(out, der, len - 1);
	assert_refused(read_any(), ERR_USAGE, &err, "no key or certificate in DER");
	OPENSSL_free(der);
	EVP_PKEY_free(k);
}

static void test_every_block_of_a_file_is_read(void **state)
{
	EVP_PKEY *a = pkey("{" P256_PRIVATE "}"), *b = pkey("{" ED25519_PRIVATE "}");
	static const char lead[] = "-----BEGIN PUBLIC KEY-----\n";

	(void)state;
	BIO_puts(out, "Bag Attributes\n    friendlyName: api\n\n");
	PEM_write_bio_PUBKEY(out, a);
	BIO_puts(out, "\n\nsomething between\n");
	PEM_write_bio_PUBKEY(out, b);
	assert_well(read_any(), &err);
	assert_int_equal(set.count, 2);
	assert_string_equal(set.keys[0].curve, "P-256");
	assert_string_equal(set.keys[1].curve, "Ed25519");
	assert_int_equal(set.faults, 0);
	for (size_t i = 0; i < 2; i++) {
		assert_memory_equal(set.keys[i].pem, lead, sizeof(lead) - 1);
		assert_int_equal(strlen(set.keys[i].pem), set.keys[i].pem_len);
		assert_string_equal(set.keys[i].pem + set.keys[i].pem_len - 26,
				    "\n-----END PUBLIC KEY-----\n");
	}
	EVP_PKEY_free(a);
	EVP_PKEY_free(b);
}

/* A chain has the keys of authorities behind the one that is meant: they sign no tokens. */
static void test_of_a_chain_the_first_certificate_counts(void **state)
{
	EVP_PKEY *leaf = pkey("{" P256_PRIVATE "}"), *ca = pkey("{" P384_PRIVATE "}");
	X509 *one_of = certificate(leaf, "api", ca, "ca", EVP_sha256());
	X509 *issuer = certificate(ca, "ca", ca, "ca", EVP_sha256());

	(void)state;
	PEM_write_bio_X509(out, one_of);
	PEM_write_bio_X509(out, issuer);
	same_key(one(), leaf, false);
	X509_free(one_of);
	X509_free(issuer);
	EVP_PKEY_free(leaf);
	EVP_PKEY_free(ca);
}

static void test_encrypted_keys_are_refused(void **state)
{
	EVP_PKEY *k = pkey("{" RSA2048_PRIVATE "}");
	unsigned char phrase[] = "phrase";

	(void)state;
	PEM_write_bio_PKCS8PrivateKey(out, k, EVP_aes_128_cbc(), (char *)phrase, 6, NULL, NULL);
	assert_refused(read_any(), ERR_USAGE, &err, "is encrypted");
	assert_non_null(strstr(err.hint, "openssl pkey"));
	again();
	PEM_write_bio_PrivateKey_traditional(out, k, EVP_aes_128_cbc(), phrase, 6, NULL, NULL);
	assert_refused(read_any(), ERR_USAGE, &err, "is encrypted");
	again();
	i2d_PKCS8PrivateKey_bio(out, k, EVP_aes_128_cbc(), (char *)phrase, 6, NULL, NULL);
	assert_refused(read_any(), ERR_USAGE, &err, "is encrypted");
	assert_int_equal(set.count, 0);
	EVP_PKEY_free(k);
}

static void refused(const char *text, const char *words)
{
	again();
	BIO_puts(out, text);
	assert_refused(read_any(), ERR_USAGE, &err, words);
	assert_int_equal(set.count, 0);
}

static void test_what_is_no_key(void **state)
{
	(void)state;
	refused("", "neither PEM, JWK nor DER");
	refused("hello\n", "neither PEM, JWK nor DER");
	refused("\033[2J", "neither");
	refused("ssh-ed25519 AAAAC3Nza user@host\n", "OpenSSH");
	refused("-----BEGIN PUBLIC KEY-----\n", "is damaged");
	refused("-----BEGIN PUBLIC KEY-----\nAAAA\n", "is damaged");
	refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is damaged");
	refused("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n", "is damaged");
	refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "can't be read");
	refused("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		"\"OPENSSH PRIVATE KEY\"");
	refused("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
		"no key for tokens");
	refused("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n",
		"has no key");
	refused("[]", "no JSON object");
}

static void test_a_good_block_before_a_bad_one_saves_nothing(void **state)
{
	EVP_PKEY *k = pkey("{" P256_PRIVATE "}");

	(void)state;
	PEM_write_bio_PUBKEY(out, k);
	BIO_puts(out, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
	assert_refused(read_any(), ERR_USAGE, &err, "can't be read");
	assert_int_equal(set.count, 0);
	EVP_PKEY_free(k);
}

static EVP_PKEY *generated(const char *curve)
{
	EVP_PKEY *k = EVP_EC_gen(curve);

	assert_non_null(k);
	return k;
}

static void test_curves_that_tokens_do_not_use(void **state)
{
	EVP_PKEY *k = generated("brainpoolP256r1");

	(void)state;
	PEM_write_bio_PUBKEY(out, k);
	assert_refused(read_any(), ERR_USAGE, &err, "type or curve that tokens do not use");
	EVP_PKEY_free(k);
}

/* Parameters in place of a curve's name can be those of another generator. */
static void test_curves_given_by_parameters(void **state)
{
	EVP_PKEY *k = generated("P-256");

	(void)state;
	EVP_PKEY_set_utf8_string_param(k, OSSL_PKEY_PARAM_EC_ENCODING, "explicit");
	PEM_write_bio_PUBKEY(out, k);
	assert_refused(read_any(), ERR_USAGE, &err, NULL);
	assert_int_equal(set.count, 0);
	EVP_PKEY_free(k);
}

static void test_faults_of_rsa_keys(void **state)
{
	EVP_PKEY *small = pkey("{" RSA1024_PUBLIC "}");

	(void)state;
	PEM_write_bio_PUBKEY(out, small);
	assert_well(read_any(), &err);
	assert_int_equal(set.keys[0].faults, KEY_FAULT_SMALL);
	assert_int_equal(set.keys[0].bits, 1024);
	EVP_PKEY_free(small);
}

/* SubjectPublicKeyInfo of RSA: AlgorithmIdentifier, then the two numbers within a bit string. */
static void spki_write(const unsigned char *n, size_t n_len, const unsigned char *e, size_t e_len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *numbers[2] = { BN_bin2bn(n, (int)n_len, NULL), BN_bin2bn(e, (int)e_len, NULL) };
	unsigned char raw[2][512];
	OSSL_PARAM params[3];
	EVP_PKEY *k = NULL;

	for (size_t i = 0; i < 2; i++) {
		int len = BN_num_bytes(numbers[i]);

		BN_bn2nativepad(numbers[i], raw[i], len);
		params[i] = OSSL_PARAM_construct_BN(i ? "e" : "n", raw[i], (size_t)len);
		BN_free(numbers[i]);
	}
	params[2] = OSSL_PARAM_construct_end();
	assert_int_equal(EVP_PKEY_fromdata_init(c), 1);
	assert_int_equal(EVP_PKEY_fromdata(c, &k, EVP_PKEY_PUBLIC_KEY, params), 1);
	PEM_write_bio_PUBKEY(out, k);
	EVP_PKEY_free(k);
	EVP_PKEY_CTX_free(c);
}

static void test_exponents_in_pem(void **state)
{
	static const unsigned char one_byte = 1, even = 6, three = 3;
	unsigned char n[256];

	(void)state;
	memset(n, 0xa5, sizeof(n));
	spki_write(n, sizeof(n), &one_byte, 1);
	assert_well(read_any(), &err);
	assert_int_equal(set.keys[0].faults, KEY_FAULT_EXPONENT);
	again();
	spki_write(n, sizeof(n), &even, 1);
	assert_well(read_any(), &err);
	assert_int_equal(set.keys[0].faults, KEY_FAULT_EXPONENT);
	again();
	spki_write(n, sizeof(n), &three, 1);
	assert_well(read_any(), &err);
	assert_int_equal(set.keys[0].faults, 0);
}

/* RFC 4055 §1.2: such a key is for RSA-PSS alone. */
static void test_a_key_for_pss_only(void **state)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *k = NULL;

	(void)state;
	EVP_PKEY_keygen_init(c);
	EVP_PKEY_CTX_set_rsa_keygen_bits(c, 2048);
	assert_int_equal(EVP_PKEY_generate(c, &k), 1);
	PEM_write_bio_PUBKEY(out, k);
	one();
	assert_true(jose_key_allows(&set.keys[0], algorithm_find("PS256", 5), KEY_OP_VERIFY, false,
				    NULL, 0));
	assert_false(jose_key_allows(&set.keys[0], algorithm_find("RS256", 5), KEY_OP_VERIFY, false,
				     NULL, 0));
	EVP_PKEY_free(k);
	EVP_PKEY_CTX_free(c);
}

static void test_a_file_too_long(void **state)
{
	char *text = calloc(1, KEY_TEXT_MAX + 1);

	(void)state;
	memset(text, ' ', KEY_TEXT_MAX + 1);
	memcpy(text, "-----BEGIN ", 11);
	assert_refused(key_set_add_any(&set, text, KEY_TEXT_MAX + 1, "long", &err), ERR_USAGE, &err,
		       "longer than");
	text[0] = 0x30;
	assert_refused(key_set_add_der(&set, text, KEY_TEXT_MAX + 1, "long", &err), ERR_USAGE, &err,
		       "longer than");
	free(text);
}

static void test_a_jwk_is_told_from_pem(void **state)
{
	(void)state;
	BIO_puts(out, " \n{" P256_PUBLIC WITH("kid", "-----BEGIN PUBLIC KEY-----") "}");
	assert_well(read_any(), &err);
	assert_true(set.keys[0].constrained);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_open, set_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_private_and_public_of_every_type),
		TEST(test_the_older_private_forms),
		TEST(test_the_parameters_before_an_ec_key_are_passed_over),
		TEST(test_an_rsa_public_key_of_pkcs1),
		TEST(test_a_certificate_gives_its_key),
		TEST(test_every_form_in_der),
		TEST(test_the_older_forms_in_der),
		TEST(test_der_with_something_behind_it),
		TEST(test_every_block_of_a_file_is_read),
		TEST(test_of_a_chain_the_first_certificate_counts),
		TEST(test_encrypted_keys_are_refused),
		TEST(test_what_is_no_key),
		TEST(test_a_good_block_before_a_bad_one_saves_nothing),
		TEST(test_curves_that_tokens_do_not_use),
		TEST(test_curves_given_by_parameters),
		TEST(test_faults_of_rsa_keys),
		TEST(test_exponents_in_pem),
		TEST(test_a_key_for_pss_only),
		TEST(test_a_file_too_long),
		TEST(test_a_jwk_is_told_from_pem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
