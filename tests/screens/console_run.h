/* A console in memory, on a store of the test's own: keys in, screens out. */
#ifndef TESTS_CONSOLE_RUN_H
#define TESTS_CONSOLE_RUN_H

#include "tests/lib/op_run.h"
#include "ui/shell.h"

struct console_run {
	struct op_run *r;
	struct console_options options;
	struct paint *paint;
	struct console *console;
	struct buf screen;
};

/* Opens it at this size over the store of `r`, whose keys are there already. */
void console_run_start(struct console_run *c, struct op_run *r, int width, int height, bool utf8);
/* The same with other screens than the registry's. */
void console_run_table(struct console_run *c, struct op_run *r, const struct screen *const *table,
		       int width, int height, bool utf8);
void console_run_end(struct console_run *c);
/* Types: plain characters, <Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Up> <Down> <PgUp> <PgDn>
 * <Home>
 * <End> <F1> <C-s> <lt> <wheel-up> <wheel-down>, <click:X,Y> (from 1), <size:WxH>,
 * <paste:TEXT>. Waits until nothing is under way after each. */
void console_run_keys(struct console_run *c, const char *keys);
/* The screen as text; lent until the next call. */
const char *console_run_text(struct console_run *c);
void console_run_shows(struct console_run *c, const char *text);
void console_run_lacks(struct console_run *c, const char *text);
/* The screen is the text in tests/screens/golden/NAME.txt; AUTHRACK_GOLDEN=write writes it anew. */
void console_run_golden(struct console_run *c, const char *name);

/* tests/screens/FOLDER/NAME.json. Caller frees. */
struct json *console_run_json(const char *folder, const char *name);

#endif
