/* token.decrypt: the plaintext of an encrypted token. */
#include <stdlib.h>

#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/app/token_choose.h"
#include "src/app/token_keys.h"
#include "src/app/token_members.h"
#include "src/app/token_provider.h"
#include "src/app/token_record.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/text.h"
#include "src/token/jwe.h"

static const struct arg decrypt_args[] = {
	TOKEN_INPUT_ARGS,
	TOKEN_GRANT_ARGS,
	TOKEN_KEY_ARGS(ARG_REPEATED),
	TOKEN_PROVIDER_ARG("the private key of the client at this saved provider"),
	{ .name = "allow-weak-key",
	  .type = ARG_FLAG,
	  .help = "let short secrets and RSA keys under 2048 bits pass" },
	TOKEN_PICK_ARG,
	{ .name = NULL },
};

static const struct op_column decrypt_columns[] = {
	{ "plaintext", NULL, COLUMN_TEXT, "as text; null: it is no UTF-8" },
	{ "plaintext_base64url", NULL, COLUMN_TEXT, "its bytes" },
	{ "header", NULL, COLUMN_LIST, "of the encrypted token" },
	{ "key", NULL, COLUMN_TEXT, "the key that opened it, and where it is from" },
	{ "nested", NULL, COLUMN_LIST,
	  "when the plaintext is a token: what token inspect says of it" },
	{ "reason", NULL, COLUMN_TEXT, "why it can't be decrypted; null: it was" },
	{ .name = NULL },
};

static struct json *base64url_json(const struct secret *s)
{
	size_t size = base64url_size(s->len);
	char *text = x_malloc(size);
	struct json *v;

	base64url_encode(text, secret_reveal(s), s->len);
	v = json_text(text);
	secret_wipe(text, size);
	free(text);
	return v;
}

static struct json *plain_json(const struct secret *s)
{
	if (!utf8_valid(secret_reveal(s), s->len))
		return json_null_new();
	return token_bytes_json(secret_reveal(s), s->len);
}

/* The plaintext is the very text of a token, or it holds none. */
static struct json *nested_json(const struct secret *plain, int64_t now)
{
	struct json *row = json_null_new();
	struct findings findings;
	struct paste paste;
	struct jose t;
	struct inspection in = { .token = &t, .now_ms = now, .decrypted = true };
	struct token_facts facts = { NULL, &t, &findings, now };

	if (plain->len > PASTE_MAX)
		return row;
	paste_scan(&paste, secret_reveal(plain), plain->len);
	if (paste.count == 1 && paste_is_jose(&paste.items[0]) &&
	    paste.items[0].len == plain->len) {
		json_free(row);
		jose_read(&t, secret_reveal(plain), plain->len);
		findings_init(&findings);
		findings_collect(&in, &findings);
		row = token_record_new(&facts);
		findings_release(&findings);
		jose_release(&t);
	}
	paste_release(&paste);
	return row;
}

static enum errc decrypt_tell(const struct op_call *c, const struct jose *t,
			      const struct secret *plain, const struct jose_key *key, struct err *e)
{
	struct json *row = json_object_new();
	enum errc rc;

	json_set(row, "plaintext", plain_json(plain));
	json_set(row, "plaintext_base64url", base64url_json(plain));
	json_set(row, "header", token_header_json(t));
	json_set(row, "key", token_key_json(key));
	json_set(row, "nested", nested_json(plain, app_now(c->app)));
	json_set_text(row, "reason", NULL);
	rc = call_text(c, secret_reveal(plain), plain->len, e);
	if (rc)
		json_free(row);
	return rc ? rc : call_record_take(c, row, e);
}

/* No key opens it, or nothing could: the answer is no, whatever the token is to blame for. */
static enum errc refuse(const struct op_call *c, const struct jose *t, const struct err *why,
			struct err *e)
{
	struct json *row = json_object_new();
	enum errc rc;

	json_set_text(row, "plaintext", NULL);
	json_set_text(row, "plaintext_base64url", NULL);
	json_set(row, "header", token_header_json(t));
	json_set_text(row, "key", NULL);
	json_set_text(row, "nested", NULL);
	json_set_text(row, "reason", why->message);
	call_note(c, "%s", why->message);
	rc = call_record_take(c, row, e);
	return rc ? rc : ERR_NO;
}

static enum errc decrypt_token(const struct op_call *c, const struct jose *t, struct key_set *keys,
			       struct err *e)
{
	struct secret plain = SECRET_INIT;
	const struct jose_key *key = NULL;
	struct err why = ERR_INIT;
	enum errc rc;

	if (jwe_decrypt(t, keys, op_flag(c->args, "allow-weak-key"), &plain, &key, &why))
		rc = refuse(c, t, &why, e);
	else
		rc = decrypt_tell(c, t, &plain, key, e);
	secret_release(&plain);
	return rc;
}

static enum errc decrypt_chosen(const struct op_call *c, const struct token_choice *choice,
				struct key_set *keys, struct err *e)
{
	struct jose t;
	enum errc rc;

	jose_read(&t, choice->item->text, choice->item->text_len);
	if (t.kind == JOSE_JWE) {
		rc = decrypt_token(c, &t, keys, e);
	} else {
		rc = err_set(e, ERR_USAGE, "this token is signed, not encrypted");
		err_hint(e, "all can read it: authrack token inspect");
	}
	jose_release(&t);
	return rc;
}

static enum errc keys_there(const struct key_set *keys, struct err *e)
{
	if (keys->count)
		return ERR_OK;
	err_set(e, ERR_USAGE, "there is no key to decrypt with");
	return err_hint(e, "give a private key or a secret: --jwk, --pem or --secret-file");
}

static enum errc decrypt_run(const struct op_call *c, struct err *e)
{
	struct token_input in = { .text = SECRET_INIT };
	struct token_choice choice;
	struct key_set keys;
	enum errc rc = token_keys_read(&keys, c, e);

	if (!rc && token_provider_meant(c->args))
		rc = token_provider_own_key(&keys, c, e);
	if (!rc)
		rc = keys_there(&keys, e);
	if (!rc)
		rc = token_input_read(&in, c, e);
	if (!rc)
		rc = token_choose(&choice, &in, c, e);
	if (!rc)
		rc = decrypt_chosen(c, &choice, &keys, e);
	token_input_release(&in);
	key_set_release(&keys);
	return rc;
}

const struct op op_token_decrypt = {
	.id = "token.decrypt",
	.summary = "write the plaintext of an encrypted token",
	.detail =
		"Takes a JWE, from a file or standard input, and private keys or secrets. The "
		"plaintext is written as it is; on a terminal what could do harm there is "
		"escaped.\n\n"
		"Decrypting says nothing of who made the token: a token within has to be verified "
		"by itself (token verify does both). Ends with 1 when no key opens it; why is not "
		"said where the reason would help an attacker.",
	.example = "authrack token decrypt --jwk mine.json < token.txt\n"
		   "authrack token decrypt --pem mine.pem token.txt | authrack token inspect\n",
	.args = decrypt_args,
	.columns = decrypt_columns,
	.flags = OP_NO_STORE | OP_TEXT | OP_ANSWERS | OP_REVEALS,
	.run = decrypt_run,
};
