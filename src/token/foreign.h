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
	const char *power;  /* what can be done with it: one line */
	const char *lead;   /* literal that it begins with; what follows is taken by `match` */
	/* Bytes of the body that begin at `text`, 0 when this is none of these. */
	size_t (*match)(const struct foreign *f, const char *text, size_t len);
	size_t least, most; /* bytes of the body */
	unsigned body;	    /* characters of it, as a set of the bits below */
	enum foreign_check (*check)(const char *text,
				    size_t len); /* whole credential; NULL: none */
	/* Too much like other text, or no secret: told of a paste, not looked for in files. */
	bool paste_only;
};

/* Sets of characters. */
enum {
	SET_0189 = 1 << 0, /* the digits that base32 has not */
	SET_234567 = 1 << 1,
	SET_UPPER_HEX = 1 << 2,
	SET_UPPER_REST = 1 << 3,
	SET_LOWER_HEX = 1 << 4,
	SET_LOWER_REST = 1 << 5,
	SET_DASH = 1 << 6,
	SET_UNDERSCORE = 1 << 7,
	SET_DOT = 1 << 8,
	SET_EQUALS = 1 << 9,
	SET_STANDARD = 1 << 10, /* + and / */
	SET_COLON = 1 << 11,

	SET_DIGITS = SET_0189 | SET_234567,
	SET_UPPER = SET_UPPER_HEX | SET_UPPER_REST,
	SET_LOWER = SET_LOWER_HEX | SET_LOWER_REST,
	SET_HEX = SET_DIGITS | SET_LOWER_HEX,
	SET_BASE32 = SET_UPPER | SET_234567,
	SET_BASE36 = SET_LOWER | SET_DIGITS,
	SET_BASE62 = SET_UPPER | SET_LOWER | SET_DIGITS,
	SET_BASE64 = SET_BASE62 | SET_STANDARD | SET_EQUALS,
	SET_URL_SAFE = SET_BASE62 | SET_DASH | SET_UNDERSCORE,
	SET_ANY = SET_BASE64 | SET_URL_SAFE | SET_DOT | SET_COLON,
};

enum { FOREIGN_LONGEST = 8192 }; /* bytes of the longest credential that is recognised */

extern const struct foreign foreign_table[]; /* ends with a NULL id */

/* Bytes of a run of the set at the beginning of the text, `most` at most. */
size_t foreign_run(unsigned set, const char *text, size_t len, size_t most);

/* Can a credential that is looked for in files begin with this character? For scanners. */
bool foreign_begins(unsigned char c);
/* The credential that begins at `text`: its length, 0 when there is none. *check says whether its
 * checksum holds. What stands before and behind it is the caller's business. */
size_t foreign_match(const struct foreign **out, enum foreign_check *check, const char *text,
		     size_t len);
/* Both, of all rows: for what somebody pasted. */
bool foreign_begins_pasted(unsigned char c);
size_t foreign_match_pasted(const struct foreign **out, enum foreign_check *check, const char *text,
			    size_t len);
/* The kind of a whole string, of all rows; NULL when it is none of the table, or more than one
 * credential. */
const struct foreign *foreign_identify(enum foreign_check *check, const char *text, size_t len);

enum { FOREIGN_MASK_SIZE = 48 };
/* What may be shown of it: its lead and, where 16 characters stay hidden, its last four. */
void foreign_mask(char out[FOREIGN_MASK_SIZE], const struct foreign *f, const char *text,
		  size_t len);

#endif
