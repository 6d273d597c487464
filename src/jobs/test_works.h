/* For tests of jobs: a world with its jobs running, and a second reader over the same files that
 * shows every row of every table. Not part of the program. */
#ifndef JOBS_TEST_WORKS_H
#define JOBS_TEST_WORKS_H

#include "app/reconcile.h"
#include "app/test_world.h"
#include "jobs/jobs.h"

struct works {
    struct world world; /* first */
    struct jobs *jobs;
};

void works_begin(struct works *works, uint64_t seed);
void works_end(struct works *works);
/* For cmocka: a test with works of its own, which are *state. */
int works_set_up(void **state);
int works_tear_down(void **state);
#define WORKS_TEST(name) cmocka_unit_test_setup_teardown(name, works_set_up, works_tear_down)

/* Receives an event that speaks of an object, and runs until it is applied. */
void works_event(struct works *works, const char *id, const char *type, const char *object_id);
/* A walk to its end; `user_id` NULL: over everybody. */
struct reconciliation_row works_reconcile(struct works *works, const char *user_id,
                                          bool is_dry_run);

/* Every row of the tables that hold a customer's things, "table|key|…" a line, sorted, in the
 * world's arena. */
struct works_dump {
    struct str *lines;
    size_t count;
};
struct works_dump works_dump(struct works *works);

#endif
