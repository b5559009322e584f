/* systemd's side: two environment variables and a datagram are no reason for a library. */
#include "src/serve/systemd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/clock.h"

enum { SOCKETS_MAX = 64 };

/* -1 for anything but a plain number. */
static long number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long value;

	if (!text || *text < '0' || *text > '9')
		return -1;
	value = strtol(text, &end, 10);
	return *end ? -1 : value;
}

size_t systemd_sockets(void)
{
	long pid = number_of("LISTEN_PID"), count = number_of("LISTEN_FDS");

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (pid != (long)getpid() || count < 1 || count > SOCKETS_MAX)
		return 0;
	for (int fd = SYSTEMD_FIRST; fd < SYSTEMD_FIRST + (int)count; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return (size_t)count;
}

/* A name that begins with '@' is in the abstract namespace. */
void systemd_notify(const char *state)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = name ? strlen(name) : 0;
	int fd;

	if (!len || len >= sizeof(a.sun_path) || (*name != '/' && *name != '@'))
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	memcpy(a.sun_path, name, len);
	if (*name == '@')
		a.sun_path[0] = '\0';
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&a,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

void systemd_notify_reloading(void)
{
	char state[64];

	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 (long long)ticks_ns() / 1000);
	systemd_notify(state);
}
