/* Who acts: what the kernel says, and what hostile environments claim. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/actor.h"
#include "src/base/alloc.h"
#include "src/base/file.h"

/* A key made for this test by ssh-keygen, and what `ssh-keygen -l` says of it. */
#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAINdlpj45HazG+/CWKPlPwU5g56pAol3FN8pGjaLjMn1R"
#define KEY_FINGERPRINT "SHA256:fwHJn2/i1TYatyC7BPq+u+k8u1MrMAAGPy5JqxcZMtM ed25519"

struct fixture {
	char *folder, *path;
	struct actor actor;
};

static int set_up(void **state)
{
	struct fixture *f = x_calloc(1, sizeof(*f));

	unsetenv("SUDO_USER");
	unsetenv("SSH_CONNECTION");
	unsetenv("AUTHRACK_SSH_KEY");
	f->folder = temp_folder();
	f->path = path_join(f->folder, "auth");
	setenv("SSH_USER_AUTH", f->path, 1);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	temp_folder_remove(f->folder);
	free(f->path);
	free(f);
	return 0;
}

static void the_user_is_told_by_the_kernel(void **state)
{
	struct fixture *f = *state;

	actor_read(&f->actor);
	assert_int_equal(f->actor.uid, getuid());
	assert_in_range(f->actor.login_uid + 1, 0, UINT32_MAX);
	assert_string_not_equal(f->actor.user, "");
	assert_string_equal(f->actor.sudo_user, "");
	assert_string_equal(f->actor.client, "");
	assert_string_equal(f->actor.ssh_key, "");
}

static void the_client_is_the_first_word_of_the_connection(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.7 50122 192.0.2.1 22", "192.0.2.7" },
		{ "2001:DB8::7 50122 ::1 22", "2001:db8::7" },
		{ "fe80::1%eth0 50122 fe80::2%eth0 22", "fe80::1" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		setenv("SSH_CONNECTION", cases[i][0], 1);
		actor_read(&f->actor);
		assert_string_equal(f->actor.client, cases[i][1]);
	}
}

static void a_client_that_is_no_address_is_left_out(void **state)
{
	static const char *const refused[] = {
		"",
		" 192.0.2.7",
		"localhost 1 2 3",
		"192.0.2.7\x1b[31m 1 2 3",
		"UNKNOWN 65535",
		"192.0.2.7;rm 1",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111 1",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		setenv("SSH_CONNECTION", refused[i], 1);
		actor_read(&f->actor);
		assert_string_equal(f->actor.client, "");
	}
}

static void a_sudo_user_that_a_terminal_can_show_is_kept(void **state)
{
	struct fixture *f = *state;

	setenv("SUDO_USER", "ada", 1);
	actor_read(&f->actor);
	assert_string_equal(f->actor.sudo_user, "ada");
	setenv("SUDO_USER", "DOM\\j\xc3\xb6rg", 1);
	actor_read(&f->actor);
	assert_string_equal(f->actor.sudo_user, "DOM\\j\xc3\xb6rg");
}

static void a_hostile_sudo_user_is_left_out(void **state)
{
	static const char *const refused[] = {
		"",	"a\x1b[31m",
		"a\nb", "a\xe2\x80\256b",
		"\xff", "0123456789012345678901234567890123456789012345678901234567890123456789",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		setenv("SUDO_USER", refused[i], 1);
		actor_read(&f->actor);
		assert_string_equal(f->actor.sudo_user, "");
	}
}

static void the_ssh_keys_fingerprint_is_what_ssh_keygen_says(void **state)
{
	static const char *const files[] = {
		"publickey ssh-ed25519 " KEY "\n",
		"publickey ssh-ed25519 " KEY,
		"password\npublickey ssh-ed25519 " KEY "\n",
		"publickey ssh-ed25519 " KEY " comment\npublickey ssh-ed25519 AAAA\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		file_put(f->path, files[i]);
		actor_read(&f->actor);
		assert_string_equal(f->actor.ssh_key, KEY_FINGERPRINT);
	}
}

static void a_key_handed_through_sudo_counts_where_there_is_no_file(void **state)
{
	struct fixture *f = *state;

	setenv("AUTHRACK_SSH_KEY", "publickey ssh-ed25519 " KEY, 1);
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, KEY_FINGERPRINT);
	file_put(f->path, "password\n");
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, "");
	unlink(f->path);
	setenv("AUTHRACK_SSH_KEY", "publickey ssh-ed25519 \x1b[31m", 1);
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, "");
}

static void an_auth_file_that_is_malformed_claims_nothing(void **state)
{
	static const char *const refused[] = {
		"",
		"\n\n",
		"publickey",
		"publickey \n",
		"publickey ssh-ed25519\n",
		"publickey ssh-ed25519 \n",
		"publickey ssh-ed25519 AAAA\n",
		"publickey ssh-ed25519 A===\n",
		"publickey ssh-ed25519 !!!!\n",
		"publickey ssh-rsa " KEY "\n", /* not the type in the blob */
		"publickey \x1b[31m " KEY "\n",
		" publickey ssh-ed25519 " KEY "\n",
		"hostbased ssh-ed25519 " KEY "\n",
		"password\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		file_put(f->path, refused[i]);
		actor_read(&f->actor);
		assert_string_equal(f->actor.ssh_key, "");
	}
}

static void an_auth_file_that_is_too_long_claims_nothing(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT(200000);

	buf_add_text(&text, "publickey ssh-ed25519 ");
	while (text.len < 100000)
		buf_add_text(&text, "AAAA");
	file_put(f->path, buf_text(&text));
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, "");
	buf_release(&text);
}

static void an_auth_file_that_is_none_hangs_nobody(void **state)
{
	struct fixture *f = *state;
	char *link = path_join(f->folder, "link");

	assert_int_equal(mkfifo(f->path, 0600), 0);
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, "");
	assert_int_equal(unlink(f->path), 0);
	file_put(f->path, "publickey ssh-ed25519 " KEY "\n");
	assert_int_equal(symlink(f->path, link), 0);
	setenv("SSH_USER_AUTH", link, 1);
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, "");
	setenv("SSH_USER_AUTH", "relative", 1);
	actor_read(&f->actor);
	assert_string_equal(f->actor.ssh_key, "");
	free(link);
}

static void json_tells_claims_from_facts(void **state)
{
	const struct actor a = {
		.uid = 0, .login_uid = 1004, .user = "ada", .client = "192.0.2.7"
	};
	const struct actor b = { .uid = 5, .login_uid = -1, .user = "uid 5" };
	struct json *v = actor_json(&a), *w = actor_json(&b);
	struct buf text = BUF_INIT(1000);

	(void)state;
	assert_true(json_write(&text, v));
	assert_string_equal(buf_text(&text),
			    "{\"uid\":0,\"login_uid\":1004,\"user\":\"ada\",\"claimed\":{"
			    "\"sudo_user\":null,\"client\":\"192.0.2.7\",\"ssh_key\":null}}");
	assert_int_equal(json_type_of(json_get(w, "login_uid")), JSON_NULL_TYPE);
	json_free(v);
	json_free(w);
	buf_release(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_user_is_told_by_the_kernel),
		TEST(the_client_is_the_first_word_of_the_connection),
		TEST(a_client_that_is_no_address_is_left_out),
		TEST(a_sudo_user_that_a_terminal_can_show_is_kept),
		TEST(a_hostile_sudo_user_is_left_out),
		TEST(the_ssh_keys_fingerprint_is_what_ssh_keygen_says),
		TEST(a_key_handed_through_sudo_counts_where_there_is_no_file),
		TEST(an_auth_file_that_is_malformed_claims_nothing),
		TEST(an_auth_file_that_is_too_long_claims_nothing),
		TEST(an_auth_file_that_is_none_hangs_nobody),
		TEST(json_tells_claims_from_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
