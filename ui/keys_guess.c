/* "Did you mean": what a filter that finds nothing may have been meant to say, out of the names there are. */
#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/key_view.h"
#include "ui/keys.h"

enum { WORD_MAX = 32, FARTHEST = 2 };

#define GUESS_KEYS "500" /* how many of the newest keys are looked at */

/* Letters to change, add or take away to make one of the other (Levenshtein). */
static size_t word_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[WORD_MAX + 1];

	for (size_t i = 0; i <= b_len; i++)
		row[i] = i;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t n = 1; n <= b_len; n++) {
			size_t above = row[n], best = diagonal + (a[i - 1] != b[n - 1]);

			best = above + 1 < best ? above + 1 : best;
			row[n] = row[n - 1] + 1 < best ? row[n - 1] + 1 : best;
			diagonal = above;
		}
	}
	return row[b_len];
}

/* The word of a name that is nearest to the filter: "billing" of "billing-sync". */
static void guess_name(struct keys_state *s, const char *name)
{
	static const char between[] = "-_. :/";
	size_t filter_len = strlen(s->guess_for);

	while (*name) {
		size_t len = strcspn(name, between), far;

		if (len > 2 && len < WORD_MAX) {
			far = word_distance(s->guess_for, filter_len, name, len);
			if (far < s->guess_distance) {
				s->guess_distance = far;
				snprintf(s->guess, sizeof(s->guess), "%.*s", (int)len, name);
			}
		}
		name += len;
		name += strspn(name, between);
	}
}

static void guess_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;
	struct keys_state *s = keys_state(v);

	s->guessing = NULL;
	for (size_t i = 0; i < json_count(r->rows); i++) {
		guess_name(s, record_text(json_at(r->rows, i), "name", ""));
		guess_name(s, record_text(json_at(r->rows, i), "owner", ""));
	}
	console_redraw(v->console);
}

static void guess_start(struct view *v, const char *filter)
{
	struct keys_state *s = keys_state(v);
	const struct op *op = op_find("key.list");
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	snprintf(s->guess_for, sizeof(s->guess_for), "%s", filter);
	s->guess[0] = '\0';
	s->guess_distance = FARTHEST + 1;
	op_args_add(args, "sort", "created:desc", &e);
	op_args_add(args, "limit", GUESS_KEYS, &e);
	work_drop(s->guessing);
	s->guessing = console_work(v->console, &(struct work_order){
						       .op = op,
						       .args = args,
						       .lane = LANE_READ,
						       .arg = v,
						       .done = guess_done,
					       });
}

void keys_no_match(struct view *v, const char *filter, const struct area *a)
{
	struct keys_state *s = keys_state(v);
	bool word = strlen(filter) > 2 && strlen(filter) < WORD_MAX && !strpbrk(filter, " :");

	if (word && strcmp(filter, s->guess_for) != 0)
		guess_start(v, filter);
	if (word && s->guess[0])
		area_textf(a, 3, 2, -1, STYLE_NORMAL,
			   "no key matches \"%s\"; did you mean %s? Esc clears the filter", filter,
			   s->guess);
	else
		area_textf(a, 3, 2, -1, STYLE_NORMAL,
			   "no key matches \"%s\"; Esc clears the filter", filter);
}
