/* One thread that answers. Its own requests and answers keep their memory from one to the next. */
#include "src/serve/worker.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"
#include "src/serve/routes.h"

/* libmicrohttpd keeps headers, and the answer's, in a pool a connection, and clears all of it between
 * requests. */
enum { POOL_SIZE = 16 * 1024, BODY_MAX = 64 * 1024, BODY_READ_MAX = 16 * 1024 * 1024 };
/* A parameter takes about 64 bytes of the pool beside its text. */
enum { TARGET_MAX = POOL_SIZE * 3 / 4, PARAMETER_SIZE = 64 };

struct worker {
	struct MHD_Daemon *daemon;
	struct gate_thread *gate;
	struct connections connections;
	struct visit visit;
};

/* --- reading ---------------------------------------------------------------------------------- */
static struct piece piece_of(const char *text, size_t len)
{
	return (struct piece){ text ? text : "", text ? len : 0 };
}

static enum MHD_Result header_found(void *arg, enum MHD_ValueKind kind, const char *name,
				    size_t name_len, const char *value, size_t value_len)
{
	(void)kind;
	request_header(arg, piece_of(name, name_len), piece_of(value, value_len));
	return MHD_YES;
}

static enum MHD_Result parameter_found(void *arg, enum MHD_ValueKind kind, const char *name,
				       size_t name_len, const char *value, size_t value_len)
{
	struct visit *v = arg;

	(void)kind;
	request_parameter(&v->request, piece_of(name, name_len), piece_of(value, value_len),
			  v->route->is_prefix);
	return MHD_YES;
}

static void visit_read(struct visit *v, struct MHD_Connection *c)
{
	request_clear(&v->request);
	MHD_get_connection_values_n(c, MHD_HEADER_KIND, header_found, &v->request);
	MHD_get_connection_values_n(c, MHD_GET_ARGUMENT_KIND, parameter_found, v);
	request_end(&v->request);
}

/* --- answering -------------------------------------------------------------------------------- */
static enum MHD_Result reply_send(struct visit *v, struct MHD_Connection *c)
{
	const struct reply *r = &v->reply;
	struct MHD_Response *response = MHD_create_response_from_buffer(r->body.len, r->body.data,
									MHD_RESPMEM_MUST_COPY);
	enum MHD_Result sent = response ? MHD_YES : MHD_NO;

	for (size_t i = 0; sent == MHD_YES && i < r->count; i++)
		sent = MHD_add_response_header(response, r->fields[i].name, reply_value(r, i));
	if (sent == MHD_YES &&
	    (r->ends || atomic_load_explicit(&v->service->ending, memory_order_relaxed)))
		sent = MHD_add_response_header(response, "Connection", "close");
	if (sent == MHD_YES)
		sent = MHD_queue_response(c, r->status, response);
	if (response)
		MHD_destroy_response(response);
	return sent;
}

/* They stand in libmicrohttpd's memory, which is not wiped when a connection ends. */
static void secrets_wipe(const struct request *r)
{
	for (size_t i = 0; i < r->secret_count; i++)
		secret_wipe((void *)(uintptr_t)r->secrets[i].text, r->secrets[i].len);
}

/* The answer waits, and is made anew when its time has come. */
static void visit_hold(struct visit *v, struct MHD_Connection *c, struct connection *own)
{
	own->was_held = true;
	own->code = v->code;
	own->held_for = v->client;
	own->held = c;
	own->held_until = ticks_ms() + v->hold_ms;
	MHD_suspend_connection(c);
	/* From here on another thread may resume it. */
	connection_enter(own, CONNECTION_HELD);
}

static void hold_end(struct visit *v, struct connection *own)
{
	penalty_done(v->service->penalty, &own->held_for);
	own->was_held = false;
}

static enum MHD_Result visit_run(struct visit *v, struct MHD_Connection *c, struct connection *own)
{
	v->is_unix = own->is_unix;
	v->peer = own->peer;
	visit_read(v, c);
	if (own->body > BODY_MAX && v->request.problem == PROBLEM_NONE)
		v->request.problem = PROBLEM_BODY_SIZE;
	visit_answer(v);
	v->reply.ends = v->request.misframed;
	secrets_wipe(&v->request);
	if (!v->hold_ms)
		return reply_send(v, c);
	visit_hold(v, c, own);
	return MHD_YES;
}

static enum MHD_Result visit_resumed(struct visit *v, struct MHD_Connection *c,
				     struct connection *own)
{
	hold_end(v, own);
	visit_answer_held(v, (enum verify_code)own->code);
	return reply_send(v, c);
}

/* --- libmicrohttpd's calls ---------------------------------------------------------------------- */
static struct connection *connection_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

static bool target_fits(const char *uri)
{
	size_t needed = strlen(uri);

	for (const char *at = strchr(uri, '?'); at && needed <= TARGET_MAX;
	     at = strchr(at + 1, '&'))
		needed += PARAMETER_SIZE;
	return needed <= TARGET_MAX;
}

/* Where the parameters fill the pool libmicrohttpd says nothing, and holds on to the connection. What came
 * before on it is answered by now. */
static void target_refuse(const struct connection *own)
{
	static const char answer[] = "HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";

	send(own->fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(own->fd, SHUT_RDWR);
}

/* The request line is there. */
static void *request_begun(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct connection *own = connection_of(c);

	(void)arg;
	if (!target_fits(uri))
		target_refuse(own);
	own->has_headers = false;
	own->body = 0;
	connection_enter(own, CONNECTION_BUSY);
	return own;
}

/* Called for the headers, for each part of the body, and at the end: an answer that is queued before the
 * end closes the connection. */
static enum MHD_Result request_handle(void *arg, struct MHD_Connection *c, const char *path,
				      const char *method, const char *version, const char *body,
				      size_t *body_len, void **context)
{
	struct connection *own = *context;
	struct worker *w = arg;

	(void)version;
	(void)body;
	if (!own->has_headers) {
		own->has_headers = true;
		return MHD_YES;
	}
	if (!*body_len) {
		w->visit.route = route_find(path);
		w->visit.method = method;
		return own->was_held ? visit_resumed(&w->visit, c, own)
				     : visit_run(&w->visit, c, own);
	}
	own->body += *body_len;
	*body_len = 0;
	return own->body > BODY_READ_MAX ? MHD_NO : MHD_YES;
}

static void request_ended(void *arg, struct MHD_Connection *c, void **context,
			  enum MHD_RequestTerminationCode why)
{
	struct connection *own = *context;
	struct worker *w = arg;

	(void)c;
	(void)why;
	if (!own)
		return;
	if (own->was_held) /* the connection ended meanwhile */
		hold_end(&w->visit, own);
	connection_enter(own, CONNECTION_IDLE);
}

static void connection_changed(void *arg, struct MHD_Connection *c, void **context,
			       enum MHD_ConnectionNotificationCode what)
{
	struct worker *w = arg;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		connection_close(&w->connections, *context);
		return;
	}
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	*context = connection_open(&w->connections, info->connect_fd);
}

/* --- the thread --------------------------------------------------------------------------------- */
static struct MHD_Daemon *daemon_start(struct worker *w)
{
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
					MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET,
				0, NULL, NULL, request_handle, w,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_SIZE,
				MHD_OPTION_CONNECTION_LIMIT, 1000000U, MHD_OPTION_URI_LOG_CALLBACK,
				request_begun, w, MHD_OPTION_NOTIFY_COMPLETED, request_ended, w,
				MHD_OPTION_NOTIFY_CONNECTION, connection_changed, w,
				MHD_OPTION_END);
}

enum errc worker_open(struct worker **out, struct service *s, size_t index, struct err *e)
{
	struct worker *w = x_calloc(1, sizeof(*w));
	enum errc rc;

	connections_init(&w->connections);
	request_init(&w->visit.request);
	reply_init(&w->visit.reply);
	w->visit.service = s;
	w->visit.metrics = &s->metrics[index];
	rc = gate_thread_open(&w->gate, s->gate, e);
	w->visit.gate = w->gate;
	if (!rc) {
		w->daemon = daemon_start(w);
		if (!w->daemon)
			rc = err_errno(e, ERR_STORE, "can't start a thread that answers");
	}
	if (rc)
		worker_close(w);
	else
		*out = w;
	return rc;
}

void worker_close(struct worker *w)
{
	if (!w)
		return;
	if (w->daemon) {
		/* libmicrohttpd ends the process where one is suspended still. */
		worker_resume(w, true);
		MHD_stop_daemon(w->daemon);
	}
	gate_thread_close(w->gate);
	request_release(&w->visit.request);
	reply_release(&w->visit.reply);
	connections_release(&w->connections);
	free(w);
}

void worker_take(struct worker *w, int fd)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };

	atomic_fetch_add_explicit(&w->connections.count, 1, memory_order_relaxed);
	/* Closes the descriptor where it fails. */
	if (MHD_add_connection(w->daemon, fd, (const struct sockaddr *)&address, sizeof(address)) !=
	    MHD_YES)
		atomic_fetch_sub_explicit(&w->connections.count, 1, memory_order_relaxed);
}

struct connections *worker_connections(struct worker *w)
{
	return &w->connections;
}

static void resume(void *connection)
{
	MHD_resume_connection(connection);
}

void worker_resume(struct worker *w, bool all)
{
	if (penalty_held(w->visit.service->penalty))
		connections_resume(&w->connections, all ? INT64_MAX : ticks_ms(), resume);
}
