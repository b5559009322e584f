/* token.sign: makes a test token. */
#include <stdlib.h>
#include <string.h>

#include "src/app/json_edit.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/app/token_input.h"
#include "src/app/token_keys.h"
#include "src/app/token_record.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/text.h"
#include "src/token/lossless.h"
#include "src/token/sign.h"

enum { SIGN_MAX = 512 * 1024, HEADER_MAX = 64 * 1024 };

static const struct arg sign_args[] = {
	{ .name = "claims",
	  .letter = 'c',
	  .type = ARG_FILE,
	  .flags = ARG_COMMAND_LINE,
	  .help = "file with the claims as JSON, - is standard input; without further claims "
		  "its very bytes are signed" },
	{ .name = "text",
	  .type = ARG_SECRET,
	  .flags = ARG_PASTE,
	  .label = "Claims (JSON)",
	  .help = "the claims as JSON, piped in or pasted" },
	TOKEN_KEY_ARGS(0),
	{ .name = "alg",
	  .letter = 'a',
	  .type = ARG_TEXT,
	  .value = "ALGORITHM",
	  .label = "Algorithm",
	  .help = "sign with this one; without it the key's own, else the usual one of its type" },
	{ .name = "kid",
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .label = "Key id (kid)",
	  .help = "key id in the header; without it the key's own" },
	{ .name = "typ",
	  .type = ARG_TEXT,
	  .value = "TYPE",
	  .label = "Type (typ)",
	  .help = "kind of token; without it JWT, where the payload is a claims set" },
	{ .name = "iss", .type = ARG_TEXT, .value = "TEXT", .label = "Issuer", .help = "issuer" },
	{ .name = "sub", .type = ARG_TEXT, .value = "TEXT", .label = "Subject", .help = "subject" },
	{ .name = "aud",
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "TEXT",
	  .label = "Audience",
	  .help = "audience" },
	{ .name = "expires-in",
	  .letter = 'e',
	  .type = ARG_DURATION,
	  .label = "Expires in",
	  .help = "sets exp so far from now, and iat to now" },
	{ .name = "claim",
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "NAME=VALUE",
	  .label = "Claims",
	  .help = "a claim: VALUE is JSON where it reads so, else a text" },
	{ .name = "header",
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "NAME=VALUE",
	  .label = "Header",
	  .help = "a header parameter, likewise" },
	{ .name = "at",
	  .type = ARG_INSTANT,
	  .value = "TIME",
	  .help = "as if it were this time: for iat and exp" },
	{ .name = "allow-weak-key",
	  .type = ARG_FLAG,
	  .help = "let short secrets and RSA keys under 2048 bits pass" },
	{ .name = NULL },
};

static const struct op_column sign_columns[] = {
	{ "header", NULL, COLUMN_LIST, "object, as it was signed" },
	{ "claims", NULL, COLUMN_LIST, "object, as it was signed; null: the payload is none" },
	{ "key", NULL, COLUMN_TEXT, "the key that signed, and where it is from" },
	{ "token", NULL, COLUMN_TEXT, "the token" },
	{ .name = NULL },
};

struct signing {
	const struct op_call *call;
	struct key_set keys;
	struct json_edits claims, header;
	struct secret source; /* claims as they were given */
	bool has_source;
	struct buf edited;
	const char *payload;
	size_t len;
	struct buf header_text;
};

/* --- what to sign ------------------------------------------------------------------------------ */

/* NAME=VALUE, each into the edits. */
static enum errc edits_add(struct json_edits *x, const struct op_args *a, const char *option,
			   struct err *e)
{
	for (size_t i = 0; i < op_count(a, option); i++) {
		const char *pair = op_nth(a, option, i), *equals = strchr(pair, '=');
		char *name;

		if (!equals || equals == pair) {
			err_set(e, ERR_USAGE, "--%s takes NAME=VALUE, not \"%s\"", option, pair);
			return err_hint(e, "such as --%s scope=orders:read", option);
		}
		name = x_asprintf("%.*s", (int)(equals - pair), pair);
		json_edit_value(x, name, equals + 1);
		free(name);
	}
	return ERR_OK;
}

static void add_audiences(struct signing *s)
{
	size_t count = op_count(s->call->args, "aud");
	const char **list = x_calloc(count + 1, sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = op_nth(s->call->args, "aud", i);
	if (count)
		json_edit_texts(&s->claims, "aud", list, count);
	free(list);
}

static enum errc claims_edits(struct signing *s, struct err *e)
{
	static const char *const texts[] = { "iss", "sub" };
	const struct op_args *a = s->call->args;
	int64_t wall = app_now(s->call->app), now = op_instant(a, "at", wall, wall);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (op_has(a, texts[i]))
			json_edit_text(&s->claims, texts[i], op_text(a, texts[i]));
	add_audiences(s);
	if (op_has(a, "expires-in")) {
		json_edit_int(&s->claims, "iat", now / SECOND_MS);
		json_edit_int(&s->claims, "exp",
			      (now + op_duration(a, "expires-in", 0)) / SECOND_MS);
	}
	return edits_add(&s->claims, a, "claim", e);
}

static enum errc source_read(struct signing *s, struct err *e)
{
	const char *file = op_text(s->call->args, "claims");
	const struct secret *text = op_secret(s->call->args, "text");
	enum errc rc = ERR_OK;

	if (file && text)
		return err_set(e, ERR_USAGE, "the claims are given twice: as file and as text");
	if (text)
		secret_copy(&s->source, text);
	if (file)
		rc = token_file_read(&s->source, file, SIGN_MAX, e);
	s->has_source = file || text;
	return rc;
}

static enum errc payload_make(struct signing *s, struct err *e)
{
	enum errc rc = source_read(s, e);

	if (!rc)
		rc = claims_edits(s, e);
	if (rc)
		return rc;
	s->payload = secret_reveal(&s->source);
	s->len = s->source.len;
	if (!s->claims.count && s->has_source)
		return ERR_OK;
	if (!s->claims.count) {
		err_set(e, ERR_USAGE, "there is nothing to sign");
		return err_hint(e, "give --claims FILE, or claims: --sub alice --expires-in 10m");
	}
	if (!json_edit(&s->edited, s->payload, s->len, &s->claims)) {
		err_set(e, ERR_USAGE, "the claims given are no JSON object to add to");
		return err_hint(e, "mend them, or leave the further claims out");
	}
	s->payload = buf_text(&s->edited);
	s->len = s->edited.len;
	return ERR_OK;
}

static bool is_claims(const struct signing *s)
{
	struct lossless l;
	bool well = lossless_read(&l, s->payload, s->len) && lossless_object(&l);

	lossless_release(&l);
	return well;
}

static enum errc header_make(struct signing *s, struct err *e)
{
	const struct op_args *a = s->call->args;
	const struct jose_key *k = &s->keys.keys[0];
	enum errc rc;

	if (op_has(a, "typ") || is_claims(s))
		json_edit_text(&s->header, "typ", op_has(a, "typ") ? op_text(a, "typ") : "JWT");
	if (op_has(a, "kid") || k->kid)
		json_edit_text(&s->header, "kid", op_has(a, "kid") ? op_text(a, "kid") : k->kid);
	rc = edits_add(&s->header, a, "header", e);
	for (size_t i = 0; !rc && i < s->header.count; i++) {
		if (strcmp(s->header.names[i], "alg") != 0)
			continue;
		err_set(e, ERR_USAGE, "the algorithm is no further header parameter");
		return err_hint(e, "say it with --alg");
	}
	if (!rc)
		json_edit(&s->header_text, "", 0, &s->header);
	return rc;
}

static enum errc key_check(const struct signing *s, struct err *e)
{
	if (s->keys.count == 1)
		return ERR_OK;
	if (s->keys.count) {
		err_set(e, ERR_USAGE, "there are %zu keys, and one can sign", s->keys.count);
		return err_hint(e, "give a file with only the key that is meant");
	}
	err_set(e, ERR_USAGE, "there is no key to sign with");
	return err_hint(e, "give --pem, --jwk or --secret-file");
}

/* --- the operation ----------------------------------------------------------------------------- */

static enum errc sign_tell(struct signing *s, const struct secret *token, struct err *e)
{
	const struct op_sink *sink = s->call->sink;
	struct json *record, *row = json_object_new();
	struct token_facts facts = { .now = app_now(s->call->app) };
	struct jose t;
	enum errc rc = ERR_OK;

	jose_read(&t, secret_reveal(token), token->len);
	facts.jose = &t;
	record = token_record_new(&facts);
	json_set_from(row, record, "header");
	json_set_from(row, record, "claims");
	json_set(row, "key", token_key_json(&s->keys.keys[0]));
	if (sink->reveal)
		rc = sink->reveal(sink->arg, s->call->op, row, token, e);
	json_free(record);
	json_free(row);
	jose_release(&t);
	return rc;
}

static enum errc sign(struct signing *s, struct err *e)
{
	const struct op_args *a = s->call->args;
	struct secret token = SECRET_INIT;
	enum errc rc;

	rc = sign_compact(&s->keys.keys[0], op_text(a, "alg"), buf_text(&s->header_text),
			  s->payload, s->len, op_flag(a, "allow-weak-key"), &token, e);
	if (!rc)
		rc = sign_tell(s, &token, e);
	secret_release(&token);
	return rc;
}

static enum errc sign_run(const struct op_call *c, struct err *e)
{
	struct signing s = {
		.call = c,
		.edited = BUF_INIT(2 * SIGN_MAX),
		.header_text = BUF_INIT(HEADER_MAX),
	};
	enum errc rc = token_keys_read(&s.keys, c, e);

	if (!rc)
		rc = key_check(&s, e);
	if (!rc)
		rc = payload_make(&s, e);
	if (!rc)
		rc = header_make(&s, e);
	if (!rc)
		rc = sign(&s, e);
	json_edits_release(&s.claims);
	json_edits_release(&s.header);
	buf_release(&s.edited);
	buf_release(&s.header_text);
	secret_release(&s.source);
	key_set_release(&s.keys);
	return rc;
}

const struct op op_token_sign = {
	.id = "token.sign",
	.summary = "sign a token, to test a set-up with",
	.detail =
		"Makes a compact JWS with a key of your own. Claims come as a file, which without "
		"further options is signed byte by byte, or by options, which replace what the "
		"file says and leave the rest as it stands. Neither token nor key is stored.",
	.example =
		"authrack token sign --pem dev.pem --sub alice --aud orders-api --expires-in 10m\n"
		"authrack token sign --jwk dev.json --claims claims.json --typ at+jwt\n",
	.args = sign_args,
	.columns = sign_columns,
	.flags = OP_NO_STORE | OP_TEXT | OP_REVEALS,
	.reveals = "token",
	.run = sign_run,
};
