/* Figures as people read them, and small pictures of them. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "ui/frame.h"

enum { NUMBER_SIZE = 32 };
void number_grouped(char out[NUMBER_SIZE], int64_t n); /* "18,402" */
void number_short(char out[NUMBER_SIZE], int64_t n);   /* "1.2k", for axes */

/* One cell a value; lowest is zero, blank where value < 0 (no data); scaled to the largest. */
void spark_draw(const struct area *a, int x, int y, const int64_t *values, size_t count,
		enum style style);
/* A bar of `width` cells, `part` of `whole` filled. */
void bar_draw(const struct area *a, int x, int y, int width, int64_t part, int64_t whole,
	      enum style style);
/* Columns of `height` lines with an axis at the left ("1.2k") and labels below where not NULL;
 * each value takes `step` cells. Returns the lines used. */
int chart_draw(const struct area *a, const int64_t *values, size_t count, int step, int height,
	       const char *const *labels, enum style style);

#endif
