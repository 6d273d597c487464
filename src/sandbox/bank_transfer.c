/* What money that came by bank transfer is used for, in Stripe's order
 * (payments/customer-balance/reconciliation):
 *   1 the reference is an open invoice's number;
 *   2 the reference is a payment intent's;
 *   3 one to five invoices and intents whose sum is exactly the money;
 *   4 as many whole invoices as possible, oldest finalized first;
 *   5 the rest into incomplete intents, oldest first.
 * Invoices are never paid in part; what is left stays in the cash balance. */
#include <string.h>
#include <strings.h>

#include "sandbox/cash_balance.h"
#include "sandbox/payment.h"

enum { WANTS_MAX = 24, GROUP_MAX = 5, OVERDUE_MAX_S = 30 * 86400 };

/* Something that wants money. */
struct want {
    json_t *document;
    bool is_invoice;
    int64_t amount;
};

struct wants {
    struct want list[WANTS_MAX]; /* invoices oldest first, then intents oldest first */
    size_t count;
};

/* --- who wants --- */

static bool takes_transfers(const json_t *invoice) {
    const json_t *types =
        json_object_get(json_object_get(invoice, "payment_settings"), "payment_method_types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), "customer_balance") == 0) {
            return true;
        }
    }
    return json_array_size(types) == 0 && member_is(invoice, "collection_method", "send_invoice");
}

static bool wants_invoice(struct world *world, const json_t *invoice, const char *currency) {
    int64_t due = member_i64(invoice, "due_date");
    int64_t now = world_now(world, member(invoice, "customer"));
    const json_t *intent = world_get(world, member(invoice, "_intent"));
    return member_is(invoice, "status", "open") && member_is(invoice, "currency", currency) &&
           takes_transfers(invoice) && member_i64(invoice, "amount_remaining") > 0 &&
           (due == 0 || due + OVERDUE_MAX_S >= now) && intent != NULL &&
           !member_is(intent, "status", "processing");
}

static int64_t lacks(const json_t *intent) {
    return member_i64(intent, "amount") - member_i64(intent, "_funded");
}

static bool wants_intent(const json_t *intent, const char *currency) {
    return member_is(intent, "status", "requires_action") &&
           member_is(intent, "next_action.type", "display_bank_transfer_instructions") &&
           member_is(intent, "currency", currency) && member_is(intent, "_invoice", "");
}

static void wants_add(struct wants *wants, json_t *document, bool is_invoice) {
    if (wants->count < WANTS_MAX) {
        wants->list[wants->count++] = (struct want){
            .document = document,
            .is_invoice = is_invoice,
            .amount = is_invoice ? member_i64(document, "amount_remaining") : lacks(document),
        };
    }
}

/* Lists are newest first, this is read from their end. */
static struct wants collect(struct world *world, const json_t *customer, const char *currency) {
    struct wants wants = {.count = 0};
    json_t *invoices = world_list(world, "invoice", member(customer, "id"));
    for (size_t i = json_array_size(invoices); i-- > 0;) {
        json_t *invoice = json_array_get(invoices, i);
        if (wants_invoice(world, invoice, currency)) {
            wants_add(&wants, invoice, true);
        }
    }
    json_decref(invoices);
    json_t *intents = world_list(world, "payment_intent", member(customer, "id"));
    for (size_t i = json_array_size(intents); i-- > 0;) {
        json_t *intent = json_array_get(intents, i);
        if (wants_intent(intent, currency)) {
            wants_add(&wants, intent, false);
        }
    }
    json_decref(intents);
    return wants;
}

/* --- giving --- */

static void apply(struct world *world, json_t *intent, int64_t amount) {
    const struct cash_movement movement = {
        .customer = world_get(world, member(intent, "customer")),
        .currency = member(intent, "currency"),
        .amount = -amount,
        .type = "applied_to_payment",
        .detail = json_pack("{s:s}", "payment_intent", member(intent, "id")),
    };
    (void)cash_move(world, &movement);
}

static void pay_invoice(struct world *world, json_t *invoice) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    apply(world, intent, member_i64(invoice, "amount_remaining"));
    intent_pay_from_cash(world, intent);
}

bool transfer_into_intent(struct world *world, json_t *intent, int64_t amount) {
    const json_t *customer = world_get(world, member(intent, "customer"));
    int64_t there = cash_available(customer, member(intent, "currency"));
    int64_t missing = lacks(intent);
    int64_t given = amount < missing ? amount : missing;
    given = given < there ? given : there;
    if (given <= 0) {
        return false;
    }
    apply(world, intent, given);
    set_i64(intent, "_funded", member_i64(intent, "_funded") + given);
    world_touch(world, intent);
    if (given == missing) {
        intent_pay_from_cash(world, intent);
        return true;
    }
    set_i64(json_object_get(json_object_get(intent, "next_action"),
                            "display_bank_transfer_instructions"),
            "amount_remaining", lacks(intent));
    event_emit(world, "payment_intent.partially_funded", intent);
    return true;
}

static void give(struct world *world, const struct want *want) {
    if (want->is_invoice) {
        pay_invoice(world, want->document);
    } else {
        (void)transfer_into_intent(world, want->document, want->amount);
    }
}

/* --- 1 and 2: by reference --- */

static const char *reference_of(const struct want *want) {
    return want->is_invoice
               ? member(want->document, "number")
               : member(want->document, "next_action.display_bank_transfer_instructions.reference");
}

/* True when the reference was somebody's; an invoice that lacks money then waits for the rest. */
static bool by_reference(struct world *world, const struct wants *wants, int64_t money,
                         const char *reference) {
    for (size_t i = 0; reference[0] != '\0' && i < wants->count; i++) {
        const struct want *want = &wants->list[i];
        if (strcasecmp(reference_of(want), reference) != 0) {
            continue;
        }
        if (!want->is_invoice || want->amount <= money) {
            give(world, want);
        }
        return true;
    }
    return false;
}

/* --- 3: by sum --- */

struct search {
    const struct wants *wants;
    size_t size;
    size_t chosen[GROUP_MAX], best[GROUP_MAX];
    size_t best_invoices;
    bool is_found;
};

/* Tries each group of `size` in order of age, so that among equals the oldest is found first. */
static void search_from(struct search *search, size_t from, size_t depth, int64_t left,
                        size_t invoices) {
    if (depth == search->size) {
        if (left == 0 && (!search->is_found || invoices > search->best_invoices)) {
            memcpy(search->best, search->chosen, sizeof search->best);
            search->best_invoices = invoices;
            search->is_found = true;
        }
        return;
    }
    for (size_t i = from; i < search->wants->count; i++) {
        const struct want *want = &search->wants->list[i];
        if (want->amount <= left) {
            search->chosen[depth] = i;
            search_from(search, i + 1, depth + 1, left - want->amount,
                        invoices + (want->is_invoice ? 1 : 0));
        }
    }
}

static bool by_sum(struct world *world, const struct wants *wants, int64_t money) {
    for (size_t size = 1; size <= GROUP_MAX && size <= wants->count; size++) {
        struct search search = {.wants = wants, .size = size};
        search_from(&search, 0, 0, money, 0);
        for (size_t i = 0; search.is_found && i < size; i++) {
            give(world, &wants->list[search.best[i]]);
        }
        if (search.is_found) {
            return true;
        }
    }
    return false;
}

/* --- 4 and 5: by age --- */

static void by_age(struct world *world, const struct wants *wants, const json_t *customer,
                   const char *currency) {
    for (size_t i = 0; i < wants->count; i++) {
        const struct want *want = &wants->list[i];
        int64_t money = cash_available(customer, currency);
        if (money > 0 && (!want->is_invoice || want->amount <= money)) {
            give(world, want);
        }
    }
}

void transfer_arrives(struct world *world, json_t *customer, const char *currency,
                      const char *reference) {
    if (!cash_is_automatic(customer)) {
        return;
    }
    struct wants wants = collect(world, customer, currency);
    bool is_referred = by_reference(world, &wants, cash_available(customer, currency), reference);
    if (is_referred) {
        return;
    }
    if (!by_sum(world, &wants, cash_available(customer, currency))) {
        by_age(world, &wants, customer, currency);
    }
}

void transfer_covers_invoice(struct world *world, json_t *invoice) {
    const json_t *customer = world_get(world, member(invoice, "customer"));
    const char *currency = member(invoice, "currency");
    bool covers = cash_is_automatic(customer) && wants_invoice(world, invoice, currency) &&
                  cash_available(customer, currency) >= member_i64(invoice, "amount_remaining");
    if (covers) {
        pay_invoice(world, invoice);
    }
}

void transfer_covers_intent(struct world *world, json_t *intent) {
    const json_t *customer = world_get(world, member(intent, "customer"));
    if (cash_is_automatic(customer)) {
        (void)transfer_into_intent(world, intent, lacks(intent));
    }
}
