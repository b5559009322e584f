/* audit.verify and audit.checkpoint: is the chain whole, and the signed record that shows it later. */
#include "src/app/ops.h"

static const struct arg verify_args[] = {
	{ .name = "checkpoint", .letter = 'c', .type = ARG_FILE, .flags = ARG_REPEATED,
	  .value = "FILE", .help = "and that the chain still holds what this checkpoint saw" },
	{ .name = NULL },
};

static const struct op_column verify_columns[] = {
	{ "whole", "WHOLE", COLUMN_FLAG, "the answer" },
	{ "events", "EVENTS", COLUMN_NUMBER, "looked at" },
	{ "head", "HEAD", COLUMN_TEXT, "hash of the last event" },
	{ "bad_sequence", "FIRST BAD", COLUMN_NUMBER, "first event that is wrong; null: none" },
	{ "reason", "REASON", COLUMN_TEXT, "what is wrong with it" },
	{ "checkpoints", NULL, COLUMN_NUMBER, "checkpoints that were held against it" },
	{ .name = NULL },
};

const struct op op_audit_verify = {
	.id = "audit.verify",
	.summary = "verify the audit chain",
	.detail =
		"Recomputes every hash and MAC from the first event on. Edited, deleted, reordered "
		"and inserted events are found, and the first bad one named; the answer is then 1. A "
		"tail that was cut off is found against a checkpoint kept elsewhere.",
	.example = "authrack audit verify\n"
		   "authrack audit verify --checkpoint /mnt/safe/2026-06-16.checkpoint\n",
	.args = verify_args,
	.columns = verify_columns,
	.flags = OP_ANSWERS | OP_ASYNC,
};

static const struct arg checkpoint_args[] = {
	{ .name = "public-key", .letter = 'k', .type = ARG_FLAG,
	  .help = "print the key that verifies checkpoints instead" },
	{ .name = NULL },
};

static const struct op_column checkpoint_columns[] = {
	{ "store", "STORE", COLUMN_TEXT, "id of the store" },
	{ "sequence", "SEQUENCE", COLUMN_NUMBER, "last event" },
	{ "hash", "HASH", COLUMN_TEXT, "its hash" },
	{ "signature", "SIGNATURE", COLUMN_TEXT, "Ed25519, base64url" },
	{ "public_key", "PUBLIC KEY", COLUMN_TEXT, "Ed25519, base64url" },
	{ .name = NULL },
};

const struct op op_audit_checkpoint = {
	.id = "audit.checkpoint",
	.summary = "print a signed checkpoint of the audit chain, to be kept elsewhere",
	.detail =
		"Last sequence, its hash, and an Ed25519 signature (RFC 8032) under a key of the "
		"store's ring, in one JSON object; audit verify --checkpoint takes it back. Signed are "
		"these lines, each with its line feed: \"authrack checkpoint 1\", store, sequence, "
		"hash. Keep it, and the public key, where nobody who writes the store can write.",
	.example = "authrack audit checkpoint --json > /mnt/safe/$(date +%F).checkpoint\n"
		   "authrack audit checkpoint --public-key\n",
	.args = checkpoint_args,
	.columns = checkpoint_columns,
};
