/* What JWE decryption refuses, a rule at a time: each token here is well but for one thing. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/token/jwe.h"
#include "src/token/jwe_parts.h"
#include "tests/lib/jwe_make.h"

#define NO_FIT "the token can't be decrypted with the given key"
#define RECIPE(...) (&(const struct jwe_recipe){ __VA_ARGS__ })

/* Opens it with the set; *plain_len may be NULL. */
static enum errc opened(const char *text, struct key_set *keys, struct err *e)
{
	struct jose t;
	struct secret plain = SECRET_INIT;
	enum errc rc;

	*e = (struct err)ERR_INIT;
	jose_read(&t, text, strlen(text));
	rc = jwe_decrypt(&t, keys, false, &plain, NULL, e);
	if (rc)
		assert_int_equal(plain.len, 0);
	secret_release(&plain);
	jose_release(&t);
	return rc;
}

/* Keys of each sort that the recipes are for: made once, RSA takes its time. */
static struct key_set keys_rsa, keys_p256, keys_x25519, keys_128, keys_256, keys_512;

static int keys_make(void **state)
{
	static const struct {
		struct key_set *set;
		const char *what;
	} sets[] = { { &keys_rsa, "RSA" }, { &keys_p256, "P-256" }, { &keys_x25519, "X25519" },
		     { &keys_128, "128" }, { &keys_256, "256" },    { &keys_512, "512" } };

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		key_set_init(sets[i].set);
		key_generate(sets[i].set, sets[i].what);
	}
	return 0;
}

static int keys_drop(void **state)
{
	(void)state;
	key_set_release(&keys_rsa);
	key_set_release(&keys_p256);
	key_set_release(&keys_x25519);
	key_set_release(&keys_128);
	key_set_release(&keys_256);
	key_set_release(&keys_512);
	return 0;
}

static void recipe_refused(const struct jwe_recipe *recipe, struct key_set *keys, enum errc code,
			   const char *text)
{
	struct jwe_recipe whole = *recipe;
	struct err e;
	char *token;

	whole.key = &keys->keys[0];
	token = jwe_compact(&whole);
	assert_refused(opened(token, keys, &e), code, &e, text);
	free(token);
}

/* --- lengths --------------------------------------------------------------------------------------- */

static void lengths_are_exact(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .tag_shorter = 4), &keys_128,
		       ERR_USAGE, "cut off");
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .iv_longer = 1), &keys_128, ERR_NO,
		       NO_FIT);
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .iv_longer = -4), &keys_128,
		       ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128CBC-HS256", .tag_shorter = 8), &keys_128,
		       ERR_USAGE, "cut off");
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128CBC-HS256", .tag_shorter = -16),
		       &keys_128, ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128CBC-HS256", .iv_longer = 1), &keys_128,
		       ERR_NO, NO_FIT);
}

static void a_content_key_of_another_length_is_refused(void **state)
{
	static const char *const algs[] = { "RSA1_5", "RSA-OAEP", "RSA-OAEP-256" };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		recipe_refused(RECIPE(.alg = algs[i], .enc = "A128GCM", .cek_longer = 8), &keys_rsa,
			       ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .cek_longer = 8), &keys_128,
		       ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128GCMKW", .enc = "A128GCM", .cek_longer = 1), &keys_128,
		       ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "ECDH-ES+A128KW", .enc = "A128GCM", .cek_longer = 8),
		       &keys_p256, ERR_NO, NO_FIT);
}

static void gcm_wrapping_has_exact_lengths(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "A128GCMKW", .enc = "A128GCM", .wrap_tag_shorter = 4),
		       &keys_128, ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128GCMKW", .enc = "A128GCM", .wrap_iv_longer = 1), &keys_128,
		       ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128GCMKW", .enc = "A128GCM", .wrap_iv_longer = -4),
		       &keys_128, ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "A128GCMKW", .enc = "A128GCM", .wrap_iv_longer = 16),
		       &keys_128, ERR_USAGE, "\"iv\"");
}

/* --- keys that may not be used --------------------------------------------------------------------- */

static void the_key_decides(void **state)
{
	const struct jwe_recipe *wrapped = RECIPE(.alg = "A128KW", .enc = "A128GCM");
	struct jose_key *k = &keys_128.keys[0];

	(void)state;
	k->constrained = true;
	k->alg = x_strdup("A128GCMKW");
	recipe_refused(wrapped, &keys_128, ERR_NO, "A128GCMKW");
	free(k->alg);
	k->alg = NULL;
	k->use = x_strdup("sig");
	recipe_refused(wrapped, &keys_128, ERR_NO, "use");
	free(k->use);
	k->use = NULL;
	k->has_ops = true;
	k->ops = KEY_OP_WRAP | KEY_OP_SIGN;
	recipe_refused(wrapped, &keys_128, ERR_NO, "key_ops");
	k->has_ops = false;
	k->constrained = false;
	recipe_refused(RECIPE(.alg = "A256KW", .enc = "A128GCM"), &keys_512, ERR_NO, "512");
}

static void a_key_of_another_kind_is_not_tried(void **state)
{
	struct err e;
	struct jwe_recipe recipe = *RECIPE(.alg = "RSA-OAEP", .enc = "A128GCM");
	char *token;

	(void)state;
	recipe.key = &keys_rsa.keys[0];
	token = jwe_compact(&recipe);
	assert_refused(opened(token, &keys_p256, &e), ERR_NO, &e, "no given key may be used");
	assert_refused(opened(token, &keys_256, &e), ERR_NO, &e, "no given key may be used");
	free(token);
}

static void a_direct_key_has_the_contents_length(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "dir", .enc = "A128GCM", .encrypted_key = ""), &keys_256,
		       ERR_NO, "256");
	recipe_refused(RECIPE(.alg = "dir", .enc = "A256GCM", .encrypted_key = "AAAA"), &keys_256,
		       ERR_USAGE, "encrypted key");
}

static void an_agreed_key_has_no_encrypted_one_beside_it(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .encrypted_key = "AAAA"),
		       &keys_p256, ERR_USAGE, "encrypted key");
}

static void without_a_key_nothing_is_opened(void **state)
{
	struct key_set none;
	struct err e;
	struct jwe_recipe recipe = *RECIPE(.alg = "A128KW", .enc = "A128GCM");
	char *token;

	(void)state;
	recipe.key = &keys_128.keys[0];
	token = jwe_compact(&recipe);
	key_set_init(&none);
	assert_refused(opened(token, &none, &e), ERR_USAGE, &e, "no key");
	key_set_release(&none);
	free(token);
}

/* --- RSA ------------------------------------------------------------------------------------------- */

/* Encrypts the block as it is. */
static char *rsa_raw(const unsigned char *block, size_t len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(keys_rsa.keys[0].pkey, NULL);
	unsigned char out[256];
	size_t n = sizeof(out);
	char *text = x_malloc(base64url_size(n));

	assert_int_equal(EVP_PKEY_encrypt_init(c), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(c, out, &n, block, len), 1);
	base64url_encode(text, out, n);
	EVP_PKEY_CTX_free(c);
	return text;
}

/* A PKCS #1 block with a key of 16 bytes, changed at one place. */
static char *rsa_block(size_t at, unsigned char byte, size_t key_len)
{
	unsigned char block[256];

	memset(block, 0x55, sizeof(block));
	block[0] = 0;
	block[1] = 2;
	block[sizeof(block) - key_len - 1] = 0;
	if (at)
		block[at] = byte;
	return rsa_raw(block, sizeof(block));
}

/* RFC 7516 11.5: whatever is wrong with the padding, only the content's tag tells. */
static void every_fault_of_pkcs1_padding_looks_alike(void **state)
{
	char *const blocks[] = {
		rsa_block(0, 0, 16),   /* well, but another key */
		rsa_block(1, 1, 16),   /* type of a signature */
		rsa_block(1, 0, 16),   /* no type */
		rsa_block(5, 0, 16),   /* padding of three bytes */
		rsa_block(100, 0, 16), /* key of 155 bytes */
		rsa_block(239, 9, 16), /* no zero in front of the key */
		rsa_block(0, 0, 15),   /* key too short */
		rsa_block(0, 0, 17),   /* key too long */
		rsa_block(0, 0, 0),    /* no key */
		x_strdup("AAAA"),      /* not as long as the modulus */
		x_strdup(""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		struct jwe_recipe recipe = *RECIPE(.alg = "RSA1_5", .enc = "A128GCM",
						   .encrypted_key = blocks[i],
						   .key = &keys_rsa.keys[0]);
		struct err e;
		char *token = jwe_compact(&recipe);

		assert_int_equal(opened(token, &keys_rsa, &e), ERR_NO);
		assert_string_equal(e.message, NO_FIT);
		free(token);
		free(blocks[i]);
	}
}

static void a_number_beyond_the_modulus_looks_alike(void **state)
{
	char text[343];

	(void)state;
	memset(text, '_', 341);
	text[341] = 'w';
	text[342] = '\0';
	recipe_refused(RECIPE(.alg = "RSA1_5", .enc = "A128GCM", .encrypted_key = text), &keys_rsa,
		       ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "RSA-OAEP", .enc = "A128GCM", .encrypted_key = text),
		       &keys_rsa, ERR_NO, NO_FIT);
}

static void oaep_keys_in_pkcs1_padding_are_refused(void **state)
{
	char *block = rsa_block(0, 0, 16);

	(void)state;
	recipe_refused(RECIPE(.alg = "RSA-OAEP", .enc = "A128GCM", .encrypted_key = block),
		       &keys_rsa, ERR_NO, NO_FIT);
	free(block);
}

/* --- ECDH-ES --------------------------------------------------------------------------------------- */

static void ephemeral_keys_are_validated(void **state)
{
	static const struct {
		const char *epk, *text;
	} faults[] = {
		/* The point of RFC 7515 A.3's key with its last bit changed. */
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\","
		  "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
		  "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4\"}",
		  "epk" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}", "epk" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\","
		  "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
		  "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
		  "epk" },
		{ "{\"kty\":\"OKP\",\"crv\":\"X25519\","
		  "\"x\":\"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo\"}",
		  "another curve" },
		{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
		  "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
		  "curve" },
		{ "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", "epk" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"crv\":\"P-256\"}", NULL },
		{ "\"epk\"", "no object" },
		{ "{}", "epk" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		recipe_refused(RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .epk = faults[i].epk,
				      .encrypted_key = ""),
			       &keys_p256, ERR_USAGE, faults[i].text);
}

/* RFC 7748 6.1: a point of low order makes the agreed secret zero, whatever the key. */
static void points_of_low_order_are_refused(void **state)
{
	static const char *const points[] = {
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"7P_______________________________________38",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *epk = x_asprintf("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"%s\"}",
				       points[i]);

		recipe_refused(
			RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .epk = epk, .encrypted_key = ""),
			&keys_x25519, ERR_NO, NO_FIT);
		free(epk);
	}
}

static void an_ephemeral_key_tells_its_fault(void **state)
{
	struct jose t;
	char why[128];
	struct jwe_recipe recipe = *RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .encrypted_key = "",
					   .key = &keys_p256.keys[0]);
	char *token = jwe_compact(&recipe);

	(void)state;
	jose_read(&t, token, strlen(token));
	assert_true(jwe_epk_fits(&t.parts[0], NULL, why, sizeof(why)));
	assert_true(jwe_epk_fits(&t.parts[0], &keys_p256.keys[0], NULL, 0));
	assert_false(jwe_epk_fits(&t.parts[0], &keys_x25519.keys[0], why, sizeof(why)));
	assert_non_null(strstr(why, "another curve"));
	jose_release(&t);
	free(token);
}

static void the_names_that_go_into_the_key_count(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .agree_as = "ECDH-ES",
			      .encrypted_key = ""),
		       &keys_p256, ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "ECDH-ES+A128KW", .enc = "A128GCM", .agree_as = "A128KW"),
		       &keys_p256, ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .encrypted_key = "",
			      .extra = ",\"apu\":\"QWxpY2U\""),
		       &keys_p256, ERR_NO, NO_FIT);
	recipe_refused(RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .encrypted_key = "",
			      .extra = ",\"apv\":\"Qm9i=\""),
		       &keys_p256, ERR_USAGE, "\"apv\"");
	recipe_refused(RECIPE(.alg = "ECDH-ES", .enc = "A128GCM", .encrypted_key = "",
			      .extra = ",\"apu\":7"),
		       &keys_p256, ERR_USAGE, "\"apu\"");
}

/* --- passwords -------------------------------------------------------------------------------------- */

static void rounds_have_limits(void **state)
{
	static const int rounds[] = { -1, 1, 999, 1200001, 2147483647 };

	(void)state;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(*rounds); i++)
		recipe_refused(
			RECIPE(.alg = "PBES2-HS256+A128KW", .enc = "A128GCM", .rounds = rounds[i]),
			&keys_128, ERR_USAGE, "p2c");
}

static void a_short_salt_is_refused(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "PBES2-HS256+A128KW", .enc = "A128GCM", .salt = 7), &keys_128,
		       ERR_USAGE, "p2s");
}

static void an_empty_password_opens_nothing(void **state)
{
	struct key_set empty;
	struct secret none = SECRET_INIT;

	(void)state;
	key_set_init(&empty);
	secret_set(&none, "", 0);
	key_set_add_secret(&empty, &none, "nothing");
	recipe_refused(RECIPE(.alg = "PBES2-HS256+A128KW", .enc = "A128GCM"), &empty, ERR_NO,
		       "empty");
	secret_release(&none);
	key_set_release(&empty);
}

static void passwords_together_cost_no_more_than_one_may(void **state)
{
	struct key_set many;
	struct err e;
	struct jwe_recipe recipe = *RECIPE(.alg = "PBES2-HS256+A128KW", .enc = "A128GCM",
					   .rounds = 700000);
	char *token;

	(void)state;
	key_set_init(&many);
	for (size_t i = 0; i < 3; i++)
		key_generate(&many, "128");
	recipe.key = &many.keys[2];
	token = jwe_compact(&recipe);
	assert_refused(opened(token, &many, &e), ERR_USAGE, &e, "rounds");
	free(token);
	key_set_release(&many);
}

static void so_many_keys_are_not_tried(void **state)
{
	struct key_set many;
	struct err e;
	struct jwe_recipe recipe = *RECIPE(.alg = "A128KW", .enc = "A128GCM");
	char *token;

	(void)state;
	key_set_init(&many);
	for (size_t i = 0; i < 300; i++)
		key_generate(&many, "128");
	recipe.key = &many.keys[299];
	token = jwe_compact(&recipe);
	assert_refused(opened(token, &many, &e), ERR_USAGE, &e, "more than");
	free(token);
	key_set_release(&many);
}

/* --- header ------------------------------------------------------------------------------------------ */

static void extensions_that_are_not_understood_are_refused(void **state)
{
	static const char *const extras[] = {
		",\"crit\":[\"exp\"],\"exp\":1",
		",\"crit\":[\"b64\"],\"b64\":true",
		",\"crit\":[\"alg\"]",
		",\"crit\":[]",
		",\"crit\":\"exp\"",
		",\"crit\":null",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++)
		recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = extras[i]),
			       &keys_128, ERR_USAGE, "crit");
}

static void a_name_twice_is_refused(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = ",\"alg\":\"A128KW\""),
		       &keys_128, ERR_USAGE, "twice");
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = ",\"x\":1,\"x\":2"),
		       &keys_128, ERR_USAGE, "twice");
}

/* A compact token of a header that no recipe makes. */
static void header_refused(const char *header, const char *text)
{
	char *encoded = x_malloc(base64url_size(strlen(header)));
	struct err e;
	char *token;

	base64url_encode(encoded, header, strlen(header));
	token = x_asprintf("%s.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AAAA."
			   "AAAAAAAAAAAAAAAAAAAAAA",
			   encoded);
	assert_refused(opened(token, &keys_128, &e), ERR_USAGE, &e, text);
	free(token);
	free(encoded);
}

static void other_algorithms_are_refused(void **state)
{
	(void)state;
	header_refused("{\"alg\":\"none\",\"enc\":\"A128GCM\"}", "none");
	header_refused("{\"alg\":\"HS256\",\"enc\":\"A128GCM\"}", "HS256");
	header_refused("{\"alg\":\"A128GCM\",\"enc\":\"A128GCM\"}", "A128GCM");
	header_refused("{\"alg\":\"a128kw\",\"enc\":\"A128GCM\"}", "a128kw");
	header_refused("{\"alg\":\"A128KW\",\"enc\":\"A128KW\"}", "A128KW");
	header_refused("{\"alg\":\"A128KW\",\"enc\":\"A128CBC\"}", "A128CBC");
	header_refused("{\"alg\":\"A128KW\",\"enc\":null}", "enc");
	header_refused("{\"alg\":7,\"enc\":\"A128GCM\"}", NULL);
	header_refused("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"kid\":7}",
		       "\"kid\" is no string");
	header_refused("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"kid\":\"\\u0000\"}",
		       "zero character");
	header_refused("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"typ\":null}",
		       "\"typ\" is no string");
	header_refused("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"cty\":[]}",
		       "\"cty\" is no string");
	header_refused("{\"enc\":\"A128GCM\"}", NULL);
}

static void what_is_missing_in_the_header_is_told(void **state)
{
	(void)state;
	header_refused("{\"alg\":\"A128GCMKW\",\"enc\":\"A128GCM\"}", "\"iv\"");
	header_refused("{\"alg\":\"A128GCMKW\",\"enc\":\"A128GCM\",\"iv\":\"AAAAAAAAAAAAAAAA\"}",
		       "\"tag\"");
	header_refused("{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\"}", "p2c");
	header_refused("{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":1000}", "p2s");
	header_refused("{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":1e3}", "p2c");
}

static void a_signed_token_is_not_decrypted(void **state)
{
	struct err e;

	(void)state;
	assert_refused(opened("eyJhbGciOiJIUzI1NiJ9.e30."
			      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			      &keys_128, &e),
		       ERR_USAGE, &e, "not an encrypted token");
}

/* --- compression --------------------------------------------------------------------------------------- */

static void only_deflate_is_known(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = ",\"zip\":\"GZIP\"",
			      .deflate_silently = true),
		       &keys_128, ERR_USAGE, "zip");
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = ",\"zip\":null"),
		       &keys_128, ERR_USAGE, "zip");
}

static void what_is_not_compressed_is_refused(void **state)
{
	(void)state;
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = ",\"zip\":\"DEF\"",
			      .plain = "\xFF\xFF\xFF"),
		       &keys_128, ERR_USAGE, "DEFLATE");
	recipe_refused(
		RECIPE(.alg = "A128KW", .enc = "A128GCM", .extra = ",\"zip\":\"DEF\"", .plain = ""),
		&keys_128, ERR_USAGE, "DEFLATE");
}

static void a_bomb_is_refused(void **state)
{
	char *plain = x_malloc(JWE_INFLATED_MOST + 2);

	(void)state;
	memset(plain, 'a', JWE_INFLATED_MOST + 1);
	plain[JWE_INFLATED_MOST + 1] = '\0';
	recipe_refused(RECIPE(.alg = "A128KW", .enc = "A128GCM", .plain = plain, .deflate = true),
		       &keys_128, ERR_USAGE, "250000");
	free(plain);
}

static void as_much_as_is_allowed_is_inflated(void **state)
{
	struct jwe_recipe recipe = *RECIPE(.alg = "A128KW", .enc = "A128GCM", .deflate = true,
					   .key = &keys_128.keys[0]);
	char *plain = x_malloc(JWE_INFLATED_MOST + 1);
	struct err e;
	char *token;

	(void)state;
	memset(plain, 'a', JWE_INFLATED_MOST);
	plain[JWE_INFLATED_MOST] = '\0';
	recipe.plain = plain;
	token = jwe_compact(&recipe);
	assert_well(opened(token, &keys_128, &e), &e);
	free(plain);
	free(token);
}

static void bytes_behind_the_compressed_ones_are_refused(void **state)
{
	struct secret in = SECRET_INIT;
	struct secret out = SECRET_INIT;
	struct err e = ERR_INIT;

	(void)state;
	secret_set(&in, "\x03\x00", 2); /* the empty stream */
	assert_well(jwe_inflate(&in, &out, &e), &e);
	assert_int_equal(out.len, 0);
	secret_set(&in, "\x03\x00x", 3);
	assert_refused(jwe_inflate(&in, &out, &e), ERR_USAGE, &e, "DEFLATE");
	secret_release(&in);
	secret_release(&out);
}

/* --- JSON ------------------------------------------------------------------------------------------------ */

#define REST \
	"\"iv\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"AAAA\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"
#define KEY "\"encrypted_key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""

static void json_is_held_to_its_rules(void **state)
{
	static const struct {
		const char *token, *text;
	} faults[] = {
		/* zip outside of the protected header */
		{ "{\"unprotected\":{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"zip\":\"DEF\"}," KEY
		  "," REST,
		  "zip" },
		/* crit anywhere */
		{ "{\"unprotected\":{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"crit\":[\"a\"]}," KEY
		  "," REST,
		  "crit" },
		/* one name in two headers */
		{ "{\"unprotected\":{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"},"
		  "\"header\":{\"alg\":\"A128KW\"}," KEY "," REST,
		  "two headers" },
		/* enc differs */
		{ "{\"unprotected\":{\"alg\":\"A128KW\"},\"recipients\":["
		  "{\"header\":{\"enc\":\"A128GCM\"}," KEY "},"
		  "{\"header\":{\"enc\":\"A256GCM\"}," KEY "}]," REST,
		  "enc" },
		/* flattened and general at once */
		{ "{\"unprotected\":{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"},"
		  "\"recipients\":[{" KEY "}]," KEY "," REST,
		  "at once" },
		{ "{\"unprotected\":{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"},\"recipients\":[]"
		  "," REST,
		  "empty" },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		assert_refused(opened(faults[i].token, &keys_128, &e), ERR_USAGE, &e,
			       faults[i].text);
}

static void an_ambiguous_set_is_refused(void **state)
{
	struct err e;
	struct jwe_recipe recipe = *RECIPE(.alg = "A128KW", .enc = "A128GCM",
					   .key = &keys_128.keys[0]);
	char *token = jwe_compact(&recipe);

	(void)state;
	keys_128.faults = KEY_SET_SAME_KID;
	assert_refused(opened(token, &keys_128, &e), ERR_USAGE, &e, "ambiguous");
	keys_128.faults = 0;
	assert_well(opened(token, &keys_128, &e), &e);
	free(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_are_exact),
		cmocka_unit_test(a_content_key_of_another_length_is_refused),
		cmocka_unit_test(gcm_wrapping_has_exact_lengths),
		cmocka_unit_test(the_key_decides),
		cmocka_unit_test(a_key_of_another_kind_is_not_tried),
		cmocka_unit_test(a_direct_key_has_the_contents_length),
		cmocka_unit_test(an_agreed_key_has_no_encrypted_one_beside_it),
		cmocka_unit_test(without_a_key_nothing_is_opened),
		cmocka_unit_test(every_fault_of_pkcs1_padding_looks_alike),
		cmocka_unit_test(a_number_beyond_the_modulus_looks_alike),
		cmocka_unit_test(oaep_keys_in_pkcs1_padding_are_refused),
		cmocka_unit_test(ephemeral_keys_are_validated),
		cmocka_unit_test(points_of_low_order_are_refused),
		cmocka_unit_test(an_ephemeral_key_tells_its_fault),
		cmocka_unit_test(the_names_that_go_into_the_key_count),
		cmocka_unit_test(rounds_have_limits),
		cmocka_unit_test(a_short_salt_is_refused),
		cmocka_unit_test(an_empty_password_opens_nothing),
		cmocka_unit_test(passwords_together_cost_no_more_than_one_may),
		cmocka_unit_test(so_many_keys_are_not_tried),
		cmocka_unit_test(extensions_that_are_not_understood_are_refused),
		cmocka_unit_test(a_name_twice_is_refused),
		cmocka_unit_test(other_algorithms_are_refused),
		cmocka_unit_test(what_is_missing_in_the_header_is_told),
		cmocka_unit_test(a_signed_token_is_not_decrypted),
		cmocka_unit_test(only_deflate_is_known),
		cmocka_unit_test(what_is_not_compressed_is_refused),
		cmocka_unit_test(a_bomb_is_refused),
		cmocka_unit_test(as_much_as_is_allowed_is_inflated),
		cmocka_unit_test(bytes_behind_the_compressed_ones_are_refused),
		cmocka_unit_test(json_is_held_to_its_rules),
		cmocka_unit_test(an_ambiguous_set_is_refused),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_drop);
}
