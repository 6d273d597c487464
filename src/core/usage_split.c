#include "core/usage_split.h"

#include "base/check.h"

struct usage_split usage_split(struct limit limit, struct quantity used) {
    check(used.amount >= 0);
    struct usage_split split = {.is_bounded = limit_is_bounded(limit), .within = used};
    if (split.is_bounded) {
        bool is_beyond = used.amount > limit.amount.amount;
        split.included = limit.amount;
        split.within = is_beyond ? limit.amount : used;
        split.beyond = quantity_of(used.amount - split.within.amount);
    }
    check(split.within.amount + split.beyond.amount == used.amount);
    return split;
}
