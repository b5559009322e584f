/* The table of other vendors' credentials, one row a format, and the matching over it. Formats are the
 * vendors' published ones; a row with a checksum tells a real credential from an example. */
#include "src/token/foreign.h"

#include <stdio.h>
#include <string.h>

#include "src/base/encode.h"

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define BASE62 DIGITS UPPER LOWER
#define URL_SAFE BASE62 "-_"
#define BASE32 UPPER "234567"

enum { CRC_DIGITS = 6, SECTIONS = 3, MASK_HIDES = 16, MASK_TAIL = 4 };

static size_t run_length(const char *set, const char *text, size_t len, size_t most)
{
	size_t n = 0;

	while (n < len && n < most && text[n] && strchr(set, text[n]))
		n++;
	return n;
}

/* A run of `body` characters within the bounds, with none of them behind it. */
static size_t match_run(const struct foreign *f, const char *text, size_t len)
{
	size_t n = run_length(f->body, text, len, f->most + 1);

	return n >= f->least && n <= f->most ? n : 0;
}

/* The rest of three base64url sections with dots between (RFC 7515 §7.1); the third may be empty. */
static size_t match_jwt(const struct foreign *f, const char *text, size_t len)
{
	size_t at = 0;

	for (int section = 0; section < SECTIONS; section++) {
		size_t n = run_length(f->body, text + at, len - at, f->most - at);

		if (section < SECTIONS - 1) {
			at += n + 1;
			if (n < f->least || at > len || at > f->most || text[at - 1] != '.')
				return 0;
		} else {
			at += n;
		}
	}
	return at;
}

/* GitLab's routable tokens carry two short sections behind the first. */
static size_t match_gitlab(const struct foreign *f, const char *text, size_t len)
{
	size_t n = match_run(f, text, len), part;

	for (int section = 1; n && section < SECTIONS; section++) {
		if (n >= len || text[n] != '.')
			break;
		part = run_length(BASE62, text + n + 1, len - n - 1, f->most);
		n += part ? part + 1 : 0;
	}
	return n;
}

/* OpenAI's keys carry "OpenAI" in base64 between their two halves. */
static size_t match_openai(const struct foreign *f, const char *text, size_t len)
{
	size_t n = match_run(f, text, len);

	return n && memmem(text, n, "T3BlbkFJ", 8) ? n : 0;
}

/* Six base62 digits of CRC-32 over what stands between the lead and them. */
static enum foreign_check check_crc(const char *text, size_t len, size_t lead)
{
	char expected[CRC_DIGITS + 1];

	crc32_base62(expected, text + lead, len - lead - CRC_DIGITS);
	return memcmp(expected, text + len - CRC_DIGITS, CRC_DIGITS) == 0 ? FOREIGN_GOOD
									  : FOREIGN_WRONG;
}

static enum foreign_check check_four(const char *text, size_t len) /* "ghp_", "npm_" */
{
	return check_crc(text, len, 4);
}

#define GITHUB(what, begins, where)                                                                \
	{                                                                                          \
		.id = "github", .name = (what), .lead = (begins), .match = match_run, .least = 36, \
		.most = 36, .body = BASE62, .check = check_four, .revoke = (where)                 \
	}
#define GITHUB_SETTINGS "github.com, Settings, Developer settings, Personal access tokens"
#define GITHUB_APPS "github.com, Settings, Applications"

#define GITLAB(what, begins, where)                                                      \
	{                                                                                \
		.id = "gitlab", .name = (what), .lead = (begins), .match = match_gitlab, \
		.least = 20, .most = 300, .body = URL_SAFE, .revoke = (where)            \
	}

#define STRIPE(what, begins)                                                                       \
	{                                                                                          \
		.id = "stripe", .name = (what), .lead = (begins), .match = match_run, .least = 16, \
		.most = 247, .body = BASE62,                                                       \
		.revoke = "dashboard.stripe.com, Developers, API keys"                             \
	}

#define AWS(what, begins, where)                                                                \
	{                                                                                       \
		.id = "aws", .name = (what), .lead = (begins), .match = match_run, .least = 16, \
		.most = 16, .body = BASE32, .revoke = (where)                                   \
	}

#define SLACK(what, begins, where)                                                                \
	{                                                                                         \
		.id = "slack", .name = (what), .lead = (begins), .match = match_run, .least = 20, \
		.most = 250, .body = BASE62 "-", .revoke = (where)                                \
	}
#define SLACK_APPS "api.slack.com/apps, OAuth & Permissions, Revoke; or auth.revoke"

/* Longer leads stand before the shorter ones that they begin with. */
const struct foreign foreign_table[] = {
	{ .id = "github",
	  .name = "GitHub fine-grained personal access token",
	  .lead = "github_pat_",
	  .match = match_run,
	  .least = 82,
	  .most = 82,
	  .body = BASE62 "_",
	  .revoke = GITHUB_SETTINGS },
	GITHUB("GitHub personal access token", "ghp_", GITHUB_SETTINGS),
	GITHUB("GitHub OAuth access token", "gho_", GITHUB_APPS),
	GITHUB("GitHub App user token", "ghu_", GITHUB_APPS),
	GITHUB("GitHub App installation token", "ghs_",
	       "runs out within an hour; DELETE "
	       "/installation/token"),
	GITHUB("GitHub refresh token", "ghr_", GITHUB_APPS),
	GITLAB("GitLab personal access token", "glpat-", "GitLab, Edit profile, Access tokens"),
	GITLAB("GitLab deploy token", "gldt-", "GitLab, project, Settings, Repository"),
	GITLAB("GitLab runner token", "glrt-", "GitLab, Admin or project, CI/CD, Runners"),
	GITLAB("GitLab pipeline trigger token", "glptt-", "GitLab, project, Settings, CI/CD"),
	GITLAB("GitLab CI job token", "glcbt-", "runs out with its job; cancel the job"),
	STRIPE("Stripe live secret key", "sk_live_"),
	STRIPE("Stripe test secret key", "sk_test_"),
	STRIPE("Stripe live restricted key", "rk_live_"),
	STRIPE("Stripe test restricted key", "rk_test_"),
	{ .id = "stripe",
	  .name = "Stripe webhook signing secret",
	  .lead = "whsec_",
	  .match = match_run,
	  .least = 32,
	  .most = 64,
	  .body = BASE62,
	  .revoke = "dashboard.stripe.com, Developers, Webhooks, Roll secret" },
	AWS("AWS access key id", "AKIA", "AWS console, IAM, Users, Security credentials"),
	AWS("AWS temporary access key id", "ASIA",
	    "AWS console, IAM, Roles, Revoke active sessions"),
	SLACK("Slack bot token", "xoxb-", SLACK_APPS),
	SLACK("Slack user token", "xoxp-", SLACK_APPS),
	SLACK("Slack app configuration token", "xoxe-",
	      "api.slack.com/apps, Your App "
	      "Configuration Tokens"),
	SLACK("Slack legacy workspace token", "xoxa-", SLACK_APPS),
	SLACK("Slack legacy refresh token", "xoxr-", SLACK_APPS),
	SLACK("Slack legacy token", "xoxs-", SLACK_APPS),
	SLACK("Slack app-level token", "xapp-",
	      "api.slack.com/apps, Basic Information, "
	      "App-Level Tokens"),
	{ .id = "google",
	  .name = "Google API key",
	  .lead = "AIza",
	  .match = match_run,
	  .least = 35,
	  .most = 35,
	  .body = URL_SAFE,
	  .revoke = "console.cloud.google.com, APIs & Services, Credentials" },
	{ .id = "npm",
	  .name = "npm access token",
	  .lead = "npm_",
	  .match = match_run,
	  .least = 36,
	  .most = 36,
	  .body = BASE62,
	  .check = check_four,
	  .revoke = "npmjs.com, Access Tokens; or npm token revoke" },
	{ .id = "anthropic",
	  .name = "Anthropic API key",
	  .lead = "sk-ant-",
	  .match = match_run,
	  .least = 80,
	  .most = 200,
	  .body = URL_SAFE,
	  .revoke = "console.anthropic.com, Settings, API keys" },
	{ .id = "openai",
	  .name = "OpenAI API key",
	  .lead = "sk-",
	  .match = match_openai,
	  .least = 40,
	  .most = 250,
	  .body = URL_SAFE,
	  .revoke = "platform.openai.com, API keys" },
	{ .id = "jwt",
	  .name = "JSON Web Token",
	  .lead = "eyJ",
	  .match = match_jwt,
	  .least = 2,
	  .most = FOREIGN_LONGEST - 3,
	  .body = URL_SAFE,
	  .revoke = "not by itself: its issuer ends the session, or its signing key" },
	{ .id = NULL },
};

bool foreign_begins(unsigned char c)
{
	return c && strchr("gsrwAxne", c);
}

size_t foreign_match(const struct foreign **out, enum foreign_check *check, const char *text,
		     size_t len)
{
	for (const struct foreign *f = foreign_table; f->id; f++) {
		size_t lead = strlen(f->lead), body;

		if (len <= lead || memcmp(text, f->lead, lead) != 0)
			continue;
		body = f->match(f, text + lead, len - lead);
		if (!body)
			continue;
		*out = f;
		*check = f->check ? f->check(text, lead + body) : FOREIGN_UNCHECKED;
		return lead + body;
	}
	return 0;
}

const struct foreign *foreign_identify(enum foreign_check *check, const char *text, size_t len)
{
	const struct foreign *f = NULL;

	return len && foreign_match(&f, check, text, len) == len ? f : NULL;
}

void foreign_mask(char out[FOREIGN_MASK_SIZE], const struct foreign *f, const char *text,
		  size_t len)
{
	size_t lead = strlen(f->lead);
	bool tail = len >= lead + MASK_HIDES + MASK_TAIL;

	snprintf(out, FOREIGN_MASK_SIZE, "%s…%.*s", f->lead, tail ? MASK_TAIL : 0,
		 tail ? text + len - MASK_TAIL : "");
}
