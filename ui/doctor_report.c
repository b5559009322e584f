/* A doctor's report as rows: failures first, passes and skipped checks folded into a line each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/doctor.h"
#include "ui/record.h"

static const char *const verdicts[DOCTOR_VERDICTS] = {
	[RANK_FAIL] = "fail", [RANK_WARN] = "warn",	  [RANK_INFO] = "info",
	[RANK_PASS] = "pass", [RANK_SKIPPED] = "skipped",
};

enum doctor_rank doctor_rank(const struct json *check)
{
	const char *verdict = record_text(check, "verdict", "");

	for (int i = 0; i < DOCTOR_VERDICTS; i++)
		if (strcmp(verdicts[i], verdict) == 0)
			return (enum doctor_rank)i;
	return RANK_SKIPPED;
}

static const char *check_id(const struct json *check)
{
	return record_text(check, "id", "?");
}

size_t doctor_total(const struct doctor_state *s, enum doctor_rank rank)
{
	size_t n = 0;

	for (size_t i = 0; i < json_count(s->checks); i++)
		n += doctor_rank(json_at(s->checks, i)) == rank;
	return n;
}

/* --- taking one in ------------------------------------------------------------------------- */
static const struct json *check_find(const struct json *checks, const char *id)
{
	for (size_t i = 0; i < json_count(checks); i++)
		if (strcmp(check_id(json_at(checks, i)), id) == 0)
			return json_at(checks, i);
	return NULL;
}

/* Of a run of one check the others say nothing: theirs stay as they were. */
void doctor_take(struct doctor_state *s, const struct json *checks, const char *only)
{
	struct json *now = json_array_new();

	for (size_t i = 0; *only && i < json_count(s->checks); i++) {
		const struct json *old = json_at(s->checks, i);
		const struct json *fresh = strcmp(check_id(old), only) ? NULL
								       : check_find(checks, only);

		json_add(now, json_keep(fresh ? fresh : old));
	}
	if (!*only || !s->checks) {
		json_free(now);
		now = json_keep(checks);
	}
	json_free(s->checks);
	s->checks = now;
	doctor_rows(s);
}

void doctor_forget(struct doctor_state *s)
{
	json_free(s->checks);
	free(s->rows);
	s->checks = NULL;
	s->rows = NULL;
	s->count = 0;
}

/* --- rows ---------------------------------------------------------------------------------- */
static int compare_ids(const void *a, const void *b)
{
	const struct doctor_row *one = a, *other = b;

	return strcmp(check_id(one->check), check_id(other->check));
}

static void rows_add(struct doctor_state *s, enum doctor_rank rank)
{
	size_t first = s->count, total = doctor_total(s, rank);

	if (!total)
		return;
	if (!s->unfolded[rank] && rank >= RANK_PASS) {
		s->rows[s->count++] = (struct doctor_row){ .rank = rank, .folded = total };
		return;
	}
	for (size_t i = 0; i < json_count(s->checks); i++)
		if (doctor_rank(json_at(s->checks, i)) == rank)
			s->rows[s->count++] = (struct doctor_row){ .rank = rank,
								   .check = json_at(s->checks, i) };
	if (s->by_id)
		qsort(s->rows + first, s->count - first, sizeof(*s->rows), compare_ids);
}

void doctor_rows(struct doctor_state *s)
{
	free(s->rows);
	s->rows = x_calloc(json_count(s->checks) + DOCTOR_VERDICTS, sizeof(*s->rows));
	s->count = 0;
	for (int rank = 0; rank < DOCTOR_VERDICTS; rank++)
		rows_add(s, (enum doctor_rank)rank);
}

static const char *row_name(const struct doctor_row *row)
{
	return row->check ? check_id(row->check) : verdicts[row->rank];
}

void doctor_unfold(struct doctor_state *s, enum doctor_rank rank)
{
	s->unfolded[rank] = true;
	doctor_rows(s);
	for (size_t i = s->count; i-- > 0;)
		if (s->rows[i].rank == rank)
			snprintf(s->at, sizeof(s->at), "%s", row_name(&s->rows[i]));
}

size_t doctor_row_now(const struct doctor_state *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(row_name(&s->rows[i]), s->at) == 0)
			return i;
	return 0;
}

void doctor_move(struct doctor_state *s, int by)
{
	int to = (int)doctor_row_now(s) + by;

	if (!s->count)
		return;
	to = to >= (int)s->count ? (int)s->count - 1 : to < 0 ? 0 : to;
	snprintf(s->at, sizeof(s->at), "%s", row_name(&s->rows[to]));
	s->pane = (struct scroll){ .at = 0 };
}

const struct json *doctor_check_now(const struct doctor_state *s)
{
	return s->count ? s->rows[doctor_row_now(s)].check : NULL;
}
