/* Metadata: where it is looked for, whose it has to be, what of it is taken. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/oauth/metadata.h"
#include "src/oauth/preset.h"

static struct err err;

static void assert_urls(const char *issuer, const char *oidc, const char *oauth)
{
	char *url = oauth_metadata_url(issuer, true);

	assert_string_equal(url, oidc);
	free(url);
	url = oauth_metadata_url(issuer, false);
	assert_string_equal(url, oauth);
	free(url);
}

static void test_where_it_stands(void **state)
{
	(void)state;
	assert_urls("https://a.example", "https://a.example/.well-known/openid-configuration",
		    "https://a.example/.well-known/oauth-authorization-server");
	assert_urls("https://a.example/", "https://a.example/.well-known/openid-configuration",
		    "https://a.example/.well-known/oauth-authorization-server");
	assert_urls("https://github.com/login/oauth",
		    "https://github.com/login/oauth/.well-known/openid-configuration",
		    "https://github.com/.well-known/oauth-authorization-server/login/oauth");
	assert_urls("http://127.0.0.1:80/a/b/",
		    "http://127.0.0.1:80/a/b/.well-known/openid-configuration",
		    "http://127.0.0.1:80/.well-known/oauth-authorization-server/a/b");
}

static void test_what_is_no_issuer(void **state)
{
	(void)state;
	assert_well(oauth_issuer_check("https://a.example/b", &err), &err);
	assert_refused(oauth_issuer_check("a.example", &err), ERR_USAGE, &err, "no absolute");
	assert_refused(oauth_issuer_check("http://a.example", &err), ERR_USAGE, &err,
		       "not encrypted");
	assert_refused(oauth_issuer_check("https://a.example/?b=c", &err), ERR_USAGE, &err,
		       "no issuer");
	assert_refused(oauth_issuer_check("https://a.example/#b", &err), ERR_USAGE, &err,
		       "no issuer");
	assert_refused(
		oauth_issuer_check("https://a.example/.well-known/openid-configuration", &err),
		ERR_USAGE, &err, "no issuer");
	assert_refused(oauth_issuer_check("https://login.example/{tenant}/v2.0", &err), ERR_USAGE,
		       &err, "well-formed");
}

static enum errc read_text(struct json **out, const char *text)
{
	return oauth_metadata_read(out, "https://a.example", text, strlen(text), &err);
}

static void test_whose_it_is(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "no JSON object" },
		{ "<html>", "no JSON object" },
		{ "[]", "no JSON object" },
		{ "{\"issuer\":\"https://a.example\",\"issuer\":\"x\"}", "no JSON object" },
		{ "{}", "names no issuer" },
		{ "{\"issuer\":7}", "names no issuer" },
		{ "{\"issuer\":\"https://a.example/\"}", "give it with one" },
		{ "{\"issuer\":\"https://a.exampl\"}", "as it calls itself" },
		{ "{\"issuer\":\"https://A.example\"}", "as it calls itself" },
		{ "{\"issuer\":\"https://login.example/{tenantid}/v2.0\"}", "your tenant" },
	};
	struct json *metadata = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_refused(read_text(&metadata, bad[i].text), ERR_REMOTE, &err, bad[i].words);
		assert_null(metadata);
	}
	assert_refused(oauth_metadata_read(&metadata, "https://a.example/",
					   "{\"issuer\":\"https://a.example\"}", 30, &err),
		       ERR_REMOTE, &err, "give it without");
	assert_well(read_text(&metadata, "{\"issuer\":\"https://a.example\",\"a\":[\"b\",7]}"),
		    &err);
	assert_true(oauth_metadata_lists(metadata, "a", "b"));
	assert_false(oauth_metadata_lists(metadata, "a", "c"));
	assert_false(oauth_metadata_lists(metadata, "b", "b"));
	assert_false(oauth_metadata_lists(metadata, "issuer", "https://a.example"));
	json_free(metadata);
}

static void apply(struct oauth_provider *p, const char *text)
{
	struct json *metadata = NULL;

	assert_well(read_text(&metadata, text), &err);
	oauth_metadata_apply(p, metadata);
	json_free(metadata);
}

static void test_what_is_taken(void **state)
{
	static const char text[] =
		"{\"issuer\":\"https://a.example\",\"token_endpoint\":\"https://a.example/t\","
		"\"device_authorization_endpoint\":\"https://b.example/d\","
		"\"jwks_uri\":\"http://a.example/j\",\"userinfo_endpoint\":7,"
		"\"introspection_endpoint\":\"https://u:p@a.example/i\","
		"\"revocation_endpoint\":\"http://127.0.0.1/r\","
		"\"mtls_endpoint_aliases\":{\"token_endpoint\":\"https://mtls.a.example/t\"},"
		"\"code_challenge_methods_supported\":[\"plain\",\"S256\"]}";
	struct oauth_provider p;

	(void)state;
	oauth_provider_init(&p);
	p.endpoints[OAUTH_DEVICE] = x_strdup("https://a.example/by-hand");
	apply(&p, "{\"issuer\":\"https://a.example\",\"code_challenge_methods_supported\":[]}");
	assert_false(p.pkce);
	assert_null(p.endpoints[OAUTH_TOKEN]);
	apply(&p, text);
	assert_string_equal(p.endpoints[OAUTH_DEVICE], "https://a.example/by-hand");
	assert_string_equal(p.endpoints[OAUTH_TOKEN], "https://a.example/t");
	assert_string_equal(p.endpoints[OAUTH_REVOCATION], "http://127.0.0.1/r");
	assert_null(p.endpoints[OAUTH_JWKS]);
	assert_null(p.endpoints[OAUTH_USERINFO]);
	assert_null(p.endpoints[OAUTH_INTROSPECTION]);
	assert_true(p.pkce);
	oauth_provider_release(&p);
	/* An issuer elsewhere has no say about this machine. */
	oauth_provider_init(&p);
	free(p.issuer);
	p.issuer = x_strdup("https://a.example");
	apply(&p, text);
	assert_string_equal(p.endpoints[OAUTH_TOKEN], "https://a.example/t");
	assert_null(p.endpoints[OAUTH_REVOCATION]);
	oauth_provider_release(&p);
	/* RFC 8705 §5 */
	oauth_provider_init(&p);
	p.auth = OAUTH_AUTH_TLS;
	apply(&p, text);
	assert_string_equal(p.endpoints[OAUTH_TOKEN], "https://mtls.a.example/t");
	assert_string_equal(p.endpoints[OAUTH_DEVICE], "https://b.example/d");
	oauth_provider_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_it_stands),
		cmocka_unit_test(test_what_is_no_issuer),
		cmocka_unit_test(test_whose_it_is),
		cmocka_unit_test(test_what_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
