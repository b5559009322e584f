/* A page of text for people: headings, pairs of name and value, text broken at the width of the
 * terminal. Where there is none, lines are as long as they are. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "src/base/buf.h"
#include "src/cli/look.h"

struct page {
	const struct look *look;
	struct buf text;
	int column; /* of what comes next, from 0 */
};

void page_init(struct page *p, const struct look *l);
void page_release(struct page *p);

/* Text from outside is made terminal-safe; a tone holds for this piece only. */
void page_add(struct page *p, enum tone tone, const char *text);
void page_addf(struct page *p, enum tone tone, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Goes on at this column, or is one blank further. */
void page_to(struct page *p, int column);
/* Text broken between words, or within one that is longer than a line; later lines begin at `indent`. */
void page_wrap(struct page *p, enum tone tone, int indent, const char *text);
void page_end_line(struct page *p);
/* "── title ──────── right ──" on a terminal, the title elsewhere. `right` may be "". */
void page_heading(struct page *p, const char *title, const char *right);
int page_width(const struct page *p); /* columns; INT_MAX without a terminal */

#endif
