/* A token taken apart: JWS and JWE in compact, flattened and general JSON serialisation (RFC 7515,
 * 7516), unencoded payload (RFC 7797), SD-JWT (RFC 9901). Reading never fails: what can't be read is a
 * fault with its offset, and everything else is there to be shown. Nothing is decided here. */
#ifndef TOKEN_JOSE_H
#define TOKEN_JOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/base64.h"
#include "src/token/lossless.h"

enum jose_kind { JOSE_JWS, JOSE_JWE };
enum jose_form { JOSE_COMPACT, JOSE_FLATTENED, JOSE_GENERAL };

/* A base64url part of the token, or the unencoded payload. */
struct jose_segment {
	bool present;
	size_t offset, len;  /* as it stands in the token's text (in JSON: within the quotes) */
	unsigned char *data; /* decoded as far as it goes; in the token's memory */
	size_t size;
	struct base64_faults base64; /* `at` counts from the token's beginning */
};

/* Where a header parameter stands. Names must be disjoint (RFC 7515 §7.2.1). */
enum jose_place {
	PLACE_PROTECTED,
	PLACE_SHARED,	 /* "unprotected" of a JWE */
	PLACE_RECIPIENT, /* "header" of a signature or recipient */
	PLACE_COUNT
};

/* A signature of a JWS, a recipient of a JWE. */
struct jose_part {
	struct jose_segment protected_header; /* of a JWS; a JWE has one for all, in each part */
	bool has[PLACE_COUNT];		      /* it was there, if not well formed */
	struct jose_segment value;	      /* signature, or encrypted key */
	struct lossless header[PLACE_COUNT];
};

/* Why something can't be read, or must not be relied on. */
struct jose_fault {
	const char *id; /* the finding that tells it: "seg-count" "b64-loose" "json-invalid" … */
	size_t at;	/* offset in the token's text */
	bool payload; /* about the payload as claims: of no account where it is meant to be none */
	char text[192]; /* terminal-safe */
};

enum { JOSE_FAULTS = 24, JOSE_PARTS = 64, JOSE_MAX = 1024 * 1024 };

struct jose {
	enum jose_kind kind;
	enum jose_form form;
	char *text; /* own copy, wiped on release */
	size_t len;
	size_t segments; /* compact: how many there were */
	bool sd_jwt;	 /* there are '~'; text up to the first is the JWS */
	size_t jws_len;	 /* bytes of it before the first '~'; else len */

	struct jose_part *parts;
	size_t count;

	struct jose_segment payload; /* JWS */
	bool detached;		     /* JWS: the payload is not in the token */
	bool attached;		     /* … and was given by jose_attach() */
	bool unencoded;		     /* b64 is false (RFC 7797) */
	bool padded;		     /* segments padded as AWS ALB makes them */
	const void *signed_payload;  /* as it goes into the signing input, behind the '.' */
	size_t signed_size;
	bool is_claims; /* it is a well-formed JSON object: `claims` */

	struct jose_segment iv, ciphertext, tag, aad; /* JWE */

	size_t fault_count;    /* of `faults` */
	unsigned char *memory; /* text, and where segments are decoded to; wiped on release */
	size_t memory_used, memory_size;
	unsigned char *attachment; /* the attached payload, and its base64url */
	size_t attachment_size;

	/* Large, and for the most part never touched. */
	struct jose_part first; /* parts points here for one */
	struct lossless claims; /* payload as JSON; claims.error tells why it is none */
	struct jose_fault faults[JOSE_FAULTS];
};

/* Reads `len` ≤ JOSE_MAX bytes (copied); what goes beyond is a fault. To be released in any case. A
 * struct jose points into itself: it is not to be copied or moved. */
void jose_read(struct jose *t, const char *text, size_t len);
/* Gives the payload that was detached (RFC 7515 appendix F, RFC 7797); copied. A token that has one of
 * its own is malformed afterwards. At most once. */
void jose_attach(struct jose *t, const void *payload, size_t len);
void jose_release(struct jose *t); /* wipes; idempotent */

/* May anything be decided about it? No fault of those that make it malformed; those about the payload
 * as claims are not among them. */
bool jose_sound(const struct jose *t);
/* Likewise, but padding as AWS ALB makes it is well. */
bool jose_sound_padded(const struct jose *t);

/* A header parameter of a part: protected first. *in and *place may be NULL. NULL: not there. */
const struct lossless_value *jose_header(const struct jose_part *p, const char *name,
					 const struct lossless **in, enum jose_place *place);
/* A parameter's text as a heap copy; NULL when it is missing or no string. */
char *jose_header_text(const struct jose_part *p, const char *name);
/* What is wrong with the first of alg, kid, typ and cty that is no text (RFC 7515 §4.1): " is no string".
 * One that can't be read as text must not pass for one that is not there. NULL: nothing. */
const char *jose_header_fault(const struct jose_part *p, const char **name);
/* A claim; NULL when there is none, or the payload is no claims set. */
const struct lossless_value *jose_claim(const struct jose *t, const char *name);

/* "jwt" "jws" "jwe" "sd-jwt": as JSON output names the kind. A JWS whose payload is a JSON object is a
 * jwt. */
const char *jose_kind_name(const struct jose *t);

#endif
