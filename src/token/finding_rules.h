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

extern const struct finding_rule finding_exp_missing, finding_expired, finding_exp_long,
	finding_exp_order, finding_time_type, finding_time_millis, finding_nbf_future,
	finding_iat_future;
extern const struct finding_rule finding_iss_missing, finding_iss_http, finding_claim_type,
	finding_aud_missing, finding_aud_odd, finding_azp_missing, finding_sub_missing,
	finding_sub_long, finding_jti_missing, finding_client_missing, finding_at_claims,
	finding_bearer, finding_oidc_hash;
extern const struct finding_rule finding_pii, finding_secret_claim, finding_scope_wide;
extern const struct finding_rule finding_hostile_text, finding_big_number, finding_look_alike;
extern const struct finding_rule finding_alg_not_allowed, finding_key_mismatch,
	finding_key_malformed, finding_short_secret, finding_rsa_small, finding_rsa_exponent,
	finding_rsa_roca, finding_point_invalid, finding_kid_missing, finding_kid_duplicate,
	finding_jwks_mixed;
extern const struct finding_rule finding_weak_secret, finding_alg_confusion, finding_secret_encoded;
extern const struct finding_rule finding_pbes2_rounds, finding_epk_invalid, finding_jwe_unsigned;
extern const struct finding_rule finding_sd_mismatch;

#endif
