/* A world that stands still; see still_world.h. */
#include "tests/screens/still_world.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/actor.h"
#include "src/base/random.h"

static uint64_t state = 1;

/* Knuth's MMIX generator: good enough to look random, and always the same. */
static unsigned char still_byte(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned char)(state >> 56);
}

void random_private(void *out, size_t len)
{
	unsigned char *bytes = out;

	for (size_t i = 0; i < len; i++)
		bytes[i] = still_byte();
}

void random_public(void *out, size_t len)
{
	random_private(out, len);
}

void random_text(char *out, size_t count, const char *alphabet)
{
	size_t size = strlen(alphabet);

	for (size_t i = 0; i < count; i++)
		out[i] = alphabet[still_byte() % size];
}

/* Whoever runs the tests, it is ops1, who came by SSH. */
void actor_read(struct actor *a)
{
	*a = (struct actor){ .uid = 1004,
			     .login_uid = 1004,
			     .user = "ops1",
			     .client = "10.20.9.7",
			     .ssh_key = "SHA256:Kx3mV9Qe ed25519" };
}

struct json *actor_json(const struct actor *a)
{
	struct json *record = json_object_new(), *claimed = json_object_new();

	json_set_text(claimed, "client", a->client);
	json_set_text(claimed, "ssh_key", a->ssh_key);
	json_set_text(claimed, "sudo_user", NULL);
	json_set_int(record, "login_uid", a->login_uid);
	json_set_int(record, "uid", a->uid);
	json_set_text(record, "user", a->user);
	json_set(record, "claimed", claimed);
	return record;
}

void still_world(void)
{
	static const char *const unset[] = {
		"TMUX",
		"STY",
		"NO_COLOR",
		"AUTHRACK_STORE",
	};

	state = 1;
	for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		unsetenv(unset[i]);
	setenv("TZ", "UTC", 1);
	tzset();
}
