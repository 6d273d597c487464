/* Billing credits on invoices. Grants are used up in the order that Stripe gives: by priority, by
 * the sooner end, promotional ones before paid ones, by the earlier start, by age. */
#include "sandbox/credit_grant.h"

#include <string.h>

#include "base/json.h"
#include "sandbox/discount.h"
#include "sandbox/subscription_item.h"

bool credit_is_available(const json_t *grant, int64_t now) {
    return !json_is_integer(json_object_get(grant, "voided_at")) &&
           member_i64(grant, "effective_at") <= now &&
           json_i64(grant, "expires_at", STORE_NEVER) > now;
}

bool credit_covers(const json_t *grant, const json_t *price) {
    const json_t *scope = json_object_get(json_object_get(grant, "applicability_config"), "scope");
    json_t *prices = json_object_get(scope, "prices");
    for (size_t i = 0; i < json_array_size(prices); i++) {
        if (member_is(json_array_get(prices, i), "id", member(price, "id"))) {
            return true;
        }
    }
    return prices == NULL;
}

/* --- the order --- */

/* What a grant is ordered by, the weightiest first. */
struct rank {
    int64_t by[5];
};

static struct rank rank_of(const json_t *grant) {
    return (struct rank){{
        member_i64(grant, "priority"),
        json_i64(grant, "expires_at", STORE_NEVER),
        member_is(grant, "category", "promotional") ? 0 : 1,
        member_i64(grant, "effective_at"),
        member_i64(grant, "_seq"),
    }};
}

static bool is_before(const json_t *a, const json_t *b) {
    struct rank left = rank_of(a);
    struct rank right = rank_of(b);
    for (size_t i = 0; i < ARRAY_LEN(left.by); i++) {
        if (left.by[i] != right.by[i]) {
            return left.by[i] < right.by[i];
        }
    }
    return false;
}

static bool is_usable(const json_t *grant, const json_t *invoice, int64_t now) {
    return member_i64(grant, "_left") > 0 && credit_is_available(grant, now) &&
           member_is(grant, "amount.monetary.currency", member(invoice, "currency"));
}

/* The grants that the invoice may draw on, in their order; a new array. */
static json_t *usable_grants(struct world *world, const json_t *invoice) {
    const char *customer = member(invoice, "customer");
    int64_t now = world_now(world, customer);
    json_t *all = world_list(world, "billing.credit_grant", customer);
    json_t *ordered = json_array();
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *grant = json_array_get(all, i);
        size_t at = 0;
        while (at < json_array_size(ordered) && is_before(json_array_get(ordered, at), grant)) {
            at++;
        }
        if (is_usable(grant, invoice, now)) {
            json_array_insert(ordered, at, grant);
        }
    }
    json_decref(all);
    return ordered;
}

/* --- lines --- */

static json_t *lines_of(const json_t *invoice) {
    return json_object_get(json_object_get(invoice, "lines"), "data");
}

int64_t line_credits(const json_t *line) {
    int64_t sum = 0;
    json_t *credits = json_object_get(line, "_credits");
    for (size_t i = 0; i < json_array_size(credits); i++) {
        sum += member_i64(json_array_get(credits, i), "amount");
    }
    return sum;
}

static void take(struct world *world, const json_t *invoice, json_t *line, json_t *grant) {
    int64_t owed = line_net(line) - line_credits(line);
    int64_t left = member_i64(grant, "_left");
    int64_t amount = owed < left ? owed : left;
    if (amount <= 0 || !credit_covers(grant, json_object_get(line, "_price"))) {
        return;
    }
    const json_t *transaction = credit_move(world, grant,
                                            &(struct credit_move){.type = "credits_applied",
                                                                  .amount = -amount,
                                                                  .invoice = member(invoice, "id"),
                                                                  .line = member(line, "id")});
    json_array_append_new(json_object_get(line, "_credits"),
                          json_pack("{s:I, s:s, s:s}", "amount", (json_int_t)amount, "transaction",
                                    member(transaction, "id"), "grant", member(grant, "id")));
}

bool credits_apply(struct world *world, json_t *invoice) {
    json_t *lines = lines_of(invoice);
    json_t *grants = usable_grants(world, invoice);
    bool is_drawn_on = json_array_size(grants) > 0;
    for (size_t i = 0; is_drawn_on && i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        if (!price_is_metered(json_object_get(line, "_price"))) {
            continue;
        }
        json_object_set_new(line, "_credits", json_array());
        for (size_t j = 0; j < json_array_size(grants); j++) {
            take(world, invoice, line, json_array_get(grants, j));
        }
    }
    json_decref(grants);
    return is_drawn_on;
}

void credits_return(struct world *world, json_t *invoice) {
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        json_t *credits = json_object_get(line, "_credits");
        for (size_t j = 0; j < json_array_size(credits); j++) {
            const json_t *credit = json_array_get(credits, j);
            (void)credit_move(world, world_get(world, member(credit, "grant")),
                              &(struct credit_move){.type = "credits_application_invoice_voided",
                                                    .amount = member_i64(credit, "amount"),
                                                    .invoice = member(invoice, "id"),
                                                    .line = member(line, "id")});
        }
    }
}

/* --- what is shown --- */

static json_t *entry_of(const char *type, const char *id, int64_t amount) {
    return json_pack("{s:I, s:s, s:s}", "amount", (json_int_t)amount, type, id, "type", type);
}

static json_t *entries_of(const json_t *line) {
    json_t *entries = json_array();
    json_t *discounts = json_object_get(line, "discount_amounts");
    json_t *credits = json_object_get(line, "_credits");
    for (size_t i = 0; i < json_array_size(discounts); i++) {
        const json_t *discount = json_array_get(discounts, i);
        json_array_append_new(entries, entry_of("discount", member(discount, "discount"),
                                                member_i64(discount, "amount")));
    }
    for (size_t i = 0; i < json_array_size(credits); i++) {
        const json_t *credit = json_array_get(credits, i);
        json_array_append_new(entries,
                              entry_of("credit_balance_transaction", member(credit, "transaction"),
                                       member_i64(credit, "amount")));
    }
    return entries;
}

static void add_total(json_t *totals, json_t *entry) {
    const char *type = member(entry, "type");
    for (size_t i = 0; i < json_array_size(totals); i++) {
        json_t *total = json_array_get(totals, i);
        if (member_is(total, "type", type) && member_is(total, type, member(entry, type))) {
            set_i64(total, "amount", member_i64(total, "amount") + member_i64(entry, "amount"));
            return;
        }
    }
    json_array_append_new(totals, json_deep_copy(entry));
}

void credits_show(json_t *invoice) {
    json_t *lines = lines_of(invoice);
    json_t *totals = json_array();
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        json_t *entries = entries_of(line);
        for (size_t j = 0; j < json_array_size(entries); j++) {
            add_total(totals, json_array_get(entries, j));
        }
        json_object_set_new(line, "pretax_credit_amounts", entries);
    }
    json_object_set_new(invoice, "total_pretax_credit_amounts", totals);
}
