/* release: what a take counted is given back, once, and never more than it took. A release that is
 * named is remembered, so that who heard no answer may ask again. */
#include "store/release.h"
#include "app/limit_watch.h"
#include "app/take.h"
#include "app/take_answer.h"
#include "app/take_memory.h"
#include "base/check.h"

#define RELEASE_SOURCE STR("turnpike:release")

/* Notes the release on its take; the instant and metric of the take then stand in the command. */
static struct err release_of_take(struct release_command *release, struct tx *tx,
                                  bool *ret_may_go_on) {
    struct take_request *request = &release->request;
    struct take_memory taken;
    bool is_known = false;
    bool is_noted = false;
    *ret_may_go_on = false;
    TRY(take_recall(release->command.app, tx, request, &taken, &is_known));
    if (!is_known || taken.metric != request->metric) {
        release->command.outcome = OUTCOME_TAKE_NOT_FOUND;
        return OK;
    }
    TRY(take_give_back(tx, request, &taken, &is_noted));
    if (!is_noted) {
        release->command.outcome = OUTCOME_RELEASE_TOO_LARGE;
        return OK;
    }
    release->at = taken.at;
    *ret_may_go_on = true;
    return OK;
}

/* A gauge that was set meanwhile may have less to give than the take took: store and gate go down
 * alike. A counter's period may be over, in which the gate gives nothing and the store all. */
static struct quantity given_of(const struct release_command *release) {
    return metric_kind(release->request.metric) == METRIC_GAUGE ? release->released
                                                                : release->request.amount;
}

static struct err use_of(const struct release_command *release, struct tx *tx,
                         struct counted_use *ret_use) {
    const struct take_request *request = &release->request;
    struct period period;
    TRY(subscription_usage_period(tx, request->user_id, release->at, &period));
    *ret_use = (struct counted_use){
        .record =
            {
                .identity = {request->user_id, RELEASE_SOURCE, STR("")},
                .metric = request->metric,
                .kind = USAGE_RELEASE,
                .value = -given_of(release).amount,
                .time = release->at,
            },
        .period_start = period.start,
    };
    return OK;
}

/* What the gate gave back and the store did not note is used after all. */
static void count_again(struct release_command *release) {
    struct app *app = release->command.app;
    if (release->released.amount > 0) {
        struct gate_use use = {release->request.metric, false, release->released, release->at};
        (void)gate_record(gate_customer(app->gate, release->request.user_id), &use, app_now(app));
        release->released = quantity_of(0);
    }
}

/* Whether a release of this name has given back before. */
static struct err repeat(struct release_command *release, struct tx *tx, bool *ret_is_repeated) {
    const struct take_request *request = &release->request;
    struct release_row row;
    *ret_is_repeated = false;
    if (release->id.len == 0) {
        return OK;
    }
    TRY(release_get(tx, request->user_id, release->id, &row, ret_is_repeated));
    if (*ret_is_repeated) {
        bool is_same = row.metric == (int)request->metric && row.amount == request->amount.amount &&
                       str_equal(row.take_id, request->id);
        release->command.outcome = is_same ? OUTCOME_DONE : OUTCOME_RELEASE_CONFLICT;
    }
    return OK;
}

static struct err remember(const struct release_command *release, struct tx *tx) {
    const struct take_request *request = &release->request;
    if (release->id.len == 0) {
        return OK;
    }
    struct release_row row = {
        .user_id = request->user_id,
        .id = release->id,
        .metric = (int)request->metric,
        .amount = request->amount.amount,
        .take_id = request->id,
        .created_at = app_now(release->command.app).ms,
    };
    return release_insert(tx, &row);
}

/* Everything but the count; *count grows, and `uses` with it, when there is something to count. */
static struct err store_release(struct release_command *release, struct tx *tx,
                                struct counted_use *uses, size_t *count) {
    struct app *app = release->command.app;
    struct take_request *request = &release->request;
    bool is_repeated = false;
    TRY(repeat(release, tx, &is_repeated));
    if (is_repeated) {
        return OK;
    }
    if (request->id.len > 0) {
        bool may_go_on = false;
        TRY(release_of_take(release, tx, &may_go_on));
        if (!may_go_on) {
            return OK;
        }
    }
    struct gate_handle handle = gate_customer(app->gate, request->user_id);
    struct gate_use use = {request->metric, false, request->amount, release->at};
    struct gate_verdict verdict = gate_release(handle, &use, app_now(app));
    release->released = quantity_of(-verdict.counted.amount);
    if (request->id.len == 0 && release->released.amount < request->amount.amount) {
        release->command.outcome = OUTCOME_RELEASE_TOO_LARGE;
        count_again(release); /* nothing was written yet */
        return OK;
    }
    TRY(limit_watch_keep(app, tx, request->user_id, request->metric, &verdict));
    TRY(remember(release, tx));
    return use_of(release, tx, &uses[(*count)++]);
}

static struct err run_release(struct command *command, struct tx *tx) {
    struct counted_use use;
    size_t count = 0;
    TRY(store_release((struct release_command *)command, tx, &use, &count));
    return count == 0 ? OK : take_count(command->app, tx, &use, count);
}

static struct err run_releases(struct command *command, struct tx *tx) {
    struct release_batch *batch = (struct release_batch *)command;
    struct counted_use *uses = arena_array(tx->cx->arena, batch->count, sizeof *uses);
    if (uses == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->releases[i].is_to_be_stored) {
            TRY(store_release(&batch->releases[i], tx, uses, &count));
        }
    }
    return count == 0 ? OK : take_count(command->app, tx, uses, count);
}

static void settle(struct release_command *release, bool is_stored) {
    if (!is_stored) {
        count_again(release);
    } else if (release->command.outcome == OUTCOME_DONE) {
        struct take_request now = release->request;
        now.amount = quantity_of(0);
        release->command.outcome =
            take_check(release->command.app, &now, release->arena, &release->answer);
    }
}

static void done_release(struct command *command) {
    struct release_command *release = (struct release_command *)command;
    settle(release, !err_failed(command->write.err));
    release->finished(release);
}

static void done_releases(struct command *command) {
    struct release_batch *batch = (struct release_batch *)command;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->releases[i].is_to_be_stored) {
            settle(&batch->releases[i], !err_failed(command->write.err));
        }
    }
    batch->finished(batch);
}

static void begin(struct app *app, struct release_command *release) {
    check(release->request.amount.amount >= 0);
    release->command.app = app;
    release->at = app_now(app);
    release->released = quantity_of(0);
    release->is_to_be_stored = gate_is_known(gate_customer(app->gate, release->request.user_id));
    release->command.outcome = release->is_to_be_stored ? OUTCOME_DONE : OUTCOME_CUSTOMER_NOT_FOUND;
}

void release_start(struct app *app, struct release_command *release) {
    begin(app, release);
    if (!release->is_to_be_stored) {
        release->finished(release);
        return;
    }
    release->command.run = run_release;
    release->command.after = NULL;
    release->command.done = done_release;
    command_submit(app, &release->command);
}

void release_start_batch(struct app *app, struct release_batch *batch) {
    size_t stored = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->releases[i].command.outcome == OUTCOME_DONE) {
            begin(app, &batch->releases[i]);
            stored += batch->releases[i].is_to_be_stored;
        }
    }
    batch->command.outcome = OUTCOME_DONE;
    if (stored == 0) {
        batch->finished(batch);
        return;
    }
    batch->command.run = run_releases;
    batch->command.after = NULL;
    batch->command.done = done_releases;
    command_submit_decision(app, &batch->command, stored);
}
