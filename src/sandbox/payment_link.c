/* /v1/payment_links, and "/link/ID": an address that makes a checkout session for whoever opens it
 * and leads to its page. */
#include <stdio.h>

#include "sandbox/pages.h"
#include "sandbox/resources.h"

enum { ITEMS_MAX = 20, QUANTITY_MAX = 999999 };

static const struct param item_params[] = {
    {.name = "price", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "quantity",
     .kind = PARAM_INTEGER,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = QUANTITY_MAX},
    {.name = NULL}};
static const struct param create_params[] = {
    {.name = "line_items", .kind = PARAM_LIST, .flags = PARAM_REQUIRED, .of = item_params},
    {.name = "allow_promotion_codes", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "active", .kind = PARAM_BOOLEAN},
    {.name = "allow_promotion_codes", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE, {.name = "active", .kind = PARAM_BOOLEAN}, PARAMS_COMMON};

static void apply(struct call *call, json_t *link) {
    copy_params(link, call->params, (const char *const[]){"active", "allow_promotion_codes", NULL});
    metadata_merge(link, call->params);
    world_touch(call->world, link);
}

/* One recurring price makes the link one for subscriptions. */
static bool take_items(struct call *call, json_t *link) {
    struct world *world = call->world;
    json_t *items = json_object_get(call->params, "line_items");
    bool is_recurring = false;
    if (json_array_size(items) == 0 || json_array_size(items) > ITEMS_MAX) {
        return fault_invalid(&world->fault, "parameter_missing", "line_items",
                             "A payment link has one to %d line items.", ITEMS_MAX);
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        char param[48];
        (void)snprintf(param, sizeof param, "line_items[%zu][price]", i);
        json_t *price =
            world_find(world, "price", member(json_array_get(items, i), "price"), param);
        if (price == NULL) {
            return false;
        }
        set_text(link, "currency", member(price, "currency"));
        is_recurring = is_recurring || member_is(price, "type", "recurring");
    }
    json_object_set(link, "_items", items);
    set_text(link, "_mode", is_recurring ? "subscription" : "payment");
    return true;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *link = world_add(world, "payment_link", NULL);
    if (!take_items(call, link)) {
        return NULL;
    }
    json_object_set_new(link, "url",
                        json_sprintf("%s/link/%s", world->public_url, member(link, "id")));
    apply(call, link);
    event_emit(world, "payment_link.created", link);
    return json_incref(link);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "payment_link", call->id, "id"));
}

static json_t *update(struct call *call) {
    json_t *link = world_find(call->world, "payment_link", call->id, "id");
    if (link == NULL) {
        return NULL;
    }
    apply(call, link);
    event_updated(call->world, "payment_link.updated", link);
    return json_incref(link);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "payment_link"};
    return list_answer(call, &query, "/v1/payment_links");
}

/* The API's own way to make a session: the same checks, the same events. */
static json_t *open_session(struct world *world, const json_t *link) {
    struct route_ids ids;
    const struct route *route = sandbox_route_find(STR("POST"), STR("/v1/checkout/sessions"), &ids);
    json_t *params = json_pack("{s:s, s:O, s:s}", "mode", member(link, "_mode"), "line_items",
                               json_object_get(link, "_items"), "success_url", world->public_url);
    struct call call = {.world = world, .params = params, .id = "", .parent = ""};
    json_t *session = route == NULL ? NULL : route->handle(&call);
    json_decref(params);
    return session;
}

int page_link(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *link = world_get(world, turn->id);
    if (link == NULL || !member_is(link, "object", "payment_link")) {
        return 404;
    }
    json_t *session =
        json_is_true(json_object_get(link, "active")) ? open_session(world, link) : NULL;
    if (session == NULL) {
        html(&turn->out, "<h1>This link cannot be used</h1><p class=\"problem\">");
        html_text(&turn->out,
                  world->fault.status == 0 ? "It has been deactivated." : world->fault.message);
        html(&turn->out, "</p>");
        return 400;
    }
    set_text(session, "payment_link", turn->id);
    (void)snprintf(turn->location, sizeof turn->location, "%s", member(session, "url"));
    world_touch(world, session);
    json_decref(session);
    return 303;
}

static const struct route routes[] = {
    {"POST", "/v1/payment_links", create, create_params},
    {"GET", "/v1/payment_links", list, list_params},
    {"GET", "/v1/payment_links/:id", get, get_params},
    {"POST", "/v1/payment_links/:id", update, update_params},
};
const struct route_list payment_link_routes = {routes, ARRAY_LEN(routes)};
