/* One row of an import: a key and its version, without reading back what was just written. */
#include "data/store_internal.h"

enum errc key_import_row(struct store *s, struct key *k, struct key_version *v,
			 uint8_t object[MAC_SIZE], struct err *e)
{
	enum errc rc = key_insert(s, k, e);

	if (rc)
		return rc;
	v->key = k->row;
	rc = version_insert(s, v, e);
	if (!rc && !object_mac_inserted(s, k->ring, object))
		rc = err_set(e, ERR_STORE, "ring key %lld is missing", (long long)k->ring);
	return rc;
}
