/* What an invoice says: drafts, lines, pending items. Lines are embedded in the invoice. What an
 * item of a subscription is billed for which stretch is in proration.c. */
#include "sandbox/invoice.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "sandbox/discount.h"
#include "sandbox/resources.h"

void invoice_copy_customer(struct world *world, json_t *invoice) {
    static const char *const names[][2] = {
        {"customer_email", "email"},       {"customer_name", "name"},
        {"customer_phone", "phone"},       {"customer_address", "address"},
        {"customer_shipping", "shipping"}, {"customer_tax_exempt", "tax_exempt"},
        {"test_clock", "test_clock"},
    };
    const json_t *customer = world_get(world, member(invoice, "customer"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        json_t *value = json_object_get(customer, names[i][1]);
        json_object_set(invoice, names[i][0], value);
    }
    json_object_set_new(invoice, "customer_tax_ids",
                        tax_ids_of(world, member(invoice, "customer")));
}

json_t *invoice_make(struct world *world, const char *customer, const char *currency) {
    json_t *invoice = world_add(world, "invoice", customer);
    int64_t now = member_i64(invoice, "created");
    invoice_copy_customer(world, invoice);
    const json_t *fields =
        json_at(world_get(world, member(invoice, "customer")), "invoice_settings.custom_fields");
    if (json_is_array(fields)) {
        json_object_set_new(invoice, "custom_fields", json_deep_copy(fields));
    }
    set_text(invoice, "currency", currency);
    set_i64(invoice, "period_start", now);
    set_i64(invoice, "period_end", now);
    json_object_set_new(json_object_get(invoice, "lines"), "url",
                        json_sprintf("/v1/invoices/%s/lines", member(invoice, "id")));
    return invoice;
}

/* What a subscription says of all its invoices. */
static void inherit(struct world *world, json_t *invoice, json_t *subscription) {
    json_t *automatic = json_object_get(subscription, "automatic_tax");
    if (json_is_true(json_object_get(automatic, "enabled"))) {
        set_bool(json_object_get(invoice, "automatic_tax"), "enabled", true);
    }
    copy_params(
        invoice, subscription,
        (const char *const[]){"collection_method", "default_tax_rates", "description", NULL});
    json_t *settings = json_object_get(invoice, "payment_settings");
    json_t *options =
        json_deep_copy(json_at(subscription, "payment_settings.payment_method_options"));
    json_object_del(json_object_get(options, "card"), "network");
    json_object_set_new(settings, "payment_method_options", options);
    copy_params(settings, json_object_get(subscription, "payment_settings"),
                (const char *const[]){"payment_method_types", NULL});
    json_t *days = json_object_get(subscription, "days_until_due");
    if (json_is_integer(days)) {
        json_object_set(invoice, "_days_until_due", days);
        set_i64(invoice, "due_date",
                member_i64(invoice, "created") + json_integer_value(days) * 86400);
    }
    discounts_inherit(world, invoice, subscription);
}

json_t *invoice_draft(struct world *world, json_t *subscription, const char *reason) {
    json_t *invoice =
        invoice_make(world, member(subscription, "customer"), member(subscription, "currency"));
    set_text(invoice, "billing_reason", reason);
    json_object_set_new(invoice, "parent",
                        json_pack("{s:s, s:n, s:{s:O, s:s}}", "type", "subscription_details",
                                  "quote_details", "subscription_details", "metadata",
                                  json_object_get(subscription, "metadata"), "subscription",
                                  member(subscription, "id")));
    inherit(world, invoice, subscription);
    set_text(subscription, "latest_invoice", member(invoice, "id"));
    world_touch(world, subscription);
    return invoice;
}

/* An amount without a price has a unit amount only. */
static json_t *pricing_of(const struct line *line) {
    const json_t *price = line->price;
    if (price == NULL) {
        int64_t unit = line->quantity > 1 ? line->amount / line->quantity : line->amount;
        return json_pack("{s:s, s:o}", "type", "price_details", "unit_amount_decimal",
                         json_sprintf("%lld", (long long)unit));
    }
    return json_pack("{s:s, s:{s:s, s:s}, s:O}", "type", "price_details", "price_details", "price",
                     member(price, "id"), "product", member(price, "product"),
                     "unit_amount_decimal", json_object_get(price, "unit_amount_decimal"));
}

static json_t *subscription_parent(const struct line *line, const char *subscription) {
    json_t *details =
        json_pack("{s:s, s:s, s:b, s:n}", "subscription", subscription, "subscription_item",
                  line->item, "proration", line->is_proration, "proration_details");
    set_text(details, "invoice_item", line->invoice_item);
    return json_pack("{s:s, s:n, s:o}", "type", "subscription_item_details", "invoice_item_details",
                     "subscription_item_details", details);
}

static json_t *item_parent(const struct line *line, const char *subscription) {
    json_t *details = json_pack("{s:s, s:b, s:n}", "invoice_item",
                                line->invoice_item == NULL ? "" : line->invoice_item, "proration",
                                line->is_proration, "proration_details");
    set_text(details, "subscription", subscription);
    return json_pack("{s:s, s:o, s:n}", "type", "invoice_item_details", "invoice_item_details",
                     details, "subscription_item_details");
}

static const char *tax_behavior_of(const struct line *line) {
    return line->tax_behavior != NULL ? line->tax_behavior : member(line->price, "tax_behavior");
}

void invoice_fill_line(json_t *object, const struct line *line) {
    set_i64(object, "amount", line->amount);
    set_text(object, "description", line->description);
    set_bool(object, "discountable", !line->is_proration && !line->is_undiscountable);
    json_object_set_new(object, "period",
                        json_pack("{s:I, s:I}", "start", (json_int_t)line->period.start, "end",
                                  (json_int_t)line->period.end));
    json_object_set_new(object, "pricing", pricing_of(line));
    set_i64(object, "quantity", line->quantity);
    json_object_set_new(object, "quantity_decimal",
                        line->quantity_decimal != NULL
                            ? json_string(line->quantity_decimal)
                            : json_sprintf("%lld", (long long)line->quantity));
    set_text(object, "_tax_behavior", tax_behavior_of(line));
    if (line->discounts != NULL) {
        json_object_set_new(object, "discounts", json_deep_copy(line->discounts));
    }
    if (line->metadata != NULL) {
        json_object_set_new(object, "metadata", json_deep_copy(line->metadata));
    }
}

static void append_line(struct world *world, json_t *invoice, const struct line *line) {
    json_t *object = world_part(world, "line_item");
    const char *subscription = member(invoice, "parent.subscription_details.subscription");
    bool is_of_item = line->item != NULL && line->item[0] != '\0';
    invoice_fill_line(object, line);
    set_text(object, "currency", member(invoice, "currency"));
    set_text(object, "invoice", member(invoice, "id"));
    set_i64(object, "subtotal", line->amount);
    set_text(object, "subscription", subscription);
    if (line->price != NULL) {
        json_object_set_new(object, "_price", json_deep_copy(line->price));
    }
    if (line->tax_rates != NULL) {
        json_object_set_new(object, "_tax_rates", json_deep_copy(line->tax_rates));
    }
    json_object_set_new(object, "parent",
                        is_of_item ? subscription_parent(line, subscription)
                                   : item_parent(line, subscription));
    json_array_append_new(json_object_get(json_object_get(invoice, "lines"), "data"), object);
}

void invoice_add_line(struct world *world, json_t *invoice, const struct line *line) {
    append_line(world, invoice, line);
    invoice_sum(world, invoice);
}

void sandbox_pending_add(struct world *world, json_t *subscription, const struct line *line) {
    const char *customer = member(subscription, "customer");
    json_t *pending = world_add(world, "invoiceitem", customer);
    invoice_fill_line(pending, line);
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

/* Only usage has a quantity that is not whole. */
static bool is_broken(const json_t *item) {
    return strchr(member(item, "quantity_decimal"), '.') != NULL;
}

void invoice_take_item(struct world *world, json_t *invoice, json_t *item) {
    json_t *price = json_object_get(item, "_price");
    const struct line line = {
        .amount = member_i64(item, "amount"),
        .period = {member_i64(item, "period.start"), member_i64(item, "period.end")},
        .price = json_is_object(price) ? price : NULL,
        .quantity = member_i64(item, "quantity"),
        .quantity_decimal = is_broken(item) ? member(item, "quantity_decimal") : NULL,
        .description = member(item, "description"),
        .item = member(item, "parent.subscription_details.subscription_item"),
        .invoice_item = member(item, "id"),
        .is_proration = json_is_true(json_object_get(item, "proration")),
        .is_undiscountable = !json_is_true(json_object_get(item, "discountable")),
        .tax_rates = json_object_get(item, "tax_rates"),
        .discounts = json_object_get(item, "discounts"),
        .metadata = json_object_get(item, "metadata"),
        .tax_behavior = member(item, "_tax_behavior"),
    };
    append_line(world, invoice, &line);
    set_text(item, "invoice", member(invoice, "id"));
    world_touch(world, item);
}

void invoice_take_pending(struct world *world, json_t *invoice, json_t *subscription) {
    json_t *pending = pending_of(world, subscription);
    for (size_t i = 0; i < json_array_size(pending); i++) {
        invoice_take_item(world, invoice, json_array_get(pending, i));
    }
    json_decref(pending);
    invoice_take_loose(world, invoice);
}

void invoice_take_loose(struct world *world, json_t *invoice) {
    json_t *all = world_list(world, "invoiceitem", member(invoice, "customer"));
    for (size_t i = json_array_size(all); i-- > 0;) {
        json_t *item = json_array_get(all, i);
        bool waits = member_is(item, "invoice", "") && member_is(item, "parent.type", "") &&
                     member_is(item, "currency", member(invoice, "currency"));
        if (waits) {
            invoice_take_item(world, invoice, item);
        }
    }
    json_decref(all);
    invoice_sum(world, invoice);
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
