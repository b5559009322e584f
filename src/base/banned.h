/* Functions that nobody here may call: each has a safer one next to it. Included before all else. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros of the hardened headers in clang. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gmtime localtime atoi \
	atol atoll gets ctime asctime mktemp tmpnam

#endif
