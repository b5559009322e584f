/* Who acts. The environment belongs to the user: what it claims is checked for its form, bounded,
 * and never trusted. */
#include "src/base/actor.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "src/base/cidr.h"
#include "src/base/crypto.h"
#include "src/base/text.h"

enum { AUTH_INFO_MAX = 16384, BLOB_MAX = 8192 };

/* Reads at most size - 1 bytes of a regular file as text; "" where that can't be done. */
static void slurp(char *out, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t got = -1;

	out[0] = '\0';
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		got = read(fd, out, size - 1);
	out[got > 0 ? got : 0] = '\0';
	close(fd);
}

/* The kernel says 4294967295 where nobody logged in. */
static int64_t login_uid_read(void)
{
	char text[16];
	char *end;
	unsigned long uid;

	slurp(text, sizeof(text), "/proc/self/loginuid");
	uid = strtoul(text, &end, 10);
	return end == text || uid >= UINT32_MAX ? -1 : (int64_t)uid;
}

/* Copies a name that a terminal can show as it stands; anything else counts as absent. */
static void name_copy(char *out, size_t size, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	out[0] = '\0';
	if (!len || len >= size || !utf8_valid(name, len))
		return;
	for (size_t at = 0; at < len;) {
		int32_t code;

		at += utf8_decode(&code, name + at, len - at);
		if (!code_point_safe(code))
			return;
	}
	memcpy(out, name, len + 1);
}

static void user_read(struct actor *a)
{
	int64_t uid = a->login_uid >= 0 ? a->login_uid : a->uid;
	struct passwd entry, *found = NULL;
	char strings[4096];

	getpwuid_r((uid_t)uid, &entry, strings, sizeof(strings), &found);
	name_copy(a->user, sizeof(a->user), found ? entry.pw_name : NULL);
	if (!a->user[0])
		snprintf(a->user, sizeof(a->user), "uid %lld", (long long)uid);
}

/* SSH_CONNECTION: client address, client port, server address, server port. */
static void client_read(struct actor *a)
{
	const char *connection = getenv("SSH_CONNECTION");
	size_t len = connection ? strcspn(connection, " %") : 0;
	struct cidr client = { .bits = 128 };
	char text[CIDR_TEXT_SIZE];

	if (!len || len >= sizeof(text))
		return;
	memcpy(text, connection, len);
	text[len] = '\0';
	if (address_parse(&client.base, text, NULL))
		return;
	cidr_text(text, &client);
	name_copy(a->client, sizeof(a->client), text);
}

/* The base64 of a public key as bytes; 0 where it is not strict RFC 4648 §4. */
static size_t blob_decode(uint8_t out[BLOB_MAX], const char *text, size_t len)
{
	size_t digits = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/");
	size_t padding = len - digits;
	int size;

	if (digits > len || padding > 2 || len % 4 || len / 4 * 3 > BLOB_MAX ||
	    strspn(text + digits, "=") != padding)
		return 0;
	size = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	return size > (int)padding ? (size_t)size - padding : 0;
}

/* A key blob begins with its own type (RFC 4253 §6.6): it has to be the one that was told. */
static bool blob_has_type(const uint8_t *blob, size_t len, const char *type, size_t type_len)
{
	const uint8_t prefix[] = { 0, 0, 0, (uint8_t)type_len };

	return len > 4 + type_len && memcmp(blob, prefix, 4) == 0 &&
	       memcmp(blob + 4, type, type_len) == 0;
}

/* "TYPE BASE64" to "SHA256:… TYPE", as ssh-keygen -l has it. */
static void fingerprint(char *out, size_t size, const char *key)
{
	size_t type_len = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-.@");
	const char *data = key + type_len + 1;
	uint8_t blob[BLOB_MAX], digest[SHA256_SIZE];
	char encoded[48];
	size_t len;

	if (!type_len || type_len > 64 || key[type_len] != ' ')
		return;
	len = blob_decode(blob, data, strcspn(data, " \r\n"));
	if (!blob_has_type(blob, len, key, type_len))
		return;
	sha256(digest, &(const struct span){ blob, len }, 1);
	EVP_EncodeBlock((unsigned char *)encoded, digest, sizeof(digest));
	encoded[strcspn(encoded, "=")] = '\0';
	if (strncmp(key, "ssh-", 4) == 0) {
		key += 4;
		type_len -= 4;
	}
	snprintf(out, size, "SHA256:%s %.*s", encoded, (int)type_len, key);
}

/* sshd's ExposeAuthInfo: in the file named by SSH_USER_AUTH, or, since only the person who logged in
 * may read that, handed through sudo in AUTHRACK_SSH_KEY by authrack-host. */
static void auth_info_read(char *out, size_t size)
{
	const char *path = getenv("SSH_USER_AUTH");
	const char *handed = getenv("AUTHRACK_SSH_KEY");

	out[0] = '\0';
	if (path && *path == '/')
		slurp(out, size, path);
	if (!*out && handed)
		snprintf(out, size, "%s", handed);
}

/* A line a method; the first public key counts. */
static void ssh_key_read(struct actor *a)
{
	static const char method[] = "publickey ";
	char info[AUTH_INFO_MAX];

	auth_info_read(info, sizeof(info));
	for (const char *line = info; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, method, sizeof(method) - 1) != 0)
			continue;
		fingerprint(a->ssh_key, sizeof(a->ssh_key), line + sizeof(method) - 1);
		return;
	}
}

void actor_read(struct actor *a)
{
	*a = (struct actor){ .uid = getuid(), .login_uid = login_uid_read() };
	user_read(a);
	name_copy(a->sudo_user, sizeof(a->sudo_user), getenv("SUDO_USER"));
	client_read(a);
	ssh_key_read(a);
}

/* Absent claims are null. */
static void set_claim(struct json *claimed, const char *name, const char *value)
{
	json_set_text(claimed, name, *value ? value : NULL);
}

struct json *actor_json(const struct actor *a)
{
	struct json *v = json_object_new(), *claimed = json_object_new();

	json_set_int(v, "uid", a->uid);
	if (a->login_uid >= 0)
		json_set_int(v, "login_uid", a->login_uid);
	else
		json_set_text(v, "login_uid", NULL);
	json_set_text(v, "user", a->user);
	set_claim(claimed, "sudo_user", a->sudo_user);
	set_claim(claimed, "client", a->client);
	set_claim(claimed, "ssh_key", a->ssh_key);
	json_set(v, "claimed", claimed);
	return v;
}
