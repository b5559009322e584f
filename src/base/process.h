/* What tells one process from another that got its number later. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat); 0 where there is
 * no such process. */
int64_t process_start(int64_t pid);

/* Is the process that started then still there? Where a start time can't be told (0: no /proc, or
 * one that hides others' processes), a process of that number counts. */
bool process_alive(int64_t pid, int64_t start);

#endif
