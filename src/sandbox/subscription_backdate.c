/* backdate_start_date: time that has passed before a subscription is made, on its first invoice
 * (billing/subscriptions/backdating).
 *
 * It is counted in imagined periods that begin at the backdated start: a line for each in flexible
 * billing, one line for all of it in classic. The cycle itself begins now, or at its anchor. */
#include <stdio.h>

#include "sandbox/discount.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_item.h"

enum { LINES_MAX = 250 };

/* The part of imagined period `n` that lies before `until`, and the whole of it. */
struct elapsed {
    struct period part, whole;
};

static struct elapsed elapsed_at(int64_t start, struct interval interval, int n, int64_t until) {
    struct elapsed elapsed = {
        .whole = {anchor_plus(start, interval, n), anchor_plus(start, interval, n + 1)}};
    elapsed.part = elapsed.whole;
    elapsed.part.end = until < elapsed.whole.end ? until : elapsed.whole.end;
    return elapsed;
}

static int64_t length_of(struct period period) {
    return period.end - period.start;
}

static void add_line(struct world *world, json_t *invoice, json_t *item, struct line line) {
    char text[256];
    const json_t *product = world_get(world, member(item_price(item), "product"));
    line.quantity = member_i64(item, "quantity");
    (void)snprintf(text, sizeof text, "Time on %lld × %.120s before the subscription was created",
                   (long long)line.quantity, product == NULL ? "item" : member(product, "name"));
    line.description = text;
    line.price = item_price(item);
    line.item = member(item, "id");
    line.tax_rates = json_object_get(item, "tax_rates");
    invoice_add_line(world, invoice, &line);
}

/* Classic billing: the sum of all, with the discounts inside it like any proration. */
static void bill_whole(struct world *world, json_t *invoice, json_t *subscription, json_t *item,
                       struct period past) {
    struct interval interval = price_interval(item_price(item));
    int64_t net = discounts_item_net(world, subscription, item);
    int64_t amount = 0;
    for (int n = 0; anchor_plus(past.start, interval, n) < past.end; n++) {
        struct elapsed elapsed = elapsed_at(past.start, interval, n, past.end);
        amount += prorate(net, length_of(elapsed.part), length_of(elapsed.whole));
    }
    add_line(world, invoice, item,
             (struct line){.amount = amount, .period = past, .is_proration = true});
}

static void bill_periods(struct world *world, json_t *invoice, json_t *item, struct period past) {
    struct interval interval = price_interval(item_price(item));
    int64_t full = price_amount(item_price(item), member_i64(item, "quantity"));
    for (int n = 0; anchor_plus(past.start, interval, n) < past.end; n++) {
        struct elapsed elapsed = elapsed_at(past.start, interval, n, past.end);
        add_line(world, invoice, item,
                 (struct line){.amount =
                                   prorate(full, length_of(elapsed.part), length_of(elapsed.whole)),
                               .period = elapsed.part,
                               .discounts = json_object_get(item, "discounts")});
    }
}

void subscription_bill_past(struct world *world, json_t *invoice, json_t *subscription) {
    const struct period past = {member_i64(subscription, "start_date"),
                                member_i64(subscription, "created")};
    json_t *items = subscription_items(subscription);
    bool is_classic = member_is(subscription, "billing_mode.type", "classic");
    for (size_t i = 0; past.start < past.end && i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        if (price_is_metered(item_price(item))) {
            continue;
        }
        if (is_classic) {
            bill_whole(world, invoice, subscription, item, past);
        } else {
            bill_periods(world, invoice, item, past);
        }
    }
}

/* How many imagined periods of any item the past has; no more than matters are counted. */
static int lines_of(json_t *subscription, int64_t start, int64_t now) {
    json_t *items = subscription_items(subscription);
    int lines = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        struct interval interval = price_interval(item_price(json_array_get(items, i)));
        for (int n = 0; n <= LINES_MAX && anchor_plus(start, interval, n) < now; n++) {
            lines++;
        }
    }
    return lines;
}

bool subscription_backdate(struct call *call, json_t *subscription) {
    struct fault *fault = &call->world->fault;
    json_t *given = json_object_get(call->params, "backdate_start_date");
    int64_t now = member_i64(subscription, "created");
    if (given == NULL) {
        return true;
    }
    int64_t start = json_integer_value(given);
    if (start >= now || start <= 0) {
        return fault_invalid(fault, NULL, "backdate_start_date",
                             "`backdate_start_date` must be a timestamp in the past.");
    }
    if (param_given(call, "billing_cycle_anchor_config")) {
        return fault_invalid(fault, NULL, "billing_cycle_anchor_config",
                             "You cannot use `billing_cycle_anchor_config` with "
                             "`backdate_start_date`.");
    }
    if (lines_of(subscription, start, now) > LINES_MAX) {
        return fault_invalid(fault, NULL, "backdate_start_date",
                             "Backdating is not supported when an invoice would have more than %d "
                             "line items.",
                             LINES_MAX);
    }
    set_i64(subscription, "start_date", start);
    return true;
}
