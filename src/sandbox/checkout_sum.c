/* What a checkout session comes to: the sums of an invoice drafted for the purpose and thrown away,
 * so that the page and what follows from it cannot disagree. */
#include "sandbox/checkout.h"
#include "sandbox/discount.h"
#include "sandbox/invoice.h"

const struct param checkout_discount_params[] = {{.name = "coupon", .kind = PARAM_TEXT},
                                                 {.name = "promotion_code", .kind = PARAM_TEXT},
                                                 {.name = NULL}};

bool checkout_item_returns(const json_t *item) {
    return json_is_object(json_object_get(json_object_get(item, "price"), "recurring"));
}

/* Redeems what the session was given, for `role`; the ids, a new array, NULL with a fault. */
static json_t *redeem(struct world *world, json_t *session, bool is_offered) {
    json_t *holder = json_pack("{s:O, s:[]}", "id", json_object_get(session, "id"), "discounts");
    const struct discount_owner owner = {
        .object = holder,
        .role = is_offered ? "_session" : "checkout_session",
        .customer = member(session, "customer"),
        .currency = member(session, "currency"),
        .amount = member_i64(session, "amount_subtotal"),
        .is_offered = is_offered,
    };
    bool is_well = discounts_set(world, &owner, json_object_get(session, "_given_discounts"));
    json_t *ids = is_well ? json_incref(json_object_get(holder, "discounts")) : NULL;
    json_decref(holder);
    return ids;
}

bool checkout_redeem(struct world *world, json_t *session) {
    json_t *ids = redeem(world, session, false);
    json_decref(ids);
    return ids != NULL;
}

/* A trial begins with nothing to pay for what returns. */
static bool is_free(const json_t *session, const json_t *item) {
    json_t *data = json_object_get(session, "_subscription_data");
    bool is_trial = json_object_get(data, "trial_period_days") != NULL ||
                    json_object_get(data, "trial_end") != NULL;
    return is_trial && checkout_item_returns(item);
}

/* The items that are paid now as the lines of a draft, to be removed when it has been read. */
static json_t *draft_of(struct world *world, const json_t *session, json_t *discounts) {
    const char *customer = member(session, "customer");
    json_t *items = json_object_get(session, "_items");
    json_t *draft =
        invoice_make(world, customer[0] == '\0' ? NULL : customer, member(session, "currency"));
    int64_t now = member_i64(draft, "created");
    json_object_set(draft, "discounts", discounts);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const struct line line = {
            .amount = is_free(session, item) ? 0 : member_i64(item, "amount_subtotal"),
            .period = {now, now},
            .price = json_object_get(item, "price"),
            .quantity = member_i64(item, "quantity"),
            .description = member(item, "description"),
        };
        invoice_add_line(world, draft, &line);
    }
    invoice_sum(world, draft);
    return draft;
}

/* Each item's share of the discount; the sum of all. */
static int64_t spread(json_t *session, const json_t *draft) {
    json_t *items = json_object_get(session, "_items");
    const json_t *lines = json_object_get(json_object_get(draft, "lines"), "data");
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *line = json_array_get(lines, i);
        json_t *item = json_array_get(items, i);
        int64_t discount = member_i64(line, "amount") - line_net(line);
        set_i64(item, "amount_discount", discount);
        set_i64(item, "amount_total", member_i64(item, "amount_subtotal") - discount);
        sum += discount;
    }
    return sum;
}

static int64_t subtotal_of(const json_t *session) {
    const json_t *items = json_object_get(session, "_items");
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        sum += is_free(session, item) ? 0 : member_i64(item, "amount_subtotal");
    }
    return sum;
}

static void drop(struct world *world, const json_t *ids) {
    for (size_t i = 0; i < json_array_size(ids); i++) {
        json_t *discount = world_get(world, json_string_value(json_array_get(ids, i)));
        if (discount != NULL) {
            world_remove(world, discount);
        }
    }
}

bool checkout_sum(struct world *world, json_t *session) {
    int64_t subtotal = subtotal_of(session);
    set_i64(session, "amount_subtotal", subtotal);
    json_t *ids = redeem(world, session, true);
    if (ids == NULL) {
        return false;
    }
    json_t *draft = draft_of(world, session, ids);
    int64_t discount = spread(session, draft);
    world_remove(world, draft);
    drop(world, ids);
    json_decref(ids);
    set_i64(session, "amount_total", subtotal - discount);
    json_object_set_new(session, "total_details",
                        json_pack("{s:I, s:i, s:i}", "amount_discount", (json_int_t)discount,
                                  "amount_shipping", 0, "amount_tax", 0));
    set_text(session, "payment_status", subtotal == discount ? "no_payment_required" : "unpaid");
    return true;
}

bool checkout_discounts_read(struct call *call, json_t *session) {
    struct fault *fault = &call->world->fault;
    json_t *given = json_object_get(call->params, "discounts");
    if (given == NULL) {
        return true;
    }
    if (member_is(session, "mode", "setup")) {
        return fault_invalid(fault, NULL, "discounts",
                             "You may not pass discounts in `setup` mode.");
    }
    if (json_is_true(json_object_get(call->params, "allow_promotion_codes"))) {
        return fault_invalid(fault, "parameters_exclusive", "discounts",
                             "You may only specify one of these parameters: "
                             "allow_promotion_codes, discounts.");
    }
    if (json_array_size(given) > 1) {
        return fault_invalid(fault, NULL, "discounts",
                             "A Checkout Session takes one coupon or promotion code.");
    }
    const json_t *one = json_array_get(given, 0);
    json_t *shown = json_pack("{s:n, s:n}", "coupon", "promotion_code");
    set_text(shown, "coupon", member(one, "coupon"));
    set_text(shown, "promotion_code", member(one, "promotion_code"));
    json_object_set_new(session, "discounts", one == NULL ? json_array() : json_pack("[O]", shown));
    json_decref(shown);
    json_object_set(session, "_given_discounts", given);
    return true;
}
