/* Start time of a process, from /proc, and whether it is still there. */
#include "src/base/process.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { COMMAND_FIELD = 2, START_FIELD = 22 };

int64_t process_start(int64_t pid)
{
	char path[48], text[1024], *at;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[len] = '\0';
	/* The command may hold anything: fields are counted behind its closing bracket. */
	at = strrchr(text, ')');
	for (int field = COMMAND_FIELD; at && field < START_FIELD; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at ? strtoll(at, NULL, 10) : 0;
}

bool process_alive(int64_t pid, int64_t start)
{
	int64_t is = process_start(pid);

	if (is && start)
		return is == start;
	return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}
