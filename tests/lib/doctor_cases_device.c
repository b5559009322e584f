/* Cases of the rules about the device endpoint. */
#include "tests/lib/doctor_facts.h"

#include <string.h>

#include "tests/lib/support.h"

/* The device answer with these members. */
#define GIVEN(members) .changes = { { AS_BEFORE, PROBE_DEVICE, "+{" members "}" } }
#define ERROR(name) "{'error':'" name "'}"

static void limited(struct doctor_facts *f)
{
	f->rate_limited = true;
}

static void pkce_untold(struct doctor_facts *f)
{
	f->pkce_wanted = true;
}

static void same_code(struct doctor_facts *f)
{
	secret_copy(&f->again.device_code, &f->codes.device_code);
}

static void on_this_machine(struct doctor_world *w)
{
	w->answers[PROBE_DEVICE].body = "+{'verification_uri':'http://localhost:8080/device',"
					"'verification_uri_complete':null}";
}

const struct doctor_case doctor_cases_device[] = {
	FAILS("dev-response", GIVEN("'user_code':null"), .seen = "user_code"),
	FAILS("dev-response", GIVEN("'device_code':17"), .seen = "device_code"),
	FAILS("dev-response", GIVEN("'verification_uri':''"), .seen = "verification_uri"),
	FAILS("dev-response", GIVEN("'expires_in':null"), .seen = "expires_in"),
	FAILS("dev-response", GIVEN("'expires_in':true"), .seen = "expires_in"),
	FAILS("dev-response", GIVEN("'expires_in':0"), .seen = "of no use: `expires_in`"),
	FAILS("dev-response",
	      .changes = { { AS_BEFORE, PROBE_DEVICE, NULL, "Content-Type: text/plain" } }),
	FAILS("dev-response", .changes = { { 200, PROBE_DEVICE, "<h1>Hello</h1>" } }),
	FAILS("dev-response", .changes = { { 404, PROBE_DEVICE, "no" } }, .seen = "404"),
	FAILS("dev-response", .changes = { { 503, PROBE_DEVICE, "no" } }, .seen = "503"),
	FAILS("dev-response", .changes = { { NO_ANSWER, PROBE_DEVICE } }, .seen = "no answer"),
	PASSES("dev-response",
	       GIVEN("'verification_uri':null,'verification_url':'https://sso.example.com/d'")),
	SKIPS("dev-response", .changes = { { 401, PROBE_DEVICE, ERROR("invalid_client") } }),
	SKIPS("dev-response", .changes = { { 429, PROBE_DEVICE, ERROR("slow_down") } }),

	WARNS("dev-cache", .changes = { { AS_BEFORE, PROBE_DEVICE, NULL, "Cache-Control:" } }),
	WARNS("dev-cache",
	      .changes = { { AS_BEFORE, PROBE_DEVICE, NULL, "Cache-Control: max-age=0" } }),
	PASSES("dev-cache", .changes = { { AS_BEFORE, PROBE_DEVICE, NULL,
					   "Cache-Control: no-cache, no-store" } }),
	SKIPS("dev-cache", .changes = { { 400, PROBE_DEVICE, ERROR("invalid_client") } }),

	WARNS("dev-entropy", GIVEN("'device_code':'0123456789abcdef'"), .seen = "64 bits"),
	WARNS("dev-entropy", GIVEN("'device_code':'12345678901234567890123456789012345678'"),
	      .seen = "126 bits"),
	WARNS("dev-entropy", GIVEN("'device_code':'abcdefghijklmnopqrstuvwxyz'"), .seen = "122"),
	FAILS("dev-entropy", .adjust = same_code, .seen = "the same"),
	TELLS("dev-entropy", GIVEN("'device_code':'1b4e28ba-2fa1-11d2-883f-0016d3cca427'")),
	PASSES("dev-entropy", GIVEN("'device_code':'0123456789abcdef0123456789abcdef'")),
	PASSES("dev-entropy", GIVEN("'device_code':'1b4e28ba-2fa1-11d2-883f-0016d3cca427a'")),

	FAILS("dev-own", .changes = { { 401, PROBE_DEVICE, ERROR("invalid_client") } }),
	FAILS("dev-own", .changes = { { 400, PROBE_DEVICE, ERROR("unauthorized_client") } }),
	FAILS("dev-own",
	      .changes = { { 400, PROBE_DEVICE,
			     "{'error':'invalid_client',"
			     "'error_description':'AADSTS7000218'}" } },
	      .preset = "entra", .seen = "AADSTS7000218"),
	PASSES("dev-own", .changes = { { 400, PROBE_DEVICE, ERROR("invalid_scope") } }),
	SKIPS("dev-own", .changes = { { 503, PROBE_DEVICE, "no" } }),
	SKIPS("dev-own", .changes = { { 429, PROBE_DEVICE, ERROR("slow_down") } }),
	SKIPS("dev-own", .changes = { { 400, PROBE_DEVICE, "{'message':'no'}" } }),

	FAILS("dev-pkce", .changes = { { 400, PROBE_DEVICE,
					 "{'error':'invalid_request','error_"
					 "description':'code_challenge is "
					 "missing'}" } }),
	TELLS("dev-pkce", .adjust = pkce_untold),
	PASSES("dev-pkce", .changes = { { 400, PROBE_DEVICE, ERROR("invalid_scope") } }),
	SKIPS("dev-pkce", .changes = { { 400, PROBE_DEVICE, ERROR("invalid_request") } }),

	FAILS("dev-scope", .changes = { { 400, PROBE_DEVICE, ERROR("invalid_scope") },
					{ 200, PROBE_DEVICE_PLAIN, "{}" } }),
	PASSES("dev-scope", .scope = ""),
	SKIPS("dev-scope", .changes = { { 400, PROBE_DEVICE, ERROR("invalid_client") } }),

	FAILS("dev-units", GIVEN("'interval':5000")),
	FAILS("dev-units", GIVEN("'interval':'5000'")),
	FAILS("dev-units", GIVEN("'interval':600")),
	PASSES("dev-units", GIVEN("'interval':599")),
	PASSES("dev-units", GIVEN("'interval':null")),

	WARNS("dev-types", GIVEN("'interval':'5'"), .seen = "interval"),
	WARNS("dev-types", GIVEN("'expires_in':'600'"), .seen = "expires_in"),
	PASSES("dev-types", GIVEN("'expires_in':6e2,'interval':5.0")),

	WARNS("dev-page", .changes = { { 404, PROBE_PAGE } }),
	WARNS("dev-page", .changes = { { 500, PROBE_PAGE } }),
	WARNS("dev-page", .changes = { { NO_ANSWER, PROBE_PAGE } }, .seen = "reset"),
	PASSES("dev-page", .changes = { { 302, PROBE_PAGE } }),
	PASSES("dev-page", .changes = { { 403, PROBE_PAGE } }),
	SKIPS("dev-page", .changes = { { UNSENT, PROBE_PAGE } }),

	TELLS("dev-site", GIVEN("'verification_uri':'https://login.example.com/device'")),
	PASSES("dev-site", GIVEN("'verification_uri':'https://SSO.example.com:8443/device'")),

	TELLS("dev-rate", .adjust = limited),
	PASSES("dev-rate", .changes = { { 503, PROBE_DEVICE, "no" } }),

	WARNS("dev-usercode", GIVEN("'user_code':'WdjB-MJHT'"), .seen = "small"),
	WARNS("dev-usercode", GIVEN("'user_code':'WDJB*MJHT'"), .seen = "other characters"),
	WARNS("dev-usercode", GIVEN("'user_code':'WDJBMJHTWDJBM'"), .seen = "long"),
	PASSES("dev-usercode", GIVEN("'user_code':'wdjb-mjht-wdjb'")),
	PASSES("dev-usercode", GIVEN("'user_code':'123-456-789'")),

	FAILS("dev-uri", GIVEN("'verification_uri':'http://sso.example.com/device'"),
	      .seen = "in clear"),
	FAILS("dev-uri", GIVEN("'verification_uri':'http://localhost:8080/device'"),
	      .seen = "own machine"),
	FAILS("dev-uri", GIVEN("'verification_uri':'sso.example.com/device'")),
	TELLS("dev-uri",
	      GIVEN("'verification_uri':null,'verification_url':'https://sso.example.com/d'")),
	TELLS("dev-uri",
	      GIVEN("'verification_uri':'https://sso.example.com/realms/a-realm-with-a-name/"
		    "protocol/openid-connect/device/page'"),
	      .seen = "long"),
	PASSES("dev-uri", .prepare = on_this_machine, .issuer = "http://localhost:8080"),

	WARNS("dev-complete",
	      GIVEN("'verification_uri_complete':'https://other.example/d?c=WDJB-MJHT'")),
	WARNS("dev-complete",
	      GIVEN("'verification_uri_complete':'https://sso.example.com:444/d?c=WDJB-MJHT'")),
	TELLS("dev-complete", GIVEN("'verification_uri_complete':null")),
	TELLS("dev-complete",
	      GIVEN("'verification_uri_complete':'https://sso.example.com/d?c=WDJBMJHT'")),
	PASSES("dev-complete",
	       GIVEN("'verification_uri_complete':'https://sso.example.com/WDJB-MJHT'")),
	SKIPS("dev-complete", GIVEN("'verification_uri':'sso.example.com/device'")),

	WARNS("dev-expiry", GIVEN("'expires_in':59")),
	WARNS("dev-expiry", GIVEN("'expires_in':3601")),
	PASSES("dev-expiry", GIVEN("'expires_in':60")),
	PASSES("dev-expiry", GIVEN("'expires_in':'3600'")),
	SKIPS("dev-expiry", GIVEN("'expires_in':null")),

	WARNS("dev-interval", GIVEN("'interval':0")),
	WARNS("dev-interval", GIVEN("'interval':-5")),
	WARNS("dev-interval", GIVEN("'interval':true"), .seen = "no number"),
	PASSES("dev-interval", GIVEN("'interval':null"), .seen = "absent"),
	PASSES("dev-interval", GIVEN("'interval':5.0")),

	FAILS("dev-client", .changes = { { 200, PROBE_DEVICE_STRANGER, "{'device_code':'x'}" } }),
	WARNS("dev-client",
	      .changes = { { 400, PROBE_DEVICE_STRANGER, ERROR("invalid_request") } }),
	TELLS("dev-client", .changes = { { 404, PROBE_DEVICE_STRANGER, ERROR("Not Found") } },
	      .preset = "github"),
	PASSES("dev-client",
	       .changes = { { 400, PROBE_DEVICE_STRANGER, ERROR("unauthorized_client") } }),
	SKIPS("dev-client", .changes = { { 502, PROBE_DEVICE_STRANGER, "no" } }),
	SKIPS("dev-client", .changes = { { UNSENT, PROBE_DEVICE_STRANGER } }),

	WARNS("dev-noclient", .changes = { { 200, PROBE_DEVICE_NOBODY, "{'device_code':'x'}" } }),
	WARNS("dev-noclient", .changes = { { 400, PROBE_DEVICE_NOBODY, ERROR("server_error") } }),
	PASSES("dev-noclient",
	       .changes = { { 401, PROBE_DEVICE_NOBODY, ERROR("invalid_client") } }),

	TELLS("dev-get", .changes = { { 200, PROBE_DEVICE_GET, "{'device_code':'x'}" } }),
	PASSES("dev-get", .changes = { { 200, PROBE_DEVICE_GET, "<h1>Device</h1>" } }),
	{ .id = NULL },
};
