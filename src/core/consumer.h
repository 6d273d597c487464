/* What a catalogue says of consumers: whether consent to renewal is asked for, and who may
 * withdraw from a purchase and for how long. */
#ifndef CORE_CONSUMER_H
#define CORE_CONSUMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"

enum {
    CONSUMER_COUNTRIES_MAX = 64,
    CONSUMER_DAYS_MAX = 365,
    WITHDRAWAL_DAYS_DEFAULT = 14,
};

/* ISO 3166-1 alpha-2, in upper case. */
struct country {
    char code[3];
};

struct consumer_policy {
    bool needs_renewal_consent; /* of signed-in people; of keys it is recorded when given */
    int32_t withdrawal_days;    /* 1..CONSUMER_DAYS_MAX */
    unsigned withdrawal_tiers;  /* bit 1 << tier: from which one may withdraw */
    size_t country_count;       /* where; 0: nowhere */
    struct country countries[CONSUMER_COUNTRIES_MAX];
};

/* The European Union and the European Economic Area, 14 days, every paid plan; a consent is
 * recorded when it is given. */
struct consumer_policy consumer_policy_default(void);

/* Whether somebody there may withdraw from such a plan. A customer with a number at a tax office
 * acts for a business, all others for themselves. */
struct consumer_facts {
    struct str country; /* empty: not known, and then nowhere */
    bool has_tax_id;
    unsigned tier; /* enum tier */
};
MUST_USE bool consumer_may_withdraw(const struct consumer_policy *policy,
                                    const struct consumer_facts *facts);

/* Until when: the day of the purchase is not counted and the last one is whole, in whichever zone
 * they are, so days + 1 times 24 hours. The end itself is outside. */
struct instant consumer_withdrawal_end(const struct consumer_policy *policy, struct instant bought);

#endif
