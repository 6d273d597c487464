#include "app/operation_start.h"

#include <stdio.h>

#include "app/change_check.h"
#include "app/correction.h"
#include "app/customer_details.h"
#include "app/dunning.h"
#include "app/experiment_offer.h"
#include "app/money_back.h"
#include "app/offer.h"
#include "app/pause.h"
#include "app/subscription.h"
#include "app/tax_id.h"
#include "base/check.h"
#include "base/crypto.h"
#include "core/coupon.h"
#include "core/plan_book.h"
#include "store/bank_transfer.h"
#include "store/customer.h"
#include "store/invoice.h"
#include "store/payment_method.h"
#include "store/quote.h"

struct decision {
    struct app *app;
    struct tx *tx;
    const struct operation_request *request;
    const struct catalogue *offered; /* to this customer */
    struct subscription_view view;
    struct operation_plan *plan;
};

/* --- payment methods --- */

/* Stripe's id of the method that the request names: ours is looked up, Stripe's is taken as it is.
 * Empty when it is none of this customer's. */
static struct err resolve_method(const struct decision *of, struct str name, struct str *ret_id) {
    struct payment_method_row row;
    bool is_found = false;
    *ret_id = name;
    if (!id_is(name, "paym")) {
        return OK;
    }
    TRY(payment_method_get(of->tx, of->request->user_id, name, &row, &is_found));
    bool is_attached = is_found && row.detached_at == ROW_NONE;
    *ret_id = is_attached ? row.stripe_payment_method_id : STR("");
    return OK;
}

/* The method that is charged when the request names none; its id is empty when there is none. */
static struct err default_method(const struct decision *of, struct payment_method_row *ret_row) {
    struct row_list methods;
    TRY(payment_method_list(of->tx, of->request->user_id, LIMIT_PAGE, &methods));
    const struct payment_method_row *rows = methods.items;
    *ret_row = (struct payment_method_row){.stripe_payment_method_id = STR(""), .type = STR("")};
    for (size_t i = 0; i < methods.count; i++) {
        if (rows[i].is_default || ret_row->stripe_payment_method_id.len == 0) {
            *ret_row = rows[i];
        }
    }
    return OK;
}

/* The named method, or else the default one. */
static struct err choose_method(const struct decision *of, enum outcome *ret_outcome) {
    struct operation_plan *plan = of->plan;
    if (of->request->method_id.len > 0) {
        TRY(resolve_method(of, of->request->method_id, &plan->method_id));
        plan->makes_default = true;
        *ret_outcome = plan->method_id.len > 0 ? OUTCOME_DONE : OUTCOME_PAYMENT_METHOD_NOT_FOUND;
        return OK;
    }
    struct payment_method_row method;
    TRY(default_method(of, &method));
    plan->method_id = method.stripe_payment_method_id;
    plan->makes_default = true; /* what is the default here may not yet be told there */
    *ret_outcome = plan->method_id.len > 0 ? OUTCOME_DONE : OUTCOME_PAYMENT_METHOD_REQUIRED;
    return OK;
}

static bool will_be_charged(const struct subscription_view *view) {
    return view->row.stripe_subscription_id.len > 0 && !view->row.cancel_at_period_end;
}

static struct err decide_method(const struct decision *of, enum outcome *ret_outcome) {
    struct operation_plan *plan = of->plan;
    TRY(resolve_method(of, of->request->method_id, &plan->method_id));
    plan->makes_default = of->request->kind == OPERATION_METHOD_DEFAULT;
    *ret_outcome = plan->method_id.len > 0 ? OUTCOME_DONE : OUTCOME_PAYMENT_METHOD_NOT_FOUND;
    if (of->request->kind == OPERATION_METHOD_ATTACH) {
        struct payment_method_row other;
        TRY(default_method(of, &other));
        plan->makes_default = other.stripe_payment_method_id.len == 0;
    }
    if (of->request->kind != OPERATION_METHOD_DETACH || *ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    struct row_list methods;
    int64_t owed = 0;
    TRY(payment_method_list(of->tx, of->request->user_id, LIMIT_PAGE, &methods));
    TRY(invoice_count_owed(of->tx, of->request->user_id, &owed));
    if (methods.count == 1 && (owed > 0 || will_be_charged(&of->view))) {
        *ret_outcome = OUTCOME_PAYMENT_METHOD_IN_USE;
    }
    return OK;
}

/* Who is not known to the provider has made nothing ready there. */
static struct err decide_keep(const struct decision *of, enum outcome *ret_outcome) {
    struct customer_row customer;
    struct payment_method_row other;
    bool is_found = false;
    TRY(customer_get(of->tx, of->request->user_id, &customer, &is_found));
    TRY(default_method(of, &other));
    check(is_found && of->request->setup_id.len > 0);
    of->plan->setup_id = of->request->setup_id;
    of->plan->makes_default = other.stripe_payment_method_id.len == 0;
    *ret_outcome =
        customer.stripe_customer_id.len > 0 ? OUTCOME_DONE : OUTCOME_PAYMENT_METHOD_NOT_FOUND;
    return OK;
}

/* --- what is bought --- */

static void set_bought(struct operation_plan *plan, const struct plan *bought,
                       enum interval interval) {
    plan->tier = bought->tier;
    plan->version = bought->version;
    plan->interval = interval;
}

/* A purchase or an upgrade that the bank wants confirmed is put aside by another one: its invoice
 * is voided, which the provider refuses when it has just been paid. So there are never two. */
static struct err find_waiting(const struct decision *of, struct str billing_reason) {
    struct invoice_row waiting;
    bool is_found = false;
    TRY(invoice_waiting(of->tx, of->request->user_id, billing_reason, &waiting, &is_found));
    if (is_found) {
        of->plan->void_id = waiting.stripe_invoice_id;
    }
    return OK;
}

/* The coupon that is asked for; else the one there is, unless it is not for the plan to come. */
static void choose_coupon(const struct decision *of, enum tier tier, enum outcome *ret_outcome) {
    const struct operation_request *request = of->request;
    struct operation_plan *plan = of->plan;
    const struct coupon *coupon = NULL;
    plan->coupon_before = of->view.row.coupon;
    plan->coupon = request->coupon.len > 0 ? request->coupon : of->view.row.coupon;
    plan->sets_coupon = request->coupon.len > 0;
    if (*ret_outcome != OUTCOME_DONE) {
        return;
    }
    if (request->coupon.len > 0) {
        *ret_outcome = offer_coupon(of->app, request->coupon, tier, &coupon);
        return;
    }
    coupon = plan->coupon.len > 0 ? coupon_of(of->app->catalogue, plan->coupon) : NULL;
    bool is_out_of_place = coupon != NULL && !coupon_applies(coupon, tier);
    if (plan->coupon.len > 0 && (request->drops_coupon || is_out_of_place)) {
        plan->coupon = STR("");
        plan->sets_coupon = true;
    }
}

/* A trial may begin without a payment method where the catalogue says so. */
static void may_do_without_method(const struct decision *of, const struct plan *bought,
                                  enum outcome *ret_outcome) {
    if (*ret_outcome == OUTCOME_PAYMENT_METHOD_REQUIRED && of->plan->trial_days > 0 &&
        bought->is_trial_cardless) {
        *ret_outcome = OUTCOME_DONE;
    }
}

static struct err decide_purchase(const struct decision *of, const struct plan *bought,
                                  enum outcome *ret_outcome) {
    TRY(find_waiting(of, STR("subscription_create")));
    TRY(offer_trial(of->tx, of->request->user_id, bought, &of->plan->trial_days));
    if (of->request->version > 0) {
        of->plan->sends_invoice = of->request->sends_invoice;
        of->plan->days_until_due = of->request->days_until_due;
    } else {
        TRY(billing_terms_days(of->tx, of->request->user_id, &of->plan->days_until_due));
        of->plan->sends_invoice = of->plan->days_until_due > 0;
    }
    if (of->plan->sends_invoice) {
        return OK; /* nothing is charged: an invoice is sent, and paid by transfer */
    }
    TRY(choose_method(of, ret_outcome));
    may_do_without_method(of, bought, ret_outcome);
    return OK;
}

static struct err decide_subscribe(const struct decision *of, enum outcome *ret_outcome) {
    const struct operation_request *request = of->request;
    check(request->tier >= 0);
    enum tier tier = (enum tier)request->tier;
    const struct plan *bought =
        request->version > 0 ? catalogue_plan_version(of->app->catalogue, tier, request->version)
                             : catalogue_plan(of->offered, tier);
    enum interval interval =
        request->interval >= 0 ? (enum interval)request->interval : INTERVAL_MONTH;
    check(bought != NULL);
    *ret_outcome = OUTCOME_DONE;
    if (of->view.row.stripe_subscription_id.len > 0) {
        *ret_outcome = OUTCOME_ALREADY_SUBSCRIBED;
    } else if (bought->tier == TIER_FREE) {
        *ret_outcome = OUTCOME_NO_CHANGE;
    } else if (!bought->prices[interval].is_set) {
        *ret_outcome = OUTCOME_CONTRACT_REQUIRED;
    } else {
        set_bought(of->plan, bought, interval);
        choose_coupon(of, bought->tier, ret_outcome);
        return *ret_outcome == OUTCOME_DONE ? decide_purchase(of, bought, ret_outcome) : OK;
    }
    return OK;
}

/* A quote pins the instant; it must be for this very change, and unused. */
static struct err use_quote(const struct decision *of, const struct planned_change *change,
                            enum outcome *ret_outcome) {
    struct quote_row quote;
    bool is_found = false;
    int64_t now = cx_now_ms(of->tx->cx);
    TRY(quote_get(of->tx, of->request->user_id, of->request->quote_id, &quote, &is_found));
    bool is_for_this = is_found && quote.used_at == ROW_NONE && now < quote.valid_until &&
                       str_equal(id_str(&quote.subscription_id), id_str(&of->view.row.id)) &&
                       quote.tier == (int)change->plan->tier &&
                       quote.interval == (int)change->interval &&
                       str_equal(quote.coupon, of->plan->coupon);
    *ret_outcome = is_for_this ? OUTCOME_DONE : OUTCOME_QUOTE_EXPIRED;
    if (!is_for_this) {
        return OK;
    }
    of->plan->at = quote.proration_at;
    of->plan->quote_id = of->request->quote_id;
    of->plan->is_quoted = change->is_now;
    of->plan->due = quote.amount_due;
    return OK;
}

/* What the change takes at the provider: at once, by a plan ahead, or by an end. */
static void plan_change(const struct decision *of, const struct planned_change *change) {
    struct operation_plan *plan = of->plan;
    const struct subscription_row *row = &of->view.row;
    bool is_to_free = change->plan->tier == TIER_FREE;
    bool is_other = change->plan->tier != of->view.plan->tier ||
                    (of->request->version > 0 && change->plan != of->view.plan) ||
                    change->interval != (enum interval)row->interval;
    plan->tier = change->plan->tier;
    plan->interval = change->interval;
    plan->is_later = !change->is_now || !is_other;
    plan->at_period_end = is_to_free && !change->is_now;
    plan->to_free = is_to_free;
    plan->schedule_id = row->stripe_schedule_id;
    plan->undoes_end = row->cancel_at_period_end && !is_to_free;
    if (is_to_free && change->is_now) {
        plan->kind = OPERATION_CANCEL; /* at once */
    } else if (!is_to_free && is_other) {
        plan->version = change->plan->version;
        plan->change = change->begins_period ? PAYMENTS_CHANGE_NEW_PERIOD : PAYMENTS_CHANGE_NOW;
    }
}

static struct err expect_price(const struct decision *of, const struct planned_change *change) {
    struct change_expected expected;
    TRY(change_expect(of->tx, &of->view, change, (struct instant){of->plan->at}, &expected));
    of->plan->is_expected = expected.is_known && !of->plan->sets_coupon;
    of->plan->expected = expected.total;
    return OK;
}

static struct err decide_change(const struct decision *of, enum outcome *ret_outcome) {
    const struct operation_request *request = of->request;
    struct planned_change change;
    if (of->view.row.stripe_subscription_id.len == 0) {
        *ret_outcome = OUTCOME_NOT_SUBSCRIBED;
        return OK;
    }
    struct change_request wanted = {
        .tier = request->tier,
        .interval = request->interval,
        .when = request->when,
        .version = request->version,
        .begins_period = request->begins_period,
        .offered = of->offered,
    };
    *ret_outcome = change_decide(of->app, &of->view, &wanted, &change);
    of->plan->at = request->since > 0 ? request->since : cx_now_ms(of->tx->cx);
    if (*ret_outcome == OUTCOME_DONE) {
        choose_coupon(of, change.plan->tier, ret_outcome);
    }
    if (*ret_outcome == OUTCOME_DONE && request->quote_id.len > 0) {
        TRY(use_quote(of, &change, ret_outcome));
    }
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    struct payment_method_row charged;
    TRY(default_method(of, &charged));
    of->plan->sets_collection = request->begins_period;
    of->plan->ends_trial = request->begins_period && of->view.status == SUBSCRIPTION_TRIALING;
    of->plan->sends_invoice = request->sends_invoice;
    of->plan->days_until_due = request->days_until_due;
    if (request->begins_period && !request->sends_invoice &&
        charged.stripe_payment_method_id.len == 0) {
        *ret_outcome = OUTCOME_PAYMENT_METHOD_REQUIRED;
        return OK;
    }
    plan_change(of, &change);
    of->plan->method_type = charged.type;
    TRY(find_waiting(of, STR("subscription_update")));
    return expect_price(of, &change);
}

static struct err decide_cancel(const struct decision *of, enum outcome *ret_outcome) {
    const struct subscription_row *row = &of->view.row;
    struct operation_plan *plan = of->plan;
    bool has_period = of->view.status != SUBSCRIPTION_PAUSED; /* else it stands still */
    plan->at_period_end = has_period && of->request->when != CHANGE_WHEN_NOW;
    /* What a pause leaves unused is credited when it begins. */
    plan->prorates = has_period && !plan->at_period_end && of->request->prorates;
    plan->bills_waiting = plan->prorates || !has_period;
    plan->schedule_id = plan->at_period_end ? row->stripe_schedule_id : STR("");
    if (row->stripe_subscription_id.len == 0) {
        *ret_outcome = OUTCOME_NOT_SUBSCRIBED;
        return OK;
    }
    if (plan_version_is_private(row->plan_version) && of->request->version == 0) {
        *ret_outcome = OUTCOME_CONTRACT_BINDS;
        return OK;
    }
    if (plan->at_period_end && row->cancel_at_period_end && !of->view.has_pending_change) {
        *ret_outcome = OUTCOME_NO_CHANGE;
        return OK;
    }
    *ret_outcome = OUTCOME_DONE;
    return find_waiting(of, STR("subscription_update"));
}

/* What was waiting is undone: an end is taken back, a plan ahead is let go. With a version, only
 * the plan ahead: nobody else is told of it (app/price_move.c). */
static struct err decide_resume(const struct decision *of, enum outcome *ret_outcome) {
    const struct subscription_view *view = &of->view;
    if (plan_version_is_private(view->row.plan_version)) {
        *ret_outcome = OUTCOME_CONTRACT_BINDS; /* it says what follows */
        return OK;
    }
    bool is_price = of->request->version > 0;
    if (!view->row.cancel_at_period_end && !view->has_pending_change && !is_price) {
        *ret_outcome = OUTCOME_NOTHING_TO_RESUME;
        return OK;
    }
    of->plan->tier = view->plan->tier;
    of->plan->interval = view->row.interval;
    of->plan->schedule_id = view->row.stripe_schedule_id;
    of->plan->undoes_end = view->row.cancel_at_period_end && !is_price;
    *ret_outcome = OUTCOME_DONE;
    return OK;
}

/* Later than it would have, and no plan ahead stands behind its end. */
static enum outcome decide_trial(const struct decision *of) {
    const struct subscription_view *view = &of->view;
    struct instant last =
        instant_add_months((struct instant){cx_now_ms(of->tx->cx)}, TRIAL_MONTHS_AHEAD_MAX);
    int64_t ends_at = of->request->since;
    of->plan->at = ends_at;
    if (view->row.stripe_subscription_id.len == 0) {
        return OUTCOME_NOT_SUBSCRIBED;
    }
    if (plan_version_is_private(view->row.plan_version)) {
        return OUTCOME_CONTRACT_BINDS;
    }
    if (view->status != SUBSCRIPTION_TRIALING || view->row.trial_ends_at == ROW_NONE) {
        return OUTCOME_TRIAL_NOT_RUNNING;
    }
    if (of->request->shown != 0 && of->request->shown != view->row.trial_ends_at) {
        return OUTCOME_TRIAL_CHANGED;
    }
    if (view->row.stripe_schedule_id.len > 0 || view->has_pending_change) {
        return OUTCOME_TRIAL_FIXED;
    }
    bool is_in_range = ends_at > view->row.trial_ends_at && ends_at <= last.ms;
    return is_in_range ? OUTCOME_DONE : OUTCOME_TRIAL_OUT_OF_RANGE;
}

static struct err decide_coupon(const struct decision *of, enum outcome *ret_outcome) {
    const struct subscription_row *row = &of->view.row;
    *ret_outcome = row->stripe_subscription_id.len > 0 ? OUTCOME_DONE : OUTCOME_NOT_SUBSCRIBED;
    choose_coupon(of, of->view.plan->tier, ret_outcome);
    bool is_same = !of->plan->sets_coupon || str_equal(of->plan->coupon, row->coupon);
    if (*ret_outcome == OUTCOME_DONE && is_same) {
        *ret_outcome = OUTCOME_NO_CHANGE;
    }
    return OK;
}

/* The provider is told that there is none any more only where there was one of ours: what somebody
 * has written there by hand stays. */
static struct err decide_purchase_order(const struct decision *of) {
    struct billing_details before = {.purchase_order = STR("")};
    bool is_found = false;
    TRY(customer_details_read(of->tx, of->request->user_id, &before, &is_found));
    of->plan->drops_purchase_order =
        before.purchase_order.len > 0 && of->plan->details.purchase_order.len == 0;
    return OK;
}

/* The provider is told what something costs that it has never sold: for a preview. */
static struct err decide_price(const struct decision *of, enum outcome *ret_outcome) {
    const struct operation_request *request = of->request;
    check(request->tier >= 0 && request->interval >= 0);
    set_bought(of->plan, catalogue_plan(of->offered, (enum tier)request->tier),
               (enum interval)request->interval);
    *ret_outcome = OUTCOME_DONE;
    return OK;
}

static struct err decide_pay(const struct decision *of, enum outcome *ret_outcome) {
    struct invoice_row invoice;
    bool is_found = false;
    TRY(invoice_get(of->tx, of->request->user_id, of->request->invoice_id, &invoice, &is_found));
    if (!is_found || invoice.status != INVOICE_OPEN) {
        *ret_outcome = is_found ? OUTCOME_INVOICE_NOT_PAYABLE : OUTCOME_INVOICE_NOT_FOUND;
        return OK;
    }
    bool may_collect = false;
    TRY(dunning_may_collect(of->tx, of->request->user_id, of->request->invoice_id, &may_collect));
    if (!may_collect) {
        *ret_outcome = OUTCOME_PAYMENT_IN_PROGRESS;
        return OK;
    }
    of->plan->invoice_id = invoice.stripe_invoice_id;
    return choose_method(of, ret_outcome);
}

static struct err decide_kind(const struct decision *of, enum outcome *ret_outcome) {
    *ret_outcome = OUTCOME_DONE;
    switch (of->request->kind) {
    case OPERATION_SUBSCRIBE:
        return decide_subscribe(of, ret_outcome);
    case OPERATION_CHANGE:
        return decide_change(of, ret_outcome);
    case OPERATION_CANCEL:
        return decide_cancel(of, ret_outcome);
    case OPERATION_RESUME:
        return decide_resume(of, ret_outcome);
    case OPERATION_METHOD_ATTACH:
    case OPERATION_METHOD_DEFAULT:
    case OPERATION_METHOD_DETACH:
        return decide_method(of, ret_outcome);
    case OPERATION_SETUP:
        of->plan->method_type = of->request->method_type;
        of->plan->return_url = of->request->return_url;
        return OK;
    case OPERATION_TRIAL:
        *ret_outcome = decide_trial(of);
        return OK;
    case OPERATION_PAUSE:
    case OPERATION_PAUSE_END:
        return pause_decide(of->tx, of->request, &of->view, of->plan, ret_outcome);
    case OPERATION_CARD_SETUP:
        of->plan->method_type = STR("card");
        return OK;
    case OPERATION_CARD_KEEP:
        return decide_keep(of, ret_outcome);
    case OPERATION_INVOICE_PAY:
        return decide_pay(of, ret_outcome);
    case OPERATION_BANK_TRANSFER:
        return OK;
    case OPERATION_REFUND:
    case OPERATION_CREDIT_NOTE:
        return money_back_decide(of->tx, of->request, of->plan, ret_outcome);
    case OPERATION_CORRECTION:
        return correction_decide(of->app, of->tx, of->request, of->plan, ret_outcome);
    case OPERATION_COUPON:
        return decide_coupon(of, ret_outcome);
    case OPERATION_PRICE:
        return decide_price(of, ret_outcome);
    case OPERATION_DETAILS:
        of->plan->details = of->request->details;
        return decide_purchase_order(of);
    case OPERATION_TAX_ID_ADD:
    case OPERATION_TAX_ID_REMOVE:
        return tax_id_decide(of->tx, of->request, of->plan, ret_outcome);
    case OPERATION_KIND_COUNT:
        break;
    }
    check(false);
    return OK;
}

struct err operation_decide(struct app *app, struct tx *tx, const struct operation_request *request,
                            struct operation_plan *ret_plan, enum outcome *ret_outcome) {
    struct decision of = {.app = app, .tx = tx, .request = request, .plan = ret_plan};
    bool is_found = false;
    TRY(subscription_view_read(app, tx, request->user_id, &of.view, &is_found));
    if (!is_found) {
        *ret_outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    *ret_plan = (struct operation_plan){
        .kind = request->kind,
        .subscription_id = of.view.row.stripe_subscription_id,
        .item_id = of.view.row.stripe_item_id,
        /* why an operator changed it is the audit log's alone */
        .reason = request->kind == OPERATION_CHANGE ? STR("") : request->reason,
        .comment = request->comment,
    };
    TRY(experiment_catalogue(app, tx, request->user_id, &of.offered));
    return decide_kind(&of, ret_outcome);
}

struct err trial_preview(struct app *app, struct tx *tx, const struct operation_request *request,
                         struct trial_shown *ret_shown, enum outcome *ret_outcome) {
    struct operation_plan plan = {.kind = OPERATION_TRIAL};
    struct decision of = {.app = app, .tx = tx, .request = request, .plan = &plan};
    bool is_found = false;
    check(request->kind == OPERATION_TRIAL);
    TRY(subscription_view_read(app, tx, request->user_id, &of.view, &is_found));
    *ret_outcome = is_found ? decide_trial(&of) : OUTCOME_CUSTOMER_NOT_FOUND;
    if (*ret_outcome == OUTCOME_DONE) {
        *ret_shown = (struct trial_shown){
            .tier = of.view.plan->tier,
            .interval = (enum interval)of.view.row.interval,
            .then = of.view.price,
            .ends_before = {of.view.row.trial_ends_at},
        };
    }
    return OK;
}

/* --- writing it down --- */

/* An id of our own form whose digits come from the work, so that the same work makes the same id:
 * hexadecimal digits are base32 digits too, and a leading 0 keeps it within 128 bits. */
static struct record_id id_of_work(const char *kind, struct str key) {
    struct record_id id;
    (void)snprintf(id.text, sizeof id.text, "%s_0" STR_FMT, kind, STR_ARG(str_first(key, 25)));
    check(id_is(id_str(&id), kind));
    return id;
}

struct err operation_begin(struct app *app, struct tx *tx, struct str user_id,
                           const struct operation_plan *plan, struct operation_begun *ret_begun) {
    struct str kind = str_from_cstr(operation_kind_name((enum operation_kind)plan->kind));
    int64_t earlier = 0;
    TRY(operation_count(tx, user_id, kind, &earlier));
    struct operation_plan named = *plan;
    struct str work = arena_printf(tx->cx->arena, STR_FMT " %lld " STR_FMT, STR_ARG(kind),
                                   (long long)earlier, STR_ARG(operation_plan_text(tx->cx, plan)));
    struct str key = work_key(app, tx->cx, user_id, work);
    if (arena_failed(tx->cx->arena)) {
        return ERR(ERR_NO_MEMORY);
    }
    struct record_id local_id = id_of_work("subs", key);
    if (plan->kind == OPERATION_SUBSCRIBE) {
        named.local_id = arena_str(tx->cx->arena, id_str(&local_id));
        ret_begun->subscription_id = local_id;
    }
    ret_begun->row = (struct operation_row){
        .user_id = user_id,
        .id = id_of_work("oper", key),
        .kind = kind,
        .status = OPERATION_PENDING,
        .request = operation_plan_text(tx->cx, &named),
        .created_at = cx_now_ms(tx->cx),
        .finished_at = ROW_NONE,
    };
    TRY(operation_insert(tx, &ret_begun->row));
    TRY(correction_begun(tx, user_id, &named, id_str(&ret_begun->row.id)));
    return operation_plan_advance(app, tx, &ret_begun->row, &named, &ret_begun->is_complete);
}

struct str operation_request_hash(struct cx *cx, const struct operation_request *request) {
    struct str text = arena_printf(
        cx->arena,
        "%d\n%d\n%d\n%d\n%d\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT
        "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n%d\n%lld " STR_FMT " %d",
        (int)request->kind, request->tier, request->interval, (int)request->version,
        (int)request->when, STR_ARG(request->method_id), STR_ARG(request->method_type),
        STR_ARG(request->return_url), STR_ARG(request->quote_id), STR_ARG(request->coupon),
        STR_ARG(request->invoice_id), STR_ARG(request->reason), STR_ARG(request->comment),
        (int)request->drops_coupon * 2 + (int)request->prorates, (long long)request->amount,
        STR_ARG(request->currency), (int)request->returns);
    const struct billing_details *details = &request->details;
    const struct str parts[] = {details->email,        details->name,    details->line1,
                                details->line2,        details->city,    details->state,
                                details->postal_code,  details->country, request->tax_id_type,
                                request->tax_id_value, request->tax_id};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        text = arena_printf(cx->arena, STR_FMT "\n" STR_FMT, STR_ARG(text), STR_ARG(parts[i]));
    }
    if (details->purchase_order.len > 0) { /* without: as it was before there were any */
        text = arena_printf(cx->arena, STR_FMT "\norder " STR_FMT, STR_ARG(text),
                            STR_ARG(details->purchase_order));
    }
    if (request->kind == OPERATION_TRIAL) {
        text = arena_printf(cx->arena, STR_FMT "\ntrial %lld", STR_ARG(text),
                            (long long)request->since);
    }
    if (request->kind == OPERATION_PAUSE) {
        text = arena_printf(cx->arena, STR_FMT "\npause %lld %lld", STR_ARG(text),
                            (long long)request->since, (long long)request->months);
    }
    if (request->setup_id.len > 0) { /* without: as it was before there were any */
        text = arena_printf(cx->arena, STR_FMT "\nsetup " STR_FMT, STR_ARG(text),
                            STR_ARG(request->setup_id));
    }
    const struct str consents[] = {request->renewal_consent, request->early_start_consent};
    for (size_t i = 0; i < ARRAY_LEN(consents); i++) {
        if (consents[i].len > 0) { /* without: as it was before there were any */
            text = arena_printf(cx->arena, STR_FMT "\nconsent %zu " STR_FMT, STR_ARG(text), i,
                                STR_ARG(consents[i]));
        }
    }
    return sha256_text(cx->arena, text);
}
