/* take and check.
 *
 * A take counts in the gate first, in memory and at once, which is what keeps the sum below the
 * hard limit; then it is journaled, and only then answered. Should the store refuse, the gate gets
 * the amount back: what was never answered never happened. */
#include "app/take.h"

#include "app/adoption.h"
#include "app/lease.h"
#include "app/limit_watch.h"
#include "app/take_answer.h"
#include "app/take_memory.h"
#include "app/usage_group.h"
#include "base/check.h"
#include "base/id.h"
#include "gate/journal.h"

/* --- check --- */

enum outcome take_check(struct app *app, const struct take_request *request, struct arena *arena,
                        struct take_answer *ret_answer) {
    struct gate_handle handle = gate_customer(app->gate, request->user_id);
    if (!gate_is_known(handle)) {
        return OUTCOME_CUSTOMER_NOT_FOUND;
    }
    struct instant now = app_now(app);
    struct gate_verdict verdict = gate_check(handle, request->metric, request->amount, now);
    *ret_answer = take_answer_of(app, request, &verdict, now, arena);
    if (!verdict.is_allowed) {
        adoption_hear_block(app, request->user_id, request->metric);
    }
    return OUTCOME_DONE;
}

/* --- counting --- */

static void name(struct tx *tx, struct counted_use *use) {
    if (use->record.identity.id.len == 0) {
        use->id = id_new(tx->cx, "take");
        use->record.identity.id = id_str(&use->id);
    }
}

static struct err add_to_totals(struct app *app, struct tx *tx, const struct counted_use *use) {
    struct usage_counted counted = {
        .record = &use->record,
        .customer = gate_customer(app->gate, use->record.identity.user_id),
        .period_start = use->period_start,
        .heard_at = app_now(app),
    };
    return usage_group_count(app, tx, &counted);
}

static struct err count_one(struct app *app, struct tx *tx, struct counted_use *use) {
    if (usage_record_is_counted(&use->record)) {
        name(tx, use);
        TRY(add_to_totals(app, tx, use));
    }
    return arena_failed(tx->cx->arena)
               ? ERR(ERR_NO_MEMORY)
               : journal_append_with(app->journal, &use->record, use->facts);
}

struct err take_count(struct app *app, struct tx *tx, struct counted_use *uses, size_t count) {
    struct journal_mark mark = journal_mark(app->journal);
    for (size_t i = 0; i < count; i++) {
        struct err err = count_one(app, tx, &uses[i]);
        if (err_failed(err)) {
            journal_rewind(app->journal, mark); /* which does not go back with a work by itself */
            return err;
        }
    }
    return OK;
}

/* The take's id was used before: the answer is the one given then. */
static struct err repeat(struct take_command *take, const struct take_memory *first) {
    bool is_same =
        first->metric == take->request.metric && first->asked.amount == take->request.amount.amount;
    take->command.outcome = is_same ? OUTCOME_DONE : OUTCOME_TAKE_CONFLICT;
    take->body = arena_str(take->arena, first->answer);
    take->is_repeated = true;
    return arena_failed(take->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err store_take(struct take_command *take, struct tx *tx) {
    struct app *app = take->command.app;
    if (take->request.id.len > 0) {
        struct take_memory first;
        bool is_found = false;
        TRY(take_recall(app, tx, &take->request, &first, &is_found));
        if (is_found) {
            return repeat(take, &first);
        }
    }
    TRY(limit_watch_keep(app, tx, take->request.user_id, take->request.metric, &take->verdict));
    return take->is_counted || take->request.id.len > 0 ? take_remember(take, tx) : OK;
}

static struct err run_take(struct command *command, struct tx *tx) {
    return store_take((struct take_command *)command, tx); /* the journal comes last */
}

static struct err store_takes(const struct take_batch *batch, struct tx *tx) {
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->takes[i].is_to_be_stored) {
            TRY(store_take(&batch->takes[i], tx));
        }
    }
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* Each is journaled before the next is looked for: an id may come twice. */
static struct err run_takes(struct command *command, struct tx *tx) {
    struct journal *journal = command->app->journal;
    struct journal_mark mark = journal_mark(journal);
    struct err err = store_takes((const struct take_batch *)command, tx);
    if (err_failed(err)) {
        journal_rewind(journal, mark);
    }
    return err;
}

static void give_back(struct app *app, const struct take_request *request, struct instant at) {
    struct gate_use use = {request->metric, false, request->amount, at};
    (void)gate_release(gate_customer(app->gate, request->user_id), &use, app_now(app));
}

/* What the gate counted and the store did not, this time, is not used. */
static void settle(struct take_command *take, bool is_stored) {
    bool is_kept = is_stored && !take->is_repeated;
    if (take->is_counted && !is_kept) {
        give_back(take->command.app, &take->request, take->at);
    }
}

static void done_take(struct command *command) {
    struct take_command *take = (struct take_command *)command;
    settle(take, !err_failed(command->write.err));
    /* A denial is right, whether or not it can be stored that somebody is to be told of it. */
    bool is_as_it_is = !take->verdict.is_allowed && take->request.id.len == 0;
    command->outcome = is_as_it_is ? OUTCOME_DONE : command->outcome;
    take->finished(take);
}

static void done_takes(struct command *command) {
    struct take_batch *batch = (struct take_batch *)command;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->takes[i].is_to_be_stored) {
            settle(&batch->takes[i], !err_failed(command->write.err));
        }
    }
    batch->finished(batch);
}

/* Counts in the gate and words the answer; the outcome is final unless `is_to_be_stored`. */
static void decide(struct app *app, struct take_command *take) {
    const struct take_request *request = &take->request;
    check(request->amount.amount >= 0);
    take->command.app = app;
    take->command.outcome = OUTCOME_DONE;
    take->is_repeated = take->is_counted = take->is_to_be_stored = false;
    take->at = app_now(app);
    struct gate_handle handle = gate_customer(app->gate, request->user_id);
    if (!gate_is_known(handle)) {
        take->command.outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        return;
    }
    take->verdict = gate_take(handle, request->metric, request->amount, take->at);
    take->is_counted = take->verdict.is_allowed && request->amount.amount > 0;
    if (!take->verdict.is_allowed) {
        adoption_hear_block(app, request->user_id, request->metric);
    }
    if (!take->verdict.is_allowed && take->verdict.leased.amount > 0) {
        lease_call_back(app, request->user_id, request->metric);
    }
    take->answer = take_answer_of(app, request, &take->verdict, take->at, take->arena);
    take->body = take_answer_text(&take->answer, take->arena);
    if (arena_failed(take->arena)) { /* an answer that cannot be given is not remembered either */
        settle(take, false);
        take->command.outcome = OUTCOME_STORE_BUSY;
        return;
    }
    /* A denial that changes nothing is answered at once. */
    take->is_to_be_stored = take->is_counted || request->id.len > 0 ||
                            take->verdict.watch_changed || take->verdict.notices != 0;
}

void take_start(struct app *app, struct take_command *take) {
    decide(app, take);
    if (!take->is_to_be_stored) {
        take->finished(take);
        return;
    }
    take->command.run = run_take;
    take->command.after = NULL;
    take->command.done = done_take;
    command_submit_decision(app, &take->command, 1);
}

void take_start_batch(struct app *app, struct take_batch *batch) {
    size_t stored = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct take_command *take = &batch->takes[i];
        if (take->command.outcome == OUTCOME_DONE) {
            decide(app, take);
            stored += take->is_to_be_stored;
        }
    }
    batch->command.outcome = OUTCOME_DONE;
    if (stored == 0) {
        batch->finished(batch);
        return;
    }
    batch->command.run = run_takes;
    batch->command.after = NULL;
    batch->command.done = done_takes;
    command_submit_decision(app, &batch->command, stored);
}
