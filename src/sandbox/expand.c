/* expand[]: ids become objects, and members that are only there on demand appear. */
#include "sandbox/call.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/billing.h"
#include "sandbox/cash_balance.h"
#include "sandbox/checkout.h"
#include "sandbox/price.h"
#include "sandbox/quote.h"
#include "sandbox/source.h"

enum { EXPAND_DEPTH = 4 };

/* Members that an object shows only when asked. */
static const struct on_demand {
    const char *type, *name;
    json_t *(*make)(struct world *world, json_t *object);
} on_demand[] = {
    {"invoice", "confirmation_secret", invoice_confirmation_secret},
    {"invoice", "payments", invoice_payments},
    {"customer", "sources", customer_sources},
    {"customer", "subscriptions", customer_subscriptions},
    {"customer", "cash_balance", cash_balance_of},
    {"checkout.session", "line_items", checkout_line_items},
    {"quote", "line_items", quote_line_items},
    {"price", "tiers", price_tiers},
    {"price", "currency_options", price_currency_options},
};

static bool is_on_demand(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(on_demand); i++) {
        if (strcmp(on_demand[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_on_demand(struct world *world, json_t *object, const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(on_demand); i++) {
        bool is_it = member_is(object, "object", on_demand[i].type) &&
                     strcmp(on_demand[i].name, name) == 0 && json_object_get(object, name) == NULL;
        if (is_it) {
            json_object_set_new(object, name, on_demand[i].make(world, object));
        }
    }
}

/* The object behind an id, ready to be shown; NULL when the text is none. */
static json_t *object_of(struct world *world, json_t *value) {
    json_t *document = world_get(world, json_string_value(value));
    return document == NULL ? NULL : event_render(document);
}

static bool expand_path(struct world *world, json_t *node, const char *rest, const char *path);

static bool expand_each(struct world *world, json_t *array, const char *rest, const char *path) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        if (json_is_string(item)) {
            item = object_of(world, item);
            if (item == NULL) {
                continue;
            }
            json_array_set_new(array, i, item);
        }
        if (!expand_path(world, item, rest, path)) {
            return false;
        }
    }
    return true;
}

/* Members that hold the id of an object, or ids; Stripe's description marks them so. */
static const char *const expandable[] = {
    "account",
    "account_tax_ids",
    "application",
    "application_fee",
    "balance_transaction",
    "cancellation_policy",
    "charge",
    "checkout_session",
    "configuration",
    "coupon",
    "credit_balance_transaction",
    "credit_grant",
    "credit_note",
    "customer",
    "customer_balance_transaction",
    "customer_communication",
    "customer_signature",
    "default_payment_method",
    "default_price",
    "default_source",
    "destination",
    "discount",
    "discounts",
    "duplicate_charge_documentation",
    "failure_balance_transaction",
    "feedback_option",
    "feedback_options",
    "invoice",
    "latest_attempt",
    "latest_charge",
    "latest_invoice",
    "latest_revision",
    "linked_transaction",
    "mandate",
    "on_behalf_of",
    "payment_intent",
    "payment_link",
    "payment_method",
    "payment_record",
    "pending_setup_intent",
    "plan",
    "price",
    "product",
    "promotion_code",
    "quote",
    "receipt",
    "refund",
    "refund_policy",
    "review",
    "schedule",
    "service_documentation",
    "setup_attempt",
    "setup_intent",
    "shipping_documentation",
    "shipping_rate",
    "single_use_mandate",
    "source_transfer",
    "source_transfer_reversal",
    "subscription",
    "subscription_schedule",
    "tax_code",
    "test_clock",
    "transfer",
    "transfer_reversal",
    "uncategorized_file",
};

static bool is_expandable(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(expandable); i++) {
        if (strcmp(expandable[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* What a path may end at: an object by id, or a list that comes on demand. */
static bool may_end(const json_t *value, const char *name) {
    return is_expandable(name) || member_is(value, "object", "list") ||
           (json_is_object(value) && json_object_get(value, "object") != NULL) ||
           is_on_demand(name);
}

static bool refuse(struct world *world, const char *path) {
    return fault_invalid(&world->fault, NULL, "expand", "This property cannot be expanded (%s).",
                         path);
}

/* A customer that was deleted is still shown, as that and nothing else, whatever is to be expanded:
 * https://docs.stripe.com/api/customers/retrieve. */
static bool is_deleted_customer(const json_t *node) {
    return member_is(node, "object", "customer") && json_is_true(json_object_get(node, "deleted"));
}

static bool expand_path(struct world *world, json_t *node, const char *rest, const char *path) {
    if (json_is_array(node)) {
        return expand_each(world, node, rest, path);
    }
    if (rest[0] == '\0' || is_deleted_customer(node)) {
        return true;
    }
    char name[64];
    size_t len = strcspn(rest, ".");
    (void)snprintf(name, sizeof name, "%.*s", (int)len, rest);
    const char *after = rest[len] == '.' ? rest + len + 1 : rest + len;
    add_on_demand(world, node, name);
    json_t *value = json_object_get(node, name);
    bool is_id = json_is_string(value) && is_expandable(name);
    json_t *object = is_id ? object_of(world, value) : NULL;
    if (object != NULL) {
        json_object_set_new(node, name, object);
        value = object;
    }
    if (value == NULL || (after[0] == '\0' && !may_end(value, name))) {
        return refuse(world, path);
    }
    if (json_is_null(value)) {
        return true;
    }
    bool goes_on = json_is_object(value) || json_is_array(value);
    return goes_on ? expand_path(world, value, after, path) : is_id || refuse(world, path);
}

/* A list's "data" is no level of its own. */
static size_t depth_of(struct str path) {
    size_t depth = 0;
    while (path.len > 0) {
        struct str name = str_cut(&path, '.');
        depth += str_equal(name, STR("data")) ? 0 : 1;
    }
    return depth;
}

bool expand_paths(struct world *world, json_t *answer, json_t *paths) {
    for (size_t i = 0; i < json_array_size(paths); i++) {
        const char *path = json_string_value(json_array_get(paths, i));
        if (depth_of(str_from_cstr(path)) > EXPAND_DEPTH) {
            return fault_invalid(&world->fault, NULL, "expand",
                                 "You cannot expand more than %d levels of a property (%s).",
                                 EXPAND_DEPTH, path);
        }
        if (!expand_path(world, answer, path, path)) {
            return false;
        }
    }
    return true;
}
