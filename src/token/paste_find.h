/* What the finders of the paste scanner share. Each looks at one place of the view and says what begins
 * there; none looks twice at what another place will have to look at again. */
#ifndef TOKEN_PASTE_FIND_H
#define TOKEN_PASTE_FIND_H

#include "src/token/paste.h"
#include "src/token/paste_view.h"

struct finder {
	const struct view *view;
	char *scratch;	   /* room for the whole view: where a token is put together */
	size_t line_begin; /* of the line that the scanner is in */
	size_t work;	   /* bytes looked at, so that tests can count */
};

/* Something found, in offsets of the view. */
struct found {
	const char *kind;
	size_t begin, end;
	const char *text; /* in scratch, or in the view */
	size_t len;
	unsigned mends; /* beyond what the bytes' own flags tell */
	const char *where, *warning;
	const struct foreign *foreign;
	enum foreign_check check;
};

/* A compact token that begins at `at`. Either way *end is where to go on; false: none. */
bool paste_jose(struct finder *f, size_t at, struct found *out, size_t *end);

/* Where it stood, and what to say about that: fills where and warning where they are NULL. */
void paste_context(struct finder *f, struct found *found);

/* --- characters ------------------------------------------------------------------------------- */

enum {
	IS_WORD = 1 << 0,  /* letters, digits, _ */
	IS_URL64 = 1 << 1, /* base64url */
	IS_STD64 = 1 << 2, /* base64 */
	IS_SPACE = 1 << 3, /* blank or line end */
	IS_LINE = 1 << 4,
	IS_QUOTE = 1 << 5,
};
extern const unsigned char paste_class[256];

static inline bool is_class(char c, unsigned set)
{
	return paste_class[(unsigned char)c] & set;
}

/* Bytes of the class from `at` on. */
size_t paste_run(struct finder *f, size_t at, unsigned set);
/* Decodes at most the first `len` base64 characters as far as they go; `out` takes base64_room(len). */
size_t paste_decode(unsigned char *out, const char *text, size_t len);

#endif
