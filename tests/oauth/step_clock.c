/* Preloaded into the program: its clocks are off by what stands in the file that STEP_CLOCK names, three
 * 64-bit numbers of milliseconds for wall time, CLOCK_MONOTONIC and CLOCK_BOOTTIME. A suspended machine
 * moves the first and the last of them, which libfaketime can't tell apart. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WALL, MONOTONIC, BOOT, CLOCKS };
static const volatile int64_t *steps;

__attribute__((constructor)) static void map_steps(void)
{
	const char *path = getenv("STEP_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = MAP_FAILED;

	if (fd >= 0) {
		at = mmap(NULL, CLOCKS * sizeof(*steps), PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
	}
	steps = at == MAP_FAILED ? NULL : at;
}

static int64_t step_of(clockid_t id)
{
	if (!steps)
		return 0;
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		return steps[WALL];
	if (id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_RAW || id == CLOCK_MONOTONIC_COARSE)
		return steps[MONOTONIC];
	return id == CLOCK_BOOTTIME ? steps[BOOT] : 0;
}

int clock_gettime(clockid_t id, struct timespec *out)
{
	int64_t step = step_of(id);
	long done = syscall(SYS_clock_gettime, id, out);

	if (done == 0) {
		out->tv_sec += step / 1000;
		out->tv_nsec += step % 1000 * 1000000;
		if (out->tv_nsec >= 1000000000) {
			out->tv_sec++;
			out->tv_nsec -= 1000000000;
		} else if (out->tv_nsec < 0) {
			out->tv_sec--;
			out->tv_nsec += 1000000000;
		}
	}
	return (int)done;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now))
		return -1;
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
