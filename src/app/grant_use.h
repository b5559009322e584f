/* A grant as an operation works with it: its row, its provider, its tokens; and the one way in which a
 * request about it is made. */
#ifndef APP_GRANT_USE_H
#define APP_GRANT_USE_H

#include "src/app/grant_tokens.h"
#include "src/oauth/request.h"

/* The argument that names one. */
#define GRANT_ARG                                                                           \
	{                                                                                   \
		.name = "grant", .type = ARG_GRANT, .flags = ARG_REQUIRED | ARG_POSITIONAL, \
		.help = "id, as grant list shows it"                                        \
	}

#define GRANT_COLUMNS                                                                  \
	{ "id", "ID", COLUMN_TEXT, "the grant's id" },                                 \
		{ "state", "STATE", COLUMN_STATUS,                                     \
		  "live; uncertain: an answer was lost; ended: refused or revoked" },  \
		{ "status", NULL, COLUMN_STATUS, "ok, or altered: outside authrack" }, \
		{ "provider", "PROVIDER", COLUMN_TEXT, "the provider's name" },        \
		{ "provider_id", NULL, COLUMN_TEXT, "its id" },                        \
		{ "subject", "SUBJECT", COLUMN_TEXT,                                   \
		  "the person, by the ID token (sub); null: not known" },              \
		{ "scope", "SCOPE", COLUMN_TEXT, "what was granted" },                 \
		{ "token_type", NULL, COLUMN_TEXT, "of the access token" },            \
		{ "expires_at", "EXPIRES", COLUMN_TIME,                                \
		  "end of the access token; null: not told" },                         \
		{ "refreshable", "REFRESH", COLUMN_FLAG, "a refresh token is kept" },  \
		{ "has_id_token", NULL, COLUMN_FLAG, "an ID token is kept" },          \
		{ "note", NULL, COLUMN_TEXT, "why it ended, or is uncertain; null" },  \
		{ "created_at", NULL, COLUMN_TIME, "when it was granted" },            \
		{ "refreshed_at", NULL, COLUMN_TIME, "last refresh; null: none yet" }, \
	{                                                                              \
		"revision", NULL, COLUMN_NUMBER, "rises with each change"              \
	}

struct grant_use {
	const struct op_call *call;
	struct store *store;
	struct grant row;
	struct provider_use provider;
	struct oauth_tokens tokens;
	bool stays_taken; /* what is written is not yet what comes of a refresh */
};

void grant_use_init(struct grant_use *g, const struct op_call *c);
void grant_use_release(struct grant_use *g); /* wipes */

/* The row alone, by the argument "grant". ERR_NOT_FOUND. */
enum errc grant_use_row(struct grant_use *g, struct err *e);
/* Row, provider and tokens. ERR_STORE where it was altered. */
enum errc grant_use_load(struct grant_use *g, struct err *e);
enum errc grant_intact(const struct grant *g, struct err *e);
/* The answer to a refresh was lost, or nobody is there who waited for it. */
bool grant_uncertain(const struct grant *g);
/* The note of one whose refresh nobody waits for any more. */
#define GRANT_ABANDONED                                                                           \
	"a process that refreshed or revoked it ended before it knew the answer: its tokens may " \
	"be used up"
/* The row as a record. Caller frees. */
struct json *grant_record(const struct grant *g);

/* Takes the grant for this process: what changes its tokens at the provider goes one at a time. ERR_CONFLICT while
 * another one has it, or has changed it. Writing gives it back. */
enum errc grant_use_take(struct grant_use *g, struct err *e);
void grant_use_give_back(struct grant_use *g);

/* Writes the row as it is now and the event of it, whose detail has the members of `more`, too. `tokens` NULL
 * leaves them. Nobody is refreshing it then. */
enum errc grant_use_write(struct grant_use *g, const struct secret *tokens, const struct json *more,
			  struct err *e);

/* --- requests ------------------------------------------------------------------------------------ */

/* A form to an endpoint of its provider: filled by the caller, sent by grant_use_send(). ERR_REMOTE where
 * the provider has no such endpoint. Release the request in any case. */
enum errc grant_use_request(struct grant_use *g, struct oauth_request *r,
			    enum oauth_endpoint endpoint, struct err *e);

struct grant_answer {
	struct http_response response;
	bool cancelled; /* the person wanted it to end */
};
/* Authenticates and sends. `grace_ms` as of oauth_fetch. The code is the response's. */
enum errc grant_use_send(struct grant_use *g, struct oauth_request *r, const char *doing,
			 int64_t grace_ms, struct grant_answer *a, struct err *e);
void grant_answer_release(struct grant_answer *a);
/* What an answer to one of the further endpoints that is no success says, as an error. ERR_REMOTE. */
enum errc grant_refused(const struct grant_use *g, const struct oauth_request *r,
			const struct http_response *a, const char *what, struct err *e);

#endif
