/* Opening JWE: every algorithm with every content encryption, both JSON serialisations, the vectors of
 * RFC 7518, and which key of several is taken. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/token/jwe.h"
#include "src/token/jwe_parts.h"
#include "tests/lib/jwe_make.h"

#define PLAIN "You can trust us to stick with you through thick and thin"

static const char *const contents[] = { "A128GCM",	 "A192GCM",	  "A256GCM",
					"A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512" };
enum { CONTENTS = sizeof(contents) / sizeof(*contents) };

/* Opens `text` with the set, and gives the errc; the plaintext must be PLAIN when it is ERR_OK. */
static enum errc opened(const char *text, struct key_set *keys, struct err *e)
{
	struct jose t;
	struct secret plain = SECRET_INIT;
	const struct jose_key *used = NULL;
	enum errc rc;

	jose_read(&t, text, strlen(text));
	rc = jwe_decrypt(&t, keys, false, &plain, &used, e);
	if (!rc) {
		assert_int_equal(plain.len, strlen(PLAIN));
		assert_string_equal(secret_reveal(&plain), PLAIN);
		assert_non_null(used);
	} else {
		assert_int_equal(plain.len, 0);
	}
	secret_release(&plain);
	jose_release(&t);
	return rc;
}

/* Every content encryption under one algorithm with a new key of that sort. */
static void opens_with_all_contents(const char *alg, const char *what)
{
	struct key_set keys;

	key_set_init(&keys);
	key_generate(&keys, what);
	for (size_t i = 0; i < CONTENTS; i++) {
		const struct jwe_recipe recipe = {
			.alg = alg, .enc = contents[i], .key = &keys.keys[0], .plain = PLAIN
		};
		char *text = jwe_compact(&recipe);
		struct err e = ERR_INIT;

		assert_well(opened(text, &keys, &e), &e);
		free(text);
	}
	key_set_release(&keys);
}

static void rsa_keys_open(void **state)
{
	static const char *const algs[] = { "RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384",
					    "RSA-OAEP-512" };

	(void)state;
	for (size_t i = 0; i < sizeof(algs) / sizeof(*algs); i++)
		opens_with_all_contents(algs[i], "RSA");
}

static void agreed_keys_open(void **state)
{
	static const char *const algs[] = { "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW",
					    "ECDH-ES+A256KW" };
	static const char *const curves[] = { "P-256", "P-384", "P-521", "X25519", "X448" };

	(void)state;
	for (size_t i = 0; i < sizeof(algs) / sizeof(*algs); i++)
		for (size_t j = 0; j < sizeof(curves) / sizeof(*curves); j++)
			opens_with_all_contents(algs[i], curves[j]);
}

static void secrets_open(void **state)
{
	static const char *const algs[][2] = {
		{ "A128KW", "128" },
		{ "A192KW", "192" },
		{ "A256KW", "256" },
		{ "A128GCMKW", "128" },
		{ "A192GCMKW", "192" },
		{ "A256GCMKW", "256" },
		{ "PBES2-HS256+A128KW", "128" },
		{ "PBES2-HS384+A192KW", "192" },
		{ "PBES2-HS512+A256KW", "256" },
		{ "PBES2-HS512+A256KW", "72" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(algs) / sizeof(*algs); i++)
		opens_with_all_contents(algs[i][0], algs[i][1]);
}

static void a_key_of_the_content_opens_directly(void **state)
{
	static const char *const bits[CONTENTS] = { "128", "192", "256", "256", "384", "512" };

	(void)state;
	for (size_t i = 0; i < CONTENTS; i++) {
		struct key_set keys;
		struct err e = ERR_INIT;
		char *text;

		key_set_init(&keys);
		key_generate(&keys, bits[i]);
		text = jwe_compact(&(struct jwe_recipe){ .alg = "dir",
							 .enc = contents[i],
							 .key = &keys.keys[0],
							 .plain = PLAIN,
							 .encrypted_key = "" });
		assert_well(opened(text, &keys, &e), &e);
		free(text);
		key_set_release(&keys);
	}
}

static void names_of_the_parties_go_into_the_key(void **state)
{
	struct key_set keys;
	struct err e = ERR_INIT;
	char *text;

	(void)state;
	key_set_init(&keys);
	key_generate(&keys, "P-256");
	text = jwe_compact(&(struct jwe_recipe){ .alg = "ECDH-ES",
						 .enc = "A128GCM",
						 .key = &keys.keys[0],
						 .plain = PLAIN,
						 .apu = "QWxpY2U",
						 .apv = "Qm9i",
						 .encrypted_key = "" });
	assert_well(opened(text, &keys, &e), &e);
	free(text);
	key_set_release(&keys);
}

static void compressed_content_is_inflated(void **state)
{
	struct key_set keys;
	struct err e = ERR_INIT;
	char *text;

	(void)state;
	key_set_init(&keys);
	key_generate(&keys, "128");
	text = jwe_compact(&(struct jwe_recipe){ .alg = "A128KW",
						 .enc = "A128GCM",
						 .key = &keys.keys[0],
						 .plain = PLAIN,
						 .deflate = true });
	assert_well(opened(text, &keys, &e), &e);
	free(text);
	key_set_release(&keys);
}

/* --- the vectors of RFC 7518 ------------------------------------------------------------------------ */

/* Appendix C. */
static void the_key_of_the_standards_example_is_derived(void **state)
{
	static const unsigned char agreed[] = { 158, 86,  217, 29,  129, 113, 53,  211,
						114, 131, 66,  131, 191, 132, 38,  156,
						251, 49,  110, 163, 218, 128, 106, 72,
						246, 218, 167, 121, 140, 254, 144, 196 };
	const struct span apu = { "Alice", 5 };
	const struct span apv = { "Bob", 3 };
	struct secret z = SECRET_INIT;
	struct secret out = SECRET_INIT;
	char text[32];

	(void)state;
	secret_set(&z, agreed, sizeof(agreed));
	assert_true(jwe_concat_kdf(&z, "A128GCM", &apu, &apv, 128, &out));
	assert_int_equal(out.len, 16);
	base64url_encode(text, secret_reveal(&out), out.len);
	assert_string_equal(text, "VqqN6vgjbSBcIijNcacQGg");
	secret_release(&z);
	secret_release(&out);
}

/* Appendix B: one text and IV for all three, keys 00 01 02 …; the ciphertext is made here, and its tag
 * must be the published one. */
struct cbc_vector {
	const char *enc;
	const char *tag;
};

static size_t cbc_ciphertext(const struct secret *cek, const unsigned char *iv, const char *plain,
			     unsigned char *out)
{
	EVP_CIPHER *cipher = jwe_cipher(cek->len * 4, "CBC");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n, last;

	assert_int_equal(EVP_EncryptInit_ex(c, cipher, NULL, cek->data + cek->len / 2, iv), 1);
	assert_int_equal(
		EVP_EncryptUpdate(c, out, &n, (const unsigned char *)plain, (int)strlen(plain)), 1);
	assert_int_equal(EVP_EncryptFinal_ex(c, out + n, &last), 1);
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	return (size_t)(n + last);
}

static void the_tags_of_the_standards_examples_fit(void **state)
{
	static const struct cbc_vector vectors[] = {
		{ "A128CBC-HS256", "652c3fa36b0a7c5b3219fab3a30bc1c4" },
		{ "A192CBC-HS384", "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7" },
		{ "A256CBC-HS512",
		  "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5" },
	};
	static const char plain[] =
		"A cipher system must not be required to be secret, and it must be able "
		"to fall into the hands of the enemy without inconvenience";
	static const char aad[] = "The second principle of Auguste Kerckhoffs";
	unsigned char iv[16];
	unsigned char tag[32];
	unsigned char room[256];

	(void)state;
	hex_decode(iv, "1af38c2dc2b96ffdd86694092341bc04", sizeof(iv));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const char *name = vectors[i].enc;
		const struct algorithm *enc = algorithm_find(name, strlen(name));
		struct secret cek = SECRET_INIT;
		struct secret out = SECRET_INIT;
		struct jwe_sealed sealed = { .aad = { { aad, strlen(aad) } },
					     .iv = { iv, sizeof(iv) } };

		secret_init(&cek, jwe_key_bytes(enc));
		while (cek.len < cek.size)
			secret_add(&cek, &(unsigned char){ (unsigned char)cek.len }, 1);
		sealed.ciphertext = (struct span){ room, cbc_ciphertext(&cek, iv, plain, room) };
		sealed.tag = (struct span){ tag, cek.len / 2 };
		hex_decode(tag, vectors[i].tag, cek.len / 2);
		assert_true(jwe_content_open(enc, &cek, &sealed, &out));
		assert_string_equal(secret_reveal(&out), plain);
		tag[0] ^= 1;
		assert_false(jwe_content_open(enc, &cek, &sealed, &out));
		secret_release(&cek);
		secret_release(&out);
	}
}

/* --- JSON -------------------------------------------------------------------------------------------- */

static void json_opens_flattened_and_general(void **state)
{
	static const char *const forms[] = {
		"{\"protected\":\"%s\",\"encrypted_key\":\"%s\",\"iv\":\"%s\","
		"\"ciphertext\":\"%s\",\"tag\":\"%s\",\"aad\":\"QUFE\"}",
		"{\"protected\":\"%s\",\"recipients\":[{\"encrypted_key\":\"%s\"}],"
		"\"iv\":\"%s\",\"ciphertext\":\"%s\",\"tag\":\"%s\",\"aad\":\"QUFE\"}",
	};
	struct key_set keys;
	struct jwe_pieces p;

	(void)state;
	key_set_init(&keys);
	key_generate(&keys, "256");
	jwe_encrypt(&(struct jwe_recipe){ .alg = "A256KW",
					  .enc = "A128CBC-HS256",
					  .key = &keys.keys[0],
					  .plain = PLAIN,
					  .aad = "QUFE" },
		    &p);
	for (size_t i = 0; i < 2; i++) {
		struct err e = ERR_INIT;
		char *text;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		text = x_asprintf(forms[i], p.header, p.key, p.iv, p.ciphertext, p.tag);
#pragma GCC diagnostic pop
		assert_well(opened(text, &keys, &e), &e);
		memcpy(strstr(text, "QUFE"), "QUFF", 4);
		assert_refused(opened(text, &keys, &e), ERR_NO, &e, "can't be decrypted");
		free(text);
	}
	jwe_pieces_release(&p);
	key_set_release(&keys);
}

/* --- which key --------------------------------------------------------------------------------------- */

static void every_fitting_key_is_tried(void **state)
{
	struct key_set keys;
	struct err e = ERR_INIT;
	char *text;

	(void)state;
	key_set_init(&keys);
	for (size_t i = 0; i < 3; i++)
		key_generate(&keys, "P-256");
	key_generate(&keys, "128");
	key_generate(&keys, "RSA");
	text = jwe_compact(&(struct jwe_recipe){
		.alg = "ECDH-ES+A128KW", .enc = "A128GCM", .key = &keys.keys[2], .plain = PLAIN });
	assert_well(opened(text, &keys, &e), &e);
	free(text);
	key_set_release(&keys);
}

/* Two secrets with the kids "a" and "b", and a token for the latter that calls it `kid`. */
static enum errc opened_by_kid(const char *first, const char *second, const char *kid,
			       struct err *e)
{
	struct key_set keys;
	char *text, *extra = x_asprintf(",\"kid\":\"%s\"", kid);
	enum errc rc;

	key_set_init(&keys);
	key_generate(&keys, "128");
	key_generate(&keys, "128");
	keys.keys[0].kid = x_strdup(first);
	keys.keys[1].kid = x_strdup(second);
	text = jwe_compact(&(struct jwe_recipe){ .alg = "A128KW",
						 .enc = "A128GCM",
						 .key = &keys.keys[1],
						 .extra = extra,
						 .plain = PLAIN });
	rc = opened(text, &keys, e);
	free(text);
	free(extra);
	key_set_release(&keys);
	return rc;
}

static void a_kid_chooses_the_key(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_well(opened_by_kid("a", "b", "b", &e), &e);
	assert_well(opened_by_kid("a", NULL, "b", &e), &e);
	assert_refused(opened_by_kid("a", "b", "a", &e), ERR_NO, &e, "can't be decrypted");
	assert_refused(opened_by_kid("a", "b", "c", &e), ERR_NO, &e, "\"kid\"");
	assert_refused(opened_by_kid("b", NULL, "b", &e), ERR_NO, &e, "can't be decrypted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_keys_open),
		cmocka_unit_test(agreed_keys_open),
		cmocka_unit_test(secrets_open),
		cmocka_unit_test(a_key_of_the_content_opens_directly),
		cmocka_unit_test(names_of_the_parties_go_into_the_key),
		cmocka_unit_test(compressed_content_is_inflated),
		cmocka_unit_test(the_key_of_the_standards_example_is_derived),
		cmocka_unit_test(the_tags_of_the_standards_examples_fit),
		cmocka_unit_test(json_opens_flattened_and_general),
		cmocka_unit_test(every_fitting_key_is_tried),
		cmocka_unit_test(a_kid_chooses_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
