/* The vendors, one record each. */
#include "src/oauth/preset.h"

#define PATTERNS(...)             \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
#define ALIASES(...)                  \
	(const struct oauth_alias[])  \
	{                             \
		__VA_ARGS__,          \
		{                     \
			.error = NULL \
		}                     \
	}
#define EXPLANATIONS(...)                  \
	(const struct oauth_explanation[]) \
	{                                  \
		__VA_ARGS__,               \
		{                          \
			.mark = NULL       \
		}                          \
	}

/* The registered errors (RFC 6749 §5.2, RFC 8628 §3.5, RFC 7636 §4.4.1, RFC 6750 §3.1), for all of them. */
const struct oauth_preset oauth_preset_generic = {
	.name = "",
	.title = "any provider",
	.explanations = EXPLANATIONS(
		{ "code_challenge", "the provider wants PKCE (RFC 7636): begin anew, S256 is sent "
				    "with the device request then" },
		{ "code_challenge_method", "the provider wants PKCE (RFC 7636): begin anew, S256 "
					   "is sent with the device request then" },
		{ "code_verifier", "the PKCE verifier is missing or is not that of the device "
				   "request (RFC 7636)" },
		{ "invalid_client",
		  "the provider does not know the client, or the client proves who it is in "
		  "another way than it was registered with: compare client id, authentication "
		  "method and secret" },
		{ "unauthorized_client",
		  "the client may not use this grant: switch the device flow "
		  "on for it at the provider" },
		{ "unsupported_grant_type",
		  "the provider has no device flow, or the token endpoint "
		  "is not its own" },
		{ "invalid_scope", "a scope is unknown there or not granted to the client: ask for "
				   "less, or allow it at the provider" },
		{ "invalid_grant", "the code or token is no longer good: it ran out, was used or "
				   "revoked, or was given to another client" },
		{ "invalid_request", "a parameter is missing, malformed or there twice: the trace "
				     "has what was sent" },
		{ "access_denied", "the person, or a rule of the provider, said no" },
		{ "expired_token", "the code ran out before it was approved: begin anew" },
		{ "invalid_token", "the access token ran out, was revoked, or is for something "
				   "else" },
		{ "insufficient_scope", "the access token lacks a scope that this needs" },
		{ "server_error", "the provider has a fault of its own: try later" },
		{ "temporarily_unavailable", "the provider is overloaded or in maintenance: try "
					     "later" }),
};

static const struct oauth_preset github = {
	.name = "github",
	.title = "GitHub",
	.note = "switch on \"Enable Device Flow\" in the settings of the OAuth or GitHub App; no "
		"secret is needed, and there are no ID tokens",
	.issuer = "https://github.com/login/oauth",
	.endpoints = { [OAUTH_DEVICE] = "{origin}/login/device/code",
		       [OAUTH_TOKEN] = "{origin}/login/oauth/access_token" },
	.pending_status = 200,
	.issuers = PATTERNS("https://github.com", "https://github.com/*",
			    "https://{server}/login/oauth"),
	.scope = "read:user",
	.scope_separator = ',',
	.code_not_at_once = true,
	.aliases = ALIASES({ "incorrect_client_credentials", "invalid_client" },
			   { "incorrect_device_code", "invalid_grant" },
			   { "device_flow_disabled", "unauthorized_client" },
			   { "token_expired", "expired_token" },
			   { "bad_verification_code", "invalid_grant" },
			   { "bad_refresh_token", "invalid_grant" }),
	.explanations = EXPLANATIONS(
		{ "device_flow_disabled", "the device flow is off for this app: switch on \"Enable "
					  "Device Flow\" in its settings on GitHub" },
		{ "incorrect_client_credentials",
		  "GitHub does not know this client id: it is in the app's settings, 20 "
		  "characters; the app's number is something else" },
		{ "incorrect_device_code", "GitHub does not know the code: it was used, or is of "
					   "another app" },
		{ "bad_refresh_token",
		  "the refresh token was used or ran out after six months: run "
		  "the flow again" },
		{ "unverified_user_email", "the person has to confirm an e-mail address on GitHub "
					   "first" }),
};

static const struct oauth_preset gitlab = {
	.name = "gitlab",
	.title = "GitLab",
	.note = "needs GitLab 17.9 (17.2 behind a feature flag); clear \"Confidential\" in the "
		"application to go without a secret; codes live 300 s",
	.issuer = "https://gitlab.com",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/oauth/authorize_device",
		       [OAUTH_TOKEN] = "{issuer}/oauth/token",
		       [OAUTH_JWKS] = "{issuer}/oauth/discovery/keys",
		       [OAUTH_USERINFO] = "{issuer}/oauth/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/oauth/introspect",
		       [OAUTH_REVOCATION] = "{issuer}/oauth/revoke" },
	.issuers = PATTERNS("https://gitlab.com", "https://gitlab.{domain}"),
	.scope = "openid profile",
	.explanations = EXPLANATIONS(
		{ "invalid_grant", "the code ran out or was used: GitLab says expired_token once, "
				   "and this from then on" },
		{ "unsupported_grant_type", "this GitLab is older than 17.9, or the flag "
					    "oauth2_device_grant_flow is off" }),
};

static const struct oauth_preset google = {
	.name = "google",
	.title = "Google",
	.note = "make a client of type \"TVs and Limited Input devices\"; its secret is required",
	.issuer = "https://accounts.google.com",
	.endpoints = { [OAUTH_DEVICE] = "https://oauth2.googleapis.com/device/code",
		       [OAUTH_TOKEN] = "https://oauth2.googleapis.com/token",
		       [OAUTH_JWKS] = "https://www.googleapis.com/oauth2/v3/certs",
		       [OAUTH_USERINFO] = "https://openidconnect.googleapis.com/v1/userinfo",
		       [OAUTH_REVOCATION] = "https://oauth2.googleapis.com/revoke" },
	.pending_status = 428,
	.issuers = PATTERNS("https://accounts.google.com", "https://accounts.google.com/*",
			    "https://oauth2.googleapis.com/*"),
	.scope = "openid email profile",
	.auth = OAUTH_AUTH_POST,
	.secret_required = true,
	.explanations = EXPLANATIONS(
		{ "invalid_scope",
		  "the device flow of Google takes only openid, email, profile, drive.appdata, "
		  "drive.file, youtube and youtube.readonly" },
		{ "invalid_client",
		  "the client has to be of type \"TVs and Limited Input devices\", "
		  "and its secret has to come with it" },
		{ "unauthorized_client", "the client has to be of type \"TVs and Limited Input "
					 "devices\"" },
		{ "rate_limit_exceeded", "too many codes were asked for: try later" },
		{ "org_internal", "the client is for accounts of its own organisation only" },
		{ "admin_policy_enforced", "the administrator of the account's Workspace does not "
					   "allow these scopes" }),
};

static const struct oauth_preset entra = {
	.name = "entra",
	.title = "Microsoft Entra ID",
	.note = "give your tenant's issuer (\"common\" and \"organizations\" name a template); "
		"under Authentication set \"Allow public client flows\" to yes and give no secret; "
		"with personal accounts a code dies after some 300 s",
	.issuer = "https://login.microsoftonline.com/{tenant}/v2.0",
	.endpoints = { [OAUTH_DEVICE] = "{parent}/oauth2/v2.0/devicecode",
		       [OAUTH_TOKEN] = "{parent}/oauth2/v2.0/token",
		       [OAUTH_JWKS] = "{parent}/discovery/v2.0/keys",
		       [OAUTH_USERINFO] = "https://graph.microsoft.com/oidc/userinfo" },
	.issuers = PATTERNS("https://login.microsoftonline.com/*",
			    "https://login.microsoftonline.us/*",
			    "https://login.partner.microsoftonline.cn/*",
			    "https://sts.windows.net/*", "https://login.windows.net/*"),
	.scope = "openid profile offline_access",
	.aliases = ALIASES({ "authorization_declined", "access_denied" },
			   { "bad_verification_code", "invalid_grant" },
			   { "code_expired", "expired_token" }),
	.explanations = EXPLANATIONS(
		{ "AADSTS7000218",
		  "Entra takes the app for a confidential one: under Authentication set \"Allow "
		  "public client flows\" to yes, or give the secret" },
		{ "AADSTS700025",
		  "the app is a public client, and a secret came: set the authentication method to "
		  "none" },
		{ "AADSTS7000215", "the secret is wrong: it is the secret's value, not its id" },
		{ "AADSTS7000222", "the client secret has expired: make a new one" },
		{ "AADSTS700016",
		  "the tenant has no app of this client id: compare tenant and id" },
		{ "AADSTS90002", "there is no such tenant: look at the issuer" },
		{ "AADSTS50059", "the tenant can't be told: give the issuer of yours" },
		{ "AADSTS53003", "signed in, then blocked by Conditional Access: its policies may "
				 "forbid the device code flow" },
		{ "AADSTS53000", "Conditional Access wants a compliant device" },
		{ "AADSTS50105", "the person is not assigned to the app" },
		{ "AADSTS65001", "consent is missing: an administrator may have to grant it" },
		{ "AADSTS90094", "an administrator has to grant consent" },
		{ "AADSTS50076", "multi-factor authentication is wanted" },
		{ "AADSTS70011", "a scope is not valid: those of two resources can't be mixed" },
		{ "AADSTS70016", "not approved yet" },
		{ "AADSTS70018", "the code was used, or is of another app" },
		{ "AADSTS70019", "the code ran out before it was approved: begin anew" },
		{ "AADSTS70020", "the code ran out before it was approved: begin anew" },
		{ "AADSTS900144", "a parameter is missing: Entra wants a scope" },
		{ "bad_verification_code", "Entra does not know the code: it was used, or is of "
					   "another tenant or app" }),
};

static const struct oauth_preset okta = {
	.name = "okta",
	.title = "Okta",
	.note = "a native app, with the Device Authorization grant on in the app and in the rule "
		"of "
		"the authorization server's access policy",
	.issuer = "https://{domain}/oauth2/{server}",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/v1/device/authorize",
		       [OAUTH_TOKEN] = "{issuer}/v1/token",
		       [OAUTH_JWKS] = "{issuer}/v1/keys",
		       [OAUTH_USERINFO] = "{issuer}/v1/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/v1/introspect",
		       [OAUTH_REVOCATION] = "{issuer}/v1/revoke" },
	.issuers = PATTERNS(
		"https://{org}.okta.com", "https://{org}.okta.com/oauth2/{server}",
		"https://{org}.oktapreview.com", "https://{org}.oktapreview.com/oauth2/{server}",
		"https://{org}.okta-emea.com", "https://{org}.okta-emea.com/oauth2/{server}"),
	.scope = "openid profile offline_access",
	.explanations = EXPLANATIONS(
		{ "unauthorized_client",
		  "switch on the Device Authorization grant in the app; only "
		  "native apps have it" },
		{ "access_denied",
		  "no rule of the authorization server's access policy fits: it has "
		  "to allow the Device Authorization grant for this app" },
		{ "invalid_scope", "the authorization server does not have this scope; the org "
				   "server has only those of OpenID Connect" }),
};

static const struct oauth_preset auth0 = {
	.name = "auth0",
	.title = "Auth0",
	.note = "a native application with the Device Code grant on; the issuer ends in a slash; "
		"give the API's identifier as audience, else the access token is opaque",
	.issuer = "https://{domain}/",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/oauth/device/code",
		       [OAUTH_TOKEN] = "{issuer}/oauth/token",
		       [OAUTH_JWKS] = "{issuer}/.well-known/jwks.json",
		       [OAUTH_USERINFO] = "{issuer}/userinfo",
		       [OAUTH_REVOCATION] = "{issuer}/oauth/revoke" },
	.pending_status = 403,
	.issuers = PATTERNS("https://{tenant}.auth0.com"),
	.scope = "openid profile offline_access",
	.explanations = EXPLANATIONS(
		{ "unauthorized_client",
		  "switch on the Device Code grant: the application's "
		  "advanced settings, Grant Types; it has to be a native one" },
		{ "invalid_grant",
		  "the code ran out or was used: Auth0 says expired_token once, and "
		  "this from then on" },
		{ "access_denied",
		  "the person said no, or the audience is no API of this tenant" }),
};

static const struct oauth_preset keycloak = {
	.name = "keycloak",
	.title = "Keycloak",
	.note = "switch on \"OAuth 2.0 Device Authorization Grant\" in the client's capabilities; "
		"\"Client authentication\" off is a public client",
	.issuer = "https://{server}/realms/{realm}",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/protocol/openid-connect/auth/device",
		       [OAUTH_TOKEN] = "{issuer}/protocol/openid-connect/token",
		       [OAUTH_JWKS] = "{issuer}/protocol/openid-connect/certs",
		       [OAUTH_USERINFO] = "{issuer}/protocol/openid-connect/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/protocol/openid-connect/token/introspect",
		       [OAUTH_REVOCATION] = "{issuer}/protocol/openid-connect/revoke" },
	.issuers = PATTERNS("{scheme}://{server}/realms/{realm}",
			    "{scheme}://{server}/auth/realms/{realm}"),
	.scope = "openid profile",
	.explanations = EXPLANATIONS(
		{ "code_challenge_method",
		  "the client wants PKCE: begin anew, S256 is sent with the "
		  "device request then" },
		{ "unauthorized_client",
		  "the client may not use the device flow, or its secret is missing or wrong: look "
		  "at \"OAuth 2.0 Device Authorization Grant\" and \"Client authentication\" in "
		  "its "
		  "capabilities" },
		{ "invalid_grant", "the code ran out or was used, or the device flow was switched "
				   "off for the client" },
		{ "invalid_client",
		  "there is no such client in this realm, or it is switched off" },
		{ "Realm does not exist", "look at the issuer: …/realms/REALM" }),
};

static const struct oauth_preset authentik = {
	.name = "authentik",
	.title = "authentik",
	.note = "the issuer ends in a slash; set a device code flow in the brand, else its page is "
		"a "
		"404; codes live as long as access codes (a minute, unless changed); 20 device "
		"requests an hour",
	.issuer = "https://{server}/application/o/{application}/",
	.endpoints = { [OAUTH_DEVICE] = "{origin}/application/o/device/",
		       [OAUTH_TOKEN] = "{origin}/application/o/token/",
		       [OAUTH_JWKS] = "{issuer}/jwks/",
		       [OAUTH_USERINFO] = "{origin}/application/o/userinfo/",
		       [OAUTH_INTROSPECTION] = "{origin}/application/o/introspect/",
		       [OAUTH_REVOCATION] = "{origin}/application/o/revoke/" },
	.issuers = PATTERNS("{scheme}://{server}/application/o/{application}"),
	.scope = "openid profile offline_access",
	.explanations = EXPLANATIONS(
		{ "slow_down",
		  "authentik allows 20 device requests an hour: at its device endpoint "
		  "this says that they are used up" }),
};

static const struct oauth_preset dex = {
	.name = "dex",
	.title = "Dex",
	.note = "the secret goes with the device request; a denial never comes back: the flow "
		"waits "
		"until the code runs out",
	.issuer = "https://{server}/dex",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/device/code",
		       [OAUTH_TOKEN] = "{issuer}/token",
		       [OAUTH_JWKS] = "{issuer}/keys",
		       [OAUTH_USERINFO] = "{issuer}/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/token/introspect" },
	.pending_status = 401,
	.issuers = PATTERNS("{scheme}://{server}/dex"),
	.scope = "openid profile email offline_access",
	.auth = OAUTH_AUTH_POST,
	.device_secret = true,
	.denial_is_silent = true,
	.explanations = EXPLANATIONS({ "unauthorized_client",
				       "the secret is missing or wrong, or the client does not "
				       "have /device/callback among its redirect URIs" }),
};

static const struct oauth_preset zitadel = {
	.name = "zitadel",
	.title = "ZITADEL",
	.note = "a native application with the Device Code grant on",
	.issuer = "https://{server}",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/oauth/v2/device_authorization",
		       [OAUTH_TOKEN] = "{issuer}/oauth/v2/token",
		       [OAUTH_JWKS] = "{issuer}/oauth/v2/keys",
		       [OAUTH_USERINFO] = "{issuer}/oidc/v1/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/oauth/v2/introspect",
		       [OAUTH_REVOCATION] = "{issuer}/oauth/v2/revoke" },
	.issuers = PATTERNS("https://{instance}.zitadel.cloud"),
	.scope = "openid profile offline_access",
};

static const struct oauth_preset hydra = {
	.name = "hydra",
	.title = "Ory Hydra",
	.note = "a denial never comes back: the flow waits until the code runs out",
	.issuer = "https://{server}",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/oauth2/device/auth",
		       [OAUTH_TOKEN] = "{issuer}/oauth2/token",
		       [OAUTH_JWKS] = "{issuer}/.well-known/jwks.json",
		       [OAUTH_USERINFO] = "{issuer}/userinfo",
		       [OAUTH_REVOCATION] = "{issuer}/oauth2/revoke" },
	.issuers = PATTERNS("https://{project}.projects.oryapis.com"),
	.scope = "openid offline_access",
	.denial_is_silent = true,
};

static const struct oauth_preset logto = {
	.name = "logto",
	.title = "Logto",
	.note = "public clients (native applications) only: give no secret",
	.issuer = "https://{server}/oidc",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/device/auth",
		       [OAUTH_TOKEN] = "{issuer}/token",
		       [OAUTH_JWKS] = "{issuer}/jwks",
		       [OAUTH_USERINFO] = "{issuer}/me",
		       [OAUTH_INTROSPECTION] = "{issuer}/token/introspection",
		       [OAUTH_REVOCATION] = "{issuer}/token/revocation" },
	.issuers = PATTERNS("https://{tenant}.logto.app/oidc"),
	.scope = "openid profile offline_access",
};

static const struct oauth_preset pingone = {
	.name = "pingone",
	.title = "PingOne",
	.note = "a device authorization application, switched on in its environment",
	.issuer = "https://auth.pingone.{region}/{environment}/as",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/device_authorization",
		       [OAUTH_TOKEN] = "{issuer}/token",
		       [OAUTH_JWKS] = "{issuer}/jwks",
		       [OAUTH_USERINFO] = "{issuer}/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/introspect",
		       [OAUTH_REVOCATION] = "{issuer}/revoke" },
	.issuers = PATTERNS("https://auth.pingone.{region}/{environment}/as"),
	.scope = "openid profile",
};

static const struct oauth_preset twitch = {
	.name = "twitch",
	.title = "Twitch",
	.note = "a client of type public needs no secret; errors come in \"message\"",
	.issuer = "https://id.twitch.tv/oauth2",
	.endpoints = { [OAUTH_DEVICE] = "https://id.twitch.tv/oauth2/device",
		       [OAUTH_TOKEN] = "https://id.twitch.tv/oauth2/token",
		       [OAUTH_JWKS] = "https://id.twitch.tv/oauth2/keys",
		       [OAUTH_USERINFO] = "https://id.twitch.tv/oauth2/userinfo",
		       [OAUTH_REVOCATION] = "https://id.twitch.tv/oauth2/revoke" },
	.issuers = PATTERNS("https://id.twitch.tv", "https://id.twitch.tv/*"),
	.scope_parameter = "scopes",
	.error_in_message = true,
	.aliases = ALIASES({ "invalid device code", "authorization_pending" },
			   { "invalid client", "invalid_client" },
			   { "invalid client secret", "invalid_client" },
			   { "invalid refresh token", "invalid_grant" }),
};

static const struct oauth_preset wso2 = {
	.name = "wso2",
	.title = "WSO2 Identity Server",
	.note = "user codes are case-sensitive; the documentation shows the interval in "
		"milliseconds; almost every error is invalid_grant",
	.issuer = "https://{server}/oauth2/token",
	.endpoints = { [OAUTH_DEVICE] = "{parent}/device_authorize",
		       [OAUTH_TOKEN] = "{parent}/token",
		       [OAUTH_JWKS] = "{parent}/jwks",
		       [OAUTH_USERINFO] = "{parent}/userinfo",
		       [OAUTH_INTROSPECTION] = "{parent}/introspect",
		       [OAUTH_REVOCATION] = "{parent}/revoke" },
	.issuers = PATTERNS("{scheme}://{server}/oauth2/token",
			    "{scheme}://{server}/t/{tenant}/oauth2/token"),
	.scope = "openid profile",
	.explanations = EXPLANATIONS(
		{ "invalid_grant",
		  "WSO2 says this of nearly everything: the code ran out, was used, "
		  "or the Device Code grant is off in the application" }),
};

static const struct oauth_preset asgardeo = {
	.name = "asgardeo",
	.title = "Asgardeo",
	.note = "switch on the Device Code grant in the application; user codes are "
		"case-sensitive; "
		"almost every error is invalid_grant",
	.issuer = "https://api.asgardeo.io/t/{organization}/oauth2/token",
	.endpoints = { [OAUTH_DEVICE] = "{parent}/device_authorize",
		       [OAUTH_TOKEN] = "{parent}/token",
		       [OAUTH_JWKS] = "{parent}/jwks",
		       [OAUTH_USERINFO] = "{parent}/userinfo",
		       [OAUTH_INTROSPECTION] = "{parent}/introspect",
		       [OAUTH_REVOCATION] = "{parent}/revoke" },
	.issuers = PATTERNS("https://api.asgardeo.io/t/{organization}/oauth2/token",
			    "https://api.{region}.asgardeo.io/t/{organization}/oauth2/token"),
	.scope = "openid profile",
	.explanations = EXPLANATIONS(
		{ "invalid_grant", "Asgardeo says this of nearly everything: the code ran out, was "
				   "used, or the Device Code grant is off in the application" }),
};

static const struct oauth_preset spring = {
	.name = "spring",
	.title = "Spring Authorization Server",
	.note = "codes that ran out stay pending: the flow ends by its own clock",
	.issuer = "https://{server}",
	.endpoints = { [OAUTH_DEVICE] = "{issuer}/oauth2/device_authorization",
		       [OAUTH_TOKEN] = "{issuer}/oauth2/token",
		       [OAUTH_JWKS] = "{issuer}/oauth2/jwks",
		       [OAUTH_USERINFO] = "{issuer}/userinfo",
		       [OAUTH_INTROSPECTION] = "{issuer}/oauth2/introspect",
		       [OAUTH_REVOCATION] = "{issuer}/oauth2/revoke" },
	.scope = "openid profile",
};

static const struct oauth_preset oracle = {
	.name = "oracle",
	.title = "Oracle Identity Cloud Service",
	.note = "its metadata names one issuer for all tenants, so it is not used; no interval "
		"comes: 5 s; ID tokens are issued by https://identity.oraclecloud.com/",
	.issuer = "https://{tenant}.identity.oraclecloud.com",
	.endpoints = { [OAUTH_DEVICE] = "{origin}/oauth2/v1/device",
		       [OAUTH_TOKEN] = "{origin}/oauth2/v1/token",
		       [OAUTH_JWKS] = "{origin}/admin/v1/SigningCert/jwk",
		       [OAUTH_USERINFO] = "{origin}/oauth2/v1/userinfo",
		       [OAUTH_INTROSPECTION] = "{origin}/oauth2/v1/introspect",
		       [OAUTH_REVOCATION] = "{origin}/oauth2/v1/revoke" },
	.issuers = PATTERNS("https://{tenant}.identity.oraclecloud.com"),
	.scope = "openid",
	.device_parameters = "response_type=device_code",
	.no_discovery = true,
};

static const struct oauth_preset salesforce = {
	.name = "salesforce",
	.title = "Salesforce",
	.issuers = PATTERNS("https://login.salesforce.com", "https://login.salesforce.com/*",
			    "https://test.salesforce.com", "https://test.salesforce.com/*",
			    "https://{domain}.my.salesforce.com",
			    "https://{domain}.my.salesforce.com/*"),
	.refused = "Salesforce has no RFC 8628: its device flow is a protocol of its own at the "
		   "token endpoint (response_type=device_code), and is closed for most apps; use "
		   "the authorization code flow with PKCE there",
};

static const struct oauth_preset identity_center = {
	.name = "aws-identity-center",
	.title = "AWS IAM Identity Center",
	.issuers = PATTERNS(
		"https://oidc.{region}.amazonaws.com", "https://oidc.{region}.amazonaws.com/*",
		"https://identitycenter.amazonaws.com/*", "https://{directory}.awsapps.com/start",
		"https://{directory}.awsapps.com/start/*"),
	.refused = "AWS IAM Identity Center speaks a protocol of its own that only resembles RFC "
		   "8628 (JSON requests, a client registered by each program): use \"aws sso "
		   "login\"",
};

static const struct oauth_preset cognito = {
	.name = "cognito",
	.title = "Amazon Cognito",
	.issuers = PATTERNS("https://cognito-idp.{region}.amazonaws.com/{pool}",
			    "https://{domain}.amazoncognito.com",
			    "https://{domain}.amazoncognito.com/*"),
	.refused = "Amazon Cognito has no device flow: use the authorization code flow with PKCE "
		   "there, or put a provider that has one before it",
};

/* More special issuers first: an Asgardeo's looks like one of WSO2's, too. */
const struct oauth_preset *const oauth_presets[] = {
	&github, &gitlab,  &google,	&entra,		  &okta,    &auth0,  &keycloak, &authentik,
	&dex,	 &zitadel, &hydra,	&logto,		  &pingone, &twitch, &asgardeo, &wso2,
	&spring, &oracle,  &salesforce, &identity_center, &cognito, NULL,
};
