/* The operation table: every operation, in the order of the help. One line an operation. */
#include <string.h>

#include "src/app/ops.h"

const struct op *const op_table[] = {
	&op_key_create,	     &op_key_list,	  &op_key_show,
	&op_key_edit,	     &op_key_rotate,	  &op_key_revoke,
	&op_key_disable,     &op_key_enable,	  &op_key_verify,
	&op_key_identify,    &op_key_scan,	  &op_key_import,
	&op_key_export,	     &op_key_usage,	  &op_key_snippet,
	&op_key_purge,	     &op_token_inspect,	  &op_token_verify,
	&op_token_sign,	     &op_token_decrypt,	  &op_token_diff,
	&op_provider_add,    &op_provider_list,	  &op_provider_show,
	&op_provider_edit,   &op_provider_remove, &op_provider_discover,
	&op_provider_doctor, &op_device_run,	  &op_device_list,
	&op_device_forget,   &op_grant_list,	  &op_grant_show,
	&op_grant_refresh,   &op_grant_userinfo,  &op_grant_introspect,
	&op_grant_revoke,    &op_grant_remove,	  &op_audit_list,
	&op_audit_verify,    &op_audit_export,	  &op_audit_checkpoint,
	&op_store_info,	     &op_store_check,	  &op_store_backup,
	&op_store_restore,   &op_store_rekey,	  &op_store_upgrade,
	&op_serve,	     &op_guide,		  NULL,
};

const struct op *op_find(const char *id)
{
	for (size_t i = 0; op_table[i]; i++)
		if (strcmp(op_table[i]->id, id) == 0)
			return op_table[i];
	return NULL;
}

const char *op_noun(const struct op *op, char *out, size_t size)
{
	snprintf(out, size, "%.*s", (int)strcspn(op->id, "."), op->id);
	return out;
}

const char *op_verb(const struct op *op)
{
	const char *dot = strchr(op->id, '.');

	return dot ? dot + 1 : "";
}

const struct arg *op_arg(const struct op *op, const char *name)
{
	for (const struct arg *arg = op->args; arg && arg->name; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg;
	return NULL;
}
