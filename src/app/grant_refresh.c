/* grant.refresh: a new access token for a refresh token (RFC 6749 §6, RFC 9700 §4.14). */
#include <string.h>
#include <time.h>

#include "src/app/grant_use.h"
#include "src/app/id_token.h"
#include "src/app/key_fields.h"
#include "src/app/ops.h"
#include "src/app/session.h"

enum {
	GRACE_MS = 1000, /* for the answer, when the person cancels: it may have a new token */
	WAIT_MS = 45000, /* for another process that refreshes it */
	SLICE_MS = 100,
	WHY_SIZE = 512
};

static const struct arg refresh_args[] = {
	GRANT_ARG,
	{ .name = NULL },
};

static const struct op_column refresh_columns[] = {
	GRANT_COLUMNS,
	{ "rotated", NULL, COLUMN_FLAG, "a new refresh token came in place of the old one" },
	{ .name = NULL },
};

static enum errc check_state(const struct grant *g, struct err *e)
{
	if (g->state == GRANT_ENDED) {
		err_set(e, ERR_CONFLICT, "grant %s has ended: %s", g->id, g->note);
		return err_hint(e, "run the device flow again");
	}
	if (g->refreshable)
		return ERR_OK;
	err_set(e, ERR_CONFLICT, "grant %s has no refresh token", g->id);
	return err_hint(e,
			"ask for one: --scope offline_access, as far as the provider goes by it");
}

/* Takes the grant for this process. ERR_NO: another one has refreshed it meanwhile, which is as good. */
static enum errc take_turn(struct grant_use *g, struct err *e)
{
	const struct timespec slice = { .tv_nsec = SLICE_MS * 1000000L };
	int64_t revision;
	enum errc rc = grant_use_load(g, e);

	revision = g->row.revision;
	for (int64_t waited = 0; !rc; waited += SLICE_MS) {
		rc = check_state(&g->row, e);
		if (!rc && g->row.revision != revision)
			return ERR_NO;
		if (!rc)
			rc = grant_use_take(g, e);
		if (rc != ERR_CONFLICT || g->row.state == GRANT_ENDED || !g->row.refreshable ||
		    waited >= WAIT_MS)
			return rc;
		rc = call_progress(g->call, "waiting for another process that refreshes it", 0, 0,
				   e);
		nanosleep(&slice, NULL);
		if (!rc)
			rc = grant_use_load(g, e);
	}
	return rc;
}

/* --- what came of it ----------------------------------------------------------------------------- */

/* The outcome goes into the event. */
static enum errc write_outcome(struct grant_use *g, const char *outcome,
			       const struct secret *tokens, bool rotated, struct err *e)
{
	struct json *more = json_object_new();
	enum errc rc;

	json_set_text(more, "outcome", outcome);
	json_set_bool(more, "rotated", rotated);
	rc = grant_use_write(g, tokens, more, e);
	json_free(more);
	return rc;
}

static enum errc end_as(struct grant_use *g, enum grant_state state, const char *outcome,
			const char *note)
{
	struct err own = ERR_INIT;
	enum errc rc;

	g->row.state = state;
	key_text_set(&g->row.note, note);
	rc = write_outcome(g, outcome, NULL, false, &own);
	if (rc) {
		/* When this process has ended it shows as abandoned. */
		g->stays_taken = true;
		call_note(g->call, "what came of it could not be kept: %s", own.message);
	}
	return rc;
}

/* Whether the refresh token was used up is not known. */
static enum errc lost(struct grant_use *g, const char *why, struct err *e)
{
	end_as(g, GRANT_UNCERTAIN, "lost",
	       "the answer to a refresh was lost: its refresh token may be used up");
	err_set(e, ERR_REMOTE, "the answer to the refresh was lost: %.300s", why);
	return err_hint(e,
			"grant %s is uncertain now; refreshing again tells, but a provider that "
			"knows the token as used may end the grant",
			g->row.id);
}

static enum errc refused(struct grant_use *g, const struct oauth_answer *a, bool was_uncertain,
			 struct err *e)
{
	const char *text = a->description ? a->description : a->explanation;

	if (strcmp(a->error, "invalid_grant") != 0) {
		err_set(e, ERR_REMOTE, "the provider refuses the refresh: %s%s%.300s", a->error,
			text ? ": " : "", text ? text : "");
		return err_hint(e, "%s",
				a->explanation ? a->explanation : "the grant stays as it was");
	}
	end_as(g, GRANT_ENDED, "refused",
	       was_uncertain ? "the provider refused a refresh token that it knew as used"
			     : "the provider refused the refresh token");
	err_set(e, ERR_REMOTE, "the provider refuses the refresh token: invalid_grant%s%.300s",
		text ? ": " : "", text ? text : "");
	if (was_uncertain)
		return err_hint(e,
				"the answer to an earlier refresh was lost, and the token had been "
				"used: the grant has ended, run the device flow again");
	return err_hint(e,
			"it was revoked, has expired, or was used by somebody else; the grant has "
			"ended, run the device flow again");
}

/* OIDC Core §12.2: the same person. One that does not hold is not kept. */
static void check_id_token(struct grant_use *g, struct oauth_tokens *new)
{
	struct json *record = NULL;
	char why[WHY_SIZE], *subject;
	enum id_token_state state;

	if (!new->id_token.len)
		return;
	state = id_token_check(&record, g->call, &g->provider, &new->id_token, &new->access_token,
			       why, sizeof(why));
	subject = id_token_claim(&new->id_token, "sub");
	if (state == ID_TOKEN_UNCHECKED)
		call_note(g->call, "nobody has checked the new ID token: %s", why);
	if (state != ID_TOKEN_INVALID && *g->row.subject &&
	    (!subject || strcmp(subject, g->row.subject) != 0)) {
		snprintf(why, sizeof(why), "it names another subject");
		state = ID_TOKEN_INVALID;
	}
	if (state == ID_TOKEN_INVALID) {
		call_note(g->call, "the new ID token is NOT VALID and not kept: %s", why);
		secret_release(&new->id_token);
	}
	free(subject);
	json_free(record);
}

/* What did not come stays as it was (RFC 6749 §6). */
static bool merge(struct grant_use *g, struct oauth_tokens *new)
{
	struct oauth_tokens *old = &g->tokens;
	bool rotated = new->refresh_token.len &&
		       !secret_equal(&new->refresh_token, &old->refresh_token);

	if (!new->refresh_token.len)
		secret_move(&new->refresh_token, &old->refresh_token);
	if (!new->id_token.len)
		secret_move(&new->id_token, &old->id_token);
	return rotated;
}

/* They came, and are gone: the old refresh token may be used up. */
static enum errc unsaved(struct grant_use *g, enum errc rc, struct err *e)
{
	if (grant_use_row(g, NULL) || g->row.state == GRANT_ENDED) {
		err_hint(e, "the new tokens are lost; at the provider they live until they expire");
		return rc;
	}
	end_as(g, GRANT_UNCERTAIN, "unsaved",
	       "the new tokens of a refresh could not be kept: its refresh token may be used up");
	err_hint(e, "the new tokens are lost; grant %s is uncertain now", g->row.id);
	return rc;
}

static enum errc refreshed(struct grant_use *g, struct oauth_tokens *new, struct err *e)
{
	struct secret packed = SECRET_INIT;
	struct json *record;
	bool rotated;
	enum errc rc;

	rotated = merge(g, new);
	grant_tokens_pack(&packed, new);
	g->row.state = GRANT_LIVE;
	key_text_set(&g->row.note, "");
	key_text_set(&g->row.scope, new->scope);
	key_text_set(&g->row.token_type, new->token_type);
	g->row.has_id_token = new->id_token.len;
	g->row.refreshed_at = app_now(g->call->app);
	g->row.expires_at = new->expires_ms >= 0 ? g->row.refreshed_at + new->expires_ms
						 : TIME_NONE;
	rc = write_outcome(g, "refreshed", &packed, rotated, e);
	secret_release(&packed);
	if (rc)
		return unsaved(g, rc, e);
	record = grant_record(&g->row);
	json_set_bool(record, "rotated", rotated);
	return call_record_take(g->call, record, e);
}

static enum errc answered(struct grant_use *g, const struct oauth_request *r,
			  const struct http_response *response, struct err *e)
{
	const struct oauth_provider *p = &g->provider.oauth;
	bool was_uncertain = grant_uncertain(&g->row);
	struct oauth_tokens new = { .expires_ms = -1 };
	struct oauth_answer a;
	enum errc rc;

	oauth_answer_read(&a, response, p->preset, &r->secrets,
			  clock_wall(app_clock(g->call->app)));
	if (a.kind == OAUTH_SUCCESS)
		oauth_tokens_read(&new, &a, p->preset, g->row.scope);
	if (a.kind == OAUTH_SUCCESS) {
		check_id_token(g, &new);
		rc = refreshed(g, &new, e);
	} else if (a.lost || a.kind == OAUTH_MALFORMED) {
		rc = lost(g, a.explanation ? a.explanation : a.error, e);
	} else {
		rc = refused(g, &a, was_uncertain, e);
	}
	oauth_tokens_release(&new);
	oauth_answer_release(&a);
	return rc;
}

/* What the process before left behind is kept before anything else may go wrong. */
static enum errc take_over(struct grant_use *g, struct err *e)
{
	enum errc rc;

	if (!g->row.abandoned || g->row.state != GRANT_LIVE)
		return ERR_OK;
	g->row.state = GRANT_UNCERTAIN;
	key_text_set(&g->row.note, GRANT_ABANDONED);
	g->stays_taken = true;
	rc = write_outcome(g, "abandoned", NULL, false, e);
	g->stays_taken = rc;
	return rc;
}

static enum errc refresh(struct grant_use *g, struct err *e)
{
	struct oauth_request r = { .url = NULL };
	struct grant_answer a = { .cancelled = false };
	enum errc rc = take_over(g, e);

	if (!rc)
		rc = grant_use_request(g, &r, OAUTH_TOKEN, e);
	if (rc)
		goto out;
	oauth_request_add(&r, "grant_type", "refresh_token");
	oauth_request_add_secret(&r, "refresh_token", &g->tokens.refresh_token);
	rc = grant_use_send(g, &r, "refreshing", GRACE_MS, &a, e);
	if (rc == ERR_CANCELLED) {
		lost(g, "cancelled while waiting for it", NULL);
		err_hint(e, "grant %s is uncertain now", g->row.id);
	} else if (rc != ERR_USAGE) {
		rc = answered(g, &r, &a.response, e);
	}
out:
	grant_answer_release(&a);
	oauth_request_release(&r);
	return rc;
}

/* Another process did it. */
static enum errc tell_done(struct grant_use *g, struct err *e)
{
	struct json *record = grant_record(&g->row);

	call_note(g->call, "another process has just refreshed it");
	json_set_bool(record, "rotated", false);
	return call_record_take(g->call, record, e);
}

static enum errc refresh_run(const struct op_call *c, struct err *e)
{
	struct grant_use g;
	enum errc rc;

	grant_use_init(&g, c);
	rc = take_turn(&g, e);
	if (rc == ERR_NO) {
		rc = tell_done(&g, e);
	} else if (!rc) {
		rc = refresh(&g, e);
		if (!g.stays_taken)
			grant_use_give_back(&g);
	}
	grant_use_release(&g);
	return rc;
}

const struct op op_grant_refresh = {
	.id = "grant.refresh",
	.summary = "get a new access token for a grant",
	.detail = "Where no new refresh token comes the old one stays. Two processes make one "
		  "request: the second waits for the first. A grant whose answer got lost is "
		  "marked uncertain: the provider may have used up its refresh token; one whose "
		  "refresh token is refused (invalid_grant) has ended.",
	.example = "authrack grant refresh grt_01jq8m2v5x0c9d3n6p8r4t7kfa\n",
	.args = refresh_args,
	.columns = refresh_columns,
	.flags = OP_WRITES | OP_ASYNC | OP_REMOTE,
	.run = refresh_run,
};
