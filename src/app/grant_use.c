/* Grants in use. */
#include "src/app/grant_use.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/audit_note.h"
#include "src/app/oauth_fetch.h"
#include "src/app/provider_sign.h"
#include "src/app/session.h"
#include "src/base/process.h"

void grant_use_init(struct grant_use *g, const struct op_call *c)
{
	*g = (struct grant_use){
		.call = c,
		.store = app_store(c->app),
		.tokens = { .expires_ms = -1 },
	};
	grant_init(&g->row);
	provider_use_init(&g->provider);
}

void grant_use_release(struct grant_use *g)
{
	grant_release(&g->row);
	provider_use_release(&g->provider);
	oauth_tokens_release(&g->tokens);
}

enum errc grant_intact(const struct grant *g, struct err *e)
{
	if (!g->altered)
		return ERR_OK;
	err_set(e, ERR_STORE, "grant %s was altered outside authrack", g->id);
	return err_hint(e, "run store check; all it can be is removed");
}

enum errc grant_use_row(struct grant_use *g, struct err *e)
{
	const char *id = op_text(g->call->args, "grant");
	enum errc rc = grant_get(g->store, id, &g->row, e);

	if (rc != ERR_NOT_FOUND)
		return rc;
	err_set(e, rc, "no grant \"%s\"", id);
	return err_hint(e, "grant list shows them; device run --save makes one");
}

enum errc grant_use_load(struct grant_use *g, struct err *e)
{
	struct secret text = SECRET_INIT;
	enum errc rc = grant_use_row(g, e);

	if (!rc)
		rc = grant_intact(&g->row, e);
	if (!rc)
		rc = grant_tokens(g->store, &g->row, &text, e);
	if (!rc && !grant_tokens_unpack(&g->tokens, &text))
		rc = err_set(e, ERR_STORE, "the tokens of grant %s can't be read", g->row.id);
	if (!rc)
		rc = provider_use_saved(&g->provider, g->call, g->store, g->row.provider_id, e);
	secret_release(&text);
	return rc;
}

/* What was begun by a process that is gone may have used up the token. */
bool grant_uncertain(const struct grant *g)
{
	return g->state == GRANT_UNCERTAIN || (g->abandoned && g->state == GRANT_LIVE);
}

static const char *state_name(const struct grant *g)
{
	if (grant_uncertain(g))
		return "uncertain";
	switch (g->state) {
	case GRANT_LIVE:
		return "live";
	case GRANT_UNCERTAIN:
		return "uncertain";
	case GRANT_ENDED:
		break;
	}
	return "ended";
}

static void set_text(struct json *row, const char *name, const char *text)
{
	json_set_text(row, name, text && *text ? text : NULL);
}

struct json *grant_record(const struct grant *g)
{
	struct json *row = json_object_new();

	json_set_text(row, "id", g->id);
	json_set_text(row, "state", state_name(g));
	json_set_text(row, "status", g->altered ? "altered" : "ok");
	set_text(row, "provider", g->provider_name);
	set_text(row, "provider_id", g->provider_id);
	set_text(row, "subject", g->subject);
	json_set_text(row, "scope", g->scope);
	set_text(row, "token_type", g->token_type);
	json_set_time(row, "expires_at", g->expires_at);
	json_set_bool(row, "refreshable", g->refreshable);
	json_set_bool(row, "has_id_token", g->has_id_token);
	set_text(row, "note", g->state == GRANT_LIVE && g->abandoned ? GRANT_ABANDONED : g->note);
	json_set_time(row, "created_at", g->created_at);
	json_set_time(row, "refreshed_at", g->refreshed_at);
	json_set_int(row, "revision", g->revision);
	return row;
}

/* --- writing ------------------------------------------------------------------------------------- */

static enum errc write_once(struct grant_use *g, const struct secret *tokens,
			    const struct json *more, struct err *e)
{
	struct grant row = g->row;
	struct json *detail = NULL;
	uint8_t before[MAC_SIZE];
	enum errc rc = store_begin(g->store, e);

	if (!rc)
		rc = grant_object_mac(g->store, &row, before, e);
	if (!rc)
		rc = grant_update(g->store, &row, tokens, e);
	if (!rc && !g->stays_taken)
		rc = grant_give_back(g->store, &row, e);
	detail = grant_detail(&row);
	for (const void *it = json_first(more); it; it = json_next(more, it))
		json_set(detail, json_name(it), json_keep(json_value(it)));
	if (!rc)
		rc = grant_note(g->call, g->store, &row, NULL, before, detail, e);
	if (!rc)
		rc = audit_commit(g->call, g->store, e);
	audit_rollback(g->call, g->store);
	if (!rc) {
		g->row = row;
		g->row.abandoned = false;
	}
	json_free(detail);
	return rc;
}

/* A Ctrl-C that comes now ends a statement, but must not lose what the provider has answered. */
enum errc grant_use_write(struct grant_use *g, const struct secret *tokens, const struct json *more,
			  struct err *e)
{
	enum { TRIES = 3 };
	enum errc rc = ERR_CANCELLED;

	for (int i = 0; rc == ERR_CANCELLED && i < TRIES; i++)
		rc = write_once(g, tokens, more, e);
	return rc;
}

/* --- one at a time -------------------------------------------------------------------------------- */

enum errc grant_use_take(struct grant_use *g, struct err *e)
{
	enum errc rc = store_begin_unaudited(g->store, e);

	if (!rc)
		rc = grant_take(g->store, &g->row, getpid(), process_start(getpid()), e);
	if (!rc)
		rc = store_commit(g->store, e);
	store_rollback(g->store);
	return rc;
}

void grant_use_give_back(struct grant_use *g)
{
	if (store_begin_unaudited(g->store, NULL) == ERR_OK) {
		if (grant_give_back(g->store, &g->row, NULL) == ERR_OK)
			store_commit(g->store, NULL);
		store_rollback(g->store);
	}
}

/* --- requests ------------------------------------------------------------------------------------ */

enum errc grant_use_request(struct grant_use *g, struct oauth_request *r,
			    enum oauth_endpoint endpoint, struct err *e)
{
	enum errc rc = provider_use_complete(&g->provider, g->call, 1U << endpoint, e);

	return rc ? rc : oauth_request_init(r, &g->provider.oauth, endpoint, e);
}

enum errc grant_use_send(struct grant_use *g, struct oauth_request *r, const char *doing,
			 int64_t grace_ms, struct grant_answer *a, struct err *e)
{
	struct oauth_fetch f = { .call = g->call, .doing = doing, .grace_ms = grace_ms };
	int64_t now = clock_wall(app_clock(g->call->app));
	enum errc rc = oauth_request_authenticate(r, &g->provider.oauth, &provider_signer, now, e);

	*a = (struct grant_answer){ .response = { .code = ERR_USAGE } };
	if (rc)
		return rc;
	oauth_request_done(r);
	/* A POST must not be sent twice by itself. */
	r->http.fresh = true;
	rc = oauth_fetch(&f, &r->http, &r->secrets, &a->response, e);
	a->cancelled = f.cancelled;
	return rc;
}

void grant_answer_release(struct grant_answer *a)
{
	http_response_release(&a->response);
}

enum errc grant_refused(const struct grant_use *g, const struct oauth_request *r,
			const struct http_response *a, const char *what, struct err *e)
{
	const struct oauth_provider *p = &g->provider.oauth;
	struct oauth_answer answer;

	oauth_answer_read(&answer, a, p->preset, &r->secrets, clock_wall(app_clock(g->call->app)));
	err_set(e, ERR_REMOTE, "%s of \"%s\" refuses: %s%s%.300s (status %ld)", what, p->name,
		answer.error, answer.description ? ": " : "",
		answer.description ? answer.description : "", a->status);
	if (answer.explanation)
		err_hint(e, "%s", answer.explanation);
	oauth_answer_release(&answer);
	return ERR_REMOTE;
}
