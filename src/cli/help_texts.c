/* Help topics that no table holds. They are sections of the man page, too. */
#include "src/cli/help.h"

const struct help_text help_texts[] = {
	{ "exit-codes", "What the exit code says",
	  "  0    done, or the answer is yes\n"
	  "  1    the answer is no: key or token not valid, audit chain broken; the person\n"
	  "       denied, or the code ran out\n"
	  "  2    usage\n"
	  "  3    no such object\n"
	  "  4    conflict, or refused in this state; a confirmation is missing\n"
	  "  5    the store failed: unreadable, full, locked too long, corrupt, newer;\n"
	  "       or the output could not be written\n"
	  "  6    the network or a provider failed\n"
	  "  7    not permitted\n"
	  "  130  cancelled (Ctrl-C)\n"
	  "  141  a reading command whose reader went away (| head): it ends by SIGPIPE" },
	{ "json", "What --json prints",
	  "One object, or for lists one object a line; token inspect prints one array, device "
	  "run one line an event, the moment it happens. Names are "
	  "snake_case, times RFC 3339 in UTC, durations seconds. What is not set is null. Numbers "
	  "out of a token stand as they stand there, however many digits they have.\n"
	  "\n"
	  "An error is one line on standard error, and standard output stays empty:\n"
	  "\n"
	  "  {\"error\":{\"code\":\"not_found\",\"message\":\"...\",\"hint\":\"...\"}}\n"
	  "\n"
	  "code is one of usage, not_found, conflict, store, remote, permission, cancelled. "
	  "A remark is a line {\"note\":\"...\"} on standard error." },
	{ "secrets", "How secrets go in and out",
	  "A secret is never an argument and never an environment variable: others can read these. "
	  "It goes in on standard input (one line end behind it is taken off), or is asked for "
	  "without echo where standard input is a terminal. A token is treated likewise, and a "
	  "command line with one in it is refused.\n"
	  "\n"
	  "A client secret of a provider comes from a file that only you can read, from standard "
	  "input (--client-secret-file -) or from a hidden prompt (--client-secret). It is stored "
	  "encrypted under the master key, as are the tokens of a grant, and never shown; tokens "
	  "are, where --show-tokens says so. In a trace and in what providers say about an error "
	  "secrets are masked.\n"
	  "\n"
	  "A new secret is printed once, by key create and key rotate. The key goes live only when "
	  "the secret has been written out: where the output is closed or full, no live key is "
	  "left. "
	  "--quiet prints nothing but the secret; --out-file writes it to a new file that only you "
	  "can read." },
	{ "files", "Files and environment",
	  "  $XDG_DATA_HOME/authrack/authrack.db   the store (default ~/.local/share)\n"
	  "  $XDG_CONFIG_HOME/authrack/master.key  the master key (default ~/.config)\n"
	  "  $XDG_CONFIG_HOME/authrack/config      the configuration\n"
	  "\n"
	  "The configuration has lines `name = value`; # begins a remark.\n"
	  "\n"
	  "  store       path or URL of the store\n"
	  "  master-key  file of the master key\n"
	  "  theme       auto, 256, 16, 8 or mono\n"
	  "  mouse       on or off\n"
	  "  time        relative, exact or utc\n"
	  "\n"
	  "AUTHRACK_STORE names the store. An option wins over the environment, that over the "
	  "configuration. NO_COLOR turns colours off." },
	{ .name = NULL },
};
