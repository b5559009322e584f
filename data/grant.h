/* Grants: what a provider gave at the end of a device flow, with the tokens sealed. */
#ifndef DATA_GRANT_H
#define DATA_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "data/store.h"

enum { GRANT_ID_SIZE = 31 };

enum grant_state {
	GRANT_LIVE = 1,
	GRANT_UNCERTAIN, /* the answer to a refresh was lost: the refresh token may be used up */
	GRANT_ENDED,	 /* refused for good, or revoked at the provider */
};

struct grant {
	int64_t row;
	char id[GRANT_ID_SIZE];		   /* "grt_" + ULID */
	int64_t provider;		   /* row */
	char *provider_id, *provider_name; /* read only, of the provider as it is now */
	char *subject;			   /* of the ID token; "" not known */
	char *scope;			   /* granted */
	char *token_type;
	enum grant_state state;
	char *note; /* why it ended, or is uncertain; "" none */
	bool refreshable, has_id_token;
	int64_t created_at, refreshed_at;
	int64_t expires_at; /* of the access token; TIME_NONE not told */
	int64_t revision;
	int64_t ring;
	bool altered;
	bool abandoned; /* read only: who began to refresh it is gone, and what came of it is not known */
};

void grant_init(struct grant *g);
void grant_release(struct grant *g);

/* By id. ERR_NOT_FOUND. */
enum errc grant_get(struct store *s, const char *id, struct grant *g, struct err *e);
/* The tokens: {"access_token":…,"refresh_token":…,"id_token":…}, one JSON text. ERR_STORE where the row is
 * altered, ERR_CONFLICT where it is not of g->revision any more. */
enum errc grant_tokens(struct store *s, const struct grant *g, struct secret *out, struct err *e);
/* Inside a write transaction; `provider` is its row. Makes an id where it is empty. */
enum errc grant_insert(struct store *s, struct grant *g, const struct secret *tokens,
		       struct err *e);
/* Writes every field but the provider. `tokens` NULL leaves them. ERR_CONFLICT where the revision is another
 * by now; an altered row is refused. */
enum errc grant_update(struct store *s, struct grant *g, const struct secret *tokens,
		       struct err *e);
enum errc grant_delete(struct store *s, const struct grant *g, struct err *e);
enum errc grant_object_mac(struct store *s, const struct grant *g, uint8_t out[MAC_SIZE],
			   struct err *e);
/* Newest first, from behind `after` (an id; NULL); of one provider (0: all), at most `limit` (0: all). One
 * whose provider is gone is altered, and has an empty provider_id. `g` is lent until the call returns. */
enum errc grant_each(struct store *s, int64_t provider, const char *after, size_t limit,
		     bool (*call)(void *arg, const struct grant *g), void *arg, struct err *e);
/* Two processes make one refresh: takes the grant for `pid`, unaudited. ERR_CONFLICT while another
 * process that still runs has it, and where it was changed since `g` was read: then it is to be read again,
 * the other one may have refreshed it. */
enum errc grant_take(struct store *s, const struct grant *g, int64_t pid, int64_t pid_start,
		     struct err *e);
enum errc grant_give_back(struct store *s, const struct grant *g, struct err *e);

#endif
