/* Every rule of the doctor by name; the table is in doctor_table.c. */
#ifndef OAUTH_DOCTOR_RULES_H
#define OAUTH_DOCTOR_RULES_H

#include "src/oauth/doctor.h"

/* doctor_discovery.c */
extern const struct doctor_rule doctor_disc_fetch, doctor_disc_issuer, doctor_disc_slash,
	doctor_disc_template, doctor_disc_both, doctor_disc_required, doctor_disc_device,
	doctor_disc_grant, doctor_disc_auth, doctor_disc_url;
/* doctor_transport.c */
extern const struct doctor_rule doctor_tls_https, doctor_tls_chain, doctor_tls_version,
	doctor_clock;
/* doctor_jwks.c */
extern const struct doctor_rule doctor_jwks_fetch, doctor_jwks_private, doctor_jwks_kid,
	doctor_jwks_strength, doctor_jwks_alg;
/* doctor_device.c */
extern const struct doctor_rule doctor_dev_response, doctor_dev_cache, doctor_dev_entropy,
	doctor_dev_own, doctor_dev_pkce, doctor_dev_scope;
/* doctor_codes.c */
extern const struct doctor_rule doctor_dev_units, doctor_dev_types, doctor_dev_page,
	doctor_dev_site, doctor_dev_usercode, doctor_dev_uri, doctor_dev_complete,
	doctor_dev_expiry, doctor_dev_interval;
/* doctor_refusals.c */
extern const struct doctor_rule doctor_dev_rate, doctor_dev_client, doctor_dev_noclient,
	doctor_dev_get;
/* doctor_token.c */
extern const struct doctor_rule doctor_tok_pending, doctor_tok_json, doctor_tok_slow,
	doctor_tok_exact, doctor_tok_echo, doctor_tok_expired, doctor_tok_unknown, doctor_tok_bound,
	doctor_tok_grant, doctor_tok_secret, doctor_tok_query, doctor_tok_twice;
/* doctor_grant.c */
extern const struct doctor_rule doctor_ok_response, doctor_ok_scope, doctor_ok_once,
	doctor_ok_denied, doctor_ok_idmissing, doctor_ok_offline, doctor_ok_idtoken, doctor_ok_at,
	doctor_ok_refresh, doctor_ok_userinfo, doctor_ok_introspect, doctor_ok_revoke;

/* --- what several of their files ask --------------------------------------------------------- */

/* Is this address in clear, and not on this machine, where the provider is here as well? */
bool doctor_in_clear(const struct doctor_facts *f, const char *url);
/* The probe where the provider decided about what it was asked; else NULL, and the result is
 * skipped: no answer, 429, 5xx, or no JSON, of which tok-json tells. */
const struct doctor_probe *doctor_decided(const struct doctor_facts *f, struct doctor_result *r,
					  enum doctor_probe_id id);
/* Does the vendor's record tell that it has ways of its own? */
bool doctor_is_vendor(const struct doctor_facts *f);
/* The Content-Type of an answer; "" where there is none. */
const char *doctor_content_type(const struct http_response *a);
/* Is the answer of type application/json? */
bool doctor_is_json(const struct http_response *a);
/* Is it forbidden to keep it (RFC 9111 §5.2.2.5)? */
bool doctor_no_store(const struct http_response *a);
/* The error of an answer in words: "400 invalid_client", "200 and tokens"; in a ring of a few
 * rooms. */
const char *doctor_answered(const struct doctor_probe *p);
bool doctor_error_is(const struct doctor_probe *p, const char *error);
/* doctor_device.c: which of the own client's requests for a code counts; and the answer that
 * brought one, with the object of it in *json, NULL: skipped. */
enum doctor_probe_id doctor_device_asked(const struct doctor_facts *f);
const struct doctor_probe *doctor_codes_given(const struct doctor_facts *f, struct doctor_result *r,
					      const struct json **json);

#endif
