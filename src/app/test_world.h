/* A world for tests of the use cases and jobs: the store on a simulated disk, the gate, the
 * journal, the writer and a payment provider, all on one thread, at a clock that the test moves.
 * Not part of the program. */
#ifndef APP_TEST_WORLD_H
#define APP_TEST_WORLD_H

#include "app/app.h"
#include "app/maintenance.h"
#include "app/operation.h"
#include "app/outbox.h"
#include "app/subscription.h"
#include "app/take.h"
#include "app/test_payments.h"
#include "app/usage.h"
#include "base/env_sim.h"
#include "base/prng.h"
#include "gate/gate.h"

/* Calls the provider for what waits in the outbox, one after the other. */
struct test_caller {
    struct outbox_answer answer; /* of the call that is under way */
    struct payments_answer copy;
    struct arena arena;
    bool is_calling;
    bool is_unsettled; /* the last answer settled nothing: no more calls in this run */
};

struct world {
    struct env_sim *sim;
    struct env *env; /* what the program sees: the sim's, or a clock over it */
    struct vfs_sim *vfs;
    struct arena arena; /* for the length of the test */
    struct cx cx;
    struct catalogue catalogue;
    struct app app; /* valid while open */
    struct db *writing;
    struct test_payments payments;
    struct test_caller caller;
    bool has_open_batch;
    bool is_lost; /* the writer has met a failure that ends the process */
    /* Called when something may have changed, instead of the test's own caller; may be NULL. */
    void (*poke)(void *context);
    void *poke_context;
};

/* The default catalogue; the clock stands at 2015-05-17T00:00:00Z. */
void world_init(struct world *world, uint64_t seed);
/* Closes what is open; checks that no memory is left. */
void world_finish(struct world *world);
/* As the program starts: schema, first rows, gate and journal from the rows, the writer. */
MUST_USE struct err world_open(struct world *world);
/* Nothing more is taken in, no answer will come; whatever is queued is finished and handed back. */
void world_stop(struct world *world);
/* As the program stops, or dies; stops first. */
void world_close(struct world *world);
/* init and open, which must succeed. */
void world_begin(struct world *world, uint64_t seed);
/* For cmocka: a test in a world of its own, which is *state. */
int world_set_up(void **state);
int world_tear_down(void **state);
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

/* Runs until nothing moves any more: groups are committed, delivered, calls made and answered. */
void world_run(struct world *world);
/* What world_run does at most once; false when nothing was to do. */
bool world_step(struct world *world);
/* To the instant, "2015-06-17T00:00:00Z", which is not before the present one. */
void world_set_time(struct world *world, const char *instant);
struct instant world_time(const char *instant);
/* A read over the last commit. */
struct tx world_read(struct world *world);
/* The same, once all totals are written. */
struct tx world_totals(struct world *world);

/* --- commands that run until they are done; each gives what the API would see --- */

enum outcome world_customer(struct world *world, const char *user_id);
/* PAYMENT_PENDING when the provider's answer is held or unknown. */
struct operation_result world_operate(struct world *world, const struct operation_request *request);
/* A method of that name attached, and the plan bought; both succeed. */
void world_subscribe(struct world *world, const char *user_id, enum tier tier,
                     enum interval interval);
/* Counts one event, of now; gives its status. */
enum usage_status world_use(struct world *world, const char *user_id, enum metric metric,
                            const char *event_id, int64_t value);
/* All of it that is due, to its end. */
void world_maintain(struct world *world, enum maintenance_kind kind);

enum outcome world_ingest(struct world *world, struct usage_event *events, size_t count);
/* The command keeps the answer; its text lives as long as the world. */
struct take_command world_take(struct world *world, struct take_request request);
struct release_command world_release(struct world *world, struct take_request request);
struct release_command world_release_named(struct world *world, struct take_request request,
                                           const char *id);

/* --- what can be asked --- */

/* The subscription in force. */
struct subscription_view world_view(struct world *world, const char *user_id);
/* What the gate has counted. */
int64_t world_used(struct world *world, const char *user_id, enum metric metric);
/* What the store holds of the present usage period, or the level of a gauge. */
int64_t world_stored(struct world *world, const char *user_id, enum metric metric);
/* Fails the test unless a gate built from the rows, at once or on demand, says what the live gate
 * says. */
void world_check_gate(struct world *world);

/* Random lives of customers who each have a payment method: `must_hold` is called after every step,
 * and once more after a restart at the end. One life for each seed from 1 to `seeds`. */
struct world_history {
    uint64_t seeds;
    int steps; /* of each life */
    const char *const *customers;
    size_t customer_count;
    void (*live_on)(struct world *world, struct prng *prng);
    void (*must_hold)(struct world *world);
};
void world_live(const struct world_history *history);

#endif
