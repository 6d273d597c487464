/* What a quote comes to. Each sum is that of an invoice drafted for the purpose and thrown away, so
 * that an offer and the invoice that follows from it cannot disagree. */
#include <string.h>

#include "sandbox/invoice.h"
#include "sandbox/price.h"
#include "sandbox/quote.h"
#include "sandbox/subscription_item.h"

/* What is summed: everything once, what every period brings, what acceptance brings. */
enum part { PART_WHOLE, PART_RECURRING, PART_UPFRONT };

/* A trial gives the first period away; what is metered comes behind its period. */
static bool is_in(const json_t *quote, const json_t *price, enum part part) {
    bool is_recurring = member_is(price, "type", "recurring");
    bool has_trial = member_i64(quote, "subscription_data.trial_period_days") > 0;
    switch (part) {
    case PART_WHOLE:
        return true;
    case PART_RECURRING:
        return is_recurring;
    case PART_UPFRONT:
        return !is_recurring || !(has_trial || price_is_metered(price));
    }
    return false;
}

/* The discounts that count: of what returns only those that stay for ever. A new reference. */
static json_t *discounts_in(struct world *world, const json_t *owner, enum part part) {
    json_t *ids = json_object_get(owner, "discounts");
    json_t *kept = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        json_t *id = json_array_get(ids, i);
        const json_t *discount = world_get(world, json_string_value(id));
        if (part != PART_RECURRING || member_is(discount, "_coupon.duration", "forever")) {
            json_array_append(kept, id);
        }
    }
    return kept;
}

static void add_line(struct world *world, json_t *draft, const json_t *item, enum part part) {
    json_t *price = price_in(world_get(world, member(item, "price")), member(draft, "currency"));
    const json_t *product = world_get(world, member(price, "product"));
    int64_t now = member_i64(draft, "created");
    int64_t quantity = member_i64(item, "quantity");
    json_t *discounts = discounts_in(world, item, part);
    const struct line line = {
        .amount = price_is_metered(price) ? 0 : price_amount(price, quantity),
        .period = {now, now},
        .price = price,
        .quantity = quantity,
        .description = member(product, "name"),
        .tax_rates = json_object_get(item, "tax_rates"),
        .discounts = discounts,
    };
    invoice_add_line(world, draft, &line);
    json_decref(discounts);
    json_decref(price);
}

/* The draft of a part of a quote, to be removed when it has been read. `_shown` of it holds the
 * items that are on it, in their order. */
static json_t *draft_of(struct world *world, json_t *quote, enum part part) {
    const char *customer = member(quote, "customer");
    json_t *draft =
        invoice_make(world, customer[0] == '\0' ? NULL : customer, member(quote, "currency"));
    json_t *items = quote_items(quote);
    json_t *shown = json_array();
    json_object_set_new(draft, "_shown", shown);
    json_object_set_new(draft, "discounts", discounts_in(world, quote, part));
    json_object_set(draft, "default_tax_rates", json_object_get(quote, "default_tax_rates"));
    set_bool(json_object_get(draft, "automatic_tax"), "enabled",
             json_is_true(json_object_get(json_object_get(quote, "automatic_tax"), "enabled")));
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        if (is_in(quote, world_get(world, member(item, "price")), part)) {
            add_line(world, draft, item, part);
            json_array_append(shown, item);
        }
    }
    invoice_sum(world, draft);
    return draft;
}

struct amounts {
    int64_t subtotal, discount, tax, on_top;
};

static int64_t sum_of(const json_t *entries) {
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(entries); i++) {
        sum += member_i64(json_array_get(entries, i), "amount");
    }
    return sum;
}

static struct amounts amounts_of(const json_t *line) {
    const json_t *taxes = json_object_get(line, "taxes");
    struct amounts amounts = {
        .subtotal = member_i64(line, "amount"),
        .discount = sum_of(json_object_get(line, "discount_amounts")),
        .tax = sum_of(taxes),
    };
    for (size_t i = 0; i < json_array_size(taxes); i++) {
        const json_t *tax = json_array_get(taxes, i);
        amounts.on_top +=
            member_is(tax, "tax_behavior", "inclusive") ? 0 : member_i64(tax, "amount");
    }
    return amounts;
}

/* A line as the line item that stands for it; a new reference. */
static json_t *item_shown(struct world *world, json_t *item, const json_t *line) {
    json_t *shown = world_part(world, "item");
    json_t *price = world_get(world, member(item, "price"));
    struct amounts amounts = amounts_of(line);
    json_object_set(shown, "id", json_object_get(item, "id"));
    set_i64(shown, "amount_subtotal", amounts.subtotal);
    set_i64(shown, "amount_discount", amounts.discount);
    set_i64(shown, "amount_tax", amounts.tax);
    set_i64(shown, "amount_total", amounts.subtotal - amounts.discount + amounts.on_top);
    set_text(shown, "currency", member(line, "currency"));
    set_text(shown, "description", member(line, "description"));
    json_object_set_new(shown, "price", event_render(price));
    copy_params(shown, item, (const char *const[]){"quantity", NULL});
    return shown;
}

/* The lines of a draft as line items; a new array. */
static json_t *items_shown(struct world *world, const json_t *draft) {
    const json_t *lines = json_object_get(json_object_get(draft, "lines"), "data");
    const json_t *items = json_object_get(draft, "_shown");
    json_t *shown = json_array();
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_array_append_new(
            shown, item_shown(world, json_array_get(items, i), json_array_get(lines, i)));
    }
    return shown;
}

static void set_sums(json_t *target, const json_t *draft) {
    const json_t *lines = json_object_get(json_object_get(draft, "lines"), "data");
    struct amounts all = {0};
    for (size_t i = 0; i < json_array_size(lines); i++) {
        struct amounts one = amounts_of(json_array_get(lines, i));
        all.subtotal += one.subtotal;
        all.discount += one.discount;
        all.tax += one.tax;
    }
    set_i64(target, "amount_subtotal", all.subtotal);
    set_i64(target, "amount_total", member_i64(draft, "total"));
    json_object_set_new(target, "total_details",
                        json_pack("{s:I, s:i, s:I}", "amount_discount", (json_int_t)all.discount,
                                  "amount_shipping", 0, "amount_tax", (json_int_t)all.tax));
}

static void sum_recurring(struct world *world, json_t *quote, json_t *computed) {
    if (!quote_sells(world, quote, true)) {
        set_null(computed, "recurring");
        return;
    }
    json_t *draft = draft_of(world, quote, PART_RECURRING);
    json_t *recurring = json_deep_copy(json_object_get(quote, "_recurring"));
    set_sums(recurring, draft);
    json_object_set_new(computed, "recurring", recurring);
    world_remove(world, draft);
}

void quote_sum(struct world *world, json_t *quote) {
    json_t *computed = json_object_get(quote, "computed");
    json_t *draft = draft_of(world, quote, PART_WHOLE);
    json_t *tax = json_object_get(quote, "automatic_tax");
    set_sums(quote, draft);
    json_object_set(tax, "status",
                    json_object_get(json_object_get(draft, "automatic_tax"), "status"));
    json_object_set_new(quote, "_shown", items_shown(world, draft));
    world_remove(world, draft);
    sum_recurring(world, quote, computed);
    draft = draft_of(world, quote, PART_UPFRONT);
    set_sums(json_object_get(computed, "upfront"), draft);
    json_object_set_new(quote, "_upfront", items_shown(world, draft));
    world_remove(world, draft);
    world_touch(world, quote);
}

json_t *quote_line_items(struct world *world, json_t *quote) {
    const char *id = member(quote, "id");
    json_t *items = json_object_get(world_get(world, id), "_shown");
    json_t *data = items == NULL ? json_array() : json_deep_copy(items);
    return json_pack("{s:s, s:o, s:b, s:o}", "object", "list", "data", data, "has_more", 0, "url",
                     json_sprintf("/v1/quotes/%s/line_items", id));
}
