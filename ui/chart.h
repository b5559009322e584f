/* Small pictures of figures. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/number.h"
#include "ui/frame.h"

/* One cell a value; lowest is zero, blank where value < 0 (no data); scaled to the largest. */
void spark_draw(const struct area *a, int x, int y, const int64_t *values, size_t count,
		enum style style);
/* A bar of `width` cells, `part` of `whole` filled. */
void bar_draw(const struct area *a, int x, int y, int width, int64_t part, int64_t whole,
	      enum style style);
enum { CHART_AXIS = 8 }; /* columns left of the first value */

struct chart {
	const int64_t *values; /* none below 0 */
	size_t count;
	int width;  /* cells of all values together: chart_width() */
	int height; /* lines */
	bool line;  /* a line instead of bars: for many values that follow each other */
	enum style style;
};

/* For an area of this width: as many cells for each of the bars, 1 to 8; a line takes all there are. */
int chart_width(int area, size_t count, bool line);
/* The value at the chart's upper edge: the next round number from the largest on. */
int64_t chart_scale(const int64_t *values, size_t count);
/* Bars or a line, with an axis at the left ("1.2k", "600", "0"). Returns the lines used. */
int chart_draw(const struct area *a, int y, const struct chart *c);
/* The values on one line, as spark_draw() has them, but apart from what stands above. */
void chart_row(const struct area *a, int y, const struct chart *c);
/* Labels under the values they belong to, where not NULL; one that would be cut is left out. */
void chart_labels(const struct area *a, int y, const struct chart *c, const char *const *labels);

#endif
