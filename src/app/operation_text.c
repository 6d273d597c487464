/* Plans and calls as JSON, so that an outbox row says in full what is to be done: shapes again. */
#include "app/operation_plan.h"

#include "base/shape.h"

/* Optional: a row that an earlier release wrote lacks what it did not know. */
#define NUMBER(json, type, member)                                                                 \
    {                                                                                              \
        .name = (json), .doc = (json), .kind = SHAPE_I64, .offset = offsetof(type, member),        \
        .flags = SHAPE_OPTIONAL                                                                    \
    }
#define FLAG(json, type, member)                                                                   \
    {                                                                                              \
        .name = (json), .doc = (json), .kind = SHAPE_BOOL, .offset = offsetof(type, member),       \
        .flags = SHAPE_OPTIONAL                                                                    \
    }
#define TEXT(json, type, member)                                                                   \
    {                                                                                              \
        .name = (json), .doc = (json), .kind = SHAPE_STR, .offset = offsetof(type, member),        \
        .max = TEXT_MAX,                                                                           \
        .flags = SHAPE_OPTIONAL | SHAPE_NULLABLE | SHAPE_OMITTED | SHAPE_OPEN_TEXT                 \
    }
enum { TEXT_MAX = 4096 };

static const struct shape_field plan_fields[] = {
    {.name = "kind",
     .doc = "enum operation_kind",
     .kind = SHAPE_I64,
     .offset = offsetof(struct operation_plan, kind),
     .max = OPERATION_KIND_COUNT - 1},
    NUMBER("tier", struct operation_plan, tier),
    NUMBER("interval", struct operation_plan, interval),
    NUMBER("version", struct operation_plan, version),
    NUMBER("change", struct operation_plan, change),
    NUMBER("at", struct operation_plan, at),
    FLAG("isLater", struct operation_plan, is_later),
    FLAG("atPeriodEnd", struct operation_plan, at_period_end),
    FLAG("toFree", struct operation_plan, to_free),
    FLAG("makesDefault", struct operation_plan, makes_default),
    TEXT("localId", struct operation_plan, local_id),
    TEXT("quoteId", struct operation_plan, quote_id),
    TEXT("methodId", struct operation_plan, method_id),
    TEXT("subscriptionId", struct operation_plan, subscription_id),
    TEXT("itemId", struct operation_plan, item_id),
    TEXT("invoiceId", struct operation_plan, invoice_id),
    TEXT("methodType", struct operation_plan, method_type),
    TEXT("returnUrl", struct operation_plan, return_url),
    TEXT("setupId", struct operation_plan, setup_id),
    TEXT("reason", struct operation_plan, reason),
    TEXT("comment", struct operation_plan, comment),
    FLAG("undoesEnd", struct operation_plan, undoes_end),
    FLAG("prorates", struct operation_plan, prorates),
    FLAG("billsWaiting", struct operation_plan, bills_waiting),
    FLAG("setsCoupon", struct operation_plan, sets_coupon),
    FLAG("isQuoted", struct operation_plan, is_quoted),
    FLAG("isExpected", struct operation_plan, is_expected),
    NUMBER("due", struct operation_plan, due),
    NUMBER("expected", struct operation_plan, expected),
    NUMBER("trialDays", struct operation_plan, trial_days),
    TEXT("voidId", struct operation_plan, void_id),
    TEXT("scheduleId", struct operation_plan, schedule_id),
    TEXT("coupon", struct operation_plan, coupon),
    TEXT("couponBefore", struct operation_plan, coupon_before),
    TEXT("email", struct operation_plan, details.email),
    TEXT("name", struct operation_plan, details.name),
    TEXT("line1", struct operation_plan, details.line1),
    TEXT("line2", struct operation_plan, details.line2),
    TEXT("city", struct operation_plan, details.city),
    TEXT("state", struct operation_plan, details.state),
    TEXT("postalCode", struct operation_plan, details.postal_code),
    TEXT("country", struct operation_plan, details.country),
    TEXT("purchaseOrder", struct operation_plan, details.purchase_order),
    FLAG("dropsPurchaseOrder", struct operation_plan, drops_purchase_order),
    NUMBER("amount", struct operation_plan, amount),
    NUMBER("returns", struct operation_plan, returns),
    FLAG("sendsInvoice", struct operation_plan, sends_invoice),
    FLAG("setsCollection", struct operation_plan, sets_collection),
    FLAG("endsTrial", struct operation_plan, ends_trial),
    NUMBER("daysUntilDue", struct operation_plan, days_until_due),
    FLAG("isSettled", struct operation_plan, is_settled),
    TEXT("taxIdType", struct operation_plan, tax_id_type),
    TEXT("taxIdValue", struct operation_plan, tax_id_value),
    TEXT("taxId", struct operation_plan, tax_id),
    TEXT("correctionId", struct operation_plan, correction_id),
};
static const struct shape plan_shape =
    SHAPE("OperationPlan", "What an operation does", struct operation_plan, plan_fields);

static const struct shape_field call_fields[] = {
    {.name = "kind",
     .doc = "enum payments_kind",
     .kind = SHAPE_I64,
     .offset = offsetof(struct payments_call, kind),
     .max = PAYMENTS_KIND_COUNT - 1},
    NUMBER("interval", struct payments_call, interval),
    NUMBER("change", struct payments_call, change),
    NUMBER("at", struct payments_call, at),
    NUMBER("price", struct payments_call, price),
    FLAG("atPeriodEnd", struct payments_call, at_period_end),
    FLAG("prorates", struct payments_call, prorates),
    FLAG("billsWaiting", struct payments_call, bills_waiting),
    FLAG("taxes", struct payments_call, taxes),
    FLAG("dropsCoupon", struct payments_call, drops_coupon),
    NUMBER("trialDays", struct payments_call, trial_days),
    NUMBER("phaseStart", struct payments_call, phase_start),
    NUMBER("phaseEnd", struct payments_call, phase_end),
    NUMBER("percentOff", struct payments_call, percent_off),
    NUMBER("months", struct payments_call, months),
    TEXT("scheduleId", struct payments_call, schedule_id),
    TEXT("nextPriceId", struct payments_call, next_price_id),
    TEXT("couponId", struct payments_call, coupon_id),
    TEXT("duration", struct payments_call, duration),
    FLAG("sendsInvoice", struct payments_call, sends_invoice),
    FLAG("endsTrial", struct payments_call, ends_trial),
    NUMBER("daysUntilDue", struct payments_call, days_until_due),
    TEXT("reason", struct payments_call, reason),
    TEXT("memo", struct payments_call, memo),
    NUMBER("refundAmount", struct payments_call, refund_amount),
    NUMBER("creditAmount", struct payments_call, credit_amount),
    NUMBER("outOfBandAmount", struct payments_call, out_of_band_amount),
    TEXT("line1", struct payments_call, line1),
    TEXT("line2", struct payments_call, line2),
    TEXT("city", struct payments_call, city),
    TEXT("state", struct payments_call, state),
    TEXT("postalCode", struct payments_call, postal_code),
    TEXT("purchaseOrder", struct payments_call, purchase_order),
    FLAG("dropsPurchaseOrder", struct payments_call, drops_purchase_order),
    TEXT("taxIdType", struct payments_call, tax_id_type),
    TEXT("taxIdValue", struct payments_call, tax_id_value),
    TEXT("currency", struct payments_call, currency),
    TEXT("idempotencyKey", struct payments_call, idempotency_key),
    TEXT("userId", struct payments_call, user_id),
    TEXT("email", struct payments_call, email),
    TEXT("name", struct payments_call, name),
    TEXT("country", struct payments_call, country),
    TEXT("customerId", struct payments_call, customer_id),
    TEXT("methodId", struct payments_call, method_id),
    TEXT("methodType", struct payments_call, method_type),
    TEXT("returnUrl", struct payments_call, return_url),
    TEXT("lookupKey", struct payments_call, lookup_key),
    TEXT("priceId", struct payments_call, price_id),
    TEXT("localId", struct payments_call, local_id),
    TEXT("subscriptionId", struct payments_call, subscription_id),
    TEXT("itemId", struct payments_call, item_id),
    TEXT("invoiceId", struct payments_call, invoice_id),
    {.name = "advances",
     .doc = "The invoice goes on by itself",
     .kind = SHAPE_BOOL,
     .offset = offsetof(struct payments_call, advances),
     .flags = SHAPE_OPTIONAL},
    TEXT("objectId", struct payments_call, object_id),
    TEXT("after", struct payments_call, after),
    NUMBER("quantity", struct payments_call, quantity),
    FLAG("discountable", struct payments_call, discountable),
};
static const struct shape call_shape =
    SHAPE("PaymentsCall", "One call to the payment provider", struct payments_call, call_fields);

static struct err read_text(struct cx *cx, const struct shape *shape, struct str text,
                            void *ret_struct) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    CLEANUP(json_release) json_t *json = json_read(text, &problem);
    if (json == NULL || !shape_decode(shape, json, cx->arena, ret_struct, &errors)) {
        return arena_failed(cx->arena)
                   ? ERR(ERR_NO_MEMORY)
                   : cx_fail(cx, ERR(ERR_CORRUPT), "a stored %s cannot be read", shape->name);
    }
    return OK;
}

struct str operation_plan_text(struct cx *cx, const struct operation_plan *plan) {
    return shape_text(&plan_shape, plan, cx->arena);
}

struct err operation_plan_read(struct cx *cx, struct str text, struct operation_plan *ret_plan) {
    *ret_plan = (struct operation_plan){0};
    TRY(read_text(cx, &plan_shape, text, ret_plan));
    ret_plan->sends_invoice |= ret_plan->days_until_due > 0; /* as earlier releases said it */
    return OK;
}

struct str payments_call_text(struct cx *cx, const struct payments_call *call) {
    return shape_text(&call_shape, call, cx->arena);
}

struct err payments_call_read(struct cx *cx, struct str text, struct payments_call *ret_call) {
    *ret_call = (struct payments_call){0};
    TRY(read_text(cx, &call_shape, text, ret_call));
    ret_call->sends_invoice |= ret_call->days_until_due > 0; /* as earlier releases said it */
    return OK;
}
