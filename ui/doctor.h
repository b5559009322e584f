/* What the parts of the Doctor screen share: a report on one provider, how far a run has come, and where
 * the person is in it (doctor_*.c). */
#ifndef UI_DOCTOR_H
#define UI_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/json.h"
#include "ui/console.h"
#include "ui/screen.h"
#include "ui/scroll.h"

enum { DOCTOR_ID = 40, DOCTOR_VERDICTS = 5 };

/* In the order in which they stand in the report. */
enum doctor_rank { RANK_FAIL, RANK_WARN, RANK_INFO, RANK_PASS, RANK_SKIPPED };

/* A line of the report: a check, or those of a verdict that are folded into one. */
struct doctor_row {
	enum doctor_rank rank;
	const struct json *check; /* NULL: folded */
	size_t folded;
};

struct doctor_state {
	char *provider;	     /* NULL: none was chosen */
	struct json *checks; /* array, in the order of the report; NULL: none was made */
	int64_t made_at, took_ms;
	struct doctor_row *rows;
	size_t count;
	char at[DOCTOR_ID]; /* id of the check in focus, or the verdict of a folded line */
	bool unfolded[DOCTOR_VERDICTS];
	bool by_id;
	struct scroll scroll, pane;
	bool in_pane;
	int list_y; /* of the first row as drawn last, for the mouse */
	/* A run. */
	struct work *work;
	int64_t started_at;
	char only[DOCTOR_ID]; /* the check that is run again; "": all */
	char doing[128], note[512];
	uint64_t done, total;
	struct json *names; /* providers to choose from */
	struct work *loading;
};

struct doctor_state *doctor_state(struct view *v);

/* --- doctor_report.c -------------------------------------------------------------------------- */
enum doctor_rank doctor_rank(const struct json *check);
size_t doctor_total(const struct doctor_state *s, enum doctor_rank rank);
/* Takes a report's checks in: all of them, or the one that was run again. */
void doctor_take(struct doctor_state *s, const struct json *checks, const char *only);
/* The rows anew, after anything that decides about them has changed. */
void doctor_rows(struct doctor_state *s);
/* The cursor goes to the first of them. */
void doctor_unfold(struct doctor_state *s, enum doctor_rank rank);
size_t doctor_row_now(const struct doctor_state *s);
void doctor_move(struct doctor_state *s, int by);
/* The check in focus; NULL: a folded line, or no report. */
const struct json *doctor_check_now(const struct doctor_state *s);
void doctor_forget(struct doctor_state *s); /* the report, not the provider */

/* --- doctor_draw.c ---------------------------------------------------------------------------- */
void doctor_draw(struct view *v, const struct area *a);
void doctor_context(struct view *v, const struct area *line);
/* All that a check says, for pane and page; returns the lines. */
int doctor_check_draw(const struct json *check, const struct area *a, int y);
/* Byte offset of the first difference between two texts that are mostly the same; -1: they are equal, or
 * have nothing in common that a difference could be pointed at in. */
int doctor_difference(const char *expected, const char *seen);

/* --- doctor_export.c -------------------------------------------------------------------------- */
void doctor_export(struct view *v); /* the form */

#endif
