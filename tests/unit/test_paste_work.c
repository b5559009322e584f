/* The paste scanner's work is a small multiple of the paste's length, whatever was pasted: pieces that
 * made it look at the same bytes again and again, repeated to the most that it takes. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/token/paste.h"

enum { WORK_MOST = 64 }; /* times the length */

static const char *const pieces[] = {
	"eyJ",
	"eyJ.",
	"eyJhbGciOiJIUzI1NiJ9.",
	"eyJhbGciOiJIUzI1NiJ9.eyJ\n",
	"eyJhbGciOiJIUzI1NiJ9\n.",
	"> eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwi\n> bmFtZSI6\n",
	/* lines that could go on for ever, and never make a token */
	"eyJhbGciOizJIUzI1NiIsInR5cCI6IkpXV.CJ9.eyJzkwIiwibmFtZSI6~SJ9."
	"Sf\rKxwRJSMedIiOKDkwIiwibmFtZ"
	"SI6~SJ9.Sf\rKxwRdWIiOiIxMjM5NTY3KDkwIiwibmFtZSI3~",
	/* headers within one run of base64 */
	"+eyJhbGciOiJkaXIi",
	"/eyJhbGciOiJIUzI1NiJ9.eyJ",
	"s.0=eyJhbGciOiJIUzI1NiJ9.eyJ; s.1=",
	"&AuthSession=eyJhbGciOiJIUzI1NiJ9; a.0=eyJhbGci",
	"{\"a\":",
	"{\"kty\":\"oct\",\"k\":{",
	"[{\"payload\":\"",
	"\"",
	"'",
	"%25",
	"%2Eey%4A",
	"\\n",
	"\\u0065yJ",
	"~",
	".",
	"=",
	"-----BEGIN PRIVATE KEY-----\n",
	"-----BEGIN ",
	"<samlp:Response ",
	"<saml",
	"Basic ",
	"Bearer ",
	"Cookie: a=b; ",
	"https://a:",
	"https://u:p@h?access_token=",
	"ghp_",
	"AKIA",
	"v4.public.",
	"ZXlK",
	"PHNhbWxw",
	"H4sIAAAA",
	"gAAAAA",
	"AAAA",
	"QUJD\n",
	"\xe2\x80\x8b",
	"\xef\xbb\xbf",
	"\xff",
};

static void the_work_grows_linearly(void **state)
{
	char *text = malloc(PASTE_MAX);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		size_t len = strlen(pieces[i]);
		struct paste p;

		for (size_t at = 0; at < PASTE_MAX; at++)
			text[at] = pieces[i][at % len];
		paste_scan(&p, text, PASTE_MAX);
		if (p.work > (size_t)WORK_MOST * PASTE_MAX)
			fail_msg("%s: %zu times", pieces[i], p.work / PASTE_MAX);
		assert_true(p.count <= PASTE_ITEMS);
		paste_release(&p);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_work_grows_linearly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
