/* The route table: every resource's routes, and the matching of paths. */
#include "sandbox/resources.h"

#include <stdio.h>

static const struct route_list *const lists[] = {
    &charge_routes,     &checkout_routes,         &customer_routes,       &event_routes,
    &preview_routes,    &invoice_routes,          &payment_intent_routes, &payment_method_routes,
    &price_routes,      &product_routes,          &setup_intent_routes,   &subscription_routes,
    &test_clock_routes, &webhook_endpoint_routes,
};

/* Walks pattern and path together; ":id" takes one non-empty segment. */
static bool matches(struct str pattern, struct str path, char ret_id[STORE_ID]) {
    struct str id = {NULL, 0};
    while (pattern.len > 0 && path.len > 0) {
        struct str wanted = str_cut(&pattern, '/');
        struct str given = str_cut(&path, '/');
        if (str_equal(wanted, STR(":id"))) {
            id = given;
        } else if (!str_equal(wanted, given)) {
            return false;
        }
    }
    bool is_id = id.bytes == NULL ||
                 (id.len > 0 && id.len < STORE_ID &&
                  str_only(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"));
    if (pattern.len > 0 || path.len > 0 || !is_id) {
        return false;
    }
    (void)snprintf(ret_id, STORE_ID, STR_FMT, STR_ARG(id));
    return true;
}

const struct route *sandbox_route_find(struct str method, struct str path, char ret_id[STORE_ID]) {
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct route *route = &lists[i]->routes[j];
            if (str_equal(method, str_from_cstr(route->method)) &&
                matches(str_from_cstr(route->path), path, ret_id)) {
                return route;
            }
        }
    }
    return NULL;
}
