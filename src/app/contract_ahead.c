#include "app/contract_ahead.h"

#include "app/contract_plan.h"
#include "app/operation_start.h"
#include "base/check.h"

enum { SOON_MINUTES = 5, MINUTES_AN_HOUR = 60 };

struct instant contract_now(const struct tx *tx) {
    return (struct instant){cx_now_ms(tx->cx)};
}

struct err contract_keep(struct tx *tx, struct contract_row *row) {
    row->updated_at = cx_now_ms(tx->cx);
    return contract_put(tx, row);
}

struct err contract_look_soon(struct tx *tx, struct contract_row *row) {
    struct duration in = {duration_hours(SOON_MINUTES).ms / MINUTES_AN_HOUR};
    row->next_at = instant_add(contract_now(tx), in).ms;
    return contract_keep(tx, row);
}

struct err contract_look_later(struct tx *tx, struct contract_row *row) {
    row->next_at = instant_add(contract_now(tx), duration_hours(CONTRACT_LATER_HOURS)).ms;
    return contract_keep(tx, row);
}

bool contract_is_passing(enum outcome outcome) {
    return outcome == OUTCOME_OPERATION_IN_PROGRESS || outcome == OUTCOME_CHARGING_FROZEN ||
           outcome == OUTCOME_CUSTOMER_PARKED;
}

struct err contract_find_subscription(struct tx *tx, struct str user_id,
                                      struct subscription_row *ret_row, bool *ret_is_paid) {
    bool is_found = false;
    TRY(subscription_in_force(tx, user_id, ret_row, &is_found));
    *ret_is_paid = is_found && ret_row->stripe_subscription_id.len > 0;
    return OK;
}

struct period contract_billing(const struct subscription_row *row) {
    return (struct period){{row->current_period_start}, {row->current_period_end}};
}

static struct err request_ahead(struct app *app, struct tx *tx, const struct contract_ahead *ahead,
                                const struct subscription_row *subscription,
                                struct operation_request *ret_request) {
    bool is_past =
        contract_reach(contract_billing(subscription), ahead->boundary) == CONTRACT_REACH_PAST;
    int32_t version = (int32_t)subscription->plan_version;
    if (ahead->terms != NULL) {
        TRY(contract_plan_add(app, tx, ahead->terms, ahead->step, &version));
    }
    *ret_request = (struct operation_request){
        .kind = ahead->terms == NULL ? OPERATION_CANCEL : OPERATION_CHANGE,
        .user_id = subscription->user_id,
        .tier = subscription->tier,
        .interval = ahead->terms == NULL ? subscription->interval : (int)ahead->terms->interval,
        .version = version,
        .when = is_past ? CHANGE_WHEN_NOW : CHANGE_WHEN_PERIOD_END,
        .sends_invoice = ahead->terms != NULL && ahead->terms->collection == CONTRACT_INVOICE,
        .since = is_past ? subscription->current_period_start : 0,
        .prorates = is_past,
    };
    return OK;
}

struct err contract_tell_ahead(struct app *app, struct tx *tx, struct contract_row *row,
                               const struct contract_ahead *ahead, enum outcome *ret_outcome) {
    struct subscription_row subscription;
    struct operation_request request;
    bool is_paid = false;
    TRY(contract_find_subscription(tx, row->user_id, &subscription, &is_paid));
    *ret_outcome = is_paid ? OUTCOME_OPERATION_IN_PROGRESS : OUTCOME_NOT_SUBSCRIBED;
    if (!is_paid ||
        contract_reach(contract_billing(&subscription), ahead->boundary) == CONTRACT_REACH_BEFORE) {
        return OK; /* the interval before has not been billed yet */
    }
    TRY(request_ahead(app, tx, ahead, &subscription, &request));
    return operation_begin_agreed(app, tx, &request, &row->operation_id, ret_outcome);
}
