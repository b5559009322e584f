/* What standard output can show, and text cut and coloured for it. */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/cli/settings.h"

/* How a person wants to see things, and what the output can show. */
struct look {
	bool json, quiet;
	bool color;
	bool dumb;  /* the terminal knows no escape sequence */
	bool ascii; /* a terminal whose locale is not UTF-8 */
	int width;  /* columns of the terminal; 0: no terminal, any width */
	enum times times;
	int64_t now;
};

/* Looks at standard output, the locale and the environment. */
struct look look_of(const struct settings *s, int fd);

enum tone { TONE_NORMAL, TONE_GOOD, TONE_WARNING, TONE_DANGER, TONE_PROGRESS, TONE_SECONDARY };

/* Terminal-safe text for this output: text_safe(), and ASCII where it is all the terminal takes. */
void look_text(const struct look *l, struct buf *out, const char *text);
/* Escape sequences around a tone; "" without colours. */
const char *look_tone(const struct look *l, enum tone t);
const char *look_bold(const struct look *l);
const char *look_reset(const struct look *l);
const char *look_ellipsis(const struct look *l); /* one column */

/* Cuts text at `width` columns, the last of them an ellipsis; `middle` keeps both ends. Heap
 * text. */
char *look_cut(const struct look *l, const char *text, int width, bool middle);

#endif
