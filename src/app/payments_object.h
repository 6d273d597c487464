/* Objects of the payment provider as an answer carries them: Stripe's vocabulary, cut to what
 * Turnpike decides by. Text is borrowed. */
#ifndef APP_PAYMENTS_OBJECT_H
#define APP_PAYMENTS_OBJECT_H

#include "base/cx.h"
#include "core/invoice.h"
#include "core/money.h"
#include "core/period.h"
#include "core/subscription.h"

struct payments_method {
    struct str id, customer_id; /* customer_id empty: detached */
    struct str type, brand, last4;
    int expiry_month, expiry_year; /* 0: has none */
    struct instant created_at;
};

/* A method that is made ready in a customer's browser. `status` is an open enum. */
struct payments_setup_intent {
    struct str id, customer_id, status;
    struct str client_secret; /* for that browser: never logged, stored only under seal */
};

struct payments_subscription {
    struct str id, customer_id, local_id, item_id, price_id, lookup_key;
    enum subscription_status status;
    struct period current_period;
    bool cancel_at_period_end;
    bool has_ended;
    struct instant created_at, ended_at;
    struct str latest_invoice_id;
    struct str schedule_id;  /* of the plan ahead that it follows; empty: none */
    bool has_pending_update; /* a change waits for its payment */
    bool has_trial;
    struct instant trial_end;
};

/* A plan ahead: what is billed now, until when. */
struct payments_schedule {
    struct str id, price_id;
    struct period phase;
};

enum { PAYMENTS_LINES_MAX = 100 };

struct payments_invoice_line {
    struct str description;
    struct str price_id;   /* empty: of no price */
    struct money amount;   /* before discount and tax */
    struct money discount; /* taken off it by coupons, not negative */
    struct money tax;      /* on it, or in it */
    struct period period;
    int64_t quantity;
    bool is_proration;
    bool is_extra; /* of no subscription: somebody has put it there */
};

struct payments_invoice {
    struct str id, customer_id, subscription_id, number, billing_reason, hosted_url, pdf_url;
    enum invoice_status status;
    struct money total, amount_due, amount_paid, tax;
    struct money discount;       /* all coupons together, not negative */
    struct money tax_added;      /* of the tax, what is not in the lines' amounts already */
    struct str coupon_id;        /* that took the discount; empty: none, several, not expanded */
    bool has_other_parts;        /* the total is made of more than lines, discount, tax_added */
    struct money ending_balance; /* of the customer, afterwards; negative: in their favour */
    bool has_due_date;
    struct instant due_date, created_at;
    /* How it is collected. */
    bool is_charged; /* by itself (charge_automatically), not sent with a due date */
    bool is_attempted, auto_advance;
    bool has_next_attempt; /* the provider retries by itself, at: */
    struct instant next_attempt_at;
    bool has_payment;          /* the four below are known: the payment was asked for beside it */
    struct str payment_status; /* of the intent; an open enum: "processing" */
    struct str decline_code;   /* of the last failure; empty: none, or none was given */
    struct str failed_charge_id;
    struct str charge_id; /* of the payment that succeeded, or is under way; empty: none */
    struct period period;
    const struct payments_invoice_line *lines;
    size_t line_count;
    struct str billed_to;      /* as billed_to_text() writes it (app/billed_to.h) */
    struct str purchase_order; /* the customer's, as it is printed; empty: none */
};

struct payments_customer {
    struct str id, user_id; /* user_id: of its metadata; empty: not made by us */
    struct str default_method_id;
    int64_t balance; /* minor units of the customer's currency; negative: in their favour */
    bool is_deleted; /* then only its id is known */
    struct instant created_at;
};

/* Money taken. `status` is the provider's word, which may be a new one. */
struct payments_charge {
    struct str id, customer_id, intent_id, status;
    struct money amount, amount_refunded;
    bool is_disputed;
    struct instant created_at;
};

struct payments_refund {
    struct str id, charge_id, status;
    struct money amount;
    struct instant created_at;
};

/* What corrects a finalized invoice. `status` and `reason` are open enums. */
struct payments_credit_note {
    struct str id, customer_id, invoice_id, number, status, reason, pdf_url;
    struct money amount;                          /* with tax */
    struct money refunded, credited, out_of_band; /* what came of it once it was paid */
    struct instant created_at;
};

/* Where a customer sends money, and what has arrived there and pays nothing yet; JSON. */
struct payments_transfer {
    struct str customer_id;         /* of the cash; the addresses do not say it */
    struct str currency, addresses; /* empty: not told */
    struct str available;           /* empty: not told */
};

/* A customer's numbers with tax offices; JSON as the API shows it. */
struct payments_tax_ids {
    struct str customer_id, list;
};

/* A payment that the customer's bank wants back. */
struct payments_dispute {
    struct str id, customer_id, invoice_id; /* invoice_id empty: the charge paid none */
    struct str status, reason;              /* open enums: "needs_response", "fraudulent" */
    struct money amount;
    struct instant created_at;
};

/* Something that happened, as the provider tells it again. */
struct payments_event {
    struct str id, type, object_id, body;
    struct instant created_at;
};

#endif
