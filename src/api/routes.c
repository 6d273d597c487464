/* What there is under this server: one table, from which requests are served and the API is
 * described. Sorted by path, then by method. */
#include "api/admin_resources.h"
#include "api/approval_resources.h"
#include "api/billing_resources.h"
#include "api/breach_resources.h"
#include "api/card_form.h"
#include "api/consent_resources.h"
#include "api/contract_resources.h"
#include "api/correction_resources.h"
#include "api/customer_resources.h"
#include "api/evidence_resources.h"
#include "api/experiment_resources.h"
#include "api/feedback_resources.h"
#include "api/gate_query.h"
#include "api/inquiry_resources.h"
#include "api/invoice_question_resources.h"
#include "api/operations_resources.h"
#include "api/passkey_json.h"
#include "api/people.h"
#include "api/price_resources.h"
#include "api/pricing.h"
#include "api/privacy_resources.h"
#include "api/resources.h"
#include "api/retention_resources.h"
#include "api/take_batch.h"
#include "api/take_decode.h"
#include "api/usage_alert_resources.h"
#include "api/webhook_resources.h"
#include "api/what_if_resources.h"
#include "api/withdrawal_resources.h"

#define READS (SCOPE_READ | SCOPE_BILLING)

/* What every operation with the payment provider may come to. */
#define OPERATION_PROBLEMS                                                                         \
    OUTCOME_CUSTOMER_NOT_FOUND, OUTCOME_PAYMENT_PENDING, OUTCOME_PAYMENT_PROVIDER_REFUSED,         \
        OUTCOME_OPERATION_IN_PROGRESS, OUTCOME_IDEMPOTENCY_MISMATCH, OUTCOME_STORE_FULL,           \
        OUTCOME_STORE_BUSY, OUTCOME_STORE_FAILED, OUTCOME_CHARGING_FROZEN, OUTCOME_CUSTOMER_PARKED
/* What lowers a price, and what the price then is. */
#define OFFER_PROBLEMS                                                                             \
    OUTCOME_COUPON_UNKNOWN, OUTCOME_COUPON_EXPIRED, OUTCOME_COUPON_NOT_APPLICABLE,                 \
        OUTCOME_TAX_LOCATION_INVALID, OUTCOME_CHANGED_MEANWHILE
/* What people agree to before they pay. */
#define CONSENT_PROBLEMS OUTCOME_RENEWAL_CONSENT_REQUIRED, OUTCOME_RENEWAL_CHANGED
#define ERASURE_PROBLEMS                                                                           \
    OUTCOME_CUSTOMER_NOT_FOUND, OUTCOME_ERASURE_SUBSCRIBED, OUTCOME_ERASURE_OWES,                  \
        OUTCOME_ERASURE_DISPUTED, OUTCOME_RETENTION_HELD, OUTCOME_OPERATION_IN_PROGRESS,           \
        STORE_PROBLEMS
/* A file that is sent from where it is kept (api/file.h). */
#define ZIP_ANSWERS                                                                                \
    {200, NULL, "application/zip", "The file"}, {                                                  \
        206, NULL, "application/zip", "The part of it that Range asks for"                         \
    }
/* What stands in the way of billing an invoice anew. */
#define CORRECTION_PROBLEMS                                                                        \
    OUTCOME_INVOICE_NOT_CORRECTABLE, OUTCOME_INVOICE_ALREADY_CORRECTED,                            \
        OUTCOME_INVOICE_GIVEN_BACK, OUTCOME_INVOICE_DISPUTED, OUTCOME_INVOICE_WITHDRAWABLE,        \
        OUTCOME_CORRECTION_NOT_NEEDED, OUTCOME_CORRECTION_NOT_POSSIBLE,                            \
        OUTCOME_CORRECTION_NOT_FOUND, OUTCOME_CORRECTION_EXPIRED, OUTCOME_TAX_LOCATION_INVALID,    \
        OUTCOME_PAYMENT_PROVIDER_UNAVAILABLE, PROBLEM_IDEMPOTENCY_KEY_MISSING
#define STORE_PROBLEMS OUTCOME_STORE_FULL, OUTCOME_STORE_BUSY, OUTCOME_STORE_FAILED
#define USAGE_ALERT_PROBLEMS                                                                       \
    OUTCOME_USAGE_ALERT_NO_LIMIT, OUTCOME_USAGE_ALERT_ABOVE_LIMIT, OUTCOME_USAGE_ALERT_BLOCKS_NOW, \
        OUTCOME_USAGE_ALERT_RECIPIENT_UNKNOWN

/* A page of ui/pages.json. */
#define PAGE(path_, summary_)                                                                      \
    {                                                                                              \
        .path = (path_), .method = "GET", .handle = pages_document, .flags = ROUTE_PAGE,           \
        .answers = {{200, NULL, "text/html", "The page"}}, .tag = "Pages", .summary = (summary_),  \
    }

const struct route routes[] = {
    {
        .path = "/",
        .method = "GET",
        .handle = pages_home,
        .flags = ROUTE_PAGE,
        .answers = {{303, NULL, NULL, "To the prices"}},
        .tag = "Pages",
        .summary = "Leads to the prices",
    },
    {
        .path = "/accessibility",
        .method = "GET",
        .handle = accessibility_page,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "text/html", "The statement, in the reader's language"}},
        .tag = "Pages",
        .summary = "How accessible the pages are, and where to tell of barriers",
    },
    PAGE("/account/privacy", "What is kept of a person and their customer, and what they may ask"),
#include "api/routes_admin_pages.inc"

#include "api/routes_access_reviews.inc"

#include "api/routes_alerts.inc"

#include "api/routes_approvals.inc"

#include "api/routes_admin.inc"
#include "api/routes_usage_alerts.inc"
    {
        .path = "/api/billing/audit",
        .method = "GET",
        .handle = audit_list_own,
        .auth = ROUTE_CUSTOMER,
        .scopes = READS,
        .permission = PERMISSION_BILLING_READ,
        .query = &page_query_shape,
        .answers = {{200, &audit_own_rows_shape, NULL, "A page, the newest first"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND},
        .tag = "Audit log",
        .summary = "Who did what to this customer's billing",
    },
    {
        .path = "/api/billing/bank-transfer",
        .method = "GET",
        .handle = bank_transfer_show,
        .auth = ROUTE_CUSTOMER,
        .scopes = READS,
        .permission = PERMISSION_BILLING_READ,
        .answers = {{200, &bank_transfer_shape, NULL, "Accounts, and what has arrived"}},
        .tag = "Billing",
        .summary = "Where to send money, as it was last told",
    },
    {
        .path = "/api/billing/bank-transfer",
        .method = "POST",
        .handle = bank_transfer_ask,
        .action = "bank_transfer.ask",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_PAY,
        .flags = ROUTE_IDEMPOTENT,
        .answers = {{200, &bank_transfer_shape, NULL, "Accounts, and what has arrived"}},
        .problems = {OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "Where to send money, and what has arrived and pays nothing yet",
        .doc = "An invoice is paid when the whole of it is there; give its number with the "
               "transfer. Too little waits, too much stays for the next one.",
    },
    {
        .path = "/api/billing/cancel",
        .method = "POST",
        .handle = subscription_cancel,
        .action = "subscription.cancel",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_PLAN,
        .flags = ROUTE_IDEMPOTENT,
        .body = &cancel_shape,
        .answers = {{200, &subscription_shape, NULL, "The subscription, as it will end"}},
        .problems = {OUTCOME_NOT_SUBSCRIBED, OUTCOME_NO_CHANGE, OUTCOME_CHANGED_MEANWHILE,
                     OUTCOME_CONTRACT_BINDS, OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "End the subscription",
        .doc = "At the period's end, and resumable until then, or now.",
        .example = "{\"when\":\"period_end\",\"reason\":\"too_expensive\"}",
    },
#include "api/routes_consents.inc"
#include "api/routes_contracts.inc"
#include "api/routes_costs.inc"
    {
        .path = "/api/billing/details",
        .method = "GET",
        .handle = billing_details_show,
        .auth = ROUTE_CUSTOMER,
        .scopes = READS,
        .permission = PERMISSION_BILLING_READ,
        .answers = {{200, &billing_details_shape, NULL, "As invoices say it"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND},
        .tag = "Billing",
        .summary = "Who is billed, and where",
    },
    {
        .path = "/api/billing/details",
        .method = "PUT",
        .handle = billing_details_set,
        .action = "billing_details.set",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_DETAILS,
        .flags = ROUTE_IDEMPOTENT,
        .body = &billing_details_shape,
        .answers = {{200, &billing_details_shape, NULL, "As invoices will say it"}},
        .problems = {OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "Say who is billed, and where",
        .doc =
            "The whole of it; the provider is told first. With automatic tax the address decides "
            "the rate.",
        .example = "{\"email\":\"billing@example.com\",\"name\":\"Example Ltd\",\"address\":"
                   "{\"line1\":\"1 High St\",\"city\":\"New York\",\"state\":\"NY\","
                   "\"postalCode\":\"10001\",\"country\":\"US\"}}",
    },
    {
        .path = "/api/billing/events",
        .method = "GET",
        .handle = billing_events_list,
        .auth = ROUTE_CUSTOMER,
        .scopes = READS,
        .permission = PERMISSION_BILLING_READ,
        .query = &page_query_shape,
        .answers = {{200, &billing_events_shape, NULL, "A page, the newest first"}},
        .tag = "Billing",
        .summary = "What has happened to the customer's billing",
    },
#include "api/routes_feedback.inc"
#include "api/routes_invoice_archives.inc"
#include "api/routes_invoices.inc"
#include "api/routes_members.inc"
#include "api/routes_methods.inc"
    {
        .path = "/api/billing/plans",
        .method = "GET",
        .handle = plans_get,
        .answers = {{200, &plans_shape, NULL, "The plans, from the smallest"},
                    {304, NULL, NULL, "The client has it already"}},
        .tag = "Billing",
        .summary = "What is sold",
    },
    {
        .path = "/api/billing/plans/estimate",
        .method = "GET",
        .handle = estimate_get,
        .query = &estimate_query_shape,
        .answers = {{200, &estimate_shape, NULL, "All plans, from the smallest"}},
        .tag = "Billing",
        .summary = "What an expected use comes to with each plan",
        .doc = "Which plans are enough, which of those costs least, and what stands in the way of "
               "the others. Counters are expected by month, levels as they are at most.",
    },
#include "api/routes_privacy.inc"
    {
        .path = "/api/billing/subscribe",
        .method = "POST",
        .handle = subscription_subscribe,
        .action = "subscription.subscribe",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_PLAN,
        .flags = ROUTE_IDEMPOTENT,
        .body = &subscribe_shape,
        .answers = {{201, &subscription_shape, NULL, "The subscription, paid"}},
        .problems = {OUTCOME_PAYMENT_METHOD_REQUIRED, OUTCOME_PAYMENT_METHOD_NOT_FOUND,
                     OUTCOME_PAYMENT_METHOD_REFUSED, OUTCOME_ALREADY_SUBSCRIBED, OUTCOME_NO_CHANGE,
                     OUTCOME_CONTRACT_REQUIRED, CONSENT_PROBLEMS, OUTCOME_PAYMENT_FAILED,
                     OUTCOME_PAYMENT_ACTION_REQUIRED, OFFER_PROBLEMS, OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "Buy a plan",
        .example = "{\"tier\":\"starter\",\"interval\":\"month\"}",
    },
    {
        .path = "/api/billing/subscription",
        .method = "GET",
        .handle = subscription_show,
        .auth = ROUTE_CUSTOMER,
        .scopes = READS,
        .permission = PERMISSION_BILLING_READ,
        .answers = {{200, &subscription_shape, NULL, "What is in force now"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND},
        .tag = "Billing",
        .summary = "The customer's subscription, access and entitlements",
    },
    {
        .path = "/api/billing/subscription",
        .method = "PUT",
        .handle = subscription_change_plan,
        .action = "subscription.change",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_PLAN,
        .only_asks = change_only_asks,
        .flags = ROUTE_IDEMPOTENT,
        .body = &change_shape,
        .query = &change_query_shape,
        .answers = {{200, &subscription_shape, NULL, "The subscription, changed"},
                    {200, &preview_shape, NULL, "With preview=true, what it would cost"}},
        .problems = {OUTCOME_NOT_SUBSCRIBED, OUTCOME_NO_CHANGE, OUTCOME_NOTHING_TO_RESUME,
                     OUTCOME_SUBSCRIPTION_NOT_ACTIVE, OUTCOME_CONTRACT_REQUIRED,
                     OUTCOME_CONTRACT_BINDS, OUTCOME_QUOTE_EXPIRED, OUTCOME_PRICE_DISPUTED,
                     OUTCOME_PAYMENT_METHOD_REQUIRED, OUTCOME_PAYMENT_FAILED,
                     OUTCOME_PAYMENT_ACTION_REQUIRED, OUTCOME_PAYMENT_PROVIDER_UNAVAILABLE,
                     CONSENT_PROBLEMS, OFFER_PROBLEMS, OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "Change plan or interval, or take back what is scheduled",
        .doc =
            "Upgrades take effect at once, prorated to the second, and only once they are paid; "
            "downgrades at the period's end unless `when` says now. A quoteId of a preview is "
            "charged to the cent. An upgrade that the bank wants confirmed is answered with 402 "
            "and its page; it takes effect when it is paid there, or is forgotten after 23 hours.",
        .example = "{\"tier\":\"professional\",\"interval\":\"month\"}",
    },
#include "api/routes_pauses.inc"
    {
        .path = "/api/billing/tax-ids",
        .method = "GET",
        .handle = tax_ids_show,
        .auth = ROUTE_CUSTOMER,
        .scopes = READS,
        .permission = PERMISSION_BILLING_READ,
        .answers = {{200, &tax_ids_shape, NULL, "All of them"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND},
        .tag = "Billing",
        .summary = "The customer's numbers with tax offices",
    },
    {
        .path = "/api/billing/tax-ids",
        .method = "POST",
        .handle = tax_ids_add,
        .action = "tax_id.add",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_DETAILS,
        .flags = ROUTE_IDEMPOTENT,
        .body = &tax_id_in_shape,
        .answers = {{201, &tax_ids_shape, NULL, "All of them, with the new one"}},
        .problems = {OUTCOME_TAX_ID_INVALID, OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "Add a number with a tax office",
        .doc = "It stands on invoices from then on. The provider checks its form at once, and some "
               "numbers with the tax office later, which `verification` then says.",
        .example = "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}",
    },
    {
        .path = "/api/billing/tax-ids/:id",
        .method = "DELETE",
        .handle = tax_ids_remove,
        .action = "tax_id.remove",
        .auth = ROUTE_CUSTOMER,
        .scopes = SCOPE_BILLING,
        .permission = PERMISSION_BILLING_WRITE,
        .step_up = STEP_UP_DETAILS,
        .flags = ROUTE_IDEMPOTENT,
        .answers = {{200, &tax_ids_shape, NULL, "Those that are left"}},
        .problems = {OUTCOME_TAX_ID_NOT_FOUND, OPERATION_PROBLEMS},
        .tag = "Billing",
        .summary = "Remove a number with a tax office",
    },
#include "api/routes_billing_usage.inc"
#include "api/routes_withdrawals.inc"

#include "api/routes_card_form.inc"
#include "api/routes_inquiries.inc"
    {
        .path = "/api/customers",
        .method = "GET",
        .handle = customers_list,
        .action = "customer.list",
        .auth = ROUTE_KEY,
        .scopes = SCOPE_CUSTOMERS,
        .permission = PERMISSION_CUSTOMERS_READ,
        .flags = ROUTE_AUDIT_FIRST,
        .query = &page_query_shape,
        .answers = {{200, &customers_shape, NULL, "A page, by userId"}},
        .tag = "Customers",
        .summary = "All customers",
    },
    {
        .path = "/api/customers",
        .method = "POST",
        .handle = customers_create,
        .action = "customer.create",
        .auth = ROUTE_KEY,
        .scopes = SCOPE_CUSTOMERS,
        .permission = PERMISSION_CUSTOMERS_WRITE,
        .step_up = STEP_UP_DETAILS,
        .body = &customer_create_shape,
        .answers = {{201, &customer_shape, NULL, "The customer, on free from now on"},
                    {200, &customer_shape, NULL, "The same customer was known already"}},
        .problems = {OUTCOME_CUSTOMER_CONFLICT, OUTCOME_CURRENCY_NOT_SOLD, OUTCOME_CUSTOMER_ERASED,
                     STORE_PROBLEMS},
        .tag = "Customers",
        .summary = "Make a customer known",
        .example = "{\"userId\":\"user_42\",\"email\":\"ada@example.com\",\"name\":\"Ada\"}",
    },
    {
        .path = "/api/customers/:userId",
        .method = "GET",
        .handle = customers_get,
        .action = "customer.read",
        .auth = ROUTE_KEY,
        .scopes = SCOPE_CUSTOMERS,
        .permission = PERMISSION_CUSTOMERS_READ,
        .flags = ROUTE_AUDIT_FIRST,
        .answers = {{200, &customer_shape, NULL, "The customer"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND},
        .tag = "Customers",
        .summary = "One customer",
    },
    {
        .path = "/api/customers/:userId/preferences",
        .method = "PUT",
        .handle = customers_prefer,
        .action = "customer.set_preferences",
        .auth = ROUTE_KEY,
        .scopes = SCOPE_CUSTOMERS,
        .permission = PERMISSION_CUSTOMERS_WRITE,
        .step_up = STEP_UP_DETAILS,
        .body = &customer_preferences_shape,
        .answers = {{200, &customer_shape, NULL, "The customer"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND, STORE_PROBLEMS},
        .tag = "Customers",
        .summary = "Change the language of a customer's mails, and where their mornings are",
        .example = "{\"language\":\"de\",\"timeZone\":\"Europe/Berlin\"}",
    },
#include "api/routes_email_changes.inc"
    {
        .path = "/api/entitlements",
        .method = "GET",
        .handle = entitlements_get,
        .auth = ROUTE_KEY,
        .scopes = READS | SCOPE_USAGE | SCOPE_CUSTOMERS,
        .permission = PERMISSION_CUSTOMERS_READ,
        .query = &entitlements_query_shape,
        .answers = {{200, &entitlements_shape, NULL, "Limits and features in force"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND},
        .tag = "Gate",
        .summary = "What a customer may do now",
    },
    {
        .path = "/api/gate",
        .method = "GET",
        .handle = gate_ask,
        .auth = ROUTE_KEY,
        .scopes = SCOPE_USAGE,
        .flags = ROUTE_RATE_LIMIT | ROUTE_NAVIGABLE,
        .query = &gate_query_shape,
        .scan_query = gate_query_scan,
        .answers = {{204, NULL, NULL, "Allowed, and counted unless count=false"},
                    {403, NULL, NULL, "Denied, without a body; or refused"},
                    {429, NULL, NULL, "Denied, with denyStatus=429"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND, STORE_PROBLEMS},
        .tag = "Gate",
        .summary = "The gate for proxies: the verdict is the status",
        .doc = "For nginx auth_request, Envoy ext_authz, Traefik and Caddy forward_auth. The "
               "headers Turnpike-Allowed, -Reason, -State, -Used, -As-Of, -Limit and -Remaining "
               "say more.",
    },
    {
        .path = "/api/gate",
        .method = "POST",
        .handle = gate_ask,
        .auth = ROUTE_KEY,
        .scopes = SCOPE_USAGE,
        .flags = ROUTE_RATE_LIMIT | ROUTE_RAW_BODY | ROUTE_UNAUDITED | ROUTE_NAVIGABLE,
        .query = &gate_query_shape,
        .scan_query = gate_query_scan,
        .answers = {{204, NULL, NULL, "Allowed, and counted unless count=false"},
                    {403, NULL, NULL, "Denied, without a body; or refused"},
                    {429, NULL, NULL, "Denied, with denyStatus=429"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND, STORE_PROBLEMS},
        .tag = "Gate",
        .summary = "The same for proxies that pass the method on; a body is not looked at",
    },
    {
        .path = "/api/invitations/accept",
        .method = "POST",
        .handle = invitations_accept,
        .action = "invitation.accept",
        .body = &invitation_accept_shape,
        .answers = {{204, NULL, NULL, "In, with a session in which to set up a second factor"}},
        .problems = {OUTCOME_INVITATION_INVALID, STORE_PROBLEMS},
        .tag = "Session",
        .summary = "Accept an invitation",
        .example =
            "{\"token\":\"0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\","
            "\"name\":\"Grace\"}",
    },
#include "api/routes_keys.inc"
#include "api/routes_leases.inc"
#include "api/routes_me.inc"
    {
        .path = "/api/openapi.json",
        .method = "GET",
        .handle = openapi_get,
        .flags = ROUTE_NAVIGABLE,
        .answers = {{200, NULL, "application/json", "This document"},
                    {304, NULL, NULL, "The client has it already"}},
        .tag = "Operation",
        .summary = "The description of this API",
    },
    {
        .path = "/api/portal-sessions",
        .method = "POST",
        .handle = portal_sessions_create,
        .action = "portal_session.create",
        .auth = ROUTE_KEY,
        .scopes = SCOPE_CUSTOMERS,
        .body = &portal_session_create_shape,
        .answers = {{201, &portal_session_shape, NULL, "A link that works once"}},
        .problems = {OUTCOME_CUSTOMER_NOT_FOUND, OUTCOME_CUSTOMER_ERASED, STORE_PROBLEMS},
        .tag = "Customers",
        .summary = "Open the pages for a customer who is logged in at the platform",
        .doc = "With `authentication`, the platform vouches for a second factor that it asked for, "
               "and "
               "changes can be made while that is fresh; else the person proves one of their own. "
               "With `person`, several people act for one customer, each in a role.",
        .example = "{\"userId\":\"user_42\",\"returnPath\":\"/billing\"}",
    },
    {
        .path = "/api/reports/csp",
        .method = "POST",
        .handle = reports_csp,
        .flags = ROUTE_RAW_BODY | ROUTE_UNAUDITED,
        .media = reports_media,
        .answers = {{204, NULL, NULL, "Noted"}},
        .problems = {PROBLEM_MALFORMED_JSON, PROBLEM_WRONG_CONTENT_TYPE, PROBLEM_INVALID_FIELDS,
                     PROBLEM_TOO_MANY_REQUESTS, STORE_PROBLEMS},
        .tag = "Pages",
        .summary = "Where browsers report what the pages' policy has stopped",
        .doc =
            "A list of the Reporting API, or one report of CSP Level 2. Kept are the directive, "
            "the origin and which page, once and counted; GET /api/admin/csp-reports lists them.",
    },
#include "api/routes_session.inc"
    {
        .path = "/api/test/clock",
        .method = "GET",
        .handle = test_clock_get,
        .auth = ROUTE_KEY,
        .scopes = SCOPE_TEST,
        .answers = {{200, &clock_shape, NULL, "Where the clock stands"}},
        .problems = {PROBLEM_NOT_IN_TEST_MODE},
        .tag = "Test mode",
        .summary = "The test clock",
    },
    {
        .path = "/api/test/clock",
        .method = "POST",
        .handle = test_clock_advance,
        .auth = ROUTE_KEY,
        .scopes = SCOPE_TEST,
        .flags = ROUTE_UNAUDITED,
        .body = &clock_advance_shape,
        .answers = {{200, &clock_shape, NULL, "All that fell due has been done"}},
        .problems = {PROBLEM_NOT_IN_TEST_MODE, OUTCOME_CLOCK_BACKWARD, OUTCOME_CLOCK_BUSY},
        .tag = "Test mode",
        .summary = "Move the test clock forward",
        .example = "{\"advance\":\"P1M\"}",
    },
    {
        .path = "/api/test/sandbox",
        .method = "GET",
        .handle = test_sandbox_get,
        .auth = ROUTE_KEY,
        .scopes = SCOPE_TEST,
        .answers = {{200, &sandbox_shape, NULL, "Address and key of the sandbox"}},
        .problems = {PROBLEM_NO_SANDBOX},
        .tag = "Test mode",
        .summary = "The sandbox that this server charges through",
    },
#include "api/routes_usage.inc"
#include "api/routes_webhooks.inc"
    {
        .path = "/api/webhooks/stripe",
        .method = "POST",
        .handle = webhooks_receive,
        .action = "webhook.receive",
        .flags = ROUTE_RAW_BODY,
        .body_max = LIMIT_BODY_WEBHOOK,
        .media = webhooks_media,
        .answers = {{200, &received_shape, NULL, "Kept, to be applied"}},
        .problems = {PROBLEM_SIGNATURE_INVALID, PROBLEM_MALFORMED_JSON, PROBLEM_INVALID_FIELDS,
                     STORE_PROBLEMS},
        .tag = "Webhooks",
        .summary = "Events from Stripe",
        .doc = "The header Stripe-Signature is checked over the raw body.",
    },
#include "api/routes_assets.inc"
#include "api/routes_billing_pages.inc"
    {
        .path = "/billing/payment-methods/new",
        .method = "GET",
        .handle = pages_card_form,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "text/html", "The page"}},
        .problems = {PROBLEM_NOT_FOUND},
        .tag = "Pages",
        .summary = "A card is entered in the provider's form, where --card-form embedded says so",
    },
    PAGE("/billing/plan", "The terms that are in force, and the contract"),
    PAGE("/billing/plan/change", "A change of plan: what it costs, the button, the receipt"),
    PAGE("/billing/settings", "Whom invoices are made out to, and who may see or change them"),
    PAGE("/billing/usage", "What was used, by cycle, day and hour"),
#include "api/routes_contract_page.inc"
    PAGE("/email", "Where the links lead that confirm a new address, or stop a change of it"),
    {
        .path = "/embed/pricing",
        .method = "GET",
        .handle = pricing_embed,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "text/html", "The page"}},
        .problems = {PROBLEM_NOT_FOUND},
        .tag = "Pages",
        .summary = "The prices, in a frame of the sites that --embed-origins names",
    },
    {
        .path = "/favicon.svg",
        .method = "GET",
        .handle = pages_asset,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "image/svg+xml", "The icon"}},
        .tag = "Pages",
        .summary = "The icon",
    },
    {
        .path = "/healthz",
        .method = "GET",
        .handle = health_live,
        .flags = ROUTE_NAVIGABLE,
        .answers = {{200, &health_shape, NULL, "The process answers"}},
        .tag = "Operation",
        .summary = "Is the server alive?",
    },
    PAGE("/join", "An invitation is accepted"),
    {
        .path = "/metrics",
        .method = "GET",
        .handle = health_metrics,
        .flags = ROUTE_NAVIGABLE,
        .answers = {{200, NULL, "application/openmetrics-text", "OpenMetrics 1.0"}},
        .tag = "Operation",
        .summary = "The server's figures",
    },
    {
        .path = "/pay/:token",
        .method = "GET",
        .handle = pay_page,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "text/html", "The invoice, and where to pay it"}},
        .tag = "Pages",
        .summary = "The page behind the link of a mail: one invoice, without signing in",
    },
    {
        .path = "/pricing",
        .method = "GET",
        .handle = pricing_page,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "text/html", "The page, with all it says"}},
        .tag = "Pages",
        .summary = "The plans and their prices, a comparison and a calculator",
    },
    {
        .path = "/readyz",
        .method = "GET",
        .handle = health_ready,
        .flags = ROUTE_NAVIGABLE,
        .answers = {{200, &readiness_shape, NULL, "Requests may be sent"}},
        .problems = {PROBLEM_NOT_READY},
        .tag = "Operation",
        .summary = "Is the server ready?",
    },
#include "api/routes_people.inc"
    {
        .path = "/sign-in/:token",
        .method = "GET",
        .handle = session_sign_in,
        .action = "session.begin",
        .flags = ROUTE_NAVIGABLE,
        .answers = {{303, NULL, NULL, "Signed in, to where the link leads"}},
        .problems = {OUTCOME_LINK_INVALID, STORE_PROBLEMS},
        .tag = "Session",
        .summary = "Signs the bearer of the link in, once",
    },
    {
        .path = "/unsubscribe/:token",
        .method = "GET",
        .handle = unsubscribe_ask,
        .flags = ROUTE_PAGE,
        .answers = {{200, NULL, "text/html", "The page that asks"}},
        .tag = "Pages",
        .summary = "Asks whether a kind of mail shall stop",
    },
    {
        .path = "/unsubscribe/:token",
        .method = "POST",
        .handle = unsubscribe_do,
        .action = "mail.unsubscribe",
        .flags = ROUTE_PAGE | ROUTE_RAW_BODY,
        .media = unsubscribe_media,
        .answers = {{200, NULL, "text/html", "It has stopped"}},
        .problems = {STORE_PROBLEMS},
        .tag = "Pages",
        .summary = "Stops a kind of mail",
    },
};
const size_t route_count = ARRAY_LEN(routes);
