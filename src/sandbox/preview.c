/* POST /v1/invoices/create_preview: what will be billed is done, its invoice shown, and all is
 * forgotten. A preview is the real thing in a world that is thrown away, so that it cannot differ
 * from what is charged: a change is made by the code that changes, a new subscription by the code
 * that sells, and for the next renewal time is moved on until one happens.
 *
 * With always_invoice, cancel_now, or when a new period begins at once, the preview is the invoice
 * of that moment; otherwise it is the next renewal, with the prorations that wait for it. */
#include <stdio.h>

#include "sandbox/credit_grant.h"
#include "sandbox/currency.h"
#include "sandbox/discount.h"
#include "sandbox/invoice.h"
#include "sandbox/price.h"
#include "sandbox/resources.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"
#include "sandbox/subscription_schedule.h"
#include "sandbox/tax.h"

/* Steps that time takes until the next invoice: warnings, ends of pauses, phases, the renewal. */
enum { STEPS_MAX = 50 };

static const char *const anchor_types[] = {"now", "timestamp", "unchanged", NULL};
static const struct param anchor[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = anchor_types},
    {.name = "timestamp", .kind = PARAM_INTEGER},
    {.name = NULL}};
static const char *const mode_types[] = {"classic", "flexible", NULL};
static const char *const inclusions[] = {"included", "itemized", NULL};
static const struct param flexible[] = {
    {.name = "proration_discounts", .kind = PARAM_ENUM, .words = inclusions}, {.name = NULL}};
static const struct param billing_mode[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = mode_types},
    {.name = "flexible", .kind = PARAM_OBJECT, .of = flexible},
    {.name = NULL}};
static const struct param details[] = {
    {.name = "items", .kind = PARAM_LIST, .of = subscription_item_update_params},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "proration_date", .kind = PARAM_INTEGER},
    {.name = "billing_cycle_anchor", .kind = PARAM_OBJECT, .of = anchor},
    {.name = "billing_mode", .kind = PARAM_OBJECT, .of = billing_mode},
    {.name = "cancel_at", .kind = PARAM_MOMENT, .flags = PARAM_EMPTYABLE, .words = cancel_at_words},
    {.name = "cancel_at_period_end", .kind = PARAM_BOOLEAN},
    {.name = "cancel_now", .kind = PARAM_BOOLEAN},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = "start_date", .kind = PARAM_INTEGER},
    {.name = "trial_end", .kind = PARAM_MOMENT, .words = now_word},
    {.name = NULL}};
static const struct param period[] = {
    {.name = "start", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = "end", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = NULL}};
static const char *const tax_behaviors[] = {"exclusive", "inclusive", "unspecified", NULL};
static const struct param invoice_item[] = {
    {.name = "invoiceitem", .kind = PARAM_TEXT},
    {.name = "amount", .kind = PARAM_INTEGER, .min = -UNIT_AMOUNT_MAX, .max = UNIT_AMOUNT_MAX},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "discountable", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    {.name = "period", .kind = PARAM_OBJECT, .of = period},
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "price_data", .kind = PARAM_OBJECT, .of = price_data_params},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},
    {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},
    {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = "unit_amount_decimal", .kind = PARAM_DECIMAL},
    PARAM_DISCOUNTS,
    {.name = NULL}};
static const char *const modes[] = {"next", "recurring", NULL};
static const struct param preview_params[] = {
    {.name = "subscription", .kind = PARAM_TEXT},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "customer_details", .kind = PARAM_OBJECT, .of = customer_details_params},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "schedule", .kind = PARAM_TEXT},
    {.name = "subscription_details", .kind = PARAM_OBJECT, .of = details},
    {.name = "invoice_items", .kind = PARAM_LIST, .of = invoice_item},
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "preview_mode", .kind = PARAM_ENUM, .words = modes},
    PARAM_DISCOUNTS,
    PARAMS_COMMON};

static json_t *none(struct call *call, const char *customer) {
    struct fault *fault = &call->world->fault;
    bool is_first = fault->status == 0;
    fault_invalid(fault, "invoice_upcoming_none", NULL, "No upcoming invoices for customer: '%s'",
                  customer);
    if (is_first) {
        fault->status = 404;
    }
    return NULL;
}

static json_t *details_of(struct call *call) {
    return json_object_get(call->params, "subscription_details");
}

/* The handler of another resource, called with other parameters; a new reference. */
static json_t *as_call(struct call *call, json_t *params, call_handler *handle) {
    struct call other = *call;
    other.params = params;
    return handle(&other);
}

/* --- the next renewal --- */

/* Whichever of the subscription and its schedule is due first does what it does. False when
 * nothing is due any more. */
static bool step(struct world *world, json_t *subscription) {
    json_t *schedule = world_get(world, member(subscription, "schedule"));
    int64_t due = subscription_due_at(subscription);
    int64_t phase = schedule == NULL ? STORE_NEVER : schedule_due_at(schedule);
    if (due == STORE_NEVER && phase == STORE_NEVER) {
        return false;
    }
    world->now_s = phase <= due ? phase : due;
    if (phase <= due) {
        schedule_on_due(world, schedule);
    } else {
        subscription_on_due(world, subscription);
    }
    return true;
}

/* The next invoice that time makes; NULL when none comes. */
static json_t *run_on(struct world *world, json_t *subscription) {
    char before[STORE_ID];
    (void)snprintf(before, sizeof before, "%s", member(subscription, "latest_invoice"));
    for (int i = 0; i < STEPS_MAX && step(world, subscription); i++) {
        if (!member_is(subscription, "latest_invoice", before)) {
            return world_get(world, member(subscription, "latest_invoice"));
        }
    }
    return NULL;
}

/* --- a change of a subscription --- */

/* The invoice of this moment: what waits, and with `resets` the period that begins. */
static json_t *invoice_of_now(struct world *world, json_t *subscription, bool resets) {
    json_t *invoice = subscription_invoice_now(world, subscription, resets);
    return invoice != NULL ? invoice : invoice_draft(world, subscription, "upcoming");
}

static json_t *invoice_of_end(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    json_t *given = details_of(call);
    json_t *date = json_object_get(given, "proration_date");
    int64_t at = date != NULL ? json_integer_value(date)
                              : world_now(world, member(subscription, "customer"));
    if (!member_is(given, "proration_behavior", "none")) {
        subscription_credit_all(world, subscription, at);
    }
    return invoice_of_now(world, subscription, false);
}

static bool apply_terms(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    json_t *given = details_of(call);
    const struct discount_owner owner = {
        .object = subscription,
        .role = "subscription",
        .customer = member(subscription, "customer"),
        .currency = member(subscription, "currency"),
        .amount = -1,
    };
    return discounts_set(world, &owner, json_object_get(call->params, "discounts")) &&
           automatic_tax_set(world, subscription, json_object_get(call->params, "automatic_tax")) &&
           tax_rates_set(world, subscription, "default_tax_rates",
                         json_object_get(given, "default_tax_rates"));
}

static bool apply_end(struct call *call, json_t *subscription) {
    struct call end = *call;
    end.params = details_of(call);
    return end.params == NULL || subscription_set_end(&end, subscription);
}

static json_t *preview_change(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    json_t *given = details_of(call);
    struct change change;
    bool resets = false;
    if (subscription_has_ended(subscription)) {
        return none(call, member(subscription, "customer"));
    }
    if (!apply_terms(call, subscription)) {
        return NULL;
    }
    if (json_is_true(json_object_get(given, "cancel_now"))) {
        return invoice_of_end(call, subscription);
    }
    bool is_well = change_read(world, subscription, given, &change) &&
                   sandbox_subscription_change(world, subscription, &change, &resets) &&
                   apply_end(call, subscription);
    if (!is_well) {
        return NULL;
    }
    if (member_is(call->params, "preview_mode", "recurring")) {
        pending_drop(world, subscription);
    } else if (resets || member_is(given, "proration_behavior", "always_invoice")) {
        return invoice_of_now(world, subscription, resets);
    }
    json_t *invoice = run_on(world, subscription);
    return invoice != NULL ? invoice : none(call, member(subscription, "customer"));
}

/* --- a subscription that is not there yet --- */

/* The parameters that would make it. */
static json_t *sale_of(struct call *call, const char *customer) {
    json_t *given = details_of(call);
    json_t *sale =
        json_pack("{s:s, s:s}", "customer", customer, "payment_behavior", "default_incomplete");
    copy_params(sale, given,
                (const char *const[]){"items", "default_tax_rates", "billing_mode", "cancel_at",
                                      "cancel_at_period_end", "trial_end", "proration_behavior",
                                      NULL});
    copy_params(sale, call->params,
                (const char *const[]){"currency", "discounts", "automatic_tax", NULL});
    json_t *at = json_object_get(json_object_get(given, "billing_cycle_anchor"), "timestamp");
    if (at != NULL) {
        json_object_set(sale, "billing_cycle_anchor", at);
    }
    return sale;
}

static json_t *preview_sale(struct call *call, const char *customer) {
    struct world *world = call->world;
    json_t *sale = sale_of(call, customer);
    json_t *subscription = as_call(call, sale, subscription_create);
    json_decref(sale);
    if (subscription == NULL) {
        return NULL;
    }
    json_t *invoice = world_get(world, member(subscription, "latest_invoice"));
    invoice = invoice != NULL ? invoice : run_on(world, subscription);
    json_decref(subscription);
    return invoice != NULL ? invoice : none(call, customer);
}

/* --- who and what --- */

/* The customer, with the details that are to be supposed; made up when only those are given. */
static json_t *customer_for(struct call *call) {
    struct world *world = call->world;
    const char *id = param_text(call, "customer");
    json_t *customer = id[0] != '\0' ? world_find(world, "customer", id, "customer")
                                     : world_add(world, "customer", NULL);
    if (customer == NULL || !customer_suppose(call, customer)) {
        return NULL;
    }
    set_bool(customer, "_is_supposed", id[0] == '\0');
    return customer;
}

/* Items that are to be supposed wait like real ones. */
static bool add_items(struct call *call, const char *customer) {
    json_t *items = json_object_get(call->params, "invoice_items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *given = json_copy(json_array_get(items, i));
        json_t *price = json_object_get(given, "price");
        const char *id = member(given, "invoiceitem");
        struct call one = *call;
        one.params = given;
        if (price != NULL) {
            json_object_set_new(given, "pricing", json_pack("{s:O}", "price", price));
        }
        json_t *item = id[0] == '\0' ? invoiceitem_make(&one, customer, NULL)
                                     : world_find(call->world, "invoiceitem", id, "invoice_items");
        bool is_well = item != NULL && (id[0] == '\0' || invoiceitem_apply(&one, item));
        json_decref(given);
        if (!is_well) {
            return false;
        }
    }
    return true;
}

/* The live subscription of the customer that is billed next; NULL when there is none. */
static json_t *next_of(struct world *world, const char *customer) {
    json_t *all = world_list(world, "subscription", customer);
    json_t *next = NULL;
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *one = json_array_get(all, i);
        bool is_live = !subscription_has_ended(one) && !member_is(one, "status", "incomplete");
        bool is_sooner = next == NULL || subscription_due_at(one) < subscription_due_at(next);
        next = is_live && is_sooner ? one : next;
    }
    json_decref(all);
    return next;
}

/* Items alone: an invoice by hand with all that waits. */
static json_t *preview_items(struct call *call, json_t *customer) {
    struct world *world = call->world;
    const char *currency = param_text(call, "currency");
    const char *own = member(customer, "currency");
    json_t *invoice = invoice_make(world, member(customer, "id"),
                                   currency[0] != '\0' ? currency
                                   : own[0] != '\0'    ? own
                                                       : "usd");
    const struct discount_owner owner = {.object = invoice,
                                         .role = "invoice",
                                         .customer = member(customer, "id"),
                                         .currency = member(invoice, "currency"),
                                         .amount = -1};
    bool is_well =
        discounts_set(world, &owner, json_object_get(call->params, "discounts")) &&
        automatic_tax_set(world, invoice, json_object_get(call->params, "automatic_tax"));
    invoice_take_loose(world, invoice);
    bool is_empty =
        json_array_size(json_object_get(json_object_get(invoice, "lines"), "data")) == 0;
    return !is_well ? NULL : is_empty ? none(call, member(customer, "id")) : invoice;
}

/* The subscription that is named, by itself or by its schedule; NULL, with a fault when it is not
 * there. */
static json_t *subscription_named(struct call *call) {
    struct world *world = call->world;
    const char *id = param_text(call, "subscription");
    const char *schedule_id = param_text(call, "schedule");
    if (schedule_id[0] != '\0') {
        const json_t *schedule =
            world_find(world, "subscription_schedule", schedule_id, "schedule");
        return schedule == NULL ? NULL : world_get(world, member(schedule, "subscription"));
    }
    return id[0] == '\0' ? NULL : world_find(world, "subscription", id, "subscription");
}

static bool belongs(struct call *call, const json_t *subscription) {
    const char *customer = param_text(call, "customer");
    return customer[0] == '\0' || member_is(subscription, "customer", customer) ||
           fault_invalid(&call->world->fault, NULL, "subscription",
                         "The subscription %s is another customer's.", member(subscription, "id"));
}

static json_t *preview_of_customer(struct call *call) {
    struct world *world = call->world;
    bool is_told = param_given(call, "customer") || param_given(call, "customer_details");
    if (!is_told) {
        fault_invalid(&world->fault, "parameter_missing", "customer",
                      "You must provide one of customer, customer_details, schedule and "
                      "subscription.");
        return NULL;
    }
    json_t *customer = customer_for(call);
    if (customer == NULL || !add_items(call, member(customer, "id"))) {
        return NULL;
    }
    if (json_object_get(details_of(call), "items") != NULL) {
        return preview_sale(call, member(customer, "id"));
    }
    json_t *next = next_of(world, member(customer, "id"));
    return next != NULL ? preview_change(call, next) : preview_items(call, customer);
}

static json_t *compose(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = subscription_named(call);
    if (world->fault.status != 0) {
        return NULL;
    }
    if (subscription == NULL) {
        return param_given(call, "schedule") ? none(call, param_text(call, "schedule"))
                                             : preview_of_customer(call);
    }
    json_t *customer = world_get(world, member(subscription, "customer"));
    bool is_well = belongs(call, subscription) && customer_suppose(call, customer) &&
                   add_items(call, member(customer, "id"));
    return is_well ? preview_change(call, subscription) : NULL;
}

/* --- showing --- */

/* The balance as the finalization will find it. */
static void apply_balance(struct world *world, json_t *invoice) {
    const json_t *customer = world_get(world, member(invoice, "customer"));
    int64_t balance = member_i64(customer, "balance");
    struct settlement settlement =
        settle(member_i64(invoice, "total"), balance, currency_least(member(invoice, "currency")));
    set_i64(invoice, "starting_balance", balance);
    set_i64(invoice, "ending_balance", settlement.ending_balance);
    set_i64(invoice, "amount_due", settlement.amount_due);
    set_i64(invoice, "amount_remaining", settlement.amount_due);
}

/* No transaction stands behind what is only foretold. */
static void forget_transactions(json_t *entries) {
    for (size_t i = 0; i < json_array_size(entries); i++) {
        json_t *entry = json_array_get(entries, i);
        if (member_is(entry, "type", "credit_balance_transaction")) {
            set_null(entry, "credit_balance_transaction");
        }
    }
}

/* What would be used up is; with everything else it is thrown away afterwards. */
static void apply_credits(struct world *world, json_t *invoice) {
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    if (!credits_apply(world, invoice)) {
        return;
    }
    invoice_sum(world, invoice);
    forget_transactions(json_object_get(invoice, "total_pretax_credit_amounts"));
    for (size_t i = 0; i < json_array_size(lines); i++) {
        forget_transactions(json_object_get(json_array_get(lines, i), "pretax_credit_amounts"));
    }
}

/* An invoice that was finalized on the way looks like the draft that it will be. */
static json_t *show(struct world *world, json_t *invoice) {
    static const char *const unset[] = {
        "number",       "hosted_invoice_url",    "invoice_pdf",
        "effective_at", "webhooks_delivered_at", "next_payment_attempt"};
    json_t *shown = event_render(invoice);
    const json_t *customer = world_get(world, member(invoice, "customer"));
    for (size_t i = 0; i < ARRAY_LEN(unset); i++) {
        set_null(shown, unset[i]);
    }
    json_t *moves = json_object_get(shown, "status_transitions");
    set_null(moves, "finalized_at");
    set_null(moves, "paid_at");
    set_text(shown, "status", "draft");
    set_text(shown, "billing_reason", "upcoming");
    set_bool(shown, "attempted", false);
    set_i64(shown, "attempt_count", 0);
    set_i64(shown, "amount_paid", 0);
    json_object_set_new(shown, "id", json_sprintf("upcoming_%s", member(invoice, "id")));
    if (json_is_true(json_object_get(customer, "_is_supposed"))) {
        set_null(shown, "customer");
    }
    return shown;
}

static json_t *preview(struct call *call) {
    struct world *world = call->world;
    json_t *invoice = compose(call);
    if (invoice == NULL || world->fault.status != 0) {
        return NULL;
    }
    if (member_is(invoice, "status", "draft")) {
        invoice_copy_customer(world, invoice);
        invoice_sum(world, invoice);
        apply_credits(world, invoice);
        apply_balance(world, invoice);
    }
    call->is_dry = true;
    return show(world, invoice);
}

static const struct route routes[] = {
    {"POST", "/v1/invoices/create_preview", preview, preview_params},
};
const struct route_list preview_routes = {routes, ARRAY_LEN(routes)};
