#include "app/parking.h"

#include <stdlib.h>

#include "core/price.h"
#include "store/subscription.h"
#include "store/webhook.h"

enum { TIMES_USUAL = 3, USUAL_OF = 6 };

/* --- what is usual --- */

static int by_amount(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* What the plan costs, without quantity or coupon; 0 when it has no list price. */
static struct err list_price(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                             int64_t *ret_amount) {
    struct subscription_row row;
    struct money price;
    bool is_found = false;
    *ret_amount = 0;
    TRY(subscription_get(tx, invoice->user_id, id_str(&invoice->subscription_id), &row, &is_found));
    const struct plan *plan = is_found ? catalogue_plan_version(app->catalogue, (enum tier)row.tier,
                                                                (int32_t)row.plan_version)
                                       : NULL;
    if (plan != NULL && price_of(plan, (enum interval)row.interval, &price)) {
        *ret_amount = price.minor;
    }
    return OK;
}

/* The median of the last renewals, or the plan's price where that is more: after a change of
 * interval the past says little. */
static struct err usual_of(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                           int64_t *ret_usual) {
    const struct invoice_usual_query query = {invoice->user_id, id_str(&invoice->subscription_id),
                                              invoice->stripe_invoice_id};
    struct row_list list;
    int64_t price = 0;
    TRY(list_price(app, tx, invoice, &price));
    TRY(invoice_usual(tx, &query, USUAL_OF, &list));
    int64_t *amounts = list.items;
    int64_t median = 0;
    if (list.count > 0) {
        qsort(amounts, list.count, sizeof *amounts, by_amount);
        median = amounts[list.count / 2];
    }
    *ret_usual = median > price ? median : price;
    return OK;
}

static bool is_beyond(int64_t amount, int64_t usual) {
    return usual > 0 && amount > usual && amount / TIMES_USUAL >= usual &&
           amount - TIMES_USUAL * usual > 0;
}

/* --- one invoice a period --- */

/* The first line that is not a correction says which period is billed. */
static bool billed_period(const struct payments_invoice *invoice, struct instant *ret_start) {
    for (size_t i = 0; i < invoice->line_count; i++) {
        if (!invoice->lines[i].is_proration) {
            *ret_start = invoice->lines[i].period.start;
            return true;
        }
    }
    return false;
}

static struct err is_void(struct tx *tx, struct str user_id, struct str stripe_invoice_id,
                          bool *ret_is_void) {
    struct stripe_object object;
    struct invoice_row row;
    bool is_known = false;
    bool is_found = false;
    *ret_is_void = true; /* what is not here bills nothing */
    TRY(stripe_object_get(tx, stripe_invoice_id, &object, &is_known));
    if (is_known) {
        TRY(invoice_get(tx, user_id, object.local_id, &row, &is_found));
    }
    *ret_is_void = !is_found || row.status == INVOICE_VOID;
    return OK;
}

static struct err is_second(struct tx *tx, const struct invoice_change *change,
                            bool *ret_is_second) {
    const struct invoice_row *invoice = change->after;
    struct instant start;
    struct invoice_period_row before;
    bool is_billed = false;
    *ret_is_second = false;
    if (!billed_period(change->seen, &start)) {
        return OK;
    }
    const struct invoice_period_row row = {invoice->user_id, id_str(&invoice->subscription_id),
                                           start.ms, invoice->stripe_invoice_id};
    TRY(invoice_period_get(tx, &row, &before, &is_billed));
    if (is_billed && str_equal(before.stripe_invoice_id, row.stripe_invoice_id)) {
        return OK;
    }
    bool is_free = true;
    if (is_billed) {
        TRY(is_void(tx, row.user_id, before.stripe_invoice_id, &is_free));
    }
    *ret_is_second = !is_free;
    return is_free ? invoice_period_put(tx, &row) : OK;
}

/* Renewals come by themselves; every other invoice was asked for, at a price that was shown. */
static bool is_renewal(const struct invoice_change *change) {
    const struct invoice_row *row = change->after;
    return str_equal(row->billing_reason, STR("subscription_cycle")) &&
           row->subscription_id.text[0] != '\0' && row->status != INVOICE_VOID;
}

struct err parking_on_invoice(struct app *app, struct tx *tx, const struct invoice_change *change) {
    const struct invoice_row *invoice = change->after;
    int64_t times = 0;
    int64_t usual = 0;
    bool second = false;
    bool is_as_before = change->before != NULL && change->before->amount == invoice->amount &&
                        change->before->subscription_id.text[0] != '\0';
    if (!is_renewal(change) || is_as_before) {
        return OK;
    }
    TRY(is_second(tx, change, &second));
    TRY(usual_of(app, tx, invoice, &usual));
    TRY(parked_for_invoice(tx, invoice->user_id, invoice->stripe_invoice_id, &times));
    struct parking_cause cause = {
        .user_id = invoice->user_id,
        .reason = second ? PARKED_SECOND : PARKED_UNUSUAL,
        .stripe_invoice_id = invoice->stripe_invoice_id,
        .currency = invoice->currency,
        .amount = invoice->amount,
        .usual = usual,
    };
    bool parks = times == 0 && (second || is_beyond(invoice->amount, usual));
    TRY(parks ? parking_park(app, tx, &cause) : OK);
    return parking_hold_if_parked(app, tx, invoice);
}
