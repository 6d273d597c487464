#include "stripe/webhook.h"

#include "base/crypto.h"
#include "base/json.h"

/* The header in parts: "t=1795000000,v1=5257…,v1=…,v0=…". A repeated time counts as last given. */
struct header {
    bool has_time, has_signature;
    struct str time;
};

/* Cuts off the next "name=value"; what follows a second "=" belongs to neither. */
static bool next_part(struct str *rest, struct str *ret_name, struct str *ret_value) {
    if (rest->len == 0) {
        return false;
    }
    struct str value = str_cut(rest, ',');
    *ret_name = str_cut(&value, '=');
    *ret_value = str_cut(&value, '=');
    return true;
}

static struct header header_read(struct str text) {
    struct header header = {0};
    struct str name;
    struct str value;
    while (next_part(&text, &name, &value)) {
        if (str_equal(name, STR("t"))) {
            header.has_time = true;
            header.time = value;
        }
        header.has_signature = header.has_signature || str_equal(name, STR("v1"));
    }
    return header;
}

static bool has_signature(struct str text, struct str expected) {
    bool is_found = false;
    struct str name;
    struct str value;
    while (next_part(&text, &name, &value)) {
        if (str_equal(name, STR("v1")) && secret_equal(value, expected)) {
            is_found = true;
        }
    }
    return is_found;
}

static bool is_signed(const struct stripe_webhook_proof *proof, struct str time) {
    const struct str parts[] = {time, STR("."), proof->body};
    bool is_found = false;
    for (size_t i = 0; i < proof->secret_count; i++) {
        uint8_t mac[SHA256_SIZE];
        char hex[SHA256_HEX];
        hmac_sha256(proof->secrets[i], parts, ARRAY_LEN(parts), mac);
        str_hex(mac, sizeof mac, hex);
        is_found = has_signature(proof->header, str_of(hex, sizeof hex)) || is_found;
    }
    return is_found;
}

enum stripe_signature stripe_webhook_verify(const struct stripe_webhook_proof *proof) {
    if (proof->body.len == 0) {
        return STRIPE_SIGNATURE_NO_BODY;
    }
    if (proof->header.len == 0) {
        return STRIPE_SIGNATURE_NO_HEADER;
    }
    struct header header = header_read(proof->header);
    if (!header.has_time) {
        return STRIPE_SIGNATURE_MALFORMED;
    }
    if (!header.has_signature) {
        return STRIPE_SIGNATURE_NO_SCHEME;
    }
    /* What is no number, Stripe cannot have signed. */
    int64_t time_s = 0;
    if (!str_to_i64(header.time, &time_s) || time_s < 0 || !is_signed(proof, header.time)) {
        return STRIPE_SIGNATURE_WRONG;
    }
    return proof->now_s - time_s > proof->tolerance_s ? STRIPE_SIGNATURE_TOO_OLD
                                                      : STRIPE_SIGNATURE_VALID;
}

const char *stripe_signature_reason(enum stripe_signature signature) {
    static const char *const reasons[] = {
        [STRIPE_SIGNATURE_VALID] = "The signature is valid.",
        [STRIPE_SIGNATURE_NO_BODY] = "The request has no body.",
        [STRIPE_SIGNATURE_NO_HEADER] = "The request has no Stripe-Signature header.",
        [STRIPE_SIGNATURE_MALFORMED] = "The Stripe-Signature header holds no time.",
        [STRIPE_SIGNATURE_NO_SCHEME] = "The Stripe-Signature header holds no v1 signature.",
        [STRIPE_SIGNATURE_WRONG] =
            "No signature fits the body. Is the endpoint's signing secret the configured one?",
        [STRIPE_SIGNATURE_TOO_OLD] =
            "The signature is too old. Is this machine's clock right, or was the request replayed?",
    };
    return reasons[signature];
}

bool stripe_webhook_parse(struct arena *arena, struct str body,
                          struct stripe_webhook *ret_webhook) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *event = json_read(body, &problem);
    struct str id = json_text(event, "id");
    struct str type = json_text(event, "type");
    bool is_event = str_equal(json_text(event, "object"), STR("event")) && id.len > 0 &&
                    type.len > 0 && json_is_object(json_at(event, "data.object"));
    if (!is_event) {
        return false;
    }
    struct stripe_webhook webhook = {
        .id = arena_str(arena, id),
        .type = arena_str(arena, type),
        .object_id = arena_str(arena, json_text(event, "data.object.id")),
    };
    if (arena_failed(arena)) {
        return false;
    }
    *ret_webhook = webhook;
    return true;
}

const char *const *stripe_webhook_events(size_t *ret_count) {
    static const char *const events[] = {
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.failed",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
        "credit_note.created",
        "credit_note.voided",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.pending_update_applied",
        "customer.subscription.pending_update_expired",
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
        "customer.tax_id.created",
        "customer.tax_id.deleted",
        "customer.tax_id.updated",
        "customer.updated",
        "customer_cash_balance_transaction.created",
        "invoice.created",
        "invoice.finalization_failed",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.overdue",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.payment_succeeded",
        "invoice.updated",
        "invoice.voided",
        "payment_method.attached",
        "payment_method.automatically_updated",
        "payment_method.detached",
        "payment_method.updated",
        "refund.created",
        "refund.failed",
        "refund.updated",
        "setup_intent.succeeded",
    };
    *ret_count = ARRAY_LEN(events);
    return events;
}
