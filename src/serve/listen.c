/* The sockets that the service listens on. */
#include "src/serve/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/cidr.h"
#include "src/base/text.h"

enum { BACKLOG = 4096, PORT_MAX = 65535 };

union any_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static void listeners_add(struct listeners *l, const struct listener *one)
{
	l->items = x_reallocarray(l->items, l->count + 1, sizeof(*l->items));
	l->items[l->count++] = *one;
}

/* --- what a socket is ----------------------------------------------------------------------- */
static void tell_tcp(struct listener *l, const union any_address *a)
{
	char text[INET6_ADDRSTRLEN];

	if (a->any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->v4.sin_addr, text, sizeof(text));
		snprintf(l->name, sizeof(l->name), "%s:%u", text, ntohs(a->v4.sin_port));
	} else {
		inet_ntop(AF_INET6, &a->v6.sin6_addr, text, sizeof(text));
		snprintf(l->name, sizeof(l->name), "[%s]:%u", text, ntohs(a->v6.sin6_port));
	}
}

/* Asks the socket itself: the port may have been chosen by the kernel, the socket made by systemd. */
static void listener_describe(struct listener *l)
{
	union any_address a = { .any.sa_family = AF_UNSPEC };
	struct address address;
	socklen_t len = sizeof(a);
	bool is_unix;

	if (getsockname(l->fd, &a.any, &len) != 0)
		return;
	is_unix = a.any.sa_family == AF_UNIX;
	l->is_local = is_unix ||
		      (address_of_socket(&address, &a.any) && address_is_loopback(&address));
	if (is_unix) {
		snprintf(l->name, sizeof(l->name), "unix:");
		text_safe_put(l->name + 5, sizeof(l->name) - 5, a.local.sun_path,
			      strnlen(a.local.sun_path, sizeof(a.local.sun_path)));
	} else {
		tell_tcp(l, &a);
	}
}

/* --- TCP -------------------------------------------------------------------------------------- */
static enum errc refuse_address(const char *address, struct err *e)
{
	err_set(e, ERR_USAGE, "can't listen on \"%s\"", address);
	return err_hint(e, "HOST:PORT with an address as 127.0.0.1:8420 or [::1]:8420, or "
			   "unix:PATH");
}

static bool port_parse(in_port_t *port, const char *text)
{
	size_t len = strspn(text, "0123456789");
	long value = len && len <= 5 && !text[len] ? strtol(text, NULL, 10) : -1;

	*port = htons((in_port_t)value);
	return value >= 0 && value <= PORT_MAX;
}

static bool tcp_parse(union any_address *a, socklen_t *len, const char *address)
{
	const char *colon = strrchr(address, ':');
	char host[INET6_ADDRSTRLEN + 2];
	size_t host_len = colon ? (size_t)(colon - address) : 0;
	in_port_t port;

	if (!host_len || host_len >= sizeof(host) || !port_parse(&port, colon + 1))
		return false;
	memcpy(host, address, host_len);
	host[host_len] = '\0';
	if (strcmp(host, "localhost") == 0)
		snprintf(host, sizeof(host), "127.0.0.1");
	*a = (union any_address){ .any.sa_family = AF_UNSPEC };
	if (host[0] == '[' && host[host_len - 1] == ']') {
		host[host_len - 1] = '\0';
		a->v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
		*len = sizeof(a->v6);
		return inet_pton(AF_INET6, host + 1, &a->v6.sin6_addr) == 1;
	}
	a->v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
	*len = sizeof(a->v4);
	return inet_pton(AF_INET, host, &a->v4.sin_addr) == 1;
}

static enum errc fail(int fd, const char *address, struct err *e)
{
	enum errc rc = err_errno(e, errno == EADDRINUSE ? ERR_CONFLICT : ERR_USAGE,
				 "can't listen on \"%s\"", address);

	if (fd >= 0)
		close(fd);
	return rc;
}

static enum errc tcp_open(struct listeners *l, const char *address, struct err *e)
{
	struct listener one = { .fd = -1 };
	const int on = 1;
	union any_address a;
	socklen_t len;

	if (!tcp_parse(&a, &len, address))
		return refuse_address(address, e);
	one.fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (one.fd < 0)
		return fail(one.fd, address, e);
	setsockopt(one.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a.any.sa_family == AF_INET6)
		setsockopt(one.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(one.fd, &a.any, len) != 0 || listen(one.fd, BACKLOG) != 0)
		return fail(one.fd, address, e);
	listener_describe(&one);
	listeners_add(l, &one);
	return ERR_OK;
}

/* --- Unix sockets ----------------------------------------------------------------------------- */
static enum errc mode_parse(mode_t *mode, const char *text, struct err *e)
{
	size_t len = strspn(text, "01234567");

	*mode = len ? (mode_t)strtoul(text, NULL, 8) : 0;
	if (len && !text[len] && len <= 4 && *mode <= 0777)
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%s\" is no mode of a socket", text);
	return err_hint(e, "octal digits, as 0660");
}

static enum errc group_find(gid_t *gid, const char *name, struct err *e)
{
	struct group entry, *found = NULL;
	char *names = x_malloc(65536);
	int rc = getgrnam_r(name, &entry, names, 65536, &found);

	if (found)
		*gid = found->gr_gid;
	free(names);
	if (rc == 0 && found)
		return ERR_OK;
	return err_set(e, ERR_USAGE, "there is no group \"%s\"", name);
}

/* A socket that nobody answers was left behind by a process that is gone. */
static enum errc stale_remove(const char *path, const union any_address *a, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return ERR_OK; /* bind(2) tells what is wrong */
	if (!S_ISSOCK(st.st_mode)) {
		err_set(e, ERR_CONFLICT, "\"%s\" is there and is no socket", path);
		return err_hint(e, "listen elsewhere, or move it away");
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	rc = fd < 0 ? -1 : connect(fd, &a->any, sizeof(a->local));
	if (fd >= 0)
		close(fd);
	if (rc != 0 && errno == ECONNREFUSED)
		return unlink(path) == 0 ? ERR_OK
					 : err_errno(e, ERR_PERMISSION,
						     "can't remove the old socket \"%s\"", path);
	err_set(e, ERR_CONFLICT, "somebody listens on \"%s\" already", path);
	return err_hint(e, "stop the other service, or listen elsewhere");
}

/* The mode is right from the start: a socket that all may connect to would be there for a moment else. */
static bool unix_bind(int fd, const union any_address *a)
{
	mode_t before = umask(0777);
	bool done = bind(fd, &a->any, sizeof(a->local)) == 0;

	umask(before);
	return done;
}

static enum errc unix_make(struct listener *one, const union any_address *a, mode_t mode, gid_t gid,
			   struct err *e)
{
	const char *path = a->local.sun_path;
	struct stat st;

	one->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (one->fd < 0 || !unix_bind(one->fd, a))
		return fail(one->fd, path, e);
	if ((gid != (gid_t)-1 && chown(path, (uid_t)-1, gid) != 0) || chmod(path, mode) != 0 ||
	    listen(one->fd, BACKLOG) != 0) {
		enum errc rc = fail(one->fd, path, e);

		unlink(path);
		return rc;
	}
	if (lstat(path, &st) == 0) {
		one->path = x_strdup(path);
		one->device = st.st_dev;
		one->inode = st.st_ino;
	}
	return ERR_OK;
}

static enum errc unix_open(struct listeners *l, const char *path, const struct listen_options *o,
			   struct err *e)
{
	union any_address a = { .local.sun_family = AF_UNIX };
	struct listener one = { .fd = -1 };
	gid_t gid = (gid_t)-1;
	mode_t mode;
	enum errc rc;

	if (!*path || strlen(path) >= sizeof(a.local.sun_path)) {
		err_set(e, ERR_USAGE, "\"%s\" is no path for a socket", path);
		return err_hint(e, "1 to %zu bytes", sizeof(a.local.sun_path) - 1);
	}
	memcpy(a.local.sun_path, path, strlen(path));
	rc = mode_parse(&mode, o->mode, e);
	if (!rc && o->group)
		rc = group_find(&gid, o->group, e);
	if (!rc)
		rc = stale_remove(path, &a, e);
	if (!rc)
		rc = unix_make(&one, &a, mode, gid, e);
	if (rc)
		return rc;
	listener_describe(&one);
	listeners_add(l, &one);
	return ERR_OK;
}

enum errc listen_open(struct listeners *l, const char *address, const struct listen_options *o,
		      struct err *e)
{
	if (strncmp(address, "unix:", 5) == 0)
		return unix_open(l, address + 5, o, e);
	return tcp_open(l, address, e);
}

enum errc listen_take(struct listeners *l, int fd, struct err *e)
{
	struct listener one = { .fd = fd };
	int listens = 0, type = 0;
	socklen_t len = sizeof(listens);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || !listens ||
	    type != SOCK_STREAM)
		return err_set(e, ERR_USAGE, "descriptor %d is no stream socket that listens", fd);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	listener_describe(&one);
	listeners_add(l, &one);
	return ERR_OK;
}

/* Another service may listen there by now, on a socket of its own. */
static void unix_remove(const struct listener *one)
{
	struct stat st;

	if (lstat(one->path, &st) == 0 && st.st_dev == one->device && st.st_ino == one->inode)
		unlink(one->path);
}

void listen_close(struct listeners *l)
{
	for (size_t i = 0; i < l->count; i++) {
		/* Before it is closed: the next one takes the path as soon as nobody answers there. */
		if (l->items[i].path)
			unix_remove(&l->items[i]);
		close(l->items[i].fd);
		free(l->items[i].path);
	}
	free(l->items);
	*l = (struct listeners){ .count = 0 };
}
