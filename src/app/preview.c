/* Preview and charge are the same computation on the same facts: core/proration.h at an instant
 * that the quote pins, and that the change is later made at. */
#include "app/preview.h"

#include "app/change.h"
#include "app/subscription.h"
#include "app/usage.h"
#include "base/check.h"
#include "core/price.h"
#include "gate/gate.h"
#include "store/quote.h"

/* Metrics whose use now is above what the plan will allow. */
static unsigned exceeded_by(const struct app *app, struct str user_id,
                            const struct entitlements *after) {
    struct gate_verdict verdicts[METRIC_COUNT];
    struct quantity used[METRIC_COUNT];
    gate_snapshot(gate_customer(app->gate, user_id), app_now(app), verdicts);
    for (int i = 0; i < METRIC_COUNT; i++) {
        used[i] = verdicts[i].used;
    }
    return entitlement_exceeded(after, used);
}

/* What the next renewal costs: the price, less the credit that this change leaves. */
static struct money next_amount(const struct proration *proration, struct money price,
                                bool is_now) {
    struct money amount = price;
    if (is_now && !money_subtract(price, proration->credit, &amount)) {
        return price;
    }
    return money_is_negative(amount) ? money_zero(price.currency) : amount;
}

static struct preview preview_of(const struct app *app, struct str user_id,
                                 const struct subscription_view *view,
                                 const struct planned_change *change) {
    struct entitlements after =
        entitlement_of(ACCESS_FULL, change->plan, catalogue_plan(app->catalogue, TIER_FREE), NULL);
    struct preview preview = {
        .is_now = change->is_now,
        .features_lost = feature_set_without(view->entitlements.features, after.features),
        .limits_exceeded = exceeded_by(app, user_id, &after),
        .next_invoice_at = view->current_period.end,
        .proration = {.amount_due = money_zero(change->price.currency),
                      .total = money_zero(change->price.currency),
                      .credit = money_zero(change->price.currency)},
    };
    if (change->is_now) {
        preview.proration = change_proration(view, change, app_now(app));
        preview.next_invoice_at = preview.proration.period.end;
    }
    preview.next_invoice_amount = next_amount(&preview.proration, change->price, change->is_now);
    return preview;
}

static struct err write_quote(struct preview_command *command, struct tx *tx,
                              const struct subscription_view *view,
                              const struct planned_change *change) {
    struct preview *preview = &command->preview;
    int64_t now = cx_now_ms(tx->cx);
    preview->quote_id = id_new(tx->cx, "quot");
    preview->valid_until = (struct instant){now + (int64_t)QUOTE_MINUTES * 60 * 1000};
    struct quote_row row = {
        .user_id = command->user_id,
        .id = preview->quote_id,
        .subscription_id = view->row.id,
        .tier = (int)change->plan->tier,
        .interval = (int)change->interval,
        .proration_at = now,
        .amount_due = preview->proration.amount_due.minor,
        .currency = str_from_cstr(change->price.currency.code),
        .valid_until = preview->valid_until.ms,
        .used_at = ROW_NONE,
    };
    return quote_insert(tx, &row);
}

static struct err run(struct command *base, struct tx *tx) {
    struct preview_command *command = (struct preview_command *)base;
    struct app *app = base->app;
    struct subscription_view view;
    struct planned_change change;
    bool is_found = false;
    TRY(subscription_view_read(app, tx, command->user_id, &view, &is_found));
    base->outcome = is_found ? change_decide(app, &view, &command->request, &change)
                             : OUTCOME_CUSTOMER_NOT_FOUND;
    if (base->outcome != OUTCOME_DONE) {
        return OK;
    }
    command->preview = preview_of(app, command->user_id, &view, &change);
    return write_quote(command, tx, &view, &change);
}

void preview_start(struct app *app, struct preview_command *command) {
    command->command.run = run;
    command->command.after = NULL;
    command_submit(app, &command->command);
}
