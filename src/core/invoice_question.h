/* What a customer asks about an invoice, or disputes of it: the words, the states and who waits.
 *
 * Open until an operator answers; settled once it is explained, corrected or withdrawn. Nothing is
 * explained that was not answered. Pure: rows and clocks are the caller's. */
#ifndef CORE_INVOICE_QUESTION_H
#define CORE_INVOICE_QUESTION_H

#include <stdbool.h>

enum {
    INVOICE_QUESTION_OPEN_MAX = 3, /* not settled, of one invoice */
    INVOICE_QUESTION_A_DAY = 5,    /* of a customer, in 24 hours */
    INVOICE_QUESTION_TEXT_MAX = 2000,
};

enum invoice_question_kind {
    INVOICE_QUESTION_ASKS,     /* something is not understood */
    INVOICE_QUESTION_DISPUTES, /* an amount is not agreed to */
    INVOICE_QUESTION_KIND_COUNT,
};
const char *invoice_question_kind_name(enum invoice_question_kind kind); /* "dispute" */

enum invoice_question_state {
    INVOICE_QUESTION_OPEN,
    INVOICE_QUESTION_ANSWERED,
    INVOICE_QUESTION_SETTLED,
    INVOICE_QUESTION_STATE_COUNT,
};
const char *invoice_question_state_name(enum invoice_question_state state); /* "open" */

enum invoice_question_event {
    INVOICE_QUESTION_ANSWER,
    INVOICE_QUESTION_EXPLAIN,  /* settled: the answer was enough */
    INVOICE_QUESTION_CORRECT,  /* settled: a correction or a credit note put it right */
    INVOICE_QUESTION_WITHDRAW, /* settled: the customer does not mean it any more */
    INVOICE_QUESTION_EVENT_COUNT,
};

struct invoice_question_step {
    bool is_legal; /* false: refused, `next` is the state before */
    enum invoice_question_state next;
};
struct invoice_question_step invoice_question_step(enum invoice_question_state state,
                                                   enum invoice_question_event event);

/* How it was settled, one for each event that settles. */
enum invoice_question_settlement {
    INVOICE_QUESTION_EXPLAINED,
    INVOICE_QUESTION_CORRECTED,
    INVOICE_QUESTION_WITHDRAWN,
    INVOICE_QUESTION_SETTLEMENT_COUNT,
};
const char *
invoice_question_settlement_name(enum invoice_question_settlement settlement); /* "corrected" */
enum invoice_question_event invoice_question_event_of(enum invoice_question_settlement settlement);

#endif
