/* Providers: rows, their sealed secrets, and what was last learnt of them. */
#ifndef DATA_PROVIDER_H
#define DATA_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/store.h"

enum { PROVIDER_ID_SIZE = 31 };

struct provider {
	int64_t row;
	char id[PROVIDER_ID_SIZE]; /* "prv_" + ULID; provider_insert makes one where it is empty */
	char *name; /* unique among providers; heap, never NULL after provider_init */
	char *preset, *issuer, *client_id, *auth_method, *scope, *audience, *ca_file;
	char *endpoints;   /* canonical JSON object: explicit endpoints by their metadata name */
	char *certificate; /* PEM; "" none */
	bool has_secret, has_key; /* read: is one kept */
	int64_t created_at, updated_at;
	int64_t revision;
	int64_t ring;
	bool altered; /* read only: the MAC does not hold */
};

void provider_init(struct provider *p);
void provider_release(struct provider *p);

/* By id or exact name. ERR_NOT_FOUND. */
enum errc provider_get(struct store *s, const char *id_or_name, struct provider *p, struct err *e);
/* The client secret, or the client's private key; empty where none is kept. ERR_STORE where the row is
 * altered, ERR_CONFLICT where it is not of p->revision any more: a secret never goes with other endpoints
 * than those it was kept with. */
enum errc provider_secret(struct store *s, const struct provider *p, struct secret *out,
			  struct err *e);
enum errc provider_key(struct store *s, const struct provider *p, struct secret *out,
		       struct err *e);
/* Inside a write transaction. `secret` and `key`: NULL none. ERR_CONFLICT: the name is taken. */
enum errc provider_insert(struct store *s, struct provider *p, const struct secret *secret,
			  const struct secret *key, struct err *e);
/* Writes every field with revision + 1 where the stored revision is still p->revision, else ERR_CONFLICT;
 * an altered row is refused. `secret`, `key`: NULL leaves what is kept (sealed anew under a newer ring
 * key), an empty one takes it away. What was learnt of it before goes. */
enum errc provider_update(struct store *s, struct provider *p, const struct secret *secret,
			  const struct secret *key, struct err *e);
/* Takes its grants, flows and what was learnt along; the caller has the grants' events written. */
enum errc provider_delete(struct store *s, const struct provider *p, struct err *e);
/* The MAC for the audit event. */
enum errc provider_object_mac(struct store *s, const struct provider *p, uint8_t out[MAC_SIZE],
			      struct err *e);

/* All of them by name, from behind `after` (a name; NULL: from the start), at most `limit` (0: all); `call`
 * false ends. Row MACs are checked (`altered`). `p` is lent until the call returns. */
enum errc provider_each(struct store *s, const char *after, size_t limit,
			bool (*call)(void *arg, const struct provider *p), void *arg,
			struct err *e);

/* --- what was learnt, unaudited, with a MAC ------------------------------------------------------- */
struct provider_facts {
	char *metadata; /* the discovery document as it came; NULL: none is kept */
	int64_t metadata_at, metadata_until; /* fetched; fresh until (Cache-Control) */
	char *doctor; /* JSON of the last report's summary and checks; NULL */
	int64_t doctor_at;
};
/* A row that does not carry our MAC reads as none. */
enum errc provider_facts(struct store *s, const struct provider *p, struct provider_facts *out,
			 struct err *e);
/* What of `facts` is NULL stays as it is kept. */
enum errc provider_learn(struct store *s, const struct provider *p,
			 const struct provider_facts *facts,
			 struct err *e); /* store_begin_unaudited */
void provider_facts_release(struct provider_facts *f);

#endif
