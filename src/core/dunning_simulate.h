/* What a policy of dunning would have made of a case that is past. Pure; honest about what cannot
 * be known: a charge that was never tried has no answer.
 *
 * What people did is taken as it was: who paid by themselves on day 5 would have, had the case
 * still stood. A retry that was declined is taken to say that the card could not be charged until
 * then; one that succeeded, that it could be from then on. */
#ifndef CORE_DUNNING_SIMULATE_H
#define CORE_DUNNING_SIMULATE_H

#include "core/dunning.h"

enum dunning_past_end {
    PAST_PAID_BY_RETRY,
    PAST_PAID_OTHERWISE, /* by the customer, a new method, an operator, the provider */
    PAST_ENDED,          /* given up */
    PAST_GOES_ON,
};

struct dunning_past {
    enum dunning_past_end end;
    int32_t end_day;         /* after the first failure, counted in whole days; of GOES_ON: today */
    int32_t last_failed_day; /* of the last charge that was declined; 0: the first one */
};

enum dunning_would {
    WOULD_RECOVER,
    WOULD_END,     /* the last retry comes before the money was there */
    WOULD_GO_ON,   /* retries are left */
    WOULD_UNKNOWN, /* a retry would have come when nobody tried */
};
enum { DUNNING_WOULD_COUNT = WOULD_UNKNOWN + 1 };
const char *dunning_would_name(enum dunning_would would); /* "recovered" */

struct dunning_outlook {
    enum dunning_would would;
    bool is_restricted; /* full access would have ended on the way */
};
struct dunning_outlook dunning_simulate(const struct dunning_policy *policy,
                                        const struct dunning_past *past);

#endif
