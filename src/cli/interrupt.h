/* Ctrl-C: the running operation ends cleanly; what does not end soon is ended. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

#include "src/app/app.h"

/* Watches for SIGINT from here on; `app` gets app_interrupt(). `remote`: for SIGHUP and SIGTERM, too, since a
 * provider may just be answering; the program ends by them all the same. */
void interrupt_watch(struct app *app, bool remote);
/* Before the app is freed. `cancelled`: the operation did not get done; does not return after SIGHUP or SIGTERM. */
void interrupt_end(bool cancelled);
bool interrupted(void);
/* By a connection that was lost, and not by a person who gives up. */
bool interrupt_leaves(void);
/* While nothing is under way (waiting for a person or for input), Ctrl-C ends the program at
 * once. */
void interrupt_at_once(bool yes);

#endif
