/* store.info, check, backup, restore, rekey and upgrade: the store's upkeep, over data/. */
#include <string.h>
#include <sys/stat.h>

#include "data/audit.h"
#include "src/app/audit_note.h"
#include "src/app/ops.h"
#include "src/app/session.h"

static bool progress(void *arg, uint64_t done, uint64_t total)
{
	const struct op_call *c = arg;

	return !call_progress(c, op_verb(c->op), done, total, NULL);
}

static const struct arg no_args[] = { { .name = NULL } };

static const struct op_column info_columns[] = {
	{ "path", "PATH", COLUMN_TEXT, "where it is" },
	{ "engine", "ENGINE", COLUMN_TEXT, "what holds it: sqlite" },
	{ "schema_version", "SCHEMA", COLUMN_NUMBER, "number of its last migration" },
	{ "store_id", "ID", COLUMN_TEXT, "its id" },
	{ "created_at", "CREATED", COLUMN_TIME, "when it was made" },
	{ "bytes", "BYTES", COLUMN_NUMBER, "size of the file" },
	{ "log_bytes", "LOG BYTES", COLUMN_NUMBER, "size of the log beside it" },
	{ "keys", "KEYS", COLUMN_NUMBER, "keys, revoked ones too" },
	{ "versions", "VERSIONS", COLUMN_NUMBER, "secrets of those" },
	{ "pending", "PENDING", COLUMN_NUMBER, "secrets that are being written out" },
	{ "providers", "PROVIDERS", COLUMN_NUMBER, "OAuth providers" },
	{ "grants", "GRANTS", COLUMN_NUMBER, "what those gave" },
	{ "flows", NULL, COLUMN_NUMBER, "device flows under way" },
	{ "tombstones", "TOMBSTONES", COLUMN_NUMBER, "purged secrets that stay known" },
	{ "audit_events", "EVENTS", COLUMN_NUMBER, "audit events" },
	{ "audit_head", "HEAD", COLUMN_TEXT, "hash of the last one" },
	{ "usage_hours", NULL, COLUMN_NUMBER, "rows of usage figures" },
	{ "audit_sequence", NULL, COLUMN_NUMBER, "sequence of the last event" },
	{ "master_key", "MASTER KEY", COLUMN_LIST, "kind place fingerprint" },
	{ "ring", "RING", COLUMN_NUMBER, "number of the ring key in use" },
	{ "rings", NULL, COLUMN_LIST, "numbers of all ring keys, newest first" },
	{ "anchor", "ANCHOR", COLUMN_LIST, "state path sequence" },
	{ .name = NULL },
};

static enum errc info_run(const struct op_call *c, struct err *e)
{
	struct json *info = NULL;
	enum errc rc = store_info(app_store(c->app), &info, e);

	return rc ? rc : call_record_take(c, info, e);
}

const struct op op_store_info = {
	.id = "store.info",
	.summary = "show what the store is, where, how large and under which master key",
	.example = "authrack store info\n",
	.args = no_args,
	.columns = info_columns,
	.run = info_run,
};

static const struct op_column check_columns[] = {
	{ "check", "CHECK", COLUMN_TEXT, "what was looked at: integrity, row_mac, audit …" },
	{ "object", "OBJECT", COLUMN_TEXT, "the row, by name" },
	{ "text", "FINDING", COLUMN_TEXT, "what is wrong" },
	{ .name = NULL },
};

struct checking {
	const struct op_call *call;
	struct err *e;
	enum errc rc; /* of telling the findings */
};

static void finding_tell(void *arg, const struct store_finding *f)
{
	struct checking *k = arg;
	struct json *row;

	if (k->rc)
		return;
	row = json_object_new();
	json_set_text(row, "check", f->check);
	json_set_text(row, "object", f->object);
	json_set_text(row, "text", f->text);
	k->rc = call_record_take(k->call, row, k->e);
}

static bool checking_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct checking *k = arg;

	return !k->rc && !call_progress(k->call, "checking", done, total, NULL);
}

static enum errc check_run(const struct op_call *c, struct err *e)
{
	struct checking k = { .call = c, .e = e };
	uint64_t count = 0;
	enum errc rc = store_check(app_store(c->app), finding_tell, checking_progress, &k, &count,
				   e);

	if (k.rc || rc)
		return k.rc ? k.rc : rc;
	if (!count) {
		call_note(c, "nothing wrong was found");
		return ERR_OK;
	}
	err_set(e, ERR_STORE, "the store has %llu findings", (unsigned long long)count);
	return err_hint(e,
			"it is damaged or was changed outside authrack; a backup: authrack store "
			"restore");
}

const struct op op_store_check = {
	.id = "store.check",
	.summary = "check the whole store, row by row",
	.detail =
		"The engine's integrity, foreign keys, schema, the MAC of every row, the audit "
		"chain, "
		"every key, provider and grant against its last audit event, and our own "
		"invariants. Opens a store "
		"that "
		"is otherwise refused. Findings are listed, and the command then ends with 5: the "
		"store is damaged or was changed outside authrack.",
	.example = "authrack store check\n",
	.args = no_args,
	.columns = check_columns,
	.flags = OP_LIST | OP_ASYNC | OP_FOR_CHECK,
	.run = check_run,
};

static const struct arg backup_args[] = {
	{ .name = "file",
	  .type = ARG_FILE,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "new file to make, readable by you only" },
	{ .name = "with-master-key",
	  .letter = 'm',
	  .type = ARG_FLAG,
	  .help = "put the master key in, wrapped by a passphrase that is asked for" },
	{ .name = "passphrase",
	  .type = ARG_SECRET,
	  .flags = ARG_COMMAND_LINE,
	  .help = "that passphrase, on standard input instead" },
	{ .name = NULL },
};

static const struct op_column backup_columns[] = {
	{ "file", "FILE", COLUMN_TEXT, "the file made" },
	{ "bytes", "BYTES", COLUMN_NUMBER, "its size" },
	{ "master_key", "MASTER KEY", COLUMN_FLAG, "true when the master key is in it" },
	{ .name = NULL },
};

/* Asked twice, since nothing tells a mistyped one until the day it is needed. */
static enum errc passphrase_ask(const struct op_call *c, struct secret *out, struct err *e)
{
	const struct store_options *o = app_store_options(c->app);
	const struct secret *given = op_secret(c->args, "passphrase");
	struct secret again = SECRET_INIT;
	enum errc rc;

	if (given) {
		secret_copy(out, given);
	} else if (!o->passphrase) {
		err_set(e, ERR_USAGE, "a passphrase is needed, and nobody can be asked");
		return err_hint(e, "give it on standard input with --passphrase");
	} else {
		rc = o->passphrase(o->passphrase_arg, "new passphrase: ", out, e);
		if (!rc)
			rc = o->passphrase(o->passphrase_arg, "the same again: ", &again, e);
		if (!rc && !secret_equal(out, &again))
			rc = err_set(e, ERR_USAGE, "the two passphrases differ");
		secret_release(&again);
		if (rc)
			return rc;
	}
	if (out->len)
		return ERR_OK;
	return err_set(e, ERR_USAGE, "the passphrase is empty");
}

static enum errc backup_tell(const struct op_call *c, bool with_key, struct err *e)
{
	const char *file = op_text(c->args, "file");
	struct json *row = json_object_new();
	struct stat st;

	json_set_text(row, "file", file);
	json_set_int(row, "bytes", stat(file, &st) ? 0 : (int64_t)st.st_size);
	json_set_bool(row, "master_key", with_key);
	return call_record_take(c, row, e);
}

static enum errc backup_run(const struct op_call *c, struct err *e)
{
	bool with_key = op_flag(c->args, "with-master-key");
	struct secret passphrase = SECRET_INIT;
	struct op_call call = *c;
	enum errc rc = ERR_OK;

	if (op_secret(c->args, "passphrase") && !with_key)
		return err_set(e, ERR_USAGE, "\"--passphrase\" goes with --with-master-key");
	if (with_key)
		rc = passphrase_ask(c, &passphrase, e);
	if (!rc)
		rc = store_backup(app_store(c->app), op_text(c->args, "file"),
				  with_key ? &passphrase : NULL, progress, &call, e);
	secret_release(&passphrase);
	return rc ? rc : backup_tell(c, with_key, e);
}

const struct op op_store_backup = {
	.id = "store.backup",
	.summary = "copy the store to a file while it is in use",
	.detail = "Without the master key a backup verifies no key and opens nothing: keep that "
		  "file apart, or take it along with --with-master-key.",
	.example = "authrack store backup /mnt/backup/authrack-$(date +%F).db\n",
	.args = backup_args,
	.columns = backup_columns,
	.flags = OP_ASYNC,
	.run = backup_run,
};

static const struct arg restore_args[] = {
	{ .name = "file",
	  .type = ARG_FILE,
	  .flags = ARG_REQUIRED | ARG_POSITIONAL,
	  .help = "backup of this store" },
	{ .name = "accept-loss",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "give up the revocations made since the backup: what was revoked lives again" },
	YES_ARG,
	{ .name = NULL },
};

static const struct op_column restore_columns[] = {
	{ "keys", "KEYS", COLUMN_NUMBER, "in the backup" },
	{ "providers", "PROVIDERS", COLUMN_NUMBER, "in the backup" },
	{ "grants", "GRANTS", COLUMN_NUMBER, "in the backup" },
	{ "changed_back", "CHANGED BACK", COLUMN_NUMBER, "rows replaced, brought back or removed" },
	{ "revocations_kept", "KEPT", COLUMN_NUMBER, "revocations since, which stay" },
	{ "lost", "LOST", COLUMN_NUMBER, "revocations given up by --accept-loss" },
	{ .name = NULL },
};

static enum errc restored_note(void *arg, struct audit_event *ev, struct err *e)
{
	const struct op_call *c = arg;

	return audit_note_event(c, app_store(c->app), ev, e);
}

static struct json *report_json(const struct store_restore_report *report)
{
	struct json *row = json_object_new();

	json_set_int(row, "keys", (int64_t)report->keys);
	json_set_int(row, "providers", (int64_t)report->providers);
	json_set_int(row, "grants", (int64_t)report->grants);
	json_set_int(row, "changed_back", (int64_t)report->changed_back);
	json_set_int(row, "revocations_kept", (int64_t)report->revocations_kept);
	json_set_int(row, "lost", (int64_t)report->lost);
	return row;
}

/* The rows, their events, and one for the whole, in one transaction. */
static enum errc restore_write(const struct op_call *c, struct store *backup,
			       struct store_restore_report *report, struct err *e)
{
	struct store *s = app_store(c->app);
	struct op_call call = *c;
	struct json *detail = NULL, *clock = json_object_new();
	enum errc rc = audit_clock(c, s, clock, e);

	if (!rc)
		rc = store_restore(s, backup, op_flag(c->args, "accept-loss"), restored_note, &call,
				   report, e);
	if (rc)
		goto out;
	detail = report_json(report);
	json_set_bool(detail, "accept_loss", op_flag(c->args, "accept-loss"));
	rc = audit_note(c, s, &(struct audit_note){ .object = "store", .detail = detail }, NULL, e);
out:
	json_free(clock);
	json_free(detail);
	return rc;
}

static enum errc restore_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	bool loss = op_flag(c->args, "accept-loss");
	struct store_restore_report report = { .keys = 0 };
	struct store *backup = NULL;
	struct op_call call = *c;
	enum errc rc = call_confirm(c, e,
				    "put all of %s back to what \"%s\" has? What was made since "
				    "is removed%s",
				    app_store_name(c->app), op_text(c->args, "file"),
				    loss ? ", and what was revoked since lives again"
					 : "; what was "
					   "revoked since stays revoked");

	/* The copy is read and checked before anybody has to wait. */
	if (!rc)
		rc = store_backup_open(&backup, s, op_text(c->args, "file"), progress, &call, e);
	if (!rc)
		rc = store_begin(s, e);
	if (rc)
		goto out;
	rc = restore_write(c, backup, &report, e);
	if (!rc)
		rc = audit_commit(c, s, e);
	if (rc)
		audit_rollback(c, s);
	else
		rc = call_record_take(c, report_json(&report), e);
out:
	store_close(backup);
	return rc;
}

const struct op op_store_restore = {
	.id = "store.restore",
	.summary = "put keys, providers and grants back to what a backup has",
	.detail =
		"Replaces the rows of the live store in one transaction. What was revoked, removed "
		"or ended since the backup stays so, and a grant that was refreshed since stays as "
		"it "
		"is, unless --accept-loss is given. The live audit chain goes on, with an event "
		"for "
		"every row that was changed back.",
	.example = "authrack store restore /mnt/backup/authrack-2026-06-15.db\n",
	.args = restore_args,
	.columns = restore_columns,
	.flags = OP_WRITES | OP_DANGEROUS | OP_ASYNC,
	.run = restore_run,
};

static const struct arg rekey_args[] = {
	{ .name = "new-master-key",
	  .letter = 'm',
	  .type = ARG_FILE,
	  .value = "FILE",
	  .help = "make this file the new master key" },
	{ .name = "with-passphrase",
	  .letter = 'p',
	  .type = ARG_FLAG,
	  .help = "a passphrase, which is asked for, instead of a file" },
	{ .name = "passphrase",
	  .type = ARG_SECRET,
	  .flags = ARG_COMMAND_LINE,
	  .help = "that passphrase, on standard input instead" },
	YES_ARG,
	{ .name = NULL },
};

static const struct op_column rekey_columns[] = {
	{ "ring", "RING", COLUMN_NUMBER, "number of the ring key in use from now on" },
	{ "master_key", "MASTER KEY", COLUMN_TEXT, "unchanged, the new file, or passphrase" },
	{ .name = NULL },
};

static enum errc rekey_wanted(const struct op_call *c, struct secret *passphrase, struct err *e)
{
	const char *file = op_text(c->args, "new-master-key");
	bool with_passphrase = op_flag(c->args, "with-passphrase") ||
			       op_secret(c->args, "passphrase");

	if (file && with_passphrase) {
		err_set(e, ERR_USAGE, "a new master key is a file or a passphrase, not both");
		return err_hint(e, "give --new-master-key or --with-passphrase");
	}
	return with_passphrase ? passphrase_ask(c, passphrase, e) : ERR_OK;
}

static enum errc rekey_write(const struct op_call *c, const char *file,
			     const struct secret *passphrase, const char *master, struct err *e)
{
	struct store *s = app_store(c->app);
	struct json *detail = json_object_new();
	enum errc rc = store_begin(s, e);

	if (!rc)
		rc = store_rekey(s, file, passphrase, e);
	if (!rc) {
		json_set_int(detail, "ring", store_ring(s));
		json_set_text(detail, "master_key", master);
		rc = audit_note(c, s, &(struct audit_note){ .object = "store", .detail = detail },
				NULL, e);
	}
	if (!rc)
		rc = audit_commit(c, s, e);
	if (rc)
		audit_rollback(c, s);
	json_free(detail);
	return rc;
}

static enum errc rekey_run(const struct op_call *c, struct err *e)
{
	const char *file = op_text(c->args, "new-master-key");
	struct secret passphrase = SECRET_INIT;
	const char *master;
	struct json *row;
	enum errc rc = rekey_wanted(c, &passphrase, e);

	master = file ? file : passphrase.len ? "passphrase" : "unchanged";
	if (!rc)
		rc = call_confirm(
			c, e, "add a fresh ring key to %s%s%s?", app_store_name(c->app),
			file || passphrase.len ? ", and put the ring under a new master key: " : "",
			file		 ? file
			: passphrase.len ? "a passphrase"
					 : "");
	if (!rc)
		rc = rekey_write(c, file, passphrase.len ? &passphrase : NULL, master, e);
	secret_release(&passphrase);
	if (rc)
		return rc;
	row = json_object_new();
	json_set_int(row, "ring", store_ring(app_store(c->app)));
	json_set_text(row, "master_key", master);
	return call_record_take(c, row, e);
}

const struct op op_store_rekey = {
	.id = "store.rekey",
	.summary = "add a fresh ring key, and wrap the ring under another master key",
	.detail = "Without options the master key stays and only a fresh ring key is added. Older "
		  "ring "
		  "keys stay while something needs them, so no secret changes. After a new master "
		  "key "
		  "the old file opens nothing any more, older backups excepted: keep it as long as "
		  "those.",
	.example = "authrack store rekey --yes\n"
		   "authrack store rekey --new-master-key /root/new.key\n",
	.args = rekey_args,
	.columns = rekey_columns,
	.flags = OP_WRITES | OP_DANGEROUS,
	.run = rekey_run,
};

static const struct op_column upgrade_columns[] = {
	{ "from", "FROM", COLUMN_NUMBER, "schema version before" },
	{ "to", "TO", COLUMN_NUMBER, "and now" },
	{ .name = NULL },
};

static enum errc upgrade_run(const struct op_call *c, struct err *e)
{
	int64_t from = 0, to = 0;
	struct json *row;
	enum errc rc;

	if (app_read_only(c->app))
		return err_set(e, ERR_PERMISSION,
			       "an upgrade writes, and this session is read-only");
	rc = store_upgrade(app_store_options(c->app), &from, &to, e);
	if (rc)
		return rc;
	row = json_object_new();
	json_set_int(row, "from", from);
	json_set_int(row, "to", to);
	return call_record_take(c, row, e);
}

const struct op op_store_upgrade = {
	.id = "store.upgrade",
	.summary = "bring an older store up to this release",
	.detail = "In one transaction, all or nothing. Older releases can't open it afterwards: "
		  "take a backup first.",
	.example = "authrack store upgrade\n",
	.args = no_args,
	.columns = upgrade_columns,
	.flags = OP_NO_STORE | OP_WRITES,
	.run = upgrade_run,
};
