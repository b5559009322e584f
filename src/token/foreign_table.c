/* The table of other vendors' credentials, one row a format, as the vendors publish them. A longer lead
 * stands before the shorter ones that it begins with. */
#include "src/token/foreign_match.h"

#define ROW(kind, what, begins, from, to, characters, can, where)                            \
	.id = (kind), .name = (what), .lead = (begins), .match = match_run, .least = (from), \
	.most = (to), .body = (characters), .power = (can), .revoke = (where)

#define GITHUB(what, begins, where)                                              \
	{                                                                        \
		ROW("github", what, begins, 36, 36, SET_BASE62, AS_USER, where), \
			.check = check_four                                      \
	}
#define GITHUB_SETTINGS "github.com, Settings, Developer settings, Personal access tokens"
#define GITHUB_APPS "github.com, Settings, Applications"
#define AS_USER "acts as its user, as far as its scopes go"

#define GITLAB(what, begins, can, where)                                                           \
	{                                                                                          \
		.id = "gitlab", .name = (what), .lead = (begins), .match = match_gitlab,           \
		.least = 20, .most = 300, .body = SET_URL_SAFE, .power = (can), .revoke = (where), \
		.check = check_gitlab                                                              \
	}

#define STRIPE(what, begins, can)                                     \
	{                                                             \
		ROW("stripe", what, begins, 16, 247, SET_BASE62, can, \
		    "dashboard.stripe.com, Developers, API keys")     \
	}
#define STRIPE_LIVE "moves real money: charges, refunds, customers' data"
#define STRIPE_TEST "reads and changes test data only"

#define AWS(what, begins, can, where)                                    \
	{                                                                \
		ROW("aws", what, begins, 16, 16, SET_BASE32, can, where) \
	}
#define AWS_ID "nothing by itself: the secret access key belongs to it"

#define SLACK(what, begins, can, where)                                                \
	{                                                                              \
		ROW("slack", what, begins, 20, 250, SET_BASE62 | SET_DASH, can, where) \
	}
#define SLACK_APPS "api.slack.com/apps, OAuth & Permissions, Revoke; or auth.revoke"
#define SLACK_USER "reads and writes messages and files as its user"

#define OPENAI(what, begins)                                                             \
	{                                                                                \
		.id = "openai", .name = (what), .lead = (begins), .match = match_openai, \
		.least = 40, .most = 250, .body = SET_URL_SAFE,                          \
		.power = "uses the models at its project's cost",                        \
		.revoke = "platform.openai.com, API keys"                                \
	}

#define DIGITALOCEAN(what, begins)                                           \
	{                                                                    \
		ROW("digitalocean", what, begins, 64, 64, SET_HEX,           \
		    "manages machines, volumes and networks of the account", \
		    "cloud.digitalocean.com, API, Tokens")                   \
	}

#define VAULT(what, begins)                                                            \
	{                                                                              \
		ROW("vault", what, begins, 24, 300, SET_URL_SAFE,                      \
		    "reads the secrets that its policies allow", "vault token revoke") \
	}

#define SHOPIFY(what, begins)                                                     \
	{                                                                         \
		ROW("shopify", what, begins, 32, 32, SET_HEX | SET_UPPER_HEX,     \
		    "reads and changes orders, products and customers of a shop", \
		    "Shopify admin, Settings, Apps, the app, API credentials")    \
	}

#define PASETO(version)                                                                    \
	{ .id = "paseto",                                                                  \
	  .name = "PASETO " version ", local: encrypted with a shared key",                \
	  .lead = version ".local.",                                                       \
	  .match = match_paseto,                                                           \
	  .least = 43,                                                                     \
	  .most = FOREIGN_LONGEST - 16,                                                    \
	  .body = SET_URL_SAFE,                                                            \
	  .power = PASETO_POWER,                                                           \
	  .revoke = PASETO_REVOKE },                                                       \
	{                                                                                  \
		.id = "paseto", .name = "PASETO " version ", public: signed, readable",    \
		.lead = version ".public.", .match = match_paseto, .least = 86,            \
		.most = FOREIGN_LONGEST - 16, .body = SET_URL_SAFE, .power = PASETO_POWER, \
		.revoke = PASETO_REVOKE                                                    \
	}
#define PASETO_POWER "whatever its issuer lets its holder do"
#define PASETO_REVOKE "not by itself: its issuer ends the session, or its key"

#define PASERK(version)                                                                            \
	{ ROW("paserk", "PASERK " version ", a secret key in the clear: local", version ".local.", \
	      43, 43, SET_URL_SAFE, "makes and opens every token of its key", PASERK_REVOKE) },    \
	{                                                                                          \
		ROW("paserk", "PASERK " version ", a private key in the clear: secret",            \
		    version ".secret.", 64, 2048, SET_URL_SAFE,                                    \
		    "signs whatever its holder likes, in its issuer's name", PASERK_REVOKE)        \
	}
#define PASERK_ANY(version)                                                                       \
	{                                                                                         \
		.id = "paserk", .name = "PASERK " version ", key or key id", .lead = version ".", \
		.match = match_paserk, .least = 32, .most = 4096, .body = SET_URL_SAFE,           \
		.power = "none by itself, or that of a wrapped key", .revoke = PASERK_REVOKE,     \
		.paste_only = true                                                                \
	}
#define PASERK_REVOKE "its issuer makes another key and takes this one out of service"

const struct foreign foreign_table[] = {
	{ ROW("github", "GitHub fine-grained personal access token", "github_pat_", 82, 82,
	      SET_BASE62 | SET_UNDERSCORE, "acts as its user on the repositories chosen for it",
	      GITHUB_SETTINGS) },
	GITHUB("GitHub personal access token", "ghp_", GITHUB_SETTINGS),
	GITHUB("GitHub OAuth access token", "gho_", GITHUB_APPS),
	GITHUB("GitHub App user token", "ghu_", GITHUB_APPS),
	GITHUB("GitHub App installation token", "ghs_",
	       "runs out within an hour; DELETE /installation/token"),
	GITHUB("GitHub refresh token", "ghr_", GITHUB_APPS),
	GITLAB("GitLab personal access token", "glpat-", AS_USER,
	       "GitLab, Edit profile, Access tokens"),
	GITLAB("GitLab OAuth application secret", "gloas-", "gets tokens in an application's name",
	       "GitLab, Applications, Renew secret"),
	GITLAB("GitLab deploy token", "gldt-", "reads code and packages of its project",
	       "GitLab, project, Settings, Repository"),
	GITLAB("GitLab runner token", "glrt-", "takes CI jobs, with their secrets",
	       "GitLab, Admin or project, CI/CD, Runners"),
	GITLAB("GitLab pipeline trigger token", "glptt-", "starts pipelines as its owner",
	       "GitLab, project, Settings, CI/CD"),
	GITLAB("GitLab CI job token", "glcbt-", "acts for one CI job while it runs",
	       "runs out with its job; cancel the job"),
	GITLAB("GitLab feed token", "glft-", "reads its user's calendar and feeds",
	       "GitLab, Edit profile, Access tokens, Feed token"),
	GITLAB("GitLab incoming mail token", "glimt-", "opens issues by mail as its user",
	       "GitLab, Edit profile, Access tokens, Incoming email token"),
	GITLAB("GitLab agent token", "glagent-", "joins as a Kubernetes cluster's agent",
	       "GitLab, project, Operate, Kubernetes clusters"),
	GITLAB("GitLab SCIM token", "glsoat-", "manages the accounts of a group",
	       "GitLab, group, Settings, SAML SSO, Reset token"),
	GITLAB("GitLab feature flags token", "glffct-", "reads a project's feature flags",
	       "GitLab, project, Deploy, Feature flags, Configure"),
	STRIPE("Stripe live secret key", "sk_live_", STRIPE_LIVE),
	STRIPE("Stripe test secret key", "sk_test_", STRIPE_TEST),
	STRIPE("Stripe live restricted key", "rk_live_", "what it is restricted to, for real"),
	STRIPE("Stripe test restricted key", "rk_test_", STRIPE_TEST),
	{ ROW("stripe", "Stripe webhook signing secret", "whsec_", 32, 64, SET_BASE62,
	      "makes events that a shop believes",
	      "dashboard.stripe.com, Developers, Webhooks, Roll secret") },
	AWS("AWS access key id", "AKIA", AWS_ID, "AWS console, IAM, Users, Security credentials"),
	AWS("AWS temporary access key id", "ASIA", AWS_ID,
	    "AWS console, IAM, Roles, Revoke active sessions"),
	SLACK("Slack bot token", "xoxb-", "reads and writes where its bot was invited", SLACK_APPS),
	SLACK("Slack user token", "xoxp-", SLACK_USER, SLACK_APPS),
	SLACK("Slack rotating bot token", "xoxe.xoxb-",
	      "reads and writes where its bot was invited", SLACK_APPS),
	SLACK("Slack rotating user token", "xoxe.xoxp-", SLACK_USER, SLACK_APPS),
	SLACK("Slack app configuration token", "xoxe-", "makes and changes apps",
	      "api.slack.com/apps, Your App Configuration Tokens"),
	SLACK("Slack legacy workspace token", "xoxa-", SLACK_USER, SLACK_APPS),
	SLACK("Slack session token of a browser", "xoxc-", SLACK_USER,
	      "Slack, Account settings, Sign out of all other sessions"),
	SLACK("Slack session cookie", "xoxd-", SLACK_USER,
	      "Slack, Account settings, Sign out of all other sessions"),
	SLACK("Slack legacy refresh token", "xoxr-", SLACK_USER, SLACK_APPS),
	SLACK("Slack legacy token", "xoxs-", SLACK_USER, SLACK_APPS),
	SLACK("Slack app-level token", "xapp-", "opens its app's event connections",
	      "api.slack.com/apps, Basic Information, App-Level Tokens"),
	{ ROW("slack", "Slack webhook address", "https://hooks.slack.com/services/", 40, 90,
	      SET_BASE62 | SET_STANDARD, "posts into its channel",
	      "api.slack.com/apps, Incoming Webhooks") },
	{ ROW("google", "Google API key", "AIza", 35, 35, SET_URL_SAFE,
	      "uses the APIs it is allowed for, at its project's cost",
	      "console.cloud.google.com, APIs & Services, Credentials") },
	{ ROW("google", "Google OAuth access token", "ya29.", 30, 1200, SET_URL_SAFE | SET_DOT,
	      AS_USER, "runs out within an hour; myaccount.google.com, Third-party apps") },
	{ ROW("google", "Google OAuth client secret", "GOCSPX-", 28, 28, SET_URL_SAFE,
	      "gets tokens in an application's name",
	      "console.cloud.google.com, APIs & Services, Credentials, Reset secret") },
	{ ROW("npm", "npm access token", "npm_", 36, 36, SET_BASE62,
	      "publishes packages as its user, or reads private ones",
	      "npmjs.com, Access Tokens; or npm token revoke"),
	  .check = check_four },
	{ ROW("anthropic", "Anthropic admin API key", "sk-ant-admin", 80, 200, SET_URL_SAFE,
	      "manages members and keys of the organization",
	      "console.anthropic.com, Settings, Admin keys") },
	{ ROW("anthropic", "Anthropic OAuth token", "sk-ant-o", 80, 200, SET_URL_SAFE,
	      "uses the models at its user's cost", "claude.ai, Settings, sign out of devices") },
	{ ROW("anthropic", "Anthropic API key", "sk-ant-", 80, 200, SET_URL_SAFE,
	      "uses the models at its workspace's cost",
	      "console.anthropic.com, Settings, API keys") },
	OPENAI("OpenAI project key", "sk-proj-"),
	OPENAI("OpenAI service account key", "sk-svcacct-"),
	OPENAI("OpenAI admin key", "sk-admin-"),
	OPENAI("OpenAI API key", "sk-"),
	{ ROW("grafana", "Grafana service account token", "glsa_", 41, 41,
	      SET_BASE62 | SET_UNDERSCORE, "acts as its service account",
	      "Grafana, Administration, Service accounts"),
	  .check = check_grafana },
	{ ROW("grafana", "Grafana Cloud access policy token", "glc_eyJ", 60, 600, SET_BASE64,
	      "reads and writes what its policy allows", "grafana.com, Access policies") },
	{ ROW("pypi", "PyPI API token: a macaroon", "pypi-Ag", 60, 600, SET_URL_SAFE,
	      "uploads packages as its user, as far as its caveats go",
	      "pypi.org, Account settings, API tokens") },
	{ ROW("huggingface", "Hugging Face access token", "hf_", 34, 34, SET_BASE62, AS_USER,
	      "huggingface.co, Settings, Access Tokens") },
	DIGITALOCEAN("DigitalOcean personal access token", "dop_v1_"),
	DIGITALOCEAN("DigitalOcean OAuth token", "doo_v1_"),
	DIGITALOCEAN("DigitalOcean refresh token", "dor_v1_"),
	VAULT("Vault service token", "hvs."),
	VAULT("Vault batch token", "hvb."),
	VAULT("Vault recovery token", "hvr."),
	{ .id = "sendgrid",
	  .name = "SendGrid API key",
	  .lead = "SG.",
	  .match = match_sendgrid,
	  .least = 66,
	  .most = 66,
	  .body = SET_URL_SAFE,
	  .power = "sends mail in its owner's name",
	  .revoke = "app.sendgrid.com, Settings, API Keys" },
	SHOPIFY("Shopify admin access token", "shpat_"),
	SHOPIFY("Shopify custom app token", "shpca_"),
	SHOPIFY("Shopify private app password", "shppa_"),
	SHOPIFY("Shopify shared secret", "shpss_"),
	{ ROW("atlassian", "Atlassian API token", "ATATT3", 150, 250, SET_URL_SAFE | SET_EQUALS,
	      AS_USER, "id.atlassian.com, Security, API tokens") },
	{ ROW("docker", "Docker personal access token", "dckr_pat_", 27, 36, SET_URL_SAFE,
	      "pulls and pushes images as its user",
	      "app.docker.com, Account settings, Personal access tokens") },
	{ ROW("databricks", "Databricks personal access token", "dapi", 32, 34, SET_HEX | SET_DASH,
	      AS_USER, "Databricks, Settings, Developer, Access tokens") },
	{ ROW("postman", "Postman API key", "PMAK-", 59, 59, SET_HEX | SET_DASH, AS_USER,
	      "postman.com, Settings, API keys") },
	{ ROW("newrelic", "New Relic user key", "NRAK-", 27, 27, SET_UPPER | SET_DIGITS, AS_USER,
	      "one.newrelic.com, API keys"),
	  .paste_only = true },
	{ ROW("linear", "Linear API key", "lin_api_", 40, 40, SET_BASE62, AS_USER,
	      "linear.app, Settings, Security & access") },
	{ ROW("rubygems", "RubyGems API key", "rubygems_", 48, 48, SET_HEX,
	      "publishes gems as its user", "rubygems.org, Settings, API keys") },
	{ ROW("sentry", "Sentry organization token", "sntrys_eyJ", 60, 600,
	      SET_BASE64 | SET_UNDERSCORE | SET_DASH, "reads and writes what its scopes allow",
	      "sentry.io, Settings, Auth Tokens") },
	{ ROW("sentry", "Sentry user token", "sntryu_", 64, 64, SET_HEX, AS_USER,
	      "sentry.io, User settings, User Auth Tokens") },
	{ ROW("tailscale", "Tailscale key", "tskey-", 20, 80, SET_BASE62 | SET_DASH,
	      "adds machines to the network, or manages it",
	      "login.tailscale.com, Settings, Keys") },
	{ ROW("pulumi", "Pulumi access token", "pul-", 40, 40, SET_HEX, AS_USER,
	      "app.pulumi.com, Access tokens") },
	{ ROW("groq", "Groq API key", "gsk_", 52, 52, SET_BASE62,
	      "uses the models at its owner's cost", "console.groq.com, API Keys") },
	{ ROW("fly", "Fly.io token: a macaroon", "fm2_", 80, 4000, SET_BASE64,
	      "manages what its caveats allow", "fly tokens revoke") },
	{ ROW("age", "age identity: a private key in the clear", "AGE-SECRET-KEY-1", 58, 58,
	      SET_UPPER | SET_DIGITS, "opens every file encrypted to it",
	      "make another, and encrypt anew what was encrypted to it") },
	PASETO("v1"),
	PASETO("v2"),
	PASETO("v3"),
	PASETO("v4"),
	PASERK("k1"),
	PASERK("k2"),
	PASERK("k3"),
	PASERK("k4"),
	{ .id = "jwt",
	  .name = "JSON Web Token",
	  .lead = "eyJ",
	  .match = match_jwt,
	  .least = 2,
	  .most = FOREIGN_LONGEST - 3,
	  .body = SET_URL_SAFE,
	  .power = "whatever its issuer lets its holder do",
	  .revoke = "not by itself: its issuer ends the session, or its signing key" },

	PASERK_ANY("k1"),
	PASERK_ANY("k2"),
	PASERK_ANY("k3"),
	PASERK_ANY("k4"),
	{ ROW("google", "Google OAuth refresh token", "1//0", 38, 200, SET_URL_SAFE,
	      "gets access tokens as its user", "myaccount.google.com, Third-party apps"),
	  .paste_only = true },
	{ ROW("twilio", "Twilio API key id", "SK", 32, 32, SET_HEX,
	      "nothing by itself: a secret belongs to it", "console.twilio.com, API keys & tokens"),
	  .paste_only = true },
	{ ROW("twilio", "Twilio account id", "AC", 32, 32, SET_HEX,
	      "nothing by itself: an auth token belongs to it", "console.twilio.com, Auth tokens"),
	  .paste_only = true },
	{ ROW("mailgun", "Mailgun API key", "key-", 32, 32, SET_HEX,
	      "sends mail in its owner's name", "app.mailgun.com, API keys"),
	  .paste_only = true },
	{ ROW("mapbox", "Mapbox secret token", "sk.eyJ", 60, 300, SET_URL_SAFE | SET_DOT,
	      "manages maps at its owner's cost", "account.mapbox.com, Access tokens"),
	  .paste_only = true },
	{ ROW("mapbox", "Mapbox public token", "pk.eyJ", 60, 300, SET_URL_SAFE | SET_DOT,
	      "draws maps at its owner's cost; made to be public",
	      "account.mapbox.com, Access tokens"),
	  .paste_only = true },
	{ ROW("stripe", "Stripe live publishable key", "pk_live_", 16, 247, SET_BASE62,
	      "nothing secret: made to be public", "dashboard.stripe.com, Developers, API keys"),
	  .paste_only = true },
	{ ROW("gitlab", "GitLab runner registration token", "GR1348941", 20, 20, SET_URL_SAFE,
	      "registers runners, which take CI jobs with their secrets",
	      "GitLab, Admin or project, CI/CD, Runners"),
	  .paste_only = true },
	{ ROW("aws", "AWS bearer token", "ABIA", 16, 16, SET_BASE32, "acts for one service",
	      "AWS console, IAM"),
	  .paste_only = true },
	{ .id = "telegram",
	  .name = "Telegram bot token",
	  .lead = "",
	  .match = match_telegram,
	  .least = 35,
	  .most = 35,
	  .body = SET_URL_SAFE,
	  .power = "reads and writes messages as its bot",
	  .revoke = "Telegram, BotFather, /revoke",
	  .paste_only = true },
	{ .id = NULL },
};
