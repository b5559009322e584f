/* The Token screen as whole screens: tokens are pasted and verified as a person does it, at a time that
 * stands still. What the keys do besides is in test_token_actions.c. */
#include "tests/screens/goldens.h"
#include "tests/screens/tokens_run.h"

#define VERIFY "V<Tab><Tab><Tab>" TOKENS "public.json<C-s>"
#define VERIFY_PEM "V<Tab><Tab>" TOKENS "public.pem<C-s>"

/* Which tokens, on which terminal, what to type, and the screen it must give. */
static const struct golden goldens[] = {
	{ "token-empty-80x24", NULL, 80, 24, false, "" },
	{ "token-empty-120x40", NULL, 120, 40, false, "" },
	{ "token-box-80x24", NULL, 80, 24, false, "peyJhbGci<Enter>qX" },
	{ "token-unchecked-80x24", "good", 80, 24, false, "" },
	{ "token-good-80x24", "good", 80, 24, false, VERIFY },
	{ "token-good-120x40", "good", 120, 40, false, VERIFY },
	{ "token-good-200x50", "good", 200, 50, false, VERIFY },
	{ "token-good-ascii-80x24", "good", 80, 24, true, VERIFY },
	{ "token-good-findings-80x24", "good", 80, 24, false, VERIFY "<Tab>j" },
	{ "token-good-shown-80x24", "good", 80, 24, false, VERIFY "T" },
	{ "token-expired-80x24", "expired", 80, 24, false, VERIFY },
	{ "token-forged-80x24", "forged", 80, 24, false, VERIFY_PEM },
	{ "token-forged-120x40", "forged", 120, 40, false, VERIFY_PEM },
	{ "token-forged-ascii-80x24", "forged", 80, 24, true, VERIFY_PEM },
	{ "token-hostile-80x24", "hostile", 80, 24, false, "" },
	{ "token-hostile-120x40", "hostile", 120, 40, false, "<Tab>" },
	{ "token-several-80x24", "several", 80, 24, false, "<Right>" },
	{ "token-key-80x24", "key", 80, 24, false, "" },
	{ "token-several-list-80x24", "several", 80, 24, false, "l" },
	{ "token-encrypted-80x24", "encrypted", 80, 24, false, "" },
	{ "token-checks-80x24", "good", 80, 24, false, VERIFY "c" },
	{ "token-row-80x24", "good", 80, 24, false, "<Enter>" },
	{ "token-verify-80x24", "good", 80, 24, false, "V" },
	{ "token-sign-80x24", "good", 80, 24, false, "S" },
	{ "token-sign-120x40", NULL, 120, 40, false, "S" },
	{ "token-diff-80x24", "two", 80, 24, false, "=" },
	{ "token-diff-changes-120x40", "two", 120, 40, false, "=c" },
	{ "token-help-80x24", "good", 80, 24, false, "?" },
	{ "token-find-80x24", "good", 80, 24, false, VERIFY "/scope" },
	{ .name = NULL },
};

static void open_golden(struct console_run *c, struct op_run *r, const struct golden *g)
{
	tokens_run_start(c, r, g->world, g->width, g->height, !g->ascii);
}

int main(void)
{
	return golden_group("token screen", NULL, 0, goldens, open_golden);
}
