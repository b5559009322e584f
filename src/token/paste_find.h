/* What the finders of the paste scanner share. Each looks at one place of the view and says what begins
 * there; none looks twice at what another place will have to look at again. */
#ifndef TOKEN_PASTE_FIND_H
#define TOKEN_PASTE_FIND_H

#include <string.h>

#include "src/token/paste.h"
#include "src/token/paste_view.h"

struct finder {
	const struct view *view;
	char *scratch;	   /* room for the whole view: where a token is put together */
	size_t line_begin; /* of the line that the scanner is in */
	size_t work;	   /* bytes looked at, so that tests can count */
	size_t measured;   /* runs of base64 up to here were looked at */
	size_t run_end;	   /* of the base64url run that was measured last */
	size_t standard_begin, standard_end; /* the run of base64 that was measured last */
	size_t wasted;			     /* bytes of lines that were joined in vain */
	size_t walked;	   /* by what tells where an item stood: up to here, and there is */
	bool cookie;	   /* the value of a cookie header */
	char url;	   /* a URL behind its ? or # */
	unsigned inflated; /* tries: each costs memory */
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

/* A JSON object that is a token or a key, in offsets of the view. */
struct paste_span {
	size_t begin, end;
	const char *kind;
};
/* All of the view, in order, none within another; heap. NULL when there are none. */
struct paste_span *paste_json(struct finder *f, size_t *count);

/* What begins with the byte at `at`; false: nothing of that kind. */
bool paste_pem(struct finder *f, size_t at, struct found *out);
bool paste_basic(struct finder *f, size_t at, size_t word, struct found *out); /* after "Basic" */
bool paste_user(struct finder *f, size_t at, struct found *out);     /* curl -u user:password */
bool paste_url_user(struct finder *f, size_t at, struct found *out); /* ://user:password@ */
bool paste_code(struct finder *f, size_t at, size_t word, struct found *out); /* ?code= */
bool paste_bearer(struct finder *f, size_t at, struct found *out); /* behind Bearer … */
bool paste_signed(struct finder *f, size_t at, struct found *out); /* .eJ…: itsdangerous */
bool paste_xml(struct finder *f, size_t at, struct found *out);	   /* SAML as it is */

/* A run of base64: `decoded` is what it holds. */
struct encoded {
	size_t begin, end;
	unsigned char *data; /* heap; wipe */
	size_t size;
	unsigned mends;
	const char *text; /* in scratch: its characters, line breaks taken out */
	size_t len;
};
/* The run that begins at `at`, when it is long enough and was not looked at before. */
bool paste_base64(struct finder *f, size_t at, struct encoded *out);
void paste_base64_release(struct encoded *e);
/* What it is by its bytes. */
bool paste_opaque(struct finder *f, const struct encoded *e, struct found *out);

/* Where it stood, and what to say about that: fills where and warning where they are NULL. */
void paste_context(struct finder *f, struct found *found);

/* Is a token expected at `at`: behind Bearer, access_token, refresh_token? */
bool paste_awaited(struct finder *f, size_t at);

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

/* strchr() finds the NUL, too. */
static inline bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* Bytes of the class from `at` on. */
size_t paste_run(struct finder *f, size_t at, unsigned set);
/* Decodes at most the first `len` base64 characters as far as they go; `out` takes base64_room(len). */
size_t paste_decode(unsigned char *out, const char *text, size_t len);

#endif
