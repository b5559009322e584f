/* What the harnesses share. Each feeds one reader with whatever the fuzzer makes, and demands what has
 * to hold for any input: a broken demand ends the program, as a crash does. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); /* libFuzzer calls it */

#define must(condition) must_hold((condition), #condition, __FILE__, __LINE__)
void must_hold(bool holds, const char *condition, const char *file, int line);

/* Takes the bytes before the next `end` off the input; all that is left where there is none. */
struct fuzz_input {
	const char *text;
	size_t len;
};
struct fuzz_input fuzz_take(struct fuzz_input *in, char end);

#endif
