/* The examples of RFC 7520 and RFC 8037 that lie beside the checkout: each opens in all of its forms,
 * and with any bit changed none does. */
#include "tests/lib/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/token/jwe.h"
#include "src/token/verdict.h"

#define FOLDER "../shared/vectors/cookbook"

/* Characters between those that are changed: each change costs a decryption. */
enum { STRIDE = 31, EXAMPLES_LEAST = 13 };

struct example {
	char *text;
	struct lossless json;
	const struct lossless_value *top; /* of the encrypted part */
	char *plain;
	size_t opened; /* in how many forms and with how many keys */
};

static const struct lossless_value *find(const struct example *x, const char *first,
					 const char *second)
{
	return lossless_find(&x->json, lossless_find(&x->json, x->top, first), second);
}

static bool decrypts(const struct example *x, const char *text, size_t len, struct key_set *keys)
{
	struct jose t;
	struct secret plain = SECRET_INIT;
	struct err e = ERR_INIT;
	bool well;

	jose_read(&t, text, len);
	well = jwe_decrypt(&t, keys, false, &plain, NULL, &e) == ERR_OK;
	if (well)
		assert_string_equal(secret_reveal(&plain), x->plain);
	else
		assert_true(e.message[0] != '\0');
	secret_release(&plain);
	jose_release(&t);
	return well;
}

/* Another character of base64url, the value of which differs in its lowest or highest bit. */
static char changed(char c, bool high)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-_";
	const char *at = strchr(alphabet, c);

	assert_true(at && *at);
	return alphabet[(at - alphabet) ^ (high ? 32 : 1)];
}

static void refuses_changes(const struct example *x, const char *text, size_t len,
			    const struct jose_segment *s, struct key_set *keys)
{
	char *copy = x_strndup(text, len);

	for (size_t i = 0; s->present && i < s->len; i++) {
		char was = copy[s->offset + i];

		/* The first ones and the last ones, and some between. */
		if (i >= 4 && i + 4 < s->len && i % STRIDE)
			continue;
		copy[s->offset + i] = changed(was, i % 2);
		if (decrypts(x, copy, len, keys))
			fail_msg("opens with character %zu changed: %s", s->offset + i, copy);
		copy[s->offset + i] = was;
	}
	free(copy);
}

/* The recipient is the one that the key is for: the others' keys may be what they like. */
static void opens_unchanged_only(struct example *x, const char *text, size_t len, size_t recipient,
				 struct key_set *keys)
{
	struct jose t;

	assert_true(decrypts(x, text, len, keys));
	x->opened++;
	jose_read(&t, text, len);
	refuses_changes(x, text, len, &t.parts[0].protected_header, keys);
	refuses_changes(x, text, len, &t.parts[t.count > 1 ? recipient : 0].value, keys);
	refuses_changes(x, text, len, &t.iv, keys);
	refuses_changes(x, text, len, &t.ciphertext, keys);
	refuses_changes(x, text, len, &t.tag, keys);
	refuses_changes(x, text, len, &t.aad, keys);
	jose_release(&t);
}

static void with_key(struct example *x, size_t recipient, struct key_set *keys)
{
	const struct lossless_value *compact = find(x, "output", "compact");
	const struct lossless_value *forms[] = { find(x, "output", "json"),
						 find(x, "output", "json_flat") };
	char *text;

	if (compact) {
		text = lossless_dup(&x->json, compact);
		opens_unchanged_only(x, text, strlen(text), recipient, keys);
		free(text);
	}
	for (size_t i = 0; i < 2; i++)
		if (forms[i])
			opens_unchanged_only(x, x->text + forms[i]->begin,
					     forms[i]->end - forms[i]->begin, recipient, keys);
}

static void with_jwk(struct example *x, size_t recipient, const struct lossless_value *jwk)
{
	struct key_set keys;
	struct err e = ERR_INIT;

	key_set_init(&keys);
	assert_well(key_set_add_jwk(&keys, x->text + jwk->begin, jwk->end - jwk->begin, "key", &e),
		    &e);
	with_key(x, recipient, &keys);
	key_set_release(&keys);
}

static void with_password(struct example *x, const char *password)
{
	struct key_set keys;
	struct secret secret = SECRET_INIT;

	key_set_init(&keys);
	secret_set(&secret, password, strlen(password));
	key_set_add_secret(&keys, &secret, "password");
	with_key(x, 0, &keys);
	secret_release(&secret);
	key_set_release(&keys);
}

static void example_read(struct example *x, const char *path)
{
	*x = (struct example){ .text = file_get(path) };
	assert_true(lossless_read(&x->json, x->text, strlen(x->text)));
	x->top = lossless_object(&x->json);
	if (lossless_find(&x->json, x->top, "encrypt"))
		x->top = lossless_find(&x->json, x->top, "encrypt");
	x->plain = lossless_dup(&x->json, find(x, "input", "plaintext"));
}

static void example_release(struct example *x)
{
	lossless_release(&x->json);
	free(x->plain);
	free(x->text);
}

static void one_example(const char *path)
{
	struct example x;
	const struct lossless_value *key, *password;
	size_t recipient = 0;

	example_read(&x, path);
	key = find(&x, "input", "key");
	password = find(&x, "input", "pwd");
	if (password) {
		char *text = lossless_dup(&x.json, password);

		with_password(&x, text);
		free(text);
	} else if (key->type == LOSSLESS_OBJECT) {
		with_jwk(&x, 0, key);
	} else {
		for (const struct lossless_value *k = lossless_child(&x.json, key); k;
		     k = lossless_next(&x.json, k))
			with_jwk(&x, recipient++, k);
	}
	assert_true(x.opened > 0);
	example_release(&x);
}

static void the_examples_open_and_changed_ones_do_not(void **state)
{
	DIR *folder = opendir(FOLDER "/jwe");
	size_t count = 0;

	(void)state;
	if (!folder)
		SKIP_TEST(FOLDER " is not there");
	for (struct dirent *entry; (entry = readdir(folder));) {
		char *path = x_asprintf("%s/jwe/%s", FOLDER, entry->d_name);

		if (strstr(entry->d_name, ".json")) {
			one_example(path);
			count++;
		}
		free(path);
	}
	closedir(folder);
	assert_true(count >= EXAMPLES_LEAST);
}

static void the_example_on_x25519_opens(void **state)
{
	(void)state;
	if (access(FOLDER "/curve25519/ecdh-es.json", R_OK) != 0)
		SKIP_TEST(FOLDER " is not there");
	one_example(FOLDER "/curve25519/ecdh-es.json");
}

/* Does the plaintext verify as the signed token it is? */
static void verifies(struct example *x)
{
	const struct lossless_value *sign = lossless_find(&x->json, lossless_object(&x->json),
							  "sign");
	const struct lossless_value *key = lossless_find(
		&x->json, lossless_find(&x->json, sign, "input"), "key");
	const struct expectations expected = { .no_claims = true };
	struct key_set keys;
	struct jose t;
	struct verdict v;
	struct err e = ERR_INIT;

	key_set_init(&keys);
	assert_well(key_set_add_jwk(&keys, x->text + key->begin, key->end - key->begin, "key", &e),
		    &e);
	jose_read(&t, x->plain, strlen(x->plain));
	token_verify(&t, &keys, &expected, &v);
	assert_int_equal(v.signature, SIGNATURE_VALID);
	findings_release(&v.findings);
	jose_release(&t);
	key_set_release(&keys);
}

static void the_nested_example_opens_and_its_content_verifies(void **state)
{
	static const char path[] = FOLDER "/6.nesting_signatures_and_encryption.json";
	struct example x;

	(void)state;
	if (access(path, R_OK) != 0)
		SKIP_TEST(FOLDER " is not there");
	one_example(path);
	example_read(&x, path);
	verifies(&x);
	example_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_open_and_changed_ones_do_not),
		cmocka_unit_test(the_example_on_x25519_opens),
		cmocka_unit_test(the_nested_example_opens_and_its_content_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
