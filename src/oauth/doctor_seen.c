/* What several of the doctor's rules ask about an answer. */
#include "src/oauth/doctor_rules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/http_parts.h"
#include "src/oauth/preset.h"

enum { STATUS_RATE = 429 };

const char *doctor_content_type(const struct http_response *a)
{
	const char *type = http_response_header(a, "Content-Type");

	return type ? type : "";
}

bool doctor_is_json(const struct http_response *a)
{
	const char *type = doctor_content_type(a);

	return strncasecmp(type, "application/json", 16) == 0 &&
	       (!type[16] || strchr("; \t", type[16]));
}

bool doctor_no_store(const struct http_response *a)
{
	const char *control = http_response_header(a, "Cache-Control");

	return control && strcasestr(control, "no-store");
}

bool doctor_error_is(const struct doctor_probe *p, const char *error)
{
	return strcmp(p->answer.error, error) == 0;
}

const char *doctor_answered(const struct doctor_probe *p)
{
	static _Thread_local char rooms[4][240];
	static _Thread_local unsigned turn;
	char *room = rooms[turn++ % 4];

	if (p->answer.kind == OAUTH_SUCCESS)
		snprintf(room, sizeof(rooms[0]), "%ld and what was asked for", p->response.status);
	else if (p->answer.vendor_error[0])
		snprintf(room, sizeof(rooms[0]), "%ld %s (%s)", p->response.status,
			 p->answer.vendor_error, p->answer.error);
	else
		snprintf(room, sizeof(rooms[0]), "%ld %s", p->response.status, p->answer.error);
	return room;
}

bool doctor_is_vendor(const struct doctor_facts *f)
{
	return f->provider->preset != &oauth_preset_generic;
}

const struct doctor_probe *doctor_decided(const struct doctor_facts *f, struct doctor_result *r,
					  enum doctor_probe_id id)
{
	const struct doctor_probe *p = doctor_probe_of(f, r, id);

	if (!p)
		return NULL;
	if (p->answer.kind == OAUTH_RETRY || p->response.status == STATUS_RATE)
		doctor_say(r, DOCTOR_SKIPPED, "the provider did not decide: %s",
			   doctor_answered(p));
	else if (p->answer.kind == OAUTH_MALFORMED && !p->json)
		doctor_say(r, DOCTOR_SKIPPED, "no JSON, of which tok-json tells");
	else
		return p;
	return NULL;
}

static bool is_here(const char *url)
{
	struct http_url parts;

	return url && *url && http_url_read(&parts, url, NULL) == ERR_OK && parts.loopback;
}

bool doctor_in_clear(const struct doctor_facts *f, const char *url)
{
	const char *home = f->provider->issuer;
	struct http_url parts;

	if (!*home)
		home = f->provider->endpoints[OAUTH_TOKEN];
	return url && *url && http_url_read(&parts, url, NULL) == ERR_OK && !parts.secure &&
	       !(parts.loopback && is_here(home));
}
