/* The anchor: an older store put back is refused; an anchor that lags, is missing or torn is not. */
#include "tests/lib/store_fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

static struct buf read_whole(const char *path)
{
	struct buf text = BUF_INIT(16 << 20);
	struct err e = ERR_INIT;

	assert_well(file_read(&text, path, &e), &e);
	return text;
}

static void write_whole(const char *path, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(fd_write_all(fd, text->data, text->len));
	assert_int_equal(close(fd), 0);
}

/* The database and its log, as somebody with a copy of the folder has them. */
struct copy {
	struct buf db, log;
};

static struct copy copy_take(struct store_fixture *f)
{
	char *log = x_asprintf("%s-wal", f->path);
	struct copy c = { read_whole(f->path), read_whole(log) };

	free(log);
	return c;
}

static void copy_put(struct store_fixture *f, struct copy *c)
{
	char *log = x_asprintf("%s-wal", f->path), *index = x_asprintf("%s-shm", f->path);

	store_close(f->s);
	f->s = NULL;
	write_whole(f->path, &c->db);
	write_whole(log, &c->log);
	unlink(index);
	buf_release(&c->db);
	buf_release(&c->log);
	free(index);
	free(log);
}

static enum errc reopen(struct store_fixture *f, struct err *e)
{
	store_close(f->s);
	f->s = NULL;
	return store_open(&f->s, &f->options, e);
}

static void an_older_store_put_back_is_refused(void **state)
{
	struct store_fixture *f = *state;
	const char *id = fixture_create(f, "leaked");
	struct copy yesterday = copy_take(f);
	struct err e = ERR_INIT;

	fixture_revoke(f, id);
	copy_put(f, &yesterday);
	assert_refused(reopen(f, &e), ERR_STORE, &e, "rolled back");
	f->options.read_only = true;
	assert_refused(reopen(f, &e), ERR_STORE, &e, "rolled back");
	f->options.read_only = false;
	f->options.for_check = true;
	fixture_reopen(f);
}

static void an_older_store_that_went_on_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct copy yesterday;
	struct err e = ERR_INIT;
	char *anchor = anchor_path(f->s);
	struct buf kept;

	fixture_create(f, "one");
	yesterday = copy_take(f);
	fixture_create(f, "two");
	kept = read_whole(anchor);
	/* Behind the anchor's back, to beyond where it stood. */
	copy_put(f, &yesterday);
	assert_int_equal(unlink(anchor), 0);
	fixture_reopen(f);
	fixture_create(f, "another two");
	fixture_create(f, "three");
	write_whole(anchor, &kept);
	assert_refused(reopen(f, &e), ERR_STORE, &e, "is another");
	buf_release(&kept);
	free(anchor);
}

static void a_store_replaced_while_open_takes_no_change(void **state)
{
	struct store_fixture *f = *state;
	char *aside = x_asprintf("%s.aside", f->path);
	struct err e = ERR_INIT;
	uint64_t version;
	struct copy c;

	fixture_create(f, "one");
	c = copy_take(f);
	assert_int_equal(rename(f->path, aside), 0);
	assert_refused(store_version(f->s, &version, &e), ERR_STORE, &e,
		       "moved, removed or replaced");
	assert_refused(store_begin(f->s, &e), ERR_STORE, &e, "moved, removed or replaced");
	write_whole(f->path, &c.db);
	assert_refused(store_version(f->s, &version, &e), ERR_STORE, &e,
		       "moved, removed or replaced");
	assert_refused(store_begin(f->s, &e), ERR_STORE, &e, "moved, removed or replaced");
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(rename(aside, f->path), 0);
	assert_well(store_version(f->s, &version, &e), &e);
	buf_release(&c.db);
	buf_release(&c.log);
	free(aside);
}

static void a_missing_anchor_is_made_anew_with_the_next_change(void **state)
{
	struct store_fixture *f = *state;
	char *anchor = anchor_path(f->s);

	fixture_create(f, "one");
	fixture_create(f, "one more");
	assert_null(store_notice(f->s));
	assert_int_equal(unlink(anchor), 0);
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.state, ANCHOR_NONE);
	assert_non_null(strstr(store_notice(f->s), "missing"));
	assert_null(store_notice(f->s));
	assert_int_equal(access(anchor, F_OK), -1);
	fixture_create(f, "two");
	assert_int_equal(access(anchor, F_OK), 0);
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.state, ANCHOR_FITS);
	assert_int_equal(f->s->anchor.sequence, 3);
	assert_null(store_notice(f->s));
	free(anchor);
}

static void a_torn_anchor_opens_and_is_mended(void **state)
{
	struct store_fixture *f = *state;
	char *anchor = anchor_path(f->s);

	fixture_create(f, "one");
	file_put(anchor, "rubbish");
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.state, ANCHOR_TORN);
	assert_non_null(strstr(store_notice(f->s), "damaged"));
	fixture_create(f, "two");
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.state, ANCHOR_FITS);
	free(anchor);
}

/* One slot torn in the middle of its writing leaves the other. */
static void each_slot_stands_alone(void **state)
{
	struct store_fixture *f = *state;
	char *anchor = anchor_path(f->s);
	struct buf whole;

	fixture_create(f, "one");
	fixture_create(f, "two");
	whole = read_whole(anchor);
	for (size_t half = 0; half < 2; half++) {
		struct buf torn = read_whole(anchor);

		torn.data[half * torn.len / 2 + 20] ^= 1;
		write_whole(anchor, &torn);
		fixture_reopen(f);
		assert_int_equal(f->s->anchor.state, ANCHOR_FITS);
		assert_int_equal(f->s->anchor.sequence, half == 0 ? 1 : 2);
		write_whole(anchor, &whole);
		buf_release(&torn);
	}
	buf_release(&whole);
	free(anchor);
}

static void a_lagging_anchor_is_well(void **state)
{
	struct store_fixture *f = *state;
	char *anchor = anchor_path(f->s);
	struct buf early;

	fixture_create(f, "one");
	early = read_whole(anchor);
	fixture_create(f, "two");
	fixture_create(f, "three");
	write_whole(anchor, &early);
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.sequence, 1);
	buf_release(&early);
	free(anchor);
}

static void a_forged_anchor_counts_for_nothing(void **state)
{
	struct store_fixture *f = *state;
	char *anchor = anchor_path(f->s);
	struct buf forged;

	fixture_create(f, "one");
	fixture_create(f, "two");
	forged = read_whole(anchor);
	/* The sequence stands behind the 16 bytes of magic. */
	forged.data[16] = 0;
	forged.data[forged.len / 2 + 16] = 0;
	write_whole(anchor, &forged);
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.state, ANCHOR_TORN);
	buf_release(&forged);
	free(anchor);
}

static void a_folder_that_takes_no_anchor_fails_nothing(void **state)
{
	struct store_fixture *f = *state;
	char *anchor = anchor_path(f->s);

	unlink(anchor);
	assert_int_equal(mkdir(anchor, 0700), 0);
	fixture_create(f, "one");
	fixture_reopen(f);
	assert_int_equal(f->s->anchor.state, ANCHOR_NONE);
	free(anchor);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_older_store_put_back_is_refused),
		STORE_TEST(an_older_store_that_went_on_is_refused),
		STORE_TEST(a_store_replaced_while_open_takes_no_change),
		STORE_TEST(a_missing_anchor_is_made_anew_with_the_next_change),
		STORE_TEST(a_torn_anchor_opens_and_is_mended),
		STORE_TEST(each_slot_stands_alone),
		STORE_TEST(a_lagging_anchor_is_well),
		STORE_TEST(a_forged_anchor_counts_for_nothing),
		STORE_TEST(a_folder_that_takes_no_anchor_fails_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
