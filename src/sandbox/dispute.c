/* /v1/disputes: a customer's bank takes a payment back. Money leaves with the dispute and returns
 * when it is won; an inquiry (warning_*) moves none. A dispute of a bank debit is final
 * (payments/ach-direct-debit). Stripe's test evidence decides: winning_evidence, losing_evidence
 * (testing); other words leave it under review. */
#include "sandbox/dispute.h"

#include <string.h>

#include "base/json.h"
#include "sandbox/balance.h"
#include "sandbox/payment.h"
#include "sandbox/resources.h"

enum { DISPUTE_FEE = 1500, ANSWER_DAYS = 9, DAY_S = 86400 };

#define EVIDENCE(of)                                                                               \
    { .name = (of), .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE }
static const struct param evidence_params[] = {EVIDENCE("access_activity_log"),
                                               EVIDENCE("billing_address"),
                                               EVIDENCE("cancellation_policy"),
                                               EVIDENCE("cancellation_policy_disclosure"),
                                               EVIDENCE("cancellation_rebuttal"),
                                               EVIDENCE("customer_communication"),
                                               EVIDENCE("customer_email_address"),
                                               EVIDENCE("customer_name"),
                                               EVIDENCE("customer_purchase_ip"),
                                               EVIDENCE("customer_signature"),
                                               EVIDENCE("duplicate_charge_documentation"),
                                               EVIDENCE("duplicate_charge_explanation"),
                                               EVIDENCE("duplicate_charge_id"),
                                               EVIDENCE("product_description"),
                                               EVIDENCE("receipt"),
                                               EVIDENCE("refund_policy"),
                                               EVIDENCE("refund_policy_disclosure"),
                                               EVIDENCE("refund_refusal_explanation"),
                                               EVIDENCE("service_date"),
                                               EVIDENCE("service_documentation"),
                                               EVIDENCE("shipping_address"),
                                               EVIDENCE("shipping_carrier"),
                                               EVIDENCE("shipping_date"),
                                               EVIDENCE("shipping_documentation"),
                                               EVIDENCE("shipping_tracking_number"),
                                               EVIDENCE("uncategorized_file"),
                                               EVIDENCE("uncategorized_text"),
                                               {.name = NULL}};
static const struct param update_params[] = {
    {.name = "evidence", .kind = PARAM_OBJECT, .of = evidence_params},
    {.name = "submit", .kind = PARAM_BOOLEAN},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "charge", .kind = PARAM_TEXT},
                                           {.name = "payment_intent", .kind = PARAM_TEXT},
                                           {.name = "created", .kind = PARAM_RANGE},
                                           PARAMS_COMMON};

static bool is_inquiry(const json_t *dispute) {
    return strncmp(member(dispute, "status"), "warning_", 8) == 0;
}

static bool waits(const json_t *dispute) {
    return member_is(dispute, "status", "needs_response") ||
           member_is(dispute, "status", "warning_needs_response");
}

/* Withdraws (negative) or reinstates; the fee goes and comes with the money. */
static void move_money(struct world *world, json_t *dispute, int64_t sign) {
    const struct balance_entry entry = {
        .type = "adjustment",
        .category = sign < 0 ? "dispute" : "dispute_reversal",
        .source = member(dispute, "id"),
        .customer = member(dispute, "_customer"),
        .currency = member(dispute, "currency"),
        .description = sign < 0 ? "Chargeback withdrawal" : "Chargeback reversal",
        .amount = sign * member_i64(dispute, "amount"),
        .fee = -sign * DISPUTE_FEE,
    };
    json_t *shown = event_render(balance_add(world, &entry));
    json_array_append_new(json_object_get(dispute, "balance_transactions"), shown);
    world_touch(world, dispute);
    event_emit(world,
               sign < 0 ? "charge.dispute.funds_withdrawn" : "charge.dispute.funds_reinstated",
               dispute);
}

static void end(struct world *world, json_t *dispute, const char *status) {
    set_text(dispute, "status", status);
    world_touch(world, dispute);
    if (strcmp(status, "won") == 0) {
        move_money(world, dispute, 1);
    }
    event_emit(world, "charge.dispute.closed", dispute);
}

static void set_details(json_t *dispute, const json_t *charge) {
    const char *brand = member(charge, "payment_method_details.card.brand");
    if (brand[0] == '\0') {
        return;
    }
    json_object_set_new(dispute, "payment_method_details",
                        json_pack("{s:s, s:{s:s, s:s, s:s, s:s}}", "type", "card", "card", "brand",
                                  brand, "case_type",
                                  is_inquiry(dispute) ? "inquiry" : "chargeback", "network", brand,
                                  "network_reason_code",
                                  member_is(dispute, "reason", "fraudulent") ? "10.4" : "13.1"));
}

/* The last second of the day on which evidence is due. */
static int64_t answer_by(int64_t now) {
    return (now / DAY_S + ANSWER_DAYS) * DAY_S + DAY_S - 1;
}

static json_t *open_as(struct world *world, json_t *charge, const char *reason,
                       const char *status) {
    const char *customer = member(charge, "customer");
    int64_t now = world_now(world, customer[0] == '\0' ? NULL : customer);
    json_t *dispute = world_add(world, "dispute", NULL);
    set_text(dispute, "_customer", customer);
    set_i64(dispute, "created", now);
    set_i64(dispute, "amount", member_i64(charge, "amount"));
    set_text(dispute, "currency", member(charge, "currency"));
    set_text(dispute, "charge", member(charge, "id"));
    set_text(dispute, "payment_intent", member(charge, "payment_intent"));
    set_text(dispute, "reason", reason);
    set_text(dispute, "status", status);
    set_bool(dispute, "is_charge_refundable", is_inquiry(dispute));
    set_i64(json_object_get(dispute, "evidence_details"), "due_by", answer_by(now));
    set_details(dispute, charge);
    set_bool(charge, "disputed", true);
    set_bool(charge, "_is_refundable", is_inquiry(dispute));
    world_touch(world, charge);
    event_emit(world, "charge.dispute.created", dispute);
    event_updated(world, "charge.updated", charge);
    return dispute;
}

static void open_with_money(struct world *world, json_t *charge, const char *reason) {
    move_money(world, open_as(world, charge, reason, "needs_response"), -1);
}

/* A bank's customer has 60 days and needs no reason; nothing can be answered. */
static void open_of_bank(struct world *world, json_t *charge) {
    json_t *dispute = open_as(world, charge, "debit_not_authorized", "needs_response");
    set_null(json_object_get(dispute, "evidence_details"), "due_by");
    move_money(world, dispute, -1);
    end(world, dispute, "lost");
}

void dispute_open_of(struct world *world, json_t *charge) {
    const struct test_card *card = card_by_number(str_from_cstr(member(charge, "_number")));
    switch (card == NULL ? CARD_RESTS : card->after) {
    case CARD_IS_DISPUTED:
        if (card_is_debit(card)) {
            open_of_bank(world, charge);
        } else {
            open_with_money(world, charge, "fraudulent");
        }
        break;
    case CARD_IS_DISPUTED_NOT_RECEIVED:
        open_with_money(world, charge, "product_not_received");
        break;
    case CARD_IS_INQUIRED:
        (void)open_as(world, charge, "fraudulent", "warning_needs_response");
        break;
    case CARD_RESTS:
    case CARD_REFUNDS_LATE:
    case CARD_REFUNDS_FAIL:
    case CARD_FUNDS_AT_ONCE:
    case CARD_NEVER_SETTLES:
    case CARD_MICRODEPOSITS_FAIL:
    case CARD_SETTLES_LATE:
        break;
    }
}

int64_t dispute_due(const json_t *dispute) {
    return waits(dispute) ? json_i64(dispute, "evidence_details.due_by", STORE_NEVER) : STORE_NEVER;
}

void dispute_on_due(struct world *world, json_t *dispute) {
    set_bool(json_object_get(dispute, "evidence_details"), "past_due", true);
    end(world, dispute, is_inquiry(dispute) ? "warning_closed" : "lost");
}

static json_t *find(struct call *call) {
    return world_find(call->world, "dispute", call->id, "dispute");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "dispute"};
    return list_answer(call, &query, "/v1/disputes");
}

static bool must_wait(struct call *call, const json_t *dispute) {
    return waits(dispute) ||
           fault_invalid(&call->world->fault, "status_transition_invalid", NULL,
                         "This dispute can no longer be answered: its status is %s.",
                         member(dispute, "status"));
}

/* Hands the evidence to the bank, which knows Stripe's two test words. */
static void submit(struct world *world, json_t *dispute) {
    json_t *details = json_object_get(dispute, "evidence_details");
    bool was_inquiry = is_inquiry(dispute);
    set_i64(details, "submission_count", member_i64(details, "submission_count") + 1);
    set_text(details, "submission_method", "manual");
    set_text(dispute, "status", was_inquiry ? "warning_under_review" : "under_review");
    world_touch(world, dispute);
    event_updated(world, "charge.dispute.updated", dispute);
    const char *words = member(dispute, "evidence.uncategorized_text");
    if (strcmp(words, "winning_evidence") == 0) {
        end(world, dispute, was_inquiry ? "warning_closed" : "won");
    } else if (strcmp(words, "losing_evidence") == 0) {
        end(world, dispute, was_inquiry ? "warning_closed" : "lost");
    }
}

static json_t *update(struct call *call) {
    json_t *dispute = find(call);
    const json_t *flag = json_object_get(call->params, "submit");
    bool has_evidence = param_given(call, "evidence");
    bool submits = json_is_true(flag) || (has_evidence && !json_is_false(flag));
    if (dispute == NULL || ((has_evidence || submits) && !must_wait(call, dispute))) {
        return NULL;
    }
    if (has_evidence) {
        json_object_update(json_object_get(dispute, "evidence"),
                           json_object_get(call->params, "evidence"));
        set_bool(json_object_get(dispute, "evidence_details"), "has_evidence", true);
    }
    metadata_merge(dispute, call->params);
    world_touch(call->world, dispute);
    if (submits) {
        submit(call->world, dispute);
    } else {
        event_updated(call->world, "charge.dispute.updated", dispute);
    }
    return json_incref(dispute);
}

static json_t *close(struct call *call) {
    json_t *dispute = find(call);
    if (dispute == NULL || !must_wait(call, dispute)) {
        return NULL;
    }
    end(call->world, dispute, is_inquiry(dispute) ? "warning_closed" : "lost");
    return json_incref(dispute);
}

static const struct route routes[] = {
    {"GET", "/v1/disputes", list, list_params},
    {"GET", "/v1/disputes/:id", get, get_params},
    {"POST", "/v1/disputes/:id", update, update_params},
    {"POST", "/v1/disputes/:id/close", close, get_params},
};
const struct route_list dispute_routes = {routes, ARRAY_LEN(routes)};
