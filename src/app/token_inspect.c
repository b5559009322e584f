/* token.inspect: what is in a paste, without judging whether it is good. */
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/app/token_provider.h"
#include "src/app/token_record.h"

static const struct arg inspect_args[] = {
	TOKEN_INPUT_ARGS,
	TOKEN_GRANT_ARGS,
	{ .name = "at",
	  .type = ARG_INSTANT,
	  .value = "TIME",
	  .help = "as seen at this time instead of now" },
	{ .name = NULL },
};

static const struct op_column inspect_columns[] = {
	TOKEN_COLUMNS,
	{ .name = NULL },
};

/* Tokens that were pasted beside an ID token: it has their hashes (OIDC Core 3.1.3.6). */
static const char *sibling(const struct paste *p, const struct paste_item *of, const char *where)
{
	for (size_t i = 0; i < p->count; i++)
		if (&p->items[i] != of && p->items[i].where && strstr(p->items[i].where, where))
			return p->items[i].text;
	return NULL;
}

static enum errc token_tell(const struct op_call *c, const struct paste *p,
			    const struct paste_item *item, int64_t now, struct err *e)
{
	struct findings findings;
	struct jose token;
	struct inspection in = {
		.token = &token,
		.now_ms = now,
		.access_token = sibling(p, item, "access_token"),
		.mends = item->mends,
	};
	struct token_facts facts = { item, &token, &findings, now };
	enum errc rc;

	jose_read(&token, item->text, item->text_len);
	findings_init(&findings);
	findings_collect(&in, &findings);
	rc = call_record_take(c, token_record_new(&facts), e);
	findings_release(&findings);
	jose_release(&token);
	return rc;
}

static enum errc item_tell(const struct op_call *c, const struct paste *p,
			   const struct paste_item *item, int64_t now, struct err *e)
{
	struct token_facts facts = { item, NULL, NULL, now };

	if (paste_is_jose(item))
		return token_tell(c, p, item, now, e);
	return call_record_take(c, token_record_new(&facts), e);
}

static enum errc inspect_run(const struct op_call *c, struct err *e)
{
	int64_t wall = app_now(c->app), now = op_instant(c->args, "at", wall, wall);
	struct token_input in;
	enum errc rc = token_input_read(&in, c, e);

	if (!rc && !in.paste.count)
		rc = token_none_found(e);
	for (size_t i = 0; !rc && i < in.paste.count; i++)
		rc = item_tell(c, &in.paste, &in.paste.items[i], now, e);
	if (!rc && in.paste.more)
		call_note(c, "there is more in this paste: the first %d are shown", PASTE_ITEMS);
	token_input_release(&in);
	return rc;
}

const struct op op_token_inspect = {
	.id = "token.inspect",
	.summary = "show what is in a token, or in whatever was pasted",
	.detail =
		"Finds the tokens in what people really paste: with Bearer, quotes, line wraps, "
		"URL "
		"encoding, in a JSON answer, a cURL command, a cookie, a whole HTTP request; "
		"several at once. Of each it shows header and claims as they stand, explains them, "
		"and says what is wrong (the findings). Other credentials are recognised by their "
		"shape. Nothing is sent anywhere, and nothing is stored.\n\n"
		"Whether a token is good is not said here: nobody has checked its signature. See "
		"token verify. Ends with 2 when nothing is found.",
	.example = "authrack token inspect < token.txt\n"
		   "wl-paste | authrack token inspect\n"
		   "authrack token inspect --json response.json\n",
	.args = inspect_args,
	.columns = inspect_columns,
	.flags = OP_NO_STORE | OP_ARRAY,
	.run = inspect_run,
};
