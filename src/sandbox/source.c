#include "sandbox/source.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/method.h"
#include "sandbox/resources.h"

static const struct param add_params[] = {
    {.name = "source", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "metadata", .kind = PARAM_MAP},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "exp_month", .kind = PARAM_INTEGER, .min = 1, .max = 12},
    {.name = "exp_year", .kind = PARAM_INTEGER, .min = 2000, .max = 2100},
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};

/* Networks had names of their own then. */
static const struct network {
    const char *brand, *name;
} networks[] = {
    {"visa", "Visa"},         {"mastercard", "MasterCard"}, {"amex", "American Express"},
    {"discover", "Discover"}, {"diners", "Diners Club"},    {"jcb", "JCB"},
    {"unionpay", "UnionPay"},
};

static const char *network_of(const char *brand) {
    for (size_t i = 0; i < ARRAY_LEN(networks); i++) {
        if (strcmp(networks[i].brand, brand) == 0) {
            return networks[i].name;
        }
    }
    return "Unknown";
}

static bool is_source(const json_t *method) {
    return method != NULL && member_is(method, "object", "payment_method") &&
           strncmp(member(method, "id"), "card_", 5) == 0;
}

bool source_is_of(struct world *world, const char *id, const char *customer) {
    const json_t *method = world_get(world, id);
    return is_source(method) && member_is(method, "customer", customer);
}

/* A method in the shape of a card; a new reference. */
static json_t *card_view(const json_t *method) {
    static const char *const nulls[] = {
        "address_city",  "address_country", "address_line1",       "address_line1_check",
        "address_line2", "address_state",   "address_zip",         "address_zip_check",
        "cvc_check",     "dynamic_last4",   "tokenization_method", "wallet"};
    json_t *details = json_object_get(method, "card");
    json_t *card = json_pack("{s:O, s:s, s:s, s:O, s:O}", "id", json_object_get(method, "id"),
                             "object", "card", "brand", network_of(member(details, "brand")),
                             "customer", json_object_get(method, "customer"), "metadata",
                             json_object_get(method, "metadata"));
    copy_params(card, details,
                (const char *const[]){"country", "exp_month", "exp_year", "fingerprint", "funding",
                                      "last4", "regulated_status", NULL});
    set_text(card, "name", member(method, "billing_details.name"));
    for (size_t i = 0; i < ARRAY_LEN(nulls); i++) {
        set_null(card, nulls[i]);
    }
    return card;
}

static void tell(struct world *world, const char *type, json_t *method) {
    json_t *card = card_view(method);
    event_emit(world, type, card);
    json_decref(card);
}

/* The method again, under the id of a card. */
static json_t *under_card_id(struct world *world, json_t *method) {
    char id[STORE_ID];
    (void)snprintf(id, sizeof id, "card_%.80s", member(method, "id") + 3);
    json_t *source = world_add_as(world, "payment_method", id);
    json_t *rest = json_copy(method);
    json_object_del(rest, "id");
    json_object_del(rest, "_seq");
    json_object_update(source, rest);
    json_decref(rest);
    world_remove(world, method);
    return source;
}

json_t *source_add(struct world *world, json_t *customer, const char *token) {
    json_t *method = method_of_source(world, token, "source");
    if (method == NULL) {
        return NULL;
    }
    if (member(method, "customer")[0] != '\0' || !member_is(method, "type", "card")) {
        fault_invalid(&world->fault, "token_already_used", "source",
                      "You cannot use a token more than once: %s.", token);
        return NULL;
    }
    json_t *source = under_card_id(world, method);
    if (method_attach(world, member(source, "id"), member(customer, "id"), "source") == NULL) {
        return NULL;
    }
    set_text(customer, "default_source", member(source, "id"));
    world_touch(world, customer);
    tell(world, "customer.source.created", source);
    return source;
}

static json_t *find(struct call *call) {
    json_t *method = world_get(call->world, call->id);
    if (!is_source(method) || !member_is(method, "customer", call->parent)) {
        world_missing(call->world, "source", "id", call->id);
        return NULL;
    }
    return method;
}

static json_t *add(struct call *call) {
    json_t *customer = world_find(call->world, "customer", call->parent, "customer");
    json_t *source =
        customer == NULL ? NULL : source_add(call->world, customer, param_text(call, "source"));
    if (source == NULL) {
        return NULL;
    }
    metadata_merge(source, call->params);
    event_updated(call->world, "customer.updated", customer);
    return card_view(source);
}

static json_t *get(struct call *call) {
    json_t *source = find(call);
    return source == NULL ? NULL : card_view(source);
}

static json_t *update(struct call *call) {
    json_t *source = find(call);
    if (source == NULL) {
        return NULL;
    }
    json_t *name = json_object_get(call->params, "name");
    copy_params(json_object_get(source, "card"), call->params,
                (const char *const[]){"exp_month", "exp_year", NULL});
    if (name != NULL) {
        json_object_set(json_object_get(source, "billing_details"), "name", name);
    }
    metadata_merge(source, call->params);
    world_touch(call->world, source);
    tell(call->world, "customer.source.updated", source);
    return card_view(source);
}

static json_t *remove_source(struct call *call) {
    struct world *world = call->world;
    json_t *source = find(call);
    if (source == NULL) {
        return NULL;
    }
    json_t *customer = world_get(world, call->parent);
    tell(world, "customer.source.deleted", source);
    if (member_is(customer, "default_source", call->id)) {
        set_null(customer, "default_source");
        world_touch(world, customer);
        event_updated(world, "customer.updated", customer);
    }
    world_remove(world, source);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "card", "deleted", 1);
}

static bool keeps(struct call *call, json_t *method) {
    (void)call;
    return is_source(method);
}

/* Takes `list`, of methods. */
static json_t *as_cards(json_t *list) {
    json_t *data = json_object_get(list, "data");
    for (size_t i = 0; i < json_array_size(data); i++) {
        json_array_set_new(data, i, card_view(json_array_get(data, i)));
    }
    return list;
}

static json_t *list(struct call *call) {
    char url[STORE_ID + 32];
    const struct list_query query = {
        .type = "payment_method", .customer = call->parent, .keeps = keeps};
    if (world_find(call->world, "customer", call->parent, "customer") == NULL) {
        return NULL;
    }
    (void)snprintf(url, sizeof url, "/v1/customers/%s/sources", call->parent);
    json_t *page = list_answer(call, &query, url);
    return page == NULL ? NULL : as_cards(page);
}

json_t *customer_sources(struct world *world, json_t *customer) {
    char url[STORE_ID + 32];
    json_t *methods = world_list(world, "payment_method", member(customer, "id"));
    json_t *sources = json_array();
    for (size_t i = 0; i < json_array_size(methods); i++) {
        if (is_source(json_array_get(methods, i))) {
            json_array_append(sources, json_array_get(methods, i));
        }
    }
    json_decref(methods);
    (void)snprintf(url, sizeof url, "/v1/customers/%s/sources", member(customer, "id"));
    return as_cards(list_of(sources, url));
}

static const struct route routes[] = {
    {"POST", "/v1/customers/:parent/sources", add, add_params},
    {"GET", "/v1/customers/:parent/sources", list, list_params},
    {"GET", "/v1/customers/:parent/sources/:id", get, get_params},
    {"POST", "/v1/customers/:parent/sources/:id", update, update_params},
    {"DELETE", "/v1/customers/:parent/sources/:id", remove_source, get_params},
};
const struct route_list source_routes = {routes, ARRAY_LEN(routes)};
