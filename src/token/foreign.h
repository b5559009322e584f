/* The shapes of other vendors' credentials: what a leaked or pasted string is, whether its checksum
 * holds where its format has one, and where it is revoked. No store, no network. */
#ifndef TOKEN_FOREIGN_H
#define TOKEN_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

enum foreign_check {
	FOREIGN_UNCHECKED, /* the format has no checksum */
	FOREIGN_GOOD,
	FOREIGN_WRONG, /* mistyped, cut off, or an example */
};

struct foreign {
	const char *id;	    /* "github": kind of the credential in JSON */
	const char *name;   /* "GitHub personal access token" */
	const char *revoke; /* where its vendor revokes it: one line */
	const char *lead;   /* literal that it begins with; what follows is taken by `match` */
	/* Bytes of the body that begin at `text`, 0 when this is none of these. */
	size_t (*match)(const struct foreign *f, const char *text, size_t len);
	size_t least, most; /* bytes of the body */
	const char *body;   /* characters of it, as a set (see foreign.c) */
	enum foreign_check (*check)(const char *text,
				    size_t len); /* whole credential; NULL: none */
};

enum { FOREIGN_LONGEST = 8192 }; /* bytes of the longest credential that is recognised */

extern const struct foreign foreign_table[]; /* ends with a NULL id */

/* Can a credential of the table begin with this character? For scanners. */
bool foreign_begins(unsigned char c);
/* The credential that begins at `text`: its length, 0 when there is none. *check says whether its
 * checksum holds. What stands before and behind it is the caller's business. */
size_t foreign_match(const struct foreign **out, enum foreign_check *check, const char *text,
		     size_t len);
/* The kind of a whole string; NULL when it is none of the table, or more than one credential. */
const struct foreign *foreign_identify(enum foreign_check *check, const char *text, size_t len);

enum { FOREIGN_MASK_SIZE = 40 };
/* What may be shown of it: its lead and, where 16 characters stay hidden, its last four. */
void foreign_mask(char out[FOREIGN_MASK_SIZE], const struct foreign *f, const char *text,
		  size_t len);

#endif
