#include "app/invoice.h"

#include "app/contract_next.h"
#include "app/price_change.h"
#include "app/subscription.h"
#include "core/plan_book.h"
#include "core/price.h"

struct err invoice_read(struct tx *tx, struct str user_id, struct str id,
                        struct invoice_row *ret_row, bool *ret_found) {
    return invoice_get(tx, user_id, id, ret_row, ret_found);
}

struct err invoice_upcoming(const struct app *app, struct tx *tx, struct str user_id,
                            struct upcoming_invoice *ret_upcoming, bool *ret_found) {
    struct subscription_view view;
    TRY(subscription_view_read(app, tx, user_id, &view, ret_found));
    if (!*ret_found) {
        return OK;
    }
    struct contract_saying contract = {.is_bound = false};
    const struct plan *plan = view.plan;
    enum interval interval = (enum interval)view.row.interval;
    if (plan_version_is_private(view.row.plan_version)) {
        TRY(contract_says(app, tx, user_id, view.current_period.end, &contract));
    }
    if (contract.is_bound) {
        plan = &contract.plan;
        interval = contract.interval;
    } else if (view.has_pending_change) {
        plan = view.pending_plan;
        interval = view.pending_interval;
    }
    struct price_coming price;
    bool has_price = false;
    TRY(price_coming_next(app, tx, &view, &price, &has_price));
    if (has_price) {
        plan = catalogue_plan_version(app->catalogue, view.plan->tier, price.version);
    }
    struct money amount;
    bool will_bill = view.row.stripe_subscription_id.len > 0 && !contract.is_end &&
                     (!view.row.cancel_at_period_end || view.has_pending_change) &&
                     price_of(plan, interval, &amount) && !money_is_zero(amount);
    *ret_found = will_bill;
    if (!will_bill) {
        return OK;
    }
    struct instant at = view.current_period.end;
    struct period next = period_containing((struct instant){view.row.usage_anchor}, interval, at);
    if (!instant_equal(next.start, at)) { /* a change of interval has moved the anchor of billing */
        next = period_containing(at, interval, at);
    }
    *ret_upcoming = (struct upcoming_invoice){
        .at = at,
        .amount = amount,
        .period = next,
        .description =
            arena_printf(tx->cx->arena, "%s, one %s", plan->name, interval_name(interval)),
    };
    return OK;
}
