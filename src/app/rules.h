/* The rules for what a key may say: text lengths, scopes, limits, address ranges, meta and prefix.
 * Each has one check, one canonical form (what the store holds) and, where it decides, a match. */
#ifndef APP_RULES_H
#define APP_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/cidr.h"
#include "src/base/err.h"
#include "src/base/json.h"

enum { /* in characters, not bytes */
       NAME_LENGTH = 128,
       OWNER_LENGTH = 256,
       TIER_LENGTH = 64,
       NOTE_LENGTH = 1024,
       REASON_LENGTH = 1024,
       META_NAME_LENGTH = 64,
       META_VALUE_LENGTH = 256,
};
enum { SCOPE_LENGTH = 64, SCOPES_MAX = 256, LIMITS_MAX = 16, RANGES_MAX = 256, META_MAX = 32 };

/* Free text: valid UTF-8, at most `max` characters; `field` names it in errors. */
enum errc rule_text(const char *field, const char *text, size_t max, struct err *e);
/* A name: as above, 1 to 128 characters, not blank, and not of the shape of an id. */
enum errc rule_name(const char *text, struct err *e);
/* [a-z][a-z0-9_]{0,15} */
enum errc rule_prefix(const char *text, struct err *e);

/* 1 to 64 of letters, digits and : . _ * / - */
enum errc rule_scope(const char *text, struct err *e);
/* Does the set (blank between) grant `wanted`? A "*" that ends a scope stands for any non-empty
 * rest; anywhere else it is a character like any other. */
bool scopes_grant(const char *scopes, const char *wanted);

/* "100/min", "5000/day:200": at most count in the period, with bursts of at most `burst`. */
struct limit {
	int64_t count;
	int64_t period_ms;
	int64_t burst; /* 0: not given */
};
enum { LIMIT_TEXT_SIZE = 48 };
/* Periods: sec min hour day, with the usual other spellings (s, second, m, minute, h, d). */
enum errc limit_parse(struct limit *out, const char *text, struct err *e);
void limit_text(char out[LIMIT_TEXT_SIZE], const struct limit *l);

/* One range of allow_from, through cidr_parse(). */
enum errc rule_range(const char *text, struct err *e);
/* Does the list (canonical, blank between) hold the address? An empty list does not: ask before. */
bool ranges_contain(const char *ranges, const struct address *a);

/* One "NAME=VALUE". NAME is [A-Za-z0-9_.-]{1,64}. */
enum errc rule_meta(const char *text, struct err *e);

/* --- canonical forms: heap text, caller frees ---------------------------------------------- */
/* Texts of a repeated option, or of one field split at blanks and commas. */
struct texts {
	const char *const *items;
	size_t count;
};
enum errc scopes_canonical(char **out, struct texts t, struct err *e); /* sorted, each once */
enum errc limits_canonical(char **out, struct texts t, struct err *e); /* by period, then count */
enum errc ranges_canonical(char **out, struct texts t, struct err *e); /* sorted, each once */
enum errc meta_canonical(char **out, struct texts t, struct err *e);   /* from "NAME=VALUE" */
/* The same from a JSON object of texts (import). Both give "" where there is no pair. */
enum errc meta_from_json(char **out, const struct json *object, struct err *e);

/* Splits at blanks, commas and semicolons, for fields that hold a whole set ("a b,c"). The pieces
 * live in the block that *items begins: free(*items) releases all. */
size_t texts_split(char ***items, const char *text);
/* A stored set ("" none) as a JSON array of texts. */
struct json *texts_json(const char *stored);

#endif
