#include "core/usage_late.h"

#include "core/period.h"

bool usage_is_late(struct instant happened, struct instant received) {
    struct instant settled = instant_add(received, duration_seconds(-USAGE_LATE_MINUTES * 60));
    return instant_is_before(happened, settled) && /* nearly all end here */
           instant_is_before(period_hour_containing(happened).end, settled);
}
