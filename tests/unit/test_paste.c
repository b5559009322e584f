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

	{ "JSON serialisation, general",
	  "{\n \"payload\": \"" BODY "\",\n \"signatures\": [\n  {\n   \"protected\": \"" HEAD
	  "\",\n   \"signature\": \"" SIGN "\"\n  },\n  {\n   \"protected\": \"" HEAD
	  "\",\n   \"header\": {\n    \"kid\": \"x\"\n   },\n   \"signature\": \"" SIGN
	  "\"\n  }\n ]\n}",
	  "jws",
	  "{\n \"payload\": \"" BODY "\",\n \"signatures\": [\n  {\n   \"protected\": \"" HEAD
	  "\",\n   \"signature\": \"" SIGN "\"\n  },\n  {\n   \"protected\": \"" HEAD
	  "\",\n   \"header\": {\n    \"kid\": \"x\"\n   },\n   \"signature\": \"" SIGN
	  "\"\n  }\n ]\n}",
	  0, NULL },
	{ "JSON serialisation, flattened",
	  "{\"payload\": \"" BODY "\", \"protected\": \"" HEAD "\", \"signature\": \"" SIGN "\"}",
	  "jws",
	  "{\"payload\": \"" BODY "\", \"protected\": \"" HEAD "\", \"signature\": \"" SIGN "\"}",
	  0, NULL },
	{ "JSON serialisation, encrypted",
	  "{\"protected\": \"" HEAD "\", \"recipients\": [{\"encrypted_key\": \"AA\"}], \"iv\": "
	  "\"AA\", \"ciphertext\": \"AA\", \"tag\": \"AA\"}",
	  "jwe",
	  "{\"protected\": \"" HEAD "\", \"recipients\": [{\"encrypted_key\": \"AA\"}], \"iv\": "
	  "\"AA\", \"ciphertext\": \"AA\", \"tag\": \"AA\"}",
	  0, NULL },
	{ "JSON serialisation within a JSON string",
	  "{\"body\": \"{\\\"payload\\\": \\\"" BODY "\\\", \\\"protected\\\": \\\"" HEAD
	  "\\\", \\\"signature\\\": \\\"" SIGN "\\\"}\"}",
	  "jws",
	  "{\"payload\": \"" BODY "\", \"protected\": \"" HEAD "\", \"signature\": \"" SIGN "\"}",
	  MEND_JSON, "JSON member" },
	{ "JSON serialisation, cut off",
	  "{\"payload\": \"" BODY "\", \"protected\": \"" HEAD "\", \"signature\": \"SflKxwRJSMeKK",
	  "jws",
	  "{\"payload\": \"" BODY "\", \"protected\": \"" HEAD "\", \"signature\": \"SflKxwRJSMeKK",
	  0, NULL },
	{ "raw HTTP request",
	  "POST /t?access_token=" TOKEN " HTTP/1.1\r\nAuthorization: DPoP " TOKEN "\r\nDPoP: " TOKEN
	  "\r\nCookie: a=b; id=" TOKEN "\r\n\r\nassertion=" TOKEN "&x=1",
	  "jwt jwt jwt jwt jwt", NULL, 0, "URL query, access_token" },
	{ "raw HTTP response",
	  "HTTP/1.1 200 OK\r\nSet-Cookie: id=" TOKEN
	  "; Path=/; HttpOnly\r\nContent-Type: application/json\r\n\r\n{\"id_token\":\"" TOKEN
	  "\",\"refresh_token\":\"tGzv3JOkF0XG5Qx2TlKWIA\"}",
	  "jwt jwt opaque", NULL, 0, "cookie" },
	{ "cookies set in two parts",
	  "Set-Cookie: s.0=" HEAD ".eyJzdWIiOiIxMjM0NTY3ODk; Path=/; HttpOnly\r\nSet-Cookie: "
	  "s.1=wIiwibmFtZSI6IkFkYSJ9." SIGN "; Path=/",
	  "jwt", NULL, MEND_COOKIES, "cookie" },
	{ "cookies in parts that count from 1",
	  "Cookie: .AspNetCore.CookiesC1=" HEAD
	  ".eyJzdWIiOiIxMjM0NTY3ODk; .AspNetCore.CookiesC2=wIiwibmFtZSI6IkFkYSJ9." SIGN,
	  "jwt", NULL, MEND_COOKIES, "cookie" },
	{ "URL within a URL",
	  "https://a.example/r?next=https%3A%2F%2Fb.example%2F%3Fid_token%3D" TOKEN, "jwt", NULL, 0,
	  "URL query, id_token" },
	{ "JSON, percent-encoded twice", "%257B%2522access_token%2522%253A%2522" TOKEN "%2522%257D",
	  "jwt", NULL, 0, "JSON member access_token" },
	{ "prefix percent-encoded", "Bearer%20" TOKEN, "jwt", NULL, 0, "authorization scheme" },
	{ ".npmrc", "//registry.npmjs.org/:_authToken=" TOKEN, "jwt", NULL, 0, "line of settings" },
	{ "YAML, quoted", "auth:\n  id_token: \"" TOKEN "\"\n", "jwt", NULL, 0,
	  "id_token in a line of settings" },
	{ "Kubernetes Secret",
	  "apiVersion: v1\nkind: Secret\ndata:\n  token: "
	  "ZXlKaGJHY2lPaUpJVXpJMU5pSXNJblI1Y0NJNklrcFhWQ0o5LmV5SnpkV0lpT2lJeE1qTTBOVFkzT0Rrd0lpd2li"
	  "bUZ0WlNJNklrRmtZU0o5LlNmbEt4d1JKU01lS0tGMlFUNGZ3cE1lSmYzNlBPazZ5SlZfYWRRc3N3NWM=\n",
	  "jwt", NULL, MEND_BASE64, "token in a line of settings" },
	{ "Kubernetes Secret with a GitHub token",
	  "data:\n  gh: Z2hwX3pRV0J1VFNPb1JpNEE5c3BIY1ZZNW5jbnNEa3hrSjBtTHExNw==", "github",
	  "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", MEND_BASE64, NULL },
	{ "Basic", "Authorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=", "basic",
	  "YWRhOmNvcnJlY3QgaG9yc2U=", 0, "Authorization header" },
	{ "curl -u", "curl -u ada:secret123 https://a.example/", "basic", "ada:secret123", 0,
	  "command line, -u" },
	{ "curl -b", "curl -b 'session=" TOKEN "' https://a.example/", "jwt", NULL, 0, "cookie" },
	{ "curl --data", "curl --data 'grant_type=x&assertion=" TOKEN "' https://a.example/", "jwt",
	  NULL, 0, "form field assertion" },
	{ "curl over several lines",
	  "curl https://a.example/ \\\n  -H 'Authorization: Bearer " TOKEN
	  "' \\\n  -H 'DPoP: " TOKEN "'",
	  "jwt jwt", NULL, 0, "Authorization header" },
	{ "wrapped, indented",
	  "Authorization: Bearer " HEAD ".eyJ\n    zdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkFkYSJ\n    "
	  "9.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQ\n    ssw5c\nHost: x",
	  "jwt", NULL, MEND_LINES, "Authorization header" },
	{ "wrapped at 76 columns",
	  "eyJhbGciOiJSUzI1NiJ9."
	  "eyJzdWIiOiJhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF\nhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW"
	  "FhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF\nhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	  "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF\nhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW"
	  "FhYWFhYWFhYWFhYWFhYWFhYWF\nhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	  "YWFhYWFhYWFhYWF\nhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWEifQ."
	  "DRQbIikwNz5FTFNaYWhv\ndn2Ei5KZoKeutbzDytHY3-bt9PsCCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi_"
	  "xs3U2-Lp8Pf-\nBQwTGiEoLzY9REtSWWBnbnV8g4qRmJ-"
	  "mrbS7wsnQ197l7PP6AQgPFh0kKzI5QEdOVVxjanF4f4aN\nlJuiqbC3vsXM09rh6O_2_"
	  "QQLEhkgJy41PENKUVhfZm10e4KJkJeepayzusHIz9bd5Ovy-"
	  "QAHDhUc\nIyoxOD9GTVRbYmlwd36FjJOaoaivtr3Ey9LZ4Ofu9fwDChEYHyYtNDtCSVBXXmVsc3qBiI-"
	  "\nWnaSrsrnAx87V3OPq8fj_Bg",
	  "jwt",
	  "eyJhbGciOiJSUzI1NiJ9."
	  "eyJzdWIiOiJhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	  "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	  "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	  "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	  "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWEifQ."
	  "DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-bt9PsCCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi_"
	  "xs3U2-Lp8Pf-BQwTGiEoLzY9REtSWWBnbnV8g4qRmJ-"
	  "mrbS7wsnQ197l7PP6AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09rh6O_2_"
	  "QQLEhkgJy41PENKUVhfZm10e4KJkJeepayzusHIz9bd5Ovy-"
	  "QAHDhUcIyoxOD9GTVRbYmlwd36FjJOaoaivtr3Ey9LZ4Ofu9fwDChEYHyYtNDtCSVBXXmVsc3qBiI-"
	  "WnaSrsrnAx87V3OPq8fj_Bg",
	  MEND_LINES, NULL },
	{ "in code, over two lines",
	  "var t = \"" HEAD ".eyJzdWIiOiIxM\" +\n        \"jM0NTY3ODkwIiwibmFtZSI6IkFkYSJ9." SIGN
	  "\";",
	  "jwt", NULL, MEND_LINES, NULL },
	{ "carriage returns", HEAD ".eyJzdWIiOiIxMjM0NTY3ODk\r\nwIiwibmFtZSI6IkFkYSJ9." SIGN "\r\n",
	  "jwt", NULL, MEND_LINES, NULL },
	{ "no-break spaces",
	  "Bearer\xc2\xa0"
	  "" HEAD ".eyJzdWIiOiIxMjM0NTY3ODk\xc2\xa0"
	  "wIiwibmFtZSI6IkFkYSJ9." SIGN,
	  "jwt", NULL, MEND_INVISIBLE, "authorization scheme" },
	{ "soft hyphen within",
	  HEAD ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZ\xc2\xad"
	       "SI6IkFkYSJ9." SIGN,
	  "jwt", NULL, MEND_INVISIBLE, NULL },
	{ "typographic quotes and a comma",
	  "\xe2\x80\x98"
	  "" TOKEN "\xe2\x80\x99"
	  ",",
	  "jwt", NULL, MEND_QUOTES, NULL },
	{ "Markdown link", "[link](https://a.example/#access_token=" TOKEN ")", "jwt", NULL, 0,
	  "URL fragment, access_token" },
	{ "path of a URL", "https://a.example/reset/" TOKEN "/confirm", "jwt", NULL, 0, NULL },
	{ "XML element", "<token>" TOKEN "</token>", "jwt", NULL, 0, NULL },
	{ "padded by a load balancer", HEAD "=." BODY "=." SIGN "=", "jwt",
	  HEAD "=." BODY "=." SIGN "=", 0, NULL },
	{ "authorization code", "https://a.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=x", "code",
	  "SplxlOBeZQQYbYS6WxSbIA", 0, "URL query, code" },
	{ "opaque token behind Bearer", "Authorization: Bearer mF_9.B5f-4.1JqM12345", "opaque",
	  "mF_9.B5f-4.1JqM12345", 0, "Authorization header" },
	{ "token and key and credential",
	  TOKEN "\n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\n{\"kty\":\"oct\",\"kid\":\"a\",\"k\":"
		"\"AAECAwQFBgcICQoLDA0ODw\"}\n-----BEGIN PRIVATE "
		"KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n",
	  "jwt github jwk pem", NULL, 0, NULL },
	{ "signed with ES512, wrapped",
	  "eyJhbGciOiJFUzUxMiJ9." BODY
	  ".\nDRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-bt9PsCCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi_"
	  "xs3U\n2-Lp8Pf-BQwTGiEoLzY9REtSWWBnbnV8g4qRmJ-"
	  "mrbS7wsnQ197l7PP6AQgPFh0kKzI5QEdOVVxjanF4f4aNlJui",
	  "jwt",
	  "eyJhbGciOiJFUzUxMiJ9." BODY
	  ".DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-bt9PsCCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi_"
	  "xs3U2-Lp8Pf-BQwTGiEoLzY9REtSWWBnbnV8g4qRmJ-"
	  "mrbS7wsnQ197l7PP6AQgPFh0kKzI5QEdOVVxjanF4f4aNlJui",
	  MEND_LINES, NULL },
	{ "header with line breaks in its JSON", "ewogICJhbGciOiAiSFMyNTYiCn0." BODY "." SIGN,
	  "jwt", "ewogICJhbGciOiAiSFMyNTYiCn0." BODY "." SIGN, 0, NULL },
	{ "empty objects", "e30.e30.", "jwt", "e30.e30.", 0, NULL },
	{ "key binding behind disclosures", TOKEN "~WyJhIiwiYiIsMV0~" TOKEN, "sd-jwt",
	  TOKEN "~WyJhIiwiYiIsMV0~" TOKEN, 0, NULL },

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
	{ "no token: user and group of a container", "docker run -u 1000:1000 image", "", NULL, 0,
	  NULL },
	{ "no token: address with a port", "https://a.example:8080/x@y http://[::1]:80/", "", NULL,
	  0, NULL },
	{ "no token: e-mail and host of git", "git@github.com:org/repo.git ada@a.example", "", NULL,
	  0, NULL },
	{ "no token: placeholders",
	  "Authorization: Bearer $TOKEN, Bearer <token>, Bearer YOUR_ACCESS_TOKEN_HERE, Basic auth",
	  "", NULL, 0, NULL },
	{ "no token: HTTP status", "https://a.example/?code=404&error=access_denied", "", NULL, 0,
	  NULL },
	{ "no token: Basic authentication in prose",
	  "Basic authentication is what the server wants, basic credentials too", "", NULL, 0,
	  NULL },
	{ "no token: hashes",
	  "d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709 "
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "", NULL, 0, NULL },
	{ "no token: image in base64",
	  "data:image/"
	  "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+"
	  "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
	  "", NULL, 0, NULL },
	{ "no token: public key of ssh",
	  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2Xf0d9mK4h5Vq3bqz0mD0o1yYd0Yq8g3kq4b7m2Qe1 "
	  "ada@host",
	  "", NULL, 0, NULL },
	{ "no token: Subresource integrity",
	  "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC", "", NULL, 0,
	  NULL },
	{ "no token: discovery document",
	  "{\"issuer\":\"https://a.example\",\"jwks_uri\":\"https://a.example/"
	  "keys\",\"token_endpoint\":\"https://a.example/token\"}",
	  "", NULL, 0, NULL },
	{ "no token: JSON that has a payload",
	  "{\"payload\":\"hello\",\"id\":7} {\"keys\":[\"a\",\"b\"]} {\"kty\":\"RSA\"}", "", NULL,
	  0, NULL },
	{ "no token: claims by themselves",
	  "{\"iss\":\"https://a.example\",\"sub\":\"1\",\"exp\":1781615212}", "", NULL, 0, NULL },
	{ "no token: CSR header alone", "-----BEGIN CERTIFICATE REQUEST-----", "", NULL, 0, NULL },
	{ "no token: timestamps and phone numbers",
	  "2026-06-16T13:06:52Z 1781615212 +49 30 123456 12:34:56.789", "", NULL, 0, NULL },
	{ "no token: licence key", "A1B2C-D3E4F-G5H6I-J7K8L-M9N0P", "", NULL, 0, NULL },
	{ "no token: words like leads",
	  "sk-learn xox-b glpat- ghp_ AKIA eyjafjoll hvs. SG.x.y npm_modules k4.something "
	  "v4.public",
	  "", NULL, 0, NULL },
	{ "no token: C++ names", "std::vector<std::string>::const_iterator a->b.c.d, this.eyJ.x()",
	  "", NULL, 0, NULL },
	{ "no token: XML that is no SAML",
	  "<Response xmlns=\"urn:example\"><Issuer>x</Issuer></Response>", "", NULL, 0, NULL },
	{ "no token: minified code", "function(e){return e.eyJ&&e.t.n.r.o}var a=e.default.b.c.d;",
	  "", NULL, 0, NULL },
};

static void kinds_of(const struct paste *p, char *out, size_t size)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < p->count && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "", p->items[i].kind);
}

/* What was not mended stands in the paste, byte by byte, where the item says. */
static void assert_unmended_as_they_stand(const struct paste *p, const char *paste)
{
	const unsigned around = MEND_QUOTES | MEND_TRAILING | MEND_SPACE;

	for (size_t i = 0; i < p->count; i++) {
		const struct paste_item *item = &p->items[i];

		if (item->mends & ~around)
			continue;
		assert_int_equal(item->len, item->text_len);
		assert_memory_equal(paste + item->offset, item->text, item->len);
	}
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
	assert_unmended_as_they_stand(&p, f->paste);
	if (f->where) {
		assert_non_null(p.items[0].where);
		assert_string_equal(p.items[0].where, f->where);
	}
	paste_release(&p);
}

/* --- behaviours ------------------------------------------------------------------------------- */

/* Scans a copy without a NUL behind it, as long as it is: what reads beyond it is caught. */
static void scan_exact(struct paste *p, const char *text, size_t len)
{
	char *copy = x_malloc(len + 1);

	memcpy(copy, text, len);
	copy = x_reallocarray(copy, len ? len : 1, 1);
	paste_scan(p, copy, len);
	for (size_t i = 0; i < p->count; i++) {
		assert_true(p->items[i].len > 0);
		assert_true(p->items[i].offset + p->items[i].len <= len);
		assert_int_equal(strlen(p->items[i].text), p->items[i].text_len);
		assert_true(p->items[i].mends < 1U << MEND_COUNT);
	}
	free(copy);
}

static void every_beginning_of_a_form_is_read_without_harm(void **state)
{
	struct paste p;

	(void)state;
	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		size_t len = strlen(forms[f].paste);

		for (size_t n = 0; n < len; n += 1 + n / 128) {
			scan_exact(&p, forms[f].paste, n);
			paste_release(&p);
		}
	}
}

static void every_byte_of_a_form_may_be_another(void **state)
{
	static const char bytes[] = { '\0', '\n', '"', '\\', '.', '%', '=', (char)0xe2 };
	char text[2048];
	struct paste p;

	(void)state;
	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		size_t len = strlen(forms[f].paste);

		for (size_t i = 0; i < len; i += 1 + len / 128) {
			memcpy(text, forms[f].paste, len);
			text[i] = bytes[i % sizeof(bytes)];
			scan_exact(&p, text, len);
			paste_release(&p);
		}
	}
}

/* `size` bytes of the pattern, again and again. */
static char *repeated(const char *pattern, size_t size)
{
	char *text = x_malloc(size + 1);
	size_t n = strlen(pattern);

	for (size_t i = 0; i < size; i++)
		text[i] = pattern[i % n];
	text[size] = '\0';
	return text;
}

static size_t work_of(const char *pattern, size_t size)
{
	char *text = repeated(pattern, size);
	struct paste p;
	size_t work;

	paste_scan(&p, text, size);
	work = p.more ? 0 : p.work; /* more: it stopped early */
	paste_release(&p);
	free(text);
	return work;
}

/* Twice the text is twice the work, whatever it is made of; and never more than 64 looks at a byte. */
static void work_grows_as_the_text_does(void **state)
{
	static const char *const patterns[] = {
		"eyJ.",
		"eyJ ",
		"eyJ.eyJ.eyJ.\n",
		"{",
		"{\"",
		"{\"a\":",
		"{\"a\":[",
		"{\"a\":\"{",
		"{\\\"a\\\":",
		"\"",
		"'",
		"%",
		"%25",
		"%2541",
		"\\",
		"\\n",
		"[",
		"sk-",
		"xoxb-",
		"a/",
		"A",
		"_",
		"~",
		".",
		"-",
		"-----BEGIN A-----",
		"-----BEGIN A-----\nAAAA\n",
		"-u a:b ",
		"://a:b",
		"<samlp:Response ",
		"<Response urn:oasis:names:tc:SAML:2.0:",
		"Basic ",
		"Bearer ",
		"code=",
		"?code=A1",
		".eJ",
		"12345678:AA",
		"v4.public.",
		"hvs.",
		"\r\n",
		"\xe2\x80\x8b",
		"gAAAAABqMUpsDRQbIikwNz5FTFNaYWhvdg ",
		"SAMLRequest=fZFBT8JAEIX",
		"ab_0123456789ab_",
		HEAD "~",
		HEAD "; s.0=",
		"s.0=" HEAD "; ",
		HEAD ".\n",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAAAA\n",
		"ZXlKaGJHY2lPaUpJVXpJMU5pSjk= ",
		"The quick brown fox, jumps. ",
	};
	enum { SIZE = 1 << 14 };

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		size_t once = work_of(patterns[i], SIZE), twice = work_of(patterns[i], 2 * SIZE);

		if (once > 64 * SIZE)
			print_error("%s: %zu\n", patterns[i], once);
		assert_true(once <= 64 * SIZE);
		assert_true(twice <= 2 * once + once / 4 + 4096);
	}
}

/* Lines that could go on a token, behind one that does not take them. */
static void lines_that_do_not_join_are_looked_at_once(void **state)
{
	enum { SIZE = 1 << 16 };
	char *text = repeated("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", SIZE);
	struct paste p;

	(void)state;
	memcpy(text, HEAD "\n", strlen(HEAD) + 1);
	paste_scan(&p, text, SIZE);
	assert_true(p.work < 16 * SIZE);
	paste_release(&p);
	free(text);
}

static void a_hundred_tokens_in_a_mebibyte_are_found_where_they_stand(void **state)
{
	enum { TOKENS = 100, EACH = PASTE_MAX / TOKENS };
	char *text = repeated("Some words between them, and a number: 12.5\n", PASTE_MAX);
	struct paste p;

	(void)state;
	for (size_t i = 0; i < TOKENS; i++)
		memcpy(text + i * EACH + 4000, " " TOKEN " ", strlen(TOKEN) + 2);
	paste_scan(&p, text, PASTE_MAX);
	assert_int_equal(p.count, TOKENS);
	assert_false(p.more);
	for (size_t i = 0; i < TOKENS; i++) {
		assert_int_equal(p.items[i].offset, i * EACH + 4001);
		assert_string_equal(p.items[i].text, TOKEN);
	}
	assert_true(p.work < 8 * (size_t)PASTE_MAX);
	paste_release(&p);
	free(text);
}

static void there_is_an_end_to_items_and_to_the_paste(void **state)
{
	enum { SIZE = PASTE_MAX + 400 };
	char *text = repeated("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 ", 41 * (PASTE_ITEMS + 9));
	struct paste p;

	(void)state;
	paste_scan(&p, text, strlen(text));
	assert_int_equal(p.count, PASTE_ITEMS);
	assert_true(p.more);
	paste_release(&p);
	free(text);
	text = repeated(" ", SIZE);
	memcpy(text + PASTE_MAX, TOKEN, strlen(TOKEN));
	paste_scan(&p, text, SIZE);
	assert_int_equal(p.count, 0);
	paste_release(&p);
	free(text);
}

/* PREFIX_SID_, 32 characters and their checksum. */
static void own_secret(char *out, size_t size, const char *prefix)
{
	char crc[7];
	int n = snprintf(out, size, "%s_0123456789ab_%s", prefix,
			 "Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6e");

	crc32_base62(crc, out, (size_t)n);
	snprintf(out + n, size - (size_t)n, "%s", crc);
}

static void a_secret_of_our_own_is_told_by_its_checksum(void **state)
{
	char secret[96], text[128];
	struct paste p;

	(void)state;
	own_secret(secret, sizeof(secret), "acme");
	snprintf(text, sizeof(text), "KEY=\"%s\"", secret);
	paste_scan(&p, text, strlen(text));
	assert_int_equal(p.count, 1);
	assert_string_equal(p.items[0].kind, "authrack");
	assert_int_equal(p.items[0].check, FOREIGN_GOOD);
	assert_int_equal(p.items[0].offset, 5);
	paste_release(&p);

	secret[20] = secret[20] == 'x' ? 'y' : 'x';
	paste_scan(&p, secret, strlen(secret));
	assert_int_equal(p.count, 1);
	assert_int_equal(p.items[0].check, FOREIGN_WRONG);
	paste_release(&p);
	paste_scan(&p, secret, strlen(secret) - 1);
	assert_int_equal(p.count, 0);
	paste_release(&p);
}

static void base64_is_looked_into_once_and_no_further(void **state)
{
	/* base64 of "ghp_…" in base64 */
	static const char twice[] =
		"WjJod1gzcFJWMEoxVkZOUGIxSnBORUU1YzNCSVkxWlpOVzVqYm5ORWEzaHJTakJ0VEhFeE53PT0=";
	struct paste p;

	(void)state;
	paste_scan(&p, twice, strlen(twice));
	assert_int_equal(p.count, 0);
	paste_release(&p);
	paste_scan(&p, "Z2hwX3pRV0J1VFNPb1JpNEE5c3BIY1ZZNW5jbnNEa3hrSjBtTHExNw==", 56);
	assert_int_equal(p.count, 1);
	assert_int_equal(p.items[0].mends, MEND_BASE64);
	assert_int_equal(p.items[0].len, 56);
	paste_release(&p);
}

static void a_token_in_a_url_is_warned_of(void **state)
{
	static const struct {
		const char *text;
		bool warned;
	} urls[] = {
		{ "https://a.example/?access_token=" TOKEN, true },
		{ "https://a.example/?x=1&id_token=" TOKEN, true },
		{ "https://a.example/#token_type=x&access_token=" TOKEN, true },
		{ "grant_type=x&assertion=" TOKEN, false },
		{ "Authorization: Bearer " TOKEN, false },
		{ "id_token=" TOKEN, false },
	};
	struct paste p;

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		paste_scan(&p, urls[i].text, strlen(urls[i].text));
		assert_int_equal(p.count, 1);
		assert_int_equal(p.items[0].warning != NULL, urls[i].warned);
		paste_release(&p);
	}
}

static void every_mend_has_words(void **state)
{
	struct paste p = { .items = NULL };

	(void)state;
	for (unsigned bit = 0; bit < MEND_COUNT; bit++)
		assert_true(strlen(paste_mend_text(1U << bit)) > 8);
	assert_string_equal(paste_mend_text(1U << MEND_COUNT), "");
	paste_release(&p);
	paste_release(&p);
}

int main(void)
{
	enum { FORMS = sizeof(forms) / sizeof(*forms) };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_beginning_of_a_form_is_read_without_harm),
		cmocka_unit_test(every_byte_of_a_form_may_be_another),
		cmocka_unit_test(work_grows_as_the_text_does),
		cmocka_unit_test(lines_that_do_not_join_are_looked_at_once),
		cmocka_unit_test(a_hundred_tokens_in_a_mebibyte_are_found_where_they_stand),
		cmocka_unit_test(there_is_an_end_to_items_and_to_the_paste),
		cmocka_unit_test(a_secret_of_our_own_is_told_by_its_checksum),
		cmocka_unit_test(base64_is_looked_into_once_and_no_further),
		cmocka_unit_test(a_token_in_a_url_is_warned_of),
		cmocka_unit_test(every_mend_has_words),
	};
	struct CMUnitTest all[FORMS + sizeof(tests) / sizeof(*tests)];

	for (size_t i = 0; i < FORMS; i++)
		all[i] = (struct CMUnitTest){ .name = forms[i].name,
					      .test_func = assert_form,
					      .initial_state = (void *)(uintptr_t)&forms[i] };
	memcpy(all + FORMS, tests, sizeof(tests));
	return cmocka_run_group_tests(all, NULL, NULL);
}
