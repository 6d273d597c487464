/* One table: kind of call -> method, path, parameters.
 *
 * The names are Stripe's at STRIPE_API_VERSION. A text parameter that is empty is left out, since
 * an empty value would unset the field. Ids in paths are percent-encoded: some of them were typed
 * by a customer's browser. */
#include "stripe/call.h"

#include <stddef.h>

#include "app/billed_to.h"
#include "base/check.h"
#include "base/url.h"
#include "stripe/call_param.h"
#include "stripe/form.h"

enum { FORM_MAX = 1024 * 1024 }; /* of texts that came in bodies of at most LIMIT_BODY */

#define MEMBER(member) offsetof(struct payments_call, member)
#define FIXED(name, value)                                                                         \
    { name, SOURCE_FIXED, value, 0 }
#define TEXT(name, member)                                                                         \
    { name, SOURCE_TEXT, NULL, MEMBER(member) }
#define SECONDS(name, member)                                                                      \
    { name, SOURCE_SECONDS, NULL, MEMBER(member) }
/* Only where Stripe works out the tax. */
#define TAXES(name)                                                                                \
    { name, SOURCE_GIVEN_FLAG, NULL, MEMBER(taxes) }
#define END                                                                                        \
    { NULL, SOURCE_END, NULL, 0 }

static const struct param customer_create[] = {
    TEXT("metadata[user_id]", user_id),
    TEXT("email", email),
    TEXT("name", name),
    TEXT("address[country]", country),
    END,
};
#define ADDRESS(name, member)                                                                      \
    { "address[" name "]", SOURCE_UNSETTABLE, NULL, MEMBER(member) }
static const struct param customer_update[] = {
    TEXT("email", email),
    TEXT("name", name),
    ADDRESS("line1", line1),
    ADDRESS("line2", line2),
    ADDRESS("city", city),
    ADDRESS("state", state),
    ADDRESS("postal_code", postal_code),
    ADDRESS("country", country),
    /* On all invoices to come: https://docs.stripe.com/api/customers/object, invoice_settings. */
    {"invoice_settings[custom_fields][0][name]", SOURCE_FIXED_WITH_TEXT, PURCHASE_ORDER_LABEL,
     MEMBER(purchase_order)},
    TEXT("invoice_settings[custom_fields][0][value]", purchase_order),
    {"invoice_settings[custom_fields]", SOURCE_DROPPED, NULL, MEMBER(drops_purchase_order)},
    END,
};
static const struct param price_find[] = {TEXT("lookup_keys[0]", lookup_key),
                                          FIXED("active", "true"), FIXED("limit", "1"), END};
/* The metadata says whose price it is even after the lookup key has moved on to another one. */
static const struct param price_create[] = {
    TEXT("product_data[name]", name),
    {"unit_amount", SOURCE_I64, NULL, MEMBER(price)},
    TEXT("currency", currency),
    {"recurring[interval]", SOURCE_INTERVAL, NULL, MEMBER(interval)},
    FIXED("tax_behavior", "exclusive"), /* the catalogue's prices are before tax */
    TEXT("lookup_key", lookup_key),
    TEXT("metadata[turnpike]", lookup_key),
    END,
};
static const struct param method_attach[] = {TEXT("customer", customer_id), END};
static const struct param method_default[] = {
    TEXT("invoice_settings[default_payment_method]", method_id), END};
/* payment_method_types is refused since endive:
 * https://docs.stripe.com/changelog/endive. The currency is needed when the types are left open. */
static const struct param setup_open[] = {
    FIXED("mode", "setup"),
    TEXT("customer", customer_id),
    TEXT("success_url", return_url),
    TEXT("cancel_url", return_url),
    TEXT("currency", currency),
    TEXT("allowed_payment_method_types[0]", method_type),
    END,
};
/* Its method is charged when nobody is there. */
static const struct param setup_intent_create[] = {
    TEXT("customer", customer_id),
    FIXED("usage", "off_session"),
    TEXT("allowed_payment_method_types[0]", method_type),
    END,
};
static const struct param setup_intent_read[] = {FIXED("expand[0]", "payment_method"), END};
/* An invoice that is sent is paid by bank transfer. */
#define SENT_INVOICE                                                                               \
    {"collection_method", SOURCE_FIXED_IF, "send_invoice", MEMBER(sends_invoice)},                 \
        {"days_until_due", SOURCE_DUE, NULL, MEMBER(days_until_due)},                              \
        {"payment_settings[payment_method_types][0]", SOURCE_FIXED_IF, "customer_balance",         \
         MEMBER(sends_invoice)},                                                                   \
    {                                                                                              \
        "payment_settings[payment_method_options][customer_balance][funding_type]",                \
            SOURCE_FIXED_IF, "bank_transfer", MEMBER(sends_invoice)                                \
    }
/* The customer is there (off_session=false), and a payment that fails leaves the subscription
 * incomplete for 23 hours instead of nothing, so that it can be paid on the hosted page. What is
 * charged is the customer's default method: one named here would stay when the customer chooses
 * another. A trial that ends without a method ends the subscription: nobody is billed who gave
 * none. */
static const struct param subscription_create[] = {
    TEXT("customer", customer_id),
    TEXT("items[0][price]", price_id),
    TEXT("metadata[subscription_id]", local_id),
    FIXED("payment_behavior", "allow_incomplete"),
    FIXED("off_session", "false"),
    TEXT("discounts[0][coupon]", coupon_id),
    {"trial_period_days", SOURCE_GIVEN_I64, NULL, MEMBER(trial_days)},
    {"trial_settings[end_behavior][missing_payment_method]", SOURCE_FIXED_WITH, "cancel",
     MEMBER(trial_days)},
    SENT_INVOICE,
    TAXES("automatic_tax[enabled]"),
    FIXED("expand[0]", "latest_invoice"),
    FIXED("expand[1]", "latest_invoice.payments"),
    FIXED("expand[2]", "latest_invoice.discounts"),
    END,
};

/* Nothing changes until it is paid: pending_if_incomplete keeps the change in `pending_update` for
 * 23 hours (https://docs.stripe.com/billing/subscriptions/pending-updates), and takes no parameter
 * that does not wait, such as cancel_at_period_end. Bank debits take longer than that and cannot
 * wait: there a failure at once changes nothing, and a later one is dunning's. */
#define CHANGED_ITEM                                                                               \
    TEXT("items[0][id]", item_id), TEXT("items[0][price]", price_id),                              \
        FIXED("proration_behavior", "always_invoice"), SECONDS("proration_date", at),              \
        {"payment_behavior", SOURCE_BEHAVIOR, NULL, MEMBER(method_type)},                          \
        FIXED("expand[0]", "latest_invoice"), FIXED("expand[1]", "latest_invoice.payments"),       \
        FIXED("expand[2]", "latest_invoice.discounts")

static const struct param change_now[] = {CHANGED_ITEM, END};
/* A trial would go on otherwise, and nothing be billed. */
#define ENDED_TRIAL(name)                                                                          \
    { name, SOURCE_FIXED_IF, "now", MEMBER(ends_trial) }
static const struct param change_new_period[] = {CHANGED_ITEM, ENDED_TRIAL("trial_end"),
                                                 FIXED("billing_cycle_anchor[type]", "now"), END};
static const struct param *const changes[] = {
    [PAYMENTS_CHANGE_NOW] = change_now,
    [PAYMENTS_CHANGE_NEW_PERIOD] = change_new_period,
};

/* What would be billed, by the same parameters as the change itself. The next renewal is asked for
 * as if no end was set: a change takes that back. */
#define PREVIEWED                                                                                  \
    TEXT("customer", customer_id), TEXT("subscription", subscription_id),                          \
        TEXT("discounts[0][coupon]", coupon_id), {                                                 \
        "discounts", SOURCE_DROPPED, NULL, MEMBER(drops_coupon)                                    \
    }
#define PREVIEWED_ITEM                                                                             \
    PREVIEWED, TEXT("subscription_details[items][0][id]", item_id),                                \
        TEXT("subscription_details[items][0][price]", price_id)
#define PREVIEWED_AT                                                                               \
    FIXED("subscription_details[proration_behavior]", "always_invoice"),                           \
        SECONDS("subscription_details[proration_date]", at)

static const struct param preview_now[] = {PREVIEWED_ITEM, PREVIEWED_AT, END};
static const struct param preview_new_period[] = {
    PREVIEWED_ITEM, PREVIEWED_AT, ENDED_TRIAL("subscription_details[trial_end]"),
    FIXED("subscription_details[billing_cycle_anchor][type]", "now"), END};
static const struct param preview_next_period[] = {
    PREVIEWED_ITEM, FIXED("subscription_details[proration_behavior]", "none"),
    FIXED("subscription_details[cancel_at_period_end]", "false"), END};
static const struct param preview_whole_period[] = {
    PREVIEWED_ITEM, FIXED("subscription_details[proration_behavior]", "none"),
    FIXED("subscription_details[billing_cycle_anchor][type]", "now"), END};
static const struct param preview_start[] = {PREVIEWED_ITEM, TAXES("automatic_tax[enabled]"), END};
static const struct param preview_none[] = {PREVIEWED, END};
static const struct param *const previews[] = {
    [PAYMENTS_CHANGE_NOW] = preview_now,
    [PAYMENTS_CHANGE_NEW_PERIOD] = preview_new_period,
    [PAYMENTS_CHANGE_NEXT_PERIOD] = preview_next_period,
    [PAYMENTS_CHANGE_WHOLE_PERIOD] = preview_whole_period,
    [PAYMENTS_CHANGE_START] = preview_start,
    [PAYMENTS_CHANGE_NONE] = preview_none,
};
static_assert(ARRAY_LEN(previews) == PAYMENTS_CHANGE_COUNT, "every change has its preview");

/* Two phases: the present one as Stripe began it, then one interval of the next price, after which
 * the subscription goes on by itself
 * (https://docs.stripe.com/billing/subscriptions/subscription-schedules). */
static const struct param schedule_create[] = {TEXT("from_subscription", subscription_id), END};
static const struct param schedule_update[] = {
    FIXED("end_behavior", "release"),
    FIXED("proration_behavior", "none"),
    TEXT("phases[0][items][0][price]", price_id),
    SECONDS("phases[0][start_date]", phase_start),
    SECONDS("phases[0][end_date]", phase_end),
    TEXT("phases[0][discounts][0][coupon]", coupon_id),
    TAXES("phases[0][automatic_tax][enabled]"),
    TEXT("phases[1][items][0][price]", next_price_id),
    FIXED("phases[1][duration][interval_count]", "1"),
    {"phases[1][duration][interval]", SOURCE_INTERVAL, NULL, MEMBER(interval)},
    FIXED("phases[1][proration_behavior]", "none"),
    TEXT("phases[1][discounts][0][coupon]", coupon_id),
    TAXES("phases[1][automatic_tax][enabled]"),
    END,
};

static const struct param coupon_create[] = {
    TEXT("id", coupon_id),
    TEXT("name", name),
    {"percent_off", SOURCE_GIVEN_I64, NULL, MEMBER(percent_off)},
    {"amount_off", SOURCE_GIVEN_I64, NULL, MEMBER(price)},
    TEXT("currency", currency),
    TEXT("duration", duration),
    {"duration_in_months", SOURCE_GIVEN_I64, NULL, MEMBER(months)},
    END,
};
/* The list that a subscription has, as a whole: one coupon of ours, or none. */
static const struct param discount_set[] = {TEXT("discounts[0][coupon]", coupon_id), END};
static const struct param discount_unset[] = {FIXED("discounts", ""), END};

/* Charged again, by whatever method the customer has. */
static const struct param collect_sent[] = {SENT_INVOICE, END};
static const struct param collect_charged[] = {FIXED("collection_method", "charge_automatically"),
                                               FIXED("payment_settings[payment_method_types]", ""),
                                               END};

/* A trial that ends later: the first period begins with its end, and nothing is billed for the time
 * between (https://docs.stripe.com/billing/subscriptions/trials). */
static const struct param subscription_trial[] = {SECONDS("trial_end", at),
                                                  FIXED("proration_behavior", "none"), END};

/* What is paid and unused waits as credit for the invoice that it goes on with: a new period,
 * billed whole (changelog endive, https://docs.stripe.com/api/subscriptions/resume). */
static const struct param subscription_pause[] = {
    FIXED("type", "subscription"), FIXED("bill_for[unused_time_from][type]", "now"),
    FIXED("bill_for[outstanding_usage_through][type]", "now"),
    FIXED("invoicing_behavior", "pending_invoice_item"), END};
static const struct param subscription_resume[] = {
    FIXED("billing_cycle_anchor[type]", "now"),
    FIXED("payment_behavior", "resume_on_payment_attempt"), END};

/* Deletions carry their parameters in the query. Unused time becomes credit when asked for; without
 * invoice_now Stripe would forget it. */
static const struct param subscription_cancel[] = {
    {"prorate", SOURCE_GIVEN_FLAG, NULL, MEMBER(prorates)},
    {"invoice_now", SOURCE_GIVEN_FLAG, NULL, MEMBER(bills_waiting)},
    END,
};
static const struct param subscription_end[] = {
    {"cancel_at_period_end", SOURCE_FLAG, NULL, MEMBER(at_period_end)}, END};
/* How its payment went is said by the intent: one reading suffices, at the four levels that Stripe
 * expands at most (https://docs.stripe.com/expand). */
#define WITH_PAYMENT                                                                               \
    FIXED("expand[0]", "payments.data.payment.payment_intent"), FIXED("expand[1]", "discounts")
static const struct param invoice_read[] = {WITH_PAYMENT, END};
static const struct param invoice_pay[] = {TEXT("payment_method", method_id), WITH_PAYMENT, END};
static const struct param none[] = {END};
/* The method that is charged comes with the customer: the event that tells of it may come later, or
 * not at all. */
static const struct param customer_read[] = {
    FIXED("expand[0]", "invoice_settings.default_payment_method"), END};
/* Pages of the most that Stripe gives, the newest first
 * (https://docs.stripe.com/api/pagination). */
#define PAGE TEXT("starting_after", after), FIXED("limit", "100")
static const struct param list_all[] = {PAGE, END};
static const struct param list_of_customer[] = {TEXT("customer", customer_id), PAGE, END};
static const struct param list_invoices[] = {TEXT("customer", customer_id), PAGE,
                                             FIXED("expand[0]", "data.discounts"), END};
/* Without a status, those that have ended would be left out. */
static const struct param list_subscriptions[] = {TEXT("customer", customer_id),
                                                  FIXED("status", "all"), PAGE, END};
static const struct param list_events[] = {
    {"created[gte]", SOURCE_SECONDS, NULL, MEMBER(at)}, PAGE, END};
static const struct param invoice_advance[] = {
    {"auto_advance", SOURCE_FLAG, NULL, MEMBER(advances)}, WITH_PAYMENT, END};
static const struct param dispute_read[] = {FIXED("expand[0]", "charge"), END};

/* Without an amount, all that is left of the charge (https://docs.stripe.com/api/refunds/create).
 */
static const struct param refund_create[] = {
    TEXT("charge", object_id),
    {"amount", SOURCE_GIVEN_I64, NULL, MEMBER(price)},
    TEXT("reason", reason),
    END,
};
/* Of a paid invoice the amount is shared out among the three
 * (https://docs.stripe.com/invoicing/dashboard/credit-notes). */
static const struct param credit_note_create[] = {
    TEXT("invoice", invoice_id),
    {"amount", SOURCE_I64, NULL, MEMBER(price)},
    {"refund_amount", SOURCE_GIVEN_I64, NULL, MEMBER(refund_amount)},
    {"credit_amount", SOURCE_GIVEN_I64, NULL, MEMBER(credit_amount)},
    {"out_of_band_amount", SOURCE_GIVEN_I64, NULL, MEMBER(out_of_band_amount)},
    TEXT("reason", reason),
    TEXT("memo", memo),
    FIXED("expand[0]", "invoice"),
    END,
};
static const struct param credit_note_read[] = {FIXED("expand[0]", "invoice"), END};
static const struct param credit_note_memo[] = {TEXT("memo", memo), FIXED("expand[0]", "invoice"),
                                                END};

/* An invoice by hand to somebody who is only described, so that neither the customer's
 * subscriptions nor what waits for them come into it
 * (https://docs.stripe.com/api/invoices/create_preview). */
#define BUYER_ADDRESS(name, member) TEXT("customer_details[address][" name "]", member)
static const struct param correction_preview[] = {
    BUYER_ADDRESS("line1", line1),
    BUYER_ADDRESS("line2", line2),
    BUYER_ADDRESS("city", city),
    BUYER_ADDRESS("state", state),
    BUYER_ADDRESS("postal_code", postal_code),
    BUYER_ADDRESS("country", country),
    {"customer_details[tax_ids]", SOURCE_TAX_IDS, NULL, MEMBER(tax_ids)},
    TEXT("currency", currency),
    TEXT("discounts[0][coupon]", coupon_id),
    TAXES("automatic_tax[enabled]"),
    {"invoice_items", SOURCE_LINES, NULL, MEMBER(lines)},
    END,
};
/* It is issued when it is told to, not by itself after an hour, and takes nothing that waits for
 * another invoice. What is printed says which one it corrects. */
static const struct param invoice_draft[] = {
    TEXT("customer", customer_id),
    TEXT("currency", currency),
    FIXED("auto_advance", "false"),
    FIXED("pending_invoice_items_behavior", "exclude"),
    TEXT("metadata[correction_id]", local_id),
    TEXT("footer", memo),
    {"custom_fields[0][name]", SOURCE_FIXED_WITH_TEXT, PURCHASE_ORDER_LABEL, MEMBER(reason)},
    TEXT("custom_fields[0][value]", reason),
    TEXT("discounts[0][coupon]", coupon_id),
    TAXES("automatic_tax[enabled]"),
    {"collection_method", SOURCE_FIXED_IF, "send_invoice", MEMBER(sends_invoice)},
    {"due_date", SOURCE_DUE_AT, "days_until_due", MEMBER(at)},
    {"payment_settings[payment_method_types][0]", SOURCE_FIXED_IF, "customer_balance",
     MEMBER(sends_invoice)},
    {"payment_settings[payment_method_options][customer_balance][funding_type]", SOURCE_FIXED_IF,
     "bank_transfer", MEMBER(sends_invoice)},
    END,
};
/* The catalogue's prices are before tax. A credit has a negative amount. */
static const struct param invoice_item[] = {
    TEXT("customer", customer_id),
    TEXT("invoice", invoice_id),
    TEXT("currency", currency),
    TEXT("description", name),
    {"unit_amount_decimal", SOURCE_I64, NULL, MEMBER(price)},
    {"quantity", SOURCE_I64, NULL, MEMBER(quantity)},
    {"discountable", SOURCE_FLAG, NULL, MEMBER(discountable)},
    FIXED("tax_behavior", "exclusive"),
    SECONDS("period[start]", phase_start),
    SECONDS("period[end]", phase_end),
    END,
};
static const struct param invoice_finalize[] = {FIXED("auto_advance", "true"), WITH_PAYMENT, END};

/* The account is the same for ever: asking again gives it again
 * (https://docs.stripe.com/payments/bank-transfers). */
static const struct param transfer_address[] = {
    TEXT("currency", currency),
    FIXED("funding_type", "bank_transfer"),
    {"bank_transfer", SOURCE_TRANSFER, NULL, MEMBER(currency)},
    END,
};

static const struct param tax_id_create[] = {TEXT("type", tax_id_type), TEXT("value", tax_id_value),
                                             END};
static const struct param tax_id_list[] = {FIXED("limit", "100"), END};

struct spec {
    const char *name;
    enum stripe_method method;
    const char *path;
    size_t id; /* the member that follows `path`; 0 (the kind): none */
    const char *path_end;
    const struct param *params;
};

static const struct spec specs[] = {
    [PAYMENTS_CUSTOMER_CREATE] = {"customer_create", STRIPE_POST, "/v1/customers", 0, "",
                                  customer_create},
    [PAYMENTS_PRICE_FIND] = {"price_find", STRIPE_GET, "/v1/prices", 0, "", price_find},
    [PAYMENTS_PRICE_CREATE] = {"price_create", STRIPE_POST, "/v1/prices", 0, "", price_create},
    [PAYMENTS_METHOD_ATTACH] = {"method_attach", STRIPE_POST, "/v1/payment_methods/",
                                MEMBER(method_id), "/attach", method_attach},
    [PAYMENTS_METHOD_DEFAULT] = {"method_default", STRIPE_POST, "/v1/customers/",
                                 MEMBER(customer_id), "", method_default},
    [PAYMENTS_METHOD_DETACH] = {"method_detach", STRIPE_POST, "/v1/payment_methods/",
                                MEMBER(method_id), "/detach", none},
    [PAYMENTS_METHOD_READ] = {"method_read", STRIPE_GET, "/v1/payment_methods/", MEMBER(method_id),
                              "", none},
    [PAYMENTS_SETUP_OPEN] = {"setup_open", STRIPE_POST, "/v1/checkout/sessions", 0, "", setup_open},
    [PAYMENTS_SUBSCRIPTION_CREATE] = {"subscription_create", STRIPE_POST, "/v1/subscriptions", 0,
                                      "", subscription_create},
    /* The parameters are those of `changes`, as those of a preview are of `previews`. */
    [PAYMENTS_SUBSCRIPTION_CHANGE] = {"subscription_change", STRIPE_POST, "/v1/subscriptions/",
                                      MEMBER(subscription_id), "", NULL},
    [PAYMENTS_SUBSCRIPTION_CANCEL] = {"subscription_cancel", STRIPE_DELETE, "/v1/subscriptions/",
                                      MEMBER(subscription_id), "", subscription_cancel},
    [PAYMENTS_SUBSCRIPTION_END] = {"subscription_end", STRIPE_POST, "/v1/subscriptions/",
                                   MEMBER(subscription_id), "", subscription_end},
    [PAYMENTS_SUBSCRIPTION_READ] = {"subscription_read", STRIPE_GET, "/v1/subscriptions/",
                                    MEMBER(subscription_id), "", none},
    [PAYMENTS_INVOICE_READ] = {"invoice_read", STRIPE_GET, "/v1/invoices/", MEMBER(invoice_id), "",
                               invoice_read},
    [PAYMENTS_INVOICE_PAY] = {"invoice_pay", STRIPE_POST, "/v1/invoices/", MEMBER(invoice_id),
                              "/pay", invoice_pay},
    [PAYMENTS_CUSTOMER_READ] = {"customer_read", STRIPE_GET, "/v1/customers/", MEMBER(customer_id),
                                "", customer_read},
    [PAYMENTS_CHARGE_READ] = {"charge_read", STRIPE_GET, "/v1/charges/", MEMBER(object_id), "",
                              none},
    [PAYMENTS_REFUND_READ] = {"refund_read", STRIPE_GET, "/v1/refunds/", MEMBER(object_id), "",
                              none},
    [PAYMENTS_CUSTOMER_LIST] = {"customer_list", STRIPE_GET, "/v1/customers", 0, "", list_all},
    [PAYMENTS_SUBSCRIPTION_LIST] = {"subscription_list", STRIPE_GET, "/v1/subscriptions", 0, "",
                                    list_subscriptions},
    [PAYMENTS_INVOICE_LIST] = {"invoice_list", STRIPE_GET, "/v1/invoices", 0, "", list_invoices},
    [PAYMENTS_CHARGE_LIST] = {"charge_list", STRIPE_GET, "/v1/charges", 0, "", list_of_customer},
    [PAYMENTS_REFUND_LIST] = {"refund_list", STRIPE_GET, "/v1/refunds", 0, "", list_all},
    [PAYMENTS_EVENT_LIST] = {"event_list", STRIPE_GET, "/v1/events", 0, "", list_events},
    [PAYMENTS_INVOICE_ADVANCE] = {"invoice_advance", STRIPE_POST, "/v1/invoices/",
                                  MEMBER(invoice_id), "", invoice_advance},
    [PAYMENTS_INVOICE_GIVE_UP] = {"invoice_give_up", STRIPE_POST, "/v1/invoices/",
                                  MEMBER(invoice_id), "/mark_uncollectible", invoice_read},
    [PAYMENTS_DISPUTE_READ] = {"dispute_read", STRIPE_GET, "/v1/disputes/", MEMBER(object_id), "",
                               dispute_read},
    [PAYMENTS_INVOICE_VOID] = {"invoice_void", STRIPE_POST, "/v1/invoices/", MEMBER(invoice_id),
                               "/void", none},
    [PAYMENTS_INVOICE_PREVIEW] = {"invoice_preview", STRIPE_POST, "/v1/invoices/create_preview", 0,
                                  "", NULL},
    [PAYMENTS_SCHEDULE_CREATE] = {"schedule_create", STRIPE_POST, "/v1/subscription_schedules", 0,
                                  "", schedule_create},
    [PAYMENTS_SCHEDULE_UPDATE] = {"schedule_update", STRIPE_POST, "/v1/subscription_schedules/",
                                  MEMBER(schedule_id), "", schedule_update},
    [PAYMENTS_SCHEDULE_RELEASE] = {"schedule_release", STRIPE_POST, "/v1/subscription_schedules/",
                                   MEMBER(schedule_id), "/release", none},
    [PAYMENTS_COUPON_CREATE] = {"coupon_create", STRIPE_POST, "/v1/coupons", 0, "", coupon_create},
    [PAYMENTS_SUBSCRIPTION_DISCOUNT] = {"subscription_discount", STRIPE_POST, "/v1/subscriptions/",
                                        MEMBER(subscription_id), "", NULL},
    [PAYMENTS_CUSTOMER_UPDATE] = {"customer_update", STRIPE_POST, "/v1/customers/",
                                  MEMBER(customer_id), "", customer_update},
    [PAYMENTS_TRANSFER_ADDRESS] = {"transfer_address", STRIPE_POST, "/v1/customers/",
                                   MEMBER(customer_id), "/funding_instructions", transfer_address},
    [PAYMENTS_CASH_READ] = {"cash_read", STRIPE_GET, "/v1/customers/", MEMBER(customer_id),
                            "/cash_balance", none},
    [PAYMENTS_REFUND_CREATE] = {"refund_create", STRIPE_POST, "/v1/refunds", 0, "", refund_create},
    [PAYMENTS_CREDIT_NOTE_CREATE] = {"credit_note_create", STRIPE_POST, "/v1/credit_notes", 0, "",
                                     credit_note_create},
    [PAYMENTS_CREDIT_NOTE_READ] = {"credit_note_read", STRIPE_GET, "/v1/credit_notes/",
                                   MEMBER(object_id), "", credit_note_read},
    [PAYMENTS_TAX_ID_CREATE] = {"tax_id_create", STRIPE_POST, "/v1/customers/", MEMBER(customer_id),
                                "/tax_ids", tax_id_create},
    [PAYMENTS_TAX_ID_DELETE] = {"tax_id_delete", STRIPE_DELETE, "/v1/tax_ids/", MEMBER(object_id),
                                "", none},
    [PAYMENTS_TAX_ID_LIST] = {"tax_id_list", STRIPE_GET, "/v1/customers/", MEMBER(customer_id),
                              "/tax_ids", tax_id_list},
    [PAYMENTS_SUBSCRIPTION_COLLECT] = {"subscription_collect", STRIPE_POST, "/v1/subscriptions/",
                                       MEMBER(subscription_id), "", NULL},
    [PAYMENTS_CORRECTION_PREVIEW] = {"correction_preview", STRIPE_POST,
                                     "/v1/invoices/create_preview", 0, "", correction_preview},
    [PAYMENTS_INVOICE_DRAFT] = {"invoice_draft", STRIPE_POST, "/v1/invoices", 0, "", invoice_draft},
    [PAYMENTS_INVOICE_ITEM] = {"invoice_item", STRIPE_POST, "/v1/invoiceitems", 0, "",
                               invoice_item},
    [PAYMENTS_DRAFT_READ] = {"draft_read", STRIPE_GET, "/v1/invoices/", MEMBER(invoice_id), "",
                             invoice_read},
    [PAYMENTS_DRAFT_DELETE] = {"draft_delete", STRIPE_DELETE, "/v1/invoices/", MEMBER(invoice_id),
                               "", none},
    [PAYMENTS_INVOICE_FINALIZE] = {"invoice_finalize", STRIPE_POST, "/v1/invoices/",
                                   MEMBER(invoice_id), "/finalize", invoice_finalize},
    [PAYMENTS_SETUP_INTENT_CREATE] = {"setup_intent_create", STRIPE_POST, "/v1/setup_intents", 0,
                                      "", setup_intent_create},
    [PAYMENTS_SETUP_INTENT_READ] = {"setup_intent_read", STRIPE_GET, "/v1/setup_intents/",
                                    MEMBER(object_id), "", setup_intent_read},
    [PAYMENTS_SUBSCRIPTION_TRIAL] = {"subscription_trial", STRIPE_POST, "/v1/subscriptions/",
                                     MEMBER(subscription_id), "", subscription_trial},
    [PAYMENTS_SUBSCRIPTION_PAUSE] = {"subscription_pause", STRIPE_POST, "/v1/subscriptions/",
                                     MEMBER(subscription_id), "/pause", subscription_pause},
    [PAYMENTS_SUBSCRIPTION_RESUME] = {"subscription_resume", STRIPE_POST, "/v1/subscriptions/",
                                      MEMBER(subscription_id), "/resume", subscription_resume},
    [PAYMENTS_CREDIT_NOTE_MEMO] = {"credit_note_memo", STRIPE_POST, "/v1/credit_notes/",
                                   MEMBER(object_id), "", credit_note_memo},
};
static_assert(ARRAY_LEN(specs) == PAYMENTS_KIND_COUNT, "every kind has its request");

static const struct param *params_of(const struct payments_call *call) {
    if (call->kind == PAYMENTS_SUBSCRIPTION_CHANGE) {
        check(call->change >= 0 && call->change < (int64_t)ARRAY_LEN(changes));
        return changes[call->change];
    }
    if (call->kind == PAYMENTS_INVOICE_PREVIEW) {
        check(call->change >= 0 && call->change < (int64_t)ARRAY_LEN(previews));
        return previews[call->change];
    }
    if (call->kind == PAYMENTS_SUBSCRIPTION_DISCOUNT) {
        return call->coupon_id.len > 0 ? discount_set : discount_unset;
    }
    if (call->kind == PAYMENTS_SUBSCRIPTION_COLLECT) {
        return call->sends_invoice ? collect_sent : collect_charged;
    }
    return specs[call->kind].params;
}

static struct str form_of(struct arena *arena, const struct payments_call *call) {
    struct buf form;
    buf_init(&form, arena->env, FORM_MAX);
    for (const struct param *param = params_of(call); param->source != SOURCE_END; param++) {
        call_param_add(arena, &form, param, call);
    }
    check(!form.has_failed); /* memory only: half a request must not leave */
    struct str text = arena_str(arena, buf_str(&form));
    buf_finish(&form);
    return text;
}

/* Dots too: HTTP clients take ".." for a step up. */
static void add_id(struct buf *path, struct str id) {
    for (size_t i = 0; i < id.len; i++) {
        if (id.bytes[i] == '.') {
            buf_add(path, STR("%2E"));
        } else {
            url_encode(path, str_of(id.bytes + i, 1));
        }
    }
}

static struct str path_of(struct arena *arena, const char *path, struct str id,
                          const char *path_end) {
    check(id.len > 0); /* or the path would be that of another request */
    struct buf text;
    buf_init(&text, arena->env, FORM_MAX);
    buf_add(&text, str_from_cstr(path));
    add_id(&text, id);
    buf_add(&text, str_from_cstr(path_end));
    check(!text.has_failed);
    struct str result = arena_str(arena, buf_str(&text));
    buf_finish(&text);
    return result;
}

const char *call_name(int64_t kind) {
    check(kind >= 0 && kind < PAYMENTS_KIND_COUNT);
    return specs[kind].name;
}

struct stripe_request call_request(struct arena *arena, const struct payments_call *call) {
    check(call->kind >= 0 && call->kind < PAYMENTS_KIND_COUNT);
    const struct spec *spec = &specs[call->kind];
    struct str path = str_from_cstr(spec->path);
    if (spec->id != 0) {
        path = path_of(arena, spec->path, call_text_at(call, spec->id), spec->path_end);
    }
    return (struct stripe_request){
        .method = spec->method,
        .path = path,
        .form = form_of(arena, call),
        .idempotency_key =
            spec->method == STRIPE_POST ? arena_str(arena, call->idempotency_key) : STR(""),
    };
}

struct stripe_request call_find_invoice_of(struct arena *arena, struct str intent_id) {
    struct buf form;
    buf_init(&form, arena->env, FORM_MAX);
    form_add_text(&form, "payment[type]", STR("payment_intent"));
    form_add_text(&form, "payment[payment_intent]", intent_id);
    form_add_text(&form, "limit", STR("1"));
    check(!form.has_failed);
    struct str text = arena_str(arena, buf_str(&form));
    buf_finish(&form);
    return (struct stripe_request){
        .method = STRIPE_GET, .path = STR("/v1/invoice_payments"), .form = text};
}

struct stripe_request call_read_schedule(struct arena *arena, struct str schedule_id) {
    return (struct stripe_request){
        .method = STRIPE_GET,
        .path = path_of(arena, "/v1/subscription_schedules/", schedule_id, "")};
}

struct stripe_request call_read_intent(struct arena *arena, struct str intent_id) {
    return (struct stripe_request){.method = STRIPE_GET,
                                   .path = path_of(arena, "/v1/payment_intents/", intent_id, "")};
}
