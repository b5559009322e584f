/* Numbers as people read them. */
#include "src/base/number.h"

#include <stdio.h>
#include <string.h>

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
