/* Lanes of work: one thread and one session each. A piece of work goes from its lane's queue over its
 * thread to the inbox, which the loop empties; its state is shared under one lock. */
#include "ui/worker.h"

#include <pthread.h>
#include <signal.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"

enum { TEXT_MAX = 64 << 20, SLOW_AFTER_MS = 120 };

enum answer { ANSWER_NONE, ANSWER_WAITING, ANSWER_YES, ANSWER_NO };

struct lane;

struct work {
	struct workers *workers;
	struct lane *lane;
	struct work_order order;
	struct work *next; /* in its lane's queue */
	struct work *next_alive;
	struct work_result result;
	struct buf text;
	bool cancelled, dropped;
	/* What the worker says on the way; the loop's side looks when it is told to. */
	bool progress_posted;
	char what[128];
	uint64_t progress_done, total;
	struct json *
		coming; /* records, and remarks as texts, that the loop has not seen yet; NULL none */
	enum answer answer;
	const struct json *reveal_row; /* while the worker waits for the answer */
	struct secret *reveal_secret;
	const char *question;
};

struct lane {
	struct workers *workers;
	struct app *app;
	pthread_t thread;
	bool started;
	bool own; /* of one piece of work, and goes with it */
	pthread_cond_t wake;
	struct work *first, **end;
	struct work *current;
};

struct workers {
	struct loop *loop;
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct lane lanes[LANE_OWN];
	struct work *alive;
	struct work_watch watch;
	int64_t slow_after, read_ended; /* ms of CLOCK_MONOTONIC */
	bool stopping;
};

/* --- on the loop's thread --------------------------------------------------------------------- */

static void lane_release(struct lane *lane)
{
	app_free(lane->app);
	pthread_cond_destroy(&lane->wake);
}

/* Its thread has ended, or is about to and needs no lock any more. */
static void lane_join(struct lane *lane)
{
	if (lane->started)
		pthread_join(lane->thread, NULL);
	lane->started = false;
}

static void work_free(struct work *work)
{
	struct work **at = &work->workers->alive;

	while (*at != work)
		at = &(*at)->next_alive;
	*at = work->next_alive;
	if (work->lane->own) {
		lane_release(work->lane);
		free(work->lane);
	}
	json_free(work->coming);
	op_args_free(work->order.args);
	json_free(work->result.rows);
	json_free(work->result.notes);
	free(work->result.text);
	buf_release(&work->text);
	free(work);
}

static void deliver_one(struct work *work, const struct json *heard)
{
	const char *note = json_as_text(heard);

	if (work->dropped)
		return;
	if (note && work->order.note)
		work->order.note(work->order.arg, note);
	else if (!note && work->order.record)
		work->order.record(work->order.arg, heard);
}

static void deliver_coming(void *arg)
{
	struct work *work = arg;
	struct json *coming;

	pthread_mutex_lock(&work->workers->lock);
	coming = work->coming;
	work->coming = NULL;
	pthread_mutex_unlock(&work->workers->lock);
	for (size_t i = 0; i < json_count(coming); i++)
		deliver_one(work, json_at(coming, i));
	json_free(coming);
}

static void deliver_done(void *arg)
{
	struct work *work = arg;
	struct workers *workers = work->workers;
	const struct work_watch *watch = &workers->watch;

	if (work->lane->own)
		lane_join(work->lane);
	if (watch->done)
		watch->done(watch->arg, &work->order, &work->result);
	if (!work->dropped && work->order.done)
		work->order.done(work->order.arg, &work->result);
	pthread_mutex_lock(&workers->lock);
	work_free(work);
	pthread_mutex_unlock(&workers->lock);
}

static void deliver_progress(void *arg)
{
	struct work *work = arg;
	char what[sizeof(work->what)];
	uint64_t done, total;

	pthread_mutex_lock(&work->workers->lock);
	memcpy(what, work->what, sizeof(what));
	done = work->progress_done;
	total = work->total;
	work->progress_posted = false;
	pthread_mutex_unlock(&work->workers->lock);
	if (work->workers->watch.progress)
		work->workers->watch.progress(work->workers->watch.arg, &work->order, what, done,
					      total);
	if (!work->dropped && work->order.progress)
		work->order.progress(work->order.arg, what, done, total);
}

void work_answer(struct work *work, bool yes)
{
	pthread_mutex_lock(&work->workers->lock);
	if (work->answer == ANSWER_WAITING)
		work->answer = yes ? ANSWER_YES : ANSWER_NO;
	pthread_cond_broadcast(&work->workers->answered);
	pthread_mutex_unlock(&work->workers->lock);
}

/* Only the loop cancels: what waits when the loop looks goes on waiting until it answers. */
static bool work_waits(struct work *work)
{
	bool waits;

	pthread_mutex_lock(&work->workers->lock);
	waits = work->answer == ANSWER_WAITING;
	pthread_mutex_unlock(&work->workers->lock);
	return waits;
}

static void deliver_reveal(void *arg)
{
	struct work *work = arg;
	bool taken = false;

	if (!work_waits(work))
		return;
	if (!work->dropped && !work->cancelled)
		taken = work->order.reveal(work->order.arg, work->reveal_row, work->reveal_secret);
	work_answer(work, taken);
}

static void deliver_question(void *arg)
{
	struct work *work = arg;

	if (!work_waits(work))
		return;
	if (work->dropped || work->cancelled)
		work_answer(work, false);
	else
		work->order.confirm(work->order.arg, work, work->question);
}

/* --- on the worker's thread ------------------------------------------------------------------- */

static bool work_cancelled(struct work *work)
{
	bool cancelled;

	pthread_mutex_lock(&work->workers->lock);
	cancelled = work->cancelled;
	pthread_mutex_unlock(&work->workers->lock);
	return cancelled;
}

/* One post for all that comes until the loop looks. Takes `heard`. */
static void work_tell(struct work *work, struct json *heard)
{
	bool post;

	pthread_mutex_lock(&work->workers->lock);
	post = !work->coming;
	if (post)
		work->coming = json_array_new();
	json_add(work->coming, heard);
	pthread_mutex_unlock(&work->workers->lock);
	if (post)
		loop_post(work->workers->loop, deliver_coming, work);
}

/* A reader stops at once; a writer's record may tell of what is already committed, and an event of what
 * raced the end. */
static enum errc sink_record(void *arg, const struct op *op, const struct json *row, struct err *e)
{
	struct work *work = arg;

	if (!(op->flags & (OP_WRITES | OP_STREAM)) && work_cancelled(work))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (work->order.record)
		work_tell(work, json_keep(row));
	else
		json_add(work->result.rows, json_keep(row));
	return ERR_OK;
}

/* Lets the loop decide, and waits for it. */
static bool work_ask(struct work *work, void (*deliver)(void *arg))
{
	struct workers *w = work->workers;
	bool yes;

	pthread_mutex_lock(&w->lock);
	work->answer = ANSWER_WAITING;
	pthread_mutex_unlock(&w->lock);
	loop_post(w->loop, deliver, work);
	pthread_mutex_lock(&w->lock);
	while (work->answer == ANSWER_WAITING && !work->cancelled)
		pthread_cond_wait(&w->answered, &w->lock);
	yes = work->answer == ANSWER_YES;
	work->answer = ANSWER_NONE;
	pthread_mutex_unlock(&w->lock);
	return yes;
}

/* The loop moves the secret out of a copy, since ours is only lent. */
static enum errc sink_reveal(void *arg, const struct op *op, const struct json *row,
			     const struct secret *secret, struct err *e)
{
	struct work *work = arg;
	struct secret copy = SECRET_INIT;
	bool taken = false;

	(void)op;
	if (work->order.reveal) {
		secret_copy(&copy, secret);
		work->reveal_row = row;
		work->reveal_secret = &copy;
		if (!work->order.reveal_there)
			taken = work_ask(work, deliver_reveal);
		else if (!work_cancelled(work))
			taken = work->order.reveal(work->order.arg, row, &copy);
		secret_release(&copy);
	}
	if (!taken)
		return err_set(e, ERR_CANCELLED, "the secret was not taken: no key was made");
	json_add(work->result.rows, json_keep(row));
	return ERR_OK;
}

static enum errc sink_confirm(void *arg, const char *question, struct err *e)
{
	struct work *work = arg;

	work->question = question;
	if (work->order.confirm && work_ask(work, deliver_question))
		return ERR_OK;
	return err_set(e, ERR_CANCELLED, "not confirmed");
}

static enum errc sink_text(void *arg, const char *data, size_t len, struct err *e)
{
	struct work *work = arg;

	if (work_cancelled(work))
		return err_set(e, ERR_CANCELLED, "cancelled");
	if (!buf_add(&work->text, data, len))
		return err_set(e, ERR_USAGE, "the text is longer than can be shown");
	return ERR_OK;
}

/* Long work asks often whether it shall go on: who does not listen is not woken. */
static bool work_shows_progress(const struct work *work)
{
	return work->order.progress || work->order.lane != LANE_OWN;
}

static bool sink_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct work *work = arg;
	bool post, cancelled;

	pthread_mutex_lock(&work->workers->lock);
	snprintf(work->what, sizeof(work->what), "%s", what);
	work->progress_done = done;
	work->total = total;
	cancelled = work->cancelled;
	post = !work->progress_posted && !cancelled && work_shows_progress(work);
	work->progress_posted |= post;
	pthread_mutex_unlock(&work->workers->lock);
	if (post)
		loop_post(work->workers->loop, deliver_progress, work);
	return !cancelled;
}

static void sink_note(void *arg, const char *text)
{
	struct work *work = arg;

	json_add(work->result.notes, json_text(text));
	if (work->order.note)
		work_tell(work, json_text(text));
}

static bool sink_leaves(void *arg)
{
	struct workers *w = ((struct work *)arg)->workers;
	bool leaves;

	pthread_mutex_lock(&w->lock);
	leaves = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return leaves;
}

static void work_run(struct work *work, struct app *app)
{
	struct op_sink sink = {
		.arg = work,
		.record = sink_record,
		.reveal = sink_reveal,
		.text = sink_text,
		.progress = sink_progress,
		.leaves = sink_leaves,
		.confirm = sink_confirm,
		.note = sink_note,
	};
	struct work_result *r = &work->result;

	if (work_cancelled(work))
		r->code = err_set(&r->err, ERR_CANCELLED, "cancelled");
	else if (work->order.op)
		r->code = app_run(app, work->order.op, work->order.args, &sink, &r->err);
	else
		r->code = app_change(app, &r->change, &r->err);
	if (work->text.len)
		r->text = buf_take(&work->text);
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for more work, or for the reader's rest to be long enough; true when there is nothing to do
 * yet. */
static bool lane_waits(struct lane *lane)
{
	struct workers *w = lane->workers;
	const struct lane *reader = &w->lanes[LANE_READ];
	int64_t due = w->read_ended + w->slow_after;
	struct timespec until = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };

	if (!lane->first || (lane == &w->lanes[LANE_SLOW] && (reader->first || reader->current)))
		pthread_cond_wait(&lane->wake, &w->lock);
	else if (lane == &w->lanes[LANE_SLOW] && monotonic_ms() < due && !lane->first->cancelled)
		pthread_cond_timedwait(&lane->wake, &w->lock, &until);
	else
		return false;
	return true;
}

static void lane_ended(struct lane *lane)
{
	struct workers *w = lane->workers;

	lane->current = NULL;
	if (lane != &w->lanes[LANE_READ])
		return;
	w->read_ended = monotonic_ms();
	pthread_cond_signal(&w->lanes[LANE_SLOW].wake);
}

static void *lane_main(void *arg)
{
	struct lane *lane = arg;
	struct workers *w = lane->workers;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct work *work;

		if (w->stopping)
			break;
		if (lane_waits(lane))
			continue;
		work = lane->first;
		lane->first = work->next;
		if (!lane->first)
			lane->end = &lane->first;
		lane->current = work;
		pthread_mutex_unlock(&w->lock);
		work_run(work, lane->app);
		pthread_mutex_lock(&w->lock);
		lane_ended(lane);
		if (!w->stopping)
			loop_post(w->loop, deliver_done, work);
		if (lane->own)
			break;
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- starting and ending ------------------------------------------------------------------------ */

static void lane_init(struct lane *lane, struct workers *w, const struct app *a)
{
	pthread_condattr_t monotonic;

	*lane = (struct lane){ .workers = w, .app = app_dup(a), .end = &lane->first };
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&lane->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct workers *workers_new(struct loop *l, const struct app *a)
{
	struct workers *w = x_calloc(1, sizeof(*w));

	w->loop = l;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->answered, NULL);
	w->slow_after = SLOW_AFTER_MS;
	for (int i = 0; i < LANE_OWN; i++)
		lane_init(&w->lanes[i], w, a);
	return w;
}

/* Signals are the loop's; those of a crash stay with the thread that crashed. */
static void lane_start(struct lane *lane)
{
	sigset_t all, old;

	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	lane->started = !pthread_create(&lane->thread, NULL, lane_main, lane);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static struct lane *lane_for(struct workers *w, enum work_lane n)
{
	struct lane *lane;

	if (n != LANE_OWN)
		return &w->lanes[n];
	lane = x_calloc(1, sizeof(*lane));
	lane_init(lane, w, w->lanes[LANE_READ].app);
	lane->own = true;
	return lane;
}

/* With the lock held. A thread of its own that can't be had is an answer: no later work will start it. */
static void work_queue(struct work *work)
{
	struct lane *lane = work->lane;
	struct workers *w = work->workers;
	struct work_result *r = &work->result;

	if (!lane->started && !w->stopping)
		lane_start(lane);
	if (lane->own && !lane->started && !w->stopping) {
		r->code = err_set(&r->err, ERR_STORE, "there is no thread left for this work");
		loop_post(w->loop, deliver_done, work);
		return;
	}
	*lane->end = work;
	lane->end = &work->next;
	pthread_cond_signal(&lane->wake);
}

struct work *work_start(struct workers *w, const struct work_order *o)
{
	struct work *work = x_calloc(1, sizeof(*work));

	work->workers = w;
	work->lane = lane_for(w, o->lane);
	work->order = *o;
	work->result.op = o->op;
	work->result.rows = json_array_new();
	work->result.notes = json_array_new();
	buf_init(&work->text, TEXT_MAX);
	pthread_mutex_lock(&w->lock);
	work->next_alive = w->alive;
	w->alive = work;
	work_queue(work);
	pthread_mutex_unlock(&w->lock);
	return work;
}

static void cancel_locked(struct work *work)
{
	struct lane *lane = work->lane;

	work->cancelled = true;
	pthread_cond_signal(&lane->wake);
	if (lane->current == work)
		app_interrupt(lane->app);
	pthread_cond_broadcast(&work->workers->answered);
}

void work_cancel(struct work *work)
{
	pthread_mutex_lock(&work->workers->lock);
	cancel_locked(work);
	pthread_mutex_unlock(&work->workers->lock);
}

void work_drop(struct work *work)
{
	if (!work)
		return;
	work->dropped = true;
	work_cancel(work);
}

void workers_watch(struct workers *w, const struct work_watch *watch)
{
	w->watch = *watch;
}

struct work *workers_current(struct workers *w, enum work_lane lane)
{
	struct work *current;

	pthread_mutex_lock(&w->lock);
	current = w->lanes[lane].current ? w->lanes[lane].current : w->lanes[lane].first;
	pthread_mutex_unlock(&w->lock);
	return current;
}

struct work *workers_writing(struct workers *w)
{
	struct work *writing = workers_current(w, LANE_WRITE);

	/* Only the loop's thread changes the list. */
	for (struct work *work = w->alive; work && !writing; work = work->next_alive)
		if (work->lane->own && work->order.op && work->order.op->flags & OP_WRITES)
			writing = work;
	return writing;
}

void workers_slow_after(struct workers *w, int64_t ms)
{
	pthread_mutex_lock(&w->lock);
	w->slow_after = ms;
	pthread_mutex_unlock(&w->lock);
}

bool workers_idle(const struct workers *w)
{
	return !w->alive;
}

void workers_stop(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	for (struct work *work = w->alive; work; work = work->next_alive)
		cancel_locked(work);
	for (int i = 0; i < LANE_OWN; i++)
		pthread_cond_signal(&w->lanes[i].wake);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < LANE_OWN; i++)
		lane_join(&w->lanes[i]);
	for (struct work *work = w->alive; work; work = work->next_alive)
		if (work->lane->own)
			lane_join(work->lane);
}

void workers_free(struct workers *w)
{
	if (!w)
		return;
	workers_stop(w);
	for (struct work *work = w->alive, *next; work; work = next) {
		next = work->next_alive;
		work_free(work);
	}
	for (int i = 0; i < LANE_OWN; i++)
		lane_release(&w->lanes[i]);
	pthread_cond_destroy(&w->answered);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
