/* /v1/customers */
#include "sandbox/resources.h"

#include "sandbox/discount.h"
#include "sandbox/invoice.h"
#include "sandbox/method.h"
#include "sandbox/source.h"
#include "sandbox/tax.h"

static const struct param address[] = {
    {.name = "city", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "country", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line1", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line2", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "postal_code", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "state", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param custom_field[] = {
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "value", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = NULL}};
static const struct param invoice_settings[] = {
    {.name = "custom_fields", .kind = PARAM_LIST, .flags = PARAM_EMPTYABLE, .of = custom_field},
    {.name = "default_payment_method", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "footer", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const char *const tax_exempt[] = {"none", "exempt", "reverse", NULL};
static const struct param shipping[] = {
    {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = address},
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "phone", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const char *const validations[] = {"deferred", "immediately", NULL};
static const struct param tax[] = {
    {.name = "ip_address", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "validate_location", .kind = PARAM_ENUM, .words = validations},
    {.name = NULL}};

#define CUSTOMER_PARAMS                                                                            \
    {.name = "email", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                               \
        {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                            \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "phone", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                           \
        {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = address},        \
        {.name = "shipping", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = shipping},      \
        {.name = "tax", .kind = PARAM_OBJECT, .of = tax},                                          \
        {.name = "invoice_prefix", .kind = PARAM_TEXT},                                            \
        {.name = "next_invoice_sequence", .kind = PARAM_INTEGER, .min = 1, .max = 1000000000},     \
        {.name = "invoice_settings", .kind = PARAM_OBJECT, .of = invoice_settings},                \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},                         \
        {.name = "preferred_locales", .kind = PARAM_TEXTS},                                        \
        {.name = "coupon", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE}, /* older versions */     \
        {.name = "source", .kind = PARAM_TEXT}, {.name = "default_source", .kind = PARAM_TEXT},    \
        {.name = "tax_exempt", .kind = PARAM_ENUM, .words = tax_exempt}, {                         \
        .name = "balance", .kind = PARAM_INTEGER, .min = -UNIT_AMOUNT_MAX, .max = UNIT_AMOUNT_MAX  \
    }

static const struct param supposed_tax[] = {
    {.name = "ip_address", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE}, {.name = NULL}};
const struct param customer_details_params[] = {
    {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = address},
    {.name = "shipping", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = shipping},
    {.name = "tax", .kind = PARAM_OBJECT, .of = supposed_tax},
    {.name = "tax_exempt", .kind = PARAM_ENUM, .words = tax_exempt},
    {.name = "tax_ids", .kind = PARAM_LIST, .of = tax_id_data_params},
    {.name = NULL}};

static const struct param create_params[] = {
    CUSTOMER_PARAMS,
    {.name = "payment_method", .kind = PARAM_TEXT},
    {.name = "test_clock", .kind = PARAM_TEXT},
    {.name = "tax_id_data", .kind = PARAM_LIST, .of = tax_id_data_params},
    PARAMS_COMMON};
static const struct param update_params[] = {CUSTOMER_PARAMS, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "email", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "test_clock", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

/* An address with all its members; null for JSON null. */
static json_t *address_of(json_t *given) {
    if (json_is_null(given)) {
        return json_null();
    }
    json_t *shape = json_pack("{s:n, s:n, s:n, s:n, s:n, s:n}", "city", "country", "line1", "line2",
                              "postal_code", "state");
    json_object_update(shape, given);
    return shape;
}

static void apply_addresses(struct call *call, json_t *customer) {
    json_t *billing = json_object_get(call->params, "address");
    json_t *shipping_given = json_object_get(call->params, "shipping");
    if (billing != NULL) {
        json_object_set_new(customer, "address", address_of(billing));
    }
    if (json_is_null(shipping_given)) {
        set_null(customer, "shipping");
    } else if (shipping_given != NULL) {
        json_t *shape =
            json_pack("{s:o, s:n, s:n}", "address",
                      address_of(json_object_get(shipping_given, "address")), "name", "phone");
        copy_params(shape, shipping_given, (const char *const[]){"name", "phone", NULL});
        json_object_set_new(customer, "shipping", shape);
    }
}

/* The balance is set by moving it: the difference becomes a transaction. */
static void apply_balance(struct call *call, json_t *customer) {
    json_t *given = json_object_get(call->params, "balance");
    const char *currency = member(customer, "currency");
    const struct balance_move move = {
        .amount = json_integer_value(given) - member_i64(customer, "balance"),
        .type = "adjustment",
        .currency = currency[0] == '\0' ? "usd" : currency,
    };
    if (given != NULL && move.amount != 0) {
        (void)balance_move(call->world, customer, &move);
    }
}

/* A prefix is three to twelve capital letters and digits, and nobody else's. */
static bool check_prefix(struct call *call, const json_t *customer) {
    struct str prefix = str_from_cstr(param_text(call, "invoice_prefix"));
    if (prefix.len == 0) {
        return true;
    }
    if (prefix.len < 3 || prefix.len > 12 ||
        !str_only(prefix, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        return fault_invalid(&call->world->fault, NULL, "invoice_prefix",
                             "Invalid invoice_prefix: must be 3-12 uppercase letters or numbers.");
    }
    json_t *all = world_list(call->world, "customer", NULL);
    bool is_free = true;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *other = json_array_get(all, i);
        is_free = is_free && (other == customer || !member_is(other, "invoice_prefix",
                                                              param_text(call, "invoice_prefix")));
    }
    json_decref(all);
    return is_free || fault_invalid(&call->world->fault, NULL, "invoice_prefix",
                                    "This invoice_prefix is taken by another customer.");
}

/* Numbers are never used twice: the sequence only moves on. */
static bool check_sequence(struct call *call, const json_t *customer) {
    json_t *given = json_object_get(call->params, "next_invoice_sequence");
    int64_t next = member_i64(customer, "next_invoice_sequence");
    return given == NULL || json_integer_value(given) >= next ||
           fault_invalid(&call->world->fault, NULL, "next_invoice_sequence",
                         "next_invoice_sequence must be at least %lld: numbers are never used "
                         "twice.",
                         (long long)next);
}

static bool check_location(struct call *call, const json_t *customer) {
    return !member_is(call->params, "tax.validate_location", "immediately") ||
           tax_check_location(call->world, customer);
}

/* A test token given as the method and as the default is one and the same card. */
static void name_attached(struct call *call, const char *token, const json_t *attached) {
    json_t *settings = json_object_get(call->params, "invoice_settings");
    if (member_is(settings, "default_payment_method", token)) {
        set_text(settings, "default_payment_method", member(attached, "id"));
    }
}

/* What is told of apart from the customer's own event. */
static bool apply_parts(struct call *call, json_t *customer) {
    const char *source = param_text(call, "source");
    return (source[0] == '\0' || source_add(call->world, customer, source) != NULL) &&
           customer_coupon_set(call->world, customer, json_object_get(call->params, "coupon"));
}

/* Copies what is given; false when the default method is not this customer's. */
static bool apply(struct call *call, json_t *customer) {
    static const char *const plain[] = {"email",
                                        "name",
                                        "description",
                                        "phone",
                                        "tax_exempt",
                                        "preferred_locales",
                                        "invoice_prefix",
                                        "next_invoice_sequence",
                                        NULL};
    if (!check_prefix(call, customer) || !check_sequence(call, customer)) {
        return false;
    }
    copy_params(customer, call->params, plain);
    metadata_merge(customer, call->params);
    apply_addresses(call, customer);
    apply_balance(call, customer);
    if (!check_location(call, customer)) {
        return false;
    }
    const char *method = param_text(call, "invoice_settings.default_payment_method");
    if (method[0] != '\0' &&
        method_of_customer(call->world, method, member(customer, "id"),
                           "invoice_settings[default_payment_method]") == NULL) {
        return false;
    }
    const char *source = param_text(call, "default_source");
    if (source[0] != '\0' && !source_is_of(call->world, source, member(customer, "id"))) {
        return world_missing(call->world, "source", "default_source", source);
    }
    copy_params(customer, call->params, (const char *const[]){"default_source", NULL});
    json_object_update(json_object_get(customer, "invoice_settings"),
                       json_object_get(call->params, "invoice_settings"));
    world_touch(call->world, customer);
    return true;
}

bool customer_suppose(struct call *call, json_t *customer) {
    struct call of_details = *call;
    of_details.params = json_object_get(call->params, "customer_details");
    json_t *tax_ids = json_object_get(of_details.params, "tax_ids");
    if (of_details.params == NULL) {
        return true;
    }
    apply_addresses(&of_details, customer);
    copy_params(customer, of_details.params, (const char *const[]){"tax_exempt", NULL});
    for (size_t i = 0; i < json_array_size(tax_ids); i++) {
        if (tax_id_add(call->world, member(customer, "id"), json_array_get(tax_ids, i)) == NULL) {
            return false;
        }
    }
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *clock = param_text(call, "test_clock");
    if (clock[0] != '\0' &&
        world_find(world, "test_helpers.test_clock", clock, "test_clock") == NULL) {
        return NULL;
    }
    json_t *customer = world_add(world, "customer", NULL);
    char prefix[9];
    world_random(world, prefix, 8);
    set_text(customer, "test_clock", clock);
    set_text(customer, "invoice_prefix", prefix);
    set_i64(customer, "created", world_now(world, member(customer, "id")));
    const char *method = param_text(call, "payment_method");
    json_t *attached = NULL;
    if (method[0] != '\0') {
        attached = method_attach(world, method, member(customer, "id"), "payment_method");
        if (attached == NULL) {
            return NULL;
        }
        name_attached(call, method, attached);
    }
    if (!apply(call, customer)) {
        return NULL;
    }
    event_emit(world, "customer.created", customer);
    if (!apply_parts(call, customer)) {
        return NULL;
    }
    json_t *tax_ids = json_object_get(call->params, "tax_id_data");
    for (size_t i = 0; i < json_array_size(tax_ids); i++) {
        if (tax_id_add(world, member(customer, "id"), json_array_get(tax_ids, i)) == NULL) {
            return NULL;
        }
    }
    if (attached != NULL) {
        event_emit(world, "payment_method.attached", attached);
    }
    return json_incref(customer);
}

static json_t *get(struct call *call) {
    json_t *customer = world_get(call->world, call->id);
    bool is_deleted = customer != NULL && json_is_true(json_object_get(customer, "deleted"));
    if (is_deleted) {
        return json_incref(customer);
    }
    return json_incref(world_find(call->world, "customer", call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *customer = world_find(call->world, "customer", call->id, "id");
    if (customer == NULL || !apply(call, customer) || !apply_parts(call, customer)) {
        return NULL;
    }
    event_updated(call->world, "customer.updated", customer);
    return json_incref(customer);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "customer"};
    return list_answer(call, &query, "/v1/customers");
}

void customer_delete(struct world *world, json_t *customer) {
    json_t *subscriptions = world_list(world, "subscription", member(customer, "id"));
    for (size_t i = 0; i < json_array_size(subscriptions); i++) {
        json_t *subscription = json_array_get(subscriptions, i);
        bool is_over = member_is(subscription, "status", "canceled") ||
                       member_is(subscription, "status", "incomplete_expired");
        if (!is_over) {
            subscription_end(world, subscription, "cancellation_requested");
        }
    }
    json_decref(subscriptions);
    event_emit(world, "customer.deleted", customer);
    json_t *gone =
        json_pack("{s:O, s:s, s:b, s:O}", "id", json_object_get(customer, "id"), "object",
                  "customer", "deleted", 1, "_seq", json_object_get(customer, "_seq"));
    json_object_clear(customer);
    json_object_update(customer, gone);
    json_decref(gone);
    world_touch(world, customer);
}

static json_t *delete (struct call *call) {
    json_t *customer = world_find(call->world, "customer", call->id, "id");
    if (customer == NULL) {
        return NULL;
    }
    customer_delete(call->world, customer);
    return json_incref(customer);
}

static const struct route routes[] = {
    {"POST", "/v1/customers", create, create_params},
    {"GET", "/v1/customers", list, list_params},
    {"GET", "/v1/customers/:id", get, get_params},
    {"POST", "/v1/customers/:id", update, update_params},
    {"DELETE", "/v1/customers/:id", delete, get_params},
    {"GET", "/v1/customers/:id/payment_methods", method_list_of_customer, method_list_params},
};
const struct route_list customer_routes = {routes, ARRAY_LEN(routes)};
