/* Invoices made by hand, and what may be changed of any: POST /v1/invoices, POST and DELETE
 * /v1/invoices/:id. Drafts may be changed in everything; afterwards only what is said about an
 * invoice and how it is collected, never what is owed. */
#include "sandbox/invoice.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/discount.h"
#include "sandbox/method.h"
#include "sandbox/resources.h"
#include "sandbox/tax.h"

enum { DAYS_MAX = 3650, DAY_S = 86400 };

static const char *const methods[] = {"charge_automatically", "send_invoice", NULL};
static const char *const pendings[] = {"exclude", "include", NULL};
static const struct param custom_field[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "value", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = NULL}};
static const struct param bank_transfer[] = {{.name = "type", .kind = PARAM_TEXT}, {.name = NULL}};
static const struct param cash_options[] = {
    {.name = "funding_type", .kind = PARAM_TEXT},
    {.name = "bank_transfer", .kind = PARAM_OBJECT, .of = bank_transfer},
    {.name = NULL}};
static const struct param plain_options[] = {{.name = "verification_method", .kind = PARAM_TEXT},
                                             {.name = NULL}};
static const struct param card_options[] = {{.name = "request_three_d_secure", .kind = PARAM_TEXT},
                                            {.name = NULL}};
static const struct param method_options[] = {
    {.name = "card", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = card_options},
    {.name = "customer_balance",
     .kind = PARAM_OBJECT,
     .flags = PARAM_EMPTYABLE,
     .of = cash_options},
    {.name = "us_bank_account",
     .kind = PARAM_OBJECT,
     .flags = PARAM_EMPTYABLE,
     .of = plain_options},
    {.name = NULL}};
static const struct param payment_settings[] = {
    {.name = "payment_method_types", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = "payment_method_options", .kind = PARAM_OBJECT, .of = method_options},
    {.name = NULL}};

#define INVOICE_PARAMS                                                                             \
    {.name = "auto_advance", .kind = PARAM_BOOLEAN},                                               \
        {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},               \
        {.name = "automatically_finalizes_at", .kind = PARAM_INTEGER},                             \
        {.name = "collection_method", .kind = PARAM_ENUM, .words = methods},                       \
        {.name = "custom_fields",                                                                  \
         .kind = PARAM_LIST,                                                                       \
         .flags = PARAM_EMPTYABLE,                                                                 \
         .of = custom_field},                                                                      \
        {.name = "days_until_due", .kind = PARAM_INTEGER, .min = 0, .max = DAYS_MAX},              \
        {.name = "default_payment_method", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},          \
        {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},              \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "due_date", .kind = PARAM_INTEGER},                                               \
        {.name = "effective_at", .kind = PARAM_INTEGER, .flags = PARAM_EMPTYABLE},                 \
        {.name = "footer", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                          \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},                         \
        {.name = "number", .kind = PARAM_TEXT},                                                    \
        {.name = "payment_settings", .kind = PARAM_OBJECT, .of = payment_settings},                \
        {.name = "statement_descriptor", .kind = PARAM_TEXT}, PARAM_DISCOUNTS

const struct param invoice_create_params[] = {
    INVOICE_PARAMS,
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "subscription", .kind = PARAM_TEXT},
    {.name = "pending_invoice_items_behavior", .kind = PARAM_ENUM, .words = pendings},
    PARAMS_COMMON};
const struct param invoice_update_params[] = {INVOICE_PARAMS, PARAMS_COMMON};

json_t *invoice_in_state(struct call *call, const char *status, const char *verb) {
    json_t *invoice = world_find(call->world, "invoice", call->id, "invoice");
    if (invoice == NULL || member_is(invoice, "status", status)) {
        return invoice;
    }
    fault_invalid(&call->world->fault, "invoice_not_editable", NULL,
                  "You can only %s %s invoices. This invoice is %s.", verb, status,
                  member(invoice, "status"));
    return NULL;
}

/* A due date belongs to invoices that are sent, and to no others. */
static bool apply_collection(struct call *call, json_t *invoice) {
    struct fault *fault = &call->world->fault;
    copy_params(invoice, call->params, (const char *const[]){"collection_method", NULL});
    json_t *days = json_object_get(call->params, "days_until_due");
    json_t *date = json_object_get(call->params, "due_date");
    bool is_sent = member_is(invoice, "collection_method", "send_invoice");
    const char *given = date != NULL ? "due_date" : "days_until_due";
    if (!is_sent && (days != NULL || date != NULL)) {
        return fault_invalid(fault, NULL, given,
                             "You can only set %s on invoices with "
                             "`collection_method=send_invoice`.",
                             given);
    }
    if (days != NULL && date != NULL) {
        return fault_invalid(fault, "parameters_exclusive", "due_date",
                             "You may only specify one of these parameters: days_until_due, "
                             "due_date.");
    }
    if (date != NULL && json_integer_value(date) < member_i64(invoice, "created")) {
        return fault_invalid(fault, NULL, "due_date",
                             "Invalid due_date: it must not be in the past.");
    }
    if (date != NULL) {
        json_object_set(invoice, "due_date", date);
        json_object_del(invoice, "_days_until_due");
    }
    if (days != NULL) {
        int64_t created = member_i64(invoice, "created");
        json_object_set(invoice, "_days_until_due", days);
        set_i64(invoice, "due_date", created + json_integer_value(days) * DAY_S);
    }
    bool has_due = json_is_integer(json_object_get(invoice, "due_date"));
    return !is_sent || has_due ||
           fault_invalid(fault, "parameter_missing", "days_until_due",
                         "You must pass `days_until_due` or `due_date` when "
                         "`collection_method=send_invoice`.");
}

static bool apply_method(struct call *call, json_t *invoice) {
    const char *method = param_text(call, "default_payment_method");
    if (method[0] != '\0' && method_of_customer(call->world, method, member(invoice, "customer"),
                                                "default_payment_method") == NULL) {
        return false;
    }
    copy_params(invoice, call->params, (const char *const[]){"default_payment_method", NULL});
    json_object_update(json_object_get(invoice, "payment_settings"),
                       json_object_get(call->params, "payment_settings"));
    return true;
}

/* A draft that advances by itself is finalized after its hour, or when it was told to be. */
static bool apply_advance(struct call *call, json_t *invoice) {
    json_t *at = json_object_get(call->params, "automatically_finalizes_at");
    int64_t now = world_now(call->world, member(invoice, "customer"));
    copy_params(invoice, call->params, (const char *const[]){"auto_advance", NULL});
    bool advances = json_is_true(json_object_get(invoice, "auto_advance"));
    if (at != NULL && (!advances || json_integer_value(at) <= now)) {
        return fault_invalid(&call->world->fault, NULL, "automatically_finalizes_at",
                             "automatically_finalizes_at must be in the future, and needs "
                             "auto_advance.");
    }
    if (!advances) {
        set_null(invoice, "automatically_finalizes_at");
        set_null(invoice, "next_payment_attempt");
        set_null(invoice, "_collects_at");
        return true;
    }
    if (!member_is(invoice, "status", "draft")) {
        return true;
    }
    if (at != NULL) {
        json_object_set(invoice, "automatically_finalizes_at", at);
    } else if (!json_is_integer(json_object_get(invoice, "automatically_finalizes_at"))) {
        set_i64(invoice, "automatically_finalizes_at", now + DRAFT_LIFE_S);
    }
    return true;
}

/* A number of one's own is nobody else's. */
static bool apply_number(struct call *call, json_t *invoice) {
    const char *number = param_text(call, "number");
    if (number[0] == '\0') {
        return true;
    }
    json_t *all = world_list(call->world, "invoice", NULL);
    bool is_free = true;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *other = json_array_get(all, i);
        is_free = is_free && (other == invoice || !member_is(other, "number", number));
    }
    json_decref(all);
    set_text(invoice, "number", number);
    return is_free || fault_invalid(&call->world->fault, NULL, "number",
                                    "The number %.60s is already that of another invoice.", number);
}

/* What changes sums; drafts only. */
static bool apply_money(struct call *call, json_t *invoice) {
    struct world *world = call->world;
    const struct discount_owner owner = {
        .object = invoice,
        .role = "invoice",
        .customer = member(invoice, "customer"),
        .currency = member(invoice, "currency"),
        .amount = -1,
    };
    return discounts_set(world, &owner, json_object_get(call->params, "discounts")) &&
           automatic_tax_set(world, invoice, json_object_get(call->params, "automatic_tax")) &&
           tax_rates_set(world, invoice, "default_tax_rates",
                         json_object_get(call->params, "default_tax_rates"));
}

/* What is said on the invoice. */
static void apply_words(struct call *call, json_t *invoice) {
    copy_params(invoice, call->params,
                (const char *const[]){"description", "footer", "statement_descriptor",
                                      "effective_at", "custom_fields", NULL});
    metadata_merge(invoice, call->params);
    world_touch(call->world, invoice);
}

/* The invoice is that of a subscription: its pending items come first. */
static bool set_subscription(struct call *call, json_t *invoice, json_t *customer) {
    const char *id = param_text(call, "subscription");
    if (id[0] == '\0') {
        return true;
    }
    json_t *subscription = world_find(call->world, "subscription", id, "subscription");
    if (subscription == NULL) {
        return false;
    }
    if (!member_is(subscription, "customer", member(customer, "id"))) {
        return fault_invalid(&call->world->fault, NULL, "subscription",
                             "The subscription %s is another customer's.", id);
    }
    set_text(invoice, "currency", member(subscription, "currency"));
    json_object_set_new(invoice, "parent",
                        json_pack("{s:s, s:n, s:{s:O, s:s}}", "type", "subscription_details",
                                  "quote_details", "subscription_details", "metadata",
                                  json_object_get(subscription, "metadata"), "subscription", id));
    return true;
}

static const char *currency_for(struct call *call, const json_t *customer) {
    const char *given = param_text(call, "currency");
    const char *own = member(customer, "currency");
    if (given[0] != '\0') {
        return currency_check(&call->world->fault, given, "currency") ? currency_find(given)->code
                                                                      : NULL;
    }
    return own[0] != '\0' ? own : "usd";
}

static void take_items(struct call *call, json_t *invoice) {
    const char *subscription = param_text(call, "subscription");
    bool takes = member_is(call->params, "pending_invoice_items_behavior", "include");
    if (subscription[0] != '\0') {
        invoice_take_pending(call->world, invoice, world_get(call->world, subscription));
    }
    if (takes) {
        invoice_take_loose(call->world, invoice);
    }
    invoice_sum(call->world, invoice);
}

json_t *invoice_create(struct call *call) {
    struct world *world = call->world;
    if (param_text(call, "customer")[0] == '\0') {
        fault_invalid(&world->fault, "parameter_missing", "customer",
                      "Missing required param: customer.");
        return NULL;
    }
    json_t *customer = world_find(world, "customer", param_text(call, "customer"), "customer");
    const char *currency = customer == NULL ? NULL : currency_for(call, customer);
    if (currency == NULL) {
        return NULL;
    }
    json_t *invoice = invoice_make(world, member(customer, "id"), currency);
    set_text(invoice, "billing_reason", "manual");
    set_bool(invoice, "auto_advance", false);
    bool is_well = set_subscription(call, invoice, customer) && apply_collection(call, invoice) &&
                   apply_method(call, invoice) && apply_advance(call, invoice) &&
                   apply_number(call, invoice) && apply_money(call, invoice);
    if (!is_well) {
        return NULL;
    }
    apply_words(call, invoice);
    take_items(call, invoice);
    event_emit(world, "invoice.created", invoice);
    return json_incref(invoice);
}

/* False with a fault when something is given that is fixed at finalization. */
static bool may_change(struct call *call, const json_t *invoice) {
    static const char *const fixed[] = {
        "automatic_tax", "collection_method", "discounts", "default_tax_rates",
        "due_date",      "days_until_due",    "number",    "automatically_finalizes_at",
        "effective_at"};
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        if (param_given(call, fixed[i]) && !member_is(invoice, "status", "draft")) {
            return fault_invalid(&call->world->fault, "invoice_not_editable", fixed[i],
                                 "Finalized invoices can't be updated in this way: %s is fixed. "
                                 "This invoice is %s.",
                                 fixed[i], member(invoice, "status"));
        }
    }
    return true;
}

json_t *invoice_update(struct call *call) {
    struct world *world = call->world;
    json_t *invoice = world_find(world, "invoice", call->id, "invoice");
    if (invoice == NULL || !may_change(call, invoice)) {
        return NULL;
    }
    bool is_draft = member_is(invoice, "status", "draft");
    bool is_well = apply_method(call, invoice) && apply_advance(call, invoice) &&
                   (!is_draft || (apply_collection(call, invoice) && apply_number(call, invoice) &&
                                  apply_money(call, invoice)));
    if (!is_well) {
        return NULL;
    }
    apply_words(call, invoice);
    if (is_draft) {
        invoice_sum(world, invoice);
    }
    event_updated(world, "invoice.updated", invoice);
    return json_incref(invoice);
}

/* Items of a deleted draft wait again. */
static void release_items(struct world *world, json_t *invoice) {
    json_t *all = world_list(world, "invoiceitem", member(invoice, "customer"));
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *item = json_array_get(all, i);
        if (member_is(item, "invoice", member(invoice, "id"))) {
            set_null(item, "invoice");
            world_touch(world, item);
        }
    }
    json_decref(all);
}

json_t *invoice_delete(struct call *call) {
    struct world *world = call->world;
    json_t *invoice = invoice_in_state(call, "draft", "delete");
    if (invoice == NULL) {
        return NULL;
    }
    if (!member_is(invoice, "parent.type", "")) {
        fault_invalid(&world->fault, "invoice_not_editable", NULL,
                      "You can't delete invoices created by subscriptions.");
        return NULL;
    }
    release_items(world, invoice);
    event_emit(world, "invoice.deleted", invoice);
    world_remove(world, invoice);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "invoice", "deleted", 1);
}
