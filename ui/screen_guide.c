/* The Guide screen: the decision tree as questions, a preview of where each answer leads, and a
 * way straight
 * into the right form. */
#include <stdio.h>
#include <string.h>

#include "src/app/guide.h"
#include "ui/keys.h"
#include "ui/result.h"

struct guide_state {
	const struct guide_answer *path[GUIDE_DEPTH];
	size_t depth;
	size_t at;   /* answer under the cursor */
	int first_y; /* of the answers, in the frame (for the mouse) */
	struct work *work;
};

static struct guide_state *guide_state(struct view *v)
{
	return v->state;
}

static const struct guide_question *guide_open_question(const struct guide_state *s)
{
	return s->depth ? s->path[s->depth - 1]->next : &guide_root;
}

static const struct guide_outcome *guide_reached(const struct guide_state *s)
{
	return s->depth && !s->path[s->depth - 1]->next ? s->path[s->depth - 1]->outcome : NULL;
}

static size_t answer_count(const struct guide_question *q)
{
	size_t count = 0;

	while (count < GUIDE_ANSWERS && q->answers[count].id)
		count++;
	return count;
}

/* The outcome to show: the one reached, else what the answer under the cursor leads to. */
static const struct guide_outcome *guide_shown(const struct guide_state *s)
{
	const struct guide_question *q = guide_open_question(s);

	return q ? q->answers[s->at].outcome : guide_reached(s);
}

/* --- drawing ------------------------------------------------------------------------------- */
static const struct guide_question *question_at(const struct guide_state *s, size_t n)
{
	return n ? s->path[n - 1]->next : &guide_root;
}

static int answered_draw(const struct guide_state *s, const struct area *a, int y)
{
	for (size_t i = 0; i < s->depth; i++, y++) {
		area_textf(a, 3, y, -1, STYLE_NORMAL, "%zu  %s", i + 1, question_at(s, i)->text);
		area_text(a, a->width > 76 ? 62 : a->width - 16, y, -1, STYLE_TITLE,
			  s->path[i]->brief);
	}
	return y;
}

static int answers_draw(struct guide_state *s, const struct area *a, int y)
{
	const struct guide_question *q = guide_open_question(s);

	area_textf(a, 3, y, -1, STYLE_TITLE, "%zu  %s", s->depth + 1, q->text);
	y += 2;
	s->first_y = a->y + y;
	for (size_t i = 0; i < answer_count(q); i++, y++) {
		struct area line = area_part(a, 6, y, a->width - 12, 1);

		area_text(&line, 2, 0, -1, STYLE_NORMAL, q->answers[i].text);
		area_select(&line, 0, i == s->at);
		if (i == s->at)
			area_cursor(&line, 0, 0);
	}
	return y;
}

static void outcome_draw(const struct guide_outcome *o, const struct area *a, int y, bool reached)
{
	area_rule(a, y++, reached ? "what fits" : "where this leads", NULL);
	area_textf(a, 3, y, -1, STYLE_TITLE, "%s%s", reached ? "" : "Leads to: ", o->leads_to);
	y += 2;
	for (size_t i = 0; i < GUIDE_OPTIONS && o->options[i].credential; i++, y++) {
		area_text(a, 3, y, 11, i ? STYLE_NORMAL : STYLE_TITLE, o->options[i].credential);
		area_text(a, 15, y, -1, STYLE_NORMAL, o->options[i].when);
	}
	area_wrap(a, 3, y + 1, a->width - 6, STYLE_NORMAL, o->why);
}

static bool outcome_can_go(const struct view *v, const struct guide_outcome *o)
{
	return o->action && o->screen && screen_find(o->screen) &&
	       !(o->operation && console_read_only(v->console));
}

static void button_draw(struct view *v, const struct area *a, int y, const struct guide_outcome *o)
{
	if (outcome_can_go(v, o)) {
		area_textf(a, 3, y, -1, STYLE_SELECTED, "[ %s ]", o->action);
		area_cursor(a, 5, y);
	} else {
		area_text(a, 3, y, -1, STYLE_SECONDARY, "← goes back to the last question");
		area_cursor(a, 3, y);
	}
}

static void guide_draw(struct view *v, const struct area *a)
{
	struct guide_state *s = guide_state(v);
	const struct guide_outcome *o = guide_shown(s);
	int y = answered_draw(s, a, a->height > 20);

	if (guide_open_question(s)) {
		y = answers_draw(s, a, y) + 1;
	} else {
		button_draw(v, a, y + 1, o);
		y += 3;
	}
	if (o)
		outcome_draw(o, a, y, guide_reached(s) != NULL);
}

static void guide_context(struct view *v, const struct area *line)
{
	const struct guide_state *s = guide_state(v);
	const struct guide_question *q = guide_open_question(s);

	area_text(line, 0, 0, -1, STYLE_NORMAL, "Which credential fits?");
	if (q)
		area_textf(line, 27, 0, -1, STYLE_SECONDARY, "question %zu of %zu", s->depth + 1,
			   s->depth + guide_depth(q));
	else
		area_text(line, 27, 0, -1, STYLE_SECONDARY, "answered");
}

/* --- actions ------------------------------------------------------------------------------- */
static void guide_go(struct view *v, const struct guide_outcome *o)
{
	struct view *keys;

	if (!outcome_can_go(v, o) || !console_go(v->console, o->screen))
		return;
	keys = console_view(v->console, o->screen);
	if (keys && o->operation && strcmp(o->operation, "key.create") == 0)
		keys_create_with(keys, o->preset);
}

static void guide_choose(struct view *v)
{
	struct guide_state *s = guide_state(v);
	const struct guide_question *q = guide_open_question(s);

	if (!q) {
		guide_go(v, guide_reached(s));
		return;
	}
	s->path[s->depth++] = &q->answers[s->at];
	s->at = 0;
	console_redraw(v->console);
}

static void guide_back(struct view *v)
{
	struct guide_state *s = guide_state(v);
	const struct guide_question *q;

	if (!s->depth)
		return;
	s->depth--;
	q = guide_open_question(s);
	s->at = (size_t)(s->path[s->depth] - q->answers);
	console_redraw(v->console);
}

static const char *guide_why_no_back(struct view *v)
{
	return guide_state(v)->depth ? NULL : "this is the first question";
}

static void guide_create(struct view *v)
{
	if (console_go(v->console, "keys"))
		keys_create(console_view(v->console, "keys"));
}

static void tree_done(void *arg, const struct work_result *r)
{
	struct view *v = arg;

	guide_state(v)->work = NULL;
	if (r->code)
		console_error(v->console, &r->err);
	else
		result_open(v->console, "Which credential fits: the whole tree", STYLE_NORMAL, NULL,
			    r);
}

static void guide_tree(struct view *v)
{
	const struct op *op = op_find("guide");
	struct op_args *args = op_args_new(op);
	struct err e = ERR_INIT;

	op_args_add(args, "all", "true", &e);
	work_drop(guide_state(v)->work);
	guide_state(v)->work = console_work(v->console, &(struct work_order){
								.op = op,
								.args = args,
								.lane = LANE_READ,
								.arg = v,
								.done = tree_done,
							});
}

static void guide_move(struct view *v, int by)
{
	struct guide_state *s = guide_state(v);
	const struct guide_question *q = guide_open_question(s);
	size_t count = q ? answer_count(q) : 0;

	if (!count)
		return;
	s->at = (s->at + count + (size_t)by) % count;
	console_redraw(v->console);
}

static bool guide_click(struct view *v, const struct input *in)
{
	struct guide_state *s = guide_state(v);
	const struct guide_question *q = guide_open_question(s);
	size_t line = (size_t)(in->y - s->first_y);

	if (in->mouse == MOUSE_WHEEL_UP || in->mouse == MOUSE_WHEEL_DOWN)
		guide_move(v, in->mouse == MOUSE_WHEEL_UP ? -1 : 1);
	else if (in->mouse == MOUSE_CLICK && q && in->y >= s->first_y && line < answer_count(q))
		s->at = line;
	else
		return false;
	console_redraw(v->console);
	return true;
}

static bool guide_input(struct view *v, const struct input *in)
{
	if (in->type == INPUT_MOUSE)
		return guide_click(v, in);
	if (in->type != INPUT_KEY)
		return false;
	switch (in->key) {
	case 'j':
	case PRESS_DOWN:
		guide_move(v, 1);
		return true;
	case 'k':
	case PRESS_UP:
		guide_move(v, -1);
		return true;
	case 'h':
	case PRESS_BACKSPACE:
	case PRESS_ESC:
		guide_back(v);
		return true;
	case 'l':
	case PRESS_RIGHT:
		if (guide_open_question(guide_state(v)))
			guide_choose(v);
		return true;
	default:
		return false;
	}
}

static void guide_close(struct view *v)
{
	work_drop(guide_state(v)->work);
}

static const struct action guide_actions[] = {
	{ PRESS_ENTER, "choose", "take the answer; at the end: go there", "Guide: take the answer",
	  "guide", GROUP_MOVE, ACTION_FOOTER, .run = guide_choose },
	{ PRESS_LEFT, "back", "back to the question before (also Backspace, Esc)", NULL, "guide",
	  GROUP_MOVE, ACTION_FOOTER, .disabled = guide_why_no_back, .run = guide_back },
	{ 'c', "create a key now", "create a key now…", NULL, "key.create", GROUP_CHANGE,
	  ACTION_FOOTER, .run = guide_create },
	{ 'W', "whole tree", "read the whole tree", "Guide: read the whole tree", "guide",
	  GROUP_OTHER, ACTION_FOOTER, .run = guide_tree },
	{ .label = NULL },
};

const struct screen screen_guide = {
	.id = "guide",
	.title = "Guide",
	.digit = '9',
	.help = "which credential fits: API key, OAuth2 or JWT, and why",
	.state_size = sizeof(struct guide_state),
	.actions = guide_actions,
	.close = guide_close,
	.context = guide_context,
	.draw = guide_draw,
	.input = guide_input,
};
