/* A hash table with linear probing over an array of ids; see id_map.h. */
#include "ui/id_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

enum { LEAST_SLOTS = 64 };

/* FNV-1a: ids are ours, nobody chooses them to collide. */
static size_t id_hash(const char *id)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	while (*id)
		hash = (hash ^ (unsigned char)*id++) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds the id, or the free one where it would go. */
static size_t id_slot(const struct id_map *m, const char *id)
{
	size_t slot = id_hash(id) & (m->slot_count - 1);

	while (m->slots[slot] && strcmp(m->ids[m->slots[slot] - 1], id) != 0)
		slot = (slot + 1) & (m->slot_count - 1);
	return slot;
}

static void slots_fill(struct id_map *m)
{
	memset(m->slots, 0, m->slot_count * sizeof(*m->slots));
	for (size_t i = 0; i < m->count; i++)
		m->slots[id_slot(m, m->ids[i])] = (uint32_t)i + 1;
}

static void make_room(struct id_map *m)
{
	if (m->count == m->size) {
		m->size = m->size ? 2 * m->size : LEAST_SLOTS / 2;
		m->ids = x_reallocarray(m->ids, m->size, sizeof(*m->ids));
	}
	if (m->slot_count >= 2 * m->size)
		return;
	m->slot_count = 2 * m->size;
	m->slots = x_reallocarray(m->slots, m->slot_count, sizeof(*m->slots));
	slots_fill(m);
}

void id_map_release(struct id_map *m)
{
	free(m->ids);
	free(m->slots);
	*m = (struct id_map){ .ids = NULL };
}

void id_map_clear(struct id_map *m)
{
	m->count = 0;
	if (m->slots)
		slots_fill(m);
}

size_t id_map_add(struct id_map *m, const char *id)
{
	size_t place;

	make_room(m);
	place = m->count++;
	snprintf(m->ids[place], ID_SIZE, "%s", id);
	m->slots[id_slot(m, m->ids[place])] = (uint32_t)place + 1;
	return place;
}

void id_map_remove(struct id_map *m, size_t place)
{
	m->count--;
	memmove(m->ids[place], m->ids[place + 1], (m->count - place) * sizeof(*m->ids));
	slots_fill(m);
}

size_t id_map_find(const struct id_map *m, const char *id)
{
	uint32_t found = m->count ? m->slots[id_slot(m, id)] : 0;

	return found ? found - 1 : m->count;
}
