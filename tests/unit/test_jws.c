/* Signatures of every algorithm: what is made is taken, what is not exactly that is refused. */
#include "tests/lib/support.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "src/base/alloc.h"
#include "src/token/jws.h"

static const char text[] = "eyJhbGciOiJIUzI1NiJ9.e30";
static const struct span message[] = { { text, 20 }, { ".", 1 }, { text + 21, 3 } };
static const struct span whole[] = { { text, sizeof(text) - 1 } };

static struct jose_key rsa, small_rsa, p256, p384, p521, k1, ed25519, ed448, x25519, hmac;

static const struct {
	const char *name;
	struct jose_key *key;
	size_t size;
} algorithms_used[] = {
	{ "HS256", &hmac, 32 },	  { "HS384", &hmac, 48 },      { "HS512", &hmac, 64 },
	{ "RS256", &rsa, 256 },	  { "RS384", &rsa, 256 },      { "RS512", &rsa, 256 },
	{ "PS256", &rsa, 256 },	  { "PS384", &rsa, 256 },      { "PS512", &rsa, 256 },
	{ "ES256", &p256, 64 },	  { "ES384", &p384, 96 },      { "ES512", &p521, 132 },
	{ "ES256K", &k1, 64 },	  { "EdDSA", &ed25519, 64 },   { "EdDSA", &ed448, 114 },
	{ "Ed448", &ed448, 114 }, { "Ed25519", &ed25519, 64 },
};

enum { ALGORITHMS = sizeof(algorithms_used) / sizeof(*algorithms_used) };

static void make(struct jose_key *k, enum jose_key_type type, const char *curve, EVP_PKEY *pkey)
{
	*k = (struct jose_key){ .type = type, .curve = curve, .is_private = true, .pkey = pkey };
	assert_non_null(pkey);
}

static int keys_make(void **state)
{
	(void)state;
	make(&rsa, JOSE_RSA, NULL, EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
	make(&small_rsa, JOSE_RSA, NULL, EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024));
	make(&p256, JOSE_EC, "P-256", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
	make(&p384, JOSE_EC, "P-384", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384"));
	make(&p521, JOSE_EC, "P-521", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521"));
	make(&k1, JOSE_EC, "secp256k1", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"));
	make(&ed25519, JOSE_OKP, "Ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	make(&ed448, JOSE_OKP, "Ed448", EVP_PKEY_Q_keygen(NULL, NULL, "ED448"));
	make(&x25519, JOSE_OKP, "X25519", EVP_PKEY_Q_keygen(NULL, NULL, "X25519"));
	hmac = (struct jose_key){ .type = JOSE_OCT };
	secret_set(&hmac.secret, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		   64);
	return 0;
}

static int keys_free(void **state)
{
	struct jose_key *keys[] = { &rsa, &small_rsa, &p256,  &p384,   &p521,
				    &k1,  &ed25519,   &ed448, &x25519, &hmac };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		key_context_free(keys[i]->context);
		EVP_PKEY_free(keys[i]->pkey);
		secret_release(&keys[i]->secret);
	}
	return 0;
}

static const struct algorithm *algorithm(const char *name)
{
	const struct algorithm *a = algorithm_find(name, strlen(name));

	if (!a)
		fail_msg("no algorithm %s", name);
	return a;
}

static bool check(struct jose_key *k, const char *name, const void *signature, size_t len)
{
	bool fits = jws_check(k, algorithm(name), message, 3, signature, len);

	assert_int_equal(ERR_peek_error(), 0);
	return fits;
}

static void sign(struct jose_key *k, const char *name, struct buf *out)
{
	struct err e = ERR_INIT;

	buf_init(out, 1024);
	assert_well(jws_sign(k, algorithm(name), message, 3, out, &e), &e);
}

static void what_is_signed_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALGORITHMS; i++) {
		struct jose_key *k = algorithms_used[i].key;
		const char *name = algorithms_used[i].name;
		struct buf s;

		for (int round = 0; round < 20; round++) {
			sign(k, name, &s);
			assert_int_equal(s.len, algorithms_used[i].size);
			if (!check(k, name, s.data, s.len))
				fail_msg("%s refuses its own", name);
			/* The context is kept: once more, and in one piece. */
			assert_true(check(k, name, s.data, s.len));
			assert_true(jws_check(k, algorithm(name), whole, 1, (unsigned char *)s.data,
					      s.len));
			buf_release(&s);
		}
	}
}

static void one_bit_is_enough_to_be_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALGORITHMS; i++) {
		struct jose_key *k = algorithms_used[i].key;
		const char *name = algorithms_used[i].name;
		struct buf s;

		sign(k, name, &s);
		for (size_t bit = 0; bit < s.len * 8; bit += bit < 16 ? 1 : 37) {
			s.data[bit / 8] = (char)(s.data[bit / 8] ^ 1 << bit % 8);
			if (check(k, name, s.data, s.len))
				fail_msg("%s takes a signature with bit %zu changed", name, bit);
			s.data[bit / 8] = (char)(s.data[bit / 8] ^ 1 << bit % 8);
		}
		assert_true(check(k, name, s.data, s.len));
		buf_release(&s);
	}
}

static void another_message_is_refused(void **state)
{
	const struct span longer[] = { { text, 20 }, { ".", 1 }, { text + 21, 3 }, { "A", 1 } };
	const struct span shorter[] = { { text, 20 }, { ".", 1 }, { text + 21, 2 } };

	(void)state;
	for (size_t i = 0; i < ALGORITHMS; i++) {
		struct jose_key *k = algorithms_used[i].key;
		const struct algorithm *a = algorithm(algorithms_used[i].name);
		const unsigned char *data;
		struct buf s;

		sign(k, a->name, &s);
		data = (const unsigned char *)s.data;
		assert_false(jws_check(k, a, longer, 4, data, s.len));
		assert_false(jws_check(k, a, shorter, 3, data, s.len));
		assert_false(jws_check(k, a, message, 0, data, s.len));
		assert_true(jws_check(k, a, message, 3, data, s.len));
		buf_release(&s);
	}
}

static void a_signature_of_another_length_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALGORITHMS; i++) {
		struct jose_key *k = algorithms_used[i].key;
		const char *name = algorithms_used[i].name;
		struct buf s;
		size_t len;

		sign(k, name, &s);
		len = s.len;
		buf_add(&s, "\0\0", 2);
		assert_false(check(k, name, s.data, len + 1));
		assert_false(check(k, name, s.data, len - 1));
		assert_false(check(k, name, s.data, len / 2));
		assert_false(check(k, name, s.data, 0));
		memmove(s.data + 1, s.data, len);
		s.data[0] = 0;
		assert_false(check(k, name, s.data, len + 1));
		buf_release(&s);
	}
}

static void a_key_of_another_type_is_refused(void **state)
{
	struct jose_key *keys[] = {
		&rsa, &p256, &p384, &p521, &k1, &ed25519, &ed448, &x25519, &hmac
	};

	(void)state;
	for (size_t i = 0; i < ALGORITHMS; i++) {
		const char *name = algorithms_used[i].name;
		struct err e = ERR_INIT;
		struct buf s, none = BUF_INIT(1024);

		sign(algorithms_used[i].key, name, &s);
		for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
			bool eddsa = strcmp(name, "EdDSA") == 0 &&
				     (keys[k] == &ed25519 || keys[k] == &ed448);

			if (keys[k] == algorithms_used[i].key)
				continue;
			if (check(keys[k], name, s.data, s.len))
				fail_msg("%s is taken from key %zu", name, k);
			if (!eddsa)
				assert_refused(
					jws_sign(keys[k], algorithm(name), message, 3, &none, &e),
					ERR_USAGE, &e, NULL);
		}
		assert_int_equal(none.len, 0);
		buf_release(&s);
	}
}

static void none_and_what_signs_nothing_never_fit(void **state)
{
	struct jose_key *keys[] = { &rsa, &p256, &ed25519, &hmac };
	static const char *const names[] = { "none", "dir", "A128KW", "A128GCM", "RSA-OAEP" };
	struct buf none = BUF_INIT(64);
	struct err e = ERR_INIT;

	(void)state;
	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			const struct algorithm *a = algorithm_find(names[i], strlen(names[i]));

			assert_false(jws_check(keys[k], a, message, 3, NULL, 0));
			assert_false(
				jws_check(keys[k], a, message, 3, (const unsigned char *)"", 0));
			assert_refused(jws_sign(keys[k], a, message, 3, &none, &e), ERR_USAGE, &e,
				       NULL);
		}
		assert_false(jws_check(keys[k], NULL, message, 3, NULL, 0));
	}
}

static void an_empty_secret_fits_nothing(void **state)
{
	struct jose_key empty = { .type = JOSE_OCT };
	unsigned char zeros[32] = { 0 };

	(void)state;
	assert_false(check(&empty, "HS256", zeros, sizeof(zeros)));
	secret_release(&empty.secret);
}

/* --- ECDSA ---------------------------------------------------------------------------------------- */

/* r or s of 0, of the order, or beyond it (CVE-2022-21449). */
static void r_and_s_lie_between_zero_and_the_order(void **state)
{
	static const struct {
		const char *name;
		struct jose_key *key;
	} curves[] = {
		{ "ES256", &p256 }, { "ES384", &p384 }, { "ES512", &p521 }, { "ES256K", &k1 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(curves) / sizeof(*curves); i++) {
		size_t each = algorithm(curves[i].name)->signature_bytes / 2;
		unsigned char values[5][66] = { { 0 } }, signature[132];
		BIGNUM *order = NULL;
		struct buf s;

		EVP_PKEY_get_bn_param(curves[i].key->pkey, OSSL_PKEY_PARAM_EC_ORDER, &order);
		sign(curves[i].key, curves[i].name, &s);
		BN_bn2binpad(order, values[1], (int)each);
		BN_add_word(order, 1);
		BN_bn2binpad(order, values[2], (int)each);
		memset(values[3], 0xFF, each);
		values[4][each - 1] = 1;
		for (size_t r = 0; r < 5; r++) {
			for (size_t v = 0; v < 5; v++) {
				memcpy(signature, values[r], each);
				memcpy(signature + each, values[v], each);
				assert_false(
					check(curves[i].key, curves[i].name, signature, 2 * each));
			}
			memcpy(signature, s.data, 2 * each);
			memcpy(signature + each, values[r], each);
			assert_false(check(curves[i].key, curves[i].name, signature, 2 * each));
			memcpy(signature, values[r], each);
			memcpy(signature + each, s.data + each, each);
			assert_false(check(curves[i].key, curves[i].name, signature, 2 * each));
		}
		BN_free(order);
		buf_release(&s);
	}
}

/* s and order - s both solve the equation: JOSE knows no low s. But r + order, where it still fits in
 * as many bytes, is no r. */
static void the_order_is_never_added(void **state)
{
	BIGNUM *order = NULL, *s = BN_new();
	unsigned char signature[64];
	struct buf made;

	(void)state;
	sign(&p256, "ES256", &made);
	memcpy(signature, made.data, 64);
	EVP_PKEY_get_bn_param(p256.pkey, OSSL_PKEY_PARAM_EC_ORDER, &order);
	BN_bin2bn(signature + 32, 32, s);
	BN_sub(s, order, s);
	BN_bn2binpad(s, signature + 32, 32);
	assert_true(check(&p256, "ES256", signature, 64));
	BN_bin2bn(signature + 32, 32, s);
	BN_add(s, s, order);
	if (BN_num_bytes(s) <= 32) {
		BN_bn2binpad(s, signature + 32, 32);
		assert_false(check(&p256, "ES256", signature, 64));
	}
	BN_free(order);
	BN_free(s);
	buf_release(&made);
}

/* A signature made by OpenSSL over the message, with parameters of one's choice. */
static size_t openssl_sign(struct jose_key *k, const char *digest, int padding, int salt,
			   const char *mgf, unsigned char *out, size_t size)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey;

	assert_int_equal(EVP_DigestSignInit_ex(c, &pkey, digest, NULL, NULL, k->pkey, NULL), 1);
	if (padding)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(pkey, padding), 1);
	if (padding == RSA_PKCS1_PSS_PADDING) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, salt), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(pkey, mgf, NULL), 1);
	}
	assert_int_equal(
		EVP_DigestSign(c, out, &size, (const unsigned char *)text, sizeof(text) - 1), 1);
	EVP_MD_CTX_free(c);
	return size;
}

static void a_signature_in_der_is_refused(void **state)
{
	unsigned char der[160];
	size_t len = openssl_sign(&p256, "SHA256", 0, 0, NULL, der, sizeof(der));

	(void)state;
	assert_false(check(&p256, "ES256", der, len));
	assert_false(check(&p256, "ES256", der, 64));
}

/* --- RSA ----------------------------------------------------------------------------------------------- */

static void pss_has_a_salt_as_long_as_its_digest(void **state)
{
	static const int salts[] = { 0, 20, 31, 33, RSA_PSS_SALTLEN_MAX };
	unsigned char signature[512];
	size_t len;

	(void)state;
	len = openssl_sign(&rsa, "SHA256", RSA_PKCS1_PSS_PADDING, 32, "SHA256", signature,
			   sizeof(signature));
	assert_true(check(&rsa, "PS256", signature, len));
	for (size_t i = 0; i < sizeof(salts) / sizeof(*salts); i++) {
		len = openssl_sign(&rsa, "SHA256", RSA_PKCS1_PSS_PADDING, salts[i], "SHA256",
				   signature, sizeof(signature));
		assert_false(check(&rsa, "PS256", signature, len));
	}
	len = openssl_sign(&rsa, "SHA256", RSA_PKCS1_PSS_PADDING, 32, "SHA1", signature,
			   sizeof(signature));
	assert_false(check(&rsa, "PS256", signature, len));
}

static void paddings_and_digests_are_not_mixed(void **state)
{
	static const char *const names[] = { "RS256", "RS384", "RS512", "PS256", "PS384", "PS512" };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct buf s;

		sign(&rsa, names[i], &s);
		for (size_t k = 0; k < 6; k++)
			assert_int_equal(check(&rsa, names[k], s.data, s.len), i == k);
		buf_release(&s);
	}
}

static void an_rsa_signature_is_as_long_as_the_modulus(void **state)
{
	unsigned char signature[512];
	size_t len = openssl_sign(&small_rsa, "SHA256", RSA_PKCS1_PADDING, 0, NULL, signature,
				  sizeof(signature));

	(void)state;
	assert_int_equal(len, 128);
	assert_true(check(&small_rsa, "RS256", signature, len));
	assert_false(check(&rsa, "RS256", signature, len));
	memmove(signature + 128, signature, 128);
	memset(signature, 0, 128);
	assert_false(check(&rsa, "RS256", signature, 256));
	assert_false(check(&small_rsa, "RS256", signature, 256));
}

static void a_public_key_does_not_sign(void **state)
{
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT(512);

	(void)state;
	p256.is_private = false;
	assert_refused(jws_sign(&p256, algorithm("ES256"), message, 3, &out, &e), ERR_USAGE, &e,
		       "no private part");
	p256.is_private = true;
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_is_taken),
		cmocka_unit_test(one_bit_is_enough_to_be_refused),
		cmocka_unit_test(another_message_is_refused),
		cmocka_unit_test(a_signature_of_another_length_is_refused),
		cmocka_unit_test(a_key_of_another_type_is_refused),
		cmocka_unit_test(none_and_what_signs_nothing_never_fit),
		cmocka_unit_test(an_empty_secret_fits_nothing),
		cmocka_unit_test(r_and_s_lie_between_zero_and_the_order),
		cmocka_unit_test(the_order_is_never_added),
		cmocka_unit_test(a_signature_in_der_is_refused),
		cmocka_unit_test(pss_has_a_salt_as_long_as_its_digest),
		cmocka_unit_test(paddings_and_digests_are_not_mixed),
		cmocka_unit_test(an_rsa_signature_is_as_long_as_the_modulus),
		cmocka_unit_test(a_public_key_does_not_sign),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_free);
}
