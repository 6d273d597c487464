#include "app/compare.h"

#include "app/mirror_object.h"
#include "base/check.h"
#include "store/charge.h"
#include "store/customer.h"
#include "store/payment_method.h"
#include "store/webhook.h"

void comparison_add(struct comparison *comparison, enum difference kind, struct str here,
                    struct str there) {
    check(comparison->count < COMPARE_FOUND_MAX);
    comparison->found[comparison->count++] = (struct compare_found){kind, here, there};
}

bool comparison_is_safe(const struct comparison *comparison) {
    for (size_t i = 0; i < comparison->count; i++) {
        if (!difference_is_safe(comparison->found[i].kind)) {
            return false;
        }
    }
    return true;
}

/* --- customers --- */

static struct err compare_default(struct tx *tx, const struct payments_customer *there,
                                  struct comparison *comparison) {
    struct stripe_object object;
    struct payment_method_row method;
    bool is_known = false;
    bool is_found = false;
    if (there->default_method_id.len == 0) {
        return OK;
    }
    TRY(stripe_object_get(tx, there->default_method_id, &object, &is_known));
    if (!is_known) {
        comparison_add(comparison, DIFFERENCE_DEFAULT_METHOD, STR("not known"),
                       there->default_method_id);
        return OK;
    }
    if (!str_equal(object.user_id, comparison->user_id)) {
        return OK;
    }
    TRY(payment_method_get(tx, object.user_id, object.local_id, &method, &is_found));
    if (is_found && method.detached_at == ROW_NONE && !method.is_default) {
        comparison_add(comparison, DIFFERENCE_DEFAULT_METHOD, STR("not the default"),
                       there->default_method_id);
    }
    return OK;
}

/* Of somebody who is a customer here, by what the record itself says. */
static struct err compare_claimed(struct tx *tx, const struct payments_customer *there,
                                  struct comparison *comparison) {
    struct customer_row row;
    bool is_found = false;
    comparison->is_ours = true;
    TRY(customer_get(tx, there->user_id, &row, &is_found));
    if (!is_found) {
        comparison_add(comparison, DIFFERENCE_CUSTOMER_UNKNOWN, STR("no such customer"),
                       there->user_id);
        return OK;
    }
    comparison->user_id = row.user_id;
    bool is_linked = row.stripe_customer_id.len > 0;
    comparison_add(comparison, is_linked ? DIFFERENCE_CUSTOMER_TWICE : DIFFERENCE_CUSTOMER_UNLINKED,
                   is_linked ? row.stripe_customer_id : STR("not linked"), there->id);
    return OK;
}

static struct err compare_customer(struct tx *tx, const struct payments_customer *there,
                                   struct comparison *comparison) {
    struct customer_row row = {.stripe_customer_id = STR("")};
    struct str user_id;
    bool is_found = false;
    TRY(mirror_owner_of(tx, there->id, &user_id));
    if (user_id.len > 0) {
        TRY(customer_get(tx, user_id, &row, &is_found));
    }
    bool is_linked = is_found && str_equal(row.stripe_customer_id, there->id);
    if (!is_linked) {
        bool is_foreign = there->is_deleted || there->user_id.len == 0;
        return is_foreign ? OK : compare_claimed(tx, there, comparison);
    }
    comparison->is_ours = true;
    comparison->user_id = user_id;
    if (there->is_deleted) {
        comparison_add(comparison, DIFFERENCE_CUSTOMER_DELETED, STR("linked"), STR("deleted"));
    } else if (there->user_id.len > 0 && !str_equal(there->user_id, user_id)) {
        comparison_add(comparison, DIFFERENCE_CUSTOMER_OF_ANOTHER, user_id, there->user_id);
    } else {
        return compare_default(tx, there, comparison);
    }
    return OK;
}

/* --- money --- */

static struct str money_words(struct tx *tx, struct str status, int64_t amount,
                              struct str currency) {
    return arena_printf(tx->cx->arena, STR_FMT " %lld " STR_FMT, STR_ARG(status), (long long)amount,
                        STR_ARG(currency));
}

static struct str charge_words(struct tx *tx, const struct charge_row *row) {
    return arena_printf(tx->cx->arena, STR_FMT ", %lld refunded%s", STR_ARG(row->status),
                        (long long)row->amount_refunded, row->is_disputed ? ", disputed" : "");
}

static struct err compare_charge(struct tx *tx, const struct payments_charge *there,
                                 struct comparison *comparison) {
    struct stripe_object object = {.local_id = STR("")};
    struct charge_row row;
    bool is_known = false;
    bool is_found = false;
    TRY(mirror_owner_of(tx, there->customer_id, &comparison->user_id));
    comparison->is_ours = comparison->user_id.len > 0;
    if (!comparison->is_ours) {
        return OK;
    }
    TRY(stripe_object_get(tx, there->id, &object, &is_known));
    TRY(charge_get(tx, comparison->user_id, object.local_id, &row, &is_found));
    struct charge_row as_there = {
        .status = there->status,
        .currency = str_from_cstr(there->amount.currency.code),
        .amount = there->amount.minor,
        .amount_refunded = there->amount_refunded.minor,
        .is_disputed = there->is_disputed,
    };
    struct str says = money_words(tx, there->status, as_there.amount, as_there.currency);
    if (!is_found) {
        comparison_add(comparison, DIFFERENCE_CHARGE_MISSING_HERE, STR("not known"), says);
        return OK;
    }
    if (row.amount != as_there.amount || !str_equal(row.currency, as_there.currency)) {
        comparison_add(comparison, DIFFERENCE_CHARGE_AMOUNT,
                       money_words(tx, row.status, row.amount, row.currency), says);
    }
    if (!str_equal(row.status, there->status) || row.is_disputed != there->is_disputed ||
        row.amount_refunded != as_there.amount_refunded) {
        comparison_add(comparison, DIFFERENCE_CHARGE_STATUS, charge_words(tx, &row),
                       charge_words(tx, &as_there));
    }
    return OK;
}

static struct err compare_refund(struct tx *tx, const struct payments_refund *there,
                                 struct comparison *comparison) {
    struct stripe_object object = {.local_id = STR("")};
    struct refund_row row;
    bool is_known = false;
    bool is_found = false;
    TRY(mirror_owner_of(tx, there->charge_id, &comparison->user_id));
    comparison->is_ours = comparison->user_id.len > 0;
    if (!comparison->is_ours) {
        return OK;
    }
    TRY(stripe_object_get(tx, there->id, &object, &is_known));
    TRY(refund_get(tx, comparison->user_id, object.local_id, &row, &is_found));
    struct str currency = str_from_cstr(there->amount.currency.code);
    struct str says = money_words(tx, there->status, there->amount.minor, currency);
    if (!is_found) {
        comparison_add(comparison, DIFFERENCE_REFUND_MISSING_HERE, STR("not known"), says);
        return OK;
    }
    struct str here = money_words(tx, row.status, row.amount, row.currency);
    if (row.amount != there->amount.minor || !str_equal(row.currency, currency)) {
        comparison_add(comparison, DIFFERENCE_REFUND_AMOUNT, here, says);
    }
    if (!str_equal(row.status, there->status)) {
        comparison_add(comparison, DIFFERENCE_REFUND_STATUS, here, says);
    }
    return OK;
}

/* --- any --- */

static struct err compare_unreadable(struct tx *tx, struct str stripe_id,
                                     struct comparison *comparison) {
    comparison->stripe_id = stripe_id;
    TRY(mirror_owner_of(tx, stripe_id, &comparison->user_id));
    comparison->is_ours = comparison->user_id.len > 0;
    if (comparison->is_ours) {
        comparison_add(comparison, DIFFERENCE_UNREADABLE, STR("known"), STR("an unknown value"));
    }
    return OK;
}

struct err compare_object(struct app *app, struct tx *tx, const struct payments_answer *answer,
                          struct comparison *ret_comparison) {
    *ret_comparison = (struct comparison){.user_id = STR(""), .stripe_id = STR("")};
    if (answer->unreadable.len > 0) {
        return compare_unreadable(tx, answer->unreadable, ret_comparison);
    }
    if (answer->has_customer) {
        ret_comparison->stripe_id = answer->customer.id;
        return compare_customer(tx, &answer->customer, ret_comparison);
    }
    if (answer->has_subscription) {
        ret_comparison->stripe_id = answer->subscription.id;
        return compare_subscription(app, tx, &answer->subscription, ret_comparison);
    }
    if (answer->has_invoice) {
        ret_comparison->stripe_id = answer->invoice.id;
        return compare_invoice(app, tx, &answer->invoice, ret_comparison);
    }
    if (answer->has_charge) {
        ret_comparison->stripe_id = answer->charge.id;
        return compare_charge(tx, &answer->charge, ret_comparison);
    }
    check(answer->has_refund);
    ret_comparison->stripe_id = answer->refund.id;
    return compare_refund(tx, &answer->refund, ret_comparison);
}
