/* Which rows an answer touches. Subscriptions, the hard part, are in mirror_subscription.c. */
#include "app/mirror.h"

#include "app/billing_event.h"
#include "app/mirror_subscription.h"
#include "app/operation_plan.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/rfc3339.h"
#include "store/customer.h"
#include "store/invoice.h"
#include "store/payment_method.h"
#include "store/subscription.h"
#include "store/webhook.h"

struct err mirror_local_id(struct tx *tx, struct str stripe_id, struct str user_id,
                           const char *kind, struct record_id *ret_id) {
    struct stripe_object object;
    bool is_known = false;
    TRY(stripe_object_get(tx, stripe_id, &object, &is_known));
    if (is_known && id_is(object.local_id, kind)) {
        *ret_id = id_from(object.local_id);
        return OK;
    }
    *ret_id = id_new(tx->cx, kind);
    return stripe_object_put(tx, stripe_id, user_id, id_str(ret_id));
}

/* The customer that Stripe knows under this id; empty when there is none. */
static struct err owner_of(struct tx *tx, struct str stripe_customer_id, struct str *ret_user_id) {
    struct stripe_object object = {.user_id = STR("")};
    bool is_known = false;
    if (stripe_customer_id.len > 0) {
        TRY(stripe_object_get(tx, stripe_customer_id, &object, &is_known));
    }
    *ret_user_id = is_known ? object.user_id : STR("");
    return OK;
}

/* A detached method names no customer any more, but is known by itself. */
static struct err owner_of_method(struct tx *tx, const struct payments_method *method,
                                  struct str *ret_user_id) {
    TRY(owner_of(tx, method->customer_id, ret_user_id));
    return ret_user_id->len > 0 ? OK : owner_of(tx, method->id, ret_user_id);
}

struct err mirror_owner(struct tx *tx, const struct payments_answer *answer,
                        struct str *ret_user_id) {
    if (answer->has_subscription) {
        return owner_of(tx, answer->subscription.customer_id, ret_user_id);
    }
    if (answer->has_invoice) {
        return owner_of(tx, answer->invoice.customer_id, ret_user_id);
    }
    if (answer->has_method) {
        return owner_of_method(tx, &answer->method, ret_user_id);
    }
    return owner_of(tx, answer->customer_id, ret_user_id);
}

/* --- payment methods --- */

static struct err has_default(struct tx *tx, struct str user_id, bool *ret_has) {
    struct row_list methods;
    TRY(payment_method_list(tx, user_id, LIMIT_PAGE, &methods));
    const struct payment_method_row *rows = methods.items;
    *ret_has = false;
    for (size_t i = 0; i < methods.count; i++) {
        *ret_has |= rows[i].is_default;
    }
    return OK;
}

/* Only who is billed has to be known to the provider by a default method; a purchase names one. */
static struct err tell_default(struct app *app, struct tx *tx, struct str user_id,
                               struct str stripe_method_id) {
    struct subscription_row subscription;
    struct customer_row customer;
    bool is_found = false;
    TRY(subscription_in_force(tx, user_id, &subscription, &is_found));
    if (!is_found || subscription.stripe_subscription_id.len == 0) {
        return OK;
    }
    TRY(customer_get(tx, user_id, &customer, &is_found));
    struct payments_call call = {
        .kind = PAYMENTS_METHOD_DEFAULT,
        .user_id = user_id,
        .customer_id = customer.stripe_customer_id,
        .method_id = stripe_method_id,
    };
    return operation_plan_aside(app, tx, user_id, &call);
}

/* The newest method left is charged when the one that was is gone. */
static struct err choose_default(struct app *app, struct tx *tx, struct str user_id) {
    struct row_list methods;
    bool has = false;
    TRY(has_default(tx, user_id, &has));
    TRY(payment_method_list(tx, user_id, 1, &methods));
    const struct payment_method_row *newest = methods.items;
    if (has || methods.count == 0) {
        return OK;
    }
    TRY(payment_method_set_default(tx, user_id, id_str(&newest->id)));
    return tell_default(app, tx, user_id, newest->stripe_payment_method_id);
}

static struct err note_method(struct tx *tx, const struct payment_method_row *row, bool was_known,
                              bool was_attached) {
    bool is_attached = row->detached_at == ROW_NONE;
    if (was_known && was_attached == is_attached) {
        return OK;
    }
    struct billing_note note = {
        .type = is_attached ? "payment_method.attached" : "payment_method.detached",
        .description = arena_printf(tx->cx->arena, STR_FMT " ending in " STR_FMT " %s",
                                    STR_ARG(row->brand.len > 0 ? row->brand : row->type),
                                    STR_ARG(row->last4), is_attached ? "added" : "removed"),
    };
    return billing_event_note(tx, row->user_id, &note);
}

static struct err mirror_method(struct app *app, struct tx *tx,
                                const struct payments_method *method) {
    struct str user_id;
    TRY(owner_of_method(tx, method, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    struct record_id id;
    struct payment_method_row before;
    bool was_known = false;
    TRY(mirror_local_id(tx, method->id, user_id, "paym", &id));
    TRY(payment_method_get(tx, user_id, id_str(&id), &before, &was_known));
    bool is_attached = method->customer_id.len > 0;
    int64_t now = cx_now_ms(tx->cx);
    struct payment_method_row row = {
        .user_id = user_id,
        .id = id,
        .stripe_payment_method_id = method->id,
        .type = method->type,
        .brand = method->brand,
        .last4 = method->last4,
        .expiry_month = method->expiry_month > 0 ? method->expiry_month : ROW_NONE,
        .expiry_year = method->expiry_year > 0 ? method->expiry_year : ROW_NONE,
        .created_at = now,
        .detached_at = is_attached ? ROW_NONE : now,
    };
    if (was_known && before.detached_at != ROW_NONE) {
        row.detached_at = before.detached_at; /* a detached method can never be attached again */
    }
    TRY(payment_method_put(tx, &row));
    TRY(choose_default(app, tx, user_id));
    return note_method(tx, &row, was_known, was_known && before.detached_at == ROW_NONE);
}

/* --- invoices --- */

static void put_line(struct json_writer *out, const struct payments_invoice_line *line) {
    char start[RFC3339_SIZE];
    char end[RFC3339_SIZE];
    rfc3339_format(line->period.start.ms, start);
    rfc3339_format(line->period.end.ms, end);
    json_open_object(out);
    json_member_str(out, "description", line->description);
    json_name(out, "amount");
    json_open_object(out);
    json_member_i64(out, "amount", line->amount.minor);
    json_member_cstr(out, "currency", line->amount.currency.code);
    json_close_object(out);
    json_name(out, "period");
    json_open_object(out);
    json_member_cstr(out, "start", start);
    json_member_cstr(out, "end", end);
    json_close_object(out);
    json_member_bool(out, "proration", line->is_proration);
    json_close_object(out);
}

static struct str lines_text(struct cx *cx, const struct payments_invoice *invoice) {
    struct buf text;
    struct json_writer out;
    buf_init(&text, cx->env, LIMIT_BODY_WEBHOOK);
    json_writer_init(&out, &text);
    json_open_array(&out);
    for (size_t i = 0; i < invoice->line_count; i++) {
        put_line(&out, &invoice->lines[i]);
    }
    json_close_array(&out);
    return buf_finish_in(&text, cx->arena);
}

static struct err note_invoice(struct tx *tx, const struct invoice_row *row, int status_before) {
    if (row->status == status_before || row->status == INVOICE_DRAFT) {
        return OK;
    }
    const char *type = row->status == INVOICE_PAID   ? "invoice.paid"
                       : row->status == INVOICE_VOID ? "invoice.voided"
                       : row->status == INVOICE_OPEN ? "invoice.due"
                                                     : "invoice.uncollectible";
    struct currency currency;
    bool has_amount = currency_parse(row->currency, &currency);
    struct billing_note note = {
        .type = type,
        .description =
            arena_printf(tx->cx->arena, "Invoice " STR_FMT " is %s", STR_ARG(row->number),
                         invoice_status_name((enum invoice_status)row->status)),
        .metadata = arena_printf(tx->cx->arena, "{\"invoiceId\":\"%s\"}", row->id.text),
        .has_amount = has_amount,
        .amount = {row->amount, currency},
    };
    return billing_event_note(tx, row->user_id, &note);
}

/* What an invoice never leaves again
 * (https://docs.stripe.com/invoicing/overview#invoice-statuses). */
static bool is_final(int status) {
    return status == INVOICE_PAID || status == INVOICE_VOID;
}

static struct err mirror_invoice(struct tx *tx, const struct payments_invoice *invoice) {
    struct str user_id;
    TRY(owner_of(tx, invoice->customer_id, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    struct record_id id;
    struct record_id subscription_id = {""};
    struct stripe_object subscription;
    struct invoice_row before;
    bool was_known = false;
    bool has_subscription = false;
    TRY(mirror_local_id(tx, invoice->id, user_id, "invo", &id));
    TRY(invoice_get(tx, user_id, id_str(&id), &before, &was_known));
    TRY(stripe_object_get(tx, invoice->subscription_id, &subscription, &has_subscription));
    if (has_subscription) {
        subscription_id = id_from(subscription.local_id);
    }
    if (was_known && is_final(before.status) && !is_final((int)invoice->status)) {
        return OK; /* an answer from before it was settled has arrived after */
    }
    struct invoice_row row = {
        .user_id = user_id,
        .id = id,
        .subscription_id = subscription_id,
        .stripe_invoice_id = invoice->id,
        .number = invoice->number,
        .status = (int)invoice->status,
        .billing_reason = invoice->billing_reason,
        .currency = str_from_cstr(invoice->total.currency.code),
        .amount = invoice->total.minor,
        .amount_due = invoice->amount_due.minor,
        .amount_paid = invoice->amount_paid.minor,
        .tax = invoice->tax.minor,
        .due_date = invoice->has_due_date ? invoice->due_date.ms : ROW_NONE,
        .period_start = invoice->period.start.ms,
        .period_end = invoice->period.end.ms,
        .hosted_url = invoice->hosted_url,
        .pdf_url = invoice->pdf_url,
        .lines = lines_text(tx->cx, invoice),
        .created_at = invoice->created_at.ms,
    };
    TRY(invoice_put(tx, &row));
    return note_invoice(tx, &row, was_known ? before.status : INVOICE_DRAFT);
}

/* --- all of it --- */

struct err mirror_answer(struct app *app, struct tx *tx, const struct payments_answer *answer,
                         struct gate_update *ret_update) {
    if (answer->has_method) {
        TRY(mirror_method(app, tx, &answer->method));
    }
    if (answer->has_subscription) {
        struct str user_id;
        TRY(owner_of(tx, answer->subscription.customer_id, &user_id));
        if (user_id.len > 0) {
            TRY(mirror_subscription(app, tx, user_id, &answer->subscription, ret_update));
        }
    }
    return answer->has_invoice ? mirror_invoice(tx, &answer->invoice) : OK;
}
