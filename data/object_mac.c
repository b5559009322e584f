/* MACs that tie rows to the audit chain: of a key with all its versions, of an object that is one row,
 * and of an event. */
#include <stdlib.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"

static const char label_object[] = "object";

static void object_mac_of(struct mac *mac, uint8_t (*rows)[ROW_MAC_SIZE], size_t count,
			  uint8_t out[MAC_SIZE])
{
	mac_parts(mac, out,
		  (struct span[]){ { label_object, sizeof label_object },
				   { rows, count * sizeof *rows } },
		  2);
}

bool object_mac_row(struct store *s, int64_t ring, uint8_t row[ROW_MAC_SIZE], uint8_t out[MAC_SIZE])
{
	struct mac *mac = ring_mac(s, ring, RING_ROW);

	if (mac)
		object_mac_of(mac, (uint8_t(*)[ROW_MAC_SIZE])row, 1, out);
	return mac;
}

bool object_mac_inserted(struct store *s, int64_t ring, uint8_t out[MAC_SIZE])
{
	struct mac *mac = ring_mac(s, ring, RING_ROW);
	uint8_t rows[2][ROW_MAC_SIZE];

	if (!mac)
		return false;
	memcpy(rows[0], s->key_mac, ROW_MAC_SIZE);
	memcpy(rows[1], s->version_mac, ROW_MAC_SIZE);
	object_mac_of(mac, rows, 2, out);
	return true;
}

bool object_mac(struct store *s, const struct key *k, const struct key_version *versions,
		size_t count, uint8_t out[MAC_SIZE])
{
	struct mac *mac = ring_mac(s, k->ring, RING_ROW);
	uint8_t(*rows)[ROW_MAC_SIZE] = x_calloc(count + 1, sizeof *rows);
	size_t used = 1;
	bool ok = mac && key_mac(s, k, rows[0]);

	for (size_t i = count; ok && i > 0; i--) {
		if (versions[i - 1].state != VERSION_PENDING)
			ok = version_mac(s, &versions[i - 1], k->id, rows[used++]);
	}
	if (ok)
		object_mac_of(mac, rows, used, out);
	free(rows);
	return ok;
}

bool audit_mac(struct store *s, const struct audit_event *ev, uint8_t out[MAC_SIZE])
{
	struct mac *mac = ring_mac(s, ev->ring, RING_AUDIT);

	if (!mac)
		return false;
	mac_parts(mac, out, &(struct span){ ev->hash, SHA256_SIZE }, 1);
	return true;
}
