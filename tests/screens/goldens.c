/* Screens that have to be as they are drawn; see goldens.h. */
#include "tests/screens/goldens.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "tests/screens/still_world.h"

static golden_open *opener; /* of the group that runs */

int golden_setup(void **state)
{
	still_world();
	return op_run_setup(state);
}

static void a_screen_is_as_drawn(void **state)
{
	const struct golden *g = *state;
	struct console_run c;
	void *r;

	golden_setup(&r);
	opener(&c, r, g);
	console_run_keys(&c, g->keys);
	console_run_golden(&c, g->name);
	console_run_end(&c);
	op_run_teardown(&r);
}

int golden_group(const char *name, const struct CMUnitTest *tests, size_t count,
		 const struct golden *goldens, golden_open *open)
{
	struct CMUnitTest *all;
	size_t drawn = 0;
	int failed;

	while (goldens[drawn].name)
		drawn++;
	all = x_calloc(count + drawn, sizeof(*all));
	if (count)
		memcpy(all, tests, count * sizeof(*all));
	/* cmocka's initial state is not const, the tests only read it. */
	for (size_t i = 0; i < drawn; i++)
		all[count + i] = (struct CMUnitTest){
			.name = goldens[i].name,
			.test_func = a_screen_is_as_drawn,
			.initial_state = (void *)(uintptr_t)&goldens[i],
		};
	opener = open;
	failed = _cmocka_run_group_tests(name, all, count + drawn, NULL, NULL);
	free(all);
	return failed;
}
