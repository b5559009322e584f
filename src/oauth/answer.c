/* What came of a request: one of the eight kinds, by its `error` and its status. */
#include "src/oauth/answer_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

enum {
	TOLD_MAX =
		8192, /* a longer text is no description: masking it would take the time of a screen */
	DESCRIPTION_MAX = 2000,
	WORDS_MAX = 512,
	NOTES_MAX = 32
};

/* What is at hand while an answer is read. */
struct reading {
	struct oauth_answer *a;
	const struct http_response *response;
	const struct oauth_preset *preset;
	const struct oauth_secrets *known;
	struct json *json; /* the object in the body; NULL none */
};

/* --- notes and verdicts ------------------------------------------------------------------------------- */

void answer_note(struct oauth_answer *a, const char *format, ...)
{
	char words[WORDS_MAX];
	va_list ap;

	if (!a || json_count(a->notes) >= NOTES_MAX)
		return;
	va_start(ap, format);
	text_safe_format(words, sizeof(words), format, ap);
	va_end(ap);
	json_add(a->notes, json_text(words));
}

static void explain(struct oauth_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void explain(struct oauth_answer *a, const char *format, ...)
{
	char words[WORDS_MAX];
	va_list ap;

	va_start(ap, format);
	text_safe_format(words, sizeof(words), format, ap);
	va_end(ap);
	free(a->explanation);
	a->explanation = x_strdup(words);
}

/* Whole characters, as many as there is room for. */
static void text_cut(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		for (len = size - 1; len && ((unsigned char)text[len] & 0xC0) == 0x80;)
			len--;
	memcpy(out, text, len);
	out[len] = '\0';
}

static void kind_set(struct oauth_answer *a, enum oauth_kind kind, const char *error)
{
	a->kind = kind;
	text_cut(a->error, sizeof(a->error), error);
}

void answer_malformed(struct oauth_answer *a, const char *format, ...)
{
	char words[WORDS_MAX];
	va_list ap;

	va_start(ap, format);
	text_safe_format(words, sizeof(words), format, ap);
	va_end(ap);
	kind_set(a, OAUTH_MALFORMED, "malformed_response");
	explain(a, "%s", words);
	json_free(a->json);
	a->json = NULL;
}

/* --- the provider's own words ------------------------------------------------------------------------- */

/* A copy without what is secret: what went with the request, and what the answer itself brought. */
static char *words_masked(const struct reading *r, const char *text)
{
	static const char *const members[] = { "access_token", "refresh_token", "id_token",
					       "device_code" };
	struct oauth_secrets brought = { .values = NULL };
	char cut[DESCRIPTION_MAX], *known, *out;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *value = json_get_text(r->json, members[i]);

		if (value)
			oauth_secrets_add(&brought, value, strlen(value));
	}
	known = oauth_masked(text, r->known);
	out = oauth_masked(known, &brought);
	oauth_secrets_release(&brought);
	free(known);
	text_cut(cut, sizeof(cut), out);
	free(out);
	return x_strdup(cut);
}

/* The words that go with an error, under whatever name. */
static void description_take(const struct reading *r, const struct json *object)
{
	static const char *const members[] = { "error_description", "message", "errorSummary",
					       "error_message",	    "detail",  "title" };
	const char *text = NULL;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && !text; i++)
		text = json_get_text(object, members[i]);
	free(r->a->description);
	r->a->description = NULL;
	if (text && strlen(text) > TOLD_MAX)
		answer_note(r->a, "the error's description is longer than 8 KiB, and left out");
	else if (text && *text)
		r->a->description = words_masked(r, text);
}

/* --- errors ------------------------------------------------------------------------------------------ */

static enum oauth_kind error_kind(const char *error)
{
	static const struct {
		const char *error;
		enum oauth_kind kind;
	} kinds[] = {
		{ "authorization_pending", OAUTH_PENDING },
		{ "slow_down", OAUTH_SLOW_DOWN },
		{ "access_denied", OAUTH_DENIED },
		{ "expired_token", OAUTH_EXPIRED },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(error, kinds[i].error) == 0)
			return kinds[i].kind;
	return OAUTH_ERROR;
}

/* What providers do that the RFCs have otherwise, and does no harm. */
static void error_notes(const struct reading *r)
{
	long status = r->response->status;

	if (status != 400 && !(status == 401 && r->a->kind == OAUTH_ERROR))
		answer_note(r->a, "\"%s\" came with status %ld: RFC 6749 §5.2 has 400", r->a->error,
			    status);
	if (json_get(r->json, "access_token"))
		answer_note(r->a, "a token stands next to the error: it is not used");
}

static void slow_down_take(const struct reading *r)
{
	struct oauth_number n = oauth_number_get(r->json, "interval");
	const char *why;

	if (r->a->kind == OAUTH_SLOW_DOWN && n.state == NUMBER_GIVEN && n.value >= 1)
		r->a->interval_ms = oauth_interval_ms(n, 0, &why);
}

static void error_take(const struct reading *r, const char *error)
{
	struct oauth_answer *a = r->a;
	const char *registered = oauth_preset_error(r->preset, error), *words;
	char *masked;

	masked = words_masked(r, registered);
	kind_set(a, error_kind(registered), masked);
	free(masked);
	if (strcmp(registered, error) != 0) {
		masked = words_masked(r, error);
		text_cut(a->vendor_error, sizeof(a->vendor_error), masked);
		free(masked);
	}
	description_take(r, r->json);
	words = oauth_preset_explain(r->preset, error, a->description);
	if (words)
		explain(a, "%s", words);
	slow_down_take(r);
	error_notes(r);
}

/* --- status ------------------------------------------------------------------------------------------ */

static bool status_is_temporary(long status)
{
	return status == 429 || status == 408 || status >= 500;
}

static void temporary_take(const struct reading *r)
{
	long status = r->response->status;

	kind_set(r->a, OAUTH_RETRY, status == 429 ? "rate_limited" : "server_error");
	explain(r->a, "status %ld: %s", status,
		status == 429 ? "the provider wants fewer requests"
			      : "the provider can't answer at the moment");
}

static const char *status_hint(long status)
{
	if (status == 404 || status == 405)
		return ": is it the right address of the endpoint?";
	if (status >= 300 && status < 400)
		return ": it sends elsewhere, which is not followed with a secret in hand";
	return "";
}

/* There is no `error`: the status decides. `why`: what stands in the place of an object. */
static void status_take(struct reading *r, const char *why)
{
	long status = r->response->status;

	description_take(r, r->json);
	if (status_is_temporary(status)) {
		temporary_take(r);
	} else if (!r->json) {
		answer_malformed(r->a, "%s (status %ld)%s", why, status, status_hint(status));
	} else if (status >= 200 && status < 300) {
		if (status != 200)
			answer_note(r->a, "status %ld: RFC 6749 §5.1 has 200", status);
		r->a->kind = OAUTH_SUCCESS;
		r->a->json = json_keep(r->json);
	} else {
		answer_malformed(r->a, "status %ld without an `error` (RFC 6749 §5.2)%s", status,
				 status_hint(status));
	}
}

/* --- reading ----------------------------------------------------------------------------------------- */

/* The `error` as a text; NULL: there is none that is one. Empty and null ones are those of serialisers that
 * leave no member out. */
static const char *error_text(const struct reading *r)
{
	const struct json *error = json_get(r->json, "error");
	const char *text = json_as_text(error);

	if (error && (json_type_of(error) == JSON_NULL_TYPE || (text && !*text))) {
		answer_note(r->a, "`error` is there, but empty");
		return NULL;
	}
	if (!error && r->preset->error_in_message && r->response->status >= 400 &&
	    !status_is_temporary(r->response->status))
		text = json_get_text(r->json, "message");
	if (text && strlen(text) > TOLD_MAX)
		return NULL;
	return text;
}

static bool error_is_odd(const struct json *object)
{
	const struct json *error = json_get(object, "error");
	const char *text = json_as_text(error);

	return text ? strlen(text) > TOLD_MAX : error && json_type_of(error) != JSON_NULL_TYPE;
}

static void odd_take(struct reading *r)
{
	const struct json *error = json_get(r->json, "error");

	if (status_is_temporary(r->response->status))
		temporary_take(r);
	else
		answer_malformed(r->a, "`error` is %s (status %ld): RFC 6749 §5.2 has a text",
				 json_type_of(error) == JSON_OBJECT_TYPE ? "an object"
				 : json_as_text(error)			 ? "longer than 8 KiB"
									 : "no text",
				 r->response->status);
	description_take(r, json_type_of(error) == JSON_OBJECT_TYPE ? error : r->json);
}

static void answer_take(struct reading *r)
{
	char *why, *title;
	const char *error;

	r->json = answer_body(r->a, r->response, &why, &title);
	error = error_text(r);
	if (error_is_odd(r->json))
		odd_take(r);
	else if (error)
		error_take(r, error);
	else
		status_take(r, why);
	if (title)
		r->a->description = words_masked(r, title);
	free(title);
	free(why);
	json_free(r->json);
}

/* Did the request go out, so that it may have done something? */
static bool request_went_out(const struct http_response *response)
{
	bool secure = response->url && strncasecmp(response->url, "https:", 6) == 0;

	return (secure ? response->times.secured : response->times.connected) >= 0;
}

/* No answer, or none that was taken. */
static void failure_take(const struct reading *r)
{
	const struct http_response *response = r->response;
	struct oauth_answer *a = r->a;
	bool refused = response->code == ERR_USAGE;

	if (response->unusable && status_is_temporary(response->status)) {
		kind_set(a, OAUTH_RETRY, "server_error");
	} else if (response->unusable) {
		answer_malformed(a, "%s", response->err.message);
	} else {
		kind_set(a, refused ? OAUTH_ERROR : OAUTH_RETRY, "network");
		a->lost = !refused && request_went_out(response);
	}
	explain(a, "%s%s%s", response->err.message, *response->err.hint ? ": " : "",
		response->err.hint);
}

void oauth_answer_read(struct oauth_answer *a, const struct http_response *response,
		       const struct oauth_preset *preset, const struct oauth_secrets *known,
		       int64_t now)
{
	static const struct oauth_secrets none = { .values = NULL };
	struct reading r = { a, response, preset, known ? known : &none, NULL };

	*a = (struct oauth_answer){ .retry_after_ms = answer_retry_after(response, now),
				    .interval_ms = -1,
				    .notes = json_array_new() };
	if (response->code != ERR_OK)
		failure_take(&r);
	else
		answer_take(&r);
}

void oauth_answer_release(struct oauth_answer *a)
{
	free(a->description);
	free(a->explanation);
	json_free(a->json);
	json_free(a->notes);
	*a = (struct oauth_answer){ .retry_after_ms = -1, .interval_ms = -1 };
}
