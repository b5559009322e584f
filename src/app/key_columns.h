/* Members of a key's JSON record, for the operations that print one (see key_record.h). */
#ifndef APP_KEY_COLUMNS_H
#define APP_KEY_COLUMNS_H

#include "src/app/op.h"

#define KEY_RULE_COLUMNS                                                                         \
	{ "note", NULL, COLUMN_TEXT, "for people" },                                             \
		{ "scopes", NULL, COLUMN_LIST, "what it may do" },                               \
		{ "limits", NULL, COLUMN_LIST, "calls allowed, \"100/min\", \"5000/day:200\"" }, \
		{ "allow_from", NULL, COLUMN_LIST, "address ranges; empty: any" },               \
		{ "meta", NULL, COLUMN_LIST, "object of texts" },                                \
		{ "created_at", NULL, COLUMN_TIME, "when it was made" },                         \
		{ "updated_at", NULL, COLUMN_TIME, "when it was last changed" },                 \
		{ "not_before", NULL, COLUMN_TIME, "valid from; null: at once" },                \
		{ "disabled_at", NULL, COLUMN_TIME, "when it was disabled" },                    \
		{ "revoked_at", NULL, COLUMN_TIME, "when it was revoked" },                      \
		{ "revoke_reason", NULL, COLUMN_TEXT,                                            \
		  "compromise, superseded, owner_left, policy, "                                 \
		  "unused or other" },                                                           \
		{ "revoke_text", NULL, COLUMN_TEXT, "what was said about it" },                  \
		{ "revision", NULL, COLUMN_NUMBER,                                               \
		  "rises with each change, for --expect-revision" },                             \
		{ "retiring_until", NULL, COLUMN_TIME,                                           \
		  "end of the last older version still alive" },                                 \
		{ "secret_id", NULL, COLUMN_TEXT, "public id of the current secret" },           \
		{ "hint", NULL, COLUMN_TEXT, "last four characters of the current secret" },     \
		{ "last_used_from", NULL, COLUMN_TEXT, "client address of the last use" },       \
	{                                                                                        \
		"altered", NULL, COLUMN_FLAG, "true when the row was changed outside authrack"   \
	}

#endif
