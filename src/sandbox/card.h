/* Stripe's test cards and test bank accounts (docs.stripe.com/testing): the only numbers this
 * sandbox knows, so that nobody types a real card into it. */
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
    CARD_IS_BANK_ACCOUNT, /* a debit: arrives, or fails with `code`, later */
};

/* What follows a charge that succeeded, or a debit under way. */
enum card_aftermath {
    CARD_RESTS,
    CARD_IS_DISPUTED, /* as fraudulent; a bank account: unauthorized, and lost */
    CARD_IS_DISPUTED_NOT_RECEIVED,
    CARD_IS_INQUIRED,        /* an inquiry: no money moves */
    CARD_REFUNDS_LATE,       /* pending, then succeeded */
    CARD_REFUNDS_FAIL,       /* succeeded, then failed */
    CARD_FUNDS_AT_ONCE,      /* past the pending balance */
    CARD_NEVER_SETTLES,      /* a debit that stays processing */
    CARD_MICRODEPOSITS_FAIL, /* an account that cannot be verified */
    CARD_SETTLES_LATE,       /* a debit that takes longer than others of its kind */
};

struct test_card {
    const char *number; /* card number, or account number */
    const char *token;  /* "pm_card_visa"; NULL: none */
    const char *brand;  /* "bank": a US account; "sepa": one by IBAN */
    enum card_conduct conduct;
    const char *code;         /* of the decline, or of the debit's failure */
    const char *decline_code; /* NULL: none */
    enum card_aftermath after;
};

/* NULL for a number or token that is not on the list. Blanks and hyphens in numbers are skipped. */
const struct test_card *card_by_number(struct str number);
const struct test_card *card_by_token(const char *token);
/* The `index`th of the table; NULL after the last. */
const struct test_card *card_at(size_t index);
/* A US bank account; any account that is debited. */
bool card_is_bank(const struct test_card *card);
bool card_is_debit(const struct test_card *card);
/* The type of payment method that it is: "card", "us_bank_account", "sepa_debit". */
const char *card_type(const struct test_card *card);
/* True when the number is these digits and letters, blanks and hyphens aside. */
bool card_is_number(struct str number, const char *digits);
/* Stripe's sentence for a decline. */
const char *card_message(const char *code);
/* The same where the reason says more than the code. */
const char *card_sentence(const struct test_card *card);
/* A code's text that lives for ever, for a fault; NULL for "" and for a code that is none of the
 * table's. */
const char *card_word(const char *code);

#endif
