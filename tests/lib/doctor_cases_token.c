/* Cases of the rules about the token endpoint. */
#include "tests/lib/doctor_facts.h"

#include <stddef.h>

#define ERROR(name) "{'error':'" name "'}"
#define CHANGED(probe, status, body) .changes = { { status, probe, body } }
#define MADE_UP "'error_description':'what is made-up-secret?'"

static void make_public(struct doctor_world *w)
{
	w->provider.auth = OAUTH_AUTH_NONE;
}

static void make_post(struct doctor_world *w)
{
	w->provider.auth = OAUTH_AUTH_POST;
}

/* No answer is left that is an error by rights. */
static void no_errors(struct doctor_world *w)
{
	for (unsigned i = PROBE_TOKEN_UNKNOWN; i <= PROBE_EXPIRED; i++)
		w->answers[i].status = UNSENT;
}

const struct doctor_case doctor_cases_token[] = {
	FAILS("tok-pending", CHANGED(PROBE_POLL, 200, ERROR("authorization_pending"))),
	FAILS("tok-pending", CHANGED(PROBE_POLL, 400, ERROR("pending"))),
	FAILS("tok-pending", CHANGED(PROBE_POLL, 400, "{'message':'wait'}")),
	WARNS("tok-pending", CHANGED(PROBE_POLL, 403, ERROR("authorization_pending"))),
	WARNS("tok-pending", CHANGED(PROBE_POLL, 403, ERROR("authorization_pending")),
	      .preset = "keycloak"),
	TELLS("tok-pending", CHANGED(PROBE_POLL, 403, ERROR("authorization_pending")),
	      .preset = "auth0", .seen = "Auth0"),
	TELLS("tok-pending", CHANGED(PROBE_POLL, 200, ERROR("authorization_pending")),
	      .preset = "github"),
	PASSES("tok-pending", CHANGED(PROBE_POLL, 400, ERROR("authorization_pending")),
	       .preset = "google"),
	SKIPS("tok-pending", CHANGED(PROBE_POLL, 400, ERROR("slow_down")), .seen = "tok-exact"),
	SKIPS("tok-pending", CHANGED(PROBE_POLL, 400, "<h1>no</h1>"), .seen = "tok-json"),
	SKIPS("tok-pending", CHANGED(PROBE_POLL, 502, "no")),
	SKIPS("tok-pending", CHANGED(PROBE_POLL, NO_ANSWER, NULL)),

	FAILS("tok-json", CHANGED(PROBE_TOKEN_GRANT, 400, "<h1>no</h1>"), .seen = "no JSON object"),
	FAILS("tok-json", CHANGED(PROBE_TOKEN_TWICE, 500, "")),
	FAILS("tok-json", CHANGED(PROBE_TOKEN_UNKNOWN, NO_ANSWER, NULL), .seen = "no answer"),
	FAILS("tok-json",
	      .changes = { { AS_BEFORE, PROBE_POLL, NULL, "Content-Type: text/html" } }),
	FAILS("tok-json", .changes = { { AS_BEFORE, PROBE_POLL, NULL, "Content-Type:" } },
	      .seen = "without a Content-Type"),
	WARNS("tok-json", .changes = { { AS_BEFORE, PROBE_POLL, NULL, "Cache-Control:" } }),
	PASSES("tok-json", CHANGED(PROBE_TOKEN_GRANT, 429, "slowly")),
	PASSES("tok-json", CHANGED(PROBE_TOKEN_UNKNOWN, 400, "{'message':'no'}")),
	SKIPS("tok-json", .prepare = no_errors),

	TELLS("tok-slow", CHANGED(PROBE_POLL_FAST, 400, ERROR("authorization_pending"))),
	PASSES("tok-slow", CHANGED(PROBE_POLL_FAST, 429, ERROR("slow_down"))),

	WARNS("tok-exact", CHANGED(PROBE_POLL, 400, ERROR("slow_down")), .seen = "poll 1"),
	WARNS("tok-exact", CHANGED(PROBE_POLL_THIRD, 400, ERROR("slow_down")), .seen = "poll 3"),
	PASSES("tok-exact", CHANGED(PROBE_POLL_FAST, 400, ERROR("slow_down"))),
	SKIPS("tok-exact", CHANGED(PROBE_POLL_THIRD, UNSENT, NULL)),

	WARNS("tok-echo",
	      CHANGED(PROBE_TOKEN_SECRET, 401, "{'error':'invalid_client'," MADE_UP "}"),
	      .seen = "client secret"),
	WARNS("tok-echo",
	      CHANGED(PROBE_POLL, 400,
		      "{'error':'authorization_pending',"
		      "'error_description':'GmRhmhcxhwAzkoEqiMEg_"
		      "DnyEysNkuNhszIySk9eSAA waits'}"),
	      .seen = "device code"),
	WARNS("tok-echo", CHANGED(PROBE_TOKEN_UNKNOWN, 400, "made-up-code?")),
	PASSES("tok-echo", CHANGED(PROBE_TOKEN_UNKNOWN, 400,
				   "{'error':'invalid_grant',"
				   "'error_description':'made-up'}")),
	PASSES("tok-echo", CHANGED(PROBE_DEVICE_GET, 400, "made-up-code?")),
	SKIPS("tok-echo", .prepare = no_errors),

	WARNS("tok-expired", CHANGED(PROBE_EXPIRED, 400, ERROR("authorization_pending"))),
	PASSES("tok-expired", CHANGED(PROBE_EXPIRED, 400, ERROR("invalid_grant"))),
	SKIPS("tok-expired", CHANGED(PROBE_EXPIRED, UNSENT, NULL)),
	SKIPS("tok-expired", CHANGED(PROBE_EXPIRED, 503, "no")),

	FAILS("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 400, ERROR("authorization_pending"))),
	FAILS("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 400, ERROR("invalid_request"))),
	FAILS("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 200, "{'access_token':'x'}")),
	TELLS("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 400, ERROR("invalid_request")),
	      .preset = "okta"),
	FAILS("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 400, ERROR("authorization_pending")),
	      .preset = "okta"),
	PASSES("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 400, ERROR("expired_token"))),
	SKIPS("tok-unknown", CHANGED(PROBE_TOKEN_UNKNOWN, 401, ERROR("invalid_client"))),

	FAILS("tok-bound", CHANGED(PROBE_TOKEN_OTHER, 400, ERROR("authorization_pending"))),
	FAILS("tok-bound", CHANGED(PROBE_TOKEN_OTHER, 400, ERROR("slow_down"))),
	PASSES("tok-bound", CHANGED(PROBE_TOKEN_OTHER, 400, ERROR("expired_token"))),
	SKIPS("tok-bound", CHANGED(PROBE_TOKEN_OTHER, 401, ERROR("invalid_client"))),
	SKIPS("tok-bound", CHANGED(PROBE_TOKEN_OTHER, UNSENT, NULL)),

	WARNS("tok-grant", CHANGED(PROBE_TOKEN_GRANT, 400, ERROR("invalid_request"))),
	TELLS("tok-grant", CHANGED(PROBE_TOKEN_GRANT, 400, ERROR("invalid_request")),
	      .preset = "auth0"),
	PASSES("tok-grant", CHANGED(PROBE_TOKEN_GRANT, 403, ERROR("unsupported_grant_type"))),
	SKIPS("tok-grant", CHANGED(PROBE_TOKEN_GRANT, 500, "no")),

	FAILS("tok-secret", CHANGED(PROBE_TOKEN_SECRET, 400, ERROR("authorization_pending"))),
	FAILS("tok-secret", CHANGED(PROBE_TOKEN_SECRET, 400, ERROR("slow_down"))),
	WARNS("tok-secret", CHANGED(PROBE_TOKEN_SECRET, 400, ERROR("invalid_client")),
	      .seen = "401"),
	WARNS("tok-secret",
	      .changes = { { AS_BEFORE, PROBE_TOKEN_SECRET, NULL, "WWW-Authenticate:" } },
	      .seen = "without WWW-Authenticate"),
	WARNS("tok-secret", CHANGED(PROBE_TOKEN_SECRET, 400, ERROR("invalid_grant"))),
	PASSES("tok-secret", CHANGED(PROBE_TOKEN_SECRET, 400, ERROR("invalid_client")),
	       .prepare = make_post),
	SKIPS("tok-secret", .prepare = make_public),
	SKIPS("tok-secret", .changes = { { 400, PROBE_TOKEN_SECRET, ERROR("invalid_grant") },
					 { UNSENT, PROBE_DEVICE_AGAIN } }),

	WARNS("tok-query", CHANGED(PROBE_TOKEN_QUERY, 401, ERROR("invalid_client"))),
	PASSES("tok-query", CHANGED(PROBE_TOKEN_QUERY, 400, ERROR("invalid_request"))),
	SKIPS("tok-query",
	      .changes = { { 401, PROBE_TOKEN_NO_SECRET, ERROR("invalid_client") },
			   { 401, PROBE_TOKEN_QUERY, ERROR("invalid_client") } },
	      .seen = "alike"),
	SKIPS("tok-query", CHANGED(PROBE_TOKEN_QUERY, 400, ERROR("invalid_scope")),
	      .seen = "neither"),
	SKIPS("tok-query", .prepare = make_public),

	WARNS("tok-twice", CHANGED(PROBE_TOKEN_TWICE, 400, ERROR("invalid_grant"))),
	TELLS("tok-twice", CHANGED(PROBE_TOKEN_TWICE, 400, ERROR("invalid_grant")),
	      .preset = "gitlab"),
	PASSES("tok-twice", CHANGED(PROBE_TOKEN_TWICE, 401, ERROR("invalid_request"))),
	SKIPS("tok-twice", CHANGED(PROBE_TOKEN_TWICE, 500, "no")),
	{ .id = NULL },
};
