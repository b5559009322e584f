/* Cases of finding_text.c. */
#include "tests/lib/finding_cases.h"

#define JWT "{'alg':'ES256','typ':'JWT'}"
#define CYRILLIC_A "\xD0\xB0"
#define PAYPAL_MASKED "\xD1\x80\xD0\xB0\xD1\x83\xD1\x80\xD0\xB0\xD3\x8F" /* all Cyrillic */
#define RUSSIAN "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80"
#define FULLWIDTH_A "\xEF\xBD\x81"
#define KANJI "\xE6\x97\xA5\xE6\x9C\xAC"

const struct finding_case finding_cases_text[] = {
	RAISES("hostile-text", JWT, "{'role':'root\xE2\x80\xAEnimda'}",
	       .text = "\"role\" has a bidi override (U+202E)"),
	RAISES("hostile-text", JWT, "{'role':'a\\u001b[31m'}", .text = "a control character"),
	RAISES("hostile-text", JWT, "{'role':'a\\u0000b'}", .text = "(U+0000)"),
	RAISES("hostile-text", JWT, "{'role':'a\x7F'}", .text = "(U+007F)"),
	RAISES("hostile-text", JWT, "{'r\xE2\x80\x8Bole':1}", .text = "the name "),
	RAISES("hostile-text", JWT, "{'a':{'b':['c','\\u200b']}}",
	       .text = "\"b\" has an invisible character"),
	RAISES("hostile-text", "{'alg':'ES256','kid':'\\u0085'}", .text = "\"kid\""),
	RAISES("hostile-text", "{'alg':'ES256','kid':'\\u0085'}", "no claims"),
	RAISES("hostile-text", JWT, "{'a':'\xEE\x80\x80'}", .text = "private"),
	SILENT("hostile-text", JWT, "{'name':'J\xC3\xBCrgen \xD7\x90 " KANJI "','a':'\\\\ \\/'}"),
	SILENT("hostile-text"),
	RAISES("big-number", JWT, "{'id':9007199254740993}", .text = "\"id\" is 9007199254740993"),
	RAISES("big-number", JWT, "{'ids':[1,12345678901234567890]}", .text = "\"ids\""),
	SILENT("big-number", JWT, "{'id':9007199254740991,'a':-9007199254740992}"),
	SILENT("big-number", JWT, "{'id':'12345678901234567890'}"),
	RAISES("look-alike", JWT, "{'sub':'" CYRILLIC_A "dmin'}",
	       .text = "mixes Cyrillic and Latin letters (U+0430)"),
	RAISES("look-alike", JWT, "{'iss':'https://p\\u0430ypal.com'}", .text = "iss"),
	RAISES("look-alike", JWT, "{'aud':['orders','" CYRILLIC_A "pi']}", .text = "aud"),
	RAISES("look-alike", JWT, "{'iss':'https://" PAYPAL_MASKED ".com'}",
	       .text = "a Cyrillic word that looks Latin"),
	RAISES("look-alike", JWT, "{'client_id':'" FULLWIDTH_A "dmin'}", .text = "mixes styled"),
	RAISES("look-alike", JWT, "{'scope':'" FULLWIDTH_A "'}", .text = "another dress"),
	RAISES("look-alike", "{'alg':'ES256','kid':'" CYRILLIC_A "b'}", .text = "kid"),
	SILENT("look-alike", JWT, "{'iss':'https://" RUSSIAN ".com','role':'" CYRILLIC_A "dmin'}"),
	SILENT("look-alike", JWT, "{'iss':'https://" PAYPAL_MASKED "'}"),
	SILENT("look-alike", JWT, "{'sub':'" KANJI "-admin J\xC3\xBCrgen " KANJI "x'}"),
	SILENT("look-alike"),
	{ .id = NULL },
};
