/* Operations: every change of a customer's billing that needs the payment provider.
 *
 * One transaction writes the operation and its first outbox row; each answer is another transaction
 * that mirrors what came back and writes the next row, until the operation ends. A crash at any
 * point finds the row waiting and makes the same call again under the same key. A client that
 * repeats its request with its Idempotency-Key joins the operation, running or ended. */
#ifndef APP_OPERATION_H
#define APP_OPERATION_H

#include "app/app.h"
#include "app/change.h"
#include "app/gate_update.h"

enum operation_kind {
    OPERATION_SUBSCRIBE,      /* tier interval method? */
    OPERATION_CHANGE,         /* tier? interval? when quote_id? */
    OPERATION_CANCEL,         /* at_period_end reason comment */
    OPERATION_RESUME,         /* undoes a scheduled end or change */
    OPERATION_METHOD_ATTACH,  /* method: Stripe's id */
    OPERATION_METHOD_DEFAULT, /* method: our id */
    OPERATION_METHOD_DETACH,  /* method: our id */
    OPERATION_SETUP,          /* method_type return_url */
    OPERATION_INVOICE_PAY,    /* invoice_id */
    OPERATION_COUPON,         /* coupon, empty: none; of the subscription as it is */
    OPERATION_PRICE,          /* tier interval: the provider is to know what it costs */
    OPERATION_DETAILS,        /* details: who is billed, and where */
    OPERATION_REFUND,         /* invoice_id amount? reason: by an operator */
    OPERATION_CREDIT_NOTE,    /* invoice_id amount returns reason comment: by an operator */
    OPERATION_BANK_TRANSFER,  /* where to send money, and what has arrived */
    OPERATION_TAX_ID_ADD,     /* tax_id_type tax_id_value */
    OPERATION_TAX_ID_REMOVE,  /* tax_id */
    OPERATION_CORRECTION,     /* quote_id: what was shown (app/correction.h); invoice_id? */
    OPERATION_CARD_SETUP,     /* the browser is to make a card ready: a SetupIntent */
    OPERATION_CARD_KEEP,      /* setup_id: what came of it (app/card_setup.h) */
    OPERATION_TRIAL,          /* since: when the trial ends from now on; by an operator */
    OPERATION_PAUSE,          /* since: when it goes on by itself, 0: by hand (app/pause.h) */
    OPERATION_PAUSE_END,      /* it goes on now */
    OPERATION_KIND_COUNT
};

enum { TRIAL_MONTHS_AHEAD_MAX = 12 }; /* of an end that an operator gives */

/* Who is billed: what invoices say, and where tax is owed. */
struct billing_details {
    struct str email, name;
    struct str line1, line2, city, state, postal_code, country;
    struct str purchase_order; /* printed on invoices; empty: none */
};

/* Where the amount of a credit note goes once its invoice is paid. */
enum money_back {
    MONEY_BACK_REFUND,      /* to the card or account that paid */
    MONEY_BACK_BALANCE,     /* to the customer's balance, for the next invoices */
    MONEY_BACK_OUT_OF_BAND, /* given back outside of the provider */
};

struct operation_request {
    enum operation_kind kind;
    struct str user_id;
    struct str idempotency_key; /* the client's; empty: none */
    int tier, interval;         /* -1: not given */
    int32_t version;            /* of a contract; 0: the one that is sold to everybody */
    bool sends_invoice;         /* of a contract; else it is charged */
    int32_t days_until_due;     /* of an invoice that is sent; 0: at once */
    bool begins_period;         /* of a contract: an interval begins with it */
    int64_t since;              /* of a contract: prorated from then on; 0: from now on. Of TRIAL:
                                   its new end; of PAUSE: its end */
    int64_t months;             /* of PAUSE: how long from now on, instead of `since`; 0: not so */
    int64_t shown;              /* of TRIAL: the end that was shown before; 0: none was */
    enum change_when when;
    struct str method_id;   /* Stripe's pm_… or ours, by kind; empty: not given */
    struct str method_type; /* "card", "us_bank_account" */
    struct str return_url;
    struct str setup_id; /* Stripe's seti_… */
    struct str quote_id, coupon;
    bool drops_coupon; /* instead of `coupon` */
    bool prorates;     /* of a cancellation now: what is unused becomes credit */
    struct str invoice_id;
    struct str reason, comment;
    struct billing_details details;
    struct str tax_id_type, tax_id_value, tax_id; /* tax_id: Stripe's, of one that goes */
    struct str currency;                          /* of the amount */
    int64_t amount; /* that is given back, in minor units; 0: all that is left */
    enum money_back returns;
    /* Of what was shown before, the hashes (app/consent.h); empty: not agreed to. */
    struct str renewal_consent, early_start_consent;
    bool is_of_person;   /* somebody who is signed in, not a key */
    bool is_of_operator; /* not the customer's own: may move money */
    bool is_agreed;      /* a second person has looked at it: what was shown may be older */
};

/* How it ended; text lives in the command's arena. */
struct operation_result {
    enum outcome outcome;
    struct str decline_code, message; /* of a refusal; may be shown */
    struct str url;                   /* where the customer goes on: set-up, 3-D Secure */
    struct str client_secret;         /* of a SetupIntent, for the customer's browser alone */
    struct instant expires_at;        /* of the url */
    struct str subscription_id, invoice_id, payment_method_id; /* ours */
    struct str object_id;   /* of the refund or the credit note; ours */
    struct str approval_id; /* of APPROVAL_REQUIRED and APPROVAL_WAITING */
};

/* Starts, or joins, an operation. `finished` is called once, on the loop's thread: when it ended,
 * when it was refused at once, or with PAYMENT_PENDING when the provider took too long (the
 * operation goes on by itself). */
struct operation_command {
    struct command command;
    struct arena *arena; /* the caller's: for the result; untouched by the caller meanwhile */
    struct operation_request request;
    struct record_id operation_id;
    struct operation_result result;
    void (*finished)(struct operation_command *command);
    struct operation_command *next_waiter;
    uint64_t wait_until_ns; /* on the monotonic clock */
};
void operation_start(struct app *app, struct operation_command *command);

/* The list of requests that wait; once, before the first operation. */
MUST_USE struct err operation_waiters_create(struct app *app);
void operation_waiters_destroy(struct app *app);
/* Answers waiters whose time is over; called now and then on the loop's thread. */
void operation_expire_waiters(struct app *app, uint64_t now_ns);
/* Tells waiters that the operation has ended; for jobs, on the loop's thread. */
void operation_ended(struct app *app, struct str operation_id);

#endif
