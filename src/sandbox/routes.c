/* The route table: every resource's routes, and the matching of paths. */
#include "sandbox/resources.h"

#include <stdio.h>

#include "base/check.h"

static const struct route_list *const lists[] = {
    &charge_routes,
    &checkout_routes,
    &customer_routes,
    &discount_routes,
    &event_destination_routes,
    &event_routes,
    &event_v2_routes,
    &payment_link_routes,
    &payout_routes,
    &preview_routes,
    &invoice_routes,
    &payment_intent_routes,
    &payment_method_routes,
    &price_routes,
    &product_routes,
    &setup_intent_routes,
    &source_routes,
    &subscription_routes,
    &subscription_items_routes,
    &subscription_schedule_routes,
    &test_clock_routes,
    &trouble_routes,
    &webhook_endpoint_routes,
    &coupon_routes,
    &credit_note_routes,
    &customer_balance_routes,
    &promotion_code_routes,
    &invoiceitem_routes,
    &plan_routes,
    &meter_routes,
    &credit_balance_routes,
    &credit_grant_routes,
    &meter_event_routes,
    &meter_v2_routes,
    &tax_id_routes,
    &tax_rate_routes,
    &tax_settings_routes,
    &balance_routes,
    &cash_routes,
    &dispute_routes,
    &mandate_routes,
    &quote_routes,
    &refund_routes,
    &portal_routes,
};

static bool take_id(struct str given, char ret_id[STORE_ID]) {
    bool is_id =
        given.len > 0 && given.len < STORE_ID &&
        str_only(given, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");
    if (is_id) {
        (void)snprintf(ret_id, STORE_ID, STR_FMT, STR_ARG(given));
    }
    return is_id;
}

/* Walks pattern and path together; ":id" and ":parent" take one non-empty segment. */
static bool matches(struct str pattern, struct str path, struct route_ids *ret_ids) {
    struct route_ids ids = {"", ""};
    while (pattern.len > 0 && path.len > 0) {
        struct str wanted = str_cut(&pattern, '/');
        struct str given = str_cut(&path, '/');
        bool fits = str_equal(wanted, STR(":id"))       ? take_id(given, ids.id)
                    : str_equal(wanted, STR(":parent")) ? take_id(given, ids.parent)
                                                        : str_equal(wanted, given);
        if (!fits) {
            return false;
        }
    }
    if (pattern.len > 0 || path.len > 0) {
        return false;
    }
    *ret_ids = ids;
    return true;
}

const struct route *sandbox_route_find(struct str method, struct str path,
                                       struct route_ids *ret_ids) {
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct route *route = &lists[i]->routes[j];
            if (str_equal(method, str_from_cstr(route->method)) &&
                matches(str_from_cstr(route->path), path, ret_ids)) {
                return route;
            }
        }
    }
    return NULL;
}

json_t *route_call(struct world *world, const char *method, const char *path, json_t *params) {
    struct route_ids ids;
    const struct route *route =
        sandbox_route_find(str_from_cstr(method), str_from_cstr(path), &ids);
    check(route != NULL);
    struct call call = {.world = world, .params = params, .id = ids.id, .parent = ids.parent};
    return route->handle(&call);
}
