/* The machine's own clock. */
#include "src/base/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { BOOT_ID_LENGTH = 36 };

static char boot_id_text[BOOT_ID_LENGTH + 1];
static pthread_once_t boot_id_once = PTHREAD_ONCE_INIT;

static int64_t read_clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static int64_t read_clock(clockid_t id)
{
	return read_clock_ns(id) / (SECOND_NS / SECOND_MS);
}

static int64_t system_wall(const struct clock *c)
{
	(void)c;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_boot(const struct clock *c)
{
	(void)c;
	return read_clock(CLOCK_BOOTTIME);
}

static int64_t system_boot_ns(const struct clock *c)
{
	(void)c;
	return read_clock_ns(CLOCK_BOOTTIME);
}

static int64_t system_monotonic(const struct clock *c)
{
	(void)c;
	return read_clock(CLOCK_MONOTONIC);
}

/* Without /proc the id stays empty: no boot at all, not even another empty one's. */
static void boot_id_load(void)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (read(fd, boot_id_text, BOOT_ID_LENGTH) != BOOT_ID_LENGTH)
		boot_id_text[0] = '\0';
	close(fd);
}

static const char *system_boot_id(const struct clock *c)
{
	(void)c;
	pthread_once(&boot_id_once, boot_id_load);
	return boot_id_text;
}

const struct clock clock_system = {
	.wall = system_wall,
	.boot = system_boot,
	.boot_ns = system_boot_ns,
	.monotonic = system_monotonic,
	.boot_id = system_boot_id,
};

int64_t ticks_ms(void)
{
	return read_clock(CLOCK_MONOTONIC_COARSE);
}

int64_t ticks_ns(void)
{
	return read_clock_ns(CLOCK_MONOTONIC);
}
