/* key.verify: is this secret good, now or at a given time? */
#include "src/app/ops.h"

static const struct arg verify_args[] = {
	{ .name = "secret", .type = ARG_SECRET, .flags = ARG_REQUIRED,
	  .help = "the secret, on standard input; one line end behind it is taken off" },
	{ .name = "scope", .letter = 's', .type = ARG_SCOPE, .flags = ARG_REPEATED,
	  .value = "SCOPE", .help = "must be granted" },
	{ .name = "address", .letter = 'a', .type = ARG_ADDRESS, .value = "ADDRESS",
	  .help = "client address, for keys that are good from some only" },
	{ .name = "at", .type = ARG_INSTANT, .value = "TIME",
	  .help = "at this time instead of now" },
	{ .name = NULL },
};

static const struct op_column verify_columns[] = {
	{ "valid", "VALID", COLUMN_FLAG, "the answer" },
	{ "code", "CODE", COLUMN_TEXT, "VALID, or why not: MALFORMED NOT_FOUND REVOKED RETIRED "
	  "DISABLED NOT_YET_VALID EXPIRED ADDRESS_DENIED INSUFFICIENT_SCOPE RATE_LIMITED" },
	{ "id", "ID", COLUMN_TEXT, "the key's id; null where the secret is not known" },
	{ "name", "NAME", COLUMN_TEXT, "its name" },
	{ "owner", "OWNER", COLUMN_TEXT, "who answers for it" },
	{ "tier", NULL, COLUMN_TEXT, "plan or class" },
	{ "scopes", NULL, COLUMN_LIST, "what it may do" },
	{ "version", "V", COLUMN_NUMBER, "number of the secret that was presented" },
	{ "retiring", NULL, COLUMN_FLAG, "true for an older version in its grace time" },
	{ "valid_until", "UNTIL", COLUMN_TIME, "the earlier end of secret and key; null: none" },
	{ "meta", NULL, COLUMN_LIST, "object of texts" },
	{ .name = NULL },
};

const struct op op_key_verify = {
	.id = "key.verify",
	.summary = "tell whether a secret is good",
	.detail = "Reads the secret on standard input, never from an argument. Counts as no use. "
		  "Ends with 1 when it is not good.",
	.example = "authrack key verify < ci.key\n"
		   "authrack key verify --scope orders:read --address 10.20.4.18 < ci.key\n",
	.args = verify_args,
	.columns = verify_columns,
	.flags = OP_ANSWERS,
};
