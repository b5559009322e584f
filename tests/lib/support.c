/* What unit tests share. */
#include "tests/lib/support.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

char *temp_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *folder = path_join(base && *base ? base : "/tmp", "authrack-test-XXXXXX");

	if (!mkdtemp(folder))
		fail_msg("no temporary folder \"%s\"", folder);
	return folder;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

void temp_folder_remove(char *folder)
{
	if (folder)
		nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

void file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || !fd_write_all(fd, text, strlen(text)))
		fail_msg("cannot write \"%s\"", path);
	close(fd);
}

char *file_get(const char *path)
{
	struct buf text = BUF_INIT(16 * 1024 * 1024);
	struct err e = ERR_INIT;

	if (file_read(&text, path, &e))
		fail_msg("%s", e.message);
	return buf_take(&text);
}

static const struct test_clock *test_clock_of(const struct clock *c)
{
	return c->arg;
}

static int64_t test_wall(const struct clock *c)
{
	return test_clock_of(c)->wall;
}

static int64_t test_boot(const struct clock *c)
{
	return test_clock_of(c)->boot;
}

static const char *test_boot_id(const struct clock *c)
{
	return test_clock_of(c)->boot_id;
}

void test_clock_init(struct test_clock *t, int64_t wall)
{
	*t = (struct test_clock){
		.clock = { .wall = test_wall,
			   .boot = test_boot,
			   .monotonic = test_boot,
			   .boot_id = test_boot_id },
		.wall = wall,
		.boot = HOUR_MS,
		.boot_id = "00000000-0000-4000-8000-000000000001",
	};
	t->clock.arg = t;
}

void test_clock_advance(struct test_clock *t, int64_t ms)
{
	t->wall += ms;
	t->boot += ms;
}

void test_clock_step(struct test_clock *t, int64_t ms)
{
	t->wall += ms;
}

void test_clock_reboot(struct test_clock *t)
{
	t->boot = MINUTE_MS;
	t->boot_id[35]++;
}

void support_well(enum errc rc, const struct err *e, const char *call, const char *file, int line)
{
	if (rc == ERR_OK)
		return;
	print_error("%s: %d: %s\n", call, (int)rc, e ? e->message : "");
	_fail(file, line);
}

void support_refused(enum errc rc, enum errc code, const struct err *e, const char *text,
		     const char *call, const char *file, int line)
{
	bool told = !text || !e || strstr(e->message, text) || strstr(e->hint, text);

	if (rc == code && told)
		return;
	print_error("%s: %d instead of %d, \"%s\" (%s) instead of \"%s\"\n", call, (int)rc,
		    (int)code, e ? e->message : "", e ? e->hint : "", text ? text : "");
	_fail(file, line);
}
