#include "core/deadline.h"

#include "base/attr.h"

static const int64_t days_before[] = {14, 7, 1, 0};

struct instant deadline_next_notice(struct instant due, struct instant now) {
    for (size_t i = 0; i < ARRAY_LEN(days_before); i++) {
        struct instant at = instant_add(due, duration_days(-days_before[i]));
        if (instant_is_before(now, at)) {
            return at;
        }
    }
    return INSTANT_MAX;
}

int64_t deadline_days_left(struct instant due, struct instant now) {
    int64_t day = duration_days(1).ms;
    return instant_is_before(now, due) ? (due.ms - now.ms + day - 1) / day : 0;
}
