/* Customers, charges, refunds and events: what the mirror and reconciliation read beside
 * subscriptions, invoices and methods. */
#include "stripe/object.h"

#include "base/buf.h"
#include "base/limits.h"

static bool read_amount(const json_t *object, const char *path, struct currency currency,
                        struct money *ret_money) {
    const json_t *value = json_at(object, path);
    struct money money = money_of(json_integer_value(value), currency);
    if (!json_is_integer(value) || !money_is_valid(money)) {
        return false;
    }
    *ret_money = money;
    return true;
}

enum object_result object_read_customer(const json_t *object,
                                        struct payments_customer *ret_customer) {
    if (!object_is(object, "customer")) {
        return OBJECT_NOT_IT;
    }
    struct payments_customer customer = {
        .id = json_text(object, "id"),
        .user_id = json_text(object, "metadata.user_id"),
        .default_method_id = object_reference(object, "invoice_settings.default_payment_method"),
        .balance = json_i64(object, "balance", 0),
        .is_deleted = json_flag(object, "deleted", false),
    };
    if (!customer.is_deleted && !object_instant(object, "created", &customer.created_at)) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_customer = customer;
    return OBJECT_READ;
}

enum object_result object_read_charge(const json_t *object, struct payments_charge *ret_charge) {
    if (!object_is(object, "charge")) {
        return OBJECT_NOT_IT;
    }
    struct currency currency;
    struct payments_charge charge = {
        .id = json_text(object, "id"),
        .customer_id = object_reference(object, "customer"),
        .intent_id = object_reference(object, "payment_intent"),
        .status = json_text(object, "status"),
        .is_disputed = json_flag(object, "disputed", false),
    };
    bool is_known = currency_parse(json_text(object, "currency"), &currency) &&
                    read_amount(object, "amount", currency, &charge.amount) &&
                    read_amount(object, "amount_refunded", currency, &charge.amount_refunded) &&
                    object_instant(object, "created", &charge.created_at);
    if (!is_known) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_charge = charge;
    return OBJECT_READ;
}

enum object_result object_read_refund(const json_t *object, struct payments_refund *ret_refund) {
    if (!object_is(object, "refund")) {
        return OBJECT_NOT_IT;
    }
    struct currency currency;
    struct payments_refund refund = {
        .id = json_text(object, "id"),
        .charge_id = object_reference(object, "charge"),
        .status = json_text(object, "status"),
    };
    bool is_known = currency_parse(json_text(object, "currency"), &currency) &&
                    read_amount(object, "amount", currency, &refund.amount) &&
                    object_instant(object, "created", &refund.created_at);
    if (!is_known) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_refund = refund;
    return OBJECT_READ;
}

/* What was given back in cash: each refund that the note made or took over. */
static int64_t refunds_of(const json_t *object) {
    int64_t sum = 0;
    size_t i;
    const json_t *refund = NULL;
    json_array_foreach(json_at(object, "refunds"), i, refund) {
        sum += json_i64(refund, "amount_refunded", 0);
    }
    return sum;
}

enum object_result object_read_credit_note(const json_t *object,
                                           struct payments_credit_note *ret_note) {
    if (!object_is(object, "credit_note")) {
        return OBJECT_NOT_IT;
    }
    struct currency currency;
    struct payments_credit_note note = {
        .id = json_text(object, "id"),
        .customer_id = object_reference(object, "customer"),
        .invoice_id = object_reference(object, "invoice"),
        .number = json_text(object, "number"),
        .status = json_text(object, "status"),
        .reason = json_text(object, "reason"),
        .pdf_url = json_text(object, "pdf"),
    };
    if (!currency_parse(json_text(object, "currency"), &currency) ||
        !read_amount(object, "total", currency, &note.amount) ||
        !object_instant(object, "created", &note.created_at)) {
        return OBJECT_UNKNOWN_VALUE;
    }
    note.refunded = money_of(refunds_of(object), currency);
    note.out_of_band = money_of(json_i64(object, "out_of_band_amount", 0), currency);
    int64_t credited =
        json_i64(object, "post_payment_amount", 0) - note.refunded.minor - note.out_of_band.minor;
    note.credited = money_of(credited > 0 ? credited : 0, currency);
    *ret_note = note;
    return OBJECT_READ;
}

static size_t most_of(size_t size) {
    return size < LIMIT_BODY_WEBHOOK ? size : LIMIT_BODY_WEBHOOK;
}

enum object_result object_read_event(const json_t *object, struct arena *arena,
                                     struct payments_event *ret_event) {
    if (!object_is(object, "event")) {
        return OBJECT_NOT_IT;
    }
    size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);
    char *body = arena_array(arena, most_of(size) + 1, 1);
    struct payments_event event = {
        .id = json_text(object, "id"),
        .type = json_text(object, "type"),
        .object_id = json_text(object, "data.object.id"),
    };
    bool is_known = body != NULL && event.type.len > 0 && size <= LIMIT_BODY_WEBHOOK &&
                    object_instant(object, "created", &event.created_at);
    if (!is_known) {
        return OBJECT_UNKNOWN_VALUE;
    }
    event.body = str_of(body, json_dumpb(object, body, size, JSON_COMPACT));
    *ret_event = event;
    return OBJECT_READ;
}
