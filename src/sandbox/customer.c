/* /v1/customers */
#include "sandbox/resources.h"

#include "sandbox/billing.h"
#include "sandbox/method.h"

static const struct param address[] = {
    {.name = "city", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "country", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line1", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "line2", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "postal_code", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "state", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param invoice_settings[] = {
    {.name = "default_payment_method", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "footer", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const char *const tax_exempt[] = {"none", "exempt", "reverse", NULL};

#define CUSTOMER_PARAMS                                                                            \
    {.name = "email", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                               \
        {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                            \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "phone", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                           \
        {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = address},        \
        {.name = "invoice_settings", .kind = PARAM_OBJECT, .of = invoice_settings},                \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},                         \
        {.name = "preferred_locales", .kind = PARAM_TEXTS},                                        \
        {.name = "tax_exempt", .kind = PARAM_ENUM, .words = tax_exempt}, {                         \
        .name = "balance", .kind = PARAM_INTEGER, .min = -UNIT_AMOUNT_MAX, .max = UNIT_AMOUNT_MAX  \
    }

static const struct param create_params[] = {CUSTOMER_PARAMS,
                                             {.name = "payment_method", .kind = PARAM_TEXT},
                                             {.name = "test_clock", .kind = PARAM_TEXT},
                                             PARAMS_COMMON};
static const struct param update_params[] = {CUSTOMER_PARAMS, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "email", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "test_clock", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

/* Copies what is given; false when the default method is not this customer's. */
static bool apply(struct call *call, json_t *customer) {
    static const char *const plain[] = {"email",      "name",    "description",       "phone",
                                        "tax_exempt", "balance", "preferred_locales", NULL};
    copy_params(customer, call->params, plain);
    metadata_merge(customer, call->params);
    json_t *given = json_object_get(call->params, "address");
    if (given != NULL) {
        json_t *shape = json_pack("{s:n, s:n, s:n, s:n, s:n, s:n}", "city", "country", "line1",
                                  "line2", "postal_code", "state");
        json_object_update(shape, given);
        json_object_set_new(customer, "address", json_is_null(given) ? json_null() : shape);
    }
    const char *method = param_text(call, "invoice_settings.default_payment_method");
    if (method[0] != '\0' &&
        method_of_customer(call->world, method, member(customer, "id"),
                           "invoice_settings[default_payment_method]") == NULL) {
        return false;
    }
    json_object_update(json_object_get(customer, "invoice_settings"),
                       json_object_get(call->params, "invoice_settings"));
    world_touch(call->world, customer);
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
    }
    if (!apply(call, customer)) {
        return NULL;
    }
    event_emit(world, "customer.created", customer);
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
    if (customer == NULL || !apply(call, customer)) {
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
