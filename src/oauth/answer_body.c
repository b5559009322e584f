/* The body of an answer: a strict JSON object, or what some providers send instead of one. */
#include "src/oauth/answer_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"
#include "src/base/text.h"

enum { FORM_MEMBERS_MAX = 64, INTEGER_DIGITS = 18, TITLE_MAX = 200 };

/* --- numbers that jansson has no room for ------------------------------------------------------------- */

/* Copies one number, or what stands in its place: beyond the range of 64 bits the nearest that matters. */
static size_t number_copy(struct secret *out, const char *text, size_t len)
{
	struct oauth_number n;
	struct buf plain = BUF_INIT(32);
	size_t end;

	if (!json_number_scan(text, len, &end) ||
	    (end <= INTEGER_DIGITS && !memchr(text, 'e', end) && !memchr(text, 'E', end))) {
		end = end ? end : 1;
		secret_add(out, text, end);
		return end;
	}
	n = oauth_number_read(text, end);
	buf_addf(&plain, "%lld", (long long)n.value);
	secret_add(out, plain.data, plain.len);
	buf_release(&plain);
	return end;
}

/* The text with numbers that are cut to what can be read. It may hold tokens, too. */
static void numbers_cut(struct secret *out, const char *text, size_t len)
{
	bool quoted = false;
	size_t taken;

	secret_init(out, 2 * len + 32);
	for (size_t at = 0; at < len; at += taken) {
		taken = 1;
		if (quoted && text[at] == '\\' && at + 1 < len)
			taken = 2;
		else if (text[at] == '"')
			quoted = !quoted;
		else if (!quoted && (text[at] == '-' || isdigit((unsigned char)text[at]))) {
			taken = number_copy(out, text + at, len - at);
			continue;
		}
		secret_add(out, text + at, taken);
	}
}

/* What jansson says ends with the text near the fault, which may be half a token. */
static char *fault_words(const struct err *e)
{
	const char *near = strstr(e->message, " near ");

	return x_strndup(e->message, near ? (size_t)(near - e->message) : strlen(e->message));
}

static struct json *json_read(const char *text, size_t len, char **why)
{
	struct secret cut = SECRET_INIT;
	struct err e = ERR_INIT;
	struct json *v;

	if (json_parse(&v, text, len, &e) != ERR_OK &&
	    (strstr(e.message, "too big") || strstr(e.message, "overflow"))) {
		numbers_cut(&cut, text, len);
		json_parse(&v, secret_reveal(&cut), cut.len, &e);
		secret_release(&cut);
	}
	if (!v) {
		*why = fault_words(&e);
	} else if (json_type_of(v) != JSON_OBJECT_TYPE) {
		*why = x_strdup("the answer is JSON, but no object");
		json_free(v);
		v = NULL;
	}
	return v;
}

/* --- forms ------------------------------------------------------------------------------------------ */

/* Decodes application/x-www-form-urlencoded; false: it has a NUL or is no UTF-8. */
static bool form_decode(struct secret *out, const char *text, size_t len)
{
	secret_init(out, len);
	for (size_t at = 0; at < len; at++) {
		const char digits[3] = { len - at > 1 ? text[at + 1] : '\0',
					 len - at > 2 ? text[at + 2] : '\0', '\0' };
		char c = text[at] == '+' ? ' ' : text[at];

		if (c == '%' && isxdigit((unsigned char)digits[0]) &&
		    isxdigit((unsigned char)digits[1])) {
			c = (char)strtoul(digits, NULL, 16);
			at += 2;
		}
		if (!c)
			return false;
		secret_add(out, &c, 1);
	}
	return utf8_valid(secret_reveal(out), out->len);
}

/* Numbers of a form have no type of their own: they are none that came as strings. */
static struct json *form_value(const char *text)
{
	size_t len = strlen(text), end;

	if (len && len < INTEGER_DIGITS && json_number_scan(text, len, &end) && end == len)
		return json_number_new(text, len);
	return json_text(text);
}

static bool form_member(struct json *out, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	struct secret name = SECRET_INIT, value = SECRET_INIT;
	bool well = equals && equals > text && form_decode(&name, text, (size_t)(equals - text)) &&
		    form_decode(&value, equals + 1, len - (size_t)(equals + 1 - text)) &&
		    !json_get(out, secret_reveal(&name)) && json_count(out) < FORM_MEMBERS_MAX;

	if (well)
		json_set(out, secret_reveal(&name), form_value(secret_reveal(&value)));
	secret_release(&name);
	secret_release(&value);
	return well;
}

/* NULL: it is none, or a name comes twice. */
static struct json *form_read(const char *text, size_t len)
{
	struct json *out = json_object_new();
	bool well = len > 0;

	while (len && strchr("\r\n", text[len - 1]))
		len--;
	for (size_t at = 0, part; well && at < len; at += part + 1) {
		const char *end = memchr(text + at, '&', len - at);

		part = end ? (size_t)(end - text) - at : len - at;
		well = form_member(out, text + at, part);
	}
	if (well && json_count(out))
		return out;
	json_free(out);
	return NULL;
}

/* --- what it is ------------------------------------------------------------------------------------- */

/* The media type without parameters is this one. */
static bool type_is(const char *type, const char *name)
{
	size_t len = type ? strcspn(type, "; \t") : 0;

	return len == strlen(name) && strncasecmp(type, name, len) == 0;
}

/* What a page calls itself, where it does; heap, masked by nobody yet. */
static char *page_title(const char *text)
{
	const char *begin = strcasestr(text, "<title>"), *end;

	if (!begin)
		return NULL;
	begin += strlen("<title>");
	begin += strspn(begin, " \t\r\n");
	end = begin + strcspn(begin, "<\r\n");
	if (end == begin || end - begin > TITLE_MAX)
		return NULL;
	return x_strndup(begin, (size_t)(end - begin));
}

static void type_note(struct oauth_answer *a, const char *type)
{
	if (!type)
		answer_note(a, "the answer has no content type: RFC 6749 §5 has application/json");
	else if (!type_is(type, "application/json"))
		answer_note(a, "the answer is JSON, but its content type is \"%.100s\"", type);
}

struct json *answer_body(struct oauth_answer *a, const struct http_response *r, char **why,
			 char **title)
{
	const char *type = http_response_header(r, "Content-Type");
	const char *text = buf_text(&r->body);
	size_t blank = strspn(text, " \t\r\n");
	struct json *v;

	*why = *title = NULL;
	if (blank == r->body.len) {
		*why = x_strdup("the answer is empty");
		return NULL;
	}
	if (text[blank] == '<') {
		*why = x_strdup("the answer is a page of HTML or XML instead of JSON");
		*title = page_title(text);
		return NULL;
	}
	if (type_is(type, "application/x-www-form-urlencoded") && text[blank] != '{') {
		v = form_read(text, r->body.len);
		if (v)
			answer_note(a, "the answer is a form: RFC 6749 §5 has JSON");
		else
			*why = x_strdup(
				"the answer is a form that can't be read, or has a name twice");
		return v;
	}
	v = json_read(text, r->body.len, why);
	if (v)
		type_note(a, type);
	return v;
}
