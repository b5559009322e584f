/* The answer of the device endpoint (RFC 8628 §3.2): its codes, addresses and times. */
#include "src/oauth/answer_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/http_parts.h"
#include "src/base/qr.h"
#include "src/base/text.h"

enum {
	DEVICE_CODE_MAX = 8192,
	USER_CODE_MAX = 256,
	URI_MAX = 2048,
	EXPIRES_DEFAULT = 900,
	EXPIRES_MAX = 3600
};

/* --- addresses --------------------------------------------------------------------------------------- */

struct address {
	bool well; /* an http(s) URL, but for user information */
	bool user; /* it has a user name or password in front of the host */
	struct http_url at;
};

/* RFC 3986 §3.2.1. Browsers take a backslash for the end of the host, so that one here would lead elsewhere. */
static bool user_information_well(const char *text, const char *end)
{
	while (text < end && (isalnum((unsigned char)*text) || strchr("-._~%!$&'()*+,;=:@", *text)))
		text++;
	return text == end;
}

/* Where a URL leads. User information is cut out before it is looked at: whatever it pretends to be, the
 * host stands behind it. */
static struct address address_read(const char *uri)
{
	struct address out = { .well = false };
	size_t scheme = strncasecmp(uri, "https://", 8) == 0  ? 8
			: strncasecmp(uri, "http://", 7) == 0 ? 7
							      : 0;
	const char *authority = uri + scheme, *end = authority + strcspn(authority, "/?#");
	const char *host = authority;
	char *plain;

	if (!scheme || strlen(uri) > URI_MAX)
		return out;
	for (const char *c = authority; c < end; c++)
		if (*c == '@')
			host = c + 1;
	out.user = host != authority;
	plain = x_asprintf("%.*s%s", (int)scheme, uri, host);
	out.well = user_information_well(authority, host) &&
		   http_url_read(&out.at, plain, NULL) == ERR_OK;
	free(plain);
	return out;
}

/* What a QR code may show instead of the plain address: the same place, with the code in it. */
static bool complete_is_well(const struct device_codes *c, const struct address *plain,
			     struct oauth_answer *notes)
{
	const char *uri = c->verification_uri_complete;
	struct address complete = address_read(uri);
	const char *why = NULL;

	if (!complete.well)
		why = "is no http(s) URL";
	else if (complete.user)
		why = "has a user name or password in it";
	else if (!plain->well || !http_same_origin(&complete.at, &plain->at))
		why = "leads to another origin than `verification_uri`";
	else if (strlen(uri) > QR_TEXT_MAX)
		why = "is too long for a QR code";
	if (why)
		answer_note(notes, "`verification_uri_complete` %s: no QR code shows it", why);
	return !why;
}

void device_codes_look(struct device_codes *c, struct oauth_answer *notes)
{
	struct address plain = address_read(c->verification_uri);

	c->openable = plain.well && !plain.user;
	if (!plain.well)
		answer_note(notes, "`verification_uri` is no http(s) URL: it is shown as text");
	else if (plain.user)
		answer_note(
			notes,
			"`verification_uri` has a user name or password in it: it leads to \"%s\"",
			plain.at.host);
	else if (!plain.at.secure && !plain.at.loopback)
		answer_note(notes, "`verification_uri` is not encrypted (RFC 8628 §3.1)");
	free(c->host);
	free(c->qr_uri);
	c->host = plain.well && plain.user ? x_strdup(plain.at.host) : NULL;
	c->qr_uri = NULL;
	if (c->verification_uri_complete && complete_is_well(c, &plain, notes))
		c->qr_uri = x_strdup(c->verification_uri_complete);
	else if (c->openable && strlen(c->verification_uri) <= QR_TEXT_MAX)
		c->qr_uri = x_strdup(c->verification_uri);
}

/* --- members ----------------------------------------------------------------------------------------- */

/* A member that has to be there, as a text that is not empty. */
static const char *text_required(struct oauth_answer *a, const char *name, size_t max)
{
	const char *text = json_get_text(a->json, name);

	if (text && *text && strlen(text) <= max)
		return text;
	answer_malformed(a, "`%s` %s (RFC 8628 §3.2)", name,
			 !json_get(a->json, name) ? "is missing"
			 : !text		  ? "is no text"
			 : *text		  ? "is too long"
						  : "is empty");
	return NULL;
}

/* Google's `verification_url` stands in for a URI that is not there. */
static const char *uri_find(struct oauth_answer *a)
{
	const char *uri = json_get_text(a->json, "verification_uri");
	const char *url = json_get_text(a->json, "verification_url");

	if (uri && url && strcmp(uri, url) != 0)
		answer_note(a, "`verification_url` differs from `verification_uri`, which counts");
	if ((uri && *uri) || !url || !*url)
		return text_required(a, "verification_uri", HTTP_BODY_MAX);
	answer_note(a, "`verification_url` is read: RFC 8628 §3.2 has `verification_uri`");
	return url;
}

static void user_code_note(struct oauth_answer *a, const char *code)
{
	int32_t point = 0;

	for (size_t at = 0, len = strlen(code); at < len;) {
		at += utf8_decode(&point, code + at, len - at);
		if (point < 0 || !code_point_safe(point)) {
			answer_note(a, "`user_code` has a character that can't be typed (U+%04X)",
				    (unsigned)point);
			return;
		}
	}
}

/* In seconds; 0: malformed. */
static int64_t expires_read(struct oauth_answer *a)
{
	struct oauth_number n = oauth_number_get(a->json, "expires_in");

	if (n.state == NUMBER_MISSING || n.state == NUMBER_NULL) {
		answer_note(a, "`expires_in` is missing: 15 minutes are assumed (RFC 8628 §3.2)");
		return EXPIRES_DEFAULT;
	}
	if (n.state == NUMBER_OTHER || n.value < 1) {
		answer_malformed(a, "`expires_in` is %s (RFC 8628 §3.2)",
				 n.state == NUMBER_OTHER ? "no number" : "not above zero");
		return 0;
	}
	if (n.text)
		answer_note(a, "`expires_in` is a string: RFC 8628 §3.2 has a number");
	if (n.value > EXPIRES_MAX)
		answer_note(a, "`expires_in` is %lld seconds: one hour is waited for",
			    (long long)n.value);
	return n.value > EXPIRES_MAX ? EXPIRES_MAX : n.value;
}

static void times_read(struct device_codes *out, struct oauth_answer *a)
{
	int64_t seconds = expires_read(a);
	const char *why;

	if (a->kind != OAUTH_SUCCESS)
		return;
	out->expires_ms = seconds * SECOND_MS;
	out->interval_ms = oauth_interval_ms(oauth_number_get(a->json, "interval"), seconds, &why);
	if (why)
		answer_note(a, "%s", why);
}

void oauth_device_codes(struct device_codes *out, struct oauth_answer *a)
{
	const char *device_code, *user_code, *uri;

	*out = (struct device_codes){ .openable = false };
	device_code = text_required(a, "device_code", DEVICE_CODE_MAX);
	user_code = device_code ? text_required(a, "user_code", USER_CODE_MAX) : NULL;
	uri = user_code ? uri_find(a) : NULL;
	if (!uri)
		return;
	secret_set(&out->device_code, device_code, strlen(device_code));
	out->user_code = x_strdup(user_code);
	out->verification_uri = x_strdup(uri);
	out->verification_uri_complete = x_strdup(
		json_get_text(a->json, "verification_uri_complete"));
	out->message = x_strdup(json_get_text(a->json, "message"));
	user_code_note(a, user_code);
	device_codes_look(out, a);
	times_read(out, a);
}

void device_codes_release(struct device_codes *c)
{
	secret_release(&c->device_code);
	free(c->user_code);
	free(c->verification_uri);
	free(c->verification_uri_complete);
	free(c->qr_uri);
	free(c->host);
	free(c->message);
	*c = (struct device_codes){ .openable = false };
}
