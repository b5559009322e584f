/* Random numbers and a user name that are the same in every run, for tests that compare whole
 * screens.
 * A test that calls still_world() is linked with these instead of the real ones. */
#ifndef TESTS_STILL_WORLD_H
#define TESTS_STILL_WORLD_H

void still_world(void); /* starts the numbers anew, and the environment without surprises */

#endif
