/* All rules of findings, in the order of the manual. */
#include "src/token/finding_rules.h"

const struct finding_rule *const finding_rules[] = {
	/* the form */
	&finding_seg_count,
	&finding_b64_loose,
	&finding_alb_padding,
	&finding_not_utf8,
	&finding_json_invalid,
	&finding_not_object,
	&finding_dup_header,
	&finding_dup_claim,
	&finding_json_serialisation,
	&finding_too_large,
	/* the algorithm */
	&finding_alg_none,
	&finding_alg_missing,
	&finding_alg_unknown,
	&finding_alg_deprecated,
	&finding_alg_eddsa,
	/* the header */
	&finding_jwk_embedded,
	&finding_jku_remote,
	&finding_kid_suspicious,
	&finding_header_type,
	&finding_header_unprotected,
	&finding_header_unsigned,
	&finding_crit_unknown,
	&finding_crit_malformed,
	&finding_b64_uncrit,
	&finding_zip_used,
	&finding_typ_missing,
	&finding_typ_access,
	&finding_typ_unexpected,
	&finding_nested_cty,
	/* the signature */
	&finding_sig_empty,
	&finding_sig_length,
	&finding_sig_zero,
	&finding_ecdsa_der,
	&finding_truncated,
	NULL,
};
