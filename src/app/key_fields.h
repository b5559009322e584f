/* The fields of a key that create and edit set: their options, and putting their values in. */
#ifndef APP_KEY_FIELDS_H
#define APP_KEY_FIELDS_H

#include "data/key.h"
#include "src/app/op.h"

/* The options, `more` are flags that all of them get (ARG_CLEARS for edit), but the expiry: that one
 * is ended by saying never, not by a text that happens to be empty. */
#define KEY_FIELD_ARGS(more)                                                             \
	{ .name = "owner",                                                               \
	  .letter = 'o',                                                                 \
	  .type = ARG_TEXT,                                                              \
	  .flags = (more),                                                               \
	  .value = "TEXT",                                                               \
	  .help = "team or person that answers for it, up to 256 characters" },          \
		{ .name = "tier",                                                        \
		  .letter = 't',                                                         \
		  .type = ARG_TEXT,                                                      \
		  .flags = (more),                                                       \
		  .value = "TEXT",                                                       \
		  .help = "plan or class, handed to the app at verification" },          \
		{ .name = "scope",                                                       \
		  .letter = 's',                                                         \
		  .type = ARG_SCOPE,                                                     \
		  .flags = ARG_REPEATED | (more),                                        \
		  .value = "SCOPE",                                                      \
		  .help = "what it may do, such as orders:read; orders:* grants all "    \
			  "that begins with orders:",                                    \
		  .label = "Scopes" },                                                   \
		{ .name = "limit",                                                       \
		  .letter = 'l',                                                         \
		  .type = ARG_LIMIT,                                                     \
		  .flags = ARG_REPEATED | (more),                                        \
		  .value = "N/PERIOD[:BURST]",                                           \
		  .help = "calls allowed, such as 100/min or 5000/day; all "             \
			  "limits must pass",                                            \
		  .label = "Limits" },                                                   \
		{ .name = "allow-from",                                                  \
		  .letter = 'a',                                                         \
		  .type = ARG_RANGE,                                                     \
		  .flags = ARG_REPEATED | (more),                                        \
		  .value = "CIDR",                                                       \
		  .help = "client addresses it is good from; none given: any" },         \
		{ .name = "not-before",                                                  \
		  .letter = 'b',                                                         \
		  .type = ARG_INSTANT,                                                   \
		  .flags = ARG_NEVER | (more),                                           \
		  .value = "TIME",                                                       \
		  .help = "not valid before: RFC 3339 or from now (2h); never: at once", \
		  .label = "Valid from" },                                               \
		{ .name = "expires",                                                     \
		  .letter = 'e',                                                         \
		  .type = ARG_INSTANT,                                                   \
		  .flags = ARG_NEVER,                                                    \
		  .value = "TIME",                                                       \
		  .help = "end of its life: 90d from now, RFC 3339, or never" },         \
		{ .name = "meta",                                                        \
		  .letter = 'm',                                                         \
		  .type = ARG_META,                                                      \
		  .flags = ARG_REPEATED | (more),                                        \
		  .value = "NAME=VALUE",                                                 \
		  .help = "handed to the app at verification, up to 32 pairs" },         \
	{                                                                                \
		.name = "note", .type = ARG_TEXT, .flags = (more), .value = "TEXT",      \
		.help = "for people, up to 1024 characters"                              \
	}

/* Sets in `k` what was given; what was not stays. Checks that it expires after it begins, and in
 * the future where the expiry is given. */
enum errc key_fields_apply(const struct op_args *a, int64_t now, struct key *k, struct err *e);

/* Replaces a heap text of a key. */
void key_text_set(char **field, const char *text);

#endif
