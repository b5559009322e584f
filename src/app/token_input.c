/* From an operation's arguments to the tokens in a paste. */
#include "src/app/token_input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "src/app/token_provider.h"

static enum errc input_scan(struct token_input *in, struct err *e)
{
	if (!in->text.len) {
		err_set(e, ERR_USAGE, "there is nothing to look at: the input is empty");
		return err_hint(e, "give a file, pipe the token in, or paste it");
	}
	paste_scan(&in->paste, secret_reveal(&in->text), in->text.len);
	return ERR_OK;
}

enum errc token_file_read(struct secret *s, const char *path, size_t max, struct err *e)
{
	enum errc rc;
	int fd;

	if (strcmp(path, "-") == 0)
		return secret_read_fd(s, STDIN_FILENO, max, "standard input", e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(e, errno == EACCES ? ERR_PERMISSION : ERR_USAGE,
				 "cannot open \"%s\"", path);
	rc = secret_read_fd(s, fd, max, path, e);
	close(fd);
	return rc;
}

enum errc token_input_file(struct token_input *in, const char *path, struct err *e)
{
	enum errc rc;

	*in = (struct token_input){ .text = SECRET_INIT };
	rc = token_file_read(&in->text, path, PASTE_MAX, e);
	return rc ? rc : input_scan(in, e);
}

enum errc token_input_read(struct token_input *in, const struct op_call *c, struct err *e)
{
	const char *file = op_text(c->args, "file");
	const struct secret *given = op_secret(c->args, "token");
	enum errc rc = ERR_OK;

	if (file && !op_has(c->args, "grant"))
		return token_input_file(in, file, e);
	*in = (struct token_input){ .text = SECRET_INIT };
	if (given)
		secret_copy(&in->text, given);
	if (op_has(c->args, "grant"))
		rc = token_grant_text(&in->text, c, e);
	return rc ? rc : input_scan(in, e);
}

void token_input_release(struct token_input *in)
{
	paste_release(&in->paste);
	secret_release(&in->text);
}

bool token_like(const char *word)
{
	enum { SHORTEST = 16 };
	struct paste paste;
	size_t len = strlen(word), found = 0;

	if (len < SHORTEST || len > PASTE_MAX)
		return false;
	paste_scan(&paste, word, len);
	found = paste.count;
	paste_release(&paste);
	return found > 0;
}

enum errc token_none_found(struct err *e)
{
	err_set(e, ERR_USAGE, "no token and no known credential is in this");
	return err_hint(e, "a JWT begins with eyJ and has two dots; look that it is whole");
}
