/* Cases of finding_algorithm.c and finding_header.c. */
#include "tests/lib/finding_cases.h"

static void access_token_expected(struct finding_world *w)
{
	w->expected.type = "at+jwt";
	w->in.expected = &w->expected;
}

#define ALG(name) "{'alg':'" name "','typ':'JWT'}"
#define WITH(members) "{'alg':'ES256','typ':'JWT'," members "}"
#define SIX_BYTES "0123456789abcdef"
#define SIXTEEN_TIMES(text) \
	text text text text text text text text text text text text text text text text

#define JWE(header) header ".AA.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"

const struct finding_case finding_cases_header[] = {
	RAISES("alg-none", ALG("none")),
	RAISES("alg-none", ALG("nOnE")),
	RAISES("alg-none", ALG("n\\u006fne")),
	SILENT("alg-none", ALG("nonesuch")),
	RAISES("alg-missing", "{'typ':'JWT'}"),
	RAISES("alg-missing", "{'alg':256}", .text = "256"),
	SILENT("alg-missing", ALG("unheard-of")),
	RAISES("alg-unknown", ALG("hs256"), .text = "HS256 is meant"),
	RAISES("alg-unknown", ALG("HS2560")),
	RAISES("alg-unknown", ALG("RSA-OAEP"), .text = "does not sign"),
	SILENT("alg-unknown", ALG("ES256K")),
	SILENT("alg-unknown", ALG("None")),
	RAISES("alg-deprecated", ALG("HS256"), .text = "public issuer"),
	/* {"alg":"RSA1_5","enc":"A128GCM"} */
	RAISES("alg-deprecated", .raw = JWE("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4R0NNIn0")),
	SILENT("alg-deprecated", ALG("HS256"), "{'iss':'orders'}"),
	SILENT("alg-deprecated"),
	RAISES("alg-eddsa", ALG("EdDSA")),
	SILENT("alg-eddsa", ALG("Ed25519")),
	RAISES("jwk-embedded", WITH("'jwk':{'kty':'oct'}")),
	RAISES("jwk-embedded", WITH("'x5c':['AA']")),
	SILENT("jwk-embedded", WITH("'x5t':'AA'")),
	SILENT("jwk-embedded", "{'alg':'ES256','typ':'dpop+jwt','jwk':{}}"),
	RAISES("jku-remote", WITH("'jku':'https://evil.example/k'"), .text = "evil.example"),
	RAISES("jku-remote", WITH("'x5u':'https://evil.example/k'")),
	SILENT("jku-remote"),
	RAISES("kid-suspicious", WITH("'kid':'../../dev/null'"), .text = "is a path"),
	RAISES("kid-suspicious", WITH("'kid':'/dev/null'"), .text = "is a path"),
	RAISES("kid-suspicious", WITH("'kid':'..\\\\nul'"), .text = "is a path"),
	RAISES("kid-suspicious", WITH("'kid':'x\\u0027 or 1=1'"), .text = "quotes"),
	RAISES("kid-suspicious", WITH("'kid':'https://evil.example'"), .text = "URL"),
	RAISES("kid-suspicious", WITH("'kid':'a\\u0000b'"), .text = "control"),
	RAISES("kid-suspicious", WITH("'kid':'x|id'"), .text = "command"),
	RAISES("kid-suspicious", WITH("'kid':'" SIXTEEN_TIMES(SIX_BYTES) "x'"),
	       .text = "256 bytes"),
	SILENT("kid-suspicious", WITH("'kid':'" SIXTEEN_TIMES(SIX_BYTES) "'")),
	SILENT("kid-suspicious", WITH("'kid':'/Kq3+a9x='")),
	SILENT("kid-suspicious", WITH("'kid':'did:example:123#keys-1'")),
	RAISES("header-type", WITH("'kid':7"), .text = "kid is no string: 7"),
	RAISES("header-type", "{'alg':'ES256','typ':null}"),
	SILENT("header-type"),
	RAISES("header-unprotected",
	       .raw = "{'payload':'AA','header':{'alg':'ES256'},'signature':'AA'}"),
	RAISES("header-unprotected",
	       .raw = "{'payload':'AA','signatures':[{'protected':'eyJhbGciOiJFUzI1NiJ9',"
		      "'signature':'AA'},{'protected':'eyJhbGciOiJFUzI1NiJ9','header':"
		      "{'kid':'1'},'signature':'AA'}]}",
	       .text = "signature 2: kid"),
	SILENT("header-unprotected",
	       .raw = "{'payload':'AA','protected':'eyJhbGciOiJFUzI1NiJ9','signature':"
		      "'AA'}"),
	RAISES("header-unsigned",
	       .raw = "{'payload':'AA','protected':'eyJhbGciOiJFUzI1NiJ9','header':"
		      "{'made up':1},'signature':'AA'}",
	       .text = "made up"),
	SILENT("header-unsigned",
	       .raw = "{'payload':'AA','protected':'eyJhbGciOiJFUzI1NiJ9','header':"
		      "{'kid':'1'},'signature':'AA'}"),
	RAISES("crit-unknown", WITH("'crit':['exp'],'exp':1"), .text = "\"exp\""),
	SILENT("crit-unknown", WITH("'crit':['b64'],'b64':true")),
	RAISES("crit-malformed", WITH("'crit':[]"), .text = "empty"),
	RAISES("crit-malformed", WITH("'crit':'b64','b64':true"), .text = "no array"),
	RAISES("crit-malformed", WITH("'crit':[1]"), .text = "no name"),
	RAISES("crit-malformed", WITH("'crit':['b64','b64'],'b64':true"), .text = "twice"),
	RAISES("crit-malformed", WITH("'crit':['alg']"), .text = "standard itself"),
	RAISES("crit-malformed", WITH("'crit':['x']"), .text = "does not have"),
	SILENT("crit-malformed", WITH("'crit':['x'],'x':1")),
	RAISES("b64-uncrit", WITH("'b64':false")),
	RAISES("b64-uncrit", WITH("'b64':false,'crit':['x'],'x':1")),
	SILENT("b64-uncrit", WITH("'b64':true,'crit':['b64']")),
	/* {"alg":"dir","enc":"A128GCM","zip":"DEF"}, and without zip */
	RAISES("zip-used", .raw = JWE("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIiwiemlwIjoiREVGIn0")),
	SILENT("zip-used", .raw = JWE("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0")),
	RAISES("typ-missing", "{'alg':'ES256'}"),
	SILENT("typ-missing"),
	SILENT("typ-missing", "{'alg':'ES256'}", "no claims"),
	RAISES("typ-access", "{'alg':'ES256','typ':'application/AT+jwt'}"),
	SILENT("typ-access", ALG("ES256")),
	RAISES("typ-unexpected", ALG("ES256"), .prepare = access_token_expected),
	SILENT("typ-unexpected", "{'alg':'ES256','typ':'application/at+jwt'}",
	       .prepare = access_token_expected),
	SILENT("typ-unexpected", ALG("ES256")),
	RAISES("nested-cty", ALG("ES256"), "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
	RAISES("nested-cty", WITH("'cty':'JWT'")),
	SILENT("nested-cty", WITH("'cty':'jwt'"), "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
	SILENT("nested-cty"),
	{ .id = NULL },
};
