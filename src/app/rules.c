/* The rules for what a key may say: one check a field, and the matches that verification makes. */
#include "src/app/rules.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "data/key.h"
#include "src/base/clock.h"
#include "src/base/encode.h"
#include "src/base/text.h"

enum errc rule_text(const char *field, const char *text, size_t max, struct err *e)
{
	size_t length;

	if (!utf8_valid(text, strlen(text))) {
		err_set(e, ERR_USAGE, "%s is not valid UTF-8: \"%s\"", field, text);
		return err_hint(e, "type it in a UTF-8 terminal, or leave the odd bytes out");
	}
	length = utf8_length(text);
	if (length > max) {
		err_set(e, ERR_USAGE, "%s is too long: %zu characters", field, length);
		return err_hint(e, "at most %zu", max);
	}
	return ERR_OK;
}

static bool is_id(const char *text)
{
	static const char *const prefixes[] = { "key_", "prv_", "grt_", "flw_" };
	uint8_t id[ULID_BYTES];

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(text, prefixes[i], 4) == 0 && ulid_parse(id, text + 4))
			return true;
	return false;
}

enum errc rule_name(const char *text, struct err *e)
{
	if (text[strspn(text, " \t\n\r")] == '\0') {
		err_set(e, ERR_USAGE, "name is empty");
		return err_hint(e, "1 to %d characters that say what it is for", NAME_LENGTH);
	}
	if (is_id(text)) {
		err_set(e, ERR_USAGE, "name \"%s\" has the form of an id", text);
		return err_hint(e, "take a name that can't be mistaken for an id");
	}
	return rule_text("name", text, NAME_LENGTH, e);
}

enum errc rule_prefix(const char *text, struct err *e)
{
	size_t rest = 0;

	if (text[0] >= 'a' && text[0] <= 'z')
		rest = 1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (rest && !text[rest] && rest < PREFIX_SIZE)
		return ERR_OK;
	err_set(e, ERR_USAGE, "prefix \"%s\" is not possible", text);
	return err_hint(e, "1 to %d lower case letters, digits and _, a letter first",
			PREFIX_SIZE - 1);
}

static bool of_set(const char *text, const char *extra, size_t max)
{
	size_t len = 0;

	for (; text[len]; len++)
		if (!isascii(text[len]) ||
		    (!isalnum((unsigned char)text[len]) && !strchr(extra, text[len])))
			return false;
	return len >= 1 && len <= max;
}

enum errc rule_scope(const char *text, struct err *e)
{
	if (of_set(text, ":._*/-", SCOPE_LENGTH))
		return ERR_OK;
	err_set(e, ERR_USAGE, "scope \"%s\" is not possible", text);
	return err_hint(e, "1 to %d of letters, digits and : . _ * / -, such as orders:read",
			SCOPE_LENGTH);
}

static bool scope_grants(const char *scope, size_t len, const char *wanted, size_t wanted_len)
{
	if (len == wanted_len && memcmp(scope, wanted, len) == 0)
		return true;
	return scope[len - 1] == '*' && wanted_len >= len && memcmp(scope, wanted, len - 1) == 0;
}

/* Steps through a stored set: the piece at *at, its length, 0 at the end. */
static size_t piece_next(const char **at)
{
	*at += strspn(*at, " ");
	return strcspn(*at, " ");
}

bool scopes_grant(const char *scopes, const char *wanted)
{
	size_t wanted_len = strlen(wanted), len;

	if (!wanted_len)
		return false;
	for (const char *at = scopes; (len = piece_next(&at)) > 0; at += len)
		if (scope_grants(at, len, wanted, wanted_len))
			return true;
	return false;
}

static const struct period {
	const char *name;
	int64_t ms;
} periods[] = {
	/* of one length the first is the canonical name */
	{ "sec", SECOND_MS },	 { "second", SECOND_MS }, { "s", SECOND_MS },  { "min", MINUTE_MS },
	{ "minute", MINUTE_MS }, { "m", MINUTE_MS },	  { "hour", HOUR_MS }, { "h", HOUR_MS },
	{ "day", DAY_MS },	 { "d", DAY_MS },
};
enum { PERIODS = sizeof(periods) / sizeof(periods[0]) };

static int64_t period_find(const char *name, size_t len)
{
	for (size_t i = 0; i < PERIODS; i++)
		if (strlen(periods[i].name) == len && memcmp(periods[i].name, name, len) == 0)
			return periods[i].ms;
	return 0;
}

static const char *period_name(int64_t ms)
{
	for (size_t i = 0; i < PERIODS; i++)
		if (periods[i].ms == ms)
			return periods[i].name;
	return "";
}

/* 1 to 1,000,000,000 in plain digits; *rest is what follows. 0 when it is none. */
static int64_t count_parse(const char *text, const char **rest)
{
	int64_t value = 0;

	for (*rest = text; isdigit((unsigned char)**rest); ++*rest)
		if ((value = value * 10 + (**rest - '0')) > 1000000000)
			return 0;
	return value;
}

enum errc limit_parse(struct limit *out, const char *text, struct err *e)
{
	const char *rest;
	size_t len;

	*out = (struct limit){ .count = count_parse(text, &rest) };
	if (!out->count || *rest++ != '/')
		goto refuse;
	len = strcspn(rest, ":");
	out->period_ms = period_find(rest, len);
	rest += len;
	if (!out->period_ms)
		goto refuse;
	if (*rest == ':' && !(out->burst = count_parse(rest + 1, &rest)))
		goto refuse;
	if (!*rest)
		return ERR_OK;
refuse:
	err_set(e, ERR_USAGE, "limit \"%s\" is not of the form N/PERIOD", text);
	return err_hint(e, "100/min, 5000/day, with a burst 100/min:20; periods sec min hour day");
}

void limit_text(char out[LIMIT_TEXT_SIZE], const struct limit *l)
{
	int len = snprintf(out, LIMIT_TEXT_SIZE, "%" PRId64 "/%s", l->count,
			   period_name(l->period_ms));

	if (l->burst)
		snprintf(out + len, LIMIT_TEXT_SIZE - (size_t)len, ":%" PRId64, l->burst);
}

enum errc rule_range(const char *text, struct err *e)
{
	struct cidr range;

	return cidr_parse(&range, text, e);
}

bool ranges_contain(const char *ranges, const struct address *a)
{
	char text[CIDR_TEXT_SIZE];
	struct cidr range;
	size_t len;

	for (const char *at = ranges; (len = piece_next(&at)) > 0; at += len) {
		if (len >= sizeof(text))
			continue;
		memcpy(text, at, len);
		text[len] = '\0';
		if (cidr_parse(&range, text, NULL) == ERR_OK && cidr_contains(&range, a))
			return true;
	}
	return false;
}

static enum errc meta_refuse(const char *text, struct err *e)
{
	err_set(e, ERR_USAGE, "meta \"%s\" is not of the form NAME=VALUE", text);
	return err_hint(e,
			"NAME is 1 to %d of letters, digits and _ . -, VALUE at most %d "
			"characters",
			META_NAME_LENGTH, META_VALUE_LENGTH);
}

enum errc rule_meta(const char *text, struct err *e)
{
	char name[META_NAME_LENGTH + 1];
	size_t len = strcspn(text, "=");

	if (!text[len] || len >= sizeof(name))
		return meta_refuse(text, e);
	memcpy(name, text, len);
	name[len] = '\0';
	if (!of_set(name, "_.-", META_NAME_LENGTH))
		return meta_refuse(text, e);
	return rule_text("value of meta", text + len + 1, META_VALUE_LENGTH, e);
}
