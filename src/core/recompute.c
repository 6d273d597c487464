#include "core/recompute.h"

enum { MS_PER_SECOND = 1000 };

/* The one of the anchor's periods that ends with the line; after the anchor has moved, the one that
 * is counted back from the line's end. */
static struct period whole_of(const struct recompute_line *line) {
    struct period whole = period_containing(line->anchor, line->interval, line->period.start);
    if (instant_equal(whole.end, line->period.end)) {
        return whole;
    }
    return period_at(line->period.end, line->interval, (struct period_number){-1});
}

bool recompute(const struct recompute_line *line, struct recomputed *ret_recomputed) {
    struct recomputed result = {.whole = line->is_proration ? whole_of(line) : line->period};
    result.seconds = period_length(line->period).ms / MS_PER_SECOND;
    result.seconds_whole = period_length(result.whole).ms / MS_PER_SECOND;
    if (result.seconds_whole <= 0 || result.seconds > result.seconds_whole || line->quantity < 0) {
        return false;
    }
    const struct ratio times = {line->quantity, 1};
    const struct ratio share = {result.seconds, result.seconds_whole};
    if (!money_multiply_ratio(line->price, times, ROUND_HALF_AWAY_FROM_ZERO, &result.amount) ||
        (line->is_proration &&
         !money_multiply_ratio(result.amount, share, ROUND_HALF_AWAY_FROM_ZERO, &result.amount))) {
        return false;
    }
    if (line->is_credit) {
        result.amount = money_negate(result.amount);
    }
    *ret_recomputed = result;
    return true;
}
