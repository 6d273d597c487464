/* Whether a subscription can be paused, and until when: nothing is billed and its period stands
 * still meanwhile. Pure. */
#ifndef CORE_PAUSE_H
#define CORE_PAUSE_H

#include "core/calendar.h"
#include "core/period.h"
#include "core/subscription.h"

enum {
    PAUSE_MONTHS_MAX = 12,    /* that an operator gives */
    PAUSE_MONTHS_OWN_MAX = 3, /* that customers give themselves */
};

/* What stands of a paid subscription. */
struct pause_facts {
    enum subscription_status status;
    enum interval interval;
    bool is_by_contract;
    bool has_next;       /* an end, or another plan, waits for the period's end */
    bool is_owing;       /* an invoice waits for its money */
    bool is_by_customer; /* they ask for it themselves */
    bool has_end;        /* it is over by itself, at: */
    struct instant until;
};

enum pause_verdict {
    PAUSE_MAY,
    PAUSE_BOUND,        /* by a contract */
    PAUSE_THERE,        /* it is paused already */
    PAUSE_NOT_ACTIVE,   /* in a trial, owing, or over */
    PAUSE_OWING,        /* what is owed comes first */
    PAUSE_FIXED,        /* what waits for the period's end would wait for ever */
    PAUSE_NOT_OWN,      /* customers pause what they pay by the month, until a day */
    PAUSE_OUT_OF_RANGE, /* not later than now, or too late */
};
enum pause_verdict pause_judge(const struct pause_facts *facts, struct instant now);

#endif
