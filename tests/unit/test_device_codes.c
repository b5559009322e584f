/* What the device endpoint gives (RFC 8628 §3.2): its numbers and addresses, as providers send them. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/buf.h"
#include "src/base/qr.h"
#include "tests/lib/oauth_answers.h"

#define CODES "\"device_code\":\"d3v1ce\",\"user_code\":\"WDJB-MJHT\""
#define URI "\"verification_uri\":\"https://example.com/device\""

static struct oauth_answer answer;
static struct device_codes codes;

static int release(void **state)
{
	(void)state;
	device_codes_release(&codes);
	oauth_answer_release(&answer);
	return 0;
}

static void read_by(const char *preset, const char *json)
{
	release(NULL);
	answer_made_by(&answer, preset, 200, json);
	assert_int_equal(answer.kind, OAUTH_SUCCESS);
	oauth_device_codes(&codes, &answer);
}

static void read_codes(const char *json)
{
	read_by("", json);
}

static void assert_codes(void)
{
	if (answer.kind != OAUTH_SUCCESS)
		print_error("refused: %s\n", answer.explanation);
	assert_int_equal(answer.kind, OAUTH_SUCCESS);
}

static void assert_malformed(const char *explanation)
{
	assert_int_equal(answer.kind, OAUTH_MALFORMED);
	assert_string_equal(answer.error, "malformed_response");
	if (!strstr(answer.explanation, explanation))
		fail_msg("\"%s\" is not in \"%s\"", explanation, answer.explanation);
}

/* One note with this text, or none at all (NULL). */
static void assert_note(const char *text)
{
	if (text && !answer_notes(&answer, text))
		fail_msg("no note has \"%s\"", text);
	assert_int_equal(json_count(answer.notes), text != NULL);
}

static void what_rfc_8628_has_is_read(void **state)
{
	(void)state;
	read_codes(
		"{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\","
		"\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://example.com/device\","
		"\"verification_uri_complete\":\"https://example.com/device?user_code=WDJB-MJHT\","
		"\"expires_in\":1800,\"interval\":7,\"message\":\"go there\"}");
	assert_codes();
	assert_note(NULL);
	assert_string_equal(secret_reveal(&codes.device_code),
			    "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS");
	assert_string_equal(codes.user_code, "WDJB-MJHT");
	assert_string_equal(codes.verification_uri, "https://example.com/device");
	assert_string_equal(codes.qr_uri, "https://example.com/device?user_code=WDJB-MJHT");
	assert_string_equal(codes.message, "go there");
	assert_true(codes.openable);
	assert_null(codes.host);
	assert_int_equal(codes.expires_ms, 1800000);
	assert_int_equal(codes.interval_ms, 7000);
}

static void what_has_to_be_there(void **state)
{
	static const struct {
		const char *json, *explanation;
	} cases[] = {
		{ "{}", "`device_code` is missing" },
		{ "{\"device_code\":null}", "`device_code` is no text" },
		{ "{\"device_code\":\"\"}", "`device_code` is empty" },
		{ "{\"device_code\":\"d\"}", "`user_code` is missing" },
		{ "{\"device_code\":\"d\",\"user_code\":7}", "`user_code` is no text" },
		{ "{\"device_code\":\"d\",\"user_code\":\"\"}", "`user_code` is empty" },
		{ "{" CODES "}", "`verification_uri` is missing" },
		{ "{" CODES ",\"verification_uri\":[]}", "`verification_uri` is no text" },
		{ "{" CODES ",\"verification_uri\":\"\"}", "`verification_uri` is empty" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_codes(cases[i].json);
		assert_malformed(cases[i].explanation);
		assert_null(answer.json);
		assert_int_equal(codes.device_code.len, 0);
	}
}

static void codes_of_any_length_are_not_taken(void **state)
{
	struct buf json = BUF_INIT(20000);

	(void)state;
	buf_add_text(&json, "{\"device_code\":\"d\",\"user_code\":\"");
	for (int i = 0; i < 257; i++)
		buf_add_char(&json, 'A');
	buf_addf(&json, "\",%s}", URI);
	read_codes(buf_text(&json));
	assert_malformed("`user_code` is too long");
	buf_clear(&json);
	buf_add_text(&json, "{\"user_code\":\"u\",\"device_code\":\"");
	for (int i = 0; i < 8193; i++)
		buf_add_char(&json, 'A');
	buf_addf(&json, "\",%s}", URI);
	read_codes(buf_text(&json));
	assert_malformed("`device_code` is too long");
	buf_release(&json);
}

/* --- numbers ------------------------------------------------------------------------------------------ */

struct number_case {
	const char *members;
	int64_t ms;
	const char *note; /* NULL: none */
};

static void numbers_look(const struct number_case *c, size_t count, const int64_t *found)
{
	for (size_t i = 0; i < count; i++) {
		struct buf json = BUF_INIT(1000);

		buf_addf(&json, "{%s,%s%s}", CODES, URI, c[i].members);
		read_codes(buf_text(&json));
		if (answer.kind != OAUTH_SUCCESS || *found != c[i].ms)
			print_error("%s\n", buf_text(&json));
		assert_codes();
		assert_int_equal(*found, c[i].ms);
		assert_note(c[i].note);
		buf_release(&json);
	}
}

static void intervals(void **state)
{
	static const struct number_case cases[] = {
		{ ",\"expires_in\":900", 5000, NULL },
		{ ",\"expires_in\":900,\"interval\":null", 5000, "`interval` is no number" },
		{ ",\"expires_in\":900,\"interval\":1", 1000, NULL },
		{ ",\"expires_in\":900,\"interval\":0", 5000, "below one second" },
		{ ",\"expires_in\":900,\"interval\":-5", 5000, "below one second" },
		{ ",\"expires_in\":900,\"interval\":0.5", 5000, "below one second" },
		{ ",\"expires_in\":900,\"interval\":2.5", 3000, NULL },
		{ ",\"expires_in\":900,\"interval\":5.0", 5000, NULL },
		{ ",\"expires_in\":900,\"interval\":6e0", 6000, NULL },
		{ ",\"expires_in\":900,\"interval\":\"6\"", 6000, "`interval` is a string" },
		{ ",\"expires_in\":900,\"interval\":\"six\"", 5000, "no number" },
		{ ",\"expires_in\":900,\"interval\":\"6 s\"", 5000, "no number" },
		{ ",\"expires_in\":900,\"interval\":\"\"", 5000, "no number" },
		{ ",\"expires_in\":900,\"interval\":true", 5000, "no number" },
		{ ",\"expires_in\":900,\"interval\":[5]", 5000, "no number" },
		{ ",\"expires_in\":900,\"interval\":5000", 5000, "as milliseconds" },
		{ ",\"expires_in\":3600,\"interval\":999", 999000, NULL },
		{ ",\"expires_in\":3600,\"interval\":1000", 1000, "as milliseconds" },
		{ ",\"expires_in\":900,\"interval\":899", 899000, NULL },
		{ ",\"expires_in\":900,\"interval\":900", 5000, "makes no sense" },
		{ ",\"expires_in\":5,\"interval\":5", 5000, "makes no sense" },
		{ ",\"expires_in\":900,\"interval\":899999", 899999, "as milliseconds" },
		{ ",\"expires_in\":900,\"interval\":900000", 5000, "makes no sense" },
		{ ",\"expires_in\":900,\"interval\":9223372036854775807", 5000, "makes no sense" },
		{ ",\"expires_in\":900,\"interval\":99999999999999999999999", 5000,
		  "makes no sense" },
		{ ",\"expires_in\":900,\"interval\":1e999", 5000, "makes no sense" },
		{ ",\"expires_in\":900,\"interval\":-1e999", 5000, "below one second" },
		{ ",\"expires_in\":900,\"interval\":1e-999", 5000, "below one second" },
	};

	(void)state;
	numbers_look(cases, sizeof(cases) / sizeof(cases[0]), &codes.interval_ms);
}

static void lifetimes(void **state)
{
	static const struct number_case cases[] = {
		{ ",\"interval\":5", 900000, "`expires_in` is missing" },
		{ ",\"expires_in\":null", 900000, "`expires_in` is missing" },
		{ ",\"expires_in\":1", 1000, NULL },
		{ ",\"expires_in\":1.9", 1000, NULL },
		{ ",\"expires_in\":1.8e3", 1800000, NULL },
		{ ",\"expires_in\":\"900\"", 900000, "`expires_in` is a string" },
		{ ",\"expires_in\":3600", 3600000, NULL },
		{ ",\"expires_in\":3601", 3600000, "`expires_in` is 3601 seconds" },
		{ ",\"expires_in\":9223372036854775807", 3600000, "one hour is waited for" },
		{ ",\"expires_in\":9223372036854775808", 3600000, "one hour is waited for" },
		{ ",\"expires_in\":1e400", 3600000, "one hour is waited for" },
	};

	(void)state;
	numbers_look(cases, sizeof(cases) / sizeof(cases[0]), &codes.expires_ms);
}

static void lifetimes_that_are_none(void **state)
{
	static const struct {
		const char *value, *explanation;
	} cases[] = {
		{ "0", "not above zero" },
		{ "-1", "not above zero" },
		{ "0.9", "not above zero" },
		{ "-9223372036854775808", "not above zero" },
		{ "-1e400", "not above zero" },
		{ "-99999999999999999999", "not above zero" },
		{ "\"0\"", "not above zero" },
		{ "\"soon\"", "no number" },
		{ "\"\"", "no number" },
		{ "true", "no number" },
		{ "{\"seconds\":900}", "no number" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf json = BUF_INIT(1000);

		buf_addf(&json, "{%s,%s,\"expires_in\":%s}", CODES, URI, cases[i].value);
		read_codes(buf_text(&json));
		assert_malformed("`expires_in` is ");
		assert_malformed(cases[i].explanation);
		buf_release(&json);
	}
}

/* A number that has no room must not cost the rest, nor change what looks like one within a text. */
static void a_huge_number_changes_nothing_else(void **state)
{
	(void)state;
	read_codes(
		"{\"device_code\":\"99999999999999999999,\\\"1e999\",\"user_code\":\"-1e999\"," URI
		",\"expires_in\":600,\"x\":[99999999999999999999,-1e999,0.5,true]}");
	assert_codes();
	assert_string_equal(secret_reveal(&codes.device_code), "99999999999999999999,\"1e999");
	assert_string_equal(codes.user_code, "-1e999");
	assert_int_equal(codes.expires_ms, 600000);
}

/* --- addresses ---------------------------------------------------------------------------------------- */

static void read_uri(const char *uri, const char *complete)
{
	struct json *v = json_object_new();
	struct buf text = BUF_INIT(20000);

	json_set_text(v, "device_code", "d");
	json_set_text(v, "user_code", "u");
	json_set_text(v, "verification_uri", uri);
	if (complete)
		json_set_text(v, "verification_uri_complete", complete);
	json_set_int(v, "expires_in", 900);
	json_write(&text, v);
	read_codes(buf_text(&text));
	assert_codes();
	assert_string_equal(codes.verification_uri, uri);
	buf_release(&text);
	json_free(v);
}

static void an_address_that_can_be_opened(void **state)
{
	static const char *const uris[] = { "https://example.com/device", "HTTPS://Example.com",
					    "http://127.0.0.1:8080/device",
					    "https://[2001:db8::1]:8443/?a=b#c",
					    "https://example.com/@me" };

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		read_uri(uris[i], NULL);
		assert_true(codes.openable);
		assert_string_equal(codes.qr_uri, uris[i]);
		assert_null(codes.host);
		assert_note(NULL);
	}
	read_uri("http://example.com/device", NULL);
	assert_true(codes.openable);
	assert_note("not encrypted");
}

static void an_address_that_is_no_web_address(void **state)
{
	static const char *const uris[] = {
		"javascript:alert(1)",
		"file:///etc/passwd",
		"ftp://example.com/",
		"example.com/device",
		"//example.com/device",
		"https:/example.com",
		"https://",
		"https:///device",
		"https://exa mple.com/",
		"https://example.com/\n",
		"https://example.com/\x1b]8;;http://evil.example\x07",
		"https://example.com/\xe2\x80\xae",
		"https://ex\xd0\xb0mple.com/",
		"https://example.com:99999/",
		"https://user@/",
		"go to example.com and type the code",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		read_uri(uris[i], NULL);
		assert_false(codes.openable);
		assert_null(codes.qr_uri);
		assert_null(codes.host);
		assert_note("no http(s) URL");
	}
	read_uri("javascript:alert(1)", "https://example.com/?u=u");
	assert_null(codes.qr_uri);
}

static void user_information_names_the_real_host(void **state)
{
	static const struct {
		const char *uri, *host;
	} cases[] = {
		{ "https://accounts.google.com@evil.example/device", "evil.example" },
		{ "https://a:b@Evil.Example:444", "evil.example" },
		{ "https://a@b@evil.example/", "evil.example" },
		{ "https://@evil.example/", "evil.example" },
		{ "https://google.com%2F@evil.example?x@y", "evil.example" },
		{ "http://u@[::1]/", "::1" },
		/* A browser takes the backslash for a slash: this one is not known to lead anywhere. */
		{ "https://evil.example\\@google.com/", NULL },
		{ "https://evil.example\t@google.com/", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_uri(cases[i].uri, "https://evil.example/?u=u");
		assert_false(codes.openable);
		if (cases[i].host)
			assert_string_equal(codes.host, cases[i].host);
		else
			assert_null(codes.host);
		assert_true(answer_notes(&answer, cases[i].host ? "user name" : "no http(s) URL"));
	}
	assert_null(codes.qr_uri);
}

static void a_complete_address_is_shown_where_it_leads_to_the_same_place(void **state)
{
	static const char plain[] = "https://example.com/device";
	static const struct {
		const char *complete, *note;
	} cases[] = {
		{ "https://example.com/device?user_code=u", NULL },
		{ "https://EXAMPLE.com:443/else?u", NULL },
		{ "https://example.com.evil.example/?u", "another origin" },
		{ "https://evil.example/?u", "another origin" },
		{ "https://example.com:444/?u", "another origin" },
		{ "http://example.com/?u", "another origin" },
		{ "http://example.com:443/?u", "another origin" },
		{ "https://a@example.com/?u", "user name" },
		{ "javascript:alert(1)", "no http(s) URL" },
		{ "https://example.com/\xe2\x80\xae", "no http(s) URL" },
		{ "", "no http(s) URL" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_uri(plain, cases[i].complete);
		assert_true(codes.openable);
		assert_string_equal(codes.qr_uri, cases[i].note ? plain : cases[i].complete);
		assert_note(cases[i].note);
	}
	read_codes("{" CODES "," URI ",\"expires_in\":900,\"verification_uri_complete\":{}}");
	assert_codes();
	assert_string_equal(codes.qr_uri, plain);
}

static void what_is_too_long_for_a_qr_code(void **state)
{
	struct buf uri = BUF_INIT(3000);

	(void)state;
	buf_add_text(&uri, "https://example.com/device?u=");
	while (uri.len < QR_TEXT_MAX)
		buf_add_char(&uri, 'x');
	read_uri("https://example.com/device", buf_text(&uri));
	assert_string_equal(codes.qr_uri, buf_text(&uri));
	buf_add_char(&uri, 'x');
	read_uri("https://example.com/device", buf_text(&uri));
	assert_string_equal(codes.qr_uri, "https://example.com/device");
	assert_note("too long");
	read_uri(buf_text(&uri), NULL);
	assert_true(codes.openable);
	assert_null(codes.qr_uri);
	while (uri.len < 2049)
		buf_add_char(&uri, 'x');
	read_uri(buf_text(&uri), NULL);
	assert_false(codes.openable);
	buf_release(&uri);
}

static void verification_url_stands_in(void **state)
{
	(void)state;
	read_by("google", "{" CODES ",\"verification_url\":\"https://www.google.com/device\","
			  "\"expires_in\":1800,\"interval\":5}");
	assert_codes();
	assert_string_equal(codes.verification_uri, "https://www.google.com/device");
	assert_note("`verification_url` is read");
	read_codes("{" CODES ",\"verification_url\":\"https://other.example/\"," URI
		   ",\"expires_in\":900}");
	assert_string_equal(codes.verification_uri, "https://example.com/device");
	assert_note("differs");
	read_codes("{" CODES ",\"verification_url\":\"https://example.com/device\"," URI
		   ",\"expires_in\":900}");
	assert_note(NULL);
	read_codes("{" CODES ",\"verification_url\":\"https://example.com/\","
		   "\"verification_uri\":\"\",\"expires_in\":900}");
	assert_string_equal(codes.verification_uri, "https://example.com/");
	read_codes("{" CODES ",\"verification_url\":7}");
	assert_malformed("`verification_uri` is missing");
}

static void a_user_code_that_can_not_be_typed_is_told(void **state)
{
	static const char *const codes_odd[] = { "AB\\u202eCD", "AB\\u001b[2J", "AB\\u200bCD",
						 "A\\u0007" };

	(void)state;
	for (size_t i = 0; i < sizeof(codes_odd) / sizeof(codes_odd[0]); i++) {
		struct buf json = BUF_INIT(1000);

		buf_addf(&json, "{\"device_code\":\"d\",\"user_code\":\"%s\",%s,\"expires_in\":9}",
			 codes_odd[i], URI);
		read_codes(buf_text(&json));
		assert_codes();
		assert_note("can't be typed");
		buf_release(&json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_rfc_8628_has_is_read, release),
		cmocka_unit_test_teardown(what_has_to_be_there, release),
		cmocka_unit_test_teardown(codes_of_any_length_are_not_taken, release),
		cmocka_unit_test_teardown(intervals, release),
		cmocka_unit_test_teardown(lifetimes, release),
		cmocka_unit_test_teardown(lifetimes_that_are_none, release),
		cmocka_unit_test_teardown(a_huge_number_changes_nothing_else, release),
		cmocka_unit_test_teardown(an_address_that_can_be_opened, release),
		cmocka_unit_test_teardown(an_address_that_is_no_web_address, release),
		cmocka_unit_test_teardown(user_information_names_the_real_host, release),
		cmocka_unit_test_teardown(
			a_complete_address_is_shown_where_it_leads_to_the_same_place, release),
		cmocka_unit_test_teardown(what_is_too_long_for_a_qr_code, release),
		cmocka_unit_test_teardown(verification_url_stands_in, release),
		cmocka_unit_test_teardown(a_user_code_that_can_not_be_typed_is_told, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
