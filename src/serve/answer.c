/* Verdicts and refusals as HTTP answers. */
#include "src/serve/answer.h"

#include "src/base/datetime.h"
#include "src/base/http.h"
#include "src/serve/field.h"

/* All X-Auth-* together, names and line ends included: proxies take a header of 4 to 8 KiB. */
enum { IDENTITY_MAX = 4096, FIELD_OVERHEAD = sizeof("X-Auth-Left-Out: \r\n") };

static const unsigned statuses[] = {
	[VERIFY_MALFORMED] = 401,
	[VERIFY_NOT_FOUND] = 401,
	[VERIFY_REVOKED] = 401,
	[VERIFY_RETIRED] = 401,
	[VERIFY_DISABLED] = 401,
	[VERIFY_NOT_YET_VALID] = 401,
	[VERIFY_EXPIRED] = 401,
	[VERIFY_ADDRESS_DENIED] = 403,
	[VERIFY_INSUFFICIENT_SCOPE] = 403,
	[VERIFY_RATE_LIMITED] = 429,
	[VERIFY_VALID] = 200,
};

static int64_t seconds_up(int64_t ms)
{
	return ms <= 0 ? 0 : (ms + SECOND_MS - 1) / SECOND_MS;
}

/* --- fields that all shapes have -------------------------------------------------------------- */
/* One member of a structured field's list, named as the key has the limit. */
static void limit_member(struct buf *out, const char *name, const char *first, int64_t one,
			 const char *second, int64_t other)
{
	buf_add_char(out, '"');
	buf_add_text(out, name);
	buf_add_text(out, first);
	buf_add_number(out, one);
	buf_add_text(out, second);
	buf_add_number(out, other);
}

/* The names of a key's limits, made once an answer. */
struct limit_names {
	char of[LIMITS_MAX][LIMIT_TEXT_SIZE];
};

static void limit_names_make(struct limit_names *names, const struct limit_verdict *v)
{
	for (size_t i = 0; i < v->count; i++)
		limit_text(names->of[i], &v->left[i].limit);
}

/* draft-ietf-httpapi-ratelimit-headers-10 §3, §4 */
static void limits_fields(struct reply *r, const struct limit_verdict *v,
			  const struct limit_names *names)
{
	if (!v->count)
		return;
	reply_field_begin(r, "RateLimit-Policy");
	for (size_t i = 0; i < v->count; i++) {
		buf_add_text(&r->values, i ? ", " : "");
		limit_member(&r->values, names->of[i], "\";q=", v->left[i].limit.count,
			     ";w=", seconds_up(v->left[i].limit.period_ms));
	}
	reply_field_end(r);
	reply_field_begin(r, "RateLimit");
	for (size_t i = 0; i < v->count; i++) {
		buf_add_text(&r->values, i ? ", " : "");
		limit_member(&r->values, names->of[i], "\";r=", v->left[i].remaining,
			     ";t=", seconds_up(v->left[i].reset_ms));
	}
	reply_field_end(r);
}

/* RFC 9745 §2.1: since when; RFC 8594 §3: until when, as an HTTP date (RFC 9110 §5.6.7). */
static void grace_fields(struct reply *r, const struct gate_answer *a)
{
	int64_t until = a->result->version.valid_until;
	char sunset[HTTP_DATE_SIZE];

	if (a->deprecated_at != TIME_NONE) {
		reply_field_begin(r, "Deprecation");
		buf_add_char(&r->values, '@');
		buf_add_number(&r->values, a->deprecated_at / SECOND_MS);
		reply_field_end(r);
	}
	if (until == TIME_NONE)
		return;
	http_date_write(sunset, until);
	if (*sunset)
		reply_field(r, "Sunset", sunset);
}

/* --- X-Auth-* ------------------------------------------------------------------------------- */
struct identity {
	struct reply *reply;
	size_t used;
	struct buf left_out;
};

/* Takes the last field away again where it makes the answer too long. */
static void identity_end(struct identity *i, size_t values_before)
{
	struct reply *r = i->reply;
	size_t field = r->count, len;

	reply_field_end(r);
	len = r->values.len - values_before + FIELD_OVERHEAD;
	if (r->count > field && i->used + len <= IDENTITY_MAX) {
		i->used += len;
		return;
	}
	r->count = field;
	r->values.len = values_before;
	r->values.full = false;
	if (i->left_out.len)
		buf_add_text(&i->left_out, ", ");
	buf_add_text(&i->left_out, r->fields[field].name);
}

/* What is not set has no field: libmicrohttpd sends none that are empty. */
static void identity_field(struct identity *i, const char *name, const char *value,
			   void (*add)(struct buf *out, const char *text))
{
	size_t before = i->reply->values.len;

	if (!*value)
		return;
	reply_field_begin(i->reply, name);
	add(&i->reply->values, value);
	identity_end(i, before);
}

static void identity_fields(struct reply *r, const struct verify_result *v)
{
	struct identity i = { .reply = r, .left_out = BUF_INIT(IDENTITY_MAX) };

	identity_field(&i, "X-Auth-Key-Id", v->key.id, field_add_text);
	reply_field_number(r, "X-Auth-Version", v->version.number);
	identity_field(&i, "X-Auth-Name", v->key.name, field_add_text);
	identity_field(&i, "X-Auth-Owner", v->key.owner, field_add_text);
	identity_field(&i, "X-Auth-Tier", v->key.tier, field_add_text);
	identity_field(&i, "X-Auth-Scopes", v->key.scopes, field_add_text);
	identity_field(&i, "X-Auth-Meta", v->key.meta, field_add_json_ascii);
	if (i.left_out.len)
		reply_field(r, "X-Auth-Left-Out", buf_text(&i.left_out));
	buf_release(&i.left_out);
}

/* --- JSON ------------------------------------------------------------------------------------- */
static void member_string(struct buf *out, const char *name, const char *value)
{
	buf_add_text(out, name);
	field_add_json_string(out, value);
}

/* A stored set, one blank between, as an array; scopes are ASCII without quotes (rule_scope). */
static void add_set(struct buf *out, const char *set)
{
	buf_add_char(out, '[');
	while (*set) {
		size_t len = strcspn(set, " ");

		buf_add_char(out, '"');
		buf_add(out, set, len);
		buf_add_char(out, '"');
		set += len;
		if (*set++ == '\0')
			break;
		buf_add_char(out, ',');
	}
	buf_add_char(out, ']');
}

static void add_time(struct buf *out, int64_t at)
{
	char text[DATETIME_SIZE];

	if (at == TIME_NONE) {
		buf_add_text(out, "null");
		return;
	}
	datetime_rfc3339(text, at);
	buf_add_char(out, '"');
	buf_add_text(out, text);
	buf_add_char(out, '"');
}

static void add_limits(struct buf *out, const struct limit_verdict *v,
		       const struct limit_names *names)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < v->count; i++) {
		buf_add_text(out, i ? ",{\"limit\":\"" : "{\"limit\":\"");
		buf_add_text(out, names->of[i]);
		buf_add_text(out, "\",\"remaining\":");
		buf_add_number(out, v->left[i].remaining);
		buf_add_text(out, ",\"reset\":");
		buf_add_number(out, seconds_up(v->left[i].reset_ms));
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* The members of `key verify --json`, and limits. */
static void json_valid(struct buf *out, const struct gate_answer *a,
		       const struct limit_names *names)
{
	const struct verify_result *v = a->result;

	member_string(out, "{\"valid\":true,\"code\":\"VALID\",\"id\":", v->key.id);
	member_string(out, ",\"name\":", v->key.name);
	member_string(out, ",\"owner\":", v->key.owner);
	member_string(out, ",\"tier\":", v->key.tier);
	buf_add_text(out, ",\"scopes\":");
	add_set(out, v->key.scopes);
	buf_add_text(out, ",\"version\":");
	buf_add_number(out, v->version.number);
	buf_add_text(out, v->retiring ? ",\"retiring\":true" : ",\"retiring\":false");
	buf_add_text(out, ",\"valid_until\":");
	add_time(out, v->valid_until);
	buf_add_text(out, ",\"meta\":");
	buf_add_text(out, *v->key.meta ? v->key.meta : "{}");
	buf_add_text(out, ",\"limits\":");
	add_limits(out, &a->limits, names);
	buf_add_char(out, '}');
}

static void json_denied(struct buf *out, const char *code, int64_t retry_after_ms)
{
	buf_add_text(out, "{\"valid\":false,\"code\":\"");
	buf_add_text(out, code);
	buf_add_char(out, '"');
	if (retry_after_ms) {
		buf_add_text(out, ",\"retry_after\":");
		buf_add_number(out, seconds_up(retry_after_ms));
	}
	buf_add_char(out, '}');
}

/* --- answers -------------------------------------------------------------------------------- */
static void answer_begin(struct reply *r, enum shape shape, unsigned status)
{
	if (shape == SHAPE_NGINX && status == 429)
		status = 403;
	if (shape != SHAPE_JSON && status == 200)
		status = 204;
	reply_clear(r, status);
	reply_field(r, "Cache-Control", "no-store");
	if (shape == SHAPE_JSON)
		reply_field(r, "Content-Type", "application/json");
}

static void answer_code(struct reply *r, enum shape shape, const char *code, int64_t retry_after_ms)
{
	if (shape == SHAPE_JSON)
		json_denied(&r->body, code, retry_after_ms);
	else
		reply_field(r, "X-Auth-Code", code);
}

static void answer_401(struct reply *r, enum shape shape, const char *code)
{
	answer_begin(r, shape, 401);
	reply_field(r, "WWW-Authenticate", "Bearer realm=\"authrack\"");
	answer_code(r, shape, code, 0);
}

static void answer_valid(struct reply *r, enum shape shape, const struct gate_answer *a)
{
	struct limit_names names;

	limit_names_make(&names, &a->limits);
	answer_begin(r, shape, 200);
	limits_fields(r, &a->limits, &names);
	if (a->result->retiring)
		grace_fields(r, a);
	if (shape == SHAPE_JSON) {
		json_valid(&r->body, a, &names);
		return;
	}
	reply_field(r, "X-Auth-Code", "VALID");
	identity_fields(r, a->result);
}

static void answer_denied(struct reply *r, enum shape shape, const struct gate_answer *a)
{
	struct limit_names names;
	int64_t wait = a->code == VERIFY_RATE_LIMITED ? a->limits.retry_after_ms : 0;

	limit_names_make(&names, &a->limits);
	answer_begin(r, shape, statuses[a->code]);
	limits_fields(r, &a->limits, &names);
	if (a->code == VERIFY_RATE_LIMITED)
		reply_field_number(r, "Retry-After", seconds_up(wait));
	answer_code(r, shape, verify_code_name(a->code), wait);
}

void answer_verdict(struct reply *r, enum shape shape, bool explain, const struct gate_answer *a)
{
	switch (statuses[a->code]) {
	case 200:
		answer_valid(r, shape, a);
		break;
	case 401:
		answer_401(r, shape, explain ? verify_code_name(a->code) : "INVALID");
		break;
	default:
		answer_denied(r, shape, a);
	}
}

void answer_ambiguous(struct reply *r, enum shape shape, bool explain)
{
	answer_401(r, shape, explain ? "AMBIGUOUS" : "INVALID");
}

static const struct {
	unsigned status;
	const char *code, *message;
} problems[PROBLEM_COUNT] = {
	[PROBLEM_NONE] = { 500, "INTERNAL", "" },
	[PROBLEM_PATH] = { 404, "NO_SUCH_PATH", "there is nothing here" },
	[PROBLEM_METHOD] = { 405, "METHOD_NOT_ALLOWED", "see Allow for what is" },
	[PROBLEM_FRAMING] = { 400, "AMBIGUOUS_LENGTH",
			      "say once, and in one way, where the body ends" },
	[PROBLEM_HEADERS_SIZE] = { 431, "HEADERS_TOO_LARGE", "the headers are over 8 KiB" },
	[PROBLEM_BODY_SIZE] = { 413, "BODY_TOO_LARGE", "the body is over 64 KiB; none is needed" },
	[PROBLEM_CALLER] = { 403, "CALLER_REFUSED",
			     "send one of the caller tokens of this service as X-Authrack-Caller" },
	[PROBLEM_KEY_IN_QUERY] = { 400, "KEY_IN_QUERY",
				   "a key in the query ends up in logs: send it as X-API-Key or "
				   "Authorization: Bearer, and replace this one" },
	[PROBLEM_SCOPE_TWICE] = { 400, "SCOPE_TWICE",
				  "say the scopes once: in X-Authrack-Scope or in ?scope=" },
	[PROBLEM_SCOPE] = { 400, "SCOPE_INVALID",
			    "a scope is 1 to 64 letters, digits and : . _ * / -, at most 32 of "
			    "them" },
	[PROBLEM_GUESSING] = { 429, "TOO_MANY_WRONG_KEYS", "too many wrong keys from this client" },
	[PROBLEM_UNAVAILABLE] = { 503, "UNAVAILABLE", "the key store can't be read just now" },
};

void answer_problem(struct reply *r, enum shape shape, enum problem p, const char *allow)
{
	answer_begin(r, shape, problems[p].status);
	if (p == PROBLEM_METHOD)
		reply_field(r, "Allow", allow);
	if (p == PROBLEM_UNAVAILABLE)
		reply_field(r, "Retry-After", "1");
	if (p == PROBLEM_GUESSING)
		reply_field(r, "Retry-After", "10");
	if (shape != SHAPE_JSON) {
		reply_field(r, "X-Auth-Code", problems[p].code);
		return;
	}
	buf_addf(&r->body, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}", problems[p].code,
		 problems[p].message);
}
