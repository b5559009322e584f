/* One value of a record as people read it: terminal-safe text, its width and what it means. */
#ifndef CLI_CELL_H
#define CLI_CELL_H

#include <stdbool.h>

#include "src/app/op.h"
#include "src/base/buf.h"
#include "src/cli/settings.h"

/* How a person wants to see things, and what the output can show. */
struct look {
	bool json, quiet;
	bool color;
	bool ascii; /* a terminal whose locale is not UTF-8 */
	int width;  /* columns of the terminal; 0: no terminal, any width */
	enum times times;
	int64_t now;
};

/* Looks at standard output, the locale and the environment. */
struct look look_of(const struct settings *s, int fd);

enum tone { TONE_NORMAL, TONE_GOOD, TONE_WARNING, TONE_DANGER, TONE_PROGRESS, TONE_SECONDARY };

struct cell {
	char *text; /* heap, terminal-safe, no line end */
	int width;  /* display columns */
	enum tone tone;
};

/* The column's value of a record. `full`: a line of its own, so times are written out. */
struct cell cell_make(const struct look *l, const struct op_column *c, const struct json *row,
		      bool full);
void cell_release(struct cell *c);
/* Is there anything worth a line in the detail of a record? */
bool cell_says_something(const struct op_column *c, const struct json *row);

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
