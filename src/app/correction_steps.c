/* What each call of a correction says, and what is compared before money moves. */
#include "app/consent.h"
#include "app/correction.h"
#include "base/check.h"

struct err correction_facts_read(struct tx *tx, struct str user_id,
                                 const struct operation_plan *plan,
                                 struct correction_facts *ret_facts) {
    bool is_found = false;
    *ret_facts = (struct correction_facts){.is_it = plan->kind == OPERATION_CORRECTION};
    if (!ret_facts->is_it) {
        return OK;
    }
    TRY(correction_get(tx, user_id, plan->correction_id, &ret_facts->row, &is_found));
    check(is_found); /* the plan was made of it */
    TRY(invoice_get(tx, user_id, id_str(&ret_facts->row.invoice_id), &ret_facts->invoice,
                    &is_found));
    check(is_found);
    TRY(invoice_lines_read(tx->cx->arena, ret_facts->invoice.lines, &ret_facts->lines));
    return consent_language(tx, user_id, &ret_facts->language);
}

size_t correction_times(const struct correction_facts *facts, enum payments_kind kind) {
    return facts->is_it && kind == PAYMENTS_INVOICE_ITEM ? facts->lines.count : 1;
}

void correction_remember(struct correction_facts *facts, enum payments_kind kind,
                         struct str result) {
    if (!facts->is_it) {
        return;
    }
    if (kind == PAYMENTS_INVOICE_DRAFT) {
        facts->draft_id = result;
    } else if (kind == PAYMENTS_INVOICE_FINALIZE) {
        facts->number = result;
    } else if (kind == PAYMENTS_CREDIT_NOTE_CREATE) {
        facts->note_id = result;
    }
}

static struct str printed(struct cx *cx, const struct correction_facts *facts,
                          const char *const words[LANGUAGE_COUNT], struct str number) {
    return arena_printf(cx->arena, "%s" STR_FMT, words[facts->language], STR_ARG(number));
}

static void describe_draft(struct cx *cx, const struct correction_facts *facts,
                           struct payments_call *call) {
    static const char *const corrects[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "Corrects invoice ", [LANGUAGE_DE] = "Korrigiert Rechnung "};
    int64_t now = cx_now_ms(cx);
    bool is_late = facts->invoice.due_date == ROW_NONE || facts->invoice.due_date < now;
    call->memo = printed(cx, facts, corrects, facts->invoice.number);
    call->reason = facts->row.purchase_order;
    call->coupon_id = facts->invoice.discount > 0 ? facts->invoice.coupon : STR("");
    call->sends_invoice = facts->row.sends_invoice;
    call->at = is_late ? 0 : facts->invoice.due_date;
}

static void describe_item(const struct correction_facts *facts, size_t nth,
                          struct payments_call *call) {
    check(nth < facts->lines.count);
    const struct payments_invoice_line *line = &facts->lines.items[nth];
    struct invoice_line_unit unit = invoice_line_unit_of(line);
    call->name = line->description;
    call->price = unit.amount;
    call->quantity = unit.quantity;
    call->phase_start = line->period.start.ms;
    call->phase_end = line->period.end.ms;
    call->discountable = line->discount.minor > 0;
}

static void describe_note(const struct correction_facts *facts, struct payments_call *call) {
    call->price = facts->row.total_before;
    call->refund_amount = facts->row.refunded;
    call->credit_amount = facts->row.credited;
    call->reason = STR("order_change");
}

/* The number of the new invoice is known when it is issued; the note is then there. */
static void describe_memo(struct cx *cx, const struct correction_facts *facts,
                          struct payments_call *call) {
    static const char *const by[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "Corrected by invoice ", [LANGUAGE_DE] = "Korrigiert durch Rechnung "};
    call->object_id = facts->note_id;
    call->memo = printed(cx, facts, by, facts->number);
}

void correction_describe_call(struct cx *cx, const struct correction_facts *facts, size_t nth,
                              struct payments_call *call) {
    enum payments_kind kind = (enum payments_kind)call->kind;
    bool is_about_old = kind == PAYMENTS_INVOICE_READ || kind == PAYMENTS_CREDIT_NOTE_CREATE;
    if (!facts->is_it) {
        return;
    }
    call->currency = facts->row.currency;
    call->local_id = arena_str(cx->arena, id_str(&facts->row.id));
    if (!is_about_old) {
        call->invoice_id = facts->draft_id;
    }
    if (kind == PAYMENTS_INVOICE_DRAFT) {
        describe_draft(cx, facts, call);
    } else if (kind == PAYMENTS_INVOICE_ITEM) {
        describe_item(facts, nth, call);
    } else if (kind == PAYMENTS_CREDIT_NOTE_CREATE) {
        describe_note(facts, call);
    } else if (kind == PAYMENTS_CREDIT_NOTE_MEMO) {
        describe_memo(cx, facts, call);
    }
}

struct err correction_judge(struct tx *tx, const struct operation_plan *plan,
                            const struct payments_call *call, const struct payments_answer *answer,
                            enum outcome *outcome) {
    struct correction_row row;
    bool is_found = false;
    if (plan->kind != OPERATION_CORRECTION) {
        return OK;
    }
    TRY(correction_get(tx, call->user_id, plan->correction_id, &row, &is_found));
    check(is_found);
    bool is_other = false;
    if (call->kind == PAYMENTS_CUSTOMER_READ) {
        is_other = !answer->has_customer || answer->customer.balance != row.balance;
    } else if (call->kind == PAYMENTS_DRAFT_READ) {
        is_other = !answer->has_invoice || answer->invoice.total.minor != row.total_after ||
                   answer->invoice.tax.minor != row.tax_after;
    } else if (call->kind == PAYMENTS_INVOICE_FINALIZE && answer->has_invoice &&
               answer->invoice.status == INVOICE_DRAFT) {
        *outcome = OUTCOME_PAYMENT_PROVIDER_REFUSED;
    }
    if (is_other) {
        *outcome = OUTCOME_CORRECTION_EXPIRED;
    }
    return OK;
}

struct err correction_tidy(struct app *app, struct tx *tx, struct str user_id,
                           const struct correction_facts *facts) {
    if (!facts->is_it || facts->draft_id.len == 0 || facts->note_id.len > 0) {
        return OK;
    }
    const struct payments_call remove = {
        .kind = PAYMENTS_DRAFT_DELETE, .user_id = user_id, .invoice_id = facts->draft_id};
    return operation_plan_aside(app, tx, user_id, &remove);
}
