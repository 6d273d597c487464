/* How much each discount takes from each line; see discount.h for the rules. */
#include "sandbox/discount.h"

#include <string.h>

#include "sandbox/arith.h"
#include "sandbox/billing.h"
#include "sandbox/decimal.h"
#include "sandbox/subscription_item.h"

enum { LINES_MAX = 1000 };

/* What a discount may still take from each of some lines. */
struct shares {
    size_t count;
    int64_t left[LINES_MAX];
    int64_t taken[LINES_MAX];
};

static json_t *lines_of(const json_t *invoice) {
    return json_object_get(json_object_get(invoice, "lines"), "data");
}

int64_t line_net(const json_t *line) {
    int64_t net = member_i64(line, "amount");
    json_t *amounts = json_object_get(line, "discount_amounts");
    for (size_t i = 0; i < json_array_size(amounts); i++) {
        net -= member_i64(json_array_get(amounts, i), "amount");
    }
    return net;
}

static int64_t amount_off(const json_t *coupon, const char *currency) {
    const json_t *option = json_object_get(json_object_get(coupon, "currency_options"), currency);
    return option != NULL && !member_is(coupon, "currency", currency)
               ? member_i64(option, "amount_off")
               : member_i64(coupon, "amount_off");
}

/* Parts of an amount by share, rounded down; what is left over goes to the last with room. */
static void share_amount(struct shares *shares, int64_t amount) {
    int64_t whole = 0;
    for (size_t i = 0; i < shares->count; i++) {
        whole += shares->left[i];
    }
    int64_t rest = amount < whole ? amount : whole;
    int64_t spread = rest;
    for (size_t i = 0; whole > 0 && i < shares->count; i++) {
        shares->taken[i] = (int64_t)((i128)spread * shares->left[i] / whole);
        rest -= shares->taken[i];
    }
    for (size_t i = shares->count; i-- > 0 && rest > 0;) {
        int64_t room = shares->left[i] - shares->taken[i];
        int64_t more = rest < room ? rest : room;
        shares->taken[i] += more;
        rest -= more;
    }
}

static void share(struct shares *shares, const json_t *coupon, const char *currency) {
    int64_t percent = member_i64(coupon, "_percent");
    if (percent == 0) {
        share_amount(shares, amount_off(coupon, currency));
        return;
    }
    for (size_t i = 0; i < shares->count; i++) {
        shares->taken[i] = prorate(shares->left[i], percent, PERCENT_WHOLE);
    }
}

static bool covers_product(const json_t *coupon, const char *product) {
    json_t *products = json_object_get(json_object_get(coupon, "applies_to"), "products");
    for (size_t i = 0; i < json_array_size(products); i++) {
        if (strcmp(json_string_value(json_array_get(products, i)), product) == 0) {
            return true;
        }
    }
    return products == NULL;
}

/* Lines that are discountable, cost something, and are of a product that the coupon is for. */
static bool covers(const json_t *coupon, const json_t *line) {
    return json_is_true(json_object_get(line, "discountable")) && line_net(line) > 0 &&
           covers_product(coupon, member(line, "pricing.price_details.product"));
}

static json_t *amount_entry(const char *discount, int64_t amount) {
    return json_pack("{s:I, s:s}", "amount", (json_int_t)amount, "discount", discount);
}

/* Takes one discount from `lines`, all of them or only the one given. */
static void take(struct world *world, const char *id, json_t *lines, const json_t *only) {
    const json_t *discount = world_get(world, id);
    const json_t *coupon = json_object_get(discount, "_coupon");
    const char *currency = member(json_array_get(lines, 0), "currency");
    struct shares shares = {.count = 0};
    json_t *covered[LINES_MAX];
    for (size_t i = 0; i < json_array_size(lines) && shares.count < LINES_MAX; i++) {
        json_t *line = json_array_get(lines, i);
        if ((only == NULL || only == line) && covers(coupon, line)) {
            covered[shares.count] = line;
            shares.left[shares.count++] = line_net(line);
        }
    }
    share(&shares, coupon, currency);
    for (size_t i = 0; i < shares.count; i++) {
        json_array_append_new(json_object_get(covered[i], "discount_amounts"),
                              amount_entry(id, shares.taken[i]));
    }
}

static void add_total(json_t *totals, const char *id, int64_t amount) {
    for (size_t i = 0; i < json_array_size(totals); i++) {
        json_t *total = json_array_get(totals, i);
        if (member_is(total, "discount", id)) {
            set_i64(total, "amount", member_i64(total, "amount") + amount);
            return;
        }
    }
    json_array_append_new(totals, amount_entry(id, amount));
}

static void sum_totals(json_t *invoice) {
    json_t *totals = json_array();
    json_t *own = json_object_get(invoice, "discounts");
    for (size_t i = 0; i < json_array_size(own); i++) {
        add_total(totals, json_string_value(json_array_get(own, i)), 0);
    }
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *amounts = json_object_get(json_array_get(lines, i), "discount_amounts");
        for (size_t j = 0; j < json_array_size(amounts); j++) {
            const json_t *entry = json_array_get(amounts, j);
            add_total(totals, member(entry, "discount"), member_i64(entry, "amount"));
        }
    }
    json_object_set_new(invoice, "total_discount_amounts", totals);
}

/* A line's own discounts come first, then the invoice's, in their order. */
void discounts_spread(struct world *world, json_t *invoice) {
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        json_t *own = json_object_get(line, "discounts");
        json_object_set_new(line, "discount_amounts", json_array());
        for (size_t j = 0; j < json_array_size(own); j++) {
            take(world, json_string_value(json_array_get(own, j)), lines, line);
        }
    }
    json_t *discounts = json_object_get(invoice, "discounts");
    for (size_t i = 0; i < json_array_size(discounts); i++) {
        take(world, json_string_value(json_array_get(discounts, i)), lines, NULL);
    }
    sum_totals(invoice);
}

/* The subscription's items as lines of an invoice that nobody sees. */
static json_t *imagine(json_t *subscription) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    json_t *lines = json_array();
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        const json_t *price = item_price(item);
        json_array_append_new(
            lines, json_pack("{s:I, s:s, s:b, s:O?, s:{s:{s:s}}}", "amount",
                             (json_int_t)price_amount(price, member_i64(item, "quantity")),
                             "currency", member(subscription, "currency"), "discountable", 1,
                             "discounts", json_object_get(item, "discounts"), "pricing",
                             "price_details", "product", member(price, "product")));
    }
    return json_pack("{s:O, s:{s:o}}", "discounts", json_object_get(subscription, "discounts"),
                     "lines", "data", lines);
}

int64_t discounts_item_net(struct world *world, json_t *subscription, json_t *item) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    json_t *invoice = imagine(subscription);
    discounts_spread(world, invoice);
    int64_t net = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (json_array_get(items, i) == item) {
            net = line_net(json_array_get(lines_of(invoice), i));
        }
    }
    json_decref(invoice);
    return net;
}
