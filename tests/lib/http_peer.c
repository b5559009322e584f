/* Starts the scripted server, and ends it with its standard input. */
#include "tests/lib/http_peer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "tests/lib/support.h"

static void child_run(const char *folder, int input, int output)
{
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	execlp("python3", "python3", "tests/lib/http_server.py", folder, (char *)NULL);
	_exit(127);
}

void http_peer_start(struct http_peer *p)
{
	int in[2], out[2];
	FILE *line;

	p->folder = temp_folder();
	p->ca_file = x_asprintf("%s/ca.pem", p->folder);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	p->pid = fork();
	if (p->pid == 0)
		child_run(p->folder, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	p->input = in[1];
	line = fdopen(out[0], "r");
	assert_int_equal(fscanf(line, "%u %u %u %u %u %u %u %u %u", &p->plain, &p->other, &p->good,
				&p->wrong, &p->expired, &p->selfsigned, &p->stranger, &p->mutual,
				&p->old),
			 9);
	fclose(line);
}

void http_peer_stop(struct http_peer *p)
{
	close(p->input);
	waitpid((pid_t)p->pid, NULL, 0);
	free(p->ca_file);
	temp_folder_remove(p->folder);
}

char *http_peer_url(const struct http_peer *p, unsigned port, const char *path)
{
	const char *scheme = port == p->plain || port == p->other ? "http" : "https";

	return x_asprintf("%s://127.0.0.1:%u%s", scheme, port, path);
}
