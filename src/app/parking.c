#include "app/parking.h"

#include <stdlib.h>

#include "app/billing_event.h"
#include "app/operation_plan.h"
#include "base/log.h"
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

/* --- parked --- */

static struct err hold(struct app *app, struct tx *tx, struct str user_id,
                       struct str stripe_invoice_id, bool advances) {
    const struct payments_call call = {
        .kind = PAYMENTS_INVOICE_ADVANCE,
        .user_id = user_id,
        .invoice_id = stripe_invoice_id,
        .advances = advances,
    };
    struct str work = arena_printf(tx->cx->arena, "%s " STR_FMT, advances ? "let go" : "hold",
                                   STR_ARG(stripe_invoice_id));
    return operation_plan_work(app, tx, &call, work);
}

static struct err note(struct tx *tx, const struct parked_row *row, const char *type,
                       struct str says) {
    struct currency currency;
    bool has_amount = currency_parse(row->currency, &currency);
    const struct billing_note line = {
        .type = type,
        .description = says,
        .metadata = arena_printf(tx->cx->arena, "{\"reason\":\"" STR_FMT "\",\"usual\":%lld}",
                                 STR_ARG(row->reason), (long long)row->usual),
        .has_amount = has_amount,
        .amount = {row->amount, currency},
    };
    return billing_event_note(tx, row->user_id, &line);
}

static struct err park(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                       const char *reason, int64_t usual) {
    struct parked_row open;
    bool is_parked = false;
    TRY(parked_open(tx, invoice->user_id, &open, &is_parked));
    if (invoice->status == INVOICE_DRAFT || invoice->status == INVOICE_OPEN) {
        TRY(hold(app, tx, invoice->user_id, invoice->stripe_invoice_id, false));
    }
    if (is_parked) {
        return OK;
    }
    const struct parked_row row = {
        .user_id = invoice->user_id,
        .id = id_new(tx->cx, "park"),
        .reason = str_from_cstr(reason),
        .stripe_invoice_id = invoice->stripe_invoice_id,
        .currency = invoice->currency,
        .amount = invoice->amount,
        .usual = usual,
        .parked_at = cx_now_ms(tx->cx),
        .released_at = ROW_NONE,
    };
    log_event(app->env, LOG_WARNING, "customer.parked",
              "reason=%s invoice=" STR_FMT " amount=%lld usual=%lld", reason,
              STR_ARG(invoice->stripe_invoice_id), (long long)invoice->amount, (long long)usual);
    TRY(parked_insert(tx, &row));
    return note(tx, &row, "customer.parked",
                STR("Nothing is charged until a person has looked at an unusual invoice"));
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
    if (times > 0) {
        return OK; /* a person has looked at this one, or will */
    }
    if (second) {
        return park(app, tx, invoice, "second_invoice", usual);
    }
    return is_beyond(invoice->amount, usual) ? park(app, tx, invoice, "unusual_amount", usual) : OK;
}

/* --- operators --- */

struct err parking_is_parked(struct tx *tx, struct str user_id, bool *ret_is_parked) {
    struct parked_row row;
    return parked_open(tx, user_id, &row, ret_is_parked);
}

struct err parked_read(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return parked_page(tx, after, max, ret_list);
}

struct err parked_figure(struct tx *tx, uint64_t *ret_count) {
    int64_t count = 0;
    TRY(parked_count(tx, &count));
    *ret_count = (uint64_t)count;
    return OK;
}

static struct err run_release(struct command *command, struct tx *tx) {
    struct parking_release *release = (struct parking_release *)command;
    struct parked_row row;
    bool is_parked = false;
    TRY(parked_open(tx, release->user_id, &row, &is_parked));
    if (!is_parked) {
        command->outcome = OUTCOME_CUSTOMER_NOT_PARKED;
        return OK;
    }
    TRY(parked_release(tx, release->user_id, release->reason));
    TRY(hold(command->app, tx, release->user_id, row.stripe_invoice_id, true));
    return note(tx, &row, "customer.released", release->reason);
}

void parking_let_go(struct app *app, struct parking_release *release) {
    release->command.run = run_release;
    release->command.after = NULL;
    command_submit(app, &release->command);
}
