/* What time does to invoices: the draft hour, collection, the account's own retries, due dates.
 *
 * A draft waits for an hour. An endpoint that was told of it by invoice.created and did not take
 * that holds it up, for at most 72 hours (billing/subscriptions/webhooks).
 *
 * Retries are off until the sandbox is told the days between attempts. Each one counts in
 * attempt_count; after a hard decline they go on without charging until there is another payment
 * method (billing/revenue-recovery/smart-retries). An invoice whose auto_advance was set to false
 * is left alone. */
#include "sandbox/invoice.h"

#include <string.h>

#include "sandbox/subscription_life.h"

enum { HELD_UP_S = 72 * 3600, DAY_S = 86400 };

json_t *sandbox_settings(struct world *world) {
    return world_get(world, SANDBOX_SETTINGS);
}

/* --- drafts --- */

static bool is_held_up(struct world *world, const json_t *invoice) {
    int64_t refused = 0;
    const char *event = member(invoice, "_created_event");
    int64_t now = world_now(world, member(invoice, "customer"));
    if (event[0] == '\0' || now >= member_i64(invoice, "created") + HELD_UP_S) {
        return false;
    }
    struct err err = store_delivery_refused(world->store, event, &refused);
    return !err_failed(err) && refused > 0;
}

static void finalize(struct world *world, json_t *invoice) {
    int64_t now = world_now(world, member(invoice, "customer"));
    if (is_held_up(world, invoice)) {
        set_i64(invoice, "automatically_finalizes_at", now + DRAFT_LIFE_S);
        world_touch(world, invoice);
        return;
    }
    invoice_finalize(world, invoice);
    bool is_open = member_is(invoice, "status", "open") &&
                   json_is_true(json_object_get(invoice, "auto_advance"));
    if (!is_open) {
        return;
    }
    if (member_is(invoice, "collection_method", "send_invoice")) {
        event_emit(world, "invoice.sent", invoice);
        return;
    }
    (void)invoice_collect(world, invoice, "", true);
}

/* --- retries --- */

/* Declines that no second attempt with the same method can turn. */
static bool is_hard(const char *code) {
    static const char *const codes[] = {
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "stolen_card",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "authentication_required",
        "highest_risk_level",
        "transaction_not_allowed",
    };
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_hopeless(struct world *world, json_t *invoice) {
    const json_t *intent = world_get(world, member(invoice, "_intent"));
    const char *decline = member(intent, "last_payment_error.decline_code");
    const char *code = decline[0] != '\0' ? decline : member(intent, "last_payment_error.code");
    return is_hard(code) && member_is(intent, "last_payment_error.payment_method.id",
                                      invoice_method_of(world, invoice));
}

/* The pause behind the attempts made so far, in days; 0 when they are used up. */
static int64_t pause_days(struct world *world, const json_t *invoice) {
    json_t *days = json_object_get(sandbox_settings(world), "retry_days");
    int64_t made = member_i64(invoice, "_automatic_attempts");
    size_t next = made < 1 ? 0 : (size_t)made - 1;
    return json_integer_value(json_array_get(days, next));
}

void invoice_plan_retry(struct world *world, json_t *invoice) {
    json_t *settings = sandbox_settings(world);
    bool is_on = json_array_size(json_object_get(settings, "retry_days")) > 0 &&
                 member_is(invoice, "collection_method", "charge_automatically") &&
                 !member_is(invoice, "billing_reason", "subscription_create");
    if (!is_on) {
        return;
    }
    int64_t days = pause_days(world, invoice);
    set_bool(invoice, "auto_advance", days > 0);
    set_null(invoice, "next_payment_attempt");
    if (days > 0) {
        int64_t now = world_now(world, member(invoice, "customer"));
        set_i64(invoice, "next_payment_attempt", now + days * DAY_S);
    }
    world_touch(world, invoice);
    event_updated(world, "invoice.updated", invoice);
    if (days == 0) {
        subscription_on_exhausted(world, invoice, member(settings, "retry_end"));
    }
}

static void attempt(struct world *world, json_t *invoice) {
    set_null(invoice, "_collects_at");
    set_null(invoice, "next_payment_attempt");
    world_touch(world, invoice);
    if (!json_is_true(json_object_get(invoice, "auto_advance"))) {
        return;
    }
    if (is_hopeless(world, invoice)) {
        set_i64(invoice, "attempt_count", member_i64(invoice, "attempt_count") + 1);
        set_i64(invoice, "_automatic_attempts", member_i64(invoice, "_automatic_attempts") + 1);
        invoice_plan_retry(world, invoice);
        return;
    }
    (void)invoice_collect(world, invoice, "", true);
}

/* --- due dates --- */

static void overdue(struct world *world, json_t *invoice) {
    json_t *customer = world_get(world, member(invoice, "customer"));
    set_bool(invoice, "_is_overdue", true);
    world_touch(world, invoice);
    event_emit(world, "invoice.overdue", invoice);
    set_bool(customer, "delinquent", true);
    world_touch(world, customer);
    event_updated(world, "customer.updated", customer);
    subscription_on_failed(world, invoice);
}

static bool is_past(const json_t *invoice, const char *name, int64_t now) {
    json_t *at = json_object_get(invoice, name);
    return json_is_integer(at) && json_integer_value(at) <= now;
}

void invoice_on_due(struct world *world, json_t *invoice) {
    int64_t now = world_now(world, member(invoice, "customer"));
    if (member_is(invoice, "status", "draft")) {
        finalize(world, invoice);
    } else if (is_past(invoice, "next_payment_attempt", now) ||
               is_past(invoice, "_collects_at", now)) {
        attempt(world, invoice);
    } else {
        overdue(world, invoice);
    }
}
