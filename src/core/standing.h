/* How a customer stands, for who operates: what they bring in a month, and whether anybody should
 * look. The one place that defines both. */
#ifndef CORE_STANDING_H
#define CORE_STANDING_H

#include "core/catalogue.h"
#include "core/subscription.h"

/* Monthly recurring revenue: the price in force of the plan's version, a year's divided by twelve
 * and rounded half away from zero to a minor unit. It counts while the subscription is active or
 * past due. A trial, free, and what is paused, unpaid or over bring 0. Coupons, taxes, usage and
 * the account's balance are left out. In the currency of the price; without one in `otherwise`. */
struct money standing_monthly(const struct plan *plan, enum interval interval,
                              enum subscription_status status, struct currency otherwise);

enum health {
    HEALTH_GOOD,
    HEALTH_WATCH,   /* full access, yet it owes, or ends with its period */
    HEALTH_AT_RISK, /* parked, or a paid plan without full access */
};
enum { HEALTH_COUNT = HEALTH_AT_RISK + 1 };
const char *health_name(enum health health); /* "good", "watch", "at_risk" */

struct standing {
    enum subscription_status status;
    enum access access;
    bool is_parked;
    bool is_ending; /* cancelled at the end of its period */
};
enum health standing_health(const struct standing *standing);

#endif
