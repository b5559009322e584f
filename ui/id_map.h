/* Ids in the order they were added, found in one step however many there are. */
#ifndef UI_ID_MAP_H
#define UI_ID_MAP_H

#include <stddef.h>
#include <stdint.h>

enum { ID_SIZE = 40 }; /* bytes of an id with its NUL */

struct id_map {
	char (*ids)[ID_SIZE];
	size_t count, size;
	uint32_t *slots;   /* place in `ids` + 1; 0: free */
	size_t slot_count; /* a power of two, at least twice `count` */
};

void id_map_release(struct id_map *m);
void id_map_clear(struct id_map *m); /* keeps the memory */
/* An id that is there already is not looked for: find first. Returns its place. */
size_t id_map_add(struct id_map *m, const char *id);
/* Those behind it move up by one. */
void id_map_remove(struct id_map *m, size_t place);
size_t id_map_find(const struct id_map *m, const char *id); /* its place, or m->count */

#endif
