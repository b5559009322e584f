/* The passphrase of a store that has one: workers ask from their threads and wait; a person is asked once,
 * in a prompt over the screen. */
#include <pthread.h>

#include "src/base/secret.h"
#include "ui/ask.h"
#include "ui/shell.h"

static struct passphrase *passphrase_of(struct console *c)
{
	return &c->passphrase;
}

static bool take_answer(void *arg, const char *text, char *error)
{
	struct passphrase *p = passphrase_of(arg);

	(void)error;
	pthread_mutex_lock(&p->lock);
	if (text)
		secret_set(&p->known, text, strlen(text));
	p->refused = !text;
	p->asking = false;
	pthread_cond_broadcast(&p->answered);
	pthread_mutex_unlock(&p->lock);
	return true;
}

static void open_prompt(void *arg)
{
	prompt_open(arg, &(struct prompt){
				 .title = "Passphrase",
				 .text = "The master key of this store is made from a "
					 "passphrase. It is kept in memory until the console ends.",
				 .label = "Passphrase",
				 .submit = "Open",
				 .hidden = true,
				 .answer = take_answer,
				 .arg = arg,
			 });
}

/* Called on a worker's thread. Only what opens the store is asked for: a new passphrase, typed twice, is
 * the command line's. */
static enum errc passphrase_ask(void *arg, const char *prompt, struct secret *out, struct err *e)
{
	struct console *c = arg;
	struct passphrase *p = passphrase_of(c);
	enum errc code = ERR_OK;

	if (!strncmp(prompt, "new", 3) || !strncmp(prompt, "the same", 8)) {
		err_set(e, ERR_USAGE, "the console asks for no new passphrase");
		return err_hint(e, "use the command line: authrack store rekey, store backup");
	}
	pthread_mutex_lock(&p->lock);
	if (!p->known.len && !p->asking && !p->refused) {
		p->asking = true;
		loop_post(c->loop, open_prompt, c);
	}
	while (p->asking && !p->ending)
		pthread_cond_wait(&p->answered, &p->lock);
	if (p->known.len) {
		secret_copy(out, &p->known);
	} else {
		err_set(e, ERR_CANCELLED, "the passphrase of the store was not given");
		code = err_hint(e, "press r to be asked again");
	}
	pthread_mutex_unlock(&p->lock);
	return code;
}

void passphrase_init(struct console *c, struct app_options *options)
{
	struct passphrase *p = passphrase_of(c);

	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->answered, NULL);
	options->passphrase = passphrase_ask;
	options->passphrase_arg = c;
}

/* One that opened nothing is forgotten, so that it is asked for again. */
void passphrase_tried(struct console *c, bool well)
{
	struct passphrase *p = passphrase_of(c);

	pthread_mutex_lock(&p->lock);
	if (well && p->known.len)
		p->proved = true;
	else if (!well && !p->proved)
		secret_release(&p->known);
	pthread_mutex_unlock(&p->lock);
}

void passphrase_again(struct console *c)
{
	struct passphrase *p = passphrase_of(c);

	pthread_mutex_lock(&p->lock);
	p->refused = false;
	pthread_mutex_unlock(&p->lock);
}

void passphrase_end(struct console *c)
{
	struct passphrase *p = passphrase_of(c);

	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->answered);
	pthread_mutex_unlock(&p->lock);
}

void passphrase_release(struct console *c)
{
	struct passphrase *p = passphrase_of(c);

	secret_release(&p->known);
	pthread_cond_destroy(&p->answered);
	pthread_mutex_destroy(&p->lock);
}
