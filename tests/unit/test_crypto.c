/* The primitives against the vectors of their RFCs, and what they must refuse. */
#include "tests/lib/support.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/crypto.h"
#include "src/base/encode.h"

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
	char text[2 * SIGNATURE_SIZE + 1];

	assert_in_range(len, 0, SIGNATURE_SIZE);
	hex_encode(text, bytes, len);
	assert_string_equal(text, expected);
}

static void bytes_of(uint8_t *out, size_t len, const char *hex)
{
	assert_true(hex_decode(out, hex, len));
}

/* FIPS 180-4 examples. */
static void sha256_follows_fips_180_4(void **state)
{
	const struct span abc[] = { { "a", 1 }, { "", 0 }, { "bc", 2 } };
	uint8_t out[SHA256_SIZE];

	(void)state;
	sha256(out, abc, 3);
	assert_hex(out, sizeof(out),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256(out, NULL, 0);
	assert_hex(out, sizeof(out),
		   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void the_incremental_hash_equals_the_whole_and_starts_anew(void **state)
{
	struct sha256 *h = sha256_new();
	uint8_t first[SHA256_SIZE], again[SHA256_SIZE];

	(void)state;
	sha256_add(h, "ab", 2);
	sha256_add(h, "c", 1);
	sha256_end(h, first);
	assert_hex(first, sizeof(first),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_add(h, "abc", 3);
	sha256_end(h, again);
	assert_memory_equal(first, again, sizeof(first));
	sha256_free(h);
	sha256_free(NULL);
}

/* RFC 4231 §4.2, §4.3 and §4.5; HMAC pads a key with zeros, so the short ones fit our length. */
static void mac_follows_rfc_4231(void **state)
{
	static const struct {
		const char *key, *data, *mac;
	} vectors[] = {
		{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000", "Hi There",
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "4a65666500000000000000000000000000000000000000000000000000000000",
		  "what do ya want for nothing?",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "0102030405060708090a0b0c0d0e0f1011121314151617181900000000000000",
		  "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"
		  "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"
		  "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd",
		  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct span data = { vectors[i].data, strlen(vectors[i].data) };
		uint8_t key[KEY256_SIZE], out[MAC_SIZE];
		struct mac *m;

		bytes_of(key, sizeof(key), vectors[i].key);
		m = mac_new(key);
		mac_parts(m, out, &data, 1);
		assert_hex(out, sizeof(out), vectors[i].mac);
		mac_free(m);
	}
}

static void a_mac_context_gives_the_same_every_time(void **state)
{
	const struct span whole[] = { { "one two", 7 } };
	const struct span parts[] = { { "one", 3 }, { " ", 1 }, { "two", 3 } };
	const struct span other[] = { { "one tw0", 7 } };
	uint8_t first[MAC_SIZE], again[MAC_SIZE];
	struct mac *m = mac_new((const uint8_t[KEY256_SIZE]){ 1, 2, 3 });

	(void)state;
	mac_parts(m, first, whole, 1);
	mac_parts(m, again, other, 1);
	assert_memory_not_equal(first, again, MAC_SIZE);
	for (int i = 0; i < 100; i++) {
		mac_parts(m, again, parts, 3);
		assert_memory_equal(first, again, MAC_SIZE);
	}
	mac_free(m);
	mac_free(NULL);
}

static void another_key_gives_another_mac(void **state)
{
	const struct span data = { "data", 4 };
	uint8_t a[MAC_SIZE], b[MAC_SIZE];
	struct mac *m = mac_new((const uint8_t[KEY256_SIZE]){ 1 });
	struct mac *n = mac_new((const uint8_t[KEY256_SIZE]){ 2 });

	(void)state;
	mac_parts(m, a, &data, 1);
	mac_parts(n, b, &data, 1);
	assert_memory_not_equal(a, b, MAC_SIZE);
	mac_free(m);
	mac_free(n);
}

static void *mac_in_a_thread(void *out)
{
	const struct span data = { "data", 4 };
	struct mac *m = mac_new((const uint8_t[KEY256_SIZE]){ 7 });

	for (int i = 0; i < 1000; i++)
		mac_parts(m, out, &data, 1);
	mac_free(m);
	return NULL;
}

static void threads_have_contexts_of_their_own(void **state)
{
	uint8_t out[4][MAC_SIZE];
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, mac_in_a_thread, out[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 1; i < 4; i++)
		assert_memory_equal(out[0], out[i], MAC_SIZE);
}

static void bytes_are_equal_only_when_all_are(void **state)
{
	(void)state;
	assert_true(bytes_equal("abc", "abd", 2));
	assert_false(bytes_equal("abc", "abd", 3));
	assert_true(bytes_equal("a", "b", 0));
}

/* RFC 5869 has no vector with a 32-byte key and an empty salt: computed by OpenSSL's HKDF and
 * checked with Python's hmac. */
static void hkdf_gives_one_key_a_purpose(void **state)
{
	uint8_t key[KEY256_SIZE], out[KEY256_SIZE];

	(void)state;
	for (uint8_t i = 0; i < KEY256_SIZE; i++)
		key[i] = i;
	hkdf(out, key, "authrack key mac");
	assert_hex(out, sizeof(out),
		   "ccc26666960fdbca80b5831cc22a337b4e2a38fb5a7a956e2b136021c359cd39");
	hkdf(out, key, "");
	assert_hex(out, sizeof(out),
		   "37ad29109f43265287804b674e2653d0a513718907f97fca97c95bded8104bbf");
}

struct sealed {
	uint8_t key[KEY256_SIZE];
	uint8_t text[SEAL_OVERHEAD + 12];
};

static void seal_hello(struct sealed *s)
{
	memset(s->key, 9, sizeof(s->key));
	seal(s->text, s->key, "hello world!", 12, "row 1", 5);
}

static void what_was_sealed_can_be_unsealed(void **state)
{
	struct sealed s;
	uint8_t out[12];

	(void)state;
	seal_hello(&s);
	assert_true(unseal(out, s.key, s.text, sizeof(s.text), "row 1", 5));
	assert_memory_equal(out, "hello world!", 12);
}

static void an_empty_text_can_be_sealed(void **state)
{
	uint8_t text[SEAL_OVERHEAD], out[1];
	const uint8_t key[KEY256_SIZE] = { 1 };

	(void)state;
	seal(text, key, "", 0, NULL, 0);
	assert_true(unseal(out, key, text, sizeof(text), NULL, 0));
	assert_false(unseal(out, key, text, sizeof(text), "x", 1));
}

static void every_bit_that_was_changed_is_found(void **state)
{
	struct sealed s;
	uint8_t out[12];

	(void)state;
	seal_hello(&s);
	for (size_t bit = 0; bit < 8 * sizeof(s.text); bit++) {
		s.text[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(unseal(out, s.key, s.text, sizeof(s.text), "row 1", 5));
		s.text[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(unseal(out, s.key, s.text, sizeof(s.text), "row 1", 5));
}

static void another_key_row_or_length_does_not_unseal(void **state)
{
	struct sealed s;
	uint8_t out[12] = { 0 };

	(void)state;
	seal_hello(&s);
	assert_false(unseal(out, s.key, s.text, sizeof(s.text), "row 2", 5));
	assert_false(unseal(out, s.key, s.text, sizeof(s.text), NULL, 0));
	assert_false(unseal(out, s.key, s.text, sizeof(s.text) - 1, "row 1", 5));
	assert_false(unseal(out, s.key, s.text, SEAL_OVERHEAD - 1, "row 1", 5));
	assert_false(unseal(out, s.key, s.text, 0, "row 1", 5));
	s.key[0] ^= 1;
	assert_false(unseal(out, s.key, s.text, sizeof(s.text), "row 1", 5));
	assert_memory_not_equal(out, "hello world!", 12);
}

static void the_same_text_never_looks_the_same_sealed(void **state)
{
	struct sealed a, b;

	(void)state;
	seal_hello(&a);
	seal_hello(&b);
	assert_memory_not_equal(a.text, b.text, 12);
	assert_memory_not_equal(a.text + 12, b.text + 12, 12);
}

/* RFC 7914 has no vector with N = 2^17: computed with `openssl kdf … SCRYPT`. */
static void scrypt_derives_what_openssl_derives(void **state)
{
	uint8_t salt[16], out[KEY256_SIZE];
	struct err e = ERR_INIT;

	(void)state;
	for (uint8_t i = 0; i < sizeof(salt); i++)
		salt[i] = i;
	assert_well(scrypt_key(out, "correct horse", 13, salt, &e), &e);
	assert_hex(out, sizeof(out),
		   "4c6bc95145350a07e4000e6b475195a0b9c727c25a0517bbc2ac76edc10e426c");
}

/* In a child, since the limit can't be lifted again; a sanitizer's own memory is beyond any limit. */
static void scrypt_without_memory_is_an_error_not_the_end(void **state)
{
#ifndef __SANITIZE_ADDRESS__
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit tight = { 64 << 20, 64 << 20 };
		const uint8_t salt[16] = { 0 };
		uint8_t out[KEY256_SIZE];
		struct err e = ERR_INIT;

		setrlimit(RLIMIT_AS, &tight);
		_exit((int)scrypt_key(out, "x", 1, salt, &e));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ERR_STORE);
#endif
	(void)state;
}

/* RFC 8032 §7.1, tests 1 to 3. */
static const struct {
	const char *seed, *public_key, *message;
	size_t len;
	const char *signature;
} ed25519_vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", 0,
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
	  "701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72", 1,
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f36"
	  "13d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82", 2,
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7"
	  "60984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void ed25519_follows_rfc_8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ed25519_vectors) / sizeof(*ed25519_vectors); i++) {
		const char *message = ed25519_vectors[i].message;
		size_t len = ed25519_vectors[i].len;
		uint8_t seed[32], key[32], signature[SIGNATURE_SIZE];

		bytes_of(seed, sizeof(seed), ed25519_vectors[i].seed);
		ed25519_public(key, seed);
		assert_hex(key, sizeof(key), ed25519_vectors[i].public_key);
		ed25519_sign(signature, seed, message, len);
		assert_hex(signature, sizeof(signature), ed25519_vectors[i].signature);
		assert_true(ed25519_verify(key, signature, message, len));
	}
}

static void a_signature_over_anything_else_is_refused(void **state)
{
	uint8_t key[32], other[32], signature[SIGNATURE_SIZE];

	(void)state;
	bytes_of(key, sizeof(key), ed25519_vectors[2].public_key);
	bytes_of(other, sizeof(other), ed25519_vectors[1].public_key);
	bytes_of(signature, sizeof(signature), ed25519_vectors[2].signature);
	assert_true(ed25519_verify(key, signature, "\xaf\x82", 2));
	assert_false(ed25519_verify(key, signature, "\xaf\x83", 2));
	assert_false(ed25519_verify(key, signature, "\xaf", 1));
	assert_false(ed25519_verify(other, signature, "\xaf\x82", 2));
	signature[0] ^= 1;
	assert_false(ed25519_verify(key, signature, "\xaf\x82", 2));
	signature[0] ^= 1;
	signature[SIGNATURE_SIZE - 1] ^= 0x80;
	assert_false(ed25519_verify(key, signature, "\xaf\x82", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_follows_fips_180_4),
		cmocka_unit_test(the_incremental_hash_equals_the_whole_and_starts_anew),
		cmocka_unit_test(mac_follows_rfc_4231),
		cmocka_unit_test(a_mac_context_gives_the_same_every_time),
		cmocka_unit_test(another_key_gives_another_mac),
		cmocka_unit_test(threads_have_contexts_of_their_own),
		cmocka_unit_test(bytes_are_equal_only_when_all_are),
		cmocka_unit_test(hkdf_gives_one_key_a_purpose),
		cmocka_unit_test(what_was_sealed_can_be_unsealed),
		cmocka_unit_test(an_empty_text_can_be_sealed),
		cmocka_unit_test(every_bit_that_was_changed_is_found),
		cmocka_unit_test(another_key_row_or_length_does_not_unseal),
		cmocka_unit_test(the_same_text_never_looks_the_same_sealed),
		cmocka_unit_test(scrypt_derives_what_openssl_derives),
		cmocka_unit_test(scrypt_without_memory_is_an_error_not_the_end),
		cmocka_unit_test(ed25519_follows_rfc_8032),
		cmocka_unit_test(a_signature_over_anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
