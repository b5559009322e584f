/* device.run: a device flow from the request for a code to the grant. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/app/audit_note.h"
#include "src/app/device_event.h"
#include "src/app/device_keep.h"
#include "src/app/grant_tokens.h"
#include "src/app/id_token.h"
#include "src/app/key_fields.h"
#include "src/app/oauth_fetch.h"
#include "src/app/ops.h"
#include "src/app/provider_fields.h"
#include "src/app/provider_sign.h"
#include "src/app/session.h"
#include "src/oauth/preset.h"

enum {
	SLICE_MS = 100, /* how soon a wait notices that it shall end */
	GRACE_MS = 700, /* for the answer to a poll under way: it may be a success */
	WHY_SIZE = 512
};

static const struct arg run_args[] = {
	{ .name = "provider",
	  .type = ARG_PROVIDER,
	  .flags = ARG_POSITIONAL,
	  .help = "id or name of a saved provider; without it the options say where and as whom" },
	PROVIDER_FIELD_ARGS(0),
	{ .name = "save",
	  .letter = 'S',
	  .type = ARG_FLAG,
	  .help = "save what is granted, encrypted: see grant list" },
	{ .name = "timeout",
	  .letter = 't',
	  .type = ARG_DURATION,
	  .help = "wait for the person no longer than this" },
	{ .name = "resume",
	  .letter = 'r',
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "take up a flow again whose process is gone, while its code lives" },
	{ .name = "flow",
	  .type = ARG_FLOW,
	  .flags = ARG_COMMAND_LINE,
	  .help = "with --resume: this one; without it the newest" },
	{ .name = "no-qr", .type = ARG_FLAG, .flags = ARG_COMMAND_LINE, .help = "show no QR code" },
	{ .name = "show-tokens",
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "put out the tokens themselves" },
	{ .name = "trace",
	  .letter = 'T',
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "tell every request and its answer, secrets masked" },
	{ .name = NULL },
};

static const struct op_column run_columns[] = {
	{ "event", "EVENT", COLUMN_TEXT, "code pending slow_down retry exchange success error" },
	{ "at", "AT", COLUMN_TIME, "when it happened" },
	{ "flow", NULL, COLUMN_TEXT, "code: id of the flow, to resume it; null: it is not kept" },
	{ "provider", NULL, COLUMN_TEXT, "code, success, error: its name; null: it is not saved" },
	{ "user_code", NULL, COLUMN_TEXT, "code: what the person types" },
	{ "verification_uri", NULL, COLUMN_TEXT, "code: where" },
	{ "verification_uri_complete", NULL, COLUMN_TEXT, "code: the same with the code in it" },
	{ "qr_uri", NULL, COLUMN_TEXT, "code: what a QR code may show; null: nothing" },
	{ "openable", NULL, COLUMN_FLAG, "code: verification_uri is an http(s) URL to be trusted" },
	{ "host", NULL, COLUMN_TEXT, "code: the real host, where user information hides it" },
	{ "message", NULL, COLUMN_TEXT, "code: the provider's own text; null" },
	{ "expires_in", NULL, COLUMN_DURATION,
	  "code: what is left of it; success: of the access token, null: not told" },
	{ "interval", NULL, COLUMN_DURATION, "code, slow_down: between two polls" },
	{ "resumed", NULL, COLUMN_FLAG, "code: the flow was taken up again" },
	{ "next_in", NULL, COLUMN_DURATION, "pending, slow_down, retry: until the next poll" },
	{ "reason", NULL, COLUMN_TEXT, "retry: why" },
	{ "exchange", NULL, COLUMN_LIST,
	  "exchange, with --trace: at method url status error request_headers request headers body "
	  "times" },
	{ "token_type", NULL, COLUMN_TEXT, "success: Bearer, mostly" },
	{ "scope", NULL, COLUMN_TEXT, "success: what was granted" },
	{ "scope_asked", NULL, COLUMN_TEXT, "success: what was asked for" },
	{ "scope_told", NULL, COLUMN_FLAG, "success: the provider said what it granted" },
	{ "refreshable", NULL, COLUMN_FLAG, "success: a refresh token came" },
	{ "id_token", NULL, COLUMN_LIST,
	  "success: valid signature key checks header claims findings; null: none came" },
	{ "grant", NULL, COLUMN_TEXT, "success: id of the grant; null: it is not saved" },
	{ "access_token", NULL, COLUMN_TEXT, "success, with --show-tokens" },
	{ "refresh_token", NULL, COLUMN_TEXT, "success, with --show-tokens" },
	{ "id_token_raw", NULL, COLUMN_TEXT, "success, with --show-tokens: the token itself" },
	{ "error", NULL, COLUMN_TEXT,
	  "error: the OAuth error; ours: malformed_response network rate_limited server_error "
	  "timeout request" },
	{ "error_description", NULL, COLUMN_TEXT, "error: the provider's text, masked; null" },
	{ "explanation", NULL, COLUMN_TEXT, "error: what it means, and what to do; null" },
	{ "notes", NULL, COLUMN_LIST, "deviations from the RFCs that were tolerated" },
	{ .name = NULL },
};

struct run {
	const struct op_call *call;
	struct provider_use use;
	struct device_keep keep;
	struct device_flow flow;
	bool save, cancelled;
	struct json *notes; /* of the answer that brought the success; NULL */
};

static struct device_telling telling(const struct run *w)
{
	return (struct device_telling){
		.call = w->call,
		.flow = &w->flow,
		.provider = w->use.row.row ? w->use.row.name : NULL,
		.flow_id = w->keep.kept ? w->keep.row.id : NULL,
	};
}

/* --- the loop ------------------------------------------------------------------------------------ */

static uint64_t seconds_left(const struct run *w)
{
	const struct flow_time now = device_now(w->call);
	int64_t left = w->flow.deadline - now.boot;

	return w->flow.has_codes && left > 0 ? (uint64_t)(left / SECOND_MS) : 0;
}

static const char *doing(const struct run *w)
{
	return w->flow.has_codes ? "waiting for the person; seconds left:" : "asking for a code";
}

/* What a person gives up is forgotten; a console that ends leaves it to be resumed. */
static void cancel(struct run *w)
{
	w->cancelled = true;
	if (!call_leaves(w->call))
		flow_cancel(&w->flow);
}

/* In slices: a person's wish to end it is seen at once. */
static void wait_ms(struct run *w, int64_t ms)
{
	int64_t ends = clock_monotonic(app_clock(w->call->app)) + ms, left = ms;

	while (left > 0 && !w->cancelled) {
		int64_t slice = left < SLICE_MS ? left : SLICE_MS;
		const struct timespec t = { .tv_nsec = slice * 1000000 };

		if (call_progress(w->call, doing(w), seconds_left(w), 0, NULL) != ERR_OK)
			cancel(w);
		else
			nanosleep(&t, NULL);
		left = ends - clock_monotonic(app_clock(w->call->app));
	}
}

/* A success is seen to by the caller, once the flow has ended. */
static enum errc answered(struct run *w, struct oauth_answer *a, bool had_codes, struct err *e)
{
	bool came = !had_codes && w->flow.has_codes;
	struct device_telling t;

	if (w->flow.end == FLOW_SUCCESS)
		w->notes = json_keep(a->notes);
	if (w->flow.end != FLOW_RUNS)
		return ERR_OK;
	if (came)
		device_keep_begin(&w->keep, &w->use, &w->flow, w->save);
	t = telling(w);
	return came ? device_tell_code(&t, a->notes, e) : device_tell_answer(&t, a, e);
}

static enum errc send(struct run *w, const struct oauth_request *r, struct err *e)
{
	struct oauth_fetch f = {
		.call = w->call,
		.doing = doing(w),
		.number = seconds_left(w),
		.grace_ms = w->flow.has_codes ? GRACE_MS : 0,
	};
	struct http_response response = { .code = ERR_OK };
	struct oauth_answer a = { .json = NULL };
	bool had_codes = w->flow.has_codes;
	struct flow_time now;
	enum errc rc = ERR_OK;

	oauth_fetch(&f, &r->http, &r->secrets, &response, NULL);
	now = device_now(w->call);
	if (f.cancelled)
		cancel(w);
	if (response.code != ERR_CANCELLED) {
		oauth_answer_read(&a, &response, w->use.oauth.preset, &r->secrets, now.wall);
		flow_answer(&w->flow, &a, &now);
		rc = answered(w, &a, had_codes, e);
		oauth_answer_release(&a);
	}
	if (!rc && had_codes && w->flow.end == FLOW_RUNS)
		rc = device_keep_update(&w->keep, &w->flow, e);
	http_response_release(&response);
	return rc;
}

/* The poll is kept before it goes out: what its answer was would not be known after a kill. */
static enum errc exchange(struct run *w, struct err *e)
{
	const struct flow_time now = device_now(w->call);
	struct oauth_request r = { .url = NULL };
	enum errc rc;

	/* Where none can be made the flow ends, and says so. */
	if (flow_request(&w->flow, &provider_signer, &now, &r, NULL) == ERR_OK) {
		rc = w->flow.has_codes ? device_keep_update(&w->keep, &w->flow, e) : ERR_OK;
		if (!rc)
			rc = send(w, &r, e);
	} else {
		rc = ERR_OK;
	}
	oauth_request_release(&r);
	return rc;
}

static enum errc drive(struct run *w, struct err *e)
{
	enum errc rc = ERR_OK;
	int64_t ms;

	while (!rc && !w->cancelled) {
		const struct flow_time now = device_now(w->call);

		switch (flow_next(&w->flow, &now, &ms)) {
		case FLOW_WAIT:
			wait_ms(w, ms);
			break;
		case FLOW_REQUEST:
		case FLOW_POLL:
			rc = exchange(w, e);
			break;
		case FLOW_ENDED:
			return ERR_OK;
		}
	}
	return rc;
}

/* --- its end ------------------------------------------------------------------------------------- */

/* An ID token that does not hold says nothing about anybody: the grant must not name its subject. */
static void disown(struct run *w, struct grant *g, const char *why)
{
	struct store *s = w->use.store;
	struct json *detail = json_object_new();
	uint8_t before[MAC_SIZE];
	enum errc rc = grant_object_mac(s, g, before, NULL);

	key_text_set(&g->subject, "");
	key_text_set(&g->note, "its ID token is not valid");
	json_set_text(detail, "id_token", why);
	if (!rc)
		rc = store_begin(s, NULL);
	if (!rc)
		rc = grant_update(s, g, NULL, NULL);
	if (!rc)
		rc = grant_note(w->call, s, g, "grant.save", before, detail, NULL);
	if (!rc)
		rc = audit_commit(w->call, s, NULL);
	audit_rollback(w->call, s);
	if (rc)
		call_note(w->call, "grant %s still names the subject of that token", g->id);
	json_free(detail);
}

static void check_id_token(struct run *w, struct device_success *s, struct grant *g)
{
	const struct oauth_tokens *t = &w->flow.tokens;
	enum id_token_state state;
	char why[WHY_SIZE];

	if (!t->id_token.len)
		return;
	state = id_token_check(&s->id_token, w->call, &w->use, &t->id_token, &t->access_token, why,
			       sizeof(why));
	if (state == ID_TOKEN_UNCHECKED)
		call_note(w->call, "nobody has checked the ID token: %s", why);
	if (state != ID_TOKEN_INVALID)
		return;
	call_note(w->call, "the ID token is NOT VALID, do not trust what it says: %s", why);
	if (s->grant)
		disown(w, g, why);
}

/* What was granted is kept before anything else is done. */
static enum errc succeed(struct run *w, struct err *e)
{
	const struct device_telling t = telling(w);
	struct device_success s = {
		.notes = w->notes,
		.show_tokens = op_flag(w->call->args, "show-tokens"),
	};
	struct err late = ERR_INIT;
	enum errc saved = ERR_OK, rc;
	struct grant g;

	grant_init(&g);
	if (w->save)
		saved = grant_save(w->call, &w->use, &w->flow.tokens,
				   w->keep.kept ? w->keep.row.id : "", s.show_tokens, &g, &late);
	if (w->save && !saved) {
		s.grant = g.id;
		w->keep.kept = false;
	}
	check_id_token(w, &s, &g);
	rc = device_tell_success(&t, &s, e);
	if (saved && e) {
		*e = late;
		err_hint(e, "the grant is not saved; at the provider it lives on: run it again");
	}
	grant_release(&g);
	return saved ? saved : rc;
}

/* What has ended otherwise than well. */
static enum errc fail(struct run *w, struct err *e)
{
	const struct device_telling t = telling(w);
	enum errc rc = device_outcome(&w->flow, e);

	if (w->flow.end != FLOW_CANCELLED && w->flow.end != FLOW_RUNS)
		device_tell_error(&t, NULL);
	return rc;
}

/* A flow that has not ended (the output is gone, or the console) can be resumed. */
static enum errc finish(struct run *w, enum errc rc, struct err *e)
{
	if (w->flow.end == FLOW_SUCCESS)
		rc = succeed(w, e);
	else if (!rc)
		rc = fail(w, e);
	if (w->flow.end == FLOW_RUNS)
		device_keep_leave(&w->keep);
	else
		device_keep_end(&w->keep);
	return rc;
}

/* --- its begin ----------------------------------------------------------------------------------- */

static enum errc check_args(const struct run *w, struct err *e)
{
	const struct op_args *a = w->call->args;
	bool saved = op_has(a, "provider") || op_flag(a, "resume");

	if (op_has(a, "flow") && !op_flag(a, "resume"))
		return err_set(e, ERR_USAGE, "--flow goes with --resume");
	if (!saved && !provider_fields_given(a)) {
		err_set(e, ERR_USAGE, "which provider?");
		return err_hint(e, "give the name of a saved one, or --issuer URL --client-id ID");
	}
	if (!saved && op_flag(a, "save")) {
		err_set(e, ERR_USAGE, "a grant is saved with a provider that is saved");
		return err_hint(e, "provider add NAME with the same options, then device run NAME "
				   "--save");
	}
	if (op_flag(a, "save") && app_read_only(w->call->app))
		return err_set(e, ERR_PERMISSION,
			       "--save changes the store, which is open "
			       "read-only");
	return ERR_OK;
}

/* With a saved provider only its scope may be another this time. */
static enum errc check_saved_args(const struct op_args *a, struct err *e)
{
	static const struct arg fields[] = { PROVIDER_FIELD_ARGS(0) };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!op_has(a, fields[i].name) || strcmp(fields[i].name, "scope") == 0)
			continue;
		err_set(e, ERR_USAGE, "--%s is said of a provider that is saved", fields[i].name);
		return err_hint(e, "change it with provider edit, or leave its name out");
	}
	return ERR_OK;
}

static enum errc refuse_vendor(const struct provider_use *u, struct err *e)
{
	if (!u->oauth.preset->refused)
		return ERR_OK;
	return err_set(e, ERR_CONFLICT, "%s: %s", u->oauth.preset->title, u->oauth.preset->refused);
}

static enum errc start(struct run *w, struct err *e)
{
	const struct op_args *a = w->call->args;
	const struct flow_time now = device_now(w->call);
	char *scope = NULL;
	enum errc rc = refuse_vendor(&w->use, e);

	if (!rc)
		rc = provider_use_complete(&w->use, w->call, 1U << OAUTH_DEVICE | 1U << OAUTH_TOKEN,
					   e);
	if (!rc)
		rc = provider_scope(&scope, a, e);
	if (!rc)
		flow_init(&w->flow, &w->use.oauth, op_has(a, "scope") ? scope : NULL,
			  op_duration(a, "timeout", 0), &now);
	free(scope);
	return rc;
}

static enum errc open_saved(struct run *w, const char *name, struct err *e)
{
	enum errc rc = check_saved_args(w->call->args, e);
	struct store *s;

	if (!rc)
		rc = app_need_store(w->call, &s, e);
	if (!rc)
		rc = provider_use_saved(&w->use, w->call, s, name, e);
	if (!rc && !app_read_only(w->call->app))
		w->keep.store = s;
	return rc;
}

/* Its code has run out meanwhile: that is told as the flow itself would. */
static enum errc expired(struct run *w)
{
	const struct device_telling t = telling(w);

	snprintf(w->flow.error, sizeof(w->flow.error), "expired_token");
	key_text_set(&w->flow.explanation, "the code ran out before the flow was resumed");
	w->flow.end = FLOW_EXPIRED;
	device_tell_error(&t, NULL);
	return ERR_NO;
}

static enum errc resume(struct run *w, struct err *e)
{
	const struct op_args *a = w->call->args;
	struct device_telling t;
	enum errc rc = check_saved_args(a, e);

	if (!rc && op_has(a, "scope"))
		rc = err_set(e, ERR_USAGE, "--scope can't be changed when a flow is resumed");
	if (!rc)
		rc = app_need_store(w->call, &w->keep.store, e);
	if (!rc)
		rc = device_keep_take(&w->keep, op_text(a, "flow"), op_text(a, "provider"), e);
	if (!rc)
		rc = provider_use_saved(&w->use, w->call, w->keep.store, w->keep.row.provider_name,
					e);
	if (!rc)
		rc = provider_use_complete(&w->use, w->call, 1U << OAUTH_TOKEN, e);
	if (!rc)
		rc = device_keep_restore(&w->keep, &w->use, &w->flow, e);
	if (rc == ERR_NO)
		return expired(w);
	if (rc)
		return rc;
	w->save |= w->keep.row.save;
	if (op_has(a, "timeout"))
		w->flow.give_up = device_now(w->call).boot + op_duration(a, "timeout", 0);
	t = telling(w);
	return device_tell_code(&t, NULL, e);
}

static enum errc begin(struct run *w, struct err *e)
{
	const struct op_args *a = w->call->args;
	enum errc rc = check_args(w, e);

	if (rc)
		return rc;
	if (op_flag(a, "resume"))
		return resume(w, e);
	if (op_has(a, "provider"))
		rc = open_saved(w, op_text(a, "provider"), e);
	else
		rc = provider_use_given(&w->use, w->call, e);
	return rc ? rc : start(w, e);
}

static enum errc run_run(const struct op_call *c, struct err *e)
{
	struct run w = { .call = c, .save = op_flag(c->args, "save") };
	enum errc rc;

	provider_use_init(&w.use);
	device_keep_init(&w.keep, c);
	rc = begin(&w, e);
	if (!rc)
		rc = finish(&w, drive(&w, e), e);
	else
		device_keep_leave(&w.keep);
	json_free(w.notes);
	flow_release(&w.flow);
	device_keep_release(&w.keep);
	provider_use_release(&w.use);
	return rc;
}

const struct op op_device_run = {
	.id = "device.run",
	.summary = "run a device flow: show the code, wait for the person, get the tokens",
	.detail =
		"Asks the provider for a code, shows it with its address and a QR code, and polls "
		"by "
		"the book (RFC 8628) until the person has decided or the code has run out. Each "
		"step "
		"is told as it happens; with --json as one line each, the moment it happens. "
		"Tokens "
		"are never shown unless --show-tokens is given; an ID token is verified with the "
		"provider's keys.\n\n"
		"The flow of a saved provider is kept while its code lives: when the connection "
		"is lost or the process ends, --resume takes it up again; two processes never poll "
		"one code. Ctrl-C ends it and forgets the code.\n\n"
		"Ends with 0 on success, 1 when the person said no, or code or --timeout ran out, "
		"6 "
		"when provider or network failed, 130 when cancelled.",
	.example = "authrack device run keycloak --save\n"
		   "authrack device run keycloak --scope \"openid email\" --trace\n"
		   "authrack device run --issuer https://sso.example.com/realms/dev --client-id "
		   "tv-app\n"
		   "authrack --json device run keycloak | jq -r "
		   "'select(.event==\"code\").user_code'\n",
	.args = run_args,
	.columns = run_columns,
	.flags = OP_NO_STORE | OP_ASYNC | OP_REMOTE | OP_STREAM | OP_ANSWERS,
	.run = run_run,
};
