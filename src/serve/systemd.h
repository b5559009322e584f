/* systemd's side: sockets that it opened for us, and what it wants to be told. Without it nothing happens. */
#ifndef SERVE_SYSTEMD_H
#define SERVE_SYSTEMD_H

#include <stddef.h>

enum { SYSTEMD_FIRST = 3 }; /* descriptor of the first socket */

/* How many sockets there are from SYSTEMD_FIRST on (sd_listen_fds(3)); at most once, since the
 * environment is cleared: what this process starts must not take them for its own. */
size_t systemd_sockets(void);
/* sd_notify(3): "READY=1"; lines, for several. */
void systemd_notify(const char *state);
/* Type=notify-reload wants the time with it. */
void systemd_notify_reloading(void);

#endif
