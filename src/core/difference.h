/* What may be different between what is stored here and what the payment provider has, and which of
 * it may be repaired without asking: one table.
 *
 * Safe is what makes the mirror say what the provider says, where the provider is right by
 * definition (docs.stripe.com is the system of record for charging) and nothing is lost. What means
 * that somebody was billed for something they do not have, that money is recorded twice, or that a
 * settled account changed, is for a person: neither side is plainly right. An object with one
 * difference for a person is not touched at all. */
#ifndef CORE_DIFFERENCE_H
#define CORE_DIFFERENCE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"

/* X(enumerator, code, may be repaired, what it means) */
#define DIFFERENCES(X)                                                                             \
    X(CUSTOMER_UNLINKED, "customer_unlinked", true,                                                \
      "The provider has a record of this customer that is not linked here.")                       \
    X(CUSTOMER_DELETED, "customer_deleted", true,                                                  \
      "The provider's record of this customer was deleted there.")                                 \
    X(CUSTOMER_TWICE, "customer_twice", false,                                                     \
      "The provider has a second record that names this customer.")                                \
    X(CUSTOMER_OF_ANOTHER, "customer_of_another", false,                                           \
      "The record that is linked here names another customer there.")                              \
    X(CUSTOMER_UNKNOWN, "customer_unknown", false,                                                 \
      "The provider has a record of somebody who is not a customer here.")                         \
    X(CUSTOMER_MISSING_THERE, "customer_missing_there", false,                                     \
      "The provider does not know the record that is linked here.")                                \
    X(DEFAULT_METHOD, "default_method", true, "Another payment method is charged there.")          \
    X(SUBSCRIPTION_MISSING_HERE, "subscription_missing_here", true,                                \
      "A subscription runs there that is not known here.")                                         \
    X(SUBSCRIPTION_ENDED_THERE, "subscription_ended_there", true,                                  \
      "The subscription has ended there and goes on here.")                                        \
    X(SUBSCRIPTION_STATUS, "subscription_status", true, "The subscription's status differs.")      \
    X(SUBSCRIPTION_PERIOD, "subscription_period", true, "The billing period differs.")             \
    X(SUBSCRIPTION_CANCEL, "subscription_cancel", true,                                            \
      "Whether it ends with the period differs.")                                                  \
    X(SUBSCRIPTION_PLAN, "subscription_plan", true, "Another plan is billed than is given.")       \
    X(SUBSCRIPTION_UNKNOWN_PRICE, "subscription_unknown_price", false,                             \
      "What is billed there is no plan of the catalogue.")                                         \
    X(SUBSCRIPTION_TWICE, "subscription_twice", false,                                             \
      "A second subscription runs there beside the one that is known here.")                       \
    X(SUBSCRIPTION_FOREIGN, "subscription_foreign", false,                                         \
      "A subscription runs there that was not made by this system.")                               \
    X(SUBSCRIPTION_ENDED_HERE, "subscription_ended_here", false,                                   \
      "The subscription has ended here and is billed there.")                                      \
    X(SUBSCRIPTION_MISSING_THERE, "subscription_missing_there", false,                             \
      "The provider does not know the subscription.")                                              \
    X(INVOICE_MISSING_HERE, "invoice_missing_here", true, "An invoice is not known here.")         \
    X(INVOICE_STATUS, "invoice_status", true, "The invoice has moved on there.")                   \
    X(INVOICE_AMOUNT, "invoice_amount", true, "An invoice that is not settled has other amounts.") \
    X(INVOICE_DETAIL, "invoice_detail", true, "Number, date or lines of the invoice differ.")      \
    X(INVOICE_UNSETTLED, "invoice_unsettled", false,                                               \
      "The invoice is settled here and not settled there.")                                        \
    X(INVOICE_SETTLED_AMOUNT, "invoice_settled_amount", false,                                     \
      "An invoice that is settled on both sides has other amounts.")                               \
    X(INVOICE_RECOMPUTED, "invoice_recomputed", false,                                             \
      "A line, computed here from plan, period and quantity, comes to another amount.")            \
    X(INVOICE_MISSING_THERE, "invoice_missing_there", false,                                       \
      "The provider does not know the invoice.")                                                   \
    X(CHARGE_MISSING_HERE, "charge_missing_here", true, "Money was taken that is not known here.") \
    X(CHARGE_STATUS, "charge_status", true,                                                        \
      "The charge was refunded, disputed or decided, which is not known here.")                    \
    X(CHARGE_AMOUNT, "charge_amount", false, "Another amount was taken than is known here.")       \
    X(CHARGE_MISSING_THERE, "charge_missing_there", false,                                         \
      "The provider does not know the charge.")                                                    \
    X(REFUND_MISSING_HERE, "refund_missing_here", true,                                            \
      "Money was given back that is not known here.")                                              \
    X(REFUND_STATUS, "refund_status", true, "How the refund ended is not known here.")             \
    X(REFUND_AMOUNT, "refund_amount", false, "Another amount was given back than is known here.")  \
    X(REFUND_MISSING_THERE, "refund_missing_there", false,                                         \
      "The provider does not know the refund.")                                                    \
    X(UNREADABLE, "unreadable", false, "An object holds a value that this release does not know.")

enum difference {
#define X(name, code, is_safe, text) DIFFERENCE_##name,
    DIFFERENCES(X)
#undef X
        DIFFERENCE_COUNT
};

const char *difference_code(enum difference difference); /* "invoice_status" */
const char *difference_text(enum difference difference); /* the sentence for a person */
bool difference_is_safe(enum difference difference);     /* may be repaired without asking */
MUST_USE bool difference_parse(struct str code, enum difference *ret_difference);

#endif
