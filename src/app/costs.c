#include "app/costs.h"

#include "app/billed.h"
#include "app/invoice_lines.h"
#include "app/price_change.h"
#include "app/subscription.h"

static bool touches(struct period a, struct period b) {
    return instant_is_before(a.start, b.end) && instant_is_before(b.start, a.end);
}

static struct err add_invoice(struct arena *arena, const struct invoice_row *row,
                              struct costs *costs) {
    struct invoice_lines lines;
    TRY(invoice_lines_read(arena, row->lines, &lines));
    for (size_t i = 0; i < lines.count && costs->line_count < COSTS_LINES_MAX; i++) {
        if (touches(lines.items[i].period, costs->period)) {
            costs->lines[costs->line_count++] =
                (struct costs_line){lines.items[i], row->id, row->number};
        }
    }
    return OK;
}

/* The first billed first, so that a change reads as it happened. */
static struct err read_lines(struct tx *tx, const struct subscription_view *view,
                             struct costs *costs) {
    const struct invoice_owner of = {view->row.user_id, id_str(&view->row.id)};
    const struct invoice_cursor all = {INT64_MAX, STR("")};
    struct row_list list;
    TRY(invoice_of_subscription(tx, &of, all, BILLED_INVOICES_MAX, &list));
    const struct invoice_row *rows = list.items;
    for (size_t i = list.count; i > 0; i--) {
        if (billed_is_in_effect(&rows[i - 1])) {
            TRY(add_invoice(tx->cx->arena, &rows[i - 1], costs));
        }
    }
    return OK;
}

/* At the end of the period another price may begin: of another plan or interval, or of the same
 * plan anew. A contract says its prices to come itself. */
static struct err read_prices(struct app *app, struct tx *tx, const struct subscription_view *view,
                              struct costs *costs) {
    if (money_is_zero(view->price)) {
        return OK;
    }
    costs->prices[costs->price_count++] = (struct costs_price){
        .tier = view->plan->tier,
        .version = view->row.plan_version,
        .interval = (enum interval)view->row.interval,
        .price = view->price,
        .from = view->current_period.start,
    };
    struct price_coming price;
    bool has_price = false;
    TRY(price_coming_next(app, tx, view, &price, &has_price));
    struct costs_price next = costs->prices[0];
    if (view->has_pending_change && view->pending_plan != NULL &&
        view->pending_plan->prices[view->pending_interval].is_set) {
        next.tier = view->pending_tier;
        next.version = view->pending_plan->version;
        next.interval = view->pending_interval;
        next.price = view->pending_plan->prices[view->pending_interval].amount;
        next.from = view->pending_at;
    } else if (has_price) {
        next.version = price.version;
        next.price = price.price;
        next.from = price.at;
    } else {
        return OK;
    }
    costs->prices[0].has_until = true;
    costs->prices[0].until = next.from;
    costs->prices[costs->price_count++] = next;
    return OK;
}

struct err costs_read(struct app *app, struct tx *tx, struct str user_id, struct costs *ret_costs,
                      bool *ret_found) {
    struct subscription_view view;
    TRY(subscription_view_read(app, tx, user_id, &view, ret_found));
    ret_costs->line_count = ret_costs->price_count = 0;
    if (!*ret_found) {
        return OK;
    }
    ret_costs->period = view.current_period;
    TRY(read_lines(tx, &view, ret_costs));
    return read_prices(app, tx, &view, ret_costs);
}
