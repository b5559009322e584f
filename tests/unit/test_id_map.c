/* Ids are found again whatever was added and removed. */
#include <stdio.h>

#include "tests/lib/support.h"
#include "ui/id_map.h"

static void name(char out[ID_SIZE], size_t n)
{
	snprintf(out, ID_SIZE, "key_%zu", n);
}

static void an_id_keeps_the_place_it_was_added_at(void **state)
{
	struct id_map m = { .ids = NULL };
	char id[ID_SIZE];

	(void)state;
	assert_int_equal(id_map_find(&m, "key_0"), 0);
	for (size_t i = 0; i < 5000; i++) {
		name(id, i);
		assert_int_equal(id_map_find(&m, id), i);
		assert_int_equal(id_map_add(&m, id), i);
	}
	for (size_t i = 0; i < 5000; i++) {
		name(id, i);
		assert_int_equal(id_map_find(&m, id), i);
		assert_string_equal(m.ids[i], id);
	}
	assert_int_equal(id_map_find(&m, "key_5000"), m.count);
	id_map_release(&m);
}

static void those_behind_a_removed_one_move_up(void **state)
{
	struct id_map m = { .ids = NULL };

	(void)state;
	id_map_add(&m, "a");
	id_map_add(&m, "b");
	id_map_add(&m, "c");
	id_map_remove(&m, 0);
	assert_int_equal(m.count, 2);
	assert_int_equal(id_map_find(&m, "a"), 2);
	assert_int_equal(id_map_find(&m, "b"), 0);
	assert_int_equal(id_map_find(&m, "c"), 1);
	id_map_remove(&m, 1);
	assert_int_equal(id_map_find(&m, "c"), 1);
	id_map_clear(&m);
	assert_int_equal(id_map_find(&m, "b"), 0);
	assert_int_equal(id_map_add(&m, "b"), 0);
	id_map_release(&m);
}

static void an_id_too_long_is_cut_and_found_cut(void **state)
{
	struct id_map m = { .ids = NULL };
	const char *most = "0123456789012345678901234567890123456789";

	(void)state;
	id_map_add(&m, most);
	assert_int_equal(strlen(m.ids[0]), ID_SIZE - 1);
	assert_int_equal(id_map_find(&m, m.ids[0]), 0);
	id_map_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_keeps_the_place_it_was_added_at),
		cmocka_unit_test(those_behind_a_removed_one_move_up),
		cmocka_unit_test(an_id_too_long_is_cut_and_found_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
