/* A consumer's withdrawal from a purchase: what they state, and what stays owed.
 *
 * The statement is a function of its facts alone, so that it can be shown, and made again when it
 * is confirmed. What is owed follows Directive 2011/83/EU, article 14: nothing, unless the service
 * began early at the consumer's express request; then the share of the time until the withdrawal.
 */
#ifndef CORE_WITHDRAWAL_H
#define CORE_WITHDRAWAL_H

#include "core/catalogue.h"
#include "core/locale.h"

struct withdrawal_facts {
    const struct plan *plan;
    enum interval interval;
    struct str subscription_id;
    struct instant bought_at; /* its day is told */
    struct str name, email;   /* of whoever states it; where the receipt goes */
};

enum { WITHDRAWAL_NAME_MAX = 200, WITHDRAWAL_TEXT_SIZE = 1200 };

/* WITHDRAWAL_TEXT_SIZE bytes hold any of them. */
void withdrawal_statement(struct text *text, enum language language,
                          const struct withdrawal_facts *facts);

/* A line of an invoice: what it came to with discount and tax, and the time that it is for. */
struct withdrawal_line {
    int64_t total; /* minor units; negative for a credit */
    struct period period;
};
/* What of it is for the time before `at`: by time, to the millisecond, rounded toward zero. A line
 * for no time is for what was there at once. */
int64_t withdrawal_kept(const struct withdrawal_line *line, struct instant at);

enum withdrawal_status {
    WITHDRAWAL_ENDING,      /* the subscription is being ended */
    WITHDRAWAL_PAYING_BACK, /* it has ended; what was paid goes back, an invoice at a time */
    WITHDRAWAL_DONE,        /* nothing is left to do */
    WITHDRAWAL_REFUSED,     /* the payment provider did not end it: nothing has happened */
    WITHDRAWAL_UNPAID,      /* it has ended, but not all could go back: operators see to it */
};
enum { WITHDRAWAL_STATUS_COUNT = WITHDRAWAL_UNPAID + 1 };
const char *withdrawal_status_name(enum withdrawal_status status); /* "paying_back" */

#endif
