/* Figures and their pictures, in cells of eighths where the terminal shows them. */
#include "ui/chart.h"

#include <stdio.h>
#include <string.h>

#include "src/base/text.h"

enum { EIGHTHS = 8, STEP_MAX = 8, GAP_FROM = 4, ROW_TOP = 6, HALVES = 2 };

static const char *const levels[EIGHTHS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const parts[EIGHTHS + 1] = { "░", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };

static int64_t largest(const int64_t *values, size_t count)
{
	int64_t most = 0;

	for (size_t i = 0; i < count; i++)
		most = values[i] > most ? values[i] : most;
	return most;
}

/* One of the levels from 1 (zero) to `top`; 0 where there is no data. */
static int spark_level(int64_t value, int64_t most, int top)
{
	if (value < 0)
		return 0;
	if (!most || !value)
		return 1;
	return 2 + (int)((double)value / (double)most * (top - 2) + 0.5);
}

void spark_draw(const struct area *a, int x, int y, const int64_t *values, size_t count,
		enum style style)
{
	int64_t most = largest(values, count);

	for (size_t i = 0; i < count; i++)
		area_text(a, x + (int)i, y, 1, style,
			  levels[spark_level(values[i], most, EIGHTHS)]);
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
int chart_width(int area, size_t count, bool line)
{
	int room = area - CHART_AXIS, step = count ? room / (int)count : 1;

	if (line)
		return room;
	return (int)count * (step < 1 ? 1 : step > STEP_MAX ? STEP_MAX : step);
}

/* The first cell of a value; with `i` one further, the one behind its last. */
static int chart_x(const struct chart *c, size_t i)
{
	return CHART_AXIS + (int)((int64_t)i * c->width / (int64_t)c->count);
}

/* Likewise of its bar: what has cells to spare leaves one free. */
static int bar_end(const struct chart *c, size_t i)
{
	int end = chart_x(c, i + 1);

	return end - chart_x(c, i) >= GAP_FROM ? end - 1 : end;
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
	while (round_tenths[i] * (power / 10) < most)
		i++;
	return round_tenths[i] * (power / 10);
}

static int chart_level(int64_t value, int64_t scale, int most)
{
	return (int)((double)value / (double)scale * most + 0.5);
}

static void chart_bar(const struct area *a, int y, const struct chart *c, size_t i, int64_t scale)
{
	int filled = chart_level(c->values[i], scale, c->height * EIGHTHS);

	filled = filled ? filled : 1; /* zero is seen, too */
	for (int line = 0; line * EIGHTHS < filled && line < c->height; line++) {
		int here = filled - line * EIGHTHS;

		for (int x = chart_x(c, i); x < bar_end(c, i); x++)
			area_text(a, x, y + c->height - 1 - line, 1, c->style,
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
		int level = chart_level(c->values[i], scale, top);
		int from = before < 0 || before == level ? level
			   : before < level		 ? before + 1
							 : before - 1;

		for (int x = chart_x(c, i); x < chart_x(c, i + 1); x++) {
			bool first = x == chart_x(c, i);

			chart_halves(a, y, c, x, first && from < level ? from : level,
				     first && from > level ? from : level);
		}
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

void chart_row(const struct area *a, int y, const struct chart *c)
{
	int64_t most = largest(c->values, c->count);

	for (size_t i = 0; i < c->count; i++)
		for (int x = chart_x(c, i); x < bar_end(c, i); x++)
			area_text(a, x, y, 1, c->style,
				  levels[spark_level(c->values[i], most, ROW_TOP)]);
}

void chart_labels(const struct area *a, int y, const struct chart *c, const char *const *labels)
{
	for (size_t i = 0; i < c->count; i++) {
		int x = chart_x(c, i);

		if (labels[i] && x + (int)text_width(labels[i], strlen(labels[i])) <= a->width)
			area_text(a, x, y, -1, STYLE_SECONDARY, labels[i]);
	}
}
