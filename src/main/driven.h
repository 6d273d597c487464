/* A program without threads, sockets and timers, which goes on when it is told to: everything in it
 * happens in one order, which its inputs alone decide. For a program whose `is_driven` was set. */
#ifndef MAIN_DRIVEN_H
#define MAIN_DRIVEN_H

#include "main/program.h"

/* What `options` have to be for it: where it is, and its sandbox, though nobody listens there. */
#define DRIVEN_URL "http://127.0.0.1:8080"
#define DRIVEN_SANDBOX_URL "http://127.0.0.1:8081"
/* Requests to this go to its API as if they had come over the unix socket. */
#define DRIVEN_LOCAL_URL "http://localhost"
/* In place of program_start(). All that happens from then on happens in program_turn(), on this
 * thread and in one order. */
MUST_USE struct err program_start_driven(struct program *program);
/* Handles what has come in, writes it as one group, tells its senders. False when nothing was left
 * to do until the clock moves. */
bool program_turn(struct program *program);

#endif
