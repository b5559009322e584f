/* store.info, check, backup, restore, rekey and upgrade: the store's upkeep, over data/. */
#include "src/app/ops.h"

#define YES_ARG \
	{ .name = "yes", .letter = 'y', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE, \
	  .help = "answer yes to what would be asked" }

static const struct arg no_args[] = { { .name = NULL } };

static const struct op_column info_columns[] = {
	{ "path", "PATH", COLUMN_TEXT, "where it is" },
	{ "engine", "ENGINE", COLUMN_TEXT, "what holds it: sqlite" },
	{ "schema_version", "SCHEMA", COLUMN_NUMBER, "number of its last migration" },
	{ "store_id", "ID", COLUMN_TEXT, "its id" },
	{ .name = NULL },
};

const struct op op_store_info = {
	.id = "store.info",
	.summary = "show what the store is, where, how large and under which master key",
	.example = "authrack store info\n",
	.args = no_args,
	.columns = info_columns,
};

static const struct op_column check_columns[] = {
	{ "check", "CHECK", COLUMN_TEXT, "what was looked at: integrity, row_mac, audit …" },
	{ "object", "OBJECT", COLUMN_TEXT, "the row, by name" },
	{ "text", "FINDING", COLUMN_TEXT, "what is wrong" },
	{ .name = NULL },
};

const struct op op_store_check = {
	.id = "store.check",
	.summary = "check the whole store, row by row",
	.detail =
		"The engine's integrity, foreign keys, schema, the MAC of every row, the audit chain, "
		"every key against its last audit event, and our own invariants. Opens a store that "
		"is otherwise refused. Findings are listed, and the command then ends with 5: the "
		"store is damaged or was changed outside authrack.",
	.example = "authrack store check\n",
	.args = no_args,
	.columns = check_columns,
	.flags = OP_LIST | OP_ASYNC | OP_FOR_CHECK,
};

static const struct arg backup_args[] = {
	{ .name = "file", .type = ARG_FILE, .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "new file to make, readable by you only" },
	{ .name = "with-master-key", .letter = 'm', .type = ARG_FLAG,
	  .help = "put the master key in, wrapped by a passphrase that is asked for" },
	{ .name = "passphrase", .type = ARG_SECRET, .flags = ARG_COMMAND_LINE,
	  .help = "that passphrase, on standard input instead" },
	{ .name = NULL },
};

static const struct op_column backup_columns[] = {
	{ "file", "FILE", COLUMN_TEXT, "the file made" },
	{ "bytes", "BYTES", COLUMN_NUMBER, "its size" },
	{ "master_key", "MASTER KEY", COLUMN_FLAG, "true when the master key is in it" },
	{ .name = NULL },
};

const struct op op_store_backup = {
	.id = "store.backup",
	.summary = "copy the store to a file while it is in use",
	.detail = "Without the master key a backup verifies no key and opens nothing: keep that "
		  "file apart, or take it along with --with-master-key.",
	.example = "authrack store backup /mnt/backup/authrack-$(date +%F).db\n",
	.args = backup_args,
	.columns = backup_columns,
	.flags = OP_ASYNC,
};

static const struct arg restore_args[] = {
	{ .name = "file", .type = ARG_FILE, .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "backup of this store" },
	{ .name = "accept-loss", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "give up the revocations made since the backup: those keys live again" },
	YES_ARG,
	{ .name = NULL },
};

static const struct op_column restore_columns[] = {
	{ "keys", "KEYS", COLUMN_NUMBER, "in the backup" },
	{ "changed_back", "CHANGED BACK", COLUMN_NUMBER, "rows replaced, brought back or removed" },
	{ "revocations_kept", "KEPT", COLUMN_NUMBER, "revocations since, which stay" },
	{ "lost", "LOST", COLUMN_NUMBER, "revocations given up by --accept-loss" },
	{ .name = NULL },
};

const struct op op_store_restore = {
	.id = "store.restore",
	.summary = "put the keys back to what a backup has",
	.detail =
		"Replaces the rows of the live store in one transaction. What was revoked or ended "
		"since the backup stays so, unless --accept-loss is given. The live audit chain goes "
		"on, with an event for every row that was changed back.",
	.example = "authrack store restore /mnt/backup/authrack-2026-06-15.db\n",
	.args = restore_args,
	.columns = restore_columns,
	.flags = OP_WRITES | OP_DANGEROUS | OP_ASYNC,
};

static const struct arg rekey_args[] = {
	{ .name = "new-master-key", .letter = 'm', .type = ARG_FILE, .value = "FILE",
	  .help = "make this file the new master key" },
	{ .name = "with-passphrase", .letter = 'p', .type = ARG_FLAG,
	  .help = "a passphrase, which is asked for, instead of a file" },
	{ .name = "passphrase", .type = ARG_SECRET, .flags = ARG_COMMAND_LINE,
	  .help = "that passphrase, on standard input instead" },
	YES_ARG,
	{ .name = NULL },
};

static const struct op_column rekey_columns[] = {
	{ "ring", "RING", COLUMN_NUMBER, "number of the ring key in use from now on" },
	{ "master_key", "MASTER KEY", COLUMN_TEXT, "unchanged, the new file, or passphrase" },
	{ .name = NULL },
};

const struct op op_store_rekey = {
	.id = "store.rekey",
	.summary = "add a fresh ring key, and wrap the ring under another master key",
	.detail =
		"Without options the master key stays and only a fresh ring key is added. Older ring "
		"keys stay while something needs them, so no secret changes. After a new master key "
		"the old file opens nothing any more, older backups excepted: keep it as long as "
		"those.",
	.example = "authrack store rekey --yes\n"
		   "authrack store rekey --new-master-key /root/new.key\n",
	.args = rekey_args,
	.columns = rekey_columns,
	.flags = OP_WRITES | OP_DANGEROUS,
};

static const struct op_column upgrade_columns[] = {
	{ "from", "FROM", COLUMN_NUMBER, "schema version before" },
	{ "to", "TO", COLUMN_NUMBER, "and now" },
	{ .name = NULL },
};

const struct op op_store_upgrade = {
	.id = "store.upgrade",
	.summary = "bring an older store up to this release",
	.detail = "In one transaction, all or nothing. Older releases can't open it afterwards: "
		  "take a backup first.",
	.example = "authrack store upgrade\n",
	.args = no_args,
	.columns = upgrade_columns,
	.flags = OP_NO_STORE | OP_WRITES,
};
