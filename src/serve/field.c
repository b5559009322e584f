/* Texts made fit for header fields and JSON. Most are plain ASCII: those go over in one piece. */
#include "src/serve/field.h"

#include <stdint.h>
#include <string.h>

#include "src/base/text.h"

/* How much of it is printable ASCII but for these two characters (0: none). */
static size_t plain_length(const char *text, char but, char nor)
{
	size_t len = 0;

	while (text[len] >= ' ' && text[len] < 0x7F && text[len] != but && text[len] != nor)
		len++;
	return len;
}

static void add_percent(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char text[3] = { '%', digits[c >> 4], digits[c & 15] };

	buf_add(out, text, sizeof(text));
}

/* Blanks at an end would be taken off by whoever reads the field. */
void field_add_text(struct buf *out, const char *text)
{
	size_t total = strlen(text);

	for (size_t at = 0; at < total;) {
		size_t plain = plain_length(text + at, '%', 0);
		size_t keep = plain;

		if (at + plain == total)
			while (keep && text[at + keep - 1] == ' ')
				keep--;
		if (at == 0 && keep && *text == ' ')
			keep = 0;
		buf_add(out, text + at, keep);
		at += keep;
		if (at < total)
			add_percent(out, (unsigned char)text[at++]);
	}
}

/* \uXXXX, as a surrogate pair beyond the basic plane (RFC 8259 §7). */
static void add_escape(struct buf *out, int32_t code)
{
	unsigned c = code < 0 ? 0xFFFD : (unsigned)code;

	if (c > 0xFFFF)
		buf_addf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
			 0xDC00 + ((c - 0x10000) & 0x3FF));
	else
		buf_addf(out, "\\u%04x", c);
}

void field_add_json_ascii(struct buf *out, const char *json)
{
	const char *end = json + strlen(json);

	if (json == end)
		buf_add_text(out, "{}");
	while (json < end) {
		size_t plain = plain_length(json, 0, 0);
		int32_t code;

		buf_add(out, json, plain);
		json += plain;
		if (json == end)
			break;
		json += utf8_decode(&code, json, (size_t)(end - json));
		add_escape(out, code);
	}
}

void field_add_json_string(struct buf *out, const char *text)
{
	const char *end = text + strlen(text);

	buf_add_char(out, '"');
	while (text < end) {
		size_t plain = plain_length(text, '"', '\\');
		int32_t code;

		buf_add(out, text, plain);
		text += plain;
		if (text == end)
			break;
		if (*text == '"' || *text == '\\') {
			buf_add_char(out, '\\');
			buf_add_char(out, *text++);
			continue;
		}
		plain = utf8_decode(&code, text, (size_t)(end - text));
		if (code >= 0 && code_point_safe(code))
			buf_add(out, text, plain);
		else
			add_escape(out, code);
		text += plain;
	}
	buf_add_char(out, '"');
}
