/* The anchor: sequence and head hash of the last change, kept outside the store beside the master key,
 * so that an older store put back is noticed. Two slots, written in turn, in place. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/file.h"

enum { SLOTS = 2, ATTEMPTS = 3 };

#define SLOT_MAGIC "authrack anchor"

struct slot { /* numbers as the machine has them: the file never leaves it */
	char magic[16];
	int64_t sequence, ring;
	uint8_t hash[SHA256_SIZE], mac[MAC_SIZE];
};

char *anchor_path(const struct store *s)
{
	char name[2 * STORE_ID_SIZE + 1], *file, *path;

	hex_encode(name, s->id, STORE_ID_SIZE);
	file = x_asprintf("%s.anchor", name);
	path = s->master.folder ? path_join(s->master.folder, file) : path_config_home(file);
	free(file);
	return path;
}

static bool slot_mac(struct store *s, const struct slot *slot, uint8_t out[MAC_SIZE])
{
	struct mac *m = ring_mac(s, slot->ring, RING_ANCHOR);

	if (m)
		mac_parts(m, out,
			  (struct span[]){ { s->id, STORE_ID_SIZE },
					   { slot, offsetof(struct slot, mac) } },
			  2);
	return m;
}

static enum anchor_state slot_state(struct store *s, const struct slot *slot)
{
	uint8_t mac[MAC_SIZE];

	if (memcmp(slot->magic, SLOT_MAGIC, sizeof slot->magic) != 0)
		return ANCHOR_TORN;
	if (!slot_mac(s, slot, mac))
		return slot->ring > store_ring(s) ? ANCHOR_FOREIGN : ANCHOR_TORN;
	return bytes_equal(mac, slot->mac, MAC_SIZE) ? ANCHOR_FITS : ANCHOR_TORN;
}

static void anchor_take(struct store *s, struct anchor *a, const struct slot slots[SLOTS])
{
	a->state = ANCHOR_TORN;
	for (size_t i = 0; i < SLOTS; i++) {
		enum anchor_state state = slot_state(s, &slots[i]);

		if (state == ANCHOR_TORN ||
		    (a->state != ANCHOR_TORN && slots[i].sequence < a->sequence))
			continue;
		a->state = state;
		a->sequence = slots[i].sequence;
		a->ring = slots[i].ring;
		memcpy(a->hash, slots[i].hash, sizeof a->hash);
	}
}

void anchor_read(struct store *s, struct anchor *a)
{
	char *path = anchor_path(s);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct slot slots[SLOTS] = { 0 };

	*a = (struct anchor){ .state = ANCHOR_NONE };
	/* One that is being written is whole when looked at again. */
	for (int i = 0; fd >= 0 && i < ATTEMPTS && a->state != ANCHOR_FITS; i++)
		if (pread(fd, slots, sizeof slots, 0) >= 0)
			anchor_take(s, a, slots);
	if (fd >= 0)
		close(fd);
	free(path);
}

void anchor_write(struct store *s, int64_t sequence, const uint8_t hash[SHA256_SIZE])
{
	struct slot slot = { .magic = SLOT_MAGIC, .sequence = sequence, .ring = store_ring(s) };
	char *path = anchor_path(s);
	off_t at = (sequence % SLOTS) * (off_t)sizeof slot;
	int fd;

	memcpy(slot.hash, hash, sizeof slot.hash);
	if (slot_mac(s, &slot, slot.mac)) {
		fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
		if (fd >= 0) {
			/* It may lag: what could not be written is caught up with the next change. */
			ssize_t n = pwrite(fd, &slot, sizeof slot, at);

			if (n == (ssize_t)sizeof slot)
				s->anchor = (struct anchor){ .state = ANCHOR_FITS,
							     .sequence = sequence,
							     .ring = slot.ring };
			close(fd);
		}
	}
	free(path);
}

static enum errc rolled_back(struct store *s, const struct anchor *a, struct err *e)
{
	char *path = anchor_path(s);
	enum errc rc;

	err_set(e, ERR_STORE,
		"\"%s\" was rolled back: its anchor has seen change %lld, it ends at %lld", s->path,
		(long long)a->sequence, (long long)s->mark.sequence);
	rc = err_hint(
		e,
		"put the newest copy back and use authrack store restore; if no newer one is left, "
		"remove \"%s\"",
		path);
	free(path);
	return rc;
}

enum errc anchor_compare(struct store *s, const struct anchor *a, struct err *e)
{
	struct stmt *st;
	uint8_t hash[SHA256_SIZE];
	bool row = false;
	enum errc rc;

	if (a->state == ANCHOR_FOREIGN)
		return rolled_back(s, a, e);
	if (a->state != ANCHOR_FITS)
		return ERR_OK;
	if (s->mark.sequence < a->sequence)
		return rolled_back(s, a, e);
	st = db_stmt(s->db, "SELECT hash FROM audit WHERE sequence = $1");
	stmt_int(st, 1, a->sequence);
	rc = stmt_step(st, &row, e);
	if (!rc && row)
		row = stmt_copy_blob(st, "hash", hash, sizeof hash) &&
		      bytes_equal(hash, a->hash, sizeof hash);
	stmt_done(st);
	if (!rc && !row) {
		err_set(e, ERR_STORE,
			"\"%s\" is not the store that its anchor knows: change %lld is another",
			s->path, (long long)a->sequence);
		rc = err_hint(
			e,
			"look with authrack store check; put the newest copy back, without a -wal "
			"beside it");
	}
	return rc;
}

const char *store_notice(struct store *s)
{
	bool told = s->anchor_told;

	s->anchor_told = true;
	if (told || s->anchor.state == ANCHOR_FITS || s->anchor.state == ANCHOR_FOREIGN)
		return NULL;
	if (s->anchor.state == ANCHOR_TORN)
		return "the store's anchor is damaged, so that an older store in its place would "
		       "not be "
		       "noticed; the next change makes it anew";
	/* With the first change it may be on its way. */
	return s->mark.sequence > 1 ? "the store's anchor is missing, so that an older store in "
				      "its place would not be noticed; "
				      "the next change makes it anew"
				    : NULL;
}
