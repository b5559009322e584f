/* Cases of finding_signature.c. */
#include "tests/lib/finding_cases.h"

#define ALG(name) "{'alg':'" name "','typ':'JWT'}"
#define A(n) A_##n
#define A_8 "AAAAAAAA"
#define A_40 A_8 A_8 A_8 A_8 A_8
#define A_80 A_40 A_40
#define A_160 A_80 A_80
#define A_320 A_160 A_160
#define ONE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE" /* 32 bytes */

/* r = 1, s = 1 one behind the other; then r = order of P-256 */
#define R_AND_S                                        \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ"
#define R_IS_ORDER                                     \
	"_____wAAAAD__________7zm-q2nF56E87nKwvxjJVEA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ"
#define S_IS_ZERO                                      \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

const struct finding_case finding_cases_signature[] = {
	RAISES("sig-empty", .signature = ""),
	SILENT("sig-empty", ALG("none"), .signature = ""),
	SILENT("sig-empty"),
	RAISES("sig-length", ALG("HS256"), .signature = "AAAA"),
	RAISES("sig-length", ALG("RS256"), .signature = "AAAA", .text = "can't be one of RS256"),
	RAISES("sig-length", ALG("EdDSA"), .signature = ONE),
	SILENT("sig-length", ALG("HS256"), .signature = ONE),
	SILENT("sig-length", ALG("RS256"), .signature = A(160) A(8) "AAA"),
	SILENT("sig-length", ALG("EdDSA"), .signature = A(80) "AAAAAA"),
	RAISES("sig-zero", .signature = A(80) "AAAAAA", .text = "r of the signature is 0"),
	RAISES("sig-zero", .signature = S_IS_ZERO, .text = "s of the signature is 0"),
	RAISES("sig-zero", .signature = R_IS_ORDER, .text = "not below"),
	SILENT("sig-zero", .signature = R_AND_S),
	SILENT("sig-zero", ALG("Ed25519"), .signature = A(80) "AAAAAA"),
	/* SEQUENCE { INTEGER 1, INTEGER 1 } */
	RAISES("ecdsa-der", .signature = "MAYCAQECAQE"),
	SILENT("ecdsa-der", .signature = "MAYCAQECAQEA"),
	SILENT("ecdsa-der", ALG("HS256"), .signature = "MAYCAQECAQE"),
	RAISES("truncated", .signature = A(80), .text = "cut off by 6 characters"),
	RAISES("truncated", ALG("HS256"), .signature = A(40), .text = "by 3 characters"),
	RAISES("truncated", ALG("RS256"), .signature = A(160) A(80) A(40) A(8) A(8) A(8) A(8),
	       .text = "by 30 characters"),
	RAISES("truncated", .raw = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AA.AAAA"),
	SILENT("truncated", ALG("RS256"), .signature = A(320) A(8) A(8) "AAAAAA"),
	SILENT("truncated", ALG("HS256"), .signature = ONE "AAAA"),
	SILENT("truncated",
	       .raw = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"),
	{ .id = NULL },
};
