/* Disclosures of an SD-JWT: which hold, which do not and why (RFC 9901 4 and 7.1). */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/encode.h"
#include "src/token/sd_jwt.h"

enum { TEXT_MAX = 1024 * 1024 };

/* The digest of the example in RFC 9901 4.2.3, and of the one in 4.2.2 for an array's element. */
#define FAMILY_NAME "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
#define FAMILY_NAME_DIGEST "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
#define COUNTRY "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0"
#define COUNTRY_DIGEST "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"

static void encode(char **out, const void *data, size_t len)
{
	*out = x_malloc(base64url_size(len));
	base64url_encode(*out, data, len);
}

/* A disclosure in base64url, by its JSON. */
static char *disclose(const char *json)
{
	char *out;

	encode(&out, json, strlen(json));
	return out;
}

static char *digest(const char *text, const char *name)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *out;

	assert_int_equal(EVP_Digest(text, strlen(text), raw, &n, EVP_get_digestbyname(name), NULL),
			 1);
	encode(&out, raw, n);
	return out;
}

/* A token of `payload` (a format: each %s is the digest of the disclosure of that place) with all of
 * `disclosures` behind it, read. */
struct world {
	char *disclosures[8], *digests[8];
	size_t count;
	struct buf text;
	struct jose token;
	struct sd_jwt sd;
};

static void world_add(struct world *w, const char *json)
{
	w->disclosures[w->count] = disclose(json);
	w->digests[w->count] = digest(w->disclosures[w->count], "SHA256");
	w->count++;
}

static void world_text(struct world *w, const char *payload)
{
	char *encoded = disclose(payload);

	buf_init(&w->text, TEXT_MAX);
	/* {"alg":"ES256"} */
	buf_addf(&w->text, "eyJhbGciOiJFUzI1NiJ9.%s.AAAA~", encoded);
	for (size_t i = 0; i < w->count; i++)
		buf_addf(&w->text, "%s~", w->disclosures[i]);
	free(encoded);
}

static void world_read(struct world *w, const char *payload)
{
	world_text(w, payload);
	jose_read(&w->token, w->text.data, w->text.len);
	assert_true(w->token.sd_jwt);
	sd_jwt_read(&w->sd, &w->token);
}

static void world_release(struct world *w)
{
	sd_jwt_release(&w->sd);
	jose_release(&w->token);
	for (size_t i = 0; i < w->count; i++) {
		free(w->disclosures[i]);
		free(w->digests[i]);
	}
	buf_release(&w->text);
}

/* Reads one disclosure under a payload that has its digest, and gives its state. */
static enum disclosure_state state_of(const char *json, const char *payload_format)
{
	struct world w = { 0 };
	enum disclosure_state state;
	char *payload;

	world_add(&w, json);
	payload = x_asprintf("{\"_sd\":[\"%s\"]%s}", w.digests[0], payload_format);
	world_read(&w, payload);
	assert_int_equal(w.sd.count, 1);
	state = w.sd.list[0].state;
	free(payload);
	world_release(&w);
	return state;
}

static void the_examples_of_the_standard_are_found(void **state)
{
	struct world w = { 0 };

	(void)state;
	w.disclosures[0] = x_strdup(FAMILY_NAME);
	w.disclosures[1] = x_strdup(COUNTRY);
	w.count = 2;
	world_read(&w, "{\"_sd\":[\"" FAMILY_NAME_DIGEST "\"],"
		       "\"nationalities\":[\"DE\",{\"...\":\"" COUNTRY_DIGEST "\"}]}");
	assert_string_equal(w.sd.digest_name, "sha-256");
	assert_string_equal(w.sd.list[0].digest, FAMILY_NAME_DIGEST);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_GOOD);
	assert_true(lossless_equals(&w.sd.list[0].json, w.sd.list[0].name, "family_name", 11));
	assert_true(lossless_equals(&w.sd.list[0].json, w.sd.list[0].value,
				    "M\xC3\xB6"
				    "bius",
				    7));
	assert_string_equal(w.sd.list[1].digest, COUNTRY_DIGEST);
	assert_int_equal(w.sd.list[1].state, DISCLOSURE_GOOD);
	assert_null(w.sd.list[1].name);
	assert_int_equal(w.sd.undisclosed, 0);
	assert_int_equal(w.sd.repeated, 0);
	world_release(&w);
}

static void the_digest_is_over_the_text_and_not_over_its_json(void **state)
{
	(void)state;
	/* The same array, written in two ways, has two digests. */
	assert_int_equal(state_of("[\"salt\",\"a\",1]", ""), DISCLOSURE_GOOD);
	assert_int_equal(state_of("[ \"salt\" , \"a\" ,\n 1 ]", ""), DISCLOSURE_GOOD);
}

static void an_offset_leads_to_the_disclosure(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"a\",1]");
	payload = x_asprintf("{\"_sd\":[\"%s\"]}", w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].len, strlen(w.disclosures[0]));
	assert_memory_equal(w.text.data + w.sd.list[0].offset, w.disclosures[0], w.sd.list[0].len);
	free(payload);
	world_release(&w);
}

static void what_stands_within_a_disclosure_is_found(void **state)
{
	struct world w = { 0 };
	char *inner, *payload;

	(void)state;
	world_add(&w, "[\"s1\",\"street\",\"Main\"]");
	world_add(&w, "[\"s2\",\"DE\"]");
	inner = x_asprintf("[\"s3\",\"address\",{\"_sd\":[\"%s\"],\"in\":[{\"...\":\"%s\"}]}]",
			   w.digests[0], w.digests[1]);
	world_add(&w, inner);
	payload = x_asprintf("{\"_sd\":[\"%s\"]}", w.digests[2]);
	world_read(&w, payload);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(w.sd.list[i].state, DISCLOSURE_GOOD);
	free(inner);
	free(payload);
	world_release(&w);
}

static void what_stands_within_one_that_is_kept_back_is_unreferenced(void **state)
{
	struct world w = { 0 };

	(void)state;
	world_add(&w, "[\"s1\",\"street\",\"Main\"]");
	world_read(&w, "{\"_sd\":[\"" FAMILY_NAME_DIGEST "\"]}");
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_UNREFERENCED);
	assert_int_equal(w.sd.undisclosed, 1);
	world_release(&w);
}

static void decoys_are_counted(void **state)
{
	struct world w = { 0 };

	(void)state;
	world_read(&w, "{\"_sd\":[\"AAAA\",\"BBBB\"],\"x\":{\"y\":[{\"...\":\"CCCC\"}]}}");
	assert_int_equal(w.sd.count, 0);
	assert_int_equal(w.sd.undisclosed, 3);
	world_release(&w);
}

static void a_digest_that_stands_twice_is_repeated(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"a\",1]");
	payload = x_asprintf("{\"_sd\":[\"%s\"],\"b\":{\"_sd\":[\"%s\"]}}", w.digests[0],
			     w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_REPEATED);
	assert_int_equal(w.sd.repeated, 1);
	free(payload);
	world_release(&w);
	w = (struct world){ 0 };
	world_read(&w, "{\"_sd\":[\"AAAA\",\"AAAA\"]}");
	assert_int_equal(w.sd.repeated, 1);
	assert_int_equal(w.sd.undisclosed, 1);
	world_release(&w);
}

static void a_disclosure_given_twice_is_repeated(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"a\",1]");
	world_add(&w, "[\"s\",\"a\",1]");
	payload = x_asprintf("{\"_sd\":[\"%s\"]}", w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_REPEATED);
	assert_int_equal(w.sd.list[1].state, DISCLOSURE_REPEATED);
	free(payload);
	world_release(&w);
}

static void a_claim_that_is_there_already_clashes(void **state)
{
	(void)state;
	assert_int_equal(state_of("[\"s\",\"a\",1]", ",\"a\":2"), DISCLOSURE_CLASH);
	assert_int_equal(state_of("[\"s\",\"\\u0061\",1]", ",\"a\":2"), DISCLOSURE_CLASH);
	assert_int_equal(state_of("[\"s\",\"a\",1]", ",\"aa\":2"), DISCLOSURE_GOOD);
	assert_int_equal(state_of("[\"s\",\"a\",1]", ",\"b\":{\"a\":2}"), DISCLOSURE_GOOD);
}

static void two_disclosures_of_one_name_clash(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"a\",1]");
	world_add(&w, "[\"t\",\"a\",2]");
	payload = x_asprintf("{\"_sd\":[\"%s\",\"%s\"]}", w.digests[0], w.digests[1]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_CLASH);
	assert_int_equal(w.sd.list[1].state, DISCLOSURE_CLASH);
	free(payload);
	world_release(&w);
}

static void what_decides_about_the_token_is_not_kept_back(void **state)
{
	static const char *const names[] = { "iss", "aud", "exp", "nbf", "cnf", "\\u0065xp" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *json = x_asprintf("[\"s\",\"%s\",1]", names[i]);

		assert_int_equal(state_of(json, ""), DISCLOSURE_DECISIVE);
		free(json);
	}
	assert_int_equal(state_of("[\"s\",\"expires\",1]", ""), DISCLOSURE_GOOD);
}

static void within_another_object_such_names_are_any_others(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"exp\",1]");
	payload = x_asprintf("{\"card\":{\"_sd\":[\"%s\"]}}", w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_GOOD);
	free(payload);
	world_release(&w);
}

static void digests_stand_in_arrays_of_texts_alone(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"a\",1]");
	payload = x_asprintf("{\"_sd\":[\"%s\",1],\"b\":{\"_sd\":\"%s\"}}", w.digests[0],
			     w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_UNREFERENCED);
	free(payload);
	world_release(&w);
}

static void what_is_no_disclosure_is_malformed(void **state)
{
	static const char *const malformed[] = {
		"",
		"{}",
		"[]",
		"[\"s\"]",
		"[\"s\",\"a\",1,2]",
		"[1,\"a\",1]",
		"[\"s\",1,1]",
		"[\"s\",\"_sd\",[]]",
		"[\"s\",\"...\",\"x\"]",
		"[\"s\",\"a\",1]x",
		"[\"s\",\"a\",1",
		"[\"s\",\"a\",{\"b\":1,\"b\":2}]",
		"[\"s\",\"a\",\"\xFF\"]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		assert_int_equal(state_of(malformed[i], ""), DISCLOSURE_MALFORMED);
}

static void loose_base64_is_malformed(void **state)
{
	static const char *const loose[] = { COUNTRY "=", COUNTRY " ", " " COUNTRY, COUNTRY "A*" };

	(void)state;
	for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); i++) {
		struct world w = { 0 };
		char *payload;

		w.disclosures[0] = x_strdup(loose[i]);
		w.digests[0] = digest(loose[i], "SHA256");
		w.count = 1;
		payload = x_asprintf("{\"a\":[{\"...\":\"%s\"}]}", w.digests[0]);
		world_read(&w, payload);
		assert_int_equal(w.sd.list[0].state, DISCLOSURE_MALFORMED);
		free(payload);
		world_release(&w);
	}
}

static void a_digest_of_the_other_kind_refers_to_nothing(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",\"a\",1]");
	world_add(&w, "[\"s\",1]");
	payload = x_asprintf("{\"_sd\":[\"%s\"],\"x\":[{\"...\":\"%s\"}]}", w.digests[1],
			     w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_UNREFERENCED);
	assert_int_equal(w.sd.list[1].state, DISCLOSURE_UNREFERENCED);
	free(payload);
	world_release(&w);
}

static void an_element_has_nothing_beside_its_digest(void **state)
{
	struct world w = { 0 };
	char *payload;

	(void)state;
	world_add(&w, "[\"s\",1]");
	payload = x_asprintf("{\"x\":[{\"...\":\"%s\",\"y\":1}],\"z\":{\"...\":\"%s\"}}",
			     w.digests[0], w.digests[0]);
	world_read(&w, payload);
	assert_int_equal(w.sd.list[0].state, DISCLOSURE_UNREFERENCED);
	free(payload);
	world_release(&w);
}

static void the_named_hash_is_used(void **state)
{
	static const char *const names[][2] = { { "sha-256", "SHA256" },
						{ "sha-384", "SHA384" },
						{ "sha-512", "SHA512" } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world w = { 0 };
		char *of, *payload;

		world_add(&w, "[\"s\",\"a\",1]");
		of = digest(w.disclosures[0], names[i][1]);
		payload = x_asprintf("{\"_sd_alg\":\"%s\",\"_sd\":[\"%s\"]}", names[i][0], of);
		world_read(&w, payload);
		assert_string_equal(w.sd.digest_name, names[i][0]);
		assert_int_equal(w.sd.list[0].state, DISCLOSURE_GOOD);
		free(of);
		free(payload);
		world_release(&w);
	}
}

static void an_unknown_hash_makes_nothing_good(void **state)
{
	static const char *const names[] = { "\"md5\"", "\"SHA-256\"", "1", "\"sha-256-128\"" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct world w = { 0 };
		char *payload;

		world_add(&w, "[\"s\",\"a\",1]");
		payload = x_asprintf("{\"_sd_alg\":%s,\"_sd\":[\"%s\"]}", names[i], w.digests[0]);
		world_read(&w, payload);
		assert_null(w.sd.digest_name);
		assert_int_equal(w.sd.list[0].state, DISCLOSURE_UNREFERENCED);
		free(payload);
		world_release(&w);
	}
}

/* Puts a key binding JWT behind the token with that sd_hash, reads, and says whether it fits. */
static bool binding_fits(const char *hash)
{
	struct world w = { 0 };
	char *payload, *claims, *kb, *own;
	bool fits;

	world_add(&w, "[\"s\",\"a\",1]");
	payload = x_asprintf("{\"_sd\":[\"%s\"]}", w.digests[0]);
	world_text(&w, payload);
	own = digest(w.text.data, "SHA256");
	claims = x_asprintf("{\"sd_hash\":\"%s\"}", hash ? hash : own);
	kb = disclose(claims);
	buf_addf(&w.text, "eyJhbGciOiJFUzI1NiJ9.%s.%085dA", kb, 0);
	jose_read(&w.token, w.text.data, w.text.len);
	sd_jwt_read(&w.sd, &w.token);
	assert_true(w.sd.key_binding);
	assert_int_equal(w.sd.count, 1);
	assert_int_equal(w.sd.binding_offset + w.sd.binding_len, w.text.len);
	fits = w.sd.binding_hash_fits;
	free(payload);
	free(own);
	free(claims);
	free(kb);
	world_release(&w);
	return fits;
}

static void a_key_binding_is_held_to_its_hash(void **state)
{
	(void)state;
	assert_true(binding_fits(NULL));
	assert_false(binding_fits(""));
	assert_false(binding_fits(FAMILY_NAME_DIGEST));
}

static void a_token_without_tildes_has_no_disclosures(void **state)
{
	struct jose t;
	struct sd_jwt s;

	(void)state;
	jose_read(&t, "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", 29);
	sd_jwt_read(&s, &t);
	assert_int_equal(s.count, 0);
	assert_false(s.key_binding);
	sd_jwt_release(&s);
	jose_release(&t);
}

static void more_disclosures_than_are_looked_at_are_told(void **state)
{
	struct world w = { 0 };

	(void)state;
	world_text(&w, "{}");
	for (int i = 0; i <= DISCLOSURES_MAX; i++)
		buf_add_text(&w.text, COUNTRY "~");
	jose_read(&w.token, w.text.data, w.text.len);
	sd_jwt_read(&w.sd, &w.token);
	assert_true(w.sd.more);
	assert_int_equal(w.sd.count, DISCLOSURES_MAX);
	assert_false(w.sd.key_binding);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard_are_found),
		cmocka_unit_test(the_digest_is_over_the_text_and_not_over_its_json),
		cmocka_unit_test(an_offset_leads_to_the_disclosure),
		cmocka_unit_test(what_stands_within_a_disclosure_is_found),
		cmocka_unit_test(what_stands_within_one_that_is_kept_back_is_unreferenced),
		cmocka_unit_test(decoys_are_counted),
		cmocka_unit_test(a_digest_that_stands_twice_is_repeated),
		cmocka_unit_test(a_disclosure_given_twice_is_repeated),
		cmocka_unit_test(a_claim_that_is_there_already_clashes),
		cmocka_unit_test(two_disclosures_of_one_name_clash),
		cmocka_unit_test(what_decides_about_the_token_is_not_kept_back),
		cmocka_unit_test(within_another_object_such_names_are_any_others),
		cmocka_unit_test(digests_stand_in_arrays_of_texts_alone),
		cmocka_unit_test(what_is_no_disclosure_is_malformed),
		cmocka_unit_test(loose_base64_is_malformed),
		cmocka_unit_test(a_digest_of_the_other_kind_refers_to_nothing),
		cmocka_unit_test(an_element_has_nothing_beside_its_digest),
		cmocka_unit_test(the_named_hash_is_used),
		cmocka_unit_test(an_unknown_hash_makes_nothing_good),
		cmocka_unit_test(a_key_binding_is_held_to_its_hash),
		cmocka_unit_test(a_token_without_tildes_has_no_disclosures),
		cmocka_unit_test(more_disclosures_than_are_looked_at_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
