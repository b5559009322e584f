/* A table of sets of four: what is over goes first, else the four take turns. */
#include "src/app/memo.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/random.h"
#include "src/base/secret.h"

/* 16,384 secrets, about a KiB each: what is asked for more seldom than that is read from the store. */
enum { SETS = 4096, WAYS = 4 };

struct memo {
	struct mac *mac;
	uint64_t era;
	uint8_t turn[SETS];
	struct memo_entry *entries[SETS][WAYS];
};

struct memo *memo_new(void)
{
	struct memo *m = x_calloc(1, sizeof *m);
	uint8_t key[KEY256_SIZE];

	random_private(key, sizeof key);
	m->mac = mac_new(key);
	secret_wipe(key, sizeof key);
	m->era = 1;
	return m;
}

static void entry_free(struct memo_entry *entry)
{
	if (!entry)
		return;
	verify_result_release(&entry->result);
	secret_wipe(entry, sizeof *entry);
	free(entry);
}

void memo_free(struct memo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t way = 0; way < WAYS; way++)
			entry_free(m->entries[i][way]);
	mac_free(m->mac);
	free(m);
}

void memo_prove(struct memo *m, const char *secret, size_t len, struct memo_proof *out)
{
	const struct span whole = { secret, len };

	mac_parts(m->mac, out->mac, &whole, 1);
}

static size_t set_of(const struct memo_proof *p)
{
	uint32_t bits;

	memcpy(&bits, p->mac, sizeof bits);
	return bits % SETS;
}

struct memo_entry *memo_find(struct memo *m, const struct memo_proof *p)
{
	struct memo_entry **set = m->entries[set_of(p)];

	for (size_t way = 0; way < WAYS; way++)
		if (set[way] && set[way]->era == m->era &&
		    bytes_equal(set[way]->proof.mac, p->mac, sizeof p->mac))
			return set[way];
	return NULL;
}

static struct memo_entry *entry_place(struct memo *m, size_t set)
{
	size_t way = 0;

	while (way < WAYS && m->entries[set][way] && m->entries[set][way]->era == m->era)
		way++;
	if (way == WAYS)
		way = m->turn[set]++ % WAYS;
	if (!m->entries[set][way]) {
		m->entries[set][way] = x_calloc(1, sizeof(struct memo_entry));
		verify_result_init(&m->entries[set][way]->result);
	}
	return m->entries[set][way];
}

void memo_keep(struct memo *m, const struct memo_proof *p, const struct verify_result *r,
	       int64_t deprecated_at)
{
	struct memo_entry *entry = entry_place(m, set_of(p));

	entry->proof = *p;
	entry->era = m->era;
	entry->result.known = r->known;
	key_copy(&entry->result.key, &r->key);
	entry->result.version = r->version;
	entry->deprecated_at = deprecated_at;
}

void memo_forget(struct memo *m)
{
	m->era++;
}
