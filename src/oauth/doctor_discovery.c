/* The doctor's rules about the metadata: OpenID Connect Discovery 1.0, RFC 8414. */
#include "src/oauth/doctor_rules.h"

#include <string.h>

#include "src/base/http_parts.h"
#include "src/oauth/metadata.h"

enum { STATUS_RATE = 429 };

static const char device_grant[] = "urn:ietf:params:oauth:grant-type:device_code";

/* Is there an issuer at all, whose metadata could be looked for? */
static bool has_issuer(const struct doctor_facts *f, struct doctor_result *r)
{
	if (f->provider->issuer[0])
		return true;
	doctor_say(r, DOCTOR_SKIPPED, "the provider has explicit endpoints and no issuer");
	return false;
}

static bool answered(const struct doctor_facts *f, enum doctor_probe_id id)
{
	const struct doctor_probe *p = &f->probes[id];

	return p->sent && p->response.code == ERR_OK && p->response.status == 200 && p->json;
}

/* The probe whose document counts: OIDC's where it is there. */
static enum doctor_probe_id document(const struct doctor_facts *f)
{
	return !answered(f, PROBE_OIDC) && answered(f, PROBE_OAUTH) ? PROBE_OAUTH : PROBE_OIDC;
}

/* The document as it came, even where its issuer is another; NULL: skipped. */
static const struct json *metadata_of(const struct doctor_facts *f, struct doctor_result *r)
{
	enum doctor_probe_id id = document(f);

	if (!has_issuer(f, r))
		return NULL;
	if (!answered(f, id)) {
		doctor_say(r, DOCTOR_SKIPPED, "there is no metadata to look at");
		return NULL;
	}
	r->evidence = id;
	return f->probes[id].json;
}

/* What is said of a status other than 200: metadata are no duty where the endpoints are known
 * without. */
static enum doctor_verdict absence(const struct doctor_facts *f, long status)
{
	const struct oauth_provider *p = f->provider;

	if (status == STATUS_RATE)
		return DOCTOR_SKIPPED;
	return p->endpoints[OAUTH_DEVICE] && p->endpoints[OAUTH_TOKEN] ? DOCTOR_INFO : DOCTOR_FAIL;
}

static void disc_fetch_look(const struct doctor_facts *f, struct doctor_result *r)
{
	enum doctor_probe_id id = document(f);
	const struct doctor_probe *p = &f->probes[id];

	if (!has_issuer(f, r) || (!p->sent && !doctor_probe_of(f, r, id)))
		return;
	r->evidence = id;
	if (p->response.code)
		doctor_say(r, DOCTOR_FAIL, "%s", p->response.err.message);
	else if (p->response.status != 200)
		doctor_say(r, absence(f, p->response.status), "status %ld at %s",
			   p->response.status, p->response.url);
	else if (!p->json)
		doctor_say(r, DOCTOR_FAIL, "no JSON object: %s", p->json_fault);
	else if (!doctor_is_json(&p->response))
		doctor_say(r, DOCTOR_FAIL, "Content-Type is \"%s\"",
			   doctor_content_type(&p->response));
	else
		doctor_say(r, DOCTOR_PASS, "200 application/json, %zu bytes, %s",
			   p->response.body.len, p->response.url);
}

const struct doctor_rule doctor_disc_fetch = {
	.id = "disc-fetch",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "the metadata is where it belongs",
	.expected = "200 and a JSON object as application/json at the issuer's well-known address",
	.source = "OIDC Discovery 4, RFC 8414 3",
	.remedy = "look at the issuer's address first; else publish the metadata, or give the "
		  "endpoints by hand",
	.look = disc_fetch_look,
};

static bool slash_only(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	return (n == m + 1 && a[m] == '/' && strncmp(a, b, m) == 0) ||
	       (m == n + 1 && b[n] == '/' && strncmp(a, b, n) == 0);
}

static void disc_issuer_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);
	const char *issuer = json_get_text(metadata, "issuer");

	if (!metadata)
		return;
	doctor_expect(r, "%s", f->provider->issuer);
	if (!issuer)
		doctor_say(r, DOCTOR_SKIPPED, "there is none, of which disc-required tells");
	else if (strcmp(issuer, f->provider->issuer) != 0)
		doctor_say(r, DOCTOR_FAIL, "%s", issuer);
	else
		doctor_say(r, DOCTOR_PASS, "%s", issuer);
}

const struct doctor_rule doctor_disc_issuer = {
	.id = "disc-issuer",
	.severity = DOCTOR_SEVERITY_CRITICAL,
	.summary = "the issuer calls itself as it was asked for, to the character",
	.expected = "the issuer that was asked for",
	.source = "RFC 8414 3.3",
	.remedy = "clients must refuse such metadata, a token's iss will never match: mend the "
		  "public address in the provider's settings (behind a TLS proxy: tell it of the "
		  "proxy)",
	.silenced = "disc-slash disc-template",
	.look = disc_issuer_look,
};

static void disc_slash_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);
	const char *issuer = json_get_text(metadata, "issuer");

	if (!metadata)
		return;
	if (!issuer || !slash_only(issuer, f->provider->issuer)) {
		doctor_say(r, DOCTOR_PASS, "it does not");
		return;
	}
	doctor_say(r, DOCTOR_WARN, "%s, asked for as %s", issuer, f->provider->issuer);
	doctor_advise(r, "use \"%s\" as issuer here and wherever iss is compared", issuer);
}

const struct doctor_rule doctor_disc_slash = {
	.id = "disc-slash",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "the issuer does not differ by the slash at its end only",
	.expected = "the issuer with the same end",
	.source = "RFC 8414 3.3",
	.look = disc_slash_look,
};

static void disc_template_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);
	const char *issuer = json_get_text(metadata, "issuer");

	if (metadata)
		doctor_say(r, issuer && strchr(issuer, '{') ? DOCTOR_FAIL : DOCTOR_PASS, "%s",
			   issuer ? issuer : "there is none");
}

const struct doctor_rule doctor_disc_template = {
	.id = "disc-template",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "the issuer is no template",
	.expected = "an issuer without {…}",
	.source = "RFC 8414 3.3",
	.remedy = "use the issuer of your own tenant, not that for all (common, organizations)",
	.look = disc_template_look,
};

/* Members that have to be the same in both documents. */
static const char *const shared[] = {
	"issuer",
	"authorization_endpoint",
	"token_endpoint",
	"jwks_uri",
	"device_authorization_endpoint",
	"userinfo_endpoint",
	"revocation_endpoint",
	"introspection_endpoint",
	NULL,
};

static void disc_both_look(const struct doctor_facts *f, struct doctor_result *r)
{
	if (!has_issuer(f, r))
		return;
	if (!answered(f, PROBE_OIDC) || !answered(f, PROBE_OAUTH)) {
		doctor_say(r, DOCTOR_SKIPPED, "only one of both documents is there");
		return;
	}
	r->evidence = PROBE_OAUTH;
	if (!json_get(f->probes[PROBE_OAUTH].json, "issuer")) {
		doctor_say(r, DOCTOR_SKIPPED, "RFC 8414's is no metadata");
		return;
	}
	for (size_t i = 0; shared[i]; i++) {
		const char *one = json_get_text(f->probes[PROBE_OIDC].json, shared[i]);
		const char *other = json_get_text(f->probes[PROBE_OAUTH].json, shared[i]);

		if (!one || !other || strcmp(one, other) == 0)
			continue;
		doctor_say(r, DOCTOR_WARN, "%s is %s in the one and %s in the other", shared[i],
			   one, other);
		return;
	}
	doctor_say(r, DOCTOR_PASS, "both say the same");
}

const struct doctor_rule doctor_disc_both = {
	.id = "disc-both",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "OpenID Connect's and RFC 8414's documents agree",
	.expected = "the same endpoints in both documents",
	.source = "RFC 8414 5",
	.remedy = "let both documents be made from the same settings",
	.look = disc_both_look,
};

/* RFC 8414 §2; the authorization endpoint may be missing where no grant uses it. */
static const struct {
	const char *name;
	enum json_type type;
	bool oidc_only;
} required[] = {
	{ "issuer", JSON_TEXT_TYPE, false },
	{ "token_endpoint", JSON_TEXT_TYPE, false },
	{ "response_types_supported", JSON_ARRAY_TYPE, false },
	{ "jwks_uri", JSON_TEXT_TYPE, true },
	{ "subject_types_supported", JSON_ARRAY_TYPE, true },
	{ "id_token_signing_alg_values_supported", JSON_ARRAY_TYPE, true },
};

static void disc_required_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);
	bool oidc = r->evidence == PROBE_OIDC;
	size_t count = 0;

	for (size_t i = 0; metadata && i < sizeof(required) / sizeof(required[0]); i++) {
		const struct json *v = json_get(metadata, required[i].name);

		if (required[i].oidc_only && !oidc)
			continue;
		if (!v || json_type_of(v) != required[i].type) {
			doctor_say(r, DOCTOR_FAIL, v ? "%s is of the wrong type" : "%s is missing",
				   required[i].name);
			return;
		}
		count++;
	}
	if (metadata)
		doctor_say(r, DOCTOR_PASS, "all %zu present", count);
}

const struct doctor_rule doctor_disc_required = {
	.id = "disc-required",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "what the metadata has to tell is there, and of the right type",
	.expected = "issuer, token_endpoint, response_types_supported; of OpenID providers also "
		    "jwks_uri, subject_types_supported, id_token_signing_alg_values_supported",
	.source = "RFC 8414 2",
	.remedy = "add the member to the metadata",
	.look = disc_required_look,
};

static void disc_device_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);
	const char *url = json_get_text(metadata, "device_authorization_endpoint");

	if (!metadata)
		return;
	if (url)
		doctor_say(r, DOCTOR_PASS, "%s", url);
	else if (f->provider->endpoints[OAUTH_DEVICE])
		doctor_say(r, DOCTOR_INFO, "it does not; known without: %s",
			   f->provider->endpoints[OAUTH_DEVICE]);
	else
		doctor_say(r, DOCTOR_FAIL, "there is no device_authorization_endpoint");
}

const struct doctor_rule doctor_disc_device = {
	.id = "disc-device",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "the metadata names the device endpoint",
	.expected = "device_authorization_endpoint, an https URL",
	.source = "RFC 8628 4",
	.remedy = "switch the device flow on for the realm or tenant; or give the endpoint by hand "
		  "(--device-authorization-endpoint)",
	.look = disc_device_look,
};

static void disc_grant_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);

	if (!metadata)
		return;
	if (!json_get(metadata, "grant_types_supported"))
		doctor_say(r, DOCTOR_INFO, "there is no grant_types_supported");
	else if (oauth_metadata_lists(metadata, "grant_types_supported", device_grant))
		doctor_say(r, DOCTOR_PASS, "listed");
	else
		doctor_say(r, DOCTOR_WARN, "grant_types_supported does not have it");
}

const struct doctor_rule doctor_disc_grant = {
	.id = "disc-grant",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "the metadata lists the device grant",
	.expected = "urn:ietf:params:oauth:grant-type:device_code in grant_types_supported",
	.source = "RFC 8628 4",
	.remedy = "switch the device grant on, or list it: clients that look there won't try it",
	.look = disc_grant_look,
};

static void disc_auth_look(const struct doctor_facts *f, struct doctor_result *r)
{
	static const char member[] = "token_endpoint_auth_methods_supported";
	const struct json *metadata = metadata_of(f, r);
	const char *name = oauth_auth_name(f->provider->auth);

	if (!metadata)
		return;
	if (!json_get(metadata, member))
		/* RFC 8414 §2: left out, client_secret_basic is meant. */
		doctor_say(r, f->provider->auth == OAUTH_AUTH_BASIC ? DOCTOR_PASS : DOCTOR_INFO,
			   "%s is left out: client_secret_basic is meant", member);
	else if (oauth_metadata_lists(metadata, member, name))
		doctor_say(r, DOCTOR_PASS, "%s is listed", name);
	else
		doctor_say(r, f->provider->auth == OAUTH_AUTH_NONE ? DOCTOR_INFO : DOCTOR_FAIL,
			   "%s is not listed", name);
}

const struct doctor_rule doctor_disc_auth = {
	.id = "disc-auth",
	.severity = DOCTOR_SEVERITY_ERROR,
	.summary = "the client's authentication is among those supported",
	.expected = "the configured method in token_endpoint_auth_methods_supported",
	.source = "RFC 8414 2",
	.remedy = "take a method that is listed (authrack provider edit --auth-method), or switch "
		  "this one on",
	.look = disc_auth_look,
};

/* What is wrong with the form of an endpoint's address; NULL: nothing. */
static const char *url_fault(const char *url)
{
	struct http_url parts;
	const char *path = strstr(url, "://"), *twice;

	if (http_url_read(&parts, url, NULL) != ERR_OK)
		return "is no absolute http(s) URL";
	if (strchr(url, '#'))
		return "has a fragment";
	path = path ? strchr(path + 3, '/') : NULL;
	if (path && (twice = strstr(path, "//")) && twice < path + strcspn(path, "?"))
		return "has // in its path";
	return NULL;
}

static void disc_url_look(const struct doctor_facts *f, struct doctor_result *r)
{
	const struct json *metadata = metadata_of(f, r);
	struct http_url issuer, endpoint;
	const char *elsewhere = NULL;

	if (!metadata)
		return;
	for (unsigned n = 0; n < OAUTH_ENDPOINTS; n++) {
		const char *name = oauth_endpoint_member(n), *url = json_get_text(metadata, name);
		const char *fault = url ? url_fault(url) : NULL;

		if (fault) {
			doctor_say(r, DOCTOR_WARN, "%s %s: %s", name, fault, url);
			return;
		}
		if (url && http_url_read(&issuer, f->provider->issuer, NULL) == ERR_OK &&
		    http_url_read(&endpoint, url, NULL) == ERR_OK &&
		    strcmp(issuer.host, endpoint.host) != 0)
			elsewhere = url;
	}
	if (elsewhere)
		doctor_say(r, DOCTOR_INFO, "on another site than the issuer: %s", elsewhere);
	else
		doctor_say(r, DOCTOR_PASS, "absolute, and on the issuer's site");
}

const struct doctor_rule doctor_disc_url = {
	.id = "disc-url",
	.severity = DOCTOR_SEVERITY_WARNING,
	.summary = "the endpoints are well-formed addresses",
	.expected = "absolute URLs without a fragment and without // in the path",
	.source = "RFC 6749 3.1",
	.remedy = "mend the base address in the provider's settings",
	.look = disc_url_look,
};
