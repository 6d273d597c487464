/* release: what a take counted is given back, once, and never more than it took. */
#include "app/limit_watch.h"
#include "app/take.h"
#include "app/take_answer.h"
#include "base/check.h"
#include "store/usage.h"

#define RELEASE_SOURCE STR("turnpike:release")

/* Notes the release on its take; the instant and metric of the take then stand in the command. */
static struct err release_of_take(struct release_command *release, struct tx *tx,
                                  bool *ret_may_go_on) {
    struct take_request *request = &release->request;
    struct take_row row;
    bool is_known = false;
    *ret_may_go_on = false;
    TRY(take_get(tx, request->user_id, request->id, &row, &is_known));
    if (!is_known || row.metric != (int)request->metric) {
        release->command.outcome = OUTCOME_TAKE_NOT_FOUND;
        return OK;
    }
    if (request->amount.amount > row.amount - row.released) {
        release->command.outcome = OUTCOME_RELEASE_TOO_LARGE;
        return OK;
    }
    release->at = (struct instant){row.created_at};
    *ret_may_go_on = true;
    return take_release(tx, request->user_id, request->id, request->amount.amount);
}

static struct err count_release(struct release_command *release, struct tx *tx) {
    const struct take_request *request = &release->request;
    struct period period;
    TRY(subscription_usage_period(tx, request->user_id, release->at, &period));
    struct usage_record record = {
        .identity = {request->user_id, RELEASE_SOURCE, STR("")},
        .metric = request->metric,
        .kind = USAGE_RELEASE,
        .value = -request->amount.amount,
        .time = release->at,
    };
    return take_count(release->command.app, tx, &record, period.start);
}

static struct err run_release(struct command *command, struct tx *tx) {
    struct release_command *release = (struct release_command *)command;
    struct take_request *request = &release->request;
    if (request->id.len > 0) {
        bool may_go_on = false;
        TRY(release_of_take(release, tx, &may_go_on));
        if (!may_go_on) {
            return OK;
        }
    }
    struct gate_handle handle = gate_customer(command->app->gate, request->user_id);
    struct gate_use use = {request->metric, false, request->amount, release->at};
    struct gate_verdict verdict = gate_release(handle, &use, app_now(command->app));
    release->released = quantity_of(-verdict.counted.amount);
    if (request->id.len == 0 && release->released.amount < request->amount.amount) {
        command->outcome = OUTCOME_RELEASE_TOO_LARGE;
        return ERR(ERR_CONFLICT); /* done_release counts again what the gate gave back */
    }
    TRY(limit_watch_keep(command->app, tx, request->user_id, request->metric, &verdict));
    return count_release(release, tx);
}

static void done_release(struct command *command) {
    struct release_command *release = (struct release_command *)command;
    struct app *app = command->app;
    if (err_failed(command->write.err) && release->released.amount > 0) {
        struct gate_use use = {release->request.metric, false, release->released, release->at};
        (void)gate_record(gate_customer(app->gate, release->request.user_id), &use, app_now(app));
    }
    if (command->write.err.code == ERR_CONFLICT) {
        command->outcome = OUTCOME_RELEASE_TOO_LARGE;
    }
    if (command->outcome == OUTCOME_DONE) {
        struct take_request now = release->request;
        now.amount = quantity_of(0);
        command->outcome = take_check(app, &now, release->arena, &release->answer);
    }
    release->finished(release);
}

void release_start(struct app *app, struct release_command *release) {
    check(release->request.amount.amount >= 0);
    release->command.app = app;
    release->at = app_now(app);
    release->released = quantity_of(0);
    if (!gate_is_known(gate_customer(app->gate, release->request.user_id))) {
        release->command.outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        release->finished(release);
        return;
    }
    release->command.run = run_release;
    release->command.after = NULL;
    release->command.done = done_release;
    command_submit(app, &release->command);
}
