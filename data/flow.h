/* Device flows under way, so that one can be taken up again while its code lives. They grant nothing:
 * they are written without audit events, under a MAC, and go when the flow ends. */
#ifndef DATA_FLOW_H
#define DATA_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "data/store.h"

enum { FLOW_ID_SIZE = 31, FLOW_KEPT_MAX = 256 * 1024 };

struct flow {
	int64_t row;
	char id[FLOW_ID_SIZE]; /* "flw_" + ULID */
	int64_t provider;      /* row */
	char *provider_name;   /* read only */
	char *kept;	       /* JSON of flow_save(), no secret; at most FLOW_KEPT_MAX */
	int64_t created_at;
	int64_t expires_at; /* wall time, for lists */
	bool save;	    /* the grant is to be saved */
	int64_t pid,
		pid_start; /* who polls; the start time in clock ticks, /proc/PID/stat field 22 */
	int64_t ring;
	bool altered;
};

void flow_row_init(struct flow *f);
void flow_row_release(struct flow *f);

/* All in transactions of store_begin_unaudited(). `secrets`: NULL none. Sweeps before. */
enum errc flow_insert(struct store *s, struct flow *f, const struct secret *secrets, struct err *e);
/* `kept`, `expires_at` and `save` anew; the secrets stay. ERR_CONFLICT where it was forgotten, or another
 * process has it by now. */
enum errc flow_update(struct store *s, const struct flow *f, struct err *e);
/* Well where it is gone already. */
enum errc flow_delete(struct store *s, const char *id, struct err *e);
/* Takes it for a process; ERR_CONFLICT while one that still runs has it, be it the same. */
enum errc flow_take(struct store *s, struct flow *f, int64_t pid, int64_t pid_start, struct err *e);
/* The process lives on, but polls it no more: anybody may take it. */
enum errc flow_give_back(struct store *s, struct flow *f, struct err *e);
/* Deletes those whose code expired before `now` (wall), but for those that a process still has. */
enum errc flow_sweep(struct store *s, int64_t now, struct err *e);

enum errc flow_get(struct store *s, const char *id, struct flow *f, struct err *e);
enum errc flow_secrets(struct store *s, const struct flow *f, struct secret *out, struct err *e);
/* Newest first. */
enum errc flow_each(struct store *s, bool (*call)(void *arg, const struct flow *f), void *arg,
		    struct err *e);

#endif
