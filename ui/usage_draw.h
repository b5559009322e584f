/* The parts of usage figures as the Usage screen, the usage page of a key and a key's own page draw them. */
#ifndef UI_USAGE_DRAW_H
#define UI_USAGE_DRAW_H

#include "ui/chart.h"
#include "ui/frame.h"
#include "ui/usage_view.h"

/* Rule, chart of calls, denied ones below, times. Takes `height` lines, 7 at least. */
void usage_chart_draw(const struct usage *u, const struct area *a, int y, int height);
/* Denials by reason: a rule, then a line each, at most `height` lines in all; what has no room is
 * summed up. Returns the lines used. */
int usage_codes_draw(const struct usage *u, const struct area *a, int y, int height);
/* Lines that it would take. */
int usage_codes_height(const struct usage *u);

/* A number that is grouped where it fits and short where it does not, right-aligned in the cell. */
void usage_count_draw(const struct area *cell, int x, int y, int width, int64_t n);
/* "18,402 ok  23 denied" */
void usage_totals_text(char *out, size_t size, int64_t allowed, int64_t denied);

/* Labels of the hours that a chart's values begin at: "14", in the console's times. `texts` keeps them. */
enum { USAGE_LABEL = 8 };
void usage_hour_labels(const struct console *c, const struct chart *chart, const int64_t *begin,
		       char texts[][USAGE_LABEL], const char **labels);

#endif
