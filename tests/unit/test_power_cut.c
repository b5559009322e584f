/* The power goes at every write and every sync of a row of operations: what was acknowledged is
 * there afterwards, and nothing is half done. A disk that lies about its syncs shows that the test
 * can fail. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/file.h"
#include "tests/lib/cut_vfs.h"
#include "tests/lib/op_run.h"

enum { TEXT_MAX = 1 << 20, ROWS = 150 };

/* What an image held, kept until the operation under way has ended. */
struct sight {
	char *keys; /* NULL: did not open, or is not sound */
	char *trouble;
};

struct cuts {
	struct op_run *live, *after; /* the machine, and the machine after the cut */
	struct cut_disk disk;
	struct sight *sights;
	size_t sight_count;
	char *acknowledged; /* keys after the last operation that returned 0 */
	unsigned seed;
	bool looking;
	bool few; /* operations: enough is lost by then, or the machine is slow */
	size_t points, lost, broken;
};

/* --- looking --------------------------------------------------------------------------- */

/* The keys as one text, without what an operation under way can't be asked for. */
static char *keys_text(struct op_run *r)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	char *copy;

	for (size_t i = 0; i < json_count(r->rows); i++) {
		const struct json *k = json_at(r->rows, i);

		buf_addf(&text, "%s %s %s v%d r%d\n", json_get_text(k, "name"),
			 json_get_text(k, "status"), json_get_text(k, "owner"),
			 (int)json_get_int(k, "version", 0), (int)json_get_int(k, "revision", 0));
	}
	copy = x_strdup(buf_text(&text));
	buf_release(&text);
	return copy;
}

static char *keys_of(struct op_run *r)
{
	if (!app_store_exists(r->app))
		return x_strdup("");
	if (op_run(r, "key.list", "sort", "name", NULL) == ERR_OK)
		return keys_text(r);
	/* The file is there, but nothing was ever committed to it. */
	return strstr(r->e.message, "there is no store") ? x_strdup("") : NULL;
}

static void file_copy(const char *from, const char *to)
{
	struct buf data = BUF_INIT(TEXT_MAX);
	struct err e = ERR_INIT;

	unlink(to);
	if (access(from, F_OK) == 0) {
		assert_well(file_read(&data, from, &e), &e);
		assert_well(file_write_new(to, data.data, data.len, &e), &e);
	}
	buf_release(&data);
}

/* The master key was synced before the store was made; of the anchor the newest state is the one
 * that could lead. */
static void copy_keys(struct cuts *c)
{
	char *from = path_parent(c->live->master), *to = path_parent(c->after->master);
	DIR *folder = opendir(from);
	struct dirent *entry;

	file_copy(c->live->master, c->after->master);
	while (folder && (entry = readdir(folder))) {
		char *source = path_join(from, entry->d_name),
		     *target = path_join(to, entry->d_name);

		if (strstr(entry->d_name, ".anchor"))
			file_copy(source, target);
		free(source);
		free(target);
	}
	if (folder)
		closedir(folder);
	free(from);
	free(to);
}

static void after_reopen(struct cuts *c)
{
	app_free(c->after->app);
	c->after->app = app_new(&c->after->options);
}

static void sight_take(struct cuts *c, struct sight *s)
{
	struct op_run *r = c->after;

	after_reopen(c);
	s->keys = keys_of(r);
	if (s->keys && *s->keys && op_run(r, "store.check", NULL) != ERR_OK) {
		free(s->keys);
		s->keys = NULL;
	}
	if (!s->keys)
		s->trouble = x_asprintf("%s %s", r->e.message, buf_text(&r->notes));
	app_free(r->app);
	r->app = NULL;
}

/* The power goes now. */
static void cut(void *arg)
{
	struct cuts *c = arg;
	char *folder = path_parent(c->after->store);

	if (c->looking)
		return;
	c->looking = true;
	cut_vfs_image(folder, c->seed++);
	copy_keys(c);
	c->sights = x_reallocarray(c->sights, c->sight_count + 1, sizeof(*c->sights));
	c->sights[c->sight_count] = (struct sight){ NULL, NULL };
	sight_take(c, &c->sights[c->sight_count++]);
	c->looking = false;
	free(folder);
}

/* The operation has returned: each image had what was acknowledged before it, or what it did. */
static void judge(struct cuts *c, const char *what)
{
	char *now;

	c->looking = true;
	now = keys_of(c->live);
	assert_non_null(now);
	for (size_t i = 0; i < c->sight_count; i++) {
		struct sight *s = &c->sights[i];
		bool fits = s->keys &&
			    (strcmp(s->keys, c->acknowledged) == 0 || strcmp(s->keys, now) == 0);

		c->points++;
		c->broken += !s->keys;
		c->lost += !fits;
		if (!fits && !c->disk.lies)
			print_message("# %s, point %zu: %s\nhas:\n%s\nacknowledged:\n%s\n", what, i,
				      s->trouble ? s->trouble : "", s->keys ? s->keys : "",
				      c->acknowledged);
		free(s->keys);
		free(s->trouble);
	}
	c->sight_count = 0;
	free(c->acknowledged);
	c->acknowledged = now;
	c->looking = false;
}

/* --- the operations -------------------------------------------------------------------- */

/* Each in a session of its own, as from the command line. */
#define STEP(c, ...)                                           \
	do {                                                   \
		app_free((c)->live->app);                      \
		(c)->live->app = app_new(&(c)->live->options); \
		test_clock_advance(&(c)->live->clock, 1000);   \
		assert_run((c)->live, __VA_ARGS__);            \
		judge((c), #__VA_ARGS__);                      \
	} while (0)

static char *import_file(struct cuts *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	char *path;

	buf_add_text(&text, "name,owner,secret\n");
	for (int i = 0; i < ROWS; i++)
		buf_addf(&text, "import%d,ops,%064d\n", i, i);
	path = op_run_file(c->live, "import.csv", buf_text(&text));
	buf_release(&text);
	return path;
}

static void run_all(struct cuts *c)
{
	char *import = import_file(c);

	STEP(c, "key.create", "name", "a", NULL);
	STEP(c, "key.create", "name", "b", "owner", "x", NULL);
	STEP(c, "key.rotate", "key", "a", NULL);
	STEP(c, "key.edit", "key", "b", "owner", "y", NULL);
	STEP(c, "key.disable", "key", "b", NULL);
	if (c->few)
		goto out;
	STEP(c, "key.import", "file", import, "allow-weak", "", NULL);
	STEP(c, "key.enable", "key", "b", NULL);
	STEP(c, "key.rotate", "key", "a", "finish", "", "yes", "", NULL);
	STEP(c, "key.revoke", "key", "a", "yes", "", NULL);
	STEP(c, "store.rekey", "yes", "", NULL);
	STEP(c, "key.revoke", "search", "import1", "yes", "", NULL);
	STEP(c, "key.purge", "older-than", "0s", "yes", "", NULL);
	STEP(c, "key.create", "name", "c", NULL);
out:
	free(import);
}

/* Valgrind preloads its own libraries. */
static bool is_slow(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

static void cuts_run(struct cuts *c, bool lies)
{
	void *live = NULL, *after = NULL;
	char *folder;

	*c = (struct cuts){ .few = lies || is_slow(),
			    .disk = { .lies = lies, .moment = cut },
			    .seed = 1 };
	assert_int_equal(op_run_setup(&live), 0);
	assert_int_equal(op_run_setup(&after), 0);
	c->live = live;
	c->after = after;
	c->after->options.clock = &c->live->clock.clock;
	c->disk.arg = c;
	folder = path_parent(c->live->store);
	c->disk.folder = folder;
	c->acknowledged = x_strdup("");
	cut_vfs_install(&c->disk);
	run_all(c);
	app_free(c->live->app);
	c->live->app = NULL;
	cut_vfs_remove();
	op_run_teardown(&live);
	op_run_teardown(&after);
	free(c->sights);
	free(c->acknowledged);
	free(folder);
}

static void a_power_cut_at_any_point_loses_nothing_acknowledged(void **state)
{
	struct cuts c;

	(void)state;
	cuts_run(&c, false);
	print_message("# %zu power cuts: %zu lost, %zu not sound\n", c.points, c.lost, c.broken);
	assert_true(c.points > 200);
	assert_int_equal(c.lost, 0);
}

static void a_disk_that_lies_about_syncs_loses_some(void **state)
{
	struct cuts c;

	(void)state;
	cuts_run(&c, true);
	print_message("# without syncs, %zu power cuts: %zu lost, %zu of them not sound\n",
		      c.points, c.lost, c.broken);
	assert_true(c.lost > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_at_any_point_loses_nothing_acknowledged),
		cmocka_unit_test(a_disk_that_lies_about_syncs_loses_some),
	};

	/* What a cut leaves is kept in memory anyway: no need to wait for a disk. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
