/* What tells one process from another that got its number later. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdint.h>

/* Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat); 0 where there is
 * no such process. */
int64_t process_start(int64_t pid);

#endif
