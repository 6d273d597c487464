#include "app/money_back_approval.h"

#include "app/audit.h"
#include "app/correction.h"
#include "app/money_back.h"
#include "app/operation_start.h"
#include "base/check.h"
#include "base/json.h"
#include "store/invoice.h"

static const char *const returns_words[] = {"refund", "balance", "out_of_band"};

bool money_back_is_asked(enum operation_kind kind) {
    return kind == OPERATION_REFUND || kind == OPERATION_CREDIT_NOTE ||
           kind == OPERATION_CORRECTION;
}

static enum approval_action action_of(enum operation_kind kind) {
    check(money_back_is_asked(kind));
    return kind == OPERATION_REFUND ? APPROVAL_REFUND : APPROVAL_CREDIT_NOTE;
}

/* --- the request, written and read --- */

/* Its amounts stand in the row that was shown. */
static struct approval_request correction_request(struct cx *cx,
                                                  const struct operation_request *request) {
    return (struct approval_request){
        .subject = {.action = APPROVAL_CREDIT_NOTE,
                    .user_id = request->user_id,
                    .request = AUDIT_FACTS(cx, AUDIT_TEXT("correctionId", request->quote_id))},
        .idempotency_key = request->idempotency_key,
    };
}

struct approval_request money_back_request(struct cx *cx, const struct operation_request *request) {
    if (request->kind == OPERATION_CORRECTION) {
        return correction_request(cx, request);
    }
    const struct jcs_member all[] = {
        AUDIT_TEXT("invoiceId", request->invoice_id),
        AUDIT_TEXT("reason", request->reason),
        AUDIT_TEXT("memo", request->comment),
        AUDIT_TEXT("returns", str_from_cstr(returns_words[request->returns])),
        AUDIT_TEXT("currency", request->currency),
        AUDIT_WHOLE("amount", request->amount),
    };
    size_t count = request->amount > 0 ? ARRAY_LEN(all) : ARRAY_LEN(all) - 2; /* all that is left */
    return (struct approval_request){
        .subject = {.action = action_of(request->kind),
                    .user_id = request->user_id,
                    .request = audit_facts(cx, all, count)},
        .reason = request->reason,
        .idempotency_key = request->idempotency_key,
    };
}

/* The same request again, so that its Idempotency-Key finds what comes of it. */
static struct err request_of(struct tx *tx, const struct approval_subject *subject,
                             struct operation_request *ret_request) {
    struct arena *arena = tx->cx->arena;
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(subject->request, &problem);
    if (!json_is_object(object)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "The request of an approval is no JSON object.");
    }
    bool is_refund = subject->action == APPROVAL_REFUND;
    struct str correction_id = json_text(object, "correctionId");
    if (correction_id.len > 0) {
        *ret_request = (struct operation_request){.kind = OPERATION_CORRECTION,
                                                  .user_id = subject->user_id,
                                                  .tier = -1,
                                                  .interval = -1,
                                                  .quote_id = arena_str(arena, correction_id),
                                                  .is_of_operator = true,
                                                  .is_agreed = true};
        return OK;
    }
    *ret_request = (struct operation_request){
        .kind = is_refund ? OPERATION_REFUND : OPERATION_CREDIT_NOTE,
        .user_id = subject->user_id,
        .tier = -1,
        .interval = -1,
        .invoice_id = arena_str(arena, json_text(object, "invoiceId")),
        .reason = arena_str(arena, json_text(object, "reason")),
        .comment = arena_str(arena, json_text(object, "memo")),
        .currency = arena_str(arena, json_text(object, "currency")),
        .amount = json_i64(object, "amount", 0),
    };
    struct str returns = json_text(object, "returns");
    for (size_t i = 0; i < ARRAY_LEN(returns_words); i++) {
        if (str_equal(returns, str_from_cstr(returns_words[i]))) {
            ret_request->returns = (enum money_back)i;
        }
    }
    return OK;
}

/* --- whether --- */

static struct err given_before(struct tx *tx, const struct operation_request *request,
                               int64_t *ret_sum) {
    struct row_list list;
    if (request->kind == OPERATION_REFUND) {
        TRY(refunds_read(tx, request->user_id, request->invoice_id, &list));
        *ret_sum = refunds_sum(&list);
        return OK;
    }
    TRY(credit_notes_read(tx, request->user_id, request->invoice_id, &list));
    *ret_sum = credit_notes_sum(&list);
    return OK;
}

static struct err invoice_of(struct tx *tx, const struct operation_request *request,
                             struct invoice_row *ret_invoice) {
    bool is_found = false;
    TRY(invoice_get(tx, request->user_id, request->invoice_id, ret_invoice, &is_found));
    check(is_found); /* money_back_decide() has found it in this transaction */
    return OK;
}

struct err money_back_needs_approval(struct app *app, struct tx *tx,
                                     const struct operation_request *request,
                                     const struct operation_plan *plan, bool *ret_needs) {
    struct invoice_row invoice;
    int64_t before = 0;
    if (request->kind == OPERATION_CORRECTION) {
        return correction_needs_approval(app, tx, request, ret_needs);
    }
    TRY(invoice_of(tx, request, &invoice));
    TRY(given_before(tx, request, &before));
    *ret_needs = approval_needed(app, tx, action_of(request->kind),
                                 money_stored(before + plan->amount, invoice.currency));
    return OK;
}

/* --- what it would do, and doing it --- */

struct err money_back_describe(struct app *app, struct tx *tx,
                               const struct approval_subject *subject,
                               struct approval_facts *ret_facts) {
    struct operation_request request;
    struct operation_plan plan = {0};
    struct invoice_row invoice;
    int64_t before = 0;
    TRY(request_of(tx, subject, &request));
    if (request.kind == OPERATION_CORRECTION) {
        return correction_describe(app, tx, &request, ret_facts);
    }
    TRY(money_back_decide(tx, &request, &plan, &ret_facts->outcome));
    if (ret_facts->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(invoice_of(tx, &request, &invoice));
    TRY(given_before(tx, &request, &before));
    const char *sum = request.kind == OPERATION_REFUND ? "refunded" : "credited";
    const char *status = invoice_status_name((enum invoice_status)invoice.status);
    ret_facts->object_id = arena_str(tx->cx->arena, id_str(&invoice.id));
    ret_facts->has_amount = true;
    ret_facts->amount = money_stored(plan.amount, invoice.currency);
    ret_facts->before = AUDIT_FACTS(
        tx->cx, AUDIT_WHOLE("amount", invoice.amount), AUDIT_WHOLE("paid", invoice.amount_paid),
        AUDIT_TEXT("currency", invoice.currency), AUDIT_TEXT("number", invoice.number),
        AUDIT_TEXT("status", str_from_cstr(status)), AUDIT_WHOLE(sum, before));
    ret_facts->after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE(sum, before + plan.amount));
    return OK;
}

struct err money_back_execute(struct approval_execution *execution) {
    const struct approval_row *row = execution->row;
    const struct approval_subject subject = {(enum approval_action)row->action, row->user_id,
                                             row->request};
    struct operation_request request;
    TRY(request_of(execution->tx, &subject, &request));
    request.idempotency_key = row->idempotency_key;
    return operation_begin_agreed(execution->app, execution->tx, &request, &execution->operation_id,
                                  &execution->outcome);
}
