/* Cases of the rules about what a person's approval or denial brings. */
#include "tests/lib/doctor_facts.h"

#include <stdio.h>

#define ERROR(name) "{'error':'" name "'}"
#define CHANGED(probe, status, body) .changes = { { status, probe, body } }
#define BROUGHT(members) .changes = { { AS_BEFORE, PROBE_SUCCESS, "+{" members "}" } }

static void make_public(struct doctor_world *w)
{
	w->provider.auth = OAUTH_AUTH_NONE;
}

static void opaque(struct doctor_facts *f)
{
	f->access_token = (struct doctor_token){ .looked = true };
}

static void access_unlike(struct doctor_facts *f)
{
	f->access_token.valid = false;
	snprintf(f->access_token.text, sizeof(f->access_token.text), "jti is missing");
}

static void id_invalid(struct doctor_facts *f)
{
	f->id_token.valid = false;
	snprintf(f->id_token.text, sizeof(f->id_token.text), "signature: it does not fit");
}

static void id_unseen(struct doctor_facts *f)
{
	f->id_token.looked = false;
}

static void nobody_denied(struct doctor_facts *f)
{
	f->denied_asked = false;
}

const struct doctor_case doctor_cases_grant[] = {
	FAILS("ok-response", BROUGHT("'token_type':null"), .seen = "token_type"),
	FAILS("ok-response", CHANGED(PROBE_SUCCESS, 400, ERROR("invalid_grant"))),
	WARNS("ok-response", .changes = { { AS_BEFORE, PROBE_SUCCESS, NULL, "Cache-Control:" } }),
	WARNS("ok-response", BROUGHT("'expires_in':null")),
	PASSES("ok-response", BROUGHT("'id_token':null,'scope':null")),
	SKIPS("ok-response", CHANGED(PROBE_SUCCESS, 400, ERROR("access_denied"))),
	SKIPS("ok-response", CHANGED(PROBE_SUCCESS, 400, ERROR("expired_token"))),
	SKIPS("ok-response", CHANGED(PROBE_SUCCESS, 400, ERROR("authorization_pending"))),

	WARNS("ok-scope", BROUGHT("'scope':null"), .seen = "without profile offline_access"),
	TELLS("ok-scope", BROUGHT("'scope':'profile offline_access'"), .seen = "without openid"),
	PASSES("ok-scope", BROUGHT("'scope':'offline_access openid email profile'")),
	PASSES("ok-scope", BROUGHT("'scope':null"), .scope = "openid"),
	SKIPS("ok-scope", CHANGED(PROBE_SUCCESS, 400, ERROR("access_denied"))),

	FAILS("ok-once", CHANGED(PROBE_ONCE, 200, "{'access_token':'x','token_type':'Bearer'}")),
	PASSES("ok-once", CHANGED(PROBE_ONCE, 400, ERROR("expired_token"))),
	SKIPS("ok-once", CHANGED(PROBE_ONCE, 503, "no")),

	FAILS("ok-denied", CHANGED(PROBE_DENIED, 400, ERROR("authorization_pending"))),
	FAILS("ok-denied", CHANGED(PROBE_DENIED, 400, ERROR("invalid_grant"))),
	TELLS("ok-denied", CHANGED(PROBE_DENIED, 400, ERROR("authorization_pending")),
	      .preset = "hydra"),
	PASSES("ok-denied", CHANGED(PROBE_DENIED, 400, ERROR("authorization_declined")),
	       .preset = "entra"),
	SKIPS("ok-denied", CHANGED(PROBE_DENIED, 200, "{'access_token':'x'}")),
	SKIPS("ok-denied", .adjust = nobody_denied),

	FAILS("ok-idmissing", BROUGHT("'id_token':null")),
	SKIPS("ok-idmissing", BROUGHT("'id_token':null"), .scope = "openids offline_access"),
	PASSES("ok-idmissing", .scope = "profile openid"),

	WARNS("ok-offline", BROUGHT("'refresh_token':null")),
	SKIPS("ok-offline", BROUGHT("'refresh_token':null"), .scope = "openid"),
	PASSES("ok-offline", .scope = "offline_access"),

	FAILS("ok-idtoken", .adjust = id_invalid, .seen = "signature"),
	PASSES("ok-idtoken", .adjust = access_unlike),
	SKIPS("ok-idtoken", .adjust = id_unseen),

	TELLS("ok-at", .adjust = access_unlike, .seen = "jti"),
	PASSES("ok-at", .adjust = id_invalid),
	SKIPS("ok-at", .adjust = opaque),

	WARNS("ok-refresh", CHANGED(PROBE_REFRESH, 400, ERROR("invalid_grant"))),
	WARNS("ok-refresh", .changes = { { AS_BEFORE, PROBE_REFRESH, "+{'refresh_token':null}" } },
	      .prepare = make_public, .seen = "not rotated"),
	WARNS("ok-refresh",
	      .changes = { { AS_BEFORE, PROBE_REFRESH, "+{'refresh_token':'rt-1'}" } },
	      .prepare = make_public, .seen = "not rotated"),
	WARNS("ok-refresh", CHANGED(PROBE_REFRESH_OLD, 200, "{'access_token':'x'}"),
	      .prepare = make_public, .seen = "old one still works"),
	TELLS("ok-refresh", CHANGED(PROBE_REFRESH_OLD, 200, "{'access_token':'x'}")),
	PASSES("ok-refresh",
	       .changes = { { AS_BEFORE, PROBE_REFRESH, "+{'refresh_token':null}" } }),
	PASSES("ok-refresh", .prepare = make_public, .seen = "the old one is refused"),
	SKIPS("ok-refresh", BROUGHT("'refresh_token':null")),
	SKIPS("ok-refresh", CHANGED(PROBE_REFRESH, 502, "no")),

	FAILS("ok-userinfo", CHANGED(PROBE_USERINFO, 200, "{'sub':'mallory'}"), .seen = "mallory"),
	FAILS("ok-userinfo", CHANGED(PROBE_USERINFO, 200, "{'name':'alice'}")),
	FAILS("ok-userinfo", CHANGED(PROBE_USERINFO, 401, "{}")),
	FAILS("ok-userinfo", CHANGED(PROBE_USERINFO, NO_ANSWER, NULL), .seen = "no answer"),
	TELLS("ok-userinfo", CHANGED(PROBE_USERINFO, 200, "a.signed.answer")),
	SKIPS("ok-userinfo", CHANGED(PROBE_USERINFO, 403, "{}"), .scope = "profile"),
	PASSES("ok-userinfo", CHANGED(PROBE_USERINFO, 200, "{'sub':'alice'}"), .scope = "openid"),

	WARNS("ok-introspect", CHANGED(PROBE_INTROSPECT, 200, "{'active':false}"),
	      .adjust = opaque),
	WARNS("ok-introspect", CHANGED(PROBE_INTROSPECT, 404, "no"), .adjust = opaque),
	WARNS("ok-introspect", CHANGED(PROBE_INTROSPECT, NO_ANSWER, NULL)),
	WARNS("ok-introspect", CHANGED(PROBE_INTROSPECT_NOBODY, 200, "{'active':true}")),
	TELLS("ok-introspect", CHANGED(PROBE_INTROSPECT, 200, "{'active':false}")),
	TELLS("ok-introspect", CHANGED(PROBE_INTROSPECT, 403, "{}"), .adjust = opaque),
	PASSES("ok-introspect", CHANGED(PROBE_INTROSPECT_NOBODY, 404, "no")),
	PASSES("ok-introspect", CHANGED(PROBE_INTROSPECT_NOBODY, NO_ANSWER, NULL)),
	SKIPS("ok-introspect", CHANGED(PROBE_INTROSPECT, UNSENT, NULL)),

	WARNS("ok-revoke", CHANGED(PROBE_REVOKE, 404, "no")),
	WARNS("ok-revoke", CHANGED(PROBE_INTROSPECT_AFTER, 200, "{'active':true}"),
	      .adjust = opaque, .seen = "still active"),
	WARNS("ok-revoke", CHANGED(PROBE_REVOKE_UNKNOWN, 400, ERROR("invalid_request"))),
	TELLS("ok-revoke", CHANGED(PROBE_INTROSPECT_AFTER, 200, "{'active':true}")),
	TELLS("ok-revoke", CHANGED(PROBE_REVOKE, 400, ERROR("unsupported_token_type"))),
	PASSES("ok-revoke", CHANGED(PROBE_INTROSPECT_AFTER, UNSENT, NULL)),
	SKIPS("ok-revoke", CHANGED(PROBE_REVOKE, UNSENT, NULL)),
	{ .id = NULL },
};
