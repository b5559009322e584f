/* Disclosures of an SD-JWT (RFC 9901): each digest computed anew and looked up in the payload. */
#ifndef TOKEN_SD_JWT_H
#define TOKEN_SD_JWT_H

#include "src/token/jose.h"

enum disclosure_state {
	DISCLOSURE_GOOD,	 /* its digest is in an _sd array or an array element */
	DISCLOSURE_UNREFERENCED, /* its digest is nowhere */
	DISCLOSURE_REPEATED,	 /* its digest is there more than once, or it is given twice */
	DISCLOSURE_MALFORMED,	 /* no base64url of a JSON array of two or three */
	DISCLOSURE_CLASH,   /* the object that it belongs to has a claim of that name already */
	DISCLOSURE_DECISIVE /* iss, aud, exp, nbf or cnf: not to be kept back (RFC 9901 9.7) */
};

enum { DISCLOSURES_MAX = 4096 };

struct disclosure {
	enum disclosure_state state;
	bool top;			   /* a claim of the payload itself, not of what is in it */
	size_t offset, len;		   /* in the token's text */
	char *text;			   /* decoded JSON; wiped on release */
	struct lossless json;		   /* over text */
	const struct lossless_value *name; /* NULL: an array element */
	const struct lossless_value *value; /* NULL when malformed */
	char digest[88];		    /* base64url */
};

struct sd_jwt {
	const char *digest_name; /* "sha-256"; NULL: `_sd_alg` names one that we don't know */
	struct disclosure *list;
	size_t count;
	bool more;	 /* there were more than DISCLOSURES_MAX: they were not looked at */
	size_t repeated; /* digests that stand in the payload more than once: it must be refused */
	size_t undisclosed; /* digests in the payload that no disclosure was given for: kept back or decoys */
	bool key_binding;		    /* a key binding JWT stands behind the last ~ */
	size_t binding_offset, binding_len; /* in the token's text */
	bool binding_hash_fits;		    /* its sd_hash is that of what stands before it */
};

/* Reads the disclosures of a token that jose_read() found to be an SD-JWT. */
void sd_jwt_read(struct sd_jwt *s, const struct jose *t);
/* The value of a good disclosure that brings a claim of this name into the payload itself; `in` is the
 * JSON that it stands in. NULL: there is none. */
const struct lossless_value *sd_jwt_claim(const struct sd_jwt *s, const char *name,
					  const struct lossless **in);
void sd_jwt_release(struct sd_jwt *s);

#endif
