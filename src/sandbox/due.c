/* What happens by itself, in the order of its time: renewals, finalization an hour after drafting,
 * expiry, settlement, test clocks that move. Each step is a unit of work of its own at the instant
 * at which it was due, so that a clock that jumps sees the same history as one that runs; some of
 * them are committed together. */
#include "sandbox/inside.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "sandbox/credit_grant.h"
#include "sandbox/dispute.h"
#include "sandbox/invoice.h"
#include "sandbox/quote.h"
#include "sandbox/refund.h"
#include "sandbox/resources.h"
#include "sandbox/subscription_schedule.h"

/* More steps than any sane jump makes; a defect that makes something due for ever ends here. */
enum { BATCH_STEPS = 64, BATCHES_MAX = 1000000 / BATCH_STEPS, ANSWERS_LIVE_MS = 24 * 3600 * 1000 };

static void session_expire(struct world *world, json_t *session) {
    set_text(session, "status", "expired");
    set_null(session, "url");
    world_touch(world, session);
    event_emit(world, "checkout.session.expired", session);
}

static void step(struct world *world, json_t *document) {
    const char *type = member(document, "object");
    if (strcmp(type, "subscription") == 0) {
        subscription_on_due(world, document);
    } else if (strcmp(type, "subscription_schedule") == 0) {
        schedule_on_due(world, document);
    } else if (strcmp(type, "invoice") == 0) {
        invoice_on_due(world, document);
    } else if (strcmp(type, "payment_intent") == 0) {
        intent_on_due(world, document);
    } else if (strcmp(type, "checkout.session") == 0) {
        session_expire(world, document);
    } else if (strcmp(type, "refund") == 0) {
        refund_on_due(world, document);
    } else if (strcmp(type, "payout") == 0) {
        payout_on_due(world, document);
    } else if (strcmp(type, "topup") == 0) {
        topup_on_due(world, document);
    } else if (strcmp(type, "billing.credit_grant") == 0) {
        credit_grant_on_due(world, document);
    } else if (strcmp(type, "dispute") == 0) {
        dispute_on_due(world, document);
    } else if (strcmp(type, "quote") == 0) {
        quote_on_due(world, document);
    } else {
        check(false);
    }
}

static void world_for(struct sandbox *sandbox, struct world *world) {
    world_init(world, sandbox->store, sandbox->env);
    world->public_url = sandbox->public_url;
}

/* One document at its time. */
static bool run_one(struct sandbox *sandbox, const char *id, int64_t at_s) {
    struct world world;
    world_for(sandbox, &world);
    world.now_s = at_s;
    bool is_well = world_begin(&world);
    json_t *document = is_well ? world_get(&world, id) : NULL;
    if (document != NULL) {
        step(&world, document);
        is_well = world_commit(&world);
    }
    if (!is_well) {
        log_event(sandbox->env, LOG_ERROR, "sandbox.store", "due=%s", id);
    }
    world_finish(&world);
    return is_well && document != NULL;
}

static bool run_clock(struct sandbox *sandbox, const char *clock, int64_t until_s);

/* Moves a test clock to where it was told: first all that happens on the way, then the hand. */
static bool run_advance(struct sandbox *sandbox, const char *id) {
    json_t *clock = NULL;
    if (err_failed(store_get(sandbox->store, id, &clock)) || clock == NULL) {
        return false;
    }
    int64_t target = member_i64(clock, "status_details.advancing.target_frozen_time");
    json_decref(clock);
    if (!run_clock(sandbox, id, target)) {
        return false;
    }
    struct world world;
    world_for(sandbox, &world);
    bool is_well = world_begin(&world);
    clock = is_well ? world_get(&world, id) : NULL;
    if (clock != NULL) {
        set_i64(clock, "frozen_time", target);
        set_text(clock, "status", "ready");
        json_object_set_new(clock, "status_details", json_object());
        world_touch(&world, clock);
        event_emit(&world, "test_helpers.test_clock.ready", clock);
        is_well = world_commit(&world);
    }
    world_finish(&world);
    return is_well && clock != NULL;
}

/* At most so many steps; *ret_is_done when no more was due. */
static bool run_some(struct sandbox *sandbox, const char *clock, int64_t until_s,
                     bool *ret_is_done) {
    *ret_is_done = false;
    for (int i = 0; i < BATCH_STEPS; i++) {
        char id[STORE_ID];
        int64_t due_s = STORE_NEVER;
        if (err_failed(store_due(sandbox->store, clock, until_s, id, &due_s))) {
            return false;
        }
        if (due_s == STORE_NEVER) {
            *ret_is_done = true;
            return true;
        }
        bool is_clock = strncmp(id, "clock_", 6) == 0;
        if (!(is_clock ? run_advance(sandbox, id) : run_one(sandbox, id, due_s))) {
            return false;
        }
    }
    return true;
}

/* Mostly nothing is due: it is asked first, because a batch takes the store's lock to write. */
static bool run_clock(struct sandbox *sandbox, const char *clock, int64_t until_s) {
    char id[STORE_ID];
    int64_t due_s = STORE_NEVER;
    struct err asked = store_due(sandbox->store, clock, until_s, id, &due_s);
    if (err_failed(asked) || due_s == STORE_NEVER) {
        return !err_failed(asked);
    }
    for (int i = 0; i < BATCHES_MAX; i++) {
        bool is_mine = false;
        bool is_done = false;
        if (err_failed(store_batch_begin(sandbox->store, &is_mine))) {
            return false;
        }
        bool is_well = run_some(sandbox, clock, until_s, &is_done);
        struct err err = is_well ? OK : ERR(ERR_IO);
        if (is_mine) {
            err = store_batch_end(sandbox->store, err);
        }
        if (err_failed(err) || is_done) {
            return !err_failed(err);
        }
    }
    return false;
}

/* Forgets the answers and events that are too old. */
static bool tidy(struct sandbox *sandbox, int64_t now_ms) {
    struct store *store = sandbox->store;
    int64_t answers_before_ms = now_ms - ANSWERS_LIVE_MS;
    bool has_old = false;
    struct err err = store_has_old(store, answers_before_ms, now_ms / 1000, &has_old);
    if (err_failed(err) || !has_old) {
        return !err_failed(err);
    }
    err = store_begin(store);
    err = err_failed(err) ? err : store_answers_prune(store, answers_before_ms);
    err = err_failed(err) ? err : store_shelf_clear(store, now_ms / 1000);
    err = err_failed(err) ? err : store_commit(store);
    if (err_failed(err)) {
        store_rollback(store);
    }
    return !err_failed(err);
}

bool due_run_all(struct sandbox *sandbox) {
    int64_t now_ms = sandbox->env->wall_ms(sandbox->env);
    return tidy(sandbox, now_ms) && run_clock(sandbox, "", now_ms / 1000);
}
