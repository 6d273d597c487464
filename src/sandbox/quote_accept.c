/* What an accepted quote becomes: a subscription when something on it returns, a schedule when that
 * begins later, an invoice when all of it is sold once (quotes/overview). Each is made by the same
 * handlers as through the API. */
#include "sandbox/discount.h"
#include "sandbox/invoice.h"
#include "sandbox/quote.h"
#include "sandbox/subscription_item.h"
#include "sandbox/tax.h"

enum { DAY_S = 86400 };

/* The items that return, or the others, as the parameters that sell them; a new array. */
static json_t *given_of(struct world *world, const json_t *quote, bool is_recurring) {
    json_t *items = quote_items(quote);
    json_t *given = json_array();
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        const json_t *price = world_get(world, member(item, "price"));
        if (member_is(price, "type", "recurring") == is_recurring) {
            json_array_append(given, json_object_get(item, "given"));
        }
    }
    return given;
}

/* What a subscription and a phase of a schedule take alike; a new reference. */
static json_t *order_of(struct world *world, json_t *quote) {
    json_t *data = json_object_get(quote, "subscription_data");
    json_t *order =
        json_pack("{s:o, s:o, s:o}", "items", given_of(world, quote, true), "add_invoice_items",
                  given_of(world, quote, false), "default_tax_rates",
                  tax_rate_ids(json_object_get(quote, "default_tax_rates")));
    copy_params(order, quote, (const char *const[]){"collection_method", "currency", NULL});
    json_object_set(order, "metadata", json_object_get(data, "metadata"));
    if (!member_is(data, "description", "")) {
        set_text(order, "description", member(data, "description"));
    }
    json_t *discounts = json_object_get(quote, "_given_discounts");
    if (json_array_size(discounts) > 0) {
        json_object_set(order, "discounts", discounts);
    }
    if (json_is_true(json_object_get(json_object_get(quote, "automatic_tax"), "enabled"))) {
        json_object_set_new(order, "automatic_tax", json_pack("{s:b}", "enabled", 1));
    }
    return order;
}

static json_t *days_of(const json_t *quote) {
    return json_object_get(json_object_get(quote, "invoice_settings"), "days_until_due");
}

static bool is_sent(const json_t *quote) {
    return member_is(quote, "collection_method", "send_invoice");
}

static bool subscribe(struct call *call, json_t *quote) {
    struct world *world = call->world;
    json_t *data = json_object_get(quote, "subscription_data");
    json_t *order = order_of(world, quote);
    set_text(order, "customer", member(quote, "customer"));
    json_object_set(order, "billing_mode", json_object_get(data, "billing_mode"));
    if (member_i64(data, "trial_period_days") > 0) {
        json_object_set(order, "trial_period_days", json_object_get(data, "trial_period_days"));
    }
    if (is_sent(quote)) {
        json_object_set(order, "days_until_due", days_of(quote));
    }
    json_t *made = route_call(world, "POST", "/v1/subscriptions", order);
    json_decref(order);
    if (made != NULL) {
        set_text(quote, "subscription", member(made, "id"));
    }
    json_decref(made);
    return world->fault.status == 0;
}

/* One phase that lets the subscription go on by itself behind it; with a trial it lasts as long as
 * that. */
static bool schedule(struct call *call, json_t *quote, int64_t start) {
    struct world *world = call->world;
    json_t *data = json_object_get(quote, "subscription_data");
    json_t *phase = order_of(world, quote);
    int64_t days = member_i64(data, "trial_period_days");
    if (days > 0) {
        set_i64(phase, "end_date", start + days * DAY_S);
        set_bool(phase, "trial", true);
    }
    if (is_sent(quote)) {
        json_object_set_new(phase, "invoice_settings",
                            json_pack("{s:O}", "days_until_due", days_of(quote)));
    }
    json_t *order = json_pack("{s:s, s:I, s:s, s:[o], s:O}", "customer", member(quote, "customer"),
                              "start_date", (json_int_t)start, "end_behavior", "release", "phases",
                              phase, "billing_mode", json_object_get(data, "billing_mode"));
    json_t *made = route_call(world, "POST", "/v1/subscription_schedules", order);
    json_decref(order);
    if (made != NULL) {
        set_text(quote, "subscription_schedule", member(made, "id"));
    }
    json_decref(made);
    return world->fault.status == 0;
}

/* An item that is sold once, on the invoice. */
static bool add_item(struct call *call, json_t *invoice, json_t *given) {
    json_t *params = json_copy(given);
    struct call sale = *call;
    sale.params = params;
    json_object_del(params, "price");
    if (!member_is(given, "price", "")) {
        json_object_set_new(params, "pricing", json_pack("{s:s}", "price", member(given, "price")));
    }
    const json_t *item = invoiceitem_make(&sale, member(invoice, "customer"), invoice);
    json_decref(params);
    return item != NULL;
}

static bool apply_money(struct world *world, json_t *quote, json_t *invoice) {
    const struct discount_owner owner = {
        .object = invoice,
        .role = "invoice",
        .customer = member(invoice, "customer"),
        .currency = member(invoice, "currency"),
        .amount = member_i64(quote, "amount_subtotal"),
    };
    json_t *tax = json_object_get(quote, "automatic_tax");
    json_object_set(invoice, "default_tax_rates", json_object_get(quote, "default_tax_rates"));
    return discounts_set(world, &owner, json_object_get(quote, "_given_discounts")) &&
           (!json_is_true(json_object_get(tax, "enabled")) ||
            automatic_tax_set(world, invoice, tax));
}

static void fill_invoice(json_t *quote, json_t *invoice) {
    json_t *settings = json_object_get(quote, "invoice_settings");
    set_text(invoice, "billing_reason", "quote_accept");
    json_object_set_new(invoice, "parent",
                        json_pack("{s:s, s:{s:s}, s:n}", "type", "quote_details", "quote_details",
                                  "quote", member(quote, "id"), "subscription_details"));
    set_bool(invoice, "auto_advance", true);
    set_i64(invoice, "automatically_finalizes_at", member_i64(invoice, "created") + DRAFT_LIFE_S);
    set_text(invoice, "description", member(settings, "description"));
    set_text(invoice, "footer", member(settings, "footer"));
    copy_params(invoice, quote, (const char *const[]){"collection_method", "metadata", NULL});
    if (is_sent(quote)) {
        json_object_set(invoice, "_days_until_due", days_of(quote));
        set_i64(invoice, "due_date",
                member_i64(invoice, "created") + json_integer_value(days_of(quote)) * DAY_S);
    }
}

static bool invoice(struct call *call, json_t *quote) {
    struct world *world = call->world;
    json_t *made = invoice_make(world, member(quote, "customer"), member(quote, "currency"));
    json_t *items = given_of(world, quote, false);
    fill_invoice(quote, made);
    bool is_well = apply_money(world, quote, made);
    for (size_t i = 0; i < json_array_size(items) && is_well; i++) {
        is_well = add_item(call, made, json_array_get(items, i));
    }
    json_decref(items);
    event_emit(world, "invoice.created", made);
    set_text(quote, "invoice", member(made, "id"));
    return is_well;
}

bool quote_become(struct call *call, json_t *quote) {
    struct world *world = call->world;
    int64_t start = member_i64(quote, "subscription_data.effective_date");
    if (!quote_sells(world, quote, true)) {
        return invoice(call, quote);
    }
    return start > world_now(world, member(quote, "customer")) ? schedule(call, quote, start)
                                                               : subscribe(call, quote);
}
