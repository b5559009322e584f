/* Vendors: which one an issuer is of, where its endpoints stand, what its errors mean. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/http.h"
#include "src/oauth/preset.h"

static struct err err;

static const struct oauth_preset *find(const char *name)
{
	const struct oauth_preset *p = oauth_preset_find(name);

	assert_non_null(p);
	return p;
}

static void test_every_vendor_is_there(void **state)
{
	static const char *const names[] = {
		"github",   "gitlab",	  "google",
		"entra",    "okta",	  "auth0",
		"dex",	    "keycloak",	  "authentik",
		"zitadel",  "hydra",	  "logto",
		"pingone",  "twitch",	  "wso2",
		"asgardeo", "spring",	  "oracle",
		"cognito",  "salesforce", "aws-identity-center",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		find(names[i]);
	assert_ptr_equal(oauth_preset_find(""), &oauth_preset_generic);
	assert_null(oauth_preset_find("GitHub"));
	assert_null(oauth_preset_find("nobody"));
}

/* What holds for each record. */
static void test_records_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; oauth_presets[i]; i++) {
		const struct oauth_preset *p = oauth_presets[i];

		assert_non_null(p->title);
		assert_ptr_equal(oauth_preset_find(p->name), p);
		if (p->refused) {
			assert_non_null(p->issuers);
			assert_null(p->issuer);
			continue;
		}
		assert_non_null(p->note ? p->note : p->scope);
		assert_non_null(p->issuer);
		assert_non_null(p->endpoints[OAUTH_DEVICE]);
		assert_non_null(p->endpoints[OAUTH_TOKEN]);
		for (const struct oauth_alias *a = p->aliases; a && a->error; a++)
			assert_non_null(a->meaning);
		for (const struct oauth_explanation *x = p->explanations; x && x->mark; x++)
			assert_non_null(x->text);
	}
}

static void test_which_vendor_an_issuer_is_of(void **state)
{
	static const struct {
		const char *issuer, *name;
	} cases[] = {
		{ "https://github.com/login/oauth", "github" },
		{ "https://GitHub.com", "github" },
		{ "https://github.com/login/device/code", "github" },
		{ "https://ghe.example/login/oauth", "github" },
		{ "https://gitlab.com", "gitlab" },
		{ "https://gitlab.example.org/", "gitlab" },
		{ "https://accounts.google.com", "google" },
		{ "https://login.microsoftonline.com/common/v2.0", "entra" },
		{ "https://sts.windows.net/4711/", "entra" },
		{ "https://dev-1.okta.com/oauth2/default", "okta" },
		{ "https://dev-1.okta.com", "okta" },
		{ "https://me.eu.auth0.com/", "auth0" },
		{ "https://sso.example/realms/main", "keycloak" },
		{ "http://127.0.0.1:8080/auth/realms/main", "keycloak" },
		{ "https://id.example/application/o/app/", "authentik" },
		{ "https://a.example:5556/dex", "dex" },
		{ "https://me.us1.zitadel.cloud", "zitadel" },
		{ "https://x.projects.oryapis.com", "hydra" },
		{ "https://x.logto.app/oidc", "logto" },
		{ "https://auth.pingone.com.au/4711/as", "pingone" },
		{ "https://id.twitch.tv/oauth2", "twitch" },
		{ "https://is.example:9443/oauth2/token", "wso2" },
		{ "https://api.asgardeo.io/t/org/oauth2/token", "asgardeo" },
		{ "https://idcs-1.identity.oraclecloud.com", "oracle" },
		{ "https://login.salesforce.com", "salesforce" },
		{ "https://me.my.salesforce.com/services", "salesforce" },
		{ "https://oidc.eu-west-1.amazonaws.com", "aws-identity-center" },
		{ "https://d-1.awsapps.com/start", "aws-identity-center" },
		{ "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a", "cognito" },
		{ "https://a.auth.eu-west-1.amazoncognito.com", "cognito" },
		{ "https://as.example", "" },
		{ "https://github.com.example", "" },
		{ "https://example.com/?.okta.com", "" },
		{ "https://user@x.okta.com", "" },
		{ "https://example.com/x.okta.com", "" },
		{ "https://.okta.com", "" },
		{ "https://sso.example/realms/main/more", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(oauth_preset_guess(cases[i].issuer)->name, cases[i].name);
}

static void assert_endpoint(const char *preset, const char *issuer, enum oauth_endpoint n,
			    const char *url)
{
	struct oauth_provider p;

	oauth_provider_init(&p);
	p.preset = find(preset);
	free(p.issuer);
	p.issuer = x_strdup(issuer);
	oauth_preset_apply(&p);
	if (url)
		assert_string_equal(p.endpoints[n], url);
	else
		assert_null(p.endpoints[n]);
	for (unsigned i = 0; i < OAUTH_ENDPOINTS; i++)
		if (p.endpoints[i])
			assert_well(http_url_check(p.endpoints[i], &err), &err);
	oauth_provider_release(&p);
}

static void test_where_endpoints_stand(void **state)
{
	(void)state;
	assert_endpoint("github", "", OAUTH_DEVICE, "https://github.com/login/device/code");
	assert_endpoint("github", "https://ghe.example/login/oauth", OAUTH_TOKEN,
			"https://ghe.example/login/oauth/access_token");
	assert_endpoint("google", "", OAUTH_TOKEN, "https://oauth2.googleapis.com/token");
	assert_endpoint("entra", "https://login.microsoftonline.com/t/v2.0", OAUTH_DEVICE,
			"https://login.microsoftonline.com/t/oauth2/v2.0/devicecode");
	assert_endpoint("entra", "", OAUTH_DEVICE, NULL);
	assert_endpoint("keycloak", "https://a.example/realms/b", OAUTH_DEVICE,
			"https://a.example/realms/b/protocol/openid-connect/auth/device");
	assert_endpoint("auth0", "https://a.example/", OAUTH_DEVICE,
			"https://a.example/oauth/device/code");
	assert_endpoint("authentik", "https://a.example/application/o/b/", OAUTH_DEVICE,
			"https://a.example/application/o/device/");
	assert_endpoint("authentik", "https://a.example/application/o/b/", OAUTH_JWKS,
			"https://a.example/application/o/b/jwks/");
	assert_endpoint("wso2", "https://a.example:9443/oauth2/token", OAUTH_DEVICE,
			"https://a.example:9443/oauth2/device_authorize");
	assert_endpoint("asgardeo", "https://api.asgardeo.io/t/o/oauth2/token", OAUTH_DEVICE,
			"https://api.asgardeo.io/t/o/oauth2/device_authorize");
	assert_endpoint("oracle", "https://a.identity.oraclecloud.com/", OAUTH_DEVICE,
			"https://a.identity.oraclecloud.com/oauth2/v1/device");
	assert_endpoint("cognito", "https://a.example", OAUTH_DEVICE, NULL);
	assert_endpoint("dex", "nonsense", OAUTH_DEVICE, NULL);
	/* Without a path there is no parent but the origin. */
	assert_endpoint("wso2", "https://a.example", OAUTH_TOKEN, "https://a.example/token");
}

static void test_known_endpoints_stay(void **state)
{
	struct oauth_provider p;

	(void)state;
	oauth_provider_init(&p);
	p.preset = find("twitch");
	p.endpoints[OAUTH_TOKEN] = x_strdup("https://a.example/t");
	oauth_preset_apply(&p);
	assert_string_equal(p.endpoints[OAUTH_TOKEN], "https://a.example/t");
	assert_string_equal(p.endpoints[OAUTH_DEVICE], "https://id.twitch.tv/oauth2/device");
	oauth_provider_release(&p);
}

static void test_errors_of_their_own(void **state)
{
	static const struct {
		const char *preset, *error, *meaning;
	} cases[] = {
		{ "github", "device_flow_disabled", "unauthorized_client" },
		{ "github", "incorrect_device_code", "invalid_grant" },
		{ "github", "token_expired", "expired_token" },
		{ "entra", "authorization_declined", "access_denied" },
		{ "entra", "code_expired", "expired_token" },
		{ "twitch", "Invalid device code", "authorization_pending" },
		{ "entra", "authorization_pending", "authorization_pending" },
		{ "google", "authorization_declined", "authorization_declined" },
		{ "", "anything", "anything" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(oauth_preset_error(find(cases[i].preset), cases[i].error),
				    cases[i].meaning);
}

static void assert_explained(const char *preset, const char *error, const char *description,
			     const char *words)
{
	const char *text = oauth_preset_explain(find(preset), error, description);

	if (!words) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	if (!strstr(text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, text);
}

static void test_explanations(void **state)
{
	(void)state;
	assert_explained("entra", "invalid_client", "AADSTS7000218: The request body must contain",
			 "Allow public client flows");
	assert_explained("entra", "invalid_client", "AADSTS700025: Client is public",
			 "authentication method to none");
	assert_explained("entra", "invalid_grant", "x AADSTS53003: Access has been blocked",
			 "Conditional Access");
	assert_explained("entra", "invalid_request", "AADSTS90023: no such row",
			 "parameter is missing");
	assert_explained("entra", "x", "AADSTS700160 is another", NULL);
	assert_explained("entra", "authorization_declined", NULL, "said no");
	assert_explained("github", "device_flow_disabled", NULL, "Enable Device Flow");
	assert_explained("google", "invalid_scope", NULL, "drive.file");
	assert_explained("", "invalid_request", "Missing parameter: code_challenge_method", "PKCE");
	assert_explained("", "invalid_request", "code challenge required", "parameter is missing");
	assert_explained("", "invalid_client", NULL, "client id");
	assert_explained("", "invalid_client_id", NULL, NULL);
	assert_explained("", NULL, NULL, NULL);
	assert_explained("", "", "", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_vendor_is_there),
		cmocka_unit_test(test_records_are_whole),
		cmocka_unit_test(test_which_vendor_an_issuer_is_of),
		cmocka_unit_test(test_where_endpoints_stand),
		cmocka_unit_test(test_known_endpoints_stay),
		cmocka_unit_test(test_errors_of_their_own),
		cmocka_unit_test(test_explanations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
