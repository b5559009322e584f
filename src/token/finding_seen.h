/* What the rules of findings look at, gathered from a token in one pass: where each known header
 * parameter and claim stands, and whether there is anything that deserves a closer look. */
#ifndef TOKEN_FINDING_SEEN_H
#define TOKEN_FINDING_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/token/algorithm.h"
#include "src/token/finding.h"

enum seen_header {
	HEADER_ALG,
	HEADER_B64,
	HEADER_CRIT,
	HEADER_CTY,
	HEADER_ENC,
	HEADER_EPK,
	HEADER_JKU,
	HEADER_JWK,
	HEADER_KID,
	HEADER_P2C,
	HEADER_SIGNER,
	HEADER_TYP,
	HEADER_X5C,
	HEADER_X5U,
	HEADER_ZIP,
	HEADER_COUNT
};

enum seen_claim {
	CLAIM_AT_HASH,
	CLAIM_AUD,
	CLAIM_AZP,
	CLAIM_CLIENT_ID,
	CLAIM_CNF,
	CLAIM_C_HASH,
	CLAIM_EXP,
	CLAIM_IAT,
	CLAIM_ISS,
	CLAIM_JTI,
	CLAIM_NBF,
	CLAIM_NONCE,
	CLAIM_SCOPE,
	CLAIM_SCP,
	CLAIM_SUB,
	CLAIM_TOKEN_USE,
	CLAIM_TYP,
	CLAIM_COUNT
};

/* A value and the text that it stands in; `value` NULL: there is none. */
struct seen_value {
	const struct lossless *in;
	const struct lossless_value *value;
	enum jose_place place; /* of a header parameter */
};

/* One signature or recipient. */
struct seen_part {
	const struct jose_part *part;
	struct seen_value header[HEADER_COUNT];
	const struct algorithm *algorithm; /* by the header's exact name; NULL */
	bool readable;			   /* no header of it is malformed */
	char words[40];			   /* "signature 2: " where there are several, else "" */
};

/* What a token is for, by its typ, or else by claims that only one kind has. */
enum token_use {
	USE_UNKNOWN,
	USE_ACCESS,
	USE_ID,
	USE_OTHER, /* a kind of its own: `profile` says what it must have */
};

/* What a kind of token has by its specification, as bits: their lack is told. */
enum {
	WANTS_ISS = 1 << 0,
	WANTS_AUD = 1 << 1,
	WANTS_SUB = 1 << 2,
	WANTS_EXP = 1 << 3,
	WANTS_JTI = 1 << 4,
	WANTS_ALL_OF_9068 = 1 << 5, /* and client_id, iat */
	WANTS_NO_KEY_TOLD = 1 << 6, /* its header carries the key by design */
};

struct token_profile {
	const char *typ; /* without "application/" */
	enum token_use use;
	unsigned wants;
};

/* A NumericDate claim. */
struct seen_time {
	const struct lossless_value *value; /* NULL: not there */
	bool well;			    /* a number that is a date; `at` is set */
	int64_t at;			    /* ms */
};

struct seen {
	struct seen_part parts[JOSE_PARTS];
	size_t count;
	const struct lossless_value *claims[CLAIM_COUNT];
	struct seen_time exp, nbf, iat;
	enum token_use use;
	const struct token_profile *profile; /* of its typ; NULL */
	unsigned wants;
	bool personal;	 /* a claim named like personal data */
	bool credential; /* a claim named like a credential */
	bool enclosed;	 /* a string that begins like a credential of some kind */
	bool long_number;
	bool unusual; /* bytes outside printable ASCII, or escapes, in claims or header */
};

/* Names that mean something to the rules; ordered by length, then bytes. */
struct seen_name {
	const char *name;
	uint8_t len;
	uint8_t slot; /* enum seen_claim or seen_header; NO_SLOT */
	bool personal;
	bool nested; /* personal wherever it stands, not at the top only */
};
enum { NO_SLOT = 0xFF };
extern const struct seen_name seen_claim_names[], seen_header_names[];
extern const size_t seen_claim_count, seen_header_count;

void seen_make(struct seen *s, const struct inspection *in);

/* Does the claims set count as one: it is there, and the caller did not say otherwise? */
bool seen_claims_meant(const struct inspection *in);

/* Text of a string with escapes decoded: as it stands, or in `room` (the caller releases it). A NULL
 * `at` when it is no string. */
struct seen_text {
	const char *at;
	size_t len;
};
struct seen_text seen_text(const struct lossless *in, const struct lossless_value *v,
			   struct buf *room);
/* A member's name, likewise. */
struct seen_text seen_member_name(const struct lossless *in, const struct lossless_value *v,
				  struct buf *room);
/* Is it a name that people give to a credential ("clientSecret")? */
bool seen_credential_name(struct seen_text t);
/* Could a value be a credential of a form that is known? Only that it is worth asking. */
bool seen_credential_like(const struct lossless *l, const struct lossless_value *v);
/* Is it the name of a claim with personal data, at the top or further in? */
bool seen_personal_name(struct seen_text t, bool top);
bool seen_text_is(struct seen_text t, const char *text);     /* to the byte */
bool seen_text_begins(struct seen_text t, const char *text); /* ASCII case not looked at */

enum { SHOWN_SIZE = 80 };
/* A value, or a member's name, as it stands in the source, shortened. */
const char *seen_show(char out[SHOWN_SIZE], const struct lossless *in,
		      const struct lossless_value *v);
const char *seen_show_name(char out[SHOWN_SIZE], const struct lossless *in,
			   const struct lossless_value *v);
const char *seen_show_text(char out[SHOWN_SIZE], const char *text, size_t len);

/* A claim's value; NULL when there is none. */
static inline const struct lossless_value *seen_claim(const struct inspection *in,
						      enum seen_claim which)
{
	return in->seen->claims[which];
}

/* Is the type a string's? NULL is none. */
static inline bool seen_is_string(const struct lossless_value *v)
{
	return v && v->type == LOSSLESS_STRING;
}

/* What `typ` names, without "application/"; NULL when it is not known. */
const struct token_profile *token_profile_find(struct seen_text typ);
/* The same kind of token: without "application/", ASCII case not looked at (RFC 7515 §4.1.9). */
bool typ_equal(struct seen_text a, const char *b);

#endif
