/* Start time of a process, from /proc. */
#include "src/base/process.h"

#include <inttypes.h>
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
