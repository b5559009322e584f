/* Figures as people read them, and small pictures of them. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include <stdbool.h>
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
/* One line of cells for values that take `step` cells each, as spark_draw() fills them. */
void spark_draw_wide(const struct area *a, int x, int y, const int64_t *values, size_t count,
		     int step, enum style style);

enum { CHART_AXIS = 7 }; /* columns left of the first value */

struct chart {
	const int64_t *values; /* none below 0 */
	size_t count;
	int step;   /* cells that a value takes */
	int height; /* lines; even, so that half of the scale is at the edge of one */
	bool line;  /* a line instead of bars: for many values that follow each other */
	enum style style;
};

/* The cells that each of `count` values can have in an area of this width, its axis taken off: 1 to 8. */
int chart_step(int width, size_t count);
/* The value at the chart's upper edge: the next round number from the largest on. */
int64_t chart_scale(const int64_t *values, size_t count);
/* Bars or a line, with an axis at the left ("1.2k", "600", "0"). Returns the lines used. */
int chart_draw(const struct area *a, int y, const struct chart *chart);
/* Labels under the values they belong to, where not NULL; one that would be cut is left out. */
void chart_labels(const struct area *a, int y, const char *const *labels, size_t count, int step);

#endif
