/* What a mistyped word was probably meant to be. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/cli/suggest.h"

static const char *const words[] = { "create",	"list",	  "show",   "edit",  "rotate",	"revoke",
				     "disable", "enable", "verify", "purge", "identify" };

static const char *nearest(const char *typed)
{
	static struct suggestion s;

	s = suggestion_for(typed);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		suggestion_offer(&s, words[i]);
	return s.best;
}

static void one_slip_is_seen_through(void **state)
{
	static const struct {
		const char *typed, *meant;
	} slips[] = {
		{ "creat", "create" },	 /* left out */
		{ "createe", "create" }, /* one too many */
		{ "crezte", "create" },	 /* another one */
		{ "rtoate", "rotate" },	 /* swapped */
		{ "lisr", "list" },	 { "revok", "revoke" }, { "verifz", "verify" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++)
		assert_string_equal(nearest(slips[i].typed), slips[i].meant);
}

static void a_beginning_counts_as_near(void **state)
{
	(void)state;
	assert_string_equal(nearest("ident"), "identify");
	assert_string_equal(nearest("rot"), "rotate");
}

static void the_nearer_word_wins(void **state)
{
	(void)state;
	assert_string_equal(nearest("enablr"), "enable");
	assert_string_equal(nearest("disablr"), "disable");
}

static void nothing_is_guessed_from_afar(void **state)
{
	static const char *const strange[] = { "", "x", "frobnicate", "--", "123", "eeeeee" };
	char long_word[200];

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		assert_string_equal(nearest(strange[i]), "");
	memset(long_word, 'e', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_string_equal(nearest(long_word), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_slip_is_seen_through),
		cmocka_unit_test(a_beginning_counts_as_near),
		cmocka_unit_test(the_nearer_word_wins),
		cmocka_unit_test(nothing_is_guessed_from_afar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
