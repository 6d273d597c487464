#include "app/contract_life.h"

#include "app/contract_amend.h"
#include "app/contract_plan.h"
#include "app/contract_tell.h"
#include "app/operation_start.h"
#include "base/check.h"
#include "core/plan_book.h"
#include "store/bank_transfer.h"
#include "store/subscription.h"

enum {
    SOON_MINUTES = 5, /* the provider's answer is on its way */
    LATER_HOURS = 1,  /* something stands in the way that passes */
};

static struct instant now_of(const struct tx *tx) {
    return (struct instant){cx_now_ms(tx->cx)};
}

static struct err keep(struct tx *tx, struct contract_row *row) {
    row->updated_at = cx_now_ms(tx->cx);
    return contract_put(tx, row);
}

static struct err look_again(struct tx *tx, struct contract_row *row, struct duration in) {
    row->next_at = instant_add(now_of(tx), in).ms;
    return keep(tx, row);
}

static struct duration soon(void) {
    return (struct duration){duration_hours(1).ms / 60 * SOON_MINUTES};
}

/* What keeps it from being done now, and will pass by itself. */
static bool is_passing(enum outcome outcome) {
    return outcome == OUTCOME_OPERATION_IN_PROGRESS || outcome == OUTCOME_CHARGING_FROZEN ||
           outcome == OUTCOME_CUSTOMER_PARKED;
}

struct contract_life contract_life_of(const struct contract_row *row) {
    check(row->starts_at != ROW_NONE);
    int64_t told = row->told_until == ROW_NONE ? row->starts_at : row->told_until;
    return (struct contract_life){
        .start = {row->starts_at},
        .is_stopped = row->notice_at != ROW_NONE,
        .is_reminded = row->reminded_at != ROW_NONE,
        .told_until = {told},
    };
}

void contract_plan_ahead(const struct contract_terms *terms, struct contract_row *row) {
    struct contract_life life = contract_life_of(row);
    row->next_at = contract_next_task(terms, &life).at.ms;
}

/* The paid subscription that the contract is sold as. */
static struct err find_subscription(struct tx *tx, struct str user_id,
                                    struct subscription_row *ret_row, bool *ret_is_paid) {
    bool is_found = false;
    TRY(subscription_in_force(tx, user_id, ret_row, &is_found));
    *ret_is_paid = is_found && ret_row->stripe_subscription_id.len > 0;
    return OK;
}

static struct period billed(const struct subscription_row *row) {
    return (struct period){{row->current_period_start}, {row->current_period_end}};
}

/* --- beginning --- */

static struct err request_of(struct app *app, struct tx *tx, const struct contract_row *row,
                             struct operation_request *ret_request) {
    struct contract_terms terms;
    struct subscription_row subscription;
    bool is_paid = false;
    int32_t version = 0;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(contract_plan_add(app, tx, &terms, 0, &version));
    TRY(find_subscription(tx, row->user_id, &subscription, &is_paid));
    *ret_request = (struct operation_request){
        .kind = is_paid ? OPERATION_CHANGE : OPERATION_SUBSCRIBE,
        .user_id = row->user_id,
        .tier = (int)terms.tier,
        .interval = (int)terms.interval,
        .version = version,
        .sends_invoice = terms.collection == CONTRACT_INVOICE,
        .days_until_due = terms.days_until_due,
        .begins_period = true,
        .when = CHANGE_WHEN_NOW,
    };
    return OK;
}

struct err contract_begin(struct app *app, struct tx *tx, struct contract_row *row,
                          enum outcome *ret_outcome) {
    struct operation_request request;
    TRY(request_of(app, tx, row, &request));
    row->next_at = ROW_NONE;
    return operation_begin_agreed(app, tx, &request, &row->operation_id, ret_outcome);
}

/* An amendment whose day is one on which an interval begins is told ahead, as a step of a ramp is.
 * False when it begins inside an interval, or bills another one. */
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
    ret_joint->is_between = terms.interval == old.interval &&
                            contract_interval_at(&old, start, terms.starts_at, &ret_joint->begins);
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
    row->next_at = instant_later(at, now_of(tx)).ms;
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
    TRY(keep(tx, &before));
    return contract_tell(app, tx, &before, "superseded");
}

struct err contract_put_in_force(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    struct subscription_row subscription;
    bool is_paid = false;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(find_subscription(tx, row->user_id, &subscription, &is_paid));
    struct instant start = {is_paid ? subscription.current_period_start : now_of(tx).ms};
    contract_take_step(row, CONTRACT_BEGIN);
    row->starts_at = row->told_until = start.ms;
    row->ends_at = contract_ends_at(&terms, start).ms;
    row->operation_id = STR("");
    contract_plan_ahead(&terms, row);
    TRY(keep(tx, row));
    const struct billing_terms_row paid = {row->user_id, terms.days_until_due, now_of(tx).ms};
    TRY(billing_terms_put(tx, &paid));
    TRY(supersede(app, tx, row));
    return contract_tell(app, tx, row, "began");
}

/* An offer that had waited for its day may be accepted for as long again. */
struct err contract_put_back(struct app *app, struct tx *tx, struct contract_row *row) {
    bool is_over = row->valid_until <= now_of(tx).ms;
    contract_take_step(row, CONTRACT_FAIL);
    row->accepted_at = row->told_until = row->next_at = ROW_NONE;
    row->accepted_name = row->operation_id = STR("");
    if (is_over) {
        row->valid_until = instant_add(now_of(tx), duration_days(row->offer_days)).ms;
    }
    TRY(keep(tx, row));
    TRY(contract_tell(app, tx, row, "failed"));
    return is_over ? contract_tell(app, tx, row, "offered") : OK;
}

/* --- what the provider is told ahead --- */

struct ahead {
    struct instant boundary;
    const struct contract_terms *terms; /* NULL: the subscription ends there */
    size_t step;
};

static struct err request_ahead(struct app *app, struct tx *tx, const struct ahead *ahead,
                                const struct subscription_row *subscription,
                                struct operation_request *ret_request) {
    bool is_past = contract_reach(billed(subscription), ahead->boundary) == CONTRACT_REACH_PAST;
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
        .since = is_past ? subscription->current_period_start : 0,
        .prorates = is_past,
    };
    return OK;
}

/* DONE, with the operation's id in the row; NO_CHANGE when the provider knows; or why not now. Told
 * too late, it is billed from the beginning of the interval that has begun meanwhile. */
static struct err tell_ahead(struct app *app, struct tx *tx, struct contract_row *row,
                             const struct ahead *ahead, enum outcome *ret_outcome) {
    struct subscription_row subscription;
    struct operation_request request;
    bool is_paid = false;
    TRY(find_subscription(tx, row->user_id, &subscription, &is_paid));
    *ret_outcome = is_paid ? OUTCOME_OPERATION_IN_PROGRESS : OUTCOME_NOT_SUBSCRIBED;
    if (!is_paid ||
        contract_reach(billed(&subscription), ahead->boundary) == CONTRACT_REACH_BEFORE) {
        return OK; /* the interval before has not been billed yet */
    }
    TRY(request_ahead(app, tx, ahead, &subscription, &request));
    return operation_begin_agreed(app, tx, &request, &row->operation_id, ret_outcome);
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
        return look_again(tx, row, soon());
    }
    TRY(contract_begin(app, tx, row, &outcome));
    if (outcome == OUTCOME_NO_CHANGE) {
        return contract_put_in_force(app, tx, row);
    }
    if (is_passing(outcome)) {
        return look_again(tx, row, duration_hours(LATER_HOURS));
    }
    return outcome == OUTCOME_DONE ? keep(tx, row) : contract_put_back(app, tx, row);
}

/* Told ahead, it is in force when the provider bills it. */
static struct err begin_with_interval(struct app *app, struct tx *tx, struct contract_row *row,
                                      const struct contract_terms *terms, struct instant begins) {
    struct subscription_row subscription;
    struct ahead ahead = {begins, terms, 0};
    enum outcome outcome = OUTCOME_DONE;
    bool is_paid = false;
    bool is_told = row->told_until != ROW_NONE;
    if (!is_told) {
        TRY(tell_ahead(app, tx, row, &ahead, &outcome));
        if (outcome != OUTCOME_DONE && outcome != OUTCOME_NO_CHANGE) {
            return look_again(tx, row, duration_hours(LATER_HOURS));
        }
        row->told_until = begins.ms;
        row->next_at = begins.ms;
        return keep(tx, row);
    }
    TRY(find_subscription(tx, row->user_id, &subscription, &is_paid));
    bool has_come = is_paid && contract_reach(billed(&subscription), begins) == CONTRACT_REACH_PAST;
    bool is_late = !instant_is_before(now_of(tx), instant_add(begins, duration_hours(LATER_HOURS)));
    if (has_come) {
        return contract_put_in_force(app, tx, row);
    }
    return is_late ? begin_on_its_day(app, tx, row) : look_again(tx, row, soon());
}

static struct err run_waiting(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    struct joint joint;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(joint_of(app, tx, row, &joint));
    bool is_told = row->told_until != ROW_NONE;
    if (joint.is_between && (is_told || instant_is_before(now_of(tx), joint.begins))) {
        return begin_with_interval(app, tx, row, &terms, joint.begins);
    }
    return begin_on_its_day(app, tx, row);
}

/* --- of one in force --- */

static struct err remind(struct app *app, struct tx *tx, struct contract_row *row,
                         const struct contract_terms *terms) {
    struct contract_life life = contract_life_of(row);
    row->reminded_at = now_of(tx).ms;
    contract_plan_ahead(terms, row);
    TRY(keep(tx, row));
    if (life.is_stopped) {
        return OK; /* that it ends was told with the notice */
    }
    return contract_tell(app, tx, row,
                         contract_renews(terms, &life) ? "renewal_upcoming" : "ending");
}

/* An amendment that was accepted has the word from its day on. */
static struct err is_amended_by(struct app *app, struct tx *tx, const struct contract_row *row,
                                struct instant at, bool *ret_is) {
    struct contract_row amendment;
    struct contract_terms terms;
    bool is_found = false;
    *ret_is = false;
    TRY(contract_open_amendment(tx, row->user_id, id_str(&row->id), &amendment, &is_found));
    if (!is_found || amendment.status != (int)CONTRACT_ACCEPTED) {
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, &amendment, &terms));
    *ret_is =
        !terms.has_start || !instant_is_before(instant_add(at, duration_days(1)), terms.starts_at);
    return OK;
}

static struct err change_ahead(struct app *app, struct tx *tx, struct contract_row *row,
                               const struct contract_terms *terms,
                               const struct contract_boundary *boundary) {
    struct contract_terms following;
    struct ahead ahead = {boundary->at, terms, boundary->step};
    enum outcome outcome = OUTCOME_DONE;
    if (boundary->next == CONTRACT_NEXT_NOTHING) {
        ahead.terms = NULL;
    } else if (boundary->next == CONTRACT_NEXT_RENEWAL) {
        ahead.terms = &following;
        if (!contract_renewed(terms, (struct instant){row->starts_at}, &following)) {
            ahead.terms = NULL; /* no amount can hold the price */
        }
    }
    TRY(tell_ahead(app, tx, row, &ahead, &outcome));
    if (outcome != OUTCOME_DONE && outcome != OUTCOME_NO_CHANGE) {
        return look_again(tx, row, duration_hours(LATER_HOURS));
    }
    row->told_until = boundary->at.ms;
    contract_plan_ahead(terms, row);
    return keep(tx, row);
}

/* The same person's acceptance holds: they have agreed to the clause by which it renews. */
static struct err renew(struct app *app, struct tx *tx, struct contract_row *row,
                        const struct contract_terms *terms) {
    struct contract_row next = *row;
    struct contract_terms following;
    bool is_told = row->told_until != ROW_NONE && row->told_until >= row->ends_at;
    if (!contract_renewed(terms, (struct instant){row->starts_at}, &following)) {
        row->notice_at = now_of(tx).ms;
        return look_again(tx, row, soon());
    }
    struct instant last = {row->ends_at - 1};
    struct money price = contract_amount_at(terms, (struct instant){row->starts_at}, last);
    bool is_raised = money_compare(following.amount, price) != 0;
    next.id = id_new(tx->cx, "cont");
    TRY(contract_last_version(tx, row->number, &next.version));
    next.version += 1;
    next.amends = arena_str(tx->cx->arena, id_str(&row->id));
    next.follows = row->terms_hash;
    next.terms = contract_terms_text(tx->cx, app->catalogue, &following);
    next.terms_hash = contract_hash(tx->cx, &next);
    next.starts_at = row->ends_at;
    next.ends_at = contract_ends_at(&following, (struct instant){next.starts_at}).ms;
    next.told_until = is_told || !is_raised ? next.starts_at : next.starts_at - 1;
    next.reminded_at = next.notice_at = ROW_NONE;
    next.notice_by = next.operation_id = STR("");
    next.created_at = next.updated_at = now_of(tx).ms;
    contract_plan_ahead(&following, &next);
    contract_take_step(row, CONTRACT_RENEW);
    row->next_at = ROW_NONE;
    TRY(keep(tx, row));
    TRY(contract_insert(tx, &next));
    TRY(contract_withdraw_amendment(app, tx, row));
    return contract_tell(app, tx, &next, "renewed");
}

/* The provider ends the subscription, and the contract with it (contract_on_subscription); where it
 * was not told in time, it is told now. */
static struct err end(struct app *app, struct tx *tx, struct contract_row *row) {
    const struct ahead ahead = {{row->ends_at}, NULL, 0};
    enum outcome outcome = OUTCOME_DONE;
    struct instant until = instant_add((struct instant){row->ends_at}, duration_hours(LATER_HOURS));
    if (instant_is_before(now_of(tx), until)) {
        row->next_at = until.ms;
        return keep(tx, row);
    }
    TRY(tell_ahead(app, tx, row, &ahead, &outcome));
    return look_again(tx, row, duration_hours(LATER_HOURS));
}

static struct err run_in_force(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    bool is_amended = false;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    struct contract_life life = contract_life_of(row);
    struct contract_task task = contract_next_task(&terms, &life);
    struct instant ends = {row->ends_at};
    if (!instant_is_before(now_of(tx), ends)) {
        task = (struct contract_task){.due = CONTRACT_DUE_END, .at = ends};
    }
    if (instant_is_before(now_of(tx), task.at)) {
        contract_plan_ahead(&terms, row);
        return keep(tx, row);
    }
    if (task.due == CONTRACT_DUE_REMINDER) {
        return remind(app, tx, row, &terms);
    }
    struct instant until = task.due == CONTRACT_DUE_END ? ends : task.boundary.at;
    TRY(is_amended_by(app, tx, row, until, &is_amended));
    if (is_amended) {
        return look_again(tx, row, duration_hours(LATER_HOURS));
    }
    if (task.due == CONTRACT_DUE_CHANGE) {
        return change_ahead(app, tx, row, &terms, &task.boundary);
    }
    return contract_renews(&terms, &life) ? renew(app, tx, row, &terms) : end(app, tx, row);
}

/* --- as time passes --- */

/* Read anew: what was due before it in this transaction may have changed it. */
static struct err run_row(struct app *app, struct tx *tx, struct str id) {
    struct contract_row row;
    bool is_found = false;
    TRY(contract_get(tx, id, &row, &is_found));
    if (!is_found || row.next_at == ROW_NONE || row.next_at > now_of(tx).ms) {
        return OK;
    }
    bool waits = row.status == (int)CONTRACT_ACCEPTED;
    check(waits || row.status == (int)CONTRACT_ACTIVE);
    return waits ? run_waiting(app, tx, &row) : run_in_force(app, tx, &row);
}

static struct err expire(struct app *app, struct tx *tx, size_t *ret_count) {
    struct row_list list;
    TRY(contract_expired(tx, cx_now_ms(tx->cx), CONTRACT_BATCH, &list));
    struct contract_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        contract_take_step(&rows[i], CONTRACT_EXPIRE);
        TRY(keep(tx, &rows[i]));
        TRY(contract_tell(app, tx, &rows[i], "expired"));
    }
    *ret_count = list.count;
    return OK;
}

struct err contract_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    size_t expired = 0;
    TRY(expire(app, tx, &expired));
    TRY(contract_due_rows(tx, cx_now_ms(tx->cx), CONTRACT_BATCH, &list));
    const struct contract_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(run_row(app, tx, id_str(&rows[i].id)));
    }
    *ret_has_more = expired == CONTRACT_BATCH || list.count == CONTRACT_BATCH;
    return OK;
}

struct err contract_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t expires = ROW_NONE;
    int64_t due = ROW_NONE;
    TRY(contract_expires_next(tx, &expires));
    TRY(contract_due_next(tx, &due));
    struct instant at = expires == ROW_NONE ? INSTANT_MAX : (struct instant){expires};
    *ret_at = due == ROW_NONE ? at : instant_earlier(at, (struct instant){due});
    return OK;
}
