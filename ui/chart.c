/* Figures and their pictures, in cells of eighths where the terminal shows them. */
#include "ui/chart.h"

#include <stdio.h>
#include <string.h>

#include "src/base/text.h"

enum { EIGHTHS = 8, STEP_MAX = 8, GAP_FROM = 4, HALVES = 2 };

static const char *const levels[EIGHTHS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const parts[EIGHTHS + 1] = { "░", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };

void number_grouped(char out[NUMBER_SIZE], int64_t n)
{
	char digits[NUMBER_SIZE];
	size_t len, at = 0;

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	len = strlen(digits);
	for (size_t i = 0; i < len && at + 2 < NUMBER_SIZE; i++) {
		out[at++] = digits[i];
		if ((len - i - 1) % 3 == 0 && i + 1 < len && digits[i] != '-')
			out[at++] = ',';
	}
	out[at] = '\0';
}

void number_short(char out[NUMBER_SIZE], int64_t n)
{
	static const char units[] = { 0, 'k', 'M', 'G', 'T' };
	double value = (double)n;
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < sizeof(units)) {
		value /= 1000;
		unit++;
	}
	if (!unit) {
		snprintf(out, NUMBER_SIZE, "%lld", (long long)n);
		return;
	}
	snprintf(out, NUMBER_SIZE, value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
	if (strncmp(out + 1, ".0", 2) == 0)
		memmove(out + 1, out + 3, strlen(out + 3) + 1);
}

static int64_t largest(const int64_t *values, size_t count)
{
	int64_t most = 0;

	for (size_t i = 0; i < count; i++)
		most = values[i] > most ? values[i] : most;
	return most;
}

/* One of the levels from 1 (zero) to 8; 0 where there is no data. */
static int spark_level(int64_t value, int64_t most)
{
	if (value < 0)
		return 0;
	if (!most || !value)
		return 1;
	return 2 + (int)((value * (EIGHTHS - 2) + most / 2) / most);
}

/* What is left free between two values that have cells to spare. */
static int bar_width(int step)
{
	return step >= GAP_FROM ? step - 1 : step;
}

void spark_draw_wide(const struct area *a, int x, int y, const int64_t *values, size_t count,
		     int step, enum style style)
{
	int64_t most = largest(values, count);

	for (size_t i = 0; i < count; i++)
		for (int cell = 0; cell < bar_width(step); cell++)
			area_text(a, x + (int)i * step + cell, y, 1, style,
				  levels[spark_level(values[i], most)]);
}

void spark_draw(const struct area *a, int x, int y, const int64_t *values, size_t count,
		enum style style)
{
	spark_draw_wide(a, x, y, values, count, 1, style);
}

void bar_draw(const struct area *a, int x, int y, int width, int64_t part, int64_t whole,
	      enum style style)
{
	double share = whole > 0 ? (double)part / (double)whole : 0;
	int filled = (int)((share > 1 ? 1 : share) * width * EIGHTHS + 0.5);

	for (int i = 0; i < width; i++) {
		int here = filled - i * EIGHTHS;

		here = here < 0 ? 0 : here > EIGHTHS ? EIGHTHS : here;
		area_text(a, x + i, y, 1, here ? style : STYLE_SECONDARY, parts[here]);
	}
}

/* --- charts -------------------------------------------------------------------------------- */
int chart_step(int width, size_t count)
{
	int step = count ? (width - CHART_AXIS) / (int)count : 1;

	return step < 1 ? 1 : step > STEP_MAX ? STEP_MAX : step;
}

int64_t chart_scale(const int64_t *values, size_t count)
{
	static const int64_t round_tenths[] = { 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100 };
	int64_t most = largest(values, count), power = 1;
	size_t i = 0;

	if (most <= 10)
		return most < 2 ? 2 : most + most % 2;
	while (most > power * 10)
		power *= 10;
	while (round_tenths[i] * power / 10 < most)
		i++;
	return round_tenths[i] * power / 10;
}

static void chart_bar(const struct area *a, int y, const struct chart *c, size_t i, int64_t scale)
{
	int x = CHART_AXIS + (int)i * c->step;
	int filled = (int)((c->values[i] * c->height * EIGHTHS + scale / 2) / scale);

	filled = filled ? filled : 1; /* zero is seen, too */
	for (int line = 0; line * EIGHTHS < filled && line < c->height; line++) {
		int here = filled - line * EIGHTHS;

		for (int cell = 0; cell < bar_width(c->step); cell++)
			area_text(a, x + cell, y + c->height - 1 - line, 1, c->style,
				  levels[here > EIGHTHS ? EIGHTHS : here]);
	}
}

/* The half lines from `low` to `high` of one column of cells. */
static void chart_halves(const struct area *a, int y, const struct chart *c, int x, int low,
			 int high)
{
	for (int line = low / HALVES; line <= high / HALVES; line++) {
		bool lower = low <= line * HALVES, upper = high >= line * HALVES + 1;

		area_text(a, x, y + c->height - 1 - line, 1, c->style,
			  lower && upper ? "█"
			  : lower	 ? "▄"
					 : "▀");
	}
}

/* Half a line thick; where it rises or falls it is drawn through, so that it never breaks. */
static void chart_line(const struct area *a, int y, const struct chart *c, int64_t scale)
{
	int before = -1, top = c->height * HALVES - 1;

	for (size_t i = 0; i < c->count; i++) {
		int level = (int)((c->values[i] * top + scale / 2) / scale);
		int from = before < 0 || before == level ? level
			   : before < level		 ? before + 1
							 : before - 1;

		for (int cell = 0; cell < c->step; cell++)
			chart_halves(a, y, c, CHART_AXIS + (int)i * c->step + cell,
				     cell || from > level ? level : from,
				     cell || from < level ? level : from);
		before = level;
	}
}

static void chart_axis(const struct area *a, int y, int height, int64_t scale)
{
	const struct {
		int line;
		int64_t value;
	} marks[] = { { 0, scale }, { height / 2, scale / 2 }, { height - 1, 0 } };
	char text[NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (i == 1 && height < 3)
			continue;
		number_short(text, marks[i].value);
		area_text_right(a, 0, y + marks[i].line, CHART_AXIS - 1, STYLE_SECONDARY, text);
	}
}

int chart_draw(const struct area *a, int y, const struct chart *c)
{
	int64_t scale = chart_scale(c->values, c->count);

	chart_axis(a, y, c->height, scale);
	if (c->line)
		chart_line(a, y, c, scale);
	for (size_t i = 0; !c->line && i < c->count; i++)
		chart_bar(a, y, c, i, scale);
	return c->height;
}

void chart_labels(const struct area *a, int y, const char *const *labels, size_t count, int step)
{
	for (size_t i = 0; i < count; i++) {
		int x = CHART_AXIS + (int)i * step;

		if (labels[i] && x + (int)text_width(labels[i], strlen(labels[i])) <= a->width)
			area_text(a, x, y, -1, STYLE_SECONDARY, labels[i]);
	}
}
