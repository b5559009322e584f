/* Tokens in and out of the store. */
#include "src/app/grant_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "data/flow.h"
#include "src/app/audit_note.h"
#include "src/app/id_token.h"
#include "src/app/key_fields.h"
#include "src/app/session.h"

/* --- packing ------------------------------------------------------------------------------------- */

/* Room for a text in JSON: each byte may be escaped. */
enum { ESCAPED = 6, AROUND = 64 };

static void add_text(struct secret *out, const char *text)
{
	secret_add(out, text, strlen(text));
}

/* The text of a token came out of JSON, so it is UTF-8: only these want an escape (RFC 8259 §7). */
static void add_escaped(struct secret *out, const struct secret *token)
{
	const char *text = secret_reveal(token);
	char escape[8];

	for (size_t i = 0; i < token->len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\') {
			add_text(out, "\\");
			secret_add(out, &text[i], 1);
		} else if (c < ' ') {
			snprintf(escape, sizeof(escape), "\\u%04x", c);
			add_text(out, escape);
		} else {
			secret_add(out, &text[i], 1);
		}
	}
}

static void add_member(struct secret *out, const char *name, const struct secret *token)
{
	if (!token->len)
		return;
	add_text(out, out->len > 1 ? ",\"" : "\"");
	add_text(out, name);
	add_text(out, "\":\"");
	add_escaped(out, token);
	add_text(out, "\"");
}

void grant_tokens_pack(struct secret *out, const struct oauth_tokens *t)
{
	size_t len = t->access_token.len + t->refresh_token.len + t->id_token.len;

	secret_release(out);
	secret_init(out, ESCAPED * len + 3 * AROUND);
	add_text(out, "{");
	add_member(out, "access_token", &t->access_token);
	add_member(out, "refresh_token", &t->refresh_token);
	add_member(out, "id_token", &t->id_token);
	add_text(out, "}");
}

static void take(struct secret *out, const struct json *object, const char *name)
{
	const char *text = json_get_text(object, name);

	if (text)
		secret_set(out, text, strlen(text));
}

bool grant_tokens_unpack(struct oauth_tokens *out, const struct secret *text)
{
	struct json *object = NULL;

	oauth_tokens_release(out);
	if (json_parse(&object, secret_reveal(text), text->len, NULL))
		return false;
	take(&out->access_token, object, "access_token");
	take(&out->refresh_token, object, "refresh_token");
	take(&out->id_token, object, "id_token");
	json_free(object);
	return true;
}

/* --- saving -------------------------------------------------------------------------------------- */

struct json *grant_detail(const struct grant *g)
{
	struct json *detail = json_object_new();

	json_set_text(detail, "subject", g->subject);
	json_set_text(detail, "scope", g->scope);
	json_set_bool(detail, "refreshable", g->refreshable);
	json_set_time(detail, "expires_at", g->expires_at);
	return detail;
}

enum errc grant_note(const struct op_call *c, struct store *s, const struct grant *g,
		     const char *operation, const uint8_t before[MAC_SIZE],
		     const struct json *detail, struct err *e)
{
	uint8_t after[MAC_SIZE];
	const struct audit_note n = {
		.operation = operation,
		.object = g->id,
		.name = g->provider_name,
		.revision = g->revision,
		.mac_before = before,
		.mac_after = after,
		.detail = detail,
	};
	enum errc rc = grant_object_mac(s, g, after, e);

	return rc ? rc : audit_note(c, s, &n, NULL, e);
}

static void fill(struct grant *g, const struct op_call *c, const struct provider_use *u,
		 const struct oauth_tokens *t)
{
	char *subject = t->id_token.len ? id_token_claim(&t->id_token, "sub") : NULL;

	g->provider = u->row.row;
	key_text_set(&g->provider_id, u->row.id);
	key_text_set(&g->provider_name, u->row.name);
	key_text_set(&g->subject, subject ? subject : "");
	key_text_set(&g->scope, t->scope ? t->scope : "");
	key_text_set(&g->token_type, t->token_type);
	g->state = GRANT_LIVE;
	g->refreshable = t->refresh_token.len;
	g->has_id_token = t->id_token.len;
	g->created_at = app_now(c->app);
	g->refreshed_at = TIME_NONE;
	g->expires_at = t->expires_ms >= 0 ? g->created_at + t->expires_ms : TIME_NONE;
	free(subject);
}

static enum errc insert(const struct op_call *c, struct store *s, struct grant *g,
			const struct secret *tokens, const char *flow_id, bool shown, struct err *e)
{
	struct json *detail = grant_detail(g);
	enum errc rc = store_begin(s, e);

	json_set_text(detail, "provider", g->provider_id);
	if (shown)
		json_set_bool(detail, "shown", true);
	if (!rc)
		rc = grant_insert(s, g, tokens, e);
	if (!rc)
		rc = grant_note(c, s, g, "grant.save", NULL, detail, e);
	if (!rc && *flow_id)
		rc = flow_delete(s, flow_id, e);
	if (!rc)
		rc = audit_commit(c, s, e);
	audit_rollback(c, s);
	json_free(detail);
	return rc;
}

enum errc grant_save(const struct op_call *c, struct provider_use *u, const struct oauth_tokens *t,
		     const char *flow_id, bool shown, struct grant *g, struct err *e)
{
	enum { TRIES = 3 };
	struct secret tokens = SECRET_INIT;
	enum errc rc = ERR_CANCELLED;

	grant_tokens_pack(&tokens, t);
	fill(g, c, u, t);
	/* A Ctrl-C that comes now ends a statement, but must not drop what was granted. */
	for (int i = 0; rc == ERR_CANCELLED && i < TRIES; i++)
		rc = insert(c, u->store, g, &tokens, flow_id, shown, e);
	secret_release(&tokens);
	return rc;
}
