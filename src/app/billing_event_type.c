#include "app/billing_event_type.h"

#include "base/attr.h"

#define OWED "What is owed on the invoice"
#define APPROVED "What it is about, where it is about money"
#define APPROVAL "approvalId:string action:string userId:string objectId:string"
#define CASE "caseId:string invoiceId:string"
#define CONTRACT "contractId:string number:integer version:integer"
#define PRIVACY "requestId:string kind:string userId:string"
#define TOTAL "What the whole term comes to, once there was an offer"
#define CORRECTION "correctionId:string creditNoteId:string invoiceId:string newInvoiceId:string"
#define NOTICE "metric:string used:integer limit:integer"
#define PRICE                                                                                      \
    "changeId:string subscriptionId:string effectiveAt:instant amountBefore:integer "              \
    "planVersion:integer"
#define SUBSCRIPTION "subscriptionId:string"
#define WITHDRAWAL "withdrawalId:string subscriptionId:string"

const struct billing_event_type billing_event_types[] = {
    {"approval.approved", "A second person has agreed", APPROVED, APPROVAL},
    {"approval.executed", "What was agreed to has been done, or has begun", APPROVED, APPROVAL},
    {"approval.expired", "Nobody decided in time", APPROVED, APPROVAL},
    {"approval.failed", "What it rested on had changed: nothing was done", APPROVED, APPROVAL},
    {"approval.rejected", "A second person has not agreed", APPROVED, APPROVAL},
    {"approval.requested", "Something needs a second person", APPROVED, APPROVAL},
    {"approval.withdrawn", "Who had asked for it takes it back", APPROVED, APPROVAL},
    {"billing_terms.changed", "Whether a customer is charged or sent invoices from now on", NULL,
     ""},
    {"charging.frozen", "A backup was restored: nothing is changed at the payment provider", NULL,
     ""},
    {"charging.released", "What was frozen goes on", NULL, ""},
    {"contract.accepted", "The customer has accepted an offer", TOTAL, CONTRACT},
    {"contract.began", "What was accepted has been bought", TOTAL, CONTRACT},
    {"contract.declined", "The customer does not want it, or is not offered one", TOTAL, CONTRACT},
    {"contract.ended", "Its subscription has ended", TOTAL, CONTRACT},
    {"contract.ending", "The term ends, and no other follows", TOTAL, CONTRACT},
    {"contract.expired", "Nobody accepted an offer in time", TOTAL, CONTRACT},
    {"contract.failed", "What was accepted could not be bought: it is an offer again", TOTAL,
     CONTRACT},
    {"contract.offered", "A second person has agreed: the customer has an offer", TOTAL, CONTRACT},
    {"contract.renewal_upcoming", "The term renews, unless somebody says in time that it does not",
     TOTAL, CONTRACT},
    {"contract.renewed", "The next term has begun", TOTAL, CONTRACT},
    {"contract.requested", "A customer asks for a contract", NULL, CONTRACT},
    {"contract.superseded", "An amendment has taken its place", TOTAL, CONTRACT},
    {"contract.withdrawn", "The operator has taken it back", TOTAL, CONTRACT},
    {"credit_note.issued", "An invoice was corrected", "Of the note", "invoiceId:string"},
    {"credit_note.voided", "A credit note holds no longer", "Of the note", "invoiceId:string"},
    {"customer.created", "A customer became known", NULL, ""},
    {"customer.deleted_at_provider", "The payment provider no longer has the customer", NULL, ""},
    {"customer.parked", "Nothing is charged until a person has looked", "What is unusual",
     "reason:string usual:integer"},
    {"customer.released", "A parked customer goes on", "What was unusual",
     "reason:string usual:integer"},
    {"dunning.access_ended", "Access is restricted, since the invoice is still not paid", OWED,
     CASE},
    {"dunning.customer_failed", "The customer tried to pay and was declined", OWED, CASE},
    {"dunning.extend", "An operator left full access for longer", OWED, CASE},
    {"dunning.invoice_closed", "The invoice was voided or given up: nothing is owed", OWED, CASE},
    {"dunning.last_failed", "The last retry failed: the subscription ends", OWED, CASE},
    {"dunning.lost", "A dispute was lost, or a payment that cannot be repeated", OWED, CASE},
    {"dunning.method_added", "There is another payment method, which is tried", OWED, CASE},
    {"dunning.opened", "A payment failed or is disputed, or an invoice is overdue", OWED, CASE},
    {"dunning.paid", "It was paid: the case is over", OWED, CASE},
    {"dunning.pause", "An operator paused the case", OWED, CASE},
    {"dunning.resume", "An operator let the case go on", OWED, CASE},
    {"dunning.retry_failed", "A retry was declined", OWED, CASE},
    {"dunning.retry_skipped", "The day of a retry passed without one, as it was pointless", OWED,
     CASE},
    {"dunning.write_off", "An operator gave the money up", OWED, CASE},
    {"invoice.corrected", "An invoice was taken back, and billed anew to other details",
     "Of the new invoice", CORRECTION},
    {"invoice.correction_stopped", "The payment provider would not go on with a correction",
     "Of what the new invoice should have been", CORRECTION},
    {"invoice.due", "An invoice is to be paid", "Of the invoice", "invoiceId:string"},
    {"invoice.paid", "An invoice was paid", "Of the invoice", "invoiceId:string"},
    {"invoice.uncollectible", "An invoice was given up", "Of the invoice", "invoiceId:string"},
    {"invoice.voided", "An invoice holds no longer", "Of the invoice", "invoiceId:string"},
    {"leases.policy_changed", "Another rule holds for leases that are not renewed", NULL, ""},
    {"operation.failed", "What a customer wanted changed was refused", NULL, ""},
    {"payment.refunded", "Money was given back", "What was given back", ""},
    {"payment_method.attached", "A payment method was added", NULL, ""},
    {"payment_method.detached", "A payment method was removed", NULL, ""},
    {"price.disputed", "A change was not made: the payment provider's price and ours differ",
     "The provider's", "expected:integer provider:integer"},
    {"price_change.applied", "A holder is billed the new price of their plan", "The new price",
     PRICE},
    {"price_change.notified", "A holder was told of a new price of their plan", "The new price",
     PRICE},
    {"price_change.undelivered", "A holder could not be told, and is not moved", "The new price",
     PRICE},
    {"price_change.withdrawn", "A new price was taken back before it took effect",
     "What it would have been", PRICE},
    {"privacy.due", "What somebody asked of their data is to be answered soon", NULL, PRIVACY},
    {"privacy.extended", "It takes two months more, and who asked is told why", NULL, PRIVACY},
    {"privacy.overdue", "It should have been answered by now", NULL, PRIVACY},
    {"privacy.refused", "It is not done, and who asked is told why", NULL, PRIVACY},
    {"refund.failed", "Money could not be given back", "What should have been", ""},
    {"retention.books_destroyed",
     "What the law wanted kept had been kept long enough: its key is gone", NULL,
     "invoices:integer"},
    {"retention.purged", "What had been kept long enough is gone, as planned", NULL,
     "planId:string customers:integer"},
    {"subscription.cancel_reason", "Why the customer leaves", NULL, ""},
    {"subscription.changed", "Another plan or interval is in force", NULL, SUBSCRIPTION},
    {"subscription.end", "An end with the period was planned, or taken back", NULL, SUBSCRIPTION},
    {"subscription.ended", "A subscription has ended; the customer is on free", NULL, SUBSCRIPTION},
    {"subscription.started", "A paid plan begins", NULL, SUBSCRIPTION},
    {"subscription.status", "It became active, past_due, paused, … as the description says", NULL,
     SUBSCRIPTION},
    {"subscription.withdrawn", "A consumer withdraws from the purchase", NULL, WITHDRAWAL},
    {"usage.alert", "A threshold of a rule of the customer's own is reached",
     "What the next invoice comes to, of a budget",
     "alertId:string metric:string threshold:integer value:integer base:integer"},
    {"usage.backfilled", "An operator counted usage of a period that is closed", NULL,
     "metric:string value:integer events:integer periodStart:instant"},
    {"usage.blocked", "More is refused", NULL, NOTICE},
    {"usage.grace_ending", "The grace above the limit ends in 12 hours", NULL, NOTICE},
    {"usage.lease_reclaimed", "What a node held and did not account for is free again", NULL, ""},
    {"usage.limit_reached", "All of a limit is used", NULL, NOTICE},
    {"usage.warning", "80 % of a limit are used", NULL, NOTICE},
    {"webhook.test", "Sent when an operator asks for it, to one endpoint", NULL,
     "endpointId:string"},
    {"withdrawal.done", "What was paid has gone back, as far as it does", "What went back",
     WITHDRAWAL},
    {"withdrawal.stopped", "It was refused, or not all could go back", "What went back",
     WITHDRAWAL},
};
const size_t billing_event_type_count = ARRAY_LEN(billing_event_types);

const struct billing_event_type *billing_event_type_find(struct str name) {
    for (size_t i = 0; i < billing_event_type_count; i++) {
        if (str_equal(name, str_from_cstr(billing_event_types[i].name))) {
            return &billing_event_types[i];
        }
    }
    return NULL;
}
