/* The rules' records, each declared beside its function; joined in finding_table.c. */
#ifndef TOKEN_FINDING_RULES_H
#define TOKEN_FINDING_RULES_H

#include "src/token/finding.h"

extern const struct finding_rule finding_alg_none, finding_alg_missing, finding_alg_unknown,
	finding_alg_deprecated, finding_alg_eddsa;
extern const struct finding_rule finding_jwk_embedded, finding_jku_remote, finding_kid_suspicious,
	finding_header_type, finding_header_unprotected, finding_header_unsigned;
extern const struct finding_rule finding_crit_unknown, finding_crit_malformed, finding_b64_uncrit,
	finding_zip_used;
extern const struct finding_rule finding_typ_missing, finding_typ_access, finding_typ_unexpected,
	finding_nested_cty;
extern const struct finding_rule finding_seg_count, finding_b64_loose, finding_alb_padding,
	finding_not_utf8, finding_json_invalid, finding_not_object, finding_dup_header,
	finding_dup_claim, finding_json_serialisation, finding_too_large;
extern const struct finding_rule finding_sig_empty, finding_sig_length, finding_sig_zero,
	finding_ecdsa_der, finding_truncated;

#endif
