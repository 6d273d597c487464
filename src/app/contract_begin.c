/* How a contract comes into force: at once, on its day, or with the interval that begins then. */
#include "app/contract_ahead.h"

#include "app/contract_plan.h"
#include "app/contract_tell.h"
#include "app/operation_start.h"
#include "app/privacy.h"
#include "base/check.h"
#include "store/bank_transfer.h"
#include "store/operation.h"

enum { CONFIRM_HOURS = 24 };

static struct err request_of(struct app *app, struct tx *tx, const struct contract_row *row,
                             struct operation_request *ret_request) {
    struct contract_terms terms;
    struct subscription_row subscription;
    bool is_paid = false;
    int32_t version = 0;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(contract_plan_add(app, tx, &terms, 0, &version));
    TRY(contract_find_subscription(tx, row->user_id, &subscription, &is_paid));
    *ret_request = (struct operation_request){
        .kind = is_paid ? OPERATION_CHANGE : OPERATION_SUBSCRIBE,
        .user_id = row->user_id,
        .tier = (int)terms.tier,
        .interval = (int)terms.interval,
        .version = version,
        .sends_invoice = terms.collection == CONTRACT_INVOICE,
        .days_until_due = terms.days_until_due,
        .begins_period = true,
        .drops_coupon = true, /* the price is what was agreed */
        .when = CHANGE_WHEN_NOW,
    };
    return OK;
}

struct err contract_begin(struct app *app, struct tx *tx, struct contract_row *row,
                          enum outcome *ret_outcome) {
    struct operation_request request;
    TRY(request_of(app, tx, row, &request));
    row->next_at = row->told_until = ROW_NONE;
    return operation_begin_agreed(app, tx, &request, &row->operation_id, ret_outcome);
}

/* An amendment whose day is one on which an interval begins is told ahead, as a step of a ramp is.
 * Not so when it begins inside one, or is paid in another way. */
struct joint {
    bool is_between; /* two intervals */
    struct instant begins, tell_at;
};
static struct err joint_of(struct app *app, struct tx *tx, const struct contract_row *row,
                           struct joint *ret_joint) {
    struct contract_row before;
    struct contract_terms terms;
    struct contract_terms old;
    bool is_found = false;
    *ret_joint = (struct joint){.is_between = false};
    if (row->amends.len == 0) {
        return OK;
    }
    TRY(contract_get(tx, row->amends, &before, &is_found));
    if (!is_found || before.status != (int)CONTRACT_ACTIVE) {
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(contract_row_terms(app, tx->cx, &before, &old));
    struct instant start = {before.starts_at};
    bool is_paid_alike = terms.interval == old.interval && terms.collection == old.collection &&
                         terms.days_until_due == old.days_until_due;
    ret_joint->is_between =
        is_paid_alike && contract_interval_at(&old, start, terms.starts_at, &ret_joint->begins);
    if (ret_joint->is_between) {
        ret_joint->tell_at = contract_tell_at(&old, start, ret_joint->begins);
    }
    return OK;
}

struct err contract_wait(struct app *app, struct tx *tx, struct contract_row *row,
                         enum outcome *ret_outcome) {
    struct operation_request request;
    struct operation_plan plan;
    struct contract_terms terms;
    struct joint joint;
    TRY(request_of(app, tx, row, &request));
    TRY(operation_decide(app, tx, &request, &plan, ret_outcome));
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(joint_of(app, tx, row, &joint));
    struct instant at = joint.is_between ? joint.tell_at : terms.starts_at;
    row->next_at = instant_later(at, contract_now(tx)).ms;
    row->told_until = ROW_NONE;
    if (*ret_outcome == OUTCOME_NO_CHANGE) {
        *ret_outcome = OUTCOME_DONE; /* the price stays, the term does not */
    }
    return OK;
}

static struct err supersede(struct app *app, struct tx *tx, const struct contract_row *by) {
    struct contract_row before;
    bool is_found = false;
    if (by->amends.len > 0) {
        TRY(contract_get(tx, by->amends, &before, &is_found));
    }
    if (!is_found || before.status != (int)CONTRACT_ACTIVE) {
        return OK;
    }
    contract_take_step(&before, CONTRACT_SUPERSEDE);
    before.ends_at = by->starts_at;
    before.next_at = ROW_NONE;
    TRY(contract_keep(tx, &before));
    return contract_tell(app, tx, &before, "superseded");
}

struct err contract_put_in_force(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    struct subscription_row subscription;
    bool is_paid = false;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(contract_find_subscription(tx, row->user_id, &subscription, &is_paid));
    struct instant start = {is_paid ? subscription.current_period_start : contract_now(tx).ms};
    contract_take_step(row, CONTRACT_BEGIN);
    row->starts_at = row->told_until = start.ms;
    row->ends_at = contract_ends_at(&terms, start).ms;
    row->operation_id = STR("");
    contract_plan_ahead(&terms, row);
    TRY(contract_keep(tx, row));
    const struct billing_terms_row paid = {row->user_id, terms.days_until_due, contract_now(tx).ms};
    TRY(billing_terms_put(tx, &paid));
    TRY(supersede(app, tx, row));
    return contract_tell(app, tx, row, "began");
}

struct collection {
    bool sends_invoice;
    int64_t days_until_due;
};

static struct err collection_of(struct app *app, struct tx *tx, const struct contract_row *row,
                                struct collection *ret_collection) {
    struct contract_terms terms;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    *ret_collection =
        (struct collection){terms.collection == CONTRACT_INVOICE, terms.days_until_due};
    return OK;
}

/* How the customer paid before: by what is amended, or else by the terms that hold for them. */
static struct err collection_before(struct app *app, struct tx *tx, const struct contract_row *row,
                                    struct collection *ret_collection) {
    struct contract_row before;
    bool is_found = false;
    if (row->amends.len > 0) {
        TRY(contract_get(tx, row->amends, &before, &is_found));
    }
    if (is_found) {
        return collection_of(app, tx, &before, ret_collection);
    }
    TRY(billing_terms_days(tx, row->user_id, &ret_collection->days_until_due));
    ret_collection->sends_invoice = ret_collection->days_until_due > 0;
    return OK;
}

/* Tells the provider of another way to pay, aside of any change. */
static struct err collect(struct app *app, struct tx *tx, const struct contract_row *row,
                          struct collection from, struct collection to) {
    struct subscription_row subscription;
    bool is_paid = false;
    bool is_same =
        from.sends_invoice == to.sends_invoice && from.days_until_due == to.days_until_due;
    TRY(contract_find_subscription(tx, row->user_id, &subscription, &is_paid));
    const struct payments_call call = {
        .kind = PAYMENTS_SUBSCRIPTION_COLLECT,
        .user_id = row->user_id,
        .subscription_id = subscription.stripe_subscription_id,
        .sends_invoice = to.sends_invoice,
        .days_until_due = to.days_until_due,
    };
    return is_paid && !is_same ? operation_plan_aside(app, tx, row->user_id, &call) : OK;
}

struct err contract_take_over(struct app *app, struct tx *tx, struct contract_row *row) {
    struct collection before;
    struct collection after;
    TRY(collection_before(app, tx, row, &before));
    TRY(collection_of(app, tx, row, &after));
    TRY(collect(app, tx, row, before, after));
    return contract_put_in_force(app, tx, row);
}

/* A change that failed has not changed how the subscription is paid either. */
static struct err restore_collection(struct app *app, struct tx *tx,
                                     const struct contract_row *row) {
    struct collection before;
    struct collection after;
    TRY(collection_before(app, tx, row, &before));
    TRY(collection_of(app, tx, row, &after));
    return collect(app, tx, row, after, before);
}

/* An offer that had waited for its day may be accepted for as long again. */
struct err contract_put_back(struct app *app, struct tx *tx, struct contract_row *row) {
    bool is_over = row->valid_until <= contract_now(tx).ms;
    bool has_begun = row->operation_id.len > 0;
    contract_take_step(row, CONTRACT_FAIL);
    row->accepted_at = row->told_until = row->next_at = ROW_NONE;
    row->accepted_name = row->operation_id = STR("");
    if (is_over) {
        row->valid_until = instant_add(contract_now(tx), duration_days(row->offer_days)).ms;
    }
    TRY(contract_keep(tx, row));
    if (has_begun) {
        TRY(restore_collection(app, tx, row));
    }
    TRY(contract_tell(app, tx, row, "failed"));
    return is_over ? contract_tell(app, tx, row, "offered") : OK;
}

/* --- the day of one that waits --- */

/* Another contract of the customer is in force still. */
static struct err is_before_another(struct tx *tx, const struct contract_row *row, bool *ret_is) {
    const struct contract_filter filter = {.status = (int)CONTRACT_ACTIVE, .user_id = row->user_id};
    struct row_list list;
    TRY(contract_page(tx, &filter, 1, &list));
    *ret_is = list.count > 0 && row->amends.len == 0;
    return OK;
}

static struct err begin_on_its_day(struct app *app, struct tx *tx, struct contract_row *row) {
    enum outcome outcome = OUTCOME_DONE;
    bool has_other = false;
    TRY(is_before_another(tx, row, &has_other));
    if (has_other) {
        return contract_look_soon(tx, row);
    }
    TRY(contract_begin(app, tx, row, &outcome));
    if (outcome == OUTCOME_NO_CHANGE) {
        return contract_take_over(app, tx, row);
    }
    if (contract_is_passing(outcome)) {
        return contract_look_later(tx, row);
    }
    return outcome == OUTCOME_DONE ? contract_keep(tx, row) : contract_put_back(app, tx, row);
}

/* Told ahead, it is in force when the provider bills it. */
static struct err begin_with_interval(struct app *app, struct tx *tx, struct contract_row *row,
                                      const struct contract_terms *terms, struct instant begins) {
    struct subscription_row subscription;
    struct contract_ahead ahead = {begins, terms, 0};
    enum outcome outcome = OUTCOME_DONE;
    bool is_paid = false;
    int32_t version = 0;
    if (row->told_until == ROW_NONE) {
        TRY(contract_tell_ahead(app, tx, row, &ahead, &outcome));
        if (outcome != OUTCOME_DONE && outcome != OUTCOME_NO_CHANGE) {
            return contract_look_later(tx, row);
        }
        row->told_until = begins.ms;
        row->next_at = begins.ms;
        return contract_keep(tx, row);
    }
    TRY(contract_find_subscription(tx, row->user_id, &subscription, &is_paid));
    TRY(contract_plan_add(app, tx, terms, 0, &version));
    bool has_come = is_paid && subscription.plan_version == version &&
                    contract_reach(contract_billing(&subscription), begins) == CONTRACT_REACH_PAST;
    struct instant late = instant_add(begins, duration_hours(CONTRACT_LATER_HOURS));
    bool is_late = !instant_is_before(contract_now(tx), late);
    if (has_come) {
        return contract_put_in_force(app, tx, row);
    }
    return is_late ? begin_on_its_day(app, tx, row) : contract_look_soon(tx, row);
}

/* The customer's bank wants the payment confirmed: it is bought within a day, or the provider has
 * let go of it. */
static struct err run_confirming(struct app *app, struct tx *tx, struct contract_row *row,
                                 const struct contract_terms *terms) {
    struct subscription_row subscription;
    struct operation_row operation;
    bool is_paid = false;
    bool is_found = false;
    int32_t version = 0;
    TRY(operation_get(tx, row->user_id, row->operation_id, &operation, &is_found));
    TRY(contract_plan_add(app, tx, terms, 0, &version));
    TRY(contract_find_subscription(tx, row->user_id, &subscription, &is_paid));
    if (is_paid && subscription.plan_version == version) {
        return contract_put_in_force(app, tx, row);
    }
    check(is_found); /* written with the row */
    struct instant until =
        instant_add((struct instant){operation.finished_at}, duration_hours(CONFIRM_HOURS));
    return instant_is_before(contract_now(tx), until) ? contract_look_soon(tx, row)
                                                      : contract_put_back(app, tx, row);
}

/* Who was erased meanwhile buys nothing, and is told nothing. */
static struct err forget(struct tx *tx, struct contract_row *row) {
    contract_take_step(row, CONTRACT_WITHDRAW);
    row->next_at = ROW_NONE;
    return contract_keep(tx, row);
}

struct err contract_run_waiting(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    struct joint joint;
    enum outcome stands = OUTCOME_DONE;
    TRY(privacy_customer_stands(tx, row->user_id, &stands));
    if (stands != OUTCOME_DONE) {
        return forget(tx, row);
    }
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    if (row->operation_id.len > 0 && row->told_until == ROW_NONE) {
        return run_confirming(app, tx, row, &terms);
    }
    TRY(joint_of(app, tx, row, &joint));
    bool is_told = row->told_until != ROW_NONE;
    if (joint.is_between && (is_told || instant_is_before(contract_now(tx), joint.begins))) {
        return begin_with_interval(app, tx, row, &terms, joint.begins);
    }
    return begin_on_its_day(app, tx, row);
}
