/* A key and its versions as JSON records, one shape for list, show, export and every change. */
#ifndef APP_KEY_RECORD_H
#define APP_KEY_RECORD_H

#include "data/key.h"
#include "src/base/json.h"

/* id name owner tier note status version prefix hint scopes limits allow_from meta, the times,
 * revoke reason and text, revision, retiring_until, altered. Without usage and secret_id. Caller
 * frees. */
struct json *key_record(const struct key *k, int64_t now);
/* Its meta as an object, empty where there is none. Caller frees. */
struct json *key_meta_json(const struct key *k);
/* The status as shown: "altered" where the MAC does not hold, else key_state_name(). */
const char *key_status_text(const struct key *k, int64_t now);
/* Adds last_used_at and last_used_from, and secret_id of the current version. */
enum errc key_record_usage(struct store *s, const struct key *k, struct json *record,
			   struct err *e);
/* Adds `calls`: allowed and denied together for each of the last `hours` (at most 744), oldest
 * first, the current hour last. */
enum errc key_record_calls(struct store *s, const struct key *k, int64_t now, int64_t hours,
			   struct json *record, struct err *e);
/* {version secret_id hint state created_at valid_until first_used_at last_used_at last_used_from
 * calls_24h recent}; recent is {since allowed addresses more}; state: current, grace, ended. */
enum errc version_record(struct store *s, const struct key *k, const struct key_version *v,
			 int64_t now, struct json **out, struct err *e);
/* "current", "grace" or "ended" at `now`. */
const char *version_state_text(const struct key *k, const struct key_version *v, int64_t now);

#endif
