/* Edit distance with transpositions (optimal string alignment), and a bound on what counts as
 * near. */
#include "src/cli/suggest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 32 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One cell of the table: `rows` are the lines for i - 2, i - 1 and i. */
static size_t cell(size_t rows[3][WORD_MAX + 1], const char *a, const char *b, size_t i, size_t j)
{
	size_t changed = rows[1][j - 1] + (a[i - 1] != b[j - 1]);
	size_t best = least(changed, least(rows[1][j], rows[2][j - 1]) + 1);
	bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];

	return swapped ? least(best, rows[0][j - 2] + 1) : best;
}

static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1] = { { 0 } };
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= b_len; j++)
		rows[2][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		memmove(rows[0], rows[1], 2 * sizeof(rows[0]));
		rows[2][0] = i;
		for (size_t j = 1; j <= b_len; j++)
			rows[2][j] = cell(rows, a, b, i, j);
	}
	return rows[2][b_len];
}

struct suggestion suggestion_for(const char *typed)
{
	size_t len = strlen(typed);

	return (struct suggestion){ .typed = typed, .distance = 1 + least(2, (len + 1) / 3) };
}

void suggestion_offer(struct suggestion *s, const char *word)
{
	size_t far = distance(s->typed, word);
	bool begins = strlen(s->typed) >= 3 && strncmp(word, s->typed, strlen(s->typed)) == 0;

	if (begins && s->distance > 1)
		far = 1;
	if (far >= s->distance)
		return;
	s->distance = far;
	snprintf(s->best, sizeof(s->best), "%s", word);
}
