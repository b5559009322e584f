/* Figures and their pictures, in cells of eighths where the terminal shows them. */
#include "ui/chart.h"

#include <stdio.h>
#include <string.h>

enum { EIGHTHS = 8, AXIS_WIDTH = 6 };

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
	if (!unit)
		snprintf(out, NUMBER_SIZE, "%lld", (long long)n);
	else
		snprintf(out, NUMBER_SIZE, value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
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

void spark_draw(const struct area *a, int x, int y, const int64_t *values, size_t count,
		enum style style)
{
	int64_t most = largest(values, count);

	for (size_t i = 0; i < count; i++)
		area_text(a, x + (int)i, y, 1, style, levels[spark_level(values[i], most)]);
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

static void chart_column(const struct area *a, int x, int step, int height, int64_t value,
			 int64_t most, enum style style)
{
	int filled = most ? (int)((value * height * EIGHTHS + most / 2) / most) : 0;

	for (int line = 0; line < height; line++) {
		int here = filled - line * EIGHTHS;

		here = here < 0 ? 0 : here > EIGHTHS ? EIGHTHS : here;
		if (value >= 0 && !line && !here)
			here = 1;
		for (int i = 0; here && i < step; i++)
			area_text(a, x + i, height - 1 - line, 1, style, levels[here]);
	}
}

static void chart_axis(const struct area *a, int height, int64_t most)
{
	char text[NUMBER_SIZE];

	number_short(text, most);
	area_text_right(a, 0, 0, AXIS_WIDTH, STYLE_SECONDARY, text);
	if (height > 2 && most > 1) {
		number_short(text, most / 2);
		area_text_right(a, 0, height / 2, AXIS_WIDTH, STYLE_SECONDARY, text);
	}
	area_text_right(a, 0, height - 1, AXIS_WIDTH, STYLE_SECONDARY, "0");
}

int chart_draw(const struct area *a, const int64_t *values, size_t count, int step, int height,
	       const char *const *labels, enum style style)
{
	int64_t most = largest(values, count);

	chart_axis(a, height, most);
	for (size_t i = 0; i < count; i++) {
		int x = AXIS_WIDTH + 1 + (int)i * step;

		chart_column(a, x, step, height, values[i], most, style);
		if (labels && labels[i])
			area_text(a, x, height, -1, STYLE_SECONDARY, labels[i]);
	}
	return height + (labels != NULL);
}
