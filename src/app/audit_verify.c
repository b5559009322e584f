/* audit.verify and audit.checkpoint: is the chain whole, and the signed record that shows it later. */
#include <inttypes.h>
#include <string.h>

#include "data/audit.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/encode.h"
#include "src/base/file.h"

enum { CHECKPOINT_MAX = 64 * 1024, TEXT_SIZE = 256, HEX_SIZE = 2 * SHA256_SIZE + 1 };

struct checkpoint {
	int64_t sequence;
	uint8_t hash[SHA256_SIZE];
	uint8_t signature[SIGNATURE_SIZE];
};

/* What a checkpoint's signature covers. */
static size_t signed_text(char out[TEXT_SIZE], const struct store *s, const struct checkpoint *p)
{
	char id[2 * STORE_ID_SIZE + 1], hash[HEX_SIZE];

	hex_encode(id, store_id(s), STORE_ID_SIZE);
	hex_encode(hash, p->hash, SHA256_SIZE);
	snprintf(out, TEXT_SIZE, "authrack checkpoint 1\n%s\n%" PRId64 "\n%s\n", id, p->sequence,
		 hash);
	return strlen(out);
}

/* --- reading one back ------------------------------------------------------------------------- */

static enum errc no_checkpoint(const char *file, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" is no checkpoint", file);
	return err_hint(e, "it is what audit checkpoint prints, whole");
}

static enum errc checkpoint_parse(struct checkpoint *p, const struct store *s, const char *file,
				  const struct buf *text, struct err *e)
{
	char id[2 * STORE_ID_SIZE + 1];
	const char *store, *hash, *signature;
	struct json *value = NULL;
	enum errc rc = ERR_OK;

	if (json_parse(&value, buf_text(text), text->len, NULL))
		return no_checkpoint(file, e);
	store = json_get_text(value, "store");
	hash = json_get_text(value, "hash");
	signature = json_get_text(value, "signature");
	p->sequence = json_get_int(value, "sequence", 0);
	hex_encode(id, store_id(s), STORE_ID_SIZE);
	if (!store || !hash || !signature || p->sequence <= 0 ||
	    !hex_decode(p->hash, hash, SHA256_SIZE) ||
	    !hex_decode(p->signature, signature, SIGNATURE_SIZE)) {
		rc = no_checkpoint(file, e);
	} else if (strcmp(store, id) != 0) {
		err_set(e, ERR_CONFLICT, "the checkpoint \"%s\" is of another store", file);
		rc = err_hint(e, "this store is %s", id);
	}
	json_free(value);
	return rc;
}

static enum errc no_public_key(const char *given, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" is no public key", given);
	return err_hint(e, "it is the 64 hexadecimal digits of audit checkpoint --public-key");
}

static enum errc signature_check(const struct op_call *c, const struct checkpoint *p,
				 const char *file, struct err *e)
{
	const char *given = op_text(c->args, "public-key");
	struct store *s = app_store(c->app);
	uint8_t key[KEY256_SIZE];
	char text[TEXT_SIZE];
	size_t len = signed_text(text, s, p);
	bool good = false;
	enum errc rc = ERR_OK;

	if (!given)
		rc = store_checkpoint_verify(s, p->signature, text, len, &good, e);
	else if (hex_decode(key, given, sizeof(key)))
		good = ed25519_verify(key, p->signature, text, len);
	else
		return no_public_key(given, e);
	if (rc || good)
		return rc;
	err_set(e, ERR_CONFLICT, "the signature of the checkpoint \"%s\" is wrong", file);
	return err_hint(e, "it was changed, or is of another store or key");
}

static enum errc checkpoint_read(const struct op_call *c, const char *file, struct checkpoint *p,
				 struct err *e)
{
	struct buf text = BUF_INIT(CHECKPOINT_MAX);
	enum errc rc = file_read(&text, file, e);

	if (!rc)
		rc = checkpoint_parse(p, app_store(c->app), file, &text, e);
	if (!rc)
		rc = signature_check(c, p, file, e);
	buf_release(&text);
	return rc;
}

/* --- verify ----------------------------------------------------------------------------------- */

struct watch {
	const struct op_call *call;
};

static bool watch_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct watch *w = arg;

	return !call_progress(w->call, "verifying", done, total, NULL);
}

static enum errc verdict_tell(const struct op_call *c, const struct audit_verdict *v,
			      size_t checked, struct err *e)
{
	struct json *row = json_object_new();
	char head[HEX_SIZE];

	hex_encode(head, v->head, SHA256_SIZE);
	json_set_bool(row, "whole", v->whole);
	json_set_int(row, "events", (int64_t)v->events);
	json_set_text(row, "head", head);
	json_set(row, "bad_sequence",
		 v->bad_sequence ? json_int(v->bad_sequence) : json_null_new());
	json_set_text(row, "reason", v->whole ? NULL : v->reason);
	json_set_int(row, "checkpoints", (int64_t)checked);
	return call_record_take(c, row, e);
}

/* The store was opened for a check, so that the first bad event of one that is otherwise refused can
 * be named. Where the chain is whole, what refuses it still does: an anchor that has seen more, a
 * changed schema. */
static enum errc refuse_as_opening(const struct op_call *c, struct err *e)
{
	struct store *s = NULL;
	enum errc rc = store_open(&s, app_store_options(c->app), e);

	store_close(s);
	return rc;
}

static enum errc verify_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct watch watch = { .call = c };
	size_t count = op_count(c->args, "checkpoint"), done = 0;
	struct audit_verdict verdict = { .whole = true };
	struct checkpoint p = { .sequence = 0 };
	enum errc rc = ERR_OK;

	do { /* once without a checkpoint, else once for each until one does not hold */
		if (count)
			rc = checkpoint_read(c, op_nth(c->args, "checkpoint", done), &p, e);
		if (!rc)
			rc = audit_verify(s, p.sequence, p.hash, watch_progress, &watch, &verdict,
					  e);
	} while (!rc && verdict.whole && ++done < count);
	if (!rc && verdict.whole)
		rc = refuse_as_opening(c, e);
	if (!rc)
		rc = verdict_tell(c, &verdict, done < count ? done + 1 : count, e);
	return rc ? rc : verdict.whole ? ERR_OK : ERR_NO;
}

static const struct arg verify_args[] = {
	{ .name = "checkpoint",
	  .letter = 'c',
	  .type = ARG_FILE,
	  .flags = ARG_REPEATED,
	  .value = "FILE",
	  .help = "and that the chain still holds what this checkpoint saw" },
	{ .name = "public-key",
	  .type = ARG_TEXT,
	  .value = "HEX",
	  .help = "verify its signature with this key, kept elsewhere, not with the store's own" },
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
		"and inserted events are found, and the first bad one named; the answer is then 1. "
		"A "
		"tail that was cut off is found against a checkpoint kept elsewhere.",
	.example = "authrack audit verify\n"
		   "authrack audit verify --checkpoint /mnt/safe/2026-06-16.checkpoint\n",
	.args = verify_args,
	.columns = verify_columns,
	.flags = OP_ANSWERS | OP_ASYNC | OP_FOR_CHECK,
	.run = verify_run,
};

/* --- checkpoint ------------------------------------------------------------------------------- */

static const struct arg checkpoint_args[] = {
	{ .name = "public-key",
	  .type = ARG_FLAG,
	  .help = "print the key that verifies checkpoints instead" },
	{ .name = NULL },
};

static const struct op_column checkpoint_columns[] = {
	{ "store", "STORE", COLUMN_TEXT, "id of the store" },
	{ "sequence", "SEQUENCE", COLUMN_NUMBER, "last event" },
	{ "hash", "HASH", COLUMN_TEXT, "its hash" },
	{ "signature", "SIGNATURE", COLUMN_TEXT, "Ed25519, hexadecimal" },
	{ "public_key", "PUBLIC KEY", COLUMN_TEXT, "Ed25519, hexadecimal" },
	{ .name = NULL },
};

/* One object for people and programs alike: a checkpoint is kept in a file and read back. */
static enum errc object_tell(const struct op_call *c, struct json *row, struct err *e)
{
	struct buf line = BUF_INIT(CHECKPOINT_MAX);
	enum errc rc;

	json_write(&line, row);
	buf_add_char(&line, '\n');
	rc = call_text(c, buf_text(&line), line.len, e);
	buf_release(&line);
	if (!rc)
		rc = call_record(c, row, e);
	json_free(row);
	return rc;
}

static enum errc key_tell(const struct op_call *c, struct err *e)
{
	uint8_t key[KEY256_SIZE];
	char text[HEX_SIZE];
	struct json *row;
	enum errc rc = store_checkpoint_key(app_store(c->app), key, e);

	if (rc)
		return rc;
	hex_encode(text, key, sizeof(key));
	row = json_object_new();
	json_set_text(row, "public_key", text);
	return object_tell(c, row, e);
}

static enum errc checkpoint_tell(const struct op_call *c, const struct checkpoint *p, struct err *e)
{
	char id[2 * STORE_ID_SIZE + 1], hash[HEX_SIZE], signature[2 * SIGNATURE_SIZE + 1];
	struct json *row = json_object_new();

	hex_encode(id, store_id(app_store(c->app)), STORE_ID_SIZE);
	hex_encode(hash, p->hash, SHA256_SIZE);
	hex_encode(signature, p->signature, SIGNATURE_SIZE);
	json_set_text(row, "store", id);
	json_set_int(row, "sequence", p->sequence);
	json_set_text(row, "hash", hash);
	json_set_text(row, "signature", signature);
	return object_tell(c, row, e);
}

static enum errc checkpoint_run(const struct op_call *c, struct err *e)
{
	struct store *s = app_store(c->app);
	struct audit_event head = { .sequence = 0 };
	struct checkpoint p;
	char text[TEXT_SIZE];
	bool any = false;
	enum errc rc;

	if (op_flag(c->args, "public-key"))
		return key_tell(c, e);
	rc = audit_head(s, &head, &any, e);
	if (!rc && !any)
		rc = err_set(e, ERR_CONFLICT, "the audit chain has no event yet");
	if (rc)
		return rc;
	p.sequence = head.sequence;
	memcpy(p.hash, head.hash, sizeof(p.hash));
	audit_event_release(&head);
	rc = store_sign_checkpoint(s, p.signature, text, signed_text(text, s, &p), e);
	return rc ? rc : checkpoint_tell(c, &p, e);
}

const struct op op_audit_checkpoint = {
	.id = "audit.checkpoint",
	.summary = "print a signed checkpoint of the audit chain, to be kept elsewhere",
	.detail =
		"Last sequence, its hash, and an Ed25519 signature (RFC 8032) under a key of the "
		"store's ring, in one JSON object; audit verify --checkpoint takes it back. Signed "
		"are "
		"these lines, each with its line feed: \"authrack checkpoint 1\", store, sequence, "
		"hash. Keep it, and the public key, where nobody who writes the store can write.",
	.example = "authrack audit checkpoint > /mnt/safe/$(date +%F).checkpoint\n"
		   "authrack audit checkpoint --public-key\n",
	.args = checkpoint_args,
	.columns = checkpoint_columns,
	.flags = OP_TEXT,
	.run = checkpoint_run,
};
