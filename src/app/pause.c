#include "app/pause.h"

#include "app/mail.h"
#include "app/mail_values.h"
#include "app/operation_start.h"
#include "base/check.h"
#include "core/pause.h"
#include "core/plan_book.h"
#include "store/bank_transfer.h"
#include "store/invoice.h"
#include "store/pause.h"
#include "store/payment_method.h"

enum { BATCH = 32 };
#define HOUR_MS (INT64_C(3600) * 1000)

/* --- whether --- */

static const enum outcome refusals[] = {
    [PAUSE_MAY] = OUTCOME_DONE,
    [PAUSE_BOUND] = OUTCOME_CONTRACT_BINDS,
    [PAUSE_THERE] = OUTCOME_SUBSCRIPTION_PAUSED,
    [PAUSE_NOT_ACTIVE] = OUTCOME_SUBSCRIPTION_NOT_ACTIVE,
    [PAUSE_OWING] = OUTCOME_PAUSE_OWING,
    [PAUSE_FIXED] = OUTCOME_PAUSE_FIXED,
    [PAUSE_NOT_OWN] = OUTCOME_PAUSE_NOT_OFFERED,
    [PAUSE_OUT_OF_RANGE] = OUTCOME_PAUSE_OUT_OF_RANGE,
};

static int64_t end_of(struct cx *cx, const struct operation_request *request) {
    struct instant now = {cx_now_ms(cx)};
    return request->months > 0 ? instant_add_months(now, request->months).ms : request->since;
}

static struct err decide_begin(struct tx *tx, const struct operation_request *request,
                               const struct subscription_view *view, enum outcome *ret_outcome) {
    const struct subscription_row *row = &view->row;
    int64_t owed = 0;
    int64_t end = end_of(tx->cx, request);
    TRY(invoice_count_owed(tx, request->user_id, &owed));
    const struct pause_facts facts = {
        .status = view->status,
        .interval = (enum interval)row->interval,
        .is_by_contract = plan_version_is_private(row->plan_version),
        .has_next = row->cancel_at_period_end || view->has_pending_change ||
                    row->stripe_schedule_id.len > 0,
        .is_owing = owed > 0,
        .is_by_customer = !request->is_of_operator,
        .has_end = end != 0,
        .until = {end},
    };
    *ret_outcome = refusals[pause_judge(&facts, (struct instant){cx_now_ms(tx->cx)})];
    return OK;
}

/* What it goes on with is charged, or sent. */
static struct err decide_end(struct tx *tx, const struct operation_request *request,
                             const struct subscription_view *view, enum outcome *ret_outcome) {
    struct row_list methods;
    int64_t days = 0;
    TRY(payment_method_list(tx, request->user_id, LIMIT_PAGE, &methods));
    TRY(billing_terms_days(tx, request->user_id, &days));
    *ret_outcome = plan_version_is_private(view->row.plan_version) ? OUTCOME_CONTRACT_BINDS
                   : view->status != SUBSCRIPTION_PAUSED           ? OUTCOME_SUBSCRIPTION_NOT_PAUSED
                   : methods.count == 0 && days == 0               ? OUTCOME_PAYMENT_METHOD_REQUIRED
                                                                   : OUTCOME_DONE;
    return OK;
}

struct err pause_decide(struct tx *tx, const struct operation_request *request,
                        const struct subscription_view *view, struct operation_plan *plan,
                        enum outcome *ret_outcome) {
    check(request->kind == OPERATION_PAUSE || request->kind == OPERATION_PAUSE_END);
    plan->at = end_of(tx->cx, request);
    if (view->row.stripe_subscription_id.len == 0) {
        *ret_outcome = OUTCOME_NOT_SUBSCRIBED;
        return OK;
    }
    if (request->tier >= 0 && request->tier != view->row.tier) {
        *ret_outcome = OUTCOME_PAUSE_CHANGED;
        return OK;
    }
    return request->kind == OPERATION_PAUSE ? decide_begin(tx, request, view, ret_outcome)
                                            : decide_end(tx, request, view, ret_outcome);
}

struct err pause_preview(struct app *app, struct tx *tx, const struct operation_request *request,
                         struct pause_shown *ret_shown, enum outcome *ret_outcome) {
    struct subscription_view view;
    struct operation_plan plan = {.kind = request->kind};
    bool is_found = false;
    TRY(subscription_view_read(app, tx, request->user_id, &view, &is_found));
    *ret_outcome = OUTCOME_CUSTOMER_NOT_FOUND;
    if (!is_found) {
        return OK;
    }
    TRY(pause_decide(tx, request, &view, &plan, ret_outcome));
    bool begins = request->kind == OPERATION_PAUSE;
    struct subscription_row then = view.row;
    then.status = begins ? SUBSCRIPTION_PAUSED : SUBSCRIPTION_ACTIVE;
    *ret_shown = (struct pause_shown){
        .tier = view.plan->tier,
        .interval = (enum interval)view.row.interval,
        .price = view.price,
        .access = subscription_row_access(app, &then, app_now(app)),
        .has_end = begins && plan.at != 0,
        .resumes_at = {plan.at},
    };
    return OK;
}

struct err pause_end_read(struct tx *tx, const struct subscription_view *view,
                          struct instant *ret_at, bool *ret_has) {
    struct pause_row row;
    bool is_found = false;
    *ret_has = false;
    if (view->status != SUBSCRIPTION_PAUSED) {
        return OK;
    }
    TRY(pause_get(tx, view->row.user_id, &row, &is_found));
    *ret_has = is_found && row.resumes_at != ROW_NONE &&
               str_equal(row.subscription_id, id_str(&view->row.id));
    *ret_at = (struct instant){*ret_has ? row.resumes_at : 0};
    return OK;
}

/* --- what came of it --- */

static struct err tell(struct app *app, struct tx *tx, const struct operation_row *operation,
                       const struct subscription_row *row, const struct operation_plan *plan) {
    bool begins = plan->kind == OPERATION_PAUSE;
    enum mail_kind kind = begins ? MAIL_KIND_SUBSCRIPTION_PAUSED : MAIL_KIND_SUBSCRIPTION_RESUMED;
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", str_from_cstr(tier_name((enum tier)row->tier)));
    if (!begins) {
        mail_values_time(&values, "renewsAt", row->current_period_end);
    } else if (plan->at != 0) {
        mail_values_time(&values, "resumesAt", plan->at);
    }
    const struct mail_order order = {
        .user_id = operation->user_id,
        .kind = kind,
        .dedupe_key =
            arena_printf(tx->cx->arena, "%s:%s", mail_kind_name(kind), operation->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err pause_concluded(struct app *app, struct tx *tx, const struct operation_row *operation,
                           const struct operation_plan *plan, enum outcome outcome) {
    struct subscription_row row;
    bool is_found = false;
    bool begins = plan->kind == OPERATION_PAUSE;
    if ((!begins && plan->kind != OPERATION_PAUSE_END) || outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(subscription_in_force(tx, operation->user_id, &row, &is_found));
    if (!is_found || !str_equal(row.stripe_subscription_id, plan->subscription_id)) {
        return pause_drop(tx, operation->user_id);
    }
    int64_t end = plan->at != 0 ? plan->at : ROW_NONE;
    const struct pause_row pause = {
        .user_id = operation->user_id,
        .subscription_id = id_str(&row.id),
        .paused_at = cx_now_ms(tx->cx),
        .resumes_at = end,
        .next_at = end,
    };
    TRY(begins ? pause_put(tx, &pause) : pause_drop(tx, operation->user_id));
    return tell(app, tx, operation, &row, plan);
}

/* --- the day has come --- */

/* Tried again in an hour until it goes on: another change may be under way, or a payment method is
 * missing. */
static struct err resume(struct app *app, struct tx *tx, const struct pause_row *due) {
    struct subscription_view view;
    bool is_found = false;
    TRY(subscription_view_read(app, tx, due->user_id, &view, &is_found));
    if (!is_found || view.status != SUBSCRIPTION_PAUSED ||
        !str_equal(id_str(&view.row.id), due->subscription_id)) {
        return pause_drop(tx, due->user_id);
    }
    struct pause_row later = *due;
    struct str operation = STR("");
    enum outcome outcome = OUTCOME_DONE;
    const struct operation_request request = {
        .kind = OPERATION_PAUSE_END,
        .user_id = due->user_id,
        .tier = -1,
        .interval = -1,
        .is_of_operator = true,
    };
    later.next_at = cx_now_ms(tx->cx) + HOUR_MS;
    TRY(pause_put(tx, &later));
    return operation_begin_agreed(app, tx, &request, &operation, &outcome);
}

struct err pauses_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    TRY(pause_due(tx, cx_now_ms(tx->cx), BATCH, &list));
    const struct pause_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(resume(app, tx, &rows[i]));
    }
    *ret_has_more = list.count == BATCH;
    return OK;
}

struct err pauses_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(pause_next(tx, &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}
