/* key.verify: is this secret good, now or at a given time? */
#include "src/app/key_record.h"
#include "src/app/ops.h"
#include "src/app/rules.h"
#include "src/app/session.h"
#include "src/app/verify.h"
#include "src/base/alloc.h"

static const struct arg verify_args[] = {
	{ .name = "secret",
	  .type = ARG_SECRET,
	  .flags = ARG_REQUIRED,
	  .help = "the secret, on standard input; one line end behind it is taken off" },
	{ .name = "scope",
	  .letter = 's',
	  .type = ARG_SCOPE,
	  .flags = ARG_REPEATED,
	  .value = "SCOPE",
	  .help = "must be granted" },
	{ .name = "address",
	  .letter = 'a',
	  .type = ARG_ADDRESS,
	  .value = "ADDRESS",
	  .help = "client address, for keys that are good from some only" },
	{ .name = "at",
	  .type = ARG_INSTANT,
	  .value = "TIME",
	  .help = "at this time instead of now" },
	{ .name = NULL },
};

static const struct op_column verify_columns[] = {
	{ "valid", "VALID", COLUMN_FLAG, "the answer" },
	{ "code", "CODE", COLUMN_TEXT,
	  "VALID, or why not: MALFORMED NOT_FOUND REVOKED RETIRED "
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

static void set_unknown(struct json *record)
{
	static const char *const members[] = {
		"id", "name", "owner", "tier", "scopes", "version",
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_set_text(record, members[i], NULL);
}

static void set_known(struct json *record, const struct verify_result *v)
{
	json_set_text(record, "id", v->key.id);
	json_set_text(record, "name", v->key.name);
	json_set_text(record, "owner", v->key.owner);
	json_set_text(record, "tier", v->key.tier);
	json_set(record, "scopes", texts_json(v->key.scopes));
	json_set_int(record, "version", v->version.number);
	json_set_bool(record, "retiring", v->retiring);
	json_set_time(record, "valid_until", v->valid_until);
	json_set(record, "meta", key_meta_json(&v->key));
}

static struct json *verify_record(const struct verify_result *v)
{
	struct json *record = json_object_new();

	json_set_bool(record, "valid", v->code == VERIFY_VALID);
	json_set_text(record, "code", verify_code_name(v->code));
	if (v->known)
		set_known(record, v);
	else
		set_unknown(record);
	return record;
}

static enum errc verify_with(const struct op_call *c, struct verify_request *q, struct err *e)
{
	struct store *s = app_store(c->app);
	struct verify_result v;
	enum errc r;

	verify_result_init(&v);
	q->at = op_instant(c->args, "at", store_now(s), TIME_NONE);
	r = key_verify(s, q, &v, e);
	if (!r)
		r = call_record_take(c, verify_record(&v), e);
	if (!r && v.code != VERIFY_VALID)
		r = ERR_NO;
	verify_result_release(&v);
	return r;
}

static enum errc verify_run(const struct op_call *c, struct err *e)
{
	const struct secret *secret = op_secret(c->args, "secret");
	size_t count = op_count(c->args, "scope");
	const char **scopes = x_calloc(count + 1, sizeof(*scopes));
	struct verify_request q = {
		.secret = secret_reveal(secret),
		.len = secret->len,
		.scopes = scopes,
		.scope_count = count,
	};
	struct address address;
	enum errc r = ERR_OK;

	for (size_t i = 0; i < count; i++)
		scopes[i] = op_nth(c->args, "scope", i);
	if (op_has(c->args, "address")) {
		r = address_parse(&address, op_text(c->args, "address"), e);
		q.address = &address;
	}
	if (!r)
		r = verify_with(c, &q, e);
	free(scopes);
	return r;
}

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
	.run = verify_run,
};
