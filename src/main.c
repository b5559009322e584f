/* authrack: the command line, and the console when it is started alone on a terminal. */
#include "src/cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv, NULL);
}
