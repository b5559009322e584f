/* The operations' records, each declared beside its run function; joined in op_table.c. */
#ifndef APP_OPS_H
#define APP_OPS_H

#include "src/app/op.h"

extern const struct op op_key_create, op_key_list, op_key_show, op_key_edit, op_key_rotate,
	op_key_revoke, op_key_disable, op_key_enable, op_key_verify, op_key_purge;

#endif
