/* Prorations, to the second (billing/subscriptions/prorations).
 *
 * Flexible billing credits what was debited: each item remembers in "_debits" which amounts were
 * billed for which stretch of its period, and by which line, whose discount was part of the price.
 * Classic billing credits the price that stands now. Every credit and debit is rounded by itself,
 * and its denominator is the whole period that holds the change. Metered prices are never prorated.
 */
#include "sandbox/subscription_change.h"

#include <stdio.h>

#include "base/rfc3339.h"
#include "sandbox/currency.h"
#include "sandbox/discount.h"

/* "11 Apr 2015", as Stripe writes it on lines. */
static void day_text(int64_t at, char *ret_text, size_t size) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil civil = civil_from_ms(at * 1000);
    (void)snprintf(ret_text, size, "%d %s %d", civil.day, months[civil.month - 1], civil.year);
}

static const char *product_of(struct world *world, const json_t *price) {
    const json_t *product = world_get(world, member(price, "product"));
    return product == NULL ? "item" : member(product, "name");
}

static void debit_note(json_t *item, int64_t amount, struct period period, const json_t *line) {
    json_t *debits = json_object_get(item, "_debits");
    json_array_append_new(debits, json_pack("{s:I, s:I, s:I, s:s}", "amount", (json_int_t)amount,
                                            "start", (json_int_t)period.start, "end",
                                            (json_int_t)period.end, "line", member(line, "id")));
    set_text(json_array_get(debits, json_array_size(debits) - 1), "invoice",
             member(line, "invoice"));
}

/* A pending line of `amount` for `period`; `verb` is "Unused" or "Remaining". */
static void add_proration(struct world *world, json_t *subscription, json_t *item, const char *verb,
                          struct line line) {
    char day[24];
    char text[256];
    line.price = item_price(item);
    line.quantity = member_i64(item, "quantity");
    day_text(line.period.start, day, sizeof day);
    (void)snprintf(text, sizeof text, "%s time on %lld × %.120s after %s", verb,
                   (long long)line.quantity, product_of(world, line.price), day);
    line.description = text;
    line.item = member(item, "id");
    line.is_proration = true;
    line.tax_rates = json_object_get(item, "tax_rates");
    sandbox_pending_add(world, subscription, &line);
}

/* What a debit came to once the line that billed it was discounted. */
static int64_t net_of(struct world *world, const json_t *debit) {
    json_t *invoice = world_get(world, member(debit, "invoice"));
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        if (member_is(line, "id", member(debit, "line"))) {
            return line_net(line);
        }
    }
    return member_i64(debit, "amount");
}

/* A credit that rounds to nothing is a line all the same, as long as something was debited. */
static void credit_debits(struct world *world, json_t *subscription, json_t *item, int64_t at) {
    json_t *debits = json_object_get(item, "_debits");
    for (size_t i = 0; i < json_array_size(debits); i++) {
        json_t *debit = json_array_get(debits, i);
        struct period of = {member_i64(debit, "start"), member_i64(debit, "end")};
        struct period rest = {at > of.start ? at : of.start, of.end};
        int64_t net = net_of(world, debit);
        if (net != 0 && rest.end > rest.start) {
            int64_t amount = prorate(-net, rest.end - rest.start, of.end - of.start);
            add_proration(world, subscription, item, "Unused",
                          (struct line){.amount = amount, .period = rest});
        }
    }
    json_array_clear(debits);
}

/* The instant up to which an item is billed: its period's end, or the subscription's before it. */
static int64_t billed_until(const json_t *subscription, const json_t *item) {
    struct period period = item_period(item);
    int64_t ends = member_i64(subscription, "cancel_at");
    return ends > period.start && ends < period.end ? ends : period.end;
}

static int64_t full_price(const json_t *item) {
    return price_amount(item_price(item), member_i64(item, "quantity"));
}

/* `amount` a period, for a stretch of the item's. */
static int64_t share_of(const json_t *subscription, const json_t *item, int64_t amount,
                        struct period stretch) {
    const json_t *price = item_price(item);
    struct period cycle = item_cycle(subscription, price, item_period(item).end - 1);
    return prorate(amount, stretch.end - stretch.start, cycle.end - cycle.start);
}

/* What classic billing takes an item for: its price less the whole of the discounts, as if it were
 * the only one (billing-mode/compare: half of 10.00 less 5.00 is 2.50). */
static int64_t worth_alone(struct world *world, json_t *subscription, json_t *item) {
    json_t *alone = json_copy(subscription);
    json_object_set_new(alone, "items", json_pack("{s:[O]}", "data", item));
    int64_t worth = discounts_item_net(world, alone, item);
    json_decref(alone);
    return worth;
}

static bool is_prorated(const json_t *subscription, const json_t *item, int64_t at) {
    return !member_is(subscription, "status", "trialing") &&
           !price_is_metered(json_object_get(item, "price")) &&
           billed_until(subscription, item) > at;
}

void prorate_credit(struct world *world, json_t *subscription, json_t *item, int64_t at) {
    if (!is_prorated(subscription, item, at)) {
        return;
    }
    if (!member_is(subscription, "billing_mode.type", "classic")) {
        credit_debits(world, subscription, item, at);
        return;
    }
    struct period rest = {at, billed_until(subscription, item)};
    int64_t amount = -share_of(subscription, item, worth_alone(world, subscription, item), rest);
    bool was_debited = json_array_size(json_object_get(item, "_debits")) > 0;
    if (amount != 0 && was_debited) {
        add_proration(world, subscription, item, "Unused",
                      (struct line){.amount = amount, .period = rest});
    }
    json_array_clear(json_object_get(item, "_debits"));
}

void prorate_shorten(struct world *world, json_t *subscription, json_t *item, int64_t end) {
    json_t *kept = json_array();
    json_t *debits = json_object_get(item, "_debits");
    for (size_t i = 0; i < json_array_size(debits); i++) {
        json_t *debit = json_array_get(debits, i);
        struct period of = {member_i64(debit, "start"), member_i64(debit, "end")};
        int64_t until = end < of.end ? end : of.end;
        if (until > of.start) {
            int64_t net = net_of(world, debit);
            int64_t rest = net - prorate(net, of.end - until, of.end - of.start);
            json_array_append_new(kept,
                                  json_pack("{s:I, s:I, s:I}", "amount", (json_int_t)rest, "start",
                                            (json_int_t)of.start, "end", (json_int_t)until));
        }
    }
    prorate_credit(world, subscription, item, end);
    json_object_set_new(item, "_debits", kept);
}

void prorate_debit(struct world *world, json_t *subscription, json_t *item, int64_t at) {
    if (!is_prorated(subscription, item, at)) {
        return;
    }
    struct period rest = {at, billed_until(subscription, item)};
    int64_t amount =
        share_of(subscription, item, discounts_item_net(world, subscription, item), rest);
    if (amount != 0) {
        add_proration(world, subscription, item, "Remaining",
                      (struct line){.amount = amount, .period = rest});
    }
    debit_note(item, amount, rest, NULL);
}

void subscription_credit_all(struct world *world, json_t *subscription, int64_t at) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        prorate_credit(world, subscription, json_array_get(items, i), at);
    }
}

static void item_text(struct world *world, json_t *item, bool is_trial, char *ret_text,
                      size_t size) {
    const json_t *price = item_price(item);
    const char *product = product_of(world, price);
    if (is_trial) {
        (void)snprintf(ret_text, size, "Trial period for %.120s", product);
        return;
    }
    char unit[40];
    currency_text(member(price, "currency"), member_i64(price, "unit_amount"), unit, sizeof unit);
    (void)snprintf(ret_text, size, "%lld × %.120s (at %s / %s)",
                   (long long)member_i64(item, "quantity"), product, unit,
                   member(price, "recurring.interval"));
}

void subscription_bill_item(struct world *world, json_t *invoice, json_t *subscription,
                            json_t *item) {
    json_t *price = item_price(item);
    bool is_trial = member_is(subscription, "status", "trialing");
    char text[256];
    if (price_is_metered(price)) {
        return;
    }
    item_text(world, item, is_trial, text, sizeof text);
    struct line line = {
        .period = {item_period(item).start, billed_until(subscription, item)},
        .price = price,
        .quantity = member_i64(item, "quantity"),
        .description = text,
        .item = member(item, "id"),
        .tax_rates = json_object_get(item, "tax_rates"),
        .discounts = json_object_get(item, "discounts"),
    };
    line.amount = is_trial ? 0 : share_of(subscription, item, full_price(item), line.period);
    invoice_add_line(world, invoice, &line);
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    json_array_clear(json_object_get(item, "_debits"));
    debit_note(item, line.amount, line.period, json_array_get(lines, json_array_size(lines) - 1));
}

void subscription_bill_items(struct world *world, json_t *invoice, json_t *subscription) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        subscription_bill_item(world, invoice, subscription, json_array_get(items, i));
    }
    world_touch(world, subscription);
}
