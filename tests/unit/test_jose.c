/* Taking tokens apart: what is read, and what is a fault where. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jose.h"
#include "tests/lib/token_text.h"

/* 32 bytes of signature, which HS256 wants. */
#define SIGNATURE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define HEADER "eyJhbGciOiJIUzI1NiJ9" /* {"alg":"HS256"} */

static void read_text(struct jose *t, const char *text)
{
	jose_read(t, text, strlen(text));
}

static const struct jose_fault *fault_find(const struct jose *t, const char *id)
{
	for (size_t i = 0; i < t->fault_count; i++)
		if (strcmp(t->faults[i].id, id) == 0)
			return &t->faults[i];
	return NULL;
}

/* It has the fault, there, and says so with these words; and nothing may be decided about it. */
static void assert_fault(const char *text, const char *id, size_t at, const char *words)
{
	const struct jose_fault *fault;
	struct jose t;

	read_text(&t, text);
	fault = fault_find(&t, id);
	if (!fault)
		fail_msg("%s: no %s, but %s", text, id,
			 t.fault_count ? t.faults[0].text : "nothing");
	if (at != SIZE_MAX && fault->at != at)
		fail_msg("%s: %s at %zu, not %zu", text, id, fault->at, at);
	if (!strstr(fault->text, words))
		fail_msg("%s: \"%s\" has no \"%s\"", text, fault->text, words);
	assert_int_equal(jose_sound(&t), fault->payload);
	jose_release(&t);
}

static void assert_sound(const char *text)
{
	struct jose t;

	read_text(&t, text);
	if (!jose_sound(&t))
		fail_msg("%s: %s", text, t.fault_count ? t.faults[0].text : "no part");
	jose_release(&t);
}

/* --- compact ------------------------------------------------------------------------------------ */

static void a_compact_token_is_taken_apart(void **state)
{
	char *text = compact_text("{\"alg\":\"HS256\",\"kid\":\"a\"}", "{\"sub\":\"x\"}",
				  SIGNATURE);
	const struct lossless *in;
	enum jose_place place;
	struct jose t;
	char *kid;

	(void)state;
	read_text(&t, text);
	assert_true(jose_sound(&t));
	assert_int_equal(t.kind, JOSE_JWS);
	assert_int_equal(t.form, JOSE_COMPACT);
	assert_int_equal(t.segments, 3);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.parts[0].value.size, 32);
	assert_int_equal(t.payload.size, strlen("{\"sub\":\"x\"}"));
	assert_memory_equal(t.payload.data, "{\"sub\":\"x\"}", t.payload.size);
	assert_memory_equal(t.signed_payload, t.text + t.payload.offset, t.payload.len);
	assert_non_null(jose_header(&t.parts[0], "alg", &in, &place));
	assert_int_equal(place, PLACE_PROTECTED);
	assert_null(jose_header(&t.parts[0], "typ", NULL, NULL));
	kid = jose_header_text(&t.parts[0], "kid");
	assert_string_equal(kid, "a");
	assert_true(lossless_equals(&t.claims, jose_claim(&t, "sub"), "x", 1));
	assert_null(jose_claim(&t, "aud"));
	assert_string_equal(jose_kind_name(&t), "jwt");
	assert_false(t.detached || t.unencoded || t.padded || t.sd_jwt);
	jose_release(&t);
	jose_release(&t);
	free(kid);
	free(text);
}

static void five_segments_are_a_jwe(void **state)
{
	char *header = base64url_text("{\"alg\":\"dir\",\"enc\":\"A128GCM\"}");
	char *text = x_asprintf("%s..AAAAAAAAAAAAAAAA.YWJj.AAAAAAAAAAAAAAAAAAAAAA", header);
	struct jose t;

	(void)state;
	read_text(&t, text);
	assert_true(jose_sound(&t));
	assert_int_equal(t.kind, JOSE_JWE);
	assert_int_equal(t.iv.size, 12);
	assert_int_equal(t.ciphertext.size, 3);
	assert_int_equal(t.tag.size, 16);
	assert_true(t.parts[0].value.present);
	assert_int_equal(t.parts[0].value.size, 0);
	assert_string_equal(jose_kind_name(&t), "jwe");
	jose_release(&t);
	free(text);
	free(header);
}

static void another_count_of_segments_is_told(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "nothing" },
		{ HEADER, "one segment" },
		{ HEADER ".e30", "signature is missing" },
		{ "eyJlbmMiOiJBMTI4R0NNIn0.e30", "two segments of five" },
		{ "eyJlbmMiOiJBMTI4R0NNIn0.e30." SIGNATURE, "two of five are cut off" },
		{ "eyJlbmMiOiJBMTI4R0NNIn0.e30.e30.e30", "four segments of five" },
		{ HEADER ".e30.e30.e30", "four segments:" },
		{ HEADER ".e30.e30.e30.e30.e30", "6 segments" },
		{ HEADER ".e30." SIGNATURE ".......", "10 segments" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_fault(cases[i].text, "seg-count", 0, cases[i].words);
}

static void what_is_there_of_a_cut_token_is_read(void **state)
{
	struct jose t;

	(void)state;
	read_text(&t, HEADER ".eyJzdWIiOiJ4In0");
	assert_non_null(jose_header(&t.parts[0], "alg", NULL, NULL));
	assert_non_null(jose_claim(&t, "sub"));
	assert_false(t.parts[0].value.present);
	jose_release(&t);
	read_text(&t, "eyJhbGciOiJIUzI1NiIsImtpZCI6Im");
	assert_int_equal(t.parts[0].header[PLACE_PROTECTED].count, 2);
	jose_release(&t);
}

static void loose_base64_is_a_fault(void **state)
{
	static const struct {
		const char *text;
		size_t at;
		const char *words;
	} cases[] = {
		{ " " HEADER ".e30." SIGNATURE, 0, "header: white space" },
		{ HEADER ".e30." SIGNATURE "\n", 68, "signature: white space" },
		{ HEADER "\n.e30." SIGNATURE, 20, "white space" },
		{ HEADER ".e30=." SIGNATURE, 24, "payload: padding" },
		{ HEADER ".e30." SIGNATURE "=", 68, "signature: padding" },
		{ HEADER ".e31." SIGNATURE, 23, "bits in the last character" },
		{ HEADER ".e30a3." SIGNATURE, 25, "too many or too few" },
		{ HEADER ".e3+0." SIGNATURE, 23, "base64 instead of base64url" },
		{ HEADER ".e3/0." SIGNATURE, 23, "base64 instead of base64url" },
		{ HEADER ".e30a\xC3\xA4." SIGNATURE, 25, "base64url does not have" },
		{ HEADER ".e30a\"0." SIGNATURE, 25, "base64url does not have" },
		{ HEADER ".e30a~e30." SIGNATURE, 25, "base64url does not have" },
		{ HEADER ".e30." SIGNATURE ".", SIZE_MAX, "" },
	};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(cases) / sizeof(*cases); i++)
		assert_fault(cases[i].text, "b64-loose", cases[i].at, cases[i].words);
}

static void a_nul_is_a_fault(void **state)
{
	static const char text[] = HEADER ".e30a\0." SIGNATURE;
	struct jose t;

	(void)state;
	jose_read(&t, text, sizeof(text) - 1);
	assert_int_equal(t.fault_count, 1);
	assert_string_equal(t.faults[0].id, "b64-loose");
	assert_int_equal(t.faults[0].at, 25);
	assert_false(jose_sound(&t));
	jose_release(&t);
}

static void a_header_must_be_a_json_object(void **state)
{
	static const struct {
		const char *header, *id, *words;
	} cases[] = {
		{ "", "json-invalid", "header: " },
		{ "{\"alg\":\"HS256\"", "json-invalid", "header: " },
		{ "{\"alg\":\"HS256\"}}", "json-invalid", "at byte 15: }" },
		{ "{'alg':'HS256'}", "json-invalid", "at byte 1: 'alg'" },
		{ "{\"alg\":\"HS256\",}", "json-invalid", "header: " },
		{ "{\"alg\":\"HS256\"}\x1b[1m", "json-invalid", "<U+001B>" },
		{ "\xEF\xBB\xBF{\"alg\":\"HS256\"}", "json-invalid", "header: " },
		{ "{\"alg\":\"HS\xFF\"}", "not-utf8", "header: " },
		{ "{\"a\":\"\xED\xA0\x80\"}", "not-utf8", "header: " },
		{ "[]", "not-object", "header: JSON, but no object" },
		{ "\"alg\"", "not-object", "header: " },
		{ "{\"alg\":\"HS256\",\"alg\":\"none\"}", "dup-header", "\"alg\" is there twice" },
		{ "{\"alg\":\"HS256\",\"\\u0061lg\":1}", "dup-header", "\"alg\" is there twice" },
		{ "{\"alg\":\"HS256\",\"x\":{\"y\":1,\"y\":2}}", "dup-header", "\"y\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = compact_text(cases[i].header, "{}", SIGNATURE);

		assert_fault(text, cases[i].id, SIZE_MAX, cases[i].words);
		free(text);
	}
}

static void offsets_are_those_of_the_token(void **state)
{
	/* Byte 15 of the header, decoded: characters 20 of the token. */
	char *text = compact_text("{\"alg\":\"HS256\"}}", "{}", SIGNATURE);

	(void)state;
	assert_fault(text, "json-invalid", 20, "");
	free(text);
	text = compact_text("{\"alg\":\"HS256\"}", "{\"a\":1,\"a\":2}", SIGNATURE);
	assert_fault(text, "dup-claim", 21 + 9, "\"a\" is there twice");
	free(text);
}

static void faults_of_claims_are_the_payloads(void **state)
{
	static const struct {
		const char *header, *payload, *id;
	} cases[] = {
		{ "{\"alg\":\"HS256\"}", "{\"a\":1", "json-invalid" },
		{ "{\"alg\":\"HS256\"}", " {\"a\":1,}", "json-invalid" },
		{ "{\"alg\":\"HS256\"}", "{\"a\":\"\xFF\"}", "not-utf8" },
		{ "{\"alg\":\"HS256\"}", "\xEF\xBB\xBF{}", "json-invalid" },
		{ "{\"alg\":\"HS256\"}", "{\"a\":1,\"a\":1}", "dup-claim" },
		{ "{\"alg\":\"HS256\"}", "{\"o\":{\"a\":1,\"a\":1}}", "dup-claim" },
		{ "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "[1]", "not-object" },
		{ "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", "hello", "json-invalid" },
	};
	struct jose t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = compact_text(cases[i].header, cases[i].payload, SIGNATURE);

		assert_fault(text, cases[i].id, SIZE_MAX, "claims: ");
		free(text);
	}
	/* What is not meant as claims has no fault. */
	read_text(&t, HEADER ".aGVsbG8." SIGNATURE);
	assert_int_equal(t.fault_count, 0);
	assert_string_equal(jose_kind_name(&t), "jws");
	assert_null(jose_claim(&t, "sub"));
	jose_release(&t);
}

static void an_empty_signature_is_told_but_for_none(void **state)
{
	char *text = compact_text("{\"alg\":\"nOnE\"}", "{}", "");

	(void)state;
	assert_fault(HEADER ".e30.", "sig-empty", 25, "empty");
	assert_fault("e30.e30.", "sig-empty", 8, "empty");
	assert_sound(text);
	free(text);
}

static void a_signature_too_short_is_told_by_how_much(void **state)
{
	struct jose t;

	(void)state;
	assert_fault(HEADER ".e30.AAECAwQFBgcICQ", "truncated", 39, "by 29 characters");
	assert_fault("eyJhbGciOiJFUzI1NiJ9.e30." SIGNATURE, "truncated", SIZE_MAX,
		     "by 43 characters");
	assert_fault("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAAAAAAAAAAAAAA.YWJj.AAAA",
		     "truncated", SIZE_MAX, "authentication tag looks cut off by 18");
	/* The length of an RSA signature is the key's. */
	read_text(&t, "eyJhbGciOiJSUzI1NiJ9.e30.AAEC");
	assert_null(fault_find(&t, "truncated"));
	jose_release(&t);
}

static void padded_segments_are_those_of_a_load_balancer(void **state)
{
	static const char *const loose[] = {
		HEADER ".e30." SIGNATURE "=",	 /* one that has to be is not */
		HEADER ".e30=." SIGNATURE,	 /* likewise */
		HEADER ".e30=." SIGNATURE "==",	 /* too many */
		HEADER ".e30=." SIGNATURE "=\n", /* and a line end */
		HEADER ".e31=." SIGNATURE "=",	 /* bits left over */
		HEADER ".e3==." SIGNATURE "=",	 /* likewise */
		HEADER ".e=30." SIGNATURE "=",	 HEADER ".====." SIGNATURE "=",
	};
	struct jose t;

	(void)state;
	read_text(&t, HEADER ".e30=." SIGNATURE "=");
	assert_true(t.padded);
	assert_non_null(fault_find(&t, "alb-padding"));
	assert_int_equal(t.fault_count, 1);
	assert_false(jose_sound(&t));
	assert_true(jose_sound_padded(&t));
	assert_int_equal(t.signed_size, 4);
	assert_true(t.is_claims);
	jose_release(&t);
	for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); i++) {
		read_text(&t, loose[i]);
		if (jose_sound(&t) || jose_sound_padded(&t))
			fail_msg("%s is sound", loose[i]);
		jose_release(&t);
	}
	assert_sound(HEADER ".e30." SIGNATURE);
}

static void an_sd_jwt_ends_at_its_first_tilde(void **state)
{
	struct jose t;

	(void)state;
	read_text(&t, HEADER ".e30." SIGNATURE "~WyJhIiwxXQ~");
	assert_true(t.sd_jwt);
	assert_true(jose_sound(&t));
	assert_int_equal(t.jws_len, 68);
	assert_int_equal(t.segments, 3);
	assert_string_equal(jose_kind_name(&t), "sd-jwt");
	jose_release(&t);
	assert_fault(HEADER "~", "seg-count", 0, "one segment");
	assert_fault(HEADER ".e30~", "seg-count", 0, "signature is missing");
}

static void what_is_too_long_is_cut_and_told(void **state)
{
	size_t len = JOSE_MAX + 5;
	char *text = x_malloc(len);
	struct jose t;

	(void)state;
	memset(text, 'e', len);
	jose_read(&t, text, len);
	assert_int_equal(t.len, JOSE_MAX);
	assert_non_null(fault_find(&t, "truncated"));
	assert_false(jose_sound(&t));
	jose_release(&t);
	free(text);
}

/* --- unencoded and detached payload (RFC 7797, RFC 7515 appendix F) -------------------------------- */

#define HEADER_B64 "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19"

static void an_unencoded_payload_is_taken_as_it_stands(void **state)
{
	struct jose t;

	(void)state;
	read_text(&t, HEADER_B64 ".$02 ~ !." SIGNATURE);
	assert_true(jose_sound(&t));
	assert_true(t.unencoded);
	assert_false(t.detached || t.sd_jwt);
	assert_int_equal(t.payload.size, 7);
	assert_memory_equal(t.payload.data, "$02 ~ !", 7);
	assert_int_equal(t.signed_size, 7);
	jose_release(&t);
	assert_fault(HEADER_B64 ".$.02." SIGNATURE, "seg-count", 0, "four segments");
	assert_fault(HEADER_B64 ".a\nb." SIGNATURE, "b64-loose", 58, "can't stand there unencoded");
	assert_fault(HEADER_B64 ".\xC3\xA4." SIGNATURE, "b64-loose", 57, "unencoded");
	assert_fault("eyJhbGciOiJIUzI1NiIsImI2NCI6MH0.e30." SIGNATURE, "json-invalid", SIZE_MAX,
		     "\"b64\" is neither");
}

static void a_detached_payload_is_attached(void **state)
{
	struct jose t;

	(void)state;
	read_text(&t, HEADER ".." SIGNATURE);
	assert_true(t.detached);
	assert_true(jose_sound(&t));
	assert_false(t.payload.present);
	jose_attach(&t, "{\"a\":1}", 7);
	assert_true(jose_sound(&t));
	assert_true(t.attached);
	assert_true(t.is_claims);
	assert_int_equal(t.signed_size, 10);
	assert_memory_equal(t.signed_payload, "eyJhIjoxfQ", 10);
	jose_attach(&t, "again", 5);
	assert_false(jose_sound(&t));
	jose_release(&t);

	read_text(&t, HEADER_B64 ".." SIGNATURE);
	jose_attach(&t, "$.0\0002", 5);
	assert_true(jose_sound(&t));
	assert_int_equal(t.signed_size, 5);
	assert_memory_equal(t.signed_payload, "$.0\0002", 5);
	jose_release(&t);
}

static void a_payload_beside_the_tokens_own_is_a_fault(void **state)
{
	struct jose t;

	(void)state;
	read_text(&t, HEADER ".e30." SIGNATURE);
	jose_attach(&t, "{}", 2);
	assert_false(jose_sound(&t));
	assert_memory_equal(t.signed_payload, "e30", 3);
	jose_release(&t);
}

/* --- JSON ---------------------------------------------------------------------------------------------- */

static void assert_json_fault(const char *text, const char *id, const char *words)
{
	char *json = quoted(text);

	assert_fault(json, id, SIZE_MAX, words);
	free(json);
}

static void assert_json_sound(const char *text)
{
	char *json = quoted(text);

	assert_sound(json);
	free(json);
}

#define PROTECTED "'protected':'" HEADER "'"
#define VALUE "'signature':'" SIGNATURE "'"
#define FLAT "{'payload':'e30'," PROTECTED "," VALUE

static void flattened_json_is_taken_apart(void **state)
{
	char *json = quoted(FLAT ",'header':{'kid':'a'},'more':1}");
	const struct lossless *in;
	enum jose_place place;
	struct jose t;

	(void)state;
	read_text(&t, json);
	assert_true(jose_sound(&t));
	assert_int_equal(t.form, JOSE_FLATTENED);
	assert_int_equal(t.kind, JOSE_JWS);
	assert_int_equal(t.count, 1);
	assert_non_null(jose_header(&t.parts[0], "kid", &in, &place));
	assert_int_equal(place, PLACE_RECIPIENT);
	assert_non_null(jose_header(&t.parts[0], "alg", &in, &place));
	assert_int_equal(place, PLACE_PROTECTED);
	assert_int_equal(t.signed_size, 3);
	assert_memory_equal(t.signed_payload, "e30", 3);
	assert_int_equal(t.parts[0].value.size, 32);
	jose_release(&t);
	free(json);
	assert_json_sound(" \n" FLAT "}\n");
	assert_json_sound("{'payload':'e30'," VALUE ",'header':{'alg':'HS256'}}");
}

static void general_json_has_several_signatures(void **state)
{
	char *json = quoted("{'payload':'e30','signatures':[{" PROTECTED "," VALUE
			    ",'header':{'kid':'a'}},{'header':{'alg':'HS256','kid':'b'}," VALUE
			    "}]}");
	struct jose t;
	char *kid;

	(void)state;
	read_text(&t, json);
	assert_true(jose_sound(&t));
	assert_int_equal(t.form, JOSE_GENERAL);
	assert_int_equal(t.count, 2);
	kid = jose_header_text(&t.parts[1], "kid");
	assert_string_equal(kid, "b");
	assert_false(t.parts[1].has[PLACE_PROTECTED]);
	assert_int_equal(t.parts[1].protected_header.len, 0);
	free(kid);
	jose_release(&t);
	free(json);
}

static void the_members_of_a_jws_are_typed_and_required(void **state)
{
	static const struct {
		const char *json, *id, *words;
	} cases[] = {
		{ "{", "json-invalid", "JSON serialisation" },
		{ FLAT, "json-invalid", "JSON serialisation" },
		{ FLAT "}x", "json-invalid", "JSON serialisation" },
		{ "{'\xFF':1}", "not-utf8", "JSON serialisation" },
		{ "{}", "json-invalid", "\"signature\" is missing" },
		{ "{'payload':'e30'," PROTECTED "}", "json-invalid", "\"signature\" is missing" },
		{ "{'payload':'e30'," VALUE "}", "json-invalid", "neither \"protected\"" },
		{ "{'payload':1," PROTECTED "," VALUE "}", "json-invalid",
		  "\"payload\" is no string" },
		{ "{'payload':null," PROTECTED "," VALUE "}", "json-invalid", "\"payload\"" },
		{ "{'payload':'e30','protected':{'alg':'HS256'}," VALUE "}", "json-invalid",
		  "\"protected\" is no string" },
		{ "{'payload':'e30','protected':''," VALUE ",'header':{'alg':'HS256'}}",
		  "json-invalid", "\"protected\" is empty" },
		{ "{'payload':'e30','protected':'W10'," VALUE "}", "not-object", "header" },
		{ "{'payload':'e30'," PROTECTED ",'signature':[]}", "json-invalid",
		  "\"signature\" is no string" },
		{ "{'payload':'e30'," PROTECTED ",'signature':''}", "sig-empty", "" },
		{ FLAT ",'header':[]}", "json-invalid", "\"header\" is no object" },
		{ FLAT ",'header':'" HEADER "'}", "json-invalid", "\"header\" is no object" },
		{ FLAT ",'header':{'alg':'none'}}", "dup-header", "\"alg\" is in two headers" },
		{ FLAT ",'header':{'\\u0061lg':'none'}}", "dup-header", "\"alg\" is in two" },
		{ FLAT ",'header':{'a':1,'a':1}}", "dup-header", "\"a\" is there twice" },
		{ FLAT ",'header':{'kid':'a','x':1}}", "header-unsigned", "\"x\"" },
		{ FLAT ",'payload':'e30'}", "dup-header", "\"payload\" is there twice" },
		{ FLAT ",'signatures':[]}", "json-invalid", "flattened and general" },
		{ FLAT ",'signatures':[{" PROTECTED "," VALUE "}]}", "json-invalid",
		  "flattened and general" },
		{ "{'payload':'e30'," PROTECTED ",'signatures':[{" PROTECTED "," VALUE "}]}",
		  "json-invalid", "flattened and general" },
		{ "{'payload':'e30','signatures':[]}", "json-invalid", "\"signatures\" is empty" },
		{ "{'payload':'e30','signatures':{}}", "json-invalid", "no array" },
		{ "{'payload':'e30','signatures':[1]}", "json-invalid", "is no object" },
		{ "{'payload':'e30','signatures':[{" PROTECTED "}]}", "json-invalid",
		  "\"signature\" is missing" },
		{ FLAT ",'ciphertext':'e30'}", "json-invalid", "JWS and of a JWE" },
		{ "{'payload':'e3 0'," PROTECTED "," VALUE "}", "b64-loose", "payload: white" },
		{ "{'payload':'\\u0065\\u00330'," PROTECTED "," VALUE "}", "b64-loose", "payload" },
		{ "{'payload':'e30','signatures':[{'protected':'" HEADER_B64 "'," VALUE
		  "},{" PROTECTED "," VALUE "}]}",
		  "b64-uncrit", "differs" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_json_fault(cases[i].json, cases[i].id, cases[i].words);
}

static void an_unencoded_payload_in_json_is_a_string(void **state)
{
	char *json = quoted("{'payload':'$.\\u00e4\\n','protected':'" HEADER_B64 "'," VALUE "}");
	struct jose t;

	(void)state;
	read_text(&t, json);
	assert_true(jose_sound(&t));
	assert_true(t.unencoded);
	assert_int_equal(t.payload.size, 5);
	assert_memory_equal(t.payload.data, "$.\xC3\xA4\n", 5);
	assert_ptr_equal(t.signed_payload, t.payload.data);
	jose_release(&t);
	free(json);
}

static void a_detached_payload_in_json_is_absent(void **state)
{
	char *json = quoted("{" PROTECTED "," VALUE "}");
	struct jose t;

	(void)state;
	read_text(&t, json);
	assert_true(jose_sound(&t));
	assert_true(t.detached);
	assert_null(t.signed_payload);
	jose_attach(&t, "{}", 2);
	assert_memory_equal(t.signed_payload, "e30", 3);
	jose_release(&t);
	free(json);
}

#define JWE "'iv':'AAAAAAAAAAAAAAAA','ciphertext':'YWJj','tag':'AAAAAAAAAAAAAAAAAAAAAA'"
/* {"enc":"A128GCM"} */
#define ENC "'protected':'eyJlbmMiOiJBMTI4R0NNIn0'"

static void a_jwe_in_json_has_recipients(void **state)
{
	char *json = quoted("{" ENC ",'unprotected':{'jku':'x'},'aad':'YWFk','recipients':["
			    "{'header':{'alg':'A128KW','kid':'a'},'encrypted_key':'AAAA'},"
			    "{'header':{'alg':'dir','kid':'b'}}]," JWE "}");
	enum jose_place place;
	struct jose t;

	(void)state;
	read_text(&t, json);
	assert_true(jose_sound(&t));
	assert_int_equal(t.kind, JOSE_JWE);
	assert_int_equal(t.form, JOSE_GENERAL);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.aad.size, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(jose_header(&t.parts[i], "enc", NULL, &place));
		assert_int_equal(place, PLACE_PROTECTED);
		assert_non_null(jose_header(&t.parts[i], "jku", NULL, &place));
		assert_int_equal(place, PLACE_SHARED);
		assert_non_null(jose_header(&t.parts[i], "kid", NULL, &place));
		assert_int_equal(place, PLACE_RECIPIENT);
		assert_int_equal(t.parts[i].protected_header.len, 23);
	}
	assert_int_equal(t.parts[0].value.size, 3);
	assert_false(t.parts[1].value.present);
	jose_release(&t);
	free(json);
	assert_json_sound("{" ENC ",'header':{'alg':'dir'}," JWE "}");
}

static void the_members_of_a_jwe_are_typed_and_required(void **state)
{
	static const struct {
		const char *json, *id, *words;
	} cases[] = {
		{ "{" ENC ",'header':{'alg':'dir'},'tag':'AAAAAAAAAAAAAAAAAAAAAA'}", "json-invalid",
		  "\"ciphertext\" is missing" },
		{ "{" JWE "}", "json-invalid", "there is no header" },
		{ "{" ENC ",'header':{'enc':'x'}," JWE "}", "dup-header", "\"enc\" is in two" },
		{ "{" ENC ",'unprotected':{'enc':'x'}," JWE "}", "dup-header",
		  "\"enc\" is in two" },
		{ "{'unprotected':{'alg':'x'},'header':{'alg':'x'}," JWE "}", "dup-header",
		  "\"alg\" is in two" },
		{ "{" ENC ",'recipients':[{'header':{'alg':'a'}},{'header':{'enc':'a'}}]," JWE "}",
		  "dup-header", "\"enc\" is in two" },
		{ "{" ENC ",'unprotected':1," JWE "}", "json-invalid", "(RFC 7516 7.2)" },
		{ "{" ENC ",'recipients':[{}],'encrypted_key':'AAAA'," JWE "}", "json-invalid",
		  "flattened and general" },
		{ "{" ENC ",'recipients':[]," JWE "}", "json-invalid", "\"recipients\" is empty" },
		{ "{" ENC ",'recipients':['x']," JWE "}", "json-invalid", "no object" },
		{ "{" ENC ",'header':{'alg':'dir'},'aad':7," JWE "}", "json-invalid", "\"aad\"" },
		{ "{" ENC ",'encrypted_key':'A'," JWE "}", "b64-loose", "encrypted_key" },
		{ "{" ENC ",'payload':'e30'," JWE "}", "json-invalid", "JWS and of a JWE" },
		{ "{" ENC ",'unprotected':{'kid':'a','x':1}," JWE "}", "header-unsigned", "\"x\"" },
		{ "{" ENC ",'header':{'alg':'dir','x':1}," JWE "}", "header-unsigned", "\"x\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_json_fault(cases[i].json, cases[i].id, cases[i].words);
}

static void more_signatures_than_can_be_are_told(void **state)
{
	struct buf json = BUF_INIT(1 << 20);
	struct jose t;

	(void)state;
	buf_add_text(&json, "{\"payload\":\"e30\",\"signatures\":[");
	for (int i = 0; i < JOSE_PARTS + 1; i++)
		buf_addf(&json, "%s{\"protected\":\"" HEADER "\",\"signature\":\"" SIGNATURE "\"}",
			 i ? "," : "");
	buf_add_text(&json, "]}");
	read_text(&t, buf_text(&json));
	assert_int_equal(t.count, JOSE_PARTS);
	assert_false(jose_sound(&t));
	jose_release(&t);
	buf_release(&json);
}

/* Nothing that is cut or spoilt anywhere makes the reader stumble. */
static void whatever_is_cut_is_read(void **state)
{
	static const char *const texts[] = {
		HEADER ".eyJzdWIiOiJ4In0." SIGNATURE "~WyJhIiwxXQ~",
		"{\"payload\":\"e30\",\"signatures\":[{\"protected\":\"" HEADER
		"\",\"header\":{\"kid\":\"a\"},\"signature\":\"" SIGNATURE "\"}]}",
		"{\"protected\":\"eyJlbmMiOiJBMTI4R0NNIn0\",\"unprotected\":{\"a\":1},"
		"\"recipients\":[{\"header\":{\"alg\":\"dir\"},\"encrypted_key\":\"AAAA\"}],"
		"\"iv\":\"AAAA\",\"ciphertext\":\"AAAA\",\"tag\":\"AAAA\"}",
	};
	struct jose t;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		size_t len = strlen(texts[i]);
		char *text = x_strdup(texts[i]);

		for (size_t cut = 0; cut < len; cut++) {
			char *exact = x_strndup(text, cut);

			read_text(&t, exact);
			jose_release(&t);
			free(exact);
		}
		for (size_t at = 0; at < len; at++) {
			for (int bit = 0; bit < 8; bit++) {
				text[at] = (char)(text[at] ^ 1 << bit);
				jose_read(&t, text, len);
				jose_attach(&t, "x", 1);
				jose_release(&t);
				text[at] = (char)(text[at] ^ 1 << bit);
			}
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compact_token_is_taken_apart),
		cmocka_unit_test(five_segments_are_a_jwe),
		cmocka_unit_test(another_count_of_segments_is_told),
		cmocka_unit_test(what_is_there_of_a_cut_token_is_read),
		cmocka_unit_test(loose_base64_is_a_fault),
		cmocka_unit_test(a_nul_is_a_fault),
		cmocka_unit_test(a_header_must_be_a_json_object),
		cmocka_unit_test(offsets_are_those_of_the_token),
		cmocka_unit_test(faults_of_claims_are_the_payloads),
		cmocka_unit_test(an_empty_signature_is_told_but_for_none),
		cmocka_unit_test(a_signature_too_short_is_told_by_how_much),
		cmocka_unit_test(padded_segments_are_those_of_a_load_balancer),
		cmocka_unit_test(an_sd_jwt_ends_at_its_first_tilde),
		cmocka_unit_test(what_is_too_long_is_cut_and_told),
		cmocka_unit_test(an_unencoded_payload_is_taken_as_it_stands),
		cmocka_unit_test(a_detached_payload_is_attached),
		cmocka_unit_test(a_payload_beside_the_tokens_own_is_a_fault),
		cmocka_unit_test(flattened_json_is_taken_apart),
		cmocka_unit_test(general_json_has_several_signatures),
		cmocka_unit_test(the_members_of_a_jws_are_typed_and_required),
		cmocka_unit_test(an_unencoded_payload_in_json_is_a_string),
		cmocka_unit_test(a_detached_payload_in_json_is_absent),
		cmocka_unit_test(a_jwe_in_json_has_recipients),
		cmocka_unit_test(the_members_of_a_jwe_are_typed_and_required),
		cmocka_unit_test(more_signatures_than_can_be_are_told),
		cmocka_unit_test(whatever_is_cut_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
