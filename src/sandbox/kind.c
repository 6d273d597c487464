/* The table of kinds, and the clocks inside objects. */
#include "sandbox/kind.h"

#include <string.h>

#include "base/attr.h"
#include "base/check.h"
#include "base/json.h"
#include "sandbox/credit_grant.h"
#include "sandbox/dispute.h"
#include "sandbox/quote.h"
#include "sandbox/refund.h"
#include "sandbox/shape.h"
#include "sandbox/subscription_life.h"
#include "sandbox/subscription_schedule.h"

enum { EVENT_LIFE_S = 30 * 86400 };

static bool has_status(const json_t *object, const char *status) {
    return str_equal(json_text(object, "status"), str_from_cstr(status));
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* A draft is finalized; an open invoice is collected, tried again, or overdue. */
static int64_t invoice_due(const json_t *invoice) {
    if (has_status(invoice, "draft")) {
        return json_i64(invoice, "automatically_finalizes_at", STORE_NEVER);
    }
    if (!has_status(invoice, "open")) {
        return STORE_NEVER;
    }
    bool is_told = json_is_true(json_object_get(invoice, "_is_overdue"));
    int64_t due = is_told ? STORE_NEVER : json_i64(invoice, "due_date", STORE_NEVER);
    int64_t attempt = earlier(json_i64(invoice, "next_payment_attempt", STORE_NEVER),
                              json_i64(invoice, "_collects_at", STORE_NEVER));
    return earlier(due, attempt);
}

/* A bank debit under way settles later; an authorization lapses. */
static int64_t intent_due(const json_t *intent) {
    if (has_status(intent, "requires_capture")) {
        return json_i64(intent, "_capture_before", STORE_NEVER);
    }
    return has_status(intent, "processing") ? json_i64(intent, "_settles_at", STORE_NEVER)
                                            : STORE_NEVER;
}

static int64_t session_due(const json_t *session) {
    return has_status(session, "open") ? json_i64(session, "expires_at", STORE_NEVER) : STORE_NEVER;
}

/* Moving a clock is work that is always due, in real time. */
static int64_t clock_due(const json_t *clock) {
    return has_status(clock, "advancing") ? 0 : STORE_NEVER;
}

/* Events can be listed for 30 days after they were recorded, whatever a test clock says. */
static int64_t event_due(const json_t *event) {
    return json_i64(event, "_recorded_at", 0) + EVENT_LIFE_S;
}

/* A bank's days. */
static int64_t payout_due(const json_t *payout) {
    return has_status(payout, "pending") ? json_i64(payout, "arrival_date", STORE_NEVER)
                                         : STORE_NEVER;
}

static int64_t topup_due(const json_t *topup) {
    return has_status(topup, "pending") ? json_i64(topup, "expected_availability_date", STORE_NEVER)
                                        : STORE_NEVER;
}

static const struct kind kinds[] = {
    {"billing_portal.configuration", "configuration", "bpc_", 24, NULL},
    {"billing_portal.session", "session", "bps_", 24, NULL},
    {"balance_transaction", "balance transaction", "txn_", 24, NULL},
    {"billing.credit_balance_transaction", "credit balance transaction", "cbtxn_test_", 24, NULL},
    {"billing.credit_grant", "credit grant", "credgr_test_", 24, credit_grant_due},
    {"billing.meter", "billing meter", "mtr_test_", 24, NULL},
    {"billing.meter_event", "billing meter event", "mtrev_", 24, NULL},
    {"billing.meter_event_summary", "billing meter event summary", "mtrusg_", 24, NULL},
    {"charge", "charge", "ch_", 24, NULL},
    {"checkout.session", "checkout session", "cs_test_", 58, session_due},
    {"coupon", "coupon", "", 8, NULL},
    {"credit_note", "credit note", "cn_", 24, NULL},
    {"credit_note_line_item", "credit note line item", "cnli_", 24, NULL},
    {"customer", "customer", "cus_", 14, NULL},
    {"customer_balance_transaction", "customer balance transaction", "cbtxn_", 24, NULL},
    {"discount", "discount", "di_", 24, NULL},
    {"customer_cash_balance_transaction", "customer cash balance transaction", "ccsbtxn_", 24,
     NULL},
    {"dispute", "dispute", "du_", 24, dispute_due},
    {"event", "event", "evt_", 24, event_due},
    {"invoice", "invoice", "in_", 24, invoice_due},
    {"invoice_payment", "invoice payment", "inpay_", 24, NULL},
    {"invoiceitem", "invoice item", "ii_", 24, NULL},
    {"item", "item", "li_", 24, NULL},
    {"line_item", "line item", "il_", 24, NULL},
    {"mandate", "mandate", "mandate_", 24, NULL},
    {"payment_intent", "payment_intent", "pi_", 24, intent_due},
    {"payment_method", "PaymentMethod", "pm_", 24, NULL},
    {"payment_link", "payment link", "plink_", 24, NULL},
    {"payout", "payout", "po_", 24, payout_due},
    {"price", "price", "price_", 24, NULL},
    {"product", "product", "prod_", 14, NULL},
    {"promotion_code", "promotion code", "promo_", 24, NULL},
    {"quote", "quote", "qt_", 24, quote_due_at},
    {"sandbox.settings", "settings", "", 0, NULL},
    {"sandbox.fault", "fault", "fault_", 14, NULL},
    {"refund", "refund", "re_", 24, refund_due},
    {"setup_attempt", "setup_attempt", "setatt_", 24, NULL},
    {"setup_intent", "setupintent", "seti_", 24, NULL},
    {"subscription", "subscription", "sub_", 24, subscription_due_at},
    {"subscription_item", "subscription_item", "si_", 14, NULL},
    {"subscription_schedule", "subscription schedule", "sub_sched_", 24, schedule_due_at},
    {"tax.registration", "tax registration", "taxreg_", 14, NULL},
    {"tax.settings", "tax settings", "taxset_", 14, NULL},
    {"tax_id", "tax ID", "txi_", 24, NULL},
    {"tax_rate", "tax rate", "txr_", 24, NULL},
    {"test_helpers.test_clock", "test clock", "clock_", 24, clock_due},
    {"topup", "topup", "tu_", 24, topup_due},
    {"v2.billing.meter_event_session", "meter event session", "mtrses_test_", 24, NULL},
    {"v2.core.event_destination", "event destination", "ed_test_", 24, NULL},
    {"webhook_endpoint", "webhook endpoint", "we_", 24, NULL},
};

const struct kind *kind_of_type(const char *type) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].type, type) == 0) {
            return &kinds[i];
        }
    }
    check(false);
}

json_t *kind_shape(const char *type) {
    for (const struct sandbox_shape *shape = sandbox_shapes; shape->type != NULL; shape++) {
        if (strcmp(shape->type, type) == 0) {
            struct json_problem problem;
            json_t *object = json_read(str_from_cstr(shape->json), &problem);
            check(object != NULL);
            return object;
        }
    }
    check(false);
}
