/* The sockets that the service listens on: its own, or systemd's. */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct listener {
	int fd;
	bool is_local; /* a Unix socket, or loopback */
	char *path;    /* of a Unix socket that is ours to remove; else NULL */
	dev_t device;  /* what `path` named when it was made */
	ino_t inode;
	char name[160]; /* as it is told: "127.0.0.1:8420", "unix:/run/x"; terminal-safe */
};
struct listeners {
	struct listener *items;
	size_t count;
};

struct listen_options {
	const char *mode;  /* of Unix sockets, octal */
	const char *group; /* NULL: this process's */
};

/* Opens one more: "127.0.0.1:8420", "[::1]:0", "unix:PATH". ERR_USAGE where the address is none or taken. */
enum errc listen_open(struct listeners *l, const char *address, const struct listen_options *o,
		      struct err *e);
/* Takes a socket that systemd listens on; it is closed, too, but not removed. */
enum errc listen_take(struct listeners *l, int fd, struct err *e);
/* Closes all and removes the Unix sockets that are ours. */
void listen_close(struct listeners *l);

#endif
