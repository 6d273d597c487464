#include "app/upcoming.h"

#include "app/contract_next.h"
#include "app/operation_plan.h"
#include "app/price_change.h"
#include "app/subscription.h"
#include "core/plan_book.h"
#include "store/customer.h"
#include "store/setting.h"

/* The price alone, as one line: what is known without the provider. */
static void estimate(struct upcoming_query *query) {
    struct payments_invoice_line *line = ARENA_NEW(query->arena, struct payments_invoice_line);
    struct money nothing = money_zero(query->next.amount.currency);
    query->is_estimated = true;
    query->due = query->next.amount;
    query->tax = query->tax_added = query->discount = nothing;
    query->outcome = line == NULL ? OUTCOME_STORE_FAILED : OUTCOME_DONE;
    if (line != NULL) {
        *line = (struct payments_invoice_line){.description = query->next.description,
                                               .amount = query->next.amount,
                                               .period = query->next.period};
        query->lines = line;
        query->line_count = 1;
    }
}

static void answered(void *context, const struct payments_answer *answer) {
    struct upcoming_query *query = context;
    if (answer->outcome == PAYMENTS_DONE && answer->has_preview) {
        struct payments_answer kept = payments_answer_copy(query->arena, answer);
        query->next.amount = kept.preview.total;
        query->due = kept.preview.amount_due;
        query->tax = kept.preview.tax;
        query->tax_added = kept.preview.tax_added;
        query->discount = kept.preview.discount;
        query->lines = kept.preview.lines;
        query->line_count = kept.preview.line_count;
        query->outcome = arena_failed(query->arena) ? OUTCOME_STORE_FAILED : OUTCOME_DONE;
    } else {
        estimate(query);
    }
    query->finished(query);
}

/* What the next interval is billed by, when it is not what holds now. */
struct following {
    bool is_other;
    const struct plan *plan; /* NULL: nobody has been told its price yet */
    enum interval interval;
};

static struct err find_following(struct app *app, struct tx *tx,
                                 const struct subscription_view *view, struct following *ret_next) {
    struct contract_saying contract = {.is_bound = false};
    struct price_coming price;
    bool has_price = false;
    TRY(price_coming_next(app, tx, view, &price, &has_price));
    if (plan_version_is_private(view->row.plan_version)) {
        TRY(contract_says(app, tx, view->row.user_id, view->current_period.end, &contract));
    }
    *ret_next = (struct following){.is_other = view->has_pending_change,
                                   .interval = view->pending_interval};
    if (contract.is_bound) {
        ret_next->is_other = contract.version != view->row.plan_version;
        ret_next->interval = contract.interval;
        ret_next->plan =
            catalogue_plan_version(app->catalogue, contract.plan.tier, contract.version);
    } else if (view->has_pending_change) {
        ret_next->plan = view->pending_plan;
    } else if (has_price) {
        *ret_next = (struct following){
            true, catalogue_plan_version(app->catalogue, view->plan->tier, price.version),
            (enum interval)view->row.interval};
    }
    return OK;
}

/* As things stand, or at the price that waits; false where no one call can say it. */
static struct err describe(struct app *app, struct tx *tx, const struct upcoming_query *query,
                           struct payments_call *ret_call, bool *ret_can) {
    struct subscription_view view;
    struct customer_row customer;
    bool is_found = false;
    TRY(subscription_view_read(app, tx, query->user_id, &view, &is_found));
    TRY(customer_get(tx, query->user_id, &customer, &is_found));
    *ret_call = (struct payments_call){
        .kind = PAYMENTS_INVOICE_PREVIEW,
        .customer_id = customer.stripe_customer_id,
        .subscription_id = view.row.stripe_subscription_id,
        .item_id = view.row.stripe_item_id,
        .change = PAYMENTS_CHANGE_NONE,
    };
    struct following next;
    TRY(find_following(app, tx, &view, &next));
    *ret_can = !next.is_other;
    if (!next.is_other || next.plan == NULL) {
        return OK;
    }
    struct str key = price_lookup_key(tx->cx, next.plan, next.interval, customer.currency);
    TRY(plan_price_get(tx, key, &ret_call->price_id));
    ret_call->change = PAYMENTS_CHANGE_NEXT_PERIOD;
    *ret_can = next.interval == (enum interval)view.row.interval && ret_call->price_id.len > 0;
    return OK;
}

void upcoming_ask(struct app *app, struct upcoming_query *query) {
    struct cx cx;
    struct payments_call call;
    bool can_ask = false;
    cx_init(&cx, app->env, query->arena);
    struct tx tx = app_read(app, &cx);
    query->outcome = OUTCOME_DONE;
    struct err err = invoice_upcoming(app, &tx, query->user_id, &query->next, &query->has_next);
    if (!err_failed(err) && query->has_next) {
        err = describe(app, &tx, query, &call, &can_ask);
    }
    if (err_failed(err)) {
        query->outcome = OUTCOME_STORE_FAILED;
    } else if (query->has_next && !can_ask) {
        estimate(query);
    } else if (query->has_next) {
        app->payments->call(app->payments, &call, answered, query);
        return;
    }
    query->finished(query);
}
