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
