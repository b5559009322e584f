/* Which keys an operation means: one by id or name, several by ids, names or a filter. */
#ifndef APP_KEY_PICK_H
#define APP_KEY_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "data/key.h"
#include "src/app/op.h"

/* One key by id or by name: of several with that name the one that is not revoked, else the only
 * one. ERR_NOT_FOUND; ERR_CONFLICT lists the candidates. `k` is initialised by the caller. Altered
 * rows are returned with k->altered set: see key_intact(). */
enum errc key_pick(struct store *s, const char *who, struct key *k, struct err *e);

/* ERR_STORE naming the key when its row or one of its versions was altered outside authrack. */
enum errc key_intact(const struct key *k, struct err *e);

/* --- several keys (OP_BULK) ---------------------------------------------------------------- */
/* The filter options of key.list and of every bulk form, to stand in an operation's table. */
#define KEY_FILTER_ARGS                                                          \
	{ .name = "search",                                                      \
	  .type = ARG_TEXT,                                                      \
	  .flags = ARG_COMMAND_LINE,                                             \
	  .value = "WORDS",                                                      \
	  .help = "keys with these words in name, owner, id or secret id" },     \
		{ .name = "status",                                              \
		  .type = ARG_CHOICE,                                            \
		  .flags = ARG_REPEATED | ARG_COMMAND_LINE,                      \
		  .choices = key_status_choices,                                 \
		  .value = "STATUS",                                             \
		  .help = "keys in this state" },                                \
		{ .name = "owner",                                               \
		  .type = ARG_TEXT,                                              \
		  .flags = ARG_COMMAND_LINE,                                     \
		  .value = "TEXT",                                               \
		  .help = "keys of this owner" },                                \
		{ .name = "tier",                                                \
		  .type = ARG_TEXT,                                              \
		  .flags = ARG_COMMAND_LINE,                                     \
		  .value = "TEXT",                                               \
		  .help = "keys of this tier" },                                 \
		{ .name = "scope",                                               \
		  .type = ARG_SCOPE,                                             \
		  .flags = ARG_COMMAND_LINE,                                     \
		  .value = "SCOPE",                                              \
		  .help = "keys that list exactly this scope" },                 \
		{ .name = "expiring",                                            \
		  .type = ARG_DURATION,                                          \
		  .flags = ARG_COMMAND_LINE,                                     \
		  .value = "DURATION",                                           \
		  .help = "keys that expire within this time" },                 \
		{ .name = "unused",                                              \
		  .type = ARG_DURATION,                                          \
		  .flags = ARG_COMMAND_LINE,                                     \
		  .value = "DURATION",                                           \
		  .help = "keys not used for this long" },                       \
	{                                                                        \
		.name = "in-grace", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE, \
		.help = "keys whose older version still lives"                   \
	}

#define KEY_BULK_ARGS                                                                      \
	{ .name = "dry-run",                                                               \
	  .type = ARG_FLAG,                                                                \
	  .flags = ARG_COMMAND_LINE,                                                       \
	  .help = "say what would be done, and do nothing" },                              \
	{                                                                                  \
		.name = "expect", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE,          \
		.value = "COUNT", .help = "refuse unless exactly this many keys are meant" \
	}

enum { KEY_STATES_ALL = (1 << (KEY_STATE_ACTIVE + 1)) - 1 };

extern const char *const key_status_choices[]; /* active disabled revoked expired not_yet_valid */

/* The options above as a query; limit, sort and paging are left alone. Texts are borrowed. Without
 * --status, --expiring and --unused leave revoked keys out. */
void key_filter(const struct op_args *a, int64_t now, struct key_query *q);

/* For changes: a search without a word, as by an unset variable of a script, is not every key. */
enum errc key_search_check(const struct op_args *a, struct err *e);
/* Was any of them given? */
bool key_filter_given(const struct op_args *a);

struct key_ids {
	char (*ids)[KEY_ID_SIZE];
	size_t count, size;
};
void key_ids_release(struct key_ids *k);
/* The keys meant by the argument `positional` (ids and names, each key once), else by the filter;
 * `states` are those (bits 1 << enum key_state) of a filter without --status. ERR_USAGE when
 * neither or both were given; --expect is checked. A filter that finds nothing gives no key. */
enum errc key_ids_pick(const struct op_call *c, struct store *s, const char *positional,
		       unsigned states, struct key_ids *out, struct err *e);
/* Appends what a query finds. */
enum errc key_ids_select(struct store *s, const struct key_query *q, struct key_ids *out,
			 struct err *e);
/* ERR_CONFLICT when --expect says another count. */
enum errc key_ids_expect(const struct op_call *c, const struct key_ids *ids, struct err *e);

#endif
