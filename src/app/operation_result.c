/* How operations end: the outcome by name, what a person is told, and the ids of what came of it.
 */
#include "app/audit.h"
#include "app/billing_event.h"
#include "app/contract.h"
#include "app/correction.h"
#include "app/feedback.h"
#include "app/operation_plan.h"
#include "app/pause.h"
#include "app/withdrawal.h"
#include "base/shape.h"
#include "store/operation.h"

enum { TEXT_MAX = 4096 };

struct result_paper {
    struct str decline_code, message, url, subscription_id, invoice_id, payment_method_id,
        object_id, client_secret;
    int64_t expires_at;
};

#define TEXT(json, member)                                                                         \
    {                                                                                              \
        .name = (json), .doc = (json), .kind = SHAPE_STR,                                          \
        .offset = offsetof(struct result_paper, member), .max = TEXT_MAX,                          \
        .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE | SHAPE_OMITTED | SHAPE_OPEN_TEXT                 \
    }

static const struct shape_field fields[] = {
    TEXT("declineCode", decline_code),
    TEXT("message", message),
    TEXT("url", url),
    TEXT("subscriptionId", subscription_id),
    TEXT("invoiceId", invoice_id),
    TEXT("paymentMethodId", payment_method_id),
    TEXT("objectId", object_id),
    TEXT("clientSecret", client_secret), /* the column is sealed */
    {.name = "expiresAt",
     .doc = "expiresAt",
     .kind = SHAPE_I64,
     .offset = offsetof(struct result_paper, expires_at)},
};
static const struct shape result_shape =
    SHAPE("OperationResult", "How an operation ended", struct result_paper, fields);

static struct str result_text(struct cx *cx, const struct operation_result *result) {
    struct result_paper paper = {
        .decline_code = result->decline_code,
        .message = result->message,
        .url = result->url,
        .subscription_id = result->subscription_id,
        .invoice_id = result->invoice_id,
        .payment_method_id = result->payment_method_id,
        .object_id = result->object_id,
        .client_secret = result->client_secret,
        .expires_at = result->expires_at.ms,
    };
    return shape_text(&result_shape, &paper, cx->arena);
}

static bool outcome_named(struct str code, enum outcome *ret_outcome) {
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (str_equal(str_from_cstr(outcome_code((enum outcome)i)), code)) {
            *ret_outcome = (enum outcome)i;
            return true;
        }
    }
    return false;
}

struct err operation_result_read(struct cx *cx, struct arena *arena,
                                 const struct operation_row *row,
                                 struct operation_result *ret_result) {
    struct result_paper paper = {0};
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    struct operation_result result;
    CLEANUP(json_release) json_t *json = json_read(row->result, &problem);
    if (json == NULL || !outcome_named(row->result_code, &result.outcome) ||
        !shape_decode(&result_shape, json, arena, &paper, &errors)) {
        return arena_failed(arena)
                   ? ERR(ERR_NO_MEMORY)
                   : cx_fail(cx, ERR(ERR_CORRUPT), "the result of operation %s cannot be read",
                             row->id.text);
    }
    result.decline_code = paper.decline_code;
    result.message = paper.message;
    result.url = paper.url;
    result.expires_at = (struct instant){paper.expires_at};
    result.subscription_id = paper.subscription_id;
    result.invoice_id = paper.invoice_id;
    result.payment_method_id = paper.payment_method_id;
    result.object_id = paper.object_id;
    result.client_secret = paper.client_secret;
    *ret_result = result;
    return OK;
}

/* What the mirror does not tell by itself: that a change was refused, or why somebody leaves. */
static struct err note(struct app *app, struct tx *tx, const struct operation_row *row,
                       const struct operation_plan *plan, const struct operation_result *result) {
    if (result->outcome != OUTCOME_DONE) {
        struct billing_note failed = {
            .type = "operation.failed",
            .description = arena_printf(tx->cx->arena, STR_FMT ": %s", STR_ARG(row->kind),
                                        outcome_text(result->outcome)),
        };
        return billing_event_note(tx, row->user_id, &failed);
    }
    if (plan->kind == OPERATION_CANCEL) {
        TRY(feedback_note_cancel(app, tx,
                                 &(struct feedback_cancelled){
                                     .user_id = row->user_id,
                                     .stripe_subscription_id = plan->subscription_id,
                                     .reason = plan->reason,
                                     .comment = plan->comment,
                                 }));
    }
    if (plan->kind == OPERATION_CANCEL && plan->reason.len > 0) {
        struct billing_note reason = {
            .type = "subscription.cancel_reason",
            .description = arena_printf(tx->cx->arena, STR_FMT "%s" STR_FMT, STR_ARG(plan->reason),
                                        plan->comment.len > 0 ? ": " : "", STR_ARG(plan->comment)),
        };
        return billing_event_note(tx, row->user_id, &reason);
    }
    return OK;
}

/* What came of what somebody had asked for: the row of that says only that it had begun. */
static struct err tell(struct tx *tx, const struct operation_row *row,
                       const struct operation_result *result) {
    return audit_append(tx,
                        &(struct audit_entry){
                            .action = STR("operation.ended"),
                            .said = {.customer = row->user_id,
                                     .object = id_str(&row->id),
                                     .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("kind", row->kind)),
                                     .outcome = str_from_cstr(outcome_code(result->outcome))},
                        });
}

struct err operation_conclude(struct app *app, struct tx *tx, const struct operation_row *row,
                              const struct operation_plan *plan,
                              const struct operation_result *result) {
    struct operation_row ended = *row;
    ended.status = result->outcome == OUTCOME_DONE ? OPERATION_SUCCEEDED : OPERATION_FAILED;
    ended.result_code = str_from_cstr(outcome_code(result->outcome));
    ended.result = result_text(tx->cx, result);
    ended.finished_at = cx_now_ms(tx->cx);
    TRY(operation_finish(tx, &ended));
    TRY(tell(tx, row, result));
    TRY(contract_concluded(app, tx, row, result->outcome));
    TRY(correction_concluded(tx, row, result->outcome));
    TRY(pause_concluded(app, tx, row, plan, result->outcome));
    TRY(withdrawal_concluded(app, tx, row, result->outcome));
    return note(app, tx, row, plan, result);
}
