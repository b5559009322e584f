/* Requests to a provider: the form, each way to authenticate, what is secret of it, PKCE. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/buf.h"
#include "src/base/crypto.h"
#include "src/base/http.h"
#include "src/base/json.h"
#include "src/oauth/request.h"

static struct oauth_provider provider;
static struct oauth_request request;
static const struct http_request *done;
static struct err err;

static void text_set(char **to, const char *text)
{
	free(*to);
	*to = x_strdup(text);
}

static int open_world(void **state)
{
	(void)state;
	oauth_provider_init(&provider);
	text_set(&provider.name, "test");
	text_set(&provider.issuer, "https://as.example");
	text_set(&provider.client_id, "me");
	provider.endpoints[OAUTH_DEVICE] = x_strdup("https://as.example/device");
	provider.endpoints[OAUTH_TOKEN] = x_strdup("https://as.example/token");
	provider.endpoints[OAUTH_REVOCATION] = x_strdup("https://as.example/revoke");
	request = (struct oauth_request){ .url = NULL };
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	oauth_request_release(&request);
	oauth_provider_release(&provider);
	return 0;
}

static void secret_text(struct secret *s, const char *text)
{
	secret_set(s, text, strlen(text));
}

static const char *body(void)
{
	done = oauth_request_done(&request);
	return secret_reveal(done->body);
}

/* The value of a header that is sent; NULL. */
static const char *header(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; done->headers[i]; i++)
		if (strncmp(done->headers[i], name, len) == 0)
			return done->headers[i] + len + 2;
	return NULL;
}

static bool is_secret(const char *text)
{
	for (size_t i = 0; i < request.secrets.count; i++)
		if (strcmp(secret_reveal(&request.secrets.values[i]), text) == 0)
			return true;
	return false;
}

static void init(enum oauth_endpoint endpoint)
{
	oauth_request_release(&request);
	assert_well(oauth_request_init(&request, &provider, endpoint, &err), &err);
}

static enum errc authenticate(const struct oauth_signer *signer)
{
	return oauth_request_authenticate(&request, &provider, signer, TEST_NOW, &err);
}

/* --- the form ------------------------------------------------------------------------------------- */

static void test_a_form(void **state)
{
	struct secret code = SECRET_INIT;

	(void)state;
	text_set(&provider.ca_file, "/ca.pem");
	init(OAUTH_TOKEN);
	oauth_request_add(&request, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
	secret_text(&code, "a b&c=d%e+f~g/\xc3\xa9-._*");
	oauth_request_add_secret(&request, "device_code", &code);
	oauth_request_add(&request, "empty", "");
	assert_string_equal(body(),
			    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
			    "&device_code=a+b%26c%3Dd%25e%2Bf%7Eg%2F%C3%A9-._*&empty=");
	assert_string_equal(done->method, "POST");
	assert_string_equal(done->url, "https://as.example/token");
	assert_string_equal(done->content_type, "application/x-www-form-urlencoded");
	assert_string_equal(done->ca_file, "/ca.pem");
	assert_string_equal(header("Accept"), "application/json");
	assert_null(header("Authorization"));
	assert_true(is_secret(secret_reveal(&code)));
	secret_release(&code);
}

static void test_a_form_as_long_as_it_has_to_be(void **state)
{
	struct secret token;

	(void)state;
	secret_init(&token, 100000);
	for (size_t i = 0; i < 100000; i++)
		secret_add(&token, "/", 1);
	init(OAUTH_TOKEN);
	oauth_request_add_secret(&request, "refresh_token", &token);
	assert_int_equal(strlen(body()), strlen("refresh_token=") + 300000);
	secret_release(&token);
}

static void test_an_endpoint_that_is_not_known(void **state)
{
	(void)state;
	assert_refused(oauth_request_init(&request, &provider, OAUTH_INTROSPECTION, &err),
		       ERR_USAGE, &err, "the introspection_endpoint of test is not known");
}

/* --- authentication ------------------------------------------------------------------------------- */

static void test_a_public_client(void **state)
{
	(void)state;
	init(OAUTH_TOKEN);
	assert_well(authenticate(NULL), &err);
	assert_string_equal(body(), "client_id=me");
	assert_null(header("Authorization"));
	assert_int_equal(request.secrets.count, 0);
}

/* RFC 6749 §2.3.1: both are encoded before they are joined. */
static void test_basic(void **state)
{
	static const char plain[] = "me%3Ayou:p%C3%A4ss+%25%3A";
	char expected[128] = "Basic ";

	(void)state;
	provider.auth = OAUTH_AUTH_BASIC;
	text_set(&provider.client_id, "me:you");
	secret_text(&provider.client_secret, "p\xc3\xa4ss %:");
	base64_encode(expected + 6, plain, strlen(plain));
	init(OAUTH_TOKEN);
	assert_well(authenticate(NULL), &err);
	assert_string_equal(body(), "client_id=me%3Ayou");
	assert_string_equal(header("Authorization"), expected);
	assert_true(is_secret("p\xc3\xa4ss %:"));
	assert_true(is_secret(expected + 6));
	assert_true(is_secret(plain));
	init(OAUTH_DEVICE);
	assert_well(authenticate(NULL), &err);
	assert_string_equal(body(), "client_id=me%3Ayou");
	init(OAUTH_REVOCATION);
	assert_well(authenticate(NULL), &err);
	assert_string_equal(body(), "");
	assert_string_equal(header("Authorization"), expected);
}

static void test_post(void **state)
{
	(void)state;
	provider.auth = OAUTH_AUTH_POST;
	secret_text(&provider.client_secret, "a&b");
	init(OAUTH_REVOCATION);
	assert_well(authenticate(NULL), &err);
	assert_string_equal(body(), "client_id=me&client_secret=a%26b");
	assert_null(header("Authorization"));
	assert_true(is_secret("a&b"));
}

static char *signed_claims;

static enum errc sign(void *arg, const struct oauth_provider *p, const char *claims,
		      struct secret *out, struct err *e)
{
	if (arg)
		return err_set(e, ERR_USAGE, "the key can't sign");
	assert_ptr_equal(p, &provider);
	text_set(&signed_claims, claims);
	secret_text(out, "header.claims.signature");
	return ERR_OK;
}

/* The claims that are signed now; jti goes to `jti`. */
static void assert_claims(const char *audience, char jti[64])
{
	struct json *claims = NULL;

	assert_well(json_parse(&claims, signed_claims, strlen(signed_claims), &err), &err);
	assert_int_equal(json_count(claims), 6);
	assert_string_equal(json_get_text(claims, "iss"), "me\"");
	assert_string_equal(json_get_text(claims, "sub"), "me\"");
	assert_string_equal(json_get_text(claims, "aud"), audience);
	assert_int_equal(json_get_int(claims, "iat", 0), TEST_NOW / 1000);
	assert_int_equal(json_get_int(claims, "exp", 0), TEST_NOW / 1000 + 120);
	snprintf(jti, 64, "%s", json_get_text(claims, "jti"));
	assert_int_equal(strlen(jti), 22);
	json_free(claims);
}

static void assertion_test(enum oauth_auth auth)
{
	const struct oauth_signer signer = { .sign = sign };
	const struct oauth_signer broken = { .sign = sign, .arg = &provider };
	char first[64], second[64];

	provider.auth = auth;
	text_set(&provider.client_id, "me\"");
	init(OAUTH_DEVICE);
	assert_well(authenticate(&signer), &err);
	assert_claims("https://as.example", first);
	assert_string_equal(body(),
			    "client_id=me%22&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth"
			    "%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="
			    "header.claims.signature");
	assert_null(header("Authorization"));
	assert_true(is_secret("header.claims.signature"));
	text_set(&provider.issuer, "");
	init(OAUTH_DEVICE);
	assert_well(authenticate(&signer), &err);
	assert_claims("https://as.example/token", second);
	assert_string_not_equal(first, second);
	init(OAUTH_DEVICE);
	assert_refused(authenticate(&broken), ERR_USAGE, &err, "the key can't sign");
	text_set(&signed_claims, NULL);
}

static void test_an_assertion_by_secret(void **state)
{
	(void)state;
	secret_text(&provider.client_secret, "secret");
	assertion_test(OAUTH_AUTH_SECRET_JWT);
}

static void test_an_assertion_by_key(void **state)
{
	(void)state;
	secret_text(&provider.client_key, "key");
	assertion_test(OAUTH_AUTH_KEY_JWT);
}

static void test_a_certificate(void **state)
{
	(void)state;
	provider.auth = OAUTH_AUTH_TLS;
	secret_text(&provider.client_secret, "not sent");
	secret_text(&provider.client_key, "-----BEGIN PRIVATE KEY-----");
	text_set(&provider.certificate, "-----BEGIN CERTIFICATE-----");
	init(OAUTH_TOKEN);
	assert_well(authenticate(NULL), &err);
	assert_string_equal(body(), "client_id=me");
	assert_string_equal(done->client_certificate, "-----BEGIN CERTIFICATE-----");
	assert_string_equal(secret_reveal(done->client_key), "-----BEGIN PRIVATE KEY-----");
	provider.auth = OAUTH_AUTH_NONE;
	init(OAUTH_TOKEN);
	assert_well(authenticate(NULL), &err);
	assert_null(oauth_request_done(&request)->client_key);
}

static void test_what_is_missing(void **state)
{
	static const struct {
		enum oauth_auth auth;
		const char *words;
	} cases[] = {
		{ OAUTH_AUTH_BASIC, "client_secret_basic needs a client secret, and \"test\"" },
		{ OAUTH_AUTH_POST, "client_secret_post needs a client secret" },
		{ OAUTH_AUTH_SECRET_JWT, "client_secret_jwt needs a client secret" },
		{ OAUTH_AUTH_KEY_JWT, "private_key_jwt needs a private key" },
		{ OAUTH_AUTH_TLS, "tls_client_auth needs a private key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		provider.auth = cases[i].auth;
		init(OAUTH_TOKEN);
		assert_refused(authenticate(NULL), ERR_USAGE, &err, cases[i].words);
	}
	secret_text(&provider.client_key, "k");
	assert_refused(authenticate(NULL), ERR_USAGE, &err, "needs a PEM private key");
	secret_text(&provider.client_key, "-----BEGIN PRIVATE KEY-----");
	assert_refused(authenticate(NULL), ERR_USAGE, &err, "needs a certificate");
	provider.auth = OAUTH_AUTH_NONE;
	text_set(&provider.client_id, "");
	assert_refused(authenticate(NULL), ERR_USAGE, &err, "no client id");
}

/* --- names and PKCE -------------------------------------------------------------------------------- */

static void test_names_of_methods(void **state)
{
	enum oauth_auth auth;

	(void)state;
	for (unsigned a = 0; a < OAUTH_AUTHS; a++) {
		assert_true(oauth_auth_parse(&auth, oauth_auth_name((enum oauth_auth)a)));
		assert_int_equal(auth, a);
	}
	assert_null(oauth_auth_names[OAUTH_AUTHS]);
	assert_false(oauth_auth_parse(&auth, "client_secret_Basic"));
	assert_false(oauth_auth_parse(&auth, ""));
	assert_string_equal(oauth_endpoint_member(OAUTH_REVOCATION), "revocation_endpoint");
}

static void test_pkce(void **state)
{
	struct secret one = SECRET_INIT, two = SECRET_INIT;
	char challenge[PKCE_SIZE], expected[PKCE_SIZE];
	uint8_t digest[SHA256_SIZE];

	(void)state;
	oauth_pkce_new(&one, challenge);
	assert_int_equal(one.len, 43);
	assert_int_equal(strspn(secret_reveal(&one), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
						     "qrstuvwxyz0123456789-_"),
			 43);
	sha256(digest, &(struct span){ secret_reveal(&one), 43 }, 1);
	base64url_encode(expected, digest, sizeof(digest));
	assert_string_equal(challenge, expected);
	oauth_pkce_new(&two, challenge);
	assert_false(secret_equal(&one, &two));
	secret_release(&one);
	secret_release(&two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_form),
		TEST(test_a_form_as_long_as_it_has_to_be),
		TEST(test_an_endpoint_that_is_not_known),
		TEST(test_a_public_client),
		TEST(test_basic),
		TEST(test_post),
		TEST(test_an_assertion_by_secret),
		TEST(test_an_assertion_by_key),
		TEST(test_a_certificate),
		TEST(test_what_is_missing),
		TEST(test_names_of_methods),
		TEST(test_pkce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
