/* The tests' payment provider, read: by name, and in pages, the newest first. */
#include "app/test_payments.h"

#include "base/check.h"

static struct str id_of_item(const struct payments_answer *item) {
    return item->has_customer       ? item->customer.id
           : item->has_subscription ? item->subscription.id
           : item->has_invoice      ? item->invoice.id
           : item->has_charge       ? item->charge.id
                                    : item->refund.id;
}

static bool is_named(const struct payments_answer *item, struct str id) {
    return str_equal(id_of_item(item), id);
}

static struct str owner_of(const struct payments_answer *item) {
    return item->has_subscription ? item->subscription.customer_id
           : item->has_invoice    ? item->invoice.customer_id
           : item->has_charge     ? item->charge.customer_id
                                  : STR("");
}

static bool is_of(int64_t kind, enum payments_kind read, enum payments_kind list) {
    return kind == (int64_t)read || kind == (int64_t)list;
}

/* The object of that number as an item of a list; false when there are no more. Events are not kept
 * here. */
static bool item_at(const struct test_payments *payments, int64_t kind, size_t i,
                    struct payments_answer *item) {
    *item = (struct payments_answer){.outcome = PAYMENTS_DONE};
    if (is_of(kind, PAYMENTS_CUSTOMER_READ, PAYMENTS_CUSTOMER_LIST)) {
        item->has_customer = i < payments->customer_count;
        item->customer = payments->customers[item->has_customer ? i : 0];
    } else if (is_of(kind, PAYMENTS_SUBSCRIPTION_READ, PAYMENTS_SUBSCRIPTION_LIST)) {
        item->has_subscription = i < payments->subscription_count;
        item->subscription = payments->subscriptions[item->has_subscription ? i : 0];
    } else if (is_of(kind, PAYMENTS_INVOICE_READ, PAYMENTS_INVOICE_LIST)) {
        item->has_invoice = i < payments->invoice_count;
        item->invoice = payments->invoices[item->has_invoice ? i : 0];
    } else if (is_of(kind, PAYMENTS_CHARGE_READ, PAYMENTS_CHARGE_LIST)) {
        item->has_charge = i < payments->taken_count;
        item->charge = payments->taken[item->has_charge ? i : 0];
    } else if (is_of(kind, PAYMENTS_REFUND_READ, PAYMENTS_REFUND_LIST)) {
        item->has_refund = i < payments->refund_count;
        item->refund = payments->refunds[item->has_refund ? i : 0];
    }
    return item->has_customer || item->has_subscription || item->has_invoice || item->has_charge ||
           item->has_refund;
}

static void read_one(const struct test_payments *payments, const struct payments_call *wanted,
                     struct payments_answer *answer) {
    struct str id =
        wanted->kind == PAYMENTS_CUSTOMER_READ ? wanted->customer_id : wanted->object_id;
    struct payments_answer item;
    for (size_t i = 0; item_at(payments, wanted->kind, i, &item); i++) {
        if (is_named(&item, id)) {
            *answer = item;
            return;
        }
    }
    answer->outcome = PAYMENTS_MISSING;
}

static void read_list(struct test_payments *payments, const struct payments_call *wanted,
                      struct payments_answer *answer) {
    struct payments_answer *items = arena_array(&payments->arena, TEST_OBJECTS_MAX, sizeof *items);
    check(items != NULL);
    size_t size = payments->page_size == 0 ? TEST_OBJECTS_MAX : payments->page_size;
    bool is_after = wanted->after.len == 0;
    answer->items = items;
    for (size_t i = TEST_OBJECTS_MAX; i > 0; i--) {
        struct payments_answer item;
        if (!item_at(payments, wanted->kind, i - 1, &item)) {
            continue;
        }
        bool is_wanted =
            wanted->customer_id.len == 0 || str_equal(owner_of(&item), wanted->customer_id);
        if (is_after && is_wanted && answer->item_count == size) {
            answer->has_more = true;
            return;
        }
        if (is_after && is_wanted) {
            items[answer->item_count++] = item;
            answer->next = id_of_item(&item);
        }
        is_after = is_after || is_named(&item, wanted->after);
    }
}

bool test_payments_is_missing(const struct test_payments *payments,
                              const struct payments_call *wanted) {
    bool is_invoice = wanted->kind == PAYMENTS_INVOICE_READ ||
                      wanted->kind == PAYMENTS_INVOICE_PAY ||
                      wanted->kind == PAYMENTS_INVOICE_ADVANCE;
    struct payments_answer item;
    int64_t kind = is_invoice ? PAYMENTS_INVOICE_READ : PAYMENTS_SUBSCRIPTION_READ;
    struct str id = is_invoice ? wanted->invoice_id : wanted->subscription_id;
    for (size_t i = 0; item_at(payments, kind, i, &item); i++) {
        if (is_named(&item, id)) {
            return false;
        }
    }
    return true;
}

void test_payments_read(struct test_payments *payments, const struct payments_call *wanted,
                        struct payments_answer *answer) {
    if (wanted->kind == PAYMENTS_CUSTOMER_READ || wanted->kind == PAYMENTS_CHARGE_READ ||
        wanted->kind == PAYMENTS_REFUND_READ) {
        read_one(payments, wanted, answer);
    } else {
        read_list(payments, wanted, answer);
    }
}

void test_payments_set(struct payments_subscription *subscription,
                       const struct payments_call *wanted) {
    if (wanted->kind == PAYMENTS_SUBSCRIPTION_END) {
        subscription->cancel_at_period_end = wanted->at_period_end;
    } else if (wanted->kind == PAYMENTS_SUBSCRIPTION_PAUSE) {
        subscription->status = SUBSCRIPTION_PAUSED;
    } else if (wanted->kind == PAYMENTS_SUBSCRIPTION_RESUME) {
        subscription->status = SUBSCRIPTION_ACTIVE;
    }
}
