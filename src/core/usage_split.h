/* How what was used lies to what a plan includes: the part within, and the part beyond.
 *
 * No price of the catalogue is by use: what is included is paid for with the plan, and beyond it
 * the gate holds (core/limit.h), so neither part adds to an invoice. They are told apart so that
 * whoever checks an invoice sees that, instead of having to believe it. */
#ifndef CORE_USAGE_SPLIT_H
#define CORE_USAGE_SPLIT_H

#include "core/limit.h"

struct usage_split {
    bool is_bounded; /* false: nothing limits it, so all of it is within */
    struct quantity included, within, beyond;
};

/* `used` is not negative; within + beyond == used. */
struct usage_split usage_split(struct limit limit, struct quantity used);

#endif
