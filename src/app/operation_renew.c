#include "app/operation_renew.h"

#include "app/operation_start.h"
#include "base/check.h"
#include "base/log.h"

struct err operation_renew(struct app *app, struct tx *tx, const struct subscription_row *ended) {
    check(ended->pending_tier >= 0);
    struct operation_request request = {
        .kind = OPERATION_SUBSCRIBE,
        .user_id = ended->user_id,
        .tier = ended->pending_tier,
        .interval = ended->pending_interval,
    };
    struct operation_row open;
    struct operation_plan plan;
    enum outcome outcome = OUTCOME_OPERATION_IN_PROGRESS;
    bool has_open = false;
    TRY(operation_open(tx, ended->user_id, &open, &has_open));
    if (!has_open) {
        TRY(operation_decide(app, tx, &request, &plan, &outcome));
    }
    if (outcome != OUTCOME_DONE) {
        /* Say, the only card is gone: the customer stays on `free` and may subscribe by hand. */
        log_event(app->env, LOG_WARNING, "operation.renew_refused", "outcome=%s",
                  outcome_code(outcome));
        return OK;
    }
    struct operation_begun begun;
    return operation_begin(app, tx, ended->user_id, &plan, &begun);
}
