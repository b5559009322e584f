/* A pasted text as the scanner reads it: what copying hides or encodes is undone, and every byte still
 * knows where in the paste it came from. */
#ifndef TOKEN_PASTE_VIEW_H
#define TOKEN_PASTE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a byte of the view stands for, where it is not itself. */
enum {
	VIEW_GAP = 1 << 0,   /* something invisible was dropped before it, or it was a wide space */
	VIEW_QUOTE = 1 << 1, /* a typographic quote */
	VIEW_PERCENT = 1 << 2, /* %41 */
	VIEW_TWICE = 1 << 3,   /* %2541 */
	VIEW_ESCAPE = 1 << 4,  /* \" \/ \u0041 */
	VIEW_NEWLINE = 1 << 5, /* literal \n or \r */
};

struct view {
	char *text;   /* `len` bytes and a NUL */
	uint32_t *at; /* offset in the paste of each byte, and behind the last the paste's length */
	uint8_t *width; /* bytes that it took there */
	uint8_t *flags;
	size_t len;
};

/* `unescape` reads backslash escapes as JSON and shells have them; without it they stay as they are. */
void view_make(struct view *v, const char *text, size_t len, bool unescape);
void view_release(struct view *v); /* wipes; idempotent */

/* Offset in the paste behind byte `i` of the view. */
static inline size_t view_end(const struct view *v, size_t i)
{
	return (size_t)v->at[i] + v->width[i];
}

#endif
