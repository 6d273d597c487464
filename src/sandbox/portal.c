/* /v1/billing_portal: configurations, and sessions whose page (page_portal.c) shows a customer the
 * plan, the cards and the invoices. */
#include "sandbox/portal.h"

#include <string.h>

#include "sandbox/resources.h"

static const char *const updates[] = {"address",  "email",  "name", "phone",
                                      "shipping", "tax_id", NULL};
static const char *const cancel_modes[] = {"at_period_end", "immediately", NULL};
static const char *const prorations[] = {"always_invoice", "create_prorations", "none", NULL};
static const char *const flows[] = {"payment_method_update", "subscription_cancel", NULL};
static const char *const completions[] = {"hosted_confirmation", "portal_homepage", "redirect",
                                          NULL};
#define ENABLED                                                                                    \
    { .name = "enabled", .kind = PARAM_BOOLEAN, .flags = PARAM_REQUIRED }
static const struct param customer_update[] = {
    ENABLED, {.name = "allowed_updates", .kind = PARAM_TEXTS}, {.name = NULL}};
static const struct param enabled_only[] = {ENABLED, {.name = NULL}};
static const struct param reason_params[] = {
    ENABLED, {.name = "options", .kind = PARAM_TEXTS}, {.name = NULL}};
static const struct param cancel_params[] = {
    ENABLED,
    {.name = "mode", .kind = PARAM_ENUM, .words = cancel_modes},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = prorations},
    {.name = "cancellation_reason", .kind = PARAM_OBJECT, .of = reason_params},
    {.name = NULL}};
static const struct param features_params[] = {
    {.name = "customer_update", .kind = PARAM_OBJECT, .of = customer_update},
    {.name = "invoice_history", .kind = PARAM_OBJECT, .of = enabled_only},
    {.name = "payment_method_update", .kind = PARAM_OBJECT, .of = enabled_only},
    {.name = "subscription_cancel", .kind = PARAM_OBJECT, .of = cancel_params},
    {.name = NULL}};
static const struct param profile_params[] = {
    {.name = "headline", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "privacy_policy_url", .kind = PARAM_TEXT},
    {.name = "terms_of_service_url", .kind = PARAM_TEXT},
    {.name = NULL}};
#define CONFIGURATION_PARAMS                                                                       \
    {.name = "business_profile", .kind = PARAM_OBJECT, .of = profile_params},                      \
        {.name = "default_return_url", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},              \
        {.name = "login_page", .kind = PARAM_OBJECT, .of = enabled_only},                          \
        {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE}, {                          \
        .name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE                            \
    }
static const struct param create_params[] = {
    {.name = "features", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = features_params},
    CONFIGURATION_PARAMS,
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "features", .kind = PARAM_OBJECT, .of = features_params},
    {.name = "active", .kind = PARAM_BOOLEAN},
    CONFIGURATION_PARAMS,
    PARAMS_COMMON};
static const struct param redirect_params[] = {
    {.name = "return_url", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param completion_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = completions},
    {.name = "redirect", .kind = PARAM_OBJECT, .of = redirect_params},
    {.name = NULL}};
static const struct param flow_cancel_params[] = {
    {.name = "subscription", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const struct param flow_params[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = flows},
    {.name = "after_completion", .kind = PARAM_OBJECT, .of = completion_params},
    {.name = "subscription_cancel", .kind = PARAM_OBJECT, .of = flow_cancel_params},
    {.name = NULL}};
static const struct param session_params[] = {
    {.name = "customer", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "configuration", .kind = PARAM_TEXT},
    {.name = "flow_data", .kind = PARAM_OBJECT, .of = flow_params},
    {.name = "locale", .kind = PARAM_TEXT},
    {.name = "return_url", .kind = PARAM_TEXT},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "active", .kind = PARAM_BOOLEAN},
                                           {.name = "is_default", .kind = PARAM_BOOLEAN},
                                           PARAMS_COMMON};

/* --- configurations --- */

/* Objects merge into objects, everything else is replaced. */
static void merge(json_t *object, json_t *given) {
    const char *name;
    json_t *value;
    json_object_foreach(given, name, value) {
        json_t *own = json_object_get(object, name);
        if (json_is_object(own) && json_is_object(value)) {
            merge(own, value);
        } else {
            json_object_set(object, name, value);
        }
    }
}

static bool are_updates(struct call *call) {
    const json_t *features = json_object_get(call->params, "features");
    const json_t *given =
        json_object_get(json_object_get(features, "customer_update"), "allowed_updates");
    for (size_t i = 0; i < json_array_size(given); i++) {
        const char *word = json_string_value(json_array_get(given, i));
        bool is_known = false;
        for (size_t j = 0; updates[j] != NULL; j++) {
            is_known = is_known || strcmp(updates[j], word) == 0;
        }
        if (!is_known) {
            return fault_invalid(&call->world->fault, NULL,
                                 "features[customer_update][allowed_updates]",
                                 "Invalid allowed_updates: %.40s.", word);
        }
    }
    return true;
}

static void apply(struct call *call, json_t *configuration) {
    json_t *given = json_copy(call->params);
    json_object_del(given, "metadata");
    json_object_del(given, "expand");
    merge(configuration, given);
    json_decref(given);
    metadata_merge(configuration, call->params);
    set_i64(configuration, "updated", world_now(call->world, NULL));
    world_touch(call->world, configuration);
}

static json_t *create(struct call *call) {
    if (!are_updates(call)) {
        return NULL;
    }
    json_t *configuration = world_add(call->world, "billing_portal.configuration", NULL);
    apply(call, configuration);
    event_emit(call->world, "billing_portal.configuration.created", configuration);
    return json_incref(configuration);
}

static json_t *find(struct call *call) {
    return world_find(call->world, "billing_portal.configuration", call->id, "configuration");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *configuration = find(call);
    if (configuration == NULL || !are_updates(call)) {
        return NULL;
    }
    if (json_is_false(json_object_get(call->params, "active")) &&
        json_is_true(json_object_get(configuration, "is_default"))) {
        fault_invalid(&call->world->fault, NULL, "active",
                      "The default configuration cannot be deactivated.");
        return NULL;
    }
    apply(call, configuration);
    event_updated(call->world, "billing_portal.configuration.updated", configuration);
    return json_incref(configuration);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "billing_portal.configuration"};
    return list_answer(call, &query, "/v1/billing_portal/configurations");
}

/* The account's own: everything the page can do. */
static json_t *default_configuration(struct world *world) {
    static const char *const on[] = {"invoice_history", "payment_method_update",
                                     "subscription_cancel"};
    json_t *all = world_list(world, "billing_portal.configuration", NULL);
    json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(all) && found == NULL; i++) {
        json_t *one = json_array_get(all, i);
        found = json_is_true(json_object_get(one, "is_default")) ? one : NULL;
    }
    json_decref(all);
    if (found != NULL) {
        return found;
    }
    found = world_add(world, "billing_portal.configuration", NULL);
    set_bool(found, "is_default", true);
    set_i64(found, "updated", member_i64(found, "created"));
    for (size_t i = 0; i < ARRAY_LEN(on); i++) {
        set_bool(json_object_get(json_object_get(found, "features"), on[i]), "enabled", true);
    }
    return found;
}

/* --- sessions --- */

/* The flow as a session shows it; NULL with a fault. */
static json_t *flow_of(struct call *call) {
    struct world *world = call->world;
    json_t *given = json_object_get(call->params, "flow_data");
    const char *id = member(given, "subscription_cancel.subscription");
    bool cancels = member_is(given, "type", "subscription_cancel");
    json_t *subscription = NULL;
    if (cancels) {
        subscription =
            world_find(world, "subscription", id, "flow_data[subscription_cancel][subscription]");
        if (subscription == NULL) {
            return NULL;
        }
    }
    if (cancels && !member_is(subscription, "customer", param_text(call, "customer"))) {
        fault_invalid(&world->fault, NULL, "flow_data[subscription_cancel][subscription]",
                      "The subscription %s is not the customer's.", id);
        return NULL;
    }
    json_t *flow =
        json_pack("{s:{s:n, s:n, s:s}, s:n, s:n, s:n, s:n, s:n, s:s}", "after_completion",
                  "hosted_confirmation", "redirect", "type", "portal_homepage", "customer_update",
                  "subscription_cancel", "subscription_pause", "subscription_update",
                  "subscription_update_confirm", "type", member(given, "type"));
    merge(json_object_get(flow, "after_completion"), json_object_get(given, "after_completion"));
    if (cancels) {
        json_object_set_new(flow, "subscription_cancel",
                            json_pack("{s:n, s:s}", "retention", "subscription", id));
    }
    return flow;
}

static json_t *configuration_of(struct call *call) {
    const char *id = param_text(call, "configuration");
    json_t *configuration = id[0] == '\0' ? default_configuration(call->world)
                                          : world_find(call->world, "billing_portal.configuration",
                                                       id, "configuration");
    if (configuration != NULL && !json_is_true(json_object_get(configuration, "active"))) {
        fault_invalid(&call->world->fault, NULL, "configuration",
                      "The configuration %s is not active.", id);
        return NULL;
    }
    return configuration;
}

static bool is_return_url(struct call *call) {
    const char *url = param_text(call, "return_url");
    return url[0] == '\0' || strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0 ||
           fault_invalid(&call->world->fault, "url_invalid", "return_url", "Not a valid URL.");
}

static json_t *open(struct call *call) {
    struct world *world = call->world;
    json_t *customer = world_find(world, "customer", param_text(call, "customer"), "customer");
    json_t *configuration =
        customer == NULL || !is_return_url(call) ? NULL : configuration_of(call);
    if (configuration == NULL) {
        return NULL;
    }
    json_t *flow = param_given(call, "flow_data") ? flow_of(call) : json_null();
    if (flow == NULL) {
        return NULL;
    }
    json_t *session = world_add(world, "billing_portal.session", member(customer, "id"));
    set_text(session, "configuration", member(configuration, "id"));
    json_object_set_new(session, "flow", flow);
    set_text(session, "return_url", member(configuration, "default_return_url"));
    copy_params(session, call->params, (const char *const[]){"return_url", "locale", NULL});
    set_i64(session, "_opened_at", world_now(world, NULL));
    json_object_set_new(session, "url",
                        json_sprintf("%s/portal/%s", world->public_url, member(session, "id")));
    event_emit(world, "billing_portal.session.created", session);
    return json_incref(session);
}

bool portal_offers(struct world *world, const json_t *session, const char *feature) {
    const json_t *configuration = world_get(world, member(session, "configuration"));
    const json_t *features = json_object_get(configuration, "features");
    const char *flow = member(session, "flow.type");
    bool is_on = json_is_true(json_object_get(json_object_get(features, feature), "enabled"));
    return is_on && (flow[0] == '\0' || strcmp(flow, feature) == 0);
}

static const struct route routes[] = {
    {"POST", "/v1/billing_portal/configurations", create, create_params},
    {"GET", "/v1/billing_portal/configurations", list, list_params},
    {"GET", "/v1/billing_portal/configurations/:id", get, get_params},
    {"POST", "/v1/billing_portal/configurations/:id", update, update_params},
    {"POST", "/v1/billing_portal/sessions", open, session_params},
};
const struct route_list portal_routes = {routes, ARRAY_LEN(routes)};
