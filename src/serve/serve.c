/* The service from its options to its end. The main thread has the signals and the gate's clock; one more
 * takes connections, one writes counts, and the workers answer. */
#include "src/serve/serve.h"

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
#include "src/serve/worker.h"

#define DEFAULT_ADDRESS "127.0.0.1:8420"

enum { TICK_MS = 50, WRITE_MS = 1000, THREADS_MAX = 256, DESCRIPTORS_KEPT = 64 };

struct running {
	const struct op_call *call;
	struct service service;
	struct listeners listeners;
	struct worker **workers;
	size_t worker_count;
	struct acceptor *acceptor;
	struct loop *loop;
	struct loop *writer_loop;
	pthread_t writer;
	bool has_writer;
};

/* --- sockets ---------------------------------------------------------------------------------- */
static enum errc listen_all(struct running *r, struct err *e)
{
	const struct op_args *args = r->call->args;
	const struct listen_options o = {
		.mode = op_text(args, "listen-mode"),
		.group = op_text(args, "listen-group"),
	};
	size_t count = op_count(args, "listen");
	enum errc rc = ERR_OK;

	for (size_t i = 0; !rc && i < count; i++)
		rc = listen_open(&r->listeners, op_nth(args, "listen", i), &o, e);
	if (!rc && !r->listeners.count)
		rc = listen_open(&r->listeners, DEFAULT_ADDRESS, &o, e);
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

	loop_after(r->writer_loop, WRITE_MS, write_tick, r);
	loop_run(r->writer_loop);
	return NULL;
}

static void loop_end(void *arg)
{
	loop_stop(arg);
}

static void writer_stop(struct running *r)
{
	if (r->has_writer) {
		loop_post(r->writer_loop, loop_end, r->writer_loop);
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

static void told_to_end(void *arg, int number)
{
	struct running *r = arg;

	(void)number;
	loop_stop(r->loop);
}

static void told_to_reload(void *arg, int number)
{
	struct running *r = arg;

	(void)number;
	gate_reload(r->service.gate);
	call_note(r->call, "reloaded");
}

static enum errc workers_open(struct running *r, struct err *e)
{
	int64_t count = op_integer(r->call->args, "threads", sysconf(_SC_NPROCESSORS_ONLN));
	enum errc rc = ERR_OK;

	if (count < 1 || count > THREADS_MAX)
		return err_set(e, ERR_USAGE, "--threads is a number from 1 to %d", THREADS_MAX);
	r->workers = x_calloc((size_t)count, sizeof(struct worker *));
	while (!rc && r->worker_count < (size_t)count) {
		rc = worker_open(&r->workers[r->worker_count], &r->service, e);
		if (!rc)
			r->worker_count++;
	}
	return rc;
}

static void tell_start(const struct running *r)
{
	struct buf names = BUF_INIT(4096);

	for (size_t i = 0; i < r->listeners.count; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", r->listeners.items[i].name);
	call_note(r->call, "listening on %s (%zu threads, authrack %s)", buf_text(&names),
		  r->worker_count, AUTHRACK_VERSION);
	buf_release(&names);
}

static enum errc run(struct running *r, struct err *e)
{
	size_t capacity = descriptors_raise();
	enum errc rc = workers_open(r, e);

	if (rc)
		return rc;
	r->acceptor = acceptor_start(&r->listeners, r->workers, r->worker_count, capacity);
	r->has_writer = pthread_create(&r->writer, NULL, writer_run, r) == 0;
	tell_start(r);
	gate_clock(r);
	loop_run(r->loop);
	call_note(r->call, "stopping");
	return ERR_OK;
}

static enum errc stop(struct running *r, enum errc rc, struct err *e)
{
	enum errc closed = ERR_OK;

	acceptor_stop(r->acceptor);
	atomic_store(&r->service.ending, true);
	for (size_t i = 0; i < r->worker_count; i++)
		worker_close(r->workers[i]);
	free(r->workers);
	writer_stop(r);
	if (r->service.gate)
		closed = gate_close(r->service.gate, rc ? NULL : e);
	listen_close(&r->listeners);
	return rc ? rc : closed;
}

enum errc serve_run(const struct op_call *c, struct err *e)
{
	struct running r = { .call = c, .service = { .explain = op_flag(c->args, "explain") } };
	enum errc rc;

	r.loop = loop_new();
	r.writer_loop = loop_new();
	/* Before there are other threads: they have to block them, too. */
	loop_signal(r.loop, SIGTERM, told_to_end, &r);
	loop_signal(r.loop, SIGINT, told_to_end, &r);
	loop_signal(r.loop, SIGHUP, told_to_reload, &r);
	rc = listen_all(&r, e);
	if (!rc)
		rc = gate_open(&r.service.gate, c->app, e);
	if (!rc)
		rc = run(&r, e);
	rc = stop(&r, rc, e);
	loop_free(r.loop);
	return rc;
}
