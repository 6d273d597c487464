/* What a change of plan would cost, to the cent, and a quote that holds for 15 minutes.
 *
 * The payment provider is asked, with the very parameters of the change, so that tax, coupons,
 * balance and what was billed before are all in it; core works the same lines out by itself, and
 * where the two differ there is no quote. The change asks once more before it charges. */
#ifndef APP_PREVIEW_H
#define APP_PREVIEW_H

#include "app/change.h"
#include "app/operation.h"

enum { QUOTE_MINUTES = 15 };

struct preview {
    bool is_now;
    const struct payments_invoice_line *lines; /* of the invoice of now; none when it waits */
    size_t line_count;
    struct money due, tax, discount; /* of the invoice of now */
    struct money total;              /* of it, before the customer's balance; may be negative */
    bool is_estimated;               /* the provider does not know the customer: no tax in it */
    struct instant next_invoice_at;
    struct money next_invoice_amount; /* of the renewal, with what the balance then covers */
    struct feature_set features_lost;
    unsigned limits_exceeded; /* bit 1 << metric: used is above the new limit */
    struct record_id quote_id;
    struct instant valid_until;
};

/* Asks, and writes the quote; `finished` is called once, on the loop's thread. command.outcome is
 * DONE; CUSTOMER_NOT_FOUND, NO_CHANGE, CONTRACT_REQUIRED, SUBSCRIPTION_NOT_ACTIVE, COUPON_…;
 * PRICE_DISPUTED, PAYMENT_PROVIDER_UNAVAILABLE, PAYMENT_PROVIDER_REFUSED. A customer on `free` gets
 * what subscribing would cost. */
struct preview_command {
    struct command command;
    struct arena *arena; /* the caller's: for the result; untouched by the caller meanwhile */
    struct str user_id;
    struct change_request request;
    struct str coupon; /* a code; empty: as it is */
    bool drops_coupon;
    struct preview preview; /* when DONE */
    void (*finished)(struct preview_command *command);
    /* Its own, on the way. */
    struct operation_command price; /* tells the provider a price that it has never sold */
    struct subscription_view view;
    struct planned_change change;
    struct payments_call call;
    struct payments_invoice now; /* as the provider answered */
    struct instant at;
    int64_t trial_days;
    int64_t expected;
    bool is_disputed;
};
/* The coupon that the subscription would then have: its code, or empty. */
struct str preview_coupon(const struct preview_command *command);
void preview_start(struct app *app, struct preview_command *command);

#endif
