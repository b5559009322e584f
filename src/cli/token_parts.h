/* Parts of the pages that show tokens. What is shown comes from the record alone. */
#ifndef CLI_TOKEN_PARTS_H
#define CLI_TOKEN_PARTS_H

#include "src/base/json.h"
#include "src/cli/page.h"

enum { NAME_COLUMN = 3 };

const char *token_glyph(const struct page *p, const char *nice, const char *ascii);
bool token_has(const struct json *row, const char *name);   /* a text */
int64_t token_at(const struct json *row, const char *name); /* TIME_NONE */
const char *token_number(char out[32], int64_t n);	    /* "1,142" */

/* The widest value of `name` among the members of a part, within bounds. */
int token_member_width(const struct json *members, const char *part, const char *name, int least,
		       int most);
const struct json *token_finding_worst(const struct json *row); /* NULL */
bool token_is_severe(const struct json *finding);		/* error or critical */

void token_put_life(struct page *p, const struct json *row);
void token_put_members(struct page *p, const struct json *row, const char *part, const char *title);
void token_put_largest(struct page *p, const struct json *row);
void token_put_disclosures(struct page *p, const struct json *row);
void token_put_findings(struct page *p, const struct json *row);

/* What token diff says. */
void token_put_compared(struct page *p, const struct json *row);

#endif
