/* take and check.
 *
 * A take counts in the gate first, in memory and at once, which is what keeps the sum below the
 * hard limit; then it is journaled, and only then answered. Should the store refuse, the gate gets
 * the amount back: what was never answered never happened. */
#include "app/take.h"

#include "app/lease.h"
#include "app/limit_watch.h"
#include "app/take_answer.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "base/id.h"
#include "gate/journal.h"
#include "store/usage.h"

#define TAKE_SOURCE STR("turnpike:take")

/* --- check --- */

enum outcome take_check(const struct app *app, const struct take_request *request,
                        struct arena *arena, struct take_answer *ret_answer) {
    struct gate_handle handle = gate_customer(app->gate, request->user_id);
    if (!gate_is_known(handle)) {
        return OUTCOME_CUSTOMER_NOT_FOUND;
    }
    struct gate_verdict verdict =
        gate_check(handle, request->metric, request->amount, app_now(app));
    *ret_answer = take_answer_of(app, request, &verdict, arena);
    return OUTCOME_DONE;
}

/* --- counting --- */

/* A gauge's totals are levels: what was there and the difference. */
static struct err add_level(const struct app *app, struct tx *tx, const struct usage_record *record,
                            struct instant period_start) {
    int64_t level = 0;
    TRY(usage_level(tx, record->identity.user_id, record->metric, &level));
    struct usage_addition addition = {
        .user_id = record->identity.user_id,
        .metric = record->metric,
        .grain = USAGE_HOUR,
        .timestamp = period_hour_containing(record->time).start.ms,
        .is_set = true,
        .value = level + record->value,
        .events = 1,
        .updated_at = cx_now_ms(tx->cx),
        .batch = usage_totals_batch(app),
    };
    TRY(usage_add(tx, &addition));
    addition.grain = USAGE_PERIOD;
    addition.timestamp = period_start.ms;
    return usage_add(tx, &addition);
}

/* Names the record and, of a gauge, writes the level. */
static struct err prepare(const struct app *app, struct tx *tx, struct counted_use *use) {
    struct usage_record *record = &use->record;
    if (record->identity.id.len == 0) {
        use->id = id_new(tx->cx, "take");
        record->identity.id = id_str(&use->id);
    }
    return metric_kind(record->metric) == METRIC_GAUGE
               ? add_level(app, tx, record, use->period_start)
               : OK;
}

static struct err add_to_totals(struct app *app, const struct counted_use *use) {
    struct usage_counted counted = {
        .record = &use->record,
        .customer = gate_customer(app->gate, use->record.identity.user_id),
        .period_start = use->period_start,
        .heard_at = app_now(app),
    };
    return usage_group_count(app, &counted);
}

struct err take_count(struct app *app, struct tx *tx, struct counted_use *uses, size_t count) {
    struct usage_record *records = arena_array(tx->cx->arena, count, sizeof *records);
    if (records == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(prepare(app, tx, &uses[i]));
        TRY(add_to_totals(app, &uses[i]));
        records[i] = uses[i].record;
    }
    /* Nothing fails after it: the journal does not go back with a work. */
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY)
                                       : journal_append(app->journal, records, count);
}

/* The take's id was used before: the answer is the one given then. */
static struct err repeat(struct take_command *take, struct tx *tx) {
    struct take_row row;
    bool is_found = false;
    TRY(take_get(tx, take->request.user_id, take->request.id, &row, &is_found));
    check(is_found);
    bool is_same =
        row.metric == (int)take->request.metric && row.amount == take->request.amount.amount;
    take->command.outcome = is_same ? OUTCOME_DONE : OUTCOME_TAKE_CONFLICT;
    take->body = arena_str(take->arena, row.answer);
    take->is_repeated = true;
    return OK;
}

/* Under its id, if it has one: for whoever sends the same again, which most never are. */
static struct err remember(struct take_command *take, struct tx *tx) {
    if (take->request.id.len == 0) {
        return OK;
    }
    struct take_row row = {
        .user_id = take->request.user_id,
        .id = take->request.id,
        .metric = (int)take->request.metric,
        .amount = take->request.amount.amount,
        .released = take->verdict.is_allowed ? 0 : take->request.amount.amount,
        .answer = take->body,
        .created_at = take->at.ms,
    };
    struct err err = take_insert(tx, &row);
    return err.code == ERR_CONFLICT ? repeat(take, tx) : err;
}

static struct counted_use use_of(const struct take_command *take) {
    const struct take_request *request = &take->request;
    return (struct counted_use){
        .record =
            {
                .identity = {request->user_id, TAKE_SOURCE, request->id},
                .metric = request->metric,
                .kind = USAGE_TAKE,
                .value = request->amount.amount,
                .time = take->at,
            },
        .period_start = take->verdict.period.start,
    };
}

/* Everything but the count; *count grows, and `uses` with it, when there is something to count. */
static struct err store_take(struct take_command *take, struct tx *tx, struct counted_use *uses,
                             size_t *count) {
    TRY(remember(take, tx));
    if (take->is_repeated) {
        return OK;
    }
    TRY(limit_watch_keep(take->command.app, tx, take->request.user_id, take->request.metric,
                         &take->verdict));
    if (take->is_counted) {
        uses[(*count)++] = use_of(take);
    }
    return OK;
}

static struct err run_take(struct command *command, struct tx *tx) {
    struct counted_use use;
    size_t count = 0;
    TRY(store_take((struct take_command *)command, tx, &use, &count));
    return count == 0 ? OK : take_count(command->app, tx, &use, count);
}

static struct err run_takes(struct command *command, struct tx *tx) {
    struct take_batch *batch = (struct take_batch *)command;
    struct counted_use *uses = arena_array(tx->cx->arena, batch->count, sizeof *uses);
    if (uses == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->takes[i].is_to_be_stored) {
            TRY(store_take(&batch->takes[i], tx, uses, &count));
        }
    }
    return count == 0 ? OK : take_count(command->app, tx, uses, count);
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
    if (!take->verdict.is_allowed && take->verdict.leased.amount > 0) {
        lease_call_back(app, request->user_id, request->metric);
    }
    take->answer = take_answer_of(app, request, &take->verdict, take->arena);
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
