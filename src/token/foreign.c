/* Matching over the table of other vendors' credentials, and the checksums that some of them carry. Formats
 * are the vendors' published ones; a checksum tells a real credential from an example. */
#include "src/token/foreign.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "src/base/encode.h"
#include "src/token/foreign_match.h"

enum {
	CRC_DIGITS = 6,
	SECTIONS = 3,
	MASK_HIDES = 16,
	MASK_TAIL = 4,
	LEAST = 12, /* no credential is shorter: most words are told by that */
};

/* --- sets of characters ----------------------------------------------------------------------- */

#define FOUR(c, set) [(c)] = (set), [(c) + 1] = (set), [(c) + 2] = (set), [(c) + 3] = (set)
#define SIX(c, set) FOUR(c, set), [(c) + 4] = (set), [(c) + 5] = (set)
#define TWENTY(c, set)                                                             \
	FOUR(c, set), FOUR((c) + 4, set), FOUR((c) + 8, set), FOUR((c) + 12, set), \
		FOUR((c) + 16, set)

static const uint16_t sets[256] = {
	['0'] = SET_0189,
	['1'] = SET_0189,
	SIX('2', SET_234567),
	['8'] = SET_0189,
	['9'] = SET_0189,
	SIX('A', SET_UPPER_HEX),
	TWENTY('G', SET_UPPER_REST),
	SIX('a', SET_LOWER_HEX),
	TWENTY('g', SET_LOWER_REST),
	['-'] = SET_DASH,
	['_'] = SET_UNDERSCORE,
	['.'] = SET_DOT,
	['='] = SET_EQUALS,
	['+'] = SET_STANDARD,
	['/'] = SET_STANDARD,
	[':'] = SET_COLON,
};

size_t foreign_run(unsigned set, const char *text, size_t len, size_t most)
{
	size_t n = 0;

	while (n < len && n < most && sets[(unsigned char)text[n]] & set)
		n++;
	return n;
}

/* --- shapes ----------------------------------------------------------------------------------- */

/* A run of `body` characters within the bounds, with none of them behind it. */
size_t match_run(const struct foreign *f, const char *text, size_t len)
{
	size_t n = foreign_run(f->body, text, len, f->most + 1);

	return n >= f->least && n <= f->most ? n : 0;
}

/* The rest of three base64url sections with dots between (RFC 7515 §7.1); the third may be empty. */
size_t match_jwt(const struct foreign *f, const char *text, size_t len)
{
	size_t at = 0;

	for (int section = 0; section < SECTIONS; section++) {
		size_t n = foreign_run(f->body, text + at, len - at, f->most - at);

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

/* GitLab's routable tokens have behind the first section the version (since 18.0), and the length of the
 * payload with a checksum. */
size_t match_gitlab(const struct foreign *f, const char *text, size_t len)
{
	enum { VERSION = 2, TAIL = 9 };
	size_t n = match_run(f, text, len), at = n, part;

	for (int section = 1; n && section < SECTIONS && at < len && text[at] == '.'; section++) {
		part = foreign_run(SET_BASE36, text + at + 1, len - at - 1, TAIL + 1);
		at += 1 + part;
		if (part == TAIL)
			return at;
		if (part != VERSION)
			break;
	}
	return n;
}

/* OpenAI's keys carry "OpenAI" in base64 between their two halves. */
size_t match_openai(const struct foreign *f, const char *text, size_t len)
{
	size_t n = match_run(f, text, len);

	return n && memmem(text, n, "T3BlbkFJ", 8) ? n : 0;
}

/* 22 and 43 characters with a dot between. */
size_t match_sendgrid(const struct foreign *f, const char *text, size_t len)
{
	enum { ID = 22, SECRET = 43 };

	if (len < ID + 1 + SECRET || foreign_run(f->body, text, len, ID + 1) != ID ||
	    text[ID] != '.' ||
	    foreign_run(f->body, text + ID + 1, len - ID - 1, SECRET + 1) != SECRET)
		return 0;
	return ID + 1 + SECRET;
}

/* The bot's number, a colon, 35 characters of which the first two are AA. */
size_t match_telegram(const struct foreign *f, const char *text, size_t len)
{
	size_t digits = foreign_run(SET_DIGITS, text, len, 11), n;

	if (digits < 8 || digits > 10 || len < digits + 3 || memcmp(text + digits, ":AA", 3) != 0)
		return 0;
	n = foreign_run(f->body, text + digits + 1, len - digits - 1, f->most + 1);
	return n == f->most ? digits + 1 + n : 0;
}

/* A type of key, a dot, base64url, and for wrapped ones a word and a dot between (PASERK). */
size_t match_paserk(const struct foreign *f, const char *text, size_t len)
{
	static const char *const types[] = {
		"lid.",	   "local.", "seal.",	"local-wrap.pie.",  "local-pw.", "sid.",
		"public.", "pid.",   "secret.", "secret-wrap.pie.", "secret-pw."
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t lead = strlen(types[i]), n;

		if (len < lead || memcmp(text, types[i], lead) != 0)
			continue;
		n = match_run(f, text + lead, len - lead);
		return n ? lead + n : 0;
	}
	return 0;
}

/* A payload, and a footer behind a dot if there is one (PASETO). */
size_t match_paseto(const struct foreign *f, const char *text, size_t len)
{
	size_t n = match_run(f, text, len), footer;

	if (!n || n + 1 >= len || text[n] != '.')
		return n;
	footer = foreign_run(f->body, text + n + 1, len - n - 1, f->most - n);
	return footer ? n + 1 + footer : n;
}

/* --- checksums -------------------------------------------------------------------------------- */

/* Six base62 digits of CRC-32 over what stands between the lead and them. */
static enum foreign_check check_crc(const char *text, size_t len, size_t lead)
{
	char expected[CRC_DIGITS + 1];

	crc32_base62(expected, text + lead, len - lead - CRC_DIGITS);
	return memcmp(expected, text + len - CRC_DIGITS, CRC_DIGITS) == 0 ? FOREIGN_GOOD
									  : FOREIGN_WRONG;
}

enum foreign_check check_four(const char *text, size_t len) /* "ghp_", "npm_" */
{
	return check_crc(text, len, 4);
}

/* Seven base36 digits of CRC-32 over all before them; the classic form has none. */
enum foreign_check check_gitlab(const char *text, size_t len)
{
	enum { DIGITS = 7 };
	char expected[DIGITS + 1] = "0000000";
	unsigned long crc;

	if (!memchr(text, '.', len) || len < DIGITS)
		return FOREIGN_UNCHECKED;
	crc = crc32_z(0, (const unsigned char *)text, len - DIGITS);
	for (int i = DIGITS - 1; i >= 0; i--, crc /= 36)
		expected[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[crc % 36];
	return memcmp(expected, text + len - DIGITS, DIGITS) == 0 ? FOREIGN_GOOD : FOREIGN_WRONG;
}

/* Eight hex digits of CRC-32, lowest byte first, over all before the underscore before them. */
enum foreign_check check_grafana(const char *text, size_t len)
{
	enum { DIGITS = 8 };
	char expected[DIGITS + 1];
	unsigned char bytes[DIGITS / 2];
	unsigned long crc = crc32_z(0, (const unsigned char *)text, len - DIGITS - 1);

	for (size_t i = 0; i < sizeof(bytes); i++, crc >>= 8)
		bytes[i] = crc & 0xff;
	hex_encode(expected, bytes, sizeof(bytes));
	return memcmp(expected, text + len - DIGITS, DIGITS) == 0 ? FOREIGN_GOOD : FOREIGN_WRONG;
}

/* --- looking up ------------------------------------------------------------------------------- */

bool foreign_begins(unsigned char c)
{
	return c && strchr(FOREIGN_FIRST, c);
}

bool foreign_begins_pasted(unsigned char c)
{
	return c && strchr(FOREIGN_FIRST_PASTED, c);
}

static size_t match(const struct foreign **out, enum foreign_check *check, const char *text,
		    size_t len, bool pasted)
{
	if (foreign_run(SET_ANY, text, len, LEAST) < LEAST)
		return 0;
	for (const struct foreign *f = foreign_table; f->id; f++) {
		size_t lead, body;

		if ((*f->lead && *f->lead != *text) || (f->paste_only && !pasted))
			continue;
		lead = strlen(f->lead);
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

size_t foreign_match(const struct foreign **out, enum foreign_check *check, const char *text,
		     size_t len)
{
	return match(out, check, text, len, false);
}

size_t foreign_match_pasted(const struct foreign **out, enum foreign_check *check, const char *text,
			    size_t len)
{
	return match(out, check, text, len, true);
}

const struct foreign *foreign_identify(enum foreign_check *check, const char *text, size_t len)
{
	const struct foreign *f = NULL;

	return match(&f, check, text, len, true) == len ? f : NULL;
}

void foreign_mask(char out[FOREIGN_MASK_SIZE], const struct foreign *f, const char *text,
		  size_t len)
{
	size_t lead = strlen(f->lead);
	bool tail = len >= lead + MASK_HIDES + MASK_TAIL;

	snprintf(out, FOREIGN_MASK_SIZE, "%s…%.*s", f->lead, tail ? MASK_TAIL : 0,
		 tail ? text + len - MASK_TAIL : "");
}
