/* What an invoice says: drafts, lines, pending items. Lines are embedded in the invoice; each
 * subscription item remembers in "_debits" what it was billed for which stretch, because flexible
 * billing credits what was debited, not what the price is now (billing-mode/compare). */
#include "sandbox/billing.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

int64_t price_amount(const json_t *price, int64_t quantity) {
    return member_i64(price, "unit_amount") * quantity;
}

static void copy_customer(json_t *invoice, const json_t *customer) {
    static const char *const names[][2] = {
        {"customer_email", "email"},       {"customer_name", "name"},
        {"customer_phone", "phone"},       {"customer_address", "address"},
        {"customer_shipping", "shipping"}, {"customer_tax_exempt", "tax_exempt"},
        {"test_clock", "test_clock"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        json_t *value = json_object_get(customer, names[i][1]);
        json_object_set(invoice, names[i][0], value);
    }
}

json_t *invoice_draft(struct world *world, json_t *subscription, const char *reason) {
    const char *customer = member(subscription, "customer");
    json_t *invoice = world_add(world, "invoice", customer);
    const char *id = member(invoice, "id");
    int64_t now = member_i64(invoice, "created");
    copy_customer(invoice, world_get(world, customer));
    set_text(invoice, "billing_reason", reason);
    set_text(invoice, "currency", member(subscription, "currency"));
    set_i64(invoice, "period_start", now);
    set_i64(invoice, "period_end", now);
    json_object_set_new(invoice, "parent",
                        json_pack("{s:s, s:n, s:{s:O, s:s}}", "type", "subscription_details",
                                  "quote_details", "subscription_details", "metadata",
                                  json_object_get(subscription, "metadata"), "subscription",
                                  member(subscription, "id")));
    json_object_set_new(json_object_get(invoice, "lines"), "url",
                        json_sprintf("/v1/invoices/%s/lines", id));
    set_text(subscription, "latest_invoice", id);
    world_touch(world, subscription);
    return invoice;
}

static void total_add(json_t *invoice, int64_t amount) {
    static const char *const sums[] = {"subtotal", "subtotal_excluding_tax", "total",
                                       "total_excluding_tax"};
    for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
        set_i64(invoice, sums[i], member_i64(invoice, sums[i]) + amount);
    }
    int64_t total = member_i64(invoice, "total");
    set_i64(invoice, "amount_due", total > 0 ? total : 0);
    set_i64(invoice, "amount_remaining", total > 0 ? total : 0);
}

static json_t *pricing_of(const struct line *line) {
    const json_t *price = line->price;
    return json_pack("{s:s, s:{s:s, s:s}, s:o}", "type", "price_details", "price_details", "price",
                     member(price, "id"), "product", member(price, "product"),
                     "unit_amount_decimal",
                     json_sprintf("%lld", (long long)member_i64(price, "unit_amount")));
}

static json_t *parent_of(const struct line *line, const char *subscription) {
    json_t *details =
        json_pack("{s:s, s:s, s:b, s:n}", "subscription", subscription, "subscription_item",
                  line->item, "proration", line->is_proration, "proration_details");
    set_text(details, "invoice_item", line->invoice_item);
    return json_pack("{s:s, s:n, s:o}", "type", "subscription_item_details", "invoice_item_details",
                     "subscription_item_details", details);
}

static void set_line(json_t *object, const struct line *line) {
    set_i64(object, "amount", line->amount);
    set_text(object, "description", line->description);
    set_bool(object, "discountable", !line->is_proration);
    json_object_set_new(object, "period",
                        json_pack("{s:I, s:I}", "start", (json_int_t)line->period.start, "end",
                                  (json_int_t)line->period.end));
    json_object_set_new(object, "pricing", pricing_of(line));
    set_i64(object, "quantity", line->quantity);
    json_object_set_new(object, "quantity_decimal",
                        json_sprintf("%lld", (long long)line->quantity));
}

void invoice_add_line(struct world *world, json_t *invoice, const struct line *line) {
    json_t *object = world_part(world, "line_item");
    const char *subscription = member(invoice, "parent.subscription_details.subscription");
    set_line(object, line);
    set_text(object, "currency", member(invoice, "currency"));
    set_text(object, "invoice", member(invoice, "id"));
    set_i64(object, "subtotal", line->amount);
    set_text(object, "subscription", subscription);
    json_object_set_new(object, "parent", parent_of(line, subscription));
    json_array_append_new(json_object_get(json_object_get(invoice, "lines"), "data"), object);
    total_add(invoice, line->amount);
    world_touch(world, invoice);
}

static const char *product_name(struct world *world, const json_t *price) {
    const json_t *product = world_get(world, member(price, "product"));
    return product == NULL ? "item" : member(product, "name");
}

void invoice_add_items(struct world *world, json_t *invoice, json_t *subscription) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        json_t *price = json_object_get(item, "price");
        int64_t quantity = member_i64(item, "quantity");
        int64_t cents = member_i64(price, "unit_amount");
        char text[256];
        (void)snprintf(text, sizeof text, "%lld × %.120s (at $%lld.%02lld / %s)",
                       (long long)quantity, product_name(world, price), (long long)(cents / 100),
                       (long long)(cents % 100), member(price, "recurring.interval"));
        struct line line = {
            .amount = price_amount(price, quantity),
            .period = {member_i64(item, "current_period_start"),
                       member_i64(item, "current_period_end")},
            .price = price,
            .quantity = quantity,
            .description = text,
            .item = member(item, "id"),
        };
        invoice_add_line(world, invoice, &line);
        json_object_set_new(item, "_debits",
                            json_pack("[{s:I, s:I, s:I}]", "amount", (json_int_t)line.amount,
                                      "start", (json_int_t)line.period.start, "end",
                                      (json_int_t)line.period.end));
    }
    world_touch(world, subscription);
}

void sandbox_pending_add(struct world *world, json_t *subscription, const struct line *line) {
    const char *customer = member(subscription, "customer");
    json_t *pending = world_add(world, "invoiceitem", customer);
    set_line(pending, line);
    set_text(pending, "currency", member(subscription, "currency"));
    set_i64(pending, "date", world_now(world, customer));
    set_bool(pending, "proration", line->is_proration);
    json_object_set_new(pending, "parent",
                        json_pack("{s:s, s:{s:s, s:s}}", "type", "subscription_details",
                                  "subscription_details", "subscription",
                                  member(subscription, "id"), "subscription_item", line->item));
    json_object_set(pending, "_price", line->price);
    event_emit(world, "invoiceitem.created", pending);
}

/* The pending items of a subscription, oldest first; a new array. */
static json_t *pending_of(struct world *world, json_t *subscription) {
    json_t *all = world_list(world, "invoiceitem", member(subscription, "customer"));
    json_t *pending = json_array();
    for (size_t i = json_array_size(all); i-- > 0;) {
        json_t *item = json_array_get(all, i);
        bool is_waiting =
            member_is(item, "invoice", "") &&
            member_is(item, "parent.subscription_details.subscription", member(subscription, "id"));
        if (is_waiting) {
            json_array_append(pending, item);
        }
    }
    json_decref(all);
    return pending;
}

void invoice_take_pending(struct world *world, json_t *invoice, json_t *subscription) {
    json_t *pending = pending_of(world, subscription);
    for (size_t i = 0; i < json_array_size(pending); i++) {
        json_t *item = json_array_get(pending, i);
        struct line line = {
            .amount = member_i64(item, "amount"),
            .period = {member_i64(item, "period.start"), member_i64(item, "period.end")},
            .price = json_object_get(item, "_price"),
            .quantity = member_i64(item, "quantity"),
            .description = member(item, "description"),
            .item = member(item, "parent.subscription_details.subscription_item"),
            .invoice_item = member(item, "id"),
            .is_proration = json_is_true(json_object_get(item, "proration")),
        };
        invoice_add_line(world, invoice, &line);
        set_text(item, "invoice", member(invoice, "id"));
        world_touch(world, item);
    }
    json_decref(pending);
}

void pending_drop(struct world *world, json_t *subscription) {
    json_t *pending = pending_of(world, subscription);
    for (size_t i = 0; i < json_array_size(pending); i++) {
        json_t *item = json_array_get(pending, i);
        event_emit(world, "invoiceitem.deleted", item);
        world_remove(world, item);
    }
    json_decref(pending);
}
