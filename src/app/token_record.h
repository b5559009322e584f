/* The JSON record of one thing that was found in a paste: what command line and console show, and what
 * --json prints. */
#ifndef APP_TOKEN_RECORD_H
#define APP_TOKEN_RECORD_H

#include "src/app/op.h"
#include "src/token/finding.h"
#include "src/token/paste.h"
#include "src/token/verdict.h"

/* What a record tells of. */
struct token_facts {
	const struct paste_item *item; /* NULL: it was within another token */
	const struct jose *jose;       /* NULL: no JOSE */
	const struct findings *findings;
	int64_t now;
};

/* The columns that every record of a token has, for the operation tables. */
#define TOKEN_COLUMNS                                                                             \
	{ "kind", NULL, COLUMN_TEXT,                                                              \
	  "jwt jws jwe sd-jwt; else of the credential: authrack github aws paseto macaroon …" },  \
		{ "what", NULL, COLUMN_TEXT, "what it is, in words" },                            \
		{ "form", NULL, COLUMN_TEXT, "compact, flattened or general" },                   \
		{ "where", NULL, COLUMN_TEXT, "what stood around it: \"URL query\" …" },          \
		{ "warning", NULL, COLUMN_TEXT, "what is wrong with that place" },                \
		{ "offset", NULL, COLUMN_NUMBER, "first byte in the paste; null: in a token" },   \
		{ "length", NULL, COLUMN_NUMBER, "bytes it takes there" },                        \
		{ "size", NULL, COLUMN_NUMBER, "bytes of the token itself" },                     \
		{ "mended", NULL, COLUMN_LIST, "what copying broke and was put right" },          \
		{ "token", NULL, COLUMN_TEXT, "its begin and end: masked" },                      \
		{ "header", NULL, COLUMN_LIST,                                                    \
		  "object: numbers as they stand, of two equal names the last" },                 \
		{ "claims", NULL, COLUMN_LIST, "likewise; null: the payload is no object" },      \
		{ "header_text", NULL, COLUMN_TEXT, "the very text of the (protected) header" },  \
		{ "claims_text", NULL, COLUMN_TEXT, "the very text of the claims" },              \
		{ "payload", NULL, COLUMN_TEXT, "base64url of a payload that is no claims set" }, \
		{ "algorithm", NULL, COLUMN_LIST, "object: name text" },                          \
		{ "members", NULL, COLUMN_LIST,                                                   \
		  "header and claims in the order of the source: part (header, claims) "          \
		  "signature (which one's header) name value (as it stands) type offset text "    \
		  "(what it means) source at (of a time) relative duplicate personal" },          \
		{ "segments", NULL, COLUMN_LIST, "name offset length bytes, within the token" },  \
		{ "signatures", NULL, COLUMN_LIST, "of a JWS: algorithm kid bytes" },             \
		{ "recipients", NULL, COLUMN_LIST, "of a JWE: algorithm kid bytes" },             \
		{ "disclosures", NULL, COLUMN_LIST,                                               \
		  "of an SD-JWT: state name value digest offset length" },                        \
		{ "undisclosed", NULL, COLUMN_NUMBER, "digests that no disclosure stands for" },  \
		{ "as_of", NULL, COLUMN_TIME, "the time that all is seen from: now, or --at" },   \
		{ "issued_at", NULL, COLUMN_TIME, "iat" },                                        \
		{ "not_before", NULL, COLUMN_TIME, "nbf" },                                       \
		{ "expires_at", NULL, COLUMN_TIME, "exp" },                                       \
		{ "truncated_by", NULL, COLUMN_NUMBER, "characters that seem cut off" },          \
		{ "checksum", NULL, COLUMN_TEXT, "of a credential: good, wrong or none" },        \
		{ "revoke_at", NULL, COLUMN_TEXT, "where to revoke it" },                         \
		{ "facts", NULL, COLUMN_LIST, "what it carries, readable by all: name value" },   \
	{                                                                                         \
		"findings", NULL, COLUMN_LIST,                                                    \
			"id severity (critical error warning info) text source remedy"            \
	}

/* Sets every member of TOKEN_COLUMNS; what does not apply is null. */
void token_record_fill(struct json *row, const struct token_facts *f);
/* The same as an object of its own. */
struct json *token_record_new(const struct token_facts *f);

/* The checks of a verdict: name result detail. */
struct json *token_checks_json(const struct verdict *v);
/* Bytes as JSON text: what is no UTF-8, and NUL, becomes U+FFFD. */
struct json *token_bytes_json(const void *data, size_t len);
/* What may be shown of a token: its begin and end. Heap text, terminal-safe. */
char *token_mask(const char *text, size_t len);

#endif
