/* The service from its options to its end. The main thread has the signals and the gate's clock; one more
 * takes connections, one writes counts, and the workers answer. */
#include "src/serve/serve.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "src/app/session.h"
#include "src/base/alloc.h"
#include "src/base/loop.h"
#include "src/serve/acceptor.h"
#include "src/serve/listen.h"
#include "src/serve/systemd.h"
#include "src/serve/worker.h"

#define DEFAULT_ADDRESS "127.0.0.1:8420"

enum {
	TICK_MS = 50,
	WRITE_MS = 1000,
	WRITER_NICE = 10,
	HEALTH_MS = 250,
	THREADS_MAX = 256,
	DESCRIPTORS_KEPT = 64, /* for the store and the rest */
	/* At the end: answers under way are finished, and requests that may be on their way already. */
	DRAIN_MS = 5000,
	DRAIN_STEP_MS = 20,
	QUIET_MS = 300,
	/* Goes over memory that is given back: a request that was never finished leaves its key there. */
	FILLER = 0xA5,
};

struct running {
	const struct op_call *call;
	struct service service;
	struct listeners listeners;
	struct acceptor *acceptor;
	struct loop *loop, *writer_loop;
	pthread_t writer;
	bool has_writer;
	struct log_state unreadable, unwritable;
	int64_t drain_until; /* ticks_ms(); 0: nobody told us to end */
};

/* --- sockets ---------------------------------------------------------------------------------- */
/* What stands open to others is not to be asked by everybody. */
static enum errc check_reach(const struct running *r, struct err *e)
{
	const struct listener *l = &r->listeners.items[r->listeners.count - 1];

	if (l->is_local || op_has(r->call->args, "caller-token-file"))
		return ERR_OK;
	err_set(e, ERR_USAGE, "%s is beyond loopback: anybody there could try keys", l->name);
	return err_hint(e, "give --caller-token-file, or listen on loopback or unix:PATH");
}

static enum errc listen_given(struct running *r, struct err *e)
{
	size_t count = systemd_sockets();
	enum errc rc = ERR_OK;

	for (size_t i = 0; !rc && i < count; i++) {
		rc = listen_take(&r->listeners, SYSTEMD_FIRST + (int)i, e);
		if (!rc)
			rc = check_reach(r, e);
	}
	return rc;
}

static enum errc listen_one(struct running *r, const char *address, struct err *e)
{
	const struct listen_options o = {
		.mode = op_text(r->call->args, "listen-mode"),
		.group = op_text(r->call->args, "listen-group"),
	};
	enum errc rc = listen_open(&r->listeners, address, &o, e);

	return rc ? rc : check_reach(r, e);
}

static enum errc listen_all(struct running *r, struct err *e)
{
	size_t count = op_count(r->call->args, "listen");
	enum errc rc = listen_given(r, e);

	for (size_t i = 0; !rc && i < count; i++)
		rc = listen_one(r, op_nth(r->call->args, "listen", i), e);
	if (!rc && !r->listeners.count)
		rc = listen_one(r, DEFAULT_ADDRESS, e);
	return rc;
}

/* As many connections as the system allows; returns how many that are. */
static size_t descriptors_raise(void)
{
	struct rlimit l = { .rlim_cur = 1024 };

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
		getrlimit(RLIMIT_NOFILE, &l);
	}
	return l.rlim_cur > 2 * DESCRIPTORS_KEPT ? l.rlim_cur - DESCRIPTORS_KEPT : DESCRIPTORS_KEPT;
}

/* --- the writer ------------------------------------------------------------------------------- */
static void write_tick(void *arg)
{
	struct running *r = arg;

	gate_write(r->service.gate, NULL);
	loop_after(r->writer_loop, WRITE_MS, write_tick, r);
}

static void *writer_run(void *arg)
{
	struct running *r = arg;

	/* On Linux a thread has its own. Counts can wait, answers can't. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), WRITER_NICE);
	loop_after(r->writer_loop, WRITE_MS, write_tick, r);
	loop_run(r->writer_loop);
	return NULL;
}

static enum errc writer_start(struct running *r, struct err *e)
{
	errno = pthread_create(&r->writer, NULL, writer_run, r);
	r->has_writer = errno == 0;
	return r->has_writer ? ERR_OK
			     : err_errno(e, ERR_STORE, "can't start the thread that writes");
}

static void writer_stop(struct running *r)
{
	if (r->has_writer) {
		loop_post_stop(r->writer_loop);
		pthread_join(r->writer, NULL);
	}
	loop_free(r->writer_loop);
}

/* --- the main thread ---------------------------------------------------------------------------- */
static void gate_clock(void *arg)
{
	struct running *r = arg;

	gate_tick(r->service.gate);
	loop_after(r->loop, TICK_MS, gate_clock, r);
}

static void health_watch(void *arg)
{
	struct running *r = arg;
	struct gate_health h;

	gate_health(r->service.gate, &h);
	if (log_changed(&r->unreadable, !h.readable)) {
		if (h.readable)
			log_line(&r->service.log, "the store can be read again");
		else
			log_line(&r->service.log, "nobody is let in, the store can't be read: %s",
				 h.reason);
	}
	if (log_changed(&r->unwritable, !h.writable)) {
		if (h.writable)
			log_line(&r->service.log, "counts are written again");
		else
			log_line(&r->service.log, "%s: %s",
				 h.counts ? "counts wait in memory, they can't be written"
					  : "nothing is counted",
				 h.reason);
	}
	loop_after(r->loop, HEALTH_MS, health_watch, r);
}

static void told_to_reload(void *arg, int number)
{
	struct running *r = arg;
	struct err e = ERR_INIT;

	(void)number;
	systemd_notify_reloading();
	gate_reload(r->service.gate);
	if (r->service.callers && callers_reload(r->service.callers, &e))
		log_line(&r->service.log, "the caller tokens stay as they were: %s", e.message);
	else
		log_line(&r->service.log, "reloaded");
	systemd_notify("READY=1");
}

/* --- the end -------------------------------------------------------------------------------------- */
static void drain(void *arg)
{
	struct running *r = arg;
	size_t active = 0;

	for (size_t i = 0; i < r->service.worker_count; i++) {
		worker_resume(r->service.workers[i], true);
		active += connections_active(worker_connections(r->service.workers[i]), QUIET_MS);
	}
	if (!active || ticks_ms() >= r->drain_until)
		loop_stop(r->loop);
	else
		loop_after(r->loop, DRAIN_STEP_MS, drain, r);
}

/* As a program ends that takes no signals. */
static void end_at_once(int number)
{
	sigset_t only;

	signal(number, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, number);
	pthread_sigmask(SIG_UNBLOCK, &only, NULL);
	raise(number);
}

static void told_to_end(void *arg, int number)
{
	struct running *r = arg;

	if (r->drain_until)
		end_at_once(number);
	systemd_notify("STOPPING=1");
	log_line(&r->service.log, "stopping");
	acceptor_stop(r->acceptor);
	r->acceptor = NULL;
	listen_close(&r->listeners);
	atomic_store(&r->service.ending, true);
	r->drain_until = ticks_ms() + DRAIN_MS;
	drain(r);
}

/* --- who asks, for whom --------------------------------------------------------------------------- */
static enum errc callers_read(struct running *r, struct err *e)
{
	const struct op_args *args = r->call->args;
	size_t count = op_count(args, "trusted-proxy");
	const char **ranges = x_calloc(count + 1, sizeof(*ranges));
	enum errc rc;

	for (size_t i = 0; i < count; i++)
		ranges[i] = op_nth(args, "trusted-proxy", i);
	rc = proxies_parse(&r->service.proxies, ranges, count, e);
	free(ranges);
	if (!rc && op_has(args, "caller-token-file"))
		rc = callers_open(&r->service.callers, op_text(args, "caller-token-file"), e);
	return rc;
}

/* --- all of it ------------------------------------------------------------------------------------ */
static enum errc workers_open(struct running *r, struct err *e)
{
	int64_t count = op_integer(r->call->args, "threads", sysconf(_SC_NPROCESSORS_ONLN));
	struct service *s = &r->service;
	enum errc rc = ERR_OK;

	if (count < 1 || count > THREADS_MAX)
		return err_set(e, ERR_USAGE, "--threads is a number from 1 to %d", THREADS_MAX);
	s->workers = x_calloc((size_t)count, sizeof(struct worker *));
	s->metrics = x_calloc((size_t)count, sizeof(*s->metrics));
	while (!rc && s->worker_count < (size_t)count) {
		rc = worker_open(&s->workers[s->worker_count], s, s->worker_count, e);
		if (!rc)
			s->worker_count++;
	}
	return rc;
}

static void tell_start(struct running *r)
{
	struct buf names = BUF_INIT(4096);

	for (size_t i = 0; i < r->listeners.count; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", r->listeners.items[i].name);
	log_line(&r->service.log, "listening on %s; %zu thread%s, authrack %s", buf_text(&names),
		 r->service.worker_count, r->service.worker_count == 1 ? "" : "s",
		 AUTHRACK_VERSION);
	buf_release(&names);
	if (*gate_notice(r->service.gate))
		log_line(&r->service.log, "%s", gate_notice(r->service.gate));
	systemd_notify("READY=1");
}

static enum errc run(struct running *r, struct err *e)
{
	size_t capacity = descriptors_raise();
	enum errc rc = workers_open(r, e);

	if (!rc)
		rc = writer_start(r, e);
	if (!rc)
		rc = acceptor_start(&r->acceptor, &r->service, &r->listeners, capacity, e);
	if (rc)
		return rc;
	tell_start(r);
	gate_clock(r);
	health_watch(r);
	loop_run(r->loop);
	return ERR_OK;
}

static enum errc close_all(struct running *r, enum errc rc, struct err *e)
{
	struct service *s = &r->service;
	enum errc closed = ERR_OK;

	acceptor_stop(r->acceptor);
	for (size_t i = 0; i < s->worker_count; i++)
		worker_close(s->workers[i]);
	free(s->workers);
	free(s->metrics);
	writer_stop(r);
	if (s->gate)
		closed = gate_close(s->gate, rc ? NULL : e);
	listen_close(&r->listeners);
	callers_free(s->callers);
	proxies_release(&s->proxies);
	penalty_free(s->penalty);
	log_release(&s->log);
	return rc ? rc : closed;
}

enum errc serve_run(const struct op_call *c, struct err *e)
{
	struct running r = {
		.call = c,
		.service = { .explain = op_flag(c->args, "explain"),
			     .started_at = clock_wall(app_clock(c->app)) },
	};
	enum errc rc;

	mallopt(M_PERTURB, FILLER);
	log_init(&r.service.log, c);
	r.loop = loop_new();
	r.writer_loop = loop_new();
	/* Before there are other threads: they have to block them, too. */
	loop_signal(r.loop, SIGTERM, told_to_end, &r);
	loop_signal(r.loop, SIGINT, told_to_end, &r);
	loop_signal(r.loop, SIGHUP, told_to_reload, &r);
	r.service.penalty = penalty_new();
	rc = callers_read(&r, e);
	if (!rc)
		rc = listen_all(&r, e);
	if (!rc)
		rc = gate_open(&r.service.gate, c->app, e);
	if (!rc)
		rc = run(&r, e);
	rc = close_all(&r, rc, e);
	loop_free(r.loop);
	return rc;
}
