/* What events come to: the sum of a period, and the line that bills it.
 *
 * A metered item is billed behind its period, from the latest of: the period's start, the
 * subscription's, the end of a trial (what is used in one is free), and the instant at which the
 * item got its price. Late events count until the draft is finalized, and never after. */
#include "sandbox/meter.h"

#include <stdio.h>

#include "sandbox/currency.h"
#include "sandbox/decimal.h"
#include "sandbox/subscription_item.h"

enum { TEXT_SIZE = 256 };

/* A formula sees the events of a period one by one, oldest first. */
struct tally {
    bool takes_last, counts;
    i128 usage;
    int64_t latest;
};

static void tally_add(struct tally *tally, const json_t *event) {
    i128 value = 0;
    int64_t at = member_i64(event, "timestamp");
    bool is_value = decimal_scale(member(event, "_value"), DECIMAL_PLACES, &value);
    if (tally->counts) {
        tally->usage += DECIMAL_ONE;
    } else if (tally->takes_last) {
        tally->usage = is_value && at >= tally->latest ? value : tally->usage;
        tally->latest = at > tally->latest ? at : tally->latest;
    } else {
        tally->usage += value;
    }
}

i128 meter_usage(struct world *world, const json_t *meter, const char *customer,
                 struct period period) {
    json_t *all = world_list(world, "billing.meter_event", customer);
    struct tally tally = {
        .takes_last = member_is(meter, "default_aggregation.formula", "last"),
        .counts = member_is(meter, "default_aggregation.formula", "count"),
        .latest = INT64_MIN,
    };
    for (size_t i = json_array_size(all); i-- > 0;) {
        const json_t *event = json_array_get(all, i);
        int64_t at = member_i64(event, "timestamp");
        bool is_of_it = member_is(event, "_meter", member(meter, "id")) && at >= period.start &&
                        at < period.end && !json_is_true(json_object_get(event, "_is_canceled"));
        if (is_of_it) {
            tally_add(&tally, event);
        }
    }
    json_decref(all);
    i128 most = (i128)USAGE_MAX * DECIMAL_ONE;
    return tally.usage > most ? most : tally.usage < -most ? -most : tally.usage;
}

/* --- lines --- */

/* What an invoice says of usage: its words and numbers lie in here. */
struct usage_text {
    char quantity[DECIMAL_TEXT];
    char description[TEXT_SIZE];
};

/* The usage of a price in a period as an invoice counts it: what sums to less than nothing is
 * nothing. */
static i128 billable(struct world *world, const json_t *price, const char *customer,
                     struct period period) {
    const json_t *meter = world_get(world, member(price, "recurring.meter"));
    i128 usage = meter_usage(world, meter, customer, period);
    return usage < 0 ? 0 : usage;
}

static void describe(struct world *world, const json_t *price, i128 usage,
                     struct usage_text *ret_text) {
    const json_t *product = world_get(world, member(price, "product"));
    char unit[40];
    currency_text(member(price, "currency"), member_i64(price, "unit_amount"), unit, sizeof unit);
    decimal_text(usage, DECIMAL_PLACES, ret_text->quantity);
    (void)snprintf(ret_text->description, TEXT_SIZE, "%s × %.120s (at %s / %s)", ret_text->quantity,
                   product == NULL ? "item" : member(product, "name"), unit,
                   member(price, "recurring.interval"));
}

static struct line usage_line(struct world *world, const char *customer, json_t *item,
                              struct period period, struct usage_text *ret_text) {
    json_t *price = item_price(item);
    i128 usage = billable(world, price, customer, period);
    describe(world, price, usage, ret_text);
    return (struct line){
        .amount = price_amount_decimal(price, usage),
        .period = period,
        .price = price,
        .quantity = (int64_t)(usage / DECIMAL_ONE),
        .quantity_decimal = ret_text->quantity,
        .description = ret_text->description,
        .item = member(item, "id"),
        .tax_rates = json_object_get(item, "tax_rates"),
        .discounts = json_object_get(item, "discounts"),
    };
}

/* The stretch that is billed at `until`; empty when there is nothing to bill. */
static struct period stretch_of(const json_t *subscription, const json_t *item, int64_t until) {
    const int64_t starts[] = {
        item_cycle(subscription, json_object_get(item, "price"), until - 1).start,
        member_i64(subscription, "start_date"),
        member_i64(subscription, "trial_end"),
        member_i64(item, "_metered_from"),
    };
    struct period stretch = {starts[0], until};
    for (size_t i = 1; i < ARRAY_LEN(starts); i++) {
        stretch.start = starts[i] > stretch.start ? starts[i] : stretch.start;
    }
    return stretch;
}

void meter_bill_item(struct world *world, json_t *invoice, const json_t *subscription, json_t *item,
                     int64_t until) {
    struct usage_text text;
    struct period stretch = stretch_of(subscription, item, until);
    if (!price_is_metered(json_object_get(item, "price")) || stretch.end <= stretch.start) {
        return;
    }
    const struct line line = usage_line(world, member(invoice, "customer"), item, stretch, &text);
    invoice_add_line(world, invoice, &line);
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    set_bool(json_array_get(lines, json_array_size(lines) - 1), "_is_usage", true);
}

void meter_wait_item(struct world *world, json_t *subscription, json_t *item, int64_t until) {
    struct usage_text text;
    struct period stretch = stretch_of(subscription, item, until);
    if (!price_is_metered(json_object_get(item, "price")) || stretch.end <= stretch.start) {
        return;
    }
    const struct line line =
        usage_line(world, member(subscription, "customer"), item, stretch, &text);
    if (line.amount != 0 || line.quantity > 0) {
        sandbox_pending_add(world, subscription, &line);
    }
}

void meter_wait_items(struct world *world, json_t *subscription, int64_t until) {
    json_t *items = subscription_items(subscription);
    for (size_t i = 0; i < json_array_size(items); i++) {
        meter_wait_item(world, subscription, json_array_get(items, i), until);
    }
}

void meter_price_ends(struct world *world, json_t *subscription, json_t *item, int64_t at) {
    if (!member_is(subscription, "billing_mode.type", "classic")) {
        meter_wait_item(world, subscription, item, at);
        meter_begin(item, at);
    }
}

void meter_begin(json_t *item, int64_t at) {
    set_i64(item, "_metered_from", at);
}

static void recount(struct world *world, const json_t *invoice, json_t *line) {
    struct usage_text text;
    const json_t *price = json_object_get(line, "_price");
    const struct period period = {member_i64(line, "period.start"), member_i64(line, "period.end")};
    i128 usage = billable(world, price, member(invoice, "customer"), period);
    describe(world, price, usage, &text);
    int64_t amount = price_amount_decimal(price, usage);
    set_i64(line, "amount", amount);
    set_i64(line, "subtotal", amount);
    set_i64(line, "quantity", (int64_t)(usage / DECIMAL_ONE));
    set_text(line, "quantity_decimal", text.quantity);
    set_text(line, "description", text.description);
}

void meter_recount(struct world *world, json_t *invoice) {
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        if (json_is_true(json_object_get(line, "_is_usage"))) {
            recount(world, invoice, line);
        }
    }
}
