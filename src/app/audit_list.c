/* audit.list and audit.export: the events of the chain, for people and for whoever recomputes it. */
#include "src/app/ops.h"

#define FILTER_ARGS \
	{ .name = "search", .letter = 's', .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, \
	  .value = "WORDS", \
	  .help = "events with these words in actor, operation, object, name or detail" }, \
	{ .name = "actor", .letter = 'a', .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, \
	  .value = "USER", .help = "events of this user" }, \
	{ .name = "op", .letter = 'o', .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, \
	  .value = "OPERATION", .help = "this operation; key.* is every one on keys" }, \
	{ .name = "object", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, .value = "OBJECT", \
	  .help = "events of this object: the id or name of a key, store, import" }, \
	{ .name = "since", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, .value = "TIME", \
	  .help = "from this time on; 24h is since then" }, \
	{ .name = "until", .type = ARG_TEXT, .flags = ARG_COMMAND_LINE, .value = "TIME", \
	  .help = "before this time; 24h is until then" }

static const struct arg list_args[] = {
	FILTER_ARGS,
	{ .name = "limit", .letter = 'L', .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE,
	  .value = "N", .help = "at most so many" },
	{ .name = "after", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE, .value = "SEQUENCE",
	  .help = "go on behind this event, in the same order" },
	{ .name = "oldest-first", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "the other way round" },
	{ .name = NULL },
};

static const struct op_column list_columns[] = {
	{ "sequence", "#", COLUMN_NUMBER, "from 1, without gaps" },
	{ "time", "TIME", COLUMN_TIME, "when" },
	{ "user", "ACTOR", COLUMN_TEXT, "login user, in short" },
	{ "operation", "OPERATION", COLUMN_TEXT, "what was done: key.rotate" },
	{ "object", "OBJECT", COLUMN_TEXT, "on what: a key's id, store, import" },
	{ "name", "NAME", COLUMN_TEXT, "the object's name at the time" },
	{ "actor", NULL, COLUMN_LIST, "uid, login_uid and user from the kernel; under claimed what "
	  "the environment said: sudo_user client ssh_key" },
	{ "object_revision", NULL, COLUMN_NUMBER, "the object's revision after it; 0: none" },
	{ "detail", NULL, COLUMN_LIST, "more about it; never a secret" },
	{ "hash", NULL, COLUMN_TEXT, "of the event, in hexadecimal" },
	{ "previous", NULL, COLUMN_TEXT, "hash of the event before it" },
	{ .name = NULL },
};

const struct op op_audit_list = {
	.id = "audit.list",
	.summary = "list audit events, newest first",
	.detail = "The actor's user comes from the kernel (login uid, else uid). What the "
		  "environment carries (sudo user, SSH client and key) stands under claimed.",
	.example = "authrack audit list --since 24h\n"
		   "authrack audit list --op 'key.*' --actor ops1 --limit 20\n",
	.args = list_args,
	.columns = list_columns,
	.flags = OP_LIST,
};

static const struct arg export_args[] = {
	FILTER_ARGS,
	{ .name = "after", .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE, .value = "SEQUENCE",
	  .help = "events behind this one only" },
	{ .name = NULL },
};

const struct op op_audit_export = {
	.id = "audit.export",
	.summary = "export the audit chain as JSON Lines that anyone can verify",
	.detail =
		"Oldest first, one object a line, every field as text or number just as the hash "
		"covers it: sequence time actor operation object name object_revision object_mac "
		"object_before detail boot_id boot_time previous hash mac ring.\n\n"
		"hash is the SHA-256 of these fields as netstrings (LENGTH:BYTES,): the word "
		"\"authrack audit 1\", then sequence time actor operation object name "
		"object_revision object_mac object_before detail boot_id boot_time previous, numbers "
		"in decimal, bytes counted in UTF-8. previous is the hash of the event before (64 "
		"zeros for the first). mac can be checked with the store's key only: audit verify.",
	.example = "authrack audit export > audit.jsonl\n"
		   "authrack audit export --after 18000\n",
	.args = export_args,
	.flags = OP_TEXT | OP_ASYNC,
};
