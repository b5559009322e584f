/* What the operations that change providers share. */
#ifndef APP_PROVIDER_CHANGE_H
#define APP_PROVIDER_CHANGE_H

#include "data/provider.h"
#include "src/app/op.h"

/* The argument that names one. */
#define PROVIDER_ARG                                                                              \
	{                                                                                         \
		.name = "provider", .type = ARG_PROVIDER, .flags = ARG_REQUIRED | ARG_POSITIONAL, \
		.help = "id or name"                                                              \
	}

/* By id or name, with ERR_NOT_FOUND in words. */
enum errc provider_pick(struct store *s, const char *id_or_name, struct provider *p, struct err *e);
/* The audit event of a change; inside its transaction. `before`: provider_object_mac() from before it, NULL
 * for a new one. */
enum errc provider_note(const struct op_call *c, struct store *s, const struct provider *p,
			const uint8_t before[MAC_SIZE], const struct json *detail, struct err *e);
/* What the audit tells of one: everything that was set, no secret. Caller frees. */
struct json *provider_detail(const struct provider *p);
/* Reads it anew and gives its record out. */
enum errc provider_tell(const struct op_call *c, struct store *s, const char *id, struct err *e);

#endif
