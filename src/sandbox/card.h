/* Stripe's published test cards (docs.stripe.com/testing) and what each does. No other number is
 * accepted anywhere in the sandbox, so that nobody types a real card into it. */
#ifndef SANDBOX_CARD_H
#define SANDBOX_CARD_H

#include <stdbool.h>

#include "base/str.h"

enum card_conduct {
    CARD_PAYS,
    CARD_DECLINES,           /* attaches, every charge is declined */
    CARD_REFUSES_SETUP,      /* cannot be attached */
    CARD_ASKS_ALWAYS,        /* needs the customer, each time */
    CARD_ASKS_UNLESS_SET_UP, /* off-session works once it was set up */
    CARD_ASKS_ON_SESSION,    /* counts as set up */
    CARD_ASKS_THEN_DECLINES,
    CARD_IS_BANK_ACCOUNT, /* a US bank account: settles days later */
};

struct test_card {
    const char *number; /* card number, or account number */
    const char *token;  /* "pm_card_visa"; NULL: none */
    const char *brand;
    enum card_conduct conduct;
    const char *code;         /* of the decline */
    const char *decline_code; /* NULL: none */
};

/* NULL for a number or token that is not on the list. Blanks and hyphens in numbers are skipped. */
const struct test_card *card_by_number(struct str number);
const struct test_card *card_by_token(const char *token);
/* Stripe's sentence for a decline. */
const char *card_message(const char *code);

#endif
