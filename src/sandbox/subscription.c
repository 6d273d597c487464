/* /v1/subscriptions: create, get, list, cancel. Updates are in subscription_update.c. */
#include "sandbox/subscription.h"

#include <string.h>

#include "sandbox/discount.h"
#include "sandbox/method.h"
#include "sandbox/resources.h"
#include "sandbox/subscription_change.h"
#include "sandbox/tax.h"

const char *const payment_behaviors[] = {"allow_incomplete", "default_incomplete",
                                         "error_if_incomplete", NULL};
static const char *const statuses[] = {"active",   "all",        "canceled",
                                       "ended",    "incomplete", "incomplete_expired",
                                       "past_due", "unpaid",     NULL};
static const char *const modes[] = {"flexible", NULL};
static const char *const automatically[] = {"charge_automatically", NULL};
static const char *const saves[] = {"off", "on_subscription", NULL};
static const struct param billing_mode[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = modes}, {.name = NULL}};
const struct param subscription_payment_settings[] = {
    {.name = "save_default_payment_method", .kind = PARAM_ENUM, .words = saves},
    {.name = "payment_method_types", .kind = PARAM_TEXTS},
    {.name = NULL}};
const struct param subscription_cancellation_details[] = {
    {.name = "comment", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "feedback", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};

static const struct param create_params[] = {
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "items", .kind = PARAM_LIST, .flags = PARAM_REQUIRED, .of = subscription_item_params},
    {.name = "payment_behavior", .kind = PARAM_ENUM, .words = payment_behaviors},
    {.name = "default_payment_method", .kind = PARAM_TEXT},
    {.name = "payment_settings", .kind = PARAM_OBJECT, .of = subscription_payment_settings},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "billing_mode", .kind = PARAM_OBJECT, .of = billing_mode},
    {.name = "collection_method", .kind = PARAM_ENUM, .words = automatically},
    {.name = "cancel_at_period_end", .kind = PARAM_BOOLEAN},
    {.name = "off_session", .kind = PARAM_BOOLEAN},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAM_DISCOUNTS,
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param cancel_params[] = {
    {.name = "invoice_now", .kind = PARAM_BOOLEAN},
    {.name = "prorate", .kind = PARAM_BOOLEAN},
    {.name = "cancellation_details", .kind = PARAM_OBJECT, .of = subscription_cancellation_details},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "price", .kind = PARAM_TEXT},
    {.name = "status", .kind = PARAM_ENUM, .words = statuses},
    {.name = "created", .kind = PARAM_RANGE},
    {.name = "test_clock", .kind = PARAM_TEXT},
    PARAMS_COMMON};

static bool flag(const struct call *call, const char *name) {
    return json_is_true(json_object_get(call->params, name));
}

void subscription_cancel_at_end(json_t *subscription, bool cancels, int64_t now) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    json_t *end = json_object_get(json_array_get(items, 0), "current_period_end");
    json_t *details = json_object_get(subscription, "cancellation_details");
    set_bool(subscription, "cancel_at_period_end", cancels);
    if (!cancels) {
        set_null(subscription, "cancel_at");
        set_null(subscription, "canceled_at");
        set_null(details, "reason");
        return;
    }
    json_object_set(subscription, "cancel_at", end);
    set_i64(subscription, "canceled_at", now);
    set_text(details, "reason", "cancellation_requested");
}

/* What a full period of all items costs, before discounts. */
static int64_t worth_of(json_t *subscription) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    int64_t worth = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        worth += price_amount(json_object_get(item, "price"), member_i64(item, "quantity"));
    }
    return worth;
}

bool subscription_apply_money(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    const struct discount_owner owner = {
        .object = subscription,
        .role = "subscription",
        .customer = member(subscription, "customer"),
        .currency = member(subscription, "currency"),
        .amount = worth_of(subscription),
    };
    return discounts_set(world, &owner, json_object_get(call->params, "discounts")) &&
           automatic_tax_set(world, subscription, json_object_get(call->params, "automatic_tax")) &&
           tax_rates_set(world, subscription, "default_tax_rates",
                         json_object_get(call->params, "default_tax_rates"));
}

/* A new subscription with its items and first period, incomplete. */
static json_t *prepare(struct call *call) {
    struct world *world = call->world;
    json_t *customer = world_find(world, "customer", param_text(call, "customer"), "customer");
    if (customer == NULL) {
        return NULL;
    }
    const char *customer_id = member(customer, "id");
    const char *method = param_text(call, "default_payment_method");
    if (method[0] != '\0' &&
        method_of_customer(world, method, customer_id, "default_payment_method") == NULL) {
        return NULL;
    }
    json_t *subscription = world_add(world, "subscription", customer_id);
    int64_t now = member_i64(subscription, "created");
    set_i64(subscription, "start_date", now);
    set_i64(subscription, "billing_cycle_anchor", now);
    json_object_set(subscription, "test_clock", json_object_get(customer, "test_clock"));
    json_object_set_new(
        json_object_get(subscription, "items"), "url",
        json_sprintf("/v1/subscription_items?subscription=%s", member(subscription, "id")));
    copy_params(subscription, call->params,
                (const char *const[]){"default_payment_method", "description", NULL});
    json_object_update(json_object_get(subscription, "payment_settings"),
                       json_object_get(call->params, "payment_settings"));
    metadata_merge(subscription, call->params);
    if (!subscription_add_items(world, subscription, json_object_get(call->params, "items"))) {
        return NULL;
    }
    if (!subscription_apply_money(call, subscription)) {
        return NULL;
    }
    if (flag(call, "cancel_at_period_end")) {
        subscription_cancel_at_end(subscription, true, now);
    }
    if (member_is(customer, "currency", "")) {
        set_text(customer, "currency", member(subscription, "currency"));
        world_touch(world, customer);
    }
    return subscription;
}

bool subscription_fault_of(struct world *world, json_t *invoice, bool keeps_changes) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    json_t *error = json_object_get(intent, "last_payment_error");
    const char *code = member(error, "code");
    const char *decline = member(error, "decline_code");
    struct fault *fault = &world->fault;
    if (code[0] == '\0') {
        return fault_invalid(fault, "resource_missing", NULL,
                             "This customer has no attached payment source or default payment "
                             "method.");
    }
    /* The words must outlive the documents; they are those of the card table. */
    json_t *method = world_get(world, member(error, "payment_method.id"));
    const struct test_card *card = card_by_number(str_from_cstr(member(method, "_number")));
    bool is_ask = strcmp(code, "authentication_required") == 0;
    const char *lasting = is_ask ? "authentication_required" : card->code;
    fault_card(fault, lasting,
               decline[0] == '\0' ? NULL
               : is_ask           ? lasting
                                  : card->decline_code,
               card_message(lasting));
    fault->keeps_changes = keeps_changes;
    if (keeps_changes) {
        json_t *shown = event_render(intent);
        fault_detail(fault, "payment_intent", shown);
        json_decref(shown);
    }
    return false;
}

/* Whether something could be charged at all: subscription's method or the customer's. */
static bool has_method(struct world *world, json_t *subscription) {
    const json_t *customer = world_get(world, member(subscription, "customer"));
    return !member_is(subscription, "default_payment_method", "") ||
           !member_is(customer, "invoice_settings.default_payment_method", "");
}

bool subscription_bill(struct call *call, json_t *subscription, json_t *invoice) {
    struct world *world = call->world;
    bool waits = member_is(call->params, "payment_behavior", "default_incomplete");
    bool insists = member_is(call->params, "payment_behavior", "error_if_incomplete");
    event_emit(world, "invoice.created", invoice);
    invoice_finalize(world, invoice);
    if (!member_is(invoice, "status", "open") || waits) {
        return true;
    }
    if (!has_method(world, subscription)) {
        return fault_invalid(&world->fault, "resource_missing", NULL,
                             "This customer has no attached payment source or default payment "
                             "method. Please consider adding a default payment method.");
    }
    enum pay_result result = invoice_collect(world, invoice, "", flag(call, "off_session"));
    bool is_well = result == PAY_PAID || result == PAY_PROCESSING || !insists;
    if (is_well) {
        return true;
    }
    if (result == PAY_NEEDS_ACTION) {
        return fault_card(&world->fault, "subscription_payment_intent_requires_action", NULL,
                          "Payment for this subscription requires additional user action before "
                          "it can be completed successfully.");
    }
    return subscription_fault_of(world, invoice, false);
}

/* What paid the first invoice stays, when that was asked for. */
static void save_method(struct world *world, json_t *subscription, json_t *invoice) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    bool saves_it = member_is(subscription, "payment_settings.save_default_payment_method",
                              "on_subscription") &&
                    intent != NULL && member_is(intent, "status", "succeeded");
    if (saves_it) {
        set_text(subscription, "default_payment_method", member(intent, "payment_method"));
        world_touch(world, subscription);
    }
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = prepare(call);
    if (subscription == NULL) {
        return NULL;
    }
    json_t *invoice = invoice_draft(world, subscription, "subscription_create");
    invoice_add_items(world, invoice, subscription);
    event_emit(world, "customer.subscription.created", subscription);
    if (!subscription_bill(call, subscription, invoice)) {
        return NULL;
    }
    json_t *intent = world_get(world, member(invoice, "_intent"));
    if (intent != NULL && member_is(intent, "status", "processing")) {
        set_text(subscription, "status", "active");
        world_touch(world, subscription);
    }
    save_method(world, subscription, invoice);
    event_updated(world, "customer.subscription.updated", subscription);
    return json_incref(subscription);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "subscription", call->id, "id"));
}

static void bill_the_end(struct call *call, json_t *subscription, int64_t now) {
    struct world *world = call->world;
    bool prorates = flag(call, "prorate");
    bool invoices = flag(call, "invoice_now");
    if (prorates) {
        subscription_credit_all(world, subscription, now);
    }
    if (!invoices && !prorates) {
        pending_drop(world, subscription);
    }
    if (!invoices) {
        return;
    }
    json_t *invoice = invoice_draft(world, subscription, "subscription_update");
    invoice_take_pending(world, invoice, subscription);
    event_emit(world, "invoice.created", invoice);
    invoice_finalize(world, invoice);
    if (member_is(invoice, "status", "open")) {
        (void)invoice_collect(world, invoice, "", true);
    }
}

static json_t *cancel(struct call *call) {
    struct world *world = call->world;
    json_t *subscription = world_find(world, "subscription", call->id, "id");
    if (subscription == NULL) {
        return NULL;
    }
    if (json_is_integer(json_object_get(subscription, "ended_at"))) {
        world_missing(world, "subscription", "id", call->id);
        return NULL;
    }
    json_object_update(json_object_get(subscription, "cancellation_details"),
                       json_object_get(call->params, "cancellation_details"));
    bill_the_end(call, subscription, world_now(world, member(subscription, "customer")));
    subscription_end(world, subscription, "cancellation_requested");
    return json_incref(subscription);
}

static bool has_status(const json_t *subscription, const char *wanted) {
    bool is_over = member_is(subscription, "status", "canceled") ||
                   member_is(subscription, "status", "incomplete_expired");
    if (wanted[0] == '\0') {
        return !member_is(subscription, "status", "canceled");
    }
    if (strcmp(wanted, "ended") == 0) {
        return is_over;
    }
    return strcmp(wanted, "all") == 0 || member_is(subscription, "status", wanted);
}

static bool has_price(json_t *subscription, const char *price) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (member_is(json_array_get(items, i), "price.id", price)) {
            return true;
        }
    }
    return price[0] == '\0';
}

static bool keeps(struct call *call, json_t *subscription) {
    struct call rest = *call;
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "status");
    json_object_del(rest.params, "price");
    bool is_kept = has_status(subscription, param_text(call, "status")) &&
                   has_price(subscription, param_text(call, "price")) &&
                   list_matches(&rest, subscription);
    json_decref(rest.params);
    return is_kept;
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {
        .type = "subscription", .customer = customer[0] == '\0' ? NULL : customer, .keeps = keeps};
    bool is_known =
        customer[0] == '\0' || world_find(call->world, "customer", customer, "customer") != NULL;
    return is_known ? list_answer(call, &query, "/v1/subscriptions") : NULL;
}

static const struct route routes[] = {
    {"POST", "/v1/subscriptions", create, create_params},
    {"GET", "/v1/subscriptions", list, list_params},
    {"GET", "/v1/subscriptions/:id", get, get_params},
    {"POST", "/v1/subscriptions/:id", subscription_update, subscription_update_params},
    {"DELETE", "/v1/subscriptions/:id", cancel, cancel_params},
};
const struct route_list subscription_routes = {routes, ARRAY_LEN(routes)};
