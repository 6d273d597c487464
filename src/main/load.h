/* Customers come into the gate, and ids into the journal, while the server serves. */
#ifndef MAIN_LOAD_H
#define MAIN_LOAD_H

#include "main/program.h"

MUST_USE struct err program_open_loader(struct program *program, const char *path);
/* Once the gate is there; fills it. */
MUST_USE struct err program_start_loader(struct program *program);
/* Why it gave up, if it did: then `wake` was sent. */
MUST_USE struct err program_loader_failure(struct program *program);
void program_close_loader(struct program *program);
/* In place of program_start_loader(): on this thread, before this returns. */
MUST_USE struct err program_load_customers(struct program *program);
void program_load_customer(void *context, struct str user_id); /* gate_options.load */
MUST_USE struct err program_load_journal(void *context, struct cx *cx, struct db *db);

#endif
