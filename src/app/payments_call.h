/* What can be asked of the payment provider: the kinds of calls of the port in app/ports.h, what
 * each needs of a call (and gives in its answer), and the call itself. Text is borrowed. */
#ifndef APP_PAYMENTS_CALL_H
#define APP_PAYMENTS_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum payments_kind {
    PAYMENTS_CUSTOMER_CREATE,     /* user_id email name country -> customer_id */
    PAYMENTS_PRICE_FIND,          /* lookup_key -> price_id, empty when there is none */
    PAYMENTS_PRICE_CREATE,        /* lookup_key name price interval -> price_id */
    PAYMENTS_METHOD_ATTACH,       /* customer_id method_id -> method */
    PAYMENTS_METHOD_DEFAULT,      /* customer_id method_id */
    PAYMENTS_METHOD_DETACH,       /* method_id -> method */
    PAYMENTS_METHOD_READ,         /* method_id -> method */
    PAYMENTS_SETUP_OPEN,          /* customer_id method_type return_url -> url expires_at */
    PAYMENTS_SUBSCRIPTION_CREATE, /* customer_id price_id method_id? local_id -> subscription,
                                     invoice (the first one) */
    PAYMENTS_SUBSCRIPTION_CHANGE, /* subscription_id item_id price_id change at -> subscription,
                                     invoice? */
    PAYMENTS_SUBSCRIPTION_CANCEL, /* subscription_id: now -> subscription */
    PAYMENTS_SUBSCRIPTION_END,    /* subscription_id at_period_end -> subscription */
    PAYMENTS_SUBSCRIPTION_READ,   /* subscription_id -> subscription */
    PAYMENTS_INVOICE_READ,        /* invoice_id -> invoice */
    PAYMENTS_INVOICE_PAY,         /* invoice_id method_id? -> invoice */
    PAYMENTS_CUSTOMER_READ,       /* customer_id -> customer, method: the one that is charged */
    PAYMENTS_CHARGE_READ,         /* object_id -> charge */
    PAYMENTS_REFUND_READ,         /* object_id -> refund */
    PAYMENTS_CUSTOMER_LIST,       /* after? -> items, has_more, next; so are all lists */
    PAYMENTS_SUBSCRIPTION_LIST,   /* customer_id? after?: ended ones too */
    PAYMENTS_INVOICE_LIST,        /* customer_id? after? */
    PAYMENTS_CHARGE_LIST,         /* customer_id? after? */
    PAYMENTS_REFUND_LIST,         /* after? */
    PAYMENTS_EVENT_LIST,          /* at after? -> events since `at` */
    PAYMENTS_INVOICE_ADVANCE,  /* invoice_id advances: goes on by itself, or is held -> invoice */
    PAYMENTS_INVOICE_GIVE_UP,  /* invoice_id: marked uncollectible -> invoice */
    PAYMENTS_DISPUTE_READ,     /* object_id -> dispute */
    PAYMENTS_INVOICE_VOID,     /* invoice_id -> invoice; REFUSED, with the invoice, when paid */
    PAYMENTS_INVOICE_PREVIEW,  /* customer_id subscription_id? item_id? price_id? change at
                                  coupon_id? -> preview; stores nothing there */
    PAYMENTS_SCHEDULE_CREATE,  /* subscription_id -> schedule: its present phase */
    PAYMENTS_SCHEDULE_UPDATE,  /* schedule_id phase_start phase_end price_id next_price_id
                                  interval: the next price from the phase's end on */
    PAYMENTS_SCHEDULE_RELEASE, /* schedule_id: what it planned is forgotten */
    PAYMENTS_COUPON_CREATE,    /* coupon_id name percent_off | price currency duration months */
    PAYMENTS_SUBSCRIPTION_DISCOUNT, /* subscription_id coupon_id, empty: none -> subscription */
    PAYMENTS_CUSTOMER_UPDATE,       /* customer_id name email address */
    PAYMENTS_REFUND_CREATE,         /* object_id: the charge; price?, reason? -> refund */
    PAYMENTS_CREDIT_NOTE_CREATE,    /* invoice_id price reason? memo? refund_amount
                                       credit_amount out_of_band_amount -> credit_note, invoice */
    PAYMENTS_CREDIT_NOTE_READ,      /* object_id -> credit_note, invoice */
    PAYMENTS_TRANSFER_ADDRESS,      /* customer_id currency -> transfer: where to send money */
    PAYMENTS_CASH_READ,             /* customer_id -> cash: what has arrived and pays nothing yet */
    PAYMENTS_TAX_ID_CREATE,         /* customer_id tax_id_type tax_id_value */
    PAYMENTS_TAX_ID_DELETE,         /* object_id */
    PAYMENTS_TAX_ID_LIST,           /* customer_id -> tax_ids: all that there are */
    PAYMENTS_SUBSCRIPTION_COLLECT,  /* subscription_id sends_invoice days_until_due: how it is paid
                                       from now on -> subscription */
    PAYMENTS_CORRECTION_PREVIEW,  /* lines country… tax_ids currency coupon_id? -> preview: of an
                                     invoice to them by itself, balance aside */
    PAYMENTS_INVOICE_DRAFT,       /* customer_id currency local_id memo reason? coupon_id?
                                     sends_invoice at? -> invoice: a draft without lines */
    PAYMENTS_INVOICE_ITEM,        /* customer_id invoice_id name price quantity currency
                                     phase_start phase_end discountable: a line more */
    PAYMENTS_DRAFT_READ,          /* invoice_id -> invoice, with its sums as they stand */
    PAYMENTS_DRAFT_DELETE,        /* invoice_id */
    PAYMENTS_INVOICE_FINALIZE,    /* invoice_id: issued, and collected by itself -> invoice */
    PAYMENTS_CREDIT_NOTE_MEMO,    /* object_id memo -> credit_note */
    PAYMENTS_SETUP_INTENT_CREATE, /* customer_id method_type -> setup_intent, with its secret */
    PAYMENTS_SETUP_INTENT_READ,   /* object_id -> setup_intent; method, when it has succeeded */
    PAYMENTS_SUBSCRIPTION_TRIAL,  /* subscription_id at: when its trial ends -> subscription */
    PAYMENTS_SUBSCRIPTION_PAUSE,  /* subscription_id -> subscription: nothing is billed any more */
    PAYMENTS_SUBSCRIPTION_RESUME, /* subscription_id -> subscription: a period begins, is billed */
    PAYMENTS_KIND_COUNT
};

/* How a change of price is billed. */
enum payments_change {
    PAYMENTS_CHANGE_NOW,         /* prorated to the second `at`, invoiced and charged at once;
                                    nothing changes when the charge fails */
    PAYMENTS_CHANGE_NEW_PERIOD,  /* the same, and a new billing period begins now */
    PAYMENTS_CHANGE_NEXT_PERIOD, /* no proration; the next period bills the new price */
    /* Of previews alone: */
    PAYMENTS_CHANGE_WHOLE_PERIOD, /* the whole first period that a new price would begin now */
    PAYMENTS_CHANGE_START,        /* the first invoice of a new subscription */
    PAYMENTS_CHANGE_NONE,         /* the next renewal as it stands */
    PAYMENTS_CHANGE_COUNT
};

/* Whole numbers are int64_t and a price stands in two members, since a call is stored as the JSON
 * that its shape says (operation_text.c). */
struct payments_call {
    int64_t kind; /* enum payments_kind */
    struct str idempotency_key;
    struct str user_id, email, name, country;
    struct str customer_id, method_id, method_type, return_url;
    struct str lookup_key, price_id;
    int64_t price; /* minor units of `currency` */
    struct str currency;
    int64_t interval;    /* enum interval */
    struct str local_id; /* our id of the subscription, kept in its metadata */
    struct str subscription_id, item_id, invoice_id;
    int64_t change; /* enum payments_change */
    int64_t at;     /* milliseconds UTC */
    bool at_period_end;
    bool advances;        /* the invoice is finalized and charged by the provider */
    struct str object_id; /* of a charge, a refund, a dispute or a SetupIntent */
    struct str after;     /* the last object of the page before; empty: the first page */
    bool prorates;        /* of a cancellation: the unused time becomes credit */
    bool bills_waiting;   /* the same: what waits for an invoice is invoiced, else it is lost */
    bool taxes;           /* Stripe works out the tax */
    bool drops_coupon;    /* of a preview: as if the subscription had none */
    int64_t trial_days;
    struct str schedule_id, next_price_id;
    int64_t phase_start, phase_end; /* milliseconds UTC */
    struct str coupon_id, duration; /* "once", "repeating", "forever" */
    int64_t percent_off, months;
    bool sends_invoice;      /* else it is charged */
    bool ends_trial;         /* of a change: a trial is over with it */
    int64_t days_until_due;  /* how long an invoice that is sent waits; 0: it is due at once */
    struct str reason, memo; /* of what is given back */
    int64_t refund_amount, credit_amount, out_of_band_amount; /* minor units */
    struct str line1, line2, city, state, postal_code;        /* the address beside `country` */
    struct str purchase_order;                                /* of a customer, on invoices */
    bool drops_purchase_order;                                /* there is none any more */
    struct str tax_id_type, tax_id_value;                     /* "eu_vat", "DE123456789" */
    int64_t quantity;                                         /* of a line; price is of one */
    bool discountable;                                        /* of a line: coupons lower it */
    /* Of PAYMENTS_CORRECTION_PREVIEW, which is never stored: lines as invoices keep them, numbers
     * with tax offices as customers do; JSON. */
    struct str lines, tax_ids;
};

#endif
