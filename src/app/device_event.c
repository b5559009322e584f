/* The records of device.run. */
#include "src/app/device_event.h"

#include <string.h>

#include "src/app/session.h"
#include "src/base/clock.h"
#include "src/app/device_keep.h"

/* Whole seconds, up: "in 5 s" must not come early. */
static int64_t seconds(int64_t ms)
{
	return ms > 0 ? (ms + SECOND_MS - 1) / SECOND_MS : 0;
}

static struct json *event_new(const struct device_telling *t, const char *event)
{
	struct json *row = json_object_new();

	json_set_text(row, "event", event);
	json_set_time(row, "at", clock_wall(app_clock(t->call->app)));
	return row;
}

static void set_notes(struct json *row, const struct json *notes)
{
	json_set(row, "notes", notes ? json_keep(notes) : json_array_new());
}

enum errc device_tell_code(const struct device_telling *t, const struct json *notes, struct err *e)
{
	const struct device_codes *c = &t->flow->codes;
	struct json *row = event_new(t, "code");
	const struct flow_time now = device_now(t->call);
	bool qr = !op_flag(t->call->args, "no-qr");

	json_set_text(row, "flow", t->flow_id);
	json_set_text(row, "provider", t->provider);
	json_set_text(row, "user_code", c->user_code);
	json_set_text(row, "verification_uri", c->verification_uri);
	json_set_text(row, "verification_uri_complete", c->verification_uri_complete);
	json_set_text(row, "qr_uri", qr ? c->qr_uri : NULL);
	json_set_bool(row, "openable", c->openable);
	json_set_text(row, "host", c->host);
	json_set_text(row, "message", c->message);
	json_set_int(row, "expires_in", seconds(t->flow->deadline - now.boot));
	json_set_int(row, "interval", seconds(t->flow->interval_ms));
	json_set_bool(row, "resumed", t->flow->resumed);
	set_notes(row, notes);
	return call_record_take(t->call, row, e);
}

/* Why a request is made again. */
static const char *reason(const struct oauth_answer *a)
{
	if (a->explanation)
		return a->explanation;
	return a->description ? a->description : a->error;
}

static struct json *answer_event(const struct device_telling *t, const struct oauth_answer *a)
{
	struct json *row;

	switch (a->kind) {
	case OAUTH_PENDING:
		return event_new(t, "pending");
	case OAUTH_SLOW_DOWN:
		row = event_new(t, "slow_down");
		json_set_int(row, "interval", seconds(t->flow->interval_ms));
		return row;
	case OAUTH_RETRY:
		row = event_new(t, "retry");
		json_set_text(row, "reason", reason(a));
		return row;
	case OAUTH_SUCCESS:
	case OAUTH_DENIED:
	case OAUTH_EXPIRED:
	case OAUTH_ERROR:
	case OAUTH_MALFORMED:
		break;
	}
	return NULL;
}

enum errc device_tell_answer(const struct device_telling *t, const struct oauth_answer *a,
			     struct err *e)
{
	struct json *row = answer_event(t, a);
	const struct flow_time now = device_now(t->call);

	if (!row)
		return ERR_OK;
	json_set_int(row, "next_in", seconds(flow_due_ms(t->flow, &now)));
	set_notes(row, a->notes);
	return call_record_take(t->call, row, e);
}

/* With --show-tokens only. */
static void set_tokens(struct json *row, const struct oauth_tokens *t)
{
	const struct {
		const char *name;
		const struct secret *token;
	} tokens[] = {
		{ "access_token", &t->access_token },
		{ "refresh_token", &t->refresh_token },
		{ "id_token_raw", &t->id_token },
	};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
		json_set_text(row, tokens[i].name,
			      tokens[i].token->len ? secret_reveal(tokens[i].token) : NULL);
}

enum errc device_tell_success(const struct device_telling *t, const struct device_success *s,
			      struct err *e)
{
	const struct oauth_tokens *tokens = &t->flow->tokens;
	struct json *row = event_new(t, "success");

	json_set_text(row, "provider", t->provider);
	json_set_text(row, "token_type", tokens->token_type);
	json_set_text(row, "scope", tokens->scope);
	json_set_text(row, "scope_asked", t->flow->scope);
	json_set_bool(row, "scope_told", tokens->scope_told);
	json_set(row, "expires_in",
		 tokens->expires_ms >= 0 ? json_int(tokens->expires_ms / SECOND_MS)
					 : json_null_new());
	json_set_bool(row, "refreshable", tokens->refresh_token.len);
	json_set(row, "id_token", s->id_token ? s->id_token : json_null_new());
	json_set_text(row, "grant", s->grant);
	if (s->show_tokens)
		set_tokens(row, tokens);
	set_notes(row, s->notes);
	return call_record_take(t->call, row, e);
}

enum errc device_tell_error(const struct device_telling *t, struct err *e)
{
	struct json *row = event_new(t, "error");

	json_set_text(row, "provider", t->provider);
	json_set_text(row, "error", t->flow->error);
	json_set_text(row, "error_description", t->flow->description);
	json_set_text(row, "explanation", t->flow->explanation);
	if (t->flow->end == FLOW_TIMED_OUT)
		json_set_text(row, "explanation", "nobody approved within --timeout");
	return call_record_take(t->call, row, e);
}

static enum errc failed(const struct device_flow *f, struct err *e)
{
	const char *text = f->explanation ? f->explanation : f->description;

	if (text)
		return err_set(e, ERR_REMOTE, "the device flow failed: %s (%s)", text, f->error);
	return err_set(e, ERR_REMOTE, "the device flow failed: %s", f->error);
}

enum errc device_outcome(const struct device_flow *f, struct err *e)
{
	switch (f->end) {
	case FLOW_SUCCESS:
		return ERR_OK;
	case FLOW_DENIED:
	case FLOW_EXPIRED:
	case FLOW_TIMED_OUT:
		return ERR_NO;
	case FLOW_FAILED:
		return failed(f, e);
	case FLOW_RUNS:
	case FLOW_CANCELLED:
		break;
	}
	err_set(e, ERR_CANCELLED, "cancelled");
	if (f->in_flight && f->has_codes)
		err_hint(e, "a poll had no answer yet: if the person has approved, tokens may have "
			    "been "
			    "issued that nobody has");
	return ERR_CANCELLED;
}
