/* The fields of an import: their names, their stored forms, and what is said of a value that is not
 * well formed. */
#include <string.h>
#include <strings.h>

#include "src/app/import_rows.h"
#include "src/app/rules.h"
#include "src/base/alloc.h"
#include "src/base/json.h"

static enum errc as_it_is(char **out, const char *text, enum errc rc)
{
	*out = rc ? NULL : x_strdup(text);
	return rc;
}

static enum errc name_form(char **out, const char *text, struct err *e)
{
	return as_it_is(out, text, rule_name(text, e));
}

static enum errc owner_form(char **out, const char *text, struct err *e)
{
	return as_it_is(out, text, rule_text("owner", text, OWNER_LENGTH, e));
}

static enum errc tier_form(char **out, const char *text, struct err *e)
{
	return as_it_is(out, text, rule_text("tier", text, TIER_LENGTH, e));
}

static enum errc note_form(char **out, const char *text, struct err *e)
{
	return as_it_is(out, text, rule_text("note", text, NOTE_LENGTH, e));
}

static enum errc prefix_form(char **out, const char *text, struct err *e)
{
	return as_it_is(out, text, rule_prefix(text, e));
}

static enum errc set_form(char **out, const char *text, struct err *e,
			  enum errc (*canonical)(char **out, struct texts t, struct err *e))
{
	char **items;
	size_t count = texts_split(&items, text);
	enum errc rc = canonical(out, (struct texts){ (const char *const *)items, count }, e);

	free(items);
	return rc;
}

static enum errc scopes_form(char **out, const char *text, struct err *e)
{
	return set_form(out, text, e, scopes_canonical);
}

static enum errc limits_form(char **out, const char *text, struct err *e)
{
	return set_form(out, text, e, limits_canonical);
}

static enum errc ranges_form(char **out, const char *text, struct err *e)
{
	return set_form(out, text, e, ranges_canonical);
}

static enum errc meta_form(char **out, const char *text, struct err *e)
{
	struct json *object = NULL;
	enum errc rc;

	if (*text != '{')
		return set_form(out, text, e, meta_canonical);
	rc = json_parse(&object, text, strlen(text), e);
	if (!rc)
		rc = meta_from_json(out, object, e);
	json_free(object);
	return rc;
}

const struct import_field_rule import_fields[IMPORT_FIELDS] = {
	[IMPORT_NAME] = { "name", "1 to 128 characters without control characters, and no key id",
			  name_form, true },
	[IMPORT_OWNER] = { "owner", "at most 256 characters without control characters", owner_form,
			   true },
	[IMPORT_TIER] = { "tier", "at most 64 characters without control characters", tier_form,
			  true },
	[IMPORT_NOTE] = { "note", "at most 1024 characters without control characters", note_form,
			  true },
	[IMPORT_PREFIX] = { "prefix", "a lower-case letter, then at most 15 of a-z, 0-9 and _",
			    prefix_form, false },
	[IMPORT_SCOPES] = { "scopes",
			    "each 1 to 64 of letters, digits and : . _ * / -, at most "
			    "256 of them",
			    scopes_form, true },
	[IMPORT_LIMITS] = { "limits", "each N/sec, N/min, N/hour or N/day, with :BURST if wanted",
			    limits_form, false },
	[IMPORT_ALLOW_FROM] = { "allow_from",
				"addresses or ranges without host bits, such as "
				"10.0.0.0/8 or 2001:db8::/32",
				ranges_form, false },
	[IMPORT_META] = { "meta",
			  "NAME=VALUE with blanks between, or a JSON object of texts, at "
			  "most 32",
			  meta_form, true },
	[IMPORT_NOT_BEFORE] = { "not_before", "an RFC 3339 time or a duration from now", NULL,
				false },
	[IMPORT_EXPIRES_AT] = { "expires_at", "an RFC 3339 time, a duration from now, or never",
				NULL, false },
	[IMPORT_SECRET] = { "secret",
			    "printable ASCII of at most 512 bytes, or sha256: and 64 "
			    "hexadecimal digits",
			    NULL, false },
};

/* Columns of the export that say what is, not what is wanted. */
static const char *const ignored[] = {
	"id",	       "status",     "version",	       "hint",	       "secret_id",
	"created_at",  "updated_at", "disabled_at",    "revoked_at",   "revoke_reason",
	"revoke_text", "revision",   "retiring_until", "last_used_at", "last_used_from",
	"altered",
};

static bool same_word(const char *word, const char *name, size_t len)
{
	return strlen(word) == len && !strncasecmp(word, name, len);
}

enum import_field import_field(const char *name, size_t len)
{
	for (int i = 0; i < IMPORT_FIELDS; i++)
		if (same_word(import_fields[i].name, name, len))
			return (enum import_field)i;
	if (same_word("user", name, len))
		return IMPORT_OWNER;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		if (same_word(ignored[i], name, len))
			return IMPORT_IGNORED;
	return IMPORT_UNKNOWN;
}

const char *import_field_name(enum import_field field)
{
	return import_fields[field].name;
}
