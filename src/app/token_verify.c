/* token.verify: is this token good, under these keys and for these expectations? */
#include <stdlib.h>
#include <string.h>

#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/app/token_choose.h"
#include "src/app/token_keys.h"
#include "src/app/token_provider.h"
#include "src/app/token_record.h"
#include "src/base/alloc.h"
#include "src/token/algorithm.h"
#include "src/token/jwe.h"

static const struct arg verify_args[] = {
	TOKEN_INPUT_ARGS,
	TOKEN_GRANT_ARGS,
	TOKEN_KEY_ARGS(ARG_REPEATED),
	{ .name = "jwks",
	  .type = ARG_FILE,
	  .value = "FILE|URL",
	  .label = "JWKS file or URL",
	  .help = "set of keys (JWKS)" },
	{ .name = "issuer",
	  .letter = 'i',
	  .type = ARG_TEXT,
	  .value = "URL",
	  .label = "Issuer's keys",
	  .help = "the keys that the discovery document of this issuer names; it has to be the "
		  "token's issuer as well" },
	TOKEN_PROVIDER_ARG(
		"the keys of this saved provider; its issuer has to be the token's, too"),
	{ .name = "ca-file",
	  .type = ARG_FILE,
	  .flags = ARG_COMMAND_LINE,
	  .help = "certificates to trust instead of the system's, for URLs" },
	{ .name = "alg",
	  .letter = 'a',
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "ALGORITHM",
	  .label = "Algorithms",
	  .help = "allow only this algorithm; without it the key decides" },
	{ .name = "iss",
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .label = "Issuer (iss)",
	  .help = "the issuer has to be this, to the character" },
	{ .name = "aud",
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "TEXT",
	  .label = "Audience (aud)",
	  .help = "one of its audiences has to be this" },
	{ .name = "sub",
	  .type = ARG_TEXT,
	  .value = "TEXT",
	  .label = "Subject (sub)",
	  .help = "the subject has to be this" },
	{ .name = "typ",
	  .type = ARG_TEXT,
	  .value = "TYPE",
	  .label = "Type (typ)",
	  .help = "the kind of token has to be this: at+jwt" },
	{ .name = "require",
	  .type = ARG_TEXT,
	  .flags = ARG_REPEATED,
	  .value = "CLAIM",
	  .label = "Required claims",
	  .help = "this claim has to be there" },
	{ .name = "leeway",
	  .type = ARG_DURATION,
	  .fallback = "0",
	  .help = "how far clocks may differ" },
	{ .name = "at",
	  .type = ARG_INSTANT,
	  .value = "TIME",
	  .help = "as it would be at this time instead of now" },
	{ .name = "allow-weak-key",
	  .type = ARG_FLAG,
	  .help = "let short secrets and RSA keys under 2048 bits pass, and say so" },
	{ .name = "no-claims",
	  .type = ARG_FLAG,
	  .help = "the payload is no claims set: header rules and signature only" },
	{ .name = "padded",
	  .type = ARG_FLAG,
	  .help = "the segments are padded with = and signed so, as AWS ALB does" },
	{ .name = "payload",
	  .type = ARG_FILE,
	  .flags = ARG_COMMAND_LINE,
	  .help = "the payload, its very bytes, of a token that has it detached" },
	TOKEN_PICK_ARG,
	{ .name = NULL },
};

static const struct op_column verify_columns[] = {
	{ "valid", "VALID", COLUMN_FLAG, "the answer: signature and every check hold" },
	{ "signature", NULL, COLUMN_TEXT, "valid, invalid or unchecked" },
	{ "key", NULL, COLUMN_TEXT, "the key that fitted, and where it is from; null: none" },
	{ "checks", NULL, COLUMN_LIST, "name, result (passed, failed, not_made), detail" },
	TOKEN_COLUMNS,
	{ "nested", NULL, COLUMN_LIST, "the same of the token within an encrypted one" },
	{ .name = NULL },
};

/* What a verification works with. */
struct verification {
	const struct op_call *call;
	struct expectations expected;
	const char **algorithms, **audiences, **required; /* NULL-terminated */
	struct key_set keys, decoded;
	bool has_decoded;
	struct token_choice choice;
	struct jose token;
	struct verdict verdict;
	char *issuer;	   /* the provider's; NULL */
	const char *loose; /* why the token does not stand there strictly; "" */
};

/* --- expectations ------------------------------------------------------------------------------ */

static const char **texts_of(const struct op_args *a, const char *name)
{
	size_t count = op_count(a, name);
	const char **list = x_calloc(count + 1, sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = op_nth(a, name, i);
	return list;
}

static enum errc algorithms_check(const char *const *names, struct err *e)
{
	for (; *names; names++) {
		const struct algorithm *a = algorithm_find(*names, strlen(*names));
		const struct algorithm *meant = algorithm_guess(*names, strlen(*names));

		if (a && a->purpose == ALGORITHM_SIGNS && a->family != FAMILY_NONE)
			continue;
		err_set(e, ERR_USAGE, "\"%s\" is no algorithm that signs", *names);
		if (meant && meant->family != FAMILY_NONE)
			return err_hint(e, "did you mean %s? Names are case-sensitive",
					meant->name);
		return err_hint(e, "such as RS256, ES256, EdDSA or HS256; none is never allowed");
	}
	return ERR_OK;
}

static enum errc expect(struct verification *v, struct err *e)
{
	const struct op_args *a = v->call->args;
	int64_t wall = app_now(v->call->app);

	v->algorithms = texts_of(a, "alg");
	v->audiences = texts_of(a, "aud");
	v->required = texts_of(a, "require");
	v->expected = (struct expectations){
		.algorithms = *v->algorithms ? v->algorithms : NULL,
		.issuer = op_has(a, "iss") ? op_text(a, "iss") : op_text(a, "issuer"),
		.audiences = *v->audiences ? v->audiences : NULL,
		.subject = op_text(a, "sub"),
		.type = op_text(a, "typ"),
		.required = *v->required ? v->required : NULL,
		.leeway_ms = op_duration(a, "leeway", 0),
		.now_ms = op_instant(a, "at", wall, wall),
		.allow_weak_key = op_flag(a, "allow-weak-key"),
		.no_claims = op_flag(a, "no-claims"),
		.padded = op_flag(a, "padded"),
	};
	return algorithms_check(v->algorithms, e);
}

/* --- deciding ---------------------------------------------------------------------------------- */

static bool has_finding(const struct findings *f, const char *id)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->list[i].rule->id, id) == 0)
			return true;
	return false;
}

static void tell(struct findings *f, const char *id, const char *text)
{
	const struct finding_rule *rule = finding_rule_find(id);

	if (rule && !has_finding(f, id))
		finding_add(f, rule, "%s", text);
}

/* A shared secret that is itself base64 or hex may be meant decoded: tried where its bytes do not
 * fit. */
static void decide_decoded(struct verification *v, const struct jose *t, struct verdict *out)
{
	struct verdict other;

	v->has_decoded = true;
	if (!token_keys_decoded(&v->decoded, &v->keys))
		return;
	token_verify(t, &v->decoded, &v->expected, &other);
	if (other.signature != SIGNATURE_VALID) {
		findings_release(&other.findings);
		return;
	}
	findings_release(&out->findings);
	*out = other;
	tell(&out->findings, "secret-encoded",
	     "the secret given is encoded: the token verifies under what it decodes to");
}

static void decide(struct verification *v, const struct jose *t, struct verdict *out)
{
	token_verify(t, &v->keys, &v->expected, out);
	if (out->signature != SIGNATURE_VALID && !v->has_decoded)
		decide_decoded(v, t, out);
}

/* Nothing is repaired in silence (RFC 7515 §2). */
static void refuse_loose(struct verification *v)
{
	if (!*v->loose)
		return;
	v->verdict.valid = false;
	tell(&v->verdict.findings, "b64-loose", v->loose);
}

static void add_check(struct verdict *v, const char *name, enum check_result result,
		      const char *detail)
{
	struct token_check *check;

	if (v->count == CHECKS_MAX)
		return;
	check = &v->checks[v->count++];
	*check = (struct token_check){ .name = name, .result = result };
	snprintf(check->detail, sizeof(check->detail), "%s", detail);
}

/* --- records ----------------------------------------------------------------------------------- */

static struct json *verdict_record(const struct verification *v, const struct paste_item *item,
				   const struct jose *t, const struct verdict *verdict)
{
	struct json *row = json_object_new(), *key = token_key_json(verdict->key);
	struct token_facts facts = { item, t, &verdict->findings, v->expected.now_ms };

	json_set_bool(row, "valid", verdict->valid);
	json_set_text(row, "signature", signature_name(verdict->signature));
	json_set(row, "key", key);
	json_set(row, "checks", token_checks_json(verdict));
	token_record_fill(row, &facts);
	json_set_text(row, "nested", NULL);
	return row;
}

/* --- tokens within encrypted ones --------------------------------------------------------------- */

/* The encrypted token says nothing of who made it: what is within has to be signed. */
static void decide_inner(struct verification *v, const struct secret *plain, struct json **nested)
{
	struct jose inner;
	struct verdict verdict;

	jose_read(&inner, secret_reveal(plain), plain->len);
	token_verify(&inner, &v->keys, &v->expected, &verdict);
	if (inner.kind == JOSE_JWE)
		verdict.valid = false;
	*nested = verdict_record(v, NULL, &inner, &verdict);
	v->verdict.valid = verdict.valid && jose_sound(&v->token);
	v->verdict.signature = verdict.signature;
	v->verdict.key = verdict.key;
	add_check(&v->verdict, "nested", verdict.valid ? CHECK_PASSED : CHECK_FAILED,
		  verdict.valid ? "the token within is valid" : "the token within is not valid");
	findings_release(&verdict.findings);
	jose_release(&inner);
}

static void findings_of_encrypted(struct verification *v, const struct jose_key *key)
{
	struct inspection in = {
		.token = &v->token,
		.keys = &v->keys,
		.key = key,
		.now_ms = v->expected.now_ms,
		.decrypted = key != NULL,
	};

	findings_collect(&in, &v->verdict.findings);
}

static void tell_decrypted(struct verification *v)
{
	char key[160];

	token_key_text(v->verdict.key, key, sizeof(key));
	add_check(&v->verdict, "decryption", CHECK_PASSED, key);
}

static struct json *decide_encrypted(struct verification *v)
{
	struct secret plain = SECRET_INIT;
	struct json *nested = NULL, *row;
	struct err e = ERR_INIT;

	v->verdict = (struct verdict){ .signature = SIGNATURE_UNCHECKED };
	findings_init(&v->verdict.findings);
	if (jwe_decrypt(&v->token, &v->keys, v->expected.allow_weak_key, &plain, &v->verdict.key,
			&e)) {
		add_check(&v->verdict, "decryption", CHECK_FAILED, e.message);
		findings_of_encrypted(v, NULL);
	} else {
		tell_decrypted(v);
		findings_of_encrypted(v, v->verdict.key);
		decide_inner(v, &plain, &nested);
	}
	if (findings_worst(&v->verdict.findings) >= SEVERITY_ERROR)
		v->verdict.valid = false;
	refuse_loose(v);
	row = verdict_record(v, v->choice.item, &v->token, &v->verdict);
	if (nested) {
		json_set_from(row, nested, "claims");
		json_set(row, "nested", nested);
	}
	secret_release(&plain);
	return row;
}

/* --- the operation ----------------------------------------------------------------------------- */

static enum errc attach_payload(struct verification *v, struct err *e)
{
	const char *file = op_text(v->call->args, "payload");
	struct secret payload = SECRET_INIT;
	enum errc rc;

	if (!file)
		return ERR_OK;
	rc = token_file_read(&payload, file, JOSE_MAX, e);
	if (!rc)
		jose_attach(&v->token, secret_reveal(&payload), payload.len);
	secret_release(&payload);
	return rc;
}

static enum errc verify_chosen(struct verification *v, struct err *e)
{
	const struct paste_item *item = v->choice.item;
	struct json *row;
	enum errc rc;

	jose_read(&v->token, item->text, item->text_len);
	rc = attach_payload(v, e);
	if (rc) {
		jose_release(&v->token);
		return rc;
	}
	if (v->token.kind == JOSE_JWE) {
		row = decide_encrypted(v);
	} else {
		decide(v, &v->token, &v->verdict);
		refuse_loose(v);
		row = verdict_record(v, item, &v->token, &v->verdict);
	}
	rc = call_record_take(v->call, row, e);
	if (!rc && !v->verdict.valid)
		rc = ERR_NO;
	findings_release(&v->verdict.findings);
	jose_release(&v->token);
	return rc;
}

static enum errc keys_read(struct verification *v, struct err *e)
{
	enum errc rc = token_keys_read(&v->keys, v->call, e);

	if (!rc && token_provider_meant(v->call->args))
		rc = token_provider_keys(&v->keys, v->call, &v->issuer, e);
	if (!v->expected.issuer)
		v->expected.issuer = v->issuer;
	return rc;
}

static enum errc verify_run(const struct op_call *c, struct err *e)
{
	struct verification *v = x_calloc(1, sizeof(*v));
	struct token_input in = { .text = SECRET_INIT };
	enum errc rc;

	v->call = c;
	v->loose = v->choice.loose;
	rc = expect(v, e);
	if (!rc)
		rc = keys_read(v, e);
	if (!rc)
		rc = token_input_read(&in, c, e);
	if (!rc)
		rc = token_choose(&v->choice, &in, c, e);
	if (!rc)
		rc = verify_chosen(v, e);
	token_input_release(&in);
	key_set_release(&v->decoded);
	key_set_release(&v->keys);
	free(v->algorithms);
	free(v->audiences);
	free(v->required);
	free(v->issuer);
	free(v);
	return rc;
}

const struct op op_token_verify = {
	.id = "token.verify",
	.summary = "tell whether a token is good: signature first, then every claim",
	.detail =
		"Takes one token, from a file or standard input, and keys. The key decides which "
		"algorithm may be used, the header has only to agree; --alg narrows it further. "
		"With "
		"several keys all that fit are tried, and the one that does is named. A private "
		"key "
		"is used by its public half. No key and no address out of a token is ever used.\n\n"
		"exp, nbf and iat are always looked at; iss, aud, sub, typ and further claims "
		"where "
		"they are asked for. Each check is told as passed, failed or not made. A finding "
		"of "
		"severity error or critical makes a token not valid. Without a key nothing is "
		"valid.\n\n"
		"What stands around a token is passed over where it is known (Bearer, a header "
		"line, "
		"a JSON member) but nothing is repaired: a wrapped line or a stray blank is "
		"refused. "
		"An encrypted token is decrypted with the keys given, and the one within verified. "
		"Ends with 1 when the token is not valid.",
	.example =
		"authrack token verify --pem api.pem --iss https://sso.example.com token.txt\n"
		"authrack token verify --issuer https://sso.example.com --aud api token.txt\n"
		"authrack token verify --provider keycloak --aud orders-api token.txt\n"
		"authrack token verify --grant grt_01jq8m2v5x0c9d3n6p8r4t7kfa --which id\n"
		"authrack token verify --jwks keys.json --aud orders-api < token.txt\n"
		"authrack token verify --secret-file hs.key --alg HS256 --leeway 30s token.txt\n",
	.args = verify_args,
	.columns = verify_columns,
	.flags = OP_NO_STORE | OP_ANSWERS | OP_ASYNC,
	.run = verify_run,
};
