/* What an operation has decided to do: the request with everything resolved, as it is stored, and
 * the calls that it takes.
 *
 * A plan is made once, in the transaction that starts the operation, so that the calls that follow
 * from it, and the keys they are made under, are the same after a crash. One thing is learned on
 * the way: the id that the provider gives a method when it is attached. */
#ifndef APP_OPERATION_PLAN_H
#define APP_OPERATION_PLAN_H

#include "app/operation.h"
#include "store/customer.h"
#include "store/operation.h"

struct operation_plan {
    int64_t kind; /* enum operation_kind; whole numbers, as the shape of the JSON wants them */
    /* What is bought. */
    int64_t tier, interval, version;
    int64_t change; /* enum payments_change */
    int64_t at;     /* the instant that proration counts from */
    bool is_later;
    bool at_period_end;
    bool to_free; /* it was asked for as a change to the plan that costs nothing */
    /* Our ids, and Stripe's. */
    struct str local_id, quote_id;
    struct str method_id, subscription_id, item_id, invoice_id;
    struct str method_type, return_url, setup_id;
    struct str reason, comment;
    bool makes_default; /* the method becomes the one that is charged */
    /* What stands in the way is put aside: an invoice that waits for the customer, a plan ahead, an
     * end. */
    struct str void_id, schedule_id;
    bool undoes_end;
    bool prorates; /* of an end now: the unused time becomes credit */
    /* Of an end now: what waits for an invoice is invoiced, as the credit of a pause is. */
    bool bills_waiting;
    /* What lowers the price. */
    bool sets_coupon;         /* the subscription's coupon becomes `coupon`, or none */
    struct str coupon;        /* its code; what the subscription has from now on */
    struct str coupon_before; /* what it goes back to when nothing comes of it */
    int64_t trial_days;
    /* What it must cost, or nothing is charged. */
    bool is_quoted;
    int64_t due; /* what the quote says, minor units */
    bool is_expected;
    struct billing_details details;
    bool drops_purchase_order; /* there was one, and there is none any more */
    struct str tax_id_type, tax_id_value,
        tax_id;             /* one that is added; one that goes, Stripe's id */
    bool sends_invoice;     /* else it is charged */
    bool ends_trial;        /* of a change: a trial is over with it */
    bool sets_collection;   /* of a change: how it is paid becomes another, too */
    int64_t days_until_due; /* of an invoice that is sent; 0: at once */
    /* What is given back. */
    int64_t amount;           /* minor units */
    int64_t returns;          /* enum money_back */
    bool is_settled;          /* of a credit note: its invoice is paid */
    struct str correction_id; /* of an invoice, with all that was shown; ours */
    int64_t expected;         /* what core says that the lines add up to, before tax and coupons */
};

/* As stored in operations.request. */
struct str operation_plan_text(struct cx *cx, const struct operation_plan *plan);
MUST_USE struct err operation_plan_read(struct cx *cx, struct str text,
                                        struct operation_plan *ret_plan);

const char *operation_kind_name(enum operation_kind kind); /* "subscribe" */

/* Writes the outbox row of the next call that is needed and not yet answered; *ret_is_complete when
 * there is none left. */
MUST_USE struct err operation_plan_advance(struct app *app, struct tx *tx,
                                           const struct operation_row *row,
                                           const struct operation_plan *plan,
                                           bool *ret_is_complete);

/* What the outbox keeps of an answer, for the calls that follow it. */
struct str outbox_result_of(struct cx *cx, int64_t kind, const struct payments_answer *answer);

/* It has failed: what its calls have left behind, and nothing needs, is taken away. */
MUST_USE struct err operation_plan_undo(struct app *app, struct tx *tx,
                                        const struct operation_row *row,
                                        const struct operation_plan *plan);

/* Ends an operation: the row gets its result, the history its line. */
MUST_USE struct err operation_conclude(struct app *app, struct tx *tx,
                                       const struct operation_row *row,
                                       const struct operation_plan *plan,
                                       const struct operation_result *result);
/* The result of an operation that has ended, in the arena. */
MUST_USE struct err operation_result_read(struct cx *cx, struct arena *arena,
                                          const struct operation_row *row,
                                          struct operation_result *ret_result);

/* Writes a call that belongs to no operation: tidying up after one. */
MUST_USE struct err operation_plan_aside(struct app *app, struct tx *tx, struct str user_id,
                                         const struct payments_call *call);

/* The same for a call whose work has a name that is never given twice ("cancel sub_1"): asked for
 * again, it is the same row. */
MUST_USE struct err operation_plan_work(struct app *app, struct tx *tx,
                                        const struct payments_call *call, struct str work);

/* The key of a piece of work, from what the work is: the same after a crash, a second server, or a
 * restore from backup. 64 hexadecimal digits. */
struct str work_key(const struct app *app, struct cx *cx, struct str user_id, struct str work);

/* "turnpike_starter_v1_month_usd": Stripe's name for a price of ours, and back. */
struct str price_lookup_key(struct cx *cx, const struct plan *plan, enum interval interval,
                            struct str currency);
struct price_name {
    enum tier tier;
    int64_t version;
    enum interval interval;
};
MUST_USE bool price_lookup_parse(struct str lookup_key, struct price_name *ret_name);

/* Calls as stored in outbox.payload. */
struct str payments_call_text(struct cx *cx, const struct payments_call *call);
MUST_USE struct err payments_call_read(struct cx *cx, struct str text,
                                       struct payments_call *ret_call);

#endif
