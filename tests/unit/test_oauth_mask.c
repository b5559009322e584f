/* Masking: what is known stays hidden however it is written, what stands behind a secret's name in any
 * shape, and nothing else is. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/oauth/mask.h"

static struct oauth_secrets known;

static int release(void **state)
{
	(void)state;
	oauth_secrets_release(&known);
	return 0;
}

static void know(const char *text)
{
	oauth_secrets_add(&known, text, strlen(text));
}

/* --- encoders of the test's own ------------------------------------------------------------------ */

typedef void encoder(struct buf *out, const char *text);

static void as_it_is(struct buf *out, const char *text)
{
	buf_add_text(out, text);
}

static void percent_all(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_addf(out, "%%%02x", (unsigned char)*text);
}

static void percent_form(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == ' ')
			buf_add_text(out, "+");
		else if ((*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z'))
			buf_add_char(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
}

static void percent_twice(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_addf(out, "%%25%02X", (unsigned char)*text);
}

static void json_short(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_addf(out, strchr("\"\\/", *text) ? "\\%c" : "%c", *text);
}

static void json_long(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_addf(out, "\\u%04X", (unsigned char)*text);
}

static void html_names(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '&')
			buf_add_text(out, "&amp;");
		else if (*text == '<')
			buf_add_text(out, "&lt;");
		else if (*text == '"')
			buf_add_text(out, "&quot;");
		else
			buf_add_char(out, *text);
}

static void html_numbers(struct buf *out, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		buf_addf(out, i % 2 ? "&#%u;" : "&#x%x;", (unsigned char)text[i]);
}

static void html_in_json(struct buf *out, const char *text)
{
	struct buf inner = BUF_INIT(4096);

	html_names(&inner, text);
	json_short(out, buf_text(&inner));
	buf_release(&inner);
}

static void json_in_json(struct buf *out, const char *text)
{
	struct buf inner = BUF_INIT(4096);

	json_short(&inner, text);
	json_short(out, buf_text(&inner));
	buf_release(&inner);
}

static void wide(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_add(out, (const char[2]){ *text, '\0' }, 2);
}

static void base64_of(struct buf *out, const char *text, size_t before, bool url)
{
	char data[256], encoded[512];
	size_t len = before + strlen(text);

	memset(data, 'i', before);
	memcpy(data + before, text, len - before);
	(url ? base64url_encode : base64_encode)(encoded, data, len);
	buf_add_text(out, encoded);
}

static void base64_alone(struct buf *out, const char *text)
{
	base64_of(out, text, 0, false);
}

static void base64_behind_1(struct buf *out, const char *text)
{
	base64_of(out, text, 1, false);
}

static void base64_behind_8(struct buf *out, const char *text)
{
	base64_of(out, text, 8, false);
}

static void base64url_behind_7(struct buf *out, const char *text)
{
	base64_of(out, text, 7, true);
}

static void base64_percent(struct buf *out, const char *text)
{
	struct buf inner = BUF_INIT(4096);

	base64_of(&inner, text, 2, false);
	percent_form(out, buf_text(&inner));
	buf_release(&inner);
}

static encoder *const encoders[] = {
	as_it_is,	percent_all,  percent_form,    percent_twice,	json_short,
	json_long,	html_names,   html_numbers,    html_in_json,	json_in_json,
	wide,		base64_alone, base64_behind_1, base64_behind_8, base64url_behind_7,
	base64_percent,
};

/* Where a provider may put it: before, behind. */
static const char *const places[][2] = {
	{ "", "" },
	{ "{\"error\":\"invalid_client\",\"error_description\":\"no client has ", " here\"}" },
	{ "<html><p>Bad credentials <b>", "</b> were sent</p>" },
	{ "X-Echo: ", "" },
	{ "https://as.example/error?seen=", "&x=1" },
	{ "[", "]" },
	{ "a|", "|b|" },
};

static void assert_hidden(const char *secret, encoder *encode)
{
	struct buf encoded = BUF_INIT(4096), text = BUF_INIT(8192), out = BUF_INIT(8192);
	char *expected = NULL;

	encode(&encoded, secret);
	for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++) {
		buf_clear(&text);
		buf_clear(&out);
		buf_add_text(&text, places[p][0]);
		buf_add(&text, encoded.data, encoded.len);
		buf_add_text(&text, places[p][1]);
		oauth_mask(&out, text.data, text.len, &known);
		assert_true(asprintf(&expected, "%s" OAUTH_MASK "%s", places[p][0], places[p][1]) >
			    0);
		if (encode == wide)
			assert_non_null(memmem(out.data, out.len, OAUTH_MASK, strlen(OAUTH_MASK)));
		else
			assert_string_equal(buf_text(&out), expected);
		assert_null(memmem(out.data, out.len, encoded.data, encoded.len));
		free(expected);
	}
	buf_release(&encoded);
	buf_release(&text);
	buf_release(&out);
}

static void test_what_is_known_is_hidden_in_every_encoding(void **state)
{
	static const char *const secrets[] = {
		"hunter2hunter2",
		"p4ss w0rd&<>\"'\\/+=%",
		"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
		"eyJhbGciOiJub25lIn0.e30.",
		"%41%42%43%44",
		"\\u0041\\u0042",
		"gr\xc3\xbc\xc3\x9f-\xe2\x82\xac\xf0\x9f\x94\x91",
	};

	(void)state;
	for (size_t s = 0; s < sizeof(secrets) / sizeof(*secrets); s++)
		know(secrets[s]);
	/* The last one is no ASCII: escaped by code points, it has a test of its own. */
	for (size_t s = 0; s < sizeof(secrets) / sizeof(*secrets); s++)
		for (size_t i = 0; i < sizeof(encoders) / sizeof(*encoders); i++)
			if (secrets[s][0] != 'g' ||
			    (encoders[i] != json_long && encoders[i] != html_numbers))
				assert_hidden(secrets[s], encoders[i]);
}

static void assert_masked(const char *text, const char *expected)
{
	char *masked = oauth_masked(text, &known);

	assert_string_equal(masked, expected);
	free(masked);
}

static void test_characters_beyond_ascii_are_escaped_as_such(void **state)
{
	(void)state;
	know("gr\xc3\xbc\xc3\x9f-\xf0\x9f\x94\x91");
	assert_masked("a gr\\u00fc\\u00DF-\\ud83d\\udd11 b", "a ••• b");
	assert_masked("a gr&#252;&#xDF;-&#128273; b", "a ••• b");
}

static void test_nothing_else_is_hidden(void **state)
{
	static const char *const texts[] = {
		"{\"error\":\"authorization_pending\",\"error_description\":\"wait\"}",
		"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=me",
		"{\"token_type\":\"Bearer\",\"expires_in\":900,\"access_token\":null}",
		("{\"grant_types_supported\":[\"urn:ietf:params:oauth:grant-type:device_code\","
		 "\"refresh_token\"],\"token_endpoint\":\"https://as.example/token\"}"),
		("{\"response_types_supported\":[\"code\",\"id_token\"],\"user_code\":\"ABCD-"
		 "EFGH\"}"),
		"the token: it is no good; secret = something",
		"Content-Type: application/json;charset=UTF-8",
		"WWW-Authenticate: Basic realm=\"x\"",
		"50 % off, a+b, \\x, &x; &#; &#x110000; %zz %2",
		"missing parameter: device_code",
		"hunter hunter3",
		"",
	};

	(void)state;
	know("hunter2");
	know("abc"); /* too short to say anything */
	know("");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_masked(texts[i], texts[i]);
	assert_masked("abc", "abc");
}

static void test_what_stands_behind_a_name_is_hidden(void **state)
{
	static const struct {
		const char *text, *masked;
	} cases[] = {
		{ "client_id=a&client_secret=b%26c&x=d", "client_id=a&client_secret=•••&x=d" },
		{ "device_code=a", "device_code=•••" },
		{ "token=abc&token_type_hint=access_token",
		  "token=•••&token_type_hint=access_token" },
		{ "a=b&code_verifier=c", "a=b&code_verifier=•••" },
		{ "client_assertion=a.b.c&client_assertion_type=urn",
		  "client_assertion=•••&client_assertion_type=urn" },
		{ "{\"access_token\":\"a\\\"b\\\\\",\"scope\":\"x\"}",
		  "{\"access_token\":\"•••\",\"scope\":\"x\"}" },
		{ "{ \"refresh_token\" :\n \"r\" , \"id_token\": \"i\" }",
		  "{ \"refresh_token\" :\n \"•••\" , \"id_token\": \"•••\" }" },
		{ "{\"access\\u005ftoken\":\"a\"}", "{\"access\\u005ftoken\":\"•••\"}" },
		{ "{\"accessToken\":\"a\",\"Device-Code\":\"b\"}",
		  "{\"accessToken\":\"•••\",\"Device-Code\":\"•••\"}" },
		{ "{\"access_token\":4711,\"a\":1}", "{\"access_token\":•••,\"a\":1}" },
		{ "{\"access_token\":{\"v\":\"a}\"},\"a\":1}", "{\"access_token\":•••,\"a\":1}" },
		{ "{\"refresh_token\":[\"a\",[\"b\"]],\"a\":1}",
		  "{\"refresh_token\":•••,\"a\":1}" },
		{ "{\"access_token\":\"cut off", "{\"access_token\":\"•••" },
		{ "{\"access_token\":[\"cut off", "{\"access_token\":•••" },
		{ "{\"body\":\"{\\\"access_token\\\":\\\"abc\\\"}\"}",
		  "{\"body\":\"{\\\"access_token\\\":\\\"•••\\\"}\"}" },
		{ "{'client_secret': 'abc', 'a': 'b'}", "{'client_secret': '•••', 'a': 'b'}" },
		{ "{:client_secret=>\"abc\"}", "{:client_secret=>\"•••\"}" },
		{ "bad client_secret: abc given", "bad client_secret: ••• given" },
		{ "<input name=x value=\"client_secret=abc\">",
		  "<input name=x value=\"client_secret=•••\">" },
		{ "&lt;a client_secret=&quot;abc&quot;&gt;",
		  "&lt;a client_secret=&quot;•••&quot;&gt;" },
		{ "sent client_secret%3Dabc%26x%3D1", "sent client_secret%3D•••%26x%3D1" },
		{ "Location: https://a.example/cb#access_token=abc&x=1",
		  "Location: https://a.example/cb#access_token=•••&x=1" },
		{ "Authorization: Basic YWI6Y2Q=", "Authorization: Basic •••" },
		{ "authorization: Bearer abc def", "authorization: Bearer •••" },
		{ "Authorization: abc", "Authorization: •••" },
		{ "Set-Cookie: sid=abc; Path=/", "Set-Cookie: •••" },
		{ "Proxy-Authorization: Basic abc\r\nHost: x",
		  "Proxy-Authorization: Basic •••\r\nHost: x" },
		{ "{\"headers\":{\"Authorization\":\"Bearer abc\",\"Host\":\"x\"}}",
		  "{\"headers\":{\"Authorization\":\"Bearer •••\",\"Host\":\"x\"}}" },
		{ "{\"token\":\"abc\",\"secret\":\"def\"}",
		  "{\"token\":\"•••\",\"secret\":\"•••\"}" },
		{ "client_secret=", "client_secret=" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_masked(cases[i].text, cases[i].masked);
}

static void test_what_a_name_shows_is_learnt(void **state)
{
	static const char body[] =
		"{\"access_token\":\"opaque\\/0123456789\",\"device_code\":\"short\","
		"\"error_description\":\"client_secret: temporarily\"}";

	(void)state;
	oauth_mask_learn(&known, body, strlen(body));
	assert_masked("X-Debug: opaque/0123456789; short; temporarily",
		      "X-Debug: •••; short; temporarily");
	assert_masked("opaque%2F0123456789", "•••");
}

/* Two secrets of which one has the other in it, or that overlap. */
static void test_secrets_within_each_other(void **state)
{
	(void)state;
	know("inner-secret");
	know("outer-inner-secret-outer");
	know("secret-outer-beyond");
	assert_masked("a outer-inner-secret-outer b", "a ••• b");
	assert_masked("a outer-inner-secret-outer-beyond b", "a ••• b");
	assert_masked("inner-secretinner-secret", "•••");
}

static void test_a_secret_that_overlaps_itself_is_hidden_as_a_whole(void **state)
{
	(void)state;
	know("abcabcab");
	assert_masked("abcabcabcabcabx", "•••x");
	assert_masked("abcabcaabcabcab", "abcabca•••");
	assert_masked("ababcabcabcab.abcabca", "ab•••.abcabca");
}

/* As long as what is learnt of a body may be, in a body of its own letters only. */
static void test_a_long_secret_that_repeats_itself_ends(void **state)
{
	struct buf text = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
	char *secret = x_malloc(16385);

	(void)state;
	memset(secret, 'x', 16384);
	secret[16384] = '\0';
	know(secret);
	while (text.len < 512 * 1024)
		buf_add_text(&text, "xxxxxxxxxxxxxxxx");
	oauth_mask(&out, text.data, text.len, &known);
	assert_string_equal(buf_text(&out), OAUTH_MASK);
	free(secret);
	buf_release(&text);
	buf_release(&out);
}

/* Bad texts take no time that grows faster than they do. */
static void test_hostile_texts_end(void **state)
{
	static const char *const pieces[] = { "\"token\":[", "\"token\":\"", "client_secret=",
					      "\\",	     "%25",	     "&amp;",
					      "AAAAAA",	     "{\"a\":" };
	struct buf text = BUF_INIT(1 << 20), out = BUF_INIT(1 << 23);

	(void)state;
	know("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB");
	know("\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\x");
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		buf_clear(&text);
		buf_clear(&out);
		while (text.len < 200 * 1024)
			buf_add_text(&text, pieces[i]);
		oauth_mask(&out, text.data, text.len, &known);
		assert_true(out.len > 0);
	}
	buf_release(&text);
	buf_release(&out);
}

/* Found at every place, within themselves, too, and that in no time that grows with both lengths: this would
 * take hours. */
static void test_a_long_value_that_repeats_itself(void **state)
{
	enum { VALUE = 400 * 1024, TEXT = 1000 * 1024 };
	struct buf out = BUF_INIT(1 << 20);
	char *text = malloc(TEXT + 1);

	(void)state;
	know("ababa");
	assert_masked("abababa-abab", "•••-abab");
	memset(text, 'x', TEXT);
	text[TEXT] = '\0';
	oauth_secrets_add(&known, text, VALUE);
	oauth_mask(&out, text, TEXT, &known);
	assert_string_equal(buf_text(&out), "•••");
	buf_release(&out);
	free(text);
}

#define TEST(name) cmocka_unit_test_teardown(name, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_known_is_hidden_in_every_encoding),
		TEST(test_characters_beyond_ascii_are_escaped_as_such),
		TEST(test_nothing_else_is_hidden),
		TEST(test_what_stands_behind_a_name_is_hidden),
		TEST(test_what_a_name_shows_is_learnt),
		TEST(test_secrets_within_each_other),
		TEST(test_a_secret_that_overlaps_itself_is_hidden_as_a_whole),
		TEST(test_a_long_secret_that_repeats_itself_ends),
		TEST(test_hostile_texts_end),
		TEST(test_a_long_value_that_repeats_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
