/* The Token screen as whole screens: what is drawn of records as token.inspect and token.verify make
 * them, where keys lead, and that nothing is kept when the screen is left. */
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/screens/console_run.h"
#include "tests/screens/still_world.h"
#include "ui/tokens.h"

/* Puts what is in tests/screens/tokens/NAME.json on the screen, as if it had been pasted. */
static void show_tokens(struct console_run *c, const char *name)
{
	char *path = x_asprintf("tests/screens/tokens/%s.json", name), *text = file_get(path);
	struct view *v = console_view(c->console, "token");
	struct err e = ERR_INIT;
	struct tokens_paste *p;
	struct json *all;
	const char *paste;

	assert_well(json_parse(&all, text, strlen(text), &e), &e);
	paste = json_get_text(all, "paste");
	p = tokens_paste_new(paste, strlen(paste), "at", console_now(c->console));
	assert_true(tokens_found(v, p, json_get(all, "records")));
	tokens_paste_drop(p);
	for (size_t i = 0; i < tokens_state(v)->count; i++) {
		struct tokens_item *item = &tokens_state(v)->items[i];

		item->verified = json_get(item->record, "checks") != NULL;
		item->verified_at = console_now(c->console);
	}
	console_redraw(c->console);
	json_free(all);
	free(text);
	free(path);
}

static void open_tokens(struct console_run *c, struct op_run *r, const char *name, int width,
			int height, bool utf8)
{
	console_run_start(c, r, width, height, utf8);
	console_run_keys(c, "2");
	if (name)
		show_tokens(c, name);
}

/* Which tokens, on which terminal, what to type, and the screen it must give. */
static const struct golden {
	const char *name, *tokens;
	int width, height;
	bool ascii;
	const char *keys;
} goldens[] = {
	{ "token-empty-80x24", NULL, 80, 24, false, "" },
	{ "token-empty-120x40", NULL, 120, 40, false, "" },
	{ "token-box-80x24", NULL, 80, 24, false, "peyJhbGci<Enter>qX" },
	{ "token-unchecked-80x24", "unchecked", 80, 24, false, "" },
	{ "token-good-80x24", "good", 80, 24, false, "" },
	{ "token-good-120x40", "good", 120, 40, false, "" },
	{ "token-good-200x50", "good", 200, 50, false, "" },
	{ "token-good-ascii-80x24", "good", 80, 24, true, "" },
	{ "token-good-findings-80x24", "good", 80, 24, false, "<Tab>j" },
	{ "token-good-shown-80x24", "good", 80, 24, false, "T" },
	{ "token-expired-80x24", "expired", 80, 24, false, "" },
	{ "token-forged-80x24", "forged", 80, 24, false, "" },
	{ "token-forged-120x40", "forged", 120, 40, false, "" },
	{ "token-forged-ascii-80x24", "forged", 80, 24, true, "" },
	{ "token-hostile-80x24", "hostile", 80, 24, false, "" },
	{ "token-hostile-120x40", "hostile", 120, 40, false, "<Tab>" },
	{ "token-several-80x24", "several", 80, 24, false, "<Right>" },
	{ "token-key-80x24", "key", 80, 24, false, "" },
	{ "token-find-80x24", "good", 80, 24, false, "/scope" },
};

static void screens_are_as_drawn(void **state)
{
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		const struct golden *g = &goldens[i];
		struct console_run c;

		open_tokens(&c, *state, g->tokens, g->width, g->height, !g->ascii);
		console_run_keys(&c, g->keys);
		console_run_golden(&c, g->name);
		console_run_end(&c);
	}
}

static int setup(void **state)
{
	still_world();
	return op_run_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(screens_are_as_drawn, setup, op_run_teardown),
	};

	return cmocka_run_group_tests_name("token screen", tests, NULL, NULL);
}
