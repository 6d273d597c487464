/* What a correction would come to. Three questions to the provider: whom the invoice was billed to,
 * what stands on the customer's balance, and what the same lines come to for the buyer as they are
 * known now; then one row. On the loop's thread but for the last step. */
#include "app/billed_to.h"
#include "app/correction.h"
#include "app/customer_details.h"
#include "base/check.h"
#include "base/crypto.h"
#include "store/customer.h"

static void finish(struct correction_preview *preview, enum outcome outcome) {
    preview->command.outcome = outcome;
    preview->finished(preview);
}

/* --- the row --- */

static struct err run(struct command *base, struct tx *tx) {
    struct correction_preview *preview = (struct correction_preview *)base;
    preview->row.id = id_new(tx->cx, "corr");
    base->outcome = OUTCOME_DONE;
    return correction_insert(tx, &preview->row);
}

static void written(struct command *base) {
    struct correction_preview *preview = (struct correction_preview *)base;
    if (err_failed(base->write.err)) {
        base->outcome = OUTCOME_STORE_FAILED;
    }
    preview->finished(preview);
}

static void write_row(struct correction_preview *preview) {
    preview->command.run = run;
    preview->command.after = NULL;
    preview->command.done = written;
    command_submit(preview->command.app, &preview->command);
}

/* --- asking --- */

/* True when there is an answer to go on with; else the command is finished. */
static bool is_answered(struct correction_preview *preview, const struct payments_answer *answer,
                        bool has_object) {
    if (answer->outcome == PAYMENTS_DONE && has_object) {
        return true;
    }
    finish(preview, answer->outcome == PAYMENTS_REFUSED   ? payments_refusal(answer)
                    : answer->outcome == PAYMENTS_UNKNOWN ? OUTCOME_PAYMENT_PROVIDER_UNAVAILABLE
                                                          : OUTCOME_PAYMENT_PROVIDER_REFUSED);
    return false;
}

static void ask(struct correction_preview *preview, enum payments_kind kind, payments_done *done) {
    struct payments *payments = preview->command.app->payments;
    preview->call.kind = kind;
    payments->call(payments, &preview->call, done, preview);
}

/* The same lines must come to the same before tax: a coupon that is gone takes nothing off. */
static bool is_same_before_tax(const struct correction_preview *preview,
                               const struct payments_invoice *again) {
    const struct invoice_row *invoice = &preview->invoice;
    return again->total.minor - again->tax.minor == invoice->amount - invoice->tax &&
           !again->has_other_parts && again->tax.minor == again->tax_added.minor;
}

static enum outcome settle(struct correction_preview *preview,
                           const struct payments_invoice *again) {
    const struct invoice_row *invoice = &preview->invoice;
    struct correction_row *row = &preview->row;
    const struct correction_case of = {
        .status = (enum invoice_status)invoice->status,
        .total = invoice->amount,
        .due = invoice->amount_due,
        .paid = invoice->amount_paid,
        .new_total = again->total.minor,
        .balance = row->balance,
    };
    struct correction_sums sums;
    if (!is_same_before_tax(preview, again) || !correction_settle(&of, &sums)) {
        return OUTCOME_CORRECTION_NOT_POSSIBLE;
    }
    row->total_after = again->total.minor;
    row->tax_after = again->tax.minor;
    row->refunded = sums.refunded;
    row->credited = sums.credited;
    row->due = sums.due;
    return OUTCOME_DONE;
}

static struct err look_whether_quiet(struct correction_preview *preview) {
    struct app *app = preview->command.app;
    struct cx cx;
    cx_init(&cx, app->env, preview->arena);
    struct tx tx = app_read(app, &cx);
    return correction_is_quiet(&tx, &preview->row, &preview->invoice, &preview->is_quiet);
}

static void on_again(void *context, const struct payments_answer *answer) {
    struct correction_preview *preview = context;
    if (!is_answered(preview, answer, answer->has_preview)) {
        return;
    }
    enum outcome outcome = settle(preview, &answer->preview);
    if (outcome != OUTCOME_DONE) {
        finish(preview, outcome);
    } else if (err_failed(look_whether_quiet(preview))) {
        finish(preview, OUTCOME_STORE_FAILED);
    } else {
        write_row(preview);
    }
}

static void on_customer(void *context, const struct payments_answer *answer) {
    struct correction_preview *preview = context;
    if (is_answered(preview, answer, answer->has_customer)) {
        preview->row.balance = answer->customer.balance;
        ask(preview, PAYMENTS_CORRECTION_PREVIEW, on_again);
    }
}

/* --- whom it was billed to, and whom it should be --- */

static struct err compare_buyers(struct correction_preview *preview,
                                 const struct payments_invoice *seen, bool *ret_differs) {
    struct app *app = preview->command.app;
    struct cx cx;
    cx_init(&cx, app->env, preview->arena);
    struct tx tx = app_read(app, &cx);
    struct str purchase_order =
        preview->has_purchase_order ? preview->purchase_order : seen->purchase_order;
    preview->row.purchase_order = arena_str(preview->arena, purchase_order);
    preview->row.sends_invoice = !seen->is_charged;
    preview->billed_before = arena_str(preview->arena, seen->billed_to);
    TRY(correction_buyer(&tx, preview->user_id, preview->row.purchase_order, &preview->billed_after,
                         &preview->call.tax_ids));
    preview->row.details_hash = sha256_text(preview->arena, preview->billed_after);
    *ret_differs = !str_equal(preview->billed_before, preview->billed_after);
    return OK;
}

static void on_invoice(void *context, const struct payments_answer *answer) {
    struct correction_preview *preview = context;
    bool differs = false;
    if (!is_answered(preview, answer, answer->has_invoice)) {
        return;
    }
    if (err_failed(compare_buyers(preview, &answer->invoice, &differs)) ||
        arena_failed(preview->arena)) {
        finish(preview, OUTCOME_STORE_FAILED);
    } else if (!differs) {
        finish(preview, OUTCOME_CORRECTION_NOT_NEEDED);
    } else {
        ask(preview, PAYMENTS_CUSTOMER_READ, on_customer);
    }
}

/* --- preparing --- */

static void begin_row(struct correction_preview *preview) {
    const struct invoice_row *invoice = &preview->invoice;
    int64_t now = app_now(preview->command.app).ms;
    preview->row = (struct correction_row){
        .user_id = preview->user_id,
        .invoice_id = invoice->id,
        .status = (int)CORRECTION_QUOTED,
        .operation_id = STR(""),
        .currency = invoice->currency,
        .total_before = invoice->amount,
        .tax_before = invoice->tax,
        .created_at = now,
        .valid_until =
            instant_add((struct instant){now}, duration_seconds(CORRECTION_MINUTES * 60)).ms,
        .finished_at = ROW_NONE,
    };
}

static struct err describe(struct correction_preview *preview, struct tx *tx) {
    const struct invoice_row *invoice = &preview->invoice;
    struct customer_row customer;
    struct billing_details details = {.email = STR("")};
    bool is_found = false;
    TRY(customer_get(tx, preview->user_id, &customer, &is_found));
    check(is_found); /* it has an invoice */
    TRY(customer_details_read(tx, preview->user_id, &details, &is_found));
    preview->call = (struct payments_call){
        .user_id = preview->user_id,
        .customer_id = customer.stripe_customer_id,
        .invoice_id = invoice->stripe_invoice_id,
        .currency = invoice->currency,
        .coupon_id = invoice->discount > 0 ? invoice->coupon : STR(""),
        .taxes = preview->command.app->taxes,
        .line1 = details.line1,
        .line2 = details.line2,
        .city = details.city,
        .state = details.state,
        .postal_code = details.postal_code,
        .country = details.country,
        .lines = invoice->lines,
    };
    return OK;
}

void correction_preview_start(struct app *app, struct correction_preview *preview) {
    struct cx cx;
    enum outcome outcome = OUTCOME_DONE;
    const struct invoice_name name = {preview->user_id, preview->invoice_id};
    preview->command.app = app;
    cx_init(&cx, app->env, preview->arena);
    struct tx tx = app_read(app, &cx);
    struct err err = correction_check(app, &tx, &name, &preview->invoice, &outcome);
    if (!err_failed(err) && outcome == OUTCOME_DONE) {
        begin_row(preview);
        err = describe(preview, &tx);
    }
    if (err_failed(err) || arena_failed(preview->arena)) {
        finish(preview, OUTCOME_STORE_FAILED);
    } else if (outcome != OUTCOME_DONE) {
        finish(preview, outcome);
    } else {
        ask(preview, PAYMENTS_INVOICE_READ, on_invoice);
    }
}
