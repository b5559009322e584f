/* Who acts: from the kernel, and what the environment claims. */
#ifndef BASE_ACTOR_H
#define BASE_ACTOR_H

#include <stdint.h>

#include "src/base/json.h"

struct actor {
	int64_t uid;
	int64_t login_uid; /* /proc/self/loginuid; -1 where there is none */
	char user[64];	   /* name of login_uid where set, else of uid; "uid 1004" without one */
	/* Claimed: carried by the user's environment. Empty where absent. */
	char sudo_user[64];
	char client[64];   /* address of SSH_CONNECTION */
	char ssh_key[128]; /* "SHA256:… ed25519", SSH_USER_AUTH's file, or AUTHRACK_SSH_KEY */
};

void actor_read(struct actor *a);
/* {"uid","login_uid","user","claimed":{"sudo_user","client","ssh_key"}}; caller frees. */
struct json *actor_json(const struct actor *a);

#endif
