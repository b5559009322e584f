/* The operations' records, each declared beside its run function; joined in op_table.c. */
#ifndef APP_OPS_H
#define APP_OPS_H

#include "src/app/op.h"

extern const struct op op_key_create, op_key_list, op_key_show, op_key_edit, op_key_rotate,
	op_key_revoke, op_key_disable, op_key_enable, op_key_verify, op_key_purge;
extern const struct op op_key_identify, op_key_scan, op_key_import, op_key_export, op_key_usage,
	op_key_snippet;
extern const struct op op_audit_list, op_audit_verify, op_audit_export, op_audit_checkpoint;
extern const struct op op_store_info, op_store_check, op_store_backup, op_store_restore,
	op_store_rekey, op_store_upgrade;
extern const struct op op_token_inspect, op_token_verify, op_token_sign, op_token_decrypt,
	op_token_diff;
extern const struct op op_provider_add, op_provider_list, op_provider_show, op_provider_edit,
	op_provider_remove, op_provider_discover, op_provider_doctor;
extern const struct op op_device_run, op_device_list, op_device_forget;
extern const struct op op_grant_list, op_grant_show, op_grant_refresh, op_grant_userinfo,
	op_grant_introspect, op_grant_revoke, op_grant_remove;
extern const struct op op_guide, op_serve;

#endif
