/* /v1/checkout/sessions: a page where a person pays, subscribes or saves a method (page_pay.c), and
 * what Stripe's CLI uses in that page's place (/v1/payment_pages). */
#include "sandbox/checkout.h"

#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/method.h"
#include "sandbox/payment.h"
#include "sandbox/resources.h"
#include "sandbox/setup.h"

enum { LIFE_S = 86400, LIFE_MIN_S = 1800, TRIAL_DAYS_MAX = 730 };

static const char *const modes[] = {"payment", "setup", "subscription", NULL};
static const char *const ui_modes[] = {"hosted_page", NULL};
static const char *const creations[] = {"always", "if_required", NULL};
static const char *const collections[] = {"always", "if_required", NULL};
static const char *const usages[] = {"off_session", "on_session", NULL};
static const char *const captures[] = {"automatic", "automatic_async", "manual", NULL};
static const char *const submits[] = {"auto", "book", "donate", "pay", "subscribe", NULL};
static const char *const addresses[] = {"auto", "required", NULL};
static const struct param payment_data[] = {
    {.name = "capture_method", .kind = PARAM_ENUM, .words = captures},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "receipt_email", .kind = PARAM_TEXT},
    {.name = "setup_future_usage", .kind = PARAM_ENUM, .words = usages},
    {.name = "shipping", .kind = PARAM_OBJECT, .of = shipping_params},
    {.name = "transfer_group", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param subscription_data[] = {
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "trial_end", .kind = PARAM_INTEGER},
    {.name = "trial_period_days", .kind = PARAM_INTEGER, .min = 1, .max = TRIAL_DAYS_MAX},
    {.name = "default_tax_rates", .kind = PARAM_TEXTS},
    {.name = NULL}};
static const struct param setup_data[] = {{.name = "description", .kind = PARAM_TEXT},
                                          {.name = "metadata", .kind = PARAM_MAP},
                                          {.name = NULL}};
static const struct param create_params[] = {
    {.name = "mode", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = modes},
    {.name = "success_url", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "cancel_url", .kind = PARAM_TEXT},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "customer_creation", .kind = PARAM_ENUM, .words = creations},
    {.name = "customer_email", .kind = PARAM_TEXT},
    {.name = "client_reference_id", .kind = PARAM_TEXT},
    {.name = "currency", .kind = PARAM_TEXT},
    {.name = "line_items", .kind = PARAM_LIST, .of = checkout_item_params},
    {.name = "payment_intent_data", .kind = PARAM_OBJECT, .of = payment_data},
    {.name = "subscription_data", .kind = PARAM_OBJECT, .of = subscription_data},
    {.name = "setup_intent_data", .kind = PARAM_OBJECT, .of = setup_data},
    {.name = "allowed_payment_method_types", .kind = PARAM_TEXTS},
    {.name = "payment_method_types", .kind = PARAM_TEXTS},
    {.name = "payment_method_collection", .kind = PARAM_ENUM, .words = collections},
    {.name = "billing_address_collection", .kind = PARAM_ENUM, .words = addresses},
    {.name = "allow_promotion_codes", .kind = PARAM_BOOLEAN},
    {.name = "discounts", .kind = PARAM_LIST, .of = checkout_discount_params},
    {.name = "expires_at", .kind = PARAM_INTEGER},
    {.name = "locale", .kind = PARAM_TEXT},
    {.name = "submit_type", .kind = PARAM_ENUM, .words = submits},
    {.name = "ui_mode", .kind = PARAM_ENUM, .words = ui_modes},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param items_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "payment_intent", .kind = PARAM_TEXT},
                                           {.name = "subscription", .kind = PARAM_TEXT},
                                           {.name = "status", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};
static const struct param confirm_params[] = {
    {.name = "payment_method", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "expected_amount", .kind = PARAM_INTEGER},
    PARAMS_COMMON};

static bool is_web_address(const char *url) {
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static bool are_urls(struct call *call) {
    static const char *const names[] = {"success_url", "cancel_url"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (param_given(call, names[i]) && !is_web_address(param_text(call, names[i]))) {
            return fault_invalid(&call->world->fault, "url_invalid", names[i], "Not a valid URL.");
        }
    }
    return true;
}

/* Data of one mode does not go with another. */
static bool suits_mode(struct call *call) {
    static const char *const data[][2] = {{"payment_intent_data", "payment"},
                                          {"subscription_data", "subscription"},
                                          {"setup_intent_data", "setup"}};
    for (size_t i = 0; i < ARRAY_LEN(data); i++) {
        if (param_given(call, data[i][0]) && !member_is(call->params, "mode", data[i][1])) {
            return fault_invalid(&call->world->fault, NULL, data[i][0],
                                 "You can not pass `%s` in `%s` mode.", data[i][0],
                                 param_text(call, "mode"));
        }
    }
    return true;
}

static bool is_buyer(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    if (customer[0] != '\0' && param_given(call, "customer_email")) {
        return fault_invalid(&world->fault, "parameters_exclusive", "customer_email",
                             "You may only specify one of these parameters: customer, "
                             "customer_email.");
    }
    return customer[0] == '\0' || world_find(world, "customer", customer, "customer") != NULL;
}

static bool is_expiry(struct call *call, const json_t *session) {
    int64_t lives = member_i64(call->params, "expires_at") - member_i64(session, "created");
    return !param_given(call, "expires_at") || (lives >= LIFE_MIN_S && lives <= LIFE_S) ||
           fault_invalid(&call->world->fault, NULL, "expires_at",
                         "The `expires_at` timestamp must be at least 30 minutes and at most 24 "
                         "hours after the Checkout Session is created.");
}

/* What the page offers: the allowed types, else cards. */
static void set_types(struct call *call, json_t *session) {
    json_t *types = json_object_get(call->params, "allowed_payment_method_types");
    if (json_array_size(types) > 0) {
        json_object_set(session, "allowed_payment_method_types", types);
        json_object_set(session, "payment_method_types", types);
    }
}

static void set_setup_intent(struct call *call, json_t *session) {
    struct world *world = call->world;
    json_t *intent = setup_make(world, param_text(call, "customer"));
    json_t *data = json_object_get(call->params, "setup_intent_data");
    copy_params(intent, data, (const char *const[]){"description", NULL});
    metadata_merge(intent, data);
    event_emit(world, "setup_intent.created", intent);
    set_text(session, "setup_intent", member(intent, "id"));
}

static void fill(struct call *call, json_t *session) {
    struct world *world = call->world;
    set_i64(session, "expires_at", member_i64(session, "created") + LIFE_S);
    copy_params(session, call->params,
                (const char *const[]){
                    "success_url", "cancel_url", "client_reference_id", "mode", "customer_creation",
                    "customer_email", "payment_method_collection", "billing_address_collection",
                    "allow_promotion_codes", "expires_at", "locale", "submit_type", NULL});
    json_object_set(session, "_payment_data", json_object_get(call->params, "payment_intent_data"));
    json_object_set(session, "_subscription_data",
                    json_object_get(call->params, "subscription_data"));
    set_types(call, session);
    metadata_merge(session, call->params);
    json_object_set_new(session, "url",
                        json_sprintf("%s/pay/%s", world->public_url, member(session, "id")));
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    if (!are_urls(call) || !types_check(call) || !suits_mode(call) || !is_buyer(call)) {
        return NULL;
    }
    const char *currency = param_text(call, "currency");
    if (currency[0] != '\0' && !currency_check(&world->fault, currency, "currency")) {
        return NULL;
    }
    json_t *session = world_add(world, "checkout.session", customer[0] == '\0' ? NULL : customer);
    fill(call, session);
    if (currency[0] != '\0') {
        set_text(session, "currency", currency_find(currency)->code);
    }
    if (!is_expiry(call, session) || !checkout_discounts_read(call, session) ||
        !checkout_items_set(call, session)) {
        return NULL;
    }
    if (member_is(session, "mode", "setup")) {
        set_setup_intent(call, session);
    }
    return json_incref(session);
}

static json_t *find(struct call *call) {
    return world_find(call->world, "checkout.session", call->id, "session");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *session = find(call);
    if (session == NULL) {
        return NULL;
    }
    metadata_merge(session, call->params);
    world_touch(call->world, session);
    return json_incref(session);
}

static bool must_be_open(struct call *call, const json_t *session, const char *verb) {
    return member_is(session, "status", "open") ||
           fault_invalid(&call->world->fault, NULL, NULL,
                         "Only Checkout Sessions with a status of open can be %s.", verb);
}

static json_t *expire(struct call *call) {
    json_t *session = find(call);
    if (session == NULL || !must_be_open(call, session, "expired")) {
        return NULL;
    }
    set_text(session, "status", "expired");
    set_null(session, "url");
    world_touch(call->world, session);
    event_emit(call->world, "checkout.session.expired", session);
    return json_incref(session);
}

static json_t *line_items(struct call *call) {
    json_t *session = find(call);
    return session == NULL ? NULL : checkout_line_items(call->world, session);
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "checkout.session",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    return list_answer(call, &query, "/v1/checkout/sessions");
}

/* Stripe's own page posts this; its CLI does it for want of a browser. */
static json_t *confirm(struct call *call) {
    struct world *world = call->world;
    json_t *session = find(call);
    json_t *expected = json_object_get(call->params, "expected_amount");
    if (session == NULL || !must_be_open(call, session, "confirmed")) {
        return NULL;
    }
    if (expected != NULL && json_integer_value(expected) != member_i64(session, "amount_total")) {
        fault_invalid(&world->fault, NULL, "expected_amount", "The session's amount is %lld.",
                      (long long)member_i64(session, "amount_total"));
        return NULL;
    }
    json_t *method = method_resolve(world, param_text(call, "payment_method"), "payment_method");
    bool is_well = method != NULL && checkout_complete(world, session, method, false);
    return is_well ? json_incref(session) : NULL;
}

static const struct route routes[] = {
    {"POST", "/v1/checkout/sessions", create, create_params},
    {"GET", "/v1/checkout/sessions", list, list_params},
    {"GET", "/v1/checkout/sessions/:id", get, get_params},
    {"POST", "/v1/checkout/sessions/:id", update, update_params},
    {"POST", "/v1/checkout/sessions/:id/expire", expire, get_params},
    {"GET", "/v1/checkout/sessions/:id/line_items", line_items, items_params},
    {"GET", "/v1/payment_pages/:id", get, get_params},
    {"POST", "/v1/payment_pages/:id/confirm", confirm, confirm_params},
};
const struct route_list checkout_routes = {routes, ARRAY_LEN(routes)};
