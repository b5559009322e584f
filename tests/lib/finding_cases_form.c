/* Cases of finding_form.c, and of what the reader finds. */
#include "tests/lib/finding_cases.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "tests/lib/token_text.h"

static void claims_expected(struct finding_world *w)
{
	w->in.expected = &w->expected;
}

static void no_claims_expected(struct finding_world *w)
{
	w->expected.no_claims = true;
	w->in.expected = &w->expected;
}

/* A token of about `size` bytes. */
static void token_grow(struct finding_world *w, int size)
{
	struct buf claims = BUF_INIT(65536);
	char *text;

	buf_addf(&claims, "{\"sub\":\"x\",\"groups\":\"%0*d\"}", size * 3 / 4, 0);
	text = compact_text("{}", buf_text(&claims), "AA");
	jose_release(&w->token);
	jose_read(&w->token, text, strlen(text));
	free(text);
	buf_release(&claims);
}

static void token_of_3k(struct finding_world *w)
{
	token_grow(w, 3000);
}

static void token_of_5k(struct finding_world *w)
{
	token_grow(w, 5000);
}

static void token_of_9k(struct finding_world *w)
{
	token_grow(w, 9000);
}

#define FLATTENED(payload)                                        \
	"{'payload':'" payload "','protected':"                   \
	"'eyJhbGciOiJFUzI1NiJ9','signature':'AAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}"

const struct finding_case finding_cases_form[] = {
	RAISES("seg-count", .raw = "eyJhbGciOiJFUzI1NiJ9.e30"),
	RAISES("seg-count", .raw = "eyJhbGciOiJFUzI1NiJ9.e30.AA.AA"),
	SILENT("seg-count"),
	RAISES("b64-loose", .signature = "AA+A"),
	RAISES("b64-loose", .signature = "AB"),
	RAISES("b64-loose", .signature = "AA=="),
	SILENT("b64-loose", .signature = "AA-_"),
	RAISES("alb-padding", .raw = "eyJhbGciOiJFUzI1NiIsInNpZ25lciI6ImFybjphd3M6ZWxhc3RpY2xvYWRiY"
				     "WxhbmNpbmcifQ==."
				     "eyJzdWIiOiJ4In0=.AA=="),
	SILENT("alb-padding"),
	RAISES("not-utf8", .claims = "{'sub':'\xFF'}"),
	RAISES("not-utf8", .header = "{'alg':'ES256','kid':'\xC0\xAF'}"),
	SILENT("not-utf8", .claims = "{'sub':'\xC3\xA4'}"),
	RAISES("json-invalid", .claims = "{'sub':1,}", .text = "claims"),
	RAISES("json-invalid", .header = "{alg:1}", .text = "header"),
	SILENT("json-invalid", "{'alg':'ES256'}", "plain text, signed"),
	SILENT("json-invalid", .claims = "{'sub':1,}", .prepare = no_claims_expected),
	RAISES("not-object", .header = "[1]", .text = "header"),
	RAISES("not-object", .claims = "[1]"),
	RAISES("not-object", .header = "{'alg':'ES256'}", .claims = "text",
	       .prepare = claims_expected),
	SILENT("not-object", .header = "{'alg':'ES256'}", .claims = "text"),
	SILENT("not-object", .claims = "[1]", .prepare = no_claims_expected),
	RAISES("dup-header", .header = "{'alg':'ES256','\\u0061lg':'none'}"),
	SILENT("dup-header"),
	RAISES("dup-claim", .claims = "{'sub':'x','sub':'y'}"),
	RAISES("dup-claim", .claims = "{'a':{'b':1,'\\u0062':2}}"),
	SILENT("dup-claim", .claims = "{'a':{'b':1},'b':2}"),
	RAISES("json-serialisation", .raw = FLATTENED("e30")),
	SILENT("json-serialisation", .raw = FLATTENED("AAAA")),
	SILENT("json-serialisation", .raw = FLATTENED("e30"), .prepare = no_claims_expected),
	RAISES("too-large", .prepare = token_of_5k, .text = "a cookie"),
	RAISES("too-large", .prepare = token_of_9k, .text = "largest: \"groups\""),
	SILENT("too-large", .prepare = token_of_3k),
	{ .id = NULL },
};
