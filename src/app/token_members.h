/* Members of header and claims as JSON: exactly as they stand in the token, and explained. */
#ifndef APP_TOKEN_MEMBERS_H
#define APP_TOKEN_MEMBERS_H

#include <stdint.h>

#include "src/base/json.h"
#include "src/token/jose.h"

/* A value with its numbers as they stand; of equal names the last counts. */
struct json *token_value_json(const struct lossless *l, const struct lossless_value *v);
/* The source text of a value, as a text. */
struct json *token_lexeme_json(const struct lossless *l, const struct lossless_value *v);
/* NumericDate as milliseconds; TIME_NONE when it is none, NULL included. */
int64_t token_time(const struct lossless *l, const struct lossless_value *v);

/* The header of the first signature or recipient, all places together; null without one. */
struct json *token_header_json(const struct jose *t);
struct json *token_claims_json(const struct jose *t); /* null: the payload is no object */
/* Every member of headers and claims, in the order of the source. */
struct json *token_members_json(const struct jose *t, int64_t now);

#endif
