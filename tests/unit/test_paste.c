/* The paste scanner: what is found in which form, what is no token, and that its work grows linearly. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/token/paste.h"

/* {"alg":"HS256","typ":"JWT"} {"sub":"1234567890","name":"Ada"}, and 43 characters */
#define HEAD "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
#define BODY "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkFkYSJ9"
#define SIGN "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
#define TOKEN HEAD "." BODY "." SIGN

/* {"alg":"RS256"} */
#define HEAD_RSA "eyJhbGciOiJSUzI1NiJ9"
/* {"alg":"dir","enc":"A128GCM"} */
#define SEALED                                                                \
	"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAECAwQFBgcICQoL.c2VjcmV0." \
	"AAECAwQFBgcICQoLDA0ODw"
/* {"alg":"none"} */
#define UNSECURED "eyJhbGciOiJub25lIn0." BODY "."

/* One form of paste, and what is found in it. Name and table are the documentation of what is known. */
struct form {
	const char *name;
	const char *paste;
	const char *kinds; /* of the items, a space between them; "" none */
	const char *text;  /* of the first; NULL: TOKEN where there is one */
	unsigned mends;	   /* of the first */
	const char *where; /* of the first; NULL: not looked at */
};

static const struct form forms[] = {
	{ "bare", TOKEN, "jwt", NULL, 0, NULL },
	{ "bare, with a line end", TOKEN "\n", "jwt", NULL, 0, NULL },
	{ "white space around it", "  " TOKEN "  ", "jwt", NULL, MEND_SPACE, NULL },
	{ "Bearer", "Bearer " TOKEN, "jwt", NULL, 0, "authorization scheme" },
	{ "bearer, any case", "bEaReR " TOKEN, "jwt", NULL, 0, "authorization scheme" },
	{ "DPoP", "DPoP " TOKEN, "jwt", NULL, 0, "authorization scheme" },
	{ "Token", "Token " TOKEN, "jwt", NULL, 0, "authorization scheme" },
	{ "JWT", "JWT " TOKEN, "jwt", NULL, 0, "authorization scheme" },
	{ "Authorization header", "Authorization: Bearer " TOKEN "\r\n", "jwt", NULL, 0,
	  "Authorization header" },
	{ "header of AWS's load balancer", "x-amzn-oidc-data: " TOKEN, "jwt", NULL, 0,
	  "X-Amzn-Oidc-Data header" },
	{ "header of Cloudflare", "Cf-Access-Jwt-Assertion: " TOKEN, "jwt", NULL, 0,
	  "Cf-Access-Jwt-Assertion header" },
	{ "header of Google's IAP", "X-Goog-IAP-JWT-Assertion: " TOKEN, "jwt", NULL, 0,
	  "X-Goog-Iap-Jwt-Assertion header" },
	{ "two, one a line", TOKEN "\n" UNSECURED "\n", "jwt jwt", NULL, 0, NULL },
	{ "several of different kinds", TOKEN " and " SEALED, "jwt jwe", NULL, 0, NULL },
	{ "unsecured", UNSECURED, "jwt", UNSECURED, 0, NULL },
	{ "cut off behind the header", HEAD, "jwt", HEAD, 0, NULL },
	{ "cut off behind the claims", HEAD "." BODY, "jwt", HEAD "." BODY, 0, NULL },
	{ "cut off in the signature", HEAD "." BODY ".SflKxwRJ", "jwt", HEAD "." BODY ".SflKxwRJ",
	  0, NULL },
	{ "encrypted", SEALED, "jwe", SEALED, 0, NULL },
	{ "payload that is no JSON", HEAD ".aGVsbG8." SIGN, "jws", HEAD ".aGVsbG8." SIGN, 0, NULL },
	{ "disclosures", TOKEN "~WyJhIiwiYiIsMV0~", "sd-jwt", TOKEN "~WyJhIiwiYiIsMV0~", 0, NULL },
	{ "comma behind it", TOKEN ",", "jwt", NULL, MEND_TRAILING, NULL },
	{ "end of a sentence", "The token is " TOKEN ".", "jwt", NULL, MEND_TRAILING, NULL },
	{ "byte order mark", "\xEF\xBB\xBF" TOKEN, "jwt", NULL, MEND_INVISIBLE, NULL },
	{ "zero-width space within", HEAD "." BODY "\xE2\x80\x8B." SIGN, "jwt", NULL,
	  MEND_INVISIBLE, NULL },
	{ "typographic quotes", "\xE2\x80\x9C" TOKEN "\xE2\x80\x9D", "jwt", NULL, MEND_QUOTES,
	  NULL },
	{ "wrapped at its dots", HEAD ".\n" BODY ".\n" SIGN, "jwt", NULL, MEND_LINES, NULL },
	{ "wrapped at any place",
	  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdW\nIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkFkYSJ9.S"
	  "fl\nKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
	  "jwt", NULL, MEND_LINES, NULL },
	{ "continued by backslashes", HEAD ".\\\n" BODY ".\\\n" SIGN, "jwt", NULL, MEND_LINES,
	  NULL },
	{ "quoted in mail", "> " HEAD ".\n> " BODY ".\n> " SIGN "\n", "jwt", NULL, MEND_LINES,
	  NULL },
	{ "literal \\n", HEAD ".\\n" BODY ".\\n" SIGN, "jwt", NULL, MEND_ESCAPES, NULL },
	{ "word in the next line", TOKEN "\nThanks\n", "jwt", NULL, 0, NULL },
	{ "cut off, and a word in the next line", HEAD "." BODY ".Sfl\nThanks\n", "jwt",
	  HEAD "." BODY ".Sfl", 0, NULL },
	{ "member of JSON", "{\"access_token\":\"" TOKEN "\",\"token_type\":\"Bearer\"}", "jwt",
	  NULL, 0, "JSON member access_token" },
	{ "member of JSON within JSON", "{\\\"id_token\\\":\\\"" TOKEN "\\\"}", "jwt", NULL, 0,
	  "JSON member id_token" },
	{ "dots escaped in JSON", HEAD "\\u002e" BODY "\\u002e" SIGN, "jwt", NULL, MEND_JSON,
	  NULL },
	{ "query of a URL", "https://a.example/?access_token=" TOKEN "&x=1", "jwt", NULL, 0,
	  "URL query, access_token" },
	{ "fragment of a URL", "https://a.example/cb#id_token=" TOKEN "&state=x", "jwt", NULL, 0,
	  "URL fragment, id_token" },
	{ "percent-encoded", HEAD "%2E" BODY "%2E" SIGN, "jwt", NULL, MEND_PERCENT, NULL },
	{ "percent-encoded twice", HEAD "%252E" BODY "%252e" SIGN, "jwt", NULL, MEND_PERCENT_TWICE,
	  NULL },
	{ "cookie", "Cookie: theme=dark; session=" TOKEN "; x=1", "jwt", NULL, 0, "cookie" },
	{ "cookie in two parts", "Cookie: s.0=" HEAD "." BODY "; s.1=." SIGN "; x=1", "jwt", NULL,
	  MEND_COOKIES, "cookie" },
	{ "curl", "curl -H 'Authorization: Bearer " TOKEN "' https://a.example/", "jwt", NULL, 0,
	  "Authorization header" },
	{ "environment", "export TOKEN=" TOKEN "\n", "jwt", NULL, 0,
	  "token in a line of settings" },
	{ "YAML", "id_token: " TOKEN "\n", "jwt", NULL, 0, "id_token in a line of settings" },

	{ "nothing", "", "", NULL, 0, NULL },
	{ "no token: prose", "The quick brown fox jumps over the lazy dog.", "", NULL, 0, NULL },
	{ "no token: file name", "archive.tar.gz a.b.c", "", NULL, 0, NULL },
	{ "no token: host name", "login.accounts.example.com www.eyjafjoll.is", "", NULL, 0, NULL },
	{ "no token: versions", "1.2.3 v2.0.0-rc.1+build.5", "", NULL, 0, NULL },
	{ "no token: Java package", "com.example.security.jwt.JwtParser", "", NULL, 0, NULL },
	{ "no token: UUID", "123e4567-e89b-12d3-a456-426614174000", "", NULL, 0, NULL },
	{ "no token: hash of a commit", "cf257fb8a1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6", "", NULL, 0,
	  NULL },
	{ "no token: addresses", "192.0.2.1 2001:db8::1 ada@example.com", "", NULL, 0, NULL },
	{ "no token: JSON in base64", "eyJmb28iOiJiYXIifQ==", "", NULL, 0, NULL },
	{ "no token: too little", "eyJ.eyJ.x", "", NULL, 0, NULL },
	{ "no token: text in base64", "VGhlIHF1aWNrIGJyb3duIGZveA==", "", NULL, 0, NULL },
	{ "no token: a file named so", "eyJmb28iOjF9.txt", "", NULL, 0, NULL },
};

static void kinds_of(const struct paste *p, char *out, size_t size)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < p->count && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "", p->items[i].kind);
}

static void assert_form(void **state)
{
	const struct form *f = *state;
	char kinds[256];
	struct paste p;

	paste_scan(&p, f->paste, strlen(f->paste));
	kinds_of(&p, kinds, sizeof(kinds));
	assert_string_equal(kinds, f->kinds);
	if (p.count) {
		assert_string_equal(p.items[0].text, f->text ? f->text : TOKEN);
		assert_int_equal(p.items[0].mends, f->mends);
		assert_true(p.items[0].offset + p.items[0].len <= strlen(f->paste));
	}
	if (f->where) {
		assert_non_null(p.items[0].where);
		assert_string_equal(p.items[0].where, f->where);
	}
	paste_release(&p);
}

int main(void)
{
	enum { FORMS = sizeof(forms) / sizeof(*forms) };
	struct CMUnitTest table[FORMS];
	int failed;

	for (size_t i = 0; i < FORMS; i++)
		table[i] = (struct CMUnitTest){ .name = forms[i].name,
						.test_func = assert_form,
						.initial_state = (void *)(uintptr_t)&forms[i] };
	failed = cmocka_run_group_tests_name("forms of paste", table, NULL, NULL);
	return failed;
}
