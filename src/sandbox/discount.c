/* Redeeming coupons and codes, and using them up. The arithmetic is in discount_spread.c. */
#include "sandbox/discount.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sandbox/arith.h"
#include "sandbox/billing.h"

enum { DISCOUNTS_MAX = 20 };

const struct param discount_params[] = {{.name = "coupon", .kind = PARAM_TEXT},
                                        {.name = "discount", .kind = PARAM_TEXT},
                                        {.name = "promotion_code", .kind = PARAM_TEXT},
                                        {.name = NULL}};

/* One redemption on its way: where in the parameters it stands, of what. */
struct redemption {
    const struct discount_owner *owner;
    char param[64];
    int64_t now;
};

static bool fits_currency(struct world *world, const struct redemption *redemption,
                          json_t *coupon) {
    const char *currency = redemption->owner->currency;
    bool is_amount = json_is_integer(json_object_get(coupon, "amount_off"));
    json_t *options = json_object_get(coupon, "currency_options");
    bool fits = !is_amount || currency[0] == '\0' || member_is(coupon, "currency", currency) ||
                json_object_get(options, currency) != NULL;
    return fits || fault_invalid(&world->fault, NULL, redemption->param,
                                 "The coupon's currency (%s) does not match the currency of what "
                                 "it is applied to (%s).",
                                 member(coupon, "currency"), currency);
}

static bool is_redeemable(struct world *world, const struct redemption *redemption,
                          json_t *coupon) {
    json_t *by = json_object_get(coupon, "redeem_by");
    coupon_refresh(coupon, redemption->now);
    if (json_is_integer(by) && json_integer_value(by) <= redemption->now) {
        return fault_invalid(&world->fault, "coupon_expired", redemption->param,
                             "Coupon expired: %s", member(coupon, "id"));
    }
    if (!json_is_true(json_object_get(coupon, "valid"))) {
        return fault_invalid(&world->fault, NULL, redemption->param,
                             "Coupon %s is used up and cannot be applied.", member(coupon, "id"));
    }
    return fits_currency(world, redemption, coupon);
}

/* A customer who has paid before is no first-timer. */
static bool has_paid(struct world *world, const char *customer) {
    json_t *all = world_list(world, "invoice", customer);
    bool has = false;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *invoice = json_array_get(all, i);
        has =
            has || (member_is(invoice, "status", "paid") && member_i64(invoice, "amount_paid") > 0);
    }
    json_decref(all);
    return has;
}

static int64_t minimum_of(const json_t *restrictions, const char *currency) {
    json_t *options = json_object_get(restrictions, "currency_options");
    const json_t *option = json_object_get(options, currency);
    bool is_own = strcasecmp(member(restrictions, "minimum_amount_currency"), currency) == 0;
    return is_own           ? member_i64(restrictions, "minimum_amount")
           : option != NULL ? member_i64(option, "minimum_amount")
                            : 0;
}

static bool meets_restrictions(struct world *world, const struct redemption *redemption,
                               json_t *code) {
    const struct discount_owner *owner = redemption->owner;
    json_t *restrictions = json_object_get(code, "restrictions");
    const char *customer = member(code, "customer");
    if (customer[0] != '\0' && strcmp(customer, owner->customer) != 0) {
        return fault_invalid(&world->fault, NULL, redemption->param,
                             "This promotion code cannot be redeemed by this customer.");
    }
    if (json_is_true(json_object_get(restrictions, "first_time_transaction")) &&
        has_paid(world, owner->customer)) {
        return fault_invalid(&world->fault, NULL, redemption->param,
                             "This promotion code cannot be redeemed because the associated "
                             "customer has prior transactions.");
    }
    if (owner->amount >= 0 && owner->amount < minimum_of(restrictions, owner->currency)) {
        return fault_invalid(&world->fault, NULL, redemption->param,
                             "This promotion code cannot be redeemed because the minimum amount "
                             "is not met.");
    }
    return true;
}

static bool is_code_open(struct world *world, const struct redemption *redemption, json_t *code) {
    json_t *expires = json_object_get(code, "expires_at");
    json_t *most = json_object_get(code, "max_redemptions");
    bool is_late = json_is_integer(expires) && json_integer_value(expires) <= redemption->now;
    bool is_used_up =
        json_is_integer(most) && member_i64(code, "times_redeemed") >= json_integer_value(most);
    bool is_open = json_is_true(json_object_get(code, "active")) && !is_late && !is_used_up;
    return is_open ? meets_restrictions(world, redemption, code)
                   : fault_invalid(&world->fault, NULL, redemption->param,
                                   "This promotion code is expired or no longer active.");
}

static void count(struct world *world, const struct redemption *redemption, json_t *document) {
    if (redemption->owner->is_offered) {
        return;
    }
    set_i64(document, "times_redeemed", member_i64(document, "times_redeemed") + 1);
    world_touch(world, document);
}

static json_t *discount_make(struct world *world, const struct redemption *redemption,
                             json_t *coupon, const char *code) {
    json_t *discount = world_add(world, "discount", redemption->owner->customer);
    set_i64(discount, "start", redemption->now);
    set_text(discount, "promotion_code", code);
    set_text(discount, redemption->owner->role, member(redemption->owner->object, "id"));
    set_text(json_object_get(discount, "source"), "coupon", member(coupon, "id"));
    json_object_set_new(discount, "_coupon", json_deep_copy(coupon));
    json_object_set_new(discount, "_order", json_integer(member_i64(discount, "_seq")));
    if (member_is(coupon, "duration", "repeating")) {
        struct interval month = {INTERVAL_MONTH, 1, 0};
        set_i64(discount, "end",
                anchor_plus(redemption->now, month, member_i64(coupon, "duration_in_months")));
    }
    count(world, redemption, coupon);
    return discount;
}

/* The discount of a promotion code; NULL with a fault. */
static json_t *redeem_code(struct world *world, const struct redemption *redemption,
                           const char *id) {
    json_t *code = world_find(world, "promotion_code", id, redemption->param);
    if (code == NULL || !is_code_open(world, redemption, code)) {
        return NULL;
    }
    json_t *coupon =
        world_find(world, "coupon", member(code, "promotion.coupon"), redemption->param);
    if (coupon == NULL || !is_redeemable(world, redemption, coupon)) {
        return NULL;
    }
    count(world, redemption, code);
    return discount_make(world, redemption, coupon, id);
}

static json_t *redeem_coupon(struct world *world, const struct redemption *redemption,
                             const char *id) {
    json_t *coupon = world_find(world, "coupon", id, redemption->param);
    if (coupon == NULL || !is_redeemable(world, redemption, coupon)) {
        return NULL;
    }
    return discount_make(world, redemption, coupon, NULL);
}

/* One element of `discounts`: exactly one of its three members names what it is. */
static json_t *redeem(struct world *world, struct redemption *redemption, json_t *given,
                      size_t index) {
    const char *coupon = member(given, "coupon");
    const char *code = member(given, "promotion_code");
    const char *discount = member(given, "discount");
    int named = (coupon[0] != '\0') + (code[0] != '\0') + (discount[0] != '\0');
    const char *what = coupon[0] != '\0' ? "coupon"
                       : code[0] != '\0' ? "promotion_code"
                                         : "discount";
    (void)snprintf(redemption->param, sizeof redemption->param, "discounts[%zu][%s]", index, what);
    if (named != 1) {
        fault_invalid(&world->fault, named == 0 ? "parameter_missing" : "parameters_exclusive",
                      redemption->param,
                      "You must specify exactly one of coupon, discount and promotion_code in "
                      "discounts[%zu].",
                      index);
        return NULL;
    }
    if (discount[0] != '\0') {
        return world_find(world, "discount", discount, redemption->param);
    }
    return coupon[0] != '\0' ? redeem_coupon(world, redemption, coupon)
                             : redeem_code(world, redemption, code);
}

static bool has_text(const json_t *array, const char *text) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (strcmp(json_string_value(json_array_get(array, i)), text) == 0) {
            return true;
        }
    }
    return false;
}

/* The discount is over for its owner. */
static void discount_end(struct world *world, const char *id) {
    json_t *discount = world_get(world, id);
    if (discount != NULL) {
        event_emit(world, "customer.discount.deleted", discount);
    }
}

static void end_missing(struct world *world, const json_t *before, const json_t *after) {
    for (size_t i = 0; i < json_array_size(before); i++) {
        const char *id = json_string_value(json_array_get(before, i));
        if (!has_text(after, id)) {
            discount_end(world, id);
        }
    }
}

/* Subscriptions' discounts are told of; those of one invoice are part of it. */
static bool is_told(const struct discount_owner *owner) {
    return strcmp(owner->role, "subscription") == 0;
}

bool discounts_set(struct world *world, const struct discount_owner *owner, json_t *given) {
    struct redemption redemption = {.owner = owner, .now = world_now(world, owner->customer)};
    if (given == NULL) {
        return true;
    }
    if (json_array_size(given) > DISCOUNTS_MAX) {
        return fault_invalid(&world->fault, NULL, "discounts",
                             "You can apply at most %d discounts.", DISCOUNTS_MAX);
    }
    json_t *ids = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *discount = redeem(world, &redemption, json_array_get(given, i), i);
        if (discount == NULL) {
            json_decref(ids);
            return false;
        }
        json_array_append(ids, json_object_get(discount, "id"));
        bool is_new =
            json_object_get(json_object_get(world->shown, member(discount, "id")), "id") == NULL;
        if (is_new && is_told(owner)) {
            event_emit(world, "customer.discount.created", discount);
        }
    }
    if (is_told(owner)) {
        end_missing(world, json_object_get(owner->object, "discounts"), ids);
    }
    json_object_set_new(owner->object, "discounts", ids);
    return true;
}

static bool still_runs(struct world *world, const json_t *discount, int64_t now) {
    json_t *end = json_object_get(discount, "end");
    (void)world;
    return discount != NULL && (!json_is_integer(end) || json_integer_value(end) > now);
}

static void remove_from(struct world *world, json_t *owner, const char *id) {
    json_t *ids = json_object_get(owner, "discounts");
    for (size_t i = json_array_size(ids); i-- > 0;) {
        if (strcmp(json_string_value(json_array_get(ids, i)), id) == 0) {
            discount_end(world, id);
            json_array_remove(ids, i);
            world_touch(world, owner);
        }
    }
}

/* A customer's discount counts where the subscription has none. */
static void add_customers_own(struct world *world, const json_t *invoice, json_t *kept,
                              int64_t now) {
    json_t *customer = world_get(world, member(invoice, "customer"));
    const char *id = member(customer, "discount.id");
    if (id[0] == '\0') {
        return;
    }
    if (still_runs(world, world_get(world, id), now)) {
        json_array_append_new(kept, json_string(id));
    } else {
        (void)customer_coupon_set(world, customer, json_null());
    }
}

void discounts_inherit(struct world *world, json_t *invoice, json_t *subscription) {
    int64_t now = member_i64(invoice, "created");
    json_t *ids = json_copy(json_object_get(subscription, "discounts"));
    json_t *kept = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        json_t *id = json_array_get(ids, i);
        if (still_runs(world, world_get(world, json_string_value(id)), now)) {
            json_array_append(kept, id);
        } else {
            remove_from(world, subscription, json_string_value(id));
        }
    }
    json_decref(ids);
    if (json_array_size(kept) == 0) {
        add_customers_own(world, invoice, kept, now);
    }
    json_object_set_new(invoice, "discounts", kept);
}

/* The discounts that took something from this invoice. */
static bool took_something(const json_t *invoice, const char *id) {
    json_t *totals = json_object_get(invoice, "total_discount_amounts");
    for (size_t i = 0; i < json_array_size(totals); i++) {
        const json_t *total = json_array_get(totals, i);
        if (member_is(total, "discount", id) && member_i64(total, "amount") > 0) {
            return true;
        }
    }
    return false;
}

bool discounts_consume(struct world *world, json_t *invoice) {
    json_t *ids = json_copy(json_object_get(invoice, "discounts"));
    json_t *subscription =
        world_get(world, member(invoice, "parent.subscription_details.subscription"));
    bool is_changed = false;
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        json_t *discount = world_get(world, id);
        bool counts_once = discount != NULL && member_is(discount, "_coupon.duration", "once") &&
                           took_something(invoice, id);
        if (!counts_once) {
            continue;
        }
        if (member(discount, "_used_by")[0] != '\0') {
            json_array_remove(json_object_get(invoice, "discounts"), i - (is_changed ? 1 : 0));
            is_changed = true;
            continue;
        }
        set_text(discount, "_used_by", member(invoice, "id"));
        world_touch(world, discount);
        if (subscription != NULL) {
            remove_from(world, subscription, id);
        }
        json_t *customer = world_get(world, member(invoice, "customer"));
        if (member_is(customer, "discount.id", id)) {
            (void)customer_coupon_set(world, customer, json_null());
        }
    }
    json_decref(ids);
    return is_changed;
}
