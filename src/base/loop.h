/* One thread's event loop: poll over descriptors, signals by signalfd, timers. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer;

struct loop *loop_new(void);
void loop_free(struct loop *l);

/* Calls back with poll(2)'s revents while the descriptor is watched; events 0 stops watching. */
void loop_watch(struct loop *l, int fd, short events, void (*call)(void *arg, short revents),
		void *arg);
/* Blocks the signal in this thread and delivers it in the loop. Block before initscr(3). */
void loop_signal(struct loop *l, int signal_number, void (*call)(void *arg, int signal_number),
		 void *arg);
/* Fires once after delay_ms on CLOCK_MONOTONIC; the handle is dead after it fired or was cancelled. */
struct loop_timer *loop_after(struct loop *l, int64_t delay_ms, void (*call)(void *arg), void *arg);
void loop_cancel(struct loop *l, struct loop_timer *t); /* NULL is well */
/* Runs `call` on the loop's thread soon; may be called from any thread (eventfd). */
void loop_post(struct loop *l, void (*call)(void *arg), void *arg);

void loop_run(struct loop *l); /* until loop_stop() */
void loop_stop(struct loop *l);
void loop_post_stop(struct loop *l); /* from any thread */
/* One round: waits at most timeout_ms (-1: for ever) and runs what is due. Not from within a callback. */
void loop_step(struct loop *l, int timeout_ms);

#endif
