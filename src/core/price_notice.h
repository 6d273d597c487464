/* How long before they pay another price holders of a plan are told (core/price_change.h): what a
 * catalogue says of it. */
#ifndef CORE_PRICE_NOTICE_H
#define CORE_PRICE_NOTICE_H

#include <stdint.h>

#include "core/period.h"

enum {
    PRICE_NOTICE_DAYS_DEFAULT = 30,
    PRICE_NOTICE_DAYS_MIN = 7,
    PRICE_NOTICE_DAYS_MAX = 365,
};

struct price_notice {
    int32_t days[INTERVAL_COUNT]; /* by how they pay */
};

#endif
