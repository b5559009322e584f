/* MACs that tie rows to the audit chain: of a key with all its versions, and of an event. */
#include <stdlib.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

static const char label_object[] = "object", label_audit[] = "audit";

bool object_mac(struct store *s, const struct key *k, const struct key_version *versions,
		size_t count, uint8_t out[MAC_SIZE])
{
	struct mac *mac = ring_mac(s, k->ring, RING_ROW);
	uint8_t (*rows)[ROW_MAC_SIZE] = x_calloc(count + 1, sizeof *rows);
	size_t used = 1;
	bool ok = mac && key_mac(s, k, rows[0]);

	for (size_t i = count; ok && i > 0; i--) {
		if (versions[i - 1].state != VERSION_PENDING)
			ok = version_mac(s, &versions[i - 1], k->id, rows[used++]);
	}
	if (ok) {
		mac_parts(mac, out, (struct span[]){ { label_object, sizeof label_object },
						     { s->id, STORE_ID_SIZE },
						     { rows, used * sizeof *rows } }, 3);
	}
	free(rows);
	return ok;
}

enum errc key_object_mac(struct store *s, const struct key *k, uint8_t out[MAC_SIZE], struct err *e)
{
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc rc = versions_of(s, k->row, &versions, &count, e);

	if (!rc && !object_mac(s, k, versions, count, out)) {
		rc = err_set(e, ERR_STORE, "a row of \"%s\" names a ring key that is missing", k->id);
		err_hint(e, "authrack store check looks at every row");
	}
	free(versions);
	return rc;
}

bool audit_mac(struct store *s, const struct audit_event *ev, uint8_t out[MAC_SIZE])
{
	struct mac *mac = ring_mac(s, ev->ring, RING_AUDIT);

	if (!mac)
		return false;
	mac_parts(mac, out, (struct span[]){ { label_audit, sizeof label_audit },
					     { s->id, STORE_ID_SIZE },
					     { ev->hash, SHA256_SIZE } }, 3);
	return true;
}
