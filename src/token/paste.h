/* What people paste: tokens and credentials found in it, whatever stands around them. A pure function of
 * the text; nothing is sent anywhere. What copying broke is mended and told. */
#ifndef TOKEN_PASTE_H
#define TOKEN_PASTE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/token/foreign.h"

/* What was mended inside a token, as bits; paste_mend_text() has the words. */
enum {
	MEND_INVISIBLE = 1 << 0, /* byte order mark, no-break or zero-width space taken out */
	MEND_QUOTES = 1 << 1,	 /* typographic quotes around it */
	MEND_TRAILING = 1 << 2,	 /* , ; " ' . behind it */
	MEND_LINES = 1 << 3,	 /* lines joined: wrapped, \-continued, quoted with > */
	MEND_ESCAPES = 1 << 4,	 /* literal \n between its parts */
	MEND_PERCENT = 1 << 5,	 /* percent-encoding decoded */
	MEND_PERCENT_TWICE = 1 << 6,
	MEND_BASE64 = 1 << 7,  /* the whole token was in base64 once more (Kubernetes Secret) */
	MEND_COOKIES = 1 << 8, /* chunked cookies joined */
	MEND_SPACE = 1 << 9,   /* white space around it */
	MEND_JSON = 1 << 10,   /* escapes of a JSON string decoded */
	MEND_COUNT = 11
};

struct paste_item {
	/* "jwt" "jws" "jwe" "sd-jwt" for tokens (kind by shape), "authrack" for keys of our own, else the
	 * id of foreign_table or of opaque.h: "github" "paseto" "macaroon" "saml" "pem" "jwk" "basic" …;
	 * "opaque" and "code" where only the place tells that it is a token or an authorization code */
	const char *kind;
	const char *
		where; /* what stood around it: "Authorization header", "URL query", … (static); NULL */
	const char *warning; /* "a token in a URL stays in logs and histories" (static); NULL */
	size_t offset, len;  /* where it stands in the paste, from its first to its last byte */
	char *text;	     /* the token itself, mended; heap, NUL-terminated, wiped on release */
	size_t text_len;
	unsigned mends;
	const struct foreign *foreign; /* of a vendor's credential; NULL */
	enum foreign_check check;
};

enum { PASTE_MAX = 1024 * 1024, PASTE_ITEMS = 1000 };

struct paste {
	struct paste_item *items; /* in the order of their offsets */
	size_t count, size;
	bool more;   /* there were more than PASTE_ITEMS */
	size_t work; /* bytes looked at in all, again and again counted: a few times the length */
};

/* Finds everything in at most PASTE_MAX bytes, in time linear in them. */
void paste_scan(struct paste *p, const char *text, size_t len);
void paste_release(struct paste *p); /* wipes; idempotent */

/* Is it something that jose_read() takes apart? */
bool paste_is_jose(const struct paste_item *i);
/* The words of one bit: "line breaks taken out". */
const char *paste_mend_text(unsigned bit);

#endif
