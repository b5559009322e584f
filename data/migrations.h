/* The numbered migrations, embedded at build; immutable once released. */
#ifndef DATA_MIGRATIONS_H
#define DATA_MIGRATIONS_H

#include <stddef.h>

struct migration {
	int number;		       /* from 1, no gaps: the schema version it leads to */
	const char *name;	       /* "0001_keys.sql" */
	const char *const *statements; /* NULL-terminated */
};

extern const struct migration migrations[];
extern const size_t migration_count;

#endif
