/* authrack: the command line, the console when it is started alone on a terminal, and the service. */
#include "src/cli/cli.h"
#include "src/serve/serve.h"
#include "ui/console.h"

static int console_start(const struct app_options *o, const struct settings *s)
{
	static const enum time_mode times[] = {
		[SHOW_RELATIVE] = TIMES_RELATIVE,
		[SHOW_EXACT] = TIMES_EXACT,
		[SHOW_UTC] = TIMES_UTC,
	};
	const struct console_options console = {
		.theme = s->theme,
		.no_color = s->no_color,
		.no_mouse = s->mouse_off,
		.times = times[s->times],
	};

	return console_run(o, &console);
}

int main(int argc, char **argv)
{
	static const struct front_ends others = { .console = console_start, .serve = serve_run };

	return cli_main(argc, argv, &others);
}
