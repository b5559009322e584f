/* Ctrl-C: the running operation ends cleanly; what does not end soon is ended. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

#include "src/app/app.h"

/* Watches for SIGINT from here on; `app` gets app_interrupt(). */
void interrupt_watch(struct app *app);
void interrupt_end(void); /* before the app is freed */
bool interrupted(void);
/* While nothing is under way (waiting for a person or for input), Ctrl-C ends the program at
 * once. */
void interrupt_at_once(bool yes);

#endif
