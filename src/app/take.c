/* take and check.
 *
 * A take counts in the gate first, in memory and at once, which is what keeps the sum below the
 * hard limit; then it is journaled, and only then answered. Should the store refuse, the gate gets
 * the amount back: what was never answered never happened. */
#include "app/take.h"

#include "app/lease.h"
#include "app/limit_watch.h"
#include "app/take_answer.h"
#include "app/usage_group.h"
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
static struct err add_level(struct tx *tx, const struct usage_record *record,
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
    };
    TRY(usage_add(tx, &addition));
    addition.grain = USAGE_PERIOD;
    addition.timestamp = period_start.ms;
    return usage_add(tx, &addition);
}

struct err take_count(struct app *app, struct tx *tx, const struct usage_record *record,
                      struct instant period_start) {
    struct usage_record counted = *record;
    struct record_id id = id_new(tx->cx, "take");
    if (counted.identity.id.len == 0) {
        counted.identity.id = id_str(&id);
    }
    if (metric_kind(record->metric) == METRIC_GAUGE) {
        TRY(add_level(tx, &counted, period_start));
        return journal_append(app->journal, &counted, 1);
    }
    TRY(usage_group_reserve(app, 1));
    TRY(journal_append(app->journal, &counted, 1));
    struct gate_handle customer = gate_customer(app->gate, record->identity.user_id);
    usage_group_add(app, customer, record, period_start); /* what cannot fail comes last */
    return OK;
}

/* Whether the take's id was used before; then the answer is the one given then. */
static struct err repeat(struct take_command *take, struct tx *tx, bool *ret_is_repeated) {
    struct take_row row;
    *ret_is_repeated = false;
    if (take->request.id.len == 0) {
        return OK;
    }
    TRY(take_get(tx, take->request.user_id, take->request.id, &row, ret_is_repeated));
    if (!*ret_is_repeated) {
        return OK;
    }
    bool is_same =
        row.metric == (int)take->request.metric && row.amount == take->request.amount.amount;
    take->command.outcome = is_same ? OUTCOME_DONE : OUTCOME_TAKE_CONFLICT;
    take->body = arena_str(take->arena, row.answer);
    take->is_repeated = true;
    return OK;
}

static struct err remember(const struct take_command *take, struct tx *tx) {
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
    return take_insert(tx, &row);
}

static struct err count_take(struct take_command *take, struct tx *tx) {
    const struct take_request *request = &take->request;
    struct usage_record record = {
        .identity = {request->user_id, TAKE_SOURCE, request->id},
        .metric = request->metric,
        .kind = USAGE_TAKE,
        .value = request->amount.amount,
        .time = take->at,
    };
    return take_count(take->command.app, tx, &record, take->verdict.period.start);
}

static struct err run_take(struct command *command, struct tx *tx) {
    struct take_command *take = (struct take_command *)command;
    bool is_repeated = false;
    TRY(repeat(take, tx, &is_repeated));
    if (is_repeated) {
        return OK;
    }
    TRY(limit_watch_keep(command->app, tx, take->request.user_id, take->request.metric,
                         &take->verdict));
    TRY(remember(take, tx));
    return take->is_counted ? count_take(take, tx) : OK;
}

static void give_back(struct app *app, const struct take_request *request, struct instant at) {
    struct gate_use use = {request->metric, false, request->amount, at};
    (void)gate_release(gate_customer(app->gate, request->user_id), &use, app_now(app));
}

static void done_take(struct command *command) {
    struct take_command *take = (struct take_command *)command;
    bool is_kept = !err_failed(command->write.err) && !take->is_repeated;
    if (take->is_counted && !is_kept) {
        give_back(command->app, &take->request, take->at);
    }
    take->finished(take);
}

void take_start(struct app *app, struct take_command *take) {
    const struct take_request *request = &take->request;
    check(request->amount.amount >= 0);
    take->command.app = app;
    take->is_repeated = false;
    take->is_counted = false;
    take->at = app_now(app);
    struct gate_handle handle = gate_customer(app->gate, request->user_id);
    if (!gate_is_known(handle)) {
        take->command.outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        take->finished(take);
        return;
    }
    take->verdict = gate_take(handle, request->metric, request->amount, take->at);
    take->is_counted = take->verdict.is_allowed && request->amount.amount > 0;
    if (!take->verdict.is_allowed && take->verdict.leased.amount > 0) {
        lease_call_back(app, request->user_id, request->metric);
    }
    take->answer = take_answer_of(app, request, &take->verdict, take->arena);
    take->body = shape_text(&take_answer_shape, &take->answer, take->arena);
    if (arena_failed(take->arena)) { /* an answer that cannot be given is not remembered either */
        if (take->is_counted) {
            give_back(app, request, take->at);
        }
        take->command.outcome = OUTCOME_STORE_BUSY;
        take->finished(take);
        return;
    }
    bool is_worth_a_row = take->is_counted || request->id.len > 0 || take->verdict.watch_changed ||
                          take->verdict.notices != 0;
    if (!is_worth_a_row) { /* a denial that changes nothing is answered at once */
        take->command.outcome = OUTCOME_DONE;
        take->finished(take);
        return;
    }
    take->command.run = run_take;
    take->command.after = NULL;
    take->command.done = done_take;
    command_submit_decision(app, &take->command, 1);
}
