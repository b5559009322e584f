/* The published examples of RFC 7520 §4 and §6, RFC 7797 and RFC 8037: each verifies in all of its
 * serialisations, and none with a bit changed. Skipped where the files are not beside the checkout. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/token/verdict.h"

#define FOLDER "../shared/vectors/cookbook"

static const struct vector {
	const char *file;
	const char *part;    /* of the file; NULL: all of it */
	const char *finding; /* the error that it is refused for, its signature being valid; NULL */
} vectors[] = {
	{ "jws/4_1.rsa_v15_signature.json", NULL, NULL },
	{ "jws/4_2.rsa-pss_signature.json", NULL, NULL },
	{ "jws/4_3.ecdsa_signature.json", NULL, NULL },
	{ "jws/4_4.hmac-sha2_integrity_protection.json", NULL, NULL },
	{ "jws/4_5.signature_with_detached_content.json", NULL, NULL },
	{ "jws/4_6.protecting_specific_header_fields.json", NULL, NULL },
	{ "jws/4_7.protecting_content_only.json", NULL, NULL },
	{ "jws/4_8.multiple_signatures.json", NULL, NULL },
	{ "rfc7797/4.2.hmac-sha2_b64_false.json", NULL, "b64-uncrit" },
	{ "rfc7797/hmac-sha2_b64_false.json", NULL, NULL },
	{ "curve25519/jws.json", NULL, NULL },
	{ "6.nesting_signatures_and_encryption.json", "sign", NULL },
};

enum { VECTORS = sizeof(vectors) / sizeof(*vectors) };

static struct json *vector_read(const struct vector *v)
{
	struct buf text = BUF_INIT(1024 * 1024);
	char *path = path_join(FOLDER, v->file);
	struct err e = ERR_INIT;
	struct json *whole, *part = NULL;

	assert_well(file_read(&text, path, &e), &e);
	assert_well(json_parse(&whole, buf_text(&text), text.len, &e), &e);
	part = json_keep(v->part ? json_get(whole, v->part) : whole);
	json_free(whole);
	buf_release(&text);
	free(path);
	return part;
}

static void key_add(struct key_set *keys, const struct json *jwk)
{
	struct buf text = BUF_INIT(64 * 1024);
	struct err e = ERR_INIT;

	json_write(&text, jwk);
	assert_well(key_set_add_jwk(keys, buf_text(&text), text.len, "vector", &e), &e);
	buf_release(&text);
}

/* One key, or several, each by itself: secret and public keys are not to come out of one set. */
static void keys_read(struct key_set *keys, const struct json *vector)
{
	const struct json *key = json_get(json_get(vector, "input"), "key");

	key_set_init(keys);
	if (json_type_of(key) == JSON_OBJECT_TYPE)
		key_add(keys, key);
	for (size_t i = 0; json_type_of(key) != JSON_OBJECT_TYPE && i < json_count(key); i++)
		key_add(keys, json_at(key, i));
	assert_true(keys->count > 0);
}

/* What comes out of it, the detached payload attached. */
static enum signature_state verified(struct key_set *keys, const char *text, size_t len,
				     const char *payload, const char *refused_for)
{
	const struct expectations x = { .no_claims = true, .now_ms = TEST_NOW };
	enum signature_state state;
	struct verdict v;
	struct jose t;
	bool refused = false;

	jose_read(&t, text, len);
	if (t.detached)
		jose_attach(&t, payload, strlen(payload));
	token_verify(&t, keys, &x, &v);
	for (size_t i = 0; refused_for && i < v.findings.count; i++)
		refused = refused || strcmp(v.findings.list[i].rule->id, refused_for) == 0;
	if (v.signature == SIGNATURE_VALID && (refused_for ? v.valid || !refused : !v.valid))
		fail_msg("%.40s: %s", text, v.checks[v.count - 1].detail);
	assert_true(v.signature == SIGNATURE_VALID || !v.valid);
	state = v.signature;
	findings_release(&v.findings);
	jose_release(&t);
	return state;
}

/* The text of one serialisation; NULL where the vector has none. Caller frees. */
static char *serialised(const struct json *vector, const char *name)
{
	const struct json *v = json_get(json_get(vector, "output"), name);
	struct buf text = BUF_INIT(64 * 1024);

	if (!v)
		return NULL;
	if (json_as_text(v))
		return x_strdup(json_as_text(v));
	json_write(&text, v);
	return buf_take(&text);
}

static const char *const forms[] = { "compact", "json", "json_flat" };

static void every_example_verifies(void **state)
{
	(void)state;
	if (access(FOLDER, R_OK) != 0)
		SKIP_TEST("no " FOLDER " beside this checkout");
	for (size_t i = 0; i < VECTORS; i++) {
		struct json *vector = vector_read(&vectors[i]);
		const char *payload = json_get_text(json_get(vector, "input"), "payload");
		struct key_set keys;
		size_t seen = 0;

		keys_read(&keys, vector);
		for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
			char *text = serialised(vector, forms[f]);

			if (text && verified(&keys, text, strlen(text), payload,
					     vectors[i].finding) != SIGNATURE_VALID)
				fail_msg("%s, %s", vectors[i].file, forms[f]);
			seen += text != NULL;
			free(text);
		}
		assert_true(seen > 0);
		key_set_release(&keys);
		json_free(vector);
	}
}

/* Changes one bit of each byte of text[from, to), which has to spoil the signature. */
static void spoil(struct key_set *keys, char *text, size_t from, size_t to, const char *payload,
		  const char *file)
{
	size_t len = strlen(text);

	for (size_t at = from; at < to; at++) {
		char kept = text[at];

		text[at] = (char)(kept ^ 1 << at % 7);
		if (verified(keys, text, len, payload, NULL) == SIGNATURE_VALID)
			fail_msg("%s: taken with byte %zu changed", file, at);
		text[at] = kept;
	}
}

static void a_bit_changed_anywhere_spoils_a_compact_one(void **state)
{
	(void)state;
	if (access(FOLDER, R_OK) != 0)
		SKIP_TEST("no " FOLDER " beside this checkout");
	for (size_t i = 0; i < VECTORS; i++) {
		struct json *vector = vector_read(&vectors[i]);
		char *text = serialised(vector, "compact");
		struct key_set keys;

		keys_read(&keys, vector);
		if (text)
			spoil(&keys, text, 0, strlen(text),
			      json_get_text(json_get(vector, "input"), "payload"), vectors[i].file);
		free(text);
		key_set_release(&keys);
		json_free(vector);
	}
}

/* In JSON there are headers that nothing protects; payload, protected header and signature are. */
static void a_bit_changed_in_what_is_protected_spoils_one_in_json(void **state)
{
	static const char *const members[] = { "\"payload\":\"", "\"protected\":\"",
					       "\"signature\":\"" };

	(void)state;
	if (access(FOLDER, R_OK) != 0)
		SKIP_TEST("no " FOLDER " beside this checkout");
	for (size_t i = 0; i < VECTORS; i++) {
		struct json *vector = vector_read(&vectors[i]);
		const char *payload = json_get_text(json_get(vector, "input"), "payload");
		char *text = serialised(vector, "json");
		struct key_set keys;

		keys_read(&keys, vector);
		for (size_t m = 0; text && m < sizeof(members) / sizeof(*members); m++) {
			for (char *at = text; (at = strstr(at, members[m])); at++) {
				size_t from = (size_t)(at - text) + strlen(members[m]);
				size_t to = from + strcspn(text + from, "\"");

				spoil(&keys, text, from, to, payload, vectors[i].file);
			}
		}
		free(text);
		key_set_release(&keys);
		json_free(vector);
	}
}

static void another_detached_payload_is_refused(void **state)
{
	const struct vector *v = &vectors[4];
	struct key_set keys;
	struct json *vector;
	char *text;

	(void)state;
	if (access(FOLDER, R_OK) != 0)
		SKIP_TEST("no " FOLDER " beside this checkout");
	vector = vector_read(v);
	text = serialised(vector, "compact");
	keys_read(&keys, vector);
	assert_true(verified(&keys, text, strlen(text), "another", NULL) == SIGNATURE_INVALID);
	assert_true(verified(&keys, text, strlen(text), "", NULL) == SIGNATURE_INVALID);
	free(text);
	key_set_release(&keys);
	json_free(vector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_verifies),
		cmocka_unit_test(a_bit_changed_anywhere_spoils_a_compact_one),
		cmocka_unit_test(a_bit_changed_in_what_is_protected_spoils_one_in_json),
		cmocka_unit_test(another_detached_payload_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
