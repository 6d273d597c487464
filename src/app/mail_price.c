#include "app/mail_price.h"

#include "app/price_change.h"
#include "app/subscription.h"
#include "core/price.h"

void mail_price_of(const struct plan *plan, enum interval interval, struct mail_values *values) {
    struct money amount;
    if (plan != NULL && price_of(plan, interval, &amount)) {
        mail_values_i64(values, "amount", amount.minor);
        mail_values_str(values, "currency", str_from_cstr(amount.currency.code));
    }
}

struct err mail_price_next(struct app *app, struct tx *tx, const struct subscription_row *row,
                           struct mail_values *values) {
    struct subscription_view view;
    struct price_coming price;
    bool has_price = false;
    TRY(subscription_view_of(app, tx->cx, row, &view));
    TRY(price_coming_next(app, tx, &view, &price, &has_price));
    const struct plan *plan =
        has_price ? catalogue_plan_version(app->catalogue, (enum tier)row->tier, price.version)
                  : view.plan;
    mail_price_of(plan, (enum interval)row->interval, values);
    return OK;
}
